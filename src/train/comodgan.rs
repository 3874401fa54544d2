//! Training `CoModGAN` (Zhao et al. 2021, §4) with what `StyleGAN2` (Karras et al. 2020) brings along: lazy R1, lazy path
//! length, style mixing, a moving average.
//!
//! Each step makes one batch of fills, which both networks learn from. The fills' latents are not truncated (the official
//! code truncates by accident).

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;
use rand::Rng as _;

use super::checkpoint::State;
use super::data::Batch;
use super::losses;
use super::measure::measure_fills;
use super::named::put;
use super::parameters::Tensors;
use super::recipe::{Loss, Recipe};
use super::report;
use super::rivals::{self, Rivals, number};
use super::style_source::StyleSource;
use super::trainee::{Filler, Measured, Scalar, Trainee};
use crate::control::{self, Rng};
use crate::generators::comodgan::{Config, Discriminator, Generator, Options};
use crate::generators::vgg::{self, Trunk};
use crate::generators::{same_for_all_layers, seeded_normal};

/// The stream of random numbers of a step.
const STEP: u64 = 11;
/// The mean style's name among the weights.
const MEAN_STYLE: &str = "mapping.w_avg";

/// Generator and discriminator in training.
pub struct Comodgan {
    recipe: Recipe,
    config: Config,
    judge_config: Config,
    device: Device,
    generator: Generator,
    discriminator: Discriminator,
    rivals: Rivals,
    source: StyleSource,
    /// Whose features are compared, where the recipe wants that.
    trunk: Option<Trunk>,
}

/// The sizes that a recipe asks for.
#[must_use]
pub fn config_of(recipe: &Recipe) -> Config {
    let network = &recipe.network;
    Config {
        style_dim: network.style_dim,
        global_dim: network.global_dim,
        base_channels: network.base_channels,
        max_channels: network.max_channels,
        n_mapping: network.mapping_layers,
        encoder: network.encoder,
        ..Config::official(network.side)
    }
}

/// The sizes of the discriminator that a recipe asks for.
fn judge_config_of(recipe: &Recipe) -> Config {
    let config = config_of(recipe);
    Config {
        base_channels: recipe.network.discriminator_base_channels.unwrap_or(config.base_channels),
        max_channels: recipe.network.discriminator_max_channels.unwrap_or(config.max_channels),
        ..config
    }
}

/// The trunk of the perceptual loss; its file is the user's.
fn trunk_of(loss: &Loss, device: &Device) -> Result<Option<Trunk>> {
    match &loss.perceptual_trunk {
        Some(path) if loss.perceptual_weight > 0.0 => {
            let fail = |reason: &dyn std::fmt::Display| {
                let reason = reason.to_string();
                let reason = reason.lines().next().unwrap_or_default();
                candle_core::Error::Msg(format!(
                    "{} holds no convolutions of VGG16 under torchvision's names ({reason})",
                    path.display()
                ))
            };
            let bytes = std::fs::read(path).map_err(|error| fail(&error.kind()))?;
            let weights = VarBuilder::from_buffered_safetensors(bytes, DType::F32, device).map_err(|e| fail(&e))?;
            Trunk::new(&vgg::Config::vgg16(), &weights).map(Some).map_err(|error| fail(&error))
        }
        None if loss.perceptual_weight > 0.0 => candle_core::bail!(
            "loss.perceptual_weight needs a VGG16 trunk: name its safetensors file in loss.perceptual_trunk"
        ),
        _ => Ok(None),
    }
}

impl Comodgan {
    /// New networks, or those of `start` where names and shapes fit: a generator's weights, or a checkpoint's averaged
    /// generator and its discriminator.
    ///
    /// # Errors
    /// When candle cannot make the tensors.
    pub fn new(recipe: &Recipe, start: Option<&Tensors>, device: &Device) -> Result<Self> {
        let (config, judge_config) = (config_of(recipe), judge_config_of(recipe));
        let parameters = rivals::parameters(recipe, device);
        let generator = Generator::new(&config, &parameters.0.tracked())?;
        let discriminator = Discriminator::new(&judge_config, &parameters.1.tracked())?;
        let adopted =
            start.map(|start| rivals::adopt((&parameters.0, &parameters.1), start, MEAN_STYLE)).transpose()?;
        let fits = |mean: &Tensor| mean.dims() == generator.mean_style.dims();
        let mean_style = adopted.flatten().filter(fits).unwrap_or_else(|| generator.mean_style.clone());
        Ok(Self {
            source: StyleSource::new(recipe, config.pyramid().layers(), &mean_style, device)?,
            rivals: Rivals::new(recipe, parameters)?,
            trunk: trunk_of(&recipe.loss, device)?,
            config,
            judge_config,
            device: device.clone(),
            generator,
            discriminator,
            recipe: recipe.clone(),
        })
    }

    /// Factors on the global vector: 0, or what keeps the mean.
    fn dropout(&self, n: usize, rng: &mut Rng) -> Result<Option<Tensor>> {
        let share = self.recipe.loss.dropout;
        if share <= 0.0 {
            return Ok(None);
        }
        let keep = (1.0 / (1.0 - share)) as f32;
        let count = n * self.config.global_dim;
        let factors = (0..count).map(|_| if rng.random::<f64>() < share { 0.0 } else { keep });
        Ok(Some(Tensor::from_iter(factors, &self.device)?.reshape((n, self.config.global_dim))?))
    }

    fn fake(&mut self, batch: &Batch, rng: &mut Rng) -> Result<Tensor> {
        let n = batch.images.dim(0)?;
        let ws = self.source.styles(&self.generator.mapping, n, rng)?;
        let (noise, dropout) = (self.source.noise(n, rng)?, self.dropout(n, rng)?);
        let options = Options { noise: noise.as_noise(), dropout: dropout.as_ref() };
        self.generator.forward(&batch.images, &batch.known, &ws, options)
    }

