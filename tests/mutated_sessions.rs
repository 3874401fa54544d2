//! Twenty thousand damaged session files and journals: each becomes a sound document or one error, in bounded memory.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::io::{Cursor, Read as _, Write as _};
use std::sync::Arc;

use pentimento::control::{self, Rng};
use pentimento::document::journal::Journal;
use pentimento::document::{Candidate, Document, Recipe, SessionFault, SessionLimits, recovery, session_file};
use pentimento::imaging::{
    ColorModel, FileFormat, Frame, JpegCoding, Metadata, Patch, Photo, PixelRect, Plane, Samples, Size,
};
use rand::Rng as _;
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const LIMITS: SessionLimits = SessionLimits { pixels: 1 << 20, bytes: 8 << 20 };

/// Far above what the limits allow at once, far below what an unchecked length costs.
const MOST_MEMORY: u64 = 150 << 20;

fn document(is_deep: bool) -> Document {
    let (size, model) = (Size::new(40, 30), ColorModel::Rgb);
    let samples = |count: usize, salt: usize| {
        if is_deep {
            Samples::U16((0..count).map(|at| (at * 7919 + salt) as u16).collect())
        } else {
            Samples::U8((0..count).map(|at| (at * 151 + salt) as u8).collect())
        }
    };
    let frame = Frame::new(size, model, samples(size.area() * 3, 0)).unwrap();
    let metadata = Metadata {
        icc: Some(vec![7; 50]),
        exif: Some(vec![1, 2, 3]),
        xmp: Some(Vec::new()),
        density: Some((72.0, 72.0)),
        jpeg: Some(JpegCoding { tables: [vec![3; 64], vec![4; 64]], sampling: (2, 2) }),
        format: FileFormat::Jpeg,
    };
    let mut document = Document::new(Photo { frame, metadata: Arc::new(metadata) });
    for at in 0..2 {
        let rect = PixelRect::new(3 + at * 9, 4, 20 + at * 9, 17);
        Arc::make_mut(&mut document.holes).write(rect, |_, _, _| 255);
        let pixels = Frame::new(rect.size(), model, samples(rect.size().area() * 3, 5)).unwrap();
        let patch = Arc::new(Patch::new(rect, pixels, Plane::filled(rect.size(), 130)).unwrap());
        let candidate = |seed| Arc::new(Candidate { seed, patches: vec![Arc::clone(&patch)], origin: None });
        document.adopt(Recipe::default(), vec![candidate(1), candidate(2)]).unwrap();
    }
    document
}

/// Changes a few bytes, a length or the end of the file.
fn damage(bytes: &mut Vec<u8>, rng: &mut Rng) {
    for _ in 0..rng.random_range(1..4) {
        let at = rng.random_range(0..bytes.len().max(1));
        let rest = bytes.get_mut(at..).unwrap_or_default();
        match rng.random_range(0..6) {
            0 => rest.iter_mut().take(1).for_each(|byte| *byte ^= 1 << (at % 8)),
            1 => rest.iter_mut().take(8).for_each(|byte| *byte = 0xFF),
            2 => rest.iter_mut().take(4).for_each(|byte| *byte = rng.random()),
            3 => rest.iter_mut().take(4).zip([0, 0, 0, 0x7F]).for_each(|(byte, new)| *byte = new),
            4 => bytes.truncate(at),
            _ => {
                let from = rng.random_range(0..bytes.len().max(1));
                let piece: Vec<u8> = bytes.iter().skip(from).take(rng.random_range(1..40)).copied().collect();
                bytes.splice(at..at, piece);
            }
        }
        if bytes.is_empty() {
            return;
        }
    }
}

/// Whatever was made of damaged bytes must be usable.
fn judge(outcome: Result<Option<Document>, SessionFault>) -> usize {
    match outcome {
        Ok(Some(document)) => {
            assert_eq!(document.validate(), Ok(()), "what is read keeps the invariants");
            assert_eq!(document.flatten().size(), document.photo.frame.size(), "and can be shown");
            1
        }
        Ok(None) => 0,
        Err(fault) => {
            assert!(!fault.to_string().contains('\n'), "one sentence: {fault}");
            0
        }
    }
}

/// The most memory that this process ever held, where the system tells.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|number| number.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn session_bytes(document: &Document) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pentimento");
    session_file::save(document, &path).unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn eight_thousand_damaged_session_files() {
    let mut rng = control::rng(1, 0);
    let sound = [session_bytes(&document(false)), session_bytes(&document(true))];
    let mut read = 0;
    for at in 0..8000 {
        let mut bytes = sound[at % 2].clone();
        damage(&mut bytes, &mut rng);
        read += judge(session_file::read(Cursor::new(bytes), &LIMITS).map(Some));
    }
    assert!((1..8000).contains(&read), "some damage is harmless, most is not: {read} were read");
    assert!(peak_memory() < MOST_MEMORY, "memory is bounded: {}", peak_memory());
}

/// The entries of a session file, decompressed.
fn entries(session: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(session)).unwrap();
    let all = (0..archive.len()).map(|at| {
        let mut entry = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.name().unwrap().into_owned(), bytes)
    });
    all.collect()
}

