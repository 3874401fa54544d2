//! The outline of what stands out from the ground.

use super::filter::gaussian;
use super::thin::without_specks;
use crate::imaging::{Plane, Size};

/// The outlines of all that differs from the ground by more than `threshold` after a blur of `sigma` pixels: 1 on them, else 0. `channels` in 0..1 have one
/// size; the ground's color is the middle one of the border's.
#[must_use]
pub fn contour(channels: &[Plane<f32>], sigma: f32, threshold: f32) -> Plane<u8> {
    let Some(size) = channels.first().map(Plane::size) else { return Plane::filled(Size::new(0, 0), 0) };
    let mut off = vec![0.0_f32; size.area()];
    for channel in channels {
        let ground = ground(channel);
        let soft = gaussian(channel, sigma);
        off.iter_mut().zip(soft.data()).for_each(|(off, value)| *off = off.max((value - ground).abs()));
    }
    let figure = off.iter().map(|&off| u8::from(off > threshold)).collect();
    let Some(figure) = Plane::from_vec(size, figure) else { return Plane::filled(size, 0) };
    let figure = without_specks(&figure, size.area() / 400);
    let mut out = Plane::filled(size, 0);
    for y in 0..size.height {
        for x in 0..size.width {
            let is_ground = |x: Option<u32>, y: Option<u32>| match (x, y) {
                (Some(x), Some(y)) if x < size.width && y < size.height => figure.at(x, y) == 0,
                // What the picture cuts off has no outline there.
                _ => false,
            };
            let beside = is_ground(x.checked_sub(1), Some(y))
                || is_ground(Some(x + 1), Some(y))
                || is_ground(Some(x), y.checked_sub(1))
                || is_ground(Some(x), Some(y + 1));
            if figure.at(x, y) == 1 && beside {
                out.set(x, y, 1);
            }
        }
    }
    out
}

/// The middle of the border's values.
fn ground(channel: &Plane<f32>) -> f32 {
    let Size { width, height } = channel.size();
    let mut border: Vec<f32> = Vec::new();
    if height > 0 {
        border.extend_from_slice(channel.row(0));
        border.extend_from_slice(channel.row(height - 1));
        border.extend((0..height).flat_map(|y| [channel.row(y)[0], channel.row(y)[width as usize - 1]]));
    }
    border.sort_by(f32::total_cmp);
    border.get(border.len() / 2).copied().unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_on_white_has_one_outline() {
        let size = Size::new(60, 60);
        let mut plane = Plane::filled(size, 1.0);
        for y in 0..60 {
            for x in 0..60 {
                if (x as f32 - 30.0).hypot(y as f32 - 30.0) < 15.0 {
                    plane.set(x, y, if (x / 3 + y / 3) % 2 == 0 { 0.2 } else { 0.6 });
                }
            }
        }
        let lines = crate::imaging::edges::trace(&crate::imaging::edges::thin(&contour(&[plane], 0.5, 0.1)));
        assert_eq!(lines.len(), 1, "{} lines", lines.len());
    }
}
