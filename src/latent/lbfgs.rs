//! L-BFGS, driven from outside: it asks for the value and gradient at a point, is told them, and asks for the next.
//!
//! Nocedal and Wright, Numerical Optimization, 2nd edition 2006, algorithms 7.4 (two loops) and 7.5, with the line search of
//! `latent::wolfe`. It ends by the tests of `SciPy`'s L-BFGS-B, which iGAN used.

use std::collections::VecDeque;

use super::wolfe::{Asks, LineSearch};

/// When to end, and what to remember.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Pairs of steps and gradient changes (m).
    pub memory: usize,
    /// Accepted steps.
    pub iterations: usize,
    /// Values asked for.
    pub evaluations: usize,
    /// Ends when a step lowers the value by less than this times the largest of both values and 1.
    pub value_tolerance: f64,
    /// Ends when no component of the gradient is larger.
    pub gradient_tolerance: f64,
}

impl Default for Limits {
    /// iGAN's: m = 10, 200 steps, both tolerances 1e-6.
    fn default() -> Self {
        Self { memory: 10, iterations: 200, evaluations: 250, value_tolerance: 1e-6, gradient_tolerance: 1e-6 }
    }
}

/// Why it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// One of the tolerances is met.
    Converged,
    /// No lower value was found along the steepest descent either: rounding.
    Stalled,
    /// One of the limits is reached.
    Exhausted,
    /// The start has no finite value or gradient.
    NotFinite,
}

/// A minimisation under way.
#[derive(Clone, Debug)]
pub struct Lbfgs {
    limits: Limits,
    /// The last accepted point.
    here: Point,
    direction: Vec<f64>,
    search: Option<LineSearch>,
    /// The point that is waited for.
    trial: Vec<f64>,
    /// The lowest point of this line search.
    lowest: Option<Point>,
    pairs: VecDeque<Pair>,
    iterations: usize,
    evaluations: usize,
    ending: Option<Ending>,
}

#[derive(Clone, Debug, Default)]
struct Point {
    at: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

#[derive(Clone, Debug)]
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    /// Their product, inverted.
    rho: f64,
}

impl Lbfgs {
    /// A minimisation from `start`.
    #[must_use]
    pub fn new(start: Vec<f64>, limits: Limits) -> Self {
        let here = Point { at: start.clone(), value: f64::INFINITY, gradient: Vec::new() };
        Self {
            limits,
            here,
            direction: Vec::new(),
            search: None,
            trial: start,
            lowest: None,
            pairs: VecDeque::with_capacity(limits.memory),
            iterations: 0,
            evaluations: 0,
            ending: None,
        }
    }

    /// Where it wants the value and gradient; meaningless once it has ended.
    #[must_use]
    pub fn asks(&self) -> &[f64] {
        &self.trial
    }

    /// The best point so far.
    #[must_use]
    pub fn best(&self) -> &[f64] {
        &self.here.at
    }

