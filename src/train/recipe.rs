//! What a run of training is asked for with: one set of structs that is a file in TOML, the options of the command line and
//! their documentation.

mod augment;
mod check;
mod data;
mod drawing;
mod growth;
mod loss;
mod network;
mod optimizer;
mod own;
mod report;

use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _, Parser, ValueEnum};
use serde::{Deserialize, Serialize};

use super::error::TrainError;
use super::preset::Preset;
pub use augment::Augment;
pub use data::Data;
pub use drawing::Drawing;
pub use growth::Growth;
pub use loss::{Adversarial, Loss};
pub use network::{Network, PainterKind};
pub use optimizer::Optimizer;
pub use report::Report;

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

/// A recipe. A key that is left out has its default; an unknown key is an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// Name of the result in the list of models
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// What its pictures show, in a word or two, for people: cats
    #[arg(long, value_name = "WORDS")]
    pub subject: Option<String>,
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
            subject: None,
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

/// A value as recipes write it, for the command line.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    use serde::de::{IntoDeserializer as _, value};
    let word: value::StrDeserializer<'_, value::Error> = text.into_deserializer();
    T::deserialize(word).map_err(|error| error.to_string())
}

impl Recipe {
    /// Reads a recipe in TOML. Files that it names lie beside it.
    ///
    /// # Errors
    /// When the file cannot be read, is no TOML, or has an unknown key or a value out of range.
    pub fn read(path: &Path) -> Result<Self, TrainError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| TrainError::Unreadable { path: path.to_owned(), reason: error.to_string() })?;
        let mut recipe = Self::parse(&text).map_err(|reason| TrainError::Recipe { path: path.to_owned(), reason })?;
        if let Some(drawings) = &mut recipe.drawing.hand_drawings {
            // Beside the recipe, wherever the program was started.
            *drawings = path.parent().unwrap_or_else(|| Path::new("")).join(&*drawings);
        }
        Ok(recipe)
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
