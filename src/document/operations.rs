//! What can be done to a document: small pure changes, each a no-op that says so when it does not apply.
//!
//! Commands call these inside of a gesture of [`History`](super::History); nothing here remembers or undoes.

use std::sync::Arc;

use super::{Candidate, Document, Erasure, ErasureId, Recipe};
use crate::imaging::{Mask, Patch};

/// The most candidates an erasure keeps; the oldest that is not chosen goes first.
pub const MAX_CANDIDATES: usize = 24;

impl Document {
    /// The erasure named `id`.
    #[must_use]
    pub fn erasure(&self, id: ErasureId) -> Option<&Arc<Erasure>> {
        self.erasures.iter().find(|erasure| erasure.id == id)
    }

    /// Whether `patch` can lie over the photo: inside of it, with its depth and channels.
    #[must_use]
    pub fn takes_patch(&self, patch: &Patch) -> bool {
        let (photo, pixels) = (&self.photo.frame, patch.pixels());
        !patch.rect().is_empty()
            && photo.size().rect().contains_rect(patch.rect())
            && pixels.model() == photo.model()
            && pixels.bits() == photo.bits()
    }

    /// Puts an erasure of the marked holes on top, filled by `candidates` of which the first shows, and clears the
    /// holes. `None`, and no change, when there is no candidate or one does not fit the photo.
    pub fn adopt(&mut self, recipe: Recipe, mut candidates: Vec<Arc<Candidate>>) -> Option<ErasureId> {
        if candidates.is_empty() || !self.takes_candidates(&candidates) {
            return None;
        }
        candidates.truncate(MAX_CANDIDATES);
        let id = ErasureId(self.next_id);
        self.next_id = self.next_id.checked_add(1)?;
        let none = Arc::new(Mask::empty(self.photo.frame.size()));
        let sources = |mask: &Arc<Mask>| (!mask.is_empty()).then(|| Arc::clone(mask));
        self.erasures.push(Arc::new(Erasure {
            id,
            sample_from: sources(&self.sample_from),
            sample_never: sources(&self.sample_never),
            holes: std::mem::replace(&mut self.holes, none),
            recipe,
            candidates,
            chosen: 0,
            is_visible: true,
            opacity: 1.0,
        }));
        Some(id)
    }

    /// Appends `candidates` to those of an erasure and shows the first new one. `false` when there is no such erasure,
    /// nothing to append, or one that does not fit the photo.
    pub fn add_candidates(&mut self, id: ErasureId, candidates: Vec<Arc<Candidate>>) -> bool {
        if candidates.is_empty() || !self.takes_candidates(&candidates) {
            return false;
        }
        self.change(id, |erasure| {
            erasure.chosen = erasure.candidates.len();
            erasure.candidates.extend(candidates);
            while erasure.candidates.len() > MAX_CANDIDATES {
                let oldest = usize::from(erasure.chosen == 0);
                erasure.candidates.remove(oldest);
                erasure.chosen = erasure.chosen.saturating_sub(1);
            }
            true
        })
    }

    /// Shows the candidate at `index`. `false` when there is none.
    pub fn choose(&mut self, id: ErasureId, index: usize) -> bool {
        self.change(id, |erasure| {
            let exists = index < erasure.candidates.len();
            if exists {
                erasure.chosen = index;
            }
            exists
        })
    }

    /// Shows a hidden erasure, hides a shown one. `false` when there is none.
    pub fn toggle_visible(&mut self, id: ErasureId) -> bool {
        self.change(id, |erasure| {
            erasure.is_visible = !erasure.is_visible;
            true
        })
    }

    /// Sets the opacity, clamped to 0..=1. `false` when there is no such erasure or `opacity` is not a number.
    pub fn set_opacity(&mut self, id: ErasureId, opacity: f32) -> bool {
        !opacity.is_nan()
            && self.change(id, |erasure| {
                erasure.opacity = opacity.clamp(0.0, 1.0);
                true
            })
    }

    /// Removes an erasure. `false` when there is none.
    pub fn delete(&mut self, id: ErasureId) -> bool {
        let Some(at) = self.place(id) else { return false };
        self.erasures.remove(at);
        true
    }

    /// Moves an erasure over the next one above. `false` when it is the topmost or missing.
    pub fn move_up(&mut self, id: ErasureId) -> bool {
        let Some(at) = self.place(id).filter(|at| at + 1 < self.erasures.len()) else { return false };
        self.erasures.swap(at, at + 1);
        true
    }

