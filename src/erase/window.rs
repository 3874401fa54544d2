//! From holes to jobs: groups of holes, and the part of the photo that each group is filled from.

use crate::imaging::mask::HOLE_THRESHOLD;
use crate::imaging::{Frame, Mask, PixelRect, Plane, Size};

use super::{Base, Settings};

/// The side of the cells in which holes are grouped: holes closer than about this are filled together.
const CELL: i32 = 24;

/// The furthest that holes are grown unless told otherwise.
const MOST_GROW: u32 = 10;

/// The least context around a hole in pixels.
const LEAST_PAD: f32 = 64.0;

/// A group of holes that are filled together, with what they are filled from.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// Where the window lies in the photo.
    pub(crate) rect: PixelRect,
    /// Colours on the scale 0..=255, row by row.
    pub(crate) colors: Vec<[f32; 3]>,
    /// What is to be filled, grown already.
    pub(crate) hole: Plane<bool>,
    /// Which pixels texture may be taken from: known, opaque, allowed by the sampling brushes.
    pub(crate) source: Plane<bool>,
}

impl Window {
    /// Width and height.
    pub(crate) fn size(&self) -> Size {
        self.rect.size()
    }

    /// Whether pixel `(x, y)` of the photo is to be filled.
    pub(crate) fn is_hole(&self, x: i32, y: i32) -> bool {
        self.rect.contains(x, y) && self.hole.at((x - self.rect.x0) as u32, (y - self.rect.y0) as u32)
    }

    /// The box around the hole, in the photo.
    pub(crate) fn hole_rect(&self) -> PixelRect {
        self.hole.bounds(|hole| hole).translate(self.rect.x0, self.rect.y0)
    }

    /// The diameter in pixels of the largest disc in the hole, about.
    pub(crate) fn hole_width(&self) -> f32 {
        width_of(&self.hole)
    }
}

/// How far holes are grown: soft edges, compression ringing and the contact shadow of the object would stay as a halo
/// otherwise. Follows the photo's size and the hole's width: 1 pixel for a scratch, 10 for a large object.
fn automatic_grow(hole: &Plane<bool>, photo: Size) -> u32 {
    let by_photo = 1.2 * (photo.area() as f32 / 1e6).sqrt();
    let by_hole = 0.025 * width_of(hole);
    by_photo.max(by_hole).round().clamp(1.0, MOST_GROW as f32) as u32
}

/// The diameter in pixels of the largest disc in the hole, about.
fn width_of(hole: &Plane<bool>) -> f32 {
    2.0 * steps_inside(hole).into_iter().max().unwrap_or(0) as f32
}

/// Steps from each hole pixel to the nearest known one, 0 outside: a two-pass chamfer with weights 3 and 4, divided
/// by 3 (Borgefors, "Distance transformations in digital images", 1986).
pub(crate) fn steps_inside(hole: &Plane<bool>) -> Vec<u32> {
    let (width, height) = (hole.size().width as usize, hole.size().height as usize);
    let far = 3 * (width + height) as u32;
    let mut d: Vec<u32> = hole.data().iter().map(|&hole| if hole { far } else { 0 }).collect();
    let relax = |d: &mut [u32], x: usize, y: usize, steps: [(i32, i32, u32); 4]| {
        let at = y * width + x;
        if d[at] == 0 {
            return;
        }
        for (dx, dy, cost) in steps {
            let (nx, ny) = (x as i32 + dx, y as i32 + dy);
            if nx >= 0 && ny >= 0 && nx < width as i32 && ny < height as i32 {
                d[at] = d[at].min(d[(ny * width as i32 + nx) as usize] + cost);
            }
        }
    };
    for y in 0..height {
        for x in 0..width {
            relax(&mut d, x, y, [(-1, 0, 3), (0, -1, 3), (-1, -1, 4), (1, -1, 4)]);
        }
    }
    for y in (0..height).rev() {
        for x in (0..width).rev() {
            relax(&mut d, x, y, [(1, 0, 3), (0, 1, 3), (1, 1, 4), (-1, 1, 4)]);
        }
    }
    d.into_iter().map(|v| v / 3).collect()
}

