//! Every color and size of the window. No other file makes a color.
//!
//! The greys are neutral, without a tint, so that a photo's colors are judged against nothing. Sizes follow a grid of
//! 4 points.
#![expect(clippy::disallowed_methods, reason = "colors come from here")]

use egui::style::{HandleShape, ScrollStyle, Selection, WidgetVisuals};
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Theme, vec2};

pub mod canvas;
pub mod explore;
pub mod sketch;

/// Height of the menu bar and the status bar, in points.
pub const BAR_HEIGHT: f32 = 32.0;
/// Height of the options bar above the canvas.
pub const OPTIONS_HEIGHT: f32 = 44.0;
/// Width of the column of tools.
pub const TOOL_BAR_WIDTH: f32 = 48.0;
/// Side of a tool's button.
pub const TOOL_BUTTON: f32 = 36.0;
/// Width of the panel on the right when the program is new.
pub const SIDE_PANEL_WIDTH: f32 = 288.0;
/// Height of the strip of candidates.
pub const STRIP_HEIGHT: f32 = 108.0;
/// Side of a candidate's picture in the strip.
pub const CANDIDATE_SIDE: f32 = 80.0;
/// Side of an erasure's picture in the list.
pub const ERASURE_SIDE: f32 = 44.0;
/// Side of a small button that shows an icon only.
pub const ICON_BUTTON: f32 = 24.0;
/// Width of dialogs.
pub const DIALOG_WIDTH: f32 = 440.0;
/// Width of toasts.
pub const TOAST_WIDTH: f32 = 360.0;
/// Corners of cards, dialogs and toasts.
pub const CARD_RADIUS: u8 = 8;
/// Corners of buttons and fields.
pub const WIDGET_RADIUS: u8 = 5;

/// The colors of one theme.
#[derive(Clone, Debug)]
pub struct Colors {
    /// Around the photo.
    pub surround: Color32,
    /// Of panels and bars.
    pub panel: Color32,
    /// Of cards, menus and dialogs.
    pub raised: Color32,
    /// Of fields and the log.
    pub sunken: Color32,
    /// Of buttons at rest.
    pub button: Color32,
    /// Of buttons under the pointer.
    pub hover: Color32,
    /// Of buttons held down.
    pub pressed: Color32,
    /// Lines between things.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Text that matters less.
    pub weak: Color32,
    /// Headings and what is selected.
    pub strong: Color32,
    /// What the eye should find first.
    pub accent: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// Behind what is selected.
    pub selected: Color32,
    /// It worked.
    pub good: Color32,
    /// Done differently than asked.
    pub warning: Color32,
    /// It failed.
    pub error: Color32,
    /// Behind a dialog.
    pub backdrop: Color32,
}

const DARK: Colors = Colors {
    surround: Color32::from_rgb(24, 24, 24),
    panel: Color32::from_rgb(35, 35, 35),
    raised: Color32::from_rgb(44, 44, 44),
    sunken: Color32::from_rgb(26, 26, 26),
    button: Color32::from_rgb(54, 54, 54),
    hover: Color32::from_rgb(66, 66, 66),
    pressed: Color32::from_rgb(78, 78, 78),
    line: Color32::from_rgb(54, 54, 54),
    text: Color32::from_rgb(214, 214, 214),
    weak: Color32::from_rgb(152, 152, 152),
    strong: Color32::from_rgb(244, 244, 244),
    accent: Color32::from_rgb(226, 160, 78),
    on_accent: Color32::from_rgb(30, 20, 8),
    selected: Color32::from_rgb(82, 64, 40),
    good: Color32::from_rgb(120, 190, 120),
    warning: Color32::from_rgb(232, 180, 80),
    error: Color32::from_rgb(236, 112, 100),
    backdrop: Color32::from_black_alpha(140),
};

const LIGHT: Colors = Colors {
    surround: Color32::from_rgb(200, 200, 200),
    panel: Color32::from_rgb(240, 240, 240),
    raised: Color32::from_rgb(252, 252, 252),
    sunken: Color32::from_rgb(255, 255, 255),
    button: Color32::from_rgb(224, 224, 224),
    hover: Color32::from_rgb(212, 212, 212),
    pressed: Color32::from_rgb(198, 198, 198),
    line: Color32::from_rgb(210, 210, 210),
    text: Color32::from_rgb(44, 44, 44),
    weak: Color32::from_rgb(100, 100, 100),
    strong: Color32::from_rgb(12, 12, 12),
    accent: Color32::from_rgb(160, 92, 12),
    on_accent: Color32::from_rgb(255, 255, 255),
    selected: Color32::from_rgb(244, 220, 186),
    good: Color32::from_rgb(36, 120, 44),
    warning: Color32::from_rgb(150, 92, 0),
    error: Color32::from_rgb(184, 40, 30),
    backdrop: Color32::from_black_alpha(90),
};

/// The colors of the theme that `visuals` belong to.
#[must_use]
pub const fn colors(visuals: &egui::Visuals) -> &'static Colors {
    if visuals.dark_mode { &DARK } else { &LIGHT }
}

