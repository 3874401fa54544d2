//! Which requests are out and how far they are.

use std::collections::BTreeMap;

use crate::control::Progress;
use crate::worker::{Lane, Ticket};

/// A request that is out.
#[derive(Clone, Debug)]
pub struct Work {
    /// Its lane.
    pub lane: Lane,
    /// How far it is, when it has told.
    pub progress: Option<Progress>,
    /// The document's revision that it was asked with.
    pub revision: u64,
    /// The exploration's revision that it was asked with.
    pub explored: u64,
    /// The sketch's revision that it was asked with.
    pub sketched: u64,
    /// What a message calls it: a file's name.
    pub name: String,
}

/// All requests that are out.
#[derive(Debug, Default)]
pub struct WorkList {
    by_ticket: BTreeMap<Ticket, Work>,
}

impl WorkList {
    /// Notes that a request is out. What was out in its lane has been replaced by it.
    pub fn add(&mut self, ticket: Ticket, work: Work) {
        self.by_ticket.insert(ticket, work);
    }

    /// Notes how far a request is.
    pub fn set_progress(&mut self, ticket: Ticket, progress: Progress) {
        if let Some(work) = self.by_ticket.get_mut(&ticket) {
            work.progress = Some(progress);
        }
    }

    /// Takes a request off the list: it has its outcome.
    pub fn finish(&mut self, ticket: Ticket) -> Option<Work> {
        self.by_ticket.remove(&ticket)
    }

    /// The request that a person waits for: the most urgent one that is not done behind their back.
    #[must_use]
    pub fn busiest(&self) -> Option<&Work> {
        let waited_for = |work: &&Work| {
            !matches!(
                work.lane,
                Lane::Measure
                    | Lane::Autosave
                    | Lane::Networks
                    | Lane::Models
                    | Lane::Frames
                    | Lane::Latents
                    | Lane::Steer
                    | Lane::DirectionFiles
                    | Lane::Map
                    | Lane::Themes
                    | Lane::Sketch
                    | Lane::School
                    | Lane::Gallery
            )
        };
        self.by_ticket.values().filter(waited_for).min_by_key(|work| work.lane)
    }

    /// How far the request of `lane` is, in 0..=1, if one is out.
    #[must_use]
    pub fn fraction(&self, lane: Lane) -> Option<f32> {
        let work = self.by_ticket.values().find(|work| work.lane == lane)?;
        Some(work.progress.map_or(0.0, |progress| progress.fraction))
    }

    /// Whether a request of `lane` is out.
    #[must_use]
    pub fn has(&self, lane: Lane) -> bool {
        self.by_ticket.values().any(|work| work.lane == lane)
    }

    /// Whether nothing is out at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_ticket.is_empty()
    }
}

/// The key of what is said while a lane works.
#[must_use]
pub const fn lane_key(lane: Lane) -> &'static str {
    match lane {
        Lane::Select => "busy-select",
        Lane::Marks => "busy-marks",
        Lane::Measure => "busy-measure",
        Lane::Open => "busy-open",
        Lane::Save => "busy-save",
        Lane::Session => "busy-session",
        Lane::MaskFile => "busy-mask-file",
        Lane::Clipboard => "busy-clipboard",
        Lane::Interpolate => "busy-interpolate",
        Lane::Networks => "busy-networks",
        Lane::Erase => "busy-erase",
        Lane::Autosave => "busy-autosave",
        Lane::Frames | Lane::Latents | Lane::Steer | Lane::Mix => "busy-frames",
        Lane::Map => "busy-map",
        Lane::Directions => "busy-directions",
        Lane::DirectionFiles => "busy-direction-files",
        Lane::Optimize => "busy-optimize",
        Lane::Drag => "busy-drag",
        Lane::Project => "busy-project",
        Lane::Transfer => "busy-transfer",
        Lane::Animate => "busy-animate",
        Lane::Survey => "busy-survey",
        Lane::Findings => "busy-findings",
        Lane::Import => "busy-import",
        Lane::Models => "busy-models",
        Lane::Sketch | Lane::Variants => "busy-sketch",
        Lane::Themes => "busy-themes",
        Lane::Drawing => "busy-drawing",
        Lane::School => "busy-school",
        Lane::Gallery => "busy-gallery",
    }
}
