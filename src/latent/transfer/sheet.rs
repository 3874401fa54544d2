//! A photo with the square that is edited, prepared once: what is free to change, and a small copy that guides.

use std::sync::Arc;

use rayon::prelude::*;

use crate::imaging::mask::HOLE_THRESHOLD;
use crate::imaging::mask_ops::distance_outside;
use crate::imaging::{ColorModel, Frame, ImagePos, Mask, PixelRect, Place, Plane, Samples, Size};

use super::pixels::{Pixels, Sample};

/// The photo around the square is copied this far, in sides of the square: as far as motion may reach.
const REACH: f32 = 0.25;

/// A photo, full or small, ready to be changed.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) photo: Frame,
    pub(super) place: Place,
    /// What changes: the part of the photo in the square.
    pub(super) rect: PixelRect,
    /// Coverage of what is kept, over `rect`.
    pub(super) keep: Option<Arc<Plane<u8>>>,
    /// Pixels of the photo by which the cells of `free` and `guide` are apart; both have their first cell over a corner.
    pub(super) stride: usize,
    /// How much of the edit is done, 0..=1, in cells from the corner of `rect` on.
    pub(super) free: Plane<f32>,
    /// Mean colors in 0..=1, in cells from `guide_at` on.
    pub(super) guide: Plane<[f32; 3]>,
    pub(super) guide_at: (i32, i32),
}

impl Sheet {
    /// Prepares `photo`. `fade` is the width in sides of the square over which the edit fades towards what stays.
    pub(super) fn new(photo: Frame, place: Place, keep: Option<&Mask>, stride: usize, fade: f32) -> Self {
        let rect = place.bounds().intersect(photo.size().rect());
        let keep = keep.map(|mask| Arc::new(mask.plane(rect)));
        let free = free_cells(&photo, place, rect, keep.as_deref(), stride, fade);
        let (guide, guide_at) = guide_cells(&photo, place, rect, stride);
        Self { photo, place, rect, keep, stride, free, guide, guide_at }
    }

    /// The cells over `rect`.
    pub(super) fn cells(&self) -> Size {
        self.free.size()
    }

    /// The photo's position at the middle of a cell.
    pub(super) fn center_of(&self, column: u32, row: u32) -> ImagePos {
        let at = |cell: u32, start: i32| start as f32 + (cell as f32 + 0.5) * self.stride as f32;
        ImagePos::new(at(column, self.rect.x0), at(row, self.rect.y0))
    }

    /// The guide's color at a position of the photo.
    pub(super) fn guide_at(&self, pos: ImagePos) -> [f32; 3] {
        let cell = |v: f32, start: i32| (v - start as f32) / self.stride as f32 - 0.5;
        linear(&self.guide, cell(pos.x, self.guide_at.0), cell(pos.y, self.guide_at.1))
    }
}

fn cells_over(rect: PixelRect, stride: usize) -> Size {
    Size::new(rect.width().div_ceil(stride as u32), rect.height().div_ceil(stride as u32))
}

/// 1 in the middle of the square, 0 at its sides (those inside of the photo) and on what is kept.
fn free_cells(
    photo: &Frame,
    place: Place,
    rect: PixelRect,
    keep: Option<&Plane<u8>>,
    stride: usize,
    fade: f32,
) -> Plane<f32> {
    let size = cells_over(rect, stride);
    let sides = sides_inside(place, photo.size());
    let kept = keep.map(|keep| distance_outside(&kept_cells(keep, size, stride), 1e6));
    let cell = stride as f32 / place.side;
    let fade = fade.max(cell);
    let mut out = Plane::filled(size, 0.0);
    for row in 0..size.height {
        for column in 0..size.width {
            let at = |cell: u32, start: i32| start as f32 + (cell as f32 + 0.5) * stride as f32;
            let pos = place.unit_from_photo(ImagePos::new(at(column, rect.x0), at(row, rect.y0)));
            let depths = [pos.x, 1.0 - pos.x, pos.y, 1.0 - pos.y];
            let depth = depths.iter().zip(sides).filter(|(_, inside)| *inside).map(|(d, _)| *d);
            // Linear interpolation between cells must not reach what is outside.
            let depth = depth.fold(f32::INFINITY, f32::min) - 1.5 * cell;
            let from_kept = kept.as_ref().map_or(f32::INFINITY, |kept| (kept.at(column, row) - 1.5) * cell);
            out.set(column, row, smooth_step(depth.min(from_kept) / fade));
        }
    }
    out
}

