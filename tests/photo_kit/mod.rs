//! Pictures and files for tests, made by hand where the program's own encoders would never write such a thing.

#![allow(dead_code, reason = "each test binary uses another part of the kit")]

use std::io::Write as _;

use pentimento::imaging::{ColorModel, Frame, Samples, Size};

/// A picture without any symmetry whose samples use the whole range of `bits` (8 or 16).
pub(crate) fn pattern(size: Size, model: ColorModel, bits: u32) -> Frame {
    let channels = model.channels();
    let count = size.area() * channels;
    let value = |at: usize| {
        let (pixel, channel) = (at / channels, at % channels);
        (pixel as u32).wrapping_mul(0x9E37_79B9).rotate_left(channel as u32 * 7) >> 8
    };
    let samples = if bits == 16 {
        Samples::U16((0..count).map(|at| value(at) as u16).collect())
    } else {
        Samples::U8((0..count).map(|at| value(at) as u8).collect())
    };
    Frame::new(size, model, samples).unwrap()
}

/// A smooth picture, as JPEG likes it.
pub(crate) fn smooth(size: Size, model: ColorModel) -> Frame {
    let channels = model.channels();
    let samples = (0..size.area() * channels).map(|at| {
        let (pixel, channel) = (at / channels, at % channels);
        let (x, y) = (pixel % size.width as usize, pixel / size.width as usize);
        (40 + x * 3 + y * 2 + channel * 30).min(250) as u8
    });
    Frame::new(size, model, Samples::U8(samples.collect())).unwrap()
}

/// The largest difference between two 8-bit pictures of one size.
pub(crate) fn largest_difference(a: &Frame, b: &Frame) -> u8 {
    assert_eq!((a.size(), a.model()), (b.size(), b.model()), "pictures of one kind");
    match (a.samples(), b.samples()) {
        (Samples::U8(a), Samples::U8(b)) => a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0),
        _ => panic!("8-bit pictures"),
    }
}

/// The bytes of a thumbnail that must never be seen again.
pub(crate) const THUMBNAIL: &[u8] = b"\xFF\xD8\xFF\xDBstill shows what was erased\xFF\xD9";
/// The same for a preview in the maker's notes.
pub(crate) const PREVIEW: &[u8] = b"\xFF\xD8\xFF\xE1a preview of what was erased\xFF\xD9";
/// A text in IFD0.
pub(crate) const MAKER: &[u8] = b"Maker of cameras\0";
/// A text in the maker's notes beside the preview.
pub(crate) const NOTES: &[u8] = b"private notes of the maker";

/// An EXIF block: IFD0 with maker, orientation and density, an EXIF directory with the picture's size, an exposure time
/// and maker's notes, and a thumbnail in IFD1. `big` is the byte order.
pub(crate) fn exif(orientation: u16, size: Size, big: bool) -> Vec<u8> {
    let notes = [NOTES, PREVIEW].concat();
    let mut block = Block { bytes: Vec::new(), big };
    block.bytes.extend(if big { b"MM\0*" } else { b"II*\0" });
    let exif_at = 8 + 6 + 12 * 5;
    let ifd1_at = exif_at + 6 + 12 * 4;
    let data_at = ifd1_at + 6 + 12 * 2;
    let data = [MAKER, &notes, THUMBNAIL].concat();
    let (notes_at, thumbnail_at) = (data_at + 16 + MAKER.len(), data_at + 16 + MAKER.len() + notes.len());
    block.u32(8);
    block.u16(5);
    block.entry(271, 2, MAKER.len(), data_at + 16);
    block.short(274, orientation);
    block.entry(282, 5, 1, data_at);
    block.entry(283, 5, 1, data_at);
    block.entry(34665, 4, 1, exif_at);
    block.u32(ifd1_at);
    block.u16(4);
    block.entry(33434, 5, 1, data_at + 8);
    block.entry(37500, 7, notes.len(), notes_at);
    block.entry(0xA002, 4, 1, size.width as usize);
    block.entry(0xA003, 4, 1, size.height as usize);
    block.u32(0);
    block.u16(2);
    block.entry(513, 4, 1, thumbnail_at);
    block.entry(514, 4, 1, THUMBNAIL.len());
    block.u32(0);
    for value in [300, 1, 1, 250] {
        block.u32(value);
    }
    block.bytes.extend(data);
    block.bytes
}

struct Block {
    bytes: Vec<u8>,
    big: bool,
}

