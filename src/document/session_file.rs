//! The session file `.pentimento`: a ZIP archive that holds all that a person works on, lossless.
//!
//! `mimetype` comes first and stored, so that the first bytes tell what the file is; then every large part once, then
//! `manifest.json` with all the rest. Reading is total: whatever the bytes are, the answer is contents that keep their
//! invariants or one sentence.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::Contents;
use super::assembly::{PartSource, assemble};
use super::explore_outline::{ExploreOutline, HelmOutline};
use super::outline::{ContentsOutline, Notes, Outline, PartNumbers, PartSink, take_apart};
use super::parts::{Part, PartKind};
use super::session_error::{SessionError, SessionFault, SessionLimits};
use super::sketch_outline::SketchOutline;
use crate::imaging::io::replace;

/// The extension of session files, without the dot.
pub const EXTENSION: &str = "pentimento";

const MIMETYPE_NAME: &str = "mimetype";
const MIMETYPE: &[u8] = b"application/x-pentimento";
const MANIFEST_NAME: &str = "manifest.json";
const FORMAT: &str = "pentimento-session";
const VERSION: u32 = 4;

/// As much of a file's start as tells what it is.
const PREFIX_LEN: u64 = 64;

/// A manifest of this many bytes holds hundreds of thousands of patches.
const MAX_MANIFEST: u64 = 32 << 20;

/// Deflate makes at most this many bytes of one.
const MAX_RATIO: u64 = 1040;

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'a str,
    version: u32,
    program: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<&'a Outline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a Notes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exploration: Option<&'a ExploreOutline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    helm: Option<&'a HelmOutline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sketch: Option<&'a SketchOutline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    turns: Option<&'a [Vec<u32>]>,
}

/// Read before the rest, which a newer version may have changed.
#[derive(Deserialize)]
struct ManifestHead {
    format: String,
    version: u32,
}

#[derive(Deserialize)]
struct Body {
    document: Option<Outline>,
    #[serde(default)]
    notes: Notes,
    exploration: Option<ExploreOutline>,
    helm: Option<HelmOutline>,
    sketch: Option<SketchOutline>,
    #[serde(default)]
    turns: Vec<Vec<u32>>,
}

/// Whether a file that starts with `prefix` (64 bytes suffice) is a session file, broken or not.
#[must_use]
pub fn is_session(prefix: &[u8]) -> bool {
    let number_at = |at: usize| Some(usize::from(u16::from_le_bytes([*prefix.get(at)?, *prefix.get(at + 1)?])));
    let first_entry = || {
        let (name_len, extra_len) = (number_at(26)?, number_at(28)?);
        let name = prefix.get(30..30 + name_len)?;
        let start = 30 + name_len + extra_len;
        Some((name, prefix.get(start..start + MIMETYPE.len())?))
    };
    prefix.starts_with(b"PK\x03\x04") && first_entry() == Some((MIMETYPE_NAME.as_bytes(), MIMETYPE))
}

/// Writes `contents` to `path`, completely or not at all.
pub fn save(contents: &Contents, path: &Path) -> Result<(), SessionError> {
    replace(path, |out| write_archive(contents, out)).map_err(|fault| fault.at(path))
}

/// Reads the contents of the session file at `path`.
pub fn load(path: &Path, limits: &SessionLimits) -> Result<Contents, SessionError> {
    let file = File::open(path).map_err(|error| SessionFault::Read(error).at(path))?;
    read_archive(BufReader::new(file), limits).map_err(|fault| fault.at(path))
}

/// As [`load`] from anything that can be read and sought.
pub fn read(from: impl Read + Seek, limits: &SessionLimits) -> Result<Contents, SessionFault> {
    read_archive(from, limits)
}

fn write_archive(contents: &Contents, out: impl Write + Seek) -> Result<(), SessionFault> {
    contents.validate()?;
    let mut sink = ArchiveSink { archive: ZipWriter::new(out), next: 0, bytes: 0 };
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    sink.archive.start_file(MIMETYPE_NAME, stored).map_err(write_fault)?;
    sink.archive.write_all(MIMETYPE).map_err(SessionFault::Write)?;
    let (outline, _) = take_apart(contents, &PartNumbers::new(), &mut sink)?;
    let program = concat!("pentimento ", env!("CARGO_PKG_VERSION"));
    let manifest = Manifest {
        format: FORMAT,
        version: outline.version(),
        program,
        document: outline.document.as_ref(),
        notes: outline.document.as_ref().map(|document| &document.notes),
        exploration: outline.exploration.as_ref(),
        helm: outline.exploration.as_ref().and_then(|exploration| exploration.helm.as_ref()),
        sketch: outline.sketch.as_ref(),
        turns: outline.sketch.as_ref().map(|sketch| &*sketch.turns),
    };
    sink.archive.start_file(MANIFEST_NAME, deflated(0)).map_err(write_fault)?;
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| SessionFault::Write(error.into()))?;
    sink.archive.write_all(&text).map_err(SessionFault::Write)?;
    sink.archive.finish().map_err(write_fault)?;
    Ok(())
}

