//! Directions of a model's styles as files: safetensors with one tensor `direction`, and in its metadata what it is called.
//!
//! They lie in a folder for each model: `directions/<model>/<name>.safetensors` beside the models of the user.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use safetensors::SafeTensors;

use super::WeightsError;
use super::entry::read;
use super::error::first_line;
use super::manifest::is_name;
use crate::imaging::io::write_atomic;

/// The largest file that is read; a direction has some hundred numbers.
const MAX_BYTES: u64 = 1 << 20;
/// The most directions of one model.
const MOST: usize = 500;
const KEY: &str = "direction";

/// A direction in which a model's styles differ.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedDirection {
    /// What it is called: not empty, of at most 100 bytes, without control characters.
    pub name: String,
    /// As many numbers as a style.
    pub vector: Vec<f32>,
    /// The unit of a step along it.
    pub sigma: f32,
}

/// The folder of the directions of `model` in the folder of models `weights`.
fn folder_of(weights: &Path, model: &str) -> Result<PathBuf, WeightsError> {
    let folder = weights.join("directions");
    if is_name(model) { Ok(folder.join(model)) } else { Err(refusal(&folder, format!("\"{model}\" names no model"))) }
}

/// The directions of `model` that were saved in `weights`, by name, and a sentence about each file that is none. A folder that
/// is not there holds none.
///
/// # Errors
/// When the folder cannot be read.
pub fn read_directions(weights: &Path, model: &str) -> Result<(Vec<SavedDirection>, Vec<WeightsError>), WeightsError> {
    let folder = folder_of(weights, model)?;
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
        entries => entries.map_err(|error| refusal(&folder, error.kind().to_string()))?,
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|is| is == "safetensors")).collect();
    paths.sort();
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for path in paths.iter().take(MOST) {
        match read_direction(path) {
            Ok(direction) => found.push(direction),
            Err(error) => problems.push(error),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((found, problems))
}

/// Writes `direction` of `model` into `weights`, over one of the same name. Returns the file.
///
/// # Errors
/// When it has no name, its numbers are not finite, or the file cannot be written.
pub fn write_direction(weights: &Path, model: &str, direction: &SavedDirection) -> Result<PathBuf, WeightsError> {
    let folder = folder_of(weights, model)?;
    let path = folder.join(file_name(&direction.name));
    check(direction).map_err(|reason| refusal(&path, reason))?;
    std::fs::create_dir_all(&folder).map_err(|error| refusal(&folder, error.kind().to_string()))?;
    let tensor = Tensor::from_slice(&direction.vector, direction.vector.len(), &Device::Cpu);
    let tensor = tensor.map_err(|error| refusal(&path, first_line(&error)))?;
    let told = HashMap::from([
        ("name".to_owned(), direction.name.clone()),
        ("model".to_owned(), model.to_owned()),
        ("sigma".to_owned(), direction.sigma.to_string()),
    ]);
    let bytes = safetensors::serialize(HashMap::from([(KEY, tensor)]), Some(told));
    write_atomic(&path, &bytes.map_err(|error| refusal(&path, first_line(&error)))?)?;
    Ok(path)
}

/// Deletes the direction `name` of `model` from `weights`. One that is not there is deleted already.
///
/// # Errors
/// When the file cannot be deleted.
pub fn delete_direction(weights: &Path, model: &str, name: &str) -> Result<(), WeightsError> {
    let path = folder_of(weights, model)?.join(file_name(name));
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(refusal(&path, error.kind().to_string())),
        _ => Ok(()),
    }
}

