//! What can be done to an exploration: small pure changes, each a no-op that says so when it does not apply.
//!
//! Commands and tools call these inside of a gesture of history; nothing here remembers or undoes.

use std::sync::Arc;

use super::validate::{MAX_STARTS, is_fraction, is_latent, is_sound, is_sound_photo};
use super::{
    End, Exploration, Fixed, Helm, Interpolation, KeyFrame, Latent, MAX_FRAMES, PhotoWork, Pick, PicturePos,
    Projection, Slider, Stroke, StrokeId, StrokeTool, Transferred,
};
use crate::imaging::{Mask, Photo, Place};

/// The most strokes of an exploration.
pub const MAX_STROKES: usize = 1000;

/// The most points of a stroke.
pub const MAX_POINTS: usize = 20_000;

/// The most key frames on a strip.
pub const MAX_KEYS: usize = 200;

/// The most breadcrumbs; the oldest goes first.
pub const MAX_VISITED: usize = 500;

/// Strokes.
impl Exploration {
    /// Adds a stroke on top. `None`, and no change, when a number is out of range or there is no room.
    pub fn add_stroke(&mut self, tool: StrokeTool, points: Vec<PicturePos>, width: f32) -> Option<StrokeId> {
        let id = StrokeId(self.next_id);
        let stroke = Stroke { id, tool, points, width, weight: 1.0, is_visible: true };
        if !is_sound(&stroke) || self.strokes.len() >= MAX_STROKES {
            return None;
        }
        self.next_id = self.next_id.checked_add(1)?;
        if stroke.tool.is_searched() {
            self.leave_helm();
        }
        self.strokes.push(Arc::new(stroke));
        Some(id)
    }

    /// Appends a point to a stroke: the brush moves. `false` when there is no such stroke, it takes no points, or `point`
    /// is far away.
    pub fn extend_stroke(&mut self, id: StrokeId, point: PicturePos) -> bool {
        self.change(id, |stroke| {
            let takes_point = !matches!(stroke.tool, StrokeTool::Warp { .. } | StrokeTool::Drag { .. })
                && point.is_near()
                && stroke.points.len() < MAX_POINTS
                && stroke.points.last() != Some(&point);
            if takes_point {
                stroke.points.push(point);
            }
            takes_point
        })
    }

    /// Moves the square of a warp so that its centre is at `to`, or the target of a handle. `false` when there is no such
    /// stroke or `to` is far away.
    pub fn move_warp(&mut self, id: StrokeId, to: PicturePos) -> bool {
        to.is_near()
            && self.change(id, |stroke| match &mut stroke.tool {
                StrokeTool::Warp { to: old, .. } | StrokeTool::Drag { to: old, .. } => {
                    *old = to;
                    true
                }
                StrokeTool::Color { .. }
                | StrokeTool::Sketch { .. }
                | StrokeTool::Keep { .. }
                | StrokeTool::Movable => false,
            })
    }

    /// Moves a handle, whose target stays. `false` when there is no such pair or `from` is far away.
    pub fn move_handle(&mut self, id: StrokeId, from: PicturePos) -> bool {
        from.is_near()
            && self.change(id, |stroke| match &mut stroke.tool {
                StrokeTool::Drag { from: old, .. } => {
                    *old = from;
                    true
                }
                _ => false,
            })
    }

    /// Hides a shown stroke, shows a hidden one. `false` when there is none.
    pub fn toggle_stroke(&mut self, id: StrokeId) -> bool {
        self.change(id, |stroke| {
            stroke.is_visible = !stroke.is_visible;
            true
        })
    }

    /// Sets how much a stroke counts, clamped to its range. `false` when there is none or `weight` is not a number.
    pub fn set_weight(&mut self, id: StrokeId, weight: f32) -> bool {
        !weight.is_nan()
            && self.change(id, |stroke| {
                stroke.weight = weight.clamp(0.0, Stroke::MAX_WEIGHT);
                true
            })
    }

    /// Removes a stroke. `false` when there is none.
    pub fn delete_stroke(&mut self, id: StrokeId) -> bool {
        let Some(at) = self.strokes.iter().position(|stroke| stroke.id == id) else { return false };
        self.strokes.remove(at);
        true
    }

    /// Removes all strokes. `false` when there is none.
    pub fn clear_strokes(&mut self) -> bool {
        let had_some = !self.strokes.is_empty();
        self.strokes.clear();
        had_some
    }

    /// Removes all pairs of points; what may move stays. `false` when there is none.
    pub fn clear_pairs(&mut self) -> bool {
        let before = self.strokes.len();
        self.strokes.retain(|stroke| !matches!(stroke.tool, StrokeTool::Drag { .. }));
        self.strokes.len() < before
    }

