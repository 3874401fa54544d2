//! The invariants of a document, checked where one comes from outside and after every action in tests.

use std::collections::BTreeSet;

use thiserror::Error;

use super::{Document, Erasure, ErasureId};
use crate::imaging::Size;

/// Which invariant a document breaks.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InvalidDocument {
    /// A photo has at least one pixel.
    #[error("the photo has no pixel")]
    EmptyPhoto,
    /// Masks have the photo's size.
    #[error("a mask is {mask} pixels but the photo is {photo}")]
    MaskSize {
        /// Of the mask.
        mask: Size,
        /// Of the photo.
        photo: Size,
    },
    /// Names are unique and below the next one.
    #[error("erasure {} has a name that is taken or not yet given out", .0.0)]
    Name(ErasureId),
    /// The chosen candidate exists.
    #[error("erasure {} shows a candidate that it does not have", .0.0)]
    Chosen(ErasureId),
    /// A patch lies inside of the photo and has its depth and channels.
    #[error("erasure {} has a patch that does not fit the photo", .0.0)]
    Patch(ErasureId),
    /// Opacity and context are numbers in range.
    #[error("erasure {} has a setting that is out of range", .0.0)]
    Setting(ErasureId),
}

impl Document {
    /// Checks all invariants: a photo of at least one pixel; masks of its size; names of erasures unique and below
    /// [`Document::next_id`]; the chosen candidate there; patches inside of the photo, with its depth and channels;
    /// opacity in 0..=1.
    pub fn validate(&self) -> Result<(), InvalidDocument> {
        if self.photo.frame.size().area() == 0 {
            return Err(InvalidDocument::EmptyPhoto);
        }
        let mut names = BTreeSet::new();
        for erasure in &self.erasures {
            if erasure.id.0 >= self.next_id || !names.insert(erasure.id) {
                return Err(InvalidDocument::Name(erasure.id));
            }
            self.validate_erasure(erasure)?;
        }
        let of_erasures = self.erasures.iter().flat_map(|erasure| {
            [Some(&erasure.holes), erasure.sample_from.as_ref(), erasure.sample_never.as_ref()].into_iter().flatten()
        });
        let photo = self.photo.frame.size();
        match of_erasures
            .chain([&self.holes, &self.sample_from, &self.sample_never])
            .map(|mask| mask.size())
            .find(|&size| size != photo)
        {
            Some(mask) => Err(InvalidDocument::MaskSize { mask, photo }),
            None => Ok(()),
        }
    }

    fn validate_erasure(&self, erasure: &Erasure) -> Result<(), InvalidDocument> {
        if erasure.candidate().is_none() {
            return Err(InvalidDocument::Chosen(erasure.id));
        }
        let mut patches = erasure.candidates.iter().flat_map(|candidate| &candidate.patches);
        if !patches.all(|patch| self.takes_patch(patch)) {
            return Err(InvalidDocument::Patch(erasure.id));
        }
        if !(0.0..=1.0).contains(&erasure.opacity) || !erasure.recipe.context.is_finite() {
            return Err(InvalidDocument::Setting(erasure.id));
        }
        Ok(())
    }
}
