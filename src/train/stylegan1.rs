//! Training `StyleGAN` (Karras et al., A Style-Based Generator Architecture, 2019): networks that grow while they learn (Karras et
//! al., Progressive Growing of GANs, 2018, §2), the non-saturating loss with R1, style mixing, a moving average.

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
use crate::generators::ops::{area_down, nearest_2x};
use crate::generators::stylegan1::{Config, Discriminator, Generator, Stage};
use crate::generators::{Noise, same_for_all_layers, seeded_normal};

/// The stream of random numbers of a step.
const STEP: u64 = 15;
/// The mean style's name among the weights.
const MEAN_STYLE: &str = "mapping.w_avg";

/// Generator and discriminator in training.
pub struct Stylegan {
    recipe: Recipe,
    config: Config,
    device: Device,
    generator: Generator,
    discriminator: Discriminator,
    rivals: Rivals,
    source: StyleSource,
    /// How far the networks have grown.
    stage: Stage,
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

impl Stylegan {
    /// New networks, or those of `start` where names and shapes fit: a model's weights, or a checkpoint's averaged generator and
    /// its discriminator. They grow all the same.
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
        let layers = (config.n_layers(), config.noise_sides());
        Ok(Self {
            source: StyleSource::new(recipe, layers, &mean_style, device)?,
            rivals: Rivals::new(recipe, parameters)?,
            stage: Stage::full(config.side),
            recipe: recipe.clone(),
            config,
            device: device.clone(),
            generator,
            discriminator,
        })
    }

    /// Grows as far as the recipe wants after `step` steps.
    fn grow(&mut self, step: u64) {
        let (side, fade) = self.recipe.growth.stage(step * self.recipe.batch as u64, self.config.side);
        self.stage = Stage { side, fade };
        self.source.shown_layers = 2 * (side / 2).trailing_zeros() as usize;
    }

    fn fake(&mut self, n: usize, rng: &mut Rng) -> Result<Tensor> {
        let ws = self.source.styles(&self.generator.mapping, n, rng)?;
        let noise = self.source.noise(n, rng)?;
        self.generator.synthesis.forward_at(&ws, noise.as_noise(), self.stage)
    }

    /// Pictures as the discriminator sees them.
    fn seen(&self, images: &Tensor, rng: &mut Rng) -> Result<Tensor> {
        Ok(self.rivals.augmentation.apply(images, &images.narrow(1, 0, 1)?, rng)?.0)
    }

    fn learn_to_draw(&mut self, fake: &Tensor, rng: &mut Rng) -> Result<f64> {
        // Gradients pass through the discriminator, not into it.
        let judge = Discriminator::new(&self.config, &self.rivals.discriminator.frozen())?;
        let loss = self.rivals.deceived(&judge.forward_at(&self.seen(fake, rng)?, self.stage)?)?;
        self.rivals.move_generator(&loss.backward()?)?;
        number(&loss)
    }

    /// The averaged generator's tensors.
    fn averaged(&self) -> Tensors {
        let mut tensors = self.rivals.ema.tensors();
        tensors.insert(MEAN_STYLE.to_owned(), self.source.mean_style.clone());
        tensors
    }
}

/// The side of the layers that a tensor belongs to, by its name.
fn side_of(name: &str) -> Option<usize> {
    name.split('.').find_map(|part| part.strip_prefix('b')?.parse().ok())
}

/// Real pictures `[n, 3, side, side]` as they are at `stage`: smaller, and, while a size is faded in, blurred as much as the
/// generator's.
fn at_stage(images: &Tensor, stage: Stage) -> Result<Tensor> {
    let factor = images.dim(3)? / stage.side;
    let images = if factor > 1 { area_down(images, factor)? } else { images.clone() };
    if stage.fade >= 1.0 {
        return Ok(images);
    }
    let coarse = nearest_2x(&area_down(&images, 2)?)?;
    (images * stage.fade)? + (coarse * (1.0 - stage.fade))?
}

impl Trainee for Stylegan {
    fn step(&mut self, batch: &Batch, step: u64) -> Result<Vec<Scalar>> {
        self.grow(step);
        let stage = self.stage;
        let real = at_stage(&batch.images.to_device(&self.device)?, stage)?;
        let mut rng = control::rng(self.recipe.seed ^ step.wrapping_mul(0xA24B_AED4_963E_E407), STEP);
        let fake = self.fake(real.dim(0)?, &mut rng)?;
        let real_scores = self.discriminator.forward_at(&self.seen(&real, &mut rng)?, stage)?;
        let fake_scores = self.discriminator.forward_at(&self.seen(&fake.detach(), &mut rng)?, stage)?;
        let mut scalars = vec![("discriminator", self.rivals.learn_to_judge(&real_scores, &fake_scores)?)];
        if self.rivals.regularizes_judge(step) {
            let seen = self.seen(&real, &mut rng)?;
            let penalty = self.rivals.regularize_judge(&seen, |images| self.discriminator.forward_at(images, stage))?;
            scalars.push(("r1", penalty));
        }
        scalars.push(("generator", self.learn_to_draw(&fake, &mut rng)?));
        scalars.extend([("augment", self.rivals.augmentation.probability), ("side", stage.side as f64)]);
        self.rivals.average(self.recipe.batch, step)?;
        Ok(scalars)
    }

    fn save(&self, state: &mut State) -> Result<Tensors> {
        let mut tensors = self.rivals.save(state);
        self.source.save(state, &mut tensors);
        state.set("side", self.stage.side as f64);
        state.set("fade", self.stage.fade);
        Ok(tensors)
    }

    fn restore(&mut self, state: &State, tensors: &Tensors) -> Result<()> {
        self.rivals.restore(state, tensors)?;
        self.source.restore(state, tensors)?;
        self.stage = Stage { side: state.get("side")? as usize, fade: state.get("fade")? };
        Ok(())
    }

    /// The averaged generator with its mean style, and the discriminator, which the search uses and those who train on.
    fn export(&self) -> Result<Tensors> {
        let mut tensors = self.averaged();
        put(&mut tensors, "discriminator", self.rivals.discriminator.tensors());
        let side = self.stage.settled_side();
        tensors.retain(|name, _| side_of(name).is_none_or(|of| of <= side));
        Ok(tensors)
    }

    fn grown_side(&self) -> Option<usize> {
        Some(self.stage.settled_side()).filter(|side| *side < self.config.side)
    }

    fn show(&self, held_out: &Batch) -> Result<Vec<Tensor>> {
        drawn_beside(self, held_out)
    }

    fn measure(&self, held_out: &Batch) -> Result<Measured> {
        measure_pictures(self, held_out)
    }
}

impl Painter for Stylegan {
    /// As large as the whole network's, whatever it has grown to.
    fn pictures(&self, n: usize, seed: u64) -> Result<Tensor> {
        let weights = VarBuilder::from_tensors(self.averaged().into_iter().collect(), DType::F32, &self.device);
        let generator = Generator::new(&self.config, &weights)?;
        let zs = seeded_normal((n, self.config.style_dim), seed, "z")?.to_device(&self.device)?;
        let ws = same_for_all_layers(&generator.mapping.forward(&zs)?, self.config.n_layers())?;
        let drawn = (0..n).step_by(16).map(|at| {
            let ws = ws.narrow(0, at, 16.min(n - at))?;
            let mut pictures = generator.synthesis.forward_at(&ws, Noise::Constant, self.stage)?;
            while pictures.dim(3)? < self.config.side {
                pictures = nearest_2x(&pictures)?;
            }
            Ok(pictures)
        });
        Tensor::cat(&drawn.collect::<Result<Vec<_>>>()?, 0)
    }
}
