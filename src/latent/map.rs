//! A flat map of the latents that were visited: the plane in which they differ most.
//!
//! Principal components (Pearson 1901), by the singular values of the visits around their mean. Each new visit turns the plane
//! a little; within it the map is then turned back so that it lies as before as nearly as can be (orthogonal Procrustes,
//! Schönemann 1966), and points do not jump or flip under the eyes of whoever walks there.

use nalgebra::{DMatrix, DVector};

use super::Latent;

/// A plane in the space of latents, and where each visit lies in it.
#[derive(Clone, Debug, PartialEq)]
pub struct LatentMap {
    mean: Vec<f64>,
    /// Two rows of length 1 at right angles.
    axes: DMatrix<f64>,
    points: Vec<[f32; 2]>,
    shown: f32,
}

impl LatentMap {
    /// The map of `visits` in their order, lying as `before` did; `None` without visits or when they are not all of one length
    /// and finite.
    #[must_use]
    pub fn new(visits: &[Latent], before: Option<&Self>) -> Option<Self> {
        let dim = visits.first().map(|visit| visit.len()).filter(|&dim| dim > 0)?;
        if visits.iter().any(|visit| visit.len() != dim || !visit.iter().all(|value| value.is_finite())) {
            return None;
        }
        let all = DMatrix::from_row_iterator(
            visits.len(),
            dim,
            visits.iter().flat_map(|visit| visit.iter().map(|&value| f64::from(value))),
        );
        let mean = all.row_mean();
        let mut centered = all;
        centered.row_iter_mut().for_each(|mut row| row -= &mean);
        let before = before.filter(|before| before.mean.len() == dim);
        let (axes, shown) = principal(&centered, before);
        let axes = match before {
            Some(before) => laid_as(&axes, &before.axes),
            None => with_steady_signs(axes, &centered),
        };
        let flat = &centered * axes.transpose();
        let points = flat.row_iter().map(|row| [row[0] as f32, row[1] as f32]).collect();
        Some(Self { mean: mean.iter().copied().collect(), axes, points, shown: shown as f32 })
    }

    /// Where each visit lies, in the order of the visits: the breadcrumbs. Distances are those between latents, as far as the
    /// plane shows them.
    #[must_use]
    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }

    /// How much of the visits' variance the plane shows, in 0..=1.
    #[must_use]
    pub const fn shown(&self) -> f32 {
        self.shown
    }

    /// Where `latent` lies; its shadow if it is not in the plane.
    #[must_use]
    pub fn point_of(&self, latent: &[f32]) -> [f32; 2] {
        [0, 1].map(|axis| {
            let parts = latent.iter().zip(&self.mean).enumerate();
            parts.map(|(at, (value, mean))| (f64::from(*value) - mean) * self.axes[(axis, at)]).sum::<f64>() as f32
        })
    }

    /// The latent at `point` of the plane. It may lie outside of what a uniform prior allows; drawing cuts it.
    #[must_use]
    pub fn latent_at(&self, point: [f32; 2]) -> Latent {
        let [x, y] = point.map(f64::from);
        let value = |at: usize| self.mean[at] + x * self.axes[(0, at)] + y * self.axes[(1, at)];
        (0..self.mean.len()).map(|at| value(at) as f32).collect()
    }
}

/// The two directions in which the rows of `centered` differ most, and their share of the variance. What a few visits leave
/// open is taken from `before`, or is any direction.
fn principal(centered: &DMatrix<f64>, before: Option<&LatentMap>) -> (DMatrix<f64>, f64) {
    let dim = centered.ncols();
    let svd = centered.clone().svd(false, true);
    let total: f64 = svd.singular_values.iter().map(|value| value * value).sum();
    let mut order: Vec<usize> = (0..svd.singular_values.len()).collect();
    order.sort_by(|&a, &b| svd.singular_values[b].total_cmp(&svd.singular_values[a]));
    // Below this a singular value is rounding.
    let least = svd.singular_values.iter().copied().fold(0.0, f64::max) * 1e-7;
    let kept: Vec<usize> = order.into_iter().filter(|&at| svd.singular_values[at] > least).take(2).collect();
    let shown: f64 = kept.iter().map(|&at| svd.singular_values[at].powi(2)).sum();
    let mut rows: Vec<DVector<f64>> = match &svd.v_t {
        Some(v_t) => kept.iter().map(|&at| v_t.row(at).transpose()).collect(),
        None => Vec::new(),
    };
    let known = before.into_iter().flat_map(|before| before.axes.row_iter().map(|row| row.transpose()));
    let any = (0..dim).map(|at| DVector::from_fn(dim, |row, _| if row == at { 1.0 } else { 0.0 }));
    for candidate in known.chain(any) {
        if rows.len() == 2 {
            break;
        }
        let along = rows.iter().map(|row| row * row.dot(&candidate)).fold(DVector::zeros(dim), |sum, part| sum + part);
        rows.extend((candidate - along).try_normalize(1e-3));
    }
    // A latent of one number has one direction only.
    rows.resize(2, DVector::zeros(dim));
    let axes = DMatrix::from_fn(2, dim, |row, column| rows[row][column]);
    (axes, if total > 0.0 { shown / total } else { 1.0 })
}

/// `axes` turned (and turned over) within their plane to lie as nearly as `before` as they can.
fn laid_as(axes: &DMatrix<f64>, before: &DMatrix<f64>) -> DMatrix<f64> {
    let svd = (before * axes.transpose()).svd(true, true);
    match (svd.u, svd.v_t) {
        (Some(u), Some(v_t)) => u * v_t * axes,
        _ => axes.clone(),
    }
}

/// Each axis pointing to the visit that is farthest along it.
fn with_steady_signs(mut axes: DMatrix<f64>, centered: &DMatrix<f64>) -> DMatrix<f64> {
    let flat = centered * axes.transpose();
    for axis in 0..2 {
        let farthest = flat
            .column(axis)
            .iter()
            .copied()
            .fold(0.0_f64, |far, value| if value.abs() > far.abs() + 1e-9 { value } else { far });
        if farthest < 0.0 {
            axes.row_mut(axis).neg_mut();
        }
    }
    axes
}
