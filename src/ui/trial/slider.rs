//! The slider dragged through the frames of ways that nobody has walked yet.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use egui::{Event, Rect, lerp, pos2};

use super::{Trial, Works, press};
use crate::document::explore::End;
use crate::ui::app::App;
use crate::ui::explore::Wish;
use crate::ui::intent::{Intent, Phase};

/// Frames that the slider has.
const FRAMES: u32 = 16;
/// Frames of the window for each of them: the hand takes half a second from end to end.
const STEPS_A_FRAME: u32 = 2;

/// What was seen while a slider was dragged.
#[derive(Clone, Debug, Default)]
pub struct SliderTrial {
    /// Frames of the window, from a way's first wish to the end of the drags along it.
    pub works: Works,
    /// From a new way to its first picture in the window, the longest of all ways.
    pub cold: Duration,
    /// From a new way to all of its pictures, the longest of all ways.
    pub all: Duration,
}

impl Trial {
    /// Puts candidates on the slider's ends, drags it to the other side while its frames are drawn, and back when all are
    /// there; `rounds` times, each on another way.
    ///
    /// # Errors
    /// When pictures do not come.
    pub fn drag_slider(&mut self, rounds: u16) -> anyhow::Result<SliderTrial> {
        let mut found = SliderTrial::default();
        for round in 0..rounds.max(1) {
            self.walk(usize::from(round), &mut found)?;
        }
        Ok(found)
    }

    fn walk(&mut self, round: usize, found: &mut SliderTrial) -> anyhow::Result<()> {
        let ids: Vec<u64> = self.studio()?.search.candidates().map(|candidate| candidate.id).collect();
        let id = |at: usize| ids.get(at % ids.len().max(1)).copied().context("there are no candidates");
        let (from, to) = (id(round)?, id(round + 1 + round / ids.len())?);
        let began = Instant::now();
        self.ask(Intent::Explore(Wish::Frames(FRAMES, Phase::End)));
        self.ask(Intent::Explore(Wish::CandidateToEnd(from, End::From)));
        self.ask(Intent::Explore(Wish::CandidateToEnd(to, End::To)));
        // The frame in which the new way is asked for.
        found.works.0.push(self.frame(Vec::new()));
        let waited = self.until("picture of the way", |app| there(app) > 0)?;
        found.cold = found.cold.max(began.elapsed());
        found.works.0.extend(waited.0);
        let rail = self.place_of("slider-name")?;
        let complete = self.drag(rail, (1.0, 0.0), found);
        let waited = self.until("last picture of the way", is_complete)?;
        found.all = found.all.max(complete.unwrap_or_else(Instant::now) - began);
        found.works.0.extend(waited.0);
        self.drag(rail, (0.0, 1.0), found);
        Ok(())
    }

    /// Returns when the last picture was there, if that was on the way.
    fn drag(&mut self, rail: Rect, (from, to): (f32, f32), found: &mut SliderTrial) -> Option<Instant> {
        let mut complete = None;
        let inner = rail.shrink2(egui::vec2(rail.height() / 2.0, 0.0));
        let place = |t: f32| pos2(lerp(inner.x_range(), lerp(from..=to, t)), rail.center().y);
        found.works.0.push(self.frame(press(place(0.0), true)));
        let steps = FRAMES * STEPS_A_FRAME;
        for step in 1..=steps {
            found.works.0.push(self.frame(vec![Event::PointerMoved(place(step as f32 / steps as f32))]));
            if complete.is_none() && is_complete(&self.app) {
                complete = Some(Instant::now());
            }
        }
        found.works.0.push(self.frame(press(place(1.0), false)));
        complete
    }
}

/// Whether all frames of the slider are there.
fn is_complete(app: &App) -> bool {
    there(app) == FRAMES as usize
}

/// Frames of the slider that are there.
fn there(app: &App) -> usize {
    app.studio().map_or(0, |studio| studio.film.counts().0)
}
