//! From pictures to samples: crop, scale, mirror, holes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{Device, Result, Tensor};
use image::imageops::{FilterType, crop_imm, resize};
use image::{ImageBuffer, Rgb, RgbImage};
use rand::Rng as _;
use rand::seq::SliceRandom as _;

use super::Source;
use super::drawn::Drawer;
use crate::control;
use crate::imaging::{Frame, Size};
use crate::train::TrainError;
use crate::train::recipe::{Data, Family, Recipe};

/// What one step learns from.
#[derive(Debug, Clone)]
pub struct Batch {
    /// `[n, 3, side, side]` in -1..=1.
    pub images: Tensor,
    /// `[n, 1, side, side]`: 1 is known, 0 a hole.
    pub known: Tensor,
    /// `[n, 5, side, side]`: drawings of the pictures (1 is ink, 0 paper), spots of their colors in -1..1, and where those are;
    /// for networks that paint drawings.
    pub drawn: Option<Tensor>,
}

impl Batch {
    /// On another device.
    ///
    /// # Errors
    /// When candle cannot copy.
    pub fn to_device(&self, device: &Device) -> Result<Self> {
        let drawn = self.drawn.as_ref().map(|drawn| drawn.to_device(device)).transpose()?;
        Ok(Self { images: self.images.to_device(device)?, known: self.known.to_device(device)?, drawn })
    }

    /// `n` samples from `first` on.
    ///
    /// # Errors
    /// When there are not as many.
    pub fn part(&self, first: usize, n: usize) -> Result<Self> {
        let part = |tensor: &Tensor| tensor.narrow(0, first, n);
        let drawn = self.drawn.as_ref().map(part).transpose()?;
        Ok(Self { images: part(&self.images)?, known: part(&self.known)?, drawn })
    }
}

/// Streams of random numbers.
const ORDER: u64 = 1;
const SAMPLE: u64 = 2;
const HELD_OUT: u64 = 3;
/// Held-out samples are numbered from here.
const HELD_OUT_AT: u64 = 1 << 40;

/// Makes samples by number.
pub struct Sampler {
    source: Source,
    data: Data,
    side: usize,
    seed: u64,
    /// Whether samples have holes.
    has_holes: bool,
    /// Who draws samples, if they are drawn.
    drawer: Option<Drawer>,
    /// Pictures to train on, and those that are not.
    training: Vec<usize>,
    held_out: Vec<usize>,
    /// An epoch and the order of its pictures: the one asked for last.
    order: Mutex<(u64, Arc<[usize]>)>,
    cache: Mutex<Cache>,
    broken: Mutex<BTreeMap<usize, String>>,
}

#[derive(Default)]
struct Cache {
    pictures: HashMap<usize, Arc<RgbImage>>,
    bytes: usize,
}

/// The order in which pictures are held out of `n`: no run trains on the first of them, as many as its recipe says. It depends
/// on the data alone, since another seed must not train on them either.
#[must_use]
pub fn held_out_order(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut control::rng(0, HELD_OUT));
    order
}

impl Sampler {
    /// Pictures from `source` as `recipe` wants them.
    ///
    /// # Errors
    /// When there are too few pictures.
    pub fn new(source: Source, recipe: &Recipe) -> std::result::Result<Self, TrainError> {
        let held_out = recipe.data.held_out;
        let wanted = held_out + recipe.batch;
        if source.len() < wanted {
            let (path, found) = (source.path().to_owned(), source.len());
            return Err(TrainError::TooFew { path, found, wanted, held_out });
        }
        let mut all = held_out_order(source.len());
        let training = all.split_off(held_out);
        Ok(Self {
            source,
            data: recipe.data.clone(),
            side: recipe.network.side,
            seed: recipe.seed,
            has_holes: recipe.family.fills_holes(),
            drawer: (recipe.family == Family::Pix2pix).then(|| Drawer::new(&recipe.drawing)).transpose()?,
            training,
            held_out: all,
            order: Mutex::new((u64::MAX, Arc::from([]))),
            cache: Mutex::default(),
            broken: Mutex::default(),
        })
    }

    /// Pictures that could not be decoded so far, with the reasons.
    #[must_use]
    pub fn broken(&self) -> Vec<(String, String)> {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        broken.iter().map(|(at, reason)| (self.source.name(*at).to_owned(), reason.clone())).collect()
    }

    /// The names of the pictures that are never trained on, one a line; empty where pictures never end.
    #[must_use]
    pub fn held_out_names(&self) -> String {
        if self.source.is_endless() {
            return String::new();
        }
        let mut names: Vec<&str> = self.held_out.iter().map(|&at| self.source.name(at)).collect();
        names.sort_unstable();
        names.iter().flat_map(|name| [*name, "\n"]).collect()
    }

    /// How many pictures there are, the held-out ones included.
    #[must_use]
    pub fn n_pictures(&self) -> usize {
        self.source.len()
    }

    /// Samples `first` to `first + n` of the run.
    ///
    /// # Errors
    /// When no picture can be decoded.
    pub fn batch(&self, first: u64, n: usize) -> std::result::Result<Batch, TrainError> {
        let n_training = self.training.len() as u64;
        self.collect((first..first + n as u64).map(|number| {
            let (order, place) = (self.order(number / n_training), (number % n_training) as usize);
            (number, order, place)
        }))
    }

