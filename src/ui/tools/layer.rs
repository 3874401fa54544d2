//! Which of a document's masks a tool paints.

use std::sync::Arc;

use crate::document::{Action, Document};
use crate::imaging::Mask;

/// A mask of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MaskLayer {
    /// What is to be erased.
    Holes,
    /// What may be sampled from.
    SampleFrom,
    /// What must not be sampled from.
    SampleNever,
}

impl MaskLayer {
    /// The mask, to be changed; copied first when a snapshot shares it.
    pub(super) fn of(self, document: &mut Document) -> &mut Mask {
        Arc::make_mut(match self {
            Self::Holes => &mut document.holes,
            Self::SampleFrom => &mut document.sample_from,
            Self::SampleNever => &mut document.sample_never,
        })
    }

    /// What the history calls painting it.
    pub(super) const fn action(self) -> Action {
        match self {
            Self::Holes => Action::PaintMask,
            Self::SampleFrom | Self::SampleNever => Action::PaintSources,
        }
    }
}
