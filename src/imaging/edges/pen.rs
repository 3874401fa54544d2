//! Lines drawn with a round pen of one width.

use super::trace::{Line, off_segment};
use crate::imaging::{Plane, Size};

/// Draws `lines` on paper of `size` with a pen of `radius` pixels: 1 is ink, 0 paper, what lies between at the ink's border.
#[must_use]
pub fn draw(lines: &[Line], size: Size, radius: f32) -> Plane<f32> {
    let mut plane = Plane::filled(size, 0.0);
    for line in lines {
        match line.as_slice() {
            [] => {}
            [dot] => segment(&mut plane, *dot, *dot, radius),
            points => points.windows(2).for_each(|pair| segment(&mut plane, pair[0], pair[1], radius)),
        }
    }
    plane
}

fn segment(plane: &mut Plane<f32>, from: [f32; 2], to: [f32; 2], radius: f32) {
    let reach = radius + 0.5;
    let size = plane.size();
    let span = |a: f32, b: f32, side: u32| {
        let low = (a.min(b) - reach - 0.5).ceil().max(0.0) as u32;
        let high = (a.max(b) + reach - 0.5).floor();
        if high < 0.0 { 0..0 } else { low..(high as u32 + 1).min(side) }
    };
    let columns = span(from[0], to[0], size.width);
    for y in span(from[1], to[1], size.height) {
        let row = plane.row_mut(y);
        for x in columns.clone() {
            let value = &mut row[x as usize];
            if *value < 1.0 {
                let off = off_segment([x as f32 + 0.5, y as f32 + 0.5], from, to);
                *value = value.max((reach - off).clamp(0.0, 1.0));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_as_wide_as_the_pen() {
        let plane = draw(&[vec![[8.0, 20.0], [32.0, 20.0]]], Size::new(40, 40), 2.0);
        let column: f32 = (0..40).map(|y| plane.at(20, y)).sum();
        assert!((column - 4.0).abs() < 1e-3, "{column} pixels wide");
        assert!(plane.at(2, 20) == 0.0 && plane.at(20, 10) == 0.0, "paper elsewhere");
        let dot = draw(&[vec![[10.0, 10.0]]], Size::new(20, 20), 3.0);
        let area: f32 = dot.data().iter().sum();
        assert!((area - 28.3).abs() < 1.5, "a dot of {area} pixels");
    }

    #[test]
    fn lines_may_leave_the_paper() {
        let plane = draw(&[vec![[-30.0, -5.0], [60.0, 70.0]], vec![[500.0, 2.0]]], Size::new(16, 16), 1.0);
        assert!(plane.data().iter().all(|value| (0.0..=1.0).contains(value)));
    }
}
