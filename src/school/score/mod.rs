//! How well a drawing meets its lesson, in parts that can be told.
//!
//! They are compared twice: as they lie on the paper, and both in the middle of a grid and as large as it allows. The better of
//! the two counts, so that place and size do not (size is told beside), and a drawing that follows the lesson on the paper loses
//! nothing but the part that it misses. With the distance transforms of both, `coverage` is the share of the lesson's lines that have ink near by, and
//! `precision` the share of ink that has a line near by; near is 3 % of the lesson's diagonal for three stars and 6 % for two.
//! Ink counts as precise up to one and a half times the lesson's own length, so that a scribble over everything is not.
//! Realism is not scored: it would judge the network that painted, not the one who drew.

mod looks;
mod recognition;

use std::sync::Arc;

use super::ink::{Frame, Ink, LineMap, SIDE};
use super::lesson::Lesson;
use super::reward::Standing;
use crate::imaging::{Plane, Size};

pub use recognition::{Recognition, recognize};

/// How near is near for three stars, as a share of the lesson's diagonal.
pub const TIGHT: f32 = 0.03;
/// How near is near for two stars.
pub const LOOSE: f32 = 0.06;

/// Ink of this many times the lesson's length can be precise; more cannot.
const RETRACED: f32 = 1.5;
/// A part counts as drawn when so much of it is covered.
const PART_DRAWN: f32 = 0.5;
/// The least total at the tight distance for three stars, for which no part may be missing either.
pub const THREE_STARS: f32 = 0.8;
/// The least total at the loose distance for two stars.
pub const TWO_STARS: f32 = 0.7;

/// How much each part of a score counts; they add up to 1.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Weights {
    /// Of the lesson's lines that were met.
    pub coverage: f32,
    /// Of the ink that lies on the lesson's lines.
    pub precision: f32,
    /// Of the parts that are there.
    pub parts: f32,
    /// Of how sure it looks like its theme.
    pub recognition: f32,
}

impl Weights {
    /// Those that scores are made with.
    pub const SHOWN: Self = Self { coverage: 0.35, precision: 0.35, parts: 0.15, recognition: 0.15 };

    fn total(self, coverage: f32, precision: f32, parts: f32, recognition: f32) -> f32 {
        self.coverage * coverage + self.precision * precision + self.parts * parts + self.recognition * recognition
    }
}

/// One part of a lesson in a drawing.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct PartScore {
    /// Its name.
    pub part: Arc<str>,
    /// The share of its lines that have ink within the loose distance, 0..=1.
    pub coverage: f32,
    /// Whether that is enough to say that it is there.
    pub is_drawn: bool,
}

/// How well a drawing meets its lesson. Shares are 0..=1.
#[derive(Clone, Debug)]
pub struct Score {
    /// 0 without ink, else 1..=3.
    pub stars: u8,
    /// The weighted sum with [`Score::coverage`] and [`Score::precision`]; from 0.8 on there are three stars, if no part is missing.
    pub total: f32,
    /// The weighted sum at the loose distance; from 0.7 on there are two stars.
    pub total_loose: f32,
    /// What the sums are made with.
    pub weights: Weights,
    /// The share of the lesson's lines with ink within [`TIGHT`].
    pub coverage: f32,
    /// The share of the ink with a line within [`TIGHT`].
    pub precision: f32,
    /// The harmonic mean of both.
    pub f: f32,
    /// The share of the lesson's lines with ink within [`LOOSE`].
    pub coverage_loose: f32,
    /// The share of the ink with a line within [`LOOSE`].
    pub precision_loose: f32,
    /// The mean distance both ways, cut off at [`LOOSE`], as a share of it: 0 is a perfect copy. Tells equal scores apart.
    pub distance: f32,
    /// How large the drawing is, the lesson being 1.
    pub scale: f32,
    /// Each part of the lesson.
    pub parts: Vec<PartScore>,
    /// What the drawing looks like.
    pub recognition: Recognition,
    /// On the lesson's lines how far the ink is, 0 (met) to 1 (missed, at the loose distance or further); 0 beside them. It
    /// lies on the paper as the lesson does.
    pub missed: Plane<f32>,
}

impl Score {
    /// Names of the parts that are not there.
    pub fn forgotten(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter(|part| !part.is_drawn).map(|part| &*part.part)
    }

    /// What is kept of it.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        Standing { stars: self.stars, total: self.total }
    }
}

