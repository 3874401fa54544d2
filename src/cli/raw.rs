//! `pentimento erase --raw`: the network alone on a photo of its own size.

use std::path::{Path, PathBuf};

use candle_core::{DType, Device};

use super::args::EraseArgs;
use super::errors::CliError;
use crate::erase::{Engine, EraseError, Latent, NetworkInfo, NetworkUse, Networks, Origin, raw_fill};
use crate::imaging::{Frame, Mask, Patch};

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

/// The tensor `z` of a safetensors file: `dim` numbers in any shape.
fn read_latent(path: &Path, dim: usize) -> Result<Vec<f32>, CliError> {
    let fails = |reason: String| CliError::Latent { reason, path: path.to_owned() };
    let first_line = |text: String| text.lines().next().unwrap_or_default().to_owned();
    let bytes = std::fs::read(path).map_err(|error| fails(error.kind().to_string()))?;
    let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu);
    let tensors = tensors.map_err(|error| fails(first_line(error.to_string())))?;
    let z = tensors.get("z").ok_or_else(|| fails("it holds no tensor named z".to_owned()))?;
    let flat = z.to_dtype(DType::F32).and_then(|z| z.flatten_all()).and_then(|z| z.to_vec1::<f32>());
    let values = flat.map_err(|error| fails(first_line(error.to_string())))?;
    if values.len() != dim {
        return Err(fails(format!("z has {} numbers, the network's latent {dim}", values.len())));
    }
    let is_finite = values.iter().all(|v| v.is_finite());
    if is_finite { Ok(values) } else { Err(fails("z holds a number that is not finite".to_owned())) }
}

/// The folders and the device that networks come from.
pub(super) fn networks(weights: Option<&Path>, device: Device) -> Networks {
    Networks::in_folders(folders(weights), device)
}

/// Where weights are looked for.
pub(super) fn folders(weights: Option<&Path>) -> Vec<PathBuf> {
    crate::weights::folders(weights)
}
