//! Filling holes: a document's recipe becomes an engine's request, the engine's fills become candidates.

use std::sync::Arc;

use super::super::{Context, Done, EraseTarget, Failure, Job, JobStep, Preview, ShownPatch};
use super::origin::origin_of;
use super::{shown, step_of};
use crate::control::{CancelToken, Step, Stepper as _};
use crate::document::{Candidate, Document, Recipe};
use crate::erase::{Base, Engine, EraseJob, EraseRequest, EraseUpdate, Explanation, Fill, Mixture, Networks, Settings};
use crate::imaging::{Mask, Metadata, SrgbTransform};

/// Drives an [`EraseJob`] and shows what it gives.
pub(super) struct EraseDocumentJob {
    document: Document,
    target: EraseTarget,
    recipe: Recipe,
    seeds: Vec<u64>,
    networks: Networks,
    token: CancelToken,
    job: Option<EraseJob>,
    /// Candidates with their pictures, by index, as far as they are complete.
    finished: Vec<Finished>,
}

/// A complete candidate with its pictures, and what its network saw and did.
pub(super) type Finished = (Arc<Candidate>, Vec<ShownPatch>, Option<Arc<Explanation>>);

impl EraseDocumentJob {
    pub(super) fn new(
        document: Document,
        target: EraseTarget,
        recipe: Recipe,
        seeds: Vec<u64>,
        networks: Networks,
        token: CancelToken,
    ) -> Self {
        Self { document, target, recipe, seeds, networks, token, job: None, finished: Vec::new() }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let Some(job) = &mut self.job else {
            let wanted = Wanted {
                target: self.target,
                seeds: self.seeds.clone(),
                mixture: None,
                recipe: &self.recipe,
                networks: &self.networks,
            };
            self.job = Some(EraseJob::new(engine_request(&self.document, wanted)?, self.token.clone())?);
            return Ok(JobStep::More);
        };
        match job.step()? {
            Step::More(update) => {
                self.show(update, context);
                Ok(JobStep::More)
            }
            Step::Done(fills) => Ok(JobStep::Done(self.done(fills))),
        }
    }

    fn show(&mut self, update: EraseUpdate, context: &mut Context<'_>) {
        let metadata = &self.document.photo.metadata;
        context.progress(update.progress);
        if let Some(fill) = update.finished {
            let index = self.finished.len();
            let finished = finish(fill, metadata);
            self.finished.push(finished.clone());
            let (candidate, shown, explanation) = finished;
            context.preview(Preview::Candidate { index, candidate, shown, explanation });
        } else if let Some(patch) = update.preview
            && context.wants_level()
        {
            context.preview(Preview::Level { candidate: update.candidate, shown: shown(&patch, metadata) });
        }
    }

    /// Candidates that were shown already keep their identity, so that the window need not make their textures again.
    fn done(&mut self, fills: Vec<Fill>) -> Done {
        let known = std::mem::take(&mut self.finished);
        let mut candidates = Vec::new();
        let mut all_shown = Vec::new();
        let mut explanations = Vec::new();
        for fill in fills {
            let same = known.iter().find(|(candidate, ..)| candidate.seed == fill.seed && is_same(candidate, &fill));
            let (candidate, shown, explanation) =
                same.cloned().unwrap_or_else(|| finish(fill, &self.document.photo.metadata));
            candidates.push(candidate);
            all_shown.extend(shown);
            explanations.push(explanation);
        }
        Done::Erased { target: self.target, recipe: self.recipe.clone(), candidates, shown: all_shown, explanations }
    }
}

impl Job for EraseDocumentJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

fn is_same(candidate: &Candidate, fill: &Fill) -> bool {
    let (a, b) = (&candidate.patches, &fill.patches);
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b))
}

/// A fill as a candidate.
pub(super) fn finish(fill: Fill, metadata: &Metadata) -> Finished {
    let shown = fill.patches.iter().map(|patch| shown(patch, metadata)).collect();
    let origin = Some(origin_of(&fill.origin));
    (Arc::new(Candidate { seed: fill.seed, patches: fill.patches, origin }), shown, fill.explanation)
}

/// What is wanted of an engine.
pub(super) struct Wanted<'a> {
    pub(super) target: EraseTarget,
    pub(super) seeds: Vec<u64>,
    pub(super) mixture: Option<Mixture>,
    pub(super) recipe: &'a Recipe,
    pub(super) networks: &'a Networks,
}

