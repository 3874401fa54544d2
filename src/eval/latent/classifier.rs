//! Classifiers that are planes: from a picture's features to a label, from a latent to a label.
//!
//! The first is multinomial logistic regression with a Gaussian prior on its weights, minimised with L-BFGS; the second is the
//! judge's linear support vector machine.

use super::super::judge::svm;
use crate::latent::lbfgs::{Lbfgs, Limits};

/// The prior's weight: small, as features are brought to deviation 1.
const RIDGE: f64 = 1e-2;

/// Features brought to mean 0 and deviation 1, as they were on the pictures that were learned from.
#[derive(Clone, Debug)]
pub(super) struct Scaler {
    mean: Vec<f64>,
    deviation: Vec<f64>,
}

impl Scaler {
    pub(super) fn of(rows: &[Vec<f32>]) -> Self {
        let (dim, n) = (rows.first().map_or(0, Vec::len), rows.len().max(1) as f64);
        let mut mean = vec![0.0; dim];
        for row in rows {
            mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += f64::from(*value) / n);
        }
        let mut squares = vec![0.0; dim];
        for row in rows {
            let off = row.iter().zip(&mean).map(|(value, mean)| f64::from(*value) - mean);
            squares.iter_mut().zip(off).for_each(|(sum, off)| *sum += off * off / n);
        }
        Self { mean, deviation: squares.iter().map(|square| square.sqrt().max(1e-6)).collect() }
    }

    pub(super) fn scaled(&self, row: &[f32]) -> Vec<f64> {
        let both = self.mean.iter().zip(&self.deviation);
        row.iter().zip(both).map(|(value, (mean, deviation))| (f64::from(*value) - mean) / deviation).collect()
    }
}

/// Which of several classes a picture belongs to.
#[derive(Clone, Debug)]
pub(super) struct Classes {
    count: usize,
    /// For each class the weights and, as the last, the offset.
    weights: Vec<f64>,
}

/// Classes that are being learned, one look at all rows at a time: all of it would take seconds.
pub(super) struct Learning {
    search: Lbfgs,
    count: usize,
}

impl Learning {
    /// To learn which of `count` classes rows of `dim` numbers belong to.
    pub(super) fn new(dim: usize, count: usize) -> Self {
        let limits = Limits { iterations: 60, ..Limits::default() };
        Self { search: Lbfgs::new(vec![0.0; count * (dim + 1)], limits), count }
    }

    /// Goes on with the same `rows` and `labels` as before. What was learned, at the end.
    pub(super) fn go_on(&mut self, rows: &[Vec<f64>], labels: &[usize]) -> Option<Classes> {
        if self.search.ending().is_none() {
            let (value, gradient) = loss(self.search.asks(), rows, labels, self.count);
            self.search.tell(value, &gradient);
        }
        let weights = self.search.best().to_vec();
        self.search.ending().map(|_| Classes { count: self.count, weights })
    }
}

impl Classes {
    /// The probability of each class.
    pub(super) fn probabilities(&self, row: &[f64]) -> Vec<f64> {
        probabilities(&self.weights, row, self.count)
    }

    /// The likeliest class.
    pub(super) fn of(&self, row: &[f64]) -> usize {
        let probabilities = self.probabilities(row);
        let best = probabilities.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        best.map_or(0, |(class, _)| class)
    }
}

