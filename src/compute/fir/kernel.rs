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
                filter_rows(self, at, 0, out, &mut scratch);
            }
        } else if plane <= 2 * WORTH_A_TASK {
            let many = (WORTH_A_TASK / plane).max(1);
            out.par_chunks_mut(plane * many).enumerate().for_each_init(
                || self.scratch(),
                |scratch, (task, out)| {
                    for (at, out) in out.chunks_mut(plane).enumerate() {
                        filter_rows(self, task * many + at, 0, out, scratch);
                    }
                },
            );
        } else {
            let many = WORTH_A_TASK.div_ceil(ow);
            out.par_chunks_mut(plane).enumerate().for_each(|(at, out)| {
                out.par_chunks_mut(many * ow).enumerate().for_each_init(
                    || self.scratch(),
                    |scratch, (block, out)| filter_rows(self, at, block * many, out, scratch),
                );
            });
        }
        out
    }

    fn scratch(&self) -> Scratch<T> {
        let (up, down) = (self.columns.phases.len(), self.columns.down);
        let (first, last) = self.columns.span();
        let per_phase = self.out_size.1.div_ceil(up);
        let len = (last - first) as usize / down + per_phase;
        let thinned = |q: usize| {
            // values[t] is x[begin + down t]; what lies outside of x stays zero.
            let (begin, step) = (first + q as isize, down as isize);
            let inside =
                |end: usize| (end as isize - begin + step - 1).div_euclid(step).clamp(0, len as isize) as usize;
            let (from, to) = (inside(0), inside(self.size.1));
            let start = (begin + step * from as isize).max(0) as usize;
            Thinned { values: vec![T::zero(); len], from, to, start }
        };
        let tap = |(offset, weight): &(isize, T)| {
            let at = (offset - first) as usize;
            Tap { list: at % down, at: at / down, weight: *weight }
        };
        Scratch {
            column_sums: vec![T::zero(); if down == 1 { 0 } else { self.size.1 }],
            thinned: (0..down).map(thinned).collect(),
            taps: self.columns.phases.iter().map(|phase| phase.iter().map(tap).collect()).collect(),
            phases: vec![vec![T::zero(); per_phase]; if up == 1 { 0 } else { up }],
        }
    }
}

/// What one thread needs beside the result.
struct Scratch<T> {
    /// One row, filtered down the columns; empty where nothing is thinned out.
    column_sums: Vec<T>,
    /// The same row with zeros around it, every `down`th value in a list of its own.
    thinned: Vec<Thinned<T>>,
    /// The taps along the row, for each phase.
    taps: Vec<Vec<Tap<T>>>,
    /// The result's phases before they are interleaved.
    phases: Vec<Vec<T>>,
}

/// Values `from..to` of the list come from the row, beginning at `start`; the others are zero.
struct Thinned<T> {
    values: Vec<T>,
    from: usize,
    to: usize,
    start: usize,
}

/// A tap along the row: which list it reads, from where on.
struct Tap<T> {
    list: usize,
    at: usize,
    weight: T,
}

/// The result's rows from `first` on, as many as `out` holds.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn filter_rows<T: Element>(job: &Job<'_, T>, plane: usize, first: usize, out: &mut [T], scratch: &mut Scratch<T>) {
    let (h, w) = job.size;
    let xs = &job.xs[plane * h * w..][..h * w];
    for (at, row) in out.chunks_mut(job.out_size.1).enumerate() {
        down_the_columns(&job.rows, xs, w, first + at, scratch);
        along_the_row(row, scratch);
    }
}

