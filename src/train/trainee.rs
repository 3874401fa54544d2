//! What a run of training trains.

use candle_core::{Result, Tensor};

use super::checkpoint::State;
use super::data::Batch;
use super::parameters::Tensors;

/// A loss by name.
pub type Scalar = (&'static str, f64);

/// Networks with their optimisers: one step at a time, all state in tensors and numbers.
pub trait Trainee {
    /// Learns from one batch. `step` counts from 0 over the whole run and decides, with the recipe's seed, every random number.
    ///
    /// # Errors
    /// When candle cannot compute; also where a value is not finite.
    fn step(&mut self, batch: &Batch, step: u64) -> Result<Vec<Scalar>>;

    /// Everything that the next step depends on.
    ///
    /// # Errors
    /// When candle cannot copy.
    fn save(&self, state: &mut State) -> Result<Tensors>;

    /// Goes back to what was saved.
    ///
    /// # Errors
    /// When something is missing or has another shape.
    fn restore(&mut self, state: &State, tensors: &Tensors) -> Result<()>;

    /// The weights to ship: the averaged generator, under the names that it is built from.
    ///
    /// # Errors
    /// When candle cannot copy.
    fn export(&self) -> Result<Tensors>;

    /// The side in pixels of what [`Trainee::export`] draws, where it is not yet the recipe's: networks that grow.
    fn grown_side(&self) -> Option<usize> {
        None
    }

    /// What a person wants to see of the averaged networks, beside held-out pictures: columns of pictures
    /// `[n, 3, side, side]` in -1..1, one row each.
    ///
    /// # Errors
    /// When candle cannot compute.
    fn show(&self, held_out: &Batch) -> Result<Vec<Tensor>>;

    /// How good the averaged networks are, by pictures that were never trained on.
    ///
    /// # Errors
    /// When candle cannot compute.
    fn measure(&self, held_out: &Batch) -> Result<Measured>;
}

/// Figures of one measurement.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// For the lines of losses and the manifest.
    pub scalars: Vec<Scalar>,
    /// What chooses the best checkpoint: smaller is better.
    pub score: f64,
}

/// A trainee that fills holes.
pub trait Filler {
    /// The averaged generator's fills, holes only replaced, `[n, 3, side, side]` in -1..1; `seed` gives different ones.
    ///
    /// # Errors
    /// When candle cannot compute.
    fn fills(&self, batch: &Batch, seed: u64) -> Result<Tensor>;
}

/// A trainee that draws pictures from nothing.
pub trait Painter {
    /// What the averaged generator draws, `n` pictures `[n, 3, side, side]` in -1..1; `seed` gives different ones.
    ///
    /// # Errors
    /// When candle cannot compute.
    fn pictures(&self, n: usize, seed: u64) -> Result<Tensor>;
}
