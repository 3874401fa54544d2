//! The pad dragged in a circle: how many pictures follow.

use std::f32::consts::TAU;
use std::time::{Duration, Instant};

use egui::{Event, vec2};

use super::{Trial, Works, press};
use crate::imaging::Frame;

/// Frames of the window in which the pointer goes around once.
const A_ROUND: usize = 90;
/// How far it is from the middle, in points: a seed is 96 points wide.
const RADIUS: f32 = 40.0;

/// What was seen while the pad was dragged.
#[derive(Clone, Debug, Default)]
pub struct PadTrial {
    /// Frames of the window.
    pub works: Works,
    /// Pictures a second that were seen.
    pub rate: f64,
    /// The longest time without a new one.
    pub longest: Duration,
}

impl Trial {
    /// Drags the pad around in circles, `rounds` times.
    ///
    /// # Errors
    /// When the model has no pad.
    pub fn drag_pad(&mut self, rounds: u16) -> anyhow::Result<PadTrial> {
        let middle = self.place_of("steer-pad-name")?.center();
        let place = |frame: usize| {
            let (sine, cosine) = (frame as f32 / A_ROUND as f32 * TAU).sin_cos();
            middle + RADIUS * vec2(sine, cosine)
        };
        let mut found = PadTrial::default();
        found.works.0.push(self.frame(press(place(0), true)));
        let began = Instant::now();
        let (mut pictures, mut shown, mut newest) = (0_u32, self.steered()?, began);
        for frame in 1..=A_ROUND * usize::from(rounds.max(1)) {
            found.works.0.push(self.frame(vec![Event::PointerMoved(place(frame))]));
            let now = self.steered()?;
            if now != shown {
                (pictures, shown) = (pictures + 1, now);
                found.longest = found.longest.max(newest.elapsed());
                newest = Instant::now();
            }
        }
        found.longest = found.longest.max(newest.elapsed());
        found.rate = f64::from(pictures) / began.elapsed().as_secs_f64();
        found.works.0.push(self.frame(press(place(0), false)));
        Ok(found)
    }

    fn steered(&self) -> anyhow::Result<Option<Frame>> {
        let studio = self.studio()?;
        Ok(studio.rudder.newest(studio.exploration()).cloned())
    }
}
