//! One cut of some of a window's pixels into object and background, and the whole coarse segmentation made of such cuts.

use super::gmm::{Mixture, squared_distance};
use super::mincut::{DIRECTIONS, Graph};
use crate::control::CancelToken;
use crate::imaging::mask_ops::{distance_inside, distance_outside};
use crate::imaging::{Plane, Size};

/// Label of the object's pixels; that of the others is 0.
pub(super) const OBJECT: u8 = 255;

/// Strength of the preference for edges that follow the picture's, from the paper.
const GAMMA: f32 = 50.0;

/// Capacities are whole numbers: so many for one nat.
const PRECISION: f32 = 256.0;

/// No colour speaks for either side more strongly than this, in nats: a colour never seen before proves little.
const STRONGEST: f32 = 20.0;

/// Says that a pixel is no node of the graph.
const NO_NODE: u32 = u32::MAX;

/// How probable colours are in the object and in the background.
#[derive(Clone)]
pub(super) struct Models {
    pub(super) object: Mixture,
    pub(super) background: Mixture,
}

impl Models {
    /// By how many nats `color` speaks for the object.
    pub(super) fn evidence(&self, color: &[f32; 3]) -> f32 {
        (self.background.cost(color) - self.object.cost(color)).clamp(-STRONGEST, STRONGEST)
    }
}

/// Divides the pixels `nodes` (indices in row order) anew; the others keep their labels. `evidence` says by how many nats
/// a pixel of that index and colour speaks for the object. `None` when cancelled.
pub(super) fn cut(
    labels: &mut Plane<u8>,
    nodes: &[u32],
    color: impl Fn(u32) -> [f32; 3],
    evidence: impl Fn(u32, &[f32; 3]) -> f32,
    cancel: &CancelToken,
) -> Option<usize> {
    let size = labels.size();
    let mut node_of = vec![NO_NODE; size.area()];
    for (node, &pixel) in nodes.iter().enumerate() {
        node_of[pixel as usize] = node as u32;
    }
    let colors: Vec<[f32; 3]> = nodes.iter().map(|&pixel| color(pixel)).collect();
    let links = links(size, nodes, &node_of, |node, other| {
        let other_color = node_of[other as usize];
        let other_color = colors.get(other_color as usize).copied().unwrap_or_else(|| color(other));
        squared_distance(&colors[node], &other_color)
    });
    let mean = links.iter().map(|link| f64::from(link.difference)).sum::<f64>() / links.len().max(1) as f64;
    let beta = 0.5 / (mean as f32).max(1.0);
    let mut graph = Graph::new(nodes.len());
    for (node, (&pixel, color)) in nodes.iter().zip(&colors).enumerate() {
        graph.add_preference(node as u32, (evidence(pixel, color) * PRECISION) as i32);
    }
    for link in &links {
        let length = if link.direction < 4 { 1.0 } else { std::f32::consts::SQRT_2 };
        let capacity = (GAMMA / length * (-beta * link.difference).exp() * PRECISION) as i32;
        match node_of[link.other as usize] {
            NO_NODE if labels.data()[link.other as usize] == OBJECT => graph.add_preference(link.node, capacity),
            NO_NODE => graph.add_preference(link.node, -capacity),
            other => graph.connect(link.node, link.direction, other, capacity),
        }
    }
    let sides = graph.solve(cancel)?;
    let mut changed = 0;
    for (&pixel, is_object) in nodes.iter().zip(sides) {
        let label = &mut labels.data_mut()[pixel as usize];
        let new = if is_object { OBJECT } else { 0 };
        changed += usize::from(*label != new);
        *label = new;
    }
    Some(changed)
}

struct Link {
    node: u32,
    direction: usize,
    /// The neighbour's index among the pixels.
    other: u32,
    /// Squared distance of the colours.
    difference: f32,
}

/// The links between nodes, each once, and those to pixels that are no nodes.
fn links(size: Size, nodes: &[u32], node_of: &[u32], difference: impl Fn(usize, u32) -> f32) -> Vec<Link> {
    let mut links = Vec::with_capacity(nodes.len() * 4);
    for (node, &pixel) in nodes.iter().enumerate() {
        let (x, y) = ((pixel % size.width) as i32, (pixel / size.width) as i32);
        for (direction, (dx, dy)) in DIRECTIONS.into_iter().enumerate() {
            if !size.rect().contains(x + dx, y + dy) {
                continue;
            }
            let other = (y + dy) as u32 * size.width + (x + dx) as u32;
            if direction % 2 == 0 || node_of[other as usize] == NO_NODE {
                links.push(Link { node: node as u32, direction, other, difference: difference(node, other) });
            }
        }
    }
    links
}

/// The reduced window on its way to a first outline.
pub(super) struct Coarse {
    colors: Plane<[f32; 3]>,
    /// The pixels that may become either.
    nodes: Vec<u32>,
    /// By how many nats the place of each pixel speaks for the object.
    place: Plane<f32>,
    models: Models,
    /// Whether the background's colours are those around a loop and stay so: learned anew from what is left over inside
    /// of the loop, they would soon explain every part of the object that was missed once.
    is_background_known: bool,
    labels: Plane<u8>,
}

/// Nats by which the rim of a loop speaks for the background: people draw around things, not through them.
const RIM: f32 = 6.0;

/// Nats by which any place in a loop but its rim speaks for the object: the person said that it is in there, and a bit
/// of background more does less harm than a sliver of the object left behind.
const INSIDE: f32 = 2.0;

/// Nats by which the innermost pixel of a loop speaks for the object beyond that.
const CORE: f32 = 4.0;

