//! The predictor (Zhu et al. 2016, §3.1): a network that finds the latent of a picture, for a generator that is trained already.
//!
//! Half of what it learns from is real, where only the picture that comes back can be compared; half is drawn by the
//! generator, where the latent is known too.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::{config_of, latents, number};
use crate::control;
use crate::generators::dcgan::{Config, Discriminator, Generator, Predictor};
use crate::train::adam::{Adam, Ema};
use crate::train::checkpoint::State;
use crate::train::data::Batch;
use crate::train::losses::l1;
use crate::train::named::{adopt_all, part, put};
use crate::train::parameters::{Parameters, Tensors};
use crate::train::recipe::Recipe;
use crate::train::running::Running;
use crate::train::trainee::{Measured, Scalar, Trainee};

/// The stream of random numbers of a step.
const STEP: u64 = 13;

/// A predictor in training.
pub struct Inversion {
    recipe: Recipe,
    config: Config,
    device: Device,
    /// What the manifold is already: generator and discriminator under their prefixes.
    model: Tensors,
    generator: Generator,
    discriminator: Option<Discriminator>,
    predictor: Predictor,
    parameters: Parameters,
    running: Running,
    adam: Adam,
    ema: Ema,
}

impl Inversion {
    /// The predictor for the generator of `start`: the one that is there already, else a new one that begins with the layers of
    /// the discriminator, which knows what tells such pictures apart.
    ///
    /// # Errors
    /// When `start` has no generator of the recipe's sizes.
    pub fn new(recipe: &Recipe, start: Option<&Tensors>, device: &Device) -> Result<Self> {
        let config = config_of(recipe);
        let Some(start) = start else { candle_core::bail!("a predictor needs a generator: name its model in start") };
        let frozen = |prefix: &str| {
            let tensors = part(start, prefix).into_iter().collect();
            VarBuilder::from_tensors(tensors, DType::F32, device)
        };
        let has_judge = start.keys().any(|key| key.starts_with("discriminator."));
        let parameters = Parameters::new(recipe.seed, device);
        let predictor = Predictor::new(&config, &parameters.tracked())?;
        let judged = parameters.adopt(&part(start, "discriminator"))?;
        let predicted = parameters.adopt(&part(start, "predictor"))?;
        tracing::info!("{judged} tensors of the discriminator and {predicted} of the predictor are taken over");
        let is_kept = |key: &str| key.starts_with("generator.") || key.starts_with("discriminator.");
        let kept = start.iter().filter(|(key, _)| is_kept(key));
        let model = kept.map(|(key, tensor)| Ok((key.clone(), tensor.to_dtype(DType::F32)?))).collect::<Result<_>>()?;
        Ok(Self {
            generator: Generator::new(&config, &frozen("generator"))?,
            discriminator: has_judge.then(|| Discriminator::new(&config, &frozen("discriminator"))).transpose()?,
            running: Running::new(&parameters, &config.predictor_norms())?,
            adam: Adam::new(&parameters, recipe.optimizer.generator())?,
            ema: Ema::new(&parameters)?,
            recipe: recipe.clone(),
            config,
            device: device.clone(),
            model,
            predictor,
            parameters,
        })
    }

    /// How far pictures that came back are from those that went in: colors, and the discriminator's features.
    fn difference(&self, pictures: &Tensor, back: &Tensor) -> Result<(Tensor, Option<Tensor>)> {
        let colors = (pictures - back)?.sqr()?.mean_all()?;
        let features = match &self.discriminator {
            Some(judge) if self.recipe.loss.perceptual_weight > 0.0 => {
                let (wanted, found) = (judge.features(pictures)?, judge.features(back)?);
                let layers = wanted.iter().zip(&found).map(|(wanted, found)| l1(&wanted.detach(), found));
                Some(Tensor::stack(&layers.collect::<Result<Vec<_>>>()?, 0)?.mean_all()?)
            }
            _ => None,
        };
        Ok((colors, features))
    }

    fn averaged(&self) -> Result<Predictor> {
        let weights = VarBuilder::from_tensors(self.ema.tensors().into_iter().collect(), DType::F32, &self.device);
        Predictor::new(&self.config, &weights)
    }

    fn projected(&self, pictures: &Tensor) -> Result<Tensor> {
        let predictor = self.averaged()?;
        let n = pictures.dim(0)?;
        let parts = (0..n).step_by(16).map(|at| {
            let part = pictures.narrow(0, at, 16.min(n - at))?.to_device(&self.device)?;
            self.generator.forward(&predictor.forward(&part)?)
        });
        Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, 0)?.to_device(pictures.device())
    }
}

impl Trainee for Inversion {
    fn step(&mut self, batch: &Batch, step: u64) -> Result<Vec<Scalar>> {
        let real = batch.images.to_device(&self.device)?;
        let mut rng = control::rng(self.recipe.seed ^ step.wrapping_mul(0xA24B_AED4_963E_E407), STEP);
        let n = real.dim(0)?.div_ceil(2);
        let zs = latents(&self.config, n, &mut rng, &self.device)?;
        let drawn = self.generator.forward(&zs)?.detach();
        let pictures = Tensor::cat(&[real.narrow(0, 0, n)?, drawn], 0)?;
        let (found, statistics) = self.predictor.forward_train(&pictures)?;
        let (colors, features) = self.difference(&pictures, &self.generator.forward(&found)?)?;
        let known = (found.narrow(0, n, n)? - &zs)?.sqr()?.mean_all()?;
        let mut scalars = vec![("colors", number(&colors)?), ("latents", number(&known)?)];
        let mut loss = (colors + (known * self.recipe.loss.l2_weight)?)?;
        if let Some(features) = features {
            scalars.push(("features", number(&features)?));
            loss = (loss + (features * self.recipe.loss.perceptual_weight)?)?;
        }
        self.adam.step(&loss.backward()?)?;
        self.running.follow(&statistics)?;
        let n = self.recipe.batch;
        self.ema.update(self.recipe.optimizer.ema_beta(n, (step + 1) * n as u64))?;
        Ok(scalars)
    }

    fn save(&self, state: &mut State) -> Result<Tensors> {
        let mut tensors = Tensors::new();
        put(&mut tensors, "predictor", self.parameters.tensors());
        put(&mut tensors, "ema", self.ema.tensors());
        state.set("steps", self.adam.save("adam", &mut tensors) as f64);
        Ok(tensors)
    }

    fn restore(&mut self, state: &State, tensors: &Tensors) -> Result<()> {
        adopt_all(&self.parameters, tensors, "predictor")?;
        self.ema.restore(&part(tensors, "ema"))?;
        self.adam.restore("adam", tensors, state.get("steps")? as u64)
    }

    /// The whole model: generator and discriminator as they were, the averaged predictor.
    fn export(&self) -> Result<Tensors> {
        let mut tensors = self.model.clone();
        put(&mut tensors, "predictor", self.ema.tensors());
        Ok(tensors)
    }

    /// Pictures, and what comes back from their latents.
    fn show(&self, held_out: &Batch) -> Result<Vec<Tensor>> {
        Ok(vec![held_out.images.clone(), self.projected(&held_out.images)?])
    }

    fn measure(&self, held_out: &Batch) -> Result<Measured> {
        let error = (&held_out.images - self.projected(&held_out.images)?)?.sqr()?.mean_all()?;
        let score = number(&error)?;
        Ok(Measured { scalars: vec![("network-projection-mse", score)], score })
    }
}
