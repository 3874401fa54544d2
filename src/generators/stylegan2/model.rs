//! Generator and discriminator of one file as a manifold.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::{Config, Discriminator, Generator};
use crate::generators::styled::{Mapping, Noise};
use crate::generators::styled_model::{StyleJudge, StyleNet, StyledModel};

/// The mean style's name in a file.
const MEAN_STYLE: &str = "latent_avg";

/// A frozen `StyleGAN2`.
pub type Model = StyledModel<Generator, Discriminator>;

impl Model {
    /// Reads the generator, the mean style `latent_avg` and the discriminator under `discriminator.`; of a file without a mean
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
    const FAMILY: &'static str = "stylegan2";

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
        self.synthesis.run(ws, noise, at)
    }

    fn features_at(&self, ws: &Tensor, noise: Noise<'_>, at: usize) -> Result<Option<Tensor>> {
        self.synthesis.features_at(ws, noise, at)
    }

    fn affine_weights(&self) -> Vec<&Tensor> {
        self.synthesis.affine_weights()
    }

    fn noise_sides(&self) -> Vec<usize> {
        self.config().pyramid().noise_sides()
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

    use super::*;
    use crate::generators::manifold::{Manifold as _, Prior, Styles as _};
    use crate::generators::{seeded_normal, seeded_weights};

    const CPU: Device = Device::Cpu;

    fn model() -> Model {
        let config = Config { style_dim: 6, n_mapping: 2, base_channels: 64, max_channels: 8, ..Config::config_f(16) };
        // All tensors are there, the mean style too.
        Model::new(&config, &seeded_weights(4, DType::F32, &CPU)).unwrap()
    }

    fn flat(xs: &Tensor) -> Vec<f32> {
        xs.flatten_all().unwrap().to_vec1().unwrap()
    }

    #[test]
    fn a_seed_is_mapped_and_drawn_with_the_constant_noise() {
        let model = model();
        let latent = Tensor::from_vec(model.latent_of_seed(7).unwrap(), (1, 36), &CPU).unwrap();
        let z = Tensor::from_vec(Prior::Normal.latent_of_seed(6, 7), (1, 6), &CPU).unwrap();
        let expected = model.generator().forward(&z, Noise::Constant).unwrap();
        assert_eq!(flat(&model.draw(&latent).unwrap()), flat(&expected));
        let error = model.draw(&z).unwrap_err().to_string();
        assert!(error.contains("[1, 6]") && error.contains("[n, 36]"), "{error}");
    }

    #[test]
    fn features_are_those_of_the_side_asked_for() {
        let model = model();
        let ws = seeded_normal((2, 6, 6), 1, "ws").unwrap();
        let plain = model.synthesize(&ws, Noise::None).unwrap();
        for (at, c) in [(4, 8), (8, 8), (16, 4)] {
            let (picture, features) = model.synthesize_with_features(&ws, Noise::None, at).unwrap();
            assert_eq!((flat(&picture) == flat(&plain), features.dims()), (true, &[2, c, at, at][..]));
            assert_eq!(flat(&features), flat(&model.features_at(&ws, Noise::None, at).unwrap()), "without the picture");
        }
        let error = model.synthesize_with_features(&ws, Noise::None, 32).unwrap_err().to_string();
        assert!(error.contains("no layer of 32 x 32"), "{error}");
        let other = model.features_at(&ws, Noise::None, 32).unwrap_err().to_string();
        assert_eq!(other.lines().next(), error.lines().next(), "the same sentence");
        let dims: Vec<_> = model.affine_weights().iter().map(|weight| weight.dims().to_vec()).collect();
        assert_eq!(dims, [[8, 6], [8, 6], [8, 6], [8, 6], [4, 6]], "one for each convolution, none for colors");
        assert_eq!(model.noise_sides(), [4, 8, 8, 16, 16]);
    }

    #[test]
    fn each_picture_is_judged_alone() {
        let model = model();
        let pictures = seeded_normal((3, 3, 16, 16), 2, "pictures").unwrap();
        let all = flat(&model.judge(&pictures).unwrap().unwrap());
        for (at, score) in all.iter().enumerate() {
            let one = flat(&model.judge(&pictures.narrow(0, at, 1).unwrap()).unwrap().unwrap());
            assert!((one[0] - score).abs() < 1e-5 * score.abs().max(1.0), "{score} became {}", one[0]);
        }
    }
}
