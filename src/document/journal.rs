//! The autosave journal: a file that only grows, to which every autosave appends what is new.
//!
//! Large parts are written once, when they are first seen; an autosave then costs one small snapshot record and
//! whatever the last edits made. A record is a fixed header (kind, number, length, two checksums) and its payload, so a
//! torn tail is recognized and ignored. `recovery` reads it; `autosave` knows whose it is.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hasher as _};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::Contents;
use super::outline::{PartNumbers, PartSink, take_apart};
use super::parts::{Part, PartKind};
use super::session_error::{SessionError, SessionFault};
use crate::imaging::io::replace;

pub(super) const FILE_NAME: &str = "journal";
pub(super) const MAGIC: &[u8; 12] = b"pentimento-j";
/// The first version held documents only, the second one no sketches.
pub(super) const VERSION: u32 = 3;

/// Kind, number, length, checksum of the payload, checksum of all that.
pub(super) const HEADER_LEN: usize = 1 + 8 + 8 + 4 + 4;

/// The kind of a record.
pub(super) const SNAPSHOT: u8 = 0;

/// Below this many dead bytes nobody gains from writing the journal anew.
const DEAD_FLOOR: u64 = 1 << 20;

/// The kind of a record that holds a part.
pub(super) const fn record_kind(kind: PartKind) -> u8 {
    match kind {
        PartKind::Photo => 1,
        PartKind::Patch => 2,
        PartKind::Tile => 3,
        PartKind::Blob => 4,
        PartKind::Picture => 5,
        PartKind::Points => 6,
        PartKind::Latent => 7,
        PartKind::Samples => 8,
    }
}

/// The header of a record.
pub(super) fn header(kind: u8, number: u64, len: u64, payload_crc: u32) -> [u8; HEADER_LEN] {
    let mut bytes = [0; HEADER_LEN];
    bytes[0] = kind;
    bytes[1..9].copy_from_slice(&number.to_le_bytes());
    bytes[9..17].copy_from_slice(&len.to_le_bytes());
    bytes[17..21].copy_from_slice(&payload_crc.to_le_bytes());
    let crc = crc32fast::hash(&bytes[..21]);
    bytes[21..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

/// The journal of one session, in a folder of its own.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    /// `None` until the first append and after a failed one: the next append writes the journal anew.
    file: Option<File>,
    stored: Stored,
    /// What the last snapshot holds; keeps the addresses in `stored` from being reused.
    last: Option<Contents>,
}

impl Journal {
    /// A journal in `folder`, which is created. A journal that is there already is replaced by the first append.
    pub fn create(folder: &Path) -> Result<Self, SessionError> {
        std::fs::create_dir_all(folder).map_err(|error| SessionFault::Write(error).at(folder))?;
        Ok(Self { path: folder.join(FILE_NAME), file: None, stored: Stored::default(), last: None })
    }

    /// Appends a snapshot of `contents`. When this returns, it is on the disk; when it fails, the snapshots before
    /// it still are.
    pub fn append(&mut self, contents: &Contents) -> Result<(), SessionError> {
        if self.file.is_some() && self.last.as_ref().is_some_and(|last| last.is_same(contents)) {
            return Ok(());
        }
        // A snapshot that could not be recovered is worth nothing.
        contents.validate().map_err(|fault| fault.at(&self.path))?;
        let written = match self.file.take() {
            Some(file) if !self.stored.is_mostly_dead() => self.extend(file, contents),
            _ => self.rewrite(contents),
        };
        if written.is_ok() {
            self.last = Some(contents.clone());
        } else {
            (self.file, self.last) = (None, None);
        }
        written.map_err(|fault| fault.at(&self.path))
    }

    /// Removes the journal's file; the next append starts anew.
    pub fn discard(&mut self) -> Result<(), SessionError> {
        (self.file, self.last, self.stored) = (None, None, Stored::default());
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SessionFault::Write(error).at(&self.path)),
            _ => Ok(()),
        }
    }

    fn extend(&mut self, mut file: File, contents: &Contents) -> Result<(), SessionFault> {
        file.seek(SeekFrom::Start(self.stored.file_len)).map_err(SessionFault::Write)?;
        let mut out = BufWriter::with_capacity(1 << 18, &mut file);
        self.stored.write(contents, &mut out)?;
        out.flush().map_err(SessionFault::Write)?;
        drop(out);
        file.sync_data().map_err(SessionFault::Write)?;
        self.file = Some(file);
        Ok(())
    }

    /// Writes a journal of `contents` alone beside the old one, and takes its place.
    fn rewrite(&mut self, contents: &Contents) -> Result<(), SessionFault> {
        self.stored = Stored::default();
        replace(&self.path, |out| {
            out.write_all(MAGIC).and_then(|()| out.write_all(&VERSION.to_le_bytes())).map_err(SessionFault::Write)?;
            self.stored.file_len = (MAGIC.len() + size_of_val(&VERSION)) as u64;
            self.stored.write(contents, out)
        })?;
        let file = OpenOptions::new().read(true).write(true).open(&self.path).map_err(SessionFault::Write)?;
        self.file = Some(file);
        Ok(())
    }
}

