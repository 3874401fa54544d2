//! Draws the canvas of the room: the paper, and beside it or below the ink the picture that the ink becomes.

use egui::{
    Align, CursorIcon, Layout, Painter, Pos2, Rect, Response, RichText, Sense, Shape, TextureOptions, Ui, WidgetInfo,
    pos2, vec2,
};

use super::easel::{Easel, Shows};
use super::mark;
use super::picture::board;
use super::ribbon::ribbon;
use super::tool::DrawTool;
use crate::document::SketchAction;
use crate::imaging::ink::{Background, Mirror, Stroke, Tool, center_line};
use crate::imaging::{ImagePos, PixelRect};
use crate::ui::explore::{address, image};
use crate::ui::school::{self, Course};
use crate::ui::text::Text;
use crate::ui::theme::sketch as colors;
use crate::ui::{icons, theme, widgets};
use crate::worker::sketching::ThemeInfo;

use super::pen::PAPER;

/// Points below the panes for what is said about them.
const FOOT: f32 = 34.0;
/// Points around everything.
const AROUND: f32 = 12.0;
/// Dashes of the mirror's line, and the gaps between them.
const DASH: (f32, f32) = (7.0, 6.0);
/// How much of the under-drawing is left while the pen is down.
const FAINT: f32 = 0.15;

/// What the canvas has to know besides the easel.
pub struct Around<'a> {
    /// The words.
    pub text: &'a Text,
    /// The themes that are installed; `None` until the worker has looked.
    pub themes: Option<&'a [ThemeInfo]>,
    /// The lesson that is followed.
    pub course: Option<&'a Course>,
}

/// Where things lie in the middle of the window.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Panes {
    paper: Rect,
    picture: Option<Rect>,
}

/// Draws the canvas into all that is left of `ui` and handles its input. Returns whether a stroke was refused because its layer
/// does not show.
pub fn ui(ui: &mut Ui, easel: &mut Easel, around: &Around<'_>) -> bool {
    let area = ui.available_rect_before_wrap();
    let panes = panes(area, easel.looks.shows);
    let response = ui.allocate_rect(panes.paper, Sense::click_and_drag());
    let words = around.text.get("paper-name");
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Canvas, true, &words));
    easel.paper.view.set_viewport(panes.paper, ui.pixels_per_point());
    let Easel { paper, kit, tool, .. } = easel;
    let finished = paper.hear(ui, &response, *tool, kit);
    let mut is_refused = false;
    for (action, stroke) in finished {
        is_refused |= !easel.add(action, stroke);
    }
    if ui.is_rect_visible(area) {
        draw(ui, &response, easel, panes, around);
    }
    is_refused
}

impl Easel {
    /// Makes a finished stroke part of the sketch: one step. `false` when it cannot be drawn.
    pub(super) fn add(&mut self, action: SketchAction, stroke: Stroke) -> bool {
        let is_hint = stroke.tool == Tool::Hint;
        if !self.can_draw() {
            return false;
        }
        let mut is_added = false;
        self.history.commit(action, |sketch| is_added = sketch.add_stroke(stroke));
        if is_hint && is_added {
            self.kit.note_color();
        }
        is_added
    }
}

/// Cuts `area` into the places of paper and picture: beside each other where it is wide, one over the other where it is high.
fn panes(area: Rect, shows: Shows) -> Panes {
    let room = Rect::from_min_max(area.min + vec2(AROUND, AROUND), area.max - vec2(AROUND, FOOT));
    if shows != Shows::Beside {
        return Panes { paper: room, picture: None };
    }
    if room.width() >= room.height() {
        let width = (room.width() / 2.0).min(room.height() * 1.02).max(1.0);
        let middle = room.center().x;
        let half = |from: f32| Rect::from_min_max(pos2(from, room.top()), pos2(from + width, room.bottom()));
        Panes { paper: half(middle - width), picture: Some(half(middle)) }
    } else {
        let height = ((room.height() - FOOT) / 2.0).min(room.width() * 1.02).max(1.0);
        let middle = room.center().y;
        let half = |from: f32| Rect::from_min_max(pos2(room.left(), from), pos2(room.right(), from + height));
        Panes { paper: half(middle - height), picture: Some(half(middle)) }
    }
}

