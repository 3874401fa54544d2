//! What the worker answers: progress and previews, which may be lost, and one outcome for each request.

use std::path::PathBuf;
use std::sync::Arc;

use super::Failure;
use super::exploring::{
    DirectionsSource, DragShown, FrameShown, LatentMap, ModelShown, ProjectionShown, SearchShown, Surveyed,
    TransferMeasure, TransferShown,
};
use super::importing::ImportedModel;
use super::protocol::{EraseTarget, Ticket};
use super::schooling::SchoolDone;
use super::sketching::{SketchDone, SketchPreview};
use crate::control::Progress;
use crate::document::explore::{Direction, Latent};
use crate::document::{Candidate, Document, ErasureId, Exploration, Recipe, Sketch};
use crate::erase::{Explanation, NetworkInfo};
use crate::imaging::{DisplayPyramid, Frame, Mask, Patch, PixelRect, Plane};

/// What the worker says.
#[derive(Clone, Debug)]
pub enum Event {
    /// How far a request is. May be lost.
    Progress(Ticket, Progress),
    /// Something to show before the outcome. May be lost.
    Preview(Ticket, Preview),
    /// The request's outcome: it succeeded.
    Done(Ticket, Done),
    /// The request's outcome: it failed.
    Failed(Ticket, Failure),
    /// The request's outcome: it was cancelled or replaced.
    Cancelled(Ticket),
    /// Something was done differently than asked; the request goes on.
    Warning(Ticket, Failure),
}

/// A patch with what the screen shows of it.
#[derive(Clone, Debug)]
pub struct ShownPatch {
    /// The patch; the document holds the same one.
    pub patch: Arc<Patch>,
    /// Its picture: premultiplied by its coverage.
    pub display: Arc<DisplayPyramid>,
}

/// Something to show before an outcome.
#[derive(Clone, Debug)]
pub enum Preview {
    /// What the hole looks like by now.
    Level {
        /// Index of the candidate at work.
        candidate: usize,
        /// The coarse fill.
        shown: ShownPatch,
    },
    /// One candidate is complete; more follow.
    Candidate {
        /// Its index.
        index: usize,
        /// The candidate.
        candidate: Arc<Candidate>,
        /// Its patches.
        shown: Vec<ShownPatch>,
        /// What its network saw and did.
        explanation: Option<Arc<Explanation>>,
    },
    /// How far a search is.
    Search(Box<SearchShown>),
    /// A frame of a slider is drawn; the outcome holds all of them.
    Frame(FrameShown),
    /// How far a projection is.
    Projection(Box<ProjectionShown>),
    /// How far a drag is.
    Drag(Box<DragShown>),
    /// A model was found, or its picture was drawn.
    Model(ModelShown),
    /// Something of a sketch.
    Sketch(SketchPreview),
}

/// A request's result.
#[derive(Clone, Debug)]
pub enum Done {
    /// A document was opened, pasted or recovered.
    Opened(Box<Opened>),
    /// An autosaved session was thrown away.
    Discarded,
    /// Holes were filled.
    Erased {
        /// Which.
        target: EraseTarget,
        /// How.
        recipe: Recipe,
        /// In the order of the seeds.
        candidates: Vec<Arc<Candidate>>,
        /// All their patches.
        shown: Vec<ShownPatch>,
        /// What the network of each saw and did.
        explanations: Vec<Option<Arc<Explanation>>>,
    },
    /// A fill between two candidates was made.
    Interpolated {
        /// For which erasure.
        id: ErasureId,
        /// Whether it is of full quality, to be adopted.
        is_final: bool,
        /// The fill.
        candidate: Arc<Candidate>,
        /// Its patches.
        shown: Vec<ShownPatch>,
        /// What its network saw and did.
        explanation: Option<Arc<Explanation>>,
    },
    /// The installed networks.
    Networks {
        /// In the order of their folders.
        networks: Vec<NetworkInfo>,
        /// Sentences about manifests that cannot be understood.
        problems: Vec<String>,
    },
    /// The object's outline: replaces the coverage inside of `rect` by its maximum with `coverage`.
    Selected {
        /// Where.
        rect: PixelRect,
        /// 0..=255.
        coverage: Plane<u8>,
    },
    /// Marks were changed as a whole.
    MarksChanged {
        /// The marks that were to be changed.
        before: Arc<Mask>,
        /// What they became.
        after: Arc<Mask>,
    },
    /// Touched pixels were counted.
    Measured(Measured),
    /// A picture was written.
    Saved {
        /// Where.
        path: PathBuf,
        /// The file's size.
        bytes: u64,
    },
    /// A session was written.
    SessionSaved {
        /// Where.
        path: PathBuf,
    },
    /// A mask was written.
    MaskExported {
        /// Where.
        path: PathBuf,
    },
    /// A mask was read.
    MaskImported {
        /// The holes.
        holes: Arc<Mask>,
    },
    /// The picture is on the clipboard.
    Copied,
    /// The journal is up to date.
    Autosaved,
    /// A search has settled.
    Explored(Box<SearchShown>),
    /// All frames of a slider are drawn.
    Frames(Vec<FrameShown>),
    /// Pictures of latents are drawn, in the order that was asked for.
    Latents(Vec<(Latent, Frame)>),
    /// A photo was brought onto the manifold.
    Projected(Box<ProjectionShown>),
    /// A drag is over.
    Dragged(Box<DragShown>),
    /// A model was measured.
    Surveyed(Box<Surveyed>),
    /// An edit was carried onto the photo.
    Transferred {
        /// The result.
        transfer: TransferShown,
        /// How well it could be explained.
        measure: TransferMeasure,
    },
    /// A hand has steered to this.
    Steered {
        /// The styles of all layers.
        latent: Latent,
        /// The picture.
        picture: Frame,
    },
    /// Directions of a model.
    Directions {
        /// The weights.
        model: String,
        /// Where from.
        source: DirectionsSource,
        /// The directions.
        directions: Vec<Arc<Direction>>,
    },
    /// The map of the latents that were visited; `None` where there is none to lay out.
    Mapped(Option<Arc<LatentMap>>),
    /// Frames were written.
    FramesExported {
        /// The file or folder.
        path: PathBuf,
        /// Frames in it.
        frames: usize,
        /// Bytes of all files.
        bytes: u64,
    },
    /// What was measured was written.
    FindingsSaved {
        /// Where.
        path: PathBuf,
    },
    /// The models that can be explored.
    Models {
        /// In the order of their folders.
        models: Vec<ModelShown>,
        /// Sentences about models that cannot be used.
        problems: Vec<String>,
    },
    /// A checkpoint became a model.
    ModelImported(Box<ImportedModel>),
    /// What the Sketch room asked for.
    Sketch(SketchDone),
    /// What lessons and the gallery asked for.
    School(SchoolDone),
}

