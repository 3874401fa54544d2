//! The leading eigenvectors of a symmetric matrix.

use nalgebra::{DMatrix, SymmetricEigen};

use crate::latent::Latent;

/// The `count` eigenvectors of the symmetric `[dim, dim]` matrix `values` with the largest eigenvalues, the largest first, of
/// length 1 and with their largest number above 0, each with its eigenvalue.
pub(super) fn leading(values: &[f64], dim: usize, count: usize) -> Vec<(Latent, f64)> {
    let eigen = SymmetricEigen::new(DMatrix::from_row_slice(dim, dim, values));
    let mut order: Vec<usize> = (0..dim).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let one = |at: usize| {
        let column = eigen.eigenvectors.column(at);
        let largest = column.iter().copied().fold(0.0_f64, |far, v| if v.abs() > far.abs() + 1e-9 { v } else { far });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        (column.iter().map(|v| (sign * v) as f32).collect(), eigen.eigenvalues[at])
    };
    order.into_iter().take(count).map(one).collect()
}
