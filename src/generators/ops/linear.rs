//! A fully connected layer with the equalised learning rate.

use candle_core::{Result, Tensor};

use super::bias_act;
use super::check::{check_filled, check_operand, refuse};
use crate::compute::Activation;

/// `y = activation(x W^T lr / sqrt(in) + b lr)`: weights are stored with variance 1 / lr^2 and scaled at run time
/// (Karras et al., Progressive Growing of GANs, 2018, §4.1; the multiplier: A Style-Based Generator, 2019, appendix C).
///
/// The values are read at each call, so that a variable may be trained.
#[derive(Debug, Clone)]
pub struct EqualLinear {
    weight: Tensor,
    bias: Option<Tensor>,
    lr_multiplier: f64,
    activation: Activation,
}

impl EqualLinear {
    /// `weight` `[out, in]`, `bias` `[out]`; mapping networks use a multiplier of 0.01, styles 1.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn new(weight: Tensor, bias: Option<Tensor>, lr_multiplier: f64, activation: Activation) -> Result<Self> {
        let op = "equalized linear layer";
        check_filled(op, &weight)?;
        let [out, _] = *weight.dims() else { return refuse(op, &weight, "the weights need two dimensions, [out, in]") };
        bias.as_ref().map(|bias| check_operand(op, &weight, "bias", bias, &[&[out]])).transpose()?;
        Ok(Self { weight, bias, lr_multiplier, activation })
    }

    /// The weights as stored, `[out, in]`.
    #[must_use]
    pub const fn weight(&self) -> &Tensor {
        &self.weight
    }

    /// `xs` `[n, in]` to `[n, out]`.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    pub fn forward(&self, xs: &Tensor) -> Result<Tensor> {
        let c_in = self.weight.dim(1)?;
        check_filled("linear", xs)?;
        if xs.rank() != 2 || xs.dims()[1] != c_in || xs.dtype() != self.weight.dtype() {
            let (dims, dtype) = (self.weight.dims(), self.weight.dtype());
            return refuse("linear", xs, &format!("the weights {dims:?} need an input of [n, {c_in}] in {dtype:?}"));
        }
        let scale = self.lr_multiplier / (c_in as f64).sqrt();
        let ys = xs.affine(scale, 0.0)?.matmul(&self.weight.t()?)?;
        let bias = self.bias.as_ref().map(|bias| bias.affine(self.lr_multiplier, 0.0)).transpose()?;
        bias_act(&ys, bias.as_ref(), self.activation)
    }
}
