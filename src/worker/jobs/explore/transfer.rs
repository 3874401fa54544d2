//! Carrying an edit onto a photo. What was found of an edit is kept, so moving the slider only draws.

use std::sync::Arc;

use super::super::super::exploring::{TransferMeasure, TransferShown};
use super::super::super::manifolds::{Loaded, ModelKey};
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::{shown, step_of};
use super::strokes::keep_under;
use super::{Memory, interpolation_of};
use crate::control::{Progress, Step, Stepper as _};
use crate::document::Exploration;
use crate::document::explore::{Latent, PhotoWork, Projection, Stroke, Transferred};
use crate::imaging::{Mask, Photo, Place};
use crate::latent::interpolate::between;
use crate::latent::transfer::{Transfer, TransferError, TransferJob, TransferOptions, TransferRequest};
use crate::latent::{Latent as Numbers, Picture, batch, draw};

/// Pictures of the morph, both ends included (Zhu et al. 2016, section 4.3: seven steps).
const FRAMES: usize = 8;

/// What determines an edit but the moment.
#[derive(Clone)]
pub(super) struct Edit {
    model: ModelKey,
    pub(super) photo: Photo,
    place: Place,
    kept: Arc<Mask>,
    /// Strokes on the manifold's picture: what they keep, the photo keeps.
    strokes: Vec<Arc<Stroke>>,
    from: Latent,
    to: Latent,
    interpolation: crate::document::explore::Interpolation,
}

impl PartialEq for Edit {
    fn eq(&self, other: &Self) -> bool {
        self.model == other.model
            && self.photo.frame.is_same_buffer(&other.photo.frame)
            && self.place == other.place
            && (Arc::ptr_eq(&self.kept, &other.kept) || self.kept == other.kept)
            && self.strokes == other.strokes
            && (&self.from, &self.to, self.interpolation) == (&other.from, &other.to, other.interpolation)
    }
}

/// An edit, as far as it is known.
pub(super) struct Kept {
    edit: Edit,
    stage: Stage,
}

enum Stage {
    /// The morph is drawn.
    Drawing { latents: Vec<Numbers>, pictures: Vec<Picture> },
    /// Motion and color are looked for.
    Matching(Box<TransferJob>),
    /// The photo at any moment.
    Ready(Transfer),
}

/// Finds an edit and draws the photo at a moment of it.
pub(in super::super) struct TransferPhotoJob {
    at: f32,
    is_final: bool,
    finder: Finder,
}

impl TransferPhotoJob {
    pub(in super::super) const fn new(exploration: Exploration, at: f32, is_final: bool, memory: Memory) -> Self {
        Self { at, is_final, finder: Finder::new(exploration, memory) }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let found = self.finder.step(context)?;
        Ok(found.map_or(JobStep::More, |(edit, transfer)| JobStep::Done(done(edit, transfer, self.at, self.is_final))))
    }
}

/// Finds an edit, and keeps it for the next request.
pub(super) struct Finder {
    exploration: Exploration,
    memory: Memory,
    running: Option<(Kept, Loaded)>,
    /// Whether the last step came to its end: what a panic leaves behind is not gone on from.
    is_sound: bool,
}

impl Finder {
    pub(super) const fn new(exploration: Exploration, memory: Memory) -> Self {
        Self { exploration, memory, running: None, is_sound: true }
    }

    fn start(&self) -> Result<(Kept, Loaded), Failure> {
        let exploration = &self.exploration;
        let photo = exploration.photo.as_ref();
        let Some((work, projection)) = photo.and_then(|work| Some((work, work.projection.as_ref()?))) else {
            let headline = "there is nothing to carry the edit onto: open a photo and project it first".to_owned();
            return Err(Failure { key: "error-not-projected", headline, details: String::new() });
        };
        let chosen = exploration.chosen.as_ref().map(|pick| &pick.latent);
        let Some(to) = exploration.slider.to.as_ref().or(chosen) else {
            let headline = "there is no edit to carry over: choose a candidate first".to_owned();
            return Err(Failure { key: "error-no-edit", headline, details: String::new() });
        };
        let loaded = self.memory.manifolds.load(&exploration.model)?.with_noise(exploration.helm.noise)?;
        let edit = edit(exploration, &loaded, (work, projection), to);
        let kept = self.memory.transfer.lock().take().filter(|kept| kept.edit == edit);
        let kept = kept.unwrap_or_else(|| {
            let way = interpolation_of(edit.interpolation);
            let latents = between(&edit.from, &edit.to, FRAMES, way, loaded.manifold.prior());
            Kept { edit, stage: Stage::Drawing { latents, pictures: Vec::new() } }
        });
        Ok((kept, loaded))
    }

