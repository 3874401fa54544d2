//! What a run of training is asked for with: one set of structs that is a file in TOML, the options of the command line and
//! their documentation.

mod drawing;
mod growth;
mod network;

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _, Parser, ValueEnum};
use serde::{Deserialize, Serialize};

use super::adam::AdamConfig;
use super::error::TrainError;
use super::preset::Preset;
use crate::imaging::holes::HoleMix;
pub use drawing::Drawing;
pub use growth::Growth;
pub use network::{Network, PainterKind};

/// Which networks are trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Fills holes from a latent and the whole picture (Zhao et al. 2021).
    #[default]
    Comodgan,
    /// Fills holes in one way (Pathak et al. 2016).
    ContextEncoder,
    /// Draws pictures from latents (Radford et al. 2016).
    Dcgan,
    /// Finds the latents of pictures for a DCGAN that is trained already (Zhu et al. 2016).
    DcganPredictor,
    /// Paints drawings (Isola et al. 2017).
    Pix2pix,
    /// Draws pictures from styles, growing (Karras et al. 2019).
    Stylegan,
    /// Draws pictures from styles (Karras et al. 2020).
    Stylegan2,
}

impl Family {
    /// Whether its networks fill holes, so that holes have to be drawn.
    #[must_use]
    pub const fn fills_holes(self) -> bool {
        matches!(self, Self::Comodgan | Self::ContextEncoder)
    }
}

/// The adversarial loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Adversarial {
    /// Logistic, the generator's not saturating.
    #[default]
    NonSaturating,
    /// Least squares.
    LeastSquares,
}

/// A recipe. A key that is left out has its default; an unknown key is an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// Name of the result in the list of models
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Which networks are trained
    #[arg(long, value_enum, value_name = "FAMILY")]
    pub family: Family,
    /// Decides every random number
    #[arg(long, value_name = "N")]
    pub seed: u64,
    /// Steps of the whole run
    #[arg(long, value_name = "N")]
    pub steps: u64,
    /// Pictures in a step
    #[arg(long, value_name = "N")]
    pub batch: usize,
    /// Weights to start from, where names and shapes fit: a model's safetensors file or a checkpoint
    #[arg(long, value_name = "FILE")]
    pub start: Option<PathBuf>,
    /// Sizes of the networks by name (CoModGAN, StyleGAN, StyleGAN2); single ones can still be set
    #[arg(long, value_enum, value_name = "NAME")]
    #[serde(skip_serializing)]
    pub preset: Option<Preset>,
    /// Sizes of the networks
    #[command(flatten)]
    pub network: Network,
    /// Pictures and holes
    #[command(flatten)]
    pub data: Data,
    /// How drawings are made of pictures (pix2pix)
    #[command(flatten)]
    pub drawing: Drawing,
    /// How networks grow (StyleGAN)
    #[command(flatten)]
    pub growth: Growth,
    /// Rates
    #[command(flatten)]
    pub optimizer: Optimizer,
    /// What is minimised
    #[command(flatten)]
    pub loss: Loss,
    /// Against learning few pictures by heart
    #[command(flatten)]
    pub augment: Augment,
    /// What is written, and how often
    #[command(flatten)]
    pub report: Report,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            name: "my-model".to_owned(),
            family: Family::default(),
            seed: 0,
            steps: 100_000,
            batch: 8,
            start: None,
            preset: None,
            network: Network::default(),
            data: Data::default(),
            drawing: Drawing::default(),
            growth: Growth::default(),
            optimizer: Optimizer::default(),
            loss: Loss::default(),
            augment: Augment::default(),
            report: Report::default(),
        }
    }
}