    /// Takes what a drag has come to: `latent` becomes the slider's end, the picture before it the start, and the handles stand
    /// where they were brought. `false`, and no change, when a latent does not fit.
    pub fn take_drag(&mut self, from: Latent, latent: Latent, handles: &[(StrokeId, PicturePos)]) -> bool {
        if !self.takes(&from) || !self.takes(&latent) || from.len() != latent.len() {
            return false;
        }
        for (id, at) in handles {
            self.move_handle(*id, *at);
        }
        (self.chosen, self.helm.is_on) = (None, false);
        self.set_end(End::From, from) && self.set_end(End::To, latent) && self.slide(1.0)
    }

    fn change(&mut self, id: StrokeId, change: impl FnOnce(&mut Stroke) -> bool) -> bool {
        let found = self.strokes.iter_mut().find(|stroke| stroke.id == id);
        found.is_some_and(|stroke| change(Arc::make_mut(stroke)))
    }
}

/// The search, the slider and the strip.
impl Exploration {
    /// Shows a candidate: the slider leads from where it came from to where it is and stands at its end. `false` when its
    /// numbers are none or have another length than those that are there.
    pub fn choose(&mut self, pick: Pick) -> bool {
        if !self.takes(&pick.latent) || !self.takes(&pick.start) || !pick.cost.is_finite() {
            return false;
        }
        if pick.latent.len() != pick.start.len() {
            return false;
        }
        self.helm.is_on = false;
        self.visit(Arc::clone(&pick.latent));
        self.slider.from = Some(Arc::clone(&pick.start));
        self.slider.to = Some(Arc::clone(&pick.latent));
        self.slider.at = 1.0;
        self.chosen = Some(Arc::new(pick));
        true
    }

    /// Puts a latent on an end of the slider. `false` when it does not fit.
    pub fn set_end(&mut self, end: End, latent: Latent) -> bool {
        if !self.takes(&latent) {
            return false;
        }
        self.visit(Arc::clone(&latent));
        self.helm.is_on &= end == End::From;
        match end {
            End::From => self.slider.from = Some(latent),
            End::To => self.slider.to = Some(latent),
        }
        true
    }

    /// Moves the slider, clamped to 0..=1. `false` when `at` is not a number.
    pub fn slide(&mut self, at: f32) -> bool {
        if !at.is_nan() {
            self.slider.at = at.clamp(0.0, 1.0);
        }
        !at.is_nan()
    }

    /// Sets the number of frames, clamped to its range.
    pub fn set_frames(&mut self, frames: u32) {
        self.slider.frames = frames.clamp(2, MAX_FRAMES);
    }

    /// Sets the kind of way between latents.
    pub fn set_interpolation(&mut self, interpolation: Interpolation) {
        self.slider.interpolation = interpolation;
    }

    /// Makes `latent`, which shows, the new origin of searches. Strokes stay. `false` when it does not fit.
    pub fn fix(&mut self, latent: Latent) -> bool {
        if !self.takes(&latent) {
            return false;
        }
        self.visit(Arc::clone(&latent));
        self.fixed = Some(Fixed { latent, smoothness: Fixed::SMOOTHNESS });
        self.helm.is_on = false;
        (self.chosen, self.slider) = (None, self.slider_without_ends());
        true
    }

    /// Sets the weight of the prior. `false` when nothing is fixed or it is out of range.
    pub fn set_smoothness(&mut self, smoothness: f32) -> bool {
        let Some(fixed) = &mut self.fixed else { return false };
        let is_in_range = (0.0..=Fixed::MAX_SMOOTHNESS).contains(&smoothness);
        if is_in_range {
            fixed.smoothness = smoothness;
        }
        is_in_range
    }

    /// Forgets strokes, the chosen candidate, both ends and the origin; model, seed, strip, breadcrumbs and photo stay.
    pub fn restart(&mut self) {
        self.strokes.clear();
        self.helm.is_on = false;
        (self.chosen, self.fixed, self.slider) = (None, None, self.slider_without_ends());
    }

    /// Remembers that `latent` was shown. `false` when it does not fit or was the last one shown.
    pub fn visit(&mut self, latent: Latent) -> bool {
        if !self.takes(&latent) || self.visited.last() == Some(&latent) {
            return false;
        }
        if self.visited.len() >= MAX_VISITED {
            self.visited.remove(0);
        }
        self.visited.push(latent);
        true
    }

    /// Sets a key frame; one of the same time is replaced. `false` when it does not fit or there is no room.
    pub fn set_key(&mut self, time: f32, latent: Latent) -> bool {
        if !is_fraction(time) || !self.takes(&latent) {
            return false;
        }
        match self.keys.iter().position(|key| key.time >= time) {
            Some(at) if self.keys[at].time == time => self.keys[at].latent = latent,
            _ if self.keys.len() >= MAX_KEYS => return false,
            Some(at) => self.keys.insert(at, KeyFrame { time, latent }),
            None => self.keys.push(KeyFrame { time, latent }),
        }
        true
    }