impl Block {
    fn u16(&mut self, value: usize) {
        let value = value as u16;
        self.bytes.extend(if self.big { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn u32(&mut self, value: usize) {
        let value = value as u32;
        self.bytes.extend(if self.big { value.to_be_bytes() } else { value.to_le_bytes() });
    }

    fn entry(&mut self, tag: usize, kind: usize, count: usize, value: usize) {
        self.u16(tag);
        self.u16(kind);
        self.u32(count);
        self.u32(value);
    }

    fn short(&mut self, tag: usize, value: u16) {
        self.u16(tag);
        self.u16(3);
        self.u32(1);
        self.u16(usize::from(value));
        self.u16(0);
    }
}

/// Whether `needle` lies in `bytes`.
pub(crate) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// A little-endian TIFF file of one directory with the given numbers as LONG or (kind 3) SHORT, `data` at byte 8.
pub(crate) fn tiff(tags: &[(u16, u16, &[u32])], data: &[u8]) -> Vec<u8> {
    let data_end = (8 + data.len()).next_multiple_of(2);
    let mut values = Vec::new();
    let values_at = data_end + 6 + 12 * tags.len();
    let mut directory = (tags.len() as u16).to_le_bytes().to_vec();
    for (tag, kind, numbers) in tags {
        directory.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        directory.extend((numbers.len() as u32).to_le_bytes());
        let mut bytes: Vec<u8> = match kind {
            3 => numbers.iter().flat_map(|&value| (value as u16).to_le_bytes()).collect(),
            _ => numbers.iter().flat_map(|value| value.to_le_bytes()).collect(),
        };
        if bytes.len() <= 4 {
            bytes.resize(4, 0);
            directory.extend(bytes);
        } else {
            directory.extend(((values_at + values.len()) as u32).to_le_bytes());
            values.extend(bytes);
        }
    }
    directory.extend([0; 4]);
    let mut out = [b"II*\0".as_slice(), &(data_end as u32).to_le_bytes(), data].concat();
    out.resize(data_end, 0);
    [out, directory, values].concat()
}

/// A PNG file with these header fields and `raw` (filter bytes included) as its picture.
pub(crate) fn png(
    width: u32,
    height: u32,
    depth_color_interlace: [u8; 3],
    extra: &[(&[u8; 4], &[u8])],
    raw: &[u8],
) -> Vec<u8> {
    let [depth, color, interlace] = depth_color_interlace;
    let mut out = b"\x89PNG\r\n\x1A\n".to_vec();
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, color, 0, 0, interlace]].concat();
    chunk(&mut out, b"IHDR", &header);
    for (name, body) in extra {
        chunk(&mut out, *name, body);
    }
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(raw).unwrap();
    chunk(&mut out, b"IDAT", &packed.finish().unwrap());
    chunk(&mut out, b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, name: &[u8], body: &[u8]) {
    out.extend((body.len() as u32).to_be_bytes());
    let named = [name, body].concat();
    out.extend(&named);
    out.extend(crc32fast::hash(&named).to_be_bytes());
}

/// A BMP file with these header fields; `height` may be negative.
pub(crate) fn bmp(width: i32, height: i32, bits: u16, compression: u32, pixels: &[u8]) -> Vec<u8> {
    let palette: Vec<u8> =
        if bits == 8 { (0..=255_u8).flat_map(|value| [value, 255 - value, 7, 0]).collect() } else { Vec::new() };
    let at = 54 + palette.len() as u32;
    let mut out = b"BM".to_vec();
    for field in [at + pixels.len() as u32, 0, at, 40] {
        out.extend(field.to_le_bytes());
    }
    out.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
    out.extend([1_u16.to_le_bytes(), bits.to_le_bytes()].concat());
    for field in [compression, pixels.len() as u32, 0, 0, 0, 0] {
        out.extend(field.to_le_bytes());
    }
    [out, palette, pixels.to_vec()].concat()
}

/// A WebP file of these chunks.
pub(crate) fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (name, bytes) in chunks {
        body.extend(*name);
        body.extend((bytes.len() as u32).to_le_bytes());
        body.extend(*bytes);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
}

/// A lossy WebP key frame of 16 x 16 pixels that consists of zero bits.
pub(crate) fn lossy_webp() -> Vec<u8> {
    let first_partition = 64_u32;
    // Key frame, version 0, shown, then the first partition's length from bit 5 on.
    let tag = (first_partition << 5 | 1 << 4).to_le_bytes();
    let mut frame = vec![tag[0], tag[1], tag[2], 0x9D, 0x01, 0x2A, 16, 0, 16, 0];
    frame.resize(frame.len() + 128, 0);
    webp(&[(b"VP8 ", &frame)])
}

/// Corrects the checksums of a damaged PNG file, so that the damage gets past them.
pub(crate) fn repair_png(bytes: &mut [u8]) {
    let mut at = 8;
    while bytes.starts_with(b"\x89PNG") && at + 12 <= bytes.len() {
        let len = u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
        let Some(named) = bytes.get(at + 4..(at + 8).saturating_add(len)) else { return };
        let checksum = crc32fast::hash(named).to_be_bytes();
        at += 8 + len;
        let Some(slot) = bytes.get_mut(at..at + 4) else { return };
        slot.copy_from_slice(&checksum);
        at += 4;
    }
}
