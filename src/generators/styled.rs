//! What `StyleGAN2` and `CoModGAN` share: the mapping network, convolutions with a style and noise, the layer that writes
//! colours (Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020).

use candle_core::{Device, Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::layers::NORMAL;
use super::ops::{EqualLinear, ModulatedConv, Resample, StyledEpilogue, pixel_norm};
use super::seeded_normal;
use crate::compute::Activation;

/// Leaky ReLU with slope 0.2, times the square root of 2.
pub(super) const LEAKY: Activation = Activation::LeakyRelu { slope: LEAKY_SLOPE, gain: LEAKY_GAIN };
pub(super) const LEAKY_SLOPE: f64 = 0.2;
pub(super) const LEAKY_GAIN: f64 = std::f64::consts::SQRT_2;
/// The mapping network learns this much slower than the rest.
const MAPPING_LR: f64 = 0.01;
/// Latents whose styles are averaged where a mean style is estimated.
const MEAN_SAMPLES: usize = 4096;

/// Where the noise that a synthesis adds comes from.
#[derive(Debug, Clone, Copy)]
pub enum Noise<'a> {
    /// The maps that are kept with the weights: the same for every picture.
    Constant,
    /// Those maps, so many times as strong.
    Scaled(f64),
    /// No noise.
    None,
    /// One map `[n or 1, 1, h, w]` for each convolution with noise, smallest first.
    Maps(&'a [Tensor]),
}

impl<'a> Noise<'a> {
    /// The map of the convolution `at`, whose own is `constant`.
    pub(super) fn map(self, at: usize, constant: &'a Tensor) -> Result<Option<&'a Tensor>> {
        match self {
            Self::Constant | Self::Scaled(_) => Ok(Some(constant)),
            Self::None => Ok(None),
            Self::Maps(maps) => match maps.get(at) {
                Some(map) => Ok(Some(map)),
                None => candle_core::bail!("there are {} noise maps, convolution {at} has none", maps.len()),
            },
        }
    }

    /// What its maps are multiplied by beside what the network has learned.
    pub(super) const fn factor(self) -> f64 {
        match self {
            Self::Scaled(factor) => factor,
            Self::Constant | Self::None | Self::Maps(_) => 1.0,
        }
    }
}

/// The network from latents to styles: pixel norm, then fully connected layers.
#[derive(Debug, Clone)]
pub struct Mapping {
    layers: Vec<EqualLinear>,
    clamp: Option<f64>,
}

impl Mapping {
    /// One layer of `dim` to `dim` for each of `places`, with the keys `weight` and `bias`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(super) fn new<'v>(
        dim: usize,
        clamp: Option<f64>,
        places: impl Iterator<Item = VarBuilder<'v>>,
    ) -> Result<Self> {
        let layers = places.map(|vb| {
            let weight =
                vb.get_with_hints((dim, dim), "weight", Init::Randn { mean: 0.0, stdev: MAPPING_LR.recip() })?;
            let bias = vb.get_with_hints(dim, "bias", Init::Const(0.0))?;
            EqualLinear::new(weight, Some(bias), MAPPING_LR, LEAKY)
        });
        Ok(Self { layers: layers.collect::<Result<_>>()?, clamp })
    }

    /// `zs` `[n, dim]`, normally distributed, to styles `[n, dim]`.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, zs: &Tensor) -> Result<Tensor> {
        let mut ws = pixel_norm(zs)?;
        for layer in &self.layers {
            ws = clamped(layer.forward(&ws)?, self.clamp)?;
        }
        Ok(ws)
    }
}

/// One style `[n, dim]` for all layers: `[n, n_layers, dim]`.
///
/// # Errors
/// When `ws` is not of rank 2.
pub fn same_for_all_layers(ws: &Tensor, n_layers: usize) -> Result<Tensor> {
    let (n, dim) = ws.dims2()?;
    ws.unsqueeze(1)?.broadcast_as((n, n_layers, dim))?.contiguous()
}

/// `mean + psi (ws - mean)`: `ws` `[n, n_layers, dim]` nearer to the mean style `[dim]`, for likelier and duller pictures.
///
/// # Errors
/// When the shapes do not fit.
pub fn truncated(ws: &Tensor, mean: &Tensor, psi: f64) -> Result<Tensor> {
    ws.affine(psi, 0.0)?.broadcast_add(&mean.affine(1.0 - psi, 0.0)?)
}

/// The mean `[dim]` of the styles of many latents, always the same ones: what truncation pulls to where a file does not say it.
///
/// # Errors
/// When candle cannot compute.
pub(super) fn estimated_mean(mapping: &Mapping, dim: usize, device: &Device) -> Result<Tensor> {
    let zs = seeded_normal((MEAN_SAMPLES, dim), 0, "mean style")?.to_device(device)?;
    mapping.forward(&zs)?.mean(0)
}

