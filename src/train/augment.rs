//! What the discriminator sees is changed at random, so that it cannot learn few pictures by heart (Karras et al., Training
//! Generative Adversarial Networks with Limited Data, 2020, §2 and 3): mirroring, quarter turns, shifts and colours, all of
//! them invertible on average, all differentiable, the same for a picture and its mask.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, DType, Layout, Result, Shape, Tensor};
use rand::Rng as _;

use super::recipe::Augment;
use crate::compute::element::values;
use crate::control::Rng;
use crate::generators::seeded_normal;

/// Largest shift as a share of the side.
const SHIFT: f64 = 0.125;
/// Minibatches between two changes of the probability.
const INTERVAL: u32 = 4;

/// The probability and what it follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Augmentation {
    config: Augment,
    /// How likely each kind of change is, 0..=1.
    pub probability: f64,
    /// Sum of signs and count of scores of real pictures since the last change.
    signs: f64,
    scores: f64,
    batches: u32,
}

impl Augmentation {
    /// No change yet.
    #[must_use]
    pub const fn new(config: Augment) -> Self {
        Self { config, probability: 0.0, signs: 0.0, scores: 0.0, batches: 0 }
    }

    /// Takes note of the scores `[n, 1]` of real pictures; every fourth time the probability moves by a step towards what
    /// keeps their mean sign at the target (§3.1, heuristic `r_t`).
    ///
    /// # Errors
    /// When candle cannot read the scores.
    pub fn observe(&mut self, scores: &Tensor) -> Result<()> {
        if self.config.target <= 0.0 {
            return Ok(());
        }
        let scores = scores.flatten_all()?.to_dtype(DType::F32)?.to_vec1::<f32>()?;
        self.signs += scores.iter().map(|score| f64::from(score.signum())).sum::<f64>();
        self.scores += scores.len() as f64;
        self.batches += 1;
        if self.batches == INTERVAL {
            let step = self.scores / (self.config.kimg * 1000.0);
            let direction = (self.signs / self.scores - self.config.target).signum();
            self.probability = (self.probability + direction * step).clamp(0.0, self.config.max);
            (self.signs, self.scores, self.batches) = (0.0, 0.0, 0);
        }
        Ok(())
    }

    /// The numbers that decide what comes next.
    #[must_use]
    pub const fn state(&self) -> [f64; 4] {
        [self.probability, self.signs, self.scores, self.batches as f64]
    }

    /// Goes back to a [`Self::state`].
    pub const fn restore(&mut self, [probability, signs, scores, batches]: [f64; 4]) {
        (self.probability, self.signs, self.scores, self.batches) = (probability, signs, scores, batches as u32);
    }

    /// Pictures `[n, 3, side, side]` in -1..1 and masks `[n, 1, side, side]`, changed alike.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub fn apply(&self, images: &Tensor, known: &Tensor, rng: &mut Rng) -> Result<(Tensor, Tensor)> {
        if self.probability <= 0.0 {
            return Ok((images.clone(), known.clone()));
        }
        let (n, _, side, _) = images.dims4()?;
        let moves: Vec<Move> = (0..n).map(|_| Move::draw(self.probability, side, rng)).collect();
        let tables = Tables::new(&moves, side);
        let images = recolored(&tables.apply(images)?, self.probability, rng)?;
        Ok((images, tables.apply(known)?))
    }
}

/// How the pixels of one picture move.
#[derive(Debug, Clone, Copy)]
struct Move {
    is_mirrored: bool,
    quarter_turns: u32,
    shift: [usize; 2],
}

impl Move {
    fn draw(probability: f64, side: usize, rng: &mut Rng) -> Self {
        let mut happens = || rng.random::<f64>() < probability;
        let [mirrors, turns, shifts] = [happens(), happens(), happens()];
        let reach = (SHIFT * side as f64) as i64;
        let mut shift = || rng.random_range(-reach..=reach).rem_euclid(side as i64) as usize;
        let shift = [shift(), shift()];
        Self {
            is_mirrored: mirrors && rng.random::<bool>(),
            quarter_turns: if turns { rng.random_range(0..4) } else { 0 },
            shift: if shifts { shift } else { [0, 0] },
        }
    }

    /// Where the pixel `(x, y)` of the result comes from; shifts wrap around, so that each pixel comes once.
    fn source(self, x: usize, y: usize, side: usize) -> usize {
        let (mut x, mut y) = ((x + self.shift[0]) % side, (y + self.shift[1]) % side);
        for _ in 0..self.quarter_turns {
            (x, y) = (y, side - 1 - x);
        }
        if self.is_mirrored {
            x = side - 1 - x;
        }
        y * side + x
    }
}

/// For each sample, where each pixel comes from, and where it goes.
#[derive(Debug, Clone)]
struct Tables {
    from: Arc<Vec<Vec<u32>>>,
    to: Arc<Vec<Vec<u32>>>,
}

