//! Windows bitmaps: 8 bit, grey, color or color with alpha, with a profile where there is one.

use std::io::Cursor;

use image::ImageDecoder as _;
use image::codecs::bmp::BmpDecoder;

use super::raw::{Raw, image_error, samples8};
use super::{Limits, PhotoError};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples, Size};

const FORMAT: FileFormat = FileFormat::Bmp;
const FILE_HEADER: usize = 14;
const INFO_HEADER: usize = 40;
/// BITMAPV5HEADER: the only one that can hold a profile.
const V5_HEADER: usize = 124;
const INCHES_PER_METER: f32 = 1.0 / 0.0254;
const PROFILE_EMBEDDED: u32 = u32::from_be_bytes(*b"MBED");
const SRGB: u32 = u32::from_be_bytes(*b"sRGB");

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Raw, PhotoError> {
    let (width, height) = header_size(bytes).ok_or(PhotoError::Truncated { format: FORMAT })?;
    let size = limits.check(width, height)?;
    let decoder = BmpDecoder::new(Cursor::new(bytes)).map_err(|error| image_error(&error, FORMAT))?;
    if decoder.dimensions() != (size.width, size.height) {
        return Err(PhotoError::Damaged { format: FORMAT, detail: "contradicting sizes".to_owned() });
    }
    let has_palette = decoder.get_palette().is_some();
    let model = match decoder.color_type() {
        image::ColorType::Rgb8 => ColorModel::Rgb,
        image::ColorType::Rgba8 => ColorModel::Rgba,
        other => {
            return Err(PhotoError::Unsupported { format: FORMAT, what: format!("the channels {other:?}") });
        }
    };
    let mut samples = vec![0; limits.sample_count(size, model, 1)?];
    decoder.read_image(&mut samples).map_err(|error| image_error(&error, FORMAT))?;
    let (model, samples) = if has_palette { gray_if_gray(model, samples) } else { (model, samples) };
    Ok(Raw { icc: icc(bytes), density: density(bytes), ..Raw::new(FORMAT, size, model, Samples::U8(samples)) })
}

/// A palette is how a bitmap holds a grey picture.
fn gray_if_gray(model: ColorModel, samples: Vec<u8>) -> (ColorModel, Vec<u8>) {
    let is_gray = model == ColorModel::Rgb && samples.as_chunks().0.iter().all(|&[r, g, b]| r == g && g == b);
    if is_gray { (ColorModel::Gray, samples.into_iter().step_by(3).collect()) } else { (model, samples) }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|field| u32::from_le_bytes(*field))
}

fn header_size(bytes: &[u8]) -> Option<(u64, u64)> {
    if u32_at(bytes, FILE_HEADER)? == 12 {
        let sides = u32_at(bytes, FILE_HEADER + 4)?;
        return Some((u64::from(sides & 0xFFFF), u64::from(sides >> 16)));
    }
    let side = |at| u32_at(bytes, at).map(|field| u64::from(field.cast_signed().unsigned_abs()));
    Some((side(FILE_HEADER + 4)?, side(FILE_HEADER + 8)?))
}

fn icc(bytes: &[u8]) -> Option<Vec<u8>> {
    if u32_at(bytes, FILE_HEADER)? as usize != V5_HEADER || u32_at(bytes, FILE_HEADER + 56)? != PROFILE_EMBEDDED {
        return None;
    }
    let at = FILE_HEADER + u32_at(bytes, FILE_HEADER + 112)? as usize;
    let len = u32_at(bytes, FILE_HEADER + 116)? as usize;
    bytes.get(at..at.checked_add(len)?).map(<[u8]>::to_vec)
}

fn density(bytes: &[u8]) -> Option<(f32, f32)> {
    if (u32_at(bytes, FILE_HEADER)? as usize) < INFO_HEADER {
        return None;
    }
    let per_inch = |at| u32_at(bytes, at).map(|field| field.cast_signed() as f32 / INCHES_PER_METER);
    let (x, y) = (per_inch(FILE_HEADER + 24)?, per_inch(FILE_HEADER + 28)?);
    (x > 0.0 && y > 0.0).then_some((x, y))
}

