//! Following a lesson step by step: the next step is shown as a ghost, and accepted when it has been drawn over.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::sync::Arc;

use super::ink::{Frame, Ink, LineMap, SIDE};
use super::lesson::{Lesson, Step};
use crate::imaging::ink::{Stroke, Tool};

/// How much of a step must have been drawn.
pub const ENOUGH: f32 = 0.7;

/// How much of each of its strokes must have been drawn, so that none is passed over.
const EACH: f32 = 0.4;

/// How far beside a step's lines ink may lie, as a share of the paper's diagonal.
const REACH: f32 = 0.03;

/// The same for steps that the strokes of the step before would complete as well.
const REACH_ALONG: f32 = 0.012;

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// It was drawn; this much of it, 0..=1.
    Drawn(f32),
    /// It was left out.
    Skipped,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coverage {
    /// The share of the step that has been drawn, 0..=1.
    pub drawn: f32,
    /// How many steps this look accepted.
    pub accepted: usize,
    /// How many steps were taken up again, because what had been drawn for them is gone.
    pub reopened: usize,
}

/// Somebody who follows a lesson.
#[derive(Clone, Debug)]
pub struct Practice {
    lesson: Arc<Lesson>,
    outcomes: Vec<Outcome>,
    /// For each step that was begun, the strokes that were there by then; they are not counted for it. One more than outcomes.
    begun: Vec<HashSet<u64>>,
}

impl Practice {
    /// At the first step of `lesson`.
    #[must_use]
    pub fn new(lesson: Arc<Lesson>) -> Self {
        Self { lesson, outcomes: Vec::new(), begun: vec![HashSet::new()] }
    }

    /// What is practised.
    #[must_use]
    pub const fn lesson(&self) -> &Arc<Lesson> {
        &self.lesson
    }

    /// What became of the steps so far.
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The step to be drawn next, to be shown as a ghost; `None` when the lesson is over.
    #[must_use]
    pub fn next(&self) -> Option<&Step> {
        self.lesson.steps.get(self.outcomes.len())
    }

    /// Looks at all strokes of the drawing and goes on when the next step is there. Strokes that were drawn for an earlier step
    /// do not count, erasers always do. A step whose ink is gone, because it was undone or rubbed out, is taken up again.
    pub fn look<S: Borrow<Stroke>>(&mut self, strokes: &[S]) -> Coverage {
        let reopened = self.reopen(strokes);
        let is_new = |stroke: &&Stroke| stroke.tool == Tool::Eraser || self.is_of_step(stroke);
        let new: Vec<&Stroke> = strokes.iter().map(Borrow::borrow).filter(is_new).collect();
        let drawn = map_of(&new);
        let (mut accepted, mut share) = (0, 0.0);
        while let Some(step) = self.next() {
            // A step that lies beside the one just drawn is not drawn by it.
            let reach = if accepted == 0 { REACH } else { REACH_ALONG };
            share = drawn.share_near(&map_of(&step.strokes), cells(reach));
            if !is_drawn(&drawn, step, reach) {
                break;
            }
            self.end_step(Outcome::Drawn(share), strokes);
            accepted += 1;
        }
        Coverage { drawn: share, accepted, reopened }
    }

    /// Takes up again the last steps whose ink is gone. Returns how many.
    fn reopen<S: Borrow<Stroke>>(&mut self, strokes: &[S]) -> usize {
        let (drawn, before) = (map_of(strokes), self.outcomes.len());
        while let Some(Outcome::Drawn(_)) = self.outcomes.last() {
            let step = self.lesson.steps.get(self.outcomes.len() - 1);
            if step.is_none_or(|step| is_drawn(&drawn, step, REACH)) {
                break;
            }
            self.back();
        }
        before - self.outcomes.len()
    }

    fn end_step<S: Borrow<Stroke>>(&mut self, outcome: Outcome, strokes: &[S]) {
        self.outcomes.push(outcome);
        self.begun.push(strokes.iter().map(|stroke| stroke.borrow().digest()).collect());
    }

    /// Whether a stroke was drawn since the present step began.
    #[must_use]
    pub fn is_of_step(&self, stroke: &Stroke) -> bool {
        self.begun.last().is_none_or(|spent| !spent.contains(&stroke.digest()))
    }

    /// Leaves the next step out; nothing when the lesson is over. `strokes` are those of the drawing.
    pub fn skip<S: Borrow<Stroke>>(&mut self, strokes: &[S]) {
        if self.next().is_some() {
            self.end_step(Outcome::Skipped, strokes);
        }
    }

    /// Takes the last step up again; nothing at the first. Strokes that were drawn since it began count for it: rub out those
    /// for which [`Practice::is_of_step`] holds to have it drawn anew.
    pub fn back(&mut self) {
        if self.outcomes.pop().is_some() {
            self.begun.pop();
        }
    }
}

/// Strokes on the paper's grid.
fn map_of<S: Borrow<Stroke>>(strokes: &[S]) -> LineMap {
    LineMap::new(&Ink::of_strokes(strokes), Frame::paper(SIDE), SIDE)
}

