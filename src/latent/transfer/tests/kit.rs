//! Photos that move and change color in a known way.

use crate::control::{Rng, Step, Stepper as _, rng};
use crate::imaging::io::{self, Limits};
use crate::imaging::{ColorModel, Frame, ImagePos, Place, Samples, Size, cut};
use crate::latent::Picture;
use crate::latent::transfer::color::{Affine, apply};
use crate::latent::transfer::pixels::Pixels;
use crate::latent::transfer::{Transfer, TransferJob, TransferOptions, TransferRequest};
use crate::samples::SAMPLES;
use rand::Rng as _;

/// A known edit of a square: for each of its positions in 0..=1 the way back, in sides, and what is added to the color's
/// identity. Linear in the moment of the morph.
pub(super) struct Edit {
    pub(super) motion: Box<dyn Fn(f32, f32) -> [f32; 2]>,
    pub(super) color: Affine,
}

/// How a square moves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Shift,
    Turn,
    Zoom,
    /// Three soft bumps.
    Warp,
}

pub(super) const KINDS: [Kind; 4] = [Kind::Shift, Kind::Turn, Kind::Zoom, Kind::Warp];

impl Edit {
    /// At most `pixels` of 64 are moved by.
    pub(super) fn of(kind: Kind, pixels: f32, is_colored: bool, seed: u64) -> Self {
        let mut rng = rng(seed, 7);
        let mut within = |most: f32| most * rng.random_range(-1.0f32..1.0);
        let most = pixels / 64.0;
        let motion: Box<dyn Fn(f32, f32) -> [f32; 2]> = match kind {
            Kind::Shift => {
                let by = [within(most), within(most)];
                Box::new(move |_, _| by)
            }
            Kind::Turn => {
                let (angle, x0, y0) = (within(2.0 * most), 0.5 + within(0.1), 0.5 + within(0.1));
                Box::new(move |x, y| {
                    let ((sine, cosine), x, y) = (angle.sin_cos(), x - x0, y - y0);
                    [cosine * x - sine * y - x, sine * x + cosine * y - y]
                })
            }
            Kind::Zoom => {
                let (by, x0, y0) = (within(2.0 * most), 0.5 + within(0.1), 0.5 + within(0.1));
                Box::new(move |x, y| [by * (x - x0), by * (y - y0)])
            }
            Kind::Warp => {
                let mut bump =
                    |_| [0.5 + within(0.3), 0.5 + within(0.3), 0.17 + within(0.05), within(most), within(most)];
                let bumps = [0, 1, 2].map(&mut bump);
                Box::new(move |x, y| {
                    let part = |[x0, y0, wide, u, v]: [f32; 5]| {
                        let height = (-((x - x0).powi(2) + (y - y0).powi(2)) / (2.0 * wide * wide)).exp();
                        [height * u, height * v]
                    };
                    bumps.iter().fold([0.0; 2], |sum, bump| [0, 1].map(|k| sum[k] + part(*bump)[k]))
                })
            }
        };
        let mut color = [[0.0; 4]; 3];
        for (c, row) in color.iter_mut().enumerate().filter(|_| is_colored) {
            for (k, value) in row.iter_mut().enumerate() {
                *value = within(if k == c { 0.25 } else { 0.1 });
            }
        }
        Self { motion, color }
    }

    /// `photo` after the share `t` of the edit of the square at `place`; in 8 bit RGB.
    pub(super) fn draw(&self, photo: &Frame, place: Place, t: f32) -> Frame {
        let Samples::U8(samples) = photo.samples() else { panic!("the samples have 8 bits") };
        let size = photo.size();
        let pixels = Pixels::<u8, 3>::new(samples, size);
        let color = self.color.map(|row| row.map(|v| t * v));
        let mut out = Vec::with_capacity(samples.len());
        for at in 0..size.area() {
            let (x, y) = ((at % size.width as usize) as f32, (at / size.width as usize) as f32);
            let unit = place.unit_from_photo(ImagePos::new(x + 0.5, y + 0.5));
            let [u, v] = (self.motion)(unit.x, unit.y);
            let (u, v) = place.photo_from_unit_vector((t * u, t * v));
            let [r, g, b] = pixels.cubic(x + u, y + v);
            out.extend(apply(&color, [r, g, b, 1.0])[..3].iter().map(|v| (v * 255.0).round().clamp(0.0, 255.0) as u8));
        }
        Frame::new(size, ColorModel::Rgb, Samples::U8(out)).unwrap()
    }

