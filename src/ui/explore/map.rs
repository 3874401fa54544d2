//! A flat map of the latents that were visited: a click goes to one, or to what lies between them.

use std::sync::Arc;

use egui::{EventFilter, Key, Rect, RichText, Sense, Stroke, Ui, pos2, vec2};

use super::studio::Studio;
use super::wish::Wish;
use crate::document::explore::Latent;
use crate::ui::commands::Command;
use crate::ui::intent::View;
use crate::ui::theme;
use crate::worker::exploring::LatentMap;
use crate::worker::{Request, Ticket};

/// Height of the map in points.
const HEIGHT: f32 = 180.0;
/// How near to a visit a click means it, in points.
const REACH: f32 = 9.0;
/// Visits on the map: more of them say no more, and each costs time.
const MOST: usize = 128;

/// The map and the visits that it shows.
#[derive(Debug, Default)]
pub struct Chart {
    visits: Vec<Latent>,
    map: Option<Arc<LatentMap>>,
    /// What the request that is out is about.
    out: Option<(Ticket, Vec<Latent>)>,
}

impl Chart {
    /// The request to send now, if `visited` has changed; tell [`Chart::sent`] its ticket.
    #[must_use]
    pub fn next_request(&self, visited: &[Latent]) -> Option<Request> {
        let newest = &visited[visited.len().saturating_sub(MOST)..];
        let asked = self.out.as_ref().map_or(&self.visits, |(_, asked)| asked);
        (asked != newest).then(|| Request::MapVisited { visited: newest.to_vec() })
    }

    /// `request` is out as `ticket`.
    pub fn sent(&mut self, ticket: Ticket, request: &Request) {
        if let Request::MapVisited { visited } = request {
            self.out = Some((ticket, visited.clone()));
        }
    }

    /// The map has come.
    pub fn take(&mut self, ticket: Ticket, map: Option<Arc<LatentMap>>) {
        if let Some((_, visits)) = self.out.take_if(|(out, _)| *out == ticket) {
            (self.visits, self.map) = (visits, map);
        }
    }

    /// The request `ticket` has ended without a map: it is not asked for again until there is more to show.
    pub fn end(&mut self, ticket: Ticket) {
        if let Some((_, visits)) = self.out.take_if(|(out, _)| *out == ticket) {
            (self.visits, self.map) = (visits, None);
        }
    }
}

/// From the map's plane to the window and back.
struct Chartroom {
    rect: Rect,
    center: [f32; 2],
    scale: f32,
}

impl Chartroom {
    fn new(rect: Rect, points: &(impl Iterator<Item = [f32; 2]> + Clone)) -> Self {
        let range = |axis: usize| {
            let values = points.clone().map(|point| point[axis]);
            let low = values.clone().fold(f32::INFINITY, f32::min);
            (low, values.fold(f32::NEG_INFINITY, f32::max))
        };
        let ((x0, x1), (y0, y1)) = (range(0), range(1));
        let room = rect.shrink(16.0).size();
        let scale = (room.x / (x1 - x0).max(1e-3)).min(room.y / (y1 - y0).max(1e-3)).min(room.y);
        Self { rect, center: [f32::midpoint(x0, x1), f32::midpoint(y0, y1)], scale }
    }

    fn ui_from_map(&self, point: [f32; 2]) -> egui::Pos2 {
        let (x, y) = (point[0] - self.center[0], point[1] - self.center[1]);
        self.rect.center() + vec2(x, -y) * self.scale
    }

    fn map_from_ui(&self, pos: egui::Pos2) -> [f32; 2] {
        let away = (pos - self.rect.center()) / self.scale;
        [self.center[0] + away.x, self.center[1] - away.y]
    }
}

/// Draws the map.
pub(super) fn ui(ui: &mut Ui, view: &mut View<'_>, studio: &Studio) {
    let colors = theme::colors(ui.visuals());
    let chart = &studio.chart;
    let has_points = |map: &&Arc<LatentMap>| map.points().len() == chart.visits.len() && chart.visits.len() >= 2;
    let Some(map) = chart.map.as_ref().filter(has_points) else {
        ui.add(egui::Label::new(RichText::new(view.text.get("map-none")).color(colors.weak)).wrap());
        return;
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    let name = view.text.get("map-name");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
    if response.has_focus() {
        walk(ui, view, &response);
    }
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, theme::WIDGET_RADIUS, colors.sunken);
    let now = studio.latent().map(|latent| map.point_of(&latent));
    let room = Chartroom::new(rect, &map.points().iter().copied().chain(now));
    let spots: Vec<_> = map.points().iter().map(|point| room.ui_from_map(*point)).collect();
    for pair in spots.windows(2) {
        painter.line_segment([pair[0], pair[1]], Stroke::new(1.0, colors.line));
    }
    let pointer = ui.input(|input| input.pointer.latest_pos()).filter(|_| response.hovered());
    let near = pointer.and_then(|pos| nearest(&spots, pos));
    for (at, spot) in spots.iter().enumerate() {
        let age = (at + 1) as f32 / spots.len() as f32;
        let is_near = near == Some(at);
        let color = if is_near { colors.strong } else { colors.accent.gamma_multiply(0.3 + 0.7 * age) };
        painter.circle_filled(*spot, if is_near { 5.5 } else { 3.5 }, color);
    }
    let slider = &studio.exploration().slider;
    for (latent, color) in [(&slider.from, theme::explore::FROM), (&slider.to, theme::explore::TO)] {
        if let Some(latent) = latent {
            painter.circle_stroke(room.ui_from_map(map.point_of(latent)), 7.0, Stroke::new(2.0, color));
        }
    }
    if let Some(point) = now {
        painter.circle(room.ui_from_map(point), 4.5, colors.strong, Stroke::new(1.5, colors.panel));
    }
    if let (Some(picture), Some(pos)) = (near.and_then(|at| studio.picture_of(chart.visits.get(at)?)), pointer) {
        let texture = view.pictures.get(ui.ctx(), picture);
        let shown = Rect::from_min_size(pos + vec2(10.0, -58.0), vec2(48.0, 48.0));
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(texture.id(), shown, uv, egui::Color32::WHITE);
    }
    if let Some(pos) = response.interact_pointer_pos().filter(|_| response.clicked()) {
        response.request_focus();
        let visited = nearest(&spots, pos).and_then(|at| chart.visits.get(at).cloned());
        view.wish(Wish::GoTo(visited.unwrap_or_else(|| map.latent_at(room.map_from_ui(pos)))));
    }
    let percent = format!("{:.0}", map.shown() * 100.0);
    let words = view.text.with("map-shown", &[("count", spots.len().into()), ("percent", (&percent).into())]);
    ui.label(RichText::new(words).small().color(colors.weak)).on_hover_text(view.text.get("map-shown.tip"));
}

/// Arrow keys go to what was visited before and after.
fn walk(ui: &Ui, view: &mut View<'_>, response: &egui::Response) {
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    for (keys, command) in [
        ([Key::ArrowLeft, Key::ArrowUp], Command::PreviousVisited),
        ([Key::ArrowRight, Key::ArrowDown], Command::NextVisited),
    ] {
        let presses = |key| ui.input_mut(|input| input.count_and_consume_key(egui::Modifiers::NONE, key));
        for _ in 0..keys.into_iter().map(presses).sum() {
            view.run(command);
        }
    }
}

fn nearest(spots: &[egui::Pos2], pos: egui::Pos2) -> Option<usize> {
    let near = spots.iter().enumerate().map(|(at, spot)| (at, spot.distance(pos)));
    near.filter(|(_, distance)| *distance <= REACH).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at)
}
