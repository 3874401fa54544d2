//! From a coarse outline to an anti-aliased one at full resolution: only a narrow band along the outline is cut again at
//! each finer scale, so the cost follows the outline's length.

use super::cut::{Models, OBJECT, cut};
use super::window::Source;
use crate::control::CancelToken;
use crate::imaging::mask_ops::{Component, components};
use crate::imaging::{Plane, Size};

/// Half of the band's width, in pixels of the finer scale.
const BAND: i32 = 4;

/// The outline is not cut again in windows with more pixels than this: half of the resolution is enough there.
const MOST_PIXELS: usize = 16_000_000;

/// Islands and holes smaller than this part of the object are removed.
const LEAST_PART: f32 = 0.01;

/// Cuts again at half of `scale`, with twice as many pixels on each side. What the person marked as certain stays:
/// `certain` gives the label of a full-resolution pixel, if it has one, `bias` by how many nats every other one is the
/// object's rather than the background's. `None` when cancelled.
pub(super) fn refine(
    source: &Source,
    labels: &Plane<u8>,
    scale: u32,
    models: &Models,
    bias: f32,
    certain: impl Fn(u32, u32) -> Option<u8>,
    cancel: &CancelToken,
) -> Option<Plane<u8>> {
    let scale = scale / 2;
    let size = source.size_at(scale);
    let mut finer = Plane::filled(size, 0);
    for y in 0..size.height {
        let from = labels.row(y / 2);
        for (x, label) in finer.row_mut(y).iter_mut().enumerate() {
            *label = from[x / 2];
        }
    }
    let middle = |at: u32, end: u32| (at * scale + scale / 2).min(end - 1);
    let mut nodes = band(&finer);
    nodes.retain(|&pixel| {
        let (x, y) = (pixel % size.width, pixel / size.width);
        let known = certain(middle(x, source.size().width), middle(y, source.size().height));
        if let Some(label) = known {
            finer.set(x, y, label);
        }
        known.is_none()
    });
    let color = |pixel: u32| source.color(pixel % size.width, pixel / size.width, scale);
    cut(&mut finer, &nodes, color, |_, color| models.evidence(color) + bias, cancel)?;
    Some(finer)
}

/// Whether a window of `size` is worth being cut at.
pub(super) const fn is_affordable(size: Size) -> bool {
    size.area() <= MOST_PIXELS
}

/// Indices in row order of the pixels within [`BAND`] of a change of labels.
fn band(labels: &Plane<u8>) -> Vec<u32> {
    let size = labels.size();
    let mut is_near = Plane::filled(size, false);
    for y in 0..size.height {
        for x in 0..size.width {
            let here = labels.at(x, y);
            let is_edge =
                x + 1 < size.width && labels.at(x + 1, y) != here || y + 1 < size.height && labels.at(x, y + 1) != here;
            if !is_edge {
                continue;
            }
            let (x, y) = (x as i32, y as i32);
            let (left, right) = ((x - BAND).max(0) as usize, (x + BAND + 2).min(size.width as i32) as usize);
            for row in (y - BAND).max(0)..(y + BAND + 2).min(size.height as i32) {
                is_near.row_mut(row as u32)[left..right].fill(true);
            }
        }
    }
    (0..).zip(is_near.data()).filter(|&(_, &near)| near).map(|(pixel, _)| pixel).collect()
}

/// Removes small islands and fills small holes. An island of which any pixel is `certain` stays, and where there are
/// certain pixels, only such islands do.
pub(super) fn tidy(labels: &mut Plane<u8>, certain: Option<&Plane<u8>>) {
    let total: usize = labels.data().iter().map(|&label| usize::from(label == OBJECT)).sum();
    let least = (total as f32 * LEAST_PART) as usize;
    let (islands, island_of) = components(labels, OBJECT);
    let mut stays: Vec<bool> = islands.iter().map(|island| certain.is_none() && island.pixels > least).collect();
    if let Some(certain) = certain {
        for (&label, _) in island_of.data().iter().zip(certain.data()).filter(|&(&l, &c)| l > 0 && c >= 128) {
            stays[label as usize - 1] = true;
        }
    }
    replace(labels, &island_of, &stays, 0);
    fill_if(labels, |gap, _| gap.pixels <= least);
}

/// Fills all holes: what is not the object's and does not reach the border.
pub(super) fn fill(labels: &mut Plane<u8>) {
    fill_if(labels, |gap, size| {
        let (right, bottom) = (size.width as i32, size.height as i32);
        gap.bounds.x0 > 0 && gap.bounds.y0 > 0 && gap.bounds.x1 < right && gap.bounds.y1 < bottom
    });
}

fn fill_if(labels: &mut Plane<u8>, is_hole: impl Fn(&Component, Size) -> bool) {
    labels.data_mut().iter_mut().for_each(|label| *label = OBJECT - *label);
    let (gaps, gap_of) = components(labels, OBJECT);
    let stays: Vec<bool> = gaps.iter().map(|gap| !is_hole(gap, labels.size())).collect();
    replace(labels, &gap_of, &stays, 0);
    labels.data_mut().iter_mut().for_each(|label| *label = OBJECT - *label);
}

