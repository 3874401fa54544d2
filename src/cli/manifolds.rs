//! The models that draw pictures from latents, by name.

use std::sync::Arc;

use super::args::Common;
use super::errors::CliError;
use super::models;
use crate::generators::catalog;
use crate::generators::manifold::Manifold;
use crate::weights::Entry;

/// The model called `name` and what its manifest says of it.
pub(super) fn open(name: &str, common: &Common) -> Result<(Entry, Arc<dyn Manifold>), CliError> {
    let all = models::catalog(common)?;
    let Some(entry) = all.find(name) else {
        let known = all.entries().iter().filter(|entry| entry.family.is_manifold()).map(|entry| entry.name.as_str());
        let known = known.collect::<Vec<_>>().join(", ");
        let unknown = |known| CliError::UnknownModel { name: name.to_owned(), known };
        return Err(if known.is_empty() { CliError::NoManifolds } else { unknown(known) });
    };
    // Latents are made on the CPU, so the network has to be there too.
    let manifold = catalog::manifold(entry, &candle_core::Device::Cpu)?;
    Ok((entry.clone(), manifold))
}
