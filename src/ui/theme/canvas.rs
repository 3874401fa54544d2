//! The colors and sizes of what is drawn over a photo: they must be readable on any ground, in either theme.
#![expect(clippy::disallowed_methods, reason = "colors come from the theme")]

use egui::{Color32, Stroke};

/// The usual color of what is marked for erasing.
pub const HOLES: [u8; 3] = [235, 64, 52];
/// Brushed "sample from here".
pub const SAMPLE_FROM: [u8; 3] = [20, 184, 166];
/// Brushed "never sample from here".
pub const SAMPLE_NEVER: [u8; 3] = [245, 158, 11];

/// Radius of the divider's handle, in points.
pub const HANDLE_RADIUS: f32 = 16.0;
/// How far beside the divider's line the pointer still takes hold of it, in points.
pub const DIVIDER_REACH: f32 = 5.0;

/// Behind the difference picture.
pub const DIFFERENCE_GROUND: Color32 = Color32::BLACK;
/// Dark half of lines that are drawn twice.
const DARK: Color32 = Color32::from_black_alpha(170);
/// Light half of lines that are drawn twice.
const LIGHT: Color32 = Color32::from_rgb(250, 250, 250);

/// The color of an overlay; `opacity` in 0..=1.
#[must_use]
pub fn overlay(color: [u8; 3], opacity: f32) -> Color32 {
    let [r, g, b] = color;
    Color32::from_rgba_unmultiplied(r, g, b, (opacity.clamp(0.0, 1.0) * 255.0).round() as u8)
}

/// What a premultiplied texture is multiplied with to show with `opacity` in 0..=1.
#[must_use]
pub fn opacity(opacity: f32) -> Color32 {
    Color32::from_white_alpha((opacity.clamp(0.0, 1.0) * 255.0).round() as u8)
}

/// The two strokes of an outline, the wider dark one first: one of them stands out on any ground.
#[must_use]
pub const fn outline() -> [Stroke; 2] {
    [Stroke { width: 3.0, color: DARK }, Stroke { width: 1.25, color: LIGHT }]
}

/// As [`outline`], for the less important inner circle of the brush.
#[must_use]
pub const fn faint_outline() -> [Stroke; 2] {
    [
        Stroke { width: 2.0, color: Color32::from_black_alpha(80) },
        Stroke { width: 0.75, color: Color32::from_rgb(200, 200, 200) },
    ]
}

/// Fill of the divider's handle.
pub const HANDLE: Color32 = LIGHT;
/// The arrows on it.
pub const HANDLE_MARK: Color32 = Color32::from_rgb(40, 40, 40);
/// Ground of the labels on both sides of the divider.
pub const LABEL_GROUND: Color32 = DARK;
/// Text of the labels.
pub const LABEL_TEXT: Color32 = LIGHT;
/// Side of a square of the board under transparent photos, in points.
pub const BOARD_SQUARE: f32 = 8.0;
/// The two squares of the board under transparent photos.
pub const BOARD: [Color32; 2] = [Color32::from_rgb(150, 150, 150), Color32::from_rgb(110, 110, 110)];
