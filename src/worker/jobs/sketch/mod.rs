//! The jobs of the Sketch room: strokes become ink, ink becomes pictures, and what one job has made the next one goes on from.

mod export;
mod import;
mod paint;
mod themes;
mod time_lapse;
mod variants;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::super::sketching::{ExportSketch, SketchExport, SketchRequest};
use super::super::{Failure, Job};
use super::Shared;
use crate::document::Sketch;
use crate::document::sketch::{SketchKey, SketchResult};
use crate::generators::sketcher::Variation;
use crate::imaging::Frame;
use crate::imaging::drawing::{fitted, inked};
use crate::imaging::edges::Refinement;
use crate::imaging::ink::{Pad, mix, raster_hints, raster_layers};
use crate::imaging::io::Limits;
use crate::sketch::{Loaded, Role, Seen, Shown, SketchError, Themes};

/// Pictures that are kept, so that undo, redo and a look at another variant cost nothing.
const KEPT: usize = 24;

/// What jobs hand on to the next one.
#[derive(Clone, Default)]
pub(in super::super) struct Easel {
    themes: Themes,
    /// The ink of the newest snapshot, at the side of full pictures.
    pad: Shared<Option<Pad>>,
    /// The newest last.
    kept: Shared<VecDeque<(u64, Frame)>>,
}

impl Easel {
    pub(in super::super) fn new(themes: Themes) -> Self {
        Self { themes, ..Self::default() }
    }

    /// The job that answers `asked`.
    pub(super) fn job(&self, asked: SketchRequest, limits: Limits) -> Box<dyn Job> {
        let easel = self.clone();
        match asked {
            SketchRequest::Paint { sketch, quality } => Box::new(paint::PaintJob::new(sketch, quality, easel)),
            SketchRequest::Variants { sketch, seeds } => Box::new(variants::VariantsJob::new(sketch, seeds, easel)),
            SketchRequest::ListThemes => Box::new(themes::ListJob::new(easel)),
            SketchRequest::LoadTheme { theme } => Box::new(themes::LoadJob::new(theme, easel)),
            SketchRequest::Export(ExportSketch { sketch, path, what: SketchExport::TimeLapse(how) }) => {
                Box::new(time_lapse::TimeLapseJob::new(sketch, path, how, easel))
            }
            SketchRequest::Export(asked) => Box::new(export::ExportJob::new(asked, easel)),
            SketchRequest::Import { path, is_under } => Box::new(import::ImportJob::new(path, is_under, limits)),
        }
    }

    /// What `loaded` is shown: the strokes that count; if it changes photos, the photo below the paper with the ink over it.
    fn show(&self, sketch: &Sketch, loaded: &Loaded, full_side: u32) -> Shown {
        let (strokes, side) = (sketch.counting_strokes(), loaded.side);
        if let Some(under) = sketch.under_drawing.as_ref().filter(|_| !loaded.sketcher.inputs().is_for_ink) {
            let photo = inked(&fitted(&under.picture, side), &raster_layers(&strokes, side));
            return Shown::Photo { photo, side };
        }
        let mut pad = self.pad.lock();
        let pad = match pad.as_mut().filter(|pad| pad.side() == full_side) {
            Some(pad) => pad,
            None => pad.insert(Pad::new(full_side)),
        };
        pad.update(&strokes);
        let hints = raster_hints(&strokes, side);
        Shown::Drawing(Box::new(Seen::new(pad.ink(), side, Refinement::new(sketch.refinement), hints)))
    }

    /// The picture of what is shown: the kept one if there is one.
    fn paint(&self, loaded: &Loaded, shown: &Shown, seed: u64) -> Result<Made, SketchError> {
        let id = mix(mix(loaded.key, shown.digest()), seed);
        let found = self.kept.lock().iter().find(|(of, _)| *of == id).map(|(_, picture)| picture.clone());
        if let Some(picture) = found {
            return Ok(Made { picture, millis: 0.0, is_kept: true });
        }
        let variation = if seed == Sketch::STEADY { Variation::Steady } else { Variation::Seeded(seed) };
        let painted = shown.paint(loaded, variation)?;
        let mut kept = self.kept.lock();
        kept.push_back((id, painted.picture.clone()));
        if kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(Made { picture: painted.picture, millis: painted.millis, is_kept: false })
    }
}

/// A picture that was made now, or kept.
struct Made {
    picture: Frame,
    /// Of the network; 0 when it did not run.
    millis: f32,
    is_kept: bool,
}

impl Made {
    fn result(&self, of: SketchKey, loaded: &Loaded, role: Role) -> Arc<SketchResult> {
        let (picture, network) = (self.picture.clone(), loaded.name.clone());
        Arc::new(SketchResult { picture, of, network, is_full: role == Role::Best })
    }
}

/// Whether there is nothing that any theme could paint.
fn is_bare(sketch: &Sketch) -> bool {
    sketch.is_blank() && sketch.under_drawing.is_none()
}

fn millis_since(start: Instant) -> f32 {
    start.elapsed().as_secs_f32() * 1000.0
}

impl From<SketchError> for Failure {
    fn from(error: SketchError) -> Self {
        Self::from_error(error.key(), &error)
    }
}
