//! The jobs behind the requests, one file a kind, and what they share.
//!
//! Only here documents are translated for the engines and back.

mod autosave;
mod clipboard;
mod erase;
mod explore;
mod failure;
mod import_model;
mod interpolate;
mod marks;
mod mask_file;
mod measure;
mod networks;
mod open;
mod origin;
mod save;
mod school;
mod select;
mod session;
mod sketch;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(super) use autosave::Keeper;
use clipboard::{Clipboard, CopyJob};

use super::{Context, Failure, Job, JobStep, Manifolds, Request, ShownPatch};
use crate::control::{CancelToken, Progress};
use crate::erase::Networks;
use crate::imaging::io::Limits;
use crate::imaging::{DisplayPyramid, Metadata, Patch};
use crate::sketch::Themes;

/// What jobs need beside their requests. Shared by all jobs, of which only one steps at a time.
#[derive(Clone)]
pub(super) struct Environment {
    limits: Limits,
    keeper: Shared<Keeper>,
    clipboard: Shared<Clipboard>,
    networks: Networks,
    memory: explore::Memory,
    easel: sketch::Easel,
    desk: school::Desk,
}

/// What was there before the worker was started: networks, and the folder of the gallery.
pub(super) struct Stock {
    pub(super) networks: Networks,
    pub(super) manifolds: Manifolds,
    pub(super) themes: Themes,
    pub(super) gallery: Option<PathBuf>,
}

impl Environment {
    pub(super) fn new(limits: Limits, keeper: Shared<Keeper>, stock: Stock) -> Self {
        let Stock { networks, manifolds, themes, gallery } = stock;
        let (memory, easel) = (explore::Memory::new(manifolds), sketch::Easel::new(themes));
        let desk = school::Desk::new(gallery);
        Self { limits, keeper, clipboard: Shared::default(), networks, memory, easel, desk }
    }

    /// The job that answers `request`.
    pub(super) fn job(&self, request: Request, token: &CancelToken) -> Box<dyn Job> {
        let memory = || self.memory.clone();
        match request {
            Request::Open { path } => Box::new(open::OpenJob::file(path, self.limits)),
            Request::OpenBytes { bytes } => Box::new(open::OpenJob::bytes(bytes, self.limits)),
            Request::Paste => Box::new(open::OpenJob::clipboard(self.clipboard.clone(), self.limits)),
            Request::Recover => Box::new(open::OpenJob::journal(self.keeper.clone(), self.limits)),
            Request::DiscardRecovery => Box::new(autosave::DiscardJob::new(self.keeper.clone())),
            Request::Erase { document, target, recipe, seeds } => {
                let networks = self.networks.clone();
                Box::new(erase::EraseDocumentJob::new(document, target, recipe, seeds, networks, token.clone()))
            }
            Request::Interpolate { document, id, between } => {
                let networks = self.networks.clone();
                Box::new(interpolate::InterpolateJob::new(document, id, between, networks, token.clone()))
            }
            Request::ListNetworks => Box::new(networks::ListJob::new(self.networks.clone())),
            Request::SelectObject { document, rough, is_loop } => {
                Box::new(select::SelectJob::new(document, rough, is_loop, token.clone()))
            }
            Request::ChangeMarks { holes, change } => Box::new(marks::MarksJob::new(holes, change)),
            Request::Measure { document, with_difference } => {
                Box::new(measure::MeasureJob::new(document, with_difference))
            }
            Request::Save { document, path, format } => Box::new(save::SaveJob::new(document, path, format)),
            Request::SaveSession { contents, path } => Box::new(session::SessionJob::new(contents, path)),
            Request::ExportMask { document, path } => Box::new(mask_file::ExportJob::new(document, path)),
            Request::ImportMask { document, path } => {
                Box::new(mask_file::ImportJob::new(document.photo.frame.size(), path, self.limits))
            }
            Request::Copy { document, over } => Box::new(CopyJob::new(document, over, self.clipboard.clone())),
            Request::Autosave { contents } => Box::new(autosave::AutosaveJob::new(contents, self.keeper.clone())),
            Request::SavePhoto { exploration, path, format } => {
                Box::new(save::SaveJob::of_exploration(exploration, path, format))
            }
            Request::Explore { exploration, is_warm } => {
                Box::new(explore::SearchStrokesJob::new(exploration, is_warm, memory()))
            }
            Request::DrawFrames { model, way, count, focus, noise } => {
                let asked = explore::FramesAsked { model, way, count, focus, noise };
                Box::new(explore::FramesRequestJob::new(asked, memory()))
            }
            Request::DrawLatents { model, latents, noise } => {
                Box::new(explore::LatentsJob::new(model, latents, noise, memory()))
            }
            Request::Steer { model, steering, noise } => {
                Box::new(explore::SteerJob::new(model, steering, noise, memory()))
            }
            Request::MixSheet(asked) => Box::new(explore::MixJob::new(asked, memory())),
            Request::Directions { model, asked } => Box::new(explore::DirectionsJob::new(model, asked, memory())),
            Request::MapVisited { visited } => Box::new(explore::MapJob::new(visited, memory())),
            Request::Project { model, photo, place, method, seed, styles, noise } => {
                let asked = explore::Asked { model, photo, place, method, seed, styles, noise };
                Box::new(explore::ProjectPhotoJob::new(asked, memory()))
            }
            Request::Drag { exploration, latent, how } => {
                Box::new(explore::DragPointsJob::new(exploration, latent, how, memory()))
            }
            Request::Survey { model, what, trunk } => Box::new(explore::SurveyJob::new(model, what, trunk, memory())),
            Request::SaveFindings { model, findings, path } => {
                Box::new(explore::FindingsJob::new(model, findings, path))
            }
            Request::Transfer { exploration, at, is_final } => {
                Box::new(explore::TransferPhotoJob::new(exploration, at, is_final, memory()))
            }
            Request::ExportFrames(asked) => Box::new(explore::ExportJob::new(asked, memory())),
            Request::ExportMorph(asked) => Box::new(explore::ExportMorphJob::new(asked, memory())),
            Request::ImportModel { path } => {
                Box::new(import_model::ImportModelJob::new(path, self.memory.manifolds.clone()))
            }
            Request::ListModels => Box::new(explore::ModelsJob::new(memory())),
            Request::Sketch(asked) => self.easel.job(asked, self.limits),
            Request::School(asked) => self.desk.job(asked, self.limits),
        }
    }
}

/// A value that jobs hand on to each other. The lock is never contended but at the end of the program.
#[derive(Debug, Default)]
pub(super) struct Shared<T>(Arc<Mutex<T>>);

impl<T> Shared<T> {
    pub(super) fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(value)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` when a job holds it.
    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.0.try_lock().ok()
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// `patch` with its picture for the screen.
fn shown(patch: &Arc<Patch>, metadata: &Metadata) -> ShownPatch {
    let display = Arc::new(DisplayPyramid::of_patch(patch, metadata));
    ShownPatch { patch: Arc::clone(patch), display }
}

/// Tells that `stage` begins when `fraction` is done.
fn stage(context: &mut Context<'_>, stage: &'static str, fraction: f32) {
    context.progress(Progress { fraction, stage });
}

/// A step that ends the job with what `result` says.
fn last(result: Result<super::Done, Failure>) -> JobStep {
    match result {
        Ok(done) => JobStep::Done(done),
        Err(failure) => JobStep::Failed(failure),
    }
}

/// A step's result, when `?` is wanted in it.
fn step_of(result: Result<JobStep, Failure>) -> JobStep {
    result.unwrap_or_else(JobStep::Failed)
}
