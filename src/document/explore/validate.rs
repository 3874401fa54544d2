//! The invariants of an exploration, checked where one comes from outside and after every action in tests.

use std::collections::BTreeSet;

use thiserror::Error;

use super::operations::{MAX_KEYS, MAX_POINTS, MAX_STROKES, MAX_VISITED};
use super::{Exploration, Fixed, Latent, MAX_FRAMES, PhotoWork, Stroke, StrokeId, StrokeTool};
use crate::imaging::{ColorModel, Frame};

/// The most starts of a search.
pub const MAX_STARTS: u32 = 1024;

/// No latent has more numbers.
pub(super) const MAX_LATENT: usize = 1 << 15;

/// No picture of a manifold is larger.
const MAX_SIDE: u32 = 2048;

/// Which invariant an exploration breaks.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InvalidExploration {
    /// Names are unique and below the next one.
    #[error("stroke {} has a name that is taken or not yet given out", .0.0)]
    Name(StrokeId),
    /// Positions, width and weight are numbers in range; a snapshot is a square of 8-bit colors.
    #[error("stroke {} has a setting that is out of range", .0.0)]
    Stroke(StrokeId),
    /// There are not more things than an exploration holds.
    #[error("it has more strokes, key frames or visits than an exploration holds")]
    Count,
    /// All latents have one length and finite numbers.
    #[error("its latents have different lengths, or numbers that are none")]
    Latent,
    /// Starts, slider, times, prior and steering are numbers in range.
    #[error("a setting of the search, the slider or the steering is out of range")]
    Setting,
    /// Times of key frames rise within 0..=1.
    #[error("the times of its key frames do not rise")]
    Keys,
    /// The place shows some of the photo, the kept region has its size, and the result fits it.
    #[error("the photo does not fit what was done to it")]
    Photo,
}

impl Exploration {
    /// Checks all invariants.
    ///
    /// # Errors
    /// The first one that is broken.
    pub fn validate(&self) -> Result<(), InvalidExploration> {
        let is_small =
            self.strokes.len() <= MAX_STROKES && self.keys.len() <= MAX_KEYS && self.visited.len() <= MAX_VISITED;
        if !is_small {
            return Err(InvalidExploration::Count);
        }
        self.validate_strokes()?;
        let dim = self.latent_dim();
        if !self.latents().all(|latent| Some(latent.len()) == dim && is_latent(latent)) {
            return Err(InvalidExploration::Latent);
        }
        self.validate_settings()?;
        let is_rising = self.keys.windows(2).all(|pair| pair[0].time < pair[1].time);
        if !is_rising || !self.keys.iter().all(|key| is_fraction(key.time)) {
            return Err(InvalidExploration::Keys);
        }
        match &self.photo {
            Some(photo) if !is_sound_photo(photo) => Err(InvalidExploration::Photo),
            _ => Ok(()),
        }
    }

    fn validate_strokes(&self) -> Result<(), InvalidExploration> {
        let mut names = BTreeSet::new();
        for stroke in &self.strokes {
            if stroke.id.0 >= self.next_id || !names.insert(stroke.id) {
                return Err(InvalidExploration::Name(stroke.id));
            }
            if !is_sound(stroke) {
                return Err(InvalidExploration::Stroke(stroke.id));
            }
        }
        Ok(())
    }

    fn validate_settings(&self) -> Result<(), InvalidExploration> {
        let slider = &self.slider;
        let is_sound = (1..=MAX_STARTS).contains(&self.starts)
            && is_fraction(slider.at)
            && (2..=MAX_FRAMES).contains(&slider.frames)
            && self.chosen.iter().all(|pick| pick.cost.is_finite())
            && self.helm.is_sound()
            && self.fixed.iter().all(|fixed| (0.0..=Fixed::MAX_SMOOTHNESS).contains(&fixed.smoothness));
        if is_sound { Ok(()) } else { Err(InvalidExploration::Setting) }
    }
}

/// Whether `stroke` keeps its invariants, its name left aside.
pub(super) fn is_sound(stroke: &Stroke) -> bool {
    let is_in_range = stroke.width > 0.0
        && stroke.width <= 1.0
        && (0.0..=Stroke::MAX_WEIGHT).contains(&stroke.weight)
        && stroke.points.len() <= MAX_POINTS
        && stroke.points.iter().all(|at| at.is_near());
    let fits_tool = match &stroke.tool {
        StrokeTool::Warp { from, to, .. } | StrokeTool::Drag { from, to } => {
            from.is_near() && to.is_near() && stroke.points.is_empty()
        }
        StrokeTool::Color { .. } | StrokeTool::Sketch { .. } | StrokeTool::Keep { .. } | StrokeTool::Movable => true,
    };
    is_in_range && fits_tool && stroke.tool.snapshot().is_none_or(is_picture)
}

/// Whether `frame` can be a manifold's picture: square, 8-bit RGB.
pub(super) fn is_picture(frame: &Frame) -> bool {
    let size = frame.size();
    size.width == size.height
        && (1..=MAX_SIDE).contains(&size.width)
        && frame.model() == ColorModel::Rgb
        && frame.bits() == 8
}

/// Whether `latent` has a number of numbers that a model could have, all of them finite.
pub(super) fn is_latent(latent: &Latent) -> bool {
    (1..=MAX_LATENT).contains(&latent.len()) && latent.iter().all(|z| z.is_finite())
}

pub(super) fn is_fraction(value: f32) -> bool {
    (0.0..=1.0).contains(&value)
}

pub(super) fn is_sound_photo(photo: &PhotoWork) -> bool {
    let (size, place) = (photo.photo.frame.size(), photo.place);
    size.area() > 0
        && place.is_sound()
        && !place.bounds().intersect(size.rect()).is_empty()
        && photo.kept.size() == size
        && photo.projection.iter().all(|projection| projection.error.is_finite())
        && photo.result.iter().all(|result| is_fraction(result.at) && photo.takes_patch(&result.patch))
}
