//! What the pointer does on the manifold's picture, and with which color and width.

use crate::document::explore::{Stroke, StrokeTool};
use crate::ui::icons;

/// A brush that can be picked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Brush {
    /// This color here.
    #[default]
    Color,
    /// An edge here.
    Edge,
    /// No edge here.
    NoEdge,
    /// This square belongs there.
    Warp,
    /// This stays.
    Keep,
    /// This point belongs there.
    Drag,
    /// Here a drag may change the picture.
    Movable,
    /// Takes strokes away.
    Eraser,
    /// Selects strokes and moves warps.
    Select,
    /// Takes a color from the picture.
    Eyedropper,
    /// Moves the view.
    Pan,
}

impl Brush {
    /// Whether it has a width that shows around the pointer.
    #[must_use]
    pub const fn has_width(self) -> bool {
        matches!(self, Self::Color | Self::Edge | Self::NoEdge | Self::Warp | Self::Keep | Self::Movable)
    }

    /// The brush that draws such a stroke.
    #[must_use]
    pub const fn of(stroke: &Stroke) -> Self {
        match stroke.tool {
            StrokeTool::Color { .. } => Self::Color,
            StrokeTool::Sketch { is_edge: true } => Self::Edge,
            StrokeTool::Sketch { is_edge: false } => Self::NoEdge,
            StrokeTool::Warp { .. } => Self::Warp,
            StrokeTool::Keep { .. } => Self::Keep,
            StrokeTool::Drag { .. } => Self::Drag,
            StrokeTool::Movable => Self::Movable,
        }
    }

    /// Its icon.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Color => icons::COLORS,
            Self::Edge => icons::PENCIL,
            Self::NoEdge => icons::PENCIL_SLASH,
            Self::Warp => icons::WARP,
            Self::Keep => icons::KEEP,
            Self::Drag => icons::POINTS,
            Self::Movable => icons::MOVABLE,
            Self::Eraser => icons::ERASER,
            Self::Select => icons::CURSOR,
            Self::Eyedropper => icons::EYEDROPPER,
            Self::Pan => icons::HAND,
        }
    }

    /// The key of its name.
    #[must_use]
    pub fn key(self) -> String {
        format!("brush-{}", <&str>::from(self))
    }
}

/// Colors that were used and are kept at hand.
const RECENT: usize = 8;
/// The narrowest brush as a part of the picture's side.
pub(super) const LEAST_WIDTH: f32 = 1.0 / 256.0;

/// Color and widths of the brushes.
#[derive(Clone, Debug, PartialEq)]
pub struct Palette {
    /// sRGB.
    pub color: [u8; 3],
    /// Colors used before, the newest first.
    pub recent: Vec<[u8; 3]>,
    color_width: f32,
    sketch_width: f32,
    warp_width: f32,
    keep_width: f32,
    movable_width: f32,
}

impl Default for Palette {
    /// iGAN's widths, and its green.
    fn default() -> Self {
        Self {
            color: [0, 200, 80],
            recent: Vec::new(),
            color_width: 0.06,
            sketch_width: 1.0 / 64.0,
            warp_width: 0.375,
            keep_width: 0.15,
            movable_width: 0.2,
        }
    }
}

impl Palette {
    /// The width of `brush` as a fraction of the picture's side; `None` if it has none.
    #[must_use]
    pub const fn width(&self, brush: Brush) -> Option<f32> {
        match brush {
            Brush::Color => Some(self.color_width),
            Brush::Edge | Brush::NoEdge => Some(self.sketch_width),
            Brush::Warp => Some(self.warp_width),
            Brush::Keep => Some(self.keep_width),
            Brush::Movable => Some(self.movable_width),
            Brush::Drag | Brush::Eraser | Brush::Select | Brush::Eyedropper | Brush::Pan => None,
        }
    }

    /// Sets the width of `brush`, kept within its limits.
    pub fn set_width(&mut self, brush: Brush, width: f32) {
        if !width.is_finite() {
            return;
        }
        let width = width.clamp(LEAST_WIDTH, 1.0);
        match brush {
            Brush::Color => self.color_width = width,
            Brush::Edge | Brush::NoEdge => self.sketch_width = width,
            Brush::Warp => self.warp_width = width,
            Brush::Keep => self.keep_width = width,
            Brush::Movable => self.movable_width = width,
            Brush::Drag | Brush::Eraser | Brush::Select | Brush::Eyedropper | Brush::Pan => {}
        }
    }

    /// `steps` steps wider, narrower if negative.
    pub fn widen(&mut self, brush: Brush, steps: f32) {
        if let Some(width) = self.width(brush) {
            self.set_width(brush, width * 1.15_f32.powf(steps));
        }
    }

    /// Takes `color` up.
    pub fn pick(&mut self, color: [u8; 3]) {
        self.color = color;
    }

    /// Notes that the color was painted with.
    pub fn note_use(&mut self) {
        let color = self.color;
        self.recent.retain(|recent| *recent != color);
        self.recent.insert(0, color);
        self.recent.truncate(RECENT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_kept_for_each_kind_and_stay_in_range() {
        let mut palette = Palette::default();
        palette.widen(Brush::Color, 100.0);
        assert_eq!(palette.width(Brush::Color), Some(1.0), "the widest is the picture");
        palette.widen(Brush::Color, -200.0);
        assert_eq!(palette.width(Brush::Color), Some(LEAST_WIDTH), "the narrowest");
        palette.set_width(Brush::Keep, f32::NAN);
        assert_eq!(palette.width(Brush::Keep), Some(0.15), "others are left alone, nonsense changes nothing");
        assert_eq!(palette.width(Brush::Select), None, "it has none");
    }

    #[test]
    fn colors_that_were_used_come_first_and_once() {
        let mut palette = Palette::default();
        for red in [1, 2, 1] {
            palette.pick([red, 0, 0]);
            palette.note_use();
        }
        assert_eq!(palette.recent, [[1, 0, 0], [2, 0, 0]], "the newest first");
    }
}
