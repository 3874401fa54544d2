//! Saving what was explored: the picture that shows, or the photo with what was carried onto it.

use std::path::PathBuf;
use std::sync::Arc;

use super::portrait::View;
use super::studio::Studio;
use crate::document::Document;
use crate::imaging::{FileFormat, Metadata, Patch, Photo};
use crate::ui::app::App;
use crate::ui::commands::Room;
use crate::ui::file_dialog::Purpose;
use crate::ui::intent::file_name;
use crate::ui::naming;
use crate::ui::notifications::Kind;
use crate::worker::{Lane, Request};

/// The lanes that work for this room.
const LANES: [Lane; 7] =
    [Lane::Frames, Lane::Latents, Lane::Drag, Lane::Optimize, Lane::Project, Lane::Transfer, Lane::Survey];

impl App {
    /// Writes the photo with the edit, or the manifold's picture where there is no edited photo.
    pub(in crate::ui) fn save_explored(&mut self, path: PathBuf) {
        let Some(studio) = &self.studio else { return };
        let name = file_name(&path);
        let edited = studio.exploration().photo.as_ref().filter(|photo| photo.result.is_some());
        let source = edited.map_or(FileFormat::Png, |photo| photo.photo.metadata.format);
        let Some(format) = naming::format_for(&path, source) else {
            let words = self.text.get("error-unknown-ending");
            self.notifications.show(Kind::Error, words, path.display().to_string());
            return;
        };
        if edited.is_some() {
            let exploration = studio.exploration().clone();
            self.submit(Request::SavePhoto { exploration, path, format }, name);
        } else if let Some(document) = studio.as_document() {
            self.submit(Request::Save { document, path, format }, name);
        }
    }

    /// Where a dialog of this room starts.
    pub(in crate::ui) fn explore_suggestion(&self, purpose: Purpose) -> Option<PathBuf> {
        let studio = self.studio.as_ref().filter(|_| self.room == Room::Explore)?;
        let folder = self.recent.first().and_then(|file| file.path.parent()).map(PathBuf::from).unwrap_or_default();
        let model = &studio.exploration().model;
        Some(match purpose {
            Purpose::SavePicture => folder.join(format!("{model}.png")),
            Purpose::SaveSession => folder.join(format!("{model}.pentimento")),
            Purpose::Findings => folder.join(format!("{model}-measured.json")),
            Purpose::Frames(_) => match purpose.extensions().first() {
                Some(extension) => folder.join(format!("{model}.{extension}")),
                None => folder.join(format!("{model}-frames")),
            },
            _ => return None,
        })
    }

    /// Closes the exploration; the other room stays as it is.
    pub(in crate::ui) fn close_exploration(&mut self) {
        for lane in LANES {
            self.jobs.cancel(lane);
        }
        self.studio = None;
    }
}

impl Studio {
    /// What shows, as a photo and the edit that lies over it: the photo where the canvas shows that, else the manifold's picture.
    #[must_use]
    pub fn as_shown(&self) -> Option<(Document, Option<Arc<Patch>>)> {
        let photo = self.exploration().photo.as_ref().filter(|_| self.portrait.view != View::Manifold);
        let Some(photo) = photo else { return Some((self.as_document()?, None)) };
        let result = photo.result.as_ref().filter(|_| self.portrait.view == View::Photo);
        let over = result.map(|result| result.patch.clone());
        Some((Document::new(photo.photo.clone()), over))
    }

    /// The picture that shows, as a photo of its own.
    #[must_use]
    pub fn as_document(&self) -> Option<Document> {
        let frame = self.picture()?.clone();
        Some(Document::new(Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) }))
    }
}
