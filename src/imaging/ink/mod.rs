//! Ink: pen strokes on a square paper as vectors, and what is made of them.
//!
//! The paper reaches from 0 to 1 on both axes, (0, 0) is its top left corner; sizes are fractions of its side. A stroke
//! keeps the raw samples of the pointer; smoothing is computed from them and can be switched off.

mod matte;
mod stroke;

pub use matte::Background;
pub use stroke::{MAX_SAMPLES, Mirror, Sample, Stroke, Tool, mix};
