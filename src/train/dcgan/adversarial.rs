//! Generator against discriminator.
//!
//! Each step draws one batch of fakes. Both networks learn from the discriminator as it was before the step, so that a single
//! pass through it serves both; where it judges each picture by itself (no batch norm), a single pass back does too.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::VarBuilder;

use super::calibrate::calibrate;
use super::{config_of, latents, number, seeded_latents};
use crate::control::{self, Rng};
use crate::generators::dcgan::{Config, Discriminator, DiscriminatorNorm, Generator};
use crate::train::adam::{Adam, Ema};
use crate::train::augment::Augmentation;
use crate::train::checkpoint::State;
use crate::train::data::Batch;
use crate::train::losses;
use crate::train::named::{adopt_all, part, put};
use crate::train::parameters::{Parameters, Tensors};
use crate::train::recipe::{Adversarial, Recipe};
use crate::train::report::drawn_beside;
use crate::train::running::Running;
use crate::train::sliced::measure_pictures;
use crate::train::trainee::{Measured, Painter, Scalar, Trainee};

/// The stream of random numbers of a step.
const STEP: u64 = 12;
/// Below this score the loss of a fake is taken to be flat.
const LEAST_SCORE: f64 = -60.0;

/// Generator and discriminator in training.
pub struct Dcgan {
    recipe: Recipe,
    config: Config,
    device: Device,
    generator: Generator,
    discriminator: Discriminator,
    generator_parameters: Parameters,
    discriminator_parameters: Parameters,
    generator_running: Running,
    discriminator_running: Running,
    generator_adam: Adam,
    discriminator_adam: Adam,
    ema: Ema,
    augmentation: Augmentation,
}

impl Dcgan {
    /// New networks, or those of `start` where names and shapes fit: a model's file, or a checkpoint's averaged generator and
    /// its discriminator.
    ///
    /// # Errors
    /// When candle cannot make the tensors or the sizes are impossible.
    pub fn new(recipe: &Recipe, start: Option<&Tensors>, device: &Device) -> Result<Self> {
        crate::compute::keep_gradient_graphs();
        let config = config_of(recipe);
        let generator_parameters = Parameters::new(recipe.seed, device);
        let discriminator_parameters = Parameters::new(recipe.seed ^ 0xD15C, device);
        let generator = Generator::new(&config, &generator_parameters.tracked())?;
        let discriminator = Discriminator::new(&config, &discriminator_parameters.tracked())?;
        if let Some(start) = start {
            let averaged = part(start, "ema");
            let painter = if averaged.is_empty() { part(start, "generator") } else { averaged };
            let adopted = generator_parameters.adopt(&painter)?;
            let judged = discriminator_parameters.adopt(&part(start, "discriminator"))?;
            tracing::info!("{adopted} tensors of the generator and {judged} of the discriminator are taken over");
        }
        let mut discriminator_rates = recipe.optimizer.discriminator();
        if recipe.loss.r1_gamma > 0.0 {
            discriminator_rates = discriminator_rates.with_lazy_regularizer(recipe.loss.r1_every as usize);
        }
        Ok(Self {
            generator_running: Running::new(&generator_parameters, &config.generator_norms())?,
            discriminator_running: Running::new(&discriminator_parameters, &config.discriminator_norms())?,
            generator_adam: Adam::new(&generator_parameters, recipe.optimizer.generator())?,
            discriminator_adam: Adam::new(&discriminator_parameters, discriminator_rates)?,
            ema: Ema::new(&generator_parameters)?,
            augmentation: Augmentation::new(recipe.augment.clone()),
            recipe: recipe.clone(),
            config,
            device: device.clone(),
            generator,
            discriminator,
            generator_parameters,
            discriminator_parameters,
        })
    }

    fn scores(&self, images: &Tensor, rng: &mut Rng) -> Result<Tensor> {
        let (images, _) = self.augmentation.apply(images, &images.narrow(1, 0, 1)?, rng)?;
        let (scores, statistics) = self.discriminator.forward_train(&images)?;
        self.discriminator_running.follow(&statistics)?;
        Ok(scores)
    }

    /// The discriminator's step; returns both losses, and the gradient of the generator's with respect to `fake`.
    fn learn_to_judge(&mut self, real: &Tensor, fake: &Tensor, rng: &mut Rng) -> Result<(f64, f64, Tensor)> {
        let fake = Var::from_tensor(&fake.detach())?;
        let (real_scores, fake_scores) = (self.scores(real, rng)?, self.scores(fake.as_tensor(), rng)?);
        let adversarial = self.recipe.loss.adversarial;
        let (judge, deceive) = match adversarial {
            Adversarial::NonSaturating => {
                (losses::discriminator_logistic(&real_scores, &fake_scores)?, losses::generator_logistic(&fake_scores)?)
            }
            Adversarial::LeastSquares => (
                losses::discriminator_least_squares(&real_scores, &fake_scores)?,
                losses::generator_least_squares(&fake_scores)?,
            ),
        };
        let is_shared = self.config.norm == DiscriminatorNorm::None && adversarial == Adversarial::NonSaturating;
        let mut grads = judge.backward()?;
        let to_fake = if is_shared {
            grads.remove(&fake).map(|grad| from_judge(&grad, &fake_scores)).transpose()?
        } else {
            deceive.backward()?.remove(&fake)
        };
        let Some(to_fake) = to_fake else { candle_core::bail!("the scores do not depend on the pictures") };
        self.discriminator_adam.step(&grads)?;
        self.augmentation.observe(&real_scores.detach())?;
        Ok((number(&judge)?, number(&deceive)?, to_fake.detach()))
    }

