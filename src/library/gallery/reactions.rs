//! What viewers say about drawings: one word each, which they may change.

use redb::ReadableTable as _;
use serde::{Deserialize, Serialize};

use super::store::{DRAWINGS, PROFILES, REACTIONS, decoded, encoded};
use super::{DrawingId, Gallery, GalleryError, ProfileId};

/// What somebody says about a drawing.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// It makes one smile.
    Smile,
    /// It is astonishing.
    Wow,
    /// It moves one to tears.
    Cry,
}

/// A reaction, by whom and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reacted {
    /// To what.
    pub drawing: DrawingId,
    /// By whom.
    pub viewer: ProfileId,
    /// What they say now.
    pub reaction: Reaction,
    /// When they first said anything, in seconds since 1970. Changing one's mind does not make it newer, so that nobody lifts a
    /// drawing into another week's ranking.
    pub since_secs: u64,
}

impl Gallery {
    /// Says something about a drawing, instead of what the viewer said before.
    ///
    /// # Errors
    /// One sentence when there is no such drawing or viewer, or the gallery cannot be written.
    pub fn react(
        &self,
        drawing: DrawingId,
        viewer: ProfileId,
        reaction: Reaction,
        now_secs: u64,
    ) -> Result<Reacted, GalleryError> {
        self.write(|write| {
            if write.open_table(DRAWINGS)?.get(drawing.0)?.is_none() {
                return Err(GalleryError::NoSuchDrawing { id: drawing });
            }
            if write.open_table(PROFILES)?.get(viewer.0)?.is_none() {
                return Err(GalleryError::NoSuchProfile { id: viewer });
            }
            let mut table = write.open_table(REACTIONS)?;
            let key = (drawing.0, viewer.0);
            let before: Option<Reacted> = table.get(key)?.map(|bytes| decoded(bytes.value())).transpose()?;
            let since_secs = before.map_or(now_secs, |before| before.since_secs);
            let reacted = Reacted { drawing, viewer, reaction, since_secs };
            table.insert(key, encoded(&reacted)?.as_slice())?;
            Ok(reacted)
        })
    }

    /// Takes back what a viewer said; nothing when they said nothing.
    ///
    /// # Errors
    /// One sentence when the gallery cannot be written.
    pub fn unreact(&self, drawing: DrawingId, viewer: ProfileId) -> Result<(), GalleryError> {
        self.write(|write| {
            write.open_table(REACTIONS)?.remove((drawing.0, viewer.0))?;
            Ok(())
        })
    }

    /// All reactions, drawing by drawing.
    ///
    /// # Errors
    /// One sentence when the gallery cannot be read.
    pub fn reactions(&self) -> Result<Vec<Reacted>, GalleryError> {
        self.read(|read| read.open_table(REACTIONS)?.iter()?.map(|row| decoded(row?.1.value())).collect())
    }
}
