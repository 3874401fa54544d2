//! An open sketch with what the window needs of it: the paper, the pictures that arrive, what is selected.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::files::Importing;
use super::live::{Live, Scene};
use super::paper::Paper;
use super::tool::{DrawTool, Kit};
use crate::document::sketch::{LayerId, SketchKey, SketchResult};
use crate::document::{HistoryLimits, Sketch, Timeline};
use crate::imaging::ink::{Background, Mirror};
use crate::ui::commands::Situation;
use crate::worker::sketching::{SketchShown, ThemeInfo, VariantShown};
use crate::worker::{Failure, Ticket};

/// A sketch and its past and future.
pub type SketchHistory = Timeline<Sketch>;

/// Where the picture shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shows {
    /// Beside the paper.
    #[default]
    Beside,
    /// On the paper, below the ink.
    Over,
    /// Nowhere: a person wants to draw.
    Nowhere,
}

/// How things show: what nobody undoes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Looks {
    /// Where the picture shows.
    pub shows: Shows,
    /// How strongly the picture shows on the paper, 0..=1.
    pub opacity: f32,
    /// What becomes of the picture's background.
    pub background: Background,
    /// Whether the under-drawing shows.
    pub has_under: bool,
    /// Whether pictures are made while one draws.
    pub is_painting: bool,
    /// Whether the strip of variants is open.
    pub has_strip: bool,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            shows: Shows::Beside,
            opacity: 0.85,
            background: Background::Keep,
            has_under: true,
            is_painting: true,
            has_strip: false,
        }
    }
}

/// Whether the picture that shows belongs to what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// There is nothing to paint, or nothing to paint it with.
    None,
    /// The worker is at it.
    Busy,
    /// A small one of the newest lines.
    Preview,
    /// It belongs to the newest lines.
    Fresh,
    /// The lines have changed since.
    Stale,
}

/// Pictures with other seeds.
#[derive(Debug, Default)]
pub struct Variants {
    /// Of which drawing, its seed left out.
    pub of: Option<SketchKey>,
    /// The network's plain answer, as it was when another one was chosen.
    pub plain: Option<Arc<SketchResult>>,
    /// The pictures that have come.
    pub shown: Vec<VariantShown>,
    /// So many were asked for.
    pub wanted: usize,
    /// The request that is out.
    pub out: Option<Ticket>,
    /// The first seed of the next ones.
    pub next_seed: u64,
}

/// An open sketch.
pub struct Easel {
    /// The sketch and its past.
    pub history: SketchHistory,
    /// The canvas.
    pub paper: Paper,
    /// What the pointer does.
    pub tool: DrawTool,
    /// Sizes, color and calm.
    pub kit: Kit,
    /// How things show.
    pub looks: Looks,
    /// Pictures with other seeds.
    pub variants: Variants,
    /// The layer whose name is being typed.
    pub renaming: Option<(LayerId, String)>,
    /// Where the sketch was opened from or saved to.
    pub path: Option<PathBuf>,
    /// The revision that a file holds.
    pub saved_revision: u64,
    /// The revision that the journal holds.
    pub autosaved_revision: u64,
    /// The newest revision seen, and when it was first seen.
    pub changed: (u64, Option<Instant>),
    pub(super) live: Live,
    /// The newest picture of a stroke that is not finished: no state of the history holds it.
    pub(super) newest: Option<Arc<SketchResult>>,
    /// Milliseconds of the picture that came last.
    pub(super) millis: Option<f32>,
    /// What the worker had to say about the picture that came last.
    pub(super) remark: Option<Failure>,
    pub(super) importing: Option<Importing>,
    /// The theme that the worker has in memory or is loading, and the request that is out for it.
    pub(super) loaded: Option<Arc<str>>,
    pub(super) loading: Option<Ticket>,
    /// The theme whose networks could not be loaded.
    pub(super) unusable: Option<Arc<str>>,
}

impl Easel {
    /// An empty paper; `layer` is what its layer is called.
    #[must_use]
    pub fn new(theme: &str, layer: &str) -> Self {
        Self::open(Sketch::new(theme, layer))
    }

    /// Goes on with `sketch`.
    #[must_use]
    pub fn open(sketch: Sketch) -> Self {
        let history = SketchHistory::new(sketch, HistoryLimits::default());
        let revision = history.revision();
        Self {
            history,
            paper: Paper::default(),
            tool: DrawTool::default(),
            kit: Kit::default(),
            looks: Looks::default(),
            variants: Variants::default(),
            renaming: None,
            path: None,
            saved_revision: revision,
            autosaved_revision: revision,
            changed: (revision, None),
            live: Live::default(),
            newest: None,
            millis: None,
            remark: None,
            importing: None,
            loaded: None,
            loading: None,
            unusable: None,
        }
    }

    /// The sketch as it is now, without the stroke under way.
    #[must_use]
    pub const fn sketch(&self) -> &Sketch {
        self.history.value()
    }