/// Boxes around groups of holes, small ones first so that large ones see them filled.
///
/// Works on a grid of cells over the mask's non-empty part; cells that touch belong together.
pub(crate) fn group_holes(holes: &Mask) -> Vec<PixelRect> {
    let cells = occupied_cells(holes);
    let mut groups: Vec<PixelRect> = Vec::new();
    let mut seen = vec![false; cells.len()];
    let index: std::collections::HashMap<(i32, i32), usize> =
        cells.iter().enumerate().map(|(at, (cell, _))| (*cell, at)).collect();
    for start in 0..cells.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let (mut open, mut bounds) = (vec![start], PixelRect::default());
        while let Some(at) = open.pop() {
            let ((cx, cy), part) = cells[at];
            bounds = bounds.union(part);
            for (dx, dy) in (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))) {
                if let Some(&next) = index.get(&(cx + dx, cy + dy))
                    && !std::mem::replace(&mut seen[next], true)
                {
                    open.push(next);
                }
            }
        }
        groups.push(bounds);
    }
    let mut groups = merge_overlapping(groups, holes.size());
    groups.sort_by_key(|rect| (rect.size().area(), rect.y0, rect.x0));
    groups
}

/// Each non-empty cell with the box around its hole pixels, in row order.
fn occupied_cells(holes: &Mask) -> Vec<((i32, i32), PixelRect)> {
    let bounds = holes.bounds(HOLE_THRESHOLD);
    let mut cells = Vec::new();
    if bounds.is_empty() {
        return cells;
    }
    for cy in bounds.y0 / CELL..=(bounds.y1 - 1) / CELL {
        let strip = PixelRect::new(bounds.x0, cy * CELL, bounds.x1, (cy + 1) * CELL);
        let plane = holes.plane(strip);
        for cx in bounds.x0 / CELL..=(bounds.x1 - 1) / CELL {
            let cell = PixelRect::new(cx * CELL, cy * CELL, (cx + 1) * CELL, (cy + 1) * CELL).intersect(strip);
            let mut part = PixelRect::default();
            for y in cell.y0..cell.y1 {
                let row = plane.row((y - strip.y0) as u32);
                for x in cell.x0..cell.x1 {
                    if row[(x - strip.x0) as usize] >= HOLE_THRESHOLD {
                        part = part.union(PixelRect::new(x, y, x + 1, y + 1));
                    }
                }
            }
            if !part.is_empty() {
                cells.push(((cx, cy), part));
            }
        }
    }
    cells
}

/// Merges groups of which one lies in the near context of another: separate fills would not see each other.
fn merge_overlapping(mut groups: Vec<PixelRect>, size: Size) -> Vec<PixelRect> {
    let near = |rect: PixelRect| {
        let side = rect.width().max(rect.height()) as i32;
        rect.grow((side / 8).max(CELL)).intersect(size.rect())
    };
    let mut at = 0;
    while at < groups.len() {
        let other = (at + 1..groups.len()).find(|&b| !near(groups[at]).intersect(near(groups[b])).is_empty());
        if let Some(b) = other {
            groups[at] = groups[at].union(groups[b]);
            groups.swap_remove(b);
            at = 0;
        } else {
            at += 1;
        }
    }
    groups
}

/// Masks that say where texture may come from; both of the photo's size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sources<'a> {
    /// Where it may; `None` is everywhere.
    pub(crate) from: Option<&'a Mask>,
    /// Where it may not.
    pub(crate) never: Option<&'a Mask>,
}

