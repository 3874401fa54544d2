//! The segments of a JPEG file: size, coding and metadata, without decoding a pixel.

use super::PhotoError;
use crate::imaging::{FileFormat, JpegCoding};

/// Position in natural order of each coefficient in zigzag order.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

const EXIF_MARK: &[u8] = b"Exif\0\0";
const XMP_MARK: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const ICC_MARK: &[u8] = b"ICC_PROFILE\0";

/// What the segments say.
#[derive(Default)]
pub(super) struct Header {
    /// Columns and rows.
    pub(super) size: (u16, u16),
    /// Bits a sample.
    pub(super) precision: u8,
    /// One for each channel.
    pub(super) components: Vec<Component>,
    /// Quantisation tables by their number, in natural order.
    tables: [Option<Vec<u16>>; 4],
    /// The EXIF block as stored.
    pub(super) exif: Option<Vec<u8>>,
    /// The XMP packet.
    pub(super) xmp: Option<Vec<u8>>,
    /// The ICC profile's parts: number, count, bytes.
    icc: Vec<(u8, u8, Vec<u8>)>,
    /// Pixels per inch of the JFIF segment.
    pub(super) density: Option<(f32, f32)>,
    /// Whether the end-of-image marker was found.
    pub(super) is_complete: bool,
}

/// A channel of the frame header.
#[derive(Clone, Copy)]
pub(super) struct Component {
    horizontal: u8,
    vertical: u8,
    table: u8,
}

impl Header {
    /// Walks over all segments, entropy-coded data included, up to the end-of-image marker or the end of the bytes.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, PhotoError> {
        let mut header = Self::default();
        let mut at = 2;
        while let Some((marker, after)) = next_marker(bytes, at) {
            at = after;
            match marker {
                0xD9 => {
                    header.is_complete = true;
                    break;
                }
                0x01 | 0xD0..=0xD8 => continue,
                _ => {}
            }
            let Some(len) = bytes.get(at..).and_then(|rest| rest.first_chunk()) else { break };
            let len = usize::from(u16::from_be_bytes(*len));
            let Some(segment) = bytes.get(at + 2..at + len) else { break };
            header.take_segment(marker, segment);
            at += len;
        }
        match (header.components.is_empty(), header.is_complete) {
            (false, _) => Ok(header),
            (true, false) => Err(PhotoError::Truncated { format: FileFormat::Jpeg }),
            (true, true) => Err(PhotoError::Damaged { format: FileFormat::Jpeg, detail: "no frame header".to_owned() }),
        }
    }

    /// The ICC profile, if all of its parts are there.
    pub(super) fn icc_profile(&self) -> Option<Vec<u8>> {
        let mut parts: Vec<_> = self.icc.iter().collect();
        parts.sort_by_key(|(number, ..)| *number);
        let is_whole = parts.iter().zip(1..).all(|((number, ..), wanted)| u32::from(*number) == wanted)
            && parts.iter().all(|(_, count, _)| usize::from(*count) == parts.len());
        (is_whole && !parts.is_empty()).then(|| parts.iter().flat_map(|(.., part)| part).copied().collect())
    }

    /// The tables and subsampling of a grey or three-channel picture.
    pub(super) fn coding(&self) -> Option<JpegCoding> {
        let table = |component: &Component| self.tables.get(usize::from(component.table))?.clone();
        let luma = self.components.first()?;
        let chroma = match self.components.len() {
            1 => luma,
            3 => self.components.get(1)?,
            _ => return None,
        };
        let ratio = |luma: u8, chroma: u8| (luma / chroma.max(1)).max(1);
        Some(JpegCoding {
            tables: [table(luma)?, table(chroma)?],
            sampling: (ratio(luma.horizontal, chroma.horizontal), ratio(luma.vertical, chroma.vertical)),
        })
    }

    fn take_segment(&mut self, marker: u8, segment: &[u8]) {
        match marker {
            0xDB => self.take_tables(segment),
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF if self.components.is_empty() => {
                self.take_frame(segment);
            }
            0xE0 if segment.starts_with(b"JFIF\0") => self.density = jfif_density(segment),
            0xE1 if segment.starts_with(EXIF_MARK) && self.exif.is_none() => {
                self.exif = segment.get(EXIF_MARK.len()..).map(<[u8]>::to_vec);
            }
            0xE1 if segment.starts_with(XMP_MARK) && self.xmp.is_none() => {
                self.xmp = segment.get(XMP_MARK.len()..).map(<[u8]>::to_vec);
            }
            0xE2 => {
                if let Some([number, count, part @ ..]) = segment.strip_prefix(ICC_MARK) {
                    self.icc.push((*number, *count, part.to_vec()));
                }
            }
            _ => {}
        }
    }

    fn take_tables(&mut self, mut segment: &[u8]) {
        while let Some((&kind, rest)) = segment.split_first() {
            let each = if kind >> 4 == 0 { 1 } else { 2 };
            let Some(values) = rest.get(..64 * each) else { return };
            let mut table = vec![0; 64];
            for (value, &natural) in values.chunks_exact(each).zip(&ZIGZAG) {
                let value = value.iter().fold(0, |sum, &byte| sum << 8 | u16::from(byte));
                if let Some(slot) = table.get_mut(usize::from(natural)) {
                    *slot = value;
                }
            }
            if let Some(slot @ None) = self.tables.get_mut(usize::from(kind & 15)) {
                *slot = Some(table);
            }
            segment = rest.get(64 * each..).unwrap_or_default();
        }
    }

    fn take_frame(&mut self, segment: &[u8]) {
        let [precision, h1, h0, w1, w0, count, rest @ ..] = segment else { return };
        self.precision = *precision;
        self.size = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
        let components = rest.as_chunks().0.iter().take(usize::from(*count));
        self.components = components
            .map(|&[_, factors, table]| Component { horizontal: factors >> 4, vertical: factors & 15, table })
            .collect();
    }
}

/// The next marker at or after `at`, and the position after it. Skips entropy-coded data and fill bytes.
fn next_marker(bytes: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xFF)? + 1;
        match bytes.get(at)? {
            0 | 0xFF => {}
            &marker => return Some((marker, at + 1)),
        }
    }
}

fn jfif_density(segment: &[u8]) -> Option<(f32, f32)> {
    let &[unit, x1, x0, y1, y0] = segment.get(7..12)?.first_chunk()?;
    let scale = match unit {
        1 => 1.0,
        2 => 2.54,
        _ => return None,
    };
    let (x, y) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
    (x > 0 && y > 0).then(|| (f32::from(x) * scale, f32::from(y) * scale))
}
