//! Generators whose latents can be explored.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor, bail};
use candle_nn::VarBuilder;

use super::{check_side, sizes, tensors_of};
use crate::generators::manifold::Manifold;
use crate::generators::{dcgan, stylegan1, stylegan2};
use crate::weights::{Entry, Family, WeightsError};

/// Builds the generator that `entry` describes from its file, with the discriminator and predictor that the file has.
///
/// # Errors
/// One sentence when the file cannot be read, does not fit the family and the sizes of the entry, or is of a family without
/// latents to explore.
pub fn manifold(entry: &Entry, device: &Device) -> std::result::Result<Arc<dyn Manifold>, WeightsError> {
    check_family(entry)?;
    let vb = entry.load(device)?;
    build(entry, &vb).map_err(|error| entry.does_not_fit(&error))
}

/// Builds the generator that `entry` describes from `tensors` instead of its file, as when they shall be written to one.
///
/// # Errors
/// One sentence when they do not fit the family and the sizes of the entry, or the family has no latents to explore.
pub fn manifold_of(
    entry: &Entry,
    tensors: impl IntoIterator<Item = (String, Tensor)>,
    device: &Device,
) -> std::result::Result<Arc<dyn Manifold>, WeightsError> {
    check_family(entry)?;
    build(entry, &tensors_of(tensors, device)).map_err(|error| entry.does_not_fit(&error))
}

fn check_family(entry: &Entry) -> std::result::Result<(), WeightsError> {
    if entry.family.is_manifold() {
        return Ok(());
    }
    Err(WeightsError::NoManifold { name: entry.name.clone(), family: entry.family.to_string() })
}

/// The generator of `entry` with the tensors of `vb`.
fn build(entry: &Entry, vb: &VarBuilder<'_>) -> Result<Arc<dyn Manifold>> {
    match entry.family {
        Family::Dcgan => {
            let config: dcgan::Config = sizes(entry)?;
            config.check()?;
            check_side(entry, config.side())?;
            Ok(Arc::new(dcgan::Model::new(&config, vb)?))
        }
        Family::Stylegan => {
            let config: stylegan1::Config = sizes(entry)?;
            check_side(entry, config.side)?;
            Ok(Arc::new(stylegan1::Model::new(&config, vb)?))
        }
        Family::Stylegan2 => {
            let config: stylegan2::Config = sizes(entry)?;
            check_side(entry, config.side)?;
            Ok(Arc::new(stylegan2::Model::new(&config, vb)?))
        }
        Family::Comodgan | Family::ContextEncoder | Family::Migan | Family::Pix2pix => {
            bail!("the family is no manifold")
        }
    }
}
