//! A picture's lines by one of several detectors at a random threshold: no single detector draws as people do, so a network
//! that has seen only one learns that one's habits (the advice of several projects that train on sketches).

use rand::Rng as _;
use serde::{Deserialize, Serialize};

use super::{Canny, Line, Xdog, canny, contour, join, smoothed, thin, trace, without_specks, xdog};
use crate::control::Rng;
use crate::imaging::{Plane, Size};

/// A way to find lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Detector {
    /// Edges between colors.
    Canny,
    /// Dark lines, as in drawn pictures.
    Xdog,
    /// The outline of what stands out from the ground, nothing within.
    Contour,
    /// The outline, and the strongest edges within.
    ContourAndCanny,
    /// The outline, and dark lines within.
    ContourAndXdog,
}

/// One detector and how often it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorShare {
    /// Which.
    pub detector: Detector,
    /// How often, relative to the other weights; at least 0.
    pub weight: f64,
}

/// Detectors and how often each is taken. Written as a list: `[{ detector = "canny", weight = 1.0 }, …]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DetectorMix(pub Vec<DetectorShare>);

impl Default for DetectorMix {
    fn default() -> Self {
        let share = |detector, weight| DetectorShare { detector, weight };
        Self(vec![
            share(Detector::Canny, 3.0),
            share(Detector::Xdog, 2.0),
            share(Detector::Contour, 1.0),
            share(Detector::ContourAndCanny, 2.0),
            share(Detector::ContourAndXdog, 1.0),
        ])
    }
}

impl DetectorMix {
    /// Whether some detector can be taken.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.0.iter().all(|share| share.weight.is_finite() && share.weight >= 0.0)
            && self.0.iter().any(|share| share.weight > 0.0)
    }

    /// One of the detectors.
    pub fn choose(&self, rng: &mut Rng) -> Detector {
        let total: f64 = self.0.iter().map(|share| share.weight).sum();
        let mut left = rng.random::<f64>() * total;
        for share in &self.0 {
            left -= share.weight;
            if left < 0.0 {
                return share.detector;
            }
        }
        self.0.last().map_or(Detector::Canny, |share| share.detector)
    }
}

/// How lines are looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Lines {
    /// Detectors.
    pub detectors: DetectorMix,
    /// Least and largest blur in pixels of a picture of 256: the larger, the fewer details are left.
    pub blur: [f32; 2],
}

impl Default for Lines {
    fn default() -> Self {
        Self { detectors: DetectorMix::default(), blur: [1.0, 2.5] }
    }
}

/// The lines of a picture of red, green and blue in 0..1, in its pixels.
#[must_use]
pub fn find_lines(rgb: &[Plane<f32>; 3], options: &Lines, rng: &mut Rng) -> Vec<Line> {
    let size = rgb[0].size();
    let scale = size.width.max(size.height) as f32 / 256.0;
    let mut between = |low: f32, high: f32| (high - low).mul_add(rng.random::<f32>(), low);
    let sigma = between(options.blur[0], options.blur[1]) * scale;
    let edges = Canny { sigma, high: between(0.7, 1.7), low: between(0.3, 0.6) };
    let pencil = Xdog {
        sigma: between(0.4, 0.8) * sigma,
        ratio: between(2.0, 3.5),
        sharpness: between(12.0, 26.0),
        ..Xdog::default()
    };
    let outline = between(0.04, 0.2);
    let least = (between(6.0, 22.0) * scale) as usize;
    let detector = options.detectors.choose(rng);
    let silhouette = || contour(rgb, 0.5 * sigma, outline);
    let ink = match detector {
        Detector::Canny => canny(rgb, edges),
        Detector::Xdog => dark_lines(rgb, pencil),
        Detector::Contour => silhouette(),
        Detector::ContourAndCanny => both(silhouette(), &canny(rgb, Canny { high: 1.3 * edges.high, ..edges }), scale),
        Detector::ContourAndXdog => both(silhouette(), &dark_lines(rgb, pencil), scale),
    };
    let lines = join(&trace(&without_specks(&thin(&ink), least.max(3))), 1.6, 0.5);
    lines.iter().map(|line| smoothed(line, 1.2 * scale.max(0.6))).collect()
}

/// Pencil lines of the picture's brightness.
fn dark_lines(rgb: &[Plane<f32>; 3], options: Xdog) -> Plane<u8> {
    let [red, green, blue] = rgb;
    let colors = red.data().iter().zip(green.data()).zip(blue.data());
    let brightness = colors.map(|((r, g), b)| 0.299 * r + 0.587 * g + 0.114 * b).collect();
    let Some(brightness) = Plane::from_vec(red.size(), brightness) else { return Plane::filled(red.size(), 0) };
    let ink = xdog(&brightness, options).data().iter().map(|&value| u8::from(value > 0.5)).collect();
    Plane::from_vec(red.size(), ink).unwrap_or_else(|| Plane::filled(red.size(), 0))
}

/// The outline, and what of `inner` does not run along it.
fn both(mut outline: Plane<u8>, inner: &Plane<u8>, scale: f32) -> Plane<u8> {
    let Size { width, height } = outline.size();
    let reach = (3.0 * scale).round().max(1.0) as u32;
    let mut near = Plane::filled(outline.size(), 0_u8);
    for y in 0..height {
        for x in (0..width).filter(|&x| outline.at(x, y) != 0) {
            for near_y in y.saturating_sub(reach)..(y + reach + 1).min(height) {
                let row = near.row_mut(near_y);
                row[x.saturating_sub(reach) as usize..(x + reach + 1).min(width) as usize].fill(1);
            }
        }
    }
    let inside = inner.data().iter().zip(near.data());
    for (to, (&inner, &near)) in outline.data_mut().iter_mut().zip(inside) {
        if inner != 0 && near == 0 {
            *to = 1;
        }
    }
    outline
}
