//! What must be there for a command to make sense, and what is there now.

use super::Room;

/// What must be there for a command to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// A file opened before.
    Recent,
    /// Something on the canvas of either room.
    Canvas,
    /// An open photo.
    Photo,
    /// Something marked.
    Marks,
    /// Something marked for sampling.
    Sources,
    /// Something to undo.
    Undo,
    /// Something to redo.
    Redo,
    /// Work that runs.
    Work,
    /// A selected erasure.
    Erasure,
    /// A selected erasure with several candidates.
    Candidates,
    /// A selected erasure under another.
    Above,
    /// A selected erasure over another.
    Below,
    /// Models that can be explored.
    Models,
    /// An exploration with a model.
    Model,
    /// An exploration with a model that has styles.
    Styles,
    /// A picture of a model that has styles.
    StyledLatent,
    /// Candidates of a search.
    Picks,
    /// A picture of the manifold that shows.
    Latent,
    /// Strokes.
    Strokes,
    /// Points to be dragged.
    Pairs,
    /// A selected stroke.
    Stroke,
    /// Both ends of the slider.
    Ends,
    /// At least two key frames.
    KeyFrames,
    /// A selected key frame.
    KeyFrame,
    /// A photo that is edited by way of the manifold.
    Portrait,
    /// A photo that was projected, and something it was changed into.
    Edit,
    /// An edit that lies over the photo.
    Carried,
    /// A paper to draw on.
    Paper,
    /// A paper with something on it.
    Ink,
    /// A theme that is installed.
    Theme,
    /// Ink, and a theme to paint it with.
    Subject,
    /// A picture that ink has become.
    Result,
    /// Pictures of other seeds.
    Variants,
    /// More than one layer.
    Layers,
    /// A layer over the active one.
    LayerOver,
    /// A layer under the active one.
    LayerUnder,
    /// A picture under the drawing.
    Under,
    /// The room Sketch, whether its paper shows or its gallery.
    Easel,
    /// A lesson that is followed.
    Lesson,
    /// A lesson with a step to go back to.
    Steps,
    /// A lesson and something drawn.
    LessonInk,
    /// A lesson that is followed or scored.
    Course,
    /// A score.
    Score,
    /// A gallery with something in it.
    Gallery,
    /// A drawing of the gallery that is looked at.
    Hung,
    /// A drawing of the gallery, and somebody who looks at it.
    Viewer,
}

impl Needs {
    /// The room in which it can be met; `None` for both.
    pub(super) const fn room(self) -> Option<Room> {
        match self {
            Self::Nothing | Self::Recent | Self::Canvas | Self::Undo | Self::Redo | Self::Work => None,
            Self::Photo
            | Self::Marks
            | Self::Sources
            | Self::Erasure
            | Self::Candidates
            | Self::Above
            | Self::Below => Some(Room::Erase),
            Self::Models
            | Self::Model
            | Self::Styles
            | Self::StyledLatent
            | Self::Picks
            | Self::Latent
            | Self::Strokes
            | Self::Pairs
            | Self::Stroke
            | Self::Ends
            | Self::KeyFrames
            | Self::KeyFrame
            | Self::Portrait
            | Self::Edit
            | Self::Carried => Some(Room::Explore),
            Self::Paper
            | Self::Ink
            | Self::Theme
            | Self::Subject
            | Self::Result
            | Self::Variants
            | Self::Layers
            | Self::LayerOver
            | Self::LayerUnder
            | Self::Under
            | Self::Easel
            | Self::Lesson
            | Self::Steps
            | Self::LessonInk
            | Self::Course
            | Self::Score
            | Self::Gallery
            | Self::Hung
            | Self::Viewer => Some(Room::Sketch),
        }
    }
}

/// What is there now, in the room that shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the variant of `Needs` of its name")]
pub struct Situation {
    /// The room that shows.
    pub room: Room,
    pub recent: bool,
    pub photo: bool,
    pub marks: bool,
    pub sources: bool,
    pub undo: bool,
    pub redo: bool,
    pub work: bool,
    pub erasure: bool,
    pub candidates: bool,
    pub above: bool,
    pub below: bool,
    pub models: bool,
    pub model: bool,
    pub styles: bool,
    pub picks: bool,
    pub latent: bool,
    pub strokes: bool,
    pub pairs: bool,
    pub stroke: bool,
    pub ends: bool,
    pub key_frames: bool,
    pub key_frame: bool,
    pub portrait: bool,
    pub edit: bool,
    pub carried: bool,
    pub paper: bool,
    pub ink: bool,
    pub theme: bool,
    pub result: bool,
    pub variants: bool,
    pub layers: bool,
    pub layer_over: bool,
    pub layer_under: bool,
    pub under: bool,
    pub easel: bool,
    pub lesson: bool,
    pub steps: bool,
    pub course: bool,
    pub score: bool,
    pub gallery: bool,
    pub hung: bool,
    pub viewer: bool,
}

impl Situation {
    /// Whether `needs` are met.
    #[must_use]
    pub const fn has(&self, needs: Needs) -> bool {
        match needs {
            Needs::Nothing => true,
            Needs::Recent => self.recent,
            Needs::Canvas => self.photo || self.model || self.paper,
            Needs::Photo => self.photo,
            Needs::Marks => self.marks,
            Needs::Sources => self.sources,
            Needs::Undo => self.undo,
            Needs::Redo => self.redo,
            Needs::Work => self.work,
            Needs::Erasure => self.erasure,
            Needs::Candidates => self.candidates,
            Needs::Above => self.above,
            Needs::Below => self.below,
            Needs::Models => self.models,
            Needs::Model => self.model,
            Needs::Styles => self.styles,
            Needs::StyledLatent => self.styles && self.latent,
            Needs::Picks => self.picks,
            Needs::Latent => self.latent,
            Needs::Strokes => self.strokes,
            Needs::Pairs => self.pairs,
            Needs::Stroke => self.stroke,
            Needs::Ends => self.ends,
            Needs::KeyFrames => self.key_frames,
            Needs::KeyFrame => self.key_frame,
            Needs::Portrait => self.portrait,
            Needs::Edit => self.edit,
            Needs::Carried => self.carried,
            Needs::Paper => self.paper,
            Needs::Ink => self.ink,
            Needs::Theme => self.theme,
            Needs::Subject => self.ink && self.theme,
            Needs::Result => self.result,
            Needs::Variants => self.variants,
            Needs::Layers => self.layers,
            Needs::LayerOver => self.layer_over,
            Needs::LayerUnder => self.layer_under,
            Needs::Under => self.under,
            Needs::Easel => self.easel,
            Needs::Lesson => self.lesson,
            Needs::Steps => self.steps,
            Needs::LessonInk => self.course && self.ink,
            Needs::Course => self.course,
            Needs::Score => self.score,
            Needs::Gallery => self.gallery,
            Needs::Hung => self.hung,
            Needs::Viewer => self.hung && self.viewer,
        }
    }
}
