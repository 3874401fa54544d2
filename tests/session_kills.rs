//! A hundred kills while a document is saved and autosaved: whatever was said to be on the disk is there afterwards.
//!
//! The test starts itself again as a child that saves in a loop and tells what is safe; the parent kills it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use pentimento::control;
use pentimento::document::{Autosave, Candidate, Document, Recipe, SessionLimits, session_file};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Metadata, Patch, Photo, PixelRect, Plane, Samples, Size};
use rand::Rng as _;

const TEST: &str = "a_hundred_kills_lose_nothing";
const CHILD: &str = "PENTIMENTO_KILLED_FROM";
const FOLDER: &str = "PENTIMENTO_KILLED_IN";
const KILLS: u64 = 100;

/// A document that can be told from all others: its next name says which it is.
fn state(number: u64) -> Document {
    let (size, model) = (Size::new(320, 200), ColorModel::Rgb);
    let samples = (0..size.area() as u32 * 3).map(|at| (at.wrapping_mul(2_654_435_761) >> 16) as u16).collect();
    let frame = Frame::new(size, model, Samples::U16(samples)).unwrap();
    let mut document = Document::new(Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) });
    for part in 0..number % 5 {
        let rect = PixelRect::new(10 * part as i32, 5, 10 * part as i32 + 60, 70);
        Arc::make_mut(&mut document.holes).write(rect, |x, _, _| (u64::from(x) ^ number) as u8 | 1);
        let pixels = vec![(number * 7 + part) as u16; rect.size().area() * 3];
        let pixels = Frame::new(rect.size(), model, Samples::U16(pixels)).unwrap();
        let patch = Patch::new(rect, pixels, Plane::filled(rect.size(), 255)).unwrap();
        let candidate = Candidate { seed: number, patches: vec![Arc::new(patch)], origin: None };
        document.adopt(Recipe::default(), vec![Arc::new(candidate)]).unwrap();
    }
    document.next_id = 100 + number;
    document
}

/// The number of `found`, which must be one of the states, whole.
fn number_of(found: &Document) -> u64 {
    let number = found.next_id - 100;
    assert!(*found == state(number), "state {number} came back changed");
    number
}

/// What the child does until it is killed.
fn save_forever(folder: &Path, first: u64) {
    let (mut autosave, _) = Autosave::open(&folder.join("autosave")).unwrap();
    let mut out = std::io::stdout();
    let mut say = move |line: String| out.write_all(line.as_bytes()).and_then(|()| out.flush()).unwrap();
    say("ready 0\n".to_owned());
    for number in first.. {
        let document = state(number);
        autosave.append(&document.clone().into()).unwrap();
        say(format!("journal {number}\n"));
        session_file::save(&document.into(), &folder.join("a.pentimento")).unwrap();
        say(format!("session {number}\n"));
    }
}

/// The last numbers that a child said were safe in the journal and in the session file.
#[derive(Clone, Copy, Debug, Default)]
struct Safe {
    journal: Option<u64>,
    session: Option<u64>,
}

fn run_and_kill(folder: &Path, first: u64, delay: Duration) -> Safe {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture", "--test-threads=1"])
        .env(CHILD, first.to_string())
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut safe = Safe::default();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("ready"));
    assert!(is_ready, "the child started");
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines.map_while(Result::ok) {
        let number = line.split(' ').nth(1).and_then(|number| number.parse().ok());
        match line.split(' ').next() {
            Some("journal") => safe.journal = number.or(safe.journal),
            Some("session") => safe.session = number.or(safe.session),
            _ => {}
        }
    }
    safe
}

#[test]
fn a_hundred_kills_lose_nothing() {
    if let (Ok(first), Some(folder)) = (std::env::var(CHILD), std::env::var_os(FOLDER)) {
        return save_forever(Path::new(&folder), first.parse().unwrap());
    }
    let folder = tempfile::tempdir().unwrap();
    let (session, limits) = (folder.path().join("a.pentimento"), SessionLimits::default());
    let (mut rng, mut newest, mut recovered) = (control::rng(11, 0), None, 0);
    for kill in 0..KILLS {
        let first = kill * 1000;
        let safe = run_and_kill(folder.path(), first, Duration::from_micros(rng.random_range(0..60_000)));
        newest = safe.session.or(newest);
        match session_file::load(&session, &limits) {
            Ok(found) => {
                assert!(Some(number_of(&found.document.unwrap())) >= newest, "kill {kill}: older than what was safe");
            }
            Err(error) => assert!(newest.is_none() && !session.exists(), "kill {kill}: {error}"),
        }
        let (autosave, leftovers) = Autosave::open(&folder.path().join("autosave")).unwrap();
        let mut found = None;
        for leftover in leftovers {
            let document = leftover.recover(&limits).unwrap();
            found = found.max(document.map(|found| number_of(&found.document.unwrap())));
            leftover.discard().unwrap();
        }
        assert!(found >= safe.journal, "kill {kill}: {found:?} recovered, {:?} was safe", safe.journal);
        recovered += u64::from(found.is_some());
        autosave.close().unwrap();
    }
    assert!(newest.is_some() && recovered > KILLS / 2, "the kills came in the middle of work: {recovered}");
    let parts = folder.path().read_dir().unwrap().flatten().filter(|entry| entry.path() != session).count();
    assert!(parts <= 2, "at most the last kill's temporary file beside the autosave folder, not {parts}");
}
