//! Gaussian mixtures of colours, with full covariances.

use rand::Rng as _;

use crate::control::{self, Rng};

/// Gaussians in a mixture.
const PARTS: usize = 5;

/// Colours that fitting looks at, at most; more would not change the mixture.
const SAMPLES: usize = 20_000;

/// Added to every variance, in squared 8-bit steps: no photo is known better than that, and flat areas stay regular.
const LEAST_VARIANCE: f32 = 4.0;

/// Rounds of k-means before the first mixture.
const ROUNDS: usize = 6;

/// How probable colours are in one of two regions.
#[derive(Clone, Debug)]
pub(super) struct Mixture {
    parts: Vec<Gaussian>,
}

#[derive(Clone, Debug)]
struct Gaussian {
    mean: [f32; 3],
    /// The inverse covariance: xx, xy, xz, yy, yz, zz.
    inverse: [f32; 6],
    /// Logarithm of the weight over the normalising root.
    log_scale: f32,
}

impl Mixture {
    /// A mixture for `colors`; `None` when there are none.
    pub(super) fn fit(colors: &[[f32; 3]]) -> Option<Self> {
        let samples = thinned(colors);
        let mut centers = spread_centers(&samples, &mut control::rng(0, 0))?;
        let mut groups = vec![0; samples.len()];
        for _ in 0..ROUNDS {
            for (group, color) in groups.iter_mut().zip(&samples) {
                *group = nearest(&centers, color).0;
            }
            for (at, center) in centers.iter_mut().enumerate() {
                let members = samples.iter().zip(&groups).filter(|&(_, &group)| group == at).map(|(color, _)| color);
                let (sum, count) = members.fold(([0.0; 3], 0.0), |(sum, count), color| (add(sum, *color), count + 1.0));
                if count > 0.0 {
                    *center = sum.map(|v| v / count);
                }
            }
        }
        Some(Self::of_groups(&samples, &groups, centers.len()))
    }

    /// The mixture learned anew from `colors`, each given to the part that explains it best.
    pub(super) fn refit(&self, colors: &[[f32; 3]]) -> Option<Self> {
        let samples = thinned(colors);
        let best = |color: &[f32; 3]| {
            let likelihoods = self.parts.iter().map(|part| part.log_likelihood(color)).enumerate();
            likelihoods.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(at, _)| at)
        };
        let groups: Vec<usize> = samples.iter().map(best).collect();
        (!samples.is_empty()).then(|| Self::of_groups(&samples, &groups, self.parts.len()))
    }

    /// The negative logarithm of the probability density of `color`.
    pub(super) fn cost(&self, color: &[f32; 3]) -> f32 {
        let mut logs = [f32::NEG_INFINITY; PARTS];
        for (log, part) in logs.iter_mut().zip(&self.parts) {
            *log = part.log_likelihood(color);
        }
        let most = logs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        -(most + logs.iter().map(|log| (log - most).exp()).sum::<f32>().ln())
    }

    fn of_groups(samples: &[[f32; 3]], groups: &[usize], count: usize) -> Self {
        let fit = |at: usize| {
            let members: Vec<[f32; 3]> =
                samples.iter().zip(groups).filter(|&(_, &group)| group == at).map(|(color, _)| *color).collect();
            Gaussian::fit(&members, members.len() as f32 / samples.len() as f32)
        };
        Self { parts: (0..count).filter_map(fit).collect() }
    }
}

impl Gaussian {
    fn fit(members: &[[f32; 3]], weight: f32) -> Option<Self> {
        if members.is_empty() {
            return None;
        }
        let count = members.len() as f32;
        let mean = members.iter().fold([0.0; 3], |sum, color| add(sum, *color)).map(|v| v / count);
        let mut covariance = [0.0f32; 6];
        for color in members {
            let d = [color[0] - mean[0], color[1] - mean[1], color[2] - mean[2]];
            let products = [d[0] * d[0], d[0] * d[1], d[0] * d[2], d[1] * d[1], d[1] * d[2], d[2] * d[2]];
            covariance.iter_mut().zip(products).for_each(|(sum, product)| *sum += product / count);
        }
        for diagonal in [0, 3, 5] {
            covariance[diagonal] += LEAST_VARIANCE;
        }
        let (inverse, determinant) = inverted(covariance);
        Some(Self { mean, inverse, log_scale: weight.ln() - 0.5 * determinant.ln() })
    }

