//! The zip archives of PyTorch 1.6 and later: `NAME/data.pkl` and one uncompressed file `NAME/data/KEY` for each storage.

use std::io::Cursor;

use zip::{CompressionMethod, ZipArchive};

use super::Storages;
use super::pickle::{Pickle, parse};

/// The largest table of tensors; a generator's has some 50 KB.
const MAX_PICKLE: usize = 16 << 20;

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
}

/// The table of tensors and where their numbers lie.
pub(super) fn read(bytes: &[u8]) -> Result<(Pickle<'_>, Storages), String> {
    let damaged = |error: zip::result::ZipError| format!("the archive is damaged: {error}");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut entries = Vec::new();
    let mut total = 0_u64;
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at).map_err(damaged)?;
        if file.is_dir() {
            continue;
        }
        if file.compression() != CompressionMethod::Stored || file.encrypted() {
            return Err("it is compressed, which no checkpoint of PyTorch is".to_owned());
        }
        // Files that overlap would be checked again and again.
        total = total.saturating_add(file.size());
        let start = file.data_start().and_then(|start| usize::try_from(start).ok());
        let end = start.and_then(|start| start.checked_add(usize::try_from(file.size()).ok()?));
        let (Some(start), Some(end)) = (start, end.filter(|end| *end <= bytes.len() && total <= bytes.len() as u64))
        else {
            return Err("it ends too early".to_owned());
        };
        entries.push(Entry { name: file.name().map_err(damaged)?.into_owned(), start, end, crc: file.crc32() });
    }
    with_entries(bytes, &entries)
}

/// A file of the archive.
struct Entry {
    name: String,
    start: usize,
    end: usize,
    crc: u32,
}

fn with_entries<'a>(bytes: &'a [u8], entries: &[Entry]) -> Result<(Pickle<'a>, Storages), String> {
    let folder = entries.iter().find_map(|entry| entry.name.strip_suffix("data.pkl"));
    let Some(folder) = folder.filter(|folder| folder.is_empty() || folder.ends_with('/')) else {
        return Err("the archive is no checkpoint of PyTorch, it has no data.pkl".to_owned());
    };
    let (mut pickle, mut storages) = (None, Storages::new());
    for entry in entries {
        let Some(name) = entry.name.strip_prefix(folder) else { continue };
        let content = &bytes[entry.start..entry.end];
        let key = name.strip_prefix("data/");
        if (key.is_some() || name == "data.pkl") && crc32fast::hash(content) != entry.crc {
            return Err(format!("the archive is damaged: the checksum of {name} is wrong"));
        }
        match (key, name) {
            (Some(key), _) => drop(storages.insert(key.to_owned(), (entry.start, entry.end))),
            (None, "data.pkl") if content.len() > MAX_PICKLE => return Err("its table has too many parts".to_owned()),
            (None, "data.pkl") => pickle = Some(parse(content)?),
            (None, "byteorder") if content != b"little" => {
                return Err("it was written on a machine with another order of bytes".to_owned());
            }
            _ => {}
        }
    }
    Ok((pickle.ok_or_else(|| "the archive has no data.pkl".to_owned())?, storages))
}
