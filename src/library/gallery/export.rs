//! A gallery as plain files: one JSON document and the PNG files, in a folder or a zip archive.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Drawing, DrawingFiles, Gallery, GalleryError, Profile, Reacted, Record};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The folder or archive.
    pub path: PathBuf,
    /// How many drawings it holds.
    pub drawings: usize,
    /// How many files it holds.
    pub files: usize,
}

#[derive(Serialize)]
struct Contents {
    version: u32,
    profiles: Vec<Profile>,
    records: Vec<Record>,
    reactions: Vec<Reacted>,
    drawings: Vec<Drawing>,
}

impl Gallery {
    /// Writes everything to `to`: an archive when its name ends in `.zip`, else a folder, which must be new or empty. Nothing is
    /// left behind when it fails.
    ///
    /// # Errors
    /// One sentence when `to` is in use, or something cannot be read or written.
    pub fn export(&self, to: &Path) -> Result<Exported, GalleryError> {
        let refused = |error: io::Error| GalleryError::Unwritable { path: to.to_owned(), reason: error.to_string() };
        let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        let is_zip = to.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
        let is_free = if is_zip { !to.exists() } else { !to.exists() || is_empty_folder(to) };
        if !is_free {
            return Err(GalleryError::Exists { path: to.to_owned() });
        }
        fs::create_dir_all(parent).map_err(refused)?;
        if is_zip {
            let mut file = tempfile::NamedTempFile::new_in(parent).map_err(refused)?;
            let exported = {
                let mut archive = Archive(zip::ZipWriter::new(file.as_file_mut()));
                let exported = self.write_into(&mut archive, to)?;
                archive.0.finish().map_err(|error| refused(error.into()))?;
                exported
            };
            file.as_file().sync_all().map_err(refused)?;
            file.persist_noclobber(to).map_err(|error| refused(error.error))?;
            return Ok(exported);
        }
        let folder = tempfile::tempdir_in(parent).map_err(refused)?;
        let exported = self.write_into(&mut Folder(folder.path()), to)?;
        if to.exists() {
            fs::remove_dir(to).map_err(refused)?;
        }
        readable_by_all(folder.path()).map_err(refused)?;
        fs::rename(folder.path(), to).map_err(refused)?;
        // It has another name now, under which it stays.
        drop(folder.keep());
        Ok(exported)
    }

    fn write_into(&self, target: &mut dyn Target, to: &Path) -> Result<Exported, GalleryError> {
        let refused = |error: io::Error| GalleryError::Unwritable { path: to.to_owned(), reason: error.to_string() };
        let contents = Contents {
            version: 1,
            profiles: self.profiles()?,
            records: self.records()?,
            reactions: self.reactions()?,
            drawings: self.drawings()?,
        };
        let json = |value: serde_json::Result<Vec<u8>>| value.map_err(|error| refused(error.into()));
        target.add("gallery.json", &json(serde_json::to_vec_pretty(&contents))?).map_err(refused)?;
        let mut files = 1;
        for drawing in &contents.drawings {
            let DrawingFiles { strokes, sketch_png, picture_png } = self.files(drawing.id)?;
            let name = format!("{:04}", drawing.id.0);
            target.add(&format!("{name}-strokes.json"), &json(serde_json::to_vec(&strokes))?).map_err(refused)?;
            target.add(&format!("{name}-drawing.png"), &sketch_png).map_err(refused)?;
            files += 2;
            if let Some(png) = picture_png {
                target.add(&format!("{name}-picture.png"), &png).map_err(refused)?;
                files += 1;
            }
        }
        Ok(Exported { path: to.to_owned(), drawings: contents.drawings.len(), files })
    }
}

fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Temporary folders are for their owner only; an export is an ordinary folder.
fn readable_by_all(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _: &Path = folder;
    Ok(())
}

/// Where files of an export go.
trait Target {
    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;
}

struct Folder<'a>(&'a Path);

impl Target for Folder<'_> {
    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::write(self.0.join(name), bytes)
    }
}

struct Archive<'a>(zip::ZipWriter<&'a mut fs::File>);

impl Target for Archive<'_> {
    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.start_file(name, zip::write::SimpleFileOptions::default())?;
        self.0.write_all(bytes)
    }
}
