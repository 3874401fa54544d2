//! What a person has set in the window. Zoom, pan and the open document are not among it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gallery::ProfileId;

/// Which language texts are in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumIter)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// That of the system.
    #[default]
    Auto,
    /// English.
    En,
    /// Korean.
    Ko,
}

/// Whether the window is dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumIter)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// Dark: photos look best on it.
    #[default]
    Dark,
    /// Light.
    Light,
    /// As the system is set.
    System,
}

/// Which panels are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Panels {
    /// The list of erasures.
    pub erasures: bool,
    /// The steps that can be undone.
    pub history: bool,
    /// The strip of candidates under the canvas.
    pub candidates: bool,
    /// The log.
    pub log: bool,
}

impl Default for Panels {
    fn default() -> Self {
        Self { erasures: true, history: true, candidates: true, log: false }
    }
}

/// How holes are filled. Numbers of pixels that are `None` are automatic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fill {
    /// The engine's name: `auto`, `exemplar`, `membrane` or that of a network.
    pub engine: String,
    /// Side of the compared patches, odd, 5..=15.
    pub patch: Option<u32>,
    /// Pixels a hole is grown by, at most 64.
    pub grow: Option<u32>,
    /// Width of the outward feather, at most 12.
    pub feather: Option<u32>,
    /// The window's side as a multiple of the hole's, 1.5..=6.
    pub context: f32,
    /// Whether a network's fill only guides and the photo gives the detail.
    pub detail: bool,
    /// How much a network's fill counts as a guide, 0..=4.
    pub guide: f32,
}

impl Default for Fill {
    fn default() -> Self {
        Self {
            engine: "exemplar".to_owned(),
            patch: None,
            grow: None,
            feather: None,
            context: 2.2,
            detail: true,
            guide: 1.0,
        }
    }
}

impl Fill {
    fn clamped(self) -> Self {
        let context = if self.context.is_nan() { Self::default().context } else { self.context.clamp(1.5, 6.0) };
        let guide = if self.guide.is_nan() { Self::default().guide } else { self.guide.clamp(0.0, 4.0) };
        let patch = self.patch.map(|side| side.clamp(5, 15) | 1);
        Self {
            patch,
            grow: self.grow.map(|n| n.min(64)),
            feather: self.feather.map(|n| n.min(12)),
            context,
            guide,
            ..self
        }
    }
}

/// What the pens of the drawing room were set to. Diameters are parts of the paper's side; what is `None` was never set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pens {
    /// Diameter of pen, line and curve.
    pub pen: Option<f32>,
    /// Diameter of the eraser.
    pub eraser: Option<f32>,
    /// Diameter of the brush for hints.
    pub hint: Option<f32>,
    /// How much lines are smoothed, 0..=1.
    pub smoothing: Option<f32>,
    /// The color of hints.
    pub color: Option<[u8; 3]>,
}

impl Pens {
    fn clamped(self) -> Self {
        let share = |value: Option<f32>| value.filter(|value| !value.is_nan()).map(|value| value.clamp(0.0, 1.0));
        let Self { pen, eraser, hint, smoothing, color } = self;
        Self { pen: share(pen), eraser: share(eraser), hint: share(hint), smoothing: share(smoothing), color }
    }
}

/// Where the window was, in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Inner width.
    pub width: f32,
    /// Inner height.
    pub height: f32,
    /// Whether it filled the screen.
    pub is_maximized: bool,
}

