//! The window without a display, driven by events as by a hand: how long its thread works on a frame, and how long a hand
//! waits for pictures.
//!
//! Worker, model and panels are those of the program. A frame's work is its logic, its layout and its triangles; what comes
//! after that is the graphics card's. Frames follow each other 60 times a second, as on a screen.

mod pad;
mod slider;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use egui::accesskit::TreeUpdate;
use egui::{Context, Event, Modifiers, PointerButton, Pos2, RawInput, Rect, pos2, vec2};

use super::app::{App, Deps};
use super::clerk::Clerk;
use super::explore::{Studio, Wish};
use super::intent::Intent;
use crate::library::Settings;
use crate::worker::{Manifolds, Worker, WorkerOptions};
pub use pad::PadTrial;
pub use slider::SliderTrial;

/// From one frame to the next.
const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);
/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long frames took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Works(Vec<Duration>);

impl Works {
    /// How many there were.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.0.len()
    }

    /// The one in the middle; nothing of no frames.
    #[must_use]
    pub fn median(&self) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }

    /// The longest.
    #[must_use]
    pub fn worst(&self) -> Duration {
        self.0.iter().max().copied().unwrap_or_default()
    }
}

/// The room Explore with a model whose first search has settled.
pub struct Trial {
    ctx: Context,
    app: App,
    began: Instant,
    due: Instant,
    /// What a screen reader would see of the newest frame, where that is asked for.
    nodes: Option<TreeUpdate>,
}

impl Trial {
    /// Opens `model`, one of `manifolds`, and lets its first pictures come. They need a folder for what is saved of models: without
    /// one the window says so, and its words lie over the panels.
    ///
    /// # Errors
    /// When there is no thread, or the model does not come to pictures.
    pub fn new(model: &str, manifolds: Manifolds) -> anyhow::Result<Self> {
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(|| {});
        let options = WorkerOptions { manifolds, ..WorkerOptions::default() };
        let worker = Worker::start(Arc::clone(&wake), options).context("cannot start the worker thread")?;
        let deps = Deps {
            jobs: Box::new(worker),
            clerk: Clerk::start(None, wake).context("cannot start the thread that keeps settings")?,
            preferences: Settings::default(),
            recent: Vec::new(),
            has_leftover: false,
            has_file_dialogs: false,
        };
        let (ctx, now) = (Context::default(), Instant::now());
        let app = App::new(&ctx, deps);
        let mut trial = Self { ctx, app, began: now, due: now, nodes: None };
        trial.app.look_for_models();
        trial.until("a picture of the model", |app| app.models.iter().any(|model| model.picture.is_some()))?;
        trial.ask(Intent::Explore(Wish::Model(model.to_owned())));
        trial.until("pictures to choose from", |app| {
            app.studio().is_some_and(|studio| studio.search.is_settled() && studio.search.candidates().count() > 1)
        })?;
        Ok(trial)
    }

    /// Draws one frame when it is due. Returns how long that took.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        std::thread::sleep(self.due.saturating_duration_since(Instant::now()));
        self.due = (self.due + FRAME).max(Instant::now());
        let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, vec2(1360.0, 860.0)));
        let time = Some(self.began.elapsed().as_secs_f64());
        let input = RawInput { screen_rect, time, events, focused: true, ..RawInput::default() };
        let (began, app) = (Instant::now(), &mut self.app);
        let mut output = self.ctx.run_ui(input, |ui| {
            app.logic(ui.ctx());
            app.ui(ui);
        });
        let triangles = self.ctx.tessellate(output.shapes, output.pixels_per_point);
        let work = began.elapsed();
        drop(triangles);
        // Nobody uploads them: there is no graphics card.
        output.textures_delta.clear();
        self.nodes = output.platform_output.accesskit_update;
        work
    }

    /// Draws frames until `is_met`. Returns how long each took.
    fn until(&mut self, what: &str, is_met: impl Fn(&App) -> bool) -> anyhow::Result<Works> {
        let (end, mut works) = (Instant::now() + PATIENCE, Works::default());
        while !is_met(&self.app) {
            if Instant::now() > end {
                bail!("there is no {what} after {} seconds", PATIENCE.as_secs());
            }
            works.0.push(self.frame(Vec::new()));
        }
        Ok(works)
    }

    fn ask(&mut self, intent: Intent) {
        self.app.handle(&self.ctx, intent);
    }

    fn studio(&self) -> anyhow::Result<&Studio> {
        self.app.studio().context("nothing is explored")
    }

    /// Where the widget lies whose name has this key.
    fn place_of(&mut self, key: &str) -> anyhow::Result<Rect> {
        let name = self.app.text().get(key);
        self.ctx.enable_accesskit();
        self.frame(Vec::new());
        self.ctx.disable_accesskit();
        let nodes = self.nodes.take().map(|update| update.nodes).unwrap_or_default();
        let named = nodes.iter().find(|(_, node)| node.label() == Some(&name));
        let bounds = named.and_then(|(_, node)| node.bounds()).with_context(|| format!("the window has no {name}"))?;
        let at = |x: f64, y: f64| pos2(x as f32, y as f32);
        Ok(Rect::from_min_max(at(bounds.x0, bounds.y0), at(bounds.x1, bounds.y1)))
    }
}

/// The pointer comes to `pos` with its button down, or lets go there.
fn press(pos: Pos2, pressed: bool) -> Vec<Event> {
    let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
    vec![Event::PointerMoved(pos), Event::PointerButton { pos, button, pressed, modifiers }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::ExploreAction;
    use crate::generators::manifold::Manifold;
    use crate::latent::toy::Toy;
    use crate::worker::ModelInfo;

    #[test]
    fn the_hand_moves_slider_and_pad_and_pictures_follow() {
        let toy: Arc<dyn Manifold> = Arc::new(Toy::new(1));
        let info = ModelInfo {
            name: "toy".to_owned(),
            family: "StyleGAN2".to_owned(),
            side: 16,
            about: String::new(),
            knows: String::new(),
            typical_error: None,
        };
        let folder = tempfile::tempdir().unwrap();
        let manifolds = Manifolds::ready_with(vec![(info, toy)], Some(folder.path().to_owned()));
        let mut trial = Trial::new("toy", manifolds).unwrap();
        let slid = trial.drag_slider(1).unwrap();
        assert!(slid.cold <= slid.all && slid.works.count() >= 68, "{slid:?}");
        let studio = trial.studio().unwrap();
        let slides = studio.history.actions().into_iter().filter(|action| *action == ExploreAction::Slide).count();
        assert_eq!((slides, studio.exploration().slider.at > 0.9), (2, true), "there and back, a step each");
        let steered = trial.drag_pad(1).unwrap();
        let pad = trial.studio().unwrap().exploration().helm.steering.pad;
        assert_ne!(pad, [0.0, 0.0], "the pad has moved");
        assert!(steered.rate > 1.0, "pictures followed: {steered:?}");
    }

    #[test]
    fn frames_are_told_by_their_middle_and_their_worst() {
        let works = Works([3, 9, 1].map(Duration::from_millis).to_vec());
        assert_eq!((works.median(), works.worst()), (Duration::from_millis(3), Duration::from_millis(9)), "of three");
        assert_eq!((Works::default().median(), Works::default().worst()), (Duration::ZERO, Duration::ZERO), "of none");
    }
}
