//! What the Sketch room asks and gets: the plain values inside of its requests and events.
//!
//! Pictures are square 8-bit RGB [`Frame`]s, ready to be uploaded and to be kept in a document.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Failure, Lane};
use crate::document::Sketch;
use crate::document::sketch::{SketchKey, SketchResult};
use crate::imaging::Frame;
pub use crate::imaging::animation::AnimationFormat;
pub use crate::imaging::ink::Background;
use crate::imaging::ink::Stroke;
pub use crate::sketch::{ThemeInfo, Themes};

/// How much time a picture may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// The theme's quick network at its lower side: while the pen moves.
    Preview,
    /// The theme's best network at its full side; a preview is shown first.
    Full,
}

/// What is asked of the worker about sketches.
#[derive(Clone, Debug)]
pub enum SketchRequest {
    /// Makes a picture of the strokes. The newest snapshot wins.
    Paint {
        /// A snapshot.
        sketch: Sketch,
        /// How well.
        quality: Quality,
    },
    /// Makes a picture with each of `seeds`.
    Variants {
        /// A snapshot; its own seed does not matter.
        sketch: Sketch,
        /// One picture each.
        seeds: Vec<u64>,
    },
    /// Looks which themes are installed.
    ListThemes,
    /// Loads a theme's networks, so that the first picture comes at once.
    LoadTheme {
        /// Its name.
        theme: Arc<str>,
    },
    /// Writes a file.
    Export(ExportSketch),
    /// Reads a drawing.
    Import {
        /// The file: a picture, an SVG or QuickDraw's ndjson.
        path: PathBuf,
        /// Whether a picture is only to lie below the paper: then no lines are looked for in it.
        is_under: bool,
    },
}

impl SketchRequest {
    /// The lane in which the request runs.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Paint { .. } => Lane::Sketch,
            Self::Variants { .. } => Lane::Variants,
            Self::ListThemes | Self::LoadTheme { .. } => Lane::Themes,
            Self::Export(_) | Self::Import { .. } => Lane::Drawing,
        }
    }
}

/// What the worker shows of a sketch before an outcome.
#[derive(Clone, Debug)]
pub enum SketchPreview {
    /// The quick picture; the full one follows.
    Picture(Box<SketchShown>),
    /// One variant; more follow.
    Variant(VariantShown),
}

/// What the worker made of a sketch.
#[derive(Clone, Debug)]
pub enum SketchDone {
    /// A picture, or none of a blank paper.
    Painted(Box<SketchShown>),
    /// Variants in the order of the seeds; none of a blank paper.
    Variants(Vec<VariantShown>),
    /// The installed themes.
    Themes {
        /// By name.
        themes: Vec<ThemeInfo>,
        /// Sentences about networks that cannot be used.
        problems: Vec<String>,
    },
    /// A theme's networks are in memory.
    ThemeLoaded {
        /// Its name.
        theme: Arc<str>,
        /// Milliseconds that it took; 0 when it was there.
        millis: f32,
    },
    /// A file was written.
    Exported {
        /// The file, or the folder.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// A drawing was read.
    Imported(Box<ImportedDrawing>),
}

impl SketchDone {
    /// Whether the request changed something outside of the program.
    #[must_use]
    pub const fn is_lasting(&self) -> bool {
        matches!(self, Self::Exported { .. })
    }
}

/// A picture of a sketch.
#[derive(Clone, Debug)]
pub struct SketchShown {
    /// Of which ink, theme and settings: [`Sketch::key`] of the snapshot.
    pub key: SketchKey,
    /// What a document keeps; `None` of a blank paper, for which no network runs.
    pub result: Option<Arc<SketchResult>>,
    /// Whether the ink that the network would see is what it saw last, so that it did not run again.
    pub is_kept: bool,
    /// Milliseconds of strokes to ink.
    pub ink_millis: f32,
    /// Milliseconds of the network; 0 when it did not run.
    pub network_millis: f32,
    /// Milliseconds from the request's first step to this picture.
    pub millis: f32,
    /// What is worth a word: nearly all of the paper is ink, say.
    pub remark: Option<Failure>,
}

/// A picture with another seed.
#[derive(Clone, Debug)]
pub struct VariantShown {
    /// Its place in the order that was asked for.
    pub index: usize,
    /// Of the sketch with this seed.
    pub seed: u64,
    /// What a document keeps; its key belongs to the sketch with `seed`.
    pub result: Arc<SketchResult>,
}

/// What of a sketch is written.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportSketch {
    /// A snapshot.
    pub sketch: Sketch,
    /// The file, or for a time-lapse as PNG files the folder.
    pub path: PathBuf,
    /// As what.
    pub what: SketchExport,
}

/// What a file holds of a sketch.
#[derive(Clone, Debug, PartialEq)]
pub enum SketchExport {
    /// The strokes as a PNG, black on white.
    Ink {
        /// Pixels on a side.
        side: u32,
    },
    /// The picture as a PNG.
    Result {
        /// What becomes of its background.
        background: Background,
    },
    /// Strokes and picture side by side as a PNG: `A|B`, as pix2pix's data sets have them.
    Pair,
    /// The strokes as an SVG of outlines.
    Svg,
    /// The strokes as one line of QuickDraw's ndjson.
    QuickDraw,
    /// The layers, the picture and the one below as an OpenRaster file.
    OpenRaster {
        /// Pixels on a side.
        side: u32,
    },
    /// The drawing growing stroke by stroke, with the pictures that the network makes of it.
    TimeLapse(TimeLapse),
}

/// How a time-lapse is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeLapse {
    /// As what.
    pub format: AnimationFormat,
    /// Pixels on a side of the drawing, and of the picture beside it.
    pub side: u32,
    /// Frames of the whole drawing.
    pub frames: u32,
    /// Frames a second.
    pub rate: f32,
    /// Whether the network's picture grows beside the strokes.
    pub has_pictures: bool,
}

/// A drawing from a file.
#[derive(Clone, Debug)]
pub enum ImportedDrawing {
    /// Strokes, fitted into the paper.
    Strokes {
        /// Oldest first.
        strokes: Vec<Arc<Stroke>>,
        /// What the file says it shows; QuickDraw's files do.
        word: Option<String>,
    },
    /// A picture, to lie below the paper.
    Picture {
        /// 8-bit RGB, made smaller where it was large.
        picture: Frame,
        /// Whether it is a photo rather than a drawing.
        is_photo: bool,
        /// Its lines as strokes: of a photo its edges.
        strokes: Vec<Arc<Stroke>>,
    },
}