fn deflated(len: u64) -> SimpleFileOptions {
    // The fastest level: parts are mostly noise to deflate, and a person waits.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    options.compression_level(Some(1)).large_file(len >= u64::from(u32::MAX) / 2)
}

fn write_fault(error: ZipError) -> SessionFault {
    SessionFault::Write(error.into())
}

fn part_name(kind: PartKind, number: u64) -> String {
    format!("{}/{number}", kind.name())
}

struct ArchiveSink<W: Write + Seek> {
    archive: ZipWriter<W>,
    next: u64,
    bytes: u64,
}

impl<W: Write + Seek> PartSink for ArchiveSink<W> {
    fn put(&mut self, part: &Part<'_>) -> Result<u64, SessionFault> {
        // What could not be opened again must not be written in the first place.
        self.bytes = self.bytes.saturating_add(part.byte_len());
        if self.bytes > SessionLimits::default().bytes {
            return Err(SessionFault::TooLarge("delete candidates that are no longer needed".to_owned()));
        }
        let number = self.next;
        self.next += 1;
        let options = deflated(part.byte_len());
        self.archive.start_file(part_name(part.kind(), number), options).map_err(write_fault)?;
        part.write(&mut self.archive).map_err(SessionFault::Write)?;
        Ok(number)
    }
}

fn read_archive(mut from: impl Read + Seek, limits: &SessionLimits) -> Result<Contents, SessionFault> {
    let mut prefix = Vec::new();
    from.by_ref().take(PREFIX_LEN).read_to_end(&mut prefix).map_err(SessionFault::Read)?;
    from.rewind().map_err(SessionFault::Read)?;
    // What is not even an archive, or one without a manifest, may be anything, unless its start says otherwise.
    let is_ours = is_session(&prefix);
    let tell =
        |fault| if is_ours || !matches!(fault, SessionFault::Broken(_)) { fault } else { SessionFault::NotSession };
    let archive = ZipArchive::new(from).map_err(|error| tell(read_fault(error)))?;
    let mut source = ArchiveSource { archive };
    let manifest = source.manifest().map_err(tell)?;
    let broken = |_| SessionFault::Broken("its manifest cannot be understood");
    let head: ManifestHead = serde_json::from_slice(&manifest).map_err(broken)?;
    if head.format != FORMAT {
        return Err(SessionFault::NotSession);
    }
    if head.version > VERSION {
        return Err(SessionFault::Newer { found: head.version, known: VERSION });
    }
    let Body { document, notes, exploration, helm, sketch, turns } =
        serde_json::from_slice(&manifest).map_err(broken)?;
    drop(manifest);
    let document = document.map(|document| Outline { notes, ..document });
    let exploration = exploration.map(|exploration| ExploreOutline { helm, ..exploration });
    let sketch = sketch.map(|sketch| SketchOutline { turns, ..sketch });
    assemble(ContentsOutline { document, exploration, sketch }, &mut source, limits)
}

/// Trouble of the system is told apart from trouble with the bytes.
fn read_fault(error: ZipError) -> SessionFault {
    match error {
        ZipError::Io(error) => read_io_fault(error),
        ZipError::FileNotFound => SessionFault::Broken("a part is missing"),
        _ => SessionFault::Broken("the archive is inconsistent"),
    }
}

fn read_io_fault(error: io::Error) -> SessionFault {
    // The decoder reports bad data as these; the system never does for files that it can read.
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::Other => SessionFault::Broken("bytes are missing or changed"),
        _ => SessionFault::Read(error),
    }
}

struct ArchiveSource<R: Read + Seek> {
    archive: ZipArchive<R>,
}

impl<R: Read + Seek> ArchiveSource<R> {
    fn manifest(&mut self) -> Result<Vec<u8>, SessionFault> {
        let declared = self.archive.by_name(MANIFEST_NAME).map_err(read_fault)?.size();
        if declared > MAX_MANIFEST {
            return Err(SessionFault::TooLarge("its manifest is a bomb".to_owned()));
        }
        self.entry(MANIFEST_NAME, declared as usize)
    }

