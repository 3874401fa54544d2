//! Files that are either as before or complete, whatever happens while they are written.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use tempfile::Builder;

use super::session_error::SessionFault;

const SUFFIX: &str = ".part";

/// Writes a file beside `path`, makes sure that it is on the disk, and renames it to `path`. When `write` or anything
/// else fails, `path` is untouched.
pub(super) fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), SessionFault>,
) -> Result<(), SessionFault> {
    // A link stays one: what it points at is replaced.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let prefix = prefix(path);
    sweep(folder, &prefix);
    let mut temporary = builder().prefix(&prefix).suffix(SUFFIX).tempfile_in(folder).map_err(SessionFault::Write)?;
    // Tells the next one to sweep that this file is at work. Where locks are unknown, it is short work all the same.
    temporary.as_file().try_lock().ok();
    let mut out = BufWriter::with_capacity(1 << 18, temporary.as_file_mut());
    write(&mut out)?;
    out.flush().map_err(SessionFault::Write)?;
    drop(out);
    temporary.as_file().sync_all().map_err(SessionFault::Write)?;
    temporary.persist(path).map_err(|failed| SessionFault::Write(failed.error))?;
    sync_folder(folder).map_err(SessionFault::Write)
}

fn prefix(path: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_else(|| OsStr::new("session")));
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
            std::fs::remove_file(entry.path()).ok();
        }
    }
}

/// Makes sure that the names in `folder` are on the disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
fn builder() -> Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt as _;
    // Without this only the owner could read the file, since it starts as a temporary one. The umask still applies.
    let mut builder = Builder::new();
    builder.permissions(std::fs::Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn builder() -> Builder<'static, 'static> {
    Builder::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_leaves_the_old_file_and_success_sweeps_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let write =
            |text: &'static [u8]| write_atomically(&path, |out| out.write_all(text).map_err(SessionFault::Write));
        write(b"old").unwrap();
        let failed = write_atomically(&path, |out| {
            out.write_all(b"new").map_err(SessionFault::Write)?;
            Err(SessionFault::NotSession)
        });
        assert!(failed.is_err(), "told");
        assert_eq!(std::fs::read(&path).unwrap(), b"old", "as before");
        let dead = folder.path().join(".a-killed.part");
        let other = folder.path().join(".b-killed.part");
        std::fs::write(&dead, b"half").unwrap();
        std::fs::write(&other, b"half").unwrap();
        write(b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new", "replaced");
        assert!(!dead.exists() && other.exists(), "only what belongs to this file is swept up");
    }
}
