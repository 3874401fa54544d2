//! Object select on synthetic pictures.

use super::*;
use crate::imaging::raster::{Brush, BrushSample, Paint, stroke};
use crate::imaging::{ColorModel, ImagePos, Samples};

const SIZE: Size = Size::new(620, 480);
const CENTER: (f32, f32) = (330.0, 240.0);
const RADIUS: f32 = 85.0;

/// With the disc, of what is selected: the disc and its soft edge of 2 pixels.
const LEAST_OVERLAP: f32 = 0.9;

fn noise(at: usize) -> f32 {
    let scrambled = (at as u32).wrapping_mul(2_654_435_761) ^ (at as u32).wrapping_mul(40_503).rotate_left(13);
    (scrambled >> 16 & 0xff) as f32 / 255.0 - 0.5
}

fn is_inside(x: u32, y: u32) -> bool {
    (x as f32 + 0.5 - CENTER.0).hypot(y as f32 + 0.5 - CENTER.1) < RADIUS
}

/// A bite of the background's colour at the disc's right.
fn is_notch(x: u32, y: u32) -> bool {
    is_inside(x, y) && x > 392 && (236..244).contains(&y)
}

/// A reddish disc with some shading on a noisy gradient.
fn picture() -> Frame {
    picture_of(is_inside)
}

fn picture_of(is_object: impl Fn(u32, u32) -> bool) -> Frame {
    let mut samples = Vec::with_capacity(SIZE.area() * 3);
    for (x, y) in (0..SIZE.height).flat_map(|y| (0..SIZE.width).map(move |x| (x, y))) {
        let shade = x as f32 / SIZE.width as f32 * 90.0;
        let color = if is_object(x, y) {
            [150.0 + shade * 0.6, 70.0 + y as f32 * 0.1, 60.0]
        } else {
            [60.0 + shade, 110.0 + y as f32 * 0.12, 120.0 + shade]
        };
        for value in color {
            samples.push((value + noise(samples.len()) * 30.0).clamp(0.0, 255.0) as u8);
        }
    }
    Frame::new(SIZE, ColorModel::Rgb, Samples::U8(samples)).unwrap()
}

fn paint(points: &[(f32, f32)], radius: f32) -> Mask {
    let mut mask = Mask::empty(SIZE);
    let brush = Brush { radius, hardness: 1.0, paint: Paint::Add };
    let sample = |&(x, y): &(f32, f32)| BrushSample { pos: ImagePos::new(x, y), pressure: 1.0 };
    for (from, to) in points.iter().zip(points.iter().skip(1).chain(points.last())) {
        stroke(&mut mask, sample(from), sample(to), &brush);
    }
    mask
}

fn run(mut job: Job) -> Result<(PixelRect, Plane<u8>), SelectError> {
    let mut last = 0.0;
    for _ in 0..40 {
        match job.step()? {
            Step::More(progress) => {
                assert!(progress.fraction >= last && progress.fraction <= 1.0, "never back: {progress:?}");
                last = progress.fraction;
            }
            Step::Done(result) => return Ok(result),
        }
    }
    panic!("it does not end");
}

fn overlap(rect: PixelRect, coverage: &Plane<u8>) -> f32 {
    let (mut both, mut either) = (0, 0);
    for (x, y) in (0..SIZE.height).flat_map(|y| (0..SIZE.width).map(move |x| (x, y))) {
        let found =
            rect.contains(x as i32, y as i32) && coverage.at(x - rect.x0 as u32, y - rect.y0 as u32) >= HOLE_THRESHOLD;
        both += usize::from(found && is_inside(x, y));
        either += usize::from(found || is_inside(x, y));
    }
    both as f32 / either as f32
}

fn job(rough: Mask, is_loop: bool) -> Result<Job, SelectError> {
    Job::new(picture(), Vec::new(), rough, is_loop, CancelToken::never())
}

#[test]
fn a_rough_loop_becomes_the_disc() {
    let (rect, coverage) = run(job(paint(&[(310.0, 225.0), (345.0, 250.0)], 110.0), true).unwrap()).unwrap();
    assert!(overlap(rect, &coverage) > LEAST_OVERLAP, "overlap {}", overlap(rect, &coverage));
    assert!(coverage.data().iter().any(|v| (20..235).contains(v)), "anti-aliased");
}

