//! Weights of networks as files: a folder holds `manifest.toml` and safetensors in half precision beside it.
//!
//! It knows families by name only, never a network: `generators::catalog` builds one from an [`Entry`]. Files are data, so
//! reading one can fail with a sentence, but never runs anything and never takes more memory than the file's size warrants.

mod card;
mod catalog;
mod direction_file;
mod entry;
mod error;
mod folders;
mod import;
mod latent_file;
mod manifest;
mod store;
mod torch;

pub use card::Card;
pub use catalog::Catalog;
pub use direction_file::{SavedDirection, delete_direction, read_directions, write_direction};
pub use entry::{Entry, Family, MaskPolarity};
pub use error::WeightsError;
pub use folders::{ENV_FOLDERS, folders, user_folder};
pub use import::{Ignored, Imported, import};
pub use latent_file::{LatentFile, LatentKind, read_latent, write_latent};
pub use manifest::{MANIFEST, is_name};
pub use store::{add, replace};
