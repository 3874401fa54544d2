//! From the worker's events to the room's state, and the requests that follow from it.

use std::path::PathBuf;
use std::time::Duration;

use super::studio::Studio;
use crate::document::{Contents, ExploreAction};
use crate::ui::app::App;
use crate::ui::commands::Room;
use crate::ui::notifications::Kind;
use crate::worker::exploring::ModelShown;
use crate::worker::{Done, Lane, OpenedDocument, OpenedExploration, Preview, Ticket};

/// Time between two frames of the player.
const PLAYER_FRAME: Duration = Duration::from_millis(33);
/// When a search that is not yet answered may be replaced.
const LATER: Duration = Duration::from_millis(50);
/// Work that is of no use to another model, beside that which a new request replaces.
const OF_MODEL: [Lane; 3] = [Lane::Drag, Lane::Transfer, Lane::Survey];

impl App {
    /// Takes in what is shown before an outcome.
    pub(in crate::ui) fn take_explore_preview(&mut self, ticket: Ticket, preview: Preview) {
        if let Preview::Model(model) = preview {
            self.take_model(model);
            return;
        }
        let Some(studio) = &mut self.studio else { return };
        match preview {
            Preview::Search(shown) => studio.take_search(ticket, *shown),
            Preview::Frame(frame) => {
                if !studio.rudder.sheet.take(ticket, &frame) {
                    studio.film.take(ticket, frame);
                }
            }
            Preview::Projection(shown) => studio.portrait.take_projection(ticket, shown),
            Preview::Drag(shown) => studio.drag.take(ticket, shown),
            Preview::Model(_) | Preview::Level { .. } | Preview::Candidate { .. } | Preview::Sketch(_) => {}
        }
    }

    /// Takes in an outcome. Returns it when it is not about this room.
    pub(in crate::ui) fn take_explored(&mut self, ticket: Ticket, done: Done) -> Option<Done> {
        if let Done::Models { models, problems } = done {
            self.models = models;
            for problem in problems {
                tracing::warn!("{problem}");
            }
            return None;
        }
        if let Done::FramesExported { path, frames, bytes } = done {
            let words = self.text.with("toast-frames", &[("count", frames.into())]);
            let size = format!("{}\n{:.1} MB", path.display(), bytes as f64 / 1e6);
            self.notifications.show(Kind::Good, words, size);
            return None;
        }
        if let Done::FindingsSaved { path } = done {
            self.notifications.show(Kind::Good, self.text.get("toast-findings"), path.display().to_string());
            return None;
        }
        let studio = self.studio.as_mut();
        match (done, studio) {
            (Done::Explored(shown), Some(studio)) => studio.take_found(ticket, *shown),
            (Done::Frames(frames), Some(studio)) => {
                for frame in &frames {
                    studio.rudder.sheet.take(ticket, frame);
                }
                studio.film.finish(ticket, frames);
            }
            (Done::Steered { latent, picture }, Some(studio)) => {
                studio.rudder.take(ticket, latent, picture);
            }
            (Done::Directions { model, source, directions }, Some(studio)) => {
                studio.rudder.take_directions(&model, source, directions);
            }
            (Done::Latents(pictures), Some(studio)) => studio.take_pictures(ticket, &pictures),
            (Done::Projected(shown), Some(studio)) => studio.portrait.finish_projection(ticket, shown),
            (Done::Dragged(shown), Some(studio)) => studio.drag.finish(ticket, shown),
            (Done::Surveyed(surveyed), Some(studio)) => studio.survey.take(ticket, *surveyed),
            (Done::Mapped(map), Some(studio)) => studio.chart.take(ticket, map),
            (Done::Transferred { transfer, measure }, Some(studio)) => {
                studio.portrait.take_transfer(ticket, transfer, measure);
            }
            (
                Done::Explored(_)
                | Done::Frames(_)
                | Done::Latents(_)
                | Done::Projected(_)
                | Done::Dragged(_)
                | Done::Surveyed(_)
                | Done::Mapped(_)
                | Done::Steered { .. }
                | Done::Directions { .. }
                | Done::Transferred { .. },
                None,
            ) => {}
            (other, _) => return Some(other),
        }
        None
    }

    fn take_model(&mut self, model: ModelShown) {
        match self.models.iter_mut().find(|known| known.name == model.name) {
            Some(known) => *known = model,
            None => self.models.push(model),
        }
    }

    /// The request `ticket` has ended without an answer.
    pub(in crate::ui) fn end_exploring(&mut self, ticket: Ticket) {
        if let Some(studio) = &mut self.studio {
            studio.end(ticket);
        }
    }

    /// A photo was opened while this room shows: it is to be edited by way of the manifold.
    pub(in crate::ui) fn take_photo(&mut self, opened: OpenedDocument) {
        if self.studio.is_none() {
            let Some(model) = self.models.first() else { return };
            self.studio = Some(Studio::new(&model.name));
        }
        let Some(studio) = &mut self.studio else { return };
        let photo = opened.document.photo;
        studio.portrait.open(photo.frame.clone(), opened.display);
        studio.history.commit(ExploreAction::ChangePhoto, |exploration| {
            exploration.open_photo(photo);
        });
    }

