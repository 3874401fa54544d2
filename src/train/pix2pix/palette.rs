//! Colors that occur together in training pictures, of which variants are made.

use candle_core::{Device, Result, Tensor};
use rand::Rng as _;

use crate::control::Rng;
use crate::generators::pix2pix::{N_COMBINATIONS, N_SPOTS, Spot};
use crate::train::data::Batch;

/// A color this far from the paper's is part of a figure.
const FIGURE: f32 = 0.3;
/// How many places are tried for a spot.
const TRIES: usize = 40;

/// One combination a step, from the first steps' pictures.
#[derive(Debug)]
pub(super) struct Palette(Tensor);

impl Palette {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(Tensor::zeros((N_COMBINATIONS, N_SPOTS, 5), candle_core::DType::F32, &Device::Cpu)?))
    }

    pub(super) fn tensor(&self) -> &Tensor {
        &self.0
    }

    pub(super) fn restore(&mut self, saved: Option<&Tensor>) {
        if let Some(saved) = saved.filter(|saved| saved.dims() == self.0.dims()) {
            self.0 = saved.clone();
        }
    }

    /// Takes the colors of the batch's first picture, while there are combinations to be found.
    pub(super) fn observe(&mut self, batch: &Batch, step: u64, rng: &mut Rng) -> Result<()> {
        let row = step as usize;
        let Some(drawn) = batch.drawn.as_ref().filter(|_| row < N_COMBINATIONS) else { return Ok(()) };
        let image = batch.images.get(0)?.to_device(&Device::Cpu)?.to_vec3::<f32>()?;
        let ink = drawn.get(0)?.get(0)?.to_device(&Device::Cpu)?.to_vec2::<f32>()?;
        let spots = Tensor::new(spots(&image, &ink, rng).concat(), &Device::Cpu)?.reshape((1, N_SPOTS, 5))?;
        let mut rows: Vec<Tensor> = (0..N_COMBINATIONS).map(|at| self.0.narrow(0, at, 1)).collect::<Result<_>>()?;
        // Rows that are not known yet repeat this one, so that a model of few steps has colors too.
        rows[row..].fill(spots);
        self.0 = Tensor::cat(&rows, 0)?;
        Ok(())
    }
}

/// Places in the bounding box of `ink` and the colors of `image`, `[3][h][w]` in -1..1, there: in the figure, if there is one.
pub(crate) fn spots(image: &[Vec<Vec<f32>>], ink: &[Vec<f32>], rng: &mut Rng) -> Vec<Spot> {
    let (height, width) = (ink.len(), ink.first().map_or(0, Vec::len));
    let is_inked = |x: usize, y: usize| ink[y][x] > 0.5;
    let columns: Vec<usize> = (0..width).filter(|&x| (0..height).any(|y| is_inked(x, y))).collect();
    let rows: Vec<usize> = (0..height).filter(|&y| (0..width).any(|x| is_inked(x, y))).collect();
    let whole = |list: &[usize], side: usize| match (list.first(), list.last()) {
        (Some(&first), Some(&last)) if last > first => (first, last),
        _ => (0, side - 1),
    };
    let ((x0, x1), (y0, y1)) = (whole(&columns, width), whole(&rows, height));
    let color = |x: usize, y: usize| [0, 1, 2].map(|c| image[c][y][x]);
    let paper = color(0, 0);
    (0..N_SPOTS)
        .map(|_| {
            let mut place = (x0, y0);
            for _ in 0..TRIES {
                place = (rng.random_range(x0..=x1), rng.random_range(y0..=y1));
                if color(place.0, place.1).iter().zip(paper).any(|(a, b)| (a - b).abs() > FIGURE) {
                    break;
                }
            }
            let share = |at: usize, low: usize, high: usize| (at - low) as f32 / (high - low).max(1) as f32;
            let [red, green, blue] = color(place.0, place.1);
            [share(place.0, x0, x1), share(place.1, y0, y1), red, green, blue]
        })
        .collect()
}
