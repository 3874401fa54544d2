//! A generator and a discriminator that learn from each other: their variables, optimisers, average and augmentation, which
//! `CoModGAN` and the `StyleGAN`s share.

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Result, Tensor};

use super::adam::{Adam, Ema};
use super::augment::Augmentation;
use super::checkpoint::State;
use super::losses;
use super::named::{adopt_all, part, put};
use super::parameters::{Parameters, Tensors};
use super::recipe::{Adversarial, Loss, Optimizer, Recipe};

/// Two networks' variables and what moves them.
pub(super) struct Rivals {
    /// The generator's variables.
    pub(super) generator: Parameters,
    /// The discriminator's.
    pub(super) discriminator: Parameters,
    /// The generator's average.
    pub(super) ema: Ema,
    /// What the discriminator sees is changed by this.
    pub(super) augmentation: Augmentation,
    generator_adam: Adam,
    discriminator_adam: Adam,
    optimizer: Optimizer,
    loss: Loss,
}

/// The variables that a recipe's networks are built from: the generator's and the discriminator's.
pub(super) fn parameters(recipe: &Recipe, device: &Device) -> (Parameters, Parameters) {
    crate::compute::keep_gradient_graphs();
    (Parameters::new(recipe.seed, device), Parameters::new(recipe.seed ^ 0xD15C, device))
}

/// Takes over what fits of `start`: a model's weights, or a checkpoint's averaged generator and its discriminator. Returns the
/// mean style, which a model calls `mean_style`.
///
/// # Errors
/// When candle cannot copy.
pub(super) fn adopt(
    (generator, discriminator): (&Parameters, &Parameters),
    start: &Tensors,
    mean_style: &str,
) -> Result<Option<Tensor>> {
    let (averaged, judge) = (part(start, "ema"), part(start, "discriminator"));
    let is_checkpoint = !averaged.is_empty();
    let adopted = generator.adopt(if is_checkpoint { &averaged } else { start })?;
    let judged = discriminator.adopt(&judge)?;
    tracing::info!("{adopted} tensors of the generator and {judged} of the discriminator are taken over");
    Ok(start.get(if is_checkpoint { "mean_style" } else { mean_style }).cloned())
}

/// The mean style that was adopted, where it has `dim` numbers; else zeros.
///
/// # Errors
/// When candle cannot make the tensor.
pub(super) fn mean_style(adopted: Option<Tensor>, dim: usize, device: &Device) -> Result<Tensor> {
    match adopted.filter(|mean| mean.dims() == [dim]) {
        Some(mean) => Ok(mean),
        None => Tensor::zeros(dim, DType::F32, device),
    }
}

/// Sets how much noise the generator adds to zero, where an adopted one has learned to.
fn silence(generator: &Parameters) -> Result<()> {
    let is_strength = |name: &str| ["noise_strength", "noise.weight"].iter().any(|end| name.ends_with(end));
    for (_, strength) in generator.vars().into_iter().filter(|(name, _)| is_strength(name)) {
        strength.set(&strength.zeros_like()?)?;
    }
    Ok(())
}

impl Rivals {
    /// Optimisers and average for networks that are built already.
    ///
    /// # Errors
    /// When candle cannot make the tensors.
    pub(super) fn new(recipe: &Recipe, (generator, discriminator): (Parameters, Parameters)) -> Result<Self> {
        let Recipe { optimizer, loss, augment, .. } = recipe;
        if !recipe.network.noise {
            silence(&generator)?;
        }
        let mut rates = optimizer.generator();
        if loss.path_length_weight > 0.0 {
            rates = rates.with_lazy_regularizer(loss.path_length_every as usize);
        }
        let mut discriminator_rates = optimizer.discriminator();
        if loss.r1_gamma > 0.0 {
            discriminator_rates = discriminator_rates.with_lazy_regularizer(loss.r1_every as usize);
        }
        Ok(Self {
            generator_adam: Adam::new(&generator, rates)?,
            discriminator_adam: Adam::new(&discriminator, discriminator_rates)?,
            ema: Ema::new(&generator)?,
            generator,
            discriminator,
            augmentation: Augmentation::new(augment.clone()),
            optimizer: optimizer.clone(),
            loss: loss.clone(),
        })
    }

