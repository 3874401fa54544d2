//! Training Context Encoder (Pathak et al. 2016, §3.2 and 4): squared difference of colours, ten times as heavy where the
//! answer overlaps what is known, and an adversary that sees the answer only.
//!
//! As in the published program the generator's adversarial gradient is that of the adversary before its step, and its rate
//! is the recipe's (ten times the adversary's). R1, path length, style mixing, dropout and augmentation are not for this
//! family.

use candle_core::{DType, Device, Result, Tensor, Var};
use candle_nn::VarBuilder;

use super::adam::{Adam, Ema};
use super::checkpoint::State;
use super::data::Batch;
use super::losses;
use super::measure::measure_fills;
use super::named::{adopt_all, part, put};
use super::parameters::{Parameters, Tensors};
use super::recipe::{Adversarial, Recipe};
use super::report;
use super::running::Running;
use super::trainee::{Filler, Measured, Scalar, Trainee};
use crate::compute::backward_to_inputs;
use crate::generators::context_encoder::{Adversary, Config, Generator, Region, center_known, paint_hole};
use crate::imaging::holes::HoleKind;

/// At 4 pixels there are this many times the channels of the outermost layers.
const WIDEST: usize = 8;

/// Generator and adversary in training.
pub struct ContextEncoder {
    recipe: Recipe,
    config: Config,
    device: Device,
    generator: Generator,
    adversary: Adversary,
    generator_parameters: Parameters,
    adversary_parameters: Parameters,
    generator_running: Running,
    adversary_running: Running,
    generator_adam: Adam,
    adversary_adam: Adam,
    ema: Ema,
}

/// The sizes that a recipe asks for. Where only holes in the middle are drawn, the middle is painted, else the whole picture.
#[must_use]
pub fn config_of(recipe: &Recipe) -> Config {
    let network = &recipe.network;
    let drawn = recipe.data.holes.shares().iter().filter(|share| share.weight > 0.0);
    let is_center = drawn.into_iter().all(|share| share.kind == HoleKind::Center);
    Config {
        side: network.side,
        width: network.max_channels / WIDEST,
        bottleneck: network.bottleneck,
        region: if is_center { Region::Center } else { Region::Anywhere },
    }
}

/// What one batch is about.
struct Task {
    /// What the generator sees.
    painted: Tensor,
    /// What it should paint.
    target: Tensor,
    /// Of the squared difference, `[n or 1, 1, painted_side, painted_side]`.
    weight: Tensor,
}

impl ContextEncoder {
    /// New networks, or those of `start` where names and shapes fit: a generator's weights, or a checkpoint's averaged
    /// generator and its adversary.
    ///
    /// # Errors
    /// When candle cannot make the tensors or the sizes are impossible.
    pub fn new(recipe: &Recipe, start: Option<&Tensors>, device: &Device) -> Result<Self> {
        let config = config_of(recipe);
        let generator_parameters = Parameters::new(recipe.seed, device);
        let adversary_parameters = Parameters::new(recipe.seed ^ 0xD15C, device);
        let generator = Generator::new(&config, &generator_parameters.tracked())?;
        let adversary = Adversary::new(&config, &adversary_parameters.tracked())?;
        if let Some(start) = start {
            let averaged = part(start, "ema");
            let adopted = generator_parameters.adopt(if averaged.is_empty() { start } else { &averaged })?;
            let judged = adversary_parameters.adopt(&part(start, "discriminator"))?;
            tracing::info!("{adopted} tensors of the generator and {judged} of the adversary are taken over");
        }
        Ok(Self {
            generator_running: Running::new(&generator_parameters, &config.generator_norms())?,
            adversary_running: Running::new(&adversary_parameters, &config.adversary_norms())?,
            generator_adam: Adam::new(&generator_parameters, recipe.optimizer.generator())?,
            adversary_adam: Adam::new(&adversary_parameters, recipe.optimizer.discriminator())?,
            ema: Ema::new(&generator_parameters)?,
            recipe: recipe.clone(),
            config,
            device: device.clone(),
            generator,
            adversary,
            generator_parameters,
            adversary_parameters,
        })
    }

    /// What is known to the generator: all but its blank square, or all but the holes.
    fn seen(&self, batch: &Batch) -> Result<Tensor> {
        match self.config.region {
            Region::Center => center_known(&self.config, &self.device),
            Region::Anywhere => Ok(batch.known.clone()),
        }
    }

    /// The part of the pictures, or of masks, that the generator paints.
    fn painted_part(&self, xs: &Tensor) -> Result<Tensor> {
        let (side, painted) = (self.config.side, self.config.painted_side());
        let start = (side - painted) / 2;
        xs.narrow(2, start, painted)?.narrow(3, start, painted)?.contiguous()
    }

    fn task(&self, batch: &Batch) -> Result<Task> {
        let known = self.seen(batch)?;
        let overlap = near_holes(&known, self.config.side / 32)?;
        let weight = self.painted_part(&overlap)?.affine(self.recipe.loss.overlap_weight - 1.0, 1.0)?;
        let target = self.painted_part(&batch.images)?;
        Ok(Task { painted: paint_hole(&batch.images, &known)?, target, weight })
    }

