//! What the pointer does on the photo: each tool turns presses, moves and releases in image positions into one step of
//! the history.
//!
//! Tools know neither the window nor the view. They change a document only through [`History`], begin on press, end on
//! release and take everything back on Escape.

mod brush;
mod event;
mod layer;
mod object_select;
mod polygon;
mod region;

pub use brush::{BrushSettings, MAX_BRUSH};
pub use event::{PointerSample, Press, ToolEvent};

use brush::BrushTool;
use layer::MaskLayer;
use object_select::ObjectTool;
use polygon::PolygonTool;
use region::RegionTool;

use crate::document::History;
use crate::imaging::mask::Paint;
use crate::imaging::{ImagePos, Mask};

/// A tool that can be picked.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum ToolKind {
    /// Marks for erasing.
    #[default]
    Brush,
    /// Takes marks away.
    Eraser,
    /// Marks a rectangle.
    Rectangle,
    /// Marks what is circled.
    Lasso,
    /// Marks between clicked corners.
    Polygon,
    /// Marks the object that is scribbled on or circled roughly.
    ObjectSelect,
    /// Marks what may be sampled from.
    SampleFrom,
    /// Marks what must not be sampled from.
    SampleNever,
    /// Moves the view.
    Pan,
}

impl ToolKind {
    /// Whether the tool paints with the round brush, so that its size and hardness matter.
    #[must_use]
    pub const fn has_brush(self) -> bool {
        matches!(self, Self::Brush | Self::Eraser | Self::SampleFrom | Self::SampleNever | Self::ObjectSelect)
    }
}

/// What a tool reports when a gesture ends.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolOutcome {
    /// Something more is marked for erasing.
    Marked,
    /// Something was brushed or looped roughly.
    Rough {
        /// The scribble or the inside of the loop.
        mask: Mask,
        /// Which of the two.
        is_loop: bool,
    },
}

/// What a tool works with besides the pointer.
#[derive(Debug)]
pub struct ToolContext<'a> {
    /// The only way to the document.
    pub history: &'a mut History,
    /// The round brush.
    pub brush: &'a BrushSettings,
    /// Points of the screen for each pixel of the photo: what "near" means to the hand.
    pub points_per_pixel: f32,
}

/// A line that an unfinished gesture shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// In pixels of the photo.
    pub points: Vec<ImagePos>,
    /// Whether the last point is joined with the first.
    pub is_closed: bool,
    /// How it looks.
    pub look: OutlineLook,
}

/// How an [`Outline`] looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum OutlineLook {
    /// A thin line.
    Line,
    /// A thin line with its corners marked.
    Corners,
    /// A scribble of this width in pixels of the photo.
    Scribble(f32),
}

/// All tools with their unfinished gestures; at most one of them is drawing.
#[derive(Debug, Default)]
pub struct Tools {
    brush: BrushTool,
    region: RegionTool,
    polygon: PolygonTool,
    object: ObjectTool,
}

impl Tools {
    /// Hands `event` to the tool `kind`.
    pub fn handle(&mut self, kind: ToolKind, event: ToolEvent, ctx: &mut ToolContext<'_>) -> Option<ToolOutcome> {
        match kind {
            ToolKind::Brush => self.brush.handle(event, (MaskLayer::Holes, Paint::Add), ctx),
            ToolKind::Eraser => self.brush.handle(event, (MaskLayer::Holes, Paint::Subtract), ctx),
            ToolKind::SampleFrom => self.brush.handle(event, (MaskLayer::SampleFrom, Paint::Add), ctx),
            ToolKind::SampleNever => self.brush.handle(event, (MaskLayer::SampleNever, Paint::Add), ctx),
            ToolKind::Rectangle => self.region.handle(event, region::Kind::Rectangle, ctx),
            ToolKind::Lasso => self.region.handle(event, region::Kind::Lasso, ctx),
            ToolKind::Polygon => self.polygon.handle(event, ctx),
            ToolKind::ObjectSelect => self.object.handle(event, ctx),
            ToolKind::Pan => None,
        }
    }

    /// Whether a gesture is unfinished: then Enter, Escape and Backspace belong to it.
    #[must_use]
    pub const fn is_drawing(&self) -> bool {
        self.brush.is_drawing() || self.region.is_drawing() || self.polygon.is_drawing() || self.object.is_drawing()
    }

    /// Takes every unfinished gesture back.
    pub fn abort(&mut self, history: &mut History) {
        self.brush.abort(history);
        self.region = RegionTool::default();
        self.polygon = PolygonTool::default();
        self.object = ObjectTool::default();
    }

    /// The line of the unfinished gesture; `hover` is where the pointer is.
    #[must_use]
    pub fn outline(&self, hover: Option<ImagePos>) -> Option<Outline> {
        self.region.outline().or_else(|| self.polygon.outline(hover)).or_else(|| self.object.outline())
    }
}
