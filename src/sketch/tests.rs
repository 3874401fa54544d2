//! Drawings to pictures with a network that is a formula.

use std::sync::Arc;

use candle_core::{Result, Tensor};

use super::*;
use crate::generators::sketcher::{Inputs, Sketcher, Variation};
use crate::imaging::drawing::{Drawing, ink_of};
use crate::imaging::edges::Refinement;
use crate::imaging::ink::{Stroke, Tool, raster, raster_hints, shapes};
use crate::imaging::{ColorModel, Frame, Plane, Samples, Size};

/// Red where there is ink; blue is the seed, green the hints.
pub(super) struct Formula;

impl Sketcher for Formula {
    fn side(&self) -> usize {
        64
    }

    fn multiple(&self) -> usize {
        4
    }

    fn inputs(&self) -> Inputs {
        Inputs { has_hints: true, is_for_ink: true }
    }

    fn macs(&self, side: usize) -> u64 {
        (side * side) as u64
    }

    fn paint(&self, ink: &Tensor, hints: Option<&Tensor>, variation: Variation) -> Result<Tensor> {
        let red = ink.affine(2.0, -1.0)?;
        let green = match hints {
            Some(hints) => hints.narrow(1, 1, 1)?,
            None => (ink.zeros_like()? - 1.0)?,
        };
        let seed = match variation {
            Variation::Steady => -1.0,
            Variation::Seeded(seed) => seed as f64 / 10.0,
        };
        Tensor::cat(&[red, green, (ink.zeros_like()? + seed)?], 1)
    }

    fn translate(&self, pictures: &Tensor, _variation: Variation) -> Result<Tensor> {
        Ok(pictures.clone())
    }
}

fn themes() -> Themes {
    Themes::ready(vec![("formula".to_owned(), Arc::new(Formula))])
}

fn loaded() -> Loaded {
    themes().load("formula", Role::Best).unwrap()
}

fn seen(side: u32) -> Seen {
    let ring = Stroke::computed(Tool::Pen, shapes::ellipse((0.5, 0.5), (0.3, 0.3)));
    Seen::new(&raster(&[ring], side), side, Refinement::FAITHFUL, None)
}

#[test]
fn ink_becomes_a_picture_and_the_same_seed_the_same_one() {
    let (loaded, seen) = (loaded(), seen(64));
    let steady = paint(&loaded, &seen, Variation::Steady).unwrap().picture;
    assert_eq!(steady.size(), Size::new(64, 64), "of the side that was asked for");
    assert!(steady.rgb_at(51, 32)[0] > 200.0 && steady.rgb_at(32, 32)[0] < 5.0, "ink is ink");
    assert_eq!(steady.rgb_at(32, 32)[1..], [0.0, 0.0], "no hints, no seed");
    let other = paint(&loaded, &seen, Variation::Seeded(3)).unwrap().picture;
    assert_ne!(other, steady, "another seed");
    assert_eq!(paint(&loaded, &seen, Variation::Seeded(3)).unwrap().picture, other, "the same again");
}

#[test]
fn hints_reach_the_network_at_their_place() {
    let hint =
        Stroke { size: 0.3, color: [0, 255, 0], ..Stroke::computed(Tool::Hint, shapes::line((0.5, 0.5), (0.5, 0.5))) };
    let ring = Stroke::computed(Tool::Pen, shapes::ellipse((0.5, 0.5), (0.3, 0.3)));
    let strokes = [Arc::new(ring), Arc::new(hint)];
    let hints = raster_hints(&[&strokes], 64);
    let seen = Seen::new(&raster(&strokes, 64), 64, Refinement::FAITHFUL, hints);
    let picture = paint(&loaded(), &seen, Variation::Steady).unwrap().picture;
    assert_eq!(picture.rgb_at(32, 32)[1], 255.0, "green");
    assert_eq!(picture.rgb_at(5, 5)[1], 128.0, "no color where nothing is meant");
}

