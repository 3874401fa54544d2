//! Small errands at the disk, on a thread of their own so that the window never waits: keeping settings and recent
//! files, finding a free name for a copy, text on the clipboard.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};

use super::naming;
use crate::imaging::FileFormat;
use crate::library::{Library, Settings, Thumbnail};

/// Errands that may wait. More than a person can cause; when the disk hangs, newer ones are dropped.
const CAPACITY: usize = 64;
/// Copies of one photo that are counted before giving up.
const MOST_COPIES: u32 = 9999;

/// Where things are kept between runs.
pub trait Keeper: Send {
    /// Keeps the settings.
    fn keep_settings(&mut self, settings: Settings) -> anyhow::Result<()>;
    /// Puts `path` at the head of the recent files.
    fn add_recent(&mut self, path: &Path, thumbnail: Option<Thumbnail>) -> anyhow::Result<()>;
    /// Forgets the recent files.
    fn clear_recent(&mut self) -> anyhow::Result<()>;
}

impl Keeper for Library {
    fn keep_settings(&mut self, settings: Settings) -> anyhow::Result<()> {
        self.set_settings(settings);
        Ok(self.flush()?)
    }

    fn add_recent(&mut self, path: &Path, thumbnail: Option<Thumbnail>) -> anyhow::Result<()> {
        Self::add_recent(self, path, thumbnail);
        Ok(self.flush()?)
    }

    fn clear_recent(&mut self) -> anyhow::Result<()> {
        Self::clear_recent(self);
        Ok(self.flush()?)
    }
}

/// What the clerk is asked to do.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Keeps the settings.
    Keep(Box<Settings>),
    /// Notes a file as opened.
    AddRecent(PathBuf, Option<Thumbnail>),
    /// Forgets the recent files.
    ClearRecent,
    /// Puts text on the clipboard.
    CopyText(String),
    /// Fetches the text on the clipboard.
    PasteText,
    /// Finds a free name for a copy of a photo.
    NameCopy {
        /// The photo.
        source: PathBuf,
        /// The copy's format.
        format: FileFormat,
    },
}

/// What the clerk found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A name that no file has yet.
    CopyName(PathBuf),
    /// All names are taken.
    NoName(PathBuf),
    /// The text on the clipboard.
    Text(String),
}

/// The window's end of the thread. Dropping it lets the thread end after what it has been asked already.
pub struct Clerk {
    errands: Option<Sender<Errand>>,
    found: Receiver<Found>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Clerk {
    /// Starts the thread; `wake` is called when something was found. Without a keeper nothing is remembered.
    pub fn start(keeper: Option<Box<dyn Keeper>>, wake: Arc<dyn Fn() + Send + Sync>) -> std::io::Result<Self> {
        let (errands, inbox) = bounded::<Errand>(CAPACITY);
        let (outbox, found) = bounded(CAPACITY);
        let mut desk = Desk { keeper, clipboard: None };
        let work = move || {
            for errand in inbox {
                if let Some(answer) = desk.run(errand) {
                    // The window may be gone.
                    outbox.try_send(answer).ok();
                    wake();
                }
            }
        };
        let thread = std::thread::Builder::new().name("clerk".to_owned()).spawn(work)?;
        Ok(Self { errands: Some(errands), found, thread: Some(thread) })
    }

    /// Asks for an errand. Never blocks.
    pub fn ask(&self, errand: Errand) {
        if self.errands.as_ref().is_some_and(|errands| errands.try_send(errand).is_err()) {
            tracing::warn!("the disk does not answer: something was not noted down");
        }
    }

    /// What was found, if anything.
    #[must_use]
    pub fn try_recv(&self) -> Option<Found> {
        self.found.try_recv().ok()
    }

    /// Ends the thread after what it was asked, and waits for that. For the end of the program, after the window.
    pub fn finish(mut self) {
        self.errands = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that keeps settings ended with an internal error");
        }
    }
}

/// What the thread works with.
struct Desk {
    keeper: Option<Box<dyn Keeper>>,
    /// Kept open, because on some systems what was copied lives only as long as this.
    clipboard: Option<arboard::Clipboard>,
}

impl Desk {
    fn clipboard(&mut self) -> Result<&mut arboard::Clipboard, arboard::Error> {
        match &mut self.clipboard {
            Some(clipboard) => Ok(clipboard),
            closed => Ok(closed.insert(arboard::Clipboard::new()?)),
        }
    }

    fn run(&mut self, errand: Errand) -> Option<Found> {
        let keeper = self.keeper.as_mut();
        let kept = match errand {
            Errand::CopyText(text) => {
                if let Err(error) = self.clipboard().and_then(|clipboard| clipboard.set_text(text)) {
                    tracing::warn!(%error, "cannot put text on the clipboard");
                }
                None
            }
            // An empty clipboard is no trouble worth a word.
            Errand::PasteText => return self.clipboard().and_then(arboard::Clipboard::get_text).ok().map(Found::Text),
            Errand::NameCopy { source, format } => return Some(name_copy(&source, format)),
            Errand::Keep(settings) => keeper.map(|keeper| keeper.keep_settings(*settings)),
            Errand::AddRecent(path, thumbnail) => keeper.map(|keeper| keeper.add_recent(&path, thumbnail)),
            Errand::ClearRecent => keeper.map(|keeper| keeper.clear_recent()),
        };
        if let Some(Err(error)) = kept {
            tracing::warn!(error = %format!("{error:#}"), "cannot note settings or recent files down");
        }
        None
    }
}

fn name_copy(source: &Path, format: FileFormat) -> Found {
    let mut names = (1..=MOST_COPIES).map(|number| naming::copy_name(source, format, number));
    // A name that cannot be looked at counts as taken; a broken link is taken too.
    let free = names.find(|name| matches!(name.symlink_metadata(), Err(e) if e.kind() == std::io::ErrorKind::NotFound));
    free.map_or_else(|| Found::NoName(source.to_owned()), Found::CopyName)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_gets_the_first_free_name() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("cat.jpg");
        for name in ["cat.jpg", "cat (erased).jpg", "cat (erased 2).jpg"] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let found = name_copy(&source, FileFormat::Jpeg);
        assert_eq!(found, Found::CopyName(folder.path().join("cat (erased 3).jpg")), "the first that is free");
    }

    #[test]
    fn finishing_does_all_errands_first() {
        struct Counter(Arc<std::sync::atomic::AtomicUsize>);
        impl Keeper for Counter {
            fn keep_settings(&mut self, _: Settings) -> anyhow::Result<()> {
                self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                Ok(())
            }
            fn add_recent(&mut self, _: &Path, _: Option<Thumbnail>) -> anyhow::Result<()> {
                anyhow::bail!("the disk is full")
            }
            fn clear_recent(&mut self) -> anyhow::Result<()> {
                Ok(())
            }
        }
        let count = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let clerk = Clerk::start(Some(Box::new(Counter(Arc::clone(&count)))), Arc::new(|| {})).unwrap();
        clerk.ask(Errand::AddRecent("a".into(), None));
        for _ in 0..5 {
            clerk.ask(Errand::Keep(Box::default()));
        }
        clerk.finish();
        assert_eq!(count.load(std::sync::atomic::Ordering::Relaxed), 5, "all five, whatever else failed");
    }
}