/// Scores `ink` as a drawing of `lesson`.
#[must_use]
pub fn score(ink: &Ink, lesson: &Lesson) -> Score {
    let model = Ink::of_strokes(&lesson.strokes());
    let recognition = recognize(ink);
    let paper = Frame::paper(SIDE);
    let in_place = compare(ink, lesson, &recognition, (&model, paper, paper));
    let fitted = (&model, Frame::fitted(ink, SIDE), Frame::fitted(&model, SIDE));
    let in_middle = compare(ink, lesson, &recognition, fitted);
    let rank = |score: &Score| (score.stars, score.total);
    if rank(&in_middle) > rank(&in_place) { in_middle } else { in_place }
}

/// Scores `ink` where the grid lies at `drawn_frame` for it and at `frame` for `model`, the lesson's ink.
fn compare(
    ink: &Ink,
    lesson: &Lesson,
    recognition: &Recognition,
    (model, drawn_frame, frame): (&Ink, Frame, Frame),
) -> Score {
    let drawn = Fit { map: LineMap::new(ink, drawn_frame, SIDE), model: LineMap::new(model, frame, SIDE) };
    let diagonal = diagonal(model) * frame.scale();
    let (tight, loose) = (drawn.at(TIGHT * diagonal), drawn.at(LOOSE * diagonal));
    let reach = LOOSE * diagonal;
    let parts = parts(lesson, &drawn.map, frame, reach);
    let drawn_parts = parts.iter().filter(|part| part.is_drawn).count() as f32 / parts.len().max(1) as f32;
    let (weights, certainty) = (Weights::SHOWN, recognition.certainty(&lesson.theme));
    let total = |near: Near| weights.total(near.coverage, near.precision, drawn_parts, certainty);
    let (total, total_loose) = (total(tight), total(loose));
    let stars = match () {
        () if ink.is_empty() => 0,
        () if total >= THREE_STARS && drawn_parts == 1.0 => 3,
        () if total_loose >= TWO_STARS => 2,
        () => 1,
    };
    Score {
        stars,
        total,
        total_loose,
        weights,
        coverage: tight.coverage,
        precision: tight.precision,
        f: tight.f(),
        coverage_loose: loose.coverage,
        precision_loose: loose.precision,
        distance: f32::midpoint(
            drawn.map.mean_distance(&drawn.model, reach),
            drawn.model.mean_distance(&drawn.map, reach),
        ),
        scale: diagonal_of(ink) / diagonal_of(model).max(f32::EPSILON),
        parts,
        recognition: recognition.clone(),
        missed: missed(&drawn.map, model, frame, reach),
    }
}

/// A drawing and its lesson on the same grid.
struct Fit {
    map: LineMap,
    model: LineMap,
}

#[derive(Clone, Copy)]
struct Near {
    coverage: f32,
    precision: f32,
}

impl Near {
    fn f(self) -> f32 {
        let sum = self.coverage + self.precision;
        if sum > 0.0 { 2.0 * self.coverage * self.precision / sum } else { 0.0 }
    }
}

impl Fit {
    fn at(&self, reach: f32) -> Near {
        let ink = self.map.cells().len() as f32;
        let most = RETRACED * self.model.cells().len() as f32;
        let precise = (self.model.count_near(&self.map, reach) as f32).min(most);
        Near {
            coverage: self.map.share_near(&self.model, reach),
            precision: if ink > 0.0 { precise / ink } else { 0.0 },
        }
    }
}

fn parts(lesson: &Lesson, drawn: &LineMap, frame: Frame, reach: f32) -> Vec<PartScore> {
    let part = |step: &super::lesson::Step| {
        let model = LineMap::new(&Ink::of_strokes(&step.strokes), frame, SIDE);
        let coverage = drawn.share_near(&model, reach);
        PartScore { part: Arc::clone(&step.part), coverage, is_drawn: coverage >= PART_DRAWN }
    };
    lesson.steps.iter().map(part).collect()
}

/// The heat map, on the paper: `model` once more at its place there.
fn missed(drawn: &LineMap, model: &Ink, fitted: Frame, reach: f32) -> Plane<f32> {
    let mut heat = Plane::filled(Size::new(SIDE, SIDE), 0.0);
    for &(x, y) in LineMap::new(model, Frame::paper(SIDE), SIDE).cells() {
        let at = |v: u32| (v as f32 + 0.5) / SIDE as f32;
        let (column, row) = fitted.cell((at(x), at(y)), SIDE);
        let distance = (drawn.squared_distance((column, row)) as f32).sqrt();
        heat.set(x, y, (distance / reach).min(1.0));
    }
    heat
}

/// The diagonal of the box around a drawing, in sides of the paper; the paper's without ink.
fn diagonal(ink: &Ink) -> f32 {
    ink.bounds().map_or(std::f32::consts::SQRT_2, |[left, top, right, bottom]| (right - left).hypot(bottom - top))
}

fn diagonal_of(ink: &Ink) -> f32 {
    if ink.is_empty() { 0.0 } else { diagonal(ink) }
}

#[cfg(test)]
mod tests;
