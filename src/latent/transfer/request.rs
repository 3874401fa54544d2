//! What a transfer is asked for with, and why it is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::color::ColorSettings;
use super::flow::FlowSettings;
use super::pair::PairSettings;
use crate::imaging::{Frame, ImagePos, Mask, Place, Size};
use crate::latent::Picture;

/// Pictures of a smaller side show nothing that could be followed.
const LEAST_SIDE: usize = 8;

/// Differences of colors, on the scale 0..=1, well above this one count less and less.
const TOLERANCE: f32 = 0.05;

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
    /// The width in sides of the square over which the edit fades towards its border and towards what is kept.
    pub fade: f32,
    /// The most pixels a side of the square that a preview has.
    pub preview_side: u32,
}

impl Default for TransferOptions {
    /// Tuned on 360 pairs at 64 pixels made from 30 pictures (shoes, nature, all sorts of photos) by shifts of up to 4 pixels,
    /// turns of up to 8 degrees, zooms of up to 12 % and soft bumps, each without, with one and with a local change of color.
    /// Mean distance of the end points, worst pair, and median PSNR of the colors, by the motion's smoothness: 0.0025 gave
    /// 0.22 pixels, 3.1 and 40.0 dB, 0.005 gave 0.20, 1.2 and 40.1 dB, 0.01 gave 0.19, 0.91 and 39.7 dB, 0.04 lost 2 dB. The
    /// color's smoothness (0.1 to 2), its prior (0.001 to 0.05), the tolerance (0.02 to 1), a second or third alternation and
    /// more warps or sweeps changed less than 0.02 pixels and 1 dB. On morphs of a network for cats 0.03 and 0.1 left ears
    /// behind that 0.01 moved. The filter's radius (0.5 to 2) and variance (1e-4 to 1e-2) changed photos by 0.2 dB. As they are, on
    /// 720 pairs from 60 pictures: 0.19 pixels in the mean, 0.97 at worst, 39.0 dB in the median, 28.3 dB at worst (the true
    /// motion and color give 35.2 and 25.9 dB there, since pictures of 64 pixels are not free of aliases).
    fn default() -> Self {
        Self {
            flow_smoothness: 0.01,
            color_smoothness: 0.5,
            alternations: 1,
            radius: 1.0,
            epsilon: 1e-4,
            fade: 0.04,
            preview_side: 640,
        }
    }
}

impl TransferOptions {
    /// What the search for a pair needs to know.
    pub(super) fn pair_settings(&self) -> PairSettings {
        PairSettings {
            flow: FlowSettings { smoothness: self.flow_smoothness, tolerance: TOLERANCE, warps: 4, sweeps: 20 },
            color: ColorSettings { smoothness: self.color_smoothness, prior: 0.01, tolerance: TOLERANCE, steps: 15 },
            alternations: self.alternations,
        }
    }

    fn check(&self) -> Result<(), TransferError> {
        let ranges = [
            ("the smoothness of the motion", self.flow_smoothness, 1e-4, 10.0),
            ("the smoothness of the color", self.color_smoothness, 1e-3, 100.0),
            ("the number of alternations", self.alternations as f32, 1.0, 20.0),
            ("the filter's radius", self.radius, 0.25, 8.0),
            ("the filter's variance", self.epsilon, 1e-8, 1.0),
            ("the width of the fade", self.fade, 0.0, 0.5),
            ("the side of a preview", self.preview_side as f32, 16.0, 8192.0),
        ];
        for (name, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(TransferError::WrongOption { name, value, least, most });
            }
        }
        Ok(())
    }
}

/// Says what does not fit.
pub(super) fn check(request: &TransferRequest) -> Result<(), TransferError> {
    request.options.check()?;
    let frames = &request.frames;
    if frames.len() < 2 {
        return Err(TransferError::TooFewFrames { count: frames.len() });
    }
    let wanted = frames[0].side();
    for (number, side) in (1..).zip(frames.iter().map(Picture::side)) {
        if side != wanted || side < LEAST_SIDE {
            return Err(TransferError::WrongFrame { number, side, least: LEAST_SIDE });
        }
    }
    let photo = request.photo.size();
    if !request.place.is_sound() {
        return Err(TransferError::UnsoundPlace);
    }
    if !is_shown(request.place, photo) {
        return Err(TransferError::PlaceOutside);
    }
    match request.keep.as_ref().map(Mask::size) {
        Some(mask) if mask != photo => Err(TransferError::KeepMismatch { mask, photo }),
        _ => Ok(()),
    }
}

/// Whether some of the photo lies in the square.
fn is_shown(place: Place, photo: Size) -> bool {
    let overlap = place.bounds().intersect(photo.rect());
    if overlap.is_empty() {
        return false;
    }
    // Of a turned square the bounds can touch the photo where the square does not: the nearest point of the photo tells.
    let steps = |from: i32, to: i32| (0..=16).map(move |at| from as f32 + (to - from) as f32 * at as f32 / 16.0);
    steps(overlap.y0, overlap.y1).any(|y| {
        steps(overlap.x0, overlap.x1).any(|x| {
            let pos = place.unit_from_photo(ImagePos::new(x, y));
            (0.0..=1.0).contains(&pos.x) && (0.0..=1.0).contains(&pos.y)
        })
    })
}

/// All that determines a transfer: the same request gives the same bytes on any number of threads.
#[derive(Clone, Debug)]
pub struct TransferRequest {
    /// The morph from the projection of the photo to the edit, evenly spaced: at least two pictures of one side.
    pub frames: Vec<Picture>,
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
    /// A picture is too small, or of another side than the first.
    #[error("picture {number} of the morph has a side of {side} pixels: all must have one side of at least {least}")]
    WrongFrame {
        /// Counted from 1.
        number: usize,
        /// Its side.
        side: usize,
        /// The smallest side.
        least: usize,
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