fn zipped(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(name.as_str(), stored).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// All places of a value, to pick one of them.
fn count_values(value: &Value) -> usize {
    1 + match value {
        Value::Array(all) => all.iter().map(count_values).sum(),
        Value::Object(all) => all.values().map(count_values).sum(),
        _ => 0,
    }
}

/// Changes the value that is `place` steps into a walk over all.
fn edit_value(value: &mut Value, place: &mut usize, rng: &mut Rng) {
    if *place == 0 {
        *value = strange_value(value, rng);
    }
    *place = place.wrapping_sub(1);
    match value {
        Value::Array(all) => all.iter_mut().for_each(|value| edit_value(value, place, rng)),
        Value::Object(all) => all.values_mut().for_each(|value| edit_value(value, place, rng)),
        _ => {}
    }
}

fn strange_value(value: &Value, rng: &mut Rng) -> Value {
    let numbers = [0, 1, 2, 3, 8, 16, 29, 30, 40, 41, 255, 65_535, 1 << 24, (1 << 31) - 1, 1 << 31, 1 << 32, i64::MAX];
    match (value, rng.random_range(0..10)) {
        (Value::Array(all), 0..8) if !all.is_empty() => {
            let (mut all, at) = (all.clone(), rng.random_range(0..all.len()));
            match rng.random_range(0..4) {
                0 => drop(all.remove(at)),
                1 => all.push(all[at].clone()),
                2 => all = std::iter::repeat_n(all[at].clone(), 3000).collect(),
                _ => all.reverse(),
            }
            Value::Array(all)
        }
        (Value::Number(number), 0..=1) => {
            let step = rng.random_range(-3..=3);
            number.as_i64().map_or(Value::Null, |number| Value::from(number.saturating_add(step)))
        }
        (Value::Number(_), 2..=8) => Value::from(numbers[rng.random_range(0..numbers.len())]),
        (_, 0) => Value::Null,
        (_, 1) => Value::from(-1),
        (_, 3..=4) => Value::from(u64::MAX),
        (_, 2 | 5) => Value::from(f64::MAX),
        (_, 6) => Value::from(vec![0; 5]),
        _ => Value::from("Gray"),
    }
}

#[test]
fn four_thousand_lying_manifests() {
    let mut rng = control::rng(2, 0);
    let sound = [entries(&session_bytes(&document(false))), entries(&session_bytes(&document(true)))];
    let mut read = 0;
    for at in 0..4000 {
        let mut entries = sound[at % 2].clone();
        let (_, manifest) = entries.iter_mut().find(|(name, _)| name == "manifest.json").unwrap();
        let mut value: Value = serde_json::from_slice(manifest).unwrap();
        for _ in 0..rng.random_range(1..4) {
            let mut place = rng.random_range(0..count_values(&value));
            edit_value(&mut value, &mut place, &mut rng);
        }
        *manifest = serde_json::to_vec(&value).unwrap();
        if rng.random_bool(0.1) {
            let other = rng.random_range(0..entries.len());
            damage(&mut entries[other].1, &mut rng);
        }
        read += judge(session_file::read(Cursor::new(zipped(&entries)), &LIMITS).map(Some));
    }
    assert!((1..4000).contains(&read), "some lies are harmless, most are not: {read} were read");
    assert!(peak_memory() < MOST_MEMORY, "memory is bounded: {}", peak_memory());
}

const RECORD_HEADER: usize = 25;
const JOURNAL_START: usize = 16;

fn journal_bytes(is_deep: bool) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path()).unwrap();
    let mut document = document(is_deep);
    for x in 0..3 {
        journal.append(&document).unwrap();
        Arc::make_mut(&mut document.holes).write(PixelRect::new(x, x, x + 2, x + 2), |_, _, _| 200);
    }
    std::fs::read(folder.path().join("journal")).unwrap()
}

fn records(journal: &[u8]) -> Vec<(u8, u64, Vec<u8>)> {
    let (mut rest, mut found) = (&journal[JOURNAL_START..], Vec::new());
    while rest.len() >= RECORD_HEADER {
        let number = u64::from_le_bytes(rest[1..9].try_into().unwrap());
        let len = u64::from_le_bytes(rest[9..17].try_into().unwrap()) as usize;
        found.push((rest[0], number, rest[RECORD_HEADER..][..len].to_vec()));
        rest = &rest[RECORD_HEADER + len..];
    }
    found
}

/// A journal of `records` with right checksums, whatever is in them.
fn journal_of(start: &[u8], records: &[(u8, u64, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = start.to_vec();
    for (kind, number, payload) in records {
        let mut header = vec![*kind];
        header.extend(number.to_le_bytes());
        header.extend((payload.len() as u64).to_le_bytes());
        header.extend(crc32fast::hash(payload).to_le_bytes());
        header.extend(crc32fast::hash(&header).to_le_bytes());
        bytes.extend(header);
        bytes.extend(payload);
    }
    bytes
}

#[test]
fn eight_thousand_damaged_journals() {
    let mut rng = control::rng(3, 0);
    let sound = [journal_bytes(false), journal_bytes(true)];
    let parsed = [records(&sound[0]), records(&sound[1])];
    assert_eq!(journal_of(&sound[0][..JOURNAL_START], &parsed[0]), sound[0], "this test knows the format");
    let mut read = 0;
    for at in 0..8000 {
        let bytes = if at % 4 < 2 {
            let mut bytes = sound[at % 2].clone();
            damage(&mut bytes, &mut rng);
            bytes
        } else {
            let mut records = parsed[at % 2].clone();
            // Mostly the newest snapshot, where all the lengths and counts are.
            let last = records.len() - 1;
            let which = if rng.random_bool(0.7) { last } else { rng.random_range(0..=last) };
            match rng.random_range(0..8) {
                0 => records[which].1 = rng.random_range(0..20),
                1 => records[which].0 = rng.random_range(0..6),
                2 => drop(records.remove(which)),
                _ => damage(&mut records[which].2, &mut rng),
            }
            journal_of(&sound[at % 2][..JOURNAL_START], &records)
        };
        read += judge(recovery::read(Cursor::new(bytes), &LIMITS));
    }
    assert!((1..8000).contains(&read), "older snapshots survive much, not everything: {read} were read");
    assert!(peak_memory() < MOST_MEMORY, "memory is bounded: {}", peak_memory());
}
