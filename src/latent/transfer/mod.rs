//! Carrying an edit back: what changed between pictures of a manifold, applied to the full photo.
//!
//! Zhu et al., "Generative Visual Manipulation on the Natural Image Manifold", ECCV 2016, section 4.3. Between neighbouring
//! pictures of a morph a [`TransferJob`] finds how each pixel moved and how its color changed; concatenated, this tells for
//! every moment of the morph where in the first picture a pixel comes from. [`Transfer::at`] brings that to the resolution
//! of a photo, along the photo's own edges, and moves and colors the photo itself. Only flow and color are estimated at the
//! manifold's size: no sample of a generated picture ever reaches the photo.

mod color;
mod field;
mod flow;
mod job;
mod pair;
mod pixels;
mod raster;
mod render;
mod request;
mod result;
mod sheet;
#[cfg(test)]
mod tests;

pub use job::{TransferJob, TransferUpdate};
pub use request::{TransferError, TransferOptions, TransferRequest};
pub use result::{Preview, Transfer, TransferReport};