/// Pictures and holes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Data {
    /// Least side of a crop as a share of the picture's shorter side, 0..=1
    #[arg(long, value_name = "SHARE")]
    pub crop_from: f64,
    /// Largest side of a crop as a share of the picture's shorter side, 0..=1
    #[arg(long, value_name = "SHARE")]
    pub crop_to: f64,
    /// Mirror every second picture
    #[arg(long, value_name = "BOOL", action = clap::ArgAction::Set)]
    pub flip: bool,
    /// Pictures that are never trained on: samples and the choice of the best are made with them
    #[arg(long, value_name = "N")]
    pub held_out: usize,
    /// Kinds of holes and how often each is drawn
    #[arg(skip)]
    pub holes: HoleMix,
    /// Mebibytes of decoded pictures that are kept
    #[arg(long, value_name = "MIB")]
    pub cache_mib: usize,
    /// Threads that decode ahead
    #[arg(long, value_name = "N")]
    pub loaders: usize,
}

impl Default for Data {
    fn default() -> Self {
        Self {
            crop_from: 0.7,
            crop_to: 1.0,
            flip: true,
            held_out: 32,
            holes: HoleMix::default(),
            cache_mib: 3072,
            loaders: 1,
        }
    }
}

/// Rates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Optimizer {
    /// Learning rate of the generator
    #[arg(long, value_name = "RATE")]
    pub lr_generator: f64,
    /// Learning rate of the discriminator
    #[arg(long, value_name = "RATE")]
    pub lr_discriminator: f64,
    /// Decay of Adam's first moment
    #[arg(long, value_name = "BETA")]
    pub beta1: f64,
    /// Decay of Adam's second moment
    #[arg(long, value_name = "BETA")]
    pub beta2: f64,
    /// Added to Adam's denominator
    #[arg(long, value_name = "EPS")]
    pub eps: f64,
    /// Half-life of the generator's moving average, in thousands of pictures
    #[arg(long, value_name = "KIMG")]
    pub ema_kimg: f64,
    /// The average follows faster at the beginning: its half-life is at most this share of the pictures seen; 0 is off
    #[arg(long, value_name = "SHARE")]
    pub ema_rampup: f64,
    /// From this share of the steps on the rates fall to 0, linearly (pix2pix); 1 is never
    #[arg(long, value_name = "SHARE")]
    pub decay_from: f64,
}

impl Default for Optimizer {
    fn default() -> Self {
        Self {
            lr_generator: 0.002,
            lr_discriminator: 0.002,
            beta1: 0.0,
            beta2: 0.99,
            eps: 1e-8,
            ema_kimg: 10.0,
            ema_rampup: 0.05,
            decay_from: 1.0,
        }
    }
}

impl Optimizer {
    /// Adam of the generator.
    #[must_use]
    pub const fn generator(&self) -> AdamConfig {
        AdamConfig { lr: self.lr_generator, beta1: self.beta1, beta2: self.beta2, eps: self.eps }
    }

    /// Adam of the discriminator.
    #[must_use]
    pub const fn discriminator(&self) -> AdamConfig {
        AdamConfig { lr: self.lr_discriminator, ..self.generator() }
    }

    /// What is left of the rates in `step`, counted from 0, of `steps`.
    #[must_use]
    pub fn decay(&self, step: u64, steps: u64) -> f64 {
        let start = (self.decay_from * steps as f64).floor();
        let rest = (steps as f64 - start).max(0.0);
        1.0 - (step as f64 + 1.0 - start).max(0.0) / (rest + 1.0)
    }

    /// How much of the average is kept in a step of `batch` pictures, after `seen` pictures.
    #[must_use]
    pub fn ema_beta(&self, batch: usize, seen: u64) -> f64 {
        let mut half_life = self.ema_kimg * 1000.0;
        if self.ema_rampup > 0.0 {
            half_life = half_life.min(seen as f64 * self.ema_rampup);
        }
        0.5_f64.powf(batch as f64 / half_life.max(1e-8))
    }
}

