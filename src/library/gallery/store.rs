//! The gallery's tables, and how entries are written into them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::{
    Database, ReadableDatabase as _, ReadableTable as _, ReadableTableMetadata as _, TableDefinition, WriteTransaction,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::GalleryError;

/// The first byte of an entry: how the rest is written.
const VERSION: u8 = 1;

type Entries = TableDefinition<'static, u64, &'static [u8]>;

pub(super) const PROFILES: Entries = TableDefinition::new("profiles");
pub(super) const DRAWINGS: Entries = TableDefinition::new("drawings");
pub(super) const STROKES: Entries = TableDefinition::new("strokes");
/// PNG files, as they are.
pub(super) const SKETCHES: Entries = TableDefinition::new("sketches");
/// PNG files, as they are.
pub(super) const PICTURES: Entries = TableDefinition::new("pictures");
/// By drawing and viewer.
pub(super) const REACTIONS: TableDefinition<'static, (u64, u64), &'static [u8]> = TableDefinition::new("reactions");
/// By profile and lesson.
pub(super) const RECORDS: TableDefinition<'static, (u64, &'static str), &'static [u8]> =
    TableDefinition::new("records");
/// By a week's Monday and a theme: awards that were given.
pub(super) const GIVEN: TableDefinition<'static, (i64, &'static str), &'static [u8]> = TableDefinition::new("awards");
const COUNTERS: TableDefinition<'static, &'static str, u64> = TableDefinition::new("counters");

/// Opens or creates the database, and reads from all of its tables once.
pub(super) fn open(path: &Path) -> Result<Database, GalleryError> {
    let damaged = |reason: String| GalleryError::Damaged { path: path.to_owned(), reason };
    // The database asserts what a damaged file may break.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let database = Database::create(path).map_err(redb::Error::from)?;
        prepare(&database)?;
        Ok::<_, redb::Error>(database)
    }));
    match opened {
        Ok(Ok(database)) => Ok(database),
        Ok(Err(redb::Error::DatabaseAlreadyOpen)) => Err(GalleryError::Locked { path: path.to_owned() }),
        Ok(Err(redb::Error::Io(error))) if error.kind() != std::io::ErrorKind::InvalidData => {
            Err(GalleryError::Unwritable { path: path.to_owned(), reason: error.to_string() })
        }
        Ok(Err(error)) => Err(damaged(error.to_string())),
        Err(_) => Err(damaged("an assertion failed".to_owned())),
    }
}

/// Makes tables that are not there, so that later reads find all of them.
fn prepare(database: &Database) -> Result<(), redb::Error> {
    if database.begin_read()?.list_tables()?.count() < 9 {
        let write = database.begin_write()?;
        for entries in [PROFILES, DRAWINGS, STROKES, SKETCHES, PICTURES] {
            write.open_table(entries)?;
        }
        write.open_table(REACTIONS)?;
        write.open_table(RECORDS)?;
        write.open_table(GIVEN)?;
        write.open_table(COUNTERS)?;
        write.commit()?;
    }
    let read = database.begin_read()?;
    for entries in [PROFILES, DRAWINGS, STROKES, SKETCHES, PICTURES] {
        read.open_table(entries)?.len()?;
    }
    Ok(())
}

/// Takes everything out; numbers that were used are not used again.
pub(super) fn empty(write: &WriteTransaction) -> Result<(), GalleryError> {
    for entries in [PROFILES, DRAWINGS, STROKES, SKETCHES, PICTURES] {
        write.open_table(entries)?.retain(|_, _| false)?;
    }
    write.open_table(REACTIONS)?.retain(|_, _| false)?;
    write.open_table(RECORDS)?.retain(|_, _| false)?;
    write.open_table(GIVEN)?.retain(|_, _| false)?;
    Ok(())
}

/// A number that was never given for `what`.
pub(super) fn next_id(write: &WriteTransaction, what: &'static str) -> Result<u64, GalleryError> {
    let mut counters = write.open_table(COUNTERS)?;
    let id = counters.get(what)?.map_or(1, |last| last.value() + 1);
    counters.insert(what, id)?;
    Ok(id)
}

/// The bytes of an entry.
pub(super) fn encoded<T: Serialize>(entry: &T) -> Result<Vec<u8>, GalleryError> {
    postcard::to_extend(entry, vec![VERSION]).map_err(|_too_long| GalleryError::UnknownEntry)
}

/// The entry of bytes.
pub(super) fn decoded<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, GalleryError> {
    match bytes.split_first() {
        Some((&VERSION, entry)) => postcard::from_bytes(entry).map_err(|_other| GalleryError::UnknownEntry),
        _ => Err(GalleryError::UnknownEntry),
    }
}
