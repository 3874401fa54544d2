//! Ink: pen strokes on a square paper as vectors, and what is made of them.
//!
//! The paper reaches from 0 to 1 on both axes, (0, 0) is its top left corner; sizes are fractions of its side. A stroke
//! keeps the raw samples of the pointer; smoothing is computed from them and can be switched off.

mod erased;
mod line;
mod matte;
mod outline;
mod raster;
pub mod shapes;
mod stroke;
#[cfg(test)]
mod tests;

pub use erased::without_erasers;
pub use line::{Node, center_line};
pub use matte::{Background, cut_out, silhouette};
pub use outline::{even_width, outline};
pub use raster::{Hints, Pad, raster, raster_hints, raster_layers};
pub use stroke::{MAX_SAMPLES, MAX_STROKES, Mirror, Sample, Stroke, Tool, mix};
