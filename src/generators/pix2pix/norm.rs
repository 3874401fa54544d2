//! Normalisation in its three kinds, and how a forward pass uses it.

use candle_core::{DType, Result, Tensor};
use candle_nn::{Init, VarBuilder};
use rand::Rng as _;
use serde::{Deserialize, Serialize};

use crate::compute::Activation;
use crate::control::{self, Rng};
use crate::generators::layers::Bias;
use crate::generators::ops::{
    Affine, BatchNorm, BatchStatistics, NORM_EPS, batch_norm, batch_norm_train, instance_norm,
};

/// Gains begin as `N(1, 0.02)`.
const GAIN: Init = Init::Randn { mean: 1.0, stdev: 0.02 };
/// The stream of random numbers that decides what is dropped.
const DROPOUT: u64 = 31;

/// What follows an inner convolution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NormKind {
    /// Batch norm with factor, summand and running statistics; convolutions have no bias.
    Batch,
    /// Each picture's own statistics, nothing else; convolutions keep a bias, which does nothing.
    Instance,
    /// Each picture's own statistics, factor and summand; convolutions have no bias.
    AffineInstance,
}

impl NormKind {
    pub(super) const fn conv_bias(self) -> Bias {
        match self {
            Self::Instance => Bias::With,
            Self::Batch | Self::AffineInstance => Bias::Without,
        }
    }
}

/// Which statistics batch norm uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Statistics {
    Running,
    Picture,
    Batch,
}

/// One forward pass: which statistics batch norm takes, whether dropout is active, and what the batch's statistics were.
#[derive(Debug, Clone)]
pub struct Pass {
    statistics: Statistics,
    dropout: Option<Rng>,
    /// Of each batch norm, in the order of the layers, where the pass trains.
    pub seen: Vec<BatchStatistics>,
}

impl Pass {
    /// Running statistics, nothing dropped: one answer.
    #[must_use]
    pub const fn eval() -> Self {
        Self { statistics: Statistics::Running, dropout: None, seen: Vec::new() }
    }

    /// As the authors' test program runs their networks: each picture's own statistics, and dropout, which `seed` decides.
    #[must_use]
    pub fn faithful(seed: u64) -> Self {
        Self { statistics: Statistics::Picture, dropout: Some(control::rng(seed, DROPOUT)), seen: Vec::new() }
    }

    /// Running statistics and dropout, which `seed` decides: a variant.
    #[must_use]
    pub fn variant(seed: u64) -> Self {
        Self { dropout: Some(control::rng(seed, DROPOUT)), ..Self::eval() }
    }

    /// The batch's statistics, which are kept in [`Pass::seen`], and dropout.
    #[must_use]
    pub fn train(seed: u64) -> Self {
        Self { statistics: Statistics::Batch, dropout: Some(control::rng(seed, DROPOUT)), seen: Vec::new() }
    }

    /// The same without dropout.
    #[must_use]
    pub fn without_dropout(self) -> Self {
        Self { dropout: None, ..self }
    }

    /// Half of the values, chosen at random, become 0 and the others twice as large; nothing where dropout is off.
    pub(super) fn drop_half(&mut self, xs: &Tensor) -> Result<Tensor> {
        let Some(rng) = &mut self.dropout else { return Ok(xs.clone()) };
        // A number has 64 decisions in it.
        let count = xs.elem_count();
        let words: Vec<u64> = std::iter::repeat_with(|| rng.random()).take(count.div_ceil(64)).collect();
        let kept = (0..count).map(|at| if words[at / 64] >> (at % 64) & 1 == 1 { 2.0_f32 } else { 0.0 }).collect();
        let mask = Tensor::from_vec::<_, f32>(kept, xs.dims(), &candle_core::Device::Cpu)?;
        xs * mask.to_device(xs.device())?.to_dtype(xs.dtype())?
    }
}

/// A normalisation and what follows it.
#[derive(Debug, Clone)]
pub(super) struct Norm {
    affine: Option<(Tensor, Tensor)>,
    running: Option<BatchStatistics>,
    eps: f64,
    activation: Activation,
}

impl Norm {
    /// Reads `weight` and `bias`, `running_mean` and `running_var` where the kind has them, each `[channels]`. The last two are
    /// no parameters: an optimiser gets no gradient for them.
    pub(super) fn new(kind: NormKind, channels: usize, activation: Activation, vb: &VarBuilder<'_>) -> Result<Self> {
        let affine = match kind {
            NormKind::Instance => None,
            NormKind::Batch | NormKind::AffineInstance => Some((
                vb.get_with_hints(channels, "weight", GAIN)?,
                vb.get_with_hints(channels, "bias", Init::Const(0.0))?,
            )),
        };
        let running =
            |name, value| Ok::<_, candle_core::Error>(vb.get_with_hints(channels, name, Init::Const(value))?.detach());
        let running = match kind {
            NormKind::Batch => {
                Some(BatchStatistics { mean: running("running_mean", 0.0)?, variance: running("running_var", 1.0)? })
            }
            NormKind::Instance | NormKind::AffineInstance => None,
        };
        Ok(Self { affine, running, eps: NORM_EPS, activation })
    }

    pub(super) fn with_eps(self, eps: f64) -> Self {
        Self { eps, ..self }
    }

    /// `xs` `[n, c, h, w]`, normalised and activated.
    pub(super) fn forward(&self, xs: &Tensor, pass: &mut Pass) -> Result<Tensor> {
        let affine = self.affine.as_ref().map(|(weight, bias)| Affine { weight, bias });
        match (&self.running, pass.statistics) {
            (None, _) | (Some(_), Statistics::Picture) => instance_norm(xs, affine, self.eps, self.activation),
            (Some(running), Statistics::Running) => {
                batch_norm(xs, &BatchNorm::folded(running, affine, self.eps)?, self.activation)
            }
            (Some(_), Statistics::Batch) => {
                let (ys, statistics) = batch_norm_train(xs, affine, self.eps, self.activation)?;
                pass.seen.push(statistics);
                Ok(ys)
            }
        }
    }
}

/// Refuses values of a type that no network here computes in.
pub(super) fn check_floats(xs: &Tensor) -> Result<()> {
    match xs.dtype() {
        DType::F32 | DType::F64 => Ok(()),
        other => candle_core::bail!("the input is {other:?}, not f32"),
    }
}
