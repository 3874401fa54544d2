//! Smoothing along the edges of a picture: the guided filter with a color guide.
//!
//! He, Sun and Tang, "Guided Image Filtering", PAMI 2013, equations 14 to 16. In each window the values are a linear function
//! of the guide's color; each pixel's function is the mean of those of all windows around it. [`models`] gives the functions
//! rather than values, so they can be made on a small grid and applied to a large picture ("Fast Guided Filter", He and Sun
//! 2015). `N` sorts of values share the guide's statistics. The sums run, so the cost does not depend on the radius; bands of
//! rows run in parallel, always the same bands, so the result does not depend on the number of threads.

use rayon::prelude::*;

use super::{Plane, Size};

/// `values = red * m[0] + green * m[1] + blue * m[2] + m[3]`.
pub type Model<const N: usize> = [[f32; N]; 4];

/// Rows that are summed by one task.
const BAND: usize = 32;

/// Color and its products.
const COLOR_SUMS: usize = 9;

/// For each pixel the linear function of the guide's color that gives its smoothed values; `None` if `guide` and `input`
/// differ in size. Colors in 0..=1 are meant: `epsilon` is their variance below which the guide counts as flat and the values
/// are only averaged. `radius` is in pixels; windows are `2 * radius + 1` wide, cut at the border. Where `input` is 0 in
/// all of a window the model is exactly 0.
#[must_use]
pub fn models<const N: usize>(
    guide: &Plane<[f32; 3]>,
    input: &Plane<[f32; N]>,
    radius: usize,
    epsilon: f32,
) -> Option<Plane<Model<N>>> {
    let size = guide.size();
    if input.size() != size {
        return None;
    }
    let (guide, input) = (guide.data(), input.data());
    let local = windowed(
        size,
        radius,
        |at, sums: &mut Sums<N>, sign| sums.add(&guide[at], &input[at], sign),
        |sums, count| sums.model(1.0 / count, epsilon),
    );
    let smooth = windowed(
        size,
        radius,
        |at, sum: &mut ModelSum<N>, sign| sum.add(&local[at], sign),
        |sum, count| sum.0.map(|row| row.map(|v| v / count)),
    );
    Plane::from_vec(size, smooth)
}

/// What a model gives for a color.
#[must_use]
#[inline]
pub fn apply<const N: usize>(model: &Model<N>, color: [f32; 3]) -> [f32; N] {
    let mut out = model[3];
    for at in 0..N {
        out[at] += model[0][at] * color[0] + model[1][at] * color[1] + model[2][at] * color[2];
    }
    out
}

/// Sums over a window from which its model follows.
#[derive(Clone, Copy)]
struct Sums<const N: usize> {
    color: [f32; COLOR_SUMS],
    values: [f32; N],
    products: [[f32; N]; 3],
}

impl<const N: usize> Sum for Sums<N> {
    const ZERO: Self = Self { color: [0.0; COLOR_SUMS], values: [0.0; N], products: [[0.0; N]; 3] };

    #[inline]
    fn join(&mut self, other: &Self, sign: f32) {
        for k in 0..COLOR_SUMS {
            self.color[k] += sign * other.color[k];
        }
        for k in 0..N {
            self.values[k] += sign * other.values[k];
        }
        for c in 0..3 {
            for k in 0..N {
                self.products[c][k] += sign * other.products[c][k];
            }
        }
    }
}

impl<const N: usize> Sums<N> {
    #[inline]
    fn add(&mut self, color: &[f32; 3], values: &[f32; N], sign: f32) {
        let [r, g, b] = *color;
        let terms = [r, g, b, r * r, r * g, r * b, g * g, g * b, b * b];
        for k in 0..COLOR_SUMS {
            self.color[k] += sign * terms[k];
        }
        for k in 0..N {
            self.values[k] += sign * values[k];
        }
        for c in 0..3 {
            let share = sign * color[c];
            for k in 0..N {
                self.products[c][k] += share * values[k];
            }
        }
    }

    /// The window's own model; `share` is 1 by its number of pixels.
    fn model(&self, share: f32, epsilon: f32) -> Model<N> {
        let color = self.color.map(|v| v * share);
        let mean = [color[0], color[1], color[2]];
        let inverse = inverse_covariance(&color, epsilon);
        let mut model = [[0.0; N]; 4];
        for k in 0..N {
            let value = self.values[k] * share;
            let covariance = [0, 1, 2].map(|c| self.products[c][k] * share - mean[c] * value);
            model[3][k] = value;
            for row in 0..3 {
                let slope =
                    inverse[row][0] * covariance[0] + inverse[row][1] * covariance[1] + inverse[row][2] * covariance[2];
                model[row][k] = slope;
                model[3][k] -= slope * mean[row];
            }
        }
        model
    }
}