/// The place of the picture in `area` as long as there is none.
#[must_use]
pub fn vacant_place(area: Rect, easel: &Easel) -> Option<Rect> {
    let pane = panes(area, easel.looks.shows).picture.filter(|_| !easel.paper.picture.is_there())?;
    let view = &easel.paper.view;
    Some(view.ui_rect().translate(pane.min - view.viewport().min).intersect(pane))
}

fn draw(ui: &mut Ui, response: &Response, easel: &mut Easel, panes: Panes, around: &Around<'_>) {
    let picture = easel.picture().cloned();
    let Easel { paper, history, looks, .. } = easel;
    paper.picture.meet(ui.ctx(), picture.as_ref(), looks.background, history.value());
    let is_fading = match panes.picture {
        Some(pane) => picture_pane(ui, easel, pane, around),
        None => false,
    };
    let is_fading = paper_pane(ui, response, easel, around) || is_fading;
    if is_fading {
        ui.ctx().request_repaint();
    }
    foot_ui(ui, easel, panes, around);
}

/// Draws the paper with everything on it. Returns whether it goes on changing by itself.
fn paper_pane(ui: &mut Ui, response: &Response, easel: &mut Easel, around: &Around<'_>) -> bool {
    let pane = response.rect;
    let sheet = easel.paper.view.ui_rect();
    let painter = ui.painter().with_clip_rect(pane);
    painter.add(colors::shadow().as_shape(sheet, 2.0));
    painter.rect_filled(sheet, 2.0, colors::PAPER);
    let on_paper = painter.with_clip_rect(pane.intersect(sheet));
    let mut is_changing = under(ui, &on_paper, easel, sheet);
    if let Some(course) = around.course {
        school::below(&on_paper, sheet, course);
    }
    if easel.looks.shows == Shows::Over {
        let opacity = easel.looks.opacity;
        is_changing |= easel.paper.picture.draw(&on_paper, sheet, opacity);
    }
    is_changing |= ink(ui, &on_paper, easel, sheet);
    if let Some(mirror) = easel.mirror() {
        guide(&on_paper, mirror, sheet);
    }
    if let Some(course) = around.course {
        school::above(&on_paper, sheet, course, easel.paper.is_drawing());
    }
    pointer(ui, response, &painter, easel);
    let is_empty = easel.sketch().stroke_count() == 0 && !easel.paper.is_drawing();
    if is_empty && easel.sketch().under_drawing.is_none() && around.course.is_none() {
        invitation(ui, easel, sheet.intersect(pane), around);
    }
    is_changing
}

/// Draws the picture below the paper, fainter while the pen is down.
fn under(ui: &Ui, painter: &Painter, easel: &mut Easel, sheet: Rect) -> bool {
    let is_down = easel.paper.is_down();
    let part = ui.ctx().animate_bool_with_time(response_id(), !is_down, 0.12);
    let looks = easel.looks;
    let Some(below) = easel.history.value().under_drawing.as_ref().filter(|_| looks.has_under) else {
        easel.paper.under = None;
        return false;
    };
    let of = address(&below.picture);
    if easel.paper.under.as_ref().is_none_or(|(held, ..)| *held != of) {
        let texture = ui.ctx().load_texture("under", image(&below.picture), TextureOptions::LINEAR);
        easel.paper.under = Some((of, below.picture.clone(), texture));
    }
    let size = below.picture.size();
    let (width, height) = (size.width.max(1) as f32, size.height.max(1) as f32);
    let scale = sheet.width() / width.max(height);
    let place = Rect::from_center_size(sheet.center(), vec2(width, height) * scale);
    if let Some((_, _, texture)) = &easel.paper.under {
        let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        let opacity = below.opacity * egui::lerp(FAINT..=1.0, part);
        painter.image(texture.id(), place, uv, theme::canvas::opacity(opacity));
    }
    part > 0.0 && part < 1.0
}

