//! What a transfer is asked for with, and why it is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::imaging::{Frame, Mask, Place, Plane, Size};

/// How motion and color are found and applied. The defaults were tuned, see [`TransferOptions::default`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferOptions {
    /// How smooth the motion is: the weight of its squared gradient beside that of the colors' difference in 0..=1.
    pub flow_smoothness: f32,
    /// How smooth the change of color is.
    pub color_smoothness: f32,
    /// How often motion and color take turns on each level.
    pub alternations: u32,
    /// The guided filter's radius in pixels of the manifold's pictures.
    pub radius: f32,
    /// The guided filter's variance, for colors in 0..=1, below which the photo counts as flat.
    pub epsilon: f32,
}

impl Default for TransferOptions {
    fn default() -> Self {
        Self { flow_smoothness: 0.02, color_smoothness: 0.5, alternations: 3, radius: 1.0, epsilon: 1e-4 }
    }
}

/// All that determines a transfer: the same request gives the same bytes on any number of threads.
#[derive(Clone, Debug)]
pub struct TransferRequest {
    /// The morph from the projection of the photo to the edit, at least two pictures of one square size, colors in -1..=1.
    pub frames: Vec<Plane<[f32; 3]>>,
    /// The photo. Its alpha is left alone.
    pub photo: Frame,
    /// The square of the photo that the pictures show.
    pub place: Place,
    /// What must keep its bits: coverage 255 is kept, 0 is free, values between blend. Of the photo's size.
    pub keep: Option<Mask>,
    /// How.
    pub options: TransferOptions,
}

/// Why an edit cannot be carried over. Each is a sentence for the user.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum TransferError {
    /// There is no change to carry over.
    #[error("an edit is carried over from at least 2 pictures, before and after: there is only {count}")]
    TooFewFrames {
        /// How many there are.
        count: usize,
    },
    /// A picture is too small, not square, or of another size than the first.
    #[error("picture {number} of the morph is {size}: all must be squares of one size of at least {least} pixels")]
    WrongFrame {
        /// Counted from 1.
        number: usize,
        /// Its size.
        size: Size,
        /// The smallest side.
        least: u32,
    },
    /// A picture holds numbers that are not finite.
    #[error("picture {number} of the morph is broken: the model gave values that are no numbers")]
    NotFinite {
        /// Counted from 1.
        number: usize,
    },
    /// The square cannot be used.
    #[error("the square of the photo that the model shows has no usable position, side or turn: place it again")]
    UnsoundPlace,
    /// The square shows nothing of the photo.
    #[error("the square that the model shows lies outside of the photo: move it onto the photo")]
    PlaceOutside,
    /// The mask belongs to another photo.
    #[error("the mask of what is kept is {mask} pixels but the photo is {photo}: both must have the same size")]
    KeepMismatch {
        /// Of the mask.
        mask: Size,
        /// Of the photo.
        photo: Size,
    },
    /// An option is out of its range.
    #[error("{name} cannot be {value}: it must be a number from {least} to {most}")]
    WrongOption {
        /// The option.
        name: &'static str,
        /// What was asked for.
        value: f32,
        /// The least value that makes sense.
        least: f32,
        /// The largest value that makes sense.
        most: f32,
    },
}
