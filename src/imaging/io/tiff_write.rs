//! Writing TIFF: strips, deflate with a predictor, and all metadata including the EXIF directories.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use rayon::prelude::*;

use super::ifd::{BYTE, ByteOrder, Directory, LONG, RATIONAL, Reader, SHORT, UNDEFINED};
use super::{PhotoError, exif};
use crate::imaging::{FileFormat, Frame, Metadata, Samples};

const FORMAT: FileFormat = FileFormat::Tiff;
/// Uncompressed bytes of a strip, about.
const STRIP_LEN: usize = 512 << 10;
const HEADER_LEN: usize = 8;
const STRIP_OFFSETS: u16 = 273;
const DEFLATE: u16 = 8;
const HORIZONTAL_PREDICTOR: u16 = 2;
const STRAIGHT_ALPHA: u16 = 2;

/// Encodes at the frame's own depth, in the byte order of the EXIF block, whose values are taken over as they are.
pub(super) fn encode(frame: &Frame, metadata: &Metadata) -> Result<Vec<u8>, PhotoError> {
    let block = metadata.exif.as_deref().and_then(Reader::new);
    let order = block.map_or(ByteOrder::Little, |(reader, _)| reader.order);
    let mut directory =
        block.map_or_else(Directory::default, |(reader, first)| reader.tree(first, exif::is_descriptive));

    let row_len = frame.size().width as usize * frame.model().channels();
    let rows_per_strip = (STRIP_LEN / (row_len * frame.bits() as usize / 8)).max(1);
    let strips = strips(frame, row_len, rows_per_strip, order)
        .map_err(|error| PhotoError::NotEncoded { format: FORMAT, detail: error.to_string() })?;

    let mut out = if order == ByteOrder::Little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
    out.extend(order.u32(HEADER_LEN as u32));
    let longs = |values: &mut dyn Iterator<Item = usize>| values.flat_map(|value| order.u32(value as u32)).collect();
    directory.set(STRIP_OFFSETS, LONG, vec![0; strips.len() * 4]);
    directory.set(279, LONG, longs(&mut strips.iter().map(Vec::len)));
    directory.set(278, LONG, order.u32(rows_per_strip as u32).to_vec());
    set_picture_tags(&mut directory, frame, order);
    set_metadata_tags(&mut directory, metadata, order);
    // The tags come first, so that no cut file passes for a whole one; their length does not depend on the offsets.
    let first_strip = HEADER_LEN + directory.to_bytes(order, HEADER_LEN).len();
    let end = first_strip + strips.iter().map(Vec::len).sum::<usize>();
    let mut offsets = strips.iter().scan(first_strip, |at, strip| {
        *at += strip.len();
        Some(*at - strip.len())
    });
    directory.set(STRIP_OFFSETS, LONG, longs(&mut offsets));
    if u32::try_from(end).is_err() {
        return Err(PhotoError::FormatLimit { format: FORMAT, size: frame.size() });
    }
    out.reserve_exact(end - HEADER_LEN);
    out.extend(directory.to_bytes(order, HEADER_LEN));
    for strip in strips {
        out.extend(strip);
    }
    Ok(out)
}

fn strips(frame: &Frame, row_len: usize, rows_per_strip: usize, order: ByteOrder) -> std::io::Result<Vec<Vec<u8>>> {
    let channels = frame.model().channels();
    match frame.samples() {
        Samples::U8(samples) => samples
            .par_chunks(row_len * rows_per_strip)
            .map(|strip| {
                let rows = strip.chunks_exact(row_len);
                deflate(&rows.flat_map(|row| differences(row, channels, u8::wrapping_sub)).collect::<Vec<_>>())
            })
            .collect(),
        Samples::U16(samples) => samples
            .par_chunks(row_len * rows_per_strip)
            .map(|strip| {
                let rows = strip.chunks_exact(row_len);
                let values = rows.flat_map(|row| differences(row, channels, u16::wrapping_sub));
                deflate(&values.flat_map(|value| order.u16(value)).collect::<Vec<_>>())
            })
            .collect(),
    }
}

/// Each sample less the one a pixel before it; the first pixel as it is.
fn differences<T: Copy>(row: &[T], channels: usize, minus: fn(T, T) -> T) -> impl Iterator<Item = T> {
    let first = row.iter().take(channels).copied();
    first.chain(row.iter().skip(channels).zip(row).map(move |(&value, &before)| minus(value, before)))
}

fn deflate(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(4));
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn set_picture_tags(directory: &mut Directory, frame: &Frame, order: ByteOrder) {
    let channels = frame.model().channels();
    let each = |value: u16| vec![order.u16(value); channels].concat();
    directory.set(256, LONG, order.u32(frame.size().width).to_vec());
    directory.set(257, LONG, order.u32(frame.size().height).to_vec());
    directory.set(258, SHORT, each(frame.bits() as u16));
    directory.set(339, SHORT, each(1));
    let photometric = if frame.model().color_channels() == 1 { 1 } else { 2 };
    let numbers =
        [(259, DEFLATE), (262, photometric), (274, 1), (277, channels as u16), (284, 1), (317, HORIZONTAL_PREDICTOR)];
    for (tag, value) in numbers {
        directory.set(tag, SHORT, order.u16(value).to_vec());
    }
    if frame.model().has_alpha() {
        directory.set(338, SHORT, order.u16(STRAIGHT_ALPHA).to_vec());
    }
}

fn set_metadata_tags(directory: &mut Directory, metadata: &Metadata, order: ByteOrder) {
    if let Some((x, y)) = metadata.density {
        let rational = |value: f32| {
            let over = (f64::from(value) * 10_000.0).round().clamp(1.0, f64::from(u32::MAX)) as u32;
            [order.u32(over), order.u32(10_000)].concat()
        };
        directory.set(282, RATIONAL, rational(x));
        directory.set(283, RATIONAL, rational(y));
        directory.set(296, SHORT, order.u16(2).to_vec());
    }
    if let Some(icc) = &metadata.icc {
        directory.set(34675, UNDEFINED, icc.clone());
    }
    if let Some(xmp) = &metadata.xmp {
        directory.set(700, BYTE, xmp.clone());
    }
}