/// The inverse of the color's covariance with `epsilon` added on the diagonal, by cofactors.
fn inverse_covariance(color: &[f32; COLOR_SUMS], epsilon: f32) -> [[f32; 3]; 3] {
    let [r, g, b, rr, rg, rb, gg, gb, bb] = color.map(f64::from);
    let epsilon = f64::from(epsilon.max(1e-9));
    // Rounding can make a variance of a flat window negative.
    let variance = |square: f64, mean: f64| (square - mean * mean).max(0.0) + epsilon;
    let (rr, gg, bb) = (variance(rr, r), variance(gg, g), variance(bb, b));
    let (rg, rb, gb) = (rg - r * g, rb - r * b, gb - g * b);
    let cofactors = [gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb];
    let determinant = rr * cofactors[0] + rg * cofactors[1] + rb * cofactors[2];
    let share = 1.0 / determinant.max(0.1 * epsilon * epsilon * epsilon);
    let [a, b, c] = cofactors.map(|v| (v * share) as f32);
    let (d, e) = (((rr * bb - rb * rb) * share) as f32, ((rg * rb - rr * gb) * share) as f32);
    let f = ((rr * gg - rg * rg) * share) as f32;
    [[a, b, c], [b, d, e], [c, e, f]]
}

#[derive(Clone, Copy)]
struct ModelSum<const N: usize>(Model<N>);

impl<const N: usize> Sum for ModelSum<N> {
    const ZERO: Self = Self([[0.0; N]; 4]);

    #[inline]
    fn join(&mut self, other: &Self, sign: f32) {
        self.add(&other.0, sign);
    }
}

impl<const N: usize> ModelSum<N> {
    #[inline]
    fn add(&mut self, model: &Model<N>, sign: f32) {
        for row in 0..4 {
            for k in 0..N {
                self.0[row][k] += sign * model[row][k];
            }
        }
    }
}

/// For each pixel `finish` of what `add` sums up over its window and of the number of pixels in it.
fn windowed<S: Sum, T: Send>(
    size: Size,
    radius: usize,
    add: impl Fn(usize, &mut S, f32) + Sync,
    finish: impl Fn(&S, f32) -> T + Sync,
) -> Vec<T> {
    let (width, height) = (size.width as usize, size.height as usize);
    if width == 0 || height == 0 {
        return Vec::new();
    }
    let bands = (0..height.div_ceil(BAND)).into_par_iter().flat_map_iter(|band| {
        let mut out = Vec::with_capacity(BAND * width);
        let mut columns = vec![S::ZERO; width];
        let add_row = |columns: &mut [S], y: usize, sign: f32| {
            for (x, sum) in columns.iter_mut().enumerate() {
                add(y * width + x, sum, sign);
            }
        };
        let first = band * BAND;
        for y in first.saturating_sub(radius)..(first + radius + 1).min(height) {
            add_row(&mut columns, y, 1.0);
        }
        for y in first..(first + BAND).min(height) {
            if y > first {
                if y > radius {
                    add_row(&mut columns, y - radius - 1, -1.0);
                }
                if y + radius < height {
                    add_row(&mut columns, y + radius, 1.0);
                }
            }
            let rows = (y + radius + 1).min(height) - y.saturating_sub(radius);
            along_row(&columns, radius, |sum, count| out.push(finish(sum, (count * rows) as f32)));
        }
        out
    });
    bands.collect()
}

fn along_row<S: Sum>(columns: &[S], radius: usize, mut each: impl FnMut(&S, usize)) {
    let width = columns.len();
    let mut sum = S::ZERO;
    for column in &columns[..radius.min(width)] {
        sum.join(column, 1.0);
    }
    for x in 0..width {
        if let Some(column) = columns.get(x + radius) {
            sum.join(column, 1.0);
        }
        if x > radius {
            sum.join(&columns[x - radius - 1], -1.0);
        }
        each(&sum, (x + radius + 1).min(width) - x.saturating_sub(radius));
    }
}

/// Something that is summed over windows.
trait Sum: Copy + Send + Sync {
    const ZERO: Self;

