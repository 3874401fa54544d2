//! What can go wrong in an evaluation, each as one sentence for the user.

use std::path::PathBuf;

use thiserror::Error;

use crate::imaging::Size;
use crate::imaging::io::PhotoError;

/// Why a photo, or everything, could not be evaluated.
#[derive(Debug, Error)]
pub enum EvalError {
    /// The folder cannot be listed.
    #[error("the folder cannot be read ({reason}): {path}", path = .path.display())]
    Folder {
        /// The system's words.
        reason: String,
        /// The folder.
        path: PathBuf,
    },
    /// No picture is in it.
    #[error("the folder holds no pictures (.png, .jpg, .webp, .tif, .bmp): {path}", path = .path.display())]
    NoPictures {
        /// The folder.
        path: PathBuf,
    },
    /// Nothing says where the holes are.
    #[error("nothing says where the holes are: add masks in {path}, or draw holes with --holes KIND", path = .path.display())]
    NoMasks {
        /// Where masks are looked for.
        path: PathBuf,
    },
    /// This photo has none.
    #[error("there is no mask named \"{stem}\" in {path}", path = .path.display())]
    MissingMask {
        /// The photo's name without extension.
        stem: String,
        /// Where masks are looked for.
        path: PathBuf,
    },
    /// This photo was not filled.
    #[error("there is no result named \"{stem}\" in {path}", path = .path.display())]
    MissingResult {
        /// The photo's name without extension.
        stem: String,
        /// Where results are looked for.
        path: PathBuf,
    },
    /// The result belongs to another photo.
    #[error("the result is {result} pixels but the photo is {photo}: {path}", path = .path.display())]
    ResultSize {
        /// Of the result.
        result: Size,
        /// Of the photo.
        photo: Size,
        /// The result.
        path: PathBuf,
    },
    /// Two pictures that are compared have two sizes.
    #[error("the pictures have two sizes: {wanted} and {found}")]
    OtherSize {
        /// Of the first.
        wanted: Size,
        /// Of the second.
        found: Size,
    },
    /// The mask marks nothing.
    #[error("the mask has no hole (no pixel of 128 or more)")]
    NoHole,
    /// All holes are narrower than what was asked for.
    #[error("no hole is wider than {least} pixels")]
    NoWideHole {
        /// The width that was asked for.
        least: u32,
    },
    /// The mask leaves nothing.
    #[error("the mask covers the whole photo")]
    AllHole,
    /// A file cannot be read.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// The file with the feature trunk cannot be read.
    #[error("the features cannot be read ({reason}): {path}", path = .path.display())]
    Features {
        /// Why.
        reason: String,
        /// The file.
        path: PathBuf,
    },
    /// The file holds another network.
    #[error(
        "the features are not a VGG16 trunk, {what}: wanted are features.N.weight [out, in, 3, 3] and features.N.bias \
         [out] for N = 0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28 (torchvision's names): {path}",
        path = .path.display()
    )]
    NotATrunk {
        /// What does not fit.
        what: String,
        /// The file.
        path: PathBuf,
    },
    /// candle failed.
    #[error("computing features failed: {}", .0.to_string().lines().next().unwrap_or("no reason given"))]
    Compute(#[from] candle_core::Error),
}
