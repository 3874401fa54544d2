//! Metrics: how good fills of masked photos are, and what a generator's space is like ([`latent`]), without any opinion of a
//! person.
//!
//! All are functions of pictures: the photo (the truth), its holes, and what a method made of it. [`Board`] collects them
//! over many photos and methods; [`data`] reads folders. No worker, no window, no document, nothing is printed.
//!
//! Gradient ratio, seam ratio and the patch judge are the ones that tell a good fill from a smooth one on a few dozen
//! photos. PSNR and L1 prefer blur on large holes, so they must not be read alone.

mod board;
pub mod data;
mod error;
mod fidelity;
mod frechet;
pub mod judge;
pub mod latent;
mod metric;
mod morphology;
mod peers;
mod picture;
pub mod sketch;
mod ssim;
mod texture;
mod trunk;

pub use board::{Board, Row};
pub use error::EvalError;
pub use fidelity::{Exactness, Fidelity, exactness, fidelity};
pub use frechet::frechet_distance;
pub use metric::Metric;
pub use peers::{Peer, fill_with};
pub use picture::{Picture, frame_of, picture, rgb8};
pub use ssim::{Ssim, ssim};
pub use texture::{gradient_ratio, seam_ratio};
pub use trunk::FeatureTrunk;
