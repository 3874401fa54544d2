//! Writing a file so that at every moment either the old or the new one is there, complete.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::PhotoError;

const SUFFIX: &str = ".part";

/// Replaces the file at `path` by `bytes`. On any failure the old file is as it was and nothing else stays behind.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), PhotoError> {
    write_atomic_with(path, |out| out.write_all(bytes))
}

/// As [`write_atomic`] with bytes that `write` produces; its error ends the attempt.
///
/// The bytes go to a new file in the same folder, which is flushed to the disk and then renamed; the folder is flushed
/// too. A link is followed; the permissions of a file that is replaced are kept. A device or pipe is written directly.
pub fn write_atomic_with(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), PhotoError> {
    replace(path, |out| write(out)).map_err(|error: io::Error| PhotoError::from_write(&error, path))
}

/// As [`write_atomic_with`] for a writer that seeks and has errors of its own.
pub(crate) fn replace<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), E>,
) -> Result<(), E> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let old = fs::metadata(&target).ok();
    if let Some(old) = &old {
        if old.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder").into());
        }
        if !old.is_file() {
            let mut device = OpenOptions::new().write(true).open(&target)?;
            let mut out = BufWriter::new(&mut device);
            write(&mut out)?;
            return Ok(out.flush()?);
        }
        if old.permissions().readonly() {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied).into());
        }
    }
    let folder = folder_of(&target);
    let prefix = prefix(&target);
    sweep(&folder, &prefix);
    let mut temporary = new_file_in(&folder, &prefix)?;
    // Tells the next one to sweep that this file is at work. Where locks are unknown, it is short work all the same.
    temporary.as_file().try_lock().ok();
    let mut out = BufWriter::with_capacity(1 << 16, temporary.as_file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    if let Some(old) = old {
        temporary.as_file().set_permissions(old.permissions())?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(&target).map_err(|failed| failed.error)?;
    sync_folder(&folder);
    Ok(())
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new(".")).to_path_buf()
}

fn prefix(path: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_else(|| OsStr::new("pentimento")));
    prefix.push("-");
    prefix
}

/// Removes what earlier runs that were killed while writing the same file left beside it.
fn sweep(folder: &Path, prefix: &OsStr) {
    let Ok(entries) = folder.read_dir() else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.as_encoded_bytes();
        if !name.starts_with(prefix.as_encoded_bytes()) || !name.ends_with(SUFFIX.as_bytes()) {
            continue;
        }
        let is_dead = File::options().write(true).open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_dead {
            // Whether it can be removed or not, the file to be written is what matters.
            fs::remove_file(entry.path()).ok();
        }
    }
}

/// A file that is deleted when dropped, readable by those who may read any new file of this user.
fn new_file_in(folder: &Path, prefix: &OsStr) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(SUFFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Makes the renaming last through a loss of power. The file itself is safe already, so a file system that cannot do
/// this is no error.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Err(error) = File::open(folder).and_then(|folder| folder.sync_all())
    {
        tracing::debug!("the folder {} cannot be flushed: {error}", folder.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_new_file_replaces_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        write_atomic(&path, b"old").unwrap();
        write_atomic(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new", "replaced");
        assert_eq!(names(folder.path()), ["a.bin"], "nothing else stays");
    }

    #[test]
    fn a_failure_halfway_keeps_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bin");
        write_atomic(&path, b"old").unwrap();
        let full = write_atomic_with(&path, |out| {
            out.write_all(&vec![1; 1 << 20])?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().key(), "error-no-space", "said so");
        assert_eq!(fs::read(&path).unwrap(), b"old", "kept");
        assert_eq!(names(folder.path()), ["a.bin"], "nothing else stays");
    }

    #[test]
    fn what_a_killed_run_left_is_swept_up() {
        let folder = tempfile::tempdir().unwrap();
        let (dead, other) = (folder.path().join(".a.bin-killed.part"), folder.path().join(".b.bin-killed.part"));
        fs::write(&dead, b"half").unwrap();
        fs::write(&other, b"half").unwrap();
        write_atomic(&folder.path().join("a.bin"), b"new").unwrap();
        assert!(!dead.exists() && other.exists(), "only what belongs to this file");
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_atomic(&folder.path().join("no/such/a.bin"), b"x").unwrap_err();
        assert_eq!(error.key(), "error-folder-missing", "{error}");
    }

    #[test]
    fn a_folder_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_atomic(folder.path(), b"x").unwrap_err();
        assert_eq!(error.key(), "error-not-written", "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_are_kept() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.bin"), folder.path().join("link"));
        write_atomic(&path, b"old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_atomic(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "still a link");
        assert_eq!(fs::read(&path).unwrap(), b"new", "written through it");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640, "as before");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        assert_eq!(write_atomic(&path, b"x").unwrap_err().key(), "error-no-permission", "protected");
    }
}