impl Done {
    /// Whether the request changed something outside of the program (a file, the clipboard). Such a result is reported
    /// even if the request was cancelled while its last step ran: it has happened.
    #[must_use]
    pub const fn is_lasting(&self) -> bool {
        match self {
            Self::Discarded
            | Self::Saved { .. }
            | Self::SessionSaved { .. }
            | Self::MaskExported { .. }
            | Self::Copied
            | Self::FramesExported { .. }
            | Self::FindingsSaved { .. }
            | Self::ModelImported(_)
            | Self::Directions { source: DirectionsSource::Saved, .. }
            | Self::Autosaved => true,
            Self::Opened(_)
            | Self::Erased { .. }
            | Self::Interpolated { .. }
            | Self::Networks { .. }
            | Self::Selected { .. }
            | Self::MarksChanged { .. }
            | Self::Measured(_)
            | Self::Explored(_)
            | Self::Frames(_)
            | Self::Latents(_)
            | Self::Projected(_)
            | Self::Dragged(_)
            | Self::Surveyed(_)
            | Self::Transferred { .. }
            | Self::Mapped(_)
            | Self::Steered { .. }
            | Self::Directions { source: DirectionsSource::Found, .. }
            | Self::Models { .. }
            | Self::MaskImported { .. } => false,
            Self::Sketch(done) => done.is_lasting(),
            Self::School(done) => done.is_lasting(),
        }
    }
}

/// What was opened. At least one of document, exploration and sketch is there; of a photo it is the document.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The document, if there is one.
    pub document: Option<OpenedDocument>,
    /// The exploration, if the session has one.
    pub exploration: Option<OpenedExploration>,
    /// The sketch, if the session has one.
    pub sketch: Option<Sketch>,
    /// The file it came from; `None` for what was pasted or recovered.
    pub path: Option<PathBuf>,
    /// Whether the file is a session.
    pub is_session: bool,
}

/// An opened document with what the screen needs of it.
#[derive(Clone, Debug)]
pub struct OpenedDocument {
    /// The document.
    pub document: Document,
    /// The photo's picture.
    pub display: Arc<DisplayPyramid>,
    /// All patches of all candidates.
    pub shown: Vec<ShownPatch>,
}

/// An opened exploration with what the screen needs of it. Pictures on its manifold are drawn on request.
#[derive(Clone, Debug)]
pub struct OpenedExploration {
    /// The exploration.
    pub exploration: Exploration,
    /// The picture of its photo, the document's if they have the same one.
    pub display: Option<Arc<DisplayPyramid>>,
    /// What was carried onto its photo.
    pub result: Option<ShownPatch>,
}

/// How much an edit changed.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Pixels of which any sample differs from the photo's.
    pub touched: u64,
    /// Pixels of the photo.
    pub total: u64,
    /// Where they differ and by how much, if asked for and if any does.
    pub difference: Option<Difference>,
}

/// The difference between photo and result, amplified for the eye.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Where; outside of it nothing differs.
    pub rect: PixelRect,
    /// Opaque.
    pub display: Arc<DisplayPyramid>,
}
