//! Layers that end in batch norm and an activation, as DCGAN and Context Encoder are made of: folded into one affine layer
//! where nothing is trained, with running statistics where something is.

use candle_core::{Error, Result, Tensor};
use candle_nn::{Init, VarBuilder};

use super::ops::{Affine, BatchNorm, BatchStatistics, batch_norm, batch_norm_train};
use crate::compute::{Activation, Epilogue, Weight};

/// Gains of the normalisation begin as `N(1, 0.02)`.
const GAIN: Init = Init::Randn { mean: 1.0, stdev: 0.02 };

/// Batch norm's parameters and running statistics, under PyTorch's names.
#[derive(Debug, Clone)]
pub(super) struct Norm {
    weight: Tensor,
    bias: Tensor,
    running: BatchStatistics,
    eps: f64,
}

impl Norm {
    /// Reads `weight`, `bias`, `running_mean` and `running_var`, each `[channels]`. The last two are no parameters: an
    /// optimiser gets no gradient for them, but whoever writes to their variables changes the network.
    pub(super) fn new(channels: usize, eps: f64, vb: &VarBuilder<'_>) -> Result<Self> {
        let running = |name, value| Ok::<_, Error>(vb.get_with_hints(channels, name, Init::Const(value))?.detach());
        Ok(Self {
            weight: vb.get_with_hints(channels, "weight", GAIN)?,
            bias: vb.get_with_hints(channels, "bias", Init::Const(0.0))?,
            running: BatchStatistics { mean: running("running_mean", 0.0)?, variance: running("running_var", 1.0)? },
            eps,
        })
    }

    /// The norm of frozen channels each of which has become `times` of them, one after the other.
    pub(super) fn repeated(&self, times: usize) -> Result<Self> {
        let repeat = |xs: &Tensor| xs.unsqueeze(1)?.broadcast_as((xs.elem_count(), times))?.flatten_all();
        Ok(Self {
            weight: repeat(&self.weight)?,
            bias: repeat(&self.bias)?,
            running: BatchStatistics { mean: repeat(&self.running.mean)?, variance: repeat(&self.running.variance)? },
            eps: self.eps,
        })
    }

    const fn affine(&self) -> Affine<'_> {
        Affine { weight: &self.weight, bias: &self.bias }
    }

    fn folded(&self) -> Result<BatchNorm> {
        BatchNorm::folded(&self.running, Some(self.affine()), self.eps)
    }

    pub(super) fn is_tracked(&self) -> bool {
        self.weight.track_op() || self.bias.track_op()
    }
}

/// A linear layer, batch norm, an activation.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    parts: Parts,
    activation: Activation,
}

#[derive(Debug, Clone)]
enum Parts {
    /// Weights with the norm in them, and what it adds.
    Folded { weight: Weight, bias: Tensor },
    /// As trained.
    Live { weight: Weight, norm: Norm },
}

impl Layer {
    /// `out_dim`: which dimension of the four of the weights is the norm's channels.
    pub(super) fn new(weight: Tensor, norm: Norm, out_dim: usize, activation: Activation) -> Result<Self> {
        if weight.track_op() || norm.is_tracked() {
            return Ok(Self { parts: Parts::Live { weight: Weight::live(weight), norm }, activation });
        }
        let BatchNorm { scale, shift } = norm.folded()?;
        let mut dims = [1; 4];
        dims[out_dim] = scale.elem_count();
        let weight = Weight::frozen(&weight.broadcast_mul(&scale.reshape(&dims)?)?)?;
        Ok(Self { parts: Parts::Folded { weight, bias: shift }, activation })
    }

    /// The layer with the running statistics; `call` is its linear part.
    pub(super) fn forward(&self, call: impl Fn(&Weight, Epilogue<'_>) -> Result<Tensor>) -> Result<Tensor> {
        match &self.parts {
            Parts::Folded { weight, bias } => call(weight, Epilogue::new(Some(bias), self.activation)),
            Parts::Live { weight, norm } => {
                batch_norm(&call(weight, Epilogue::default())?, &norm.folded()?, self.activation)
            }
        }
    }

    /// The layer with the batch's statistics, which are returned too.
    pub(super) fn forward_train(
        &self,
        call: impl Fn(&Weight, Epilogue<'_>) -> Result<Tensor>,
    ) -> Result<(Tensor, BatchStatistics)> {
        match &self.parts {
            Parts::Folded { .. } => {
                candle_core::bail!("a network of plain tensors is not to be trained: use variables")
            }
            Parts::Live { weight, norm } => {
                let ys = call(weight, Epilogue::default())?;
                batch_norm_train(&ys, Some(norm.affine()), norm.eps, self.activation)
            }
        }
    }
}
