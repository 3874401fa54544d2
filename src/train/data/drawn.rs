//! From a picture to a drawing of it: lines, a hand that spoils them, one pen, spots of color.

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use image::imageops::{FilterType, overlay, resize};
use image::{Rgb, RgbImage};
use rand::Rng as _;

use crate::control::Rng;
use crate::generators::{hed, vgg};
use crate::imaging::edges::{
    Line, Lines, Refinement, Spoiling, Suppression, canonical, draw, find_lines, join, smoothed, spoil, thin_edges,
    trace,
};
use crate::imaging::{Plane, Size};
use crate::train::TrainError;
use crate::train::recipe::Drawing;

/// Most spots of color in a drawing.
const MOST_SPOTS: usize = 6;
/// The share of spots that may lie on the paper.
const PAPER_SHARE: f64 = 0.1;
/// How many places are tried for a spot on the figure.
const FIGURE_TRIES: usize = 12;

/// Makes drawings of pictures, as a recipe has it.
pub(super) struct Drawer {
    drawing: Drawing,
    lines: Lines,
    /// The network that finds lines too, if there is one.
    hed: Option<hed::Detector>,
}

impl Drawer {
    /// Reads HED's weights, where the recipe names a file of them.
    ///
    /// # Errors
    /// When they cannot be read or are another network's.
    pub(super) fn new(drawing: &Drawing) -> Result<Self, TrainError> {
        let hed = drawing.hed.as_ref().map(|path| {
            let refuse = |reason: &dyn std::fmt::Display| TrainError::Data {
                path: path.clone(),
                reason: reason.to_string().lines().next().unwrap_or("no reason given").to_owned(),
            };
            let bytes = std::fs::read(path).map_err(|error| refuse(&error))?;
            let weights = VarBuilder::from_buffered_safetensors(bytes, DType::F32, &Device::Cpu);
            let detector = weights.and_then(|weights| hed::Detector::new(&vgg::Config::vgg16(), &weights));
            detector.map_err(|error| refuse(&error))
        });
        let lines = Lines { detectors: drawing.detectors.clone(), blur: [drawing.blur_from, drawing.blur_to] };
        Ok(Self { drawing: drawing.clone(), lines, hed: hed.transpose()? })
    }

    /// `picture` made smaller by a share up to the recipe's, somewhere on paper of its border's color.
    pub(super) fn place(&self, picture: RgbImage, rng: &mut Rng) -> RgbImage {
        // Two of ten stay as large as they are.
        let share = if rng.random_bool(0.2) { 0.0 } else { self.drawing.shrink * rng.random::<f64>() };
        let (width, height) = picture.dimensions();
        let small = [width, height].map(|side| ((1.0 - share) * f64::from(side)).round().max(1.0) as u32);
        if small == [width, height] {
            return picture;
        }
        let mut paper = RgbImage::from_pixel(width, height, ground(&picture));
        let part = resize(&picture, small[0], small[1], FilterType::Triangle);
        let x = rng.random_range(0..=width - small[0]);
        let y = rng.random_range(0..=height - small[1]);
        overlay(&mut paper, &part, i64::from(x), i64::from(y));
        paper
    }

    /// Five planes of the picture's size, one after the other: ink, three colors, and where those are meant. `held_out` is the
    /// number of a held-out picture, which is drawn in the same way in every run.
    ///
    /// # Errors
    /// When HED cannot compute.
    pub(super) fn draw(
        &self,
        picture: &RgbImage,
        held_out: Option<u64>,
        rng: &mut Rng,
    ) -> candle_core::Result<Vec<f32>> {
        let drawing = &self.drawing;
        let hand = held_out.map_or_else(|| Hand::draw(drawing, rng), |at| Hand::held_out(at, drawing));
        let (width, height) = picture.dimensions();
        let channels = channels(picture);
        let mut lines = match &self.hed {
            Some(hed) if rng.random_bool(drawing.hed_share) => lines_by(hed, &channels)?,
            _ => find_lines(&channels, &self.lines, rng),
        };
        if hand.strength > 0.0 {
            lines = spoil(&lines, width as f32, &Spoiling::of(hand.strength, hand.refinement.level()), rng);
        }
        // Somebody's pen is as wide as they like; the canonical form must not depend on it.
        let radius = width as f32 * rng.random_range(0.004..0.009);
        let ink = canonical(&draw(&lines, Size::new(width, height), radius.max(0.7)), width, hand.refinement);
        let mut planes = ink.data().to_vec();
        planes.extend(hints(picture, hand.has_hints, rng));
        Ok(planes)
    }
}

/// The lines that a network finds.
fn lines_by(hed: &hed::Detector, rgb: &[Plane<f32>; 3]) -> candle_core::Result<Vec<Line>> {
    let size = rgb[0].size();
    let (height, width) = (size.height as usize, size.width as usize);
    let values: Vec<f32> = rgb.iter().flat_map(|plane| plane.data().iter().map(|value| 2.0 * value - 1.0)).collect();
    let picture = Tensor::from_vec(values, (1, 3, height, width), &Device::Cpu)?;
    let soft = hed.edges(&picture)?.flatten_all()?.to_vec1::<f32>()?;
    let Some(soft) = Plane::from_vec(size, soft) else { return Ok(Vec::new()) };
    let lines = join(&trace(&thin_edges(&soft, Suppression::default())), 1.6, 0.5);
    Ok(lines.iter().map(|line| smoothed(line, 1.0)).collect())
}

