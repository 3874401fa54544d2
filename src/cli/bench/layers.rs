//! The `conv` suite: layers of the generators that the program runs, one at a time.

use candle_core::{Device, Result, Tensor, Var};
use serde::Serialize;

use super::super::errors::CliError;
use super::{Clock, percent};
use crate::compute::{Activation, Conv, ConvTranspose, Epilogue, Weight, conv_transpose2d, conv2d};
use crate::generators::seeded_uniform;

/// One convolution on square pictures.
#[derive(Clone, Copy)]
pub(super) struct Layer {
    is_transposed: bool,
    c_in: usize,
    c_out: usize,
    kernel: usize,
    stride: usize,
    /// Height and width of the input.
    side: usize,
    batch: usize,
}

const fn conv(c_in: usize, c_out: usize, kernel: usize, stride: usize, side: usize, batch: usize) -> Layer {
    Layer { is_transposed: false, c_in, c_out, kernel, stride, side, batch }
}

const fn convt(c_in: usize, c_out: usize, side: usize, batch: usize) -> Layer {
    Layer { is_transposed: true, c_in, c_out, kernel: 4, stride: 2, side, batch }
}

pub(super) const SUITE: [Layer; 25] = [
    conv(256, 256, 3, 1, 64, 1), // pix2pix ResNet block at 256 px
    conv(128, 128, 3, 1, 128, 1),
    conv(64, 64, 3, 1, 256, 1),
    conv(3, 64, 7, 1, 256, 1),   // pix2pix stem
    conv(64, 3, 7, 1, 256, 1),   // pix2pix head
    conv(64, 128, 3, 2, 256, 1), // pix2pix down
    conv(512, 512, 3, 1, 16, 1), // StyleGAN, CoModGAN
    conv(512, 512, 3, 1, 32, 1),
    conv(512, 512, 1, 1, 32, 1),
    conv(64, 128, 4, 2, 64, 16), // PatchGAN, Context Encoder
    conv(128, 256, 4, 2, 32, 16),
    conv(32, 64, 4, 2, 128, 1), // live U-Net at 256 px, and at 128
    conv(32, 64, 4, 2, 64, 1),
    conv(64, 128, 4, 2, 32, 1),
    convt(512, 128, 16, 1),
    convt(512, 128, 8, 1),
    convt(256, 64, 32, 1),
    convt(256, 64, 16, 1),
    convt(128, 32, 64, 1),
    convt(128, 32, 32, 1),
    convt(512, 256, 8, 1), // DCGAN
    convt(256, 128, 16, 1),
    convt(128, 64, 32, 1),
    convt(256, 128, 16, 64), // 64 latent starts at once
    convt(128, 64, 32, 64),
];

/// Slope of the leaky ReLU that the forward pass ends with.
const SLOPE: f64 = 0.2;

/// What is told of one layer.
#[derive(Serialize)]
pub(super) struct LayerRow {
    name: String,
    /// Inference: frozen weights, bias and leaky ReLU.
    forward_ms: f64,
    /// The plain convolution forward, and the gradients of its input and weights.
    train_ms: f64,
    /// Rate of the forward pass, as if it were computed by the definition.
    pub(super) gflops: f64,
    /// That rate as a share of the peak; a method that saves multiplications can pass 1.
    pub(super) peak_share: Option<f64>,
    /// Rate of the three passes of training.
    train_gflops: f64,
}

pub(super) const HEADING: &str =
    "layer                           forward ms   GFLOP/s    of peak     train ms   GFLOP/s";

impl LayerRow {
    pub(super) fn line(&self) -> String {
        let Self { name, forward_ms, train_ms, gflops, peak_share, train_gflops } = self;
        let share = percent(*peak_share);
        format!("{name:30}{forward_ms:>12.3}{gflops:>10.1}{share:>11}{train_ms:>13.3}{train_gflops:>10.1}")
    }
}

/// Times one layer.
pub(super) fn time(clock: &Clock, layer: &Layer) -> std::result::Result<LayerRow, CliError> {
    let operands = Operands::new(layer, &clock.device)?;
    let forward_ms = clock.best_ms(|| operands.forward(layer))?;
    let train_ms = clock.best_ms(|| operands.train(layer))?;
    let gflops = layer.flops() / forward_ms / 1e6;
    Ok(LayerRow {
        name: layer.name(),
        forward_ms,
        train_ms,
        gflops,
        peak_share: None,
        train_gflops: 3.0 * layer.flops() / train_ms / 1e6,
    })
}

impl Layer {
    pub(super) fn name(&self) -> String {
        let Self { is_transposed, c_in, c_out, kernel, stride, side, batch } = self;
        let kind = if *is_transposed { "convt" } else { "conv" };
        format!("{kind} {c_in}-{c_out} k{kernel} s{stride} hw{side} b{batch}")
    }

    const fn padding(&self) -> usize {
        if self.kernel == 4 { 1 } else { self.kernel / 2 }
    }

    /// Additions and multiplications of the definition.
    const fn flops(&self) -> f64 {
        let places = if self.is_transposed { self.side } else { self.side / self.stride };
        let macs = self.batch * self.c_in * self.c_out * self.kernel * self.kernel * places * places;
        2.0 * macs as f64
    }

    fn call(&self, xs: &Tensor, weight: &Weight, epilogue: Epilogue<'_>) -> Result<Tensor> {
        let (stride, padding) = (self.stride, self.padding());
        if self.is_transposed {
            conv_transpose2d(xs, weight, ConvTranspose::strided(stride, padding), epilogue)
        } else {
            conv2d(xs, weight, Conv::strided(stride, padding), epilogue)
        }
    }
}

/// The tensors of one layer.
struct Operands {
    xs: Tensor,
    frozen: Weight,
    bias: Tensor,
    /// The same values as variables.
    xs_var: Var,
    weight_var: Var,
}

impl Operands {
    fn new(layer: &Layer, device: &Device) -> Result<Self> {
        let Layer { is_transposed, c_in, c_out, kernel, side, batch, .. } = *layer;
        let (first, second) = if is_transposed { (c_in, c_out) } else { (c_out, c_in) };
        let xs = seeded_uniform((batch, c_in, side, side), 0, "input")?.to_device(device)?;
        let bound = ((c_in * kernel * kernel) as f64).sqrt().recip();
        let weight =
            seeded_uniform((first, second, kernel, kernel), 0, "weight")?.to_device(device)?.affine(bound, 0.0)?;
        Ok(Self {
            frozen: Weight::frozen(&weight)?,
            bias: seeded_uniform(c_out, 0, "bias")?.to_device(device)?.affine(bound, 0.0)?,
            xs_var: Var::from_tensor(&xs)?,
            weight_var: Var::from_tensor(&weight)?,
            xs,
        })
    }

    fn forward(&self, layer: &Layer) -> Result<Tensor> {
        layer.call(&self.xs, &self.frozen, Epilogue::new(Some(&self.bias), Activation::leaky(SLOPE)))
    }

    /// Both gradients. candle starts a backward pass with ones of the result's shape: as dense as any other gradient.
    fn train(&self, layer: &Layer) -> Result<[Option<Tensor>; 2]> {
        let weight = Weight::live(self.weight_var.as_tensor().clone());
        let ys = layer.call(self.xs_var.as_tensor(), &weight, Epilogue::default())?;
        let mut gradients = ys.backward()?;
        Ok([gradients.remove(&self.xs_var), gradients.remove(&self.weight_var)])
    }
}
