//! Key frames, and the smooth curve through them.
//!
//! The curve is a Catmull-Rom spline whose knots are the keys' times, evaluated as a pyramid of mixtures between two (Barry
//! and Goldman, A Recursive Evaluation Algorithm for a Class of Catmull-Rom Splines, 1988). It passes through every key, its
//! velocity never jumps, and a key that moves changes only the two spans on either side, so the other frames need not be
//! drawn again. Times chosen by [`paced`] make it the centripetal one, which has neither cusps nor loops within a span
//! (Yuksel, Schaefer and Keyser, Parameterization and Applications of Catmull-Rom Curves, 2011). On arcs the mixtures are
//! spherical (Schlag, Using Geometric Constructions to Interpolate Orientation with Quaternions, 1991).

use super::Latent;
use super::interpolate::{Interpolation, widened, within};
use crate::generators::manifold::Prior;

/// A latent that the path passes through.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// When, in any unit; keys are in the order of their times.
    pub time: f64,
    /// Where.
    pub latent: Latent,
}

/// Why there is no path.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PathError {
    /// Not even one key.
    #[error("a path needs at least one key frame")]
    NoKeys,
    /// Keys of different networks.
    #[error("key frame {at} has {len} numbers and the first one {first}: all must belong to one model")]
    Lengths {
        /// Which, from 0.
        at: usize,
        /// Its numbers.
        len: usize,
        /// The first one's.
        first: usize,
    },
    /// Two at once, or in the wrong order, or a time that is no number.
    #[error("key frame {at} is not later than the one before it")]
    Order {
        /// Which, from 0.
        at: usize,
    },
    /// A latent that is none.
    #[error("key frame {at} holds a number that is not finite")]
    NotFinite {
        /// Which, from 0.
        at: usize,
    },
}

/// A curve through key frames.
#[derive(Clone, Debug)]
pub struct Path {
    keys: Vec<Key>,
    way: Interpolation,
    prior: Prior,
    /// Time from the last key back to the first; `None` for a path with two ends.
    closing: Option<f64>,
}

impl Path {
    /// An open path through `keys`.
    ///
    /// # Errors
    /// When there is no key, keys are of different lengths or not finite, or times do not increase.
    pub fn new(keys: Vec<Key>, way: Interpolation, prior: Prior) -> Result<Self, PathError> {
        let Some(first) = keys.first().map(|key| key.latent.len()) else { return Err(PathError::NoKeys) };
        for (at, key) in keys.iter().enumerate() {
            if key.latent.len() != first {
                return Err(PathError::Lengths { at, len: key.latent.len(), first });
            }
            if !key.latent.iter().all(|value| value.is_finite()) {
                return Err(PathError::NotFinite { at });
            }
            let is_later = at == 0 || keys[at - 1].time < key.time;
            if !(is_later && key.time.is_finite()) {
                return Err(PathError::Order { at });
            }
        }
        Ok(Self { keys, way, prior, closing: None })
    }