/// What is minimised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Loss {
    /// The adversarial loss
    #[arg(long, value_enum, value_name = "LOSS")]
    pub adversarial: Adversarial,
    /// Weight of the adversarial loss in the generator's
    #[arg(long, value_name = "W")]
    pub adversarial_weight: f64,
    /// Steps in which only the discriminator learns (CoModGAN): a new one has nothing to say to a trained generator
    #[arg(long, value_name = "N")]
    pub judge_first: u64,
    /// Weight of the mean absolute difference of colours; 0 is none
    #[arg(long, value_name = "W")]
    pub l1_weight: f64,
    /// Blocks of this many pixels are averaged before colours are compared; a power of two
    #[arg(long, value_name = "PIXELS")]
    pub l1_block: usize,
    /// Weight of the mean absolute difference of colours beside the hole's border; 0 is none
    #[arg(long, value_name = "W")]
    pub border_weight: f64,
    /// How many pixels from known ones are beside the border
    #[arg(long, value_name = "PIXELS")]
    pub border_width: usize,
    /// Blocks of this many pixels are averaged before colours are compared beside the border; a power of two
    #[arg(long, value_name = "PIXELS")]
    pub border_block: usize,
    /// Weight of the mean squared difference of colours (Context Encoder); 0 is none
    #[arg(long, value_name = "W")]
    pub l2_weight: f64,
    /// Weight of known pixels at the hole's border within the squared difference (Context Encoder)
    #[arg(long, value_name = "W")]
    pub overlap_weight: f64,
    /// Weight of the difference of VGG16 features; needs --perceptual-trunk; 0 is none
    #[arg(long, value_name = "W")]
    pub perceptual_weight: f64,
    /// A VGG16 trunk: a safetensors file with torchvision's names; a script in the folder scripts makes one
    #[arg(long, value_name = "FILE")]
    pub perceptual_trunk: Option<PathBuf>,
    /// Weight of the difference of the judge's features (pix2pix; Wang et al., pix2pixHD, 2018); 0 is none
    #[arg(long, value_name = "W")]
    pub feature_weight: f64,
    /// So many painted pictures are kept, so that the judge sees old ones too (pix2pix; 0 or 50 are usual)
    #[arg(long, value_name = "N")]
    pub pool: usize,
    /// Weight of the mode-seeking loss, which keeps the pictures of different latents apart (DCGAN); 0 is none
    #[arg(long, value_name = "W")]
    pub mode_seeking_weight: f64,
    /// R1's gamma; 0 is none
    #[arg(long, value_name = "GAMMA")]
    pub r1_gamma: f64,
    /// Steps between two of R1
    #[arg(long, value_name = "N")]
    pub r1_every: u64,
    /// Weight of the path length; 0 is none
    #[arg(long, value_name = "W")]
    pub path_length_weight: f64,
    /// Steps between two of the path length
    #[arg(long, value_name = "N")]
    pub path_length_every: u64,
    /// How often two latents are mixed in one picture, 0..=1
    #[arg(long, value_name = "SHARE")]
    pub style_mixing: f64,
    /// How often a number of the global vector is dropped, 0..1
    #[arg(long, value_name = "SHARE")]
    pub dropout: f64,
}

impl Default for Loss {
    fn default() -> Self {
        Self {
            adversarial: Adversarial::default(),
            adversarial_weight: 1.0,
            judge_first: 0,
            l1_weight: 0.0,
            l1_block: 1,
            border_weight: 0.0,
            border_width: 4,
            border_block: 1,
            l2_weight: 0.0,
            overlap_weight: 10.0,
            perceptual_weight: 0.0,
            perceptual_trunk: None,
            feature_weight: 0.0,
            pool: 0,
            mode_seeking_weight: 0.0,
            r1_gamma: 10.0,
            r1_every: 16,
            path_length_weight: 0.0,
            path_length_every: 4,
            style_mixing: 0.5,
            dropout: 0.5,
        }
    }
}

