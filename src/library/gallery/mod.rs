//! Who draws, what they drew, what others said about it and how far they are: in an embedded database of its own.
//!
//! Each change is one transaction, and is on the disk when its call returns; a kill at any moment loses nothing that was
//! returned. Nothing here asks a clock: moments are seconds since 1970, given by the caller.

mod entry;
mod error;
mod export;
mod ranking;
mod reactions;
mod records;
mod store;

pub use entry::{Drawing, DrawingFiles, DrawingId, NewDrawing, Profile, ProfileId};
pub use error::GalleryError;
pub use export::Exported;
pub use ranking::{AWARDS, Award, PLACES, Ranked};
pub use reactions::{Reacted, Reaction};
pub use records::{Record, Recorded};

use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase as _, ReadableTable as _};

use store::{DRAWINGS, PICTURES, PROFILES, REACTIONS, RECORDS, SKETCHES, STROKES, decoded, encoded, next_id};

/// The most letters of a name.
pub const MAX_NAME: usize = 40;
/// The most profiles.
pub const MAX_PROFILES: usize = 1000;

const FILE_NAME: &str = "gallery.redb";

/// The open gallery.
#[derive(Debug)]
pub struct Gallery {
    database: Database,
    path: PathBuf,
}

impl Gallery {
    /// Opens or creates the gallery in `folder`, which is created if need be.
    ///
    /// # Errors
    /// One sentence when another instance has it open, it is damaged (it is left as it is), or the system refuses.
    pub fn open(folder: &Path) -> Result<Self, GalleryError> {
        let path = folder.join(FILE_NAME);
        std::fs::create_dir_all(folder)
            .map_err(|error| GalleryError::Unwritable { path: path.clone(), reason: error.to_string() })?;
        let database = store::open(&path)?;
        Ok(Self { database, path })
    }

    /// The database's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Everyone, in the order in which they came.
    ///
    /// # Errors
    /// One sentence when the gallery cannot be read.
    pub fn profiles(&self) -> Result<Vec<Profile>, GalleryError> {
        self.read(|read| read.open_table(PROFILES)?.iter()?.map(|row| decoded(row?.1.value())).collect())
    }

    /// Adds somebody. Spaces around the name do not count.
    ///
    /// # Errors
    /// One sentence when the name is empty, longer than [`MAX_NAME`] letters or taken, when there are too many, or when the
    /// gallery cannot be written.
    pub fn add_profile(&self, name: &str, now_secs: u64) -> Result<ProfileId, GalleryError> {
        let name = checked_name(name)?;
        let known = self.profiles()?;
        if known.iter().any(|profile| profile.name.to_lowercase() == name.to_lowercase()) {
            return Err(GalleryError::NameTaken { name });
        }
        if known.len() >= MAX_PROFILES {
            return Err(GalleryError::TooManyProfiles);
        }
        self.write(|write| {
            let id = next_id(write, "profiles")?;
            let profile = Profile { id: ProfileId(id), name, points: 0, made_secs: now_secs };
            write.open_table(PROFILES)?.insert(id, encoded(&profile)?.as_slice())?;
            Ok(profile.id)
        })
    }

    /// The one of this name, added if need be.
    ///
    /// # Errors
    /// As [`Gallery::add_profile`].
    pub fn profile_named(&self, name: &str, now_secs: u64) -> Result<ProfileId, GalleryError> {
        let wanted = checked_name(name)?.to_lowercase();
        let known = self.profiles()?.into_iter().find(|profile| profile.name.to_lowercase() == wanted);
        known.map_or_else(|| self.add_profile(name, now_secs), |profile| Ok(profile.id))
    }

    /// Gives somebody another name. Spaces around it do not count.
    ///
    /// # Errors
    /// One sentence when there is no such profile, the name is empty, longer than [`MAX_NAME`] letters or somebody else's, or
    /// when the gallery cannot be written.
    pub fn rename_profile(&self, profile: ProfileId, name: &str) -> Result<(), GalleryError> {
        let name = checked_name(name)?;
        let mut known = self.profiles()?;
        if known.iter().any(|other| other.id != profile && other.name.to_lowercase() == name.to_lowercase()) {
            return Err(GalleryError::NameTaken { name });
        }
        let own = known.iter_mut().find(|known| known.id == profile);
        let own = own.ok_or(GalleryError::NoSuchProfile { id: profile })?;
        own.name = name;
        self.write(|write| {
            write.open_table(PROFILES)?.insert(profile.0, encoded(own)?.as_slice())?;
            Ok(())
        })
    }

    /// Removes somebody with their drawings, records and reactions.
    ///
    /// # Errors
    /// One sentence when there is no such profile or the gallery cannot be written.
    pub fn remove_profile(&self, profile: ProfileId) -> Result<(), GalleryError> {
        let theirs = self.drawings()?.into_iter().filter(|drawing| drawing.profile == profile);
        let theirs: Vec<DrawingId> = theirs.map(|drawing| drawing.id).collect();
        self.write(|write| {
            if write.open_table(PROFILES)?.remove(profile.0)?.is_none() {
                return Err(GalleryError::NoSuchProfile { id: profile });
            }
            for drawing in theirs {
                remove_drawing(write, drawing)?;
            }
            write.open_table(REACTIONS)?.retain(|(_, viewer), _| viewer != profile.0)?;
            write.open_table(RECORDS)?.retain(|(owner, _), _| owner != profile.0)?;
            Ok(())
        })
    }

