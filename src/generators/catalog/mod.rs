//! From an entry of a manifest to a network, whatever its family: one that fills holes, a manifold to be explored,
//! or one that paints drawings.

mod fillers;
mod manifolds;
mod sketchers;

use candle_core::{DType, Device, Result, Tensor, bail};
use candle_nn::VarBuilder;
use serde::de::DeserializeOwned;

use crate::weights::{Entry, WeightsError};
pub use fillers::{HoleFiller, hole_filler, hole_filler_of};
pub use manifolds::{manifold, manifold_of};
pub use sketchers::{painter, sketcher, sketcher_of};

/// Builds the network that `entry` describes from its file, whatever its family, and forgets it: whether file and manifest
/// are what they should be.
///
/// # Errors
/// One sentence when the file cannot be read, or does not fit the family and the sizes of the entry.
pub fn try_file(entry: &Entry, device: &Device) -> std::result::Result<(), WeightsError> {
    if entry.family.is_manifold() {
        return manifold(entry, device).map(drop);
    }
    if entry.family.is_sketcher() {
        return sketcher(entry, device).map(drop);
    }
    hole_filler(entry, device).map(drop)
}

/// As [`try_file`], from `tensors` instead of the file, as when they shall be written to one.
///
/// # Errors
/// As [`try_file`].
pub fn try_tensors(
    entry: &Entry,
    tensors: impl IntoIterator<Item = (String, Tensor)>,
    device: &Device,
) -> std::result::Result<(), WeightsError> {
    if entry.family.is_manifold() {
        return manifold_of(entry, tensors, device).map(drop);
    }
    if entry.family.is_sketcher() {
        return sketcher_of(entry, tensors, device).map(drop);
    }
    hole_filler_of(entry, tensors, device).map(drop)
}

/// Plain tensors for a network to be built from.
fn tensors_of(tensors: impl IntoIterator<Item = (String, Tensor)>, device: &Device) -> VarBuilder<'static> {
    VarBuilder::from_tensors(tensors.into_iter().collect(), DType::F32, device)
}

/// The sizes of a network as `entry` holds them.
fn sizes<T: DeserializeOwned>(entry: &Entry) -> Result<T> {
    entry.config.clone().try_into().map_err(|error: toml::de::Error| {
        candle_core::Error::Msg(format!("config: {}", error.message().lines().next().unwrap_or("wrong")))
    })
}

/// Refuses a network whose side is not the entry's resolution, so that nobody plans with a wrong one.
fn check_side(entry: &Entry, side: usize) -> Result<()> {
    if side != entry.resolution as usize {
        bail!("config: the side is {side}, the resolution {}", entry.resolution);
    }
    Ok(())
}

/// Refuses sizes beyond what any network has, before anything is computed from them.
fn check_size(name: &str, value: usize, most: usize) -> Result<()> {
    if !(1..=most).contains(&value) {
        bail!("config: {name} is {value}, not 1 to {most}");
    }
    Ok(())
}
