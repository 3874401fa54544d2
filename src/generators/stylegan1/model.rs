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

    fn features_at(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<Option<Tensor>> {
        self.synthesis.features_at(ws, noise, at)
    }

    fn affine_weights(&self) -> Vec<&Tensor> {
        self.synthesis.affine_weights()
    }

    fn noise_sides(&self) -> Vec<usize> {
        self.config().noise_sides()
    }

    fn noise_strengths(&self) -> Vec<&Tensor> {
        self.synthesis.noise_strengths()
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

#[cfg(test)]
mod tests {
    use candle_core::{DType, Device};
    use candle_nn::VarMap;

    use super::*;
    use crate::generators::manifold::Styles as _;
    use crate::generators::seeded_normal;

    fn flat(xs: &Tensor) -> Vec<f32> {
        xs.flatten_all().unwrap().to_vec1().unwrap()
    }

    /// Weights of a generator that has learned to use its noise.
    fn noisy_weights(config: &Config) -> VarBuilder<'static> {
        let vars = VarMap::new();
        Generator::new(config, &VarBuilder::from_varmap(&vars, DType::F32, &Device::Cpu)).unwrap();
        let vars = vars.data().lock().unwrap().clone();
        let tensors = vars.into_iter().map(|(name, var)| {
            let strength = name.ends_with("noise_strength").then(|| var.ones_like().unwrap());
            (name, strength.unwrap_or_else(|| var.as_tensor().clone()))
        });
        VarBuilder::from_tensors(tensors.collect(), DType::F32, &Device::Cpu)
    }

    #[test]
    fn features_need_no_picture_and_noise_is_as_strong_as_asked() {
        let config = Config {
            side: 16,
            style_dim: 6,
            n_mapping: 2,
            base_channels: 64,
            max_channels: 8,
            judge_base_channels: None,
            judge_max_channels: None,
        };
        let model = Model::new(&config, &noisy_weights(&config)).unwrap();
        let ws = seeded_normal((2, 6, 6), 1, "ws").unwrap();
        for (at, c) in [(4, 8), (8, 8), (16, 4)] {
            let (_, features) = model.synthesize_with_features(&ws, Noise::None, at).unwrap();
            assert_eq!(features.dims(), [2, c, at, at]);
            assert_eq!(flat(&features), flat(&model.features_at(&ws, Noise::None, at).unwrap()), "without the picture");
        }
        assert!(model.features_at(&ws, Noise::None, 32).is_err(), "no such layer");
        let drawn = |noise| flat(&model.synthesize(&ws, noise).unwrap());
        assert!(drawn(Noise::Scaled(0.0)) == drawn(Noise::None), "none of it");
        assert!(drawn(Noise::Scaled(1.0)) == drawn(Noise::Constant), "as learned");
        assert!(drawn(Noise::Scaled(2.0)) != drawn(Noise::Constant), "twice as strong");
    }
}
