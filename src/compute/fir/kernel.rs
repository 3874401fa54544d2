//! The filter's arithmetic: polyphase components, first down the columns, then along the row, one output row at a time.

use rayon::prelude::*;

use super::super::element::Element;

/// A resampling filter along one direction: result `m = up t + r` is the sum of `weight x[down t + offset]` over the taps
/// of phase `r`.
#[derive(Debug)]
pub(super) struct Axis<T> {
    down: usize,
    phases: Vec<Vec<(isize, T)>>,
}

impl<T: Element> Axis<T> {
    pub(super) fn new(correlation: &[f64], up: usize, down: usize, pad_before: isize) -> Self {
        let phase = |r: usize| {
            let meets = |(j, tap): (usize, &f64)| {
                let at = (r * down + j) as isize - pad_before;
                (at.rem_euclid(up as isize) == 0).then(|| (at.div_euclid(up as isize), T::from_f64(*tap)))
            };
            correlation.iter().enumerate().filter_map(meets).collect()
        };
        Self { down, phases: (0..up).map(phase).collect() }
    }

    /// The smallest and the largest offset of any tap.
    fn span(&self) -> (isize, isize) {
        let offsets = || self.phases.iter().flatten().map(|(offset, _)| *offset);
        (offsets().min().unwrap_or(0), offsets().max().unwrap_or(0))
    }
}

/// One call: all planes of `xs`.
#[derive(Debug)]
pub(super) struct Job<'a, T> {
    pub(super) xs: &'a [T],
    pub(super) size: (usize, usize),
    pub(super) rows: Axis<T>,
    pub(super) columns: Axis<T>,
    pub(super) out_size: (usize, usize),
}

/// Results that one task should write at least.
const WORTH_A_TASK: usize = 16 * 1024;

impl<T: Element> Job<'_, T> {
    pub(super) fn run(&self, planes: usize) -> Vec<T> {
        let (oh, ow) = self.out_size;
        let plane = oh * ow;
        let mut out = vec![T::zero(); planes * plane];
        if out.len() <= WORTH_A_TASK {
            let mut scratch = self.scratch();
            for (at, out) in out.chunks_mut(plane).enumerate() {
                self.rows_of(at, 0, out, &mut scratch);
            }
        } else if plane <= 2 * WORTH_A_TASK {
            let many = (WORTH_A_TASK / plane).max(1);
            out.par_chunks_mut(plane * many).enumerate().for_each_init(
                || self.scratch(),
                |scratch, (task, out)| {
                    for (at, out) in out.chunks_mut(plane).enumerate() {
                        self.rows_of(task * many + at, 0, out, scratch);
                    }
                },
            );
        } else {
            let many = WORTH_A_TASK.div_ceil(ow);
            out.par_chunks_mut(plane).enumerate().for_each(|(at, out)| {
                out.par_chunks_mut(many * ow).enumerate().for_each_init(
                    || self.scratch(),
                    |scratch, (block, out)| self.rows_of(at, block * many, out, scratch),
                );
            });
        }
        out
    }

    /// The result's rows from `first` on, as many as `out` holds.
    fn rows_of(&self, plane: usize, first: usize, out: &mut [T], scratch: &mut Scratch<T>) {
        let (h, w) = self.size;
        let xs = &self.xs[plane * h * w..][..h * w];
        let up = self.rows.phases.len();
        for (at, row) in out.chunks_mut(self.out_size.1).enumerate() {
            let y = first + at;
            let terms = self.rows.phases[y % up].iter().filter_map(|(offset, weight)| {
                let source = (y / up * self.rows.down) as isize + offset;
                (0..h as isize).contains(&source).then(|| (*weight, &xs[source as usize * w..][..w]))
            });
            weighted_sum(&mut scratch.column_sums, terms);
            self.along(row, scratch);
        }
    }

    fn scratch(&self) -> Scratch<T> {
        let up = self.columns.phases.len();
        let (first, last) = self.columns.span();
        let per_phase = self.out_size.1.div_ceil(up);
        let thinned = (last - first) as usize / self.columns.down + per_phase;
        Scratch {
            column_sums: vec![T::zero(); self.size.1],
            thinned: vec![vec![T::zero(); thinned]; self.columns.down],
            phases: vec![vec![T::zero(); per_phase]; if up == 1 { 0 } else { up }],
            first,
        }
    }

    /// Filters `scratch.column_sums` along the row into `out`.
    fn along(&self, out: &mut [T], scratch: &mut Scratch<T>) {
        scratch.thin_out();
        let Scratch { thinned, phases, first, .. } = scratch;
        let (up, down) = (self.columns.phases.len(), self.columns.down);
        let terms = |r: usize, len: usize| {
            self.columns.phases[r].iter().map({
                let (thinned, first) = (&*thinned, *first);
                move |(offset, weight)| {
                    let at = (offset - first) as usize;
                    (*weight, &thinned[at % down][at / down..][..len])
                }
            })
        };
        if up == 1 {
            weighted_sum(out, terms(0, out.len()));
            return;
        }
        for (r, sums) in phases.iter_mut().enumerate() {
            let len = (out.len() + up - 1 - r) / up;
            weighted_sum(&mut sums[..len], terms(r, len));
        }
        interleave(out, phases);
    }
}

