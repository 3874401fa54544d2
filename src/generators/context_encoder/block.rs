//! What generator and adversary are built of: 4x4 kernels that halve or double a picture, and the two layers between 4x4
//! pixels and one.

use candle_core::{Result, Tensor};
use candle_nn::VarBuilder;

use crate::compute::{Activation, Conv, ConvTranspose, Epilogue, Weight, conv_transpose2d, conv2d};
use crate::generators::layers::SMALL_NORMAL;
use crate::generators::normed::{Layer, Norm};
use crate::generators::ops::{BatchStatistics, NORM_EPS, bias_act};

/// Side of the kernels.
pub(super) const KERNEL: usize = 4;
/// Side of the smallest square, which one more kernel covers whole.
pub(super) const FIRST_SIDE: usize = 4;
/// Where pictures are seen.
pub(super) const LEAKY: Activation = Activation::leaky(0.2);

pub(super) const HALVE: Conv = Conv::strided(2, 1);
pub(super) const DOUBLE: ConvTranspose = ConvTranspose::strided(2, 1);

/// Channels at `side` pixels: eight widths at 4, half as many at each doubling, one width from 32 on.
pub(super) const fn channels(width: usize, side: usize) -> usize {
    let times = 32 / side;
    if times == 0 { width } else { width * if times > 8 { 8 } else { times } }
}

/// Where a block's kernel takes the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Motion {
    /// To half the side.
    Halve,
    /// 4x4 pixels to one.
    Gather,
    /// One pixel to 4x4.
    Spread,
    /// To twice the side.
    Double,
}

impl Motion {
    fn weight(self, (c_in, c_out): (usize, usize), vb: &VarBuilder<'_>) -> Result<Tensor> {
        let (first, second) = if self.is_transposed() { (c_in, c_out) } else { (c_out, c_in) };
        vb.get_with_hints((first, second, KERNEL, KERNEL), "weight", SMALL_NORMAL)
    }

    const fn is_transposed(self) -> bool {
        matches!(self, Self::Spread | Self::Double)
    }

    fn run(self, xs: &Tensor, weight: &Weight, end: Epilogue<'_>) -> Result<Tensor> {
        match self {
            Self::Halve => conv2d(xs, weight, HALVE, end),
            Self::Double => conv_transpose2d(xs, weight, DOUBLE, end),
            // Between 4x4 pixels and one the kernel has one place: the layers are matrix products, and those of candle are
            // twice as fast as a convolution whose pictures are that small. This way round the weights' gradient lies in
            // memory as they do.
            Self::Gather => {
                let matrix = weight.tensor().flatten_from(1)?;
                let pixels = matrix.matmul(&xs.flatten_from(1)?.t()?)?.t()?;
                finished(&pixels.reshape((xs.dim(0)?, (), 1, 1))?, end)
            }
            Self::Spread => {
                let squares = xs.flatten_from(1)?.matmul(&weight.tensor().flatten_from(1)?)?;
                finished(&squares.reshape((xs.dim(0)?, (), FIRST_SIDE, FIRST_SIDE))?, end)
            }
        }
    }
}

fn finished(ys: &Tensor, end: Epilogue<'_>) -> Result<Tensor> {
    if end.bias.is_none() && end.activation == Activation::Identity {
        return Ok(ys.clone());
    }
    bias_act(ys, end.bias, end.activation)
}

/// A convolution without bias, batch norm, an activation: keys `conv.weight` and `norm.*`.
#[derive(Debug, Clone)]
pub(super) struct Block {
    layer: Layer,
    motion: Motion,
}

impl Block {
    pub(super) fn new(
        motion: Motion,
        channels: (usize, usize),
        activation: Activation,
        vb: &VarBuilder<'_>,
    ) -> Result<Self> {
        let norm = Norm::new(channels.1, NORM_EPS, &vb.pp("norm"))?;
        let weight = motion.weight(channels, &vb.pp("conv"))?;
        Ok(Self { layer: Layer::new(weight, norm, usize::from(motion.is_transposed()), activation)?, motion })
    }

    pub(super) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        self.layer.forward(|weight, end| self.motion.run(xs, weight, end))
    }

    /// The batch's statistics are pushed to `all`.
    pub(super) fn forward_train(&self, xs: &Tensor, all: &mut Vec<BatchStatistics>) -> Result<Tensor> {
        let (ys, statistics) = self.layer.forward_train(|weight, end| self.motion.run(xs, weight, end))?;
        all.push(statistics);
        Ok(ys)
    }
}

/// Halves a picture of three colours down to 4x4 pixels: blocks `0`, `1`, …, the first without batch norm.
#[derive(Debug, Clone)]
pub(super) struct Trunk {
    first: Weight,
    blocks: Vec<Block>,
}

impl Trunk {
    pub(super) fn new(side: usize, width: usize, vb: &VarBuilder<'_>) -> Result<Self> {
        let first = Motion::Halve.weight((3, channels(width, side / 2)), &vb.pp(0).pp("conv"))?;
        let blocks = (1..n_halvings(side)).map(|at| {
            let (large, small) = (side >> at, side >> (at + 1));
            Block::new(Motion::Halve, (channels(width, large), channels(width, small)), LEAKY, &vb.pp(at))
        });
        Ok(Self { first: Weight::new(&first)?, blocks: blocks.collect::<Result<_>>()? })
    }

    pub(super) fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        self.blocks.iter().try_fold(self.begin(xs)?, |xs, block| block.forward(&xs))
    }

    pub(super) fn forward_train(&self, xs: &Tensor, all: &mut Vec<BatchStatistics>) -> Result<Tensor> {
        self.blocks.iter().try_fold(self.begin(xs)?, |xs, block| block.forward_train(&xs, all))
    }

    fn begin(&self, xs: &Tensor) -> Result<Tensor> {
        conv2d(xs, &self.first, HALVE, Epilogue::new(None, LEAKY))
    }
}

/// Layers from `side` pixels to 4.
pub(super) const fn n_halvings(side: usize) -> usize {
    (side / FIRST_SIDE).trailing_zeros() as usize
}

/// Multiplications of a [`Trunk`] for one picture.
pub(super) fn trunk_macs(side: usize, width: usize) -> usize {
    let layers = (0..n_halvings(side)).map(|at| {
        let c_in = if at == 0 { 3 } else { channels(width, side >> at) };
        let small = side >> (at + 1);
        c_in * channels(width, small) * KERNEL * KERNEL * small * small
    });
    layers.sum()
}