    /// Whether something would be lost by closing.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.history.revision() != self.saved_revision
    }

    /// The sketch with the stroke under way: what the worker is asked about.
    #[must_use]
    pub fn drawn(&self) -> Sketch {
        let mut sketch = self.sketch().clone();
        if let Some(stroke) = self.paper.stroke(&self.kit) {
            sketch.add_stroke(stroke);
        }
        sketch
    }

    /// The theme of the sketch among `themes`.
    #[must_use]
    pub fn theme<'a>(&self, themes: &'a [ThemeInfo]) -> Option<&'a ThemeInfo> {
        themes.iter().find(|theme| theme.name == self.sketch().theme)
    }

    /// Whether the theme's networks could not be loaded.
    #[must_use]
    pub fn is_theme_unusable(&self) -> bool {
        self.unusable.as_ref() == Some(&self.sketch().theme)
    }

    /// Whether the theme is among `themes` and nothing is known to be wrong with it.
    #[must_use]
    pub fn can_paint(&self, themes: &[ThemeInfo]) -> bool {
        self.theme(themes).is_some() && !self.is_theme_unusable()
    }

    /// The picture that shows; of a blank paper none but that of the photo below it.
    #[must_use]
    pub fn picture(&self) -> Option<&Arc<SketchResult>> {
        let sketch = self.sketch();
        if sketch.is_fresh() && !self.paper.is_drawing() {
            return sketch.result.as_ref();
        }
        if sketch.is_blank() && !self.paper.is_drawing() {
            return None;
        }
        self.newest.as_ref().or(sketch.result.as_ref())
    }

    /// Whether the picture that shows belongs to what is drawn.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        if self.picture().is_none() && !self.live.is_busy() {
            return Freshness::None;
        }
        if self.live.is_busy() {
            return Freshness::Busy;
        }
        let of = self.picture().filter(|picture| picture.of == self.drawn().key());
        match of {
            Some(picture) if picture.is_full => Freshness::Fresh,
            Some(_) => Freshness::Preview,
            None => Freshness::Stale,
        }
    }

    /// Whether the theme changes photos and there is none below the paper.
    #[must_use]
    pub fn lacks_photo(&self, themes: &[ThemeInfo]) -> bool {
        self.sketch().under_drawing.is_none() && self.theme(themes).is_some_and(|theme| theme.takes_photos)
    }

    /// Whether what is drawn could not be painted.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.live.has_failed(self.drawn().key())
    }

    /// What the scheduler goes by.
    pub(super) fn scene(&self, themes: &[ThemeInfo], now: f64) -> Scene {
        let sketch = self.drawn();
        let key = sketch.key();
        let result = self.sketch().result.as_ref().filter(|result| result.of == key && result.is_full);
        let newest = self.newest.as_ref().filter(|result| result.of == key && result.is_full);
        let has_photo = sketch.under_drawing.is_some() && self.theme(themes).is_some_and(|theme| theme.takes_photos);
        Scene {
            key,
            is_blank: (sketch.is_blank() && !has_photo) || !self.can_paint(themes),
            is_moving: self.paper.is_down() || self.history.is_in_gesture(),
            is_painted: result.or(newest).is_some(),
            now,
        }
    }

    /// A picture has come.
    pub(super) fn take_picture(&mut self, shown: SketchShown) {
        let SketchShown { result, millis, remark, is_kept, .. } = shown;
        // One that was kept took its time when it was painted.
        if !is_kept {
            self.millis = Some(millis);
        }
        self.remark = remark;
        let Some(result) = result else { return };
        self.newest = Some(result);
        self.adopt_newest();
    }

    /// The newest picture goes to every state of the history with these very lines, so that one undo takes back a stroke and
    /// its picture. One of a stroke that was not finished finds its state when the pen is lifted.
    pub(super) fn adopt_newest(&mut self) {
        let Some(newest) = self.newest.clone().filter(|_| !self.history.is_in_gesture()) else { return };
        let held = self.sketch().result.as_ref();
        let is_held = held.is_some_and(|held| held.of == newest.of && (held.is_full || !newest.is_full));
        if is_held || newest.of != self.sketch().key() {
            return;
        }
        self.amend_unsaved(|sketch| {
            sketch.take_result(&newest);
        });
    }

    /// Changes all states of the history where `change` applies, without a step, and nothing that a person would miss: what was saved
    /// still is.
    pub(super) fn amend_unsaved(&mut self, change: impl Fn(&mut Sketch)) {
        let is_saved = !self.is_changed();
        self.history.amend(change);
        if is_saved {
            self.saved_revision = self.history.revision();
        }
    }

    /// Moves through the history by `step`. Returns what `step` says.
    pub fn travel(&mut self, step: impl FnOnce(&mut SketchHistory) -> bool) -> bool {
        let has_moved = step(&mut self.history);
        // What shows belongs to the state that shows.
        self.newest = None;
        self.renaming = None;
        has_moved
    }

    /// The layer that is drawn on, with its place from below.
    #[must_use]
    pub fn active_place(&self) -> usize {
        let sketch = self.sketch();
        sketch.layers.iter().position(|layer| layer.id == sketch.active).unwrap_or(0)
    }

    /// Whether strokes can be added: the active layer shows.
    #[must_use]
    pub fn can_draw(&self) -> bool {
        let sketch = self.sketch();
        let counts = sketch.counting_layers().any(|layer| layer.id == sketch.active);
        counts && sketch.layer(sketch.active).is_some_and(|layer| layer.is_visible)
    }

    /// The mirror, if there is one.
    #[must_use]
    pub const fn mirror(&self) -> Option<Mirror> {
        self.history.value().mirror
    }

    /// Adds to `now` what this sketch allows.
    pub fn describe(&self, now: &mut Situation, themes: &[ThemeInfo]) {
        let sketch = self.sketch();
        now.paper = true;
        now.ink = sketch.stroke_count() > 0;
        now.theme = self.can_paint(themes);
        now.undo = self.history.can_undo();
        now.redo = self.history.can_redo();
        now.result = sketch.result.is_some() && (!sketch.is_blank() || sketch.is_fresh());
        now.variants = !self.variants.shown.is_empty();
        now.layers = sketch.layers.len() > 1;
        now.layer_over = self.active_place() + 1 < sketch.layers.len();
        now.layer_under = self.active_place() > 0;
        now.under = sketch.under_drawing.is_some();
        now.work |= self.live.is_busy() || self.variants.out.is_some();
    }
}
