//! Strokes to planes: ink, and the colors that hints ask for.
//!
//! Coverage is that of capsules between the nodes of a stroke's middle, antialiased over a pixel. Where strokes overlap the
//! larger coverage counts, so ink does not pile up; an eraser leaves at most what it does not cover. So the order of segments
//! within a stroke does not matter, and a stroke can be added to what is there.

use std::borrow::Borrow;
use std::sync::Arc;

use super::super::{PixelRect, Plane, Size};
use super::line::{Node, center_line};
use super::{Stroke, Tool};

/// Nodes nearer than this to the last one, in pixels, are left out.
const NEAR: f32 = 0.35;

/// The colors that hints ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hints {
    /// Red, green and blue, sRGB in 0..=1; 0 where nothing is asked for.
    pub colors: [Plane<f32>; 3],
    /// 0..=1: how much of each pixel is asked about.
    pub mask: Plane<f32>,
}

/// The ink of one layer's strokes, oldest first, on a paper of `side` pixels: 0 is paper, 1 is ink.
#[must_use]
pub fn raster<S: Borrow<Stroke>>(strokes: &[S], side: u32) -> Plane<f32> {
    let mut ink = Plane::filled(Size::new(side, side), 0.0);
    for stroke in strokes {
        add_ink(&mut ink, stroke.borrow());
    }
    ink
}

/// The ink of several layers: wherever one of them has some. Erasers reach their own layer only.
#[must_use]
pub fn raster_layers(layers: &[&[Arc<Stroke>]], side: u32) -> Plane<f32> {
    let mut ink = Plane::filled(Size::new(side, side), 0.0f32);
    for layer in layers {
        let own = raster(layer, side);
        for (value, own) in ink.data_mut().iter_mut().zip(own.data()) {
            *value = value.max(*own);
        }
    }
    ink
}

/// The colors that strokes ask for, bottom layer first, a newer stroke over an older one; `None` when there is no hint.
#[must_use]
pub fn raster_hints(layers: &[&[Arc<Stroke>]], side: u32) -> Option<Hints> {
    let has_hint = layers.iter().any(|layer| layer.iter().any(|stroke| stroke.tool == Tool::Hint));
    if !has_hint {
        return None;
    }
    let size = Size::new(side, side);
    let empty = || Hints { colors: [0, 1, 2].map(|_| Plane::filled(size, 0.0)), mask: Plane::filled(size, 0.0) };
    let mut all = empty();
    for layer in layers {
        let mut own = empty();
        for stroke in *layer {
            add_hint(&mut own, stroke);
        }
        for (at, &mask) in own.mask.data().iter().enumerate() {
            for (below, above) in all.colors.iter_mut().zip(&own.colors) {
                let below = &mut below.data_mut()[at];
                *below = *below * (1.0 - mask) + above.data()[at];
            }
            let below = &mut all.mask.data_mut()[at];
            *below = *below * (1.0 - mask) + mask;
        }
    }
    Some(all)
}

/// Adds a stroke of ink, or takes away what an eraser covers; hints leave no ink.
pub(super) fn add_ink(ink: &mut Plane<f32>, stroke: &Stroke) {
    match stroke.tool {
        Tool::Pen => cover(stroke, ink.size(), |x, y, coverages| {
            for (value, &coverage) in ink.row_mut(y)[x..].iter_mut().zip(coverages) {
                *value = value.max(coverage);
            }
        }),
        Tool::Eraser => cover(stroke, ink.size(), |x, y, coverages| {
            for (value, &coverage) in ink.row_mut(y)[x..].iter_mut().zip(coverages) {
                *value = value.min(1.0 - coverage);
            }
        }),
        Tool::Hint => {}
    }
}