/// The part of a loop's greatest depth at which its rim ends.
const RIM_DEPTH: f32 = 0.35;

/// The object's first colours are learned from below this part of a loop's greatest depth.
const SURE_DEPTH: f32 = 0.35;

/// Nats by which closeness to a scribble speaks for the object.
const NEARBY: f32 = 1.0;

/// The part of the greatest distance from a scribble beyond which the first background colours are learned.
const FAR_PART: f32 = 0.7;

/// Nats by which the far end of a scribble's window speaks for the background.
const FAR_AWAY: f32 = 6.0;

impl Coarse {
    /// Starts from the inside of a loop; all outside of it is background. `None` when either side is empty.
    pub(super) fn from_loop(colors: Plane<[f32; 3]>, inside: &Plane<u8>) -> Option<Self> {
        let depth = distance_inside(inside, f32::INFINITY);
        let deepest = depth.data().iter().copied().filter(|d| d.is_finite()).fold(1.0, f32::max);
        let place = map(&depth, |d| {
            let d = d / deepest;
            let (rim, core) = ((1.0 - d / RIM_DEPTH).max(0.0), ((d - RIM_DEPTH) / (1.0 - RIM_DEPTH)).max(0.0));
            INSIDE - (RIM + INSIDE) * rim + CORE * core.min(1.0)
        });
        let labels = map(inside, |v| if v >= 128 { OBJECT } else { 0 });
        let nodes = indices(&labels, |label| label == OBJECT);
        let likely = map(&depth, |d| d > SURE_DEPTH * deepest);
        let models = Models {
            object: Mixture::fit(&chosen(&colors, &likely, |v| v))?,
            background: Mixture::fit(&chosen(&colors, &labels, |label| label != OBJECT))?,
        };
        Some(Self { colors, nodes, place, models, is_background_known: true, labels })
    }

    /// Starts from a scribble, which is object for certain; the window's border is background where
    /// `is_border_known` (left, top, right, bottom) says so. `None` when either side is empty.
    pub(super) fn from_scribble(
        colors: Plane<[f32; 3]>,
        scribble: &Plane<u8>,
        is_border_known: [bool; 4],
    ) -> Option<Self> {
        let size = colors.size();
        let distance = distance_outside(scribble, f32::INFINITY);
        let farthest = distance.data().iter().copied().filter(|d| d.is_finite()).fold(1.0, f32::max);
        let reach = farthest * FAR_PART;
        let place = map(&distance, |d| NEARBY - FAR_AWAY * (d / reach).min(1.0));
        let labels = map(scribble, |v| if v >= 128 { OBJECT } else { 0 });
        let [left, top, right, bottom] = is_border_known;
        let is_border = |pixel: u32| {
            let (x, y) = (pixel % size.width, pixel / size.width);
            x == 0 && left || y == 0 && top || x + 1 == size.width && right || y + 1 == size.height && bottom
        };
        let mut nodes = indices(&labels, |label| label != OBJECT);
        nodes.retain(|&pixel| !is_border(pixel));
        let mut is_far = map(&distance, |d| d > reach);
        (0..).zip(is_far.data_mut()).for_each(|(pixel, is_far)| *is_far |= is_border(pixel));
        let models = Models {
            object: Mixture::fit(&chosen(&colors, &labels, |label| label == OBJECT))?,
            background: Mixture::fit(&chosen(&colors, &is_far, |v| v))?,
        };
        Some(Self { colors, nodes, place, models, is_background_known: false, labels })
    }

    /// Cuts and learns both sides' colours anew. The number of pixels that changed sides; `None` when cancelled.
    pub(super) fn iterate(&mut self, cancel: &CancelToken) -> Option<usize> {
        let (colors, place, models) = (&self.colors, &self.place, &self.models);
        let evidence = |pixel: u32, color: &[f32; 3]| models.evidence(color) + place.data()[pixel as usize];
        let color = |pixel: u32| colors.data()[pixel as usize];
        let changed = cut(&mut self.labels, &self.nodes, color, evidence, cancel)?;
        let object = self.models.object.refit(&chosen(&self.colors, &self.labels, |label| label == OBJECT));
        self.models.object = object.unwrap_or_else(|| self.models.object.clone());
        if !self.is_background_known {
            let background = self.models.background.refit(&chosen(&self.colors, &self.labels, |label| label != OBJECT));
            self.models.background = background.unwrap_or_else(|| self.models.background.clone());
        }
        Some(changed)
    }

    /// The outline and the colours on its two sides.
    pub(super) fn into_parts(self) -> (Plane<u8>, Models) {
        (self.labels, self.models)
    }
}

fn map<T: Copy, U: Copy + Default>(plane: &Plane<T>, value: impl Fn(T) -> U) -> Plane<U> {
    let mut out = Plane::filled(plane.size(), U::default());
    out.data_mut().iter_mut().zip(plane.data()).for_each(|(out, &v)| *out = value(v));
    out
}

fn indices(labels: &Plane<u8>, wanted: impl Fn(u8) -> bool) -> Vec<u32> {
    (0..).zip(labels.data()).filter(|&(_, &label)| wanted(label)).map(|(pixel, _)| pixel).collect()
}

fn chosen<T: Copy>(colors: &Plane<[f32; 3]>, by: &Plane<T>, wanted: impl Fn(T) -> bool) -> Vec<[f32; 3]> {
    colors.data().iter().zip(by.data()).filter(|&(_, &v)| wanted(v)).map(|(color, _)| *color).collect()
}
