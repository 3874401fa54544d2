//! A flat map of the latents that were visited: the plane in which they differ most.
//!
//! Principal components (Pearson 1901), by the singular values of the visits around their mean. Each new visit turns the plane
//! a little; within it the map is then turned back so that it lies as before as nearly as can be (orthogonal Procrustes,
//! Schönemann 1966), and points do not jump or flip under the eyes of whoever walks there.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::Latent;

/// Latents with so many times as many numbers as there are visits are wide.
const WIDE: usize = 4;

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
    let total = centered.norm_squared();
    let (mut rows, shown) = if dim > WIDE * centered.nrows() { of_wide(centered) } else { of_narrow(centered) };
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

/// The two right singular vectors of the rows with the largest values that are no rounding, and the sum of their squares.
fn of_narrow(centered: &DMatrix<f64>) -> (Vec<DVector<f64>>, f64) {
    let svd = centered.clone().svd(false, true);
    let least = svd.singular_values.max() * 1e-7;
    let kept = largest_two(svd.singular_values.as_slice(), least);
    let shown = kept.iter().map(|&at| svd.singular_values[at].powi(2)).sum();
    let rows = match &svd.v_t {
        Some(v_t) => kept.iter().map(|&at| v_t.row(at).transpose()).collect(),
        None => Vec::new(),
    };
    (rows, shown)
}

/// As [`of_narrow`] by way of the products of the rows with each other, of which there are few: a latent with a style for each
/// layer has thousands of numbers.
fn of_wide(centered: &DMatrix<f64>) -> (Vec<DVector<f64>>, f64) {
    let eigen = SymmetricEigen::new(centered * centered.transpose());
    // The values are squares, so rounding reaches further up.
    let least = eigen.eigenvalues.max() * 1e-10;
    let kept = largest_two(eigen.eigenvalues.as_slice(), least);
    let shown = kept.iter().map(|&at| eigen.eigenvalues[at]).sum();
    let rows = kept.iter().map(|&at| centered.transpose() * eigen.eigenvectors.column(at));
    (rows.map(|row| row.normalize()).collect(), shown)
}

/// Where the two largest `values` stand, the largest first, of those above `least`.
fn largest_two(values: &[f64], least: f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).filter(|&at| values[at] > least).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order.truncate(2);
    order
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::Rng as _;

    use super::*;
    use crate::control::rng;

    /// Points of a plane in 12 dimensions, stretched by 3 along the first of its axes, with a little noise.
    fn visits(count: usize, seed: u64) -> Vec<Latent> {
        let mut rng = rng(seed, 0);
        let mut visit = || -> Latent {
            let (a, b) = (rng.random_range(-3.0..3.0_f32), rng.random_range(-1.0..1.0_f32));
            let noise = || 0.01;
            (0..12).map(|at| if at % 2 == 0 { 0.3 * a } else { -0.3 * b } + noise() * at as f32).collect()
        };
        (0..count).map(|_| visit()).collect()
    }

    fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
        (a[0] - b[0]).hypot(a[1] - b[1])
    }

    #[test]
    fn a_plane_is_shown_whole() {
        let visits = visits(40, 1);
        let map = LatentMap::new(&visits, None).unwrap();
        assert!(map.shown() > 0.999, "{} of the variance", map.shown());
        for (at, visit) in visits.iter().enumerate() {
            for (other, point) in visits.iter().zip(map.points()) {
                let apart = visit.iter().zip(other.iter()).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt();
                assert!((distance(map.points()[at], *point) - apart).abs() < 1e-4, "distances are true");
            }
            assert!(distance(map.point_of(visit), map.points()[at]) < 1e-5, "found again");
            let back = map.latent_at(map.points()[at]);
            assert!(visit.iter().zip(back.iter()).all(|(a, b)| (a - b).abs() < 1e-4), "and back");
        }
        let spread = |axis: usize| map.points().iter().map(|point| point[axis].powi(2)).sum::<f32>();
        assert!(spread(0) > 3.0 * spread(1), "the widest axis lies flat");
    }

    #[test]
    fn wide_latents_have_the_same_map() {
        let narrow = visits(9, 4);
        // The same plane among many numbers that never change.
        let wide: Vec<Latent> = narrow.iter().map(|visit| visit.iter().copied().chain([0.5; 500]).collect()).collect();
        let (narrow, wide) = (LatentMap::new(&narrow, None).unwrap(), LatentMap::new(&wide, None).unwrap());
        assert!((narrow.shown() - wide.shown()).abs() < 1e-5, "{} and {}", narrow.shown(), wide.shown());
        for (a, b) in narrow.points().iter().zip(wide.points()) {
            assert!(distance(*a, *b) < 1e-4, "{a:?} and {b:?}");
        }
    }

    #[test]
    fn it_does_not_flip_while_visits_are_added() {
        let all = visits(60, 3);
        let mut map: Option<LatentMap> = None;
        for count in 1..=all.len() {
            let next = LatentMap::new(&all[..count], map.as_ref()).unwrap();
            assert_eq!(next.points().len(), count, "one point a visit, in order");
            if let Some(before) = map.filter(|_| count > 8) {
                // Steps between visits, so that a mean that moves does not count.
                let step =
                    |map: &LatentMap, at: usize| [0, 1].map(|axis| map.points()[at][axis] - map.points()[at - 1][axis]);
                for at in 1..count - 1 {
                    let moved = distance(step(&before, at), step(&next, at));
                    let length = distance(step(&next, at), [0.0; 2]);
                    assert!(moved < 0.3 * length + 0.05, "visit {count} turns step {at} by {moved} of {length}");
                }
            }
            map = Some(next);
        }
    }

    #[test]
    fn few_visits_have_a_map_too() {
        let one = LatentMap::new(&visits(1, 5), None).unwrap();
        assert_eq!((one.points(), one.shown()), ([[0.0; 2]].as_slice(), 1.0), "one is the middle");
        let two = LatentMap::new(&visits(2, 5), Some(&one)).unwrap();
        assert!(two.points().iter().all(|point| point.iter().all(|value| value.is_finite())), "{:?}", two.points());
        let equal = vec![visits(1, 5).remove(0); 4];
        assert_eq!(LatentMap::new(&equal, Some(&two)).unwrap().points(), [[0.0; 2]; 4], "all at one place");
        let narrow: [Latent; 3] = [[0.0].into(), [1.0].into(), [0.5].into()];
        assert!(LatentMap::new(&narrow, None).is_some(), "latents of one number");
    }

    #[test]
    fn what_has_no_map_gives_none() {
        assert_eq!(LatentMap::new(&[], None), None, "no visits");
        assert_eq!(LatentMap::new(&[[0.0].into(), [0.0, 1.0].into()], None), None, "of two models");
        assert_eq!(LatentMap::new(&[[f32::NAN].into()], None), None, "no number");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn axes_are_of_length_one_at_right_angles(seed in 0u64..1000, count in 1usize..20, more in 0usize..4) {
            let all = visits(count + more, seed);
            let before = LatentMap::new(&all[..count], None).unwrap();
            let map = LatentMap::new(&all, Some(&before)).unwrap();
            let products = &map.axes * map.axes.transpose();
            prop_assert!((products - DMatrix::<f64>::identity(2, 2)).norm() < 1e-6);
            prop_assert!((0.0..=1.000_1).contains(&map.shown()), "{}", map.shown());
        }
    }
}
