//! What the window asks and what the worker answers. Plain values; large parts are shared.
//!
//! Every request gets exactly one outcome: [`Event::Done`], [`Event::Failed`] or [`Event::Cancelled`]. Previews and
//! progress may be lost, outcomes never. The newest request of a [`Lane`] replaces one that still waits or runs there.

use std::path::PathBuf;
use std::sync::Arc;

use super::Failure;
use crate::control::Progress;
use crate::document::{Candidate, Document, ErasureId, Recipe, Shares};
use crate::erase::{Explanation, NetworkInfo};
use crate::imaging::{DisplayPyramid, FileFormat, Mask, Patch, PixelRect, Plane};

/// Names a request; the sender counts them up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Work of one kind. Within a lane the newest request wins; between lanes the more urgent one steps first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumCount, strum::EnumIter)]
pub enum Lane {
    /// A fill between two candidates: a person drags a slider and looks at it.
    Interpolate,
    /// Object select: a person waits for it with the pen down.
    Select,
    /// Growing, shrinking, feathering and inverting marks.
    Marks,
    /// Looking for installed networks.
    Networks,
    /// Counting touched pixels and the difference view.
    Measure,
    /// Opening and pasting.
    Open,
    /// Saving a flattened picture.
    Save,
    /// Saving a session.
    Session,
    /// Reading and writing masks.
    MaskFile,
    /// Copying to the clipboard.
    Clipboard,
    /// The autosave journal: short work, and what a crash leaves of long work must not wait for it.
    Autosave,
    /// Filling holes.
    Erase,
}

/// How a flattened picture is encoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SaveFormat {
    /// As the source was: same format, same JPEG tables and subsampling, same depth.
    AsSource,
    /// In this format; `quality` (1..=100) is for JPEG.
    As {
        /// The format.
        format: FileFormat,
        /// JPEG quality, 1..=100; `None` takes the source's tables or 92.
        quality: Option<u8>,
    },
}

/// Which holes an erasure fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EraseTarget {
    /// The holes that are marked now, over all erasures.
    Marked,
    /// Those of an erasure that stands already: more candidates for it.
    Again(ErasureId),
}

/// A fill between two candidates of an erasure.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// The style at the slider's start.
    pub from: Shares,
    /// The style at its end.
    pub to: Shares,
    /// Where the slider is, 0..=1.
    pub t: f32,
    /// The network by its name, or `auto`.
    pub engine: String,
    /// How else.
    pub recipe: Recipe,
    /// Whether the slider was let go: then the fill is made at full quality.
    pub is_final: bool,
}

/// What is done to marks as a whole; widths in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarksChange {
    /// Every mark reaches further.
    Grow(u32),
    /// Every mark reaches less far.
    Shrink(u32),
    /// Edges become soft.
    Feather(u32),
    /// Marked becomes unmarked and the other way round.
    Invert,
}

/// What the worker is asked to do.
#[derive(Clone, Debug)]
pub enum Request {
    /// Opens a photo or a session file.
    Open {
        /// The file.
        path: PathBuf,
    },
    /// Opens a photo that is in memory already, such as a bundled sample.
    OpenBytes {
        /// The bytes of a picture file.
        bytes: &'static [u8],
    },
    /// Opens the picture on the clipboard.
    Paste,
    /// Opens the autosaved session of a run that ended without saving.
    Recover,
    /// Throws the autosaved session away.
    DiscardRecovery,
    /// Fills holes.
    Erase {
        /// A snapshot.
        document: Document,
        /// Which holes.
        target: EraseTarget,
        /// How.
        recipe: Recipe,
        /// One candidate each.
        seeds: Vec<u64>,
    },
    /// Fills an erasure's holes with something between two of its candidates.
    Interpolate {
        /// A snapshot.
        document: Document,
        /// Which erasure.
        id: ErasureId,
        /// Between what.
        between: Between,
    },
    /// Looks which networks are installed.
    ListNetworks,
    /// Grows a rough outline to the object's outline.
    SelectObject {
        /// A snapshot.
        document: Document,
        /// What was brushed or looped: 255 is surely object (a scribble) or inside of the loop.
        rough: Mask,
        /// Whether `rough` is the inside of a loop around the object rather than a scribble on it.
        is_loop: bool,
    },
    /// Changes marks as a whole.
    ChangeMarks {
        /// The marks as they are.
        holes: Arc<Mask>,
        /// What is done to them.
        change: MarksChange,
    },
    /// Counts touched pixels; makes the difference picture if asked.
    Measure {
        /// A snapshot.
        document: Document,
        /// Whether the difference picture is wanted.
        with_difference: bool,
    },
    /// Flattens and writes a picture.
    Save {
        /// A snapshot.
        document: Document,
        /// Where to.
        path: PathBuf,
        /// How.
        format: SaveFormat,
    },
    /// Writes a session file.
    SaveSession {
        /// A snapshot.
        document: Document,
        /// Where to.
        path: PathBuf,
    },
    /// Writes the holes as an 8-bit grey PNG, white where they are.
    ExportMask {
        /// A snapshot.
        document: Document,
        /// Where to.
        path: PathBuf,
    },
    /// Reads holes from a picture of the photo's size.
    ImportMask {
        /// A snapshot.
        document: Document,
        /// The file.
        path: PathBuf,
    },
    /// Flattens to the clipboard.
    Copy {
        /// A snapshot.
        document: Document,
    },
    /// Appends to the autosave journal.
    Autosave {
        /// A snapshot.
        document: Document,
    },
}

impl Request {
    /// The lane in which the request runs.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Open { .. } | Self::OpenBytes { .. } | Self::Paste | Self::Recover | Self::DiscardRecovery => {
                Lane::Open
            }
            Self::Erase { .. } => Lane::Erase,
            Self::Interpolate { .. } => Lane::Interpolate,
            Self::ListNetworks => Lane::Networks,
            Self::SelectObject { .. } => Lane::Select,
            Self::ChangeMarks { .. } => Lane::Marks,
            Self::Measure { .. } => Lane::Measure,
            Self::Save { .. } => Lane::Save,
            Self::SaveSession { .. } => Lane::Session,
            Self::ExportMask { .. } | Self::ImportMask { .. } => Lane::MaskFile,
            Self::Copy { .. } => Lane::Clipboard,
            Self::Autosave { .. } => Lane::Autosave,
        }
    }
}

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

/// Something to show before the outcome of an erasure.
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
            | Self::Autosaved => true,
            Self::Opened(_)
            | Self::Erased { .. }
            | Self::Interpolated { .. }
            | Self::Networks { .. }
            | Self::Selected { .. }
            | Self::MarksChanged { .. }
            | Self::Measured(_)
            | Self::MaskImported { .. } => false,
        }
    }
}

/// An opened document with what the screen needs of it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The document.
    pub document: Document,
    /// The file it came from; `None` for pasted and recovered ones.
    pub path: Option<PathBuf>,
    /// Whether the file is a session.
    pub is_session: bool,
    /// The photo's picture.
    pub display: Arc<DisplayPyramid>,
    /// All patches of all candidates.
    pub shown: Vec<ShownPatch>,
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
