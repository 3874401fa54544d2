//! Latents as files: safetensors with one tensor, `z`, or of style-based generators `w` or `w_plus`.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use strum::{EnumIter, IntoEnumIterator as _, IntoStaticStr};

use super::WeightsError;
use super::entry::read;
use super::error::first_line;
use crate::imaging::io::write_atomic;

/// The largest file that is read; a latent has some thousand numbers at most.
const MAX_BYTES: u64 = 1 << 24;

/// What a latent's numbers are, by the name of their tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LatentKind {
    /// What a generator draws from, `[dim]`.
    Z,
    /// A style for all layers, `[dim]`.
    W,
    /// A style for each layer, `[n_layers, dim]`.
    WPlus,
}

/// A latent as a file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct LatentFile {
    /// What the numbers are.
    pub kind: LatentKind,
    /// The tensor's shape, without a leading 1.
    pub dims: Vec<usize>,
    /// Finite numbers, row after row.
    pub values: Vec<f32>,
}

impl LatentFile {
    /// Reads the safetensors file at `path`, which holds one of `z`, `w` and `w_plus`; of several the last named counts.
    ///
    /// # Errors
    /// One sentence when the file cannot be read, or holds no such latent.
    pub fn read(path: &Path) -> Result<Self, WeightsError> {
        let refuse = |reason: String| WeightsError::Latent { reason, path: path.to_path_buf() };
        let bytes = match read("", path, MAX_BYTES) {
            Err(WeightsError::Missing { .. }) => return Err(WeightsError::NoSuchFile { path: path.to_path_buf() }),
            Err(WeightsError::TooLarge { .. }) => return Err(refuse("no latent is that large".to_owned())),
            bytes => bytes?,
        };
        let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu);
        let tensors = tensors.map_err(|error| refuse(first_line(&error)))?;
        let found = LatentKind::iter().filter_map(|kind| Some((kind, tensors.get(<&str>::from(kind))?))).next_back();
        let (kind, tensor) = found.ok_or_else(|| refuse("it holds no tensor named z (nor w or w_plus)".to_owned()))?;
        let flat = tensor.to_dtype(DType::F32).and_then(|z| z.flatten_all()).and_then(|z| z.to_vec1::<f32>());
        let values = flat.map_err(|error| refuse(first_line(&error)))?;
        if !values.iter().all(|value| value.is_finite()) {
            return Err(refuse(format!("{} holds a number that is not finite", <&str>::from(kind))));
        }
        let rank = if kind == LatentKind::WPlus { 2 } else { 1 };
        let dims = match tensor.dims() {
            [1, rest @ ..] if rest.len() == rank => rest.to_vec(),
            dims => dims.to_vec(),
        };
        Ok(Self { kind, dims, values })
    }

    /// Why a network whose latent has other numbers cannot use this, of the file at `path`; `wanted` says in words what it
    /// takes.
    #[must_use]
    pub fn does_not_fit(&self, wanted: &str, path: &Path) -> WeightsError {
        let (name, dims) = (<&str>::from(self.kind), &self.dims);
        let reason = format!("{name} has the shape {dims:?}, the network's latent {wanted}");
        WeightsError::Latent { reason, path: path.to_path_buf() }
    }

    /// Writes the tensor in f32: a whole file or none.
    ///
    /// # Errors
    /// One sentence when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), WeightsError> {
        let refuse = |error: &dyn std::fmt::Display| WeightsError::Latent {
            reason: first_line(&error),
            path: path.to_path_buf(),
        };
        let tensor = Tensor::from_slice(&self.values, self.dims.as_slice(), &Device::Cpu);
        let tensor = tensor.map_err(|error| refuse(&error))?;
        let tensors = HashMap::from([(<&str>::from(self.kind), tensor)]);
        let bytes = safetensors::serialize(tensors, None).map_err(|error| refuse(&error))?;
        write_atomic(path, &bytes)?;
        Ok(())
    }
}

/// The latent `z` of a safetensors file: `dim` finite numbers, `[dim]` or `[1, dim]`.
///
/// # Errors
/// One sentence when the file cannot be read, or holds no such latent.
pub fn read_latent(path: &Path, dim: usize) -> Result<Vec<f32>, WeightsError> {
    let file = LatentFile::read(path)?;
    if file.kind != LatentKind::Z {
        let reason = "it holds no tensor named z".to_owned();
        return Err(WeightsError::Latent { reason, path: path.to_path_buf() });
    }
    if file.dims != [dim] {
        return Err(file.does_not_fit(&format!("{dim} numbers"), path));
    }
    Ok(file.values)
}

/// Writes `z` as `[dim]` in f32, for [`read_latent`]: a whole file or none.
///
/// # Errors
/// One sentence when it cannot be written.
pub fn write_latent(path: &Path, z: &[f32]) -> Result<(), WeightsError> {
    LatentFile { kind: LatentKind::Z, dims: vec![z.len()], values: z.to_vec() }.write(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latent_survives_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("z.safetensors");
        write_latent(&path, &[0.25, -1.0, 3.5]).unwrap();
        assert_eq!(read_latent(&path, 3).unwrap(), [0.25, -1.0, 3.5]);
        let row = Tensor::new(&[[0.5_f32, 1.5]], &Device::Cpu).unwrap();
        candle_core::safetensors::save(&HashMap::from([("z", row)]), &path).unwrap();
        assert_eq!(read_latent(&path, 2).unwrap(), [0.5, 1.5]);
    }

    #[test]
    fn styles_survive_their_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.safetensors");
        for (kind, dims) in [(LatentKind::W, vec![3]), (LatentKind::WPlus, vec![3, 1])] {
            let file = LatentFile { kind, dims, values: vec![0.5, 1.5, -2.0] };
            file.write(&path).unwrap();
            assert_eq!(LatentFile::read(&path).unwrap(), file);
            assert!(read_latent(&path, 3).unwrap_err().to_string().contains("no tensor named z"), "{kind:?}");
        }
    }

    #[test]
    fn what_is_no_latent_is_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("z.safetensors");
        let told = |dim: usize| read_latent(&path, dim).unwrap_err().to_string();
        assert!(told(3).contains("no such file"), "{}", told(3));
        for (name, values, part) in [
            ("v", vec![1.0_f32, 2.0], "no tensor named z"),
            ("z", vec![1.0, 2.0], "[2], the network's latent 3"),
            ("z", vec![1.0, f32::NAN, 0.0], "not finite"),
            ("z", Vec::new(), "[0]"),
        ] {
            let tensor = Tensor::new(values, &Device::Cpu).unwrap();
            candle_core::safetensors::save(&HashMap::from([(name, tensor)]), &path).unwrap();
            assert!(told(3).contains(part) && !told(3).contains('\n'), "{}", told(3));
        }
        std::fs::write(&path, b"nothing of the kind").unwrap();
        assert!(told(3).contains("the latent cannot be used"), "{}", told(3));
    }
}
