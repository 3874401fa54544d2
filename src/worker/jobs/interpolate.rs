//! A candidate between two others: the network's quick fill while a slider is dragged, the full one when it is let go.

use std::sync::Arc;

use super::super::{Between, Context, Done, EraseTarget, Failure, Job, JobStep, Preview, ShownPatch};
use super::erase::{Wanted, engine_request, finish};
use super::origin::mixture_of;
use super::{shown, step_of};
use crate::control::{CancelToken, Step, Stepper as _};
use crate::document::{Document, ErasureId, Recipe};
use crate::erase::{EraseJob, Mixture, Networks};

/// Fills an erasure's holes with a style between two.
pub(super) struct InterpolateJob {
    document: Document,
    id: ErasureId,
    between: Between,
    networks: Networks,
    token: CancelToken,
    job: Option<EraseJob>,
}

impl InterpolateJob {
    pub(super) fn new(
        document: Document,
        id: ErasureId,
        between: Between,
        networks: Networks,
        token: CancelToken,
    ) -> Self {
        Self { document, id, between, networks, token, job: None }
    }

    fn start(&self) -> Result<EraseJob, Failure> {
        let (Some(from), Some(to)) = (mixture_of(&self.between.from), mixture_of(&self.between.to)) else {
            let headline =
                "there is nothing between these candidates: only fills of networks with latents can be mixed";
            return Err(Failure { key: "error-no-style", headline: headline.to_owned(), details: String::new() });
        };
        let mixture = Mixture::between(&from, &to, self.between.t);
        let recipe = Recipe {
            engine: self.between.engine.clone(),
            // While the slider moves the network alone is shown: what follows it takes longer than a hand waits.
            detail: self.between.recipe.detail && self.between.is_final,
            ..self.between.recipe.clone()
        };
        let wanted = Wanted {
            target: EraseTarget::Again(self.id),
            seeds: vec![mixture.main_seed()],
            mixture: Some(mixture),
            recipe: &recipe,
            networks: &self.networks,
        };
        Ok(EraseJob::new(engine_request(&self.document, wanted)?, self.token.clone())?)
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let Some(job) = &mut self.job else {
            self.job = Some(self.start()?);
            return Ok(JobStep::More);
        };
        let metadata = Arc::clone(&self.document.photo.metadata);
        match job.step()? {
            Step::More(update) => {
                context.progress(update.progress);
                if let Some(patch) = update.preview.filter(|_| self.between.is_final && update.progress.fraction > 0.0)
                    && context.wants_level()
                {
                    context.preview(Preview::Level { candidate: 0, shown: shown(&patch, &metadata) });
                }
                Ok(JobStep::More)
            }
            Step::Done(fills) => {
                let Some(fill) = fills.into_iter().next() else { return Ok(JobStep::More) };
                let finished = finish(fill, &metadata);
                let (candidate, shown, explanation) = finished;
                let shown: Vec<ShownPatch> = shown;
                let (id, is_final) = (self.id, self.between.is_final);
                Ok(JobStep::Done(Done::Interpolated { id, is_final, candidate, shown, explanation }))
            }
        }
    }
}

impl Job for InterpolateJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}
