//! The first guess at the coarsest level: the hole is filled ring by ring from outside, each patch matched by its known
//! pixels only.

use rayon::prelude::*;

use super::level::{Level, Sites};
use super::metric::PartlyKnown;
use super::search::Matches;
use super::vote::vote;
use super::{FAR_COST, VOTING};
use crate::control::CancelToken;

/// At most this many sources are compared with each target.
const SOURCES: usize = 800;

/// Fills the level's hole and returns the matches it was filled by.
pub(crate) fn fill(
    level: &mut Level,
    sites: &Sites,
    jitter: impl Fn(u32, u32) -> f32 + Sync,
    cancel: &CancelToken,
) -> Matches {
    let width = level.size.width as usize;
    let mut weights: Vec<f32> = level.hole.data().iter().map(|&hole| if hole { 0.0 } else { 1.0 }).collect();
    let mut matches =
        Matches { source: vec![sites.sources[0]; sites.targets.len()], distance: vec![0; sites.targets.len()] };
    let step = sites.sources.len().div_ceil(SOURCES).max(1);
    let mut ring_weight = 0.5;
    while !cancel.is_cancelled() {
        let ring = outer_ring(level, &weights);
        if ring.is_empty() {
            break;
        }
        let around = targets_near(sites, &ring, width);
        let found: Vec<(usize, u32, f32)> = around
            .par_iter()
            .map(|&index| {
                let (source, cost) = best_source(level, sites, &weights, index, step, &jitter);
                (index, source, cost)
            })
            .collect();
        for &(index, source, cost) in &found {
            matches.source[index] = source;
            matches.distance[index] = cost.min(4e9) as u32;
        }
        let part = Sites {
            radius: sites.radius,
            targets: around.iter().map(|&index| sites.targets[index]).collect(),
            target_at: renumbered(sites, &around),
            is_source: Vec::new(),
            sources: Vec::new(),
        };
        let part_matches = Matches {
            source: around.iter().map(|&index| matches.source[index]).collect(),
            distance: around.iter().map(|&index| matches.distance[index]).collect(),
        };
        let votes = vote(level, &part, &part_matches, &weights_for(&weights), &level.hole, VOTING, cancel);
        for &pixel in &ring {
            level.exact[pixel] = votes[pixel];
            weights[pixel] = ring_weight;
        }
        level.quantize();
        ring_weight = (ring_weight * 0.8f32).max(0.05);
    }
    matches
}

/// Patch weights for voting: also centres that are not known yet may vote.
fn weights_for(weights: &[f32]) -> Vec<f32> {
    weights.iter().map(|&w| w.max(0.1)).collect()
}

/// Hole pixels without a value that touch one with.
fn outer_ring(level: &Level, weights: &[f32]) -> Vec<usize> {
    let (width, height) = (level.size.width as usize, level.size.height as usize);
    let is_known = |x: usize, y: usize| weights[y * width + x] > 0.0;
    let mut ring = Vec::new();
    for y in 0..height {
        for x in 0..width {
            if is_known(x, y) {
                continue;
            }
            let touches = (x > 0 && is_known(x - 1, y))
                || (x + 1 < width && is_known(x + 1, y))
                || (y > 0 && is_known(x, y - 1))
                || (y + 1 < height && is_known(x, y + 1));
            if touches {
                ring.push(y * width + x);
            }
        }
    }
    ring
}

/// Places of the targets whose patch covers a ring pixel well: centred at most one pixel from it, or as near as the
/// border of the level allows.
fn targets_near(sites: &Sites, ring: &[usize], width: usize) -> Vec<usize> {
    let height = sites.target_at.len() / width;
    let radius = sites.radius;
    let mut chosen = vec![false; sites.targets.len()];
    for &pixel in ring {
        let (x, y) = (pixel % width, pixel / width);
        let clamp = |v: usize, limit: usize| v.clamp(radius, limit - 1 - radius);
        for cy in y.saturating_sub(1)..=y + 1 {
            for cx in x.saturating_sub(1)..=x + 1 {
                let index = sites.target_at[clamp(cy, height) * width + clamp(cx, width)];
                if let Some(slot) = chosen.get_mut(index as usize) {
                    *slot = true;
                }
            }
        }
    }
    (0..chosen.len()).filter(|&index| chosen[index]).collect()
}

fn renumbered(sites: &Sites, around: &[usize]) -> Vec<u32> {
    let mut target_at = vec![super::level::NO_TARGET; sites.target_at.len()];
    for (place, &index) in around.iter().enumerate() {
        target_at[sites.targets[index] as usize] = place as u32;
    }
    target_at
}

/// The best of a regular sample of the sources, improved by the sources around it.
fn best_source(
    level: &Level,
    sites: &Sites,
    weights: &[f32],
    index: usize,
    step: usize,
    jitter: &(impl Fn(u32, u32) -> f32 + Sync),
) -> (u32, f32) {
    let width = level.size.width;
    let target = sites.targets[index];
    let known = PartlyKnown::new(&level.exact, weights, width as usize, sites.radius, target as usize);
    let side = (2 * sites.radius + 1) as f32;
    let cost = |source: u32, limit: f32| {
        let (dx, dy) = ((source % width).abs_diff(target % width), (source / width).abs_diff(target / width));
        let away = FAR_COST * side * side * (dx * dx + dy * dy) as f32 / (width * width) as f32;
        let factor = jitter(source % width, source / width);
        (known.distance(&level.exact, source as usize, limit / factor - away) + away) * factor
    };
    let mut best = (sites.sources[0], f32::MAX);
    for &source in sites.sources.iter().skip(index % step).step_by(step) {
        let value = cost(source, best.1);
        if value < best.1 {
            best = (source, value);
        }
    }
    let center = best.0 as i32;
    let reach = if step > 1 { 2 } else { 0 };
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let near = center + dy * width as i32 + dx;
            if near >= 0 && sites.is_source.get(near as usize).copied().unwrap_or(false) {
                let value = cost(near as u32, best.1);
                if value < best.1 {
                    best = (near as u32, value);
                }
            }
        }
    }
    best
}
