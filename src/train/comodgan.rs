//! Training `CoModGAN` (Zhao et al. 2021, §4) with what `StyleGAN2` (Karras et al. 2020) brings along: lazy R1, lazy path
//! length, style mixing, a moving average.
//!
//! Each step makes one batch of fills, which both networks learn from. The fills' latents are not truncated (the official
//! code truncates by accident).

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::VarBuilder;
use rand::Rng as _;

use super::adam::{Adam, Ema};
use super::augment::Augmentation;
use super::checkpoint::State;
use super::data::Batch;
use super::losses;
use super::measure::measure_fills;
use super::named::{adopt_all, part, put};
use super::parameters::{Parameters, Tensors};
use super::recipe::{Adversarial, Loss, Recipe};
use super::report;
use super::trainee::{Filler, Measured, Scalar, Trainee};
use crate::control::{self, Rng};
use crate::generators::comodgan::{Config, Discriminator, Generator, Options};
use crate::generators::vgg::{self, Trunk};
use crate::generators::{Noise, same_for_all_layers, seeded_normal};

/// The stream of random numbers of a step.
const STEP: u64 = 11;
/// Decay of the mean style.
const MEAN_STYLE_BETA: f64 = 0.995;
/// How fast the target of the path length follows.
const PATH_MEAN_RATE: f64 = 0.01;
/// The mean style's name among the weights.
const MEAN_STYLE: &str = "mapping.w_avg";

