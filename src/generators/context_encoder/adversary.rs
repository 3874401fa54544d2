//! The adversary: it sees what was painted and nothing around it.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::Config;
use super::block::{FIRST_SIDE, KERNEL, Trunk, channels};
use crate::compute::{Conv, Epilogue, Weight, conv2d};
use crate::generators::layers::SMALL_NORMAL;
use crate::generators::ops::BatchStatistics;

/// Tells painted squares from the photos' own.
#[derive(Debug, Clone)]
pub struct Adversary {
    side: usize,
    trunk: Trunk,
    to_logit: Weight,
}

impl Adversary {
    /// For the generator of `config`. Reads `layers.{i}.conv.weight` `[c_out, c_in, 4, 4]`, `layers.{i}.norm.*` (from 1 on)
    /// and `to_logit.weight` `[1, c, 4, 4]`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape, or the sizes are impossible.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        let (side, c_first) = (config.painted_side(), channels(config.width, FIRST_SIDE));
        let to_logit = vb.pp("to_logit").get_with_hints((1, c_first, KERNEL, KERNEL), "weight", SMALL_NORMAL)?;
        Ok(Self { side, trunk: Trunk::new(side, config.width, &vb.pp("layers"))?, to_logit: Weight::new(&to_logit)? })
    }

    /// Squares `[n, 3, painted_side, painted_side]` in -1..1 to logits `[n]`: their sigmoid is the probability that the
    /// square is a photo's.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, squares: &Tensor) -> Result<Tensor> {
        self.check_input(squares)?;
        self.judge(&self.trunk.forward(squares)?)
    }

    /// As [`Self::forward`], normalised with the batch's own statistics, which are returned for
    /// [`crate::generators::ops::update_running`] in the order of [`Config::adversary_norms`].
    ///
    /// # Errors
    /// As [`Self::forward`], and when the network was built from plain tensors.
    pub fn forward_train(&self, squares: &Tensor) -> Result<(Tensor, Vec<BatchStatistics>)> {
        self.check_input(squares)?;
        let mut all = Vec::new();
        let xs = self.trunk.forward_train(squares, &mut all)?;
        Ok((self.judge(&xs)?, all))
    }

    fn judge(&self, xs: &Tensor) -> Result<Tensor> {
        conv2d(xs, &self.to_logit, Conv::padded(0), Epilogue::default())?.flatten_all()
    }

    fn check_input(&self, squares: &Tensor) -> Result<()> {
        let side = self.side;
        if !matches!(squares.dims(), [_, 3, h, w] if (*h, *w) == (side, side)) {
            candle_core::bail!("context encoder: the squares are {:?}, not [n, 3, {side}, {side}]", squares.dims());
        }
        Ok(())
    }
}