fn replace(labels: &mut Plane<u8>, part_of: &Plane<u32>, stays: &[bool], new: u8) {
    for (label, &part) in labels.data_mut().iter_mut().zip(part_of.data()) {
        if part > 0 && !stays[part as usize - 1] {
            *label = new;
        }
    }
}

/// The labels at 1 / `scale` as anti-aliased coverage of the full `size`.
pub(super) fn coverage(labels: &Plane<u8>, scale: u32, size: Size) -> Plane<u8> {
    let soft = softened(labels);
    if scale == 1 {
        return soft;
    }
    let mut out = Plane::filled(size, 0);
    let axis = |at: u32, end: u32| {
        let at = ((at as f32 + 0.5) / scale as f32 - 0.5).clamp(0.0, end as f32 - 1.0);
        (at as u32, (at as u32 + 1).min(end - 1), at.fract())
    };
    let columns: Vec<_> = (0..size.width).map(|x| axis(x, soft.size().width)).collect();
    for y in 0..size.height {
        let (upper, lower, down) = axis(y, soft.size().height);
        let (upper, lower) = (soft.row(upper), soft.row(lower));
        for (value, &(left, right, across)) in out.row_mut(y).iter_mut().zip(&columns) {
            let mix = |a: u8, b: u8, t: f32| f32::from(a) + (f32::from(b) - f32::from(a)) * t;
            let above = mix(upper[left as usize], upper[right as usize], across);
            let below = mix(lower[left as usize], lower[right as usize], across);
            *value = (above + (below - above) * down).round() as u8;
        }
    }
    out
}

/// Weighted means of 3 x 3 pixels (1 2 1 each way): a step becomes an edge of two pixels.
fn softened(labels: &Plane<u8>) -> Plane<u8> {
    let size = labels.size();
    let mut out = labels.clone();
    let (last_x, last_y) = (size.width.saturating_sub(1), size.height.saturating_sub(1));
    for y in 0..size.height {
        let rows = [labels.row(y.saturating_sub(1)), labels.row(y), labels.row((y + 1).min(last_y))];
        for (x, value) in (0..size.width).zip(out.row_mut(y)) {
            let columns = [x.saturating_sub(1) as usize, x as usize, (x + 1).min(last_x) as usize];
            let sum_row =
                |row: &[u8]| u32::from(row[columns[0]]) + 2 * u32::from(row[columns[1]]) + u32::from(row[columns[2]]);
            *value = ((sum_row(rows[0]) + 2 * sum_row(rows[1]) + sum_row(rows[2]) + 8) / 16) as u8;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(rows: &[&str]) -> Plane<u8> {
        let size = Size::new(rows[0].len() as u32, rows.len() as u32);
        let data = rows.iter().flat_map(|row| row.bytes()).map(|b| if b == b'#' { OBJECT } else { 0 }).collect();
        Plane::from_vec(size, data).unwrap()
    }

    #[test]
    fn certain_pixels_decide_which_islands_stay() {
        let before = labels(&["##....", "##....", "....##", "....##"]);
        let certain = labels(&["......", "......", ".....#", "......"]);
        let mut with = before.clone();
        tidy(&mut with, Some(&certain));
        assert_eq!(with, labels(&["......", "......", "....##", "....##"]), "only the scribbled one");
        let mut without = before.clone();
        tidy(&mut without, None);
        assert_eq!(without, before, "both are large");
    }

    #[test]
    fn small_holes_are_filled_and_small_islands_go() {
        let size = Size::new(60, 60);
        let mut plane = Plane::filled(size, 0);
        for (x, y) in (10..50).flat_map(|y| (10..50).map(move |x| (x, y))) {
            plane.set(x, y, OBJECT);
        }
        let clean = plane.clone();
        plane.set(30, 30, 0);
        plane.set(2, 2, OBJECT);
        tidy(&mut plane, None);
        assert_eq!(plane, clean, "hole filled, island gone");
        for (x, y) in (20..30).flat_map(|y| (20..30).map(move |x| (x, y))) {
            plane.set(x, y, 0);
        }
        let with_handle = plane.clone();
        tidy(&mut plane, None);
        assert_eq!(plane, with_handle, "a large hole is meant");
    }

    #[test]
    fn enlarged_labels_keep_their_place() {
        let mut plane = Plane::filled(Size::new(20, 10), 0);
        for y in 0..10 {
            plane.row_mut(y)[10..].fill(OBJECT);
        }
        let cover = coverage(&plane, 4, Size::new(79, 39));
        assert_eq!((cover.at(39, 20) < 128, cover.at(40, 20) >= 128), (true, true), "the edge at 40");
        assert_eq!((cover.at(30, 0), cover.at(78, 38)), (0, 255), "flat elsewhere");
    }
}