/// The style of the layer `at`, `[n, dim]`.
pub(super) fn style_of(ws: &Tensor, at: usize) -> Result<Tensor> {
    ws.narrow(1, at, 1)?.squeeze(1)?.contiguous()
}

/// Cut to `-limit..limit` where there is a limit.
pub(super) fn clamped(xs: Tensor, limit: Option<f64>) -> Result<Tensor> {
    match limit {
        None => Ok(xs),
        Some(limit) => xs.clamp(-limit, limit),
    }
}

/// The affine layer from a style of `dim` numbers to factors for `channels`: keys `weight`, `bias` (which begins as 1).
pub(super) fn affine(dim: usize, channels: usize, vb: &VarBuilder<'_>) -> Result<EqualLinear> {
    let weight = vb.get_with_hints((channels, dim), "weight", NORMAL)?;
    let bias = vb.get_with_hints(channels, "bias", Init::Const(1.0))?;
    EqualLinear::new(weight, Some(bias), 1.0, Activation::Identity)
}

/// The tensors of a styled convolution, under whatever keys they were.
pub(super) struct StyledParts {
    /// `[c_out, c_in, k, k]`
    pub(super) weight: Tensor,
    /// `[c_out]`
    pub(super) bias: Tensor,
    /// To `c_in` factors.
    pub(super) affine: EqualLinear,
    /// `[1, 1, h, w]`
    pub(super) noise_map: Tensor,
    /// One number.
    pub(super) noise_strength: Tensor,
}

/// A convolution with style, noise, bias and activation.
#[derive(Debug, Clone)]
pub(super) struct StyledConv {
    conv: ModulatedConv,
    affine: EqualLinear,
    noise_map: Tensor,
    noise_strength: Tensor,
    bias: Tensor,
    clamp: Option<f64>,
}

impl StyledConv {
    pub(super) fn new(parts: StyledParts, resample: Resample, clamp: Option<f64>) -> Result<Self> {
        let StyledParts { weight, bias, affine, noise_map, noise_strength } = parts;
        let noise_strength = noise_strength.reshape((1, 1, 1, 1))?;
        // The map is no parameter: an optimiser gets no gradient for it.
        let noise_map = noise_map.detach();
        let conv = ModulatedConv::new(&weight, resample)?;
        Ok(Self { conv, affine, noise_map, noise_strength, bias, clamp })
    }

    /// The weights `[c_in, dim]` from a style to the factors of the channels.
    pub(super) const fn affine_weight(&self) -> &Tensor {
        self.affine.weight()
    }

    /// How strongly the noise counts, `[1, 1, 1, 1]`.
    pub(super) const fn noise_strength(&self) -> &Tensor {
        &self.noise_strength
    }

    /// `xs` `[n, c_in, h, w]` with `styles` `[n, dim]`; `at` says which noise map is this one's.
    pub(super) fn forward(&self, xs: &Tensor, styles: &Tensor, noise: Noise<'_>, at: usize) -> Result<Tensor> {
        let map = noise.map(at, &self.noise_map)?;
        let strength = self.noise_strength.affine(noise.factor(), 0.0)?;
        let noise = map.map(|map| map.broadcast_mul(&strength)).transpose()?;
        let epilogue = StyledEpilogue { noise: noise.as_ref(), bias: Some(&self.bias), activation: LEAKY };
        clamped(self.conv.forward(xs, &self.affine.forward(styles)?, epilogue)?, self.clamp)
    }
}

/// The 1x1 convolution with style that writes colours: no demodulation, no noise, no activation.
#[derive(Debug, Clone)]
pub(super) struct ToRgb {
    conv: ModulatedConv,
    affine: EqualLinear,
    bias: Tensor,
}

impl ToRgb {
    /// `weight` `[3, c_in, 1, 1]`, `bias` of three numbers.
    pub(super) fn new(weight: &Tensor, affine: EqualLinear, bias: &Tensor) -> Result<Self> {
        let conv = ModulatedConv::new(weight, Resample::Same)?.without_demodulation();
        Ok(Self { conv, affine, bias: bias.flatten_all()? })
    }

    /// `xs` `[n, c_in, h, w]` with `styles` `[n, dim]` to `[n, 3, h, w]`.
    pub(super) fn forward(&self, xs: &Tensor, styles: &Tensor) -> Result<Tensor> {
        let epilogue = StyledEpilogue { bias: Some(&self.bias), ..StyledEpilogue::default() };
        self.conv.forward(xs, &self.affine.forward(styles)?, epilogue)
    }
}