    /// R1 of real pictures, for the discriminator.
    fn regularize_judge(&mut self, real: &Tensor, rng: &mut Rng) -> Result<f64> {
        let (real, _) = self.augmentation.apply(real, &real.narrow(1, 0, 1)?, rng)?;
        let (gamma, every) = (self.recipe.loss.r1_gamma, self.recipe.loss.r1_every);
        let score = |images: &Tensor| Ok(self.discriminator.forward_train(images)?.0);
        let penalty = losses::r1(&real.detach(), gamma, score)?;
        self.discriminator_adam.step(&(&penalty * every as f64)?.backward()?)?;
        number(&penalty)
    }

    /// The averaged generator with statistics of its own.
    fn averaged(&self) -> Result<Tensors> {
        let mut weights = self.ema.tensors();
        calibrate(&self.config, &mut weights, &self.device)?;
        Ok(weights)
    }

    fn painter(&self) -> Result<Generator> {
        let weights = VarBuilder::from_tensors(self.averaged()?.into_iter().collect(), DType::F32, &self.device);
        Generator::new(&self.config, &weights)
    }
}

/// From the gradient of the discriminator's logistic loss with respect to the fakes to that of the generator's: each
/// picture's is `-exp(-s)` times the other, for its score `s`, since the derivatives by `s` are `sigmoid(s)` and
/// `-sigmoid(-s)`.
fn from_judge(grad: &Tensor, scores: &Tensor) -> Result<Tensor> {
    let factors = scores.detach().maximum(LEAST_SCORE)?.neg()?.exp()?.neg()?;
    grad.broadcast_mul(&factors.reshape(((), 1, 1, 1))?)
}

impl Trainee for Dcgan {
    fn step(&mut self, batch: &Batch, step: u64) -> Result<Vec<Scalar>> {
        let real = batch.images.to_device(&self.device)?;
        let mut rng = control::rng(self.recipe.seed ^ step.wrapping_mul(0xA24B_AED4_963E_E407), STEP);
        let n = real.dim(0)?;
        let zs = latents(&self.config, n, &mut rng, &self.device)?;
        let (fake, statistics) = self.generator.forward_train(&zs)?;
        let (judge, deceive, to_fake) = self.learn_to_judge(&real, &fake, &mut rng)?;
        let mut scalars = vec![("discriminator", judge), ("generator", deceive)];
        if self.recipe.loss.r1_gamma > 0.0 && step.is_multiple_of(self.recipe.loss.r1_every) {
            scalars.push(("r1", self.regularize_judge(&real, &mut rng)?));
        }
        // The scalar product whose gradient is the adversarial one.
        let mut loss = (&fake * to_fake)?.sum_all()?;
        if self.recipe.loss.mode_seeking_weight > 0.0 {
            let seeking = losses::mode_seeking(&fake, &zs)?;
            scalars.push(("mode-seeking", number(&seeking)?));
            loss = (loss + (seeking * self.recipe.loss.mode_seeking_weight)?)?;
        }
        self.generator_adam.step(&loss.backward()?)?;
        self.generator_running.follow(&statistics)?;
        scalars.push(("augment", self.augmentation.probability));
        self.ema.update(self.recipe.optimizer.ema_beta(n, (step + 1) * n as u64))?;
        Ok(scalars)
    }

    fn save(&self, state: &mut State) -> Result<Tensors> {
        let mut tensors = Tensors::new();
        put(&mut tensors, "generator", self.generator_parameters.tensors());
        put(&mut tensors, "discriminator", self.discriminator_parameters.tensors());
        put(&mut tensors, "ema", self.ema.tensors());
        let generator_steps = self.generator_adam.save("generator_adam", &mut tensors);
        let discriminator_steps = self.discriminator_adam.save("discriminator_adam", &mut tensors);
        state.set("generator_steps", generator_steps as f64);
        state.set("discriminator_steps", discriminator_steps as f64);
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
        let mut values = [0.0; 4];
        for (at, value) in values.iter_mut().enumerate() {
            *value = state.get(&format!("augmentation.{at}"))?;
        }
        self.augmentation.restore(values);
        Ok(())
    }

    fn export(&self) -> Result<Tensors> {
        let mut tensors = Tensors::new();
        put(&mut tensors, "generator", self.averaged()?);
        put(&mut tensors, "discriminator", self.discriminator_parameters.tensors());
        Ok(tensors)
    }

    fn show(&self, held_out: &Batch) -> Result<Vec<Tensor>> {
        drawn_beside(self, held_out)
    }

    fn measure(&self, held_out: &Batch) -> Result<Measured> {
        measure_pictures(self, held_out)
    }
}

impl Painter for Dcgan {
    fn pictures(&self, n: usize, seed: u64) -> Result<Tensor> {
        let (painter, zs) = (self.painter()?, seeded_latents(&self.config, n, seed, &self.device)?);
        let drawn = (0..n).step_by(16).map(|at| painter.forward(&zs.narrow(0, at, 16.min(n - at))?));
        Tensor::cat(&drawn.collect::<Result<Vec<_>>>()?, 0)
    }
}