fn response_id() -> egui::Id {
    egui::Id::unique("under-drawing")
}

/// Draws finished strokes and the one under way. Returns whether tiles are left to be painted.
fn ink(ui: &Ui, painter: &Painter, easel: &mut Easel, sheet: Rect) -> bool {
    let under_way = easel.under_way();
    let is_erasing = easel.paper.is_erasing();
    let pixels = sheet.width() * ui.pixels_per_point();
    let live = if is_erasing { under_way.clone() } else { Vec::new() };
    let sketch = easel.history.value();
    let tiles = &mut easel.paper.tiles;
    tiles.meet(sketch, pixels, live);
    let scale = tiles.side() as f32 / sheet.width().max(1.0);
    let seen = painter.clip_rect();
    let (min, max) = ((seen.min - sheet.min) * scale, (seen.max - sheet.min) * scale);
    let visible = PixelRect::new(min.x.floor() as i32, min.y.floor() as i32, max.x.ceil() as i32, max.y.ceil() as i32);
    let is_done = tiles.work(ui.ctx(), visible);
    tiles.draw(painter, sheet);
    if !is_erasing {
        let rim = 1.0 / ui.pixels_per_point();
        for stroke in &under_way {
            let color = if stroke.tool == Tool::Hint { colors::hint(stroke.color, 255) } else { colors::INK };
            painter.add(Shape::mesh(ribbon(&center_line(stroke), sheet.min, sheet.width(), rim, color)));
        }
        loose_end(painter, easel, sheet);
    }
    !is_done
}

impl Easel {
    /// The stroke under way and its mirror image.
    fn under_way(&self) -> Vec<Stroke> {
        let Some(stroke) = self.paper.stroke(&self.kit) else { return Vec::new() };
        let mirrored = self.mirror().map(|mirror| stroke.mirrored(mirror));
        std::iter::once(stroke).chain(mirrored).collect()
    }
}

/// Draws the points of an unfinished curve and the way to the pointer.
fn loose_end(painter: &Painter, easel: &Easel, sheet: Rect) {
    let at = |(x, y): (f32, f32)| sheet.min + vec2(x, y) * sheet.width();
    let pen = &easel.paper.pen;
    if let Some((from, to)) = pen.loose_end() {
        let line = egui::Stroke::new(1.0, colors::GUIDE);
        painter.extend(Shape::dashed_line(&[at(from), at(to)], line, 4.0, 4.0));
    }
    for point in pen.points() {
        painter.circle(at(*point), 3.5, colors::PAPER, egui::Stroke::new(1.5, colors::GUIDE));
    }
}

fn guide(painter: &Painter, mirror: Mirror, sheet: Rect) {
    let (from, to) = match mirror {
        Mirror::Upright(at) => {
            let x = sheet.left() + at * sheet.width();
            (pos2(x, sheet.top()), pos2(x, sheet.bottom()))
        }
        Mirror::Level(at) => {
            let y = sheet.top() + at * sheet.height();
            (pos2(sheet.left(), y), pos2(sheet.right(), y))
        }
    };
    let line = egui::Stroke::new(1.25, colors::GUIDE.gamma_multiply(0.8));
    painter.extend(Shape::dashed_line(&[from, to], line, DASH.0, DASH.1));
}

