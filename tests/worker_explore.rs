//! The jobs of the Explore room through the worker's front door, on tiny models: what each request gives, what it shows on the
//! way, and that searches give way to sliders.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

mod explore_kit;
#[path = "worker_explore/imports.rs"]
mod imports;
#[path = "worker_explore/memory.rs"]
mod memory;
#[path = "worker_explore/morph.rs"]
mod morph;
#[path = "worker_explore/survey.rs"]
mod survey;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::init::Init;
use candle_nn::var_builder::{SimpleBackend, VarBuilder};
use explore_kit::{Bench, MODEL, SIDE, Spy, Trouble, model_folder, photo, with_stroke};
use pentimento::document::explore::{
    Interpolation, KeyFrame, Latent, Noise, Pick, PicturePos, ProjectMethod, StrokeTool,
};
use pentimento::document::{Contents, Exploration};
use pentimento::generators::{seeded_weights, stylegan2};
use pentimento::imaging::{Mask, PixelRect, Place, Size};
use pentimento::worker::exploring::{
    AnimationFormat, DragHow, DragShown, ExportFrames, FrameShown, Playback, SearchShown, Way,
};
use pentimento::worker::{Done, Event, Failure, Lane, Manifolds, ModelInfo, Preview, Request, SaveFormat};

const RED: StrokeTool = StrokeTool::Color { rgb: [230, 20, 20] };

fn searched(done: Done) -> SearchShown {
    match done {
        Done::Explored(shown) => *shown,
        other => panic!("no search has ended: {other:?}"),
    }
}

fn framed(done: Done) -> Vec<FrameShown> {
    match done {
        Done::Frames(frames) => frames,
        other => panic!("no frames: {other:?}"),
    }
}

fn explore(exploration: &Exploration) -> Request {
    Request::Explore { exploration: exploration.clone(), is_warm: true }
}

fn way(from: f32, to: f32) -> Way {
    let [from, to] = [from, to].map(|value| Latent::from(vec![value; 8]));
    Way::Between { from, to, interpolation: Interpolation::Linear }
}

fn frames(way: Way, count: usize, focus: f32) -> Request {
    Request::DrawFrames { model: MODEL.to_owned(), way, count, focus, noise: Noise::default() }
}

