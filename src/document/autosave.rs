//! Whose journal is whose: every run of the program keeps its own folder under a common root, and holds a lock in it.
//!
//! The system drops the lock however a run ends, so a journal without one was left behind by a run that had no time to
//! say goodbye. Two runs at once do not see each other's journals.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Contents;
use super::journal::{FILE_NAME, Journal};
use super::recovery::recover;
use super::session_error::{SessionError, SessionFault, SessionLimits};

const LOCK_NAME: &str = "lock";
const RUN_PREFIX: &str = "run-";

/// The autosave of this run.
#[derive(Debug)]
pub struct Autosave {
    journal: Journal,
    claim: Claim,
}

/// The journal of a run that ended without saying goodbye. As long as this is held, no other run sees it; when it is
/// dropped without [`Leftover::discard`], the next run finds it again.
#[derive(Debug)]
pub struct Leftover {
    claim: Claim,
    modified: Option<SystemTime>,
}

impl Autosave {
    /// Makes a folder for this run under `root` and finds those that were left behind, the newest first.
    pub fn open(root: &Path) -> Result<(Self, Vec<Leftover>), SessionError> {
        let failed = |error| SessionFault::Write(error).at(root);
        std::fs::create_dir_all(root).map_err(failed)?;
        // Held until the own lock is, so that no other run takes the new folder for one left behind.
        let door = lock_file(&root.join(LOCK_NAME)).map_err(failed)?;
        door.lock().map_err(failed)?;
        let leftovers = leftovers(root).map_err(|error| SessionFault::Read(error).at(root))?;
        let folder = tempfile::Builder::new().prefix(RUN_PREFIX).tempdir_in(root).map_err(failed)?.keep();
        let claim = Claim::take(folder).map_err(failed)?;
        let claim = claim.ok_or_else(|| failed(io::Error::other("the new folder is locked already")))?;
        let journal = Journal::create(&claim.folder)?;
        Ok((Self { journal, claim }, leftovers))
    }

    /// Appends a snapshot of `contents`; it is on the disk when this returns.
    pub fn append(&mut self, contents: &Contents) -> Result<(), SessionError> {
        self.journal.append(contents)
    }

    /// Throws away what was written: the session was saved or closed, and there is nothing to recover any more.
    pub fn discard(&mut self) -> Result<(), SessionError> {
        self.journal.discard()
    }

    /// Says goodbye: nothing of this run is left. Dropping without this leaves the journal to the next run.
    pub fn close(self) -> Result<(), SessionError> {
        drop(self.journal);
        self.claim.remove()
    }
}

impl Leftover {
    /// The newest complete snapshot. `None` when there is none.
    pub fn recover(&self, limits: &SessionLimits) -> Result<Option<Contents>, SessionError> {
        recover(&self.claim.folder, limits)
    }

    /// When it was written last.
    #[must_use]
    pub const fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// The folder it lies in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.claim.folder
    }

    /// Removes it. Do so once what was recovered is saved or in this run's own journal.
    pub fn discard(self) -> Result<(), SessionError> {
        self.claim.remove()
    }
}

/// A run's folder, locked.
#[derive(Debug)]
struct Claim {
    folder: PathBuf,
    lock: File,
}