/// Row `y` of the result before it is filtered along the row, into `scratch.thinned`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `filter_rows`")]
fn down_the_columns<T: Element>(rows: &Axis<T>, xs: &[T], width: usize, y: usize, scratch: &mut Scratch<T>) {
    let (up, h) = (rows.phases.len(), (xs.len() / width) as isize);
    let sources = |from: usize, len: usize| {
        rows.phases[y % up].iter().filter_map(move |(offset, weight)| {
            let source = (y / up * rows.down) as isize + offset;
            (0..h).contains(&source).then(|| (*weight, &xs[source as usize * width + from..][..len]))
        })
    };
    let down = scratch.thinned.len();
    if down > 1 {
        weighted_sum(&mut scratch.column_sums, sources(0, width));
    }
    for Thinned { values, from, to, start } in scratch.thinned.iter_mut().filter(|list| list.from < list.to) {
        let values = &mut values[*from..*to];
        match down {
            1 => {
                let len = values.len();
                weighted_sum(values, sources(*start, len));
            }
            _ => take_every(values, &scratch.column_sums[*start..], down),
        }
    }
}

/// Filters `scratch.thinned` along the row into `out`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `filter_rows`")]
fn along_the_row<T: Element>(out: &mut [T], scratch: &mut Scratch<T>) {
    let Scratch { thinned, taps, phases, .. } = scratch;
    let (up, wide, thinned) = (taps.len(), out.len(), &*thinned);
    let term = |tap: &Tap<T>, len: usize| (tap.weight, &thinned[tap.list].values[tap.at..][..len]);
    match taps.as_slice() {
        [taps] => weighted_sum(out, taps.iter().map(|tap| term(tap, wide))),
        [even, odd] if even.len() == 2 && odd.len() == 2 && wide.is_multiple_of(2) => {
            let taps = [&even[0], &even[1], &odd[0], &odd[1]].map(|tap| term(tap, wide / 2));
            double_row(out.as_chunks_mut::<2>().0, taps);
        }
        _ => {
            for (r, (sums, taps)) in phases.iter_mut().zip(&*taps).enumerate() {
                let len = (wide + up - 1 - r) / up;
                weighted_sum(&mut sums[..len], taps.iter().map(|tap| term(tap, len)));
            }
            interleave(out, phases);
        }
    }
}

/// The common case of twice as large with four taps: two for each of both phases.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `filter_rows`")]
fn double_row<T: Element>(out: &mut [[T; 2]], [(a, xs), (b, zs), (c, us), (d, vs)]: [(T, &[T]); 4]) {
    let n = out.len();
    let (xs, zs, us, vs) = (&xs[..n], &zs[..n], &us[..n], &vs[..n]);
    for (t, pair) in out.iter_mut().enumerate() {
        *pair = [a * xs[t] + b * zs[t], c * us[t] + d * vs[t]];
    }
}

/// Sums `weight * row` over the terms into `out`, four terms at a time.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `filter_rows`")]
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

#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `filter_rows`")]
fn sum_group<T: Element>(out: &mut [T], group: &[(T, &[T])], is_begun: bool) {
    let n = out.len();
    if is_begun {
        // Only filters of more than four taps in a phase come here.
        for (weight, xs) in group {
            for (y, x) in out.iter_mut().zip(&xs[..n]) {
                *y += *weight * *x;
            }
        }
        return;
    }
    match *group {
        [] => out.fill(T::zero()),
        [(a, xs)] => {
            for (y, x) in out.iter_mut().zip(&xs[..n]) {
                *y = a * *x;
            }
        }
        [(a, xs), (b, zs)] => {
            for ((y, x), z) in out.iter_mut().zip(&xs[..n]).zip(&zs[..n]) {
                *y = a * *x + b * *z;
            }
        }
        [(a, xs), (b, zs), (c, us)] => {
            for (((y, x), z), u) in out.iter_mut().zip(&xs[..n]).zip(&zs[..n]).zip(&us[..n]) {
                *y = a * *x + b * *z + c * *u;
            }
        }
        [(a, xs), (b, zs), (c, us), (d, vs), ..] => {
            for ((((y, x), z), u), v) in out.iter_mut().zip(&xs[..n]).zip(&zs[..n]).zip(&us[..n]).zip(&vs[..n]) {
                *y = (a * *x + b * *z) + (c * *u + d * *v);
            }
        }
    }
}

/// `out[t] = source[step t]`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `filter_rows`")]
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
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `filter_rows`")]
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
