//! Training painters of drawings (Isola et al., Image-to-Image Translation with Conditional Adversarial Networks, 2017, §3): a
//! judge of patches sees drawing and picture together, and the painter's picture should also be near the truth.
//!
//! Each step paints once, teaches the judge with the picture detached, then the painter with the judge as it is by then,
//! as the authors' program does. R1, path length and style mixing are not for this family.

mod hand;
mod palette;
mod pool;

use candle_core::{DType, Device, Result, Tensor};
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
use super::recipe::{Adversarial, Network as Sizes, PainterKind, Recipe};
use super::running::Running;
use super::trainee::{Filler, Measured, Scalar, Trainee};
use crate::control::{self, Rng};
use crate::generators::pix2pix::patch_gan::{self, Discriminator};
use crate::generators::pix2pix::{Config, Network, NormKind, PALETTE, Painter, Pass, resnet, unet};
use crate::generators::sketcher::{Sketcher as _, Variation};
use hand::Hand;
use palette::Palette;
pub(crate) use palette::spots;
use pool::Pool;

/// The stream of random numbers of a step.
const STEP: u64 = 14;
/// Channels of pictures.
const COLORS: usize = 3;
/// Weight of drawings by hand in the score: of how much of their lines is not met.
const HAND_WEIGHT: f64 = 0.2;

/// The painter that a recipe asks for.
#[must_use]
pub fn config_of(recipe: &Recipe) -> Config {
    let Sizes { painter, painter_width: width, painter_levels, painter_norm: norm, painter_dropout, .. } =
        recipe.network;
    let reads = recipe.network.painter_reads;
    let c_in = reads.channels();
    let network = match painter {
        PainterKind::UNet => Network::UNet(unet::Config {
            c_in,
            c_out: COLORS,
            width,
            n_levels: painter_levels,
            norm,
            has_dropout: painter_dropout,
        }),
        PainterKind::ResNet => Network::ResNet(resnet::Config {
            width,
            n_blocks: painter_levels,
            norm,
            is_biased: norm == NormKind::Instance,
            has_dropout: painter_dropout,
            ..resnet::Config::nine_blocks(c_in)
        }),
    };
    Config { side: recipe.network.side, reads, is_faithful: false, has_palette: reads.has_hints(), network }
}

fn judge_of(recipe: &Recipe, config: &Config) -> patch_gan::Config {
    patch_gan::Config {
        c_in: config.reads.channels() + COLORS,
        width: recipe.network.judge_width,
        n_halvings: recipe.network.judge_levels,
        norm: recipe.network.painter_norm,
        is_mirrored: false,
    }
}

/// Painter and judge in training.
pub struct Pix2pix {
    recipe: Recipe,
    config: Config,
    judge_config: patch_gan::Config,
    device: Device,
    painter: Painter,
    judge: Discriminator,
    painter_parameters: Parameters,
    judge_parameters: Parameters,
    running: Running,
    painter_adam: Adam,
    judge_adam: Adam,
    ema: Ema,
    augmentation: Augmentation,
    pool: Pool,
    palette: Palette,
    /// Drawings by hand, where the recipe names some.
    hand: Option<Hand>,
}

/// What one step works with.
struct Task {
    /// The painter's input `[n, c, side, side]`.
    input: Tensor,
    /// The truth `[n, 3, side, side]`.
    real: Tensor,
}

impl Pix2pix {
    /// New networks, or those of `start` where names and shapes fit: a painter's weights, or a checkpoint's averaged painter
    /// and its judge.
    ///
    /// # Errors
    /// When candle cannot make the tensors or the sizes are impossible.
    pub fn new(recipe: &Recipe, start: Option<&Tensors>, device: &Device) -> Result<Self> {
        let config = config_of(recipe);
        let judge_config = judge_of(recipe, &config);
        let painter_parameters = Parameters::new(recipe.seed, device);
        let judge_parameters = Parameters::new(recipe.seed ^ 0xD15C, device);
        // The colors of variants are no parameters.
        let bare = Config { has_palette: false, ..config };
        let hand = recipe.drawing.hand_drawings.as_deref().map(|path| Hand::read(path, config.side)).transpose()?;
        let painter = Painter::new(&bare, &painter_parameters.tracked())?;
        let judge = Discriminator::new(&judge_config, &judge_parameters.tracked())?;
        if let Some(start) = start {
            let averaged = part(start, "ema");
            let adopted = painter_parameters.adopt(if averaged.is_empty() { start } else { &averaged })?;
            let judged = judge_parameters.adopt(&part(start, "judge"))?;
            tracing::info!("{adopted} tensors of the painter and {judged} of the judge are taken over");
        }
        Ok(Self {
            running: Running::new(&painter_parameters, &config.network.running_norms())?,
            painter_adam: Adam::new(&painter_parameters, recipe.optimizer.generator())?,
            judge_adam: Adam::new(&judge_parameters, recipe.optimizer.discriminator())?,
            ema: Ema::new(&painter_parameters)?,
            augmentation: Augmentation::new(recipe.augment.clone()),
            pool: Pool::new(recipe.loss.pool),
            palette: Palette::new()?,
            hand,
            recipe: recipe.clone(),
            config,
            judge_config,
            device: device.clone(),
            painter,
            judge,
            painter_parameters,
            judge_parameters,
        })
    }

