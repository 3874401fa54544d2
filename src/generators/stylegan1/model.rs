//! Generator and discriminator of one file as a manifold.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::{Config, Discriminator, Generator, Stage};
use crate::generators::styled::{Mapping, Noise};
use crate::generators::styled_model::{StyleJudge, StyleNet, StyledModel};

/// The mean style's name in a file.
const MEAN_STYLE: &str = "mapping.w_avg";

/// A frozen `StyleGAN`.
pub type Model = StyledModel<Generator, Discriminator>;

impl Model {
    /// Reads the generator, the mean style `mapping.w_avg` and the discriminator under `discriminator.`; of a file without a mean
    /// style it is estimated, and the discriminator need not be there.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape, or the sizes are impossible.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        config.check()?;
        let judge = vb.pp("discriminator");
        let has_judge = judge.contains_tensor("b4.out.weight");
        let discriminator = has_judge.then(|| Discriminator::new(config, &judge)).transpose()?;
        Self::of(Generator::new(config, vb)?, discriminator, MEAN_STYLE, vb)
    }
}

impl StyleNet for Generator {
    const FAMILY: &'static str = "stylegan";

    fn side(&self) -> usize {
        self.config().side
    }

    fn n_layers(&self) -> usize {
        self.config().n_layers()
    }

    fn style_dim(&self) -> usize {
        self.config().style_dim
    }

    fn macs(&self) -> u64 {
        self.config().conv_macs()
    }

    fn activations(&self) -> u64 {
        self.config().pyramid().synthesis_activations()
    }

    fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    fn synthesize(&self, ws: &Tensor, noise: Noise<'_>, at: Option<usize>) -> Result<(Tensor, Option<Tensor>)> {
        self.synthesis.run(ws, noise, Stage::full(self.config().side), at)
    }

    fn affine_weights(&self) -> Vec<&Tensor> {
        self.synthesis.affine_weights()
    }

    fn noise_sides(&self) -> Vec<usize> {
        self.config().noise_sides()
    }
}

impl StyleJudge for Discriminator {
    fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        Self::features(self, pictures)
    }

    fn forward_alone(&self, pictures: &Tensor) -> Result<Tensor> {
        Self::forward_alone(self, pictures)
    }
}
