//! The `stylegan` suite: how long somebody waits for a frame of a style-based generator, from styles to a picture.

use candle_core::{DType, Var};

use super::super::errors::CliError;
use super::Clock;
use super::nets::NetRow;
use crate::generators::manifold::Manifold;
use crate::generators::stylegan2::{Config, Model};
use crate::generators::{Noise, catalog, seeded_normal, seeded_weights};
use crate::weights::{Entry, Family};

/// Seed of all weights and styles.
const SEED: u64 = 0;

/// One thing that is timed.
pub(super) enum Case {
    /// A `StyleGAN2` with random weights.
    Random(&'static str, Config),
    /// The same and the gradient of the styles; the weights are frozen.
    Gradient(&'static str, Config),
    /// A model that is installed.
    Model(Box<Entry>),
}

/// Networks as the presets have them, and every installed model with styles.
pub(super) fn suite(entries: &[Entry]) -> Vec<Case> {
    let random = [
        Case::Random("stylegan2-64-lite", Config::lite(64)),
        Case::Random("stylegan2-128-lite", Config::lite(128)),
        Case::Gradient("stylegan2-128-lite", Config::lite(128)),
        Case::Random("stylegan2-256", Config::config_f(256)),
    ];
    let models = entries.iter().filter(|entry| matches!(entry.family, Family::Stylegan | Family::Stylegan2));
    random.into_iter().chain(models.map(|entry| Case::Model(Box::new(entry.clone())))).collect()
}

impl Case {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Random(name, _) => format!("{name} b1"),
            Self::Gradient(name, _) => format!("{name} b1 gradient"),
            Self::Model(entry) => entry.name.clone(),
        }
    }
}

/// Times one case.
pub(super) fn time(clock: &Clock, case: &Case) -> Result<NetRow, CliError> {
    let random = |config: &Config| Model::new(config, &seeded_weights(SEED, DType::F32, &clock.device));
    match case {
        Case::Random(_, config) => frame(clock, &random(config)?, case.name()),
        Case::Gradient(_, config) => {
            let model = random(config)?;
            let ws = Var::from_tensor(&styles_of(clock, &model)?)?;
            let ms = clock.best_ms(|| Ok(model.draw(&ws)?.backward()?.remove(&ws)))?;
            // The gradient of each layer's input costs as much as the layer.
            Ok(NetRow::new(case.name(), ms, 4.0 * model.macs() as f64))
        }
        Case::Model(entry) => frame(clock, catalog::manifold(entry, &clock.device)?.as_ref(), case.name()),
    }
}

/// One picture from styles, with the constant noise.
fn frame(clock: &Clock, model: &dyn Manifold, name: String) -> Result<NetRow, CliError> {
    let ws = styles_of(clock, model)?;
    let ms = match model.styles() {
        None => clock.best_ms(|| model.draw(&ws))?,
        Some(styles) => {
            let ws = ws.reshape((1, styles.n_layers(), styles.style_dim()))?;
            clock.best_ms(|| styles.synthesize(&ws, Noise::Constant))?
        }
    };
    Ok(NetRow::new(name, ms, 2.0 * model.macs() as f64))
}

fn styles_of(clock: &Clock, model: &dyn Manifold) -> candle_core::Result<candle_core::Tensor> {
    seeded_normal((1, model.latent_dim()), SEED, "styles")?.to_device(&clock.device)
}
