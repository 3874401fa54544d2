//! EXIF blocks: what the picture needs of them, and what must not survive in them.
//!
//! A block is changed in place, so all offsets stay true, also those inside of a maker's private notes.

use super::ifd::{Directory, EXIF_POINTER, Entry, EntryAt, GPS_POINTER, LONG, Reader, SHORT, Value};
use crate::imaging::Size;

/// An EXIF block without orientation and thumbnail.
pub(super) struct Cleaned {
    /// The block; as long as it came.
    pub(super) bytes: Vec<u8>,
    /// The orientation it asked for, 1..=8.
    pub(super) orientation: u8,
    /// Pixels per inch.
    pub(super) density: Option<(f32, f32)>,
}

const ORIENTATION: u16 = 274;

/// Sets the orientation to 1 and wipes thumbnails and previews, which still show what will be erased. `None` when
/// `block` is no EXIF block.
pub(super) fn clean(block: &[u8]) -> Option<Cleaned> {
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let (reader, first) = Reader::new(block)?;
    let mut bytes = block.to_vec();
    let mut orientation = 1;
    for entry in reader.entries(first).into_iter().filter(|entry| entry.tag == ORIENTATION) {
        if let Some(value @ 1..=8) = reader.number(entry) {
            orientation = value as u8;
        }
        set_number(&mut bytes, reader, entry, 1);
    }
    wipe_thumbnails(&mut bytes, reader, first);
    wipe_embedded_jpegs(&mut bytes);
    Some(Cleaned { bytes, orientation, density: reader.density(first) })
}

/// Corrects the picture's size inside of `block` where it is given: after a quarter turn the old one is wrong.
pub(super) fn set_size(block: &mut [u8], size: Size) {
    let old = block.to_vec();
    let Some((reader, first)) = Reader::new(&old) else { return };
    let exif = reader.entries(first).into_iter().find(|entry| entry.tag == EXIF_POINTER);
    let Some(at) = exif.and_then(|entry| reader.number(entry)) else { return };
    for entry in reader.entries(at as usize) {
        match entry.tag {
            0xA002 => set_number(block, reader, entry, size.width),
            0xA003 => set_number(block, reader, entry, size.height),
            _ => {}
        }
    }
}

/// The tags of IFD0 that describe a photo rather than the layout of its file. What is not listed may be a preview,
/// a layer or an editor's private state and does not leave the source file.
pub(super) const fn is_descriptive(tag: u16) -> bool {
    matches!(
        tag,
        270..=272 | 285 | 305 | 306 | 315 | 316 | 18246 | 18249 | 33432 | 33723 | 33550 | 33922 | 34264 | EXIF_POINTER
            | 34735..=34737 | GPS_POINTER | 36867 | 40091..=40095 | 42112 | 42113
    )
}

/// The EXIF block of a TIFF file with its first directory at `first`: what describes the photo, collected anew.
pub(super) fn collect(reader: Reader<'_>, first: usize) -> Option<Vec<u8>> {
    let mut tree = reader.tree(first, is_descriptive);
    if tree.entries.is_empty() {
        return None;
    }
    without_previews(&mut tree);
    let mut bytes = reader.bytes.get(..4)?.to_vec();
    bytes.extend(reader.order.u32(8));
    bytes.extend(tree.to_bytes(reader.order, 8));
    Some(bytes)
}

fn without_previews(directory: &mut Directory) {
    for Entry { value, .. } in &mut directory.entries {
        match value {
            Value::Bytes(bytes) => wipe_embedded_jpegs(bytes),
            Value::Below(below) => without_previews(below),
        }
    }
}

fn set_number(bytes: &mut [u8], reader: Reader<'_>, entry: EntryAt, value: u32) {
    if entry.count != 1 {
        return;
    }
    let new = match entry.kind {
        SHORT => reader.order.u16(value as u16).to_vec(),
        LONG => reader.order.u32(value).to_vec(),
        _ => return,
    };
    if let Some(slot) = bytes.get_mut(entry.at..entry.at + new.len()) {
        slot.copy_from_slice(&new);
    }
}

/// Cuts all directories after the first off and zeroes them with the pictures they hold.
fn wipe_thumbnails(bytes: &mut [u8], reader: Reader<'_>, first: usize) {
    let Some(link) = reader.next_link(first) else { return };
    let mut at = first;
    // A block holds one thumbnail; the bound ends a chain that bites its tail.
    for _ in 0..8 {
        let Some(next) = reader.next(at).filter(|&next| next != first) else { break };
        at = next;
        let entries = reader.entries(at);
        let number = |tag| {
            let entry = entries.iter().copied().find(|entry| entry.tag == tag)?;
            reader.number(entry).map(|value| value as usize)
        };
        for (offset, length) in [(513, 514), (273, 279)] {
            if let (Some(offset), Some(length)) = (number(offset), number(length)) {
                wipe(bytes, offset, length);
            }
        }
        let directory_len = reader.next_link(at).map_or(0, |end| end + 4 - at);
        wipe(bytes, at, directory_len);
    }
    wipe(bytes, link, 4);
}

/// Zeroes complete JPEG pictures inside of `bytes`: previews in a maker's notes. The notes' own structure stays.
fn wipe_embedded_jpegs(bytes: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = find(bytes, at, &[0xFF, 0xD8, 0xFF]) {
        let starts_a_segment = matches!(bytes.get(found + 3), Some(0xC0 | 0xC4 | 0xDB | 0xE0..=0xEF | 0xFE));
        at = found + 3;
        if !starts_a_segment {
            continue;
        }
        if let Some(end) = find(bytes, at, &[0xFF, 0xD9]) {
            wipe(bytes, found, end + 2 - found);
            at = end + 2;
        }
    }
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

fn wipe(bytes: &mut [u8], at: usize, len: usize) {
    let end = at.saturating_add(len).min(bytes.len());
    if let Some(part) = bytes.get_mut(at..end) {
        part.fill(0);
    }
}
