//! `pentimento erase --raw`: the network alone on a photo of its own size.

use std::path::{Path, PathBuf};

use candle_core::Device;

use super::args::EraseArgs;
use super::errors::CliError;
use crate::erase::{Engine, EraseError, Latent, NetworkInfo, NetworkUse, Networks, Origin, raw_fill};
use crate::imaging::{Frame, Mask, Patch};
use crate::weights::read_latent;

/// The composite of photo and network's picture, and what it is.
pub(super) fn fill(
    args: &EraseArgs,
    engine: &Engine,
    networks: &Networks,
    photo: &Frame,
    holes: &Mask,
) -> Result<(Patch, Origin), CliError> {
    let Engine::Network(name) = engine else { return Err(CliError::RawNeedsNetwork { name: engine.to_string() }) };
    let NetworkInfo { name, family, resolution } = networks.find(name)?;
    let network = networks.load(&name)?;
    let latent = match (&args.latent, network.latent_dim()) {
        (None, _) => Latent::Seed(args.seed),
        (Some(path), Some(dim)) => Latent::Given(read_latent(path, dim)?),
        (Some(_), None) => return Err(CliError::NoLatents { name }),
    };
    if holes.is_empty() {
        return Err(EraseError::EmptyMask.into());
    }
    let patch = raw_fill(network.as_ref(), photo, holes, &latent)?;
    let network = NetworkUse { family, side: resolution, scale: 1.0, squares: 1, is_guided: false, mixture: None };
    Ok((patch, Origin { engine: Engine::Network(name), reason: None, network: Some(network) }))
}

/// The folders and the device that networks come from.
pub(super) fn networks(weights: Option<&Path>, device: Device) -> Networks {
    Networks::in_folders(folders(weights), device)
}

/// Where weights are looked for.
pub(super) fn folders(weights: Option<&Path>) -> Vec<PathBuf> {
    crate::weights::folders(weights)
}