impl Claim {
    /// `None` when another process, or another part of this one, holds the folder.
    fn take(folder: PathBuf) -> io::Result<Option<Self>> {
        let lock = lock_file(&folder.join(LOCK_NAME))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Self { folder, lock })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn remove(self) -> Result<(), SessionError> {
        let Self { folder, lock } = self;
        // The journal goes first: should the rest fail, an empty folder is swept away by the next run.
        let removed = remove_if_there(&folder.join(FILE_NAME));
        drop(lock);
        removed.and_then(|()| std::fs::remove_dir_all(&folder)).map_err(|error| SessionFault::Write(error).at(&folder))
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn leftovers(root: &Path) -> io::Result<Vec<Leftover>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let folder = entry?.path();
        let is_run = folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(RUN_PREFIX));
        if !is_run || !folder.is_dir() {
            continue;
        }
        // A folder of another user or on a failing disk is no reason to go without autosave.
        let Ok(Some(claim)) = Claim::take(folder) else { continue };
        match std::fs::metadata(claim.folder.join(FILE_NAME)) {
            Ok(metadata) => found.push(Leftover { claim, modified: metadata.modified().ok() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // It ended before its first autosave: there is nothing to recover, and if it stays, the next run tries.
                claim.remove().ok();
            }
            Err(_) => {}
        }
    }
    found.sort_by_key(|leftover| std::cmp::Reverse(leftover.modified));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Photo, PixelRect, Samples, Size};

    fn document() -> crate::document::Document {
        let size = Size::new(40, 30);
        let frame = Frame::new(size, ColorModel::Gray, Samples::U8(vec![50; size.area()])).unwrap();
        crate::document::Document::new(Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) })
    }

    fn paint(document: &mut crate::document::Document, x: i32) {
        let holes = Arc::make_mut(&mut document.holes);
        holes.write(PixelRect::new(x % 40, x / 40, x % 40 + 1, x / 40 + 1), |_, _, _| 255);
    }

    #[test]
    fn a_journal_left_behind_is_found_once_and_living_ones_never() {
        let root = tempfile::tempdir().unwrap();
        let limits = SessionLimits::default();
        let mut document = document();
        let (mut first, none) = Autosave::open(root.path()).unwrap();
        assert!(none.is_empty(), "nothing yet");
        for x in 0..3 {
            paint(&mut document, x);
            first.append(&document.clone().into()).unwrap();
        }
        let (second, none) = Autosave::open(root.path()).unwrap();
        assert!(none.is_empty(), "the first run lives");
        drop(first);
        let (third, found) = Autosave::open(root.path()).unwrap();
        assert_eq!(found.len(), 1, "now it does not");
        assert_eq!(
            found[0].recover(&limits).unwrap().and_then(|found| found.document),
            Some(document),
            "all of it is there"
        );
        assert!(Autosave::open(root.path()).unwrap().1.is_empty(), "nobody else sees it meanwhile");
        for leftover in found {
            leftover.discard().unwrap();
        }
        second.close().unwrap();
        third.close().unwrap();
        let (last, none) = Autosave::open(root.path()).unwrap();
        assert!(none.is_empty(), "those that said goodbye left nothing");
        last.close().unwrap();
        let names: Vec<_> = root.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [LOCK_NAME], "not even folders");
    }

    #[test]
    fn a_journal_stays_small_and_survives_a_torn_tail() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, mut document) = (Journal::create(folder.path()).unwrap(), document());
        let path = folder.path().join(FILE_NAME);
        let mut largest = 0;
        for x in 0..100 {
            paint(&mut document, x);
            journal.append(&document.clone().into()).unwrap();
            largest = largest.max(path.metadata().unwrap().len());
        }
        assert!(largest < 2 << 20, "written anew when mostly dead: {largest}");
        let undone = recover(folder.path(), &SessionLimits::default()).unwrap();
        assert_eq!(undone, Some(document.clone().into()), "the newest");
        let whole = path.metadata().unwrap().len();
        paint(&mut document, 100);
        journal.append(&document.clone().into()).unwrap();
        let after = path.metadata().unwrap().len();
        assert!(after > whole && after - whole < 70_000, "only the new tile was added: {}", after - whole);
        OpenOptions::new().write(true).open(&path).unwrap().set_len(after - 1).unwrap();
        assert_eq!(recover(folder.path(), &SessionLimits::default()).unwrap(), undone, "the one before");
    }

    #[test]
    fn a_failed_append_is_made_good_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, mut document) = (Journal::create(folder.path()).unwrap(), document());
        journal.append(&document.clone().into()).unwrap();
        let next_id = std::mem::replace(&mut document.next_id, 0);
        document.erasures.push(Arc::new(crate::document::Erasure {
            id: crate::document::ErasureId(0),
            holes: Arc::clone(&document.holes),
            sample_from: None,
            sample_never: None,
            recipe: Default::default(),
            candidates: Vec::new(),
            chosen: 0,
            is_visible: true,
            opacity: 1.0,
        }));
        assert_eq!(
            journal.append(&document.clone().into()).unwrap_err().key(),
            "error-session-broken",
            "an impossible document"
        );
        document.next_id = next_id;
        document.erasures.clear();
        paint(&mut document, 7);
        journal.append(&document.clone().into()).unwrap();
        let found = recover(folder.path(), &SessionLimits::default()).unwrap();
        assert_eq!(found, Some(document.into()), "the good one");
        journal.discard().unwrap();
        assert_eq!(recover(folder.path(), &SessionLimits::default()).unwrap(), None, "nothing left");
    }
}
