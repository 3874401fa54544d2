//! Edges of colors (Canny, A Computational Approach to Edge Detection, 1986): blur, gradient, ridges of the gradient, and a
//! threshold with memory.

use super::filter::{gaussian, otsu, sobel};
use crate::imaging::{Plane, Size};

/// What counts as an edge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canny {
    /// Blur in pixels before anything else.
    pub sigma: f32,
    /// An edge begins where the gradient is this many times Otsu's threshold of all ridges.
    pub high: f32,
    /// And goes on as far as it is at least this share of that.
    pub low: f32,
}

/// Least gradient of an edge, in values of 0..1 a pixel, so that an even picture has none.
const FAINT: f32 = 0.004;

/// The edges of a picture whose channels (in 0..1) have one size: 1 on them, else 0. At each pixel the channel with the
/// steepest slope counts.
#[must_use]
pub fn canny(channels: &[Plane<f32>], options: Canny) -> Plane<u8> {
    let Some(size) = channels.first().map(Plane::size) else { return Plane::filled(Size::new(0, 0), 0) };
    if size.area() == 0 {
        return Plane::filled(size, 0);
    }
    let mut steepest = vec![[0.0_f32; 3]; size.area()];
    for channel in channels {
        let (dx, dy) = sobel(&gaussian(channel, options.sigma));
        for ((best, &dx), &dy) in steepest.iter_mut().zip(dx.data()).zip(dy.data()) {
            let square = dx * dx + dy * dy;
            if square > best[0] {
                *best = [square, dx, dy];
            }
        }
    }
    let ridges = ridges(&steepest, size);
    let most = ridges.data().iter().fold(0.0_f32, |most, &value| most.max(value));
    let middle = otsu(ridges.data().iter().copied().filter(|&value| value > FAINT), most);
    let high = (middle * options.high).max(FAINT);
    grown(&ridges, high, (high * options.low).max(FAINT))
}

/// The gradient's length where it is no less than on both sides of the edge, else 0.
fn ridges(gradient: &[[f32; 3]], size: Size) -> Plane<f32> {
    let (w, h) = (size.width as usize, size.height as usize);
    let mut out = Plane::filled(size, 0.0);
    for y in 1..h.saturating_sub(1) {
        for x in 1..w.saturating_sub(1) {
            let at = y * w + x;
            let [square, dx, dy] = gradient[at];
            if square < FAINT * FAINT {
                continue;
            }
            // Between the two neighbours on each side that the gradient points between.
            let (steep, flat) = if dx.abs() >= dy.abs() { (dx, dy) } else { (dy, dx) };
            let share = (flat / steep).abs();
            let (main, side) = if dx.abs() >= dy.abs() { (1, w) } else { (w, 1) };
            let is_same_sign = (dx >= 0.0) == (dy >= 0.0);
            let ahead = if is_same_sign { at + main + side } else { at + main - side };
            let behind = if is_same_sign { at - main - side } else { at - main + side };
            let length = |at: usize| gradient[at][0].sqrt();
            let here = square.sqrt();
            let forward = share * (length(ahead) - length(at + main)) + length(at + main);
            let backward = share * (length(behind) - length(at - main)) + length(at - main);
            if here >= forward && here > backward {
                out.data_mut()[at] = here;
            }
        }
    }
    out
}

/// What is at least `high`, and what is at least `low` and connected to it.
fn grown(ridges: &Plane<f32>, high: f32, low: f32) -> Plane<u8> {
    let (w, h) = (ridges.size().width as usize, ridges.size().height as usize);
    let mut out = Plane::filled(ridges.size(), 0);
    let mut open: Vec<usize> = (0..ridges.data().len()).filter(|&at| ridges.data()[at] >= high).collect();
    for &at in &open {
        out.data_mut()[at] = 1;
    }
    while let Some(at) = open.pop() {
        let (x, y) = (at % w, at / w);
        for near_y in y.saturating_sub(1)..(y + 2).min(h) {
            for near_x in x.saturating_sub(1)..(x + 2).min(w) {
                let near = near_y * w + near_x;
                if ridges.data()[near] >= low && out.data()[near] == 0 {
                    out.data_mut()[near] = 1;
                    open.push(near);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_its_outline_and_an_even_picture_none() {
        let size = Size::new(64, 64);
        let mut plane = Plane::filled(size, 0.9);
        (20..44).for_each(|y| (20..44).for_each(|x| plane.set(x, y, 0.2)));
        let edges = canny(&[plane], Canny { sigma: 1.0, high: 1.0, low: 0.4 });
        let count = edges.data().iter().filter(|&&value| value != 0).count();
        assert!((84..=100).contains(&count), "{count} pixels of an outline of 96");
        let on_border = |x: u32, y: u32| [x, y].iter().any(|at| (18..=21).contains(at) || (42..=45).contains(at));
        assert!((0..64).all(|y| (0..64).all(|x| edges.at(x, y) == 0 || on_border(x, y))), "and where it is");
        let even = canny(&[Plane::filled(size, 0.5)], Canny { sigma: 1.0, high: 1.0, low: 0.4 });
        assert!(even.data().iter().all(|&value| value == 0));
    }
}
