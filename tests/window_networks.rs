//! Networks in the window: chosen by label, mixed by a slider, explained in a panel.
#![cfg(feature = "gui")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use candle_core::{Device, Tensor};
use egui::accesskit::Role;
use egui::{Event as Input, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pentimento::document::Document;
use pentimento::generators::catalog::HoleFiller;
use pentimento::imaging::ImagePos;
use pentimento::library::{self, Fill, Settings};
use pentimento::ui::app::{App, Deps, wake};
use pentimento::ui::clerk::Clerk;
use pentimento::worker::{Family, NetworkInfo, Networks, Worker, WorkerOptions};

const SIDE: usize = 64;

/// Paints the colour that the first three numbers of its latent say.
struct Painted;

impl HoleFiller for Painted {
    fn resolution(&self) -> usize {
        SIDE
    }

    fn latent_dim(&self) -> Option<usize> {
        Some(3)
    }

    fn styles(&self, z: &[f32]) -> candle_core::Result<Option<Tensor>> {
        Tensor::from_slice(z, (1, 3), &Device::Cpu)?.tanh().map(Some)
    }

    fn fill(&self, image: &Tensor, known: &Tensor, w: Option<&Tensor>) -> candle_core::Result<Tensor> {
        let color = w.expect("it has latents").reshape((1, 3, 1, 1))?.broadcast_as((1, 3, SIDE, SIDE))?;
        image.broadcast_mul(known)? + color.broadcast_mul(&known.affine(-1.0, 1.0)?)?
    }
}

struct State {
    app: Option<App>,
    settings: Settings,
}

impl State {
    fn ui(&mut self, ui: &mut egui::Ui) {
        if let Some(app) = &mut self.app {
            app.logic(ui.ctx());
            app.ui(ui);
            return;
        }
        let ctx = ui.ctx();
        let info = NetworkInfo { name: "painted".to_owned(), family: Family::Comodgan, resolution: SIDE as u32 };
        let networks = Networks::ready(vec![(info, Arc::new(Painted))]);
        let options = WorkerOptions { networks, ..WorkerOptions::default() };
        let deps = Deps {
            jobs: Box::new(Worker::start(wake(ctx), options).expect("a thread")),
            clerk: Clerk::start(None, wake(ctx)).expect("a thread"),
            preferences: self.settings.clone(),
            recent: Vec::new(),
            has_leftover: false,
            has_file_dialogs: false,
        };
        let app = self.app.insert(App::new(ctx, deps));
        app.look_for_networks();
        ctx.request_repaint();
    }
}

type Window = Harness<'static, State>;

fn window(engine: &str) -> Window {
    let fill = Fill { engine: engine.to_owned(), detail: false, ..Fill::default() };
    let settings = Settings { language: library::Language::En, candidates: 2, fill, ..Settings::default() };
    let builder = Harness::builder().with_size(vec2(1360.0, 1000.0)).with_max_steps(400);
    let mut window = builder.build_ui_state(|ui, state: &mut State| state.ui(ui), State { app: None, settings });
    window.run_steps(4);
    window
}

fn app(window: &Window) -> &App {
    window.state().app.as_ref().expect("made in the first frame")
}

fn document(window: &Window) -> &Document {
    app(window).session().expect("a document is open").document()
}

#[track_caller]
fn step_until(window: &mut Window, what: &str, is_done: impl Fn(&Window) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !is_done(window) {
        let toasts: Vec<_> = app(window).notifications().shown().map(|(_, sentence, _)| sentence.to_owned()).collect();
        assert!(Instant::now() < deadline, "waited a minute for {what}; toasts: {toasts:?}");
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    window.run_steps(3);
}

fn open_sample(window: &mut Window) {
    window.get_by_role_and_label(Role::Button, "Mountain path").click();
    window.step();
    step_until(window, "the sample", |window| app(window).session().is_some() && !app(window).is_busy());
}

fn stroke(window: &mut Window) {
    let at = |window: &Window, x, y| app(window).canvas().view.ui_from_image(ImagePos::new(x, y));
    let button = |pos: Pos2, pressed| Input::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    let (start, end) = (at(window, 200.0, 200.0), at(window, 230.0, 204.0));
    window.hover_at(start);
    window.event(button(start, true));
    window.event(Input::PointerMoved(end));
    window.event(button(end, false));
    window.step();
    window.remove_cursor();
    window.run_steps(2);
}

fn candidates(window: &Window) -> usize {
    document(window).erasures.first().map_or(0, |erasure| erasure.candidates.len())
}

#[test]
fn a_network_is_chosen_by_its_label() {
    let mut window = window("exemplar");
    open_sample(&mut window);
    window.get_by_role_and_label(Role::ComboBox, "Method").click();
    window.run_steps(3);
    assert!(window.query_by_label("Context Encoder").is_some(), "what is not installed is shown, not offered");
    window.get_by_label("CoModGAN · painted").click();
    window.run_steps(3);
    assert_eq!(app(&window).preferences().fill.engine, "painted", "chosen");
    stroke(&mut window);
    step_until(&mut window, "a fill", |window| candidates(window) > 0);
    let origin = document(&window).erasures[0].candidates[0].origin.clone().expect("it is told");
    assert_eq!(origin.engine, "painted", "by that network");
}

#[test]
fn a_slider_moves_between_two_candidates_and_is_one_step_back() {
    let mut window = window("painted");
    open_sample(&mut window);
    assert!(window.query_by_role_and_label(Role::Slider, "Position").is_none(), "nothing to mix yet");
    stroke(&mut window);
    step_until(&mut window, "two candidates", |window| candidates(window) == 2 && !app(window).is_busy());
    let slider = window.get_by_role_and_label(Role::Slider, "Position");
    slider.focus();
    window.run_steps(2);
    window.key_press(Key::ArrowRight);
    window.run_steps(2);
    step_until(&mut window, "the mixture", |window| candidates(window) == 3 && !app(window).is_busy());
    let erasure = &document(&window).erasures[0];
    assert_eq!(erasure.chosen, 2, "it shows");
    let style = erasure.candidates[2].origin.clone().unwrap().network.unwrap().style;
    assert_eq!(style.len(), 2, "of two seeds: {style:?}");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    window.run_steps(3);
    assert_eq!(candidates(&window), 2, "one step back");
}

#[test]
fn a_panel_explains_what_the_network_saw_and_did() {
    let mut window = window("painted");
    open_sample(&mut window);
    stroke(&mut window);
    step_until(&mut window, "two candidates", |window| candidates(window) == 2 && !app(window).is_busy());
    assert!(window.query_by_label("What it answered").is_none(), "closed at first");
    window.get_by_label("Explain").click();
    window.run_steps(10);
    for caption in ["What stood there", "What the network saw", "What it answered", "What stands there now"] {
        assert!(window.query_all_by_label(caption).next().is_some(), "{caption}");
    }
    assert!(window.query_all_by_label_contains("CoModGAN, generated at 64 px").next().is_some(), "an honest label");
}
