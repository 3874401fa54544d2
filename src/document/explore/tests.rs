//! What the operations do and refuse.

use std::sync::Arc;

use super::*;
use crate::document::{ExploreHistory, HistoryLimits};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Photo, Place, Samples, Size};

fn latent(value: f32) -> Latent {
    vec![value; 4].into()
}

fn pick(value: f32) -> Pick {
    Pick { id: 1, latent: latent(value), start: latent(0.0), cost: 0.5 }
}

fn picture(side: u32) -> Frame {
    let size = Size::new(side, side);
    Frame::new(size, ColorModel::Rgb, Samples::U8(vec![7; size.area() * 3])).unwrap()
}

fn photo(width: u32, height: u32) -> Photo {
    let size = Size::new(width, height);
    let frame = Frame::new(size, ColorModel::Rgb, Samples::U8(vec![9; size.area() * 3])).unwrap();
    Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) }
}

const RED: StrokeTool = StrokeTool::Color { rgb: [255, 0, 0] };
const MIDDLE: PicturePos = PicturePos::new(0.5, 0.5);

#[test]
fn strokes_count_when_they_are_complete_visible_and_weigh_something() {
    let mut one = Exploration::new("cats");
    let id = one.add_stroke(RED, vec![MIDDLE], 0.1).unwrap();
    let still = StrokeTool::Warp { from: MIDDLE, to: MIDDLE, snapshot: picture(8) };
    let warp = one.add_stroke(still, Vec::new(), 0.2).unwrap();
    assert_eq!(one.active_strokes().count(), 1, "a warp that goes nowhere asks for nothing");
    assert!(one.move_warp(warp, PicturePos::new(0.7, 0.5)) && one.active_strokes().count() == 2, "now it does");
    assert!(one.toggle_stroke(id) && one.active_strokes().count() == 1, "hidden");
    assert!(one.set_weight(warp, 0.0) && one.active_strokes().count() == 0, "weighs nothing");
    assert_eq!(one.validate(), Ok(()), "invariants hold");
}

#[test]
fn what_is_out_of_range_is_refused() {
    let mut one = Exploration::new("cats");
    let far = PicturePos::new(f32::NAN, 0.0);
    assert!(one.add_stroke(RED, vec![far], 0.1).is_none(), "no position");
    assert!(one.add_stroke(RED, vec![MIDDLE], 0.0).is_none(), "no width");
    let wide = Frame::new(Size::new(2, 1), ColorModel::Rgb, Samples::U8(vec![0; 6])).unwrap();
    assert!(one.add_stroke(StrokeTool::Keep { snapshot: wide }, vec![MIDDLE], 0.1).is_none(), "not square");
    assert!(one.choose(pick(0.3)), "the first latent decides the length");
    let longer: Latent = vec![0.0; 5].into();
    assert!(!one.set_end(End::From, Arc::clone(&longer)) && !one.fix(longer), "another length");
    assert!(!one.set_key(0.5, vec![f32::INFINITY; 4].into()) && !one.set_key(1.5, latent(0.0)), "no numbers");
    assert!(!one.slide(f32::NAN) && one.slide(7.0) && one.slider.at == 1.0, "clamped");
    assert_eq!(one.validate(), Ok(()), "invariants hold");
}

#[test]
fn key_frames_stay_in_order() {
    let mut one = Exploration::new("cats");
    for time in [0.5, 0.0, 1.0, 0.5, 0.25] {
        assert!(one.set_key(time, latent(time)), "set");
    }
    assert_eq!(one.move_key(0, 0.75), Some(2), "over two others");
    assert_eq!(one.move_key(0, 1.0), Some(2), "over the last, which it replaces");
    let times: Vec<f32> = one.keys.iter().map(|key| key.time).collect();
    assert_eq!(times, [0.5, 0.75, 1.0], "rising");
    assert_eq!(one.keys[2].latent, latent(0.25), "the moved one");
    assert_eq!(one.validate(), Ok(()), "invariants hold");
}

#[test]
fn another_model_forgets_latents_and_keeps_strokes_and_photo() {
    let mut one = Exploration::new("cats");
    assert!(one.open_photo(photo(30, 20)), "opened");
    assert_eq!(one.photo.as_ref().unwrap().place, Place::upright(5.0, 0.0, 20.0), "the middle square");
    one.add_stroke(RED, vec![MIDDLE], 0.1).unwrap();
    let projection = Projection { latent: latent(0.1), method: ProjectMethod::Hybrid, error: 0.01 };
    assert!(one.set_projection(projection) && one.slider.from == Some(latent(0.1)), "the way begins there");
    assert!(one.choose(pick(0.4)) && one.fix(latent(0.4)) && one.set_key(0.0, latent(0.4)), "done");
    assert!(!one.set_model("cats") && one.set_model("shoes"), "another one");
    assert_eq!(one.latents().count(), 0, "no latent is left");
    assert_eq!((one.strokes.len(), one.photo.is_some()), (1, true), "these are");
    assert_eq!(one.validate(), Ok(()), "invariants hold");
}