    /// An exploration was opened.
    pub(in crate::ui) fn show_exploration(
        &mut self,
        opened: OpenedExploration,
        path: Option<PathBuf>,
        is_recovered: bool,
    ) {
        let OpenedExploration { exploration, display, result } = opened;
        let photo = exploration.photo.as_ref().map(|work| work.photo.frame.clone());
        let mut studio = Studio::open(exploration);
        if let Some((photo, display)) = photo.zip(display) {
            studio.portrait.add_display(photo, display);
        }
        if let Some(shown) = result {
            studio.portrait.patches.insert(shown);
        }
        studio.path = path;
        if is_recovered {
            // Nothing but the journal holds it.
            (studio.saved_revision, studio.autosaved_revision) = (u64::MAX, u64::MAX);
        }
        self.studio = Some(studio);
    }

    /// What all rooms hold, to be saved.
    pub(in crate::ui) fn contents(&self) -> Contents {
        Contents {
            document: self.session.as_ref().map(|session| session.document().clone()),
            exploration: self.studio.as_ref().map(|studio| studio.exploration().clone()),
            sketch: self.sketch_to_save(),
        }
    }

    /// Sends the requests that are due.
    pub(in crate::ui) fn start_exploring(&mut self, ctx: &egui::Context) {
        if self.room != Room::Explore {
            return;
        }
        let has_styles = self.layers() > 0;
        let Some(studio) = &mut self.studio else { return };
        if studio.heed_model() {
            for lane in OF_MODEL {
                self.jobs.cancel(lane);
            }
        }
        if studio.portrait.heed_square(studio.history.value()) {
            self.jobs.cancel(Lane::Project);
        }
        studio.portrait.prune();
        studio.adopt_found();
        studio.adopt_dragged();
        studio.adopt_projection();
        studio.adopt_edit();
        studio.adopt_steered();
        let side = studio.side(&self.models);
        studio.portrait.cut_target(studio.history.value(), side);
        let steered = studio.rudder.next_request(studio.history.value());
        // What is looked at is one picture on its way, not a search for others.
        let is_on_its_way = studio.portrait.is_projecting() || studio.drag.is_running();
        let search = if is_on_its_way { None } else { studio.search.next_request(studio.history.value()) };
        let focus = studio.slider_at();
        // While a search runs its end moves; the frames are drawn when it has settled.
        let is_steering = steered.is_some() || studio.rudder.is_busy();
        let may_draw = !studio.search.is_running() && search.is_none() && !studio.stage.is_drawing() && !is_steering;
        let frames =
            if may_draw { studio.film.next_request(studio.history.value(), studio.looks.is_path, focus) } else { None };
        let drawing = studio.next_drawing();
        let listing = if has_styles { studio.rudder.next_listing(studio.history.value()) } else { None };
        let map = studio.chart.next_request(&studio.history.value().visited);
        let is_dragging = studio.history.is_in_gesture() || studio.player.is_playing();
        let transfer = studio.portrait.next_transfer(studio.history.value(), focus, !is_dragging);
        if studio.search.is_waiting(studio.history.value()) {
            ctx.request_repaint_after(LATER);
        }
        if let Some(request) = steered {
            let ticket = self.submit(request, String::new());
            self.in_studio(|studio| studio.rudder.sent(ticket));
        }
        if let Some(request) = search {
            let ticket = self.submit(request, String::new());
            self.in_studio(|studio| studio.search.sent(ticket));
        }
        if let Some(request) = frames {
            let ticket = self.submit(request, String::new());
            self.in_studio(|studio| studio.film.sent(ticket));
        }
        if let Some(request) = drawing {
            let ticket = self.submit(request, String::new());
            self.in_studio(|studio| studio.drawing_sent(ticket));
        }
        if let Some(request) = listing {
            self.submit(request, String::new());
        }
        if let Some(request) = map {
            let ticket = self.submit(request.clone(), String::new());
            self.in_studio(|studio| studio.chart.sent(ticket, &request));
        }
        if let Some(request) = transfer {
            let ticket = self.submit(request, String::new());
            self.in_studio(|studio| studio.portrait.transfer_sent(ticket));
        }
    }

    fn in_studio(&mut self, change: impl FnOnce(&mut Studio)) {
        if let Some(studio) = &mut self.studio {
            change(studio);
        }
    }

    /// Lets the player go on.
    pub(in crate::ui) fn play(&mut self, ctx: &egui::Context) {
        let time = ctx.input(|input| input.time);
        if self.studio.as_mut().is_some_and(|studio| studio.drift(time)) {
            ctx.request_repaint_after(PLAYER_FRAME);
        }
        let Some(studio) = self.studio.as_mut().filter(|studio| studio.player.is_playing()) else { return };
        let now = ctx.input(|input| input.time);
        let passed = studio.played.replace(now).map_or(0.0, |before| now - before) as f32;
        if let Some(end) = studio.player.advance(passed) {
            studio.slide_to(end);
        }
        ctx.request_repaint_after(PLAYER_FRAME);
    }
}
