//! Finding, for each patch over the hole, a patch of the known part that looks like it.
//!
//! Candidates come from three places: the sources of neighbouring targets, shifted along (coherence search: Ashikhmin,
//! "Synthesizing Natural Textures", I3D 2001, section 3); patches of similar look from a kd-tree; and the offsets at
//! which the known part repeats itself (He and Sun, "Statistics of Patch Offsets for Image Completion", ECCV 2012,
//! section 2). A candidate that does not continue a neighbour's source must be better by a factor, which keeps the
//! copied pieces large (the coherence parameter of Hertzmann et al., "Image Analogies", SIGGRAPH 2001, section 3.2).
//! There is no random search: PatchMatch's is reported as patented.

use std::f32::consts::{PI, SQRT_2};

use rayon::prelude::*;

use super::guide::GuideTerm;
use super::kd_tree::{DIMS, Descriptor, KdTree};
use super::level::{Level, NO_TARGET, Sites};
use super::metric::patch_distance;
use crate::control::CancelToken;

/// For each target the centre of the patch that fills it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matches {
    /// Pixel indices, parallel to [`Sites::targets`].
    pub(crate) source: Vec<u32>,
    /// Squared byte distance of target and source patch.
    pub(crate) distance: Vec<u32>,
}

/// What one search pass may use.
#[derive(Clone, Copy)]
pub(crate) struct Pass<'a> {
    /// Patches by look.
    pub(crate) tree: Option<&'a KdTree>,
    /// For describing targets to the tree.
    pub(crate) basis: &'a Basis,
    /// Leaves of the tree visited for each target.
    pub(crate) leaves: usize,
    /// Offsets at which the known part repeats.
    pub(crate) offsets: &'a [(i32, i32)],
    /// Distances at which neighbours are asked for their source.
    pub(crate) reach: &'a [i32],
    /// Whether sources one pixel beside the current one are tried.
    pub(crate) is_jittered: bool,
    /// By which share a source that breaks with its neighbours must be better.
    pub(crate) coherence: f32,
    /// Cost of a source as far away as the window is wide, in squared bytes a pixel.
    pub(crate) far_cost: f32,
    /// What the fill should resemble.
    pub(crate) guide: Option<GuideTerm<'a>>,
    /// Makes another seed prefer other sources.
    pub(crate) variation: Variation,
    /// Asked between rows.
    pub(crate) cancel: &'a CancelToken,
}

/// Pseudo-random preference among sources, constant over blocks so that pieces stay whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Variation {
    /// The candidate's seed.
    pub(crate) seed: u64,
    /// By which share costs vary; 0 for none.
    pub(crate) strength: f32,
    /// The side of a block of sources in pixels.
    pub(crate) block: u32,
}

impl Variation {
    /// The factor on the cost of a source at `(x, y)`.
    pub(crate) fn factor(&self, x: i32, y: i32) -> f32 {
        if self.strength <= 0.0 {
            return 1.0;
        }
        let (bx, by) = (x as u32 / self.block.max(1), y as u32 / self.block.max(1));
        let mut hash = self.seed ^ (u64::from(bx) << 32 | u64::from(by)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        hash = (hash ^ (hash >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        hash ^= hash >> 32;
        1.0 + self.strength * (hash & 0xFFFF) as f32 / 65535.0
    }
}

/// One pass over all targets. Every target reads the matches of the pass before, so the result does not depend on the
/// number of threads.
pub(crate) fn improve(level: &Level, sites: &Sites, matches: &Matches, pass: &Pass<'_>) -> Matches {
    let count = sites.targets.len();
    let mut next = Matches { source: vec![0; count], distance: vec![0; count] };
    let chunk = 256;
    let rows = next.source.par_chunks_mut(chunk).zip(next.distance.par_chunks_mut(chunk)).enumerate();
    rows.for_each(|(at, (sources, distances))| {
        if pass.cancel.is_cancelled() {
            return;
        }
        improve_chunk(level, sites, matches, pass, at * chunk, sources, distances);
    });
    next
}

/// [`improve_one`] for a run of targets, compiled for the vector units a processor may have.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn improve_chunk(
    level: &Level,
    sites: &Sites,
    matches: &Matches,
    pass: &Pass<'_>,
    first: usize,
    sources: &mut [u32],
    distances: &mut [u32],
) {
    for (k, (source, distance)) in sources.iter_mut().zip(distances).enumerate() {
        (*source, *distance) = improve_one(level, sites, matches, pass, first + k);
    }
}

struct Best {
    source: u32,
    distance: u32,
    cost: f32,
}

#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `improve_chunk`")]
#[inline(always)]
fn improve_one(level: &Level, sites: &Sites, matches: &Matches, pass: &Pass<'_>, index: usize) -> (u32, u32) {
    let width = level.size.width as i32;
    let target = sites.targets[index] as i32;
    let (tx, ty) = (target % width, target / width);
    let mut best = Best { source: matches.source[index], distance: u32::MAX, cost: f32::MAX };
    let neighbours = neighbour_offsets(sites, matches, width, (tx, ty));
    let mut consider = |sx: i32, sy: i32| {
        if sx < 0 || sy < 0 || sx >= width || sy >= level.size.height as i32 {
            return;
        }
        let source = (sy * width + sx) as usize;
        if !sites.is_source[source] || (source as u32 == best.source && best.cost < f32::MAX) {
            return;
        }
        let offset = (sx - tx, sy - ty);
        let is_coherent = neighbours.contains(&Some(offset));
        let factor = if is_coherent { 1.0 } else { 1.0 + pass.coherence } * pass.variation.factor(sx, sy);
        let away = ((offset.0 * offset.0 + offset.1 * offset.1) as f32) / (width * width) as f32;
        let side = (2 * sites.radius + 1) as f32;
        let guided = pass.guide.map_or(0.0, |guide| guide.cost(width as usize, sites.radius, target as usize, source));
        let extra = pass.far_cost * side * side * away + guided;
        if extra * factor >= best.cost {
            return;
        }
        let limit = (best.cost / factor - extra).clamp(0.0, 4e9) as u32;
        let distance = patch_distance(&level.bytes, width as usize, sites.radius, target as usize, source, limit);
        let cost = (distance as f32 + extra) * factor;
        if cost < best.cost {
            best = Best { source: source as u32, distance, cost };
        }
    };
    let current = matches.source[index] as i32;
    let (cx, cy) = (current % width, current / width);
    consider(cx, cy);
    for (dx, dy) in neighbours.iter().flatten() {
        consider(tx + dx, ty + dy);
    }
    for &step in pass.reach {
        for (nx, ny) in [(-step, 0), (step, 0), (0, -step), (0, step)] {
            if let Some((dx, dy)) = offset_at(sites, matches, width, (tx + nx, ty + ny)) {
                consider(tx + dx, ty + dy);
            }
        }
    }
    if pass.is_jittered {
        for (jx, jy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
            consider(cx + jx, cy + jy);
        }
    }
    for (dx, dy) in pass.offsets {
        consider(tx + dx, ty + dy);
    }
    if let Some(tree) = pass.tree {
        let wanted = descriptor(level, sites.radius, pass.basis, target as usize);
        tree.near(&wanted, pass.leaves, |_, pixel| consider(pixel as i32 % width, pixel as i32 / width));
    }
    (best.source, best.distance)
}

/// The offsets from target to source of the eight neighbours.
fn neighbour_offsets(sites: &Sites, matches: &Matches, width: i32, (x, y): (i32, i32)) -> [Option<(i32, i32)>; 8] {
    const AROUND: [(i32, i32); 8] = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)];
    let mut out = [None; 8];
    for (slot, (dx, dy)) in out.iter_mut().zip(AROUND) {
        *slot = offset_at(sites, matches, width, (x + dx, y + dy));
    }
    for at in 1..8 {
        if out[..at].contains(&out[at]) {
            out[at] = None;
        }
    }
    out
}