#[test]
fn the_place_shows_some_of_the_photo() {
    let mut one = Exploration::new("cats");
    assert!(!one.set_place(Place::upright(0.0, 0.0, 4.0)), "no photo");
    assert!(one.open_photo(photo(30, 20)), "opened");
    let off = Place::upright(31.0, 0.0, 4.0);
    for wrong in [off, Place { side: 0.0, ..off }, Place { rotation: f32::NAN, ..off }] {
        assert!(!one.set_place(wrong), "{wrong:?}");
    }
    assert!(one.set_place(Place { rotation: 0.3, ..Place::upright(-2.0, 2.0, 8.0) }), "turned, over the edge");
    assert_eq!(one.validate(), Ok(()), "invariants hold");
}

#[test]
fn a_stroke_is_one_step_and_snapshots_count_once() {
    let mut history = ExploreHistory::new(Exploration::new("cats"), HistoryLimits::default());
    let snapshot = picture(16);
    for _ in 0..3 {
        history.begin(ExploreAction::Keep);
        let mut id = None;
        history.edit(|one| id = one.add_stroke(StrokeTool::Keep { snapshot: snapshot.clone() }, vec![MIDDLE], 0.1));
        for x in 0..5 {
            history.edit(|one| _ = one.extend_stroke(id.unwrap(), PicturePos::new(x as f32 / 5.0, 0.5)));
        }
        assert!(history.end(), "a step");
    }
    assert_eq!(history.actions().len(), 4, "one for each stroke");
    assert!(history.commit(ExploreAction::ClearStrokes, |one| _ = one.clear_strokes()), "all gone");
    let bytes = history.undo_bytes();
    assert!((16 * 16 * 3..2 * 16 * 16 * 3).contains(&bytes), "the picture once, beside little: {bytes}");
}

#[test]
fn steering_shows_until_something_else_does() {
    let mut one = Exploration::new("cats");
    assert!(!one.set_steered(&latent(0.5)), "nothing is steered");
    assert!(one.steer(|steering| steering.pad = [1.5, 2.0]) && one.helm.is_on, "a hand takes the helm");
    assert!(one.set_steered(&latent(0.5)) && one.slider.ends().is_some(), "the slider has both ends");
    assert!(one.steer(|steering| steering.psi = 1.0) && one.set_steered(&latent(0.75)), "further");
    assert_eq!(one.slider.ends(), Some((&latent(0.5), &latent(0.75))), "from where it began");
    for wrong in [f32::NAN, -1.5, 2.5] {
        assert!(!one.steer(|steering| steering.psi = wrong), "psi {wrong}");
    }
    assert!(!one.steer(|steering| steering.base = Some(vec![0.0; 5].into())), "a latent of another model");
    assert!(!one.set_noise(Noise { strength: 9.0, ..Noise::default() }), "too strong");
    assert_eq!(one.helm.steering.psi, 1.0, "what was refused changed nothing");
    one.add_stroke(RED, vec![MIDDLE], 0.1).unwrap();
    let fixed = one.fixed.as_ref().map(|fixed| fixed.latent.clone());
    assert_eq!((fixed, one.helm.is_on), (Some(latent(0.75)), false), "a stroke changes what was steered to");
    assert!(one.steer(|steering| steering.set_mixed(3, true)) && one.choose(pick(0.1)), "again, then a candidate");
    assert!(!one.helm.is_on && one.helm.steering.is_mixed(3), "which shows; what was set stays");
    assert!(one.set_model("shoes") && *one.helm.steering == Steering::default(), "layers are of a model");
    assert_eq!(one.validate(), Ok(()), "invariants hold");
}

#[test]
fn layers_have_a_psi_and_a_source_of_their_own() {
    let mut steering = Steering { psi: 0.5, cutoff: Some(4), ..Steering::default() };
    steering.set_layer_psi(6, Some(2.0));
    steering.set_layer_psi(1, Some(0.0));
    assert_eq!([0, 1, 4, 6].map(|at| steering.psi_of(at)), [0.5, 0.0, 1.0, 2.0], "own, below the cutoff, above it");
    assert!(steering.is_sound(), "by rising number");
    steering.set_layer_psi(1, None);
    assert_eq!(steering.psi_of(1), 0.5, "taken away");
    steering.set_mixed(63, true);
    steering.set_mixed(64, true);
    assert!(steering.is_mixed(63) && !steering.is_mixed(64), "64 layers at most");
    let direction = Arc::new(Direction { name: "wider".to_owned(), vector: vec![1.0].into(), sigma: 1.0 });
    let edit = |amount| Edit { direction: Arc::clone(&direction), first: 0, last: 3, amount };
    steering.set_edit(edit(1.0));
    steering.set_edit(edit(-2.0));
    assert_eq!(steering.edit(&direction).map(|edit| edit.amount), Some(-2.0), "one step a direction");
    steering.set_edit(edit(21.0));
    assert!(!steering.is_sound(), "too long a step");
}