    /// Moves key frame `at` to another time, over one that is there. Returns its new index; `None` when there is no such
    /// key frame or the time is out of range.
    pub fn move_key(&mut self, at: usize, time: f32) -> Option<usize> {
        if at >= self.keys.len() || !is_fraction(time) {
            return None;
        }
        let KeyFrame { latent, .. } = self.keys.remove(at);
        self.set_key(time, latent);
        self.keys.iter().position(|key| key.time == time)
    }

    /// Removes key frame `at`. `false` when there is none.
    pub fn delete_key(&mut self, at: usize) -> bool {
        let exists = at < self.keys.len();
        if exists {
            self.keys.remove(at);
        }
        exists
    }

    /// Another model. Strokes and photo stay; every latent is forgotten, since it means nothing there. `false` when it is
    /// the model already.
    pub fn set_model(&mut self, model: impl Into<String>) -> bool {
        let model = model.into();
        if model == self.model {
            return false;
        }
        self.model = model;
        // Steering and noise are of the model's own layers.
        self.helm = Helm { search: self.helm.search, projection: self.helm.projection, ..Helm::default() };
        (self.chosen, self.fixed, self.slider) = (None, None, self.slider_without_ends());
        self.keys.clear();
        self.visited.clear();
        if let Some(photo) = &mut self.photo {
            (photo.projection, photo.result) = (None, None);
        }
        true
    }

    /// Sets what starts are drawn from and how many; the number is clamped to its range.
    pub fn set_starts(&mut self, seed: u64, starts: u32) {
        (self.seed, self.starts) = (seed, starts.clamp(1, MAX_STARTS));
    }

    fn slider_without_ends(&self) -> Slider {
        Slider { from: None, to: None, at: 1.0, ..self.slider.clone() }
    }

    /// Whether `latent` belongs into the space of those that are there.
    pub(super) fn takes(&self, latent: &Latent) -> bool {
        is_latent(latent) && self.latent_dim().is_none_or(|dim| dim == latent.len())
    }
}

/// The photo.
impl Exploration {
    /// Puts `photo` under the manifold, its middle square in place. `false`, and no change, when it has no pixel.
    pub fn open_photo(&mut self, photo: Photo) -> bool {
        let has_pixels = photo.frame.size().area() > 0;
        if has_pixels {
            self.photo = Some(PhotoWork::new(photo));
        }
        has_pixels
    }

    /// Takes the photo away. `false` when there is none.
    pub fn close_photo(&mut self) -> bool {
        self.photo.take().is_some()
    }

    /// Sets the square that the manifold's picture shows; the projection and what came back are forgotten. `false` when
    /// it cannot be used, shows nothing of the photo, or is the same.
    pub fn set_place(&mut self, place: Place) -> bool {
        self.change_photo(|photo| {
            let is_new = photo.place != place;
            (photo.place, photo.projection, photo.result) = (place, None, None);
            is_new
        })
    }

    /// Sets where the photo lies on the manifold; it becomes the slider's start. `false` when there is no photo or the
    /// latent does not fit.
    pub fn set_projection(&mut self, projection: Projection) -> bool {
        if !self.takes(&projection.latent) {
            return false;
        }
        let latent = Arc::clone(&projection.latent);
        let is_set = self.change_photo(|photo| {
            (photo.projection, photo.result) = (Some(Arc::new(projection)), None);
            true
        });
        self.helm.is_on &= !is_set;
        is_set && self.set_end(End::From, latent)
    }

    /// Sets what keeps its bits. `false` when there is no photo or the mask has another size.
    pub fn set_kept(&mut self, kept: Arc<Mask>) -> bool {
        self.change_photo(|photo| {
            photo.kept = kept;
            true
        })
    }

    /// Lays what was carried back over the photo; `None` takes it away. `false` when there is no photo or it does not fit.
    pub fn set_result(&mut self, result: Option<Arc<Transferred>>) -> bool {
        if !result.iter().flat_map(|result| [&result.from, &result.to]).all(|latent| self.takes(latent)) {
            return false;
        }
        self.change_photo(|photo| {
            photo.result = result;
            true
        })
    }

    /// Changes the photo's work unless that would break an invariant.
    fn change_photo(&mut self, change: impl FnOnce(&mut PhotoWork) -> bool) -> bool {
        let Some(photo) = &self.photo else { return false };
        let mut changed = photo.clone();
        let is_done = change(&mut changed) && is_sound_photo(&changed);
        if is_done {
            self.photo = Some(changed);
        }
        is_done
    }
}
