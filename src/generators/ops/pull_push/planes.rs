//! The same in one go over the planes of a picture, on the CPU and outside of every gradient graph.

use candle_core::{CpuStorage, CustomOp2, Error, Layout, Result, Shape};
use rayon::prelude::*;

use super::NOTHING;
use crate::compute::element::values;

/// Planes of so many pixels are worth a thread each.
const SHARED: usize = 64 * 64;

/// `values` `[n, c, h, w]` and `weight` `[n, 1, h, w]` to `[n, c + 1, h, w]`: what is spread, and a plane of marks.
#[derive(Debug)]
pub(super) struct PullPush {
    /// The mark of what has some weight, and that of a weight of 1; the larger one stands.
    pub(super) marks: [f32; 2],
}

impl CustomOp2 for PullPush {
    fn name(&self) -> &'static str {
        "pull_push"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let (all, weights) = (values::<f32>("pull_push", s1, l1)?, values::<f32>("pull_push", s2, l2)?);
        let &[n, c, h, w] = l1.dims() else {
            return Err(Error::Msg(format!("pull_push of {:?}: four dimensions are needed", l1.dims())));
        };
        if l2.dims() != [n, 1, h, w] || n * c * h * w == 0 {
            return Err(Error::Msg(format!("pull_push of {:?} with a weight of {:?}", l1.dims(), l2.dims())));
        }
        let area = h * w;
        let mut out = vec![0.0; n * (c + 1) * area];
        let pictures = all.par_chunks(c * area).zip(weights.par_chunks(area));
        out.par_chunks_mut((c + 1) * area).zip(pictures).for_each(|(out, (values, weight))| {
            spread(out, Level::finest(values, weight, (h, w)));
            if let Some(marks) = out.chunks_mut(area).last() {
                let mark =
                    |(mark, weight): (&mut f32, &f32)| *mark = (*mark * self.marks[0]).max(weight * self.marks[1]);
                marks.iter_mut().zip(weight).for_each(mark);
            }
        });
        Ok((CpuStorage::F32(out), Shape::from((n, c + 1, h, w))))
    }
}

/// One picture at one size: its planes times their weight, and the weight last.
struct Level {
    planes: Vec<Vec<f32>>,
    size: (usize, usize),
}

impl Level {
    fn finest(values: &[f32], weight: &[f32], size: (usize, usize)) -> Self {
        let weighted = |plane: &[f32]| plane.iter().zip(weight).map(|(value, weight)| value * weight).collect();
        let planes = values.chunks(weight.len()).map(weighted);
        Self { planes: planes.chain([weight.to_vec()]).collect(), size }
    }

    fn weight(&self) -> &[f32] {
        self.planes.last().map_or(&[], Vec::as_slice)
    }

    /// Sums over squares of 2 x 2, with weights up to 1.
    fn pulled(&self) -> Self {
        let (h, w) = (self.size.0 / 2, self.size.1 / 2);
        let mut planes: Vec<Vec<f32>> = if h * w < SHARED {
            self.planes.iter().map(|plane| pull(plane, 2 * w)).collect()
        } else {
            self.planes.par_iter().map(|plane| pull(plane, 2 * w)).collect()
        };
        if let Some((weight, values)) = planes.split_last_mut() {
            let factor: Vec<f32> = weight.iter().map(|sum| sum.min(1.0) / sum.max(NOTHING as f32)).collect();
            for plane in values {
                plane.iter_mut().zip(&factor).for_each(|(value, by)| *value *= by);
            }
            for sum in weight {
                *sum = sum.min(1.0);
            }
        }
        Self { planes, size: (h, w) }
    }

    /// Fills the gaps with the mean.
    fn fill_with_mean(&mut self) {
        let mean = |plane: &[f32]| plane.iter().sum::<f32>() / plane.len() as f32;
        let whole = mean(self.weight());
        let factor = if whole >= NOTHING as f32 { whole.recip() } else { 0.0 };
        let gaps = self.gaps();
        for plane in &mut self.planes {
            let by = mean(plane) * factor;
            plane.iter_mut().zip(&gaps).for_each(|(value, gap)| *value += gap * by);
        }
    }