    /// The path from one latent to another.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn line(from: Latent, to: Latent, way: Interpolation, prior: Prior) -> Result<Self, PathError> {
        Self::new(vec![Key { time: 0.0, latent: from }, Key { time: 1.0, latent: to }], way, prior)
    }

    /// The same path led back to its first key, which takes as long as a span between two keys does on average. A path of one
    /// key stays as it is.
    #[must_use]
    pub fn closed(mut self) -> Self {
        let spans = self.keys.len() - 1;
        self.closing = (spans > 0).then(|| self.open_duration() / spans as f64);
        self
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Whether it leads back to its first key.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        self.closing.is_some()
    }

    /// Where key `at` lies in 0..=1, from the path's start to its end.
    #[must_use]
    pub fn position_of(&self, at: usize) -> f32 {
        let duration = self.duration();
        let since = self.keys.get(at).map_or(0.0, |key| key.time - self.keys[0].time);
        if duration > 0.0 { (since / duration) as f32 } else { 0.0 }
    }

    /// Where frame `at` of `n` lies in 0..=1. An open path's frames include both ends; a closed one's leave the end out, which
    /// is the start again.
    #[must_use]
    pub fn position(&self, at: usize, n: usize) -> f32 {
        let spans = if self.is_closed() { n } else { n.saturating_sub(1) };
        at as f32 / spans.max(1) as f32
    }

    /// The latent at `position` in 0..=1; at a key's position, the key itself.
    #[must_use]
    pub fn at(&self, position: f32) -> Latent {
        self.at_share(f64::from(position))
    }

    /// `n` latents at even times along the path: see [`Self::position`].
    #[must_use]
    pub fn sample(&self, n: usize) -> Vec<Latent> {
        let spans = if self.is_closed() { n } else { n.saturating_sub(1) };
        (0..n).map(|at| self.at_share(at as f64 / spans.max(1) as f64)).collect()
    }

    fn at_share(&self, share: f64) -> Latent {
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        let time = self.keys[0].time + share * self.duration();
        let span = self.keys.partition_point(|key| key.time <= time).max(1) - 1;
        let (from, to) = (self.knot(span as isize), self.knot(span as isize + 1));
        match (from, to) {
            (Some(from), Some(to)) => {
                let share = (time - from.time) / (to.time - from.time);
                if share <= SAME {
                    Latent::clone(from.latent)
                } else if share >= 1.0 - SAME {
                    Latent::clone(to.latent)
                } else {
                    self.span(span as isize, time)
                }
            }
            // The open path's last key.
            (Some(Knot { latent, .. }), None) | (None, Some(Knot { latent, .. })) => Latent::clone(latent),
            (None, None) => Latent::clone(&self.keys[0].latent),
        }
    }

    /// The curve between keys `span` and `span + 1`: the mixture of the parabolas through the three keys on either side. At an
    /// open end there is one only, and between two lone keys there is a line.
    fn span(&self, span: isize, time: f64) -> Latent {
        let knot = |at: isize| self.knot(at).map(|knot| (knot.time, widened(knot.latent)));
        let (before, from, to, after) = (knot(span - 1), knot(span), knot(span + 1), knot(span + 2));
        let (Some(from), Some(to)) = (from, to) else { return Latent::clone(&self.keys[0].latent) };
        let left = before.map(|before| self.parabola(&before, &from, &to, time));
        let right = after.map(|after| self.parabola(&from, &to, &after, time));
        let share = (time - from.0) / (to.0 - from.0);
        let values = match (left, right) {
            (Some(left), Some(right)) => self.way.mix(&left, &right, share),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => self.way.mix(&from.1, &to.1, share),
        };
        values.into_iter().map(|value| within(self.prior, value as f32)).collect()
    }

    fn parabola(&self, a: &(f64, Vec<f64>), b: &(f64, Vec<f64>), c: &(f64, Vec<f64>), time: f64) -> Vec<f64> {
        let mix =
            |from: (f64, &[f64]), to: (f64, &[f64])| self.way.mix(from.1, to.1, (time - from.0) / (to.0 - from.0));
        let (ab, bc) = (mix((a.0, &a.1), (b.0, &b.1)), mix((b.0, &b.1), (c.0, &c.1)));
        mix((a.0, &ab), (c.0, &bc))
    }

    /// The key with the number `at`; those of a closed path go on beyond its ends.
    fn knot(&self, at: isize) -> Option<Knot<'_>> {
        let count = self.keys.len() as isize;
        let (round, at) = (at.div_euclid(count), at.rem_euclid(count));
        let key = &self.keys[at as usize];
        if round == 0 {
            return Some(Knot { time: key.time, latent: &key.latent });
        }
        let duration = self.open_duration() + self.closing?;
        Some(Knot { time: key.time + round as f64 * duration, latent: &key.latent })
    }

    fn open_duration(&self) -> f64 {
        self.keys[self.keys.len() - 1].time - self.keys[0].time
    }

    fn duration(&self) -> f64 {
        self.open_duration() + self.closing.unwrap_or(0.0)
    }
}

/// The part of a span that counts as nothing, so that rounding does not keep a key from being met.
const SAME: f64 = 1e-9;

#[derive(Clone, Copy)]
struct Knot<'a> {
    time: f64,
    latent: &'a Latent,
}

