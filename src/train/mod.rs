//! Training: recipes, data, losses, optimisers, checkpoints, and the loop that puts them together.
//!
//! [`fit()`] is the door. A run is a folder: `recipe.toml`, `log.jsonl`, `samples/`, `checkpoints/`, `curves.png`. All that the
//! next step depends on is in a checkpoint, so a run cut in two equals the straight run bit for bit on the CPU.
//! It never touches documents, the worker or the window.

mod adam;
mod augment;
mod checkpoint;
mod comodgan;
mod context_encoder;
mod curves;
mod data;
mod dcgan;
mod error;
mod fit;
pub mod losses;
mod measure;
mod model;
mod named;
mod observer;
mod parameters;
mod pix2pix;
mod preset;
pub mod recipe;
mod report;
mod rivals;
mod running;
mod sliced;
mod style_source;
mod stylegan1;
mod stylegan2;
mod trainee;

pub use adam::{Adam, AdamConfig, Ema};
pub use augment::Augmentation;
pub use checkpoint::{State, best_checkpoint};
pub use comodgan::{Comodgan, config_of as comodgan_config_of};
pub use context_encoder::{ContextEncoder, config_of as context_encoder_config_of};
pub use data::{Batch, Loader, Reading, Sampler, Source, Square, held_out_order};
pub use dcgan::{Dcgan, Inversion, config_of as dcgan_config_of};
pub use error::TrainError;
pub use fit::{Order, export, fit};
pub use model::{entry_of, start_from};
pub use observer::{Ended, Observer, Outcome, Progress};
pub use parameters::{Parameters, Tensors};
pub(crate) use pix2pix::spots as color_spots;
pub use pix2pix::{Pix2pix, config_of as pix2pix_config_of};
pub use preset::Preset;
pub use recipe::Recipe;
pub use sliced::{SlicedWasserstein, sliced_wasserstein};
pub use stylegan1::{Stylegan, config_of as stylegan_config_of};
pub use stylegan2::{Stylegan2, config_of as stylegan2_config_of};
pub use trainee::{Filler, Measured, Painter, Scalar, Trainee};