fn smooth_step(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Which sides of the square (left, right, top, bottom) show something of the photo on their other side.
fn sides_inside(place: Place, photo: Size) -> [bool; 4] {
    const SAMPLES: usize = 64;
    let is_inside = |x: f32, y: f32| {
        let pos = place.photo_from_unit(ImagePos::new(x, y));
        let within = |v: f32, length: u32| v > 1.0 && v < length as f32 - 1.0;
        within(pos.x, photo.width) && within(pos.y, photo.height)
    };
    let any = |point: &dyn Fn(f32) -> (f32, f32)| {
        (0..=SAMPLES).map(|at| point(at as f32 / SAMPLES as f32)).any(|(x, y)| is_inside(x, y))
    };
    [any(&|t| (0.0, t)), any(&|t| (1.0, t)), any(&|t| (t, 0.0)), any(&|t| (t, 1.0))]
}

/// 255 for cells with a pixel that is kept.
fn kept_cells(keep: &Plane<u8>, cells: Size, stride: usize) -> Plane<u8> {
    let mut out = Plane::filled(cells, 0u8);
    for y in 0..keep.size().height {
        let row = out.row_mut(y / stride as u32);
        for (cell, part) in row.iter_mut().zip(keep.row(y).chunks(stride)) {
            *cell = if part.iter().any(|&v| v >= HOLE_THRESHOLD) { 255 } else { *cell };
        }
    }
    out
}

/// The photo in cells: those over `rect` and as many around as there are, up to the reach.
fn guide_cells(photo: &Frame, place: Place, rect: PixelRect, stride: usize) -> (Plane<[f32; 3]>, (i32, i32)) {
    let stride_px = stride as i32;
    let reach = (REACH * place.side) as i32 / stride_px;
    let before = |start: i32| (start / stride_px).min(reach) * stride_px;
    let area = PixelRect {
        x0: rect.x0 - before(rect.x0),
        y0: rect.y0 - before(rect.y0),
        x1: (rect.x1 + reach * stride_px).min(photo.size().width as i32),
        y1: (rect.y1 + reach * stride_px).min(photo.size().height as i32),
    };
    let cells = match photo.samples() {
        Samples::U8(samples) => means(samples, photo, area, stride),
        Samples::U16(samples) => means(samples, photo, area, stride),
    };
    (cells, (area.x0, area.y0))
}

fn means<T: Sample>(samples: &[T], photo: &Frame, area: PixelRect, stride: usize) -> Plane<[f32; 3]> {
    match photo.model() {
        ColorModel::Gray => means_of(&Pixels::<T, 1>::new(samples, photo.size()), area, stride),
        ColorModel::GrayAlpha => means_of(&Pixels::<T, 2>::new(samples, photo.size()), area, stride),
        ColorModel::Rgb => means_of(&Pixels::<T, 3>::new(samples, photo.size()), area, stride),
        ColorModel::Rgba => means_of(&Pixels::<T, 4>::new(samples, photo.size()), area, stride),
    }
}

fn means_of<T: Sample, const C: usize>(pixels: &Pixels<'_, T, C>, area: PixelRect, stride: usize) -> Plane<[f32; 3]> {
    let size = cells_over(area, stride);
    let mut out = Plane::filled(size, [0.0; 3]);
    let width = size.width as usize;
    out.data_mut().par_chunks_mut(width).enumerate().for_each(|(row, cells)| {
        let y0 = area.y0 as usize + row * stride;
        let rows = y0..(y0 + stride).min(area.y1 as usize);
        for (column, cell) in cells.iter_mut().enumerate() {
            let x0 = area.x0 as usize + column * stride;
            let columns = x0..(x0 + stride).min(area.x1 as usize);
            let share = 1.0 / (rows.len() * columns.len()) as f32;
            for y in rows.clone() {
                for x in columns.clone() {
                    let color = pixels.color(x, y);
                    for c in 0..3 {
                        cell[c] += share * color[c];
                    }
                }
            }
        }
    });
    out
}

/// A plane between its values; outside, the edge goes on.
fn linear(plane: &Plane<[f32; 3]>, x: f32, y: f32) -> [f32; 3] {
    let (width, height) = (plane.size().width, plane.size().height);
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (left, top) = (x as u32, y as u32);
    let (fx, fy) = (x - left as f32, y - top as f32);
    let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (a, b, c, d) = (plane.at(left, top), plane.at(right, top), plane.at(left, bottom), plane.at(right, bottom));
    [0, 1, 2].map(|k| {
        let (upper, lower) = (a[k] + (b[k] - a[k]) * fx, c[k] + (d[k] - c[k]) * fx);
        upper + (lower - upper) * fy
    })
}
