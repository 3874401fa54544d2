//! Files that are either as before or complete, whatever happens while they are written.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use tempfile::Builder;

use super::session_error::SessionFault;

/// Writes a file beside `path`, makes sure that it is on the disk, and renames it to `path`. When `write` or anything
/// else fails, `path` is untouched.
pub(super) fn write_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<(), SessionFault>,
) -> Result<(), SessionFault> {
    // A link stays one: what it points at is replaced.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut temporary = builder().tempfile_in(folder).map_err(SessionFault::Write)?;
    let mut out = BufWriter::with_capacity(1 << 18, temporary.as_file_mut());
    write(&mut out)?;
    out.flush().map_err(SessionFault::Write)?;
    drop(out);
    temporary.as_file().sync_all().map_err(SessionFault::Write)?;
    temporary.persist(path).map_err(|failed| SessionFault::Write(failed.error))?;
    sync_folder(folder).map_err(SessionFault::Write)
}

/// Makes sure that the names in `folder` are on the disk.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".pentimento-").suffix(".part");
    // Without this only the owner could read the file, since it starts as a temporary one.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
}
