//! The embedded database behind a library: one small file with a table of settings and one of recent files.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use super::{LibraryError, MAX_RECENT, RecentFile, Settings, Thumbnail};

const FILE_NAME: &str = "library.redb";
const SETTINGS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("settings");
const RECENT: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("recent");
const SETTINGS_KEY: &str = "settings";

/// Everything that is kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) settings: Settings,
    pub(super) recent: Vec<RecentFile>,
}

/// The open database.
#[derive(Debug)]
pub(super) struct Store {
    database: Database,
    path: PathBuf,
}

impl Store {
    /// Opens or creates the database in `folder`. One that is damaged is put aside and replaced.
    pub(super) fn open(folder: &Path) -> (Option<Self>, Option<LibraryError>) {
        let path = folder.join(FILE_NAME);
        if let Err(error) = std::fs::create_dir_all(folder) {
            return (None, Some(LibraryError::Unwritable { path, reason: error.to_string() }));
        }
        match open_checked(&path) {
            Ok(database) => (Some(Self { database, path }), None),
            Err(Trouble::Locked) => (None, Some(LibraryError::Locked { path })),
            Err(Trouble::Refused(reason)) => (None, Some(LibraryError::Unwritable { path, reason })),
            Err(Trouble::Damaged) => {
                let renewed = std::fs::rename(&path, path.with_extension("damaged")).map(|()| open_checked(&path));
                let store = renewed.ok().and_then(Result::ok).map(|database| Self { database, path: path.clone() });
                (store, Some(LibraryError::Damaged { path }))
            }
        }
    }

    /// What the database holds; `None` when it cannot be read.
    pub(super) fn read(&self) -> Option<Kept> {
        read(&self.database).ok()
    }

    /// Replaces what the database holds, at once.
    pub(super) fn write(&self, settings: &Settings, recent: &[RecentFile]) -> Result<(), LibraryError> {
        let failed =
            |error: redb::Error| LibraryError::Unwritable { path: self.path.clone(), reason: error.to_string() };
        let written = catch_unwind(AssertUnwindSafe(|| write(&self.database, settings, recent)));
        written.unwrap_or_else(|_| Err(redb::Error::Corrupted("an assertion failed".to_owned()))).map_err(failed)
    }
}

enum Trouble {
    Locked,
    Damaged,
    Refused(String),
}

/// Opens the database and reads it once, so that most damage shows here and not later.
fn open_checked(path: &Path) -> Result<Database, Trouble> {
    // The database asserts what a damaged file may break; that must not keep the program from starting.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let database = Database::create(path)?;
        read(&database)?;
        Ok(database)
    }));
    match opened {
        Ok(Ok(database)) => Ok(database),
        Ok(Err(redb::Error::DatabaseAlreadyOpen)) => Err(Trouble::Locked),
        Ok(Err(redb::Error::Io(error))) if error.kind() != std::io::ErrorKind::InvalidData => {
            Err(Trouble::Refused(error.to_string()))
        }
        Ok(Err(_)) | Err(_) => Err(Trouble::Damaged),
    }
}

fn read(database: &Database) -> Result<Kept, redb::Error> {
    let transaction = database.begin_read()?;
    let mut kept = Kept::default();
    match transaction.open_table(SETTINGS) {
        Ok(table) => {
            if let Some(text) = table.get(SETTINGS_KEY)? {
                kept.settings = Settings::from_json(text.value());
            }
        }
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(kept),
        Err(error) => return Err(error.into()),
    }
    for row in transaction.open_table(RECENT)?.iter()?.take(MAX_RECENT) {
        let (_, bytes) = row?;
        // An entry of another version is not worth more than leaving it out.
        let Ok(mut file) = postcard::from_bytes::<RecentFile>(bytes.value()) else { continue };
        file.thumbnail = file.thumbnail.and_then(Thumbnail::checked);
        kept.recent.push(file);
    }
    Ok(kept)
}

fn write(database: &Database, settings: &Settings, recent: &[RecentFile]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(SETTINGS)?.insert(SETTINGS_KEY, settings.to_json().as_slice())?;
    transaction.delete_table(RECENT)?;
    let mut table = transaction.open_table(RECENT)?;
    for (rank, file) in recent.iter().enumerate() {
        let bytes = postcard::to_stdvec(file).map_err(|error| redb::Error::Io(std::io::Error::other(error)))?;
        table.insert(rank as u32, bytes.as_slice())?;
    }
    drop(table);
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{Language, Library};
    use super::*;

    #[test]
    fn a_library_remembers() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path());
        assert!(library.warning().is_none(), "a fresh folder is fine");
        library.set_settings(Settings { language: Language::Ko, ..Settings::default() });
        for name in ["/a.png", "/b.png", "/a.png"] {
            library.add_recent(Path::new(name), Thumbnail::new(1, 2, vec![9; 8]));
        }
        library.flush().unwrap();
        library.forget_recent(Path::new("/b.png"));
        drop(library);
        let library = Library::open(folder.path());
        assert_eq!(library.settings().language, Language::Ko, "settings");
        let paths: Vec<_> = library.recent().iter().map(|file| file.path.to_str().unwrap()).collect();
        assert_eq!(paths, ["/a.png", "/b.png"], "newest first, each once, as of the flush");
        assert_eq!(library.recent()[0].thumbnail.as_ref().unwrap().rgba(), [9; 8], "with its picture");
    }

    #[test]
    fn a_second_instance_goes_without() {
        let folder = tempfile::tempdir().unwrap();
        let first = Library::open(folder.path());
        let mut second = Library::open(folder.path());
        assert_eq!(second.warning().map(LibraryError::key), Some("warning-library-locked"), "it says so");
        second.clear_recent();
        second.flush().unwrap();
        drop(first);
        assert!(Library::open(folder.path()).warning().is_none(), "and the first is unharmed");
    }

    #[test]
    fn damage_costs_the_settings_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let mut library = Library::open(folder.path());
        library.add_recent(Path::new("/a.png"), None);
        library.flush().unwrap();
        drop(library);
        let sound = std::fs::read(&path).unwrap();
        for at in (0..sound.len().min(40_000)).step_by(997) {
            let mut bytes = sound.clone();
            bytes[at..].iter_mut().take(400).for_each(|byte| *byte ^= 0x5A);
            std::fs::write(&path, &bytes).unwrap();
            let mut library = Library::open(folder.path());
            library.add_recent(Path::new("/b.png"), None);
            library.flush().unwrap();
            drop(library);
            assert!(Library::open(folder.path()).warning().is_none(), "all is well the next time, damage at {at}");
        }
        std::fs::write(&path, b"rubbish").unwrap();
        let library = Library::open(folder.path());
        assert_eq!(library.warning().map(LibraryError::key), Some("warning-library-damaged"), "it says so");
        let file_instead = folder.path().join("file");
        std::fs::write(&file_instead, b"").unwrap();
        let library = Library::open(&file_instead);
        assert_eq!(library.warning().map(LibraryError::key), Some("warning-library-unwritable"), "so it does here");
    }
}
