//! Between the photo's resolution and a network's: squares are shrunk by an area filter that leaves unknown pixels out
//! (normalised convolution: Knutsson and Westin, CVPR 1993), and enlarged by Catmull and Rom's cubic spline (1974).

use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

use super::canvas::{Canvas, Pixel};
use crate::imaging::PixelRect;

/// A square at a network's resolution.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// Width and height.
    pub(crate) side: usize,
    /// Row by row, 0..=255; where nothing under a pixel is known, 0.
    pub(crate) colors: Vec<[f32; 3]>,
    /// Whether all that lies under a pixel is known.
    pub(crate) known: Vec<bool>,
}

/// What one pixel of a square adds to a smaller one: colours times weight, weight, share that is not known.
type Sum = [f32; 5];

impl Picture {
    /// `square` of the photo at `side` pixels, at most the square's own. `is_known` says which pixels count: those of the
    /// photo, and the reflected ones beyond it, which have no [`Pixel`].
    pub(crate) fn of(
        canvas: &Canvas,
        square: PixelRect,
        side: usize,
        is_known: impl Fn(i32, i32, Option<Pixel>) -> bool + Sync,
    ) -> Self {
        let full = square.width() as usize;
        let row_of = |y: usize| -> Vec<Sum> {
            let row = (0..full).map(|x| {
                let (px, py) = (square.x0 + x as i32, square.y0 + y as i32);
                let at = canvas.at(
                    reflected(px, canvas.rect.x0, canvas.rect.width()),
                    reflected(py, canvas.rect.y0, canvas.rect.height()),
                );
                let pixel = canvas.rect.contains(px, py).then(|| canvas.pixels.data()[at]);
                let known = is_known(px, py, pixel);
                let [r, g, b] = canvas.colors[at];
                if known { [r, g, b, 1.0, 0.0] } else { [0.0, 0.0, 0.0, 0.0, 1.0] }
            });
            shrunk(&row.collect::<Vec<_>>(), side)
        };
        let rows: Vec<Vec<Sum>> = (0..full).into_par_iter().map(row_of).collect();
        let columns: Vec<Vec<Sum>> = (0..side)
            .into_par_iter()
            .map(|x| shrunk(&rows.iter().map(|row| row[x]).collect::<Vec<_>>(), side))
            .collect();
        let sums = (0..side * side).map(|at| columns[at % side][at / side]);
        let (colors, known) = sums.map(of_sum).unzip();
        Self { side, colors, known }
    }

    /// The colours as a network reads them, `[1, 3, side, side]` in -1..1 with 0 where they are not known, and
    /// `[1, 1, side, side]` with 1 where they are.
    pub(crate) fn tensors(&self, device: &Device) -> Result<(Tensor, Tensor)> {
        let plane = |c: usize| {
            let values = self.colors.iter().zip(&self.known);
            values.map(move |(color, &known)| if known { color[c] / 127.5 - 1.0 } else { 0.0 })
        };
        let image: Vec<f32> = (0..3).flat_map(plane).collect();
        let known: Vec<f32> = self.known.iter().map(|&known| f32::from(u8::from(known))).collect();
        let side = self.side;
        let image = Tensor::from_vec(image, (1, 3, side, side), device)?;
        Ok((image, Tensor::from_vec(known, (1, 1, side, side), device)?))
    }

    /// A network's output `[1, 3, side, side]` as colours 0..=255, held in that range.
    pub(crate) fn colors_of(output: &Tensor) -> Result<Vec<[f32; 3]>> {
        let planes = output.squeeze(0)?.flatten_from(1)?.to_vec2::<f32>()?;
        let color = |at: usize| [0, 1, 2].map(|c| (planes[c][at] * 127.5 + 127.5).clamp(0.0, 255.0));
        Ok((0..planes.first().map_or(0, Vec::len)).map(color).collect())
    }

    /// This picture with `colors` where it is not known.
    pub(crate) fn filled(&self, colors: &[[f32; 3]]) -> Vec<[f32; 3]> {
        let all = self.known.iter().zip(&self.colors).zip(colors);
        all.map(|((&known, &own), &other)| if known { own } else { other }).collect()
    }
}

/// Weights at which something still counts as covered.
const LEAST_SHARE: f32 = 1e-4;

fn of_sum([r, g, b, weight, unknown]: Sum) -> ([f32; 3], bool) {
    if weight <= LEAST_SHARE {
        return ([0.0; 3], false);
    }
    ([r / weight, g / weight, b / weight], unknown <= LEAST_SHARE)
}

/// Averages over `side` equal parts of `values`, by the share of each value in the part.
fn shrunk(values: &[Sum], side: usize) -> Vec<Sum> {
    if values.len() == side {
        return values.to_vec();
    }
    let scale = values.len() as f64 / side as f64;
    (0..side)
        .map(|at| {
            let (from, to) = (at as f64 * scale, (at + 1) as f64 * scale);
            let mut sum = [0.0; 5];
            for (place, value) in values.iter().enumerate().take(to.ceil() as usize).skip(from as usize) {
                let share = ((to.min(place as f64 + 1.0) - from.max(place as f64)) / scale) as f32;
                for c in 0..5 {
                    sum[c] += share * value[c];
                }
            }
            sum
        })
        .collect()
}

