//! The convolutional trunk of VGG16 (Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
//! Recognition", ICLR 2015, configuration D): features for perceptual losses and for comparing sets of pictures.
//!
//! Keys are torchvision's: `features.N.weight` and `features.N.bias`, see [`keys`]. No weights come with the program.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use super::layers::{Bias, ConvLayer, Sizes};
use crate::compute::Conv;

/// Numbers of the convolutions in torchvision's `features`, block by block; a pooling follows each block but the last.
const BLOCKS: [&[usize]; 5] = [&[0, 2], &[5, 7], &[10, 12, 14], &[17, 19, 21], &[24, 26, 28]];

/// Mean and deviation of the training pictures, per channel, for colours in 0..=1.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];

/// Pictures must be at least this wide and high, so that four poolings leave a pixel.
pub const MIN_SIDE: usize = 16;

/// Channels of the five blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// From the first block to the last.
    pub widths: [usize; 5],
}

impl Config {
    /// The published sizes: 14.7 M parameters.
    #[must_use]
    pub const fn vgg16() -> Self {
        Self { widths: [64, 128, 256, 512, 512] }
    }
}

/// The names of all tensors of a trunk, weights before biases, first layer first.
#[must_use]
pub fn keys() -> Vec<String> {
    let layers = BLOCKS.iter().flat_map(|block| block.iter());
    layers.flat_map(|at| [format!("features.{at}.weight"), format!("features.{at}.bias")]).collect()
}

/// The trunk from `conv1_1` to the activation after `conv5_3`.
#[derive(Debug, Clone)]
pub struct Trunk {
    blocks: Vec<Vec<ConvLayer>>,
}

impl Trunk {
    /// Reads [`keys`] from `vb`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let mut c_in = 3;
        let mut blocks = Vec::new();
        for (layers, c_out) in BLOCKS.iter().zip(config.widths) {
            let mut block = Vec::new();
            for at in *layers {
                let vb = vb.pp(format!("features.{at}"));
                block.push(ConvLayer::new(Sizes { c_in, c_out, kernel: 3 }, Conv::padded(1), Bias::With, &vb)?);
                c_in = c_out;
            }
            blocks.push(block);
        }
        Ok(Self { blocks })
    }

    /// What each block gives after its last activation, first block first: for pictures `[n, 3, h, w]` in -1..1 with sides
    /// of at least [`MIN_SIDE`], tensors `[n, c, h / 2^block, w / 2^block]`, rounded down.
    ///
    /// # Errors
    /// When candle cannot compute it.
    pub fn levels(&self, images: &Tensor) -> Result<Vec<Tensor>> {
        self.levels_of(&normalized(images)?)
    }

    /// As [`Trunk::levels`], for what was brought to the trunk's own range already.
    pub(super) fn levels_of(&self, prepared: &Tensor) -> Result<Vec<Tensor>> {
        let mut xs = prepared.clone();
        let mut levels = Vec::new();
        for (at, block) in self.blocks.iter().enumerate() {
            if at > 0 {
                xs = xs.max_pool2d(2)?;
            }
            for layer in block {
                xs = layer.forward(&xs)?.relu()?;
            }
            levels.push(xs.clone());
        }
        Ok(levels)
    }

    /// The last of [`Trunk::levels`], averaged over all positions: `[n, c]`.
    ///
    /// # Errors
    /// When candle cannot compute it.
    pub fn pooled(&self, images: &Tensor) -> Result<Tensor> {
        let Some(last) = self.levels(images)?.pop() else { candle_core::bail!("the trunk has no blocks") };
        last.mean((2, 3))
    }
}

/// Pictures in -1..1 as the trunk was trained with them.
fn normalized(images: &Tensor) -> Result<Tensor> {
    let channel = |values: [f32; 3]| Tensor::new(&values, images.device())?.reshape((1, 3, 1, 1));
    let colors = images.affine(0.5, 0.5)?;
    colors.broadcast_sub(&channel(MEAN)?)?.broadcast_div(&channel(DEVIATION)?)
}
