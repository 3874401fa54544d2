//! One job: a rectangle of grid pixels for a range of output channels.

use pulp::{Simd, WithSimd};

use super::super::finish::{Check, Finish};
use super::super::lanes::{PANEL, ROWS};
use super::super::micro::Panel;
use super::super::pool::Shared;
use super::plan::{Phase, Plan};
use super::split::{Range, Split};
use super::stage::{Layout, stage};
use super::thin::{Row, THIN};
use super::weights::Packed;

/// A job and all that it reads.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) plan: &'a Plan,
    pub(super) split: &'a Split,
    pub(super) input: &'a [f32],
    pub(super) packed: &'a Packed,
    pub(super) finish: &'a Finish<'a>,
    pub(super) out: &'a Shared,
    pub(super) index: usize,
}

/// A job with its scratch memory, ready for the vector instructions of this machine.
pub(super) struct Run<'a> {
    pub(super) job: Job<'a>,
    pub(super) scratch: &'a mut [f32],
}

impl WithSimd for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.job.run(simd, self.scratch);
    }
}

/// A run of neighbouring pixels of one row inside a panel.
#[derive(Debug, Clone, Copy, Default)]
struct Segment {
    /// First lane in the panel.
    lane: usize,
    /// Staged value of the first pixel in plane 0 of channel 0.
    source: usize,
    vectors: usize,
}

/// The pixels of one panel.
struct Pixels {
    segments: [Segment; PANEL * 16],
    count: usize,
}

impl Job<'_> {
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, scratch: &mut [f32]) {
        let Self { plan, split, .. } = *self;
        let range = split.range(plan, self.index);
        let (staged, rest) = scratch.split_at_mut(split.sizes[0]);
        let (panel, rest) = rest.split_at_mut(split.sizes[1]);
        let (sums, line) = rest.split_at_mut(split.sizes[2]);
        let is_thin = plan.c_out <= THIN;
        let pitch = if is_thin { range.columns.next_multiple_of(S::F32_LANES) } else { range.columns };
        let rows = range.parts.iter().map(|part| part.rows).sum::<usize>();
        let total = (rows * pitch).next_multiple_of(S::F32_LANES);
        let layout = &split.layout;
        let mut first = 0;
        while first < plan.c_in {
            let channels = layout.channels.min(plan.c_in - first);
            for (at, part) in range.parts.iter().enumerate() {
                let to = &mut staged[at * layout.part()..];
                stage(simd, plan, layout, part, range.left, range.columns, self.input, first..first + channels, to);
            }
            if is_thin {
                self.multiply_rows(simd, &range, first, channels, staged, sums, total);
            } else {
                self.multiply(simd, &range, first, channels, staged, panel, sums, total);
            }
            first += channels;
        }
        for (at, _) in plan.phases.iter().enumerate().filter(|(_, phase)| phase.taps.is_empty()) {
            // Nothing of the input reaches this phase.
            let rows = range.groups * ROWS * total;
            sums[at * rows..][..rows].fill(0.0);
        }
        self.emit(simd, &range, sums, total, pitch, line);
    }

    /// Adds one block of input channels to the sums.
    #[inline(always)]
    fn multiply<S: Simd>(
        &self,
        simd: S,
        range: &Range,
        first: usize,
        channels: usize,
        staged: &[f32],
        panel: &mut [f32],
        sums: &mut [f32],
        total: usize,
    ) {
        let vectors = total / S::F32_LANES;
        let panels = vectors.div_ceil(PANEL);
        let mut start = 0;
        for at in 0..panels {
            // Panels of nearly the same width: 2 + 2 rather than 3 + 1.
            let width = (vectors - start).div_ceil(panels - at);
            let pixels = Pixels::new::<S>(range, &self.split.layout, start * S::F32_LANES, width);
            for (index, phase) in self.plan.phases.iter().enumerate().filter(|(_, phase)| !phase.taps.is_empty()) {
                pixels.pack::<S>(phase, &self.split.layout, channels, staged, width, panel);
                let depth = channels * phase.taps.len();
                let product = Panel {
                    a: self.packed.rows(self.plan, index, first, range.first_group),
                    a_step: depth * ROWS,
                    b: panel,
                    groups: range.groups,
                    depth,
                    vectors: width,
                    c_step: total,
                    adds: first > 0,
                };
                product.run(simd, &mut sums[index * range.groups * ROWS * total + start * S::F32_LANES..]);
            }
            start += width;
        }
    }

    /// The same for few output channels: row by row, straight from the staged planes.
    #[inline(always)]
    fn multiply_rows<S: Simd>(
        &self,
        simd: S,
        range: &Range,
        first: usize,
        channels: usize,
        staged: &[f32],
        sums: &mut [f32],
        total: usize,
    ) {
        let layout = &self.split.layout;
        let vectors = range.columns.div_ceil(S::F32_LANES);
        for (index, phase) in self.plan.phases.iter().enumerate().filter(|(_, phase)| !phase.taps.is_empty()) {
            let offsets: Vec<usize> = (0..channels)
                .flat_map(|channel| phase.taps.iter().map(move |tap| layout.offset(channel, tap)))
                .collect();
            let mut lane = index * ROWS * total;
            for (at, part) in range.parts.iter().enumerate() {
                for y in 0..part.rows {
                    let row = Row {
                        a: self.packed.rows(self.plan, index, first, 0),
                        staged,
                        at: at * layout.part() + y * layout.pitch,
                        offsets: &offsets,
                        channels: self.plan.c_out,
                        vectors,
                        apart: total,
                        adds: first > 0,
                    };
                    row.run(simd, &mut sums[lane..]);
                    lane += vectors * S::F32_LANES;
                }
            }
        }
    }

    /// Finishes the sums and writes them to their places in the result.
    #[inline(always)]
    fn emit<S: Simd>(&self, simd: S, range: &Range, sums: &[f32], total: usize, pitch: usize, line: &mut [f32]) {
        let Self { plan, finish, out, .. } = *self;
        let (height, width) = plan.out;
        let step = plan.out_step;
        let channels = (range.groups * ROWS).min(plan.c_out - range.first_group * ROWS);
        let mut check = Check::new(simd);
        for row in 0..channels {
            let channel = range.first_group * ROWS + row;
            let mut lane = 0;
            for part in &range.parts {
                let plane = (part.image * plan.c_out + channel) * height * width;
                if step == 1 && range.columns == width && pitch == width {
                    let (at, len) = (plane + part.top * width, part.rows * width);
                    // SAFETY: this job alone covers these rows of this channel.
                    let to = unsafe { out.part(at, len) };
                    finish.write(simd, &mut check, &sums[row * total + lane..], channel, at, to);
                    lane += len;
                    continue;
                }
                for y in part.top..part.top + part.rows {
                    for phase_row in (0..step).filter(|phase_row| y * step + phase_row < height) {
                        let at = plane + (y * step + phase_row) * width + range.left * step;
                        let len = (range.columns * step).min(width - range.left * step);
                        let rows = range.groups * ROWS * total;
                        let sums = &sums[phase_row * step * rows + row * total + lane..];
                        interleave(sums, rows, step, range.columns, line);
                        // SAFETY: this job alone covers these columns of this row.
                        let to = unsafe { out.part(at, len) };
                        finish.write(simd, &mut check, line, channel, at, to);
                    }
                    lane += pitch;
                }
            }
        }
        out.note(check.is_finite(simd));
    }
}

