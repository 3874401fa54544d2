//! The transforms of one tile, one dimension at a time.
//!
//! F(m, r) computes `m` results of a filter with `r` taps from `m + r - 1` products: both are polynomials, multiplied by
//! their values at `m + r - 2` points and at infinity (Winograd 1980, ch. V; Lavin and Gray 2016, section 4). With points in
//! pairs `±x` the even and odd parts are shared. Which points are best is a matter of rounding: those with
//! `a * b = 1` keep all three transforms near 1.

use pulp::Simd;

/// The most products along one dimension.
pub(super) const POINTS: usize = 6;

/// One way to cut a filter into tiles.
pub(super) trait Tile {
    /// Results along one dimension.
    const OUT: usize;
    /// Taps along one dimension.
    const TAPS: usize;
    /// Products along one dimension: `OUT + TAPS - 1`.
    const PRODUCTS: usize;
    /// The finite points, `PRODUCTS - 1` of them; infinity comes last.
    const AT: [f64; POINTS - 1];

    /// Values to products, along one dimension.
    fn enter<S: Simd>(simd: S, d: [S::f32s; POINTS]) -> [S::f32s; POINTS];

    /// Products to results, along one dimension; the first `OUT` count.
    fn leave<S: Simd>(simd: S, m: [S::f32s; POINTS]) -> [S::f32s; POINTS];

    /// Gradients of the results to factors of the products' gradients, along one dimension: `leave`, transposed.
    fn spread<S: Simd>(simd: S, y: [S::f32s; POINTS]) -> [S::f32s; POINTS];

    /// The factor of tap `tap` in product `point`: `x^tap / prod (x - other points)`, 1 for the last tap at infinity.
    fn filter(point: usize, tap: usize) -> f64 {
        if point + 1 == Self::PRODUCTS {
            return if tap + 1 == Self::TAPS { 1.0 } else { 0.0 };
        }
        let x = Self::AT[point];
        let others = Self::AT[..Self::PRODUCTS - 1].iter().enumerate().filter(|(at, _)| *at != point);
        let scale: f64 = others.map(|(_, other)| x - other).product();
        x.powi(tap as i32) / scale
    }
}

const A: f32 = std::f32::consts::FRAC_1_SQRT_2;
const B: f32 = std::f32::consts::SQRT_2;
const A2: f32 = 0.5;
const B2: f32 = 2.0;
const A64: f64 = std::f64::consts::FRAC_1_SQRT_2;
const B64: f64 = std::f64::consts::SQRT_2;

/// F(4, 3): points 0, ±a, ±b.
pub(super) struct Four3;

impl Tile for Four3 {
    const OUT: usize = 4;
    const TAPS: usize = 3;
    const PRODUCTS: usize = 6;
    const AT: [f64; POINTS - 1] = [0.0, A64, -A64, B64, -B64];

    #[inline(always)]
    fn enter<S: Simd>(simd: S, [d0, d1, d2, d3, d4, d5]: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        let by = |factor: f32, x, y| simd.mul_add_e_f32s(simd.splat_f32s(factor), x, y);
        let sum = -(A2 + B2);
        let (even_a, odd_a) = (by(-B2, d2, d4), by(-B2, d1, d3));
        let (even_b, odd_b) = (by(-A2, d2, d4), by(-A2, d1, d3));
        [
            by(sum, d2, simd.add_f32s(d0, d4)),
            by(A, odd_a, even_a),
            by(-A, odd_a, even_a),
            by(B, odd_b, even_b),
            by(-B, odd_b, even_b),
            by(sum, d3, simd.add_f32s(d1, d5)),
        ]
    }

    #[inline(always)]
    fn leave<S: Simd>(simd: S, [m0, m1, m2, m3, m4, m5]: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        let by = |factor: f32, x, y| simd.mul_add_e_f32s(simd.splat_f32s(factor), x, y);
        let times = |factor: f32, x| simd.mul_f32s(simd.splat_f32s(factor), x);
        let (sum_a, dif_a) = (simd.add_f32s(m1, m2), simd.sub_f32s(m1, m2));
        let (sum_b, dif_b) = (simd.add_f32s(m3, m4), simd.sub_f32s(m3, m4));
        [
            simd.add_f32s(m0, simd.add_f32s(sum_a, sum_b)),
            by(A, dif_a, times(B, dif_b)),
            by(A2, sum_a, times(B2, sum_b)),
            by(A * A2, dif_a, by(B * B2, dif_b, m5)),
            m4,
            m5,
        ]
    }