    /// Goes on. The edit and the photo at any moment of it, once it is found.
    pub(super) fn step(&mut self, context: &mut Context<'_>) -> Result<Option<(&Edit, &Transfer)>, Failure> {
        if self.running.is_none() {
            self.running = Some(self.start()?);
        }
        let Some((kept, loaded)) = &mut self.running else { return Ok(None) };
        self.is_sound = false;
        match &mut kept.stage {
            Stage::Drawing { latents, pictures } => {
                let done = pictures.len();
                context.progress(Progress { fraction: 0.0, stage: "frames" });
                pictures.extend(draw(
                    loaded.manifold.as_ref(),
                    &latents[done..(done + batch(&*loaded.manifold)).min(latents.len())],
                )?);
                if pictures.len() == latents.len() {
                    let request = request(&kept.edit, pictures);
                    kept.stage = Stage::Matching(Box::new(TransferJob::new(request)?));
                }
            }
            Stage::Matching(job) => match job.step()? {
                Step::More(update) => context.progress(update.progress),
                Step::Done(transfer) => kept.stage = Stage::Ready(transfer),
            },
            Stage::Ready(_) => {}
        }
        self.is_sound = true;
        Ok(match &kept.stage {
            Stage::Ready(transfer) => Some((&kept.edit, transfer)),
            Stage::Drawing { .. } | Stage::Matching(_) => None,
        })
    }
}

impl Job for TransferPhotoJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        if let Some((kept, _)) = self.running.take().filter(|_| self.is_sound) {
            *self.memory.transfer.lock() = Some(kept);
        }
    }
}

fn edit(
    exploration: &Exploration,
    loaded: &Loaded,
    (work, projection): (&PhotoWork, &Arc<Projection>),
    to: &Latent,
) -> Edit {
    Edit {
        model: loaded.key.clone(),
        photo: work.photo.clone(),
        place: work.place,
        kept: Arc::clone(&work.kept),
        strokes: exploration.keeps().cloned().collect(),
        from: projection.latent.clone(),
        to: to.clone(),
        interpolation: exploration.slider.interpolation,
    }
}

fn request(edit: &Edit, pictures: &[Picture]) -> TransferRequest {
    let mut keep = Mask::clone(&edit.kept);
    for stroke in &edit.strokes {
        keep_under(&mut keep, stroke, edit.place);
    }
    TransferRequest {
        frames: pictures.to_vec(),
        photo: edit.photo.frame.clone(),
        place: edit.place,
        keep: (!keep.is_empty()).then_some(keep),
        options: TransferOptions::default(),
    }
}

fn done(edit: &Edit, transfer: &Transfer, at: f32, is_final: bool) -> Done {
    let report = transfer.report();
    let measure = TransferMeasure { residual: report.residual, confidence: report.confidence, motion: report.motion };
    let metadata = &edit.photo.metadata;
    let at = if at.is_finite() { at.clamp(0.0, 1.0) } else { 0.0 };
    let transfer = if is_final {
        let patch = Arc::new(transfer.at(at));
        let (from, to) = (edit.from.clone(), edit.to.clone());
        let transferred = Transferred { patch: Arc::clone(&patch), from, to, at };
        let rect = patch.rect();
        TransferShown { at, shown: shown(&patch, metadata), rect, transferred: Some(Arc::new(transferred)) }
    } else {
        let preview = transfer.preview(at);
        let patch = Arc::new(preview.patch);
        TransferShown { at, shown: shown(&patch, metadata), rect: preview.rect, transferred: None }
    };
    Done::Transferred { transfer, measure }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        let key = match error {
            TransferError::UnsoundPlace | TransferError::PlaceOutside => "error-place",
            TransferError::KeepMismatch { .. } => "error-size-mismatch",
            _ => "error-transfer",
        };
        Self::from_error(key, &error)
    }
}
