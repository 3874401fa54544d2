//! Large drawings on small paper: a thin line that averaging would turn into a breath of grey stays a line.

use super::super::edges::without_specks;
use super::super::{Frame, Plane, Samples};
use super::frames::place_of;

/// From this much on ink is a line even if it is one pixel wide; fainter is the grain of the paper.
const SURE: f32 = 0.5;

/// So few cells that no more than a pixel or two of the picture darkens are dust.
const DUST: usize = 4;

/// Gives each cell of `paper`, the averaged ink of `picture` as `fitted` lays it there, the most that any of its pixels has, where
/// that is surely ink. `ink` tells what of a luminance is ink.
pub(super) fn keep_thin_lines(paper: &mut Plane<f32>, picture: &Frame, ink: impl Fn(f32) -> f32) {
    let size = picture.size();
    let side = paper.size().width;
    if size.width.max(size.height) <= side {
        return;
    }
    let (inner, (left, top)) = place_of(size, side);
    let to = |at: usize, inner: u32, of: u32, first: u32| first as usize + at * inner as usize / of.max(1) as usize;
    let columns: Vec<usize> = (0..size.width as usize).map(|x| to(x, inner.width, size.width, left)).collect();
    let mut most = Plane::filled(paper.size(), 0.0_f32);
    for (y, row) in luminances(picture).chunks_exact(columns.len().max(1)).enumerate() {
        let cells = most.row_mut(to(y, inner.height, size.height, top) as u32);
        for (&column, &light) in columns.iter().zip(row) {
            cells[column] = cells[column].max(ink(light));
        }
    }
    let is_sure = most.data().iter().map(|&value| u8::from(value >= SURE)).collect();
    let Some(is_sure) = Plane::from_vec(paper.size(), is_sure) else { return };
    let kept = without_specks(&is_sure, DUST);
    let cells = paper.data_mut().iter_mut().zip(most.data()).zip(kept.data());
    cells.filter(|(_, kept)| **kept > 0).for_each(|((value, &most), _)| *value = value.max(most));
}

/// The luminance of each pixel of an 8-bit RGB picture, 0..=1.
pub(super) fn luminances(picture: &Frame) -> Vec<f32> {
    let Samples::U8(samples) = picture.samples() else { return Vec::new() };
    let light = |pixel: &[u8]| {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255.0
    };
    samples.chunks_exact(3).map(light).collect()
}