    fn log_likelihood(&self, color: &[f32; 3]) -> f32 {
        let [xx, xy, xz, yy, yz, zz] = self.inverse;
        let [x, y, z] = [color[0] - self.mean[0], color[1] - self.mean[1], color[2] - self.mean[2]];
        let square = xx * x * x + yy * y * y + zz * z * z + 2.0 * (xy * x * y + xz * x * z + yz * y * z);
        self.log_scale - 0.5 * square
    }
}

/// The inverse of a symmetric, positive definite matrix and the matrix' determinant.
fn inverted([xx, xy, xz, yy, yz, zz]: [f32; 6]) -> ([f32; 6], f32) {
    let cofactors = [
        yy * zz - yz * yz,
        xz * yz - xy * zz,
        xy * yz - xz * yy,
        xx * zz - xz * xz,
        xy * xz - xx * yz,
        xx * yy - xy * xy,
    ];
    let determinant = (xx * cofactors[0] + xy * cofactors[1] + xz * cofactors[2]).max(1.0e-3);
    (cofactors.map(|v| v / determinant), determinant)
}

fn thinned(colors: &[[f32; 3]]) -> Vec<[f32; 3]> {
    colors.iter().step_by(colors.len().div_ceil(SAMPLES).max(1)).copied().collect()
}

/// First centres for k-means: each is drawn with a probability that grows with the squared distance to the ones before.
fn spread_centers(samples: &[[f32; 3]], rng: &mut Rng) -> Option<Vec<[f32; 3]>> {
    let mut centers = vec![*samples.get(samples.len() / 2)?];
    while centers.len() < PARTS {
        let squares: Vec<f32> = samples.iter().map(|color| nearest(&centers, color).1).collect();
        let mut left = rng.random::<f32>() * squares.iter().sum::<f32>();
        let drawn = squares.iter().position(|square| {
            left -= square;
            left < 0.0
        });
        let Some(drawn) = drawn else { break };
        centers.push(samples[drawn]);
    }
    Some(centers)
}

/// Index of the nearest centre and the squared distance to it.
fn nearest(centers: &[[f32; 3]], color: &[f32; 3]) -> (usize, f32) {
    let squares = centers.iter().map(|center| squared_distance(center, color)).enumerate();
    squares.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
}

/// The squared Euclidean distance of two colours.
pub(super) fn squared_distance(a: &[f32; 3], b: &[f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

fn add(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(center: [f32; 3], count: usize, seed: u64) -> Vec<[f32; 3]> {
        let mut rng = control::rng(seed, 0);
        (0..count).map(|_| center.map(|v| v + rng.random::<f32>() * 20.0 - 10.0)).collect()
    }

    #[test]
    fn a_mixture_prefers_its_own_colors() {
        let mut red = cloud([200.0, 30.0, 40.0], 900, 1);
        red.extend(cloud([90.0, 10.0, 10.0], 300, 2));
        let blue = Mixture::fit(&cloud([30.0, 40.0, 210.0], 800, 3)).unwrap();
        let red = Mixture::fit(&red).unwrap();
        for own in [[200.0, 30.0, 40.0], [90.0, 10.0, 10.0]] {
            assert!(red.cost(&own) + 10.0 < blue.cost(&own), "{} against {}", red.cost(&own), blue.cost(&own));
        }
        assert!(red.refit(&cloud([200.0, 30.0, 40.0], 50, 4)).unwrap().cost(&[90.0, 10.0, 10.0]) > 20.0, "forgotten");
    }

    #[test]
    fn few_or_equal_colors_stay_finite() {
        assert!(Mixture::fit(&[]).is_none(), "no color, no mixture");
        for colors in [vec![[5.0; 3]], vec![[255.0; 3]; 4000], vec![[0.0; 3], [255.0; 3]]] {
            let mixture = Mixture::fit(&colors).unwrap();
            let costs = [[0.0; 3], [255.0; 3], [5.0, 200.0, 90.0]].map(|color| mixture.cost(&color));
            assert!(costs.iter().all(|cost| cost.is_finite()), "{costs:?}");
        }
    }

    #[test]
    fn an_inverse_undoes_its_matrix() {
        let (inverse, determinant) = inverted([4.0, 1.0, 0.5, 3.0, 0.2, 2.0]);
        let product = 4.0 * inverse[0] + inverse[1] + 0.5 * inverse[2];
        let off = 4.0 * inverse[1] + inverse[3] + 0.5 * inverse[4];
        assert!((product - 1.0).abs() < 1e-5 && off.abs() < 1e-5 && determinant > 0.0, "{product}, {off}");
    }
}
