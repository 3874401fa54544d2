//! What an erasure is asked for with, and what it answers.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Engine, Explanation, Mixture, Networks, Origin};
use crate::imaging::{Frame, Mask, Patch, Size, SrgbTransform};

/// How an engine fills. The defaults suit photos; every field has a control in the window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Pixels by which a hole is grown before filling; `None` follows the photo's size.
    pub grow: Option<u32>,
    /// Width in pixels of the outward feather, at most 12; `None` is none: fills meet the photo in the gradient domain.
    pub feather: Option<u32>,
    /// Side of the patches compared by exemplar synthesis, odd, 5..=15; `None` varies it among candidates.
    pub patch: Option<u32>,
    /// The window's side as a multiple of the hole's, 1.5..=6.
    pub context: f32,
    /// Whether a network's fill only guides, and the photo's own texture gives the detail; else the fill is taken as it is,
    /// enlarged to the photo's resolution.
    pub detail: bool,
    /// How much a network's fill counts as a guide: 0 is where the search begins and no more, 1 is usual, at most 4.
    pub guide: f32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { grow: None, feather: None, patch: None, context: 2.2, detail: true, guide: 1.0 }
    }
}

/// The pixels that an erasure sees: a photo with the patches that lie under the new one, applied only where needed.
#[derive(Clone, Debug)]
pub struct Base {
    /// The photo.
    pub photo: Frame,
    /// Patches below, bottom first, each with its opacity in 0..=1.
    pub under: Vec<(Arc<Patch>, f32)>,
    /// How networks, which know sRGB only, see the photo's colours.
    pub srgb: SrgbTransform,
}

/// All that determines a fill: the same request gives the same bytes.
#[derive(Clone, Debug)]
pub struct EraseRequest {
    /// What is seen.
    pub base: Base,
    /// What is to be erased; of the photo's size.
    pub holes: Mask,
    /// Where texture may be taken from; `None` or an empty mask is everywhere.
    pub sample_from: Option<Mask>,
    /// Where texture must not be taken from.
    pub sample_never: Option<Mask>,
    /// The method.
    pub engine: Engine,
    /// One candidate for each seed, in this order.
    pub seeds: Vec<u64>,
    /// The style for a network that has latents, in place of each seed's own.
    pub mixture: Option<Mixture>,
    /// The networks that there are.
    pub networks: Networks,
    /// How.
    pub settings: Settings,
}

/// One candidate: all holes of a request filled.
#[derive(Clone, Debug)]
pub struct Fill {
    /// The seed it was made from.
    pub seed: u64,
    /// One patch for each group of holes.
    pub patches: Vec<Arc<Patch>>,
    /// How it was made; of several groups of holes, the widest one's.
    pub origin: Origin,
    /// What its network saw and did, if it has one.
    pub explanation: Option<Arc<Explanation>>,
    /// Where the time went.
    pub times: StageTimes,
}

/// Milliseconds spent on each stage of one candidate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StageTimes {
    /// Grouping and cropping.
    pub crop_ms: f64,
    /// Membrane preview.
    pub membrane_ms: f64,
    /// Synthesis.
    pub synthesis_ms: f64,
    /// Colour alignment, blending, grain and feather.
    pub compose_ms: f64,
}

/// Why nothing could be erased. Each is a sentence for the user.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EraseError {
    /// The mask belongs to another photo.
    #[error("the mask is {mask} pixels but the photo is {photo}: both must have the same size")]
    SizeMismatch {
        /// Of the mask.
        mask: Size,
        /// Of the photo.
        photo: Size,
    },
    /// No pixel of the mask is hole.
    #[error("nothing is marked for erasing: the mask has no pixel of 128 or more")]
    EmptyMask,
    /// Nothing is left to learn from.
    #[error("the mask covers the whole photo: some of it must stay, to fill the hole from")]
    FullMask,
    /// The brush for sources left nothing to sample from.
    #[error("the sampling brushes leave no area to sample from: allow a larger area near the hole")]
    NoSource,
    /// No network has this name.
    #[error("no model is named \"{name}\": choose one of {known} (pentimento models list)")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A network cannot be loaded or fails: its own sentence.
    #[error("{0}")]
    Network(String),
    /// A network alone takes photos of its own size only.
    #[error("the photo is {photo} pixels but the network works at {network}: both must have the same size")]
    NotTheNetworksSize {
        /// Of the photo.
        photo: Size,
        /// Of the network's pictures.
        network: Size,
    },
    /// No seed was given.
    #[error("no candidate was asked for")]
    NoCandidate,
}

impl EraseError {
    /// The failure of a network, whose sentence may be followed by a backtrace that nobody wants to read.
    pub(crate) fn network(error: &dyn std::fmt::Display) -> Self {
        Self::Network(
            error.to_string().lines().next().unwrap_or("the network gives no reason for its failure").to_owned(),
        )
    }
}