/// Colors are premultiplied by the mask.
fn add_hint(hints: &mut Hints, stroke: &Stroke) {
    if stroke.tool == Tool::Pen {
        return;
    }
    let size = hints.mask.size();
    let bounds = stroke.bounds(size.width);
    if bounds.is_empty() {
        return;
    }
    let mut own = Plane::filled(size, 0.0f32);
    cover(stroke, size, |x, y, coverages| {
        for (value, &coverage) in own.row_mut(y)[x..].iter_mut().zip(coverages) {
            *value = value.max(coverage);
        }
    });
    let is_color = stroke.tool == Tool::Hint;
    let color = stroke.color.map(|value| if is_color { f32::from(value) / 255.0 } else { 0.0 });
    for y in bounds.y0 as u32..bounds.y1 as u32 {
        for x in bounds.x0 as u32..bounds.x1 as u32 {
            let coverage = own.at(x, y);
            for (plane, color) in hints.colors.iter_mut().zip(color) {
                plane.set(x, y, plane.at(x, y) * (1.0 - coverage) + color * coverage);
            }
            let added = if is_color { coverage } else { 0.0 };
            hints.mask.set(x, y, hints.mask.at(x, y) * (1.0 - coverage) + added);
        }
    }
}

/// Calls `take` with the first column, the row, and coverages of neighboring pixels, for all rows of all segments.
fn cover(stroke: &Stroke, size: Size, mut take: impl FnMut(usize, u32, &[f32])) {
    let scale = size.width as f32;
    let mut row = Vec::new();
    let mut last: Option<Node> = None;
    let mut has_drawn = false;
    let nodes = center_line(stroke);
    for (at, node) in nodes.iter().enumerate() {
        let node = Node { x: node.x * scale, y: node.y * scale, radius: node.radius * scale };
        let is_end = at + 1 == nodes.len();
        let from = last.unwrap_or(node);
        let is_near = (from.x - node.x).hypot(from.y - node.y) < NEAR;
        if last.is_none() || (is_near && !(is_end && !has_drawn)) {
            last = last.or(Some(node));
            if nodes.len() > 1 {
                continue;
            }
        }
        segment(from, node, size, &mut row, &mut take);
        (last, has_drawn) = (Some(node), true);
    }
}

/// The coverage of one capsule, whose ends may have different radii; all in pixels.
fn segment(from: Node, to: Node, size: Size, row: &mut Vec<f32>, take: &mut impl FnMut(usize, u32, &[f32])) {
    let reach = from.radius.max(to.radius) + 0.5;
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx * dx + dy * dy;
    let inverse = if length > 0.0 { 1.0 / length } else { 0.0 };
    let clip = |value: f32, most: u32| value.clamp(0.0, most as f32) as u32;
    let first = clip((from.y.min(to.y) - reach).floor(), size.height);
    let end = clip((from.y.max(to.y) + reach).ceil(), size.height);
    let taper = to.radius - from.radius;
    for y in first..end {
        let middle = y as f32 + 0.5;
        // The part of the segment that this row can see.
        let (near, far) = if dy.abs() > 1e-6 {
            let (a, b) = ((middle - reach - from.y) / dy, (middle + reach - from.y) / dy);
            (a.min(b).clamp(0.0, 1.0), a.max(b).clamp(0.0, 1.0))
        } else {
            (0.0, 1.0)
        };
        let (a, b) = (from.x + near * dx, from.x + far * dx);
        let left = clip((a.min(b) - reach).floor(), size.width);
        let right = clip((a.max(b) + reach).ceil(), size.width);
        if left >= right {
            continue;
        }
        row.clear();
        row.extend((left..right).map(|x| {
            let (px, py) = (x as f32 + 0.5 - from.x, middle - from.y);
            let t = ((px * dx + py * dy) * inverse).clamp(0.0, 1.0);
            let (ax, ay) = (px - t * dx, py - t * dy);
            let radius = from.radius + t * taper;
            // A line thinner than a pixel never covers one.
            let most = (2.0 * radius).min(1.0);
            (radius + 0.5 - root(ax * ax + ay * ay)).clamp(0.0, most)
        }));
        take(left as usize, y, row);
    }
}

