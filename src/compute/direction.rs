//! The three ways to run one convolution.

/// Which of the three tensors of a convolution is computed from the other two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    /// Narrow side from the wide side and the weights.
    Gather,
    /// Wide side from the narrow side and the weights.
    Scatter,
    /// Weights from the wide side and the narrow side.
    Weight,
}

impl Direction {
    /// The name in messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gather => "conv2d",
            Self::Scatter => "conv_transpose2d",
            Self::Weight => "conv2d_weight_gradient",
        }
    }
}