    fn learn_to_judge(&mut self, batch: &Batch, fake: &Tensor, rng: &mut Rng) -> Result<f64> {
        let score = |images: &Tensor, rng: &mut Rng| {
            let (images, known) = self.rivals.augmentation.apply(images, &batch.known, rng)?;
            self.discriminator.forward(&images, &known)
        };
        let (real, fake) = (score(&batch.images, rng)?, score(&fake.detach(), rng)?);
        self.rivals.learn_to_judge(&real, &fake)
    }

    /// The averaged generator's tensors.
    fn painter(&self) -> Tensors {
        let mut tensors = self.rivals.ema.tensors();
        tensors.insert(MEAN_STYLE.to_owned(), self.source.mean_style.clone());
        tensors
    }

    /// R1 of real pictures, for the discriminator.
    fn regularize_judge(&mut self, batch: &Batch, rng: &mut Rng) -> Result<f64> {
        let (images, known) = self.rivals.augmentation.apply(&batch.images, &batch.known, rng)?;
        self.rivals.regularize_judge(&images, |images| self.discriminator.forward(images, &known.detach()))
    }

    fn learn_to_fill(&mut self, batch: &Batch, fake: &Tensor, rng: &mut Rng) -> Result<Vec<Scalar>> {
        // Gradients pass through the discriminator, not into it.
        let judge = Discriminator::new(&self.judge_config, &self.rivals.discriminator.frozen())?;
        let (images, known) = self.rivals.augmentation.apply(fake, &batch.known, rng)?;
        let adversarial = self.rivals.deceived(&judge.forward(&images, &known)?)?;
        let Loss { adversarial_weight, l1_weight, l1_block, border_weight, border_width, border_block, .. } =
            self.recipe.loss;
        // Known pixels never differ: the mean is one over the holes.
        let hole_share = 1.0 - number(&batch.known.mean_all()?)?;
        let difference = (losses::coarse_l1(fake, &batch.images, l1_block)? / hole_share.max(1e-3))?;
        let border = losses::border_l1(fake, &batch.images, &batch.known, (border_width, border_block))?;
        let loss = (((&adversarial * adversarial_weight)? + (&difference * l1_weight)?)? + (&border * border_weight)?)?;
        let mut scalars =
            vec![("generator", number(&adversarial)?), ("l1", number(&difference)?), ("border-l1", number(&border)?)];
        let loss = match &self.trunk {
            None => loss,
            Some(trunk) => {
                let perceptual = losses::perceptual(trunk, fake, &batch.images)?;
                scalars.push(("perceptual", number(&perceptual)?));
                (loss + (perceptual * self.recipe.loss.perceptual_weight)?)?
            }
        };
        self.rivals.move_generator(&loss.backward()?)?;
        Ok(scalars)
    }

    /// The path length's penalty on half a batch.
    fn regularize_fills(&mut self, batch: &Batch, rng: &mut Rng) -> Result<f64> {
        let n = batch.images.dim(0)?.div_ceil(2);
        let half = batch.part(0, n)?;
        let mapped = self.source.styles(&self.generator.mapping, n, rng)?;
        let (noise, dropout) = (self.source.noise(n, rng)?, self.dropout(n, rng)?);
        let options = Options { noise: noise.as_noise(), dropout: dropout.as_ref() };
        self.source.regularize_paths(&mut self.rivals, &mapped, rng, |ws| {
            self.generator.forward(&half.images, &half.known, ws, options)
        })
    }
}

impl Trainee for Comodgan {
    fn step(&mut self, batch: &Batch, step: u64) -> Result<Vec<Scalar>> {
        let batch = batch.to_device(&self.device)?;
        let mut rng = control::rng(self.recipe.seed ^ step.wrapping_mul(0xA24B_AED4_963E_E407), STEP);
        let fake = self.fake(&batch, &mut rng)?;
        let mut scalars = vec![("discriminator", self.learn_to_judge(&batch, &fake, &mut rng)?)];
        if self.rivals.regularizes_judge(step) {
            scalars.push(("r1", self.regularize_judge(&batch, &mut rng)?));
        }
        if step < self.recipe.loss.judge_first {
            return Ok(scalars);
        }
        scalars.extend(self.learn_to_fill(&batch, &fake, &mut rng)?);
        if self.rivals.regularizes_paths(step) {
            scalars.push(("path-length", self.regularize_fills(&batch, &mut rng)?));
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

    /// The averaged generator, and the discriminator for those who train on.
    fn export(&self) -> Result<Tensors> {
        let mut tensors = self.painter();
        put(&mut tensors, "discriminator", self.rivals.discriminator.tensors());
        Ok(tensors)
    }

    fn show(&self, held_out: &Batch) -> Result<Vec<Tensor>> {
        report::fills_beside(self, held_out)
    }

    fn measure(&self, held_out: &Batch) -> Result<Measured> {
        measure_fills(self, held_out)
    }
}

impl Filler for Comodgan {
    fn fills(&self, batch: &Batch, seed: u64) -> Result<Tensor> {
        let weights = self.painter().into_iter().collect();
        let weights = VarBuilder::from_tensors(weights, DType::F32, &self.device);
        let generator = Generator::new(&self.config, &weights)?;
        let batch = batch.to_device(&self.device)?;
        let n = batch.images.dim(0)?;
        let zs = seeded_normal((n, self.config.style_dim), seed, "sample")?.to_device(&self.device)?;
        let ws = same_for_all_layers(&generator.mapping.forward(&zs)?, self.config.n_layers())?;
        generator.forward(&batch.images, &batch.known, &ws, Options::default())
    }
}
