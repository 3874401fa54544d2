//! Features of whole pictures on a network that the user names.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;

use super::{EvalError, Picture};
use crate::generators::vgg::{Config, MIN_SIDE, Trunk, keys};

/// VGG16's convolutions from a file, and the name under which distances on them are told.
#[derive(Debug)]
pub struct FeatureTrunk {
    name: String,
    trunk: Trunk,
    /// LPIPS's weights of the channels of each level, `[1, c, 1, 1]`; empty if the file has none.
    linear: Vec<Tensor>,
    is_standard: bool,
    device: Device,
}

impl FeatureTrunk {
    /// Reads a safetensors file with torchvision's names. Channels are taken from the shapes found.
    ///
    /// # Errors
    /// When the file cannot be read, or holds anything but such a trunk; the sentence says which keys are wanted.
    pub fn open(path: &Path, device: &Device) -> Result<Self, EvalError> {
        let first_line = |error: candle_core::Error| error.to_string().lines().next().unwrap_or_default().to_owned();
        let unreadable = |error| EvalError::Features { reason: first_line(error), path: path.to_owned() };
        let bytes = std::fs::read(path)
            .map_err(|error| EvalError::Features { reason: error.kind().to_string(), path: path.to_owned() })?;
        let tensors = candle_core::safetensors::load_buffer(&bytes, device).map_err(unreadable)?;
        let unfit = |what: String| EvalError::NotATrunk { what, path: path.to_owned() };
        let config = config(&tensors).map_err(unfit)?;
        let linear = linear(&tensors, &config, device).map_err(unfit)?;
        let is_standard = config == Config::vgg16();
        let vb = VarBuilder::from_tensors(tensors, DType::F32, device);
        let trunk = Trunk::new(&config, &vb).map_err(|error| unfit(first_line(error)))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, trunk, linear, is_standard, device: device.clone() })
    }

    /// The file's name without extension.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is the network of LPIPS (Zhang et al., The Unreasonable Effectiveness of Deep Features as a Perceptual Metric,
    /// 2018): VGG16 in its own sizes, with the weights `lin0.model.1.weight` to `lin4.model.1.weight` of its channels.
    #[must_use]
    pub const fn is_published(&self) -> bool {
        self.is_standard && !self.linear.is_empty()
    }

    /// The features after each block, the first block first, each `[n, c, h, w]`, of pictures `[n, 3, h, w]` in -1..1.
    ///
    /// # Errors
    /// When a side is below 16 pixels, or candle cannot compute them.
    pub(super) fn levels(&self, pictures: &Tensor) -> candle_core::Result<Vec<Tensor>> {
        let (_, _, height, width) = pictures.dims4()?;
        if width.min(height) < MIN_SIDE {
            candle_core::bail!("a trunk needs pictures of at least {MIN_SIDE} pixels, not {width} x {height}");
        }
        self.trunk.levels(&pictures.to_device(&self.device)?)
    }

    /// LPIPS's weights of the channels of a level, `[1, c, 1, 1]`, if the file has any.
    pub(super) fn linear(&self, level: usize) -> Option<&Tensor> {
        self.linear.get(level)
    }

    /// The features of a picture, averaged over all positions; `None` when a side is below 16 pixels.
    ///
    /// # Errors
    /// When candle cannot compute them.
    pub fn features(&self, picture: &Picture) -> Result<Option<Vec<f32>>, EvalError> {
        let (width, height) = (picture.size().width as usize, picture.size().height as usize);
        if width.min(height) < MIN_SIDE {
            return Ok(None);
        }
        let planar: Vec<f32> =
            (0..3).flat_map(|c| picture.data().iter().map(move |rgb| rgb[c] / 127.5 - 1.0)).collect();
        let image = Tensor::from_vec(planar, (1, 3, height, width), &self.device)?;
        Ok(Some(self.trunk.pooled(&image)?.squeeze(0)?.to_vec1()?))
    }
}

/// LPIPS's linear layers, if the file has all of them.
fn linear(tensors: &HashMap<String, Tensor>, config: &Config, device: &Device) -> Result<Vec<Tensor>, String> {
    let found = (0..config.widths.len()).map(|at| tensors.get(&format!("lin{at}.model.1.weight")));
    let Some(found) = found.collect::<Option<Vec<_>>>() else { return Ok(Vec::new()) };
    let bring = |(at, weights): (usize, &Tensor)| {
        let weights = weights.reshape((1, config.widths[at], 1, 1)).and_then(|weights| weights.to_dtype(DType::F32));
        weights.and_then(|weights| weights.to_device(device)).map_err(|_shape| format!("lin{at} has another shape"))
    };
    found.into_iter().enumerate().map(bring).collect()
}

/// The channels of the blocks, from the last bias of each.
fn config(tensors: &HashMap<String, Tensor>) -> Result<Config, String> {
    if let Some(missing) = keys().into_iter().find(|key| !tensors.contains_key(key)) {
        return Err(format!("it has no {missing}"));
    }
    let widths = [2, 7, 14, 21, 28].map(|at| tensors.get(&format!("features.{at}.bias")).map_or(0, Tensor::elem_count));
    Ok(Config { widths })
}
