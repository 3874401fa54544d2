//! A moment of the morph at the photo's resolution: motion and color brought up along the photo's edges, and applied.
//!
//! The field stands where things are at that moment, so its edges are those of the moved photo: the guide of the filter is
//! the photo, moved by the field as it comes from the manifold. Models are made on cells of several pixels; each pixel
//! then takes its own model between four cells, its own guide color, and samples the photo once more where the refined
//! motion says.

use rayon::prelude::*;

use super::field::{COLOR, DOUBT, Field, SORTS};
use super::pixels::{Pixels, Sample, write};
use super::raster;
use super::sheet::Sheet;
use crate::imaging::guided_filter::{Model, models};
use crate::imaging::{ColorModel, Frame, ImagePos, Patch, PixelRect, Plane, Samples};

/// How far the guided filter smooths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Smoothing {
    /// Radius in cells.
    pub(super) radius: usize,
    /// Variance of colors below which the photo counts as flat.
    pub(super) epsilon: f32,
}

/// The photo of `sheet` after `field`, in the sheet's rectangle.
pub(super) fn render(sheet: &Sheet, field: &Field, smoothing: Smoothing) -> Patch {
    let grid = Grid::of(sheet, field, smoothing);
    let mut pixels = sheet.photo.crop(sheet.rect);
    let mut coverage = Plane::filled(sheet.rect.size(), 0);
    match (sheet.photo.samples(), pixels.samples_mut()) {
        (Samples::U8(from), Samples::U8(to)) => draw(&grid, from, to, &mut coverage),
        (Samples::U16(from), Samples::U16(to)) => draw(&grid, from, to, &mut coverage),
        _ => {}
    }
    #[expect(clippy::expect_used, reason = "both were made with the rectangle's size")]
    Patch::new(sheet.rect, pixels, coverage).expect("pixels and coverage over one rectangle")
}

/// What happens in a cell: its model and the motion before the filter, in photo pixels.
#[derive(Clone, Copy)]
struct Cell {
    model: Model<SORTS>,
    motion: [f32; 2],
    free: f32,
}

struct Grid<'a> {
    sheet: &'a Sheet,
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
}

impl<'a> Grid<'a> {
    fn of(sheet: &'a Sheet, field: &Field, smoothing: Smoothing) -> Self {
        let size = sheet.cells();
        let columns = size.width as usize;
        let mut input = Plane::filled(size, [0.0; SORTS]);
        let mut guide = Plane::filled(size, [0.0; 3]);
        let rows = input.data_mut().par_chunks_mut(columns).zip(guide.data_mut().par_chunks_mut(columns));
        rows.enumerate().for_each(|(row, (input, guide))| {
            for (column, (input, guide)) in input.iter_mut().zip(guide).enumerate() {
                let center = sheet.center_of(column as u32, row as u32);
                *input = at_photo(sheet, field, center);
                *guide = sheet.guide_at(ImagePos::new(center.x + input[0], center.y + input[1]));
            }
        });
        #[expect(clippy::expect_used, reason = "both were made with the cells' size")]
        let models =
            models(&guide, &input, smoothing.radius, smoothing.epsilon).expect("guide and input over one grid");
        let cells = models.data().iter().zip(input.data()).zip(sheet.free.data());
        let cells =
            cells.map(|((model, input), free)| Cell { model: *model, motion: [input[0], input[1]], free: *free });
        Self { sheet, columns, rows: size.height as usize, cells: cells.collect() }
    }

    /// The cells between two rows of them, for a row of pixels.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `draw_row`")]
    fn row(&self, y: usize, out: &mut Vec<Cell>) {
        let (upper, lower, share) = between(y, self.sheet.stride, self.rows);
        let (upper, lower) = (&self.cells[upper * self.columns..], &self.cells[lower * self.columns..]);
        out.clear();
        out.extend(upper.iter().zip(lower).take(self.columns).map(|(a, b)| mix(a, b, share)));
    }
}

/// The field at a position of the photo, its motion in photo pixels.
fn at_photo(sheet: &Sheet, field: &Field, pos: ImagePos) -> [f32; SORTS] {
    let unit = sheet.place.unit_from_photo(pos);
    let side = field.side as f32;
    let mut values = raster::linear(&field.values, field.side, unit.x * side - 0.5, unit.y * side - 0.5);
    let motion = sheet.place.photo_from_unit_vector((values[0] / side, values[1] / side));
    values[0] = motion.0;
    values[1] = motion.1;
    values
}

