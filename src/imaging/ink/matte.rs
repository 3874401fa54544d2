//! What becomes of a picture's background: the drawing's silhouette, and white made transparent.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::super::{ColorModel, Frame, Plane, Samples, Size};

/// What becomes of a picture's background.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Background {
    /// It stays.
    #[default]
    Keep,
    /// White that reaches the picture's edge becomes transparent.
    White,
    /// What lies outside of the drawing's outline becomes transparent.
    Silhouette,
}

/// From this much ink on a pixel holds the outside back.
const WALL: f32 = 0.3;

/// Gaps in the outline of this share of the side are closed.
const GAP: f32 = 0.012;

/// A pixel at least this bright in all colors may be background.
const WHITE: f32 = 200.0;

/// `picture`, square 8-bit RGB, with its background as asked: RGBA with straight alpha, unless it stays. `ink` is the drawing,
/// square, of any side; without any ink the silhouette would be nothing, and all of the picture stays.
#[must_use]
pub fn cut_out(picture: &Frame, ink: &Plane<f32>, background: Background) -> Frame {
    let alpha = match background {
        Background::Keep => return picture.clone(),
        Background::White => white_alpha(picture),
        Background::Silhouette => {
            let silhouette = silhouette(ink);
            if silhouette.data().iter().all(|&value| value == 0.0) {
                Plane::filled(picture.size(), 1.0)
            } else {
                resized(&silhouette, picture.size())
            }
        }
    };
    with_alpha(picture, &alpha)
}

/// What the drawing encloses, its lines included: 1 inside, 0 outside, between at the rim of the lines. The outside is what can be
/// reached from the paper's edge without crossing ink; small gaps in a line do not let it in.
#[must_use]
pub fn silhouette(ink: &Plane<f32>) -> Plane<f32> {
    let size = ink.size();
    let radius = (GAP * size.width as f32).round() as i32;
    let walls = grown(&ink.data().iter().map(|&value| value >= WALL).collect::<Vec<_>>(), size, radius);
    let outside = flooded(size, |at| !walls[at]);
    // The outside grows back up to the lines, but not through the gaps that were closed: it stops at the ink itself.
    let outside = grown(&outside, size, radius);
    let values = outside.iter().zip(ink.data()).map(|(&is_outside, &ink)| if is_outside { ink } else { 1.0 });
    Plane::from_vec(size, values.collect()).unwrap_or_else(|| Plane::filled(size, 0.0))
}

/// 0 on white that reaches the edge, 1 elsewhere; between on its rim, by how much a pixel differs from white.
fn white_alpha(picture: &Frame) -> Plane<f32> {
    let size = picture.size();
    let least = |at: usize| {
        let [r, g, b] = picture.rgb_at(at as u32 % size.width, at as u32 / size.width);
        r.min(g).min(b)
    };
    let outside = flooded(size, |at| least(at) >= WHITE);
    let values = outside.iter().enumerate().map(|(at, &is_outside)| {
        if is_outside { ((255.0 - least(at)) / (255.0 - WHITE)).clamp(0.0, 1.0) } else { 1.0 }
    });
    // Nearly white is white: a network's paper is never quite clean.
    let clean = values.map(|alpha| ((alpha - 0.35) / 0.65).clamp(0.0, 1.0));
    Plane::from_vec(size, clean.collect()).unwrap_or_else(|| Plane::filled(size, 1.0))
}

/// The pixels that can be reached from the edge over pixels that are `open`, from one to its four neighbors.
fn flooded(size: Size, open: impl Fn(usize) -> bool) -> Vec<bool> {
    let (width, height) = (size.width as usize, size.height as usize);
    let mut reached = vec![false; width * height];
    let mut queue = VecDeque::new();
    let is_edge = |at: &usize| {
        let (x, y) = (at % width, at / width);
        x == 0 || y == 0 || x + 1 == width || y + 1 == height
    };
    for at in (0..width * height).filter(is_edge).filter(|&at| open(at)) {
        reached[at] = true;
        queue.push_back(at);
    }
    while let Some(at) = queue.pop_front() {
        let (x, y) = (at % width, at / width);
        let beside = [
            (x > 0).then(|| at - 1),
            (x + 1 < width).then(|| at + 1),
            (y > 0).then(|| at - width),
            (y + 1 < height).then(|| at + width),
        ];
        for next in beside.into_iter().flatten() {
            if !reached[next] && open(next) {
                reached[next] = true;
                queue.push_back(next);
            }
        }
    }
    reached
}

