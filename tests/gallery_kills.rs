//! Kills while a gallery is written to: whatever was said to be kept is there afterwards, whole.
//!
//! The test starts itself again as a child that hangs up drawings, reacts and notes records in a loop, and tells what is kept;
//! the parent kills it.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use pentimento::control;
use pentimento::imaging::ink::{Sample, Stroke, Tool};
use pentimento::library::gallery::{DrawingFiles, DrawingId, Gallery, NewDrawing, Reaction};
use pentimento::school::Standing;
use rand::Rng as _;

const TEST: &str = "kills_lose_nothing_that_was_kept";
const CHILD: &str = "PENTIMENTO_KILLED_FROM";
const FOLDER: &str = "PENTIMENTO_KILLED_IN";
const KILLS: u64 = 60;

/// The files of drawing `number`, told from all others by their bytes.
fn files(number: u64) -> DrawingFiles {
    let at = |n: u64| (n % 97) as f32 / 97.0;
    let samples: Vec<_> = (0..40).map(|n| Sample::new(at(number + n), at(number * 3 + n), n as u32)).collect();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend((0..20_000_u64).map(|n| (number.wrapping_mul(31) ^ n) as u8));
    let picture_png = number.is_multiple_of(2).then(|| png.clone());
    DrawingFiles { strokes: vec![Arc::new(Stroke::new(Tool::Pen, samples))], sketch_png: png, picture_png }
}

/// What the child does until it is killed.
fn keep_forever(folder: &Path, first: u64) {
    let gallery = Gallery::open(folder).unwrap();
    let who = gallery.profile_named("Mina", 0).unwrap();
    let mut out = std::io::stdout();
    let mut say = move |line: String| out.write_all(line.as_bytes()).and_then(|()| out.flush()).unwrap();
    say("ready 0 0\n".to_owned());
    for number in first.. {
        let (theme, files) = ("cats".into(), files(number));
        let new = NewDrawing { profile: who, theme, lesson: None, stars: None, made_secs: number, files };
        let id = gallery.add_drawing(new).unwrap();
        say(format!("drawing {number} {id}\n"));
        gallery.react(id, who, Reaction::Wow, number).unwrap();
        say(format!("reaction {number} {id}\n"));
        let result = Standing { stars: (number % 4) as u8, total: (number % 1000) as f32 / 1000.0 };
        gallery.record(who, &"cat-first".into(), result, 30, number).unwrap();
        say(format!("record {number} {id}\n"));
    }
}

/// What a child said was kept: kind, number and drawing.
fn run_and_kill(folder: &Path, first: u64, delay: Duration) -> Vec<(String, u64, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", TEST, "--nocapture", "--test-threads=1"])
        .env(CHILD, first.to_string())
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let is_ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("ready"));
    assert!(is_ready, "the child started");
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
    let said = lines.map_while(Result::ok).filter_map(|line| {
        let mut words = line.split(' ');
        let kind = words.next()?.to_owned();
        Some((kind, words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    });
    said.collect()
}

#[test]
fn kills_lose_nothing_that_was_kept() {
    if let (Ok(first), Some(folder)) = (std::env::var(CHILD), std::env::var_os(FOLDER)) {
        return keep_forever(Path::new(&folder), first.parse().unwrap());
    }
    let folder = tempfile::tempdir().unwrap();
    let (mut rng, mut drawings, mut tries, mut in_the_middle) = (control::rng(12, 0), Vec::new(), 0_u32, 0);
    for kill in 0..KILLS {
        let said = run_and_kill(folder.path(), kill * 1000, Duration::from_micros(rng.random_range(0..80_000)));
        in_the_middle += usize::from(!said.is_empty());
        let gallery = Gallery::open(folder.path()).unwrap();
        let (hung, reactions, records) =
            (gallery.drawings().unwrap(), gallery.reactions().unwrap(), gallery.records().unwrap());
        for (kind, number, id) in said {
            match &*kind {
                "drawing" => drawings.push((number, DrawingId(id))),
                "reaction" => {
                    assert!(reactions.iter().any(|r| r.drawing == DrawingId(id)), "kill {kill}: a reaction is lost");
                }
                _ => tries += 1,
            }
        }
        for (number, id) in drawings.iter().rev().take(50) {
            assert!(hung.iter().any(|found| found.id == *id), "kill {kill}: drawing {number} is lost");
        }
        for found in hung.iter().rev().take(20) {
            // Also what was kept without being told is whole.
            assert_eq!(gallery.files(found.id).unwrap(), files(found.made_secs), "kill {kill}: {} changed", found.id);
        }
        let noted = records.first().map_or(0, |record| record.tries);
        assert!(noted >= tries, "kill {kill}: {noted} tries are noted, {tries} were told");
        tries = noted;
    }
    assert!(in_the_middle > KILLS as usize / 2, "the kills came in the middle of work: {in_the_middle}");
}
