//! A small square picture as the search sees it: colors in 0..=1, sampled between pixels, in halving sizes.

use crate::latent::Picture;

/// Red, green, blue and 1, so that an affine map is a product with it.
pub(super) type Pixel = [f32; 4];

/// Below this side a pyramid ends: half of it would show nothing.
const LAST_SIDE: usize = 8;

/// A square picture. Position `(x, y)` is the centre of pixel `(x, y)`; outside, the edge goes on.
#[derive(Clone, Debug)]
pub(super) struct Raster {
    pub(super) side: usize,
    pub(super) pixels: Vec<Pixel>,
}

impl Raster {
    /// The colors of a manifold's picture.
    pub(super) fn of_picture(picture: &Picture) -> Self {
        let (pixels, _) = picture.rgb().as_chunks::<3>();
        let pixel = |color: &[u8; 3]| {
            let [r, g, b] = color.map(|v| f32::from(v) / 255.0);
            [r, g, b, 1.0]
        };
        Self { side: picture.side(), pixels: pixels.iter().map(pixel).collect() }
    }

    /// The picture and its halves, finest first.
    pub(super) fn pyramid(self) -> Vec<Self> {
        let mut levels = vec![self];
        while let Some(last) = levels.last().filter(|last| last.side >= 2 * LAST_SIDE) {
            let half = last.halved();
            levels.push(half);
        }
        levels
    }

    /// Half the side (rounded up), after the binomial filter 1 3 3 1.
    fn halved(&self) -> Self {
        let side = self.side.div_ceil(2);
        let rows: Vec<Pixel> = (0..self.side)
            .flat_map(|y| (0..side).map(move |x| (x, y)))
            .map(|(x, y)| binomial(|step| self.pixel(2 * x as isize + step, y as isize)))
            .collect();
        let row_at = |x: usize, y: isize| rows[y.clamp(0, self.side as isize - 1) as usize * side + x];
        let pixels = (0..side * side).map(|at| {
            let (x, y) = (at % side, at / side);
            binomial(|step| row_at(x, 2 * y as isize + step))
        });
        Self { side, pixels: pixels.collect() }
    }

    /// The nearest pixel of the picture.
    #[inline]
    pub(super) fn pixel(&self, x: isize, y: isize) -> Pixel {
        let last = self.side as isize - 1;
        self.pixels[y.clamp(0, last) as usize * self.side + x.clamp(0, last) as usize]
    }

    /// The color at `(x, y)` by cubic interpolation (Catmull and Rom; Keys 1981, a = -1/2).
    #[inline]
    pub(super) fn cubic(&self, x: f32, y: f32) -> Pixel {
        let (left, top) = (x.floor(), y.floor());
        let (columns, rows) = (cubic_weights(x - left), cubic_weights(y - top));
        let mut sum = [0.0; 4];
        for (at, row_weight) in rows.iter().enumerate() {
            let mut row = [0.0; 4];
            for (step, weight) in columns.iter().enumerate() {
                let pixel = self.pixel(left as isize + step as isize - 1, top as isize + at as isize - 1);
                for c in 0..4 {
                    row[c] += weight * pixel[c];
                }
            }
            for c in 0..4 {
                sum[c] += row_weight * row[c];
            }
        }
        sum[3] = 1.0;
        sum
    }

    /// The picture's derivatives along x and y by central differences over four neighbours.
    pub(super) fn gradients(&self) -> [Self; 2] {
        let of = |tap: &dyn Fn(isize, isize, isize) -> Pixel| {
            let pixels = (0..self.side * self.side).map(|at| {
                let (x, y) = ((at % self.side) as isize, (at / self.side) as isize);
                let (near, far) = ([tap(x, y, 1), tap(x, y, -1)], [tap(x, y, 2), tap(x, y, -2)]);
                [0, 1, 2, 3].map(|c| (8.0 * (near[0][c] - near[1][c]) - (far[0][c] - far[1][c])) / 12.0)
            });
            Self { side: self.side, pixels: pixels.collect() }
        };
        [of(&|x, y, step| self.pixel(x + step, y)), of(&|x, y, step| self.pixel(x, y + step))]
    }
}

/// Four pixels in a row, weighted 1 3 3 1.
fn binomial(tap: impl Fn(isize) -> Pixel) -> Pixel {
    let taps = [tap(-1), tap(0), tap(1), tap(2)];
    [0, 1, 2, 3].map(|c| 0.125 * (taps[0][c] + taps[3][c]) + 0.375 * (taps[1][c] + taps[2][c]))
}

/// The weights of the four pixels around a position that is `t` past the second.
#[inline]
pub(super) fn cubic_weights(t: f32) -> [f32; 4] {
    [
        t * (t * (1.0 - 0.5 * t) - 0.5),
        t * t * (1.5 * t - 2.5) + 1.0,
        t * (t * (2.0 - 1.5 * t) + 0.5),
        t * t * (0.5 * t - 0.5),
    ]
}

/// Values of a square grid at `(x, y)` by linear interpolation; outside, the edge goes on.
#[inline]
pub(super) fn linear<const N: usize>(values: &[[f32; N]], side: usize, x: f32, y: f32) -> [f32; N] {
    let last = (side - 1) as f32;
    let (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
    let (left, top) = (x as usize, y as usize);
    let (fx, fy) = (x - left as f32, y - top as f32);
    let (right, bottom) = ((left + 1).min(side - 1), (top + 1).min(side - 1));
    let (a, b) = (&values[top * side + left], &values[top * side + right]);
    let (c, d) = (&values[bottom * side + left], &values[bottom * side + right]);
    let mut out = [0.0; N];
    for at in 0..N {
        let (upper, lower) = (a[at] + (b[at] - a[at]) * fx, c[at] + (d[at] - c[at]) * fx);
        out[at] = upper + (lower - upper) * fy;
    }
    out
}

/// Values of a square grid on one of another side that covers the same square.
pub(super) fn resized<const N: usize>(values: &[[f32; N]], from: usize, to: usize) -> Vec<[f32; N]> {
    let scale = from as f32 / to as f32;
    let at = |v: usize| (v as f32 + 0.5) * scale - 0.5;
    (0..to * to).map(|place| linear(values, from, at(place % to), at(place / to))).collect()
}