/// `latents` as keys in 0..=1, spaced by the square roots of their distances: the centripetal parameterisation. Latents that
/// equal the one before are left out.
#[must_use]
pub fn paced(latents: &[Latent]) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::with_capacity(latents.len());
    for latent in latents {
        let time = match keys.last() {
            None => 0.0,
            Some(last) => {
                let squares = last.latent.iter().zip(latent.iter()).map(|(a, b)| f64::from(a - b).powi(2));
                // The square root of a length, which is one itself.
                let step = squares.sum::<f64>().powf(0.25);
                if step <= 0.0 || step.is_nan() {
                    continue;
                }
                last.time + step
            }
        };
        keys.push(Key { time, latent: Latent::clone(latent) });
    }
    let end = keys.last().map_or(0.0, |key| key.time);
    if end > 0.0 {
        for key in &mut keys {
            key.time /= end;
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latent::interpolate::between;

    fn key(time: f64, values: &[f32]) -> Key {
        Key { time, latent: values.into() }
    }

    fn square(way: Interpolation) -> Path {
        let keys = vec![key(1.0, &[0.5, 0.5]), key(2.0, &[-0.5, 0.5]), key(4.0, &[-0.5, -0.5]), key(4.5, &[0.5, -0.5])];
        Path::new(keys, way, Prior::Uniform).unwrap()
    }

    fn distance(a: &[f32], b: &[f32]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
    }

    #[test]
    fn it_passes_through_its_keys() {
        for way in [Interpolation::Linear, Interpolation::Spherical] {
            for path in [square(way), square(way).closed()] {
                for at in 0..4 {
                    let met = path.at(path.position_of(at));
                    let missed = distance(&met, &path.keys()[at].latent);
                    assert!(missed < 1e-5, "{way}: key {at} missed by {missed}");
                }
                assert_eq!(path.at(0.0), path.keys()[0].latent, "the start, exactly");
                let end = if path.is_closed() { 0 } else { 3 };
                assert_eq!(path.at(1.0), path.keys()[end].latent, "the end, exactly");
            }
        }
    }

    #[test]
    fn velocity_does_not_jump_at_keys() {
        for way in [Interpolation::Linear, Interpolation::Spherical] {
            let path = square(way).closed();
            for at in 1..4 {
                let (middle, step) = (f64::from(path.position_of(at)), 1e-4);
                let [before, here, after] =
                    [middle - step, middle, middle + step].map(|share| widened(&path.at_share(share)));
                let turn: f64 = (0..2).map(|i| (after[i] - 2.0 * here[i] + before[i]).abs() / step).sum();
                assert!(turn < 0.02, "{way}: the velocity jumps by {turn} at key {at}");
            }
        }
    }

    #[test]
    fn two_keys_are_joined_as_by_interpolation() {
        let (from, to): (Latent, Latent) = ([0.3, -0.9, 0.1].into(), [-0.2, 0.4, 0.9].into());
        for way in [Interpolation::Linear, Interpolation::Spherical] {
            let path = Path::line(Latent::clone(&from), Latent::clone(&to), way, Prior::Uniform).unwrap();
            assert_eq!(path.sample(16), between(&from, &to, 16, way, Prior::Uniform), "{way}");
        }
    }

    #[test]
    fn keys_in_a_row_at_even_times_are_passed_at_even_speed() {
        let keys = (0..5).map(|at| key(f64::from(at), &[0.1 * at as f32, -0.2 * at as f32])).collect();
        let path = Path::new(keys, Interpolation::Linear, Prior::Uniform).unwrap();
        for (at, latent) in path.sample(9).iter().enumerate() {
            assert!((latent[0] - 0.05 * at as f32).abs() < 1e-6, "frame {at}: {latent:?}");
        }
    }

    #[test]
    fn a_moved_key_changes_four_spans_only() {
        let keys = |moved: f32| {
            (0..8).map(|at| key(f64::from(at), &[if at == 6 { moved } else { 0.1 * at as f32 }])).collect()
        };
        let path = |moved| Path::new(keys(moved), Interpolation::Linear, Prior::Normal).unwrap().sample(71);
        let (old, new) = (path(0.6), path(3.0));
        assert_eq!(old[..=40], new[..=40], "up to the second key before it");
        assert_ne!(old[55], new[55], "beside it");
    }

    #[test]
    fn loops_leave_out_the_end() {
        let path = square(Interpolation::Linear).closed();
        let frames = path.sample(10);
        assert!(frames[1..].iter().all(|frame| *frame != frames[0]), "the start comes once");
        assert_eq!((path.position(5, 10), square(Interpolation::Linear).position(9, 10)), (0.5, 1.0), "positions");
    }

    #[test]
    fn paced_keys_are_centripetal() {
        let latents: [Latent; 4] = [[0.0].into(), [0.01].into(), [0.01].into(), [0.82].into()];
        let keys = paced(&latents);
        let times: Vec<f64> = keys.iter().map(|key| key.time).collect();
        assert_eq!(times.len(), 3, "the double is left out");
        // Distances 0.01 and 0.81: square roots 0.1 and 0.9.
        assert!((times[1] - 0.1).abs() < 1e-6 && (times[2] - 1.0).abs() < 1e-12, "{times:?}");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        let path = |keys| Path::new(keys, Interpolation::Linear, Prior::Uniform).unwrap_err();
        assert_eq!(path(vec![]), PathError::NoKeys, "nothing");
        assert_eq!(path(vec![key(0.0, &[0.0]), key(0.0, &[1.0])]), PathError::Order { at: 1 }, "two at once");
        assert_eq!(path(vec![key(f64::NAN, &[0.0])]), PathError::Order { at: 0 }, "no time");
        assert_eq!(
            path(vec![key(0.0, &[0.0]), key(1.0, &[0.0, 1.0])]),
            PathError::Lengths { at: 1, len: 2, first: 1 },
            "two models"
        );
        assert_eq!(path(vec![key(0.0, &[f32::NAN])]), PathError::NotFinite { at: 0 }, "no number");
        let one = Path::new(vec![key(3.0, &[0.5])], Interpolation::Linear, Prior::Uniform).unwrap().closed();
        assert_eq!(one.sample(3), vec![Latent::from([0.5]); 3], "one key stands still");
    }
}
