//! From the worker's events to the room's state, and the requests that follow from it.

use std::path::PathBuf;
use std::sync::Arc;

use super::easel::{Easel, Shows};
use super::live::Due;
use crate::document::Sketch;
use crate::ui::app::App;
use crate::ui::commands::Room;
use crate::ui::intent::file_name;
use crate::ui::notifications::Kind;
use crate::ui::preferences::restore_pens;
use crate::worker::sketching::{SketchDone, SketchPreview, SketchRequest};
use crate::worker::{Lane, Request, Ticket};

impl App {
    /// Takes in what is shown before an outcome.
    pub(in crate::ui) fn take_sketch_preview(&mut self, ticket: Ticket, preview: SketchPreview) {
        let Some(easel) = &mut self.easel else { return };
        match preview {
            SketchPreview::Picture(shown) => {
                if easel.live.waits_for(ticket) {
                    easel.take_picture(*shown);
                }
            }
            SketchPreview::Variant(variant) => {
                if easel.variants.out == Some(ticket) {
                    easel.variants.take(variant);
                }
            }
        }
    }

    /// Takes in an outcome.
    pub(in crate::ui) fn take_sketched(&mut self, ticket: Ticket, done: SketchDone) {
        match done {
            SketchDone::Painted(shown) => {
                let Some(easel) = &mut self.easel else { return };
                if easel.live.answered(ticket, f64::from(shown.millis) / 1000.0) {
                    let full = shown.result.as_ref().filter(|result| result.is_full);
                    if let Some(picture) = full.map(|result| result.picture.clone()) {
                        self.subjects.insert(Arc::clone(&easel.sketch().theme), picture);
                    }
                    easel.take_picture(*shown);
                }
            }
            SketchDone::Variants(variants) => {
                let Some(easel) = &mut self.easel else { return };
                if easel.variants.out.take_if(|out| *out == ticket).is_some() {
                    for variant in variants {
                        easel.variants.take(variant);
                    }
                }
            }
            SketchDone::Themes { themes, problems } => {
                for problem in problems {
                    tracing::warn!("{problem}");
                }
                if let Some(easel) = &mut self.easel {
                    // They may have been mended: they are tried again.
                    (easel.loaded, easel.unusable) = (None, None);
                }
                let mut themes = themes;
                // What draws comes before what changes photos.
                themes.sort_by_key(|theme| theme.takes_photos);
                self.themes = Some(themes);
                self.choose_first_theme();
            }
            SketchDone::ThemeLoaded { theme, millis } => {
                tracing::debug!(%theme, millis, "a theme is in memory");
            }
            SketchDone::Exported { path, bytes } => {
                let words = self.text.with("toast-exported", &[("file", (&file_name(&path)).into())]);
                let size = format!("{}\n{:.0} kB", path.display(), bytes as f64 / 1e3);
                self.notifications.show(Kind::Good, words, size);
            }
            SketchDone::Imported(drawing) => self.take_imported(ticket, *drawing),
        }
    }

    /// The request `ticket` has ended without an answer.
    pub(in crate::ui) fn end_sketching(&mut self, ticket: Ticket, is_failure: bool) {
        let Some(easel) = &mut self.easel else { return };
        easel.live.ended(ticket, is_failure);
        easel.variants.out.take_if(|out| *out == ticket);
    }

    /// The request `ticket` has failed. Returns whether it was the theme that could not be loaded: that is said where themes are
    /// chosen and where the picture would be, for as long as it is so.
    pub(in crate::ui) fn note_unusable_theme(&mut self, ticket: Ticket) -> bool {
        let Some(easel) = &mut self.easel else { return false };
        if easel.loading.take_if(|loading| *loading == ticket).is_none() {
            return false;
        }
        easel.unusable.clone_from(&easel.loaded);
        true
    }

