//! Small pictures enlarged for the eye: cubic convolution (Keys 1981, a = -0.5), by a whole factor, without its squares.

use crate::imaging::{ColorModel, Frame, Samples, Size};

/// The side that an enlarged picture has at most.
const MOST: u32 = 512;

const CHANNELS: usize = 3;
/// Values of the two pixels that a row is asked for beyond its ends.
const BORDER: usize = 2 * CHANNELS;

/// `frame`, an 8-bit RGB picture, enlarged as far as is cheap. `None` when it is large already or of another form.
#[must_use]
pub(in crate::ui) fn enlarged(frame: &Frame) -> Option<Frame> {
    let size = frame.size();
    let factor = (MOST / size.width.max(size.height).max(1)).min(4);
    let Samples::U8(samples) = frame.samples() else { return None };
    if factor < 2 || frame.model() != ColorModel::Rgb {
        return None;
    }
    let large = Size::new(size.width * factor, size.height * factor);
    let bytes = stretched(samples, (size.width as usize, size.height as usize), factor as usize);
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

/// Rows of RGB, `width` by `height` pixels, `factor` times as wide and as high.
fn stretched(samples: &[u8], (width, height): (usize, usize), factor: usize) -> Vec<u8> {
    let (taps, len) = (taps(factor), width * CHANNELS);
    let source: Vec<f32> = samples.iter().map(|&value| f32::from(value)).collect();
    let row_of = |y: isize| {
        let y = y.clamp(0, height as isize - 1) as usize;
        &source[y * len..(y + 1) * len]
    };
    // A row of the result before it is widened, its first and last pixels repeated beyond its ends.
    let mut row = vec![0.0; len + 2 * BORDER];
    // The pixels of a row that lie at one place inside of theirs, one place after the other.
    let mut sums = vec![0.0; len];
    let mut places = vec![0; len * factor];
    let mut out = vec![0; samples.len() * factor * factor];
    for (y, out) in out.chunks_exact_mut(len * factor).enumerate() {
        let (first, weights) = taps[y % factor];
        let top = (y / factor) as isize + first;
        blend(&mut row[BORDER..BORDER + len], std::array::from_fn(|tap| row_of(top + tap as isize)), weights);
        repeat_ends(&mut row);
        for (bytes, (first, weights)) in places.chunks_exact_mut(len).zip(&taps) {
            let left = (BORDER as isize + first * CHANNELS as isize) as usize;
            let shifted = std::array::from_fn(|tap| &row[left + tap * CHANNELS..left + tap * CHANNELS + len]);
            blend(&mut sums, shifted, *weights);
            to_bytes(bytes, &sums);
        }
        for (place, bytes) in places.chunks_exact(len).enumerate() {
            let pixels = out.as_chunks_mut::<CHANNELS>().0.iter_mut().skip(place).step_by(factor);
            pixels.zip(bytes.as_chunks().0).for_each(|(out, pixel)| *out = *pixel);
        }
    }
    out
}

/// The weighted sum of four rows.
fn blend(out: &mut [f32], [a, b, c, d]: [&[f32]; 4], weights: [f32; 4]) {
    for ((((out, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *out = weights[0] * a + weights[1] * b + weights[2] * c + weights[3] * d;
    }
}

fn repeat_ends(row: &mut [f32]) {
    let end = row.len() - BORDER;
    for at in (0..BORDER).step_by(CHANNELS) {
        row.copy_within(BORDER..BORDER + CHANNELS, at);
        row.copy_within(end - CHANNELS..end, end + at);
    }
}

fn to_bytes(out: &mut [u8], values: &[f32]) {
    out.iter_mut().zip(values).for_each(|(out, value)| *out = (value + 0.5).clamp(0.0, 255.0) as u8);
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
    fn a_step_is_rounded_as_the_formula_says() {
        let large = enlarged(&picture(128, |x, y| if x >= 64 || y >= 127 { 200 } else { 0 })).expect("small");
        // The first quarter of pixel 64: its middle lies at 63.625, so 64 and 65 are 3/8 and 11/8 away.
        let beside = 200.0 * (kernel(0.375) + kernel(1.375));
        assert_eq!(at(&large, 256, 8), beside.round(), "inside of the step's first pixel");
        // The last quarter of row 127: only row 126 is not lit, and beyond the end the last row goes on.
        let below = 200.0 * (1.0 - kernel(1.375));
        assert_eq!(
            (at(&large, 0, 8), at(&large, 511, 8), at(&large, 0, 511)),
            (0.0, 200.0, below.round()),
            "at the ends"
        );
    }

    #[test]
    fn what_is_large_already_is_left_alone() {
        assert!(enlarged(&picture(512, |_, _| 0)).is_none(), "large enough");
    }
}
