//! Lessons and the gallery: following, scoring, and the one place that opens the gallery's database.
//!
//! The database is open only while a request runs, so that commands can use it while the window is open.

mod export;
mod follow;
mod gallery;
mod hang_up;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::schooling::{DrawingId, SchoolRequest};
use super::super::{Failure, Job};
use super::Shared;
use crate::imaging::Frame;
use crate::imaging::io::Limits;
use crate::library::gallery::{Gallery, GalleryError};

/// What jobs of the school share.
#[derive(Clone, Default)]
pub(super) struct Desk {
    /// Where the gallery is; `None` where there is none.
    folder: Option<PathBuf>,
    /// Small pictures of drawings that hang: no number is ever used twice.
    small: Shared<BTreeMap<DrawingId, Small>>,
}

/// A drawing and its picture, small.
#[derive(Clone)]
struct Small {
    sketch: Frame,
    picture: Option<Frame>,
}

impl Desk {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, small: Shared::default() }
    }

    /// The job that answers `asked`.
    pub(super) fn job(&self, asked: SchoolRequest, limits: Limits) -> Box<dyn Job> {
        let desk = self.clone();
        match asked {
            SchoolRequest::Follow { practice, sketch } => Box::new(follow::FollowJob::new(practice, sketch)),
            SchoolRequest::Score { lesson, sketch } => Box::new(follow::ScoreJob::new(lesson, sketch)),
            SchoolRequest::Gallery { act, shelf } => Box::new(gallery::GalleryJob::new(act, shelf, desk)),
            SchoolRequest::ExportGallery { path } => Box::new(export::ExportJob::new(path, desk)),
            SchoolRequest::Fetch { drawing } => Box::new(export::FetchJob::new(drawing, limits, desk)),
        }
    }

    /// Opens the gallery.
    fn open(&self) -> Result<Gallery, Failure> {
        let Some(folder) = &self.folder else {
            let headline = "the system names no folder of the user's own, so there is no gallery".to_owned();
            return Err(Failure { key: "error-no-gallery", headline, details: String::new() });
        };
        Ok(Gallery::open(folder)?)
    }
}

impl From<GalleryError> for Failure {
    fn from(error: GalleryError) -> Self {
        Self::from_error(error.key(), &error)
    }
}

/// What is said of a lesson that does not exist.
fn no_lesson(name: &str) -> Failure {
    let headline = format!("there is no lesson \"{name}\"");
    Failure { key: "error-unknown-lesson", headline, details: String::new() }
}
