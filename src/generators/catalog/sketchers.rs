//! Networks that paint drawings.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::{check_side, sizes, tensors_of};
use crate::generators::pix2pix::{Config, Painter};
use crate::generators::sketcher::Sketcher;
use crate::weights::{Entry, WeightsError};

/// Builds the network that `entry` describes from its file.
///
/// # Errors
/// One sentence when the file cannot be read, does not fit the family and the sizes of the entry, or is of a family that paints
/// no drawings.
pub fn sketcher(entry: &Entry, device: &Device) -> std::result::Result<Arc<dyn Sketcher>, WeightsError> {
    Ok(Arc::new(painter(entry, device)?))
}

/// As [`sketcher`], with the generator inside.
///
/// # Errors
/// As [`sketcher`].
pub fn painter(entry: &Entry, device: &Device) -> std::result::Result<Painter, WeightsError> {
    check_family(entry)?;
    let vb = entry.load(device)?;
    build(entry, &vb).map_err(|error| entry.does_not_fit(&error))
}

/// Builds the network that `entry` describes from `tensors` instead of its file, as when they shall be written to one.
///
/// # Errors
/// One sentence when they do not fit the family and the sizes of the entry, or the family paints no drawings.
pub fn sketcher_of(
    entry: &Entry,
    tensors: impl IntoIterator<Item = (String, Tensor)>,
    device: &Device,
) -> std::result::Result<Arc<dyn Sketcher>, WeightsError> {
    check_family(entry)?;
    let painter = build(entry, &tensors_of(tensors, device)).map_err(|error| entry.does_not_fit(&error))?;
    Ok(Arc::new(painter))
}

fn check_family(entry: &Entry) -> std::result::Result<(), WeightsError> {
    if entry.family.is_sketcher() {
        return Ok(());
    }
    Err(WeightsError::NoSketcher { name: entry.name.clone(), family: entry.family.to_string() })
}

fn build(entry: &Entry, vb: &VarBuilder<'_>) -> Result<Painter> {
    let config: Config = sizes(entry)?;
    check_side(entry, config.side)?;
    Painter::new(&config, vb)
}