    /// The morph as a manifold of `side` would draw it.
    pub(super) fn frames(&self, photo: &Frame, place: Place, side: u32, count: usize) -> Vec<Picture> {
        let at = |k: usize| self.draw(photo, place, k as f32 / (count - 1) as f32);
        (0..count).map(|k| Picture::from_frame(&cut(&at(k), place, side)).unwrap()).collect()
    }
}

/// A photo of `side` pixels, a square of one of the samples.
pub(super) fn photo(number: usize, side: u32, rng: &mut Rng) -> Frame {
    let sample = SAMPLES[number % SAMPLES.len()].photo;
    let whole = io::decode(sample, &Limits::default()).unwrap().frame;
    let size = whole.size();
    let taken = size.width.min(size.height) as f32 * rng.random_range(0.5f32..1.0);
    let (x, y) =
        ((size.width as f32 - taken) * rng.random::<f32>(), (size.height as f32 - taken) * rng.random::<f32>());
    cut(&whole, Place::upright(x, y, taken), side)
}

pub(super) fn request(frames: Vec<Picture>, photo: &Frame, place: Place) -> TransferRequest {
    TransferRequest { frames, photo: photo.clone(), place, keep: None, options: TransferOptions::default() }
}

pub(super) fn run(request: TransferRequest) -> Transfer {
    let mut job = TransferJob::new(request).unwrap();
    let mut last = 0.0;
    loop {
        match job.step().unwrap() {
            Step::More(update) => {
                let fraction = update.progress.fraction;
                assert!((last..=1.0).contains(&fraction), "progress went from {last} to {fraction}");
                last = fraction;
            }
            Step::Done(transfer) => return transfer,
        }
    }
}

/// The photo of `request` at moment `t`.
pub(super) fn morphed(photo: &Frame, transfer: &Transfer, t: f32) -> Frame {
    let mut out = photo.clone();
    transfer.at(t).apply(&mut out, 1.0);
    out
}

/// In dB, over the pixels for which `counts` holds.
pub(super) fn psnr(a: &Frame, b: &Frame, counts: impl Fn(u32, u32) -> bool) -> f64 {
    let (mut sum, mut n) = (0.0f64, 0usize);
    for y in 0..a.size().height {
        for x in (0..a.size().width).filter(|x| counts(*x, y)) {
            let (a, b) = (a.rgb_at(x, y), b.rgb_at(x, y));
            sum += (0..3).map(|c| f64::from(a[c] - b[c]).powi(2)).sum::<f64>();
            n += 3;
        }
    }
    10.0 * (255.0f64.powi(2) / (sum / n as f64).max(1e-9)).log10()
}

/// Any photo in another model and depth.
pub(super) fn converted(photo: &Frame, model: ColorModel, is_deep: bool) -> Frame {
    let size = photo.size();
    let mut deep = Vec::new();
    for at in 0..size.area() as u32 {
        let (x, y) = (at % size.width, at / size.width);
        let [r, g, b] = photo.rgb_at(x, y).map(|v| (v * 257.0) as u16 ^ (at as u16 & 63));
        match model {
            ColorModel::Gray => deep.push(g),
            ColorModel::GrayAlpha => deep.extend([g, (at % 65_536) as u16]),
            ColorModel::Rgb => deep.extend([r, g, b]),
            ColorModel::Rgba => deep.extend([r, g, b, (at % 65_536) as u16]),
        }
    }
    let samples = if is_deep { Samples::U16(deep) } else { Samples::U8(deep.iter().map(|v| (v >> 8) as u8).collect()) };
    Frame::new(size, model, samples).unwrap()
}

pub(super) fn square(side: u32) -> Size {
    Size::new(side, side)
}
