//! The weights of a convolution, as a layer holds them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use candle_core::{Result, Tensor};

use super::cpu::forget;

/// Weights of a convolution, `[c_out, c_in / groups, k_h, k_w]` (for a transposed one `[c_in, c_out / groups, k_h, k_w]`).
///
/// *Live* weights may change between calls (training) and are packed anew for each. *Frozen* ones own their values, which
/// nobody else can write to; they are packed once for each kernel that uses them, and the packs are kept in a bounded cache.
#[derive(Debug, Clone)]
pub struct Weight {
    tensor: Tensor,
    frozen: Option<Arc<FrozenId>>,
}

impl Weight {
    /// Frozen if the tensor is a plain value; live if it is a variable or was computed from one.
    ///
    /// # Errors
    /// When the values cannot be copied.
    pub fn new(tensor: &Tensor) -> Result<Self> {
        if tensor.track_op() { Ok(Self::live(tensor.clone())) } else { Self::frozen(tensor) }
    }

    /// Weights that are read anew at each call.
    #[must_use]
    pub const fn live(tensor: Tensor) -> Self {
        Self { tensor, frozen: None }
    }

    /// Weights that never change: a copy of the tensor's values, outside of every gradient graph.
    ///
    /// # Errors
    /// When the values cannot be copied.
    pub fn frozen(tensor: &Tensor) -> Result<Self> {
        let tensor = tensor.detach().force_contiguous()?;
        Ok(Self { tensor, frozen: Some(Arc::new(FrozenId::next())) })
    }

    /// The values. Those of frozen weights must not be written to in place (candle has operations that would): packs made
    /// of them would not follow.
    #[must_use]
    pub const fn tensor(&self) -> &Tensor {
        &self.tensor
    }

    pub(super) fn frozen_id(&self) -> Option<Arc<FrozenId>> {
        self.frozen.clone()
    }
}

impl From<&Tensor> for Weight {
    fn from(tensor: &Tensor) -> Self {
        Self::live(tensor.clone())
    }
}

/// Names one set of frozen values for the life of the process; packs are dropped with the last owner.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FrozenId(u64);

impl FrozenId {
    /// The number behind the name.
    pub(super) const fn value(&self) -> u64 {
        self.0
    }

    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl Drop for FrozenId {
    fn drop(&mut self) {
        forget(self.0);
    }
}
