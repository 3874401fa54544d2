//! Networks: tensors in, tensors out. No files, no training, no documents.
//!
//! Each is built by `new(&Config, vb)` from a candle `VarBuilder` whose keys equal those of the PyTorch files in circulation.
//! Plain tensors are taken as frozen weights, packed once; variables are read at each call, so that they can be trained.

pub mod catalog;
pub mod comodgan;
pub mod context_encoder;
pub mod dcgan;
pub mod hed;
mod layers;
pub mod manifold;
pub mod migan;
mod normed;
pub mod ops;
pub mod pix2pix;
mod pyramid;
mod residual;
mod seeded;
pub mod sketcher;
mod styled;
pub mod styled_model;
pub mod stylegan1;
pub mod stylegan2;
pub mod vgg;
mod with_noise;

pub use pyramid::Pyramid;
pub use seeded::{seeded_normal, seeded_uniform, seeded_weights};
pub use styled::{Mapping, Noise, same_for_all_layers, truncated};
pub use with_noise::{NoiseChoice, WithNoise, noise_maps};
