//! Small pictures enlarged for the eye: cubic convolution (Keys 1981, a = -0.5), by a whole factor, without its squares.

use crate::imaging::{ColorModel, Frame, Samples, Size};

/// The side that an enlarged picture has at most.
const MOST: u32 = 512;

/// `frame`, an 8-bit RGB picture, enlarged as far as is cheap. `None` when it is large already or of another form.
#[must_use]
pub(in crate::ui) fn enlarged(frame: &Frame) -> Option<Frame> {
    let size = frame.size();
    let factor = (MOST / size.width.max(size.height).max(1)).min(4);
    let Samples::U8(samples) = frame.samples() else { return None };
    if factor < 2 || frame.model() != ColorModel::Rgb {
        return None;
    }
    let taps = taps(factor as usize);
    let (width, height) = (size.width as usize, size.height as usize);
    let source: Vec<f32> = samples.iter().map(|&value| f32::from(value)).collect();
    let wide = stretch(&source, (width, height), &taps);
    let high = stretch(&wide, (height, width * factor as usize), &taps);
    let large = Size::new(size.width * factor, size.height * factor);
    let bytes = high.into_iter().map(|value| (value + 0.5).clamp(0.0, 255.0) as u8).collect();
    Frame::new(large, ColorModel::Rgb, Samples::U8(bytes))
}

/// For each place inside of a pixel: how many pixels before it the first of four neighbours lies, and their weights.
fn taps(factor: usize) -> Vec<(isize, [f32; 4])> {
    (0..factor)
        .map(|phase| {
            let at = (phase as f32 + 0.5) / factor as f32 - 0.5;
            let floor = at.floor();
            let part = at - floor;
            let weights = [1.0 + part, part, 1.0 - part, 2.0 - part].map(kernel);
            (floor as isize - 1, weights)
        })
        .collect()
}

fn kernel(x: f32) -> f32 {
    if x < 1.0 { (1.5 * x - 2.5) * x * x + 1.0 } else { ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0 }
}

/// Stretches rows of RGB, `width` by `height`, and returns the result transposed: `height` by `width * factor`.
fn stretch(source: &[f32], (width, height): (usize, usize), taps: &[(isize, [f32; 4])]) -> Vec<f32> {
    let out_width = width * taps.len();
    let mut out = vec![0.0; source.len() * taps.len()];
    for (y, row) in source.chunks_exact((width * 3).max(3)).enumerate() {
        for x in 0..out_width {
            let (first, weights) = &taps[x % taps.len()];
            let mut sum = [0.0_f32; 3];
            for (offset, weight) in weights.iter().enumerate() {
                let column = (x / taps.len()) as isize + first + offset as isize;
                let column = column.clamp(0, width as isize - 1) as usize;
                for (sum, value) in sum.iter_mut().zip(&row[column * 3..column * 3 + 3]) {
                    *sum = weight.mul_add(*value, *sum);
                }
            }
            let at = (x * height + y) * 3;
            out[at..at + 3].copy_from_slice(&sum);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(side: u32, value: impl Fn(u32, u32) -> u8) -> Frame {
        let samples = (0..side * side).flat_map(|at| [value(at % side, at / side); 3]).collect();
        Frame::new(Size::new(side, side), ColorModel::Rgb, Samples::U8(samples)).unwrap()
    }

    fn at(frame: &Frame, x: u32, y: u32) -> f32 {
        frame.rgb_at(x, y)[0]
    }

    #[test]
    fn a_flat_picture_stays_flat_and_a_ramp_stays_a_ramp() {
        let flat = enlarged(&picture(16, |_, _| 77)).expect("small");
        assert_eq!(flat.size(), Size::new(64, 64), "four times");
        assert!(matches!(flat.samples(), Samples::U8(bytes) if bytes.iter().all(|&byte| byte == 77)), "flat");
        let ramp = enlarged(&picture(16, |x, _| (x * 10) as u8)).expect("small");
        let row: Vec<f32> = (8..56).map(|x| at(&ramp, x, 20)).collect();
        assert!(row.windows(2).all(|pair| pair[1] >= pair[0]), "rising to the right: {row:?}");
        assert!((at(&ramp, 20, 3) - at(&ramp, 20, 60)).abs() < 1e-6, "the same in each row");
    }

    #[test]
    fn what_is_large_already_is_left_alone() {
        assert!(enlarged(&picture(512, |_, _| 0)).is_none(), "large enough");
    }
}
