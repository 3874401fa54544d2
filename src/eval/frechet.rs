//! The Fréchet distance between two sets of features, each taken as a normal distribution (Dowson and Landau 1982; Heusel
//! et al., "GANs Trained by a Two Time-Scale Update Rule", 2017, equation 6).

use nalgebra::DMatrix;

/// `|mean a - mean b|^2 + trace(A + B - 2 (A B)^(1/2))` with the covariances `A` and `B` of the rows of `a` and `b`. Biased
/// upwards when there are fewer rows than columns, so only sets of one size can be compared. `None` with fewer than two
/// rows on a side, or rows of different lengths.
///
/// With `A = X'X` and `B = Y'Y` the trace of the root is the sum of the singular values of `X Y'`; `X` is the triangular
/// factor of the centred rows, so no root of an ill-conditioned matrix is taken.
#[must_use]
pub fn frechet_distance(a: &[Vec<f32>], b: &[Vec<f32>]) -> Option<f64> {
    let (a, b) = (Normal::of(a)?, Normal::of(b)?);
    if a.mean.len() != b.mean.len() {
        return None;
    }
    let between: f64 = a.mean.iter().zip(&b.mean).map(|(a, b)| (a - b) * (a - b)).sum();
    let common: f64 = (&a.root * b.root.transpose()).singular_values().sum();
    Some((between + a.root.norm_squared() + b.root.norm_squared() - 2.0 * common).max(0.0))
}

/// A mean and a factor of the covariance: `root' root`.
struct Normal {
    mean: Vec<f64>,
    root: DMatrix<f64>,
}

impl Normal {
    fn of(rows: &[Vec<f32>]) -> Option<Self> {
        let columns = rows.first()?.len();
        if rows.len() < 2 || columns == 0 || rows.iter().any(|row| row.len() != columns) {
            return None;
        }
        let count = rows.len() as f64;
        let mean: Vec<f64> =
            (0..columns).map(|at| rows.iter().map(|row| f64::from(row[at])).sum::<f64>() / count).collect();
        let scale = (count - 1.0).sqrt();
        let centered = DMatrix::from_fn(rows.len(), columns, |row, at| (f64::from(rows[row][at]) - mean[at]) / scale);
        Some(Self { mean, root: centered.qr().unpack_r() })
    }
}
