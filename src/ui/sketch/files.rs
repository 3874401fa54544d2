//! Drawings as files: what is written, under which name, and what becomes of a file that is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::easel::Easel;
use crate::document::sketch::UnderDrawing;
use crate::document::{Document, Sketch, SketchAction};
use crate::imaging::ink::Stroke;
use crate::imaging::{ColorModel, DisplayLevel, FileFormat, Frame, Metadata, Photo, Samples};
use crate::ui::app::App;
use crate::ui::command_handling::GALLERY_NAME;
use crate::ui::commands::{Command, Room};
use crate::ui::file_dialog::Purpose;
use crate::ui::intent::file_name;
use crate::ui::naming;
use crate::ui::notifications::Kind;
use crate::ui::preferences::pens_of;
use crate::worker::sketching::{
    AnimationFormat, ExportSketch, ImportedDrawing, SketchExport, SketchRequest, TimeLapse,
};
use crate::worker::{Lane, OpenedDocument, Request, Ticket};

/// Pixels on a side of an exported drawing.
const INK_SIDE: u32 = 1024;
/// Pixels on a side of each half of a time-lapse.
const LAPSE_SIDE: u32 = 256;
/// No picture under the paper is larger than this on a side.
const UNDER_SIDE: u32 = 2048;
/// Frames of a time-lapse, and how many of them a second has.
const LAPSE: (u32, f32) = (96, 16.0);

/// What of a sketch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum ExportKind {
    /// The lines as a picture.
    Ink,
    /// The picture that they became.
    Result,
    /// Both beside each other.
    Pair,
    /// The lines as outlines.
    Svg,
    /// The lines in the form of `QuickDraw`'s data set.
    QuickDraw,
    /// All layers.
    OpenRaster,
    /// How it was drawn.
    TimeLapse,
}

impl ExportKind {
    /// What `command` writes.
    #[must_use]
    pub const fn of(command: Command) -> Option<Self> {
        Some(match command {
            Command::ExportInk => Self::Ink,
            Command::ExportResult => Self::Result,
            Command::ExportPair => Self::Pair,
            Command::ExportSvg => Self::Svg,
            Command::ExportNdjson => Self::QuickDraw,
            Command::ExportOpenRaster => Self::OpenRaster,
            Command::ExportTimeLapse => Self::TimeLapse,
            _ => return None,
        })
    }

    /// Extensions of files that fit, the usual one first.
    #[must_use]
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Ink | Self::Result | Self::Pair => &["png"],
            Self::Svg => &["svg"],
            Self::QuickDraw => &["ndjson"],
            Self::OpenRaster => &["ora"],
            Self::TimeLapse => &["gif", "webp"],
        }
    }

    /// The key of the file dialog's title.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ink => "path-ink",
            Self::Result => "path-result",
            Self::Pair => "path-pair",
            Self::Svg => "path-svg",
            Self::QuickDraw => "path-ndjson",
            Self::OpenRaster => "path-ora",
            Self::TimeLapse => "path-lapse",
        }
    }

    /// What is added to the drawing's name, so that two files of one drawing do not meet.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Ink => " (lines)",
            Self::Pair => " (pair)",
            Self::TimeLapse => " (time-lapse)",
            Self::Result | Self::Svg | Self::QuickDraw | Self::OpenRaster => "",
        }
    }
}

/// A file that is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Importing {
    ticket: Ticket,
    /// Whether it is to lie below the paper, whatever it is.
    is_under: bool,
    name: String,
}