    /// Each picture once an epoch, in another order each time.
    fn order(&self, epoch: u64) -> Arc<[usize]> {
        let mut last = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != epoch {
            let mut order = self.training.clone();
            order.shuffle(&mut control::rng(self.seed ^ (epoch << 20), ORDER));
            *last = (epoch, order.into());
        }
        Arc::clone(&last.1)
    }

    /// The first `n` held-out samples, the same at every call and whatever the seed.
    ///
    /// # Errors
    /// When no picture can be decoded.
    pub fn held_out(&self, n: usize) -> std::result::Result<Batch, TrainError> {
        let pictures = if self.held_out.is_empty() { &self.training } else { &self.held_out };
        let pictures: Arc<[usize]> = pictures.as_slice().into();
        self.collect((0..n.min(pictures.len())).map(|at| (HELD_OUT_AT + at as u64, Arc::clone(&pictures), at)))
    }

    /// One sample for each number, list of pictures and place in it: of the first picture from there on that can be decoded.
    fn collect(
        &self,
        wanted: impl Iterator<Item = (u64, Arc<[usize]>, usize)>,
    ) -> std::result::Result<Batch, TrainError> {
        let (mut images, mut known, mut drawn, mut n) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for (number, order, place) in wanted {
            let from_there = order[place..].iter().chain(&order[..place]);
            let picture = from_there.copied().find_map(|at| self.picture(at));
            let Some(picture) = picture else { return Err(self.all_broken()) };
            let seed = if number >= HELD_OUT_AT { 0 } else { self.seed };
            let mut rng = control::rng(seed ^ number.wrapping_mul(0xD6E8_FEB8_6659_FD93), SAMPLE);
            let mut picture = self.crop(&picture, &mut rng);
            if let Some(drawer) = &self.drawer {
                picture = drawer.place(picture, &mut rng);
                drawn.extend(drawer.draw(&picture, number.checked_sub(HELD_OUT_AT), &mut rng)?);
            }
            images.extend(planes(&picture));
            let size = Size::new(self.side as u32, self.side as u32);
            if self.has_holes {
                let holes = self.data.holes.draw(size, &mut rng);
                known.extend(holes.data().iter().map(|&is_hole| if is_hole { 0.0_f32 } else { 1.0 }));
            } else {
                known.extend(std::iter::repeat_n(1.0_f32, size.width as usize * size.height as usize));
            }
            n += 1;
        }
        let (side, cpu) = (self.side, Device::Cpu);
        Ok(Batch {
            images: Tensor::from_vec(images, (n, 3, side, side), &cpu)?,
            known: Tensor::from_vec(known, (n, 1, side, side), &cpu)?,
            drawn: self.drawer.as_ref().map(|_| Tensor::from_vec(drawn, (n, 5, side, side), &cpu)).transpose()?,
        })
    }

    /// A random square, scaled to the side with a filter that averages.
    fn crop(&self, picture: &RgbImage, rng: &mut control::Rng) -> RgbImage {
        let short = picture.width().min(picture.height());
        let share = self.data.crop_from + (self.data.crop_to - self.data.crop_from) * rng.random::<f64>();
        let side = ((f64::from(short) * share).round() as u32).clamp(1, short);
        let x = rng.random_range(0..=picture.width() - side);
        let y = rng.random_range(0..=picture.height() - side);
        let part = crop_imm(picture, x, y, side, side).to_image();
        let wanted = self.side as u32;
        let mut part = if side == wanted { part } else { resize(&part, wanted, wanted, FilterType::Triangle) };
        if self.data.flip && rng.random::<bool>() {
            image::imageops::flip_horizontal_in_place(&mut part);
        }
        part
    }

    /// A decoded picture, kept while there is room; `None` if it is broken.
    fn picture(&self, at: usize) -> Option<Arc<RgbImage>> {
        let cache = || self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(picture) = cache().pictures.get(&at) {
            return Some(Arc::clone(picture));
        }
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if broken.contains_key(&at) {
            return None;
        }
        let picture = match self.source.decode(at) {
            Ok(frame) => Arc::new(rgb_of(&frame)),
            Err(reason) => {
                tracing::warn!("skipped {}: {reason}", self.source.name(at));
                broken.insert(at, reason);
                return None;
            }
        };
        drop(broken);
        let mut cache = cache();
        if !self.source.is_endless() && cache.bytes + picture.len() <= self.data.cache_mib << 20 {
            cache.bytes += picture.len();
            cache.pictures.insert(at, Arc::clone(&picture));
        }
        Some(picture)
    }

    fn all_broken(&self) -> TrainError {
        let reason = self.broken().into_iter().next().map_or_else(String::new, |(name, why)| format!("{name}: {why}"));
        TrainError::AllBroken { reason }
    }
}

fn rgb_of(frame: &Frame) -> RgbImage {
    let size = frame.size();
    ImageBuffer::from_fn(size.width, size.height, |x, y| Rgb(frame.rgb_at(x, y).map(|value| value.round() as u8)))
}

/// Channel by channel, in -1..=1.
fn planes(picture: &RgbImage) -> impl Iterator<Item = f32> + '_ {
    (0..3).flat_map(move |c| picture.pixels().map(move |pixel| f32::from(pixel.0[c]) / 127.5 - 1.0))
}