/// Whether enough of a step has ink within `reach`, and enough of each of its strokes.
fn is_drawn(drawn: &LineMap, step: &Step, reach: f32) -> bool {
    let share = |strokes: &[Arc<Stroke>]| drawn.share_near(&map_of(strokes), cells(reach));
    share(&step.strokes) >= ENOUGH && step.strokes.chunks(1).all(|stroke| share(stroke) >= EACH)
}

/// A share of the paper's diagonal in cells of the grid.
const fn cells(share: f32) -> f32 {
    share * std::f32::consts::SQRT_2 * SIDE as f32
}

#[cfg(test)]
mod tests {
    use super::super::book::lessons;
    use super::*;
    use crate::imaging::ink::Sample;

    /// As somebody draws it who is off by `by` sides of the paper.
    fn moved(stroke: &Stroke, by: f32) -> Arc<Stroke> {
        let samples = stroke.samples.iter().map(|sample| Sample { x: sample.x + by, y: sample.y - by, ..*sample });
        Arc::new(Stroke { samples: samples.collect(), ..stroke.clone() })
    }

    #[test]
    fn every_lesson_can_be_followed_to_its_end() {
        for lesson in lessons() {
            let (mut practice, mut drawing) = (Practice::new(Arc::clone(lesson)), Vec::new());
            while let Some(step) = practice.next() {
                let at = practice.outcomes().len();
                let strokes: Vec<_> = step.strokes.iter().map(|stroke| moved(stroke, 0.01)).collect();
                drawing.extend(strokes);
                let coverage = practice.look(&drawing);
                assert!(coverage.accepted >= 1, "{}, step {}: {coverage:?}", lesson.name, at + 1);
            }
            assert_eq!(practice.outcomes().len(), lesson.steps.len(), "{}", lesson.name);
        }
    }

    #[test]
    fn nothing_and_the_wrong_place_are_not_accepted() {
        for lesson in lessons() {
            let mut practice = Practice::new(Arc::clone(lesson));
            assert_eq!(
                practice.look::<Arc<Stroke>>(&[]),
                Coverage { drawn: 0.0, accepted: 0, reopened: 0 },
                "{}",
                lesson.name
            );
            let corner = Stroke::computed(Tool::Pen, vec![Sample::new(0.0, 0.0, 0), Sample::new(0.02, 0.02, 0)]);
            assert_eq!(practice.look(&[corner]).accepted, 0, "{}", lesson.name);
            practice.skip::<Arc<Stroke>>(&[]);
            assert_eq!(practice.outcomes(), [Outcome::Skipped], "it can be left out");
            practice.back();
            assert!(practice.outcomes().is_empty(), "and taken up again");
        }
    }

    #[test]
    fn no_stroke_of_a_step_is_passed_over() {
        let head = &lessons()[0].steps[0];
        assert!(head.strokes.len() > 1, "the round of the head and its top");
        let mut practice = Practice::new(Arc::clone(&lessons()[0]));
        let coverage = practice.look(&head.strokes[..1]);
        assert!(coverage.drawn >= ENOUGH && coverage.accepted == 0, "most of it, but not the top: {coverage:?}");
        assert_eq!(practice.look(&head.strokes).accepted, 1, "now");
    }

    #[test]
    fn a_step_is_taken_up_again_when_its_ink_is_undone() {
        for lesson in lessons() {
            let (mut practice, mut drawing) = (Practice::new(Arc::clone(lesson)), Vec::new());
            for step in &lesson.steps[..2] {
                drawing.extend(step.strokes.iter().cloned());
                practice.look(&drawing);
            }
            assert_eq!(practice.outcomes().len(), 2, "{}", lesson.name);
            let kept = lesson.steps[0].strokes.len();
            let coverage = practice.look(&drawing[..kept]);
            assert_eq!((coverage.reopened, practice.outcomes().len()), (1, 1), "{}: the second again", lesson.name);
            assert_eq!(practice.look(&drawing).accepted, 1, "{}: redone", lesson.name);
            practice.back();
            let own: Vec<_> = drawing.iter().filter(|stroke| practice.is_of_step(stroke)).collect();
            assert_eq!(own.len(), drawing.len() - kept, "{}: what was drawn for it", lesson.name);
            assert_eq!(practice.look::<Arc<Stroke>>(&[]).reopened, 1, "{}: all of it", lesson.name);
        }
    }

    #[test]
    fn one_step_is_not_drawn_by_another() {
        for lesson in lessons() {
            let (mut practice, mut drawing) = (Practice::new(Arc::clone(lesson)), Vec::new());
            let mut at_once = 0;
            while let Some(step) = practice.next() {
                drawing.extend(step.strokes.iter().cloned());
                at_once += practice.look(&drawing).accepted - 1;
            }
            assert_eq!(at_once, 0, "{}: a step was passed over", lesson.name);
        }
    }
}