    /// The discriminator's step from its scores `[n, 1]`; returns the loss.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn learn_to_judge(&mut self, real: &Tensor, fake: &Tensor) -> Result<f64> {
        let loss = match self.loss.adversarial {
            Adversarial::NonSaturating => losses::discriminator_logistic(real, fake)?,
            Adversarial::LeastSquares => losses::discriminator_least_squares(real, fake)?,
        };
        self.discriminator_adam.step(&loss.backward()?)?;
        self.augmentation.observe(&real.detach())?;
        number(&loss)
    }

    /// R1 of real pictures `[n, 3, side, side]`, for the discriminator, which `score` is; returns the penalty.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn regularize_judge(
        &mut self,
        images: &Tensor,
        score: impl FnOnce(&Tensor) -> Result<Tensor>,
    ) -> Result<f64> {
        let penalty = losses::r1(&images.detach(), self.loss.r1_gamma, score)?;
        self.discriminator_adam.step(&(&penalty * self.loss.r1_every as f64)?.backward()?)?;
        number(&penalty)
    }

    /// Whether R1 is due in `step`.
    pub(super) const fn regularizes_judge(&self, step: u64) -> bool {
        self.loss.r1_gamma > 0.0 && step.is_multiple_of(self.loss.r1_every)
    }

    /// Whether the path length is due in `step`.
    pub(super) const fn regularizes_paths(&self, step: u64) -> bool {
        self.loss.path_length_weight > 0.0 && step.is_multiple_of(self.loss.path_length_every)
    }

    /// The generator's adversarial loss of the scores `[n, 1]` of what it drew.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn deceived(&self, scores: &Tensor) -> Result<Tensor> {
        match self.loss.adversarial {
            Adversarial::NonSaturating => losses::generator_logistic(scores),
            Adversarial::LeastSquares => losses::generator_least_squares(scores),
        }
    }

    /// The generator's step.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn move_generator(&mut self, grads: &GradStore) -> Result<()> {
        self.generator_adam.step(grads)
    }

    /// Moves the average after a step of `n` pictures, which `step` more went before.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn average(&self, n: usize, step: u64) -> Result<()> {
        self.ema.update(self.optimizer.ema_beta(n, (step + 1) * n as u64))
    }

    /// Everything that the next step depends on.
    pub(super) fn save(&self, state: &mut State) -> Tensors {
        let mut tensors = Tensors::new();
        put(&mut tensors, "generator", self.generator.tensors());
        put(&mut tensors, "discriminator", self.discriminator.tensors());
        put(&mut tensors, "ema", self.ema.tensors());
        let generator_steps = self.generator_adam.save("generator_adam", &mut tensors);
        let discriminator_steps = self.discriminator_adam.save("discriminator_adam", &mut tensors);
        state.set("generator_steps", generator_steps as f64);
        state.set("discriminator_steps", discriminator_steps as f64);
        for (at, value) in self.augmentation.state().into_iter().enumerate() {
            state.set(&format!("augmentation.{at}"), value);
        }
        tensors
    }

    /// Goes back to what [`Self::save`] gave.
    ///
    /// # Errors
    /// When something is missing or has another shape.
    pub(super) fn restore(&mut self, state: &State, tensors: &Tensors) -> Result<()> {
        adopt_all(&self.generator, tensors, "generator")?;
        adopt_all(&self.discriminator, tensors, "discriminator")?;
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
}

/// A tensor of one number.
pub(super) fn number(tensor: &Tensor) -> Result<f64> {
    Ok(f64::from(tensor.to_dtype(DType::F32)?.to_scalar::<f32>()?))
}