/// All pixels within `radius` of those that are set, in rows and then in columns.
fn grown(set: &[bool], size: Size, radius: i32) -> Vec<bool> {
    let (width, height) = (size.width as i32, size.height as i32);
    let pass = |from: &[bool], dx: i32, dy: i32| -> Vec<bool> {
        let near = |x: i32, y: i32| {
            (-radius..=radius).any(|step| {
                let (x, y) = (x + step * dx, y + step * dy);
                (0..width).contains(&x) && (0..height).contains(&y) && from[(y * width + x) as usize]
            })
        };
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| near(x, y)).collect()
    };
    pass(&pass(set, 1, 0), 0, 1)
}

/// A plane at another size, bilinear.
fn resized(plane: &Plane<f32>, size: Size) -> Plane<f32> {
    let from = plane.size();
    let at = |to: u32, count: u32, whole: u32| {
        let position = ((to as f32 + 0.5) * whole as f32 / count as f32 - 0.5).clamp(0.0, whole as f32 - 1.0);
        let low = position as u32;
        (low, (low + 1).min(whole - 1), position - low as f32)
    };
    let mut out = Plane::filled(size, 0.0);
    for y in 0..size.height {
        let (top, bottom, v) = at(y, size.height, from.height);
        for x in 0..size.width {
            let (left, right, u) = at(x, size.width, from.width);
            let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
            let above = mix(plane.at(left, top), plane.at(right, top), u);
            out.set(x, y, mix(above, mix(plane.at(left, bottom), plane.at(right, bottom), u), v));
        }
    }
    out
}

/// RGBA; on the rim the white that shines through is taken out of the colors, so that no pale seam is left on a dark ground.
fn with_alpha(picture: &Frame, alpha: &Plane<f32>) -> Frame {
    let size = picture.size();
    let mut samples = Vec::with_capacity(size.area() * 4);
    for y in 0..size.height {
        for x in 0..size.width {
            let a = alpha.at(x, y).clamp(0.0, 1.0);
            let color = picture.rgb_at(x, y).map(|value| {
                let own = if a > 0.05 { (value - 255.0 * (1.0 - a)) / a } else { value };
                own.round().clamp(0.0, 255.0) as u8
            });
            samples.extend(color);
            samples.push((a * 255.0).round() as u8);
        }
    }
    Frame::new(size, ColorModel::Rgba, Samples::U8(samples)).unwrap_or_else(|| picture.clone())
}

#[cfg(test)]
mod tests {
    use super::super::{Stroke, Tool, raster, shapes};
    use super::*;

    fn ring(gap: f32) -> Plane<f32> {
        let mut samples = shapes::ellipse((0.5, 0.5), (0.3, 0.3));
        let keep = (samples.len() as f32 * (1.0 - gap)) as usize;
        samples.truncate(keep);
        raster(&[Stroke { size: 0.02, ..Stroke::computed(Tool::Pen, samples) }], 128)
    }

    #[test]
    fn a_ring_encloses_its_inside_even_with_a_small_gap() {
        for gap in [0.0, 0.008] {
            let inside = silhouette(&ring(gap));
            assert_eq!((inside.at(64, 64), inside.at(2, 2), inside.at(64, 10)), (1.0, 0.0, 0.0), "a gap of {gap}");
            let area: f32 = inside.data().iter().sum();
            let wanted = std::f32::consts::PI * (0.31 * 128.0f32).powi(2);
            assert!((area - wanted).abs() < 0.05 * wanted, "{area} pixels, not {wanted}");
        }
        assert_eq!(silhouette(&ring(0.3)).at(64, 64), 0.0, "an open line encloses nothing");
    }

    #[test]
    fn white_outside_becomes_transparent_and_white_inside_stays() {
        let size = Size::new(32, 32);
        let mut samples = vec![255u8; size.area() * 3];
        for y in 8..24 {
            for x in 8..24 {
                let is_rim = [8, 23].contains(&x) || [8, 23].contains(&y);
                let at = (y * 32 + x) * 3;
                samples[at..at + 3].fill(if is_rim { 30 } else { 255 });
            }
        }
        let picture = Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap();
        let blank = Plane::filled(size, 0.0);
        let cut = cut_out(&picture, &blank, Background::White);
        assert_eq!((cut.alpha_at(0, 0), cut.alpha_at(8, 8), cut.alpha_at(16, 16)), (0.0, 1.0, 1.0), "outside only");
        assert_eq!(cut.rgb_at(8, 8), [30.0; 3], "colors stay");
        assert_eq!(cut_out(&picture, &blank, Background::Keep), picture, "nothing asked");
        assert_eq!(cut_out(&picture, &blank, Background::Silhouette).alpha_at(0, 0), 1.0, "no drawing, no cut");
        assert_eq!(cut_out(&picture, &ring(0.0), Background::Silhouette).alpha_at(1, 1), 0.0, "another side fits too");
    }
}
