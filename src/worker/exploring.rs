//! What the Explore room asks and gets: the plain values inside of its requests and events.
//!
//! Pictures are square 8-bit RGB [`Frame`]s, ready to be uploaded and to be kept as a stroke's snapshot.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Failure, Lane, ShownPatch};
use crate::control::Progress;
use crate::document::Exploration;
use crate::document::explore::{
    Direction, Interpolation, KeyFrame, Latent, Noise, PicturePos, Projection, Steering, StrokeId, StyleSpace,
    Transferred,
};
pub use crate::eval::latent::{
    Attribute, Frechet, Interval, Mixing, NoiseShare, PathLength, PathSpace, Sampling, Separability, Truncation,
};
pub use crate::imaging::animation::AnimationFormat;
use crate::imaging::{Frame, PixelRect};
use crate::latent::DragOptions;
pub use crate::latent::drag::Ending as DragEnding;
pub use crate::latent::{LatentMap, Playback};

/// A way through the latent space.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// From one latent to another.
    Between {
        /// Before.
        from: Latent,
        /// After.
        to: Latent,
        /// How.
        interpolation: Interpolation,
    },
    /// A smooth curve through key frames.
    Keys {
        /// At least one, by rising time.
        keys: Vec<KeyFrame>,
        /// How.
        interpolation: Interpolation,
    },
}

/// One picture on a way.
#[derive(Clone, Debug)]
pub struct FrameShown {
    /// Its number.
    pub index: usize,
    /// Where it lies on the way, 0..=1.
    pub at: f32,
    /// Where it lies on the manifold.
    pub latent: Latent,
    /// The picture.
    pub picture: Frame,
}

/// One answer of a search.
#[derive(Clone, Debug)]
pub struct CandidateShown {
    /// Stays the same for the life of the candidate, also while strokes change.
    pub id: u64,
    /// Where it is.
    pub latent: Latent,
    /// Where it started, or the origin that was fixed: the slider's end before.
    pub start: Latent,
    /// The picture; while it does not change, all previews share its buffer.
    pub picture: Frame,
    /// All costs, weighted: what candidates are ranked by.
    pub cost: f32,
    /// The cost of each stroke that counts, without its weight, oldest stroke first; empty while the picture is still that of
    /// the search before.
    pub costs: Vec<(StrokeId, f32)>,
    /// The share in the average of all candidates shown; shares sum to 1.
    pub share: f32,
}

/// How far a search is.
#[derive(Clone, Debug)]
pub struct SearchShown {
    /// In rank order, the best first.
    pub candidates: Vec<CandidateShown>,
    /// The candidates' pictures mixed by their shares; `None` without candidates.
    pub average: Option<Frame>,
    /// Strokes that none of the candidates satisfies: they contradict others, or what the model knows. Only of a search that
    /// has ended; before, nobody knows.
    pub unmet: Vec<StrokeId>,
    /// Strokes that lie outside of the picture and ask for nothing.
    pub empty: Vec<StrokeId>,
    /// Steps made.
    pub step: usize,
    /// Of so many.
    pub of: usize,
    /// Candidates dropped because their numbers were not finite.
    pub dropped: usize,
    /// Milliseconds that the last step took.
    pub step_millis: f32,
}

/// A photo on its way onto the manifold.
#[derive(Clone, Debug)]
pub struct ProjectionShown {
    /// What a document keeps: the best so far, of a projection that is stopped too.
    pub projection: Arc<Projection>,
    /// Mean squared difference of colors in -1..1 between the photo's square and the picture.
    pub error: f32,
    /// The best picture so far.
    pub picture: Frame,
    /// The photo's square as the model would see it.
    pub target: Frame,
    /// How far.
    pub progress: Progress,
    /// A sentence when the photo is far from all that the model knows, as far as can be told from the best so far.
    pub remark: Option<Failure>,
}

/// How handles are dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DragHow {
    /// Whether layers move together.
    pub space: StyleSpace,
    /// Steps at most.
    pub steps: u32,
    /// How far a step goes, in deviations of a style's numbers.
    pub rate: f32,
    /// How much it counts that the rest stays.
    pub hold: f32,
}

impl Default for DragHow {
    fn default() -> Self {
        let DragOptions { steps, rate, hold, .. } = DragOptions::default();
        Self { space: StyleSpace::Layered, steps: steps as u32, rate, hold }
    }
}

/// A handle on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HandleShown {
    /// Its stroke.
    pub id: StrokeId,
    /// Where it is now.
    pub at: PicturePos,
    /// Where it shall come.
    pub target: PicturePos,
    /// Between the two, in pixels of the model's pictures.
    pub distance: f32,
}

/// A drag under way, or its end.
#[derive(Clone, Debug)]
pub struct DragShown {
    /// Steps made.
    pub step: usize,
    /// Of so many at most.
    pub of: usize,
    /// The handles.
    pub handles: Vec<HandleShown>,
    /// The picture now.
    pub picture: Frame,
    /// What it began with.
    pub from: Latent,
    /// What it has come to: that of the picture.
    pub latent: Latent,
    /// Why it is over; `None` while it runs.
    pub ending: Option<DragEnding>,
    /// How far colors have changed where nothing may move, on the scale 0..=255; known at the end, where not all may.
    pub drift: Option<f32>,
}