/// Position `at` mirrored into `start..start + count`, edges included.
fn reflected(at: i32, start: i32, count: u32) -> i32 {
    let count = count as i32;
    let place = (at - start).rem_euclid(2 * count);
    start + if place < count { place } else { 2 * count - 1 - place }
}

/// A small square's colours at pixel `(x, y)` of the photo, by the cubic spline through its pixels.
pub(crate) fn enlarged(colors: &[[f32; 3]], side: usize, square: PixelRect, x: i32, y: i32) -> [f32; 3] {
    let scale = side as f32 / square.width() as f32;
    let place = |at: i32, start: i32| ((at - start) as f32 + 0.5) * scale - 0.5;
    let (u, v) = (place(x, square.x0), place(y, square.y0));
    let (left, top) = (u.floor(), v.floor());
    let (across, down) = (spline(u - left), spline(v - top));
    let clamp = |base: f32, tap: usize| (base as i32 + tap as i32 - 1).clamp(0, side as i32 - 1) as usize;
    let mut out = [0.0; 3];
    for (j, row) in down.iter().enumerate() {
        for (i, column) in across.iter().enumerate() {
            let color = colors[clamp(top, j) * side + clamp(left, i)];
            for c in 0..3 {
                out[c] += row * column * color[c];
            }
        }
    }
    out.map(|v| v.clamp(0.0, 255.0))
}

/// The weights of four pixels for a place `t` in 0..1 between the inner two.
fn spline(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [0.5 * (-t3 + 2.0 * t2 - t), 0.5 * (3.0 * t3 - 5.0 * t2 + 2.0), 0.5 * (-3.0 * t3 + 4.0 * t2 + t), 0.5 * (t3 - t2)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{Plane, Size};

    fn canvas(size: Size, is_hole: impl Fn(u32, u32) -> bool) -> Canvas {
        let at = || (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
        let pixels = at().map(|(x, y)| if is_hole(x, y) { Pixel::Hole } else { Pixel::Known }).collect();
        let color = |(x, y)| if is_hole(x, y) { [255.0; 3] } else { [x as f32, y as f32, 50.0] };
        Canvas { rect: size.rect(), colors: at().map(color).collect(), pixels: Plane::from_vec(size, pixels).unwrap() }
    }

    #[test]
    fn nothing_of_the_object_leaks_into_what_is_known() {
        let canvas = canvas(Size::new(100, 100), |x, y| (40..61).contains(&x) && (33..60).contains(&y));
        let picture = Picture::of(&canvas, canvas.rect, 32, |_, _, pixel| pixel == Some(Pixel::Known));
        for (color, known) in picture.colors.iter().zip(&picture.known) {
            assert!(!known || color.iter().all(|&v| v < 100.0), "a known pixel is {color:?}");
        }
        let open = picture.known.iter().filter(|known| !**known).count();
        assert!(open >= 7 * 9, "any pixel over the hole is hole: {open}");
    }

    #[test]
    fn a_ramp_survives_both_ways() {
        let canvas = canvas(Size::new(96, 96), |_, _| false);
        let picture = Picture::of(&canvas, canvas.rect, 32, |_, _, _| true);
        assert!(picture.known.iter().all(|&known| known), "all known");
        for (x, y) in [(20, 30), (48, 48), (70, 11)] {
            let got = enlarged(&picture.colors, 32, canvas.rect, x, y);
            assert!((got[0] - x as f32).abs() < 0.01 && (got[1] - y as f32).abs() < 0.01, "{x}, {y}: {got:?}");
        }
    }

    #[test]
    fn at_its_own_size_nothing_changes_and_beyond_the_photo_nothing_is_known() {
        let canvas = canvas(Size::new(20, 12), |_, _| false);
        let square = PixelRect::new(-6, -10, 26, 22);
        let picture = Picture::of(&canvas, square, 32, |_, _, pixel| pixel.is_some());
        assert_eq!(picture.known.iter().filter(|known| **known).count(), 240, "the photo's pixels");
        let place = (10 + 3) * 32 + 6 + 4;
        assert_eq!(picture.colors[place], [4.0, 3.0, 50.0], "exact");
        assert_eq!(enlarged(&picture.colors, 32, square, 4, 3), [4.0, 3.0, 50.0], "and back");
    }

    #[test]
    fn reflections_repeat_the_edge() {
        let seen: Vec<i32> = (-4..8).map(|at| reflected(at, 0, 3)).collect();
        assert_eq!(seen, [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1], "mirrored");
        assert_eq!(reflected(-100, 5, 1), 5, "one pixel");
    }
}