/// Who draws one sample, and how it is shown.
#[derive(Debug, Clone, Copy)]
struct Hand {
    strength: f32,
    refinement: Refinement,
    has_hints: bool,
}

impl Hand {
    /// As the recipe has it.
    fn draw(drawing: &Drawing, rng: &mut Rng) -> Self {
        let level = if rng.random_bool(drawing.faithful) { 0.0 } else { rng.random::<f32>() };
        let strength = if rng.random_bool(drawing.clean) { 0.0 } else { drawing.hand * rng.random_range(0.4..1.3) };
        Self { strength, refinement: Refinement::new(level), has_hints: rng.random_bool(drawing.hints) }
    }

    /// The same for every run: exact lines, then a hand at three levels of refinement; four with spots of color, four without.
    fn held_out(at: u64, drawing: &Drawing) -> Self {
        let (strength, level) = [(0.0, 0.0), (1.0, 0.0), (1.0, 0.5), (1.0, 1.0)][(at % 4) as usize];
        Self { strength, refinement: Refinement::new(level), has_hints: drawing.hints > 0.0 && at / 4 % 2 == 1 }
    }
}

/// The middle one of the border's colors, each channel by itself.
fn ground(picture: &RgbImage) -> Rgb<u8> {
    let (width, height) = picture.dimensions();
    let rows = (0..width).flat_map(|x| [(x, 0), (x, height - 1)]);
    let columns = (0..height).flat_map(|y| [(0, y), (width - 1, y)]);
    let border: Vec<[u8; 3]> = rows.chain(columns).map(|(x, y)| picture.get_pixel(x, y).0).collect();
    Rgb([0, 1, 2].map(|c| {
        let mut values: Vec<u8> = border.iter().map(|color| color[c]).collect();
        values.sort_unstable();
        values[values.len() / 2]
    }))
}

/// Red, green and blue in 0..1.
fn channels(picture: &RgbImage) -> [Plane<f32>; 3] {
    let size = Size::new(picture.width(), picture.height());
    [0, 1, 2].map(|c| {
        let values = picture.pixels().map(|pixel| f32::from(pixel.0[c]) / 255.0).collect();
        Plane::from_vec(size, values).unwrap_or_else(|| Plane::filled(size, 1.0))
    })
}

/// A few short strokes of the color that the picture has there: three planes in -1..1 and where they are, 1 or 0.
fn hints(picture: &RgbImage, has_some: bool, rng: &mut Rng) -> Vec<f32> {
    let (width, height) = picture.dimensions();
    let area = (width * height) as usize;
    let mut planes = vec![0.0; 4 * area];
    if !has_some {
        return planes;
    }
    let side = width as f32;
    let paper = ground(picture).0.map(|value| f32::from(value) / 127.5 - 1.0);
    for _ in 0..rng.random_range(1..=MOST_SPOTS) {
        let (at, color) = meant(picture, paper, rng);
        let angle = std::f32::consts::TAU * rng.random::<f32>();
        let long = side * rng.random_range(0.0..0.12);
        let end = [long.mul_add(angle.cos(), at[0]), long.mul_add(angle.sin(), at[1])];
        // A stroke does not leave what has its color.
        let end = if far(color, color_around(picture, end)) { at } else { end };
        let spot = draw(&[vec![at, end]], Size::new(width, height), side * rng.random_range(0.015..0.06));
        for (place, _) in spot.data().iter().enumerate().filter(|(_, ink)| **ink > 0.5) {
            for (plane, value) in color.into_iter().chain([1.0]).enumerate() {
                planes[plane * area + place] = value;
            }
        }
    }
    planes
}

/// A place and its color: people color figures and leave the paper as it is, but for now and then.
fn meant(picture: &RgbImage, paper: [f32; 3], rng: &mut Rng) -> ([f32; 2], [f32; 3]) {
    let mut anywhere = || {
        let at = [picture.width(), picture.height()].map(|side| rng.random_range(0.05..0.95) * side as f32);
        (at, color_around(picture, at))
    };
    let first = anywhere();
    let tries: Vec<_> = (0..FIGURE_TRIES).map(|_| anywhere()).collect();
    if rng.random_bool(PAPER_SHARE) {
        return first;
    }
    tries.into_iter().find(|(_, color)| far(*color, paper)).unwrap_or(first)
}

fn far(a: [f32; 3], b: [f32; 3]) -> bool {
    a.iter().zip(b).any(|(a, b)| (a - b).abs() > 0.3)
}

/// The mean color of 3x3 pixels, in -1..1.
fn color_around(picture: &RgbImage, [x, y]: [f32; 2]) -> [f32; 3] {
    let clamped = |at: f32, offset: i32, side: u32| (at as i32 + offset).clamp(0, side as i32 - 1) as u32;
    let mut sum = [0.0; 3];
    for offset in 0..9 {
        let (x, y) = (clamped(x, offset % 3 - 1, picture.width()), clamped(y, offset / 3 - 1, picture.height()));
        let color = picture.get_pixel(x, y).0;
        sum.iter_mut().zip(color).for_each(|(sum, value)| *sum += f32::from(value));
    }
    sum.map(|sum| sum / 9.0 / 127.5 - 1.0)
}