/// Draws the tool's true size around the pointer.
fn pointer(ui: &Ui, response: &Response, painter: &Painter, easel: &Easel) {
    let Some(hover) = easel.paper.hover else { return };
    let wants_pan =
        easel.paper.is_panning() || (!ui.ctx().text_edit_focused() && ui.input(|i| i.key_down(egui::Key::Space)));
    if wants_pan {
        let icon = if easel.paper.is_panning() { CursorIcon::Grabbing } else { CursorIcon::Grab };
        response.clone().on_hover_cursor(icon);
        return;
    }
    let tool = if easel.paper.is_erasing() { DrawTool::Eraser } else { easel.tool };
    let radius = easel.kit.size(tool) / 2.0 * easel.paper.view.ui_rect().width();
    let center = easel.paper.view.ui_from_image(hover);
    let is_small = radius < 3.0;
    response.clone().on_hover_cursor(if is_small { CursorIcon::Crosshair } else { CursorIcon::None });
    if is_small {
        return;
    }
    for line in colors::ring() {
        painter.circle_stroke(center, radius, line);
    }
    if let Some(mirror) = easel.mirror() {
        let (x, y) = mirror.position(hover.x / PAPER, hover.y / PAPER);
        let twin = easel.paper.view.ui_from_image(ImagePos::new(x * PAPER, y * PAPER));
        painter.circle_stroke(twin, radius, egui::Stroke::new(1.0, colors::GUIDE));
    }
}

/// Draws the picture in a pane of its own. Returns whether it is fading in.
fn picture_pane(ui: &mut Ui, easel: &mut Easel, pane: Rect, around: &Around<'_>) -> bool {
    let sheet = easel.paper.view.ui_rect();
    let place = sheet.translate(pane.min - easel.paper.view.viewport().min);
    let painter = ui.painter().with_clip_rect(pane);
    if easel.paper.picture.is_there() {
        painter.add(colors::shadow().as_shape(place, 2.0));
        if easel.looks.background == Background::Keep {
            painter.rect_filled(place, 0.0, colors::PAPER);
        } else {
            board(&painter, place);
        }
        return easel.paper.picture.draw(&painter, place, 1.0);
    }
    vacant(ui, easel, place.intersect(pane), around);
    false
}

/// Says why there is no picture.
fn vacant(ui: &mut Ui, easel: &Easel, place: Rect, around: &Around<'_>) {
    let chrome = theme::colors(ui.visuals());
    ui.painter().rect_stroke(
        place,
        theme::CARD_RADIUS,
        egui::Stroke::new(1.0, chrome.weak.gamma_multiply(0.5)),
        egui::StrokeKind::Inside,
    );
    let text = around.text;
    let (icon, title, words) = match around.themes {
        None => (icons::HOURGLASS, text.get("vacant-looking"), String::new()),
        Some([]) => (icons::WARNING_CIRCLE, text.get("vacant-no-theme"), text.get("vacant-no-theme.tip")),
        Some(themes) if easel.theme(themes).is_none() => {
            let name = easel.sketch().theme.to_string();
            let title = if name.is_empty() {
                text.get("vacant-choose")
            } else {
                text.with("vacant-missing", &[("theme", (&name).into())])
            };
            (icons::THEME, title, text.get("vacant-missing.tip"))
        }
        Some(_) if easel.is_theme_unusable() => {
            (icons::WARNING_CIRCLE, text.get("vacant-unusable"), text.get("vacant-unusable.tip"))
        }
        Some(_) if !easel.looks.is_painting => (icons::PAUSE, text.get("vacant-paused"), text.get("vacant-paused.tip")),
        Some(themes) if easel.lacks_photo(themes) => {
            (icons::SPARKLE, text.get("vacant-no-photo"), text.get("vacant-no-photo.tip"))
        }
        Some(_) if easel.has_failed() => {
            (icons::WARNING_CIRCLE, text.get("vacant-failed"), text.get("vacant-failed.tip"))
        }
        Some(_) => (icons::SPARKLE, text.get("vacant-blank"), String::new()),
    };
    column(ui, place, |ui| {
        ui.label(RichText::new(icon).size(30.0).color(chrome.weak));
        ui.add_space(4.0);
        ui.label(RichText::new(title).color(chrome.text));
        if !words.is_empty() {
            ui.label(RichText::new(words).small().color(chrome.weak));
        }
    });
}

