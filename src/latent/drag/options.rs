//! How a drag is done.

use super::DragError;
use crate::generators::manifold::{Manifold, Styles};
use crate::latent::StyleSpace;

/// Pictures for which the paper's radii are meant, in pixels.
const PAPER_SIDE: f32 = 512.0;
/// Layers whose styles move at most (Pan et al. 2023, section 4).
const MOVED: usize = 6;

/// How a drag is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DragOptions {
    /// Steps at most.
    pub steps: usize,
    /// Whether the layers that move have one style, which keeps pictures likelier, or a style each, which follows further.
    pub space: StyleSpace,
    /// How many of the first layers' styles move; `None` are up to six, none beyond the features.
    pub layers: Option<usize>,
    /// The side of the features that are followed; `None` is a quarter of the picture's, at least 16.
    pub features: Option<usize>,
    /// How far Adam moves a number in a step, in deviations of a style's numbers.
    pub rate: f32,
    /// How much it counts that the rest stays: the paper's lambda.
    pub hold: f32,
    /// A handle this near to its target has arrived, in pixels; `None` is 2, more for pictures above 512.
    pub tolerance: Option<f32>,
}

impl Default for DragOptions {
    fn default() -> Self {
        Self {
            steps: 60,
            space: StyleSpace::WPlus,
            layers: None,
            features: None,
            rate: 0.02,
            hold: 20.0,
            tolerance: None,
        }
    }
}

/// The options, worked out for a model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) side: usize,
    /// Of the features.
    pub(super) at: usize,
    pub(super) layers: usize,
    /// Radius of motion supervision in pixels of the picture.
    pub(super) near: i32,
    /// Radius of point tracking.
    pub(super) far: i32,
    pub(super) tolerance: f32,
}

impl DragOptions {
    /// Refuses what no drag can follow.
    pub(super) fn plan(&self, manifold: &dyn Manifold, styles: &dyn Styles) -> Result<Plan, DragError> {
        let (side, sides) = (manifold.side(), styles.noise_sides());
        let wrong = |why| Err(DragError::Options { why });
        if !(self.rate > 0.0 && self.rate.is_finite()) {
            return wrong("the rate must be above 0");
        }
        if !(self.hold >= 0.0 && self.hold.is_finite()) {
            return wrong("the weight of the rest must be at least 0");
        }
        if self.steps == 0 {
            return wrong("it has no steps");
        }
        let at = self.features.unwrap_or_else(|| (side / 4).max(16).min(side));
        if !sides.contains(&at) {
            let mut there: Vec<String> = sides.iter().map(ToString::to_string).collect();
            there.dedup();
            return Err(DragError::NoSuchFeatures { at, there: there.join(", ") });
        }
        // Styles behind the features change nothing that is followed.
        let reach = sides.iter().filter(|side| **side <= at).count().clamp(1, styles.n_layers());
        let layers = self.layers.unwrap_or_else(|| MOVED.min(reach));
        if !(1..=styles.n_layers()).contains(&layers) {
            return wrong("it must move at least one layer, and no more than the model has");
        }
        let scaled = |pixels: f32| pixels * side as f32 / PAPER_SIDE;
        let tolerance = self.tolerance.unwrap_or_else(|| scaled(2.0).max(2.0));
        if !(tolerance > 0.0 && tolerance.is_finite()) {
            return wrong("the tolerance must be above 0");
        }
        let (near, far) = (scaled(3.0).round().max(1.0) as i32, scaled(12.0).round().max(2.0) as i32);
        Ok(Plan { side, at, layers, near, far, tolerance })
    }
}