/// What the journal's file holds.
#[derive(Debug, Default)]
struct Stored {
    file_len: u64,
    /// Bytes that the newest snapshot needs, itself included.
    live: u64,
    snapshots: u64,
    /// Of the parts of the newest snapshot.
    numbers: PartNumbers,
    /// Of all parts, so that undo finds what an earlier snapshot wrote.
    by_content: HashMap<Content, u64>,
    /// Of all parts by number.
    lengths: Vec<u64>,
}

/// What a part is told by: its length, a checksum and a hash, 96 bits together.
type Content = (u8, u64, u32, u64);

impl Stored {
    fn is_mostly_dead(&self) -> bool {
        self.file_len.saturating_sub(self.live) > DEAD_FLOOR.max(self.live.saturating_mul(4))
    }

    fn write(&mut self, contents: &Contents, out: &mut impl Write) -> Result<(), SessionFault> {
        let known = std::mem::take(&mut self.numbers);
        let mut sink = JournalSink { out, stored: self };
        let (outline, numbers) = take_apart(contents, &known, &mut sink)?;
        let notes = outline.document.as_ref().map(|document| &document.notes);
        let helm = outline.exploration.as_ref().and_then(|exploration| exploration.helm.as_ref());
        let turns = outline.sketch.as_ref().map(|sketch| &sketch.turns);
        let packed = postcard::to_stdvec(&outline)
            .and_then(|head| postcard::to_extend(&notes, head))
            .and_then(|head| postcard::to_extend(&helm, head))
            .and_then(|head| postcard::to_extend(&turns, head));
        let payload = packed.map_err(|error| SessionFault::Write(io::Error::other(error)))?;
        let header = header(SNAPSHOT, self.snapshots, payload.len() as u64, crc32fast::hash(&payload));
        out.write_all(&header).and_then(|()| out.write_all(&payload)).map_err(SessionFault::Write)?;
        self.snapshots += 1;
        let snapshot_len = (HEADER_LEN + payload.len()) as u64;
        self.file_len += snapshot_len;
        let length = |&number: &u64| self.lengths.get(number as usize).copied().unwrap_or(0);
        let mut live: Vec<u64> = numbers.values().copied().collect();
        live.sort_unstable();
        live.dedup();
        self.live = snapshot_len + live.iter().map(length).sum::<u64>();
        self.numbers = numbers;
        Ok(())
    }
}

struct JournalSink<'a, W> {
    out: &'a mut W,
    stored: &'a mut Stored,
}

impl<W: Write> PartSink for JournalSink<'_, W> {
    fn put(&mut self, part: &Part<'_>) -> Result<u64, SessionFault> {
        // The header needs the checksum before the payload is written: the part is encoded twice rather than held.
        let mut sums = Sums { crc: crc32fast::Hasher::new(), hash: DefaultHasher::new() };
        part.write(&mut sums).map_err(SessionFault::Write)?;
        let (kind, len, crc) = (record_kind(part.kind()), part.byte_len(), sums.crc.finalize());
        let content = (kind, len, crc, sums.hash.finish());
        if let Some(&number) = self.stored.by_content.get(&content) {
            return Ok(number);
        }
        let number = self.stored.lengths.len() as u64;
        self.out.write_all(&header(kind, number, len, crc)).map_err(SessionFault::Write)?;
        part.write(&mut *self.out).map_err(SessionFault::Write)?;
        let record_len = HEADER_LEN as u64 + len;
        self.stored.file_len += record_len;
        self.stored.lengths.push(record_len);
        self.stored.by_content.insert(content, number);
        Ok(number)
    }
}

struct Sums {
    crc: crc32fast::Hasher,
    hash: DefaultHasher,
}

impl Write for Sums {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.crc.update(bytes);
        self.hash.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