#[expect(clippy::imprecise_flops, reason = "hypot is a call; a root of a sum is vectorized, and nothing overflows")]
fn root(square: f32) -> f32 {
    square.sqrt()
}

/// The ink of a drawing that changes: only what is new is drawn. For a pad that follows the pen, or a worker that sees one
/// snapshot after another.
#[derive(Clone, Debug)]
pub struct Pad {
    side: u32,
    ink: Plane<f32>,
    layers: Vec<PadLayer>,
}

#[derive(Clone, Debug)]
struct PadLayer {
    /// What is drawn.
    strokes: Vec<Arc<Stroke>>,
    ink: Plane<f32>,
    /// The ink of the first so many strokes, so that undo does not draw all of them again.
    mark: Option<(usize, Plane<f32>)>,
}

/// After so many strokes a pad keeps what is there.
const MARK: usize = 32;

impl Pad {
    /// An empty paper of `side` pixels.
    #[must_use]
    pub fn new(side: u32) -> Self {
        Self { side, ink: Plane::filled(Size::new(side, side), 0.0), layers: Vec::new() }
    }

    /// Pixels on a side.
    #[must_use]
    pub const fn side(&self) -> u32 {
        self.side
    }

    /// 0 is paper, 1 is ink.
    #[must_use]
    pub const fn ink(&self) -> &Plane<f32> {
        &self.ink
    }

    /// Draws what `layers`, bottom first, have more than at the last call, and takes away what they have less. Strokes are
    /// told by their addresses. Returns the pixels that may have changed.
    pub fn update(&mut self, layers: &[&[Arc<Stroke>]]) -> PixelRect {
        let size = Size::new(self.side, self.side);
        let mut changed = PixelRect::default();
        if self.layers.len() > layers.len() {
            self.layers.truncate(layers.len());
            changed = size.rect();
        }
        let empty = || PadLayer { strokes: Vec::new(), ink: Plane::filled(size, 0.0), mark: None };
        self.layers.resize_with(layers.len(), empty);
        for (own, strokes) in self.layers.iter_mut().zip(layers) {
            changed = changed.union(own.update(strokes));
        }
        for y in changed.y0 as u32..changed.y1 as u32 {
            let columns = changed.x0 as usize..changed.x1 as usize;
            let out = &mut self.ink.row_mut(y)[columns.clone()];
            out.fill(0.0);
            for layer in &self.layers {
                for (value, own) in out.iter_mut().zip(&layer.ink.row(y)[columns.clone()]) {
                    *value = value.max(*own);
                }
            }
        }
        changed
    }
}

impl PadLayer {
    fn update(&mut self, strokes: &[Arc<Stroke>]) -> PixelRect {
        let side = self.ink.size().width;
        let common = self.strokes.iter().zip(strokes).take_while(|(a, b)| Arc::ptr_eq(a, b)).count();
        let mut changed = PixelRect::default();
        if common < self.strokes.len() {
            changed = self.strokes[common..].iter().fold(changed, |rect, stroke| rect.union(stroke.bounds(side)));
            let kept = match self.mark.take().filter(|(count, _)| *count <= common) {
                Some((count, ink)) => {
                    self.ink.clone_from(&ink);
                    self.mark = Some((count, ink));
                    count
                }
                None => {
                    self.ink.data_mut().fill(0.0);
                    0
                }
            };
            self.strokes.truncate(kept);
        }
        for stroke in &strokes[self.strokes.len()..] {
            add_ink(&mut self.ink, stroke);
            changed = changed.union(stroke.bounds(side));
            self.strokes.push(Arc::clone(stroke));
            if self.strokes.len().is_multiple_of(MARK) {
                self.mark = Some((self.strokes.len(), self.ink.clone()));
            }
        }
        changed
    }
}