fn probabilities(weights: &[f64], row: &[f64], count: usize) -> Vec<f64> {
    let dim = row.len() + 1;
    let score = |class: usize| {
        let weights = &weights[class * dim..(class + 1) * dim];
        weights[..dim - 1].iter().zip(row).map(|(weight, value)| weight * value).sum::<f64>() + weights[dim - 1]
    };
    let scores: Vec<f64> = (0..count).map(score).collect();
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = scores.iter().map(|score| (score - most).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

/// The mean of the negative log likelihoods with the prior, and its gradient.
fn loss(weights: &[f64], rows: &[Vec<f64>], labels: &[usize], count: usize) -> (f64, Vec<f64>) {
    let n = rows.len().max(1) as f64;
    let mut gradient: Vec<f64> = weights.iter().map(|weight| RIDGE * weight).collect();
    let mut value = 0.5 * RIDGE * weights.iter().map(|weight| weight * weight).sum::<f64>();
    for (row, &label) in rows.iter().zip(labels) {
        let probabilities = probabilities(weights, row, count);
        value -= probabilities[label].max(1e-300).ln() / n;
        for (class, probability) in probabilities.iter().enumerate() {
            let slope = (probability - f64::from(u8::from(class == label))) / n;
            let part = &mut gradient[class * (row.len() + 1)..(class + 1) * (row.len() + 1)];
            part.iter_mut().zip(row.iter().chain([&1.0])).for_each(|(sum, value)| *sum = slope.mul_add(*value, *sum));
        }
    }
    (value, gradient)
}

/// How often each label is predicted as what by a plane through latents: `counts[label][prediction]`. Each half is judged by the
/// plane that was learned on the other.
pub(super) fn told_by_planes(latents: &[Vec<f64>], labels: &[bool]) -> [[usize; 2]; 2] {
    let signs: Vec<f64> = labels.iter().map(|label| if *label { 1.0 } else { -1.0 }).collect();
    let mut counts = [[0; 2]; 2];
    for fold in 0..2 {
        let (learned, judged): (Vec<usize>, Vec<usize>) = (0..latents.len()).partition(|at| at % 2 == fold);
        let points: Vec<Vec<f64>> = learned.iter().map(|&at| latents[at].clone()).collect();
        let of: Vec<f64> = learned.iter().map(|&at| signs[at]).collect();
        let is_known = of.iter().any(|sign| *sign > 0.0) && of.iter().any(|sign| *sign < 0.0);
        // What never varies among the learned is told of all others too.
        let constant = of.first().is_some_and(|sign| *sign > 0.0);
        let plane = is_known.then(|| svm::train(&points, &of, PRICE / points.len().max(1) as f64));
        for at in judged {
            let told = plane.as_ref().map_or(constant, |plane| svm::decide(plane, &latents[at]) > 0.0);
            counts[usize::from(labels[at])][usize::from(told)] += 1;
        }
    }
    counts
}

/// The price of all samples on the wrong side together.
const PRICE: f64 = 100.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{normal, rng};

    #[test]
    fn three_heaps_are_told_apart() {
        let mut rng = rng(1, 2);
        let centers = [[0.0, 3.0], [3.0, -2.0], [-3.0, -2.0]];
        let labels: Vec<usize> = (0..150).map(|at| at % 3).collect();
        let rows: Vec<Vec<f32>> = labels
            .iter()
            .map(|&class| normal(&mut rng, 2, 0.0, 0.5).iter().zip(centers[class]).map(|(a, b)| a + b as f32).collect())
            .collect();
        let scaler = Scaler::of(&rows);
        let rows: Vec<Vec<f64>> = rows.iter().map(|row| scaler.scaled(row)).collect();
        let mut learning = Learning::new(2, 3);
        let classes = (0..200).find_map(|_| learning.go_on(&rows[..90], &labels[..90])).expect("it comes to an end");
        let right = rows[90..].iter().zip(&labels[90..]).filter(|(row, label)| classes.of(row) == **label).count();
        assert!(right >= 58, "{right} of 60 that were not seen");
        let sum: f64 = classes.probabilities(&rows[100]).iter().sum();
        assert!((sum - 1.0).abs() < 1e-9, "probabilities sum to {sum}");
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let mut rng = rng(3, 2);
        let rows: Vec<Vec<f64>> =
            (0..9).map(|_| normal(&mut rng, 3, 0.0, 1.0).into_iter().map(f64::from).collect()).collect();
        let labels: Vec<usize> = (0..9).map(|at| at % 2).collect();
        let weights: Vec<f64> = normal(&mut rng, 8, 0.0, 1.0).into_iter().map(f64::from).collect();
        let (_, gradient) = loss(&weights, &rows, &labels, 2);
        for at in 0..8 {
            let moved = |by: f64| {
                let mut weights = weights.clone();
                weights[at] += by;
                loss(&weights, &rows, &labels, 2).0
            };
            let wanted = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((gradient[at] - wanted).abs() < 1e-7, "{at}: {} is not {wanted}", gradient[at]);
        }
    }

    #[test]
    fn a_plane_tells_what_lies_on_its_sides_and_not_what_is_drawn_by_lot() {
        let mut rng = rng(5, 2);
        let latents: Vec<Vec<f64>> =
            (0..400).map(|_| normal(&mut rng, 4, 0.0, 1.0).into_iter().map(f64::from).collect()).collect();
        let labels: Vec<bool> = latents.iter().map(|z| z[0] + 0.5 * z[2] > 0.2).collect();
        let counts = told_by_planes(&latents, &labels);
        assert!(counts[0][1] + counts[1][0] < 20, "a plane is found: {counts:?}");
        let lots: Vec<bool> = normal(&mut rng, 400, 0.0, 1.0).iter().map(|value| *value > 0.0).collect();
        let counts = told_by_planes(&latents, &lots);
        let wrong = counts[0][1] + counts[1][0];
        assert!((140..260).contains(&wrong), "there is none: {counts:?}");
        assert_eq!(told_by_planes(&latents, &[true; 400]), [[0, 0], [0, 400]], "always the same");
    }
}
