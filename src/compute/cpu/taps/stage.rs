//! The part of the input that a job needs: padded, and taken apart into phase planes.

use pulp::Simd;

use super::super::lanes::copy;
use super::plan::{Plan, Tap};

/// A run of grid rows of one image inside a job.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) image: usize,
    /// Grid rows.
    pub(super) top: usize,
    pub(super) rows: usize,
}

/// Where staged values lie: `[part][channel][plane][row][pitch]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Grid columns of a job.
    pub(super) columns: usize,
    /// Rows of a staged plane.
    pub(super) plane_rows: usize,
    /// Floats in a staged row.
    pub(super) pitch: usize,
    /// Channels in a block.
    pub(super) channels: usize,
    /// Planes of one channel.
    pub(super) planes: usize,
}

impl Layout {
    #[inline(always)]
    pub(super) const fn plane(&self) -> usize {
        self.plane_rows * self.pitch
    }

    #[inline(always)]
    pub(super) const fn channel(&self) -> usize {
        self.planes * self.plane()
    }

    /// From a pixel's place in plane 0 of channel 0 to the value that a tap reads for it.
    #[inline(always)]
    pub(super) const fn offset(&self, channel: usize, tap: &Tap) -> usize {
        channel * self.channel() + tap.plane * self.plane() + tap.dy * self.pitch + tap.dx
    }

    #[inline(always)]
    pub(super) const fn part(&self) -> usize {
        self.channels * self.channel()
    }
}

/// Stages some input channels for one part, from grid column `left` on.
#[inline(always)]
pub(super) fn stage<S: Simd>(
    simd: S,
    plan: &Plan,
    layout: &Layout,
    part: &Part,
    left: usize,
    columns: usize,
    input: &[f32],
    channels: std::ops::Range<usize>,
    staged: &mut [f32],
) {
    let (h, w) = plan.input;
    let (s, across) = (plan.in_step, plan.planes.1);
    let rows = part.rows + plan.reach.0;
    let columns = columns + plan.reach.1;
    let left = (left * s) as isize + plan.origin.1;
    for (channel, source) in channels.enumerate() {
        let image = &input[(part.image * plan.c_in + source) * h * w..][..h * w];
        for plane in 0..layout.planes {
            let to = channel * layout.channel() + plane * layout.plane();
            for row in 0..rows {
                let y = ((part.top + row) * s + plane / across) as isize + plan.origin.0;
                let line = &mut staged[to + row * layout.pitch..][..columns];
                if y < 0 || y >= h as isize {
                    line.fill(0.0);
                } else {
                    copy_row(simd, &image[y as usize * w..][..w], left + (plane % across) as isize, s, line);
                }
            }
        }
    }
}

/// `line[v] = row[left + v * step]`, 0 outside of the row.
#[inline(always)]
fn copy_row<S: Simd>(simd: S, row: &[f32], left: isize, step: usize, line: &mut [f32]) {
    let before = if left < 0 { ((-left) as usize).div_ceil(step).min(line.len()) } else { 0 };
    let start = (left + (before * step) as isize) as usize;
    let inside = row.len().saturating_sub(start).div_ceil(step).min(line.len() - before);
    line[..before].fill(0.0);
    line[before + inside..].fill(0.0);
    copy(simd, &row[start.min(row.len())..], step, inside, &mut line[before..before + inside]);
}
