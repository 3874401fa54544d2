//! A linear support vector machine with squared hinge loss, trained to its exact optimum by Newton's method (Keerthi and
//! `DeCoste`, "A Modified Finite Newton Method for Fast Solution of Large Scale Linear SVMs", 2005).

use nalgebra::{DMatrix, DVector};

const MAX_STEPS: usize = 100;

/// The plane `w` with its offset as the last entry that minimises `|w|^2 / 2 + price * sum max(0, 1 - label * decision)^2`.
/// Labels are 1 and -1. The offset counts in `|w|`, as it does in liblinear.
pub(in crate::eval) fn train(points: &[Vec<f64>], labels: &[f64], price: f64) -> DVector<f64> {
    let dims = points.first().map_or(0, Vec::len) + 1;
    let rows = DMatrix::from_fn(points.len(), dims, |row, at| points[row].get(at).copied().unwrap_or(1.0));
    let labels = DVector::from_column_slice(labels);
    let problem = Problem { rows, labels, price };
    let mut plane = DVector::zeros(dims);
    let mut value = problem.value(&plane);
    for _ in 0..MAX_STEPS {
        let Some(step) = problem.newton_step(&plane) else { break };
        let (mut length, before) = (1.0, value);
        let mut next = &plane + &step;
        while problem.value(&next) > before && length > 1e-10 {
            length *= 0.5;
            next = &plane + &step * length;
        }
        value = problem.value(&next);
        if value >= before {
            break;
        }
        plane = next;
    }
    plane
}

/// Above 0 on the side of label 1.
pub(in crate::eval) fn decide(plane: &DVector<f64>, point: &[f64]) -> f64 {
    plane.iter().zip(point.iter().chain([&1.0])).map(|(weight, value)| weight * value).sum()
}

struct Problem {
    rows: DMatrix<f64>,
    labels: DVector<f64>,
    price: f64,
}

impl Problem {
    /// How much each sample falls short of a margin of 1.
    fn shortfalls(&self, plane: &DVector<f64>) -> DVector<f64> {
        (&self.rows * plane).zip_map(&self.labels, |decision, label| (1.0 - label * decision).max(0.0))
    }

    fn value(&self, plane: &DVector<f64>) -> f64 {
        0.5 * plane.norm_squared() + self.price * self.shortfalls(plane).norm_squared()
    }

    fn newton_step(&self, plane: &DVector<f64>) -> Option<DVector<f64>> {
        let shortfalls = self.shortfalls(plane);
        let active: Vec<usize> = (0..shortfalls.len()).filter(|&at| shortfalls[at] > 0.0).collect();
        let rows = self.rows.select_rows(&active);
        let pull = DVector::from_fn(active.len(), |at, _| self.labels[active[at]] * shortfalls[active[at]]);
        let gradient = plane - rows.tr_mul(&pull) * (2.0 * self.price);
        let hessian = rows.tr_mul(&rows) * (2.0 * self.price) + DMatrix::identity(plane.len(), plane.len());
        Some(-hessian.cholesky()?.solve(&gradient))
    }
}