    /// A sketch was opened.
    pub(in crate::ui) fn show_sketch(&mut self, sketch: Sketch, path: Option<PathBuf>, is_recovered: bool) {
        let mut easel = Easel::open(sketch);
        easel.path = path;
        if is_recovered {
            // Nothing but the journal holds it.
            (easel.saved_revision, easel.autosaved_revision) = (u64::MAX, u64::MAX);
        }
        self.put_up(easel);
        self.school.course = None;
    }

    /// What of this room is worth saving.
    pub(in crate::ui) fn sketch_to_save(&self) -> Option<Sketch> {
        let easel = self.easel.as_ref()?;
        let is_untouched = !easel.history.can_undo() && easel.sketch().stroke_count() == 0;
        (!is_untouched || easel.path.is_some()).then(|| easel.sketch().clone())
    }

    /// Asks which themes are installed: some may have been trained or imported since.
    pub fn look_for_themes(&mut self) {
        self.submit(Request::Sketch(SketchRequest::ListThemes), String::new());
    }

    /// Opens an empty paper, unless there is one.
    pub(in crate::ui) fn begin_sketch(&mut self) {
        if self.themes.is_none() && !self.work.has(Lane::Themes) {
            self.look_for_themes();
        }
        if self.easel.is_none() {
            let theme = self.themes.as_deref().and_then(<[_]>::first).map_or("", |theme| &theme.name);
            let easel = Easel::new(theme, &self.layer_name(1));
            self.put_up(easel);
        }
    }

    /// Shows `easel`, its pens as they were.
    fn put_up(&mut self, mut easel: Easel) {
        match &self.easel {
            Some(before) => easel.kit = before.kit.clone(),
            None => restore_pens(&mut easel.kit, &self.preferences.pens),
        }
        self.easel = Some(easel);
    }

    /// What layer `number` is called until a person renames it.
    pub(super) fn layer_name(&self, number: usize) -> String {
        self.text.with("layer-name", &[("number", number.into())])
    }

    /// A paper that was opened before the themes were known gets the first one, without a step.
    fn choose_first_theme(&mut self) {
        let first = self.themes.as_deref().and_then(<[_]>::first).map(|theme| theme.name.clone());
        let (Some(first), Some(easel)) = (first, &mut self.easel) else { return };
        if easel.sketch().theme.is_empty() {
            easel.amend_unsaved(|sketch| {
                if sketch.theme.is_empty() {
                    sketch.set_theme(first.clone());
                }
            });
        }
    }

    /// Sends the requests that are due.
    pub(in crate::ui) fn start_sketching(&mut self, ctx: &egui::Context) {
        if self.room != Room::Sketch {
            return;
        }
        self.load_theme();
        let themes = self.themes.as_deref().unwrap_or_default();
        let Some(easel) = &mut self.easel else { return };
        easel.adopt_newest();
        if !easel.looks.is_painting || easel.looks.shows == Shows::Nowhere {
            return;
        }
        let scene = easel.scene(themes, ctx.input(|input| input.time));
        match easel.live.next(&scene) {
            Due::Nothing => {}
            Due::Later(pause) => ctx.request_repaint_after(pause),
            Due::Send(quality) => {
                let sketch = easel.drawn();
                let ticket = self.submit(Request::Sketch(SketchRequest::Paint { sketch, quality }), String::new());
                if let Some(easel) = &mut self.easel {
                    easel.live.sent(ticket, &scene, quality);
                }
            }
        }
    }

    /// Has the theme's networks loaded before the first line is drawn.
    fn load_theme(&mut self) {
        let themes = self.themes.as_deref().unwrap_or_default();
        let Some(easel) = &mut self.easel else { return };
        let Some(theme) = easel.theme(themes).map(|theme| theme.name.clone()) else { return };
        if easel.loaded.as_ref() != Some(&theme) {
            (easel.loaded, easel.unusable) = (Some(theme.clone()), None);
            let ticket = self.submit(Request::Sketch(SketchRequest::LoadTheme { theme }), String::new());
            if let Some(easel) = &mut self.easel {
                easel.loading = Some(ticket);
            }
        }
    }
}
