//! What a running job has filled so far, each picture fading into the next.

use std::sync::Arc;

use egui::Painter;

use super::budget::UploadBudget;
use super::tiles::{Layer, TileCache};
use super::view_state::ViewState;
use crate::ui::theme;
use crate::worker::ShownPatch;

/// Seconds that a change takes.
const FADE_SECS: f64 = 0.12;

struct Stage {
    old: Option<ShownPatch>,
    new: Option<ShownPatch>,
    since: f64,
}

impl Stage {
    fn progress(&self, now: f64) -> f32 {
        ((now - self.since) / FADE_SECS).clamp(0.0, 1.0) as f32
    }
}

/// The pictures that show, one for each group of holes.
#[derive(Default)]
pub(super) struct PreviewFade {
    stages: Vec<Stage>,
}

impl PreviewFade {
    /// Forgets everything, for another photo.
    pub(super) fn clear(&mut self) {
        self.stages.clear();
    }

    /// Takes note of what is to show at time `now` (seconds). A picture replaces those that it overlaps; one of
    /// another group of holes joins them.
    pub(super) fn update(&mut self, wanted: Option<&ShownPatch>, now: f64) {
        if let Some(wanted) = wanted {
            let rect = wanted.patch.rect();
            let shows = |stage: &Stage, same: bool| {
                stage.new.as_ref().is_some_and(|new| {
                    if same {
                        Arc::ptr_eq(&new.display, &wanted.display)
                    } else {
                        !new.patch.rect().intersect(rect).is_empty()
                    }
                })
            };
            if !self.stages.iter().any(|stage| shows(stage, true)) {
                let at = self.stages.iter().position(|stage| shows(stage, false));
                let old = at.and_then(|at| self.stages.swap_remove(at).new);
                self.stages.push(Stage { old, new: Some(wanted.clone()), since: now });
            }
        } else {
            for stage in &mut self.stages {
                if let Some(new) = stage.new.take() {
                    *stage = Stage { old: Some(new), new: None, since: now };
                }
            }
        }
        for stage in &mut self.stages {
            if stage.progress(now) >= 1.0 {
                stage.old = None;
            }
        }
        self.stages.retain(|stage| stage.new.is_some() || stage.old.is_some());
    }

    /// Draws what shows. Returns whether it still changes.
    pub(super) fn draw(
        &self,
        tiles: &mut TileCache,
        (painter, view): (&Painter, &ViewState),
        now: f64,
        budget: &mut UploadBudget,
    ) -> bool {
        for stage in &self.stages {
            let progress = stage.progress(now);
            let old_opacity = if stage.new.is_some() { 1.0 } else { 1.0 - progress };
            for (shown, opacity) in [(&stage.old, old_opacity), (&stage.new, progress)] {
                let Some(shown) = shown else { continue };
                let tint = theme::canvas::opacity(opacity);
                tiles.draw(painter, view, &Layer { picture: &shown.display, rect: shown.patch.rect(), tint }, budget);
            }
        }
        self.stages.iter().any(|stage| stage.old.is_some() || stage.progress(now) < 1.0)
    }

    /// Whether anything shows.
    pub(super) const fn is_empty(&self) -> bool {
        self.stages.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{ColorModel, DisplayLevel, DisplayPyramid, Frame, Patch, PixelRect, Plane, Samples};

    fn shown(x: i32) -> ShownPatch {
        let rect = PixelRect::new(x, 0, x + 1, 1);
        let pixels = Frame::new(rect.size(), ColorModel::Gray, Samples::U8(vec![1])).unwrap();
        let patch = Patch::new(rect, pixels, Plane::filled(rect.size(), 255)).unwrap();
        let level = DisplayLevel { size: rect.size(), rgba: vec![1, 1, 1, 255] };
        ShownPatch { patch: Arc::new(patch), display: Arc::new(DisplayPyramid { levels: vec![level] }) }
    }

    #[test]
    fn pictures_replace_their_own_kind_and_vanish_with_the_job() {
        let mut fade = PreviewFade::default();
        fade.update(Some(&shown(0)), 0.0);
        fade.update(Some(&shown(5)), 1.0);
        assert_eq!(fade.stages.len(), 2, "two groups of holes");
        fade.update(Some(&shown(5)), 2.0);
        assert_eq!(fade.stages.len(), 2, "replaced");
        assert!(fade.stages.iter().any(|stage| stage.old.is_some()), "the old one is still under it");
        fade.update(None, 3.0);
        assert!(!fade.is_empty(), "fading");
        fade.update(None, 3.2);
        assert!(fade.is_empty(), "gone");
    }
}
