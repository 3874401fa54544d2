//! What is multiplied with what where pixels are few.

use super::super::super::super::direction::Direction;
use super::super::super::super::shape::ConvShape;
use super::super::super::lanes::lanes;
use super::super::plan::{self, Tap};

/// Pixels of a phase that the innermost loop knows; others are rounded up.
const PIXELS: [usize; 5] = [1, 2, 4, 8, 16];
/// Values of one input channel of all images, at most.
const SEEN: usize = 1024;

/// A tap as this kernel reads it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    /// Which of the shifted copies of the input it meets.
    pub(super) shift: usize,
    /// Position in the kernel, row by row.
    pub(super) weight: usize,
}

/// A gather or a scatter with few pixels.
#[derive(Debug)]
pub(in super::super::super) struct Plan {
    pub(super) taps: plan::Plan,
    /// Pixels of one phase of all images, rounded up.
    pub(super) pixels: usize,
    /// For each shift and pixel the place among the values of one channel of all images; the last place is a zero.
    pub(super) places: Vec<usize>,
    /// The taps of each phase that meet the input somewhere.
    pub(super) phases: Vec<Vec<Reader>>,
    /// For each pixel of the result of all images its place among the sums, `phase * pixels + pixel`.
    pub(super) sources: Vec<usize>,
}

impl Plan {
    /// The plan, where pixels are few and channels fill vectors.
    pub(in super::super::super) fn new(shape: &ConvShape, direction: Direction) -> Option<Self> {
        let taps = plan::Plan::new(shape, direction);
        // As many sums as pixels are held in registers.
        let most = lanes().min(16);
        let grid = taps.batch * taps.grid.0 * taps.grid.1;
        let seen = taps.batch * taps.input.0 * taps.input.1;
        if grid > most || taps.c_out < 2 * lanes() || seen > SEEN {
            return None;
        }
        let pixels = PIXELS.into_iter().find(|&pixels| pixels >= grid)?;
        let mut shifts = Shifts::default();
        let mut reader = |tap: &Tap| Some(Reader { shift: shifts.find(&taps, tap, pixels)?, weight: tap.weight });
        let phases = taps.phases.iter().map(|phase| phase.taps.iter().filter_map(&mut reader).collect()).collect();
        let places = shifts.places;
        if places.is_empty() {
            return None;
        }
        let sources = sources(&taps, pixels);
        Some(Self { taps, pixels, places, phases, sources })
    }

    /// Values of one input channel of all images.
    pub(super) const fn seen(&self) -> usize {
        self.taps.batch * self.taps.input.0 * self.taps.input.1
    }

    /// Floats of the staged input, `[channel][shift][pixels]`.
    pub(super) const fn staged(&self) -> usize {
        self.taps.c_in * self.places.len()
    }

    /// Floats of scratch for a job of `wide` channels: its sums, `[phase][pixels][wide]`, and one channel of the result.
    pub(super) const fn scratch(&self, wide: usize) -> usize {
        self.phases.len() * self.pixels * wide + self.sources.len()
    }

    /// Vectors of output channels that are summed at a time, at most: sums and one weight each fit the registers.
    pub(super) fn vectors(&self) -> usize {
        (16 / self.pixels).min(if lanes() < 16 { 8 / self.pixels } else { 4 }).clamp(1, 4)
    }
}

/// The distinct shifts of the input that taps meet.
#[derive(Default)]
struct Shifts {
    /// Plane, rows and columns of each.
    keys: Vec<(usize, usize, usize)>,
    /// As [`Plan::places`].
    places: Vec<usize>,
}

impl Shifts {
    /// The tap's shift; `None` if it only ever meets the padding.
    fn find(&mut self, taps: &plan::Plan, tap: &Tap, pixels: usize) -> Option<usize> {
        let key = (tap.plane, tap.dy, tap.dx);
        let known = self.keys.iter().position(|&known| known == key);
        known.or_else(|| {
            let zero = taps.batch * taps.input.0 * taps.input.1;
            let met = met_by(taps, tap, pixels);
            met.iter().any(|&place| place != zero).then(|| {
                self.keys.push(key);
                self.places.extend(met);
                self.keys.len() - 1
            })
        })
    }
}

/// The place that each pixel reads for a tap: `[image][row][column]` of the input, or the zero behind it.
fn met_by(taps: &plan::Plan, tap: &Tap, pixels: usize) -> Vec<usize> {
    let ((height, width), (rows, columns), across) = (taps.input, taps.grid, taps.planes.1);
    let zero = taps.batch * height * width;
    let along = |at: usize, shift: usize, plane: usize, origin: isize, len: usize| {
        let place = ((at + shift) * taps.in_step + plane) as isize + origin;
        usize::try_from(place).ok().filter(|&place| place < len)
    };
    let place = |pixel: usize| {
        let (image, row, column) = (pixel / (rows * columns), pixel / columns % rows, pixel % columns);
        let y = along(row, tap.dy, tap.plane / across, taps.origin.0, height);
        let x = along(column, tap.dx, tap.plane % across, taps.origin.1, width);
        match (y, x) {
            (Some(y), Some(x)) if image < taps.batch => (image * height + y) * width + x,
            _ => zero,
        }
    };
    (0..pixels).map(place).collect()
}

fn sources(taps: &plan::Plan, pixels: usize) -> Vec<usize> {
    let ((height, width), (rows, columns), step) = (taps.out, taps.grid, taps.out_step);
    let source = |at: usize| {
        let (image, y, x) = (at / (height * width), at / width % height, at % width);
        let pixel = (image * rows + y / step) * columns + x / step;
        (y % step * step + x % step) * pixels + pixel
    };
    (0..taps.batch * height * width).map(source).collect()
}