fn offset_at(sites: &Sites, matches: &Matches, width: i32, (x, y): (i32, i32)) -> Option<(i32, i32)> {
    if x < 0 || x >= width || y < 0 {
        return None;
    }
    let &index = sites.target_at.get((y * width + x) as usize)?;
    if index == NO_TARGET {
        return None;
    }
    let source = matches.source[index as usize] as i32;
    Some((source % width - x, source / width - y))
}

/// Describes every source patch and builds the tree over them, `step` pixels apart.
pub(crate) fn source_tree(level: &Level, sites: &Sites, step: usize) -> KdTree {
    let chosen: Vec<u32> = sites.sources.iter().copied().step_by(step.max(1)).collect();
    let basis = basis(sites.radius);
    KdTree::new(chosen.par_iter().map(|&at| (descriptor(level, sites.radius, &basis, at as usize), at)).collect())
}

/// The first two cosine waves over a patch's side.
pub(crate) type Basis = [[f32; 16]; 2];

/// The waves for patches of `radius`, at most 7.
pub(crate) fn basis(radius: usize) -> Basis {
    let side = (2 * radius + 1) as f32;
    let wave = |order: f32, i: usize| SQRT_2 * (PI * order * (i as f32 + 0.5) / side).cos();
    [std::array::from_fn(|i| wave(1.0, i)), std::array::from_fn(|i| wave(2.0, i))]
}

/// Low frequencies of the patch around pixel `at`: six cosine coefficients of luminance, and the means of both
/// colour differences and of the texture energy. Orthonormal, so distances compare with patch distances.
pub(crate) fn descriptor(level: &Level, radius: usize, basis: &Basis, at: usize) -> Descriptor {
    let width = level.size.width as usize;
    let side = 2 * radius + 1;
    let mut out = [0.0; DIMS];
    let scale = 1.0 / side as f32;
    for row in 0..side {
        let start = at + row * width - radius * (width + 1);
        let mut sums = [0.0f32; 6];
        for (column, &[r, g, b, t]) in level.bytes[start..start + side].iter().enumerate() {
            let (r, g, b, t) = (f32::from(r), f32::from(g), f32::from(b), f32::from(t));
            let luma = 0.577 * (r + g + b);
            sums[0] += luma;
            sums[1] += luma * basis[0][column];
            sums[2] += luma * basis[1][column];
            sums[3] += 0.707 * (r - b);
            sums[4] += 0.408 * (2.0 * g - r - b);
            sums[5] += t;
        }
        let (first, second) = (basis[0][row], basis[1][row]);
        out[0] += sums[0];
        out[1] += sums[1];
        out[2] += sums[2];
        out[3] += sums[0] * first;
        out[4] += sums[0] * second;
        out[5] += sums[1] * first;
        out[6] += sums[3];
        out[7] += sums[4];
        out[8] += sums[5];
        out[9] += sums[2] * second;
    }
    for value in &mut out {
        *value *= scale;
    }
    out
}
