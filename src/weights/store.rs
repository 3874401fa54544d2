//! Adding models to a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Result as CandleResult, Tensor};

use super::entry::sha256_hex;
use super::error::first_line;
use super::manifest::{is_name, read_manifest, write_manifest};
use super::{Entry, WeightsError};
use crate::imaging::io::write_atomic;

/// What half precision can hold.
const F16_MOST: f32 = 65_504.0;
/// Below this, half precision loses digits.
const F16_LEAST: f32 = 6.103_515_6e-5;
/// Batch norm divides by variances, so the smallest of them count as much as the largest.
const VARIANCE: &str = ".running_var";

/// Writes `tensors` into `folder`, which is made if need be, and adds `entry` to its manifest; the entry comes back with the
/// file and its checksum in it.
///
/// Tensors are kept in half precision; one whose values that cannot hold stays in f32, as do batch norm's variances. The file is there before the
/// manifest names it, and both are complete or not there at all.
///
/// # Errors
/// When the name is taken or cannot be one, a value is not finite, or nothing can be written there.
pub fn add(
    folder: &Path,
    entry: Entry,
    tensors: impl IntoIterator<Item = (String, Tensor)>,
) -> Result<Entry, WeightsError> {
    let models = read_manifest(folder)?;
    if models.iter().any(|model| model.name == entry.name) {
        return Err(WeightsError::DuplicateName { name: entry.name, path: folder.join(super::MANIFEST) });
    }
    put(folder, models, entry, tensors)
}

/// As [`add`], but a model of that name is replaced; it stays as it was if anything fails.
///
/// # Errors
/// As [`add`].
pub fn replace(
    folder: &Path,
    entry: Entry,
    tensors: impl IntoIterator<Item = (String, Tensor)>,
) -> Result<Entry, WeightsError> {
    let (old, others): (Vec<Entry>, Vec<Entry>) =
        read_manifest(folder)?.into_iter().partition(|model| model.name == entry.name);
    let entry = put(folder, others, entry, tensors)?;
    for old in old.iter().filter(|old| old.file != entry.file) {
        // Nothing names it any longer; what cannot be removed does no harm.
        fs::remove_file(&old.file).ok();
    }
    Ok(entry)
}

fn put(
    folder: &Path,
    mut models: Vec<Entry>,
    mut entry: Entry,
    tensors: impl IntoIterator<Item = (String, Tensor)>,
) -> Result<Entry, WeightsError> {
    if !is_name(&entry.name) {
        return Err(WeightsError::BadName { name: entry.name });
    }
    let mut halved = BTreeMap::new();
    for (key, tensor) in tensors {
        let tensor = if key.ends_with(VARIANCE) { exact(&tensor) } else { halve(&tensor) };
        let tensor = tensor.map_err(|error| entry.does_not_fit(&format!("{key}: {}", first_line(&error))))?;
        let Some(tensor) = tensor else { return Err(WeightsError::NotFinite { name: entry.name, key }) };
        halved.insert(key, tensor);
    }
    let bytes = safetensors::serialize(&halved, None).map_err(|error| entry.does_not_fit(&error))?;
    entry.sha256 = sha256_hex(&bytes);
    entry.file = free_file(folder, &entry);
    fs::create_dir_all(folder)
        .map_err(|error| WeightsError::Unreadable { reason: error.to_string(), path: folder.to_path_buf() })?;
    write_atomic(&entry.file, &bytes)?;
    models.push(entry.clone());
    write_manifest(folder, &models)?;
    Ok(entry)
}

/// `NAME.safetensors`, or, so that no file that is in use is written over, with the checksum's first digits in it.
fn free_file(folder: &Path, entry: &Entry) -> PathBuf {
    let plain = folder.join(format!("{}.safetensors", entry.name));
    if !plain.exists() {
        return plain;
    }
    let digits = entry.sha256.get(..12).unwrap_or_default();
    folder.join(format!("{}-{digits}.safetensors", entry.name))
}

/// On the CPU in f32; `None` if a value is not finite.
fn exact(tensor: &Tensor) -> CandleResult<Option<Tensor>> {
    let tensor = tensor.detach().to_device(&Device::Cpu)?.to_dtype(DType::F32)?.contiguous()?;
    Ok(largest(&tensor)?.is_finite().then_some(tensor))
}

/// On the CPU in half precision where that holds the values, else in f32; `None` if a value is not finite.
fn halve(tensor: &Tensor) -> CandleResult<Option<Tensor>> {
    let Some(tensor) = exact(tensor)? else { return Ok(None) };
    let most = largest(&tensor)?;
    let fits = most == 0.0 || (F16_LEAST..=F16_MOST).contains(&most);
    Ok(Some(if fits { tensor.to_dtype(DType::F16)? } else { tensor }))
}

/// Whether all values are finite.
pub(super) fn is_finite(tensor: &Tensor) -> CandleResult<bool> {
    Ok(largest(&tensor.to_dtype(DType::F32)?)?.is_finite())
}

/// The largest magnitude; infinity if a value is not finite.
fn largest(tensor: &Tensor) -> CandleResult<f32> {
    let values = tensor.flatten_all()?.to_vec1::<f32>()?;
    let most = values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    // `max` passes over NaN.
    Ok(if values.iter().all(|value| value.is_finite()) { most } else { f32::INFINITY })
}