#[test]
fn models_are_listed_with_a_picture_that_is_drawn_once() {
    let folder = model_folder();
    std::fs::write(folder.path().join("broken.safetensors"), b"no tensors").unwrap();
    let manifest = folder.path().join("manifest.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let file = text.lines().find_map(|line| line.strip_prefix("file = ")).unwrap().trim_matches('"').to_owned();
    let broken = text.replace(&file, "broken.safetensors").replace(MODEL, "broken");
    std::fs::write(&manifest, format!("{text}\n{}", &broken[broken.find("[[model").unwrap()..])).unwrap();
    let bench = Bench::new(Manifolds::in_folders(vec![folder.path().to_owned()]));
    for round in 0..2 {
        let (before, done) = bench.ask(Request::ListModels);
        let Ok(Done::Models { models, problems }) = done else { panic!("no list: {done:?}") };
        let shown = before.iter().filter(|event| matches!(event, Event::Preview(_, Preview::Model(_)))).count();
        assert_eq!(shown, if round == 0 { 3 } else { 2 }, "each at once, and again when it is drawn");
        assert_eq!(models.iter().map(|model| model.name.as_str()).collect::<Vec<_>>(), [MODEL, "broken"], "in order");
        let picture = models[0].picture.as_ref().unwrap();
        assert_eq!((picture.size(), models[0].side), (Size::new(SIDE, SIDE), SIDE), "a picture");
        assert!(models[0].has_predictor && models[1].picture.is_none(), "what is known when it was loaded");
        assert!(problems.len() == 1 && problems[0].contains("broken"), "one sentence on the other: {problems:?}");
    }
}

#[test]
fn a_stroke_is_followed_and_the_next_one_goes_on_from_there() {
    let bench = Bench::on_disk();
    let mut exploration = with_stroke(RED);
    exploration.set_starts(3, 24);
    let (before, done) = bench.ask(explore(&exploration));
    let first = searched(done.unwrap());
    let previews: Vec<&SearchShown> = before
        .iter()
        .filter_map(|event| match event {
            Event::Preview(_, Preview::Search(shown)) => Some(&**shown),
            _ => None,
        })
        .collect();
    assert!(!previews.is_empty(), "something is shown on the way");
    assert!(before.iter().any(|event| matches!(event, Event::Progress(..))), "and how far it is");
    let id = exploration.strokes[0].id;
    let cost = |shown: &SearchShown| shown.candidates[0].costs.iter().find(|(of, _)| *of == id).unwrap().1;
    // A network of random numbers cannot paint red; but it can do better than at first.
    assert!(cost(&first) < 0.97 * cost(previews[0]), "{} from {}", cost(&first), cost(previews[0]));
    assert!(first.candidates.windows(2).all(|pair| pair[0].cost <= pair[1].cost), "in rank order");
    let shares: f32 = first.candidates.iter().map(|one| one.share).sum();
    assert!((shares - 1.0).abs() < 1e-3 && first.average.is_some(), "shares of the average: {shares}");
    let ids = |shown: &SearchShown| shown.candidates.iter().map(|one| one.id).collect::<Vec<_>>();
    assert!(exploration.toggle_stroke(id) && exploration.toggle_stroke(id), "drawn anew, the same");
    let again = searched(bench.done(explore(&exploration)));
    assert!(ids(&again).iter().filter(|id| ids(&first).contains(id)).count() * 2 > ids(&first).len(), "the same ones");
    assert!(cost(&again) <= cost(&first) * 1.05, "not worse than before: {} and {}", cost(&again), cost(&first));
    let cold = Request::Explore { exploration, is_warm: false };
    assert!(cost(&searched(bench.done(cold))) > 0.0, "a cold one is another search");
}

#[test]
fn without_strokes_there_are_candidates_to_begin_with() {
    let bench = Bench::on_disk();
    let shown = searched(bench.done(explore(&Exploration::new(MODEL))));
    assert!(shown.candidates.len() > 8, "{} pictures", shown.candidates.len());
    assert!(shown.unmet.is_empty() && shown.empty.is_empty(), "nothing was asked for");
}

#[test]
fn strokes_outside_of_the_picture_are_told() {
    let bench = Bench::on_disk();
    let mut exploration = with_stroke(RED);
    let outside = PicturePos::new(3.0, 3.0);
    let id = exploration.add_stroke(RED, vec![outside], 0.1).unwrap();
    assert_eq!(searched(bench.done(explore(&exploration))).empty, [id], "it asks for nothing");
}

#[test]
fn frames_come_one_by_one_and_are_drawn_once() {
    let (manifolds, spy) = Spy::manifolds(Trouble::None);
    let bench = Bench::new(manifolds);
    let (before, done) = bench.ask(frames(way(-0.5, 0.5), 16, 0.75));
    let all = framed(done.unwrap());
    assert_eq!(all.iter().map(|frame| frame.index).collect::<Vec<_>>(), (0..16).collect::<Vec<_>>(), "in order");
    assert!(all[0].at == 0.0 && all[15].at == 1.0 && all[15].latent[0] == 0.5, "from end to end");
    let first = before.iter().find_map(|event| match event {
        Event::Preview(_, Preview::Frame(frame)) => Some(frame.index),
        _ => None,
    });
    assert_eq!(first, Some(11), "the one under the slider comes first");
    let drawn = spy.drawn.load(Ordering::Relaxed);
    assert_eq!(drawn, 16, "each once");
    framed(bench.done(frames(way(-0.5, 0.5), 16, 0.1)));
    assert_eq!(spy.drawn.load(Ordering::Relaxed), drawn, "the slider moved, nothing else");
    let keys = [0.0, 0.4, 1.0].map(|time| KeyFrame { time, latent: vec![time; 8].into() });
    let curve = Way::Keys { keys: keys.to_vec(), interpolation: Interpolation::Spherical };
    assert_eq!(framed(bench.done(frames(curve, 9, 0.0))).len(), 9, "along key frames too");
}

#[test]
fn a_slider_moves_while_a_search_runs() {
    let (manifolds, _spy) = Spy::manifolds(Trouble::None);
    let bench = Bench::new(manifolds);
    let search = bench.worker.submit(explore(&with_stroke(RED)));
    bench.until("the search shows something", |event| matches!(event, Event::Preview(_, Preview::Search(_))));
    let slider = bench.worker.submit(frames(way(0.0, 1.0), 4, 0.0));
    let mut order = Vec::new();
    while order.len() < 2 {
        bench.until("outcomes", |event| {
            if let Event::Done(ticket, _) = event {
                order.push(*ticket);
            }
            matches!(event, Event::Done(..))
        });
    }
    assert_eq!(order, [slider, search], "the slider first, and the search was paused only");
}

#[test]
fn each_movement_of_the_brush_shows_something_although_the_next_one_replaces_it() {
    let (manifolds, _spy) = Spy::manifolds(Trouble::None);
    let bench = Bench::new(manifolds);
    let mut exploration = with_stroke(RED);
    bench.done(explore(&exploration));
    let id = exploration.strokes[0].id;
    let mut shown = 0;
    for x in 0..5 {
        let to = PicturePos::new(0.2 + 0.1 * x as f32, 0.7);
        assert!(exploration.extend_stroke(id, to), "the brush moves");
        let ticket = bench.worker.submit(explore(&exploration));
        bench.until("a preview of this movement", |event| match event {
            Event::Preview(of, Preview::Search(_)) => *of == ticket,
            _ => false,
        });
        shown += 1;
    }
    bench.worker.cancel(Lane::Optimize);
    assert_eq!(shown, 5, "five movements, five pictures");
}

#[test]
fn a_photo_is_projected_and_its_edit_carried_back() {
    let bench = Bench::on_disk();
    let mut exploration = Exploration::new(MODEL);
    assert!(exploration.open_photo(photo(90, 70)), "a photo");
    let place = Place::upright(12.0, 3.0, 60.0);
    assert!(exploration.set_place(place), "a place");
    let mut kept = Mask::empty(Size::new(90, 70));
    kept.write(PixelRect::new(0, 0, 90, 20), |_, _, _| 255);
    assert!(exploration.set_kept(Arc::new(kept)), "a region stays");
    let missing = bench.failure(Request::Transfer { exploration: exploration.clone(), at: 1.0, is_final: true });
    assert_eq!(missing.key, "error-not-projected", "first things first");
    let photo = exploration.photo.as_ref().unwrap().photo.clone();
    let project = |method| Request::Project {
        model: MODEL.to_owned(),
        photo: photo.clone(),
        place,
        method,
        seed: 1,
        styles: Default::default(),
        noise: Noise::default(),
    };
    let mut errors = Vec::new();
    for method in [ProjectMethod::Network, ProjectMethod::Hybrid] {
        let Done::Projected(shown) = bench.done(project(method)) else { panic!("not projected") };
        assert_eq!(shown.target.size(), Size::new(SIDE, SIDE), "what the model sees");
        errors.push(shown.error);
        assert!(exploration.set_projection(shown.projection.as_ref().clone()), "adopted");
    }
    assert!(errors[1] < errors[0], "both are better than the network alone: {errors:?}");
    let from = exploration.slider.from.clone().unwrap();
    let to: Latent = from.iter().map(|value| 0.8 - value).collect();
    assert!(exploration.choose(Pick { id: 0, latent: to, start: from, cost: 0.1 }), "an edit");
    let transfer = |at, is_final| Request::Transfer { exploration: exploration.clone(), at, is_final };
    let Done::Transferred { transfer: moved, .. } = bench.done(transfer(0.5, false)) else { panic!("no transfer") };
    assert!(moved.transferred.is_none() && moved.at == 0.5, "to look at");
    let Done::Transferred { transfer: let_go, measure } = bench.done(transfer(1.0, true)) else {
        panic!("no transfer")
    };
    assert!(measure.residual.is_finite(), "measured: {measure:?}");
    assert!(exploration.set_result(let_go.transferred), "fits the photo");
    let path = bench.path("edited.png");
    let format = SaveFormat::As { format: pentimento::imaging::FileFormat::Png, quality: None };
    bench.done(Request::SavePhoto { exploration: exploration.clone(), path: path.clone(), format });
    let saved = pentimento::imaging::io::read(&path, &Default::default()).unwrap();
    let top = PixelRect::new(0, 0, 90, 20);
    assert_eq!(saved.frame.crop(top), photo.frame.crop(top), "what is kept keeps its bits");
    assert_ne!(saved.frame, photo.frame, "the rest has changed");
}

#[test]
fn latents_are_drawn_mapped_and_exported() {
    let bench = Bench::on_disk();
    let latents: Vec<Latent> = (0..7).map(|at| vec![0.1 * at as f32; 8].into()).collect();
    let drawn =
        bench.done(Request::DrawLatents { model: MODEL.to_owned(), latents: latents.clone(), noise: Noise::default() });
    let Done::Latents(drawn) = drawn else { panic!("not drawn: {drawn:?}") };
    assert!(drawn.iter().map(|(latent, _)| latent).eq(&latents), "in the order that was asked for");
    let Done::Mapped(Some(map)) = bench.done(Request::MapVisited { visited: latents }) else { panic!("no map") };
    assert_eq!(map.points().len(), 7, "breadcrumbs");
    let asked = ExportFrames {
        model: MODEL.to_owned(),
        way: way(0.0, 0.9),
        frames: 5,
        path: bench.path("walk.gif"),
        format: AnimationFormat::Gif,
        playback: Playback::PingPong,
        rate: 10.0,
        scale: 2,
        noise: Noise::default(),
    };
    let done = bench.done(Request::ExportFrames(asked.clone()));
    let Done::FramesExported { path, frames, bytes } = done else { panic!("not written: {done:?}") };
    assert_eq!((frames, std::fs::metadata(path).unwrap().len()), (8, bytes), "there and back");
    let folder = ExportFrames { path: bench.path("walk"), format: AnimationFormat::Pngs, ..asked };
    bench.done(Request::ExportFrames(folder));
    assert_eq!(bench.path("walk").read_dir().unwrap().count(), 8, "a file for each");
}

#[test]
fn an_exploration_is_saved_and_opened_without_a_photo_and_with_one() {
    let bench = Bench::on_disk();
    let mut exploration = with_stroke(RED);
    for has_photo in [false, true] {
        if has_photo {
            assert!(exploration.open_photo(photo(40, 30)), "a photo");
        }
        let path = bench.path("work.pentimento");
        let contents = Contents::from(exploration.clone());
        bench.done(Request::SaveSession { contents: contents.clone(), path: path.clone() });
        bench.done(Request::Autosave { contents });
        let Done::Opened(opened) = bench.done(Request::Open { path }) else { panic!("not opened") };
        assert!(opened.is_session && opened.document.is_none(), "nothing was erased");
        let opened = opened.exploration.unwrap();
        assert!(opened.exploration == exploration, "as it was");
        assert_eq!(opened.display.is_some(), has_photo, "the photo's picture, if there is one");
    }
}

#[test]
fn trouble_is_a_sentence_and_the_next_request_works() {
    let unknown = Bench::on_disk().failure(explore(&Exploration::new("nobody")));
    assert!(unknown.headline.contains("nobody") && unknown.headline.contains(MODEL), "{}", unknown.headline);
    for (trouble, key) in [(Trouble::Nan, "error-not-finite"), (Trouble::Panic, "error-internal")] {
        let (manifolds, spy) = Spy::manifolds(trouble);
        let bench = Bench::new(manifolds);
        let wanted = [
            explore(&with_stroke(RED)),
            frames(way(0.0, 1.0), 3, 0.0),
            Request::DrawLatents {
                model: MODEL.to_owned(),
                latents: vec![vec![0.0; 8].into()],
                noise: Noise::default(),
            },
        ];
        for request in wanted {
            let Failure { key: found, headline, .. } = bench.failure(request.clone());
            assert_eq!(found, key, "{headline}");
            spy.is_well.store(true, Ordering::Relaxed);
            bench.done(request);
            spy.is_well.store(false, Ordering::Relaxed);
        }
    }
}

#[test]
fn a_cancelled_search_ends_within_a_step() {
    let (manifolds, spy) = Spy::manifolds(Trouble::None);
    let bench = Bench::new(manifolds);
    let ticket = bench.worker.submit(explore(&with_stroke(RED)));
    bench.until("it runs", |event| matches!(event, Event::Preview(..)));
    bench.worker.cancel(Lane::Optimize);
    let drawn = spy.calls.load(Ordering::Relaxed);
    bench.until("it is cancelled", |event| matches!(event, Event::Cancelled(of) if *of == ticket));
    assert!(spy.calls.load(Ordering::Relaxed) <= drawn + 2, "the step that ran, and no more");
}

/// Random weights, each convolution with noise.
struct Noisy(VarBuilder<'static>);

impl SimpleBackend for Noisy {
    fn get(&self, shape: Shape, name: &str, init: Init, _: DType, _: &Device) -> candle_core::Result<Tensor> {
        let init = if name.ends_with("noise.weight") { Init::Const(0.5) } else { init };
        self.0.get_with_hints(shape, name, init)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> candle_core::Result<Tensor> {
        candle_core::bail!("the shape of {name} is not known")
    }

    fn contains_tensor(&self, _name: &str) -> bool {
        true
    }
}

/// A StyleGAN2 of 16 pixels with random weights and noise.
fn noisy() -> Manifolds {
    let random = seeded_weights(3, DType::F32, &Device::Cpu);
    styled_of(&VarBuilder::from_backend(Box::new(Noisy(random)), DType::F32, Device::Cpu))
}

/// The same without noise, as it is before it is trained.
fn styled() -> Manifolds {
    styled_of(&seeded_weights(3, DType::F32, &Device::Cpu))
}

fn styled_of(weights: &VarBuilder<'_>) -> Manifolds {
    let config = stylegan2::Config {
        style_dim: 8,
        n_mapping: 2,
        base_channels: 128,
        max_channels: 8,
        ..stylegan2::Config::config_f(16)
    };
    let model = stylegan2::Model::new(&config, weights).unwrap();
    let info = ModelInfo {
        name: MODEL.to_owned(),
        family: "stylegan2".to_owned(),
        side: 16,
        about: String::new(),
        knows: String::new(),
        typical_error: None,
    };
    Manifolds::ready(vec![(info, Arc::new(model))])
}

fn dragging(latent: &Latent) -> Request {
    let mut exploration = Exploration::new(MODEL);
    let (from, to) = (PicturePos::new(0.4, 0.4), PicturePos::new(0.7, 0.6));
    exploration.add_stroke(StrokeTool::Drag { from, to }, Vec::new(), 0.04).unwrap();
    exploration.add_stroke(StrokeTool::Movable, vec![from, to], 0.5).unwrap();
    let how = DragHow { steps: 6, ..DragHow::default() };
    Request::Drag { exploration, latent: latent.clone(), how }
}

#[test]
fn points_are_dragged_and_each_step_is_shown() {
    let bench = Bench::new(styled());
    let start: Latent = (0..6 * 8).map(|at| ((at * 37) % 11) as f32 / 11.0 - 0.5).collect();
    let (before, done) = bench.ask(dragging(&start));
    let Ok(Done::Dragged(shown)) = done else { panic!("not dragged: {done:?}") };
    assert!(shown.ending.is_some() && shown.latent.len() == start.len(), "{:?}", shown.ending);
    assert_eq!((shown.handles.len(), shown.from, shown.of), (1, start.clone(), 6), "one pair, from where it began");
    assert!(shown.drift.is_some(), "what may not move is measured");
    let steps: Vec<&DragShown> = before
        .iter()
        .filter_map(|event| match event {
            Event::Preview(_, Preview::Drag(shown)) => Some(&**shown),
            _ => None,
        })
        .collect();
    assert!(!steps.is_empty() && steps[0].step == 0 && steps[0].latent == start, "the first shows where it began");
    assert!((steps[0].handles[0].distance - 0.36 * 16.0).abs() < 0.1, "{:?}", steps[0].handles);
    let other = Bench::new(Spy::manifolds(Trouble::None).0);
    let refused = other.failure(dragging(&Latent::from(vec![0.0; 8])));
    assert_eq!(refused.key, "error-no-styles", "{}", refused.headline);
}
