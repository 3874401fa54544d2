//! Features brought to mean 0 and deviation 1, then reduced to the directions in which they vary most.

use nalgebra::{DMatrix, SymmetricEigen};

/// What to subtract, to divide by, and to project on.
pub(super) struct Components {
    mean: Vec<f64>,
    deviation: Vec<f64>,
    /// One direction a row.
    directions: Vec<Vec<f64>>,
}

impl Components {
    /// Of samples of one length; `None` of no samples.
    pub(super) fn of(samples: &[&[f32]], n_directions: usize) -> Option<Self> {
        let (count, dims) = (samples.len() as f64, samples.first()?.len());
        let average = |value: &dyn Fn(&[f32]) -> f64| samples.iter().map(|sample| value(sample)).sum::<f64>() / count;
        let mean: Vec<f64> = (0..dims).map(|at| average(&|sample| f64::from(sample[at]))).collect();
        let deviation = (0..dims).map(|at| average(&|sample| (f64::from(sample[at]) - mean[at]).powi(2)).sqrt());
        // A feature that never varies stays 0 whatever it is divided by.
        let deviation: Vec<f64> = deviation.map(|value| if value > 1e-12 { value } else { 1.0 }).collect();
        let scaled =
            DMatrix::from_fn(samples.len(), dims, |row, at| (f64::from(samples[row][at]) - mean[at]) / deviation[at]);
        let eigen = SymmetricEigen::new(scaled.tr_mul(&scaled));
        let mut order: Vec<usize> = (0..dims).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        let directions = order.iter().take(n_directions);
        let directions = directions.map(|&at| eigen.eigenvectors.column(at).iter().copied().collect()).collect();
        Some(Self { mean, deviation, directions })
    }

    /// The coordinates of a sample along the directions.
    pub(super) fn project(&self, sample: &[f32]) -> Vec<f64> {
        let scaled: Vec<f64> = sample
            .iter()
            .enumerate()
            .map(|(at, value)| (f64::from(*value) - self.mean[at]) / self.deviation[at])
            .collect();
        let along = |direction: &Vec<f64>| direction.iter().zip(&scaled).map(|(a, b)| a * b).sum();
        self.directions.iter().map(along).collect()
    }
}
