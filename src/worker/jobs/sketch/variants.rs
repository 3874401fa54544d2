//! More pictures of the same strokes, one for each seed.

use super::super::super::sketching::{SketchDone, SketchPreview, VariantShown};
use super::super::super::{Context, Done, Failure, Job, JobStep, Preview};
use super::super::step_of;
use super::{Easel, is_bare};
use crate::control::Progress;
use crate::document::Sketch;
use crate::sketch::{Role, Shown};

/// No strip has more.
const MOST: usize = 64;

/// One step a picture.
pub(super) struct VariantsJob {
    sketch: Sketch,
    seeds: Vec<u64>,
    easel: Easel,
    /// What the network is shown.
    given: Option<Shown>,
    shown: Vec<VariantShown>,
}

impl VariantsJob {
    pub(super) fn new(sketch: Sketch, mut seeds: Vec<u64>, easel: Easel) -> Self {
        seeds.truncate(MOST);
        Self { sketch, seeds, easel, given: None, shown: Vec::new() }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let index = self.shown.len();
        let Some(&seed) = self.seeds.get(index).filter(|_| !is_bare(&self.sketch)) else {
            return Ok(self.finish());
        };
        let loaded = self.easel.themes.load(&self.sketch.theme, Role::Best)?;
        let shown = self.given.get_or_insert_with(|| self.easel.show(&self.sketch, &loaded, loaded.side));
        if shown.is_blank() {
            return Ok(self.finish());
        }
        let made = self.easel.paint(&loaded, shown, seed)?;
        self.sketch.set_seed(seed);
        let result = made.result(self.sketch.key(), &loaded, Role::Best);
        let shown = VariantShown { index, seed, result };
        context.preview(Preview::Sketch(SketchPreview::Variant(shown.clone())));
        self.shown.push(shown);
        let fraction = self.shown.len() as f32 / self.seeds.len() as f32;
        context.progress(Progress { fraction, stage: "variants" });
        Ok(JobStep::More)
    }

    fn finish(&mut self) -> JobStep {
        JobStep::Done(Done::Sketch(SketchDone::Variants(std::mem::take(&mut self.shown))))
    }
}

impl Job for VariantsJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}