/// What the engine is asked for: the marked holes over all that shows, or those of an erasure over what lies below it.
pub(super) fn engine_request(document: &Document, wanted: Wanted<'_>) -> Result<EraseRequest, Failure> {
    let Wanted { target, seeds, mixture, recipe, networks } = wanted;
    let some = |mask: &Arc<Mask>| (!mask.is_empty()).then(|| Mask::clone(mask));
    let photo = document.photo.frame.clone();
    let (engine, settings) = engine_of(recipe)?;
    let (under, holes, sample_from, sample_never) = match target {
        EraseTarget::Marked => {
            let sources = (some(&document.sample_from), some(&document.sample_never));
            (document.visible_patches(), Mask::clone(&document.holes), sources.0, sources.1)
        }
        EraseTarget::Again(id) => {
            let found = document.erasures.iter().enumerate().find(|(_, erasure)| erasure.id == id);
            let Some((below, erasure)) = found else {
                let headline = "the erasure to fill again is not in the document any longer".to_owned();
                return Err(Failure { key: "error-no-such-erasure", headline, details: String::new() });
            };
            let sources = (erasure.sample_from.as_ref().and_then(some), erasure.sample_never.as_ref().and_then(some));
            (document.patches_below(below), Mask::clone(&erasure.holes), sources.0, sources.1)
        }
    };
    let srgb = SrgbTransform::for_photo(&document.photo.metadata, photo.model());
    let base = Base { photo, under, srgb };
    let networks = networks.clone();
    Ok(EraseRequest { base, holes, sample_from, sample_never, engine, seeds, mixture, networks, settings })
}

/// A recipe as the engine knows it. Whether a network of that name is there is found out when the job starts.
fn engine_of(recipe: &Recipe) -> Result<(Engine, Settings), Failure> {
    let Recipe { engine, grow, feather, patch, context, detail, guide } = recipe;
    let Ok(engine) = engine.parse() else {
        let headline = format!("this version has no model named \"{engine}\": choose another one");
        return Err(Failure { key: "error-unknown-model", headline, details: String::new() });
    };
    let settings =
        Settings { grow: *grow, feather: *feather, patch: *patch, context: *context, detail: *detail, guide: *guide };
    Ok((engine, settings))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Erasure, ErasureId};
    use crate::imaging::{ColorModel, FileFormat, Frame, Patch, Photo, PixelRect, Plane, Samples, Size};

    fn document() -> Document {
        let size = Size::new(4, 4);
        let frame = Frame::new(size, ColorModel::Gray, Samples::U8(vec![7; 16])).unwrap();
        Document::new(Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) })
    }

    fn holes(rect: PixelRect) -> Arc<Mask> {
        let mut mask = Mask::empty(Size::new(4, 4));
        mask.write(rect, |_, _, _| 255);
        Arc::new(mask)
    }

    fn erasure(id: u64) -> Arc<Erasure> {
        let rect = PixelRect::new(0, 0, 2, 2);
        let pixels = Frame::new(rect.size(), ColorModel::Gray, Samples::U8(vec![id as u8; 4])).unwrap();
        let patch = Arc::new(Patch::new(rect, pixels, Plane::filled(rect.size(), 255)).unwrap());
        Arc::new(Erasure {
            id: ErasureId(id),
            holes: holes(rect),
            sample_from: None,
            sample_never: None,
            recipe: Recipe::default(),
            candidates: vec![Arc::new(Candidate { seed: id, patches: vec![patch], origin: None })],
            chosen: 0,
            is_visible: true,
            opacity: 1.0,
        })
    }

    fn asked(document: &Document, target: EraseTarget, recipe: &Recipe) -> Result<EraseRequest, Failure> {
        let networks = Networks::default();
        engine_request(document, Wanted { target, seeds: vec![5], mixture: None, recipe, networks: &networks })
    }

    #[test]
    fn marked_holes_see_all_patches_and_a_re_roll_only_those_below() {
        let mut document = document();
        document.erasures = vec![erasure(1), erasure(2)];
        document.holes = holes(PixelRect::new(3, 3, 4, 4));
        let marked = asked(&document, EraseTarget::Marked, &Recipe::default()).unwrap();
        assert_eq!(marked.base.under.len(), 2, "both erasures lie below");
        assert_eq!(marked.holes.hole_count(), 1, "what is marked now");
        let again = EraseTarget::Again(ErasureId(2));
        let again = asked(&document, again, &Recipe::default()).unwrap();
        assert_eq!(again.base.under.len(), 1, "only the first lies below the second");
        assert_eq!(again.holes.hole_count(), 4, "the erasure's own holes");
        assert!(again.sample_from.is_none(), "no brushed sources");
    }

    #[test]
    fn unknown_engines_and_erasures_get_sentences() {
        let recipe = Recipe { engine: "no oracle".to_owned(), ..Recipe::default() };
        let failure = asked(&document(), EraseTarget::Marked, &recipe).unwrap_err();
        assert!(failure.headline.contains("no oracle"), "{}", failure.headline);
        let recipe = Recipe { engine: "oracle".to_owned(), ..Recipe::default() };
        let mut document = document();
        document.holes = holes(PixelRect::new(1, 1, 2, 2));
        let request = asked(&document, EraseTarget::Marked, &recipe).unwrap();
        let failure = Failure::from(EraseJob::new(request, CancelToken::never()).err().unwrap());
        assert!(failure.key == "error-unknown-model" && failure.headline.contains("oracle"), "{}", failure.headline);
        let gone = EraseTarget::Again(ErasureId(9));
        let failure = asked(&document, gone, &Recipe::default()).unwrap_err();
        assert_eq!(failure.key, "error-no-such-erasure", "{}", failure.headline);
    }
}
