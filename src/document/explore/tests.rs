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
