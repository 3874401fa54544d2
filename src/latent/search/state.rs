//! What a search hands on to the next one, so that the picture follows the brush.

use super::super::Latent;

/// The candidates of a search with Adam's moments, without pictures and costs.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SearchState {
    pub(super) slots: Vec<Slot>,
    /// Starts drawn so far.
    pub(super) drawn: usize,
    /// Steps since the first start or the last fix.
    pub(super) age: usize,
}

/// One candidate's variables.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slot {
    pub(super) id: u64,
    pub(super) start: Latent,
    /// The variable, and Adam's first and second moment.
    pub(super) y: Vec<f32>,
    pub(super) first: Vec<f32>,
    pub(super) second: Vec<f32>,
    /// Adam's steps so far.
    pub(super) steps: i32,
}