/// Cuts the window around the holes inside of `group`.
///
/// `holes` are all holes of the request: those of other groups are unknown here too, unless `base` has them filled
/// already (`filled`).
pub(crate) fn cut_window(
    base: &Base,
    holes: &Mask,
    filled: &[PixelRect],
    group: PixelRect,
    sources: Sources<'_>,
    settings: &Settings,
) -> Window {
    let most = settings.grow.unwrap_or(MOST_GROW);
    let rect = window_rect(group.grow(most as i32), holes.size(), settings.context, sources.from);
    let mut crop = base.photo.crop(rect);
    for (patch, opacity) in &base.under {
        patch.apply_at(&mut crop, rect, *opacity);
    }
    let marked = holes.plane(rect);
    let is_filled = |x: i32, y: i32| filled.iter().any(|part| part.contains(x, y));
    let size = rect.size();
    let mut own = Plane::filled(size, false);
    let mut source = Plane::filled(size, true);
    for y in 0..size.height {
        for x in 0..size.width {
            let (px, py) = (x as i32 + rect.x0, y as i32 + rect.y0);
            let is_hole = marked.at(x, y) >= HOLE_THRESHOLD;
            if is_hole && group.contains(px, py) {
                own.set(x, y, true);
            }
            let is_open = is_hole && !is_filled(px, py);
            source.set(x, y, !is_open && crop.alpha_at(x, y) > 0.0);
        }
    }
    let grow = settings.grow.unwrap_or_else(|| automatic_grow(&own, holes.size()));
    let hole = grown(&own, grow, group.translate(-rect.x0, -rect.y0));
    restrict_sources(&mut source, &hole, rect, sources);
    Window { rect, colors: colors_of(&crop), hole, source }
}

fn colors_of(crop: &Frame) -> Vec<[f32; 3]> {
    let size = crop.size();
    (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y))).map(|(x, y)| crop.rgb_at(x, y)).collect()
}

/// The hole's box with context: `context` times the hole's side, at least [`LEAST_PAD`] around, inside of the photo,
/// and wide enough to reach what the user wants to sample from.
fn window_rect(hole: PixelRect, photo: Size, context: f32, from: Option<&Mask>) -> PixelRect {
    let side = hole.width().max(hole.height()) as f32;
    let pad = (side * (context.clamp(1.5, 6.0) - 1.0) / 2.0).max(LEAST_PAD).round() as i32;
    let reach = from.map(|mask| mask.bounds(HOLE_THRESHOLD)).unwrap_or_default();
    hole.grow(pad).union(reach).intersect(photo.rect())
}

/// The hole with a disc of radius `grow` around each of its pixels, changed only inside of `reach`.
pub(crate) fn grown(hole: &Plane<bool>, grow: u32, reach: PixelRect) -> Plane<bool> {
    let mut out = hole.clone();
    let (size, radius) = (hole.size(), grow as i32);
    let inside = reach.intersect(size.rect());
    let spans: Vec<(i32, i32)> =
        (-radius..=radius).map(|dy| (dy, f64::from(radius * radius - dy * dy).sqrt() as i32)).collect();
    for y in inside.y0..inside.y1 {
        for x in inside.x0..inside.x1 {
            let is_edge = hole.at(x as u32, y as u32)
                && [(-1, 0), (1, 0), (0, -1), (0, 1)]
                    .iter()
                    .any(|(dx, dy)| size.rect().contains(x + dx, y + dy) && !hole.at((x + dx) as u32, (y + dy) as u32));
            if !is_edge {
                continue;
            }
            for &(dy, half) in &spans {
                if (0..size.height as i32).contains(&(y + dy)) {
                    let (from, to) = ((x - half).max(0), (x + half).min(size.width as i32 - 1));
                    out.row_mut((y + dy) as u32)[from as usize..=to as usize].fill(true);
                }
            }
        }
    }
    out
}

fn restrict_sources(source: &mut Plane<bool>, hole: &Plane<bool>, rect: PixelRect, sources: Sources<'_>) {
    let from = sources.from.filter(|mask| !mask.is_empty()).map(|mask| mask.plane(rect));
    let never = sources.never.map(|mask| mask.plane(rect));
    for (at, value) in source.data_mut().iter_mut().enumerate() {
        let is_wanted = from.as_ref().is_none_or(|plane| plane.data()[at] >= HOLE_THRESHOLD);
        let is_banned = never.as_ref().is_some_and(|plane| plane.data()[at] >= HOLE_THRESHOLD);
        *value = *value && !hole.data()[at] && is_wanted && !is_banned;
    }
}
