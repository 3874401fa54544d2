//! From a run to a model that the program can use.

use candle_core::Device;

use super::observer::Outcome;
use super::recipe::{Family, Network, PainterKind, Recipe};
use super::{
    comodgan_config_of, context_encoder_config_of, dcgan_config_of, pix2pix_config_of, stylegan_config_of,
    stylegan2_config_of,
};
use crate::generators::catalog;
use crate::generators::comodgan::EncoderKind;
use crate::generators::{dcgan, pix2pix, stylegan2};
use crate::weights::{self, Entry};

/// What a manifest says of the network that `outcome` brings; `data` says in words what it was trained on.
///
/// # Errors
/// A line when the sizes cannot be written down, or the network cannot be built from the weights.
pub fn entry_of(recipe: &Recipe, outcome: &Outcome, data: &str) -> Result<Entry, String> {
    let wanted = recipe.network.side;
    let side = outcome.grown_side.unwrap_or(wanted);
    let recipe = &Recipe { network: Network { side, ..recipe.network.clone() }, ..recipe.clone() };
    let (family, config) = match recipe.family {
        Family::Comodgan => (weights::Family::Comodgan, toml::Table::try_from(comodgan_config_of(recipe))),
        Family::ContextEncoder => {
            (weights::Family::ContextEncoder, toml::Table::try_from(context_encoder_config_of(recipe)))
        }
        Family::Dcgan | Family::DcganPredictor => {
            (weights::Family::Dcgan, toml::Table::try_from(dcgan_config_of(recipe)))
        }
        Family::Pix2pix => (weights::Family::Pix2pix, toml::Table::try_from(pix2pix_config_of(recipe))),
        Family::Stylegan => (weights::Family::Stylegan, toml::Table::try_from(stylegan_config_of(recipe))),
        Family::Stylegan2 => (weights::Family::Stylegan2, toml::Table::try_from(stylegan2_config_of(recipe))),
    };
    let config = config.map_err(|error| error.to_string())?;
    let entry = Entry {
        licence: "as the pictures that it was trained on".to_owned(),
        data: data.to_owned(),
        subject: recipe.subject.clone(),
        recipe: Some(format!("{}.toml", recipe.name)),
        images_seen: Some(outcome.images),
        metrics: outcome.measured.clone(),
        note: (side < wanted).then(|| format!("Has grown to {side} of {wanted} pixels so far.")),
        ..Entry::new(recipe.name.clone(), family, side as u32, config)
    };
    // What cannot be used must not be installed.
    catalog::try_tensors(&entry, outcome.weights.clone(), &Device::Cpu).map_err(|error| error.to_string())?;
    Ok(entry)
}

/// Makes `recipe` start from the model that `entry` describes: its file, and the sizes of its network.
///
/// # Errors
/// A line when it is of another family or its sizes are not understood.
pub fn start_from(recipe: &mut Recipe, entry: &Entry) -> Result<(), String> {
    let size = |key: &str| {
        let value =
            entry.config.get(key).and_then(toml::Value::as_integer).and_then(|value| usize::try_from(value).ok());
        value.ok_or_else(|| format!("the model {} does not say its {key}", entry.name))
    };
    match (recipe.family, entry.family) {
        (Family::Comodgan, weights::Family::Comodgan) => {
            let network = &mut recipe.network;
            (network.side, network.style_dim) = (size("side")?, size("style_dim")?);
            (network.global_dim, network.base_channels) = (size("global_dim")?, size("base_channels")?);
            (network.max_channels, network.mapping_layers) = (size("max_channels")?, size("n_mapping")?);
            network.encoder = match entry.config.get("encoder") {
                None => EncoderKind::default(),
                Some(kind) => kind
                    .clone()
                    .try_into()
                    .map_err(|_error| format!("the model {} has an encoder that is not known", entry.name))?,
            };
        }
        (Family::ContextEncoder, weights::Family::ContextEncoder) => {
            recipe.network.side = size("side")?;
            recipe.network.max_channels = 8 * size("width")?;
            recipe.network.bottleneck = size("bottleneck")?;
        }
        (Family::Dcgan | Family::DcganPredictor, weights::Family::Dcgan) => {
            let config: dcgan::Config = sizes_of(entry)?;
            let network = &mut recipe.network;
            (network.side, network.style_dim) = (config.side(), config.n_latent);
            network.max_channels = config.width << config.n_layers;
            (network.kernel, network.prior, network.discriminator_norm) = (config.kernel, config.prior, config.norm);
        }
        (Family::Stylegan2, weights::Family::Stylegan2) | (Family::Stylegan, weights::Family::Stylegan) => {
            // Both families have the same sizes.
            let config: stylegan2::Config = sizes_of(entry)?;
            let network = &mut recipe.network;
            (network.side, network.style_dim, network.mapping_layers) =
                (config.side, config.style_dim, config.n_mapping);
            (network.base_channels, network.max_channels) = (config.base_channels, config.max_channels);
            network.discriminator_base_channels = config.judge_base_channels;
            network.discriminator_max_channels = config.judge_max_channels;
        }
        (Family::Pix2pix, weights::Family::Pix2pix) => adopt_painter(&mut recipe.network, entry)?,
        (_, family) => return Err(format!("the model {} is of the family {family}, not the recipe's", entry.name)),
    }
    recipe.start = Some(entry.file.clone());
    Ok(())
}

/// The sizes of a network as its manifest has them.
fn sizes_of<T: serde::de::DeserializeOwned>(entry: &Entry) -> Result<T, String> {
    entry.config.clone().try_into().map_err(|error: toml::de::Error| {
        format!("the sizes of the model {} are not understood: {}", entry.name, error.message())
    })
}

/// The sizes of a painter.
fn adopt_painter(network: &mut Network, entry: &Entry) -> Result<(), String> {
    let config: pix2pix::Config = sizes_of(entry)?;
    network.side = config.side;
    network.painter_reads = config.reads;
    match config.network {
        pix2pix::Network::UNet(unet) => {
            (network.painter, network.painter_norm) = (PainterKind::UNet, unet.norm);
            (network.painter_width, network.painter_levels) = (unet.width, unet.n_levels);
            network.painter_dropout = unet.has_dropout;
        }
        pix2pix::Network::ResNet(resnet) => {
            (network.painter, network.painter_norm) = (PainterKind::ResNet, resnet.norm);
            (network.painter_width, network.painter_levels) = (resnet.width, resnet.n_blocks);
            network.painter_dropout = resnet.has_dropout;
        }
    }
    Ok(())
}