    /// The entry's bytes, exactly `len`, with their checksum checked.
    fn entry(&mut self, name: &str, len: usize) -> Result<Vec<u8>, SessionFault> {
        let mut entry = self.archive.by_name(name).map_err(read_fault)?;
        let most = match entry.compression() {
            CompressionMethod::Stored => entry.compressed_size(),
            CompressionMethod::Deflated => entry.compressed_size().saturating_mul(MAX_RATIO).saturating_add(MAX_RATIO),
            _ => return Err(SessionFault::Broken("a part is compressed in an unknown way")),
        };
        if entry.size() != len as u64 || most < len as u64 {
            return Err(SessionFault::Broken("a part has the wrong size"));
        }
        let mut bytes = Vec::new();
        // One byte more than wanted makes the reader come to the end, where it checks the sum.
        entry.by_ref().take(len as u64 + 1).read_to_end(&mut bytes).map_err(read_io_fault)?;
        if bytes.len() == len { Ok(bytes) } else { Err(SessionFault::Broken("a part has the wrong size")) }
    }
}

impl<R: Read + Seek> PartSource for ArchiveSource<R> {
    fn part(&mut self, kind: PartKind, number: u64, len: usize) -> Result<Vec<u8>, SessionFault> {
        self.entry(&part_name(kind, number), len)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::document::{Candidate, Document, Origin, OriginNetwork, OriginReason, Recipe};
    use crate::imaging::{
        ColorModel, FileFormat, Frame, JpegCoding, Metadata, Patch, Photo, PixelRect, Plane, Samples, Size,
    };

    fn origin(seed: u64) -> Option<Origin> {
        let network = OriginNetwork {
            family: "comodgan".to_owned(),
            side: 256,
            scale_percent: 162,
            squares: 1,
            is_guided: true,
            style: vec![(seed, 250_000), (9, 750_000)],
        };
        let reason = OriginReason { rule: "wide-hole".to_owned(), width: 140, network: Some("CoModGAN".to_owned()) };
        let origin = Origin { engine: "photos".to_owned(), reason: Some(reason), network: Some(network) };
        (seed == 5).then_some(origin)
    }

    /// `document` as the first version of the format stored it: without notes.
    fn without_notes(mut document: Document) -> Document {
        for erasure in &mut document.erasures {
            let erasure = Arc::make_mut(erasure);
            (erasure.recipe.detail, erasure.recipe.guide) = (true, 1.0);
            for candidate in &mut erasure.candidates {
                Arc::make_mut(candidate).origin = None;
            }
        }
        document
    }

    #[test]
    fn sessions_of_the_first_version_open() {
        let folder = tempfile::tempdir().unwrap();
        let (path, before) = (folder.path().join("new.pentimento"), document());
        save(&before.clone().into(), &path).unwrap();
        let mut archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let old = folder.path().join("old.pentimento");
        let mut out = ZipWriter::new(File::create(&old).unwrap());
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).unwrap();
            if file.name().unwrap() != MANIFEST_NAME {
                out.raw_copy_file(file).unwrap();
                continue;
            }
            let mut manifest: serde_json::Value = serde_json::from_reader(&mut file).unwrap();
            assert!(manifest.as_object_mut().unwrap().remove("notes").is_some(), "the notes");
            out.start_file(MANIFEST_NAME, deflated(0)).unwrap();
            out.write_all(&serde_json::to_vec(&manifest).unwrap()).unwrap();
        }
        out.finish().unwrap();
        let after = load(&old, &SessionLimits::default()).unwrap();
        assert_eq!(after, without_notes(before).into(), "all but the notes");
    }

    #[test]
    fn snapshots_of_the_first_version_are_read() {
        let mut sink = ArchiveSink { archive: ZipWriter::new(io::Cursor::new(Vec::new())), next: 0, bytes: 0 };
        let (outline, _) = take_apart(&document().into(), &PartNumbers::new(), &mut sink).unwrap();
        let outline = outline.document.unwrap();
        let old = postcard::to_stdvec(&outline).unwrap();
        let (read, rest): (Outline, &[u8]) = postcard::take_from_bytes(&old).unwrap();
        assert!(rest.is_empty() && read.notes.origins.is_empty(), "it ends where the notes begin");
        let new = postcard::to_extend(&outline.notes, old).unwrap();
        let (read, rest): (Outline, &[u8]) = postcard::take_from_bytes(&new).unwrap();
        let notes: Notes = postcard::from_bytes(rest).unwrap();
        assert_eq!((read.next_id, notes.origins), (outline.next_id, outline.notes.origins), "both parts");
    }

    /// Two erasures that share a patch; masks over a tile border that share tiles; all kinds of metadata.
    fn document() -> Document {
        let (size, model) = (Size::new(300, 40), ColorModel::Rgba);
        let samples = (0..size.area() * 4).map(|at| (at * 31 % 65_000) as u16).collect();
        let metadata = Metadata {
            icc: Some(vec![1, 2, 3]),
            exif: Some(Vec::new()),
            xmp: None,
            density: Some((72.0, 300.5)),
            jpeg: Some(JpegCoding { tables: [vec![3; 64], vec![4; 64]], sampling: (2, 1) }),
            format: FileFormat::Jpeg,
        };
        let frame = Frame::new(size, model, Samples::U16(samples)).unwrap();
        let mut document = Document::new(Photo { frame, metadata: Arc::new(metadata) });
        Arc::make_mut(&mut document.sample_from).write(PixelRect::new(0, 0, 270, 9), |x, _, _| x as u8);
        let rect = PixelRect::new(250, 10, 270, 30);
        let pixels = Frame::new(rect.size(), model, Samples::U16(vec![999; rect.size().area() * 4])).unwrap();
        let patch = Arc::new(Patch::new(rect, pixels, Plane::filled(rect.size(), 77)).unwrap());
        for seed in [5, u64::MAX] {
            Arc::make_mut(&mut document.holes).write(rect, |_, _, _| 255);
            let candidate = Arc::new(Candidate { seed, patches: vec![Arc::clone(&patch)], origin: origin(seed) });
            let recipe = Recipe { grow: Some(4), detail: seed == 5, guide: 0.5, ..Recipe::default() };
            let id = document.adopt(recipe, vec![candidate]).unwrap();
            assert!(document.set_opacity(id, 0.3), "set");
        }
        document
    }

    #[test]
    fn a_session_comes_back_with_what_it_shared() {
        let folder = tempfile::tempdir().unwrap();
        let (path, before) = (folder.path().join("a.pentimento"), document());
        save(&before.clone().into(), &path).unwrap();
        save(&before.clone().into(), &path).unwrap();
        let after = load(&path, &SessionLimits::default()).unwrap().document.unwrap();
        assert_eq!(after, before, "nothing lost");
        let patch = |at: usize| &after.erasures[at].candidates[0].patches[0];
        assert!(Arc::ptr_eq(patch(0), patch(1)), "the patch is shared");
        let source = |at: usize| after.erasures[at].sample_from.as_ref().unwrap();
        assert!(Arc::ptr_eq(source(0), source(1)) && Arc::ptr_eq(source(0), &after.sample_from), "so is the mask");
        let names: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["a.pentimento"], "no temporary file is left");
        let bytes = std::fs::read(&path).unwrap();
        assert!(
            is_session(&bytes[..64]) && !is_session(&bytes[..40]) && !is_session(b"PK\x03\x04"),
            "told by its start"
        );
        let archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let patches = archive.file_names().filter(|name| name.as_ref().unwrap().starts_with("patches/")).count();
        assert_eq!(patches, 1, "stored once");
    }

    #[test]
    fn each_trouble_has_its_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pentimento");
        let limits = SessionLimits::default();
        assert_eq!(load(&path, &limits).unwrap_err().key(), "error-session-read", "missing");
        std::fs::write(&path, b"no archive").unwrap();
        assert_eq!(load(&path, &limits).unwrap_err().key(), "error-session-not", "something else");
        save(&document().into(), &path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert_eq!(load(&path, &limits).unwrap_err().key(), "error-session-broken", "half of one");
        std::fs::write(&path, &whole).unwrap();
        let small = [SessionLimits { pixels: 300 * 40 - 1, ..limits }, SessionLimits { bytes: 90_000, ..limits }];
        for limits in small {
            assert_eq!(load(&path, &limits).unwrap_err().key(), "error-too-large", "bounded");
        }
        let mut invalid = document();
        invalid.next_id = 1;
        assert_eq!(save(&invalid.into(), &path).unwrap_err().key(), "error-session-broken", "never written");
        assert!(load(&path, &limits).is_ok(), "the file before stays");
        let nowhere = folder.path().join("missing").join("a.pentimento");
        assert_eq!(save(&document().into(), &nowhere).unwrap_err().key(), "error-session-write", "no such folder");
    }
}
