//! The lines of a picture: of a drawing its strokes, of a photo its edges.

use std::sync::Arc;

use super::super::edges::{Canny, Line, canny, join, simplified, smoothed, thin, trace, without_specks};
use super::super::ink::{Sample, Stroke, Tool};
use super::super::{Frame, Plane, Size};
use super::frames::fitted;
use super::pooled::{keep_thin_lines, luminances};

/// Pixels on a side of the paper on which lines are looked for.
const SIDE: u32 = 512;

/// A picture is a drawing when at least this share of it is paper, and at most so much is neither paper nor ink.
const LEAST_PAPER: f32 = 0.5;
const MOST_BETWEEN: f32 = 0.2;

/// Of a large drawing in thin lines hardly any pixel is neither, and most are paper.
const FINE_PAPER: f32 = 0.75;
const FINE_BETWEEN: f32 = 0.05;

/// Luminance of paper and ink.
const BRIGHT: f32 = 0.82;
const DARK: f32 = 0.35;

/// From this much on a pixel belongs to a line.
const INK: f32 = 0.35;

/// With no pixel of more ink than this on black paper, nothing was drawn on it: the paper was covered.
const FAINT: f32 = 0.2;

/// Smaller areas are dust.
const DUST: usize = 6;

/// Shorter edges of a photo are texture.
const LEAST_EDGE: usize = 12;

/// Edges of a photo.
const EDGES: Canny = Canny { sigma: 2.5, high: 1.0, low: 0.4 };

/// What lines were drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ground {
    White,
    Black,
}

/// The ink of `picture`, 8-bit RGB of any size, on square paper (letter-boxed), and whether it is a photo: then the ink is that of
/// its edges. White on black is a drawing too; a picture that is black all over was covered with ink.
#[must_use]
pub fn ink_of(picture: &Frame) -> (Plane<f32>, bool) {
    let paper = fitted(picture, SIDE);
    let light = luminance(&paper);
    let ground = ground_of(&inner_light(picture, &light), LEAST_PAPER, MOST_BETWEEN);
    // Averaging makes a grey of thin lines that lie near to each other.
    let ground = ground.or_else(|| ground_of(&luminances(picture), FINE_PAPER, FINE_BETWEEN));
    let Some(ground) = ground else { return (edges_of(picture, &paper), true) };
    // The bars beside an oblong picture are white, and no ink.
    let is_bar = bars(picture);
    let drawn = |darkness: fn(f32) -> f32| {
        let ink = |light: f32| ink_at(darkness(light));
        let values = light.data().iter().enumerate().map(|(at, &light)| if is_bar(at) { 0.0 } else { ink(light) });
        let plane = Plane::from_vec(light.size(), values.collect());
        let mut plane = plane.unwrap_or_else(|| Plane::filled(light.size(), 0.0));
        keep_thin_lines(&mut plane, picture, ink);
        plane
    };
    let dark_on_white = |light: f32| 1.0 - light;
    if ground == Ground::White {
        return (drawn(dark_on_white), false);
    }
    let light_on_black = drawn(|light| light);
    let is_covered = light_on_black.data().iter().all(|&value| value < FAINT);
    (if is_covered { drawn(dark_on_white) } else { light_on_black }, false)
}

/// The ground of a drawing whose pixels are so bright; `None` of a photo.
fn ground_of(light: &[f32], least_paper: f32, most_between: f32) -> Option<Ground> {
    let count = light.len().max(1) as f32;
    let share = |wanted: &dyn Fn(f32) -> bool| light.iter().filter(|value| wanted(**value)).count() as f32 / count;
    if share(&|value| value > DARK && value < BRIGHT) > most_between {
        return None;
    }
    if share(&|value| value >= BRIGHT) >= least_paper {
        return Some(Ground::White);
    }
    (share(&|value| value <= DARK) >= least_paper).then_some(Ground::Black)
}

