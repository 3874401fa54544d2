//! Pictures to train on: where they lie, how they become samples, and threads that prepare them ahead.
//!
//! A sample depends on the seed and its number only, so the place in the data is one number and resuming is exact.

mod drawn;
mod layers;
mod loader;
mod reading;
mod sampler;
mod source;

pub use loader::Loader;
pub use reading::{Reading, Square};
pub use sampler::{Batch, Sampler, held_out_order};
pub use source::Source;
