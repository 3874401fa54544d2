//! How well a painter of drawings does: whether its picture has edges where the drawing has lines, and how near it is to the
//! truth where that is known.

use serde::{Deserialize, Serialize};

use super::EvalError;
use crate::imaging::edges::{Canny, Line, Refinement, canny, canonical, draw};
use crate::imaging::mask_ops::distance_outside;
use crate::imaging::{Plane, Size};

/// A line is met where an edge is no further than this share of the side.
const NEAR: f32 = 0.015;
/// Edges of a painted picture: blur in shares of the side, and Otsu's threshold times this.
const BLUR: f32 = 0.006;
const HIGH: f32 = 0.6;
const LOW: f32 = 0.5;
/// From this much on a pixel is ink.
const INK: f32 = 0.5;

/// Radius of the pen of drawings by hand as a share of the side.
const PEN: f32 = 0.005;

/// Drawings by hand as a file of JSON has them: strokes are flat lists x, y, x, y … in thousandths of the paper's side.
#[derive(Debug, Clone, Deserialize)]
pub struct HandDrawings {
    /// What they show.
    pub theme: String,
    drawings: Vec<HandDrawing>,
}

#[derive(Debug, Clone, Deserialize)]
struct HandDrawing {
    strokes: Vec<Vec<f32>>,
}

impl HandDrawings {
    /// Reads the file's text.
    ///
    /// # Errors
    /// One line when it is something else.
    pub fn parse(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The lines of each drawing on paper of `side` pixels.
    pub fn lines(&self, side: usize) -> impl Iterator<Item = Vec<Line>> {
        let scale = side as f32 / 1000.0;
        let line =
            move |flat: &Vec<f32>| flat.chunks_exact(2).map(|point| [point[0] * scale, point[1] * scale]).collect();
        self.drawings.iter().map(move |drawing| drawing.strokes.iter().map(line).collect())
    }
}

/// Lines drawn with a pen, as a network sees them.
#[must_use]
pub fn ink_of(lines: &[Line], side: usize, refinement: Refinement) -> Plane<f32> {
    let side = side as u32;
    let drawn = draw(lines, Size::new(side, side), (PEN * side as f32).max(0.7));
    canonical(&drawn, side, refinement)
}

/// How drawing and picture agree, each in 0..=1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// Share of the drawing's ink that has an edge of the picture near it: 1 follows every line.
    pub lines_met: f64,
    /// Share of the picture's edges that have ink near them: less is more detail, or disobedience.
    pub edges_drawn: f64,
    /// The harmonic mean of both.
    pub f: f64,
}

/// Compares the `ink` of a drawing (1 is ink, 0 paper, as the canonical form has it without refinement) with the edges of the
/// picture of it, red, green and blue in 0..1.
///
/// # Errors
/// When the sizes differ.
pub fn agreement(ink: &Plane<f32>, rgb: &[Plane<f32>; 3]) -> Result<Agreement, EvalError> {
    let size = ink.size();
    if rgb.iter().any(|plane| plane.size() != size) {
        return Err(EvalError::OtherSize { wanted: size, found: rgb[0].size() });
    }
    let side = size.width.max(size.height) as f32;
    let edges = canny(rgb, Canny { sigma: BLUR * side, high: HIGH, low: LOW });
    let is_ink: Vec<bool> = ink.data().iter().map(|&value| value > INK).collect();
    let is_edge: Vec<bool> = edges.data().iter().map(|&value| value != 0).collect();
    let near = (NEAR * side).max(1.5);
    let lines_met = share_near(&is_ink, &is_edge, size, near);
    let edges_drawn = share_near(&is_edge, &is_ink, size, near);
    let sum = lines_met + edges_drawn;
    let f = if sum > 0.0 { 2.0 * lines_met * edges_drawn / sum } else { 0.0 };
    Ok(Agreement { lines_met, edges_drawn, f })
}

/// Which share of `these` have one of `those` within `near` pixels; all of none.
fn share_near(these: &[bool], those: &[bool], size: Size, near: f32) -> f64 {
    let seeds = those.iter().map(|&is_one| if is_one { 255 } else { 0 }).collect();
    let Some(seeds) = Plane::from_vec(size, seeds) else { return 0.0 };
    let far = distance_outside(&seeds, near + 1.0);
    let own = these.iter().zip(far.data()).filter(|(is_one, _)| **is_one);
    let (met, all) = own.fold((0_u32, 0_u32), |(met, all), (_, far)| (met + u32::from(*far <= near), all + 1));
    if all == 0 { 1.0 } else { f64::from(met) / f64::from(all) }
}

/// The mean absolute difference of two pictures in 0..1.
///
/// # Errors
/// When the sizes differ.
pub fn mean_difference(a: &[Plane<f32>; 3], b: &[Plane<f32>; 3]) -> Result<f64, EvalError> {
    let mut sum = 0.0;
    for (a, b) in a.iter().zip(b) {
        if a.size() != b.size() {
            return Err(EvalError::OtherSize { wanted: a.size(), found: b.size() });
        }
        let all: f64 = a.data().iter().zip(b.data()).map(|(a, b)| f64::from((a - b).abs())).sum();
        sum += all / a.data().len().max(1) as f64;
    }
    Ok(sum / 3.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::edges::draw;

    #[test]
    fn a_filled_shape_meets_its_outline_and_nothing_else() {
        let size = Size::new(128, 128);
        let square = |at: f32, to: f32| vec![[at, at], [to, at], [to, to], [at, to], [at, at]];
        let ink = draw(&[square(32.0, 96.0)], size, 1.0);
        let mut plane = Plane::filled(size, 1.0);
        (32..96).for_each(|y| (32..96).for_each(|x| plane.set(x, y, 0.2)));
        let rgb = [plane.clone(), plane.clone(), plane];
        let same = agreement(&ink, &rgb).expect("one size");
        assert!(same.lines_met > 0.97 && same.edges_drawn > 0.97 && same.f > 0.97, "{same:?}");
        let other = agreement(&draw(&[square(8.0, 120.0)], size, 1.0), &rgb).expect("one size");
        assert!(other.lines_met < 0.05 && other.f < 0.05, "{other:?}");
        let blank = agreement(&Plane::filled(size, 0.0), &rgb).expect("one size");
        assert!(blank.lines_met == 1.0 && blank.edges_drawn == 0.0, "nothing was drawn: {blank:?}");
    }

    #[test]
    fn differences_are_means() {
        let plane = |value: f32| Plane::filled(Size::new(4, 4), value);
        let difference = mean_difference(&[plane(0.0), plane(0.5), plane(1.0)], &[plane(0.3), plane(0.5), plane(1.0)]);
        assert!((difference.expect("one size") - 0.1).abs() < 1e-6);
    }
}
