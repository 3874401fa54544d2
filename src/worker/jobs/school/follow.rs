//! Looking at somebody who follows a lesson, and scoring what they drew.

use std::sync::Arc;

use super::super::super::schooling::SchoolDone;
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::step_of;
use super::no_lesson;
use crate::document::Sketch;
use crate::school::{Ink, Practice, find, score};

/// One look.
pub(super) struct FollowJob {
    practice: Box<Practice>,
    sketch: Sketch,
}

impl FollowJob {
    pub(super) const fn new(practice: Box<Practice>, sketch: Sketch) -> Self {
        Self { practice, sketch }
    }
}

impl Job for FollowJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        let layers = self.sketch.counting_strokes();
        let strokes: Vec<_> = layers.into_iter().flatten().map(Arc::as_ref).collect();
        let coverage = self.practice.look(&strokes);
        let practice = self.practice.clone();
        JobStep::Done(Done::School(SchoolDone::Followed { practice, coverage }))
    }
}

/// The ink in one step, the score in another.
pub(super) struct ScoreJob {
    lesson: Arc<str>,
    sketch: Sketch,
    ink: Option<Ink>,
}

impl ScoreJob {
    pub(super) const fn new(lesson: Arc<str>, sketch: Sketch) -> Self {
        Self { lesson, sketch, ink: None }
    }

    fn try_step(&mut self) -> Result<JobStep, Failure> {
        let Some(ink) = self.ink.take() else {
            self.ink = Some(Ink::of_layers(&self.sketch.counting_strokes()));
            return Ok(JobStep::More);
        };
        let lesson = find(&self.lesson).ok_or_else(|| no_lesson(&self.lesson))?;
        Ok(JobStep::Done(Done::School(SchoolDone::Scored(Box::new(score(&ink, lesson))))))
    }
}

impl Job for ScoreJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step())
    }
}
