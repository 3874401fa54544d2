//! The colors of what is drawn over a manifold's picture.
#![expect(clippy::disallowed_methods, reason = "colors come from the theme")]

use egui::{Color32, Stroke};

/// Of strokes that keep.
pub const KEEP: Color32 = Color32::from_rgb(64, 196, 255);
/// Of what keeps its bits on a photo.
pub const KEPT: [u8; 3] = [64, 196, 255];
/// Of moved squares.
pub const WARP: Color32 = Color32::from_rgb(255, 196, 0);
/// Of where a drag may change the picture.
pub const MOVABLE: Color32 = Color32::from_rgb(52, 211, 153);
/// Of a handle that is dragged.
pub const HANDLE: Color32 = Color32::from_rgb(244, 63, 94);
/// Of the target of a handle.
pub const TARGET: Color32 = Color32::from_rgb(59, 130, 246);
/// Of the selected stroke.
pub const SELECTED: Color32 = Color32::from_rgb(255, 255, 255);
/// Over what the manifold does not show of a photo.
pub const OUTSIDE: Color32 = Color32::from_black_alpha(150);
/// The slider's start on the map.
pub const FROM: Color32 = Color32::from_rgb(96, 165, 250);
/// The slider's end on the map.
pub const TO: Color32 = Color32::from_rgb(244, 114, 82);

/// A painted color.
#[must_use]
pub const fn ink([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// White that covers a picture by `part` in 0..=1.
#[must_use]
pub fn fog(part: f32) -> Color32 {
    Color32::from_white_alpha((part.clamp(0.0, 1.0) * 255.0) as u8)
}

/// An edge that is wanted: dark on a light rim, readable on any ground.
#[must_use]
pub const fn edge(width: f32) -> [Stroke; 2] {
    [
        Stroke { width: width + 2.5, color: Color32::from_rgb(245, 245, 245) },
        Stroke { width, color: Color32::from_rgb(20, 20, 20) },
    ]
}

/// No edge: light on a dark rim.
#[must_use]
pub const fn no_edge(width: f32) -> [Stroke; 2] {
    [
        Stroke { width: width + 2.5, color: Color32::from_rgb(40, 40, 40) },
        Stroke { width, color: Color32::from_rgb(250, 250, 250) },
    ]
}

/// A line in `color` on a dark rim.
#[must_use]
pub const fn rimmed(color: Color32, width: f32) -> [Stroke; 2] {
    [Stroke { width: width + 2.0, color: Color32::from_black_alpha(170) }, Stroke { width, color }]
}
