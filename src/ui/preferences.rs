//! What the window remembers between runs.

use serde::{Deserialize, Serialize};

use super::text::Language;
use crate::document::Recipe;
use crate::erase::Engine;

/// Which looks the window has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::EnumIter)]
pub enum ThemeChoice {
    /// Dark greys.
    #[default]
    Dark,
    /// Light greys.
    Light,
    /// Whatever the system has.
    System,
}

impl ThemeChoice {
    /// The key of its name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Dark => "theme-dark",
            Self::Light => "theme-light",
            Self::System => "theme-system",
        }
    }
}

impl From<ThemeChoice> for egui::ThemePreference {
    fn from(choice: ThemeChoice) -> Self {
        match choice {
            ThemeChoice::Dark => Self::Dark,
            ThemeChoice::Light => Self::Light,
            ThemeChoice::System => Self::System,
        }
    }
}

/// Where the window was, in points of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowPlace {
    /// Left and top edge; `None` where the system does not tell.
    pub position: Option<[f32; 2]>,
    /// Width and height of its inside.
    pub size: [f32; 2],
    /// Whether it fills the screen.
    pub is_maximized: bool,
}

/// How erasures are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FillOptions {
    /// The method.
    pub engine: Engine,
    /// How many ways to fill a hole are made, 1..=8.
    pub candidates: u8,
    /// Side of the compared patches; `None` is automatic.
    pub patch: Option<u32>,
    /// Pixels a hole is grown by; `None` is automatic.
    pub grow: Option<u32>,
    /// Width of the outward feather; `None` is automatic.
    pub feather: Option<u32>,
    /// The window's side as a multiple of the hole's, 1.5..=6.
    pub context: f32,
}

impl Default for FillOptions {
    fn default() -> Self {
        let Recipe { grow, feather, patch, context, .. } = Recipe::default();
        Self { engine: Engine::Exemplar, candidates: 3, patch, grow, feather, context }
    }
}

impl FillOptions {
    /// The options as the document keeps them.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        Recipe {
            engine: <&str>::from(self.engine).to_owned(),
            grow: self.grow,
            feather: self.feather,
            patch: self.patch,
            context: self.context,
        }
    }
}

/// The brush and the overlay as they were last.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CanvasChoices {
    /// Diameter of the brush in pixels of the photo.
    pub brush_size: f32,
    /// 0..=1.
    pub brush_hardness: f32,
    /// Red, green and blue of what is marked.
    pub overlay: [u8; 3],
    /// 0..=1.
    pub overlay_opacity: f32,
}

impl Default for CanvasChoices {
    fn default() -> Self {
        Self { brush_size: 48.0, brush_hardness: 1.0, overlay: [235, 64, 52], overlay_opacity: 0.5 }
    }
}

/// All that is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The looks.
    pub theme: ThemeChoice,
    /// The language; `None` follows the system.
    pub language: Option<Language>,
    /// Whether a stroke is erased as soon as it ends.
    pub is_auto_fill: bool,
    /// How erasures are asked for.
    pub fill: FillOptions,
    /// The brush and the overlay.
    pub canvas: CanvasChoices,
    /// Quality of exported JPEG files, 1..=100.
    pub quality: u8,
    /// Whether the panel on the right shows.
    pub has_side_panel: bool,
    /// Whether the history shows in it.
    pub has_history: bool,
    /// Whether the log shows.
    pub has_log: bool,
    /// Where the window was.
    pub window: Option<WindowPlace>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::Dark,
            language: None,
            is_auto_fill: true,
            fill: FillOptions::default(),
            canvas: CanvasChoices::default(),
            quality: 92,
            has_side_panel: true,
            has_history: true,
            has_log: false,
            window: None,
        }
    }
}