impl App {
    /// Writes the sketch as `kind` to `path`.
    pub(in crate::ui) fn export_sketch(&mut self, kind: ExportKind, path: PathBuf) {
        let Some(easel) = &self.easel else { return };
        let path = naming::with_extension(path, kind.extensions());
        let has_theme = self.themes.as_deref().is_some_and(|themes| easel.can_paint(themes));
        let what = match kind {
            ExportKind::Ink => SketchExport::Ink { side: INK_SIDE },
            ExportKind::Result => SketchExport::Result { background: easel.looks.background },
            ExportKind::Pair => SketchExport::Pair,
            ExportKind::Svg => SketchExport::Svg,
            ExportKind::QuickDraw => SketchExport::QuickDraw,
            ExportKind::OpenRaster => SketchExport::OpenRaster { side: INK_SIDE },
            ExportKind::TimeLapse => {
                let is_webp = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("webp"));
                let format = if is_webp { AnimationFormat::WebP } else { AnimationFormat::Gif };
                let (frames, rate) = LAPSE;
                let has_pictures = has_theme;
                SketchExport::TimeLapse(TimeLapse { format, side: LAPSE_SIDE, frames, rate, has_pictures })
            }
        };
        let sketch = easel.sketch().clone();
        let name = file_name(&path);
        self.submit(Request::Sketch(SketchRequest::Export(ExportSketch { sketch, path, what })), name);
    }

    /// Where a dialog of this room starts.
    pub(in crate::ui) fn sketch_suggestion(&self, purpose: Purpose) -> Option<PathBuf> {
        let easel = self.easel.as_ref().filter(|_| self.room == Room::Sketch)?;
        let recent = self.recent.first().and_then(|file| file.path.parent());
        let folder = easel.path.as_deref().and_then(Path::parent).or(recent).map(PathBuf::from).unwrap_or_default();
        let stem = easel.path.as_deref().and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
        let theme = Some(easel.sketch().theme.to_string()).filter(|theme| !theme.is_empty());
        let stem = stem.or(theme).unwrap_or_else(|| self.text.get("name-drawing"));
        Some(match purpose {
            Purpose::Sketch(kind) => {
                let extension = kind.extensions().first().copied().unwrap_or_default();
                folder.join(format!("{stem}{}.{extension}", kind.suffix()))
            }
            Purpose::Gallery => folder.join(GALLERY_NAME),
            Purpose::SavePicture => folder.join(format!("{stem}.png")),
            Purpose::SaveSession => folder.join(format!("{stem}.pentimento")),
            _ => return None,
        })
    }

    /// Reads a drawing, or a picture to lie under the paper.
    pub(in crate::ui) fn import_drawing(&mut self, path: PathBuf, is_under: bool) {
        if self.easel.is_none() {
            self.enter(Room::Sketch);
        }
        let themes = self.themes.as_deref().unwrap_or_default();
        // A theme that changes photos takes them as they are.
        let takes_photos =
            self.easel.as_ref().and_then(|easel| easel.theme(themes)).is_some_and(|info| info.takes_photos);
        let (name, is_under) = (file_name(&path), is_under || takes_photos);
        let request = SketchRequest::Import { path, is_under };
        let ticket = self.submit(Request::Sketch(request), name.clone());
        if let Some(easel) = &mut self.easel {
            easel.importing = Some(Importing { ticket, is_under, name });
        }
    }

    /// A drawing was read.
    pub(super) fn take_imported(&mut self, ticket: Ticket, drawing: ImportedDrawing) {
        let Some(easel) = &mut self.easel else { return };
        let Some(importing) = easel.importing.take_if(|importing| importing.ticket == ticket) else { return };
        let said = match drawing {
            ImportedDrawing::Picture { picture, .. } if importing.is_under => {
                easel.lay_under(picture);
                None
            }
            ImportedDrawing::Picture { picture, is_photo, strokes } => {
                let key = if is_photo { "toast-photo-edges" } else { "toast-drawing" };
                let added = easel.add_drawing(&importing.name, strokes).map(|count| (key, count));
                if is_photo {
                    easel.lay_under(picture);
                }
                Some(added)
            }
            ImportedDrawing::Strokes { strokes, word } => {
                let name = word.filter(|word| !word.trim().is_empty()).unwrap_or(importing.name);
                Some(easel.add_drawing(&name, strokes).map(|count| ("toast-drawing", count)))
            }
        };
        match said {
            Some(Some((key, count))) => {
                let words = self.text.with(key, &[("count", count.into())]);
                self.notifications.show(Kind::Info, words, String::new());
            }
            Some(None) => self.notifications.show(Kind::Error, self.text.get("error-import-full"), String::new()),
            None => {}
        }
    }

    /// A photo was opened or pasted while this room shows: it lies under the paper.
    pub(in crate::ui) fn lay_photo_under(&mut self, opened: &OpenedDocument) {
        let Some(easel) = &mut self.easel else { return };
        let picture = opened.display.levels.iter().find(|level| level.size.width.max(level.size.height) <= UNDER_SIDE);
        let is_laid = picture.and_then(on_white).is_some_and(|picture| easel.lay_under(picture));
        if !is_laid {
            let words = self.text.get("error-under-drawing");
            self.notifications.show(Kind::Error, words, String::new());
        }
    }

    /// Closes the sketch; the other rooms stay as they are.
    pub(in crate::ui) fn close_sketch(&mut self) {
        for lane in [Lane::Sketch, Lane::Variants, Lane::Drawing] {
            self.jobs.cancel(lane);
        }
        if let Some(easel) = self.easel.take() {
            self.preferences.pens = pens_of(&easel.kit);
        }
        self.school.course = None;
        self.begin_sketch();
    }
}

