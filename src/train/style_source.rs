//! Where the styles and the noise of a training step come from, and the path length that wants styles to move pictures evenly
//! (Karras et al., A Style-Based Generator Architecture, 2019, §3.1, and Analyzing and Improving the Image Quality of
//! `StyleGAN`, 2020, §3.2).

use candle_core::{DType, Device, Result, Tensor, Var};
use rand::Rng as _;

use super::checkpoint::State;
use super::losses;
use super::parameters::Tensors;
use super::recipe::{Loss, Recipe};
use super::rivals::{Rivals, number};
use crate::control::Rng;
use crate::generators::{Mapping, Noise, same_for_all_layers, seeded_normal};

/// Decay of the mean style.
const MEAN_STYLE_BETA: f64 = 0.995;
/// How fast the target of the path length follows.
const PATH_MEAN_RATE: f64 = 0.01;
/// The mean style's name in a checkpoint.
const MEAN_STYLE: &str = "mean_style";

/// What a step adds to the features: maps `[n, 1, side, side]`, or nothing.
pub(super) struct FreshNoise(Option<Vec<Tensor>>);

impl FreshNoise {
    /// As generators take it.
    pub(super) fn as_noise(&self) -> Noise<'_> {
        self.0.as_deref().map_or(Noise::None, Noise::Maps)
    }
}

/// Draws styles and noise, and follows their means.
pub(super) struct StyleSource {
    /// Styles that a picture takes.
    n_layers: usize,
    /// The sides of the noise, smallest first; none where there is no noise.
    noise_sides: Option<Vec<usize>>,
    /// Layers that pictures show now: less than all while a network grows. Two latents are mixed within them.
    pub(super) shown_layers: usize,
    device: Device,
    loss: Loss,
    /// `[style_dim]`
    pub(super) mean_style: Tensor,
    path_mean: f64,
}

impl StyleSource {
    /// For a synthesis that takes `n_layers` styles and noise of `noise_sides`, and whose mean style is `mean_style`,
    /// `[style_dim]`.
    ///
    /// # Errors
    /// When candle cannot copy.
    pub(super) fn new(
        recipe: &Recipe,
        (n_layers, noise_sides): (usize, Vec<usize>),
        mean_style: &Tensor,
        device: &Device,
    ) -> Result<Self> {
        let mean_style = mean_style.to_dtype(DType::F32)?.to_device(device)?.copy()?.detach();
        let (loss, device) = (recipe.loss.clone(), device.clone());
        let noise_sides = recipe.network.noise.then_some(noise_sides);
        Ok(Self { n_layers, noise_sides, shown_layers: n_layers, device, loss, mean_style, path_mean: 0.0 })
    }

    /// Styles `[n, n_layers, style_dim]` for random latents, now and then two latents in one picture: the second from a
    /// random layer on.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn styles(&mut self, mapping: &Mapping, n: usize, rng: &mut Rng) -> Result<Tensor> {
        let (dim, n_layers) = (self.mean_style.elem_count(), self.n_layers);
        let mut latents = || seeded_normal((n, dim), rng.random(), "z")?.to_device(&self.device);
        let [first, second] = [latents()?, latents()?];
        let first = mapping.forward(&first)?;
        let mean = first.detach().mean(0)?;
        self.mean_style = ((&self.mean_style * MEAN_STYLE_BETA)? + (mean * (1.0 - MEAN_STYLE_BETA))?)?.detach();
        let ws = same_for_all_layers(&first, n_layers)?;
        if self.loss.style_mixing <= 0.0 {
            return Ok(ws);
        }
        let cuts: Vec<usize> = (0..n)
            .map(|_| {
                let mixes = rng.random::<f64>() < self.loss.style_mixing;
                let cut = rng.random_range(1..self.shown_layers);
                if mixes { cut } else { n_layers }
            })
            .collect();
        let is_second = cuts.iter().flat_map(|&cut| (0..n_layers).map(move |at| f32::from(u8::from(at >= cut))));
        let is_second = Tensor::from_iter(is_second, &self.device)?.reshape((n, n_layers, 1))?;
        let others = same_for_all_layers(&mapping.forward(&second)?, n_layers)?;
        ws.broadcast_mul(&is_second.affine(-1.0, 1.0)?)? + others.broadcast_mul(&is_second)?
    }

    /// Fresh noise for every convolution.
    ///
    /// # Errors
    /// When candle cannot make the tensors.
    pub(super) fn noise(&self, n: usize, rng: &mut Rng) -> Result<FreshNoise> {
        let map = |side| seeded_normal((n, 1, side, side), rng.random(), "noise")?.to_device(&self.device);
        let maps = |sides: &Vec<usize>| sides.iter().take(self.shown_layers).copied().map(map).collect();
        Ok(FreshNoise(self.noise_sides.as_ref().map(maps).transpose()?))
    }

    /// The generator's step by the path length of what `draw` makes of the styles `mapped` `[n, n_layers, style_dim]`; returns
    /// the penalty.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn regularize_paths(
        &mut self,
        rivals: &mut Rivals,
        mapped: &Tensor,
        rng: &mut Rng,
        draw: impl FnOnce(&Tensor) -> Result<Tensor>,
    ) -> Result<f64> {
        // candle keeps gradients of variables only.
        let ws = Var::from_tensor(&mapped.detach())?;
        let fake = draw(ws.as_tensor())?;
        let scale = 1.0 / fake.dim(3)? as f64;
        let directions = (seeded_normal(fake.dims(), rng.random(), "path")?.to_device(&self.device)? * scale)?;
        let lengths = losses::path_lengths(&fake, ws.as_tensor(), &directions)?;
        self.path_mean += PATH_MEAN_RATE * (number(&lengths.mean_all()?)? - self.path_mean);
        let Loss { path_length_weight, path_length_every, .. } = self.loss;
        let penalty = losses::path_length_penalty(&lengths, self.path_mean, path_length_weight)?;
        let mut grads = (&penalty * path_length_every as f64)?.backward()?;
        // From the styles on into the mapping network, by the chain rule.
        if let Some(to_styles) = grads.remove(&ws) {
            let of_mapping = (mapped * to_styles.detach())?.sum_all()?.backward()?;
            for (_, variable) in rivals.generator.vars() {
                if let Some(grad) = of_mapping.get(&variable) {
                    grads.insert(&variable, grad.clone());
                }
            }
        }
        rivals.move_generator(&grads)?;
        number(&penalty)
    }

    /// Adds what the next step depends on.
    pub(super) fn save(&self, state: &mut State, tensors: &mut Tensors) {
        tensors.insert(MEAN_STYLE.to_owned(), self.mean_style.clone());
        state.set("path_mean", self.path_mean);
    }

    /// Goes back to what [`Self::save`] gave.
    ///
    /// # Errors
    /// When something is missing or has another shape.
    pub(super) fn restore(&mut self, state: &State, tensors: &Tensors) -> Result<()> {
        match tensors.get(MEAN_STYLE) {
            Some(mean) if mean.dims() == self.mean_style.dims() => self.mean_style = mean.to_device(&self.device)?,
            _ => candle_core::bail!("the mean style is missing or has another shape"),
        }
        self.path_mean = state.get("path_mean")?;
        Ok(())
    }
}
