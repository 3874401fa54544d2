//! How the window and the worker talk: names of requests, lanes, and the plain values inside of them. What is asked stands in
//! `request`, what is answered in `event`; large parts are shared.
//!
//! Every request gets exactly one outcome: `Event::Done`, `Event::Failed` or `Event::Cancelled`. Previews and progress may be
//! lost, outcomes never. The newest request of a [`Lane`] replaces one that still waits or runs there.

use crate::document::{ErasureId, Recipe, Shares};
use crate::imaging::FileFormat;

/// Names a request; the sender counts them up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Work of one kind. Within a lane the newest request wins; between lanes the more urgent one steps first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumCount, strum::EnumIter)]
pub enum Lane {
    /// A picture of the strokes that a person draws: nothing is more urgent.
    Sketch,
    /// How far somebody is who follows a lesson, and what their drawing is worth: milliseconds, after each stroke.
    School,
    /// A fill between two candidates: a person drags a slider and looks at it.
    Interpolate,
    /// A picture that is steered by hand: as urgent.
    Steer,
    /// Frames of a slider on a manifold: as urgent.
    Frames,
    /// Pictures of single latents: key frames, breadcrumbs, ends of the slider.
    Latents,
    /// A sheet of mixed styles: a person looks at it fill up.
    Mix,
    /// The map of the latents that were visited.
    Map,
    /// Reading and writing directions that were saved.
    DirectionFiles,
    /// Object select: a person waits for it with the pen down.
    Select,
    /// Growing, shrinking, feathering and inverting marks.
    Marks,
    /// Looking for installed networks.
    Networks,
    /// Looking for themes, and loading the one that is about to be used.
    Themes,
    /// Reading and writing drawings.
    Drawing,
    /// All that is read from and written into the gallery.
    Gallery,
    /// More pictures of the same strokes.
    Variants,
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
    /// Writing what was measured.
    Findings,
    /// Making a checkpoint a model.
    Import,
    /// Copying to the clipboard.
    Clipboard,
    /// The autosave journal: short work, and what a crash leaves of long work must not wait for it.
    Autosave,
    /// Dragging handles to their targets: a person looks at each step.
    Drag,
    /// The search for pictures that satisfy strokes.
    Optimize,
    /// Filling holes.
    Erase,
    /// Bringing a photo onto a manifold.
    Project,
    /// Carrying an edit onto a photo.
    Transfer,
    /// Finding directions in which a model's styles differ.
    Directions,
    /// Looking for models that can be explored, and drawing a picture of each.
    Models,
    /// Writing frames to files.
    Animate,
    /// Measuring a model: minutes of work that nobody waits for.
    Survey,
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