/// What a screen shows of a photo, as an 8-bit RGB picture on white.
fn on_white(level: &DisplayLevel) -> Option<Frame> {
    let over = |pixel: &[u8]| {
        let white = 255 - pixel.get(3).copied().unwrap_or(255);
        [0, 1, 2].map(|channel| pixel.get(channel).copied().unwrap_or(0).saturating_add(white))
    };
    let samples = level.rgba.chunks_exact(4).flat_map(over).collect();
    Frame::new(level.size, ColorModel::Rgb, Samples::U8(samples))
}

impl Easel {
    /// Lays a picture under the paper: one step. `false` when it cannot be used.
    fn lay_under(&mut self, picture: Frame) -> bool {
        let mut is_laid = false;
        self.looks.has_under = true;
        self.history.commit(SketchAction::ChangeUnderDrawing, |sketch| {
            is_laid = sketch.set_under_drawing(Some(UnderDrawing::new(picture, UnderDrawing::OPACITY)));
        });
        is_laid
    }

    /// Puts a drawing in the place of what is drawn, or lays its picture under the empty paper where it has no strokes: one step.
    /// `false` when it cannot be used.
    pub(in crate::ui) fn replace_drawing(
        &mut self,
        theme: Arc<str>,
        strokes: Vec<Arc<Stroke>>,
        picture: Frame,
    ) -> bool {
        let mut is_used = false;
        self.history.commit(SketchAction::Import, |sketch| {
            sketch.clear();
            sketch.set_theme(theme);
            sketch.set_seed(Sketch::STEADY);
            let has_solo = sketch.layers.iter().any(|layer| layer.is_solo);
            let (active, own) = (sketch.active, sketch.layer(sketch.active).cloned());
            if own.as_ref().is_some_and(|layer| !layer.is_visible) {
                sketch.toggle_layer(active);
            }
            if own.is_some_and(|layer| has_solo && !layer.is_solo) {
                sketch.toggle_solo(active);
            }
            is_used = if strokes.is_empty() {
                sketch.set_under_drawing(Some(UnderDrawing::new(picture, UnderDrawing::OPACITY)))
            } else {
                sketch.add_strokes(strokes)
            };
        });
        self.forget_variants();
        is_used
    }

    /// Puts strokes on a new layer called `name`, or on the active one while that is empty and shows. Returns how many there are;
    /// `None`, and no change, where the sketch cannot hold them.
    fn add_drawing(&mut self, name: &str, strokes: Vec<Arc<Stroke>>) -> Option<usize> {
        let count = strokes.len();
        if count == 0 {
            return Some(0);
        }
        let mut with = self.sketch().clone();
        let is_free = with.layer(with.active).is_some_and(|layer| layer.strokes().is_empty() && layer.is_visible);
        if !is_free {
            with.add_layer(name);
        }
        if !with.add_strokes(strokes) {
            return None;
        }
        self.history.commit(SketchAction::Import, |sketch| *sketch = with);
        Some(count)
    }

    /// The picture that shows, as a photo of its own.
    #[must_use]
    pub fn as_document(&self) -> Option<Document> {
        let frame = self.picture()?.picture.clone();
        Some(Document::new(Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) }))
    }
}
