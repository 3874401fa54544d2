//! Directions in which a model's styles differ: found by sampling or in the weights, saved and read.

use std::path::Path;
use std::sync::Arc;

use super::super::super::exploring::{DirectionsAsked, DirectionsSource};
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::step_of;
use super::Memory;
use super::steer::styles_of;
use crate::control::{Step, Stepper as _};
use crate::document::explore::{Direction, MAX_NAME};
use crate::latent::steer::{self, PcaJob, PcaOptions, factorized};
use crate::weights::{SavedDirection, WeightsError, delete_direction, read_directions, write_direction};

/// Answers what is asked of directions.
pub(in super::super) struct DirectionsJob {
    model: String,
    asked: DirectionsAsked,
    memory: Memory,
    running: Option<PcaJob>,
}

impl DirectionsJob {
    pub(in super::super) const fn new(model: String, asked: DirectionsAsked, memory: Memory) -> Self {
        Self { model, asked, memory, running: None }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        if let Some(job) = &mut self.running {
            return match job.step()? {
                Step::More(progress) => {
                    context.progress(progress);
                    Ok(JobStep::More)
                }
                Step::Done(found) => Ok(self.found(found)),
            };
        }
        match &self.asked {
            DirectionsAsked::Pca(count) => {
                let loaded = self.memory.manifolds.load(&self.model)?;
                let options = PcaOptions { count: *count, ..PcaOptions::default() };
                self.running = Some(PcaJob::new(loaded.manifold, options)?);
                Ok(JobStep::More)
            }
            DirectionsAsked::Factorize(count) => {
                let loaded = self.memory.manifolds.load(&self.model)?;
                Ok(self.found(factorized(styles_of(&loaded)?, *count)?))
            }
            DirectionsAsked::List | DirectionsAsked::Save(_) | DirectionsAsked::Delete(_) => self.keep(),
        }
    }

    fn found(&self, found: Vec<steer::Direction>) -> JobStep {
        let shown = found.into_iter().map(|one| Direction { name: one.name, vector: one.vector, sigma: one.sigma });
        self.done(DirectionsSource::Found, shown.map(Arc::new).collect())
    }

    fn keep(&self) -> Result<JobStep, Failure> {
        let Some(folder) = self.memory.manifolds.user_folder() else {
            let headline = "this system names no folder for a program's data: nothing can be saved".to_owned();
            return Err(Failure { key: "error-no-folder", headline, details: String::new() });
        };
        let saved = self.change_and_read(&folder).map_err(|error| Failure::from_error("error-direction", &error))?;
        // A name that a document cannot hold is not offered.
        let fits = saved.into_iter().filter(|one| one.name.len() <= MAX_NAME);
        let shown = fits.map(|one| Direction { name: one.name, vector: one.vector.into(), sigma: one.sigma });
        Ok(self.done(DirectionsSource::Saved, shown.map(Arc::new).collect()))
    }

    fn change_and_read(&self, folder: &Path) -> Result<Vec<SavedDirection>, WeightsError> {
        match &self.asked {
            DirectionsAsked::Save(direction) => {
                let Direction { name, vector, sigma } = &**direction;
                let saved = SavedDirection { name: name.clone(), vector: vector.to_vec(), sigma: *sigma };
                write_direction(folder, &self.model, &saved)?;
            }
            DirectionsAsked::Delete(name) => delete_direction(folder, &self.model, name)?,
            DirectionsAsked::List | DirectionsAsked::Pca(_) | DirectionsAsked::Factorize(_) => {}
        }
        let (found, problems) = read_directions(folder, &self.model)?;
        for problem in problems {
            tracing::warn!("{problem}");
        }
        Ok(found)
    }

    fn done(&self, source: DirectionsSource, directions: Vec<Arc<Direction>>) -> JobStep {
        JobStep::Done(Done::Directions { model: self.model.clone(), source, directions })
    }
}

impl Job for DirectionsJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::Manifolds;

    #[test]
    fn directions_are_saved_listed_and_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let manifolds = Manifolds::in_folders_with(Vec::new(), folder.path().to_owned());
        let ask = |asked: DirectionsAsked| {
            let job = DirectionsJob::new("toy".to_owned(), asked, Memory::new(manifolds.clone()));
            match job.keep().unwrap() {
                JobStep::Done(Done::Directions { source: DirectionsSource::Saved, directions, .. }) => directions,
                other => panic!("no list: {other:?}"),
            }
        };
        assert!(ask(DirectionsAsked::List).is_empty(), "nothing yet");
        let direction = Direction { name: "wider".to_owned(), vector: vec![0.6, 0.8].into(), sigma: 1.5 };
        let saved = ask(DirectionsAsked::Save(Arc::new(direction.clone())));
        assert_eq!(saved, [Arc::new(direction)], "the answer is what there is now");
        assert_eq!(ask(DirectionsAsked::List), saved, "also later");
        assert!(ask(DirectionsAsked::Delete("wider".to_owned())).is_empty(), "gone");
    }
}