    fn task(&self, batch: &Batch) -> Result<Task> {
        let batch = batch.to_device(&self.device)?;
        let Some(drawn) = &batch.drawn else { candle_core::bail!("the batch has no drawings") };
        let input = self.config.reads.input(&drawn.narrow(1, 0, 1)?, Some(&drawn.narrow(1, 1, 4)?))?;
        Ok(Task { input, real: batch.images })
    }

    /// Drawing and picture as the judge sees them, changed at random.
    fn seen(&self, input: &Tensor, picture: &Tensor, rng: &mut Rng) -> Result<Tensor> {
        let (picture, input) = self.augmentation.apply(picture, input, rng)?;
        Tensor::cat(&[input, picture], 1)
    }

    fn learn_to_judge(&mut self, task: &Task, fake: &Tensor, rng: &mut Rng) -> Result<f64> {
        let fake = self.seen(&task.input, &fake.detach(), rng)?;
        let fake = self.pool.exchange(&fake, rng)?;
        let real = self.seen(&task.input, &task.real, rng)?;
        let score = |pairs: &Tensor| self.judge.scores(pairs, &mut Pass::train(0));
        let (real_scores, fake_scores) = (score(&real)?, score(&fake)?);
        let loss = match self.recipe.loss.adversarial {
            // Half of both, as the authors' program has it.
            Adversarial::NonSaturating => (losses::discriminator_logistic(&real_scores, &fake_scores)? * 0.5)?,
            Adversarial::LeastSquares => losses::discriminator_least_squares(&real_scores, &fake_scores)?,
        };
        self.judge_adam.step(&loss.backward()?)?;
        let means = real_scores.detach().flatten_from(1)?.mean_keepdim(1)?;
        let middle = if self.recipe.loss.adversarial == Adversarial::LeastSquares { 0.5 } else { 0.0 };
        self.augmentation.observe(&(means - middle)?)?;
        number(&loss)
    }

    /// The painter's losses, in words and as what is to be minimised.
    fn to_paint(&self, task: &Task, fake: &Tensor, rng: &mut Rng) -> Result<(Tensor, Vec<Scalar>)> {
        let loss = &self.recipe.loss;
        let judge = Discriminator::new(&self.judge_config, &self.judge_parameters.frozen())?;
        // Both pictures are changed alike, so that their features can be compared.
        let mut same = rng.clone();
        let found = judge.levels(&self.seen(&task.input, fake, rng)?, &mut Pass::train(0))?;
        let Some((scores, features)) = found.split_last() else { candle_core::bail!("a judge without layers") };
        let adversarial = match loss.adversarial {
            Adversarial::NonSaturating => losses::generator_logistic(scores)?,
            Adversarial::LeastSquares => losses::generator_least_squares(scores)?,
        };
        let colors = losses::coarse_l1(fake, &task.real, loss.l1_block)?;
        let mut scalars = vec![("generator", number(&adversarial)?), ("l1", number(&colors)?)];
        let mut total = ((adversarial * loss.adversarial_weight)? + (colors * loss.l1_weight)?)?;
        if loss.feature_weight > 0.0 {
            let wanted = judge.levels(&self.seen(&task.input, &task.real, &mut same)?, &mut Pass::train(0))?;
            let layers = features.iter().zip(&wanted).map(|(found, wanted)| losses::l1(found, &wanted.detach()));
            let features = Tensor::stack(&layers.collect::<Result<Vec<_>>>()?, 0)?.mean_all()?;
            scalars.push(("features", number(&features)?));
            total = (total + (features * loss.feature_weight)?)?;
        }
        Ok((total, scalars))
    }

    /// The averaged painter.
    fn averaged(&self) -> Result<Painter> {
        let weights = self.export()?.into_iter().collect();
        Painter::new(&self.config, &VarBuilder::from_tensors(weights, DType::F32, &self.device))
    }

    fn painted(&self, batch: &Batch, variation: Variation) -> Result<Tensor> {
        let painter = self.averaged()?;
        let Some(drawn) = &batch.drawn else { candle_core::bail!("the batch has no drawings") };
        let n = drawn.dim(0)?;
        let parts = (0..n).step_by(4).map(|at| {
            let drawn = drawn.narrow(0, at, 4.min(n - at))?.to_device(&self.device)?;
            let (ink, hints) = (drawn.narrow(1, 0, 1)?, drawn.narrow(1, 1, 4)?);
            let hints = (variation == Variation::Steady).then_some(&hints);
            painter.paint(&ink, hints, variation)
        });
        Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, 0)?.to_device(batch.images.device())
    }
}