    #[inline(always)]
    fn spread<S: Simd>(simd: S, [y0, y1, y2, y3, ..]: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        let by = |factor: f32, x, y| simd.mul_add_e_f32s(simd.splat_f32s(factor), x, y);
        let (even_a, odd_a) = (by(A2, y2, y0), by(A2, y3, y1));
        let (even_b, odd_b) = (by(B2, y2, y0), by(B2, y3, y1));
        let pairs = [by(A, odd_a, even_a), by(-A, odd_a, even_a), by(B, odd_b, even_b), by(-B, odd_b, even_b)];
        [y0, pairs[0], pairs[1], pairs[2], pairs[3], y3]
    }
}

/// F(4, 2): points ±a, ±b.
pub(super) struct Four2;

impl Tile for Four2 {
    const OUT: usize = 4;
    const TAPS: usize = 2;
    const PRODUCTS: usize = 5;
    const AT: [f64; POINTS - 1] = [A64, -A64, B64, -B64, 0.0];

    #[inline(always)]
    fn enter<S: Simd>(simd: S, [d0, d1, d2, d3, d4, d5]: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        let by = |factor: f32, x, y| simd.mul_add_e_f32s(simd.splat_f32s(factor), x, y);
        let (even_a, odd_a) = (by(-B2, d0, d2), by(-B2, d1, d3));
        let (even_b, odd_b) = (by(-A2, d0, d2), by(-A2, d1, d3));
        [
            by(A, even_a, odd_a),
            by(-A, even_a, odd_a),
            by(B, even_b, odd_b),
            by(-B, even_b, odd_b),
            by(-(A2 + B2), d2, simd.add_f32s(d0, d4)),
            d5,
        ]
    }

    #[inline(always)]
    fn leave<S: Simd>(simd: S, [m0, m1, m2, m3, m4, m5]: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        let by = |factor: f32, x, y| simd.mul_add_e_f32s(simd.splat_f32s(factor), x, y);
        let times = |factor: f32, x| simd.mul_f32s(simd.splat_f32s(factor), x);
        let (sum_a, dif_a) = (simd.add_f32s(m0, m1), simd.sub_f32s(m0, m1));
        let (sum_b, dif_b) = (simd.add_f32s(m2, m3), simd.sub_f32s(m2, m3));
        [
            simd.add_f32s(sum_a, sum_b),
            by(A, dif_a, times(B, dif_b)),
            by(A2, sum_a, times(B2, sum_b)),
            by(A * A2, dif_a, by(B * B2, dif_b, m4)),
            m4,
            m5,
        ]
    }

    #[inline(always)]
    fn spread<S: Simd>(simd: S, [y0, y1, y2, y3, _, y5]: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        let by = |factor: f32, x, y| simd.mul_add_e_f32s(simd.splat_f32s(factor), x, y);
        let (even_a, odd_a) = (by(A2, y2, y0), by(A2, y3, y1));
        let (even_b, odd_b) = (by(B2, y2, y0), by(B2, y3, y1));
        let pairs = [by(A, odd_a, even_a), by(-A, odd_a, even_a), by(B, odd_b, even_b), by(-B, odd_b, even_b)];
        [pairs[0], pairs[1], pairs[2], pairs[3], y3, y5]
    }
}

/// F(2, 3): points 0, ±1. Fewer results for each product, and hardly any rounding.
pub(super) struct Two3;

impl Tile for Two3 {
    const OUT: usize = 2;
    const TAPS: usize = 3;
    const PRODUCTS: usize = 4;
    const AT: [f64; POINTS - 1] = [0.0, 1.0, -1.0, 0.0, 0.0];

    #[inline(always)]
    fn enter<S: Simd>(simd: S, [d0, d1, d2, d3, d4, d5]: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        [simd.sub_f32s(d2, d0), simd.add_f32s(d2, d1), simd.sub_f32s(d2, d1), simd.sub_f32s(d3, d1), d4, d5]
    }

    #[inline(always)]
    fn leave<S: Simd>(simd: S, [m0, m1, m2, m3, m4, m5]: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        let (sum, dif) = (simd.add_f32s(m1, m2), simd.sub_f32s(m1, m2));
        [simd.add_f32s(m0, sum), simd.add_f32s(dif, m3), m2, m3, m4, m5]
    }

    #[inline(always)]
    fn spread<S: Simd>(simd: S, [y0, y1, .., y4, y5]: [S::f32s; POINTS]) -> [S::f32s; POINTS] {
        [y0, simd.add_f32s(y0, y1), simd.sub_f32s(y0, y1), y1, y4, y5]
    }
}