    fn join(&mut self, other: &Self, sign: f32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng as _;

    fn noise(size: Size, seed: u64) -> Plane<[f32; 3]> {
        let mut rng = crate::control::rng(seed, 1);
        Plane::from_vec(size, (0..size.area()).map(|_| [(); 3].map(|()| rng.random())).collect()).unwrap()
    }

    /// The definition written out in f64, for one plane.
    fn direct(guide: &Plane<[f32; 3]>, input: &Plane<[f32; 1]>, radius: i32, epsilon: f64) -> Vec<f64> {
        use nalgebra::{Matrix3, Vector3};
        let (w, h) = (guide.size().width as i32, guide.size().height as i32);
        let window = |x: i32, y: i32| {
            let rows = (y - radius).max(0)..(y + radius + 1).min(h);
            rows.flat_map(move |j| ((x - radius).max(0)..(x + radius + 1).min(w)).map(move |i| (i as u32, j as u32)))
        };
        let color = |(x, y): (u32, u32)| Vector3::from(guide.at(x, y).map(f64::from));
        let model = |x: i32, y: i32| {
            let n = window(x, y).count() as f64;
            let mean: Vector3<f64> = window(x, y).map(color).sum::<Vector3<f64>>() / n;
            let value = window(x, y).map(|p| f64::from(input.at(p.0, p.1)[0])).sum::<f64>() / n;
            let spread = window(x, y).map(|p| color(p) * color(p).transpose()).sum::<Matrix3<f64>>() / n;
            let spread = spread - mean * mean.transpose() + Matrix3::identity() * epsilon;
            let joint = window(x, y).map(|p| color(p) * f64::from(input.at(p.0, p.1)[0])).sum::<Vector3<f64>>() / n;
            let slope = spread.try_inverse().unwrap() * (joint - mean * value);
            (slope, value - slope.dot(&mean))
        };
        let all: Vec<_> = (0..w * h).map(|at| model(at % w, at / w)).collect();
        let smooth = |at: i32| {
            let (x, y) = (at % w, at / w);
            let n = window(x, y).count() as f64;
            let sum = |p: (u32, u32)| all[(p.1 as i32 * w + p.0 as i32) as usize];
            let slope = window(x, y).map(|p| sum(p).0).sum::<Vector3<f64>>() / n;
            slope.dot(&color((x as u32, y as u32))) + window(x, y).map(|p| sum(p).1).sum::<f64>() / n
        };
        (0..w * h).map(smooth).collect()
    }

    #[test]
    fn running_sums_equal_the_definition() {
        for (size, radius) in
            [(Size::new(37, 70), 3), (Size::new(5, 3), 9), (Size::new(1, 1), 2), (Size::new(40, 9), 0)]
        {
            let (guide, input) = (noise(size, 1), noise(size, 2));
            let one = Plane::from_vec(size, input.data().iter().map(|v| [v[0]]).collect()).unwrap();
            let found = models(&guide, &input, radius, 1e-3).unwrap();
            let wanted = direct(&guide, &one, radius as i32, 1e-3);
            for (at, want) in wanted.iter().enumerate() {
                let got = apply(&found.data()[at], guide.data()[at])[0];
                assert!((f64::from(got) - want).abs() < 2e-3, "{got} for {want} at {at} of {size}, radius {radius}");
            }
        }
    }

    #[test]
    fn a_step_follows_the_edge_of_the_guide() {
        // The guide's edge lies at 30, the values' at 32: smoothing moves it to the guide's.
        let size = Size::new(60, 40);
        let plane = |edge: u32| (0..size.area()).map(move |at| if at as u32 % 60 < edge { 0.2 } else { 0.8 });
        let guide = Plane::from_vec(size, plane(30).map(|v| [v, v, 0.5]).collect()).unwrap();
        let input = Plane::from_vec(size, plane(32).map(|v| [v]).collect()).unwrap();
        let found = models(&guide, &input, 8, 1e-4).unwrap();
        let at = |x: u32| apply(&found.at(x, 20), guide.at(x, 20))[0];
        assert!(at(31) - at(28) > 0.4, "the edge is where the guide's is: {} {}", at(28), at(31));
        assert!((at(31) - at(30)).abs() < 0.05, "none where the values had it: {} {}", at(30), at(31));
    }

    #[test]
    fn nothing_stays_exactly_nothing_and_flat_guides_are_no_danger() {
        let size = Size::new(50, 50);
        let found = models(&noise(size, 3), &Plane::filled(size, [0.0; 16]), 4, 1e-4).unwrap();
        assert!(found.data().iter().flatten().flatten().all(|v| *v == 0.0), "exactly 0");
        let flat = models(&Plane::filled(size, [0.7; 3]), &noise(size, 4), 4, 1e-4).unwrap();
        let is_mean = |model: &Model<3>| apply(model, [0.7; 3]).iter().all(|v| (0.2..0.8).contains(v));
        assert!(flat.data().iter().all(is_mean), "means on a flat guide");
        assert!(
            models(&Plane::filled(size, [0.0; 3]), &Plane::filled(Size::new(1, 1), [0.0]), 1, 1.0).is_none(),
            "sizes"
        );
    }

    #[test]
    fn threads_do_not_change_a_bit() {
        let size = Size::new(90, 130);
        let (guide, input) = (noise(size, 5), noise(size, 6));
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| models(&guide, &input, 5, 1e-4).unwrap())
        };
        assert!(run(1) == run(4), "the same on one and four threads");
    }
}
