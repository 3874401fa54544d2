//! What the window asks: one value a request, each a snapshot that owns all it needs.

use std::path::PathBuf;
use std::sync::Arc;

use super::exploring::{DirectionsAsked, DragHow, ExportFrames, ExportMorph, MixSheet, Survey, Surveyed, Way};
use super::protocol::{Between, EraseTarget, Lane, MarksChange, SaveFormat};
use super::schooling::SchoolRequest;
use super::sketching::SketchRequest;
use crate::document::explore::{Latent, Noise, ProjectMethod, Steering, StyleSpace};
use crate::document::{Contents, Document, ErasureId, Exploration, Recipe};
use crate::imaging::{Mask, Patch, Photo, Place};

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
        contents: Contents,
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
        /// What else lies over it: an edit that was carried onto the photo.
        over: Option<Arc<Patch>>,
    },
    /// Appends to the autosave journal.
    Autosave {
        /// A snapshot.
        contents: Contents,
    },
    /// Searches pictures that satisfy the strokes. The newest snapshot wins; the search goes on from where the last one was
    /// as long as model, seed, starts and origin are the same.
    Explore {
        /// A snapshot.
        exploration: Exploration,
        /// Whether to go on from the last search. Without, all starts are drawn anew.
        is_warm: bool,
    },
    /// Draws the frames of a slider, the one nearest to `focus` first.
    DrawFrames {
        /// The weights.
        model: String,
        /// Along what.
        way: Way,
        /// Frames on the way, both ends included.
        count: usize,
        /// Where the slider is, 0..=1.
        focus: f32,
        /// Of a model with styles.
        noise: Noise,
    },
    /// Draws pictures of latents.
    DrawLatents {
        /// The weights.
        model: String,
        /// Of what.
        latents: Vec<Latent>,
        /// Of a model with styles.
        noise: Noise,
    },
    /// Draws what a hand has steered to.
    Steer {
        /// The weights.
        model: String,
        /// What was set.
        steering: Arc<Steering>,
        /// With which noise.
        noise: Noise,
    },
    /// Draws a sheet of mixed styles, as frames in the order of its latents.
    MixSheet(MixSheet),
    /// Finds, reads or writes directions.
    Directions {
        /// The weights.
        model: String,
        /// What of them.
        asked: DirectionsAsked,
    },
    /// Lays latents out on a plane: the map with its breadcrumbs.
    MapVisited {
        /// In the order of the visits.
        visited: Vec<Latent>,
    },
    /// Looks for the latent whose picture is most like a square of a photo.
    Project {
        /// The weights.
        model: String,
        /// The photo.
        photo: Photo,
        /// Which square.
        place: Place,
        /// How.
        method: ProjectMethod,
        /// What random starts are drawn from.
        seed: u64,
        /// What is searched of a model with styles.
        styles: StyleSpace,
        /// Its noise.
        noise: Noise,
    },
    /// Drags the exploration's pairs of points on the picture of a latent.
    Drag {
        /// A snapshot.
        exploration: Exploration,
        /// What shows.
        latent: Latent,
        /// How.
        how: DragHow,
    },
    /// Carries the edit from the photo's projection to the slider's end onto the photo.
    Transfer {
        /// A snapshot, with a photo and its projection.
        exploration: Exploration,
        /// How far along the way, 0..=1.
        at: f32,
        /// Whether the slider was let go: then the patch is made at full size.
        is_final: bool,
    },
    /// Writes frames to a file or a folder.
    ExportFrames(ExportFrames),
    /// Writes the photo at each moment of the way to its edit, to a file or a folder.
    ExportMorph(ExportMorph),
    /// Writes the photo with what was carried onto it.
    SavePhoto {
        /// A snapshot, with a photo.
        exploration: Exploration,
        /// Where to.
        path: PathBuf,
        /// How.
        format: SaveFormat,
    },
    /// Measures what a model's latent space is like.
    Survey {
        /// The weights.
        model: String,
        /// What of it.
        what: Survey,
        /// The file of the trunk on which pictures are compared; the model's own discriminator without.
        trunk: Option<PathBuf>,
    },
    /// Writes what was measured as JSON.
    SaveFindings {
        /// Of which model.
        model: String,
        /// What was found, one of each kind.
        findings: Vec<Surveyed>,
        /// Where to.
        path: PathBuf,
    },
    /// Looks which models can be explored.
    ListModels,
    /// Makes another project's checkpoint a model of the user's.
    ImportModel {
        /// The file.
        path: PathBuf,
    },
    /// What the Sketch room asks.
    Sketch(SketchRequest),
    /// What lessons and the gallery ask.
    School(SchoolRequest),
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
            Self::Save { .. } | Self::SavePhoto { .. } => Lane::Save,
            Self::SaveSession { .. } => Lane::Session,
            Self::ExportMask { .. } | Self::ImportMask { .. } => Lane::MaskFile,
            Self::Copy { .. } => Lane::Clipboard,
            Self::Autosave { .. } => Lane::Autosave,
            Self::Explore { .. } => Lane::Optimize,
            Self::DrawFrames { .. } => Lane::Frames,
            Self::DrawLatents { .. } => Lane::Latents,
            Self::Steer { .. } => Lane::Steer,
            Self::MixSheet(_) => Lane::Mix,
            Self::Directions { asked, .. } => asked.lane(),
            Self::MapVisited { .. } => Lane::Map,
            Self::Project { .. } => Lane::Project,
            Self::Drag { .. } => Lane::Drag,
            Self::Transfer { .. } => Lane::Transfer,
            Self::ExportFrames(_) | Self::ExportMorph(_) => Lane::Animate,
            Self::Survey { .. } => Lane::Survey,
            Self::SaveFindings { .. } => Lane::Findings,
            Self::ListModels => Lane::Models,
            Self::ImportModel { .. } => Lane::Import,
            Self::Sketch(asked) => asked.lane(),
            Self::School(asked) => asked.lane(),
        }
    }
}
