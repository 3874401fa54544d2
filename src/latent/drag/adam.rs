//! Adam on the styles of one picture (Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1).

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.999;
/// Added to the denominator, outside of the root.
const EPS: f32 = 1e-8;

/// What is moved, with its moments.
#[derive(Clone, Debug)]
pub(super) struct Moving {
    pub(super) values: Vec<f32>,
    first: Vec<f32>,
    second: Vec<f32>,
    steps: i32,
}

impl Moving {
    pub(super) fn new(values: Vec<f32>) -> Self {
        let zeros = vec![0.0; values.len()];
        Self { values, first: zeros.clone(), second: zeros, steps: 0 }
    }

    /// Moves the values against `slope`.
    pub(super) fn step(&mut self, slope: &[f32], rate: f32) {
        self.steps += 1;
        let (grown_1, grown_2) = (1.0 - BETA_1.powi(self.steps), (1.0 - BETA_2.powi(self.steps)).sqrt());
        for (at, g) in slope.iter().enumerate().take(self.values.len()) {
            self.first[at] = BETA_1.mul_add(self.first[at], (1.0 - BETA_1) * g);
            self.second[at] = BETA_2.mul_add(self.second[at], (1.0 - BETA_2) * g * g);
            self.values[at] -= rate / grown_1 * self.first[at] / (self.second[at].sqrt() / grown_2 + EPS);
        }
    }
}