/// The words on an empty paper.
fn invitation(ui: &mut Ui, easel: &Easel, place: Rect, around: &Around<'_>) {
    let text = around.text;
    let theme = &easel.sketch().theme;
    let has_theme = around.themes.is_some_and(|themes| easel.theme(themes).is_some());
    let own = text.find(&format!("invitation-{theme}")).filter(|_| has_theme);
    let words = own.unwrap_or_else(|| text.get(if has_theme { "invitation" } else { "invitation-alone" }));
    column(ui, place, |ui| {
        ui.label(RichText::new(icons::SKETCH).size(34.0).color(colors::FAINT));
        ui.add_space(4.0);
        ui.label(RichText::new(words).family(theme::heading_family()).size(17.0).color(colors::WORDS));
        ui.label(RichText::new(text.get("invitation-keys")).small().color(colors::FAINT));
    });
}

/// A column of centred lines in the middle of `place`, through which the pointer reaches what lies below.
fn column(ui: &mut Ui, place: Rect, content: impl FnOnce(&mut Ui)) {
    if place.width() < 120.0 || place.height() < 80.0 {
        return;
    }
    let width = (place.width() - 32.0).min(320.0);
    let rect = Rect::from_center_size(place.center(), vec2(width, 110.0));
    content(&mut widgets::inside(ui, rect, Layout::top_down(Align::Center)));
}

/// What is said below the panes.
fn foot_ui(ui: &mut Ui, easel: &Easel, panes: Panes, around: &Around<'_>) {
    let foot = |pane: Rect| {
        let sheet = easel.paper.view.ui_rect().translate(pane.min - easel.paper.view.viewport().min);
        let seen = sheet.intersect(pane);
        let left = if seen.is_positive() { seen.left() } else { pane.left() };
        let right = if seen.is_positive() { seen.right() } else { pane.right() };
        let top = if seen.is_positive() { seen.bottom().min(pane.bottom()) } else { pane.bottom() };
        Rect::from_min_max(pos2(left + 2.0, top + 4.0), pos2(right - 2.0, top + FOOT - 4.0))
    };
    let row = |ui: &mut Ui, pane: Rect| widgets::inside(ui, foot(pane), Layout::left_to_right(Align::Center));
    let text = around.text;
    let mark_pane = panes.picture.unwrap_or(panes.paper);
    if easel.looks.shows != Shows::Nowhere {
        mark::ui(&mut row(ui, mark_pane), text, easel);
    }
    if panes.picture.is_some() {
        let chrome = theme::colors(ui.visuals());
        let (key, color) =
            if easel.can_draw() { ("paper-foot", chrome.weak) } else { ("paper-hidden", chrome.warning) };
        let sketch = easel.sketch();
        let layer = sketch.layer(sketch.active).map_or_else(String::new, |layer| layer.name.clone());
        let args = [("layer", (&layer).into()), ("strokes", sketch.stroke_count().into())];
        row(ui, panes.paper).label(RichText::new(text.with(key, &args)).small().color(color));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panes_lie_beside_each_other_in_a_wide_window_and_over_each_other_in_a_high_one() {
        let wide = panes(Rect::from_min_size(Pos2::ZERO, vec2(1200.0, 600.0)), Shows::Beside);
        let picture = wide.picture.expect("there are two");
        assert!((wide.paper.size() - picture.size()).length() < 0.01, "of the same size");
        assert!(picture.left() >= wide.paper.right() - 0.01, "beside each other");
        let high = panes(Rect::from_min_size(Pos2::ZERO, vec2(500.0, 1000.0)), Shows::Beside);
        assert!(high.picture.expect("two").top() >= high.paper.bottom() - 0.01, "one over the other");
        assert!(panes(Rect::from_min_size(Pos2::ZERO, vec2(800.0, 600.0)), Shows::Over).picture.is_none(), "one");
    }
}
