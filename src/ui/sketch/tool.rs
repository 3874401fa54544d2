//! What the pointer does on the paper, and with which size, color and calm.

use crate::imaging::ink::{Stroke, Tool};
use crate::ui::icons;

/// A tool of the room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum DrawTool {
    /// Draws freely.
    #[default]
    Pen,
    /// Takes ink and hints of the active layer away.
    Eraser,
    /// Draws a straight line.
    Line,
    /// Draws a curve through points that are clicked.
    Curve,
    /// Asks for a color.
    Hint,
}

impl DrawTool {
    /// Its icon.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Pen => icons::PENCIL,
            Self::Eraser => icons::ERASER,
            Self::Line => icons::LINE,
            Self::Curve => icons::CURVE,
            Self::Hint => icons::HINT,
        }
    }

    /// The key of its name.
    #[must_use]
    pub fn key(self) -> String {
        format!("draw-{}", <&str>::from(self))
    }

    /// What its strokes do.
    #[must_use]
    pub const fn leaves(self) -> Tool {
        match self {
            Self::Pen | Self::Line | Self::Curve => Tool::Pen,
            Self::Eraser => Tool::Eraser,
            Self::Hint => Tool::Hint,
        }
    }
}

/// The narrowest stroke, as a part of the paper's side.
pub(super) const LEAST_SIZE: f32 = 1.0 / 1024.0;
/// The widest stroke, as a part of the paper's side.
pub(super) const MOST_SIZE: f32 = 0.4;
/// Colors that were used and are kept at hand.
const RECENT: usize = 8;
/// How calm lines are when the program is new.
const CALM: f32 = 0.5;

/// Sizes, color and calm. Every kind of stroke has a size of its own, the eraser above all.
#[derive(Clone, Debug, PartialEq)]
pub struct Kit {
    pen: f32,
    eraser: f32,
    hint: f32,
    /// sRGB, of hints.
    pub color: [u8; 3],
    /// Colors used before, the newest first.
    pub recent: Vec<[u8; 3]>,
    /// How much lines are smoothed, 0..=1; 0 is off.
    pub smoothing: f32,
    /// What smoothing goes back to when it is switched on again.
    before_off: f32,
}

impl Default for Kit {
    fn default() -> Self {
        Self {
            pen: Stroke::PEN_SIZE * 1.25,
            eraser: Stroke::ERASER_SIZE,
            hint: Stroke::HINT_SIZE,
            color: [214, 120, 52],
            recent: vec![[214, 120, 52], [64, 64, 68], [236, 232, 224], [96, 140, 90], [70, 112, 190], [196, 60, 60]],
            smoothing: CALM,
            before_off: CALM,
        }
    }
}

impl Kit {
    /// The diameter of `tool` as a part of the paper's side.
    #[must_use]
    pub const fn size(&self, tool: DrawTool) -> f32 {
        match tool {
            DrawTool::Pen | DrawTool::Line | DrawTool::Curve => self.pen,
            DrawTool::Eraser => self.eraser,
            DrawTool::Hint => self.hint,
        }
    }

    /// Sets the diameter of `tool`, kept within limits.
    pub fn set_size(&mut self, tool: DrawTool, size: f32) {
        if !size.is_finite() {
            return;
        }
        let size = size.clamp(LEAST_SIZE, MOST_SIZE);
        match tool {
            DrawTool::Pen | DrawTool::Line | DrawTool::Curve => self.pen = size,
            DrawTool::Eraser => self.eraser = size,
            DrawTool::Hint => self.hint = size,
        }
    }

    /// `steps` steps wider, narrower if negative.
    pub fn widen(&mut self, tool: DrawTool, steps: f32) {
        self.set_size(tool, self.size(tool) * 1.2_f32.powf(steps));
    }

    /// Sets how much lines are smoothed.
    pub const fn set_smoothing(&mut self, smoothing: f32) {
        if smoothing.is_finite() {
            self.smoothing = smoothing.clamp(0.0, 1.0);
        }
    }

    /// Switches smoothing off, or on again as it was.
    pub fn toggle_smoothing(&mut self) {
        if self.smoothing > 0.0 {
            (self.before_off, self.smoothing) = (self.smoothing, 0.0);
        } else {
            self.smoothing = if self.before_off > 0.0 { self.before_off } else { CALM };
        }
    }

    /// Notes that the color was drawn with.
    pub fn note_color(&mut self) {
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
    fn the_eraser_has_a_size_of_its_own_and_sizes_stay_in_range() {
        let mut kit = Kit::default();
        let eraser = kit.size(DrawTool::Eraser);
        kit.widen(DrawTool::Pen, 200.0);
        assert_eq!(kit.size(DrawTool::Line), MOST_SIZE, "lines are drawn with the pen");
        assert_eq!(kit.size(DrawTool::Eraser), eraser, "not the eraser");
        kit.widen(DrawTool::Pen, -400.0);
        assert_eq!(kit.size(DrawTool::Pen), LEAST_SIZE, "the narrowest");
        kit.set_size(DrawTool::Hint, f32::NAN);
        assert_eq!(kit.size(DrawTool::Hint), Stroke::HINT_SIZE, "nonsense changes nothing");
    }

    #[test]
    fn smoothing_comes_back_as_it_was() {
        let mut kit = Kit::default();
        kit.set_smoothing(0.8);
        kit.toggle_smoothing();
        assert_eq!(kit.smoothing, 0.0, "off");
        kit.toggle_smoothing();
        assert_eq!(kit.smoothing, 0.8, "on again");
    }
}
