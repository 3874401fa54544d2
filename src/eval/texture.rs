//! Whether a fill has as much detail as the truth, and whether its edge shows.

use super::Picture;
use super::morphology::{grown, shrunk};
use super::picture::{luma, mean, mirrored};
use crate::imaging::Plane;

/// Pixels at the hole's edge that do not count as its inside: a square of 7 must fit.
const EDGE: usize = 3;
/// How far known pixels are compared with the edge: a square of 17.
const RING: usize = 8;

/// Mean length of the luminance's gradient (Sobel, 3 x 3) well inside of the hole, fill by photo. `None` where the hole is
/// narrower than 7 pixels or the photo has no gradient there. All three must be of one size.
#[must_use]
pub fn gradient_ratio(photo: &Picture, holes: &Plane<bool>, fill: &Picture) -> Option<f64> {
    let core = shrunk(holes, EDGE);
    let base = gradient_energy(&luma(photo), &core)?;
    let energy = gradient_energy(&luma(fill), &core)?;
    (base > 0.0).then(|| energy / base.max(1e-6))
}

fn gradient_energy(luma: &Plane<f32>, core: &Plane<bool>) -> Option<f64> {
    let (width, height) = (luma.size().width as usize, luma.size().height as usize);
    let inside = core.data().iter().enumerate().filter(|(_, inside)| **inside);
    mean(inside.map(|(at, _)| {
        let (x, y) = ((at % width) as i64, (at / width) as i64);
        let value = |dx: i64, dy: i64| luma.data()[mirrored(y + dy, height) * width + mirrored(x + dx, width)];
        let slope = |pixel: &dyn Fn(i64, i64) -> f32| {
            (pixel(-1, 1) + 2.0 * pixel(0, 1) + pixel(1, 1)) - (pixel(-1, -1) + 2.0 * pixel(0, -1) + pixel(1, -1))
        };
        f64::from(slope(&|across, along| value(along, across)).hypot(slope(&value)))
    }))
}

/// Mean luminance difference of neighbours across the hole's edge, by that of neighbours in the ring of known pixels
/// around it. `None` without an edge or a ring. Both must be of one size.
#[must_use]
pub fn seam_ratio(holes: &Plane<bool>, fill: &Picture) -> Option<f64> {
    let luma = luma(fill);
    let ring = grown(holes, RING);
    let width = holes.size().width as usize;
    let to_the_right = |at: &usize| !(at + 1).is_multiple_of(width);
    let pairs: Vec<(usize, usize)> = (0..holes.data().len())
        .filter(to_the_right)
        .map(|at| (at, at + 1))
        .chain((width..holes.data().len()).map(|at| (at - width, at)))
        .collect();
    let difference = |&(a, b): &(usize, usize)| f64::from((luma.data()[a] - luma.data()[b]).abs());
    let is_across = |(a, b): &&(usize, usize)| holes.data()[*a] != holes.data()[*b];
    let is_near = |(a, b): &&(usize, usize)| [a, b].iter().all(|at| !holes.data()[**at] && ring.data()[**at]);
    let across = mean(pairs.iter().filter(is_across).map(difference))?;
    let near = mean(pairs.iter().filter(is_near).map(difference))?;
    Some(across / near.max(1e-6))
}