/// All settings. A field that is missing or cannot be understood has its default, one that is unknown is ignored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Language of texts.
    pub language: Language,
    /// Dark or light.
    pub theme: Theme,
    /// Color of the holes' overlay: red, green, blue.
    pub overlay_color: [u8; 3],
    /// Opacity of the holes' overlay, 0..=1.
    pub overlay_opacity: f32,
    /// Diameter of the brush in pixels of the photo, 1..=4000.
    pub brush_size: f32,
    /// Hardness of the brush, 0..=1.
    pub brush_hardness: f32,
    /// Whether holes are filled as soon as the pen is lifted.
    pub is_auto_fill: bool,
    /// Candidates made for each hole, 1..=8.
    pub candidates: u32,
    /// How holes are filled.
    pub fill: Fill,
    /// What drawings are drawn with.
    pub pens: Pens,
    /// Which panels are open.
    pub panels: Panels,
    /// Where the window was.
    pub window: Option<WindowPlace>,
    /// The folder of the last file dialog.
    pub last_folder: Option<PathBuf>,
    /// JPEG quality of exports, 1..=100.
    pub export_quality: u8,
    /// Who draws.
    pub profile: Option<ProfileId>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: Theme::default(),
            overlay_color: [235, 64, 52],
            overlay_opacity: 0.5,
            brush_size: 60.0,
            brush_hardness: 0.8,
            is_auto_fill: true,
            candidates: 3,
            fill: Fill::default(),
            pens: Pens::default(),
            panels: Panels::default(),
            window: None,
            last_folder: None,
            export_quality: 92,
            profile: None,
        }
    }
}

impl Settings {
    /// With every value in its range; what is not a number becomes the default.
    #[must_use]
    pub fn clamped(self) -> Self {
        let default = Self::default();
        let clamp = |value: f32, least, most, other: f32| if value.is_nan() { other } else { value.clamp(least, most) };
        let is_sound = |place: &WindowPlace| {
            [place.x, place.y, place.width, place.height].iter().all(|v| v.is_finite() && v.abs() < 100_000.0)
                && place.width >= 100.0
                && place.height >= 100.0
        };
        Self {
            overlay_opacity: clamp(self.overlay_opacity, 0.0, 1.0, default.overlay_opacity),
            brush_size: clamp(self.brush_size, 1.0, 4000.0, default.brush_size),
            brush_hardness: clamp(self.brush_hardness, 0.0, 1.0, default.brush_hardness),
            candidates: self.candidates.clamp(1, 8),
            fill: self.fill.clamped(),
            pens: self.pens.clamped(),
            export_quality: self.export_quality.clamp(1, 100),
            window: self.window.filter(is_sound),
            // A path that is not Unicode cannot be written as text.
            last_folder: self.last_folder.filter(|folder| folder.to_str().is_some()),
            ..self
        }
    }

    /// As text; what [`Settings::from_json`] reads.
    pub(super) fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.clone().clamped()).unwrap_or_default()
    }

    /// Whatever can be understood of `text`, field by field, so that one strange value does not cost all others.
    pub(super) fn from_json(text: &[u8]) -> Self {
        let mut settings = Self::default();
        let Ok(Value::Object(fields)) = serde_json::from_slice(text) else { return settings };
        for field in fields {
            let Ok(Value::Object(mut all)) = serde_json::to_value(&settings) else { return settings };
            all.extend([field]);
            if let Ok(with_field) = serde_json::from_value::<Self>(Value::Object(all)) {
                settings = with_field.clamped();
            }
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_and_strange_fields_cost_only_themselves() {
        let settings = Settings {
            language: Language::Ko,
            brush_size: 33.0,
            last_folder: Some(PathBuf::from("photos")),
            profile: Some(ProfileId(7)),
            window: Some(WindowPlace { x: 1.0, y: 2.0, width: 800.0, height: 600.0, is_maximized: true }),
            ..Settings::default()
        };
        assert_eq!(Settings::from_json(&settings.to_json()), settings, "round trip");
        let text = br#"{"theme": "sepia", "language": "en", "future": [1], "brush_size": 1e9, "candidates": -1,
                       "panels": {"log": true}}"#;
        let read = Settings::from_json(text);
        assert_eq!((read.theme, read.language), (Theme::Dark, Language::En), "only the unknown theme is lost");
        assert_eq!((read.brush_size, read.candidates), (4000.0, 3), "clamped, defaulted");
        assert!(read.panels.log && read.panels.history, "missing fields have their defaults");
        assert_eq!(Settings::from_json(b"\xff{"), Settings::default(), "no text at all");
        let odd = Settings { overlay_opacity: f32::NAN, export_quality: 0, ..Settings::default() }.clamped();
        assert_eq!((odd.overlay_opacity, odd.export_quality), (0.5, 1), "in range");
    }
}
