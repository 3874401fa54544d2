//! The colors of the paper, the ink and what lies over them. Paper is light in either theme.
#![expect(clippy::disallowed_methods, reason = "colors come from the theme")]

use egui::{Color32, Stroke};

/// The paper.
pub const PAPER: Color32 = Color32::from_rgb(253, 252, 249);
/// Ink at full strength: nearly black.
pub const INK: Color32 = Color32::from_rgb(26, 26, 30);
/// The two squares of the board under a picture without a background.
pub const BOARD: [Color32; 2] = [Color32::from_rgb(244, 244, 244), Color32::from_rgb(226, 226, 226)];
/// The line of the mirror.
pub const GUIDE: Color32 = Color32::from_rgb(226, 132, 60);
/// Words on the paper.
pub const FAINT: Color32 = Color32::from_rgb(150, 146, 138);
/// Words on the paper that matter more.
pub const WORDS: Color32 = Color32::from_rgb(96, 93, 88);

/// The lines of a lesson's next step.
pub const GHOST: Color32 = Color32::from_rgb(176, 204, 236);
/// Where its strokes begin.
pub const START: Color32 = Color32::from_rgb(64, 126, 196);
/// Lines of a lesson that were met.
pub const MET: Color32 = Color32::from_rgb(186, 226, 186);

/// Lines of a lesson that were missed: nothing where `heat` is 0, red where it is 1.
#[must_use]
pub fn missed(heat: f32) -> Color32 {
    let part = ((heat - 0.3) / 0.5).clamp(0.0, 1.0);
    Color32::from_rgba_unmultiplied(226, (150.0 - 110.0 * part) as u8, 46, (part * 235.0) as u8)
}

/// Ink that covers `part` of a pixel, 0..=255.
#[must_use]
pub fn ink(part: u8) -> Color32 {
    Color32::from_rgba_unmultiplied(INK.r(), INK.g(), INK.b(), part)
}

/// A color that is asked for and covers `part` of a pixel: the lines below stay readable.
#[must_use]
pub fn hint([r, g, b]: [u8; 3], part: u8) -> Color32 {
    Color32::from_rgba_unmultiplied(r, g, b, (u16::from(part) * 190 / 255) as u8)
}

/// The ring around the pointer: light on a dark rim, so that it shows on paper and picture.
#[must_use]
pub fn ring() -> [Stroke; 2] {
    [
        Stroke { width: 2.5, color: Color32::from_white_alpha(170) },
        Stroke { width: 1.0, color: Color32::from_rgb(70, 70, 74) },
    ]
}

/// The shadow that the paper throws.
#[must_use]
pub fn shadow() -> egui::Shadow {
    egui::Shadow { offset: [0, 3], blur: 18, spread: 0, color: Color32::from_black_alpha(60) }
}
