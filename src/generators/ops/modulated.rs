//! The convolution whose weights depend on a style, and its forms that change the size.
//!
//! Source: Karras et al., Analyzing and Improving the Image Quality of StyleGAN, 2020, §2.2. Scaling the weights by `s_i` for
//! each input channel is scaling the input; demodulation is a factor for each output channel. So all samples of a batch
//! share one convolution: `y = d_o conv(w, s_i x)`, `d_o = 1 / sqrt(sum over i and the kernel of (w s_i)^2 + 1e-8)`.

use candle_core::{Result, Tensor};

use super::check::{check_filled, check_operand, image_dims, refuse};
use super::resample::scaled;
use super::{BLUR_TAPS, downsample_2x, noise_bias_act, scale_channels};
use crate::compute::{Activation, Conv, ConvTranspose, Epilogue, Fir, Weight, conv_transpose2d, conv2d, upfirdn2d};

/// What a convolution does to the size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Resample {
    /// `[h, w]` stays.
    #[default]
    Same,
    /// `[2h, 2w]`: transposed convolution of stride 2, then the blur with gain 4.
    Up,
    /// `[h / 2, w / 2]`: the blur, then a convolution of stride 2.
    Down,
}

/// What is added to a styled convolution's result.
#[derive(Debug, Clone, Copy, Default)]
pub struct StyledEpilogue<'a> {
    /// `[1 or n, 1, h, w]`, its strength already in it.
    pub noise: Option<&'a Tensor>,
    /// `[c_out]`
    pub bias: Option<&'a Tensor>,
    /// Applied last.
    pub activation: Activation,
}

/// A modulated convolution. Frozen weights are packed once and their sums of squares kept.
#[derive(Debug, Clone)]
pub struct ModulatedConv {
    /// `[c_out, c_in, k, k]`; for [`Resample::Up`] `[c_in, c_out, k, k]`.
    weight: Weight,
    /// As given: `[c_out, c_in, k, k]`.
    dims: [usize; 4],
    /// `[c_in, c_out]`: each kernel's sum of squares, where the weights are frozen.
    squares: Option<Tensor>,
    resample: Resample,
    taps: Vec<f64>,
    is_demodulated: bool,
    gain: f64,
}

impl ModulatedConv {
    /// `weight` `[c_out, c_in, k, k]` as stored, `k` odd; the equalised learning rate's `1 / sqrt(c_in k^2)` is applied at
    /// run time (to the styles, which is the same). Demodulated, with StyleGAN2's blur.
    ///
    /// A plain tensor is frozen: later changes of its values go unseen. A variable is read at each call.
    ///
    /// # Errors
    /// One sentence with the shape when it is none of a convolution's.
    pub fn new(weight: &Tensor, resample: Resample) -> Result<Self> {
        let op = "modulated_conv2d weights";
        check_filled(op, weight)?;
        let dims = match *weight.dims() {
            [c_out, c_in, k, l] if k == l && k % 2 == 1 => [c_out, c_in, k, k],
            _ => {
                return refuse(op, weight, "four dimensions and an odd, square kernel are needed, [c_out, c_in, k, k]");
            }
        };
        let placed = match resample {
            Resample::Up => weight.transpose(0, 1)?,
            Resample::Same | Resample::Down => weight.clone(),
        };
        let squares = if weight.track_op() { None } else { Some(sums_of_squares(weight)?) };
        let gain = 1.0 / ((dims[1] * dims[2] * dims[3]) as f64).sqrt();
        let weight = Weight::new(&placed)?;
        Ok(Self { weight, dims, squares, resample, taps: BLUR_TAPS.to_vec(), is_demodulated: true, gain })
    }

    /// Without demodulation, as where a layer writes colours.
    #[must_use]
    pub fn without_demodulation(self) -> Self {
        Self { is_demodulated: false, ..self }
    }

    /// With another filter; its sum does not matter.
    #[must_use]
    pub fn with_taps(self, taps: &[f64]) -> Self {
        Self { taps: taps.to_vec(), ..self }
    }

    /// With another factor on the weights than `1 / sqrt(c_in k^2)`.
    #[must_use]
    pub fn with_gain(self, gain: f64) -> Self {
        Self { gain, ..self }
    }

