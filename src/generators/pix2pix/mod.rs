//! Picture to picture (Isola et al., Image-to-Image Translation with Conditional Adversarial Networks, 2017): generators that
//! turn drawings or photos into pictures, the judge of patches that trains them, and what their files are called.
//!
//! Networks take and give -1..1 as their files want it; [`Painter`] puts the polarity of ink and the planes of hints before
//! them, so that nobody else has to know.

mod norm;
mod painter;
mod palette;
pub mod patch_gan;
pub mod resnet;
pub mod unet;
mod wash;

pub use norm::{NormKind, Pass};
pub use painter::{Config, Network, Painter, Reads};
pub(crate) use palette::{N_COMBINATIONS, N_SPOTS, PALETTE, Spot, laid_over};
