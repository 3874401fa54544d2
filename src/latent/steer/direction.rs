//! Directions in the space of styles, and steps along them.

use super::SteerError;
use super::mix::check_layer;
use crate::latent::Latent;

/// No step is longer, in deviations.
pub const MOST_AMOUNT: f32 = 30.0;

/// A direction in which styles differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction {
    /// What it is called.
    pub name: String,
    /// As many numbers as a style, of length 1.
    pub vector: Latent,
    /// The deviation of mapped latents along it: the unit of a step.
    pub sigma: f32,
}

/// A step along a direction in some layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Which way.
    pub direction: Direction,
    /// The first layer that is moved.
    pub first: usize,
    /// The last one; beyond the model's layers it means the model's last.
    pub last: usize,
    /// How far, in deviations: within ±[`MOST_AMOUNT`].
    pub amount: f32,
}

impl Edit {
    /// `w += amount sigma v` in its layers of `ws`, whose styles have `dim` numbers (Härkönen et al. 2020, equation 4).
    ///
    /// # Errors
    /// A sentence when the direction belongs to another model, or the step is too long.
    pub(super) fn add(&self, ws: &mut [f32], dim: usize) -> Result<(), SteerError> {
        let Direction { name, vector, sigma } = &self.direction;
        if vector.len() != dim {
            let what = format!("the direction {name}");
            return Err(SteerError::OtherModel { what, given: vector.len(), wanted: dim });
        }
        let step = self.amount * sigma;
        if !step.is_finite() || self.amount.abs() > MOST_AMOUNT {
            let (given, wanted) = (self.amount.to_string(), format!("within {MOST_AMOUNT} deviations"));
            return Err(SteerError::OutOfRange { what: "the step along a direction", given, wanted });
        }
        check_layer(self.first, ws.len() / dim)?;
        let count = (self.last + 1).saturating_sub(self.first);
        for style in ws.chunks_mut(dim).skip(self.first).take(count) {
            style.iter_mut().zip(vector.iter()).for_each(|(w, v)| *w = step.mul_add(*v, *w));
        }
        Ok(())
    }
}

/// `latent` moved along `direction` in `layers` by each of `amounts`.
///
/// # Errors
/// As `Edit::add`.
pub fn strip(
    latent: &Latent,
    direction: &Direction,
    layers: std::ops::Range<usize>,
    amounts: &[f32],
) -> Result<Vec<Latent>, SteerError> {
    let moved = |amount: &f32| {
        let (first, last) = (layers.start, layers.end.saturating_sub(1));
        let edit = Edit { direction: direction.clone(), first, last, amount: *amount };
        let mut ws = latent.to_vec();
        edit.add(&mut ws, direction.vector.len())?;
        Ok(ws.into())
    };
    amounts.iter().map(moved).collect()
}