/// Against learning few pictures by heart: what the discriminator sees is changed at random, more as it grows surer of real
/// pictures (Karras et al., Training Generative Adversarial Networks with Limited Data, 2020, §3).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Augment {
    /// Mean sign of the scores of real pictures that is aimed at; 0 switches augmentation off
    #[arg(long = "augment-target", value_name = "R")]
    pub target: f64,
    /// Thousands of pictures in which the probability could rise from 0 to 1
    #[arg(long = "augment-kimg", value_name = "KIMG")]
    pub kimg: f64,
    /// The largest probability
    #[arg(long = "augment-max", value_name = "P")]
    pub max: f64,
}

impl Default for Augment {
    fn default() -> Self {
        Self { target: 0.6, kimg: 100.0, max: 0.8 }
    }
}

/// What is written, and how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Report {
    /// Steps between two lines of losses
    #[arg(long, value_name = "N")]
    pub log_every: u64,
    /// Steps between two pictures of samples
    #[arg(long, value_name = "N")]
    pub sample_every: u64,
    /// Steps between two measurements on held-out pictures, which choose the best checkpoint
    #[arg(long, value_name = "N")]
    pub measure_every: u64,
    /// Minutes between two checkpoints
    #[arg(long, value_name = "M")]
    pub save_minutes: f64,
}

impl Default for Report {
    fn default() -> Self {
        Self { log_every: 10, sample_every: 500, measure_every: 500, save_minutes: 10.0 }
    }
}

/// A value as recipes write it, for the command line.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    use serde::de::{IntoDeserializer as _, value};
    let word: value::StrDeserializer<'_, value::Error> = text.into_deserializer();
    T::deserialize(word).map_err(|error| error.to_string())
}