/// What one thread needs beside the result.
struct Scratch<T> {
    /// One row, filtered down the columns.
    column_sums: Vec<T>,
    /// The same row with zeros around it, every `down`th value in a list of its own; begins at offset `first`.
    thinned: Vec<Vec<T>>,
    /// The result's phases before they are interleaved.
    phases: Vec<Vec<T>>,
    first: isize,
}

impl<T: Element> Scratch<T> {
    fn thin_out(&mut self) {
        let down = self.thinned.len() as isize;
        let width = self.column_sums.len() as isize;
        for (q, list) in self.thinned.iter_mut().enumerate() {
            // list[t] is x[begin + down t]; what lies outside of x stays zero.
            let begin = self.first + q as isize;
            let len = list.len() as isize;
            let inside = |end: isize| ((end - begin + down - 1).div_euclid(down)).clamp(0, len);
            let (from, to) = (inside(0), inside(width));
            if from < to {
                let source = &self.column_sums[(begin + down * from) as usize..];
                take_every(&mut list[from as usize..to as usize], source, down as usize);
            }
        }
    }
}

/// Sums `weight * row` over the terms into `out`, four terms at a time.
fn weighted_sum<'a, T: Element>(out: &mut [T], terms: impl Iterator<Item = (T, &'a [T])>) {
    let mut group: [(T, &[T]); 4] = [(T::zero(), &[]); 4];
    let (mut filled, mut is_begun) = (0, false);
    for term in terms {
        if filled == group.len() {
            sum_group(out, &group, is_begun);
            (filled, is_begun) = (0, true);
        }
        group[filled] = term;
        filled += 1;
    }
    if filled > 0 || !is_begun {
        sum_group(out, &group[..filled], is_begun);
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn sum_group<T: Element>(out: &mut [T], group: &[(T, &[T])], is_begun: bool) {
    let n = out.len();
    if !is_begun {
        out.fill(T::zero());
    }
    match group {
        [] => {}
        [(a, xs)] => {
            for (y, x) in out.iter_mut().zip(&xs[..n]) {
                *y += *a * *x;
            }
        }
        [(a, xs), (b, zs)] => {
            for ((y, x), z) in out.iter_mut().zip(&xs[..n]).zip(&zs[..n]) {
                *y += *a * *x + *b * *z;
            }
        }
        [(a, xs), (b, zs), (c, us), rest @ ..] => {
            let (d, vs) = rest.first().copied().unwrap_or_else(|| (T::zero(), *xs));
            for ((((y, x), z), u), v) in out.iter_mut().zip(&xs[..n]).zip(&zs[..n]).zip(&us[..n]).zip(&vs[..n]) {
                *y += (*a * *x + *b * *z) + (*c * *u + d * *v);
            }
        }
    }
}

/// `out[t] = source[step t]`.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn take_every<T: Element>(out: &mut [T], source: &[T], step: usize) {
    match step {
        1 => out.copy_from_slice(&source[..out.len()]),
        2 => {
            let (pairs, rest) = source.as_chunks::<2>();
            let (body, last) = out.split_at_mut(out.len().min(pairs.len()));
            body.iter_mut().zip(pairs).for_each(|(y, pair)| *y = pair[0]);
            last.iter_mut().zip(rest).for_each(|(y, x)| *y = *x);
        }
        _ => out.iter_mut().zip(source.iter().step_by(step)).for_each(|(y, x)| *y = *x),
    }
}

/// `out[up t + r] = phases[r][t]`.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn interleave<T: Element>(out: &mut [T], phases: &[Vec<T>]) {
    if let [even, odd] = phases {
        let (pairs, last) = out.as_chunks_mut::<2>();
        for ((pair, a), b) in pairs.iter_mut().zip(even).zip(odd) {
            *pair = [*a, *b];
        }
        if let [y] = last {
            *y = even[pairs.len()];
        }
        return;
    }
    for (r, phase) in phases.iter().enumerate() {
        out.iter_mut().skip(r).step_by(phases.len()).zip(phase).for_each(|(y, x)| *y = *x);
    }
}
