//! From matches to pixels: every patch over a pixel proposes a colour, their weighted mean is taken.
//!
//! Source: Wexler, Shechtman and Irani, "Space-Time Completion of Video", PAMI 2007, section 3.2: the weight of a
//! vote falls with the distance of the patch from its source and with the distance from known pixels.

use rayon::prelude::*;

use super::level::{Level, NO_TARGET, Sample, Sites};
use super::search::Matches;
use crate::control::CancelToken;
use crate::imaging::Plane;

/// How votes are weighted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voting {
    /// The vote of a patch falls with `exp(-distance / (2 * sharpness * typical))`: small is sharp.
    pub(crate) sharpness: f32,
    /// The vote of a patch falls with the square of the pixel's distance from its centre over this many radii.
    pub(crate) spread: f32,
}

/// The mean of all votes on each pixel of `wanted`; all others keep their value. `confidence` is one weight a pixel for the patch centred there.
pub(crate) fn vote(
    level: &Level,
    sites: &Sites,
    matches: &Matches,
    confidence: &[f32],
    wanted: &Plane<bool>,
    voting: Voting,
    cancel: &CancelToken,
) -> Vec<Sample> {
    let width = level.size.width as usize;
    let weights = patch_weights(sites, matches, confidence, voting.sharpness);
    let falloff = spatial_falloff(sites.radius, voting.spread);
    let mut values = level.exact.clone();
    values.par_chunks_mut(width).enumerate().with_min_len(4).for_each(|(y, row)| {
        if cancel.is_cancelled() {
            return;
        }
        let is_wanted = wanted.row(y as u32);
        for (x, value) in row.iter_mut().enumerate().filter(|(x, _)| is_wanted[*x]) {
            *value = vote_on(level, sites, matches, &weights, &falloff, (x, y)).unwrap_or(*value);
        }
    });
    values
}

fn vote_on(
    level: &Level,
    sites: &Sites,
    matches: &Matches,
    weights: &[f32],
    falloff: &[f32],
    (x, y): (usize, usize),
) -> Option<Sample> {
    let (width, height) = (level.size.width as usize, level.size.height as usize);
    let (radius, side) = (sites.radius, 2 * sites.radius + 1);
    let (mut sum, mut total) = ([0.0f32; 4], 0.0f32);
    for cy in y.saturating_sub(radius)..=(y + radius).min(height - 1) {
        for cx in x.saturating_sub(radius)..=(x + radius).min(width - 1) {
            let index = sites.target_at[cy * width + cx];
            if index == NO_TARGET {
                continue;
            }
            let source = matches.source[index as usize] as usize;
            let weight = weights[index as usize] * falloff[(cy + radius - y) * side + cx + radius - x];
            let value = level.exact[source + y * width + x - (cy * width + cx)];
            total += weight;
            for c in 0..4 {
                sum[c] += weight * value[c];
            }
        }
    }
    let share = 1.0 / total;
    (total > 0.0).then_some([sum[0] * share, sum[1] * share, sum[2] * share, sum[3] * share])
}

/// The mean of all votes on the differences to the right and to the lower neighbour, each by the patches that hold both
/// pixels; `None` for a pixel without such a patch. Where pieces of different brightness meet, these know no step.
pub(crate) fn vote_on_gradients(
    level: &Level,
    sites: &Sites,
    matches: &Matches,
    confidence: &[f32],
    voting: Voting,
    cancel: &CancelToken,
) -> Vec<[Option<[f32; 3]>; 2]> {
    let width = level.size.width as usize;
    let weights = patch_weights(sites, matches, confidence, voting.sharpness);
    let falloff = spatial_falloff(sites.radius, voting.spread);
    let mut out = vec![[None; 2]; level.exact.len()];
    out.par_chunks_mut(width).enumerate().with_min_len(4).for_each(|(y, row)| {
        if cancel.is_cancelled() {
            return;
        }
        for (x, value) in row.iter_mut().enumerate() {
            *value = gradients_at(level, sites, matches, &weights, &falloff, (x, y));
        }
    });
    out
}

fn gradients_at(
    level: &Level,
    sites: &Sites,
    matches: &Matches,
    weights: &[f32],
    falloff: &[f32],
    (x, y): (usize, usize),
) -> [Option<[f32; 3]>; 2] {
    let (width, height) = (level.size.width as usize, level.size.height as usize);
    let (radius, side) = (sites.radius, 2 * sites.radius + 1);
    let (mut sums, mut totals) = ([[0.0f32; 3]; 2], [0.0f32; 2]);
    for cy in y.saturating_sub(radius)..=(y + radius).min(height - 1) {
        for cx in x.saturating_sub(radius)..=(x + radius).min(width - 1) {
            let index = sites.target_at[cy * width + cx];
            if index == NO_TARGET {
                continue;
            }
            let from = matches.source[index as usize] as usize + y * width + x - (cy * width + cx);
            let weight = weights[index as usize] * falloff[(cy + radius - y) * side + cx + radius - x];
            let value = level.exact[from];
            let neighbours = [(x < cx + radius, from + 1), (y < cy + radius, from + width)];
            for (way, (is_inside, next)) in neighbours.into_iter().enumerate() {
                if is_inside {
                    totals[way] += weight;
                    for c in 0..3 {
                        sums[way][c] += weight * (level.exact[next][c] - value[c]);
                    }
                }
            }
        }
    }
    let mean = |way: usize| {
        let share = 1.0 / totals[way];
        (totals[way] > 0.0).then_some([sums[way][0] * share, sums[way][1] * share, sums[way][2] * share])
    };
    [mean(0), mean(1)]
}

fn patch_weights(sites: &Sites, matches: &Matches, confidence: &[f32], sharpness: f32) -> Vec<f32> {
    let typical = percentile(&matches.distance, 0.75).max(1.0);
    let scale = -1.0 / (2.0 * sharpness * typical);
    let weight =
        |(&distance, &target): (&u32, &u32)| confidence[target as usize] * (distance as f32 * scale).exp().max(1e-20);
    matches.distance.par_iter().zip(&sites.targets).map(weight).collect()
}

fn percentile(values: &[u32], share: f32) -> f32 {
    let step = (values.len() / 4096).max(1);
    let mut sample: Vec<u32> = values.iter().copied().step_by(step).collect();
    if sample.is_empty() {
        return 0.0;
    }
    let at = ((sample.len() - 1) as f32 * share) as usize;
    *sample.select_nth_unstable(at).1 as f32
}

fn spatial_falloff(radius: usize, spread: f32) -> Vec<f32> {
    let side = 2 * radius + 1;
    let scale = spread * radius.max(1) as f32;
    let square = |v: usize| (v as f32 - radius as f32).powi(2);
    (0..side * side).map(|at| (-(square(at % side) + square(at / side)) / (2.0 * scale * scale)).exp()).collect()
}