    /// `activation(d conv(w, styles xs) + noise + bias)`: `xs` `[n, c_in, h, w]`, `styles` `[n, c_in]`.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, xs: &Tensor, styles: &Tensor, epilogue: StyledEpilogue<'_>) -> Result<Tensor> {
        let op = "modulated_conv2d";
        let (n, c, ..) = image_dims(op, xs)?;
        let [_, c_in, ..] = self.dims;
        if c != c_in {
            return refuse(op, xs, &format!("the weights {:?} are for {c_in} channels", self.dims));
        }
        check_operand(op, xs, "style", styles, &[&[n, c_in]])?;
        let styles = styles.affine(self.gain, 0.0)?;
        let modulated = scale_channels(xs, &styles)?;
        let StyledEpilogue { noise, bias, activation } = epilogue;
        if !self.is_demodulated && noise.is_none() && self.resample != Resample::Up {
            return self.convolve(&modulated, Epilogue::new(bias, activation));
        }
        let factors = self.is_demodulated.then(|| self.demodulation(&styles)).transpose()?;
        let ys = self.convolve(&modulated, Epilogue::default())?;
        noise_bias_act(&ys, factors.as_ref(), noise, bias, activation)
    }

    /// `[n, c_out]`: the factors that bring each output channel back to deviation 1.
    fn demodulation(&self, styles: &Tensor) -> Result<Tensor> {
        let sums = match &self.squares {
            Some(squares) => styles.sqr()?.matmul(squares)?,
            None if self.resample == Resample::Up => {
                styles.sqr()?.matmul(&sums_of_squares(&self.weight.tensor().transpose(0, 1)?)?)?
            }
            None => styles.sqr()?.matmul(&sums_of_squares(self.weight.tensor())?)?,
        };
        (sums + 1e-8)?.sqrt()?.recip()
    }

    fn convolve(&self, xs: &Tensor, epilogue: Epilogue<'_>) -> Result<Tensor> {
        let k = self.dims[2];
        match self.resample {
            Resample::Same => conv2d(xs, &self.weight, Conv::padded(k / 2), epilogue),
            Resample::Down => conv2d_down(xs, &self.weight, &self.taps, epilogue),
            Resample::Up => {
                let wide = conv_transpose2d(xs, &self.weight, ConvTranspose::strided(2, 0), epilogue)?;
                let taps = scaled("modulated_conv2d", xs, &self.taps, 2.0)?;
                let spare = taps.len() as isize - 1 - k as isize;
                let pads = ((spare + 1).div_euclid(2) + 1, spare.div_euclid(2) + 1);
                upfirdn2d(&wide, &taps, Fir::new(1, 1, pads))
            }
        }
    }
}

/// `[c_in, c_out]` from `[c_out, c_in, k, k]`.
fn sums_of_squares(weight: &Tensor) -> Result<Tensor> {
    weight.sqr()?.sum((2, 3))?.t()?.contiguous()
}

/// The blur, then a convolution of stride 2: `xs` `[n, c_in, h, w]` with even sides to `[n, c_out, h / 2, w / 2]`; `weight`
/// `[c_out, c_in, k, k]`, `k` odd (the discriminator of StyleGAN2).
///
/// # Errors
/// One sentence with the shapes when they do not fit.
pub fn conv2d_down(xs: &Tensor, weight: &Weight, taps: &[f64], epilogue: Epilogue<'_>) -> Result<Tensor> {
    let op = "conv2d_down";
    let (_, _, h, w) = image_dims(op, xs)?;
    if h % 2 + w % 2 > 0 {
        return refuse(op, xs, "both sides must be even");
    }
    let k = match *weight.tensor().dims() {
        [_, _, k, l] if k == l && k % 2 == 1 => k,
        ref dims => return refuse(op, xs, &format!("the weights are {dims:?}, not [c_out, c_in, k, k] with k odd")),
    };
    if k == 1 {
        // Three of four blurred pixels would be thrown away.
        return conv2d(&downsample_2x(xs, taps)?, weight, Conv::padded(0), epilogue);
    }
    let taps = scaled(op, xs, taps, 1.0)?;
    let spare = taps.len() as isize - 3 + k as isize;
    let blurred = upfirdn2d(xs, &taps, Fir::new(1, 1, ((spare + 1).div_euclid(2), spare.div_euclid(2))))?;
    conv2d(&blurred, weight, Conv::strided(2, 0), epilogue)
}
