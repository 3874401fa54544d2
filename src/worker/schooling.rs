//! What lessons and the gallery ask and get: the plain values inside of their requests and events.
//!
//! All that touches the gallery's database runs in one lane, where a newer request replaces an older one: whoever asks for a
//! change waits for its outcome before asking for the next.

use std::path::PathBuf;
use std::sync::Arc;

use super::Lane;
use crate::document::Sketch;
use crate::imaging::Frame;
use crate::imaging::ink::Stroke;
pub use crate::library::gallery::{
    Award, Drawing, DrawingId, Exported, Profile, ProfileId, Ranked, Reacted, Reaction, Record, Recorded,
};
pub use crate::school::{Coverage, Practice, Score, Standing, Week};

/// What is asked of the worker about lessons and the gallery.
#[derive(Clone, Debug)]
pub enum SchoolRequest {
    /// Looks how far somebody is who follows a lesson. The newest snapshot wins.
    Follow {
        /// How far they were.
        practice: Box<Practice>,
        /// A snapshot of what is drawn.
        sketch: Sketch,
    },
    /// Scores a drawing.
    Score {
        /// The lesson's name.
        lesson: Arc<str>,
        /// A snapshot.
        sketch: Sketch,
    },
    /// Does something in the gallery, and shows what it holds then.
    Gallery {
        /// What.
        act: GalleryAct,
        /// Which part of it is shown.
        shelf: Shelf,
    },
    /// Writes everything to a folder or a zip archive.
    ExportGallery {
        /// New, or an empty folder.
        path: PathBuf,
    },
    /// Fetches a drawing with its strokes.
    Fetch {
        /// Which.
        drawing: DrawingId,
    },
}

impl SchoolRequest {
    /// The lane in which the request runs.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Follow { .. } | Self::Score { .. } => Lane::School,
            Self::Gallery { .. } | Self::ExportGallery { .. } | Self::Fetch { .. } => Lane::Gallery,
        }
    }
}

/// What is done in the gallery. All but a look are on the disk when their outcome is told.
#[derive(Clone, Debug)]
pub enum GalleryAct {
    /// Nothing but giving the awards of weeks that have ended.
    Look,
    /// Adds somebody.
    AddProfile {
        /// What they are called.
        name: String,
    },
    /// Gives somebody another name.
    RenameProfile {
        /// Who.
        profile: ProfileId,
        /// What they are called from now on.
        name: String,
    },
    /// Removes somebody with all that is theirs.
    RemoveProfile {
        /// Who.
        profile: ProfileId,
    },
    /// Hangs up what is drawn now, with its picture if there is one of these very lines.
    HangUp {
        /// Who drew it.
        profile: ProfileId,
        /// A snapshot.
        sketch: Sketch,
        /// The lesson that it follows, and the stars it got.
        scored: Option<(Arc<str>, u8)>,
    },
    /// Says something about a drawing, or takes it back.
    React {
        /// About which.
        drawing: DrawingId,
        /// Who says it.
        viewer: ProfileId,
        /// What; `None` takes it back.
        reaction: Option<Reaction>,
    },
    /// Takes a drawing down for good.
    TakeDown {
        /// Which.
        drawing: DrawingId,
    },
    /// Notes a try at a lesson. A record never falls.
    Record {
        /// Who tried.
        profile: ProfileId,
        /// The lesson's name.
        lesson: Arc<str>,
        /// How well it went.
        standing: Standing,
    },
}

/// Which part of the gallery is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// So many weeks ago; 0 is this week. The ranking is that week's.
    pub weeks_ago: u32,
    /// Whether drawings of other weeks show too.
    pub has_all: bool,
}

impl Default for Shelf {
    fn default() -> Self {
        Self { weeks_ago: 0, has_all: true }
    }
}

/// What the worker found out.
#[derive(Clone, Debug)]
pub enum SchoolDone {
    /// How far somebody is who follows a lesson.
    Followed {
        /// The lesson and its steps.
        practice: Box<Practice>,
        /// How far the present step is.
        coverage: Coverage,
    },
    /// How good a drawing is.
    Scored(Box<Score>),
    /// What the gallery holds now.
    Gallery {
        /// All of it that shows.
        shown: Box<GalleryShown>,
        /// What was done.
        did: GalleryDid,
    },
    /// Everything was written.
    Exported(Exported),
    /// A drawing with its strokes.
    Fetched(Box<FetchedDrawing>),
}

impl SchoolDone {
    /// Whether the request changed something outside of the program.
    #[must_use]
    pub const fn is_lasting(&self) -> bool {
        match self {
            Self::Gallery { did, .. } => !matches!(did, GalleryDid::Looked),
            Self::Exported(_) => true,
            Self::Followed { .. } | Self::Scored(_) | Self::Fetched(_) => false,
        }
    }
}

/// What was done in the gallery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GalleryDid {
    /// Nothing.
    Looked,
    /// Somebody was added.
    Added(ProfileId),
    /// Somebody got another name.
    Renamed(ProfileId),
    /// Somebody was removed.
    Removed(ProfileId),
    /// A drawing was hung up.
    HungUp(DrawingId),
    /// Something was said about a drawing, or taken back.
    Reacted(DrawingId),
    /// A drawing was taken down.
    TookDown(DrawingId),
    /// A try was noted.
    Noted(Recorded),
}

/// What of the gallery shows.
#[derive(Clone, Debug)]
pub struct GalleryShown {
    /// Everyone, in the order in which they came.
    pub profiles: Vec<Profile>,
    /// The newest first; those of the shelf.
    pub drawings: Vec<Hung>,
    /// How many older ones the shelf has that are not among them.
    pub hidden: usize,
    /// How many drawings there are in all.
    pub total: usize,
    /// How far everyone is.
    pub records: Vec<Record>,
    /// The week's ranking, theme by theme; themes without a place are left out.
    pub rankings: Vec<(Arc<str>, Vec<Ranked>)>,
    /// Points that were given now, for weeks that have ended.
    pub awards: Vec<Award>,
    /// Which part of the gallery this is.
    pub shelf: Shelf,
    /// The shelf's week.
    pub week: Week,
    /// The day that it is, in days since 1970.
    pub today: i64,
    /// Who drew or tried last.
    pub newest: Option<ProfileId>,
}

impl GalleryShown {
    /// The one called `id`.
    #[must_use]
    pub fn profile(&self, id: ProfileId) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.id == id)
    }

    /// How far `profile` is in a lesson.
    #[must_use]
    pub fn record(&self, profile: ProfileId, lesson: &str) -> Option<&Record> {
        self.records.iter().find(|record| record.profile == profile && &*record.lesson == lesson)
    }
}

/// A drawing in the gallery with what the screen needs of it.
#[derive(Clone, Debug)]
pub struct Hung {
    /// Who drew what and when.
    pub drawing: Drawing,
    /// The drawing, small, 8-bit RGB.
    pub sketch: Frame,
    /// What a network made of it, small, 8-bit RGB.
    pub picture: Option<Frame>,
    /// What viewers say.
    pub reactions: Vec<Reacted>,
}

/// A drawing that was fetched to be drawn on.
#[derive(Clone, Debug)]
pub struct FetchedDrawing {
    /// Of what it is.
    pub theme: Arc<str>,
    /// Oldest first; none of a drawing that came as a picture.
    pub strokes: Vec<Arc<Stroke>>,
    /// What it looks like, 8-bit RGB.
    pub sketch: Frame,
}