/// What of a model is measured, and on how many pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Survey {
    /// Path lengths on so many pairs of latents, in z and where there are styles in w.
    Paths {
        /// Pairs.
        pairs: usize,
        /// Which places of the way count.
        sampling: Sampling,
    },
    /// The truncation curve with so many pictures at each place.
    Truncation(usize),
    /// What the style of each layer does, on so many pairs.
    Mixing(usize),
    /// What the noise decides, on so many pictures.
    Noise(usize),
    /// How well labels can be told from latents by planes.
    Separability {
        /// Of layers that pictures are composed of, or of folders of pictures: what labels come from.
        folder: PathBuf,
        /// Pictures to learn labels from.
        labelled: usize,
        /// Pictures to draw.
        samples: usize,
    },
    /// How far the model's pictures are from real ones.
    Pictures {
        /// The real ones.
        folder: PathBuf,
        /// How many of them, and as many drawn ones.
        count: usize,
    },
}

/// What a model was measured to be.
#[derive(Clone, Debug)]
pub enum Surveyed {
    /// One for each space.
    Paths(Vec<PathLength>),
    /// The curve.
    Truncation(Truncation),
    /// A distance for each layer.
    Mixing(Mixing),
    /// The figures, and where pixels vary, four times as bright as it is.
    Noise(NoiseShare, Frame),
    /// How well labels can be told.
    Separability(Separability),
    /// The Fréchet distance.
    Pictures(Frechet),
}

/// An edit on the photo.
#[derive(Clone, Debug)]
pub struct TransferShown {
    /// How far along the way from the projection to the edit, 0..=1.
    pub at: f32,
    /// The patch with its picture. While the slider is dragged it belongs to a smaller photo.
    pub shown: ShownPatch,
    /// Where the patch lies in the photo at full size: it is drawn stretched to this.
    pub rect: PixelRect,
    /// What a document keeps, made when the slider is let go.
    pub transferred: Option<Arc<Transferred>>,
}

/// How well an edit could be explained by motion and color.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransferMeasure {
    /// Root mean square of what is left, on the scale 0..=1.
    pub residual: f32,
    /// Mean confidence, 0..=1.
    pub confidence: f32,
    /// Mean length of the motion in photo pixels.
    pub motion: f32,
}

/// A model that can be explored.
#[derive(Clone, Debug)]
pub struct ModelShown {
    /// What its weights are called.
    pub name: String,
    /// The kind of network, as people call it.
    pub family: String,
    /// The side of its pictures in pixels.
    pub side: u32,
    /// Whether it has a predictor: then photos can be projected at once. Known when its picture is drawn.
    pub has_predictor: bool,
    /// Layers that take a style; 0 of a model without styles. Known when its picture is drawn.
    pub layers: u32,
    /// Whether noise changes its pictures. Known when its picture is drawn.
    pub has_noise: bool,
    /// What it draws and where its pictures came from, in a sentence; empty if the manifest does not say.
    pub about: String,
    /// A picture of it; `None` until it is drawn.
    pub picture: Option<Frame>,
}

/// What an export writes.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportFrames {
    /// The weights.
    pub model: String,
    /// Along what.
    pub way: Way,
    /// Frames on the way.
    pub frames: usize,
    /// The file, or for [`AnimationFormat::Pngs`] the folder.
    pub path: PathBuf,
    /// As what.
    pub format: AnimationFormat,
    /// In which order.
    pub playback: Playback,
    /// Frames a second.
    pub rate: f32,
    /// Each pixel becomes a square of so many, 1..=16.
    pub scale: u32,
    /// Of a model with styles.
    pub noise: Noise,
}

/// What an export of a photo's morph writes.
#[derive(Clone, Debug)]
pub struct ExportMorph {
    /// A snapshot, with a photo, its projection and an edit.
    pub exploration: Exploration,
    /// Frames from the photo to its edit.
    pub frames: usize,
    /// The file, or for [`AnimationFormat::Pngs`] the folder.
    pub path: PathBuf,
    /// As what.
    pub format: AnimationFormat,
    /// In which order.
    pub playback: Playback,
    /// Frames a second.
    pub rate: f32,
}

/// A sheet of mixed styles: a row of pictures of the columns' seeds, then for each row its seed's picture and mixtures.
#[derive(Clone, Debug, PartialEq)]
pub struct MixSheet {
    /// The weights.
    pub model: String,
    /// Seeds that give all other layers.
    pub rows: Vec<u64>,
    /// Seeds that give the layers `first..=last`.
    pub columns: Vec<u64>,
    /// The first layer that comes from the column.
    pub first: u32,
    /// The last one.
    pub last: u32,
    /// Its truncation is that of all of them.
    pub steering: Arc<Steering>,
    /// The noise of all of them.
    pub noise: Noise,
}

/// What is asked of directions.
#[derive(Clone, Debug, PartialEq)]
pub enum DirectionsAsked {
    /// Those that were saved.
    List,
    /// So many in which sampled styles differ most.
    Pca(usize),
    /// So many in which the weights change pictures most.
    Factorize(usize),
    /// Saves one; all that were saved are the answer.
    Save(Arc<Direction>),
    /// Deletes one that was saved, by its name; all that are left are the answer.
    Delete(String),
}

impl DirectionsAsked {
    /// The lane in which it runs.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        match self {
            Self::List | Self::Save(_) | Self::Delete(_) => Lane::DirectionFiles,
            Self::Pca(_) | Self::Factorize(_) => Lane::Directions,
        }
    }
}

/// Where directions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectionsSource {
    /// They were saved.
    Saved,
    /// Found now.
    Found,
}