impl Tables {
    fn new(moves: &[Move], side: usize) -> Self {
        let (mut from, mut to) = (Vec::new(), Vec::new());
        for step in moves {
            let table: Vec<u32> = (0..side * side).map(|at| step.source(at % side, at / side, side) as u32).collect();
            let mut inverse = vec![0; table.len()];
            table.iter().enumerate().for_each(|(at, &source)| inverse[source as usize] = at as u32);
            from.push(table);
            to.push(inverse);
        }
        Self { from: Arc::new(from), to: Arc::new(to) }
    }

    fn apply(&self, xs: &Tensor) -> Result<Tensor> {
        if xs.device().is_cpu() {
            return xs.contiguous()?.apply_op1(self.clone());
        }
        let (n, c, h, w) = xs.dims4()?;
        let index = Tensor::from_vec(self.from.concat(), (n, 1, h * w), xs.device())?;
        let index = index.broadcast_as((n, c, h * w))?.contiguous()?;
        xs.reshape((n, c, h * w))?.contiguous()?.gather(&index, 2)?.reshape((n, c, h, w))
    }
}

impl CustomOp1 for Tables {
    fn name(&self) -> &'static str {
        "move_pixels"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let xs = values::<f32>("move_pixels", storage, layout)?;
        let per_sample = xs.len() / self.from.len().max(1);
        let mut out = Vec::with_capacity(xs.len());
        for (sample, table) in xs.chunks(per_sample).zip(self.from.iter()) {
            for plane in sample.chunks(table.len()) {
                out.extend(table.iter().map(|&at| plane[at as usize]));
            }
        }
        Ok((CpuStorage::F32(out), layout.shape().clone()))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        let inverse = Self { from: Arc::clone(&self.to), to: Arc::clone(&self.from) };
        inverse.apply(grad).map(Some)
    }
}

/// Brightness, contrast and saturation of each picture, as one affine map of its colours (§2, appendix B: deviations 0.2,
/// 0.5 and 1, the latter two of the logarithm to base 2).
fn recolored(images: &Tensor, probability: f64, rng: &mut Rng) -> Result<Tensor> {
    let (n, c, h, w) = images.dims4()?;
    let normal = seeded_normal(3 * n, rng.random(), "colors")?.to_vec1::<f32>()?;
    let (mut matrices, mut offsets) = (Vec::with_capacity(9 * n), Vec::with_capacity(3 * n));
    for draws in normal.chunks(3) {
        let mut when = |value: f32| if rng.random::<f64>() < probability { value } else { 0.0 };
        let (brightness, contrast, saturation) =
            (when(0.2 * draws[0]), when(0.5 * draws[1]).exp2(), when(draws[2]).exp2());
        for row in 0..3 {
            for column in 0..3 {
                let grey = 1.0 / 3.0;
                let own = if row == column { 1.0 } else { 0.0 };
                matrices.push(contrast * (grey + saturation * (own - grey)));
            }
        }
        offsets.extend([contrast * brightness; 3]);
    }
    let matrices = Tensor::from_vec(matrices, (n, 3, 3), images.device())?;
    let offsets = Tensor::from_vec(offsets, (n, 3, 1), images.device())?;
    matrices.matmul(&images.reshape((n, c, h * w))?)?.broadcast_add(&offsets)?.reshape((n, c, h, w))
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Var};

    use super::*;
    use crate::control;

    #[test]
    fn every_pixel_moves_to_one_place_and_its_gradient_comes_back() {
        let moves: Vec<Move> = (0..16).map(|at| Move::draw(1.0, 8, &mut control::rng(at, 0))).collect();
        let tables = Tables::new(&moves, 8);
        let xs = Var::from_tensor(&seeded_normal((16, 2, 8, 8), 1, "x").unwrap()).unwrap();
        let weights = seeded_normal((16, 2, 8, 8), 1, "w").unwrap();
        let moved = tables.apply(xs.as_tensor()).unwrap();
        let sum = |xs: &Tensor| xs.sqr().unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
        assert!((sum(&moved) - sum(xs.as_tensor())).abs() < 1e-2, "nothing is lost");
        let grads = (moved * &weights).unwrap().sum_all().unwrap().backward().unwrap();
        let back = tables.apply(grads.get(&xs).unwrap()).unwrap();
        let difference = (back - weights).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(difference < 1e-6, "moved there and back: {difference}");
    }

    #[test]
    fn the_probability_follows_the_discriminator() {
        let mut augmentation = Augmentation::new(Augment { kimg: 0.1, ..Augment::default() });
        let sure = Tensor::ones((8, 1), DType::F32, &Device::Cpu).unwrap();
        (0..4).for_each(|_| augmentation.observe(&sure).unwrap());
        assert!((augmentation.probability - 0.32).abs() < 1e-9, "{}", augmentation.probability);
        (0..8).for_each(|_| augmentation.observe(&sure.neg().unwrap()).unwrap());
        assert!(augmentation.probability == 0.0, "back at 0");
    }
}
