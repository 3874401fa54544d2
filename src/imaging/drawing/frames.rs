//! Drawings as pictures: ink in black on white, side by side with what was made of it, fitted without being squashed.

use image::imageops::{self, FilterType};

use super::super::ink::mix;
use super::super::{ColorModel, Frame, PixelRect, Plane, Samples, Size};

/// White.
const PAPER: u8 = 255;

/// Ink, 1 is black, as 8-bit RGB on white.
#[must_use]
pub fn ink_frame(ink: &Plane<f32>) -> Frame {
    let samples = ink.data().iter().flat_map(|&value| [((1.0 - value.clamp(0.0, 1.0)) * 255.0).round() as u8; 3]);
    frame(ink.size(), samples.collect())
}

/// `frame` as 8-bit RGB over white, made smaller where a side is longer than `most`.
#[must_use]
pub fn colors_of(frame: &Frame, most: u32) -> Frame {
    let Size { width, height } = frame.size();
    let mut samples = Vec::with_capacity(frame.size().area() * 3);
    for y in 0..height {
        for x in 0..width {
            let alpha = frame.alpha_at(x, y);
            let over = |value: f32| (value * alpha + 255.0 * (1.0 - alpha)).round() as u8;
            samples.extend(frame.rgb_at(x, y).map(over));
        }
    }
    smaller(self::frame(frame.size(), samples), most)
}

/// `frame`, 8-bit RGB, made smaller where a side is longer than `most`.
#[must_use]
pub(super) fn smaller(frame: Frame, most: u32) -> Frame {
    let Size { width, height } = frame.size();
    let longest = width.max(height);
    if longest <= most {
        return frame;
    }
    let scaled = |side: u32| (u64::from(side) * u64::from(most) / u64::from(longest)).max(1) as u32;
    resized(&frame, Size::new(scaled(width), scaled(height)))
}

/// `frame`, 8-bit RGB, as large as fits into a white square of `side` pixels, in its middle.
#[must_use]
pub fn fitted(frame: &Frame, side: u32) -> Frame {
    let (inner, (left, top)) = place_of(frame.size(), side);
    let small = resized(frame, inner);
    if inner.width == side && inner.height == side {
        return small;
    }
    let mut samples = vec![PAPER; Size::new(side, side).area() * 3];
    if let Samples::U8(from) = small.samples() {
        let row = inner.width as usize * 3;
        for (y, line) in from.chunks_exact(row.max(1)).enumerate() {
            let start = ((top as usize + y) * side as usize + left as usize) * 3;
            samples[start..start + row].copy_from_slice(line);
        }
    }
    self::frame(Size::new(side, side), samples)
}

/// As [`fitted`], but beside the picture its border goes on instead of white; and where the picture lies.
#[must_use]
pub fn fitted_with_border(frame: &Frame, side: u32) -> (Frame, PixelRect) {
    let (inner, (left, top)) = place_of(frame.size(), side);
    let small = resized(frame, inner);
    let place = PixelRect::new(left as i32, top as i32, (left + inner.width) as i32, (top + inner.height) as i32);
    let mut samples = Vec::with_capacity(Size::new(side, side).area() * 3);
    for y in 0..side {
        let from = y.saturating_sub(top).min(inner.height - 1);
        for x in 0..side {
            samples.extend(small.rgb_at(x.saturating_sub(left).min(inner.width - 1), from).map(|value| value as u8));
        }
    }
    (self::frame(Size::new(side, side), samples), place)
}

/// `picture`, 8-bit RGB, with `ink` of the same size over it, black where it is 1.
#[must_use]
pub fn inked(picture: &Frame, ink: &Plane<f32>) -> Frame {
    let Samples::U8(samples) = picture.samples() else { return picture.clone() };
    let left = |(pixel, ink): (&[u8], &f32)| {
        let paper = 1.0 - ink.clamp(0.0, 1.0);
        [0, 1, 2].map(|channel| (f32::from(pixel[channel]) * paper).round() as u8)
    };
    frame(picture.size(), samples.chunks_exact(3).zip(ink.data()).flat_map(left).collect())
}

/// A number that tells `picture`, 8-bit RGB, from others; the same in every run of the program.
#[must_use]
pub fn digest_of(picture: &Frame) -> u64 {
    let Size { width, height } = picture.size();
    let size = mix(u64::from(width), u64::from(height));
    let Samples::U8(samples) = picture.samples() else { return size };
    let word = |bytes: &[u8]| bytes.iter().fold(0, |word: u64, &byte| word << 8 | u64::from(byte));
    samples.chunks(8).fold(size, |digest, bytes| mix(digest, word(bytes)))
}

/// How large a picture is in a square of `side` pixels, and where it begins: left and top.
pub(super) fn place_of(picture: Size, side: u32) -> (Size, (u32, u32)) {
    let longest = picture.width.max(picture.height).max(1);
    let scaled = |length: u32| {
        (u64::from(length) * u64::from(side)).div_ceil(u64::from(longest)).clamp(1, u64::from(side)) as u32
    };
    let inner = Size::new(scaled(picture.width), scaled(picture.height));
    (inner, ((side - inner.width) / 2, (side - inner.height) / 2))
}

/// Two pictures of one height, 8-bit RGB, beside each other: `A|B`. The second one is resized to the first one's height.
#[must_use]
pub fn side_by_side(a: &Frame, b: &Frame) -> Frame {
    let height = a.size().height;
    let b = if b.size().height == height { b.clone() } else { fitted(b, height) };
    let (Samples::U8(left), Samples::U8(right)) = (a.samples(), b.samples()) else { return a.clone() };
    let (one, other) = (a.size().width as usize * 3, b.size().width as usize * 3);
    let rows = left.chunks_exact(one.max(1)).zip(right.chunks_exact(other.max(1)));
    let samples = rows.flat_map(|(a, b)| a.iter().chain(b)).copied().collect();
    frame(Size::new(a.size().width + b.size().width, height), samples)
}

fn resized(frame: &Frame, size: Size) -> Frame {
    if frame.size() == size {
        return frame.clone();
    }
    let Samples::U8(samples) = frame.samples() else { return frame.clone() };
    let Some(image) = image::RgbImage::from_raw(frame.size().width, frame.size().height, samples.clone()) else {
        return frame.clone();
    };
    self::frame(size, imageops::resize(&image, size.width, size.height, FilterType::Triangle).into_raw())
}

/// A frame of samples that were counted for it.
fn frame(size: Size, samples: Vec<u8>) -> Frame {
    let made = Frame::new(size, ColorModel::Rgb, Samples::U8(samples));
    made.unwrap_or_else(|| blank(size))
}

fn blank(size: Size) -> Frame {
    let white = Samples::U8(vec![PAPER; size.area() * 3]);
    let nothing = || Frame::new(Size::new(0, 0), ColorModel::Rgb, Samples::U8(Vec::new()));
    match Frame::new(size, ColorModel::Rgb, white).or_else(nothing) {
        Some(frame) => frame,
        None => unreachable!("three samples a pixel make a frame"),
    }
}
