//! The fast filter against its definition, on any sizes.

use candle_core::{DType, Device, Tensor};
use pentimento::compute::{Fir, upfirdn2d};
use proptest::prelude::*;

/// The definition along one direction, in f64: zeros inserted, padded or cropped, convolved, thinned out.
fn naive(xs: &[f64], taps: &[f64], fir: &Fir, (before, after): (isize, isize)) -> Vec<f64> {
    let inserted: Vec<f64> =
        xs.iter().flat_map(|x| std::iter::once(*x).chain(std::iter::repeat_n(0.0, fir.up - 1))).collect();
    let padded: Vec<f64> = (-before..inserted.len() as isize + after)
        .map(|at| usize::try_from(at).ok().and_then(|at| inserted.get(at)).copied().unwrap_or(0.0))
        .collect();
    let windows = padded.windows(taps.len()).step_by(fir.down);
    windows.map(|window| window.iter().zip(taps.iter().rev()).map(|(z, tap)| z * tap).sum()).collect()
}

/// The definition in both directions: rows, then columns.
fn naive_2d(plane: &[f64], width: usize, taps: &[f64], fir: &Fir) -> Vec<Vec<f64>> {
    let rows: Vec<_> = plane.chunks(width).map(|row| naive(row, taps, fir, fir.x_pads)).collect();
    let columns: Vec<_> = (0..rows[0].len())
        .map(|x| naive(&rows.iter().map(|row| row[x]).collect::<Vec<_>>(), taps, fir, fir.y_pads))
        .collect();
    (0..columns[0].len()).map(|y| columns.iter().map(|column| column[y]).collect()).collect()
}

prop_compose! {
    fn cases()(
        (n, c, h, w) in (1..3_usize, 1..4_usize, 1..80_usize, 1..150_usize),
        (up, down) in (1..4_usize, 1..4_usize),
        pads in [-5..8_isize, -5..8, -5..8, -5..8],
        taps in prop::collection::vec(-3.0..3.0_f64, 1..10),
        seed in any::<u32>(),
    ) -> ([usize; 4], Vec<f64>, Fir, u32) {
        let [left, right, top, bottom] = pads;
        ([n, c, h, w], taps, Fir { up, down, x_pads: (left, right), y_pads: (top, bottom) }, seed)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_filter_is_its_definition((dims, taps, fir, seed) in cases()) {
        let [n, c, h, w] = dims;
        let value = |at: usize| f64::from((at as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 8) / 1e7 - 0.8;
        let list: Vec<f32> = (0..n * c * h * w).map(|at| value(at) as f32).collect();
        let xs = Tensor::from_slice(&list, &dims, &Device::Cpu).unwrap();
        let room = |side: usize, (before, after): (isize, isize)| (side * fir.up) as isize + before + after;
        let result = upfirdn2d(&xs, &taps, fir);
        let k = taps.len() as isize;
        if room(h, fir.y_pads) < k || room(w, fir.x_pads) < k {
            prop_assert!(result.is_err());
            return Ok(());
        }
        let got = result.unwrap();
        let plane: Vec<f64> = list.iter().map(|x| f64::from(*x)).collect();
        let expected: Vec<f64> =
            plane.chunks(h * w).flat_map(|plane| naive_2d(plane, w, &taps, &fir)).flatten().collect();
        let gain: f64 = taps.iter().map(|tap| tap.abs()).sum();
        let got: Vec<f64> = got.flatten_all().unwrap().to_dtype(DType::F64).unwrap().to_vec1().unwrap();
        prop_assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(&expected) {
            prop_assert!((got - expected).abs() <= 1e-5 * gain * gain, "{} instead of {}", got, expected);
        }
    }
}