#[test]
fn a_notch_that_looks_like_the_background_is_taken_too() {
    let photo = picture_of(|x, y| is_inside(x, y) && !is_notch(x, y));
    let rough = paint(&[CENTER, (CENTER.0, CENTER.1 + 1.0)], 110.0);
    let (rect, coverage) = run(Job::new(photo, Vec::new(), rough, true, CancelToken::never()).unwrap()).unwrap();
    let pixels = (0..SIZE.height).flat_map(|y| (0..SIZE.width).map(move |x| (x, y)));
    let missed = pixels.filter(|&(x, y)| is_inside(x, y) && coverage.at(x - rect.x0 as u32, y - rect.y0 as u32) < 128);
    assert_eq!(missed.count(), 0, "no sliver is left");
    assert!(overlap(rect, &coverage) > LEAST_OVERLAP, "overlap {}", overlap(rect, &coverage));
}

#[test]
fn a_scribble_becomes_the_disc() {
    let scribble = paint(&[(280.0, 200.0), (370.0, 230.0), (300.0, 280.0), (360.0, 290.0)], 6.0);
    let (rect, coverage) = run(job(scribble.clone(), false).unwrap()).unwrap();
    assert!(overlap(rect, &coverage) > LEAST_OVERLAP, "overlap {}", overlap(rect, &coverage));
    let rough = scribble.plane(rect);
    let kept = rough.data().iter().zip(coverage.data()).filter(|&(&r, _)| r == 255).all(|(_, &c)| c >= 128);
    assert!(kept, "what was scribbled on is object");
}

#[test]
fn a_patch_below_is_what_counts() {
    let hidden = Frame::new(SIZE, ColorModel::Rgb, Samples::U8(vec![90; SIZE.area() * 3])).unwrap();
    let patch = Patch::new(SIZE.rect(), picture(), Plane::filled(SIZE, 255)).unwrap();
    let rough = paint(&[CENTER], 110.0);
    let job = Job::new(hidden, vec![(Arc::new(patch), 1.0)], rough, true, CancelToken::never()).unwrap();
    let (rect, coverage) = run(job).unwrap();
    assert!(overlap(rect, &coverage) > LEAST_OVERLAP, "overlap {}", overlap(rect, &coverage));
}

#[test]
fn a_loop_around_nothing_stays_a_loop() {
    let flat = Frame::new(SIZE, ColorModel::Gray, Samples::U16(vec![9000; SIZE.area()])).unwrap();
    let rough = paint(&[CENTER], 60.0);
    let job = Job::new(flat, Vec::new(), rough.clone(), true, CancelToken::never()).unwrap();
    let (rect, coverage) = run(job).unwrap();
    assert_eq!(coverage, rough.plane(rect), "the loop itself");
}

#[test]
fn marks_that_say_nothing_get_a_sentence() {
    let full = crate::imaging::mask_ops::invert(&Mask::empty(SIZE));
    let cases = [
        (Mask::empty(SIZE), true, SelectError::EmptyMark),
        (paint(&[CENTER], 1.0), false, SelectError::TooSmall),
        (paint(&[(100.0, 100.0), (300.0, 100.0)], 1.5), true, SelectError::TooSmall),
        (full.clone(), true, SelectError::EverythingMarked),
        (full, false, SelectError::EverythingMarked),
        (Mask::empty(Size::new(3, 4)), true, SelectError::SizeMismatch { mark: Size::new(3, 4), photo: SIZE }),
    ];
    for (rough, is_loop, want) in cases {
        let got = job(rough, is_loop).err();
        assert_eq!(got, Some(want), "{want}");
        assert!(want.key().starts_with("error-"), "{}", want.key());
    }
}

#[test]
fn a_cancelled_job_ends() {
    let mut canceller = crate::control::Canceller::default();
    let mut job = Job::new(picture(), Vec::new(), paint(&[CENTER], 99.0), true, canceller.restart()).unwrap();
    assert!(job.step().is_ok(), "still wanted");
    canceller.cancel();
    assert_eq!(job.step().err(), Some(SelectError::Cancelled), "no longer");
}

#[test]
fn windows_of_few_pixels_are_fine() {
    for size in [Size::new(1, 1), Size::new(3, 1), Size::new(9, 9)] {
        let frame = Frame::new(size, ColorModel::Gray, Samples::U8(vec![7; size.area()])).unwrap();
        let mut rough = Plane::filled(size, 0);
        rough.set(0, 0, 255);
        for is_loop in [true, false] {
            assert!(select_object(&frame, &rough, is_loop, &CancelToken::never()).is_none(), "too small: {size}");
        }
        rough.data_mut().fill(255);
        assert!(select_object(&frame, &rough, true, &CancelToken::never()).is_none(), "all marked: {size}");
    }
    assert!(select_object(&picture(), &Plane::filled(Size::new(2, 2), 255), true, &CancelToken::never()).is_none());
}
