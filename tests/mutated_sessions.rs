//! Twenty thousand damaged session files and journals: each becomes a sound document or one error, in bounded memory.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::io::{Cursor, Read as _, Write as _};
use std::sync::Arc;

use pentimento::control::{self, Rng};
use pentimento::document::explore::{
    Direction, Edit, Fixed, Helm, Latent, Noise, NoiseSource, Pick, PicturePos, ProjectMethod, Projection, Steering,
    StrokeId, StrokeTool, Transferred,
};
use pentimento::document::journal::Journal;
use pentimento::document::sketch::{LayerId, SketchResult, UnderDrawing};
use pentimento::document::{
    Candidate, Contents, Document, Exploration, Recipe, SessionFault, SessionLimits, Sketch, recovery, session_file,
};
use pentimento::imaging::ink::{Mirror, Stroke, Tool, raster_layers, shapes};
use pentimento::imaging::{
    ColorModel, FileFormat, Frame, JpegCoding, Mask, Metadata, Patch, Photo, PixelRect, Plane, Samples, Size,
};
use rand::Rng as _;
use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const LIMITS: SessionLimits = SessionLimits { pixels: 1 << 20, bytes: 8 << 20 };

/// Far above what the limits allow at once, far below what an unchecked length costs.
const MOST_MEMORY: u64 = 150 << 20;

/// All that a session can hold: a document, and an exploration of its photo with everything in it.
fn contents(is_deep: bool) -> Contents {
    let document = document(is_deep);
    let exploration = exploration(&document);
    Contents { document: Some(document), exploration: Some(exploration), sketch: Some(sketch()) }
}

fn sketch() -> Sketch {
    let colors = |width, height| {
        let size = Size::new(width, height);
        Frame::new(size, ColorModel::Rgb, Samples::U8((0..size.area() * 3).map(|at| at as u8).collect())).unwrap()
    };
    let mut sketch = Sketch::new("cats", "first");
    let below = UnderDrawing::new(colors(7, 5), 0.5);
    assert!(sketch.set_mirror(Some(Mirror::MIDDLE)) && sketch.set_under_drawing(Some(below)), "set up");
    assert!(sketch.add_stroke(Stroke::new(Tool::Pen, shapes::line((0.1, 0.2), (0.3, 0.4)))), "a stroke");
    sketch.add_layer("second").unwrap();
    let hint = Stroke { color: [9, 8, 7], ..Stroke::new(Tool::Hint, shapes::ellipse((0.5, 0.5), (0.05, 0.1))) };
    assert!(sketch.add_stroke(hint) && sketch.toggle_solo(LayerId(2)), "another");
    let of = sketch.key();
    let result = SketchResult { picture: colors(8, 8), of, network: "cats-live".to_owned(), is_full: false };
    assert!(sketch.take_result(&Arc::new(result)), "its picture");
    sketch
}

