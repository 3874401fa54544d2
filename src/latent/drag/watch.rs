//! When a drag is over, and why.

use serde::{Deserialize, Serialize};

use super::DragPoint;

/// Steps without coming nearer after which a drag is given up.
const PATIENCE: usize = 25;
/// Coming nearer by less than so many pixels is none.
const NEARER: f32 = 0.25;
/// Handles that have gone this many pixels a step to and fro oscillate.
const RESTLESS: f32 = 0.5;

/// Why a drag is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumIter)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Ending {
    /// All handles are at their targets.
    Reached,
    /// All steps are made.
    Limit,
    /// The handles come no nearer.
    NoProgress,
    /// The handles go to and fro and come no nearer: what lies around them looks alike.
    Oscillates,
    /// A handle has come to the edge of the picture on its way.
    OffCanvas,
}

impl Ending {
    /// A sentence about it.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Reached => "all handles are at their targets",
            Self::Limit => "all steps are made",
            Self::NoProgress => "the handles come no nearer: the model does not know such a picture",
            Self::Oscillates => "the handles go to and fro: what lies around them looks alike",
            Self::OffCanvas => "a handle has come to the edge of the picture",
        }
    }
}

/// What has been seen of the handles so far.
#[derive(Debug)]
pub(super) struct Watch {
    tolerance: f32,
    limit: usize,
    side: f32,
    seen: Vec<Vec<DragPoint>>,
    /// The least mean distance and its number in `seen`.
    nearest: (f32, usize),
}

impl Watch {
    pub(super) const fn new(tolerance: f32, limit: usize, side: usize) -> Self {
        Self { tolerance, limit, side: side as f32, seen: Vec::new(), nearest: (f32::INFINITY, 0) }
    }

    /// Takes note of where the handles are; the first time is before any step. Why the drag is over, if it is.
    pub(super) fn note(&mut self, points: &[DragPoint]) -> Option<Ending> {
        let mean = mean_distance(points);
        if mean < self.nearest.0 - NEARER {
            self.nearest = (mean, self.seen.len());
        }
        self.seen.push(points.to_vec());
        let steps = self.seen.len() - 1;
        if points.iter().all(|point| point.distance <= self.tolerance) {
            return Some(Ending::Reached);
        }
        if self.is_off(points) {
            return Some(Ending::OffCanvas);
        }
        if steps >= self.limit {
            return Some(Ending::Limit);
        }
        if steps - self.nearest.1 >= PATIENCE {
            let is_restless = self.gone() > RESTLESS * PATIENCE as f32;
            return Some(if is_restless { Ending::Oscillates } else { Ending::NoProgress });
        }
        None
    }

    /// Whether a handle that has moved is at the edge and not at its target.
    fn is_off(&self, points: &[DragPoint]) -> bool {
        let edge = |x: f32| x < 1.0 || x > self.side - 1.0;
        let first = self.seen.first().map_or(points, Vec::as_slice);
        let is_off = |(point, first): (&DragPoint, &DragPoint)| {
            point.at.into_iter().any(edge) && point.at != first.at && point.distance > self.tolerance
        };
        points.iter().zip(first).any(is_off)
    }

    /// How far the most restless handle has gone in the last steps, there and back.
    fn gone(&self) -> f32 {
        let last = &self.seen[self.seen.len().saturating_sub(PATIENCE + 1)..];
        let count = last.first().map_or(0, Vec::len);
        let way = |at: usize| -> f32 {
            let step = |pair: &[Vec<DragPoint>]| between(pair[0][at].at, pair[1][at].at);
            last.windows(2).map(step).sum()
        };
        (0..count).map(way).fold(0.0, f32::max)
    }
}

/// The mean distance to the targets.
pub(super) fn mean_distance(points: &[DragPoint]) -> f32 {
    points.iter().map(|point| point.distance).sum::<f32>() / points.len().max(1) as f32
}

/// Between two places.
pub(super) fn between(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f32) -> [DragPoint; 1] {
        [DragPoint { at: [x, 10.0], target: [20.0, 10.0], distance: (20.0 - x).abs() }]
    }

    /// The ending of a walk through these places, with 100 steps at most.
    fn ending(places: impl IntoIterator<Item = f32>) -> Option<Ending> {
        let mut watch = Watch::new(2.0, 100, 32);
        places.into_iter().find_map(|x| watch.note(&point(x)))
    }

    #[test]
    fn every_ending_has_its_reason() {
        assert_eq!(ending((0..20).map(|x| x as f32)), Some(Ending::Reached), "one pixel a step");
        assert_eq!(ending(std::iter::repeat_n(10.0, 200)), Some(Ending::NoProgress), "it stands");
        let to_and_fro = (0..200).map(|at| if at % 2 == 0 { 9.0 } else { 11.0 });
        assert_eq!(ending(to_and_fro), Some(Ending::Oscillates), "it goes to and fro");
        assert_eq!(ending([5.0, 3.0, 0.5]), Some(Ending::OffCanvas), "it leaves");
        assert_eq!(ending([0.5, 0.5, 1.0]), None, "what stood at the edge may go inwards");
        let slow = (0..200).map(|at| 0.02_f32.mul_add(at as f32, 10.0));
        assert_eq!(ending(slow), Some(Ending::Limit), "slow, but nearer");
    }
}
