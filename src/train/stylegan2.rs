//! Training `StyleGAN2` (Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020) with adaptive augmentation
//! (Karras et al., Training Generative Adversarial Networks with Limited Data, 2020): the non-saturating loss, lazy R1, lazy
//! path length, style mixing, a moving average.
//!
//! Each step draws one batch of pictures, which both networks learn from.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::checkpoint::State;
use super::data::Batch;
use super::named::put;
use super::parameters::Tensors;
use super::recipe::Recipe;
use super::report::drawn_beside;
use super::rivals::{self, Rivals, number};
use super::sliced::measure_pictures;
use super::style_source::StyleSource;
use super::trainee::{Measured, Painter, Scalar, Trainee};
use crate::control::{self, Rng};
use crate::generators::stylegan2::{Config, Discriminator, Generator};
use crate::generators::{Noise, seeded_normal};

/// The stream of random numbers of a step.
const STEP: u64 = 13;
/// The mean style's name among the weights.
const MEAN_STYLE: &str = "latent_avg";

/// Generator and discriminator in training.
pub struct Stylegan2 {
    recipe: Recipe,
    config: Config,
    device: Device,
    generator: Generator,
    discriminator: Discriminator,
    rivals: Rivals,
    source: StyleSource,
}

/// The sizes that a recipe asks for.
#[must_use]
pub fn config_of(recipe: &Recipe) -> Config {
    let network = &recipe.network;
    Config {
        side: network.side,
        style_dim: network.style_dim,
        n_mapping: network.mapping_layers,
        base_channels: network.base_channels,
        max_channels: network.max_channels,
        judge_base_channels: network.discriminator_base_channels,
        judge_max_channels: network.discriminator_max_channels,
    }
}

impl Stylegan2 {
    /// New networks, or those of `start` where names and shapes fit: a model's weights, or a checkpoint's averaged generator and
    /// its discriminator.
    ///
    /// # Errors
    /// When candle cannot make the tensors.
    pub fn new(recipe: &Recipe, start: Option<&Tensors>, device: &Device) -> Result<Self> {
        let config = config_of(recipe);
        let parameters = rivals::parameters(recipe, device);
        let generator = Generator::new(&config, &parameters.0.tracked())?;
        let discriminator = Discriminator::new(&config, &parameters.1.tracked())?;
        let adopted =
            start.map(|start| rivals::adopt((&parameters.0, &parameters.1), start, MEAN_STYLE)).transpose()?;
        let mean_style = rivals::mean_style(adopted.flatten(), config.style_dim, device)?;
        Ok(Self {
            source: StyleSource::new(recipe, config.pyramid().layers(), &mean_style, device)?,
            rivals: Rivals::new(recipe, parameters)?,
            recipe: recipe.clone(),
            config,
            device: device.clone(),
            generator,
            discriminator,
        })
    }

    fn fake(&mut self, n: usize, rng: &mut Rng) -> Result<Tensor> {
        let ws = self.source.styles(&self.generator.mapping, n, rng)?;
        let noise = self.source.noise(n, rng)?;
        self.generator.synthesis.forward(&ws, noise.as_noise())
    }

    /// Pictures as the discriminator sees them.
    fn seen(&self, images: &Tensor, rng: &mut Rng) -> Result<Tensor> {
        Ok(self.rivals.augmentation.apply(images, &images.narrow(1, 0, 1)?, rng)?.0)
    }

    fn learn_to_draw(&mut self, fake: &Tensor, rng: &mut Rng) -> Result<f64> {
        // Gradients pass through the discriminator, not into it.
        let judge = Discriminator::new(&self.config, &self.rivals.discriminator.frozen())?;
        let loss = self.rivals.deceived(&judge.forward(&self.seen(fake, rng)?)?)?;
        self.rivals.move_generator(&loss.backward()?)?;
        number(&loss)
    }

    /// The path length's penalty on half a batch.
    fn regularize_paths(&mut self, n: usize, rng: &mut Rng) -> Result<f64> {
        let n = n.div_ceil(2);
        let mapped = self.source.styles(&self.generator.mapping, n, rng)?;
        let noise = self.source.noise(n, rng)?;
        self.source.regularize_paths(&mut self.rivals, &mapped, rng, |ws| {
            self.generator.synthesis.forward(ws, noise.as_noise())
        })
    }

    /// The averaged generator's tensors.
    fn averaged(&self) -> Tensors {
        let mut tensors = self.rivals.ema.tensors();
        tensors.insert(MEAN_STYLE.to_owned(), self.source.mean_style.clone());
        tensors
    }
}

impl Trainee for Stylegan2 {
    fn step(&mut self, batch: &Batch, step: u64) -> Result<Vec<Scalar>> {
        let real = batch.images.to_device(&self.device)?;
        let mut rng = control::rng(self.recipe.seed ^ step.wrapping_mul(0xA24B_AED4_963E_E407), STEP);
        let n = real.dim(0)?;
        let fake = self.fake(n, &mut rng)?;
        let real_scores = self.discriminator.forward(&self.seen(&real, &mut rng)?)?;
        let fake_scores = self.discriminator.forward(&self.seen(&fake.detach(), &mut rng)?)?;
        let mut scalars = vec![("discriminator", self.rivals.learn_to_judge(&real_scores, &fake_scores)?)];
        if self.rivals.regularizes_judge(step) {
            let seen = self.seen(&real, &mut rng)?;
            let penalty = self.rivals.regularize_judge(&seen, |images| self.discriminator.forward(images))?;
            scalars.push(("r1", penalty));
        }
        scalars.push(("generator", self.learn_to_draw(&fake, &mut rng)?));
        if self.rivals.regularizes_paths(step) {
            scalars.push(("path-length", self.regularize_paths(n, &mut rng)?));
        }
        scalars.push(("augment", self.rivals.augmentation.probability));
        self.rivals.average(self.recipe.batch, step)?;
        Ok(scalars)
    }

    fn save(&self, state: &mut State) -> Result<Tensors> {
        let mut tensors = self.rivals.save(state);
        self.source.save(state, &mut tensors);
        Ok(tensors)
    }

    fn restore(&mut self, state: &State, tensors: &Tensors) -> Result<()> {
        self.rivals.restore(state, tensors)?;
        self.source.restore(state, tensors)
    }

    /// The averaged generator with its mean style, and the discriminator, which the search uses and those who train on.
    fn export(&self) -> Result<Tensors> {
        let mut tensors = self.averaged();
        put(&mut tensors, "discriminator", self.rivals.discriminator.tensors());
        Ok(tensors)
    }

    fn show(&self, held_out: &Batch) -> Result<Vec<Tensor>> {
        drawn_beside(self, held_out)
    }

    fn measure(&self, held_out: &Batch) -> Result<Measured> {
        measure_pictures(self, held_out)
    }
}

impl Painter for Stylegan2 {
    fn pictures(&self, n: usize, seed: u64) -> Result<Tensor> {
        let weights = VarBuilder::from_tensors(self.averaged().into_iter().collect(), DType::F32, &self.device);
        let generator = Generator::new(&self.config, &weights)?;
        let zs = seeded_normal((n, self.config.style_dim), seed, "z")?.to_device(&self.device)?;
        let drawn = (0..n).step_by(16).map(|at| generator.forward(&zs.narrow(0, at, 16.min(n - at))?, Noise::Constant));
        Tensor::cat(&drawn.collect::<Result<Vec<_>>>()?, 0)
    }
}
