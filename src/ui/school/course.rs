//! Somebody who follows a lesson on the paper, and the score at its end.

use std::sync::Arc;

use egui::{ColorImage, TextureHandle, TextureOptions};

use crate::document::sketch::SketchKey;
use crate::school::{Clock, ENOUGH, Lesson, Outcome};
use crate::ui::theme::sketch as colors;
use crate::worker::Ticket;
use crate::worker::schooling::{Coverage, DrawingId, Practice, ProfileId, Recorded, Score};

/// A lesson that is followed.
pub struct Course {
    /// How far it is.
    pub practice: Practice,
    /// The share of the present step that is drawn, 0..=1.
    pub drawn: f32,
    /// The time that is left, in timed mode.
    pub clock: Option<Clock>,
    /// How good the drawing is, when it was scored.
    pub scored: Option<Scored>,
    /// The ink that was looked at last.
    pub(super) looked: Option<SketchKey>,
    /// What the worker is asked for, and about which ink.
    pub(super) out: Option<(Ticket, SketchKey)>,
    /// Seconds on the window's clock when the clock was moved on last.
    pub(super) ticked: Option<f64>,
}

/// A score with what became of it.
pub struct Scored {
    /// How good the drawing is.
    pub score: Box<Score>,
    /// Of which ink.
    pub of: SketchKey,
    /// Whose record it was noted for, and what it brought once that is known.
    pub noted: Option<(ProfileId, Option<Recorded>)>,
    /// Whether it is in the gallery, or on its way.
    pub hung: Hanging,
    /// Whether missed lines show on the paper.
    pub shows_missed: bool,
    /// Missed lines as a picture of the paper.
    pub(super) heat: TextureHandle,
}

/// Whether a scored drawing is in the gallery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hanging {
    /// It is not.
    #[default]
    No,
    /// It is on its way.
    Soon,
    /// It is.
    Yes(DrawingId),
}

impl Course {
    /// At the first step of `lesson`; with a clock in timed mode.
    #[must_use]
    pub fn new(lesson: Arc<Lesson>, is_timed: bool) -> Self {
        let clock = is_timed.then(|| Clock::new(lesson.limit_secs));
        Self { practice: Practice::new(lesson), drawn: 0.0, clock, scored: None, looked: None, out: None, ticked: None }
    }

    /// What is learned.
    #[must_use]
    pub const fn lesson(&self) -> &Arc<Lesson> {
        self.practice.lesson()
    }

    /// Whether steps are still drawn: it was not scored.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        self.scored.is_none()
    }

    /// Whether every step was drawn or left out, or the time is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.practice.next().is_none() || self.clock.is_some_and(|clock| clock.is_over())
    }

    /// How much of each step is drawn, 0..=1; `None` of one that was left out.
    pub fn shares(&self) -> impl Iterator<Item = Option<f32>> {
        let outcomes = self.practice.outcomes();
        (0..self.lesson().steps.len()).map(move |at| match outcomes.get(at) {
            Some(Outcome::Drawn(_)) => Some(1.0),
            Some(Outcome::Skipped) => None,
            None if at == outcomes.len() => Some((self.drawn / ENOUGH).min(0.95)),
            None => Some(0.0),
        })
    }

    pub(super) fn take_look(&mut self, practice: Practice, coverage: Coverage, of: SketchKey) {
        (self.practice, self.drawn, self.looked) = (practice, coverage.drawn, Some(of));
    }

    pub(super) fn take_score(&mut self, ctx: &egui::Context, score: Box<Score>, of: SketchKey) {
        let heat = ctx.load_texture("missed lines", heat(&score), TextureOptions::LINEAR);
        self.scored = Some(Scored { score, of, noted: None, hung: Hanging::No, shows_missed: true, heat });
    }

    /// Goes on without what the worker may still say about how it was.
    pub(super) const fn forget_looks(&mut self) {
        (self.looked, self.out) = (None, None);
    }
}

/// Missed lines, a little wider than they are.
fn heat(score: &Score) -> ColorImage {
    let missed = &score.missed;
    let (width, height) = (missed.size().width, missed.size().height);
    let near = |x: u32, y: u32| {
        let rows = y.saturating_sub(1)..(y + 2).min(height);
        rows.flat_map(|y| (x.saturating_sub(1)..(x + 2).min(width)).map(move |x| missed.at(x, y))).fold(0.0, f32::max)
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| colors::missed(near(x, y)))).collect();
    ColorImage::new([width as usize, height as usize], pixels)
}
