//! What the window remembers: the library's settings, in the window's terms.

use egui::ThemePreference;

use super::canvas::Canvas;
use super::sketch::{DrawTool, Kit};
use crate::document::Recipe;
use crate::library::{Fill, Pens, Settings, Theme};
use crate::worker::Engine;

/// The key of a theme's name.
#[must_use]
pub const fn theme_key(theme: Theme) -> &'static str {
    match theme {
        Theme::Dark => "theme-dark",
        Theme::Light => "theme-light",
        Theme::System => "theme-system",
    }
}

/// A theme in egui's terms.
#[must_use]
pub const fn theme_preference(theme: Theme) -> ThemePreference {
    match theme {
        Theme::Dark => ThemePreference::Dark,
        Theme::Light => ThemePreference::Light,
        Theme::System => ThemePreference::System,
    }
}

/// The engine that is set; the default for a name that no engine can have.
#[must_use]
pub fn engine(fill: &Fill) -> Engine {
    fill.engine.parse().unwrap_or_default()
}

/// The settings of a fill as a document keeps them.
#[must_use]
pub fn recipe(fill: &Fill) -> Recipe {
    Recipe {
        engine: engine(fill).name().to_owned(),
        grow: fill.grow,
        feather: fill.feather,
        patch: fill.patch,
        context: fill.context,
        detail: fill.detail,
        guide: fill.guide,
    }
}

/// Gives the canvas the brush and the overlay of the last run.
pub fn restore_canvas(canvas: &mut Canvas, settings: &Settings) {
    canvas.brush.size = settings.brush_size;
    canvas.brush.hardness = settings.brush_hardness;
    canvas.overlay.color = settings.overlay_color;
    canvas.overlay.opacity = settings.overlay_opacity;
}

/// Gives the pens the sizes of the last run.
pub fn restore_pens(kit: &mut Kit, pens: &Pens) {
    let Pens { pen, eraser, hint, smoothing, color } = pens;
    for (tool, size) in [(DrawTool::Pen, pen), (DrawTool::Eraser, eraser), (DrawTool::Hint, hint)] {
        kit.set_size(tool, size.unwrap_or_else(|| kit.size(tool)));
    }
    kit.set_smoothing(smoothing.unwrap_or(kit.smoothing));
    kit.color = color.unwrap_or(kit.color);
}

/// What the pens are set to.
#[must_use]
pub fn pens_of(kit: &Kit) -> Pens {
    let size = |tool| Some(kit.size(tool));
    Pens {
        pen: size(DrawTool::Pen),
        eraser: size(DrawTool::Eraser),
        hint: size(DrawTool::Hint),
        smoothing: Some(kit.smoothing),
        color: Some(kit.color),
    }
}

/// Notes the brush and the overlay of the canvas.
pub fn note_canvas(settings: &mut Settings, canvas: &Canvas) {
    settings.brush_size = canvas.brush.size;
    settings.brush_hardness = canvas.brush.hardness;
    settings.overlay_color = canvas.overlay.color;
    settings.overlay_opacity = canvas.overlay.opacity;
}