fn exploration(document: &Document) -> Exploration {
    let latent = |value: f32| -> Latent { vec![value; 6].into() };
    let size = Size::new(8, 8);
    let picture = Frame::new(size, ColorModel::Rgb, Samples::U8((0..192).collect())).unwrap();
    let (from, to) = (PicturePos::new(0.2, 0.3), PicturePos::new(0.7, 0.4));
    let mut one = Exploration::new("cats");
    let tools = [
        StrokeTool::Color { rgb: [9, 200, 31] },
        StrokeTool::Sketch { is_edge: true },
        StrokeTool::Keep { snapshot: picture.clone() },
        StrokeTool::Movable,
    ];
    for tool in tools {
        one.add_stroke(tool, vec![from, to, PicturePos::new(0.9, 0.1)], 0.1).unwrap();
    }
    one.add_stroke(StrokeTool::Warp { from, to, snapshot: picture }, Vec::new(), 0.3).unwrap();
    one.add_stroke(StrokeTool::Drag { from, to }, Vec::new(), 0.04).unwrap();
    assert!(one.open_photo(document.photo.clone()), "a photo");
    let projection = Projection { latent: latent(0.25), method: ProjectMethod::Hybrid, error: 0.125 };
    assert!(one.set_projection(projection), "projected");
    assert!(one.choose(Pick { id: 3, latent: latent(0.5), start: latent(0.25), cost: 0.75 }), "chosen");
    assert!(one.set_key(0.0, latent(0.5)) && one.set_key(0.5, latent(-0.5)), "key frames");
    let mut kept = Mask::empty(document.photo.frame.size());
    kept.write(PixelRect::new(2, 2, 9, 9), |_, _, _| 255);
    assert!(one.set_kept(Arc::new(kept)), "a region is kept");
    let patch = Arc::clone(&document.erasures[0].candidates[0].patches[0]);
    let result = Transferred { patch, from: latent(0.25), to: latent(0.5), at: 0.5 };
    assert!(one.set_result(Some(Arc::new(result))), "carried back");
    one.fixed = Some(Fixed { latent: latent(0.5), smoothness: 5.0 });
    let direction = Direction { name: "wider".to_owned(), vector: vec![0.6, 0.8].into(), sigma: 1.5 };
    let edit = Edit { direction: Arc::new(direction), first: 1, last: 2, amount: -2.5 };
    let steering = Steering {
        pad: [3.25, -1.5],
        base: Some(latent(0.125)),
        psi: 0.5,
        cutoff: Some(2),
        layer_psi: vec![(0, 1.5)],
        mixed: 5,
        edits: vec![edit],
        ..Steering::default()
    };
    let noise = Noise { source: NoiseSource::Seed, seed: 9, strength: 0.5 };
    one.helm = Helm { steering: Arc::new(steering), is_on: true, noise, ..Helm::default() };
    one
}

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
fn judge(outcome: Result<Option<Contents>, SessionFault>) -> usize {
    match outcome {
        Ok(Some(contents)) => {
            contents.validate().expect("what is read keeps the invariants");
            if let Some(document) = &contents.document {
                assert_eq!(document.flatten().size(), document.photo.frame.size(), "and can be shown");
            }
            if let Some(work) = contents.exploration.as_ref().and_then(|one| one.photo.as_ref()) {
                assert_eq!(work.flatten().size(), work.photo.frame.size(), "so can this");
            }
            if let Some(sketch) = &contents.sketch {
                assert_eq!(raster_layers(&sketch.counting_strokes(), 8).size(), Size::new(8, 8), "and drawn");
            }
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

fn session_bytes(contents: &Contents) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pentimento");
    session_file::save(contents, &path).unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn explorations_come_back_with_what_they_shared() {
    for before in [contents(false), contents(true), exploration(&document(true)).into()] {
        let after = session_file::read(Cursor::new(session_bytes(&before)), &LIMITS).unwrap();
        assert!(after == before, "nothing is lost");
        let exploration = after.exploration.unwrap();
        let snapshots: Vec<&Frame> = exploration.strokes.iter().filter_map(|stroke| stroke.tool.snapshot()).collect();
        assert!(snapshots.len() == 2 && snapshots[0].is_same_buffer(snapshots[1]), "one picture for both");
        if let Some(document) = after.document {
            let photo = &exploration.photo.as_ref().unwrap().photo;
            assert!(photo.frame.is_same_buffer(&document.photo.frame), "one photo for both");
        }
    }
    let manifest = |contents: &Contents| -> Value {
        let entries = entries(&session_bytes(contents));
        serde_json::from_slice(&entries.iter().find(|(name, _)| name == "manifest.json").unwrap().1).unwrap()
    };
    assert_eq!(manifest(&document(false).into())["version"], 1, "older programs open what they know");
    let mut explored = exploration(&document(false));
    let mut all = contents(false);
    assert_eq!(manifest(&all)["version"], 4, "points to drag are the newest");
    for exploration in all.exploration.iter_mut().chain([&mut explored]) {
        exploration.strokes.retain(|stroke| stroke.tool.is_searched());
    }
    assert_eq!(manifest(&explored.into())["version"], 2, "and say of the rest that it is newer");
    assert_eq!(manifest(&all)["version"], 3, "sketches are newer still");
    let nothing = session_file::save(&Contents::default(), std::path::Path::new("never.pentimento"));
    assert_eq!(nothing.unwrap_err().key(), "error-session-broken", "nothing is no session");
}

#[test]
fn a_stroke_costs_the_journal_its_points_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path()).unwrap();
    let mut contents = contents(true);
    journal.append(&contents).unwrap();
    let len = || std::fs::metadata(folder.path().join("journal")).unwrap().len();
    let whole = len();
    let exploration = contents.exploration.as_mut().unwrap();
    assert!(exploration.extend_stroke(StrokeId(1), PicturePos::new(0.5, 0.5)), "a point more");
    journal.append(&contents).unwrap();
    assert!(len() - whole < 3000, "the photo is not written again: {} bytes more", len() - whole);
    let found = recovery::recover(folder.path(), &LIMITS).unwrap();
    assert!(found == Some(contents), "the newest");
}

#[test]
fn eight_thousand_damaged_session_files() {
    let mut rng = control::rng(1, 0);
    let sound =
        [session_bytes(&document(false).into()), session_bytes(&contents(true)), session_bytes(&contents(false))];
    let mut read = 0;
    for at in 0..8000 {
        let mut bytes = sound[at % 3].clone();
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
    let sound = [
        entries(&session_bytes(&document(true).into())),
        entries(&session_bytes(&contents(true))),
        entries(&session_bytes(&exploration(&document(false)).into())),
    ];
    let mut read = 0;
    for at in 0..4000 {
        let mut entries = sound[at % 3].clone();
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

fn journal_bytes(has_exploration: bool) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::create(folder.path()).unwrap();
    let mut contents = if has_exploration { contents(true) } else { document(false).into() };
    for x in 0..3 {
        journal.append(&contents).unwrap();
        let document = contents.document.as_mut().unwrap();
        Arc::make_mut(&mut document.holes).write(PixelRect::new(x, x, x + 2, x + 2), |_, _, _| 200);
        if let Some(exploration) = &mut contents.exploration {
            assert!(exploration.extend_stroke(StrokeId(1), PicturePos::new(0.1 * x as f32, 0.5)), "a point more");
        }
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
                1 => records[which].0 = rng.random_range(0..9),
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
