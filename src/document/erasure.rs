//! The document's values: a photo and the erasures over it. What can be done to them is in `operations`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Origin;
use crate::imaging::{Frame, Mask, Patch, Photo};

/// Names one erasure for as long as its document lives, in every snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ErasureId(pub u64);

/// How an erasure was asked for, as plain values; `worker` translates it for the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The engine's name: `auto`, `exemplar`, `membrane` or that of a network.
    pub engine: String,
    /// Pixels the hole is grown by; `None` is automatic.
    pub grow: Option<u32>,
    /// Width of the outward feather; `None` is none.
    pub feather: Option<u32>,
    /// Patch side; `None` is automatic.
    pub patch: Option<u32>,
    /// The window's side as a multiple of the hole's.
    pub context: f32,
    /// Whether a network's fill only guides and the photo gives the detail. Kept in an outline's notes, which older
    /// versions do not have.
    #[serde(skip, default = "Recipe::default_detail")]
    pub detail: bool,
    /// How much a network's fill counts as a guide, 0..=4. Kept in an outline's notes.
    #[serde(skip, default = "Recipe::default_guide")]
    pub guide: f32,
}

impl Recipe {
    const fn default_detail() -> bool {
        true
    }

    const fn default_guide() -> f32 {
        1.0
    }
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            engine: "exemplar".to_owned(),
            grow: None,
            feather: None,
            patch: None,
            context: 2.2,
            detail: Self::default_detail(),
            guide: Self::default_guide(),
        }
    }
}

/// One way to fill the holes of an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The seed it was made from.
    pub seed: u64,
    /// One patch for each group of holes.
    pub patches: Vec<Arc<Patch>>,
    /// How it was made; `None` for what older versions made.
    pub origin: Option<Origin>,
}

/// Something erased: its holes, the candidates that fill them and how they show.
#[derive(Clone, Debug, PartialEq)]
pub struct Erasure {
    /// Stable name.
    pub id: ErasureId,
    /// What was marked.
    pub holes: Arc<Mask>,
    /// Where texture could be taken from, when that was limited.
    pub sample_from: Option<Arc<Mask>>,
    /// Where texture could not be taken from.
    pub sample_never: Option<Arc<Mask>>,
    /// How it was asked for.
    pub recipe: Recipe,
    /// At least one.
    pub candidates: Vec<Arc<Candidate>>,
    /// Index of the candidate that shows.
    pub chosen: usize,
    /// Whether it shows at all.
    pub is_visible: bool,
    /// 0..=1.
    pub opacity: f32,
}

impl Erasure {
    /// The candidate that shows.
    #[must_use]
    pub fn candidate(&self) -> Option<&Arc<Candidate>> {
        self.candidates.get(self.chosen)
    }
}

/// A photo and what was done to it. Cloning copies a few pointers, and comparing looks at pixels only where pointers
/// differ.
#[derive(Clone, Debug)]
pub struct Document {
    /// The photo as opened; its buffer is never changed.
    pub photo: Photo,
    /// What is marked at the moment and not yet erased.
    pub holes: Arc<Mask>,
    /// Brushed "sample from here"; empty is everywhere.
    pub sample_from: Arc<Mask>,
    /// Brushed "never sample from here".
    pub sample_never: Arc<Mask>,
    /// Bottom first.
    pub erasures: Vec<Arc<Erasure>>,
    /// The next unused [`ErasureId`].
    pub next_id: u64,
}

impl Document {
    /// A document without erasures.
    #[must_use]
    pub fn new(photo: Photo) -> Self {
        let none = Arc::new(Mask::empty(photo.frame.size()));
        Self {
            photo,
            holes: Arc::clone(&none),
            sample_from: Arc::clone(&none),
            sample_never: none,
            erasures: Vec::new(),
            next_id: 1,
        }
    }

    /// Whether both are made of the very same parts: a look at pointers, never at pixels. Documents that are equal but
    /// were made apart are not the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let same_erasures = self.erasures.iter().zip(&other.erasures).all(|(a, b)| Arc::ptr_eq(a, b));
        self.next_id == other.next_id
            && self.photo.frame.is_same_buffer(&other.photo.frame)
            && Arc::ptr_eq(&self.photo.metadata, &other.photo.metadata)
            && Arc::ptr_eq(&self.holes, &other.holes)
            && Arc::ptr_eq(&self.sample_from, &other.sample_from)
            && Arc::ptr_eq(&self.sample_never, &other.sample_never)
            && self.erasures.len() == other.erasures.len()
            && same_erasures
    }

    /// The patches that show, bottom first, each with its opacity.
    #[must_use]
    pub fn visible_patches(&self) -> Vec<(Arc<Patch>, f32)> {
        self.patches_below(self.erasures.len())
    }

    /// The patches that show of the first `count` erasures, bottom first, each with its opacity.
    #[must_use]
    pub fn patches_below(&self, count: usize) -> Vec<(Arc<Patch>, f32)> {
        let shown = self.erasures.iter().take(count).filter(|erasure| erasure.is_visible);
        shown
            .filter_map(|erasure| Some((erasure.candidate()?, erasure.opacity)))
            .flat_map(|(candidate, opacity)| candidate.patches.iter().map(move |p| (Arc::clone(p), opacity)))
            .collect()
    }

    /// The photo with every visible patch applied: what is exported. Untouched samples keep their bits.
    #[must_use]
    pub fn flatten(&self) -> Frame {
        let mut frame = self.photo.frame.clone();
        for (patch, opacity) in self.visible_patches() {
            patch.apply(&mut frame, opacity);
        }
        frame
    }
}

impl PartialEq for Document {
    // A derived comparison would read all samples of the photo whenever its wrapper differs; shared parts are equal.
    // `Arc` takes that short cut by itself for masks, patches and candidates, whose equality is reflexive.
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&self.photo, &other.photo);
        self.next_id == other.next_id
            && self.holes == other.holes
            && self.sample_from == other.sample_from
            && self.sample_never == other.sample_never
            && self.erasures.len() == other.erasures.len()
            && self.erasures.iter().zip(&other.erasures).all(|(a, b)| Arc::ptr_eq(a, b) || a == b)
            && (Arc::ptr_eq(&a.metadata, &b.metadata) || a.metadata == b.metadata)
            && (a.frame.is_same_buffer(&b.frame) || a.frame == b.frame)
    }
}