impl Trainee for Pix2pix {
    fn step(&mut self, batch: &Batch, step: u64) -> Result<Vec<Scalar>> {
        let mut rng = control::rng(self.recipe.seed ^ step.wrapping_mul(0xA24B_AED4_963E_E407), STEP);
        self.palette.observe(batch, step, &mut rng)?;
        let task = self.task(batch)?;
        let rates = self.recipe.optimizer.decay(step, self.recipe.steps);
        self.painter_adam.set_rate(self.recipe.optimizer.lr_generator * rates);
        self.judge_adam.set_rate(self.recipe.optimizer.lr_discriminator * rates);
        let mut pass = Pass::train(rng.random());
        let fake = self.painter.run(&task.input, &mut pass)?;
        let judged = self.learn_to_judge(&task, &fake, &mut rng)?;
        let (total, mut scalars) = self.to_paint(&task, &fake, &mut rng)?;
        self.painter_adam.step(&total.backward()?)?;
        self.running.follow(&pass.seen)?;
        scalars.push(("discriminator", judged));
        scalars.push(("augment", self.augmentation.probability));
        let n = self.recipe.batch;
        self.ema.update(self.recipe.optimizer.ema_beta(n, (step + 1) * n as u64))?;
        Ok(scalars)
    }

    fn save(&self, state: &mut State) -> Result<Tensors> {
        let mut tensors = Tensors::new();
        put(&mut tensors, "painter", self.painter_parameters.tensors());
        put(&mut tensors, "judge", self.judge_parameters.tensors());
        put(&mut tensors, "ema", self.ema.tensors());
        tensors.insert(PALETTE.to_owned(), self.palette.tensor().clone());
        self.pool.save(&mut tensors);
        let painter_steps = self.painter_adam.save("painter_adam", &mut tensors);
        let judge_steps = self.judge_adam.save("judge_adam", &mut tensors);
        state.set("painter_steps", painter_steps as f64);
        state.set("judge_steps", judge_steps as f64);
        for (at, value) in self.augmentation.state().into_iter().enumerate() {
            state.set(&format!("augmentation.{at}"), value);
        }
        Ok(tensors)
    }

    fn restore(&mut self, state: &State, tensors: &Tensors) -> Result<()> {
        adopt_all(&self.painter_parameters, tensors, "painter")?;
        adopt_all(&self.judge_parameters, tensors, "judge")?;
        self.ema.restore(&part(tensors, "ema"))?;
        self.palette.restore(tensors.get(PALETTE));
        self.pool.restore(tensors);
        self.painter_adam.restore("painter_adam", tensors, state.get("painter_steps")? as u64)?;
        self.judge_adam.restore("judge_adam", tensors, state.get("judge_steps")? as u64)?;
        let mut values = [0.0; 4];
        for (at, value) in values.iter_mut().enumerate() {
            *value = state.get(&format!("augmentation.{at}"))?;
        }
        self.augmentation.restore(values);
        Ok(())
    }

    fn export(&self) -> Result<Tensors> {
        let mut tensors = self.ema.tensors();
        if self.config.has_palette {
            tensors.insert(PALETTE.to_owned(), self.palette.tensor().to_device(&self.device)?);
        }
        Ok(tensors)
    }

    /// Drawings with their spots of color, what is painted, a variant, the truth.
    fn show(&self, held_out: &Batch) -> Result<Vec<Tensor>> {
        let Some(drawn) = &held_out.drawn else { candle_core::bail!("the batch has no drawings") };
        let paper = drawn.narrow(1, 0, 1)?.affine(-2.0, 1.0)?;
        let meant = drawn.narrow(1, 4, 1)?;
        let colors = drawn.narrow(1, 1, 3)?.broadcast_mul(&meant)?;
        let shown = (colors.broadcast_add(&(paper * meant.affine(-1.0, 1.0)?)?))?;
        let steady = self.painted(held_out, Variation::Steady)?;
        Ok(vec![shown, steady, self.painted(held_out, Variation::Seeded(1))?, held_out.images.clone()])
    }

    /// As hole fillers are, with the whole picture as the hole; drawings by hand count too, where there are any.
    fn measure(&self, held_out: &Batch) -> Result<Measured> {
        let all = Batch { known: held_out.known.zeros_like()?, ..held_out.clone() };
        let mut measured = measure_fills(self, &all)?;
        if let Some(hand) = &self.hand {
            let agreement = hand.agreement(&self.averaged()?, &self.device)?;
            measured.score += HAND_WEIGHT * (1.0 - agreement);
            measured.scalars.push(("hand-agreement", agreement));
        }
        Ok(measured)
    }
}

impl Filler for Pix2pix {
    fn fills(&self, batch: &Batch, _seed: u64) -> Result<Tensor> {
        self.painted(batch, Variation::Steady)
    }
}

fn number(tensor: &Tensor) -> Result<f64> {
    Ok(f64::from(tensor.to_dtype(DType::F32)?.to_scalar::<f32>()?))
}
