//! Reading a journal that may be torn, damaged or not a journal at all.
//!
//! A first pass walks from header to header without reading payloads; then the newest snapshot of which every part is
//! sound is what was worked on. Memory follows the contents, not the journal.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::Contents;
use super::assembly::{PartSource, assemble};
use super::explore_outline::ExploreOutline;
use super::journal::{FILE_NAME, HEADER_LEN, MAGIC, SNAPSHOT, VERSION, header, record_kind};
use super::outline::{ContentsOutline, Notes, Outline};
use super::parts::PartKind;
use super::session_error::{SessionError, SessionFault, SessionLimits};

/// An outline of this many bytes is no honest one.
const MAX_SNAPSHOT: u64 = 32 << 20;

/// The newest complete snapshot of the journal in `folder`; `None` when there is no journal or it holds none yet.
pub fn recover(folder: &Path, limits: &SessionLimits) -> Result<Option<Contents>, SessionError> {
    let path = folder.join(FILE_NAME);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(SessionFault::Read(error).at(&path)),
    };
    read(BufReader::new(file), limits).map_err(|fault| fault.at(&path))
}

/// As [`recover`] from anything that can be read and sought.
pub fn read(from: impl Read + Seek, limits: &SessionLimits) -> Result<Option<Contents>, SessionFault> {
    let mut journal = JournalSource::scan(from)?;
    let mut fault = None;
    while let Some(snapshot) = journal.snapshots.pop() {
        match journal.contents(&snapshot, limits) {
            Ok(contents) => return Ok(Some(contents)),
            Err(error @ (SessionFault::Read(_) | SessionFault::TooLarge(_))) => return Err(error),
            // The newest snapshot's fault tells more than those of older ones.
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    fault.map_or(Ok(None), Err)
}

/// Where a record's payload lies.
#[derive(Clone, Copy, Debug)]
struct Record {
    kind: u8,
    offset: u64,
    len: u64,
    crc: u32,
}

struct JournalSource<R> {
    from: R,
    version: u32,
    parts: HashMap<u64, Record>,
    /// Oldest first.
    snapshots: Vec<Record>,
    /// Parts that turned out to be damaged, so that older snapshots with them need not be tried.
    bad: HashSet<u64>,
}

impl<R: Read + Seek> JournalSource<R> {
    fn scan(mut from: R) -> Result<Self, SessionFault> {
        let end = from.seek(SeekFrom::End(0)).map_err(SessionFault::Read)?;
        from.seek(SeekFrom::Start(0)).map_err(SessionFault::Read)?;
        let (mut magic, mut version) = ([0; MAGIC.len()], [0; 4]);
        if !read_whole(&mut from, &mut magic)? || magic != *MAGIC || !read_whole(&mut from, &mut version)? {
            return Err(SessionFault::Broken("the start of the journal is missing"));
        }
        let found = u32::from_le_bytes(version);
        if !(1..=VERSION).contains(&found) {
            return Err(SessionFault::Newer { found, known: VERSION });
        }
        let mut scanned =
            Self { from, version: found, parts: HashMap::new(), snapshots: Vec::new(), bad: HashSet::new() };
        let mut at = (MAGIC.len() + version.len()) as u64;
        let mut bytes = [0; HEADER_LEN];
        while read_whole(&mut scanned.from, &mut bytes)? {
            let Some((number, record)) = parse_header(&bytes, at) else { break };
            let Some(next) = record.offset.checked_add(record.len).filter(|&next| next <= end) else { break };
            if record.kind == SNAPSHOT {
                scanned.snapshots.push(record);
            } else {
                scanned.parts.insert(number, record);
            }
            scanned.from.seek(SeekFrom::Start(next)).map_err(SessionFault::Read)?;
            at = next;
        }
        Ok(scanned)
    }

    fn contents(&mut self, snapshot: &Record, limits: &SessionLimits) -> Result<Contents, SessionFault> {
        if snapshot.len > MAX_SNAPSHOT {
            return Err(SessionFault::Broken("a snapshot is too long"));
        }
        let payload = self.payload(snapshot)?;
        let outline = match self.version {
            1 => first_outline(&payload)?,
            2 => second_outline(&payload)?,
            _ => outline(&payload)?,
        };
        assemble(outline, self, limits)
    }

    fn payload(&mut self, record: &Record) -> Result<Vec<u8>, SessionFault> {
        let len = usize::try_from(record.len).map_err(|_too_large| SessionFault::Broken("a record is too long"))?;
        self.from.seek(SeekFrom::Start(record.offset)).map_err(SessionFault::Read)?;
        // The scan has seen that the file is long enough for this.
        let mut bytes = vec![0; len];
        let is_whole = read_whole(&mut self.from, &mut bytes)?;
        if is_whole && crc32fast::hash(&bytes) == record.crc {
            Ok(bytes)
        } else {
            Err(SessionFault::Broken("bytes of a record are missing or changed"))
        }
    }
}

impl<R: Read + Seek> PartSource for JournalSource<R> {
    fn part(&mut self, kind: PartKind, number: u64, len: usize) -> Result<Vec<u8>, SessionFault> {
        let found = self.parts.get(&number).filter(|_| !self.bad.contains(&number)).copied();
        let record = found.ok_or(SessionFault::Broken("a part is missing or damaged"))?;
        if record.kind != record_kind(kind) || record.len != len as u64 {
            return Err(SessionFault::Broken("a part has the wrong size"));
        }
        let bytes = self.payload(&record);
        if bytes.is_err() {
            self.bad.insert(number);
        }
        bytes
    }
}

/// What a snapshot of this version says.
fn outline(payload: &[u8]) -> Result<ContentsOutline, SessionFault> {
    let unclear = |_error| SessionFault::Broken("a snapshot cannot be understood");
    let (mut outline, rest): (ContentsOutline, &[u8]) = postcard::take_from_bytes(payload).map_err(unclear)?;
    let (notes, rest): (Option<Notes>, &[u8]) = postcard::take_from_bytes(rest).map_err(unclear)?;
    if let Some(document) = &mut outline.document {
        document.notes = notes.unwrap_or_default();
    }
    // The first ones of this version knew nothing of styles, the next ones nothing of turns.
    let (mut helm, mut turns, mut rest) = (None, None, rest);
    if !rest.is_empty() {
        (helm, rest) = postcard::take_from_bytes(rest).map_err(unclear)?;
    }
    if !rest.is_empty() {
        turns = postcard::from_bytes(rest).map_err(unclear)?;
    }
    if let Some(exploration) = &mut outline.exploration {
        exploration.helm = helm;
    }
    if let (Some(sketch), Some(turns)) = (&mut outline.sketch, turns) {
        sketch.turns = turns;
    }
    Ok(outline)
}

/// What a snapshot of the second version says, which knew no sketches.
fn second_outline(payload: &[u8]) -> Result<ContentsOutline, SessionFault> {
    let unclear = |_error| SessionFault::Broken("a snapshot cannot be understood");
    let ((document, exploration), rest) =
        postcard::take_from_bytes::<(Option<Outline>, Option<ExploreOutline>)>(payload).map_err(unclear)?;
    let notes: Option<Notes> = postcard::from_bytes(rest).map_err(unclear)?;
    let document = document.map(|document| Outline { notes: notes.unwrap_or_default(), ..document });
    Ok(ContentsOutline { document, exploration, sketch: None })
}

/// What a snapshot of the first version says.
fn first_outline(payload: &[u8]) -> Result<ContentsOutline, SessionFault> {
    let parsed = postcard::take_from_bytes(payload);
    let (mut outline, rest): (Outline, &[u8]) =
        parsed.map_err(|_error| SessionFault::Broken("a snapshot cannot be understood"))?;
    // The very first ones had no notes.
    if !rest.is_empty() {
        let notes = postcard::from_bytes(rest);
        outline.notes = notes.map_err(|_error| SessionFault::Broken("the notes of a snapshot are damaged"))?;
    }
    Ok(ContentsOutline { document: Some(outline), exploration: None, sketch: None })
}

/// The number and place of the record whose header is `bytes` at offset `at`; `None` when it is torn.
fn parse_header(bytes: &[u8; HEADER_LEN], at: u64) -> Option<(u64, Record)> {
    let number = u64::from_le_bytes(bytes[1..9].try_into().ok()?);
    let len = u64::from_le_bytes(bytes[9..17].try_into().ok()?);
    let crc = u32::from_le_bytes(bytes[17..21].try_into().ok()?);
    let record = Record { kind: bytes[0], offset: at.checked_add(HEADER_LEN as u64)?, len, crc };
    (header(record.kind, number, len, crc) == *bytes).then_some((number, record))
}

/// Fills `bytes`; `false` when the end comes first.
fn read_whole(from: &mut impl Read, bytes: &mut [u8]) -> Result<bool, SessionFault> {
    match from.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(SessionFault::Read(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;

    use super::*;
    use crate::document::explore_outline::HelmOutline;
    use crate::document::outline::{PartNumbers, PartSink, take_apart};
    use crate::document::parts::Part;
    use crate::document::{Candidate, Document, Exploration, Recipe, Sketch};
    use crate::imaging::ink::{Stroke, Tool, shapes};
    use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Patch, Photo, PixelRect, Plane, Samples, Size};

    fn document() -> Document {
        let size = Size::new(20, 10);
        let frame = Frame::new(size, ColorModel::Gray, Samples::U8(vec![50; size.area()])).unwrap();
        let mut document = Document::new(Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) });
        let rect = PixelRect::new(2, 2, 6, 6);
        Arc::make_mut(&mut document.holes).write(rect, |_, _, _| 255);
        let pixels = Frame::new(rect.size(), ColorModel::Gray, Samples::U8(vec![9; 16])).unwrap();
        let patch = Arc::new(Patch::new(rect, pixels, Plane::filled(rect.size(), 200)).unwrap());
        let candidate = Arc::new(Candidate { seed: 3, patches: vec![patch], origin: None });
        let recipe = Recipe { guide: 0.5, ..Recipe::default() };
        document.adopt(recipe, vec![candidate]).unwrap();
        document
    }

    /// Writes parts as the first version did.
    struct FirstJournal(Vec<u8>, u64);

    impl FirstJournal {
        fn record(&mut self, kind: u8, number: u64, payload: &[u8]) {
            self.0.extend(header(kind, number, payload.len() as u64, crc32fast::hash(payload)));
            self.0.extend(payload);
        }
    }

    impl PartSink for FirstJournal {
        fn put(&mut self, part: &Part<'_>) -> Result<u64, SessionFault> {
            let (number, mut payload) = (self.1, Vec::new());
            part.write(&mut payload)?;
            self.record(record_kind(part.kind()), number, &payload);
            self.1 += 1;
            Ok(number)
        }
    }

    #[test]
    fn journals_of_the_first_version_are_recovered() {
        let mut journal = FirstJournal([MAGIC.as_slice(), &1u32.to_le_bytes()].concat(), 0);
        let (outline, _) = take_apart(&document().into(), &PartNumbers::new(), &mut journal).unwrap();
        let outline = outline.document.unwrap();
        let head = postcard::to_stdvec(&outline).unwrap();
        journal.record(SNAPSHOT, 0, &postcard::to_extend(&outline.notes, head).unwrap());
        let found = read(Cursor::new(journal.0), &SessionLimits::default()).unwrap();
        assert_eq!(found, Some(document().into()), "all of it");
    }

    #[test]
    fn journals_from_before_styles_and_turns_are_recovered() {
        let mut sketch = Sketch::new("cats", "first");
        let line = Stroke::computed(Tool::Pen, shapes::line((0.1, 0.1), (0.9, 0.9)));
        assert!(sketch.add_stroke(line), "there is room");
        let contents = Contents { document: None, exploration: None, sketch: Some(sketch.clone()) };
        for has_helm in [false, true] {
            let mut journal = FirstJournal([MAGIC.as_slice(), &VERSION.to_le_bytes()].concat(), 0);
            let (outline, _) = take_apart(&contents, &PartNumbers::new(), &mut journal).unwrap();
            let mut payload = postcard::to_extend(&None::<Notes>, postcard::to_stdvec(&outline).unwrap()).unwrap();
            if has_helm {
                payload = postcard::to_extend(&None::<HelmOutline>, payload).unwrap();
            }
            journal.record(SNAPSHOT, 0, &payload);
            let found = read(Cursor::new(journal.0), &SessionLimits::default()).unwrap().unwrap().sketch.unwrap();
            assert_eq!((found.key(), found.layers[0].turns()), (sketch.key(), [0].as_slice()), "all but the turns");
        }
    }

    #[test]
    fn journals_of_the_second_version_are_recovered() {
        let contents =
            Contents { document: Some(document()), exploration: Some(Exploration::new("cats")), sketch: None };
        let mut journal = FirstJournal([MAGIC.as_slice(), &2u32.to_le_bytes()].concat(), 0);
        let (outline, _) = take_apart(&contents, &PartNumbers::new(), &mut journal).unwrap();
        let head = postcard::to_stdvec(&(&outline.document, &outline.exploration)).unwrap();
        let notes = outline.document.as_ref().map(|document| &document.notes);
        journal.record(SNAPSHOT, 0, &postcard::to_extend(&notes, head).unwrap());
        let found = read(Cursor::new(journal.0), &SessionLimits::default()).unwrap();
        assert_eq!(found, Some(contents), "all of it");
    }
}
