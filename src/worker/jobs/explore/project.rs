//! Bringing a square of a photo onto a manifold.

use std::sync::Arc;

use super::super::super::exploring::ProjectionShown;
use super::super::super::room::Burden;
use super::super::super::{Context, Done, Failure, Job, JobStep, Preview};
use super::super::step_of;
use super::steer::style_space_of;
use super::{Memory, frame_of};
use crate::control::{Progress, Step, Stepper as _};
use crate::document::explore::{Latent, Noise, ProjectMethod, Projection, StyleSpace};
use crate::imaging::{Frame, Photo, Place, cut};
use crate::latent::project::{ProjectError, familiarity};
use crate::latent::{Method, Picture, ProjectJob, ProjectOptions};

/// What is asked for.
pub(in super::super) struct Asked {
    pub(in super::super) model: String,
    pub(in super::super) photo: Photo,
    pub(in super::super) place: Place,
    pub(in super::super) method: ProjectMethod,
    pub(in super::super) seed: u64,
    pub(in super::super) styles: StyleSpace,
    pub(in super::super) noise: Noise,
}

/// Drives a [`ProjectJob`] and shows what it gives.
pub(in super::super) struct ProjectPhotoJob {
    asked: Asked,
    memory: Memory,
    running: Option<Running>,
}

struct Running {
    job: ProjectJob,
    wanted: Picture,
    target: Frame,
    info: super::super::super::ModelInfo,
    /// The best so far, as long as the window has not been told.
    untold: Option<(Latent, Picture)>,
}

impl ProjectPhotoJob {
    pub(in super::super) const fn new(asked: Asked, memory: Memory) -> Self {
        Self { asked, memory, running: None }
    }

    fn start(&self) -> Result<Running, Failure> {
        let Asked { model, photo, place, method, seed, styles, noise } = &self.asked;
        let loaded = self.memory.manifolds.load(model)?.with_noise(*noise)?;
        if !place.is_sound() || place.bounds().intersect(photo.frame.size().rect()).is_empty() {
            let headline = "the square lies outside of the photo: move it onto the photo".to_owned();
            return Err(Failure { key: "error-place", headline, details: String::new() });
        }
        let target = cut(&photo.frame, *place, loaded.manifold.side() as u32);
        let wanted = Picture::from_frame(&target).ok_or_else(|| {
            let headline = "the square of the photo cannot be made a picture".to_owned();
            Failure { key: "error-place", headline, details: String::new() }
        })?;
        loaded.has_room(Burden { sloped: 1, ..Burden::default() })?;
        let method = match method {
            ProjectMethod::Network => Method::Network,
            ProjectMethod::Optimize => Method::Optimize,
            ProjectMethod::Hybrid => Method::Hybrid,
        };
        let options = ProjectOptions { seed: *seed, styles: style_space_of(*styles), ..ProjectOptions::default() };
        let job = ProjectJob::new(loaded.manifold, wanted.clone(), method, options)?;
        Ok(Running { job, wanted, target, info: loaded.info, untold: None })
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let Some(running) = &mut self.running else {
            self.running = Some(self.start()?);
            return Ok(JobStep::More);
        };
        match running.job.step()? {
            Step::More(update) => {
                context.progress(update.progress);
                running.untold = update.found.or_else(|| running.untold.take());
                if context.wants_level()
                    && let Some((latent, picture)) = running.untold.take()
                {
                    let projection = Projection { latent, method: self.asked.method, error: update.mse as f32 };
                    let shown = running.shown(projection, &picture, update.progress);
                    context.preview(Preview::Projection(Box::new(shown)));
                }
                Ok(JobStep::More)
            }
            Step::Done(found) => {
                let best = found.best;
                let projection = Projection { latent: best.latent, method: self.asked.method, error: best.mse as f32 };
                let shown = running.shown(projection, &best.picture, Progress { fraction: 1.0, stage: "project" });
                Ok(JobStep::Done(Done::Projected(Box::new(shown))))
            }
        }
    }
}

impl Job for ProjectPhotoJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

impl Running {
    fn shown(&self, projection: Projection, picture: &Picture, progress: Progress) -> ProjectionShown {
        ProjectionShown {
            error: projection.error,
            remark: self.remark(projection.error.into()),
            projection: Arc::new(projection),
            picture: frame_of(picture),
            target: self.target.clone(),
            progress,
        }
    }

    /// What to say of a photo that the model could not have drawn.
    fn remark(&self, mse: f64) -> Option<Failure> {
        let verdict = familiarity(&self.wanted, mse, self.info.typical_error);
        verdict.is_off.then(|| {
            let knows = if self.info.knows.is_empty() { &self.info.name } else { &self.info.knows };
            let headline =
                format!("this photo is unlike what the model knows ({knows}): its picture is only roughly like it");
            let measured = format!("mean squared error {mse:.4}, usual up to {:.4}", verdict.threshold);
            let details =
                if self.info.about.is_empty() { measured } else { format!("{}\n{measured}", self.info.about) };
            Failure { key: "warning-off-manifold", headline, details }
        })
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::Latent(error) => error.into(),
            ProjectError::NoPredictor => Self::from_error("error-no-predictor", &error),
            ProjectError::WrongSize { .. } | ProjectError::NoWork => Self::from_error("error-search", &error),
        }
    }
}
