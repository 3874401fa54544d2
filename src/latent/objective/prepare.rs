//! From constraints to what a picture is compared with: where which colour, and where which edges, each once for the search.

use candle_core::{Device, Tensor};

use super::super::{Constraint, LatentError};
use crate::generators::ops::{Hog, hog, hog_mask};
use crate::imaging::{Plane, Size};

/// A mask, one plane, and values of all planes.
pub(super) type Masked = (Vec<f32>, Vec<f32>);

/// What one constraint asks for.
#[derive(Default)]
pub(super) struct Wish {
    pub(super) weight: f32,
    /// Colours in -1..1, three planes.
    pub(super) color: Option<Masked>,
    /// Histograms, eight planes of cells.
    pub(super) edges: Option<Masked>,
    /// The square of the histograms under the mask: what a flat picture would cost.
    pub(super) edge_energy: f32,
}

/// In the place that a warped square leaves, a kept region counts this much.
const VACATED: f32 = 0.25;

/// Contrast of the faintest edge that is called one, of grey in 0..1.
const FAINT: f32 = 0.25;

/// # Errors
/// A sentence about the first constraint that does not fit pictures of this side.
pub(super) fn prepare(constraints: &[Constraint], side: usize, settings: Hog) -> Result<Vec<Wish>, LatentError> {
    for (at, constraint) in constraints.iter().enumerate() {
        check(constraint, at + 1, side)?;
    }
    let drawing = drawing(constraints, side);
    let drawn = if drawing.is_empty() { Vec::new() } else { histograms(&drawing, 1, side, settings)? };
    let mut wishes = Vec::with_capacity(constraints.len());
    for (at, constraint) in constraints.iter().enumerate() {
        let later = &constraints[at + 1..];
        wishes.push(match constraint {
            Constraint::Color { mask, color, weight } => {
                let mut mask = mask.data().to_vec();
                for other in later.iter().filter_map(painted) {
                    mask.iter_mut().zip(other.data()).for_each(|(mask, other)| *mask *= 1.0 - other);
                }
                Wish { weight: *weight, color: some((mask, channels(color))), ..Wish::default() }
            }
            Constraint::Keep { mask, picture, weight } => {
                let mut mask = mask.data().to_vec();
                for other in constraints {
                    vacate(&mut mask, other, side);
                }
                Wish { weight: *weight, color: some((mask, channels(picture))), ..Wish::default() }
            }
            Constraint::Edges { mask, weight, .. } => {
                let edges = some((cells(mask.data(), side, settings)?, drawn.clone()));
                Wish { weight: *weight, edges, ..Wish::default() }
            }
            Constraint::Warp { snapshot, from, to, side: width, weight } => {
                let (mask, shifted) = warped(snapshot, *from, *to, *width);
                let edges = some((cells(&mask, side, settings)?, histograms(&shifted, 3, side, settings)?));
                Wish { weight: *weight, color: some((mask, shifted)), edges, ..Wish::default() }
            }
        });
    }
    let faint = faint_energy(side, settings)?;
    for wish in &mut wishes {
        wish.edge_energy = wish.edges.as_ref().map_or(0.0, energy).max(faint);
    }
    Ok(wishes)
}

/// Nothing where the mask has no value.
fn some(masked: Masked) -> Option<Masked> {
    masked.0.iter().any(|mask| *mask > 0.0).then_some(masked)
}

fn painted(constraint: &Constraint) -> Option<&Plane<f32>> {
    match constraint {
        Constraint::Color { mask, weight, .. } if *weight > 0.0 => Some(mask),
        _ => None,
    }
}

/// All sketches as one drawing in -1..1, ink bright; empty when there is none.
fn drawing(constraints: &[Constraint], side: usize) -> Vec<f32> {
    let mut drawing = Vec::new();
    for constraint in constraints {
        let Constraint::Edges { mask, ink, weight } = constraint else { continue };
        drawing.resize(side * side, -1.0);
        // One that counts nothing shall not change what others ask for, but still needs a drawing to be compared with.
        let shown = if *weight > 0.0 { 1.0 } else { 0.0 };
        for ((pixel, mask), ink) in drawing.iter_mut().zip(mask.data()).zip(ink.data()) {
            *pixel += shown * mask * (ink * 2.0 - 1.0 - *pixel);
        }
    }
    drawing
}

/// Pixels to planes.
fn channels(picture: &Plane<[f32; 3]>) -> Vec<f32> {
    (0..3).flat_map(|channel| picture.data().iter().map(move |pixel| pixel[channel])).collect()
}

/// The pixels of a square around `center`, as `(x0, y0, x1, y1)` cut to the picture.
fn square(center: [f32; 2], width: f32, side: usize) -> [usize; 4] {
    let cut = |value: f32| (value.round().max(0.0) as usize).min(side);
    let half = width / 2.0;
    [cut(center[0] - half), cut(center[1] - half), cut(center[0] + half), cut(center[1] + half)]
}

