//! Holes grown and shrunk by squares. What lies outside of the picture neither grows into it nor eats from it.

use crate::imaging::Plane;

/// Every pixel with a hole at most `radius` columns and rows away.
pub(super) fn grown(holes: &Plane<bool>, radius: usize) -> Plane<bool> {
    spread(holes, radius, true)
}

/// Every hole without anything known at most `radius` columns and rows away.
pub(super) fn shrunk(holes: &Plane<bool>, radius: usize) -> Plane<bool> {
    spread(holes, radius, false)
}

/// Every pixel takes `value` when one of the pixels in the square around it has it.
fn spread(plane: &Plane<bool>, radius: usize, value: bool) -> Plane<bool> {
    let (width, height) = (plane.size().width as usize, plane.size().height as usize);
    let mut across = plane.clone();
    for y in 0..height as u32 {
        let (from, to) = (plane.row(y), across.row_mut(y));
        for x in 0..width {
            if from[x.saturating_sub(radius)..(x + radius + 1).min(width)].contains(&value) {
                to[x] = value;
            }
        }
    }
    let mut out = across.clone();
    for y in 0..height {
        for near in y.saturating_sub(radius)..(y + radius + 1).min(height) {
            for (to, &from) in out.row_mut(y as u32).iter_mut().zip(across.row(near as u32)) {
                if from == value {
                    *to = value;
                }
            }
        }
    }
    out
}