/// Generator and discriminator in training.
pub struct Comodgan {
    recipe: Recipe,
    config: Config,
    judge_config: Config,
    device: Device,
    generator_parameters: Parameters,
    discriminator_parameters: Parameters,
    generator: Generator,
    discriminator: Discriminator,
    generator_adam: Adam,
    discriminator_adam: Adam,
    /// Whose features are compared, where the recipe wants that.
    trunk: Option<Trunk>,
    ema: Ema,
    augmentation: Augmentation,
    /// `[style_dim]`
    mean_style: Tensor,
    path_mean: f64,
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
        crate::compute::keep_gradient_graphs();
        let (config, judge_config) = (config_of(recipe), judge_config_of(recipe));
        let generator_parameters = Parameters::new(recipe.seed, device);
        let discriminator_parameters = Parameters::new(recipe.seed ^ 0xD15C, device);
        let generator = Generator::new(&config, &generator_parameters.tracked())?;
        let discriminator = Discriminator::new(&judge_config, &discriminator_parameters.tracked())?;
        let mut mean_style = generator.mean_style.copy()?.detach();
        if let Some(start) = start {
            let (averaged, judge) = (part(start, "ema"), part(start, "discriminator"));
            let is_checkpoint = !averaged.is_empty();
            let adopted = generator_parameters.adopt(if is_checkpoint { &averaged } else { start })?;
            let judged = discriminator_parameters.adopt(&judge)?;
            tracing::info!("{adopted} tensors of the generator and {judged} of the discriminator are taken over");
            let mean = start.get(if is_checkpoint { "mean_style" } else { MEAN_STYLE });
            if let Some(mean) = mean.filter(|mean| mean.dims() == mean_style.dims()) {
                mean_style = mean.to_dtype(DType::F32)?.to_device(device)?;
            }
        }
        let Recipe { optimizer, loss, augment, .. } = recipe;
        let mut rates = optimizer.generator();
        if loss.path_length_weight > 0.0 {
            rates = rates.with_lazy_regularizer(loss.path_length_every as usize);
        }
        let mut discriminator_rates = optimizer.discriminator();
        if loss.r1_gamma > 0.0 {
            discriminator_rates = discriminator_rates.with_lazy_regularizer(loss.r1_every as usize);
        }
        Ok(Self {
            config,
            judge_config,
            device: device.clone(),
            generator_adam: Adam::new(&generator_parameters, rates)?,
            discriminator_adam: Adam::new(&discriminator_parameters, discriminator_rates)?,
            ema: Ema::new(&generator_parameters)?,
            generator_parameters,
            discriminator_parameters,
            generator,
            discriminator,
            augmentation: Augmentation::new(augment.clone()),
            trunk: trunk_of(loss, device)?,
            mean_style,
            path_mean: 0.0,
            recipe: recipe.clone(),
        })
    }

    /// Styles `[n, n_layers, style_dim]` for random latents, now and then two latents in one picture: the second from a
    /// random layer on.
    fn styles(&mut self, n: usize, rng: &mut Rng) -> Result<Tensor> {
        let (dim, n_layers) = (self.config.style_dim, self.config.n_layers());
        let mut latents = || seeded_normal((n, dim), rng.random(), "z")?.to_device(&self.device);
        let [first, second] = [latents()?, latents()?];
        let first = self.generator.mapping.forward(&first)?;
        let mean = first.detach().mean(0)?;
        self.mean_style = ((&self.mean_style * MEAN_STYLE_BETA)? + (mean * (1.0 - MEAN_STYLE_BETA))?)?.detach();
        let ws = same_for_all_layers(&first, n_layers)?;
        if self.recipe.loss.style_mixing <= 0.0 {
            return Ok(ws);
        }
        let cuts: Vec<usize> = (0..n)
            .map(|_| {
                let mixes = rng.random::<f64>() < self.recipe.loss.style_mixing;
                let cut = rng.random_range(1..n_layers);
                if mixes { cut } else { n_layers }
            })
            .collect();
        let is_second = cuts.iter().flat_map(|&cut| (0..n_layers).map(move |at| f32::from(u8::from(at >= cut))));
        let is_second = Tensor::from_iter(is_second, &self.device)?.reshape((n, n_layers, 1))?;
        let others = same_for_all_layers(&self.generator.mapping.forward(&second)?, n_layers)?;
        ws.broadcast_mul(&is_second.affine(-1.0, 1.0)?)? + others.broadcast_mul(&is_second)?
    }

    /// Fresh noise for every convolution.
    fn noise(&self, n: usize, rng: &mut Rng) -> Result<Vec<Tensor>> {
        let last = self.config.side.trailing_zeros();
        let sides = std::iter::once(4).chain((3..=last).flat_map(|log| [1_usize << log; 2]));
        sides.map(|side| seeded_normal((n, 1, side, side), rng.random(), "noise")?.to_device(&self.device)).collect()
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
        let ws = self.styles(n, rng)?;
        let (noise, dropout) = (self.noise(n, rng)?, self.dropout(n, rng)?);
        let options = Options { noise: Noise::Maps(&noise), dropout: dropout.as_ref() };
        self.generator.forward(&batch.images, &batch.known, &ws, options)
    }

    fn learn_to_judge(&mut self, batch: &Batch, fake: &Tensor, rng: &mut Rng) -> Result<f64> {
        let score = |images: &Tensor, rng: &mut Rng| {
            let (images, known) = self.augmentation.apply(images, &batch.known, rng)?;
            self.discriminator.forward(&images, &known)
        };
        let (real, fake) = (score(&batch.images, rng)?, score(&fake.detach(), rng)?);
        let loss = match self.recipe.loss.adversarial {
            Adversarial::NonSaturating => losses::discriminator_logistic(&real, &fake)?,
            Adversarial::LeastSquares => losses::discriminator_least_squares(&real, &fake)?,
        };
        let grads = loss.backward()?;
        self.discriminator_adam.step(&grads)?;
        self.augmentation.observe(&real.detach())?;
        number(&loss)
    }

    /// The averaged generator's tensors.
    fn painter(&self) -> Tensors {
        let mut tensors = self.ema.tensors();
        tensors.insert(MEAN_STYLE.to_owned(), self.mean_style.clone());
        tensors
    }

    /// R1 of real pictures, for the discriminator.
    fn regularize_judge(&mut self, batch: &Batch, rng: &mut Rng) -> Result<f64> {
        let (images, known) = self.augmentation.apply(&batch.images, &batch.known, rng)?;
        let Loss { r1_gamma, r1_every, .. } = self.recipe.loss;
        let penalty =
            losses::r1(&images.detach(), r1_gamma, |images| self.discriminator.forward(images, &known.detach()))?;
        let grads = (&penalty * r1_every as f64)?.backward()?;
        self.discriminator_adam.step(&grads)?;
        number(&penalty)
    }

    fn learn_to_fill(&mut self, batch: &Batch, fake: &Tensor, rng: &mut Rng) -> Result<Vec<Scalar>> {
        // Gradients pass through the discriminator, not into it.
        let judge = Discriminator::new(&self.judge_config, &self.discriminator_parameters.frozen())?;
        let (images, known) = self.augmentation.apply(fake, &batch.known, rng)?;
        let scores = judge.forward(&images, &known)?;
        let adversarial = match self.recipe.loss.adversarial {
            Adversarial::NonSaturating => losses::generator_logistic(&scores)?,
            Adversarial::LeastSquares => losses::generator_least_squares(&scores)?,
        };
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
        self.generator_adam.step(&loss.backward()?)?;
        Ok(scalars)
    }

    /// The path length's penalty on half a batch.
    fn regularize_fills(&mut self, batch: &Batch, rng: &mut Rng) -> Result<f64> {
        let n = batch.images.dim(0)?.div_ceil(2);
        let half = batch.part(0, n)?;
        let mapped = self.styles(n, rng)?;
        // candle keeps gradients of variables only.
        let ws = Var::from_tensor(&mapped.detach())?;
        let (noise, dropout) = (self.noise(n, rng)?, self.dropout(n, rng)?);
        let options = Options { noise: Noise::Maps(&noise), dropout: dropout.as_ref() };
        let fake = self.generator.forward(&half.images, &half.known, ws.as_tensor(), options)?;
        let scale = 1.0 / self.config.side as f64;
        let directions = (seeded_normal(fake.dims(), rng.random(), "path")?.to_device(&self.device)? * scale)?;
        let lengths = losses::path_lengths(&fake, ws.as_tensor(), &directions)?;
        self.path_mean += PATH_MEAN_RATE * (number(&lengths.mean_all()?)? - self.path_mean);
        let Loss { path_length_weight, path_length_every, .. } = self.recipe.loss;
        let penalty = losses::path_length_penalty(&lengths, self.path_mean, path_length_weight)?;
        let mut grads = (&penalty * path_length_every as f64)?.backward()?;
        // From the styles on into the mapping network, by the chain rule.
        if let Some(to_styles) = grads.remove(&ws) {
            let of_mapping = (mapped * to_styles.detach())?.sum_all()?.backward()?;
            for (_, variable) in self.generator_parameters.vars() {
                if let Some(grad) = of_mapping.get(&variable) {
                    grads.insert(&variable, grad.clone());
                }
            }
        }
        self.generator_adam.step(&grads)?;
        number(&penalty)
    }
}