    /// The best point's value; infinite before the first one is told.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.here.value
    }

    /// Accepted steps.
    #[must_use]
    pub const fn iterations(&self) -> usize {
        self.iterations
    }

    /// Values told.
    #[must_use]
    pub const fn evaluations(&self) -> usize {
        self.evaluations
    }

    /// Why it has ended; `None` while it goes on.
    #[must_use]
    pub const fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Takes the `value` and `gradient` at [`Self::asks`].
    pub fn tell(&mut self, value: f64, gradient: &[f64]) {
        if self.ending.is_some() {
            return;
        }
        self.evaluations += 1;
        let told = Point { at: self.trial.clone(), value, gradient: gradient.to_vec() };
        let Some(search) = &mut self.search else { return self.begin(told) };
        let asks = search.tell(value, dot(gradient, &self.direction));
        let is_exhausted = self.evaluations >= self.limits.evaluations;
        if told.is_finite() && told.value < self.lowest.as_ref().map_or(self.here.value, |lowest| lowest.value) {
            self.lowest = Some(told.clone());
        }
        match asks {
            Asks::Accept => self.accept(told),
            Asks::Try(length) if !is_exhausted => self.trial = along(&self.here.at, &self.direction, length),
            Asks::Try(_) | Asks::GiveUp => self.make_do(),
        }
        if is_exhausted && self.ending.is_none() {
            self.ending = Some(Ending::Exhausted);
        }
    }

    fn begin(&mut self, told: Point) {
        if !told.is_finite() {
            self.ending = Some(Ending::NotFinite);
            return;
        }
        self.here = told;
        if self.is_flat() {
            self.ending = Some(Ending::Converged);
        } else {
            self.set_out();
        }
    }

    /// Goes to `next`, and asks for a point on the way from there.
    fn accept(&mut self, next: Point) {
        self.iterations += 1;
        self.remember(&next);
        let fall = self.here.value - next.value;
        let scale = self.here.value.abs().max(next.value.abs()).max(1.0);
        self.here = next;
        if fall <= self.limits.value_tolerance * scale || self.is_flat() {
            self.ending = Some(Ending::Converged);
        } else if self.iterations >= self.limits.iterations {
            self.ending = Some(Ending::Exhausted);
        } else {
            self.set_out();
        }
    }

    /// After a line search without a result: takes the lowest point that it saw, else tries the steepest descent once.
    fn make_do(&mut self) {
        if let Some(lowest) = self.lowest.take() {
            return self.accept(lowest);
        }
        if self.pairs.is_empty() {
            self.ending = Some(Ending::Stalled);
            return;
        }
        self.pairs.clear();
        self.set_out();
    }

    fn is_flat(&self) -> bool {
        self.here.gradient.iter().all(|value| value.abs() <= self.limits.gradient_tolerance)
    }

    /// Keeps the pair of the step to `next` if the curvature along it is positive.
    fn remember(&mut self, next: &Point) {
        let step = difference(&next.at, &self.here.at);
        let change = difference(&next.gradient, &self.here.gradient);
        let curvature = dot(&step, &change);
        if curvature <= f64::EPSILON * dot(&change, &change) || self.limits.memory == 0 {
            return;
        }
        if self.pairs.len() == self.limits.memory {
            self.pairs.pop_front();
        }
        self.pairs.push_back(Pair { step, change, rho: 1.0 / curvature });
    }

    fn set_out(&mut self) {
        self.direction = self.downhill();
        let mut slope = dot(&self.direction, &self.here.gradient);
        if slope >= 0.0 || slope.is_nan() {
            self.pairs.clear();
            self.direction = self.downhill();
            slope = dot(&self.direction, &self.here.gradient);
        }
        // Without curvature the first step has length 1 at most.
        let length = if self.pairs.is_empty() { (1.0 / (-slope).sqrt()).min(1.0) } else { 1.0 };
        self.search = Some(LineSearch::new(self.here.value, slope, length));
        self.trial = along(&self.here.at, &self.direction, length);
        self.lowest = None;
    }

    /// Minus the gradient times the estimate of the inverse Hessian.
    fn downhill(&self) -> Vec<f64> {
        let mut q: Vec<f64> = self.here.gradient.iter().map(|value| -value).collect();
        let mut alphas = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let alpha = pair.rho * dot(&pair.step, &q);
            add(&mut q, &pair.change, -alpha);
            alphas.push(alpha);
        }
        if let Some(last) = self.pairs.back() {
            let gamma = 1.0 / (last.rho * dot(&last.change, &last.change));
            for value in &mut q {
                *value *= gamma;
            }
        }
        for (pair, alpha) in self.pairs.iter().zip(alphas.into_iter().rev()) {
            let beta = pair.rho * dot(&pair.change, &q);
            add(&mut q, &pair.step, alpha - beta);
        }
        q
    }
}

