//! How far to go along a direction: a line search for the strong Wolfe conditions.
//!
//! Nocedal and Wright, Numerical Optimization, 2nd edition 2006, algorithms 3.5 (bracketing) and 3.6 (zoom), with the cubic
//! interpolation of equation 3.59. It is told the value and slope at one step length after the other, and asks for the next.

/// Sufficient decrease (their c1).
const DECREASE: f64 = 1e-4;
/// Curvature (their c2), as they advise for quasi-Newton directions.
const CURVATURE: f64 = 0.9;
/// Lengths tried before it gives up.
const MOST_TRIALS: usize = 16;
/// A new length keeps this share of the bracket away from its ends.
const INNER: f64 = 0.1;

/// What the search wants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Asks {
    /// The value and slope at this length.
    Try(f64),
    /// Nothing: the last length meets both conditions.
    Accept,
    /// Nothing: no length does, as far as it has seen.
    GiveUp,
}

#[derive(Clone, Copy, Debug)]
struct Trial {
    length: f64,
    value: f64,
    slope: f64,
}

/// One search along one direction.
#[derive(Clone, Debug)]
pub(super) struct LineSearch {
    start: Trial,
    /// The best length so far that still falls; at first the start.
    low: Trial,
    /// The other end, once it is known that a good length lies between.
    high: Option<Trial>,
    length: f64,
    trials: usize,
}

impl LineSearch {
    /// A search from `value` with the (negative) `slope`, whose first trial is `length`.
    pub(super) const fn new(value: f64, slope: f64, length: f64) -> Self {
        let start = Trial { length: 0.0, value, slope };
        Self { start, low: start, high: None, length, trials: 0 }
    }

    /// Takes the value and slope at the length that was asked for last, at first the one given to [`Self::new`].
    pub(super) fn tell(&mut self, value: f64, slope: f64) -> Asks {
        self.trials += 1;
        let here = Trial { length: self.length, value, slope };
        // What is not a number counts as too high.
        let falls = value <= DECREASE.mul_add(here.length * self.start.slope, self.start.value) && slope.is_finite();
        let is_lower = value < self.low.value || self.low.length == 0.0;
        if !(falls && is_lower) {
            self.high = Some(here);
        } else if slope.abs() <= -CURVATURE * self.start.slope {
            return Asks::Accept;
        } else if let Some(high) = self.high {
            if slope * (high.length - self.low.length) >= 0.0 {
                self.high = Some(self.low);
            }
            self.low = here;
        } else {
            if slope >= 0.0 {
                self.high = Some(self.low);
            }
            self.low = here;
        }
        if self.trials >= MOST_TRIALS {
            return Asks::GiveUp;
        }
        self.length = match self.high {
            Some(high) => between(self.low, high),
            None => 2.0 * here.length,
        };
        let is_new = (self.length - self.low.length).abs() > 1e-12 * self.length.abs();
        if is_new && self.length.is_finite() { Asks::Try(self.length) } else { Asks::GiveUp }
    }
}

/// The minimum of the cubic through both ends, unless it is too close to one of them or none: then the middle.
fn between(low: Trial, high: Trial) -> f64 {
    let width = high.length - low.length;
    let middle = 0.5f64.mul_add(width, low.length);
    let d1 = low.slope + high.slope - 3.0 * (low.value - high.value) / (low.length - high.length);
    let under = d1 * d1 - low.slope * high.slope;
    if under < 0.0 || under.is_nan() {
        return middle;
    }
    let d2 = width.signum() * under.sqrt();
    let best = high.length - width * (high.slope + d2 - d1) / (high.slope - low.slope + 2.0 * d2);
    let share = (best - low.length) / width;
    if share.is_finite() { share.clamp(INNER, 1.0 - INNER).mul_add(width, low.length) } else { middle }
}
