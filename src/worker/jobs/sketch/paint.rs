//! Strokes to a picture: the quick one, then the full one.

use std::time::Instant;

use super::super::super::sketching::{Quality, SketchDone, SketchPreview, SketchShown};
use super::super::super::{Context, Done, Failure, Job, JobStep, Preview};
use super::super::step_of;
use super::{Easel, is_bare, millis_since};
use crate::document::Sketch;
use crate::sketch::{CROWDED_REMARK, Role, Shown};

/// One step a picture.
pub(super) struct PaintJob {
    sketch: Sketch,
    quality: Quality,
    easel: Easel,
    start: Option<Instant>,
    has_preview: bool,
}

impl PaintJob {
    pub(super) const fn new(sketch: Sketch, quality: Quality, easel: Easel) -> Self {
        Self { sketch, quality, easel, start: None, has_preview: false }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let start = *self.start.get_or_insert_with(Instant::now);
        if is_bare(&self.sketch) {
            return Ok(done(self.blank(start)));
        }
        if self.has_preview {
            return Ok(done(self.picture(Role::Best, start)?));
        }
        let info = self.easel.themes.info(&self.sketch.theme)?;
        let is_one = info.live == info.best && info.preview_side == info.side;
        if self.quality == Quality::Full && is_one {
            return Ok(done(self.picture(Role::Best, start)?));
        }
        let shown = self.picture(Role::Live, start)?;
        if self.quality == Quality::Preview || shown.result.is_none() {
            return Ok(done(shown));
        }
        context.preview(Preview::Sketch(SketchPreview::Picture(Box::new(shown))));
        self.has_preview = true;
        Ok(JobStep::More)
    }

    fn picture(&self, role: Role, start: Instant) -> Result<SketchShown, Failure> {
        let sketch = &self.sketch;
        let loaded = self.easel.themes.load(&sketch.theme, role)?;
        let inking = Instant::now();
        let full_side = self.easel.themes.info(&sketch.theme)?.side;
        let shown = self.easel.show(sketch, &loaded, full_side);
        let ink_millis = millis_since(inking);
        if shown.is_blank() {
            return Ok(SketchShown { ink_millis, ..self.blank(start) });
        }
        let made = self.easel.paint(&loaded, &shown, sketch.seed)?;
        let key = sketch.key();
        Ok(SketchShown {
            key,
            result: Some(made.result(key, &loaded, role)),
            is_kept: made.is_kept,
            ink_millis,
            network_millis: made.millis,
            millis: millis_since(start),
            remark: remark(&shown),
        })
    }

    /// Nothing is drawn, so nothing is made up.
    fn blank(&self, start: Instant) -> SketchShown {
        SketchShown {
            key: self.sketch.key(),
            result: None,
            is_kept: false,
            ink_millis: 0.0,
            network_millis: 0.0,
            millis: millis_since(start),
            remark: None,
        }
    }
}

impl Job for PaintJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

fn done(shown: SketchShown) -> JobStep {
    JobStep::Done(Done::Sketch(SketchDone::Painted(Box::new(shown))))
}

fn remark(shown: &Shown) -> Option<Failure> {
    shown.is_crowded().then(|| Failure {
        key: "warning-sketch-crowded",
        headline: CROWDED_REMARK.to_owned(),
        details: String::new(),
    })
}