    /// Hangs up a drawing.
    ///
    /// # Errors
    /// One sentence when its profile does not exist, a file is too large, a stroke is not sound, or the gallery cannot be
    /// written.
    pub fn add_drawing(&self, new: NewDrawing) -> Result<DrawingId, GalleryError> {
        new.files.check()?;
        self.write(|write| {
            if write.open_table(PROFILES)?.get(new.profile.0)?.is_none() {
                return Err(GalleryError::NoSuchProfile { id: new.profile });
            }
            let id = next_id(write, "drawings")?;
            let DrawingFiles { strokes, sketch_png, picture_png } = new.files;
            let drawing = Drawing {
                id: DrawingId(id),
                profile: new.profile,
                theme: new.theme,
                lesson: new.lesson,
                stars: new.stars,
                made_secs: new.made_secs,
            };
            write.open_table(DRAWINGS)?.insert(id, encoded(&drawing)?.as_slice())?;
            write.open_table(STROKES)?.insert(id, encoded(&strokes)?.as_slice())?;
            write.open_table(SKETCHES)?.insert(id, sketch_png.as_slice())?;
            if let Some(png) = picture_png {
                write.open_table(PICTURES)?.insert(id, png.as_slice())?;
            }
            Ok(drawing.id)
        })
    }

    /// All drawings, the newest last, without their files.
    ///
    /// # Errors
    /// One sentence when the gallery cannot be read.
    pub fn drawings(&self) -> Result<Vec<Drawing>, GalleryError> {
        self.read(|read| read.open_table(DRAWINGS)?.iter()?.map(|row| decoded(row?.1.value())).collect())
    }

    /// What belongs to a drawing.
    ///
    /// # Errors
    /// One sentence when there is no such drawing or the gallery cannot be read.
    pub fn files(&self, drawing: DrawingId) -> Result<DrawingFiles, GalleryError> {
        let gone = || GalleryError::NoSuchDrawing { id: drawing };
        self.read(|read| {
            let strokes = read.open_table(STROKES)?.get(drawing.0)?.ok_or_else(gone)?;
            let sketch = read.open_table(SKETCHES)?.get(drawing.0)?.ok_or_else(gone)?;
            let picture = read.open_table(PICTURES)?.get(drawing.0)?;
            Ok(DrawingFiles {
                strokes: decoded(strokes.value())?,
                sketch_png: sketch.value().to_vec(),
                picture_png: picture.map(|png| png.value().to_vec()),
            })
        })
    }

    /// Takes a drawing down, with the reactions to it. Records stay.
    ///
    /// # Errors
    /// One sentence when there is no such drawing or the gallery cannot be written.
    pub fn delete(&self, drawing: DrawingId) -> Result<(), GalleryError> {
        self.write(|write| remove_drawing(write, drawing))
    }

    /// Empties the gallery: everyone and everything.
    ///
    /// # Errors
    /// One sentence when the gallery cannot be written.
    pub fn delete_all(&self) -> Result<(), GalleryError> {
        self.write(store::empty)
    }

    fn read<T>(&self, job: impl FnOnce(&redb::ReadTransaction) -> Result<T, GalleryError>) -> Result<T, GalleryError> {
        let transaction = self.database.begin_read()?;
        job(&transaction).map_err(|error| error.at(&self.path))
    }

    /// One transaction: all of `job` or nothing of it. It is on the disk when this returns.
    fn write<T>(
        &self,
        job: impl FnOnce(&redb::WriteTransaction) -> Result<T, GalleryError>,
    ) -> Result<T, GalleryError> {
        let transaction = self.database.begin_write()?;
        let result = job(&transaction).map_err(|error| error.at(&self.path))?;
        transaction.commit().map_err(|error| GalleryError::from(error).at(&self.path))?;
        Ok(result)
    }
}

fn remove_drawing(write: &redb::WriteTransaction, drawing: DrawingId) -> Result<(), GalleryError> {
    if write.open_table(DRAWINGS)?.remove(drawing.0)?.is_none() {
        return Err(GalleryError::NoSuchDrawing { id: drawing });
    }
    write.open_table(STROKES)?.remove(drawing.0)?;
    for files in [SKETCHES, PICTURES] {
        write.open_table(files)?.remove(drawing.0)?;
    }
    let mut reactions = write.open_table(REACTIONS)?;
    reactions.retain_in((drawing.0, 0)..=(drawing.0, u64::MAX), |_, _| false)?;
    Ok(())
}

fn checked_name(name: &str) -> Result<String, GalleryError> {
    let name = name.trim();
    let is_plain = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if is_plain { Ok(name.to_owned()) } else { Err(GalleryError::BadName) }
}

#[cfg(test)]
mod tests;
