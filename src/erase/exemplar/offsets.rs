//! The offsets at which the known part of a picture repeats itself.
//!
//! Source: He and Sun, "Statistics of Patch Offsets for Image Completion", ECCV 2012, section 2: match known patches
//! with known patches that are not too near, and take the peaks of the histogram of their offsets. Rows of windows,
//! planks, stripes and knitting have few, sharp peaks, along which structures continue into the hole.

use rayon::prelude::*;

use super::kd_tree::KdTree;
use super::level::{Level, Sites};
use super::metric::patch_distance;
use super::search::{Basis, descriptor};

/// At most this many known patches are matched.
const SAMPLES: usize = 3000;

/// Leaves visited for each.
const LEAVES: usize = 6;

/// The up to `count` most frequent offsets of similar known patches at least `least` pixels apart, in pixels of the
/// level, most frequent first.
pub(crate) fn dominant(
    level: &Level,
    sites: &Sites,
    tree: &KdTree,
    basis: &Basis,
    least: i32,
    count: usize,
) -> Vec<(i32, i32)> {
    let (width, height) = (level.size.width as i32, level.size.height as i32);
    let step = (sites.sources.len() / SAMPLES).max(1);
    let sample: Vec<u32> = sites.sources.iter().copied().step_by(step).collect();
    let found: Vec<(i32, i32)> = sample
        .par_iter()
        .filter_map(|&at| {
            let wanted = descriptor(level, sites.radius, basis, at as usize);
            let (mut best, mut offset) = (u32::MAX, None);
            tree.near(&wanted, LEAVES, |_, other| {
                let (dx, dy) = (other as i32 % width - at as i32 % width, other as i32 / width - at as i32 / width);
                if dx * dx + dy * dy < least * least {
                    return;
                }
                let (a, b) = (at as usize, other as usize);
                let distance = patch_distance(&level.bytes, width as usize, sites.radius, a, b, best);
                if distance < best {
                    (best, offset) = (distance, Some((dx, dy)));
                }
            });
            offset
        })
        .collect();
    peaks(&found, width, height, count)
}

/// The highest bins of the offsets' histogram, smoothed over 3 x 3 bins; no two peaks touch.
fn peaks(offsets: &[(i32, i32)], width: i32, height: i32, count: usize) -> Vec<(i32, i32)> {
    let (columns, rows) = (2 * width + 3, 2 * height + 3);
    let bin = |(dx, dy): (i32, i32)| ((dy + height + 1) * columns + dx + width + 1) as usize;
    let mut votes = vec![0u32; (columns * rows) as usize];
    for &(dx, dy) in offsets {
        for (nx, ny) in (-1..=1).flat_map(|ny| (-1..=1).map(move |nx| (nx, ny))) {
            votes[bin((dx + nx, dy + ny))] += if (nx, ny) == (0, 0) { 4 } else { 1 };
        }
    }
    let mut order: Vec<(i32, i32)> = offsets.to_vec();
    order.sort_unstable_by_key(|&offset| (std::cmp::Reverse(votes[bin(offset)]), offset));
    order.dedup();
    let mut chosen: Vec<(i32, i32)> = Vec::new();
    for (dx, dy) in order {
        if chosen.len() >= count {
            break;
        }
        if chosen.iter().all(|&(cx, cy)| (cx - dx).abs() > 1 || (cy - dy).abs() > 1) {
            chosen.push((dx, dy));
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::erase::exemplar::search::{basis, source_tree};
    use crate::imaging::{Plane, Size};

    #[test]
    fn stripes_repeat_at_their_period() {
        let size = Size::new(96, 64);
        let value = |x: u32, y: u32| [(x % 12) as f32 * 20.0, (y * 3) as f32, 0.0];
        let colors: Vec<_> = (0..64).flat_map(|y| (0..96).map(move |x| value(x, y))).collect();
        let level = Level::finest(size, &colors, &Plane::filled(size, false), &Plane::filled(size, true));
        let sites = level.sites(2);
        let tree = source_tree(&level, &sites, 1);
        let found = dominant(&level, &sites, &tree, &basis(2), 6, 4);
        assert!(found.iter().take(2).all(|&(dx, dy)| dx % 12 == 0 && dy.abs() <= 1), "periods of 12: {found:?}");
    }
}