/// What lies between a dialog and the window behind it.
#[must_use]
pub const fn backdrop(theme: Theme) -> Color32 {
    match theme {
        Theme::Dark => DARK.backdrop,
        Theme::Light => LIGHT.backdrop,
    }
}

/// Text on a backdrop, in either theme.
#[must_use]
pub const fn on_backdrop() -> Color32 {
    DARK.strong
}

/// Gives the window its looks, for both themes. Which of them shows is left to egui's theme preference.
pub fn install(ctx: &egui::Context) {
    for (theme, colors) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.style_mut_of(theme, |style| {
            text_styles(style);
            spacing(style);
            visuals(&mut style.visuals, colors);
        });
    }
    // Control and plus zooms the photo, not the window.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
}

/// The family of headings: a little heavier.
#[must_use]
pub fn heading_family() -> FontFamily {
    FontFamily::Name("heading".into())
}

fn text_styles(style: &mut egui::Style) {
    let proportional = |size| FontId::new(size, FontFamily::Proportional);
    style.text_styles = [
        (TextStyle::Small, proportional(11.5)),
        (TextStyle::Body, proportional(13.0)),
        (TextStyle::Button, proportional(13.0)),
        (TextStyle::Heading, FontId::new(17.0, heading_family())),
        (TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace)),
    ]
    .into();
}

fn spacing(style: &mut egui::Style) {
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 6.0);
    spacing.button_padding = vec2(10.0, 4.0);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(4);
    spacing.interact_size = vec2(28.0, 26.0);
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 10.0;
    spacing.icon_spacing = 6.0;
    spacing.slider_width = 120.0;
    spacing.slider_rail_height = 4.0;
    spacing.combo_width = 96.0;
    spacing.tooltip_width = 320.0;
    spacing.menu_width = 420.0;
    spacing.indent = 12.0;
    spacing.scroll = ScrollStyle { bar_width: 6.0, floating_width: 6.0, ..ScrollStyle::floating() };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.animation_time = 0.08;
}

fn visuals(visuals: &mut egui::Visuals, colors: &Colors) {
    let radius = CornerRadius::same(WIDGET_RADIUS);
    let look = |fill: Color32, stroke: Stroke, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: stroke,
        corner_radius: radius,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let line = Stroke::new(1.0, colors.line);
    visuals.widgets.noninteractive = look(colors.panel, line, colors.text);
    visuals.widgets.inactive = look(colors.button, Stroke::NONE, colors.text);
    visuals.widgets.hovered = look(colors.hover, Stroke::NONE, colors.strong);
    visuals.widgets.active = look(colors.pressed, Stroke::new(1.0, colors.accent), colors.strong);
    visuals.widgets.open = look(colors.hover, Stroke::NONE, colors.strong);
    visuals.selection = Selection { bg_fill: colors.selected, stroke: Stroke::new(1.0, colors.strong) };
    visuals.hyperlink_color = colors.accent;
    visuals.faint_bg_color = colors.raised;
    visuals.extreme_bg_color = colors.sunken;
    visuals.code_bg_color = colors.sunken;
    visuals.warn_fg_color = colors.warning;
    visuals.error_fg_color = colors.error;
    visuals.weak_text_color = Some(colors.weak);
    visuals.panel_fill = colors.panel;
    visuals.window_fill = colors.raised;
    visuals.window_stroke = line;
    visuals.window_corner_radius = CornerRadius::same(CARD_RADIUS + 2);
    visuals.menu_corner_radius = CornerRadius::same(CARD_RADIUS);
    let shadow =
        |blur: u8, down: i8| Shadow { offset: [0, down], blur, spread: 0, color: Color32::from_black_alpha(96) };
    visuals.window_shadow = shadow(32, 12);
    visuals.popup_shadow = shadow(16, 6);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = HandleShape::Rect { aspect_ratio: 0.45 };
    visuals.indent_has_left_vline = false;
    visuals.disabled_alpha = 0.4;
}

/// A frame for bars and panels without the line that egui draws around.
pub fn bar_frame(style: &egui::Style) -> egui::Frame {
    egui::Frame::new().fill(style.visuals.panel_fill).inner_margin(Margin::symmetric(8, 0))
}

/// A frame around a dialog.
pub fn dialog_frame(style: &egui::Style) -> egui::Frame {
    egui::Frame::popup(style).inner_margin(Margin::same(20)).corner_radius(CARD_RADIUS + 4)
}

/// A frame around a card in a list.
pub fn card_frame(visuals: &egui::Visuals, is_selected: bool) -> egui::Frame {
    let colors = colors(visuals);
    let (fill, stroke) = if is_selected {
        (colors.raised, Stroke::new(1.0, colors.accent))
    } else {
        (colors.panel, Stroke::new(1.0, colors.line))
    };
    egui::Frame::new().fill(fill).stroke(stroke).corner_radius(CARD_RADIUS).inner_margin(Margin::same(8))
}