/// `line[x * step + phase] = sums[phase * apart + x]`
#[inline(always)]
fn interleave(sums: &[f32], apart: usize, step: usize, columns: usize, line: &mut [f32]) {
    if step == 2 {
        let (pairs, _) = line.as_chunks_mut::<2>();
        let (even, odd) = (&sums[..columns], &sums[apart..apart + columns]);
        for ((pair, even), odd) in pairs.iter_mut().zip(even).zip(odd) {
            *pair = [*even, *odd];
        }
        return;
    }
    for phase in 0..step {
        let from = &sums[phase * apart..][..columns];
        line[phase..].iter_mut().step_by(step).zip(from).for_each(|(to, from)| *to = *from);
    }
}

impl Pixels {
    #[inline(always)]
    fn new<S: Simd>(range: &Range, layout: &Layout, first: usize, width: usize) -> Self {
        let lanes = S::F32_LANES;
        let mut pixels = Self { segments: [Segment::default(); PANEL * 16], count: 0 };
        let (mut passed, mut lane) = (0, 0);
        for (at, part) in range.parts.iter().enumerate() {
            let here = part.rows * range.columns;
            while lane < width * lanes && first + lane < passed + here {
                let (row, x) = ((first + lane - passed) / range.columns, (first + lane - passed) % range.columns);
                let len = (range.columns - x).min(width * lanes - lane);
                let source = at * layout.part() + row * layout.pitch + x;
                pixels.segments[pixels.count] = Segment { lane, source, vectors: len.div_ceil(lanes) };
                pixels.count += 1;
                lane += len;
            }
            passed += here;
        }
        pixels
    }

    /// Copies the staged values of every channel and tap into `panel` `[channel][tap][width]`. A segment may write past its
    /// end; the next one, or the next row, writes over that.
    #[inline(always)]
    fn pack<S: Simd>(
        &self,
        phase: &Phase,
        layout: &Layout,
        channels: usize,
        staged: &[f32],
        width: usize,
        panel: &mut [f32],
    ) {
        let lanes = S::F32_LANES;
        let segments = &self.segments[..self.count];
        let taps = phase.taps.iter().map(|tap| layout.offset(channels - 1, tap)).max().unwrap_or(0);
        let reads = segments.iter().map(|segment| segment.source + segment.vectors * lanes).max().unwrap_or(0);
        let writes = segments.iter().map(|segment| segment.lane + segment.vectors * lanes).max().unwrap_or(0);
        assert!(taps + reads <= staged.len(), "a tap leaves the staged planes");
        let rows = channels * phase.taps.len();
        assert!((rows - 1) * width * lanes + writes <= panel.len(), "the panel is too short");
        let mut row = panel.as_mut_ptr();
        for channel in 0..channels {
            for tap in &phase.taps {
                // SAFETY: the two assertions above bound every read and write, of all channels and taps.
                unsafe {
                    let from = staged.as_ptr().add(layout.offset(channel, tap));
                    for segment in segments {
                        for vector in 0..segment.vectors {
                            let value = from.add(segment.source + vector * lanes).cast::<S::f32s>().read_unaligned();
                            row.add(segment.lane + vector * lanes).cast::<S::f32s>().write_unaligned(value);
                        }
                    }
                    row = row.add(width * lanes);
                }
            }
        }
    }
}