#[test]
fn what_looks_the_same_has_one_digest() {
    let a = seen(64);
    assert_eq!(a.digest(), seen(64).digest(), "the same drawing");
    let ring = |radius| Stroke::computed(Tool::Pen, shapes::ellipse((0.5, 0.5), (radius, radius)));
    let other = Seen::new(&raster(&[ring(0.4)], 64), 64, Refinement::FAITHFUL, None);
    assert_ne!(a.digest(), other.digest(), "another drawing");
    let forgiven = Seen::new(&raster(&[ring(0.3)], 64), 64, Refinement::new(0.8), None);
    assert_ne!(a.digest(), forgiven.digest(), "another refinement");
}

/// Turns photos into their negatives.
struct Negative;

impl Sketcher for Negative {
    fn side(&self) -> usize {
        64
    }

    fn multiple(&self) -> usize {
        16
    }

    fn inputs(&self) -> Inputs {
        Inputs { has_hints: false, is_for_ink: false }
    }

    fn macs(&self, side: usize) -> u64 {
        (side * side) as u64
    }

    fn paint(&self, ink: &Tensor, _hints: Option<&Tensor>, variation: Variation) -> Result<Tensor> {
        self.translate(&Tensor::cat(&[ink, ink, ink], 1)?, variation)
    }

    fn translate(&self, pictures: &Tensor, _variation: Variation) -> Result<Tensor> {
        pictures.neg()
    }
}

#[test]
fn a_network_for_photos_is_given_the_photo_itself() {
    let themes = Themes::ready(vec![("negative".to_owned(), Arc::new(Negative))]);
    assert!(themes.info("negative").unwrap().takes_photos && !self::themes().info("formula").unwrap().takes_photos);
    let negative = themes.load("negative", Role::Best).unwrap();
    let size = Size::new(40, 30);
    let samples = (0..size.area()).flat_map(|at| [if at % 40 < 20 { 200 } else { 60 }, 90, 30]).collect();
    let photo = Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap();
    let (ink, is_photo) = ink_of(&photo);
    let given = Given::from(Drawing::Picture { picture: photo.clone(), ink, is_photo });
    let shown = given.shown(&negative, 80, Refinement::FAITHFUL);
    assert!(shown.seen().is_none() && !shown.is_blank(), "no lines of it");
    let picture = shown.paint(&negative, Variation::Steady).unwrap().picture;
    assert_eq!(picture.size(), Size::new(80, 60), "the whole photo in its own shape");
    let [r, g, b] = picture.rgb_at(10, 30);
    assert!((r - 55.0).abs() < 3.0 && (g - 165.0).abs() < 3.0 && (b - 225.0).abs() < 3.0, "{r} {g} {b}");
    assert!(given.shown(&loaded(), 64, Refinement::FAITHFUL).seen().is_some(), "others are shown its edges");
    assert_eq!(translate(&loaded(), &photo, 64, Variation::Steady).unwrap_err().key(), "error-network", "refused");
}

#[test]
fn a_covered_paper_is_remarked_on() {
    let covered = Seen::new(&Plane::filled(Size::new(90, 90), 1.0), 64, Refinement::FAITHFUL, None);
    assert!(covered.is_crowded() && !seen(64).is_crowded(), "however little its lines are");
}

#[test]
fn blank_paper_and_wrong_sides_are_told() {
    let blank = Seen::new(&Plane::filled(Size::new(300, 200), 0.0), 64, Refinement::FAITHFUL, None);
    assert!(blank.is_blank() && blank.share() == 0.0 && !seen(64).is_blank(), "blank is blank");
    let error = paint(&loaded(), &seen(62), Variation::Steady).unwrap_err();
    assert_eq!(error.key(), "error-size-mismatch", "{error}");
    let error = Themes::ready(Vec::new()).load("cats", Role::Live).unwrap_err();
    assert_eq!(error.to_string(), "no theme is called \"cats\" (there are: none is installed)");
}