impl Trainee for Comodgan {
    fn step(&mut self, batch: &Batch, step: u64) -> Result<Vec<Scalar>> {
        let batch = batch.to_device(&self.device)?;
        let mut rng = control::rng(self.recipe.seed ^ step.wrapping_mul(0xA24B_AED4_963E_E407), STEP);
        let fake = self.fake(&batch, &mut rng)?;
        let mut scalars = vec![("discriminator", self.learn_to_judge(&batch, &fake, &mut rng)?)];
        let Loss { r1_gamma, r1_every, path_length_weight, path_length_every, judge_first, .. } = self.recipe.loss;
        if r1_gamma > 0.0 && step.is_multiple_of(r1_every) {
            scalars.push(("r1", self.regularize_judge(&batch, &mut rng)?));
        }
        if step < judge_first {
            return Ok(scalars);
        }
        scalars.extend(self.learn_to_fill(&batch, &fake, &mut rng)?);
        if path_length_weight > 0.0 && step.is_multiple_of(path_length_every) {
            scalars.push(("path-length", self.regularize_fills(&batch, &mut rng)?));
        }
        scalars.push(("augment", self.augmentation.probability));
        let n = self.recipe.batch;
        self.ema.update(self.recipe.optimizer.ema_beta(n, (step + 1) * n as u64))?;
        Ok(scalars)
    }

    fn save(&self, state: &mut State) -> Result<Tensors> {
        let mut tensors = Tensors::new();
        put(&mut tensors, "generator", self.generator_parameters.tensors());
        put(&mut tensors, "discriminator", self.discriminator_parameters.tensors());
        put(&mut tensors, "ema", self.ema.tensors());
        tensors.insert("mean_style".to_owned(), self.mean_style.clone());
        let generator_steps = self.generator_adam.save("generator_adam", &mut tensors);
        let discriminator_steps = self.discriminator_adam.save("discriminator_adam", &mut tensors);
        state.set("generator_steps", generator_steps as f64);
        state.set("discriminator_steps", discriminator_steps as f64);
        state.set("path_mean", self.path_mean);
        for (at, value) in self.augmentation.state().into_iter().enumerate() {
            state.set(&format!("augmentation.{at}"), value);
        }
        Ok(tensors)
    }

    fn restore(&mut self, state: &State, tensors: &Tensors) -> Result<()> {
        adopt_all(&self.generator_parameters, tensors, "generator")?;
        adopt_all(&self.discriminator_parameters, tensors, "discriminator")?;
        self.ema.restore(&part(tensors, "ema"))?;
        self.generator_adam.restore("generator_adam", tensors, state.get("generator_steps")? as u64)?;
        self.discriminator_adam.restore("discriminator_adam", tensors, state.get("discriminator_steps")? as u64)?;
        match tensors.get("mean_style") {
            Some(mean) if mean.dims() == self.mean_style.dims() => self.mean_style = mean.to_device(&self.device)?,
            _ => candle_core::bail!("the mean style is missing or has another shape"),
        }
        self.path_mean = state.get("path_mean")?;
        let mut values = [0.0; 4];
        for (at, value) in values.iter_mut().enumerate() {
            *value = state.get(&format!("augmentation.{at}"))?;
        }
        self.augmentation.restore(values);
        Ok(())
    }

    /// The averaged generator, and the discriminator for those who train on.
    fn export(&self) -> Result<Tensors> {
        let mut tensors = self.painter();
        put(&mut tensors, "discriminator", self.discriminator_parameters.tensors());
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

fn number(tensor: &Tensor) -> Result<f64> {
    Ok(f64::from(tensor.to_dtype(DType::F32)?.to_scalar::<f32>()?))
}