    /// The adversary's step; returns the generator's adversarial loss and its gradient with respect to `fake`, both of the
    /// adversary before the step.
    fn learn_to_judge(&mut self, target: &Tensor, fake: &Tensor) -> Result<(f64, f64, Tensor)> {
        let fake = Var::from_tensor(&fake.detach())?;
        let (real_scores, real_statistics) = self.adversary.forward_train(target)?;
        let (fake_scores, fake_statistics) = self.adversary.forward_train(fake.as_tensor())?;
        let (judge, deceive) = match self.recipe.loss.adversarial {
            // The logistic loss is the binary cross-entropy of the sigmoid.
            Adversarial::NonSaturating => {
                (losses::discriminator_logistic(&real_scores, &fake_scores)?, losses::generator_logistic(&fake_scores)?)
            }
            Adversarial::LeastSquares => (
                losses::discriminator_least_squares(&real_scores, &fake_scores)?,
                losses::generator_least_squares(&fake_scores)?,
            ),
        };
        let grads = judge.backward()?;
        let Some(to_fake) = backward_to_inputs(&deceive)?.remove(&fake) else {
            candle_core::bail!("the scores do not depend on the pictures");
        };
        self.adversary_adam.step(&grads)?;
        self.adversary_running.follow(&real_statistics)?;
        self.adversary_running.follow(&fake_statistics)?;
        Ok((number(&judge)?, number(&deceive)?, to_fake.detach()))
    }
}

/// 1 on known pixels no further than `reach` from a hole (in the larger of both directions), else 0: `[n, 1, h, w]`.
fn near_holes(known: &Tensor, reach: usize) -> Result<Tensor> {
    let wide = 2 * reach + 1;
    let holes = known.affine(-1.0, 1.0)?;
    let rows = holes.pad_with_zeros(3, reach, reach)?.max_pool2d_with_stride((1, wide), (1, 1))?;
    let near = rows.pad_with_zeros(2, reach, reach)?.max_pool2d_with_stride((wide, 1), (1, 1))?;
    near * known
}

impl Trainee for ContextEncoder {
    fn step(&mut self, batch: &Batch, step: u64) -> Result<Vec<Scalar>> {
        let Task { painted, target, weight } = self.task(&batch.to_device(&self.device)?)?;
        let (fake, statistics) = self.generator.forward_train(&painted)?;
        let (judge, deceive, to_fake) = self.learn_to_judge(&target, &fake)?;
        let difference = losses::weighted_l2(&fake, &target, &weight)?;
        let loss = &self.recipe.loss;
        // The scalar product whose gradient is the adversarial one.
        let adversarial = (&fake * to_fake)?.sum_all()?;
        let total = ((&difference * loss.l2_weight)? + (adversarial * loss.adversarial_weight)?)?;
        self.generator_adam.step(&total.backward()?)?;
        self.generator_running.follow(&statistics)?;
        let n = self.recipe.batch;
        self.ema.update(self.recipe.optimizer.ema_beta(n, (step + 1) * n as u64))?;
        Ok(vec![("discriminator", judge), ("generator", deceive), ("l2", number(&difference)?)])
    }

    fn save(&self, state: &mut State) -> Result<Tensors> {
        let mut tensors = Tensors::new();
        put(&mut tensors, "generator", self.generator_parameters.tensors());
        put(&mut tensors, "discriminator", self.adversary_parameters.tensors());
        put(&mut tensors, "ema", self.ema.tensors());
        let generator_steps = self.generator_adam.save("generator_adam", &mut tensors);
        let adversary_steps = self.adversary_adam.save("discriminator_adam", &mut tensors);
        state.set("generator_steps", generator_steps as f64);
        state.set("discriminator_steps", adversary_steps as f64);
        Ok(tensors)
    }

    fn restore(&mut self, state: &State, tensors: &Tensors) -> Result<()> {
        adopt_all(&self.generator_parameters, tensors, "generator")?;
        adopt_all(&self.adversary_parameters, tensors, "discriminator")?;
        self.ema.restore(&part(tensors, "ema"))?;
        self.generator_adam.restore("generator_adam", tensors, state.get("generator_steps")? as u64)?;
        self.adversary_adam.restore("discriminator_adam", tensors, state.get("discriminator_steps")? as u64)
    }

    fn export(&self) -> Result<Tensors> {
        Ok(self.ema.tensors())
    }

    fn show(&self, held_out: &Batch) -> Result<Vec<Tensor>> {
        report::fills_beside(self, held_out)
    }

    fn measure(&self, held_out: &Batch) -> Result<Measured> {
        measure_fills(self, held_out)
    }
}

impl Filler for ContextEncoder {
    /// `seed` changes nothing: there is one answer. A generator for the middle answers in its blank square only.
    fn fills(&self, batch: &Batch, _seed: u64) -> Result<Tensor> {
        let weights = VarBuilder::from_tensors(self.export()?.into_iter().collect(), DType::F32, &self.device);
        let generator = Generator::new(&self.config, &weights)?;
        let batch = batch.to_device(&self.device)?;
        let known = self.seen(&batch)?.broadcast_as(batch.known.dims())?;
        generator.fill(&batch.images, &known)
    }
}

fn number(tensor: &Tensor) -> Result<f64> {
    Ok(f64::from(tensor.to_dtype(DType::F32)?.to_scalar::<f32>()?))
}