    /// Moves an erasure under the next one below. `false` when it is the lowest or missing.
    pub fn move_down(&mut self, id: ErasureId) -> bool {
        let Some(at) = self.place(id).filter(|&at| at > 0) else { return false };
        self.erasures.swap(at, at - 1);
        true
    }

    fn takes_candidates(&self, candidates: &[Arc<Candidate>]) -> bool {
        candidates.iter().flat_map(|candidate| &candidate.patches).all(|patch| self.takes_patch(patch))
    }

    fn place(&self, id: ErasureId) -> Option<usize> {
        self.erasures.iter().position(|erasure| erasure.id == id)
    }

    fn change(&mut self, id: ErasureId, change: impl FnOnce(&mut Erasure) -> bool) -> bool {
        let found = self.erasures.iter_mut().find(|erasure| erasure.id == id);
        found.is_some_and(|erasure| change(Arc::make_mut(erasure)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Photo, PixelRect, Plane, Samples, Size};

    fn document() -> Document {
        let size = Size::new(8, 6);
        let frame = Frame::new(size, ColorModel::Rgb, Samples::U8(vec![7; size.area() * 3])).unwrap();
        let mut document = Document::new(Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) });
        Arc::make_mut(&mut document.holes).write(PixelRect::new(1, 1, 3, 3), |_, _, _| 255);
        document
    }

    fn candidate(seed: u64, rect: PixelRect) -> Arc<Candidate> {
        let pixels = Frame::new(rect.size(), ColorModel::Rgb, Samples::U8(vec![9; rect.size().area() * 3])).unwrap();
        let patch = Patch::new(rect, pixels, Plane::filled(rect.size(), 255)).unwrap();
        Arc::new(Candidate { seed, patches: vec![Arc::new(patch)], origin: None })
    }

    const INSIDE: PixelRect = PixelRect::new(0, 0, 4, 4);

    #[test]
    fn adopting_takes_the_holes_and_refuses_what_does_not_fit() {
        let mut document = document();
        let hangs_over = candidate(1, PixelRect::new(6, 0, 9, 2));
        assert!(document.adopt(Recipe::default(), vec![hangs_over]).is_none(), "outside of the photo");
        assert!(document.adopt(Recipe::default(), Vec::new()).is_none(), "no candidate");
        let id = document.adopt(Recipe::default(), vec![candidate(1, INSIDE)]).unwrap();
        assert!(document.holes.is_empty(), "the holes are spent");
        assert_eq!(document.erasure(id).unwrap().holes.hole_count(), 4, "the erasure has them");
        assert_eq!(document.validate(), Ok(()), "invariants hold");
    }

    #[test]
    fn rolling_again_keeps_the_newest_and_the_chosen() {
        let mut document = document();
        let id = document.adopt(Recipe::default(), vec![candidate(0, INSIDE)]).unwrap();
        for seed in 1..40 {
            assert!(document.add_candidates(id, vec![candidate(seed, INSIDE)]), "appended");
            assert_eq!(document.erasure(id).unwrap().candidate().unwrap().seed, seed, "the new one shows");
        }
        assert_eq!(document.erasure(id).unwrap().candidates.len(), MAX_CANDIDATES, "bounded");
        let many = (100..150).map(|seed| candidate(seed, INSIDE)).collect();
        assert!(document.add_candidates(id, many), "appended");
        assert_eq!(document.erasure(id).unwrap().candidate().unwrap().seed, 100, "the first new one shows");
        assert_eq!(document.validate(), Ok(()), "invariants hold");
    }

    #[test]
    fn a_missing_erasure_changes_nothing() {
        let mut document = document();
        let (before, nobody) = (document.clone(), ErasureId(77));
        let done = [
            document.add_candidates(nobody, vec![candidate(0, INSIDE)]),
            document.choose(nobody, 0),
            document.toggle_visible(nobody),
            document.set_opacity(nobody, 0.5),
            document.delete(nobody),
            document.move_up(nobody),
            document.move_down(nobody),
        ];
        assert_eq!(done, [false; 7], "each says so");
        assert!(document.is_same(&before), "and does nothing");
    }

    #[test]
    fn opacity_is_clamped_and_never_a_nan() {
        let mut document = document();
        let id = document.adopt(Recipe::default(), vec![candidate(0, INSIDE)]).unwrap();
        assert!(document.set_opacity(id, 7.0), "clamped");
        assert_eq!(document.erasure(id).unwrap().opacity, 1.0, "to the range");
        assert!(!document.set_opacity(id, f32::NAN), "refused");
    }
}