/// The ink of what is so far from the paper, 0..=1: what is nearly paper is paper.
fn ink_at(darkness: f32) -> f32 {
    ((darkness - 0.08) / 0.72).clamp(0.0, 1.0)
}

/// The edges of a photo; the letter-box around it is left out, whose border would be the strongest of them.
fn edges_of(picture: &Frame, paper: &Frame) -> Plane<f32> {
    let size = paper.size();
    let is_bar = bars(picture);
    let inside: Vec<u8> = (0..size.area()).map(|at| u8::from(!is_bar(at))).collect();
    let mut out = Plane::filled(size, 0.0);
    let Some(inside) = Plane::from_vec(size, inside) else { return out };
    let rect = inside.bounds(|value| value > 0);
    let inner = paper.crop(rect);
    let channels = [0, 1, 2].map(|channel| channel_of(&inner, channel));
    let edges = without_specks(&canny(&channels, EDGES), LEAST_EDGE);
    for y in 0..edges.size().height {
        for x in 0..edges.size().width {
            out.set(rect.x0 as u32 + x, rect.y0 as u32 + y, f32::from(edges.at(x, y)));
        }
    }
    out
}

/// The lines in the middle of `ink` (1 is ink, square) as strokes of the pen.
#[must_use]
pub fn lines_of(ink: &Plane<f32>) -> Vec<Arc<Stroke>> {
    let size = ink.size();
    let is_ink = ink.data().iter().map(|&value| u8::from(value >= INK)).collect();
    let Some(is_ink) = Plane::from_vec(size, is_ink) else { return Vec::new() };
    let lines = join(&trace(&thin(&without_specks(&is_ink, DUST))), 3.0, 0.5);
    lines.iter().map(|line| Arc::new(stroke_of(line, size))).collect()
}

fn stroke_of(line: &Line, size: Size) -> Stroke {
    let line = simplified(&smoothed(line, 1.5), 0.6);
    let side = size.width.max(1) as f32;
    let mut millis = 0.0;
    let mut last = line.first().copied().unwrap_or_default();
    let samples = line.iter().map(|&[x, y]| {
        // As if it had been drawn at an even speed.
        millis += (x - last[0]).hypot(y - last[1]) / side * 1500.0;
        last = [x, y];
        Sample::new(x / side, y / side, millis as u32)
    });
    Stroke { smoothing: 0.3, streamline: 0.0, thinning: 0.0, ..Stroke::new(Tool::Pen, samples.collect::<Vec<_>>()) }
}

fn luminance(frame: &Frame) -> Plane<f32> {
    Plane::from_vec(frame.size(), luminances(frame)).unwrap_or_else(|| Plane::filled(frame.size(), 1.0))
}

fn channel_of(frame: &Frame, channel: usize) -> Plane<f32> {
    let size = frame.size();
    let value = |at: usize| frame.rgb_at(at as u32 % size.width, at as u32 / size.width)[channel] / 255.0;
    Plane::from_vec(size, (0..size.area()).map(value).collect()).unwrap_or_else(|| Plane::filled(size, 1.0))
}

/// Whether a pixel of the fitted paper lies beside `picture`.
fn bars(picture: &Frame) -> impl Fn(usize) -> bool {
    let Size { width, height } = picture.size();
    let longest = width.max(height).max(1);
    let half = |length: u32| 0.5 * SIDE as f32 * length as f32 / longest as f32;
    let (across, down) = (half(width), half(height));
    move |at| {
        let (x, y) = ((at as u32 % SIDE) as f32 + 0.5, (at as u32 / SIDE) as f32 + 0.5);
        let middle = SIDE as f32 / 2.0;
        (x - middle).abs() > across || (y - middle).abs() > down
    }
}

fn inner_light(picture: &Frame, light: &Plane<f32>) -> Vec<f32> {
    let is_bar = bars(picture);
    light.data().iter().enumerate().filter(|(at, _)| !is_bar(*at)).map(|(_, &value)| value).collect()
}