/// The square at its new place, and the whole snapshot moved along with it: so the square has its true surroundings, and its
/// border is no edge.
fn warped(snapshot: &Plane<[f32; 3]>, from: [f32; 2], to: [f32; 2], width: f32) -> Masked {
    let side = snapshot.size().width as usize;
    let moved = [(to[0] - from[0]).round(), (to[1] - from[1]).round()];
    // What would come from outside of the snapshot is nothing to ask for.
    let mut mask = vec![0.0; side * side];
    let [x0, y0, x1, y1] = square([from[0] + moved[0], from[1] + moved[1]], width, side);
    let is_inside = |at: usize, moved: f32| (0.0..side as f32).contains(&(at as f32 - moved));
    for y in (y0..y1).filter(|y| is_inside(*y, moved[1])) {
        for x in (x0..x1).filter(|x| is_inside(*x, moved[0])) {
            mask[y * side + x] = 1.0;
        }
    }
    let last = side as f32 - 1.0;
    let source = |at: usize, moved: f32| (at as f32 - moved).clamp(0.0, last) as u32;
    let mut shifted = snapshot.clone();
    for y in 0..side {
        for x in 0..side {
            shifted.set(x as u32, y as u32, snapshot.at(source(x, moved[0]), source(y, moved[1])));
        }
    }
    (mask, channels(&shifted))
}

/// Lowers a kept region's mask where a warp takes a square away and puts nothing in its place.
fn vacate(mask: &mut [f32], constraint: &Constraint, side: usize) {
    let &Constraint::Warp { from, to, side: width, weight, .. } = constraint else { return };
    if weight == 0.0 {
        return;
    }
    let [x0, y0, x1, y1] = square(from, width, side);
    let [to_x0, to_y0, to_x1, to_y1] = square(to, width, side);
    for y in 0..side {
        for x in 0..side {
            let is_left = (x0..x1).contains(&x) && (y0..y1).contains(&y);
            let is_reached = (to_x0..to_x1).contains(&x) && (to_y0..to_y1).contains(&y);
            // Where the square arrives it counts and the kept picture does not.
            mask[y * side + x] *= if is_reached {
                0.0
            } else if is_left {
                VACATED
            } else {
                1.0
            };
        }
    }
}

/// Histograms of a picture of planes in -1..1.
fn histograms(planes: &[f32], channels: usize, side: usize, settings: Hog) -> candle_core::Result<Vec<f32>> {
    hog(&Tensor::from_slice(planes, (1, channels, side, side), &Device::Cpu)?, settings)?.flatten_all()?.to_vec1()
}

/// The cells that gather from a mask's pixels.
fn cells(mask: &[f32], side: usize, settings: Hog) -> candle_core::Result<Vec<f32>> {
    hog_mask(&Tensor::from_slice(mask, (1, 1, side, side), &Device::Cpu)?, settings)?.flatten_all()?.to_vec1()
}

/// The mean square of the values under the mask.
fn energy((mask, values): &Masked) -> f32 {
    let squares = values.iter().enumerate().map(|(at, value)| mask[at % mask.len()] * value * value).sum::<f32>();
    let total = mask.iter().sum::<f32>() * (values.len() / mask.len()) as f32;
    squares / total.max(1.0)
}

/// The energy along one straight faint edge through the picture.
fn faint_energy(side: usize, settings: Hog) -> candle_core::Result<f32> {
    let step: Vec<f32> =
        (0..side * side).map(|at| if at % side < side / 2 { -1.0 } else { FAINT.mul_add(2.0, -1.0) }).collect();
    let line: Vec<f32> = (0..side * side).map(|at| f32::from(u8::from(at % side == side / 2))).collect();
    Ok(energy(&(cells(&line, side, settings)?, histograms(&step, 1, side, settings)?)))
}

fn check(constraint: &Constraint, number: usize, side: usize) -> Result<(), LatentError> {
    let wrong = |what, wanted| Err(LatentError::OutOfRange { number, what, wanted });
    let (mask, colors, weight) = match constraint {
        Constraint::Color { mask, color, weight } => (Some(mask), Some(color), *weight),
        Constraint::Edges { mask, weight, .. } => (Some(mask), None, *weight),
        Constraint::Warp { snapshot, weight, .. } => (None, Some(snapshot), *weight),
        Constraint::Keep { mask, picture, weight } => (Some(mask), Some(picture), *weight),
    };
    let ink = if let Constraint::Edges { ink, .. } = constraint { Some(ink) } else { None };
    let sizes = [mask.map(Plane::size), ink.map(Plane::size), colors.map(Plane::size)];
    let wanted = Size::new(side as u32, side as u32);
    if let Some(size) = sizes.into_iter().flatten().find(|size| *size != wanted) {
        return Err(LatentError::WrongSize { number, width: size.width, height: size.height, side });
    }
    if !weight.is_finite() || weight < 0.0 {
        return wrong("weight", "a number from 0 on");
    }
    let is_share = |plane: &Plane<f32>| plane.data().iter().all(|value| (0.0..=1.0).contains(value));
    if !mask.is_none_or(is_share) || !ink.is_none_or(is_share) {
        return wrong("mask and ink", "in 0..1");
    }
    let is_color = |pixel: &[f32; 3]| pixel.iter().all(|value| (-1.001..=1.001).contains(value));
    if !colors.is_none_or(|colors| colors.data().iter().all(is_color)) {
        return wrong("picture", "in -1..1");
    }
    if let Constraint::Warp { from, to, side, .. } = constraint {
        let numbers = [from[0], from[1], to[0], to[1], *side];
        if !numbers.iter().all(|number| number.is_finite()) || *side < 0.0 {
            return wrong("place", "finite, with a side from 0 on");
        }
    }
    Ok(())
}
