//! What free drawings of each theme look like, learned: one layer over which way lines run where, how much ink and how much
//! emptiness there is, and how wide it all is for its height. `scripts/train_recognition.py` learns it and says from what.

use std::f32::consts::PI;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::super::ink::{Ink, LineMap};

/// The drawing's box is cut into so many parts on each axis.
const PARTS: usize = 6;
/// Directions of lines, as of a clock without hands that tell both ends apart.
const WAYS: usize = 8;
/// Cells nearer to a line than this say which way it runs.
const NEAR: f32 = 4.0;
/// Less slope than this of the distance to the next line is a ridge between two, or a line itself.
const FLAT: f32 = 0.3;
/// How far from all lines is empty, in cells.
const EMPTY: [f32; 4] = [2.0, 4.0, 8.0, 12.0];

static THEMES: LazyLock<Vec<Learned>> = LazyLock::new(|| {
    let read: Result<Vec<Learned>, _> = serde_json::from_str(include_str!("../../../lessons/looks.json"));
    read.unwrap_or_else(|error| {
        tracing::error!("what drawings look like is lost: {error}");
        Vec::new()
    })
});

/// What was learned of one theme.
#[derive(Deserialize)]
struct Learned {
    theme: Arc<str>,
    bias: f32,
    weights: Vec<f32>,
}

/// How much `ink`, drawn on `map` as large as it can be, looks like free drawings of `theme`: differences are logarithms of
/// likelihoods. 0 for a theme of which nothing was learned.
pub(super) struct Looks(Vec<(Arc<str>, f32)>);

impl Looks {
    pub(super) fn of(ink: &Ink, map: &LineMap, side: u32) -> Self {
        let seen = seen(ink, map, side as usize);
        let like =
            |theme: &Learned| theme.weights.iter().zip(&seen).fold(theme.bias, |sum, (by, seen)| sum + by * seen);
        Self(THEMES.iter().map(|theme| (Arc::clone(&theme.theme), like(theme))).collect())
    }

    pub(super) fn like(&self, theme: &str) -> f32 {
        self.0.iter().find(|(name, _)| &**name == theme).map_or(0.0, |&(_, like)| like)
    }
}

/// What is learned from: the roots of the shares of each part's cells beside lines of each way, then ink, proportions, emptiness.
fn seen(ink: &Ink, map: &LineMap, side: usize) -> Vec<f32> {
    let far = |x: usize, y: usize| (map.squared_distance((x as u32, y as u32)) as f32).sqrt();
    let far: Vec<f32> = (0..side * side).map(|at| far(at % side, at / side)).collect();
    let mut seen = vec![0.0; PARTS * PARTS * WAYS];
    let share = (PARTS as f32 / side as f32).powi(2);
    for (at, _) in far.iter().enumerate().filter(|(_, far)| **far < NEAR) {
        let (x, y) = (at % side, at / side);
        let (right, down) = (slope(&far[y * side..], x, 1, side), slope(&far[x..], y, side, side));
        if right.hypot(down) > FLAT {
            let turns = (down.atan2(right) / PI).mul_add(WAYS as f32, WAYS as f32 + 0.5);
            let part = y * PARTS / side * PARTS + x * PARTS / side;
            seen[part * WAYS + turns as usize % WAYS] += share;
        }
    }
    for share in &mut seen {
        *share = share.sqrt();
    }
    let [left, top, right, bottom] = ink.bounds().unwrap_or_default();
    let (wide, tall) = (right - left, bottom - top);
    seen.push(map.cells().len() as f32 / side as f32 / 8.0);
    seen.push((wide - tall) / wide.max(tall).max(1.0 / 64.0));
    seen.extend(EMPTY.map(|least| far.iter().filter(|far| **far > least).count() as f32 / far.len() as f32));
    seen
}

/// The slope at `at` of every `step`th of `values`, of which there are `count`: between both neighbours, at the ends to the one.
fn slope(values: &[f32], at: usize, step: usize, count: usize) -> f32 {
    let (before, after) = (at.saturating_sub(1), (at + 1).min(count - 1));
    (values[after * step] - values[before * step]) / (after - before) as f32
}

#[cfg(test)]
mod tests {
    use super::super::super::ink::Frame;
    use super::*;
    use crate::imaging::ink::{Sample, Stroke, Tool};

    #[test]
    fn what_was_learned_fits_what_is_seen() {
        let count = PARTS * PARTS * WAYS + 2 + EMPTY.len();
        assert!(!THEMES.is_empty() && THEMES.iter().all(|theme| theme.weights.len() == count), "one weight for each");
        let known = crate::school::themes();
        assert!(THEMES.iter().all(|theme| known.contains(&theme.theme)), "themes that there are");
    }

    #[test]
    fn lines_are_seen_where_and_which_way_they_run() {
        let samples = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8)].map(|(x, y)| Sample::new(x, y, 0)).to_vec();
        let ink = Ink::of_strokes(&[Stroke::computed(Tool::Pen, samples)]);
        let seen = seen(&ink, &LineMap::new(&ink, Frame::fitted(&ink, 64), 64), 64);
        let ways = |x: usize, y: usize| &seen[(y * PARTS + x) * WAYS..][..WAYS];
        let most = |x, y| (0..WAYS).max_by(|&a, &b| ways(x, y)[a].total_cmp(&ways(x, y)[b]));
        assert_eq!((most(2, 0), most(5, 3)), (Some(4), Some(0)), "the way to a level line is up or down");
        assert_eq!(ways(1, 4), [0.0; WAYS], "nothing is drawn there");
        assert!(seen[PARTS * PARTS * WAYS + 1].abs() < 0.01, "as wide as high");
    }
}
