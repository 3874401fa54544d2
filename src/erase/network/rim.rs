//! How a network's fill meets the photo: it paints the hole without having to match the pixels beside it, so its colours step
//! at the rim, two to three times as far as neighbours in the photo do.

use crate::erase::window::Window;

type Color = [f32; 3];

/// What the composition shall make of the differences to the right and the lower neighbour: within the hole those of
/// `colors`, which cover the window; across its rim those that the photo has next to it, mirrored, as if it went on like
/// that. (The composition spreads what that changes into the hole: `erase::poisson`.)
pub(crate) fn gradients(window: &Window, colors: &[Color]) -> Vec<[Color; 2]> {
    let (width, height) = (window.size().width as usize, window.size().height as usize);
    let hole = window.hole.data();
    // `at` and the next pixel, `step` further on; `before` and `after` tell whether there is one more on either side.
    let difference = |at: usize, step: usize, before: bool, after: bool| {
        let next = at + step;
        match (hole[at], hole[next]) {
            (true, false) => mirrored((after && !hole[next + step]).then(|| apart(colors[next], colors[next + step]))),
            (false, true) => mirrored((before && !hole[at - step]).then(|| apart(colors[at - step], colors[at]))),
            _ => apart(colors[at], colors[next]),
        }
    };
    let place = |at: usize| (at % width, at / width);
    let both = |at: usize| {
        let (x, y) = place(at);
        let right = if x + 1 < width { difference(at, 1, x > 0, x + 2 < width) } else { [0.0; 3] };
        let down = if y + 1 < height { difference(at, width, y > 0, y + 2 < height) } else { [0.0; 3] };
        [right, down]
    };
    (0..colors.len()).map(both).collect()
}

/// From `a` to `b`.
fn apart(a: Color, b: Color) -> Color {
    [b[0] - a[0], b[1] - a[1], b[2] - a[2]]
}

/// The way back, or no difference where nothing is known.
fn mirrored(difference: Option<Color>) -> Color {
    difference.map_or([0.0; 3], |[r, g, b]| [-r, -g, -b])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{PixelRect, Plane, Size};

    /// One row of known values, `None` in the hole, and what the network painted there.
    fn window(values: &[Option<f32>]) -> Window {
        let size = Size::new(values.len() as u32, 1);
        let hole: Vec<bool> = values.iter().map(Option::is_none).collect();
        let source = hole.iter().map(|hole| !hole).collect();
        let plane = |values| Plane::from_vec(size, values).unwrap();
        let colors = values.iter().map(|value| [value.unwrap_or(0.0); 3]).collect();
        Window {
            rect: PixelRect::new(3, 4, 3 + size.width as i32, 5),
            colors,
            hole: plane(hole),
            source: plane(source),
        }
    }

    #[test]
    fn across_the_rim_the_photo_goes_on_mirrored() {
        let window = window(&[Some(1.0), Some(4.0), None, None, Some(7.0), Some(5.0), None]);
        let colors = [1.0, 4.0, 90.0, 92.0, 7.0, 5.0, 80.0].map(|v| [v; 3]);
        let right: Vec<f32> = gradients(&window, &colors).iter().map(|[right, _]| right[0]).collect();
        // 4 goes on as 1 did, and what lies before 7 is like 5; the last pixel has no right neighbour.
        assert_eq!(right, [3.0, -3.0, 2.0, 2.0, -2.0, 2.0, 0.0]);
    }

    #[test]
    fn where_nothing_more_is_known_the_rim_is_level() {
        let window = window(&[Some(1.0), None, Some(9.0), None]);
        let colors = [1.0, 50.0, 9.0, 60.0].map(|v| [v; 3]);
        assert!(gradients(&window, &colors).iter().all(|[right, _]| *right == [0.0; 3]), "level");
    }
}