/// The two cells around the middle of pixel `at`, and how far it is from the first to the second.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `draw_row`")]
fn between(at: usize, stride: usize, cells: usize) -> (usize, usize, f32) {
    let place = ((at as f32 + 0.5) / stride as f32 - 0.5).clamp(0.0, (cells - 1) as f32);
    let first = place as usize;
    (first, (first + 1).min(cells - 1), place - first as f32)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `draw_row`")]
fn mix(a: &Cell, b: &Cell, share: f32) -> Cell {
    let mut out = *a;
    for row in 0..4 {
        for k in 0..SORTS {
            out.model[row][k] += share * (b.model[row][k] - a.model[row][k]);
        }
    }
    out.motion = [0, 1].map(|k| a.motion[k] + share * (b.motion[k] - a.motion[k]));
    out.free += share * (b.free - a.free);
    out
}

fn draw<T: Sample>(grid: &Grid<'_>, from: &[T], to: &mut [T], coverage: &mut Plane<u8>) {
    let photo = &grid.sheet.photo;
    match photo.model() {
        ColorModel::Gray => draw_rows(grid, &Pixels::<T, 1>::new(from, photo.size()), to, coverage),
        ColorModel::GrayAlpha => draw_rows(grid, &Pixels::<T, 2>::new(from, photo.size()), to, coverage),
        ColorModel::Rgb => draw_rows(grid, &Pixels::<T, 3>::new(from, photo.size()), to, coverage),
        ColorModel::Rgba => draw_rows(grid, &Pixels::<T, 4>::new(from, photo.size()), to, coverage),
    }
}

fn draw_rows<T: Sample, const C: usize>(
    grid: &Grid<'_>,
    photo: &Pixels<'_, T, C>,
    to: &mut [T],
    coverage: &mut Plane<u8>,
) {
    let width = grid.sheet.rect.width() as usize;
    let rows = to.as_chunks_mut().0.par_chunks_mut(width).zip(coverage.data_mut().par_chunks_mut(width)).enumerate();
    rows.for_each_init(Vec::new, |row, (y, (to, coverage))| draw_row(grid, row, photo, y, to, coverage));
}

/// Row `y` of the rectangle; `row` is room for the cells between two rows of them.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn draw_row<T: Sample, const C: usize>(
    grid: &Grid<'_>,
    row: &mut Vec<Cell>,
    photo: &Pixels<'_, T, C>,
    y: usize,
    to: &mut [[T; C]],
    coverage: &mut [u8],
) {
    grid.row(y, row);
    let PixelRect { x0, y0, .. } = grid.sheet.rect;
    let kept = grid.sheet.keep.as_ref().map(|keep| keep.row(y as u32));
    let py = y0 as usize + y;
    for (x, (to, coverage)) in to.iter_mut().zip(coverage).enumerate() {
        let (left, right, share) = between(x, grid.sheet.stride, grid.columns);
        let (left, right) = (&row[left], &row[right]);
        let free = left.free + share * (right.free - left.free);
        let covered = 255 - kept.map_or(0, |kept| kept[x]);
        if free <= 0.0 || covered == 0 {
            continue;
        }
        *coverage = covered;
        write(to, changed(photo, (x0 as usize + x, py), [left, right], share, free));
    }
}

/// The new color of a pixel of the photo.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it must be compiled for the vector units of `draw_row`")]
fn changed<T: Sample, const C: usize>(
    photo: &Pixels<'_, T, C>,
    (px, py): (usize, usize),
    [left, right]: [&Cell; 2],
    share: f32,
    free: f32,
) -> [f32; 3] {
    let (x, y) = (px as f32, py as f32);
    let motion = [0, 1].map(|k| left.motion[k] + share * (right.motion[k] - left.motion[k]));
    let guide = photo.linear(x + motion[0], y + motion[1]);
    let mut values = [0.0; SORTS];
    for k in 0..SORTS {
        let of = |row: usize| left.model[row][k] + share * (right.model[row][k] - left.model[row][k]);
        values[k] = free * (of(0) * guide[0] + of(1) * guide[1] + of(2) * guide[2] + of(3));
    }
    let (old, source) = (photo.color(px, py), photo.cubic(x + values[0], y + values[1]));
    let confidence = 1.0 - values[DOUBT].clamp(0.0, 1.0);
    [0, 1, 2].map(|c| {
        let map = &values[COLOR + 4 * c..COLOR + 4 * c + 4];
        let new = source[c] + map[0] * source[0] + map[1] * source[1] + map[2] * source[2] + map[3];
        old[c] + confidence * (new - old[c])
    })
}

/// `frame` in blocks of `factor` pixels, each the mean of what it covers.
pub(super) fn shrunk(frame: &Frame, factor: u32) -> Option<Frame> {
    let samples = match frame.samples() {
        Samples::U8(samples) => Samples::U8(shrunk_samples(samples, frame, factor)),
        Samples::U16(samples) => Samples::U16(shrunk_samples(samples, frame, factor)),
    };
    let size = frame.size();
    let small = crate::imaging::Size::new(size.width.div_ceil(factor), size.height.div_ceil(factor));
    Frame::new(small, frame.model(), samples)
}

fn shrunk_samples<T: Sample + Default>(samples: &[T], frame: &Frame, factor: u32) -> Vec<T> {
    let (width, channels) = (frame.size().width as usize, frame.model().channels());
    let (factor, row_len) = (factor as usize, width * channels);
    let small = width.div_ceil(factor);
    let rows = samples.par_chunks(row_len * factor).flat_map_iter(|rows| {
        let mut sums = vec![0.0f32; small * channels];
        for row in rows.chunks_exact(row_len) {
            for (sums, block) in sums.chunks_exact_mut(channels).zip(row.chunks(factor * channels)) {
                for pixel in block.chunks_exact(channels) {
                    for c in 0..channels {
                        sums[c] += pixel[c].unit();
                    }
                }
            }
        }
        let n_rows = rows.len() / row_len;
        sums.into_iter().enumerate().map(move |(at, sum)| {
            let columns = factor.min(width - at / channels * factor);
            T::of_unit(sum / (n_rows * columns) as f32)
        })
    });
    rows.collect()
}