impl Point {
    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().all(|value| value.is_finite())
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn add(to: &mut [f64], what: &[f64], factor: f64) {
    to.iter_mut().zip(what).for_each(|(to, what)| *to += factor * what);
}

fn along(from: &[f64], direction: &[f64], length: f64) -> Vec<f64> {
    from.iter().zip(direction).map(|(from, direction)| length.mul_add(*direction, *from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A function with its gradient.
    type Function = fn(&[f64]) -> (f64, Vec<f64>);

    fn rosenbrock(x: &[f64]) -> (f64, Vec<f64>) {
        let (mut value, mut gradient) = (0.0, vec![0.0; x.len()]);
        for at in 1..x.len() {
            let (a, b) = (x[at - 1], x[at]);
            let off = b - a * a;
            value += 100.0 * off * off + (1.0 - a) * (1.0 - a);
            gradient[at - 1] += -400.0 * a * off - 2.0 * (1.0 - a);
            gradient[at] += 200.0 * off;
        }
        (value, gradient)
    }

    /// Curvatures from 1 to 1000; the minimum is 0 at 1, 1, …
    fn quadratic(x: &[f64]) -> (f64, Vec<f64>) {
        let curvature = |at: usize| 10f64.powf(3.0 * at as f64 / (x.len() - 1) as f64);
        let gradient: Vec<f64> = x.iter().enumerate().map(|(at, x)| curvature(at) * (x - 1.0)).collect();
        (x.iter().zip(&gradient).map(|(x, g)| 0.5 * g * (x - 1.0)).sum(), gradient)
    }

    /// Steep far out, so that first steps are too long.
    fn cosh(x: &[f64]) -> (f64, Vec<f64>) {
        let shifted = || x.iter().enumerate().map(|(at, x)| 3.0 * (x - 0.1 * at as f64));
        (shifted().map(f64::cosh).sum(), shifted().map(|x| 3.0 * x.sinh()).collect())
    }

    fn minimized(function: Function, start: Vec<f64>, value_tolerance: f64) -> Lbfgs {
        let limits = Limits { value_tolerance, evaluations: 1000, ..Limits::default() };
        let mut search = Lbfgs::new(start, limits);
        while search.ending().is_none() {
            let (value, gradient) = function(search.asks());
            search.tell(value, &gradient);
        }
        search
    }

    #[test]
    fn it_needs_no_more_evaluations_than_scipy() {
        // Values and evaluations of SciPy: tests/golden/lbfgs.py.
        let rosen: Vec<f64> = [-1.2, 1.0].repeat(5);
        type Case = (&'static str, Function, Vec<f64>, f64, f64, usize);
        let cases: [Case; 6] = [
            ("rosenbrock", rosenbrock, rosen.clone(), 1e-6, 8.249e-8, 85),
            ("rosenbrock", rosenbrock, rosen, 0.0, 4.087e-17, 93),
            ("quadratic", quadratic, vec![0.0; 50], 1e-6, 1.066e-5, 132),
            ("quadratic", quadratic, vec![0.0; 50], 0.0, 6.377e-10, 210),
            ("cosh", cosh, vec![3.0; 20], 1e-6, 20.0, 16),
            ("cosh", cosh, vec![3.0; 20], 0.0, 20.0, 18),
        ];
        for (name, function, start, tolerance, value, evaluations) in cases {
            let search = minimized(function, start, tolerance);
            let told = format!("{name} with {tolerance}: {} after {}", search.value(), search.evaluations());
            // Both stop near the minimum, not at the same point.
            assert!(search.value() <= value + 1e-4 * (tolerance / 1e-6).max(1e-3), "{told}, {value} in SciPy");
            assert!(search.evaluations() <= evaluations * 5 / 4 + 2, "{told}, {evaluations} in SciPy");
            assert!(matches!(search.ending(), Some(Ending::Converged | Ending::Exhausted | Ending::Stalled)), "{told}");
        }
    }

    #[test]
    fn values_never_rise_and_the_best_is_kept() {
        let mut search = Lbfgs::new([-1.2, 1.0].repeat(5), Limits::default());
        let mut last = f64::INFINITY;
        while search.ending().is_none() {
            let (value, gradient) = rosenbrock(search.asks());
            search.tell(value, &gradient);
            assert!(search.value() <= last, "from {last} to {}", search.value());
            last = search.value();
            assert_eq!(rosenbrock(search.best()).0, last, "the best point is where the best value is");
        }
    }

    #[test]
    fn what_is_not_a_number_is_stepped_around() {
        // Nothing beyond 0.9: the minimum lies at the edge of what is defined.
        let walled: Function = |x| if x[0] > 0.9 { (f64::NAN, vec![f64::NAN; 2]) } else { quadratic(x) };
        let search = minimized(walled, vec![0.0, -3.0], 1e-9);
        assert!(search.best()[0] > 0.8 && search.value().is_finite(), "{:?}", search.best());
        let lost = minimized(|_| (f64::NAN, vec![0.0; 2]), vec![0.0; 2], 1e-6);
        assert_eq!((lost.ending(), lost.evaluations()), (Some(Ending::NotFinite), 1), "no start");
    }

    #[test]
    fn it_ends_at_its_limits_and_at_a_minimum() {
        let limits = Limits { evaluations: 7, ..Limits::default() };
        let mut search = Lbfgs::new([-1.2, 1.0].repeat(5), limits);
        while search.ending().is_none() {
            let (value, gradient) = rosenbrock(search.asks());
            search.tell(value, &gradient);
        }
        assert_eq!((search.ending(), search.evaluations()), (Some(Ending::Exhausted), 7), "as often as allowed");
        assert!(search.value() < rosenbrock(&[-1.2, 1.0].repeat(5)).0, "with what it has found");
        let there = minimized(quadratic, vec![1.0; 4], 1e-6);
        assert_eq!((there.ending(), there.evaluations()), (Some(Ending::Converged), 1), "there already");
    }

    #[test]
    fn wrong_gradients_end_it() {
        let search = minimized(|x| (quadratic(x).0, quadratic(x).1.iter().map(|g| -g).collect()), vec![0.0; 3], 1e-6);
        assert_eq!(search.ending(), Some(Ending::Stalled), "uphill everywhere");
        assert!(search.evaluations() < 60, "{} evaluations", search.evaluations());
    }
}