    /// Fills the gaps from the next larger squares.
    fn push(&mut self, wide: &Self) {
        let (gaps, width) = (self.gaps(), self.size.1);
        if gaps.len() < SHARED {
            self.planes.iter_mut().zip(&wide.planes).for_each(|(plane, wide)| push(plane, wide, &gaps, width));
        } else {
            self.planes.par_iter_mut().zip(&wide.planes).for_each(|(plane, wide)| push(plane, wide, &gaps, width));
        }
    }

    fn gaps(&self) -> Vec<f32> {
        self.weight().iter().map(|weight| 1.0 - weight).collect()
    }
}

fn spread(out: &mut [f32], finest: Level) {
    let mut levels = vec![finest];
    while let Some(last) = levels.last().filter(|last| last.size.0 % 2 == 0 && last.size.1 % 2 == 0) {
        let pulled = last.pulled();
        levels.push(pulled);
    }
    let Some(mut filled) = levels.pop() else { return };
    filled.fill_with_mean();
    while let Some(mut finer) = levels.pop() {
        finer.push(&filled);
        filled = finer;
    }
    let is_any = |weight: f32| if weight >= NOTHING as f32 { 1.0 } else { 0.0 };
    let share: Vec<f32> = filled.weight().iter().map(|&weight| is_any(weight) / weight.max(NOTHING as f32)).collect();
    for (out, plane) in out.chunks_mut(share.len()).zip(&filled.planes) {
        out.iter_mut().zip(plane).zip(&share).for_each(|((out, value), share)| *out = value * share);
    }
    if let Some(last) = out.chunks_mut(share.len()).last() {
        last.iter_mut().zip(filled.weight()).for_each(|(out, &weight)| *out = is_any(weight));
    }
}

/// Sums over squares of 2 x 2.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn pull(plane: &[f32], width: usize) -> Vec<f32> {
    let mut sums = Vec::with_capacity(plane.len() / 4);
    for rows in plane.chunks_exact(2 * width) {
        let (above, below) = rows.split_at(width);
        let pairs = above.as_chunks::<2>().0.iter().zip(below.as_chunks::<2>().0);
        sums.extend(pairs.map(|(above, below)| above[0] + above[1] + below[0] + below[1]));
    }
    sums
}

/// Adds `wide`, half as large, to `plane` by the share of `gaps`: enlarged with the taps 1, 3, 3, 1, zeros around it.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn push(plane: &mut [f32], wide: &[f32], gaps: &[f32], width: usize) {
    let half = width / 2;
    let nothing = vec![0.0; half];
    // With a zero at either end.
    let mut blend = vec![0.0; half + 2];
    for (y, (row, gaps)) in plane.chunks_exact_mut(width).zip(gaps.chunks_exact(width)).enumerate() {
        let at = |row: Option<usize>| row.and_then(|row| wide.get(row * half..(row + 1) * half)).unwrap_or(&nothing);
        let far = at(if y % 2 == 0 { (y / 2).checked_sub(1) } else { Some(y / 2 + 1) });
        let near = at(Some(y / 2));
        blend[1..=half].iter_mut().zip(near).zip(far).for_each(|((sum, near), far)| *sum = 0.75 * near + 0.25 * far);
        let pairs = row.as_chunks_mut::<2>().0.iter_mut().zip(gaps.as_chunks::<2>().0);
        for ((values, gaps), taps) in pairs.zip(blend.windows(3)) {
            values[0] += gaps[0] * (0.25 * taps[0] + 0.75 * taps[1]);
            values[1] += gaps[1] * (0.75 * taps[1] + 0.25 * taps[2]);
        }
    }
}