impl Recipe {
    /// Reads a recipe in TOML.
    ///
    /// # Errors
    /// When the file cannot be read, is no TOML, or has an unknown key or a value out of range.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| TrainError::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
        Self::parse(&text).map_err(|reason| TrainError::Recipe { path: path.to_owned(), reason })
    }

    /// Reads a recipe's text; the reason is one line where it is none.
    ///
    /// # Errors
    /// A line that names key and place.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refuse = |error: toml::de::Error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            let message = error.message().replace('\n', " ");
            line.map_or_else(|| message.clone(), |line| format!("line {line}: {message}"))
        };
        let mut recipe: Self = toml::from_str(text).map_err(refuse)?;
        if let Some(preset) = recipe.preset.take() {
            recipe.adopt(preset)?;
            // Sizes that the file sets itself are stronger.
            let own: toml::Table = toml::from_str(text).map_err(refuse)?;
            let mut sizes = toml::Table::try_from(&recipe.network).map_err(|error| error.to_string())?;
            sizes.extend(own.get("network").and_then(toml::Value::as_table).cloned().unwrap_or_default());
            recipe.network = sizes.try_into().map_err(refuse)?;
        }
        Ok(recipe)
    }

    /// Takes the sizes of `preset`.
    ///
    /// # Errors
    /// One line when the recipe is for other networks.
    pub fn adopt(&mut self, preset: Preset) -> Result<(), String> {
        if self.family != preset.family() {
            let title = preset.title();
            return Err(format!("the preset is a size of {title}, and the recipe is for other networks"));
        }
        self.network = preset.network();
        Ok(())
    }

    /// Whether the values make sense together.
    ///
    /// # Errors
    /// One sentence about the first that does not.
    pub fn check(&self) -> Result<(), TrainError> {
        let refuse = |reason: &str| Err(TrainError::Values { reason: reason.to_owned() });
        let Self { network, data, optimizer, loss, augment, report, .. } = self;
        if !network.side.is_power_of_two() || !(8..=1024).contains(&network.side) {
            return refuse("network.side must be a power of two from 8 to 1024");
        }
        if self.batch == 0 || (self.batch > 4 && !self.batch.is_multiple_of(4)) {
            return refuse("batch must be 1 to 4 or a multiple of 4");
        }
        let is_named =
            !self.name.is_empty() && self.name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if !is_named || self.name.starts_with('.') {
            return refuse("name must be made of letters, digits, `-`, `_` and `.`");
        }
        if !(data.crop_from > 0.0 && data.crop_from <= data.crop_to && data.crop_to <= 1.0) {
            return refuse("data.crop_from and data.crop_to must be shares with 0 < from <= to <= 1");
        }
        let judge_base = network.discriminator_base_channels.unwrap_or(network.base_channels);
        let judge_most = network.discriminator_max_channels.unwrap_or(network.max_channels);
        let Network { max_channels, global_dim, style_dim, mapping_layers, bottleneck, .. } = *network;
        let sizes = [max_channels, global_dim, style_dim, mapping_layers, bottleneck, judge_most];
        if sizes.contains(&0) || network.base_channels.min(judge_base) < network.side {
            return refuse("network: sizes must be positive and base_channels at least the side");
        }
        let rates = [optimizer.lr_generator, optimizer.lr_discriminator, optimizer.eps, optimizer.ema_kimg];
        if !rates.iter().all(|rate| rate.is_finite() && *rate > 0.0) {
            return refuse("optimizer: rates, eps and ema_kimg must be positive");
        }
        if ![optimizer.beta1, optimizer.beta2, loss.dropout].iter().all(|beta| (0.0..1.0).contains(beta)) {
            return refuse("optimizer.beta1, optimizer.beta2 and loss.dropout must be in 0..1");
        }
        if !(0.0..=1.0).contains(&optimizer.decay_from) {
            return refuse("optimizer.decay_from must be in 0..=1");
        }
        if self.family == Family::Pix2pix {
            self.drawing.check().or_else(refuse)?;
        }
        if self.family == Family::Stylegan {
            self.growth.check(network.side).or_else(refuse)?;
        }
        if loss.r1_every == 0 || loss.path_length_every == 0 || report.log_every == 0 {
            return refuse("intervals (r1_every, path_length_every, log_every) must be at least 1");
        }
        if !loss.l1_block.is_power_of_two() || loss.l1_block > network.side {
            return refuse("loss.l1_block must be a power of two, no larger than the side");
        }
        if !loss.border_block.is_power_of_two() || loss.border_block > network.side {
            return refuse("loss.border_block must be a power of two, no larger than the side");
        }
        if loss.border_width == 0 || loss.border_width > network.side {
            return refuse("loss.border_width must be at least 1 and no more than the side");
        }
        if !(0.0..=1.0).contains(&augment.max) || augment.kimg <= 0.0 || !(0.0..1.0).contains(&augment.target) {
            return refuse("augment: target must be in 0..1, max in 0..=1, kimg positive");
        }
        Ok(())
    }

    /// The recipe in TOML with every option's documentation as a comment above it.
    #[must_use]
    pub fn documented(&self) -> String {
        #[derive(Parser)]
        struct Options {
            #[command(flatten)]
            recipe: Recipe,
        }
        let command = Options::command();
        let help = |section: &str, key: &str| {
            let id = command.get_arguments().map(|arg| (arg.get_id().as_str(), arg));
            let wanted = |id: &str| id == key && (section == "augment") == matches!(key, "target" | "kimg" | "max");
            let arg = id.into_iter().find(|(id, _)| wanted(id)).map(|(_, arg)| arg);
            arg.and_then(|arg| arg.get_help()).map(ToString::to_string)
        };
        let text = toml::to_string_pretty(self).unwrap_or_default();
        let (mut out, mut section) = (String::new(), String::new());
        for line in text.lines() {
            if let Some(name) = line.strip_prefix('[') {
                name.trim_end_matches(']').clone_into(&mut section);
            } else if let Some((key, _)) = line.split_once(" = ")
                && let Some(help) = help(&section, key)
            {
                out.extend(["# ", &help, "\n"]);
            }
            out.push_str(line);
            out.push('\n');
        }
        out
    }
}
