//! Latents as files: safetensors with one tensor `z`.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};

use super::WeightsError;
use super::entry::read;
use super::error::first_line;
use crate::imaging::io::write_atomic;

/// The largest file that is read; a latent has some hundred numbers.
const MAX_BYTES: u64 = 1 << 24;
const KEY: &str = "z";

/// The latent `z` of a safetensors file: `dim` finite numbers, `[dim]` or `[1, dim]`.
///
/// # Errors
/// One sentence when the file cannot be read, or holds no such latent.
pub fn read_latent(path: &Path, dim: usize) -> Result<Vec<f32>, WeightsError> {
    let refuse = |reason: String| WeightsError::Latent { reason, path: path.to_path_buf() };
    let bytes = match read("", path, MAX_BYTES) {
        Err(WeightsError::Missing { .. }) => return Err(WeightsError::NoSuchFile { path: path.to_path_buf() }),
        Err(WeightsError::TooLarge { .. }) => return Err(refuse("no latent is that large".to_owned())),
        bytes => bytes?,
    };
    let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu);
    let tensors = tensors.map_err(|error| refuse(first_line(&error)))?;
    let z = tensors.get(KEY).ok_or_else(|| refuse("it holds no tensor named z".to_owned()))?;
    if z.rank() > 2 || z.elem_count() != dim || z.dims().last() != Some(&dim) {
        return Err(refuse(format!("z has the shape {:?}, the network's latent {dim} numbers", z.dims())));
    }
    let flat = z.to_dtype(DType::F32).and_then(|z| z.flatten_all()).and_then(|z| z.to_vec1::<f32>());
    let values = flat.map_err(|error| refuse(first_line(&error)))?;
    let is_finite = values.iter().all(|value| value.is_finite());
    if is_finite { Ok(values) } else { Err(refuse("z holds a number that is not finite".to_owned())) }
}

/// Writes `z` as `[dim]` in f32, for [`read_latent`]: a whole file or none.
///
/// # Errors
/// One sentence when it cannot be written.
pub fn write_latent(path: &Path, z: &[f32]) -> Result<(), WeightsError> {
    let refuse =
        |error: &dyn std::fmt::Display| WeightsError::Latent { reason: first_line(&error), path: path.to_path_buf() };
    let tensor = Tensor::from_slice(z, z.len(), &Device::Cpu).map_err(|error| refuse(&error))?;
    let bytes = safetensors::serialize(HashMap::from([(KEY, tensor)]), None).map_err(|error| refuse(&error))?;
    write_atomic(path, &bytes)?;
    Ok(())
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
    fn what_is_no_latent_is_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("z.safetensors");
        let told = |dim: usize| read_latent(&path, dim).unwrap_err().to_string();
        assert!(told(3).contains("no such file"), "{}", told(3));
        for (name, values, part) in [
            ("w", vec![1.0_f32, 2.0], "no tensor named z"),
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