fn read_direction(path: &Path) -> Result<SavedDirection, WeightsError> {
    let bytes = read("", path, MAX_BYTES)?;
    let refuse = |reason: &str| refusal(path, reason.to_owned());
    let (_, told) = SafeTensors::read_metadata(&bytes).map_err(|error| refusal(path, first_line(&error)))?;
    let told = told.metadata().as_ref().ok_or_else(|| refuse("it does not say what it is called"))?;
    let name = told.get("name").cloned().ok_or_else(|| refuse("it does not say what it is called"))?;
    let sigma = told.get("sigma").and_then(|text| text.parse().ok());
    let sigma = sigma.ok_or_else(|| refuse("it does not say how long a step is"))?;
    let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu);
    let tensors = tensors.map_err(|error| refusal(path, first_line(&error)))?;
    let tensor = tensors.get(KEY).ok_or_else(|| refuse("it holds no tensor named direction"))?;
    let flat = tensor.to_dtype(DType::F32).and_then(|tensor| tensor.flatten_all()?.to_vec1::<f32>());
    let vector = flat.map_err(|error| refusal(path, first_line(&error)))?;
    let direction = SavedDirection { name, vector, sigma };
    check(&direction).map_err(|reason| refusal(path, reason))?;
    Ok(direction)
}

fn check(direction: &SavedDirection) -> Result<(), String> {
    let SavedDirection { name, vector, sigma } = direction;
    let complaint = match () {
        () if name.trim().is_empty() => "a direction needs a name",
        () if name.len() > 100 || name.chars().any(char::is_control) => "its name is too long, or is none",
        () if vector.is_empty() || vector.len() > 8192 => "no style has so many numbers",
        () if !sigma.is_finite() || !vector.iter().all(|value| value.is_finite()) => "a number in it is not finite",
        () => return Ok(()),
    };
    Err(complaint.to_owned())
}

/// Letters and digits of `name`, the rest as `-`, and a checksum that keeps names apart that differ in the rest only.
fn file_name(name: &str) -> String {
    let plain: String = name.chars().take(40).map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    format!("{plain}-{:08x}.safetensors", crc32fast::hash(name.as_bytes()))
}

fn refusal(path: &Path, reason: String) -> WeightsError {
    WeightsError::Direction { reason, path: path.to_path_buf() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direction(name: &str) -> SavedDirection {
        SavedDirection { name: name.to_owned(), vector: vec![0.6, -0.8], sigma: 1.25 }
    }

    #[test]
    fn directions_are_kept_by_name_for_each_model() {
        let folder = tempfile::tempdir().unwrap();
        let read = |model: &str| read_directions(folder.path(), model).unwrap();
        assert_eq!(read("cats"), (Vec::new(), Vec::new()), "nothing was saved yet");
        for name in ["smile", "웃음", "a/../b", "smile"] {
            let path = write_direction(folder.path(), "cats", &direction(name)).unwrap();
            assert_eq!(path.parent(), Some(folder.path().join("directions/cats").as_path()), "{name} lies there");
        }
        let names: Vec<String> = read("cats").0.into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["a/../b", "smile", "웃음"], "one a name");
        assert_eq!(read("cats").0[1], direction("smile"), "as it was");
        assert_eq!(read("dogs").0, Vec::new(), "of this model");
        delete_direction(folder.path(), "cats", "smile").unwrap();
        delete_direction(folder.path(), "cats", "smile").unwrap();
        assert_eq!(read("cats").0.len(), 2, "gone");
    }

    #[test]
    fn what_is_no_direction_is_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let told =
            |direction: &SavedDirection| write_direction(folder.path(), "cats", direction).unwrap_err().to_string();
        assert!(told(&direction(" ")).contains("needs a name"));
        assert!(told(&SavedDirection { sigma: f32::NAN, ..direction("a") }).contains("not finite"));
        assert!(write_direction(folder.path(), "../cats", &direction("a")).is_err(), "no way out of the folder");
        write_direction(folder.path(), "cats", &direction("good")).unwrap();
        std::fs::write(folder.path().join("directions/cats/broken.safetensors"), b"nothing of the kind").unwrap();
        let (found, problems) = read_directions(folder.path(), "cats").unwrap();
        assert_eq!((found.len(), problems.len()), (1, 1), "the others are there");
        assert!(problems[0].to_string().contains("the direction cannot be used"), "{}", problems[0]);
    }
}