/// Encodes at 8 bit, bottom row first.
pub(super) fn encode(frame: &Frame, metadata: &Metadata) -> Result<Vec<u8>, PhotoError> {
    let size = frame.size();
    let has_alpha = frame.model().has_alpha();
    let pixel_len = match frame.model() {
        ColorModel::Gray => 1,
        ColorModel::Rgb => 3,
        ColorModel::GrayAlpha | ColorModel::Rgba => 4,
    };
    let row_len = (size.width as usize * pixel_len).next_multiple_of(4);
    let pixels_len = row_len * size.height as usize;
    let header_len = if has_alpha || metadata.icc.is_some() { V5_HEADER } else { INFO_HEADER };
    let palette_len = if pixel_len == 1 { 1024 } else { 0 };
    let pixels_at = FILE_HEADER + header_len + palette_len;
    let total = pixels_at + pixels_len + metadata.icc.as_ref().map_or(0, Vec::len);
    if u32::try_from(total).is_err() {
        return Err(PhotoError::FormatLimit { format: FORMAT, size });
    }
    let mut out = Vec::with_capacity(total);
    out.extend(b"BM");
    for field in [total as u32, 0, pixels_at as u32] {
        out.extend(field.to_le_bytes());
    }
    let profile_at = pixels_at + pixels_len - FILE_HEADER;
    push_header(&mut out, size, metadata, &Layout { header_len, pixel_len, pixels_len, profile_at });
    for value in (0..palette_len / 4).map(|value| value as u8) {
        out.extend([value, value, value, 0]);
    }
    push_rows(&mut out, frame, row_len);
    out.extend(metadata.icc.iter().flatten());
    Ok(out)
}

struct Layout {
    header_len: usize,
    pixel_len: usize,
    pixels_len: usize,
    /// From the start of the info header.
    profile_at: usize,
}

fn push_header(out: &mut Vec<u8>, size: Size, metadata: &Metadata, layout: &Layout) {
    let per_meter = |per_inch: f32| (per_inch * INCHES_PER_METER).round().max(0.0) as u32;
    let (x, y) = metadata.density.map_or((0, 0), |(x, y)| (per_meter(x), per_meter(y)));
    let has_masks = layout.pixel_len == 4;
    let planes_and_bits = 1 | (layout.pixel_len as u32 * 8) << 16;
    let compression = if has_masks { 3 } else { 0 };
    let sides = [layout.header_len as u32, size.width, size.height];
    let rest = [planes_and_bits, compression, layout.pixels_len as u32, x, y, 0, 0];
    let mut fields: Vec<u32> = sides.into_iter().chain(rest).collect();
    if layout.header_len == V5_HEADER {
        fields.extend(if has_masks { [0x00FF_0000, 0x0000_FF00, 0x0000_00FF, 0xFF00_0000] } else { [0; 4] });
        fields.push(if metadata.icc.is_some() { PROFILE_EMBEDDED } else { SRGB });
        // Primaries and gamma, which neither kind of color space uses; then the intent: pictures.
        fields.extend([0; 12]);
        fields.push(4);
        let profile_len = metadata.icc.as_ref().map_or(0, Vec::len) as u32;
        fields.extend([if profile_len == 0 { 0 } else { layout.profile_at as u32 }, profile_len, 0]);
    }
    out.extend(fields.into_iter().flat_map(u32::to_le_bytes));
}

fn push_rows(out: &mut Vec<u8>, frame: &Frame, row_len: usize) {
    let samples = samples8(frame, true);
    let row_samples = frame.size().width as usize * frame.model().channels();
    for row in samples.chunks_exact(row_samples).rev() {
        let end = out.len() + row_len;
        match frame.model() {
            ColorModel::Gray => out.extend(row),
            ColorModel::GrayAlpha => out.extend(row.as_chunks().0.iter().flat_map(|&[v, a]| [v, v, v, a])),
            ColorModel::Rgb => out.extend(row.as_chunks().0.iter().flat_map(|&[r, g, b]| [b, g, r])),
            ColorModel::Rgba => out.extend(row.as_chunks().0.iter().flat_map(|&[r, g, b, a]| [b, g, r, a])),
        }
        out.resize(end, 0);
    }
}
