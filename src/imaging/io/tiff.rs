//! Reading TIFF: the first picture of a file in strips or tiles, 1 to 16 bit, grey or RGB.

use std::io::Cursor;

use tiff::decoder::{Decoder, DecodingResult, Limits as TiffLimits};
use tiff::{ColorType, TiffError, TiffUnsupportedError};

use super::ifd::Reader;
use super::raw::Raw;
use super::{Limits, PhotoError, exif};
use crate::imaging::{ColorModel, FileFormat, Samples, Size};

const FORMAT: FileFormat = FileFormat::Tiff;
const ORIENTATION: u16 = 274;
const EXTRA_SAMPLES: u16 = 338;
const XMP: u16 = 700;
const ICC: u16 = 34675;
/// The value of [`EXTRA_SAMPLES`] for colors that were multiplied by alpha.
const ASSOCIATED_ALPHA: u32 = 1;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Raw, PhotoError> {
    check_tags(bytes, limits)?;
    let decoder = Decoder::new(Cursor::new(bytes)).map_err(|error| decode_error(&error))?;
    let mut allowed = TiffLimits::default();
    allowed.decoding_buffer_size = limits.decoder_bytes();
    allowed.intermediate_buffer_size = limits.decoder_bytes();
    let mut decoder = decoder.with_limits(allowed);
    let (width, height) = decoder.dimensions().map_err(|error| decode_error(&error))?;
    let size = limits.check(u64::from(width), u64::from(height))?;
    let color = decoder.colortype().map_err(|error| decode_error(&error))?;
    let model = model_of(color)?;
    limits.sample_count(size, model, if color.bit_depth() > 8 { 2 } else { 1 })?;
    let samples = read_samples(&mut decoder, size, color)?;
    let mut raw = Raw::new(FORMAT, size, model, samples);
    if let Some((reader, first)) = Reader::new(bytes) {
        take_tags(&mut raw, reader, first);
    }
    Ok(raw)
}

/// Checks what the decoder has its own words for: impossible sizes and compressed data that go on after the file's end.
fn check_tags(bytes: &[u8], limits: &Limits) -> Result<(), PhotoError> {
    let Some((reader, first)) = Reader::new(bytes) else { return Ok(()) };
    let entries = reader.entries(first);
    let find = |tag| entries.iter().copied().find(|entry| entry.tag == tag);
    let number = |tag| find(tag).and_then(|entry| reader.number(entry));
    if let (Some(width), Some(height)) = (number(256), number(257)) {
        limits.check(width.into(), height.into())?;
    }
    let is_compressed = number(259).is_some_and(|method| method != 1);
    for (offsets, lengths) in [(273, 279), (324, 325)] {
        let (Some(offsets), Some(lengths)) = (find(offsets), find(lengths)) else { continue };
        let mut ends =
            reader.numbers(offsets).zip(reader.numbers(lengths)).map(|(at, len)| u64::from(at) + u64::from(len));
        if is_compressed && ends.any(|end| end > bytes.len() as u64) {
            return Err(PhotoError::Truncated { format: FORMAT });
        }
    }
    Ok(())
}

fn model_of(color: ColorType) -> Result<ColorModel, PhotoError> {
    match color {
        ColorType::Gray(1 | 2 | 4 | 8 | 16) => Ok(ColorModel::Gray),
        ColorType::Multiband { bit_depth: 8 | 16, num_samples: 2 } => Ok(ColorModel::GrayAlpha),
        ColorType::RGB(8 | 16) | ColorType::YCbCr(8) => Ok(ColorModel::Rgb),
        ColorType::RGBA(8 | 16) => Ok(ColorModel::Rgba),
        ColorType::CMYK(_) | ColorType::CMYKA(_) => Err(PhotoError::Cmyk { format: FORMAT }),
        ColorType::Gray(bits) | ColorType::RGB(bits) | ColorType::RGBA(bits) => {
            Err(PhotoError::Unsupported { format: FORMAT, what: format!("{bits} bits a sample") })
        }
        other => Err(PhotoError::Unsupported { format: FORMAT, what: format!("the channels {other:?}") }),
    }
}

fn read_samples(decoder: &mut Decoder<Cursor<&[u8]>>, size: Size, color: ColorType) -> Result<Samples, PhotoError> {
    let damaged = |detail: &str| PhotoError::Damaged { format: FORMAT, detail: detail.to_owned() };
    let layout = decoder.image_buffer_layout().map_err(|error| decode_error(&error))?;
    if layout.sample_format != tiff::tags::SampleFormat::Uint {
        let what = "floating-point or signed samples".to_owned();
        return Err(PhotoError::Unsupported { format: FORMAT, what });
    }
    let mut result = DecodingResult::U8(Vec::new());
    decoder.read_image_to_buffer(&mut result).map_err(|error| decode_error(&error))?;
    let channels = usize::from(color.num_samples());
    let count = size.area() * channels;
    let is_planar = layout.planes > 1;
    if is_planar && layout.planes != channels {
        return Err(damaged("an unexpected number of planes"));
    }
    let samples = match result {
        DecodingResult::U8(packed) if color.bit_depth() < 8 => {
            let stride = layout.row_stride.map_or(0, std::num::NonZeroUsize::get);
            Samples::U8(unpack(&packed, size, color.bit_depth(), stride))
        }
        DecodingResult::U8(samples) => Samples::U8(if is_planar { interleave(&samples, channels) } else { samples }),
        DecodingResult::U16(samples) => Samples::U16(if is_planar { interleave(&samples, channels) } else { samples }),
        _ => return Err(damaged("an unexpected sample type")),
    };
    if samples.len() != count {
        return Err(damaged("an unexpected number of samples"));
    }
    Ok(match (color, samples) {
        (ColorType::YCbCr(_), Samples::U8(samples)) => Samples::U8(rgb_from_ycbcr(samples)),
        (_, samples) => samples,
    })
}

/// Spreads samples of 1, 2 or 4 bits over the range of 8 bits.
fn unpack(packed: &[u8], size: Size, bits: u8, stride: usize) -> Vec<u8> {
    let per_byte = usize::from(8 / bits);
    let top = (1_u16 << bits) - 1;
    let mut out = Vec::with_capacity(size.area());
    for row in packed.chunks_exact(stride.max(1)).take(size.height as usize) {
        let samples = row.iter().flat_map(|&byte| {
            (0..per_byte).map(move |index| {
                let value = u16::from(byte >> (8 - usize::from(bits) * (index + 1))) & top;
                (value * 255 / top) as u8
            })
        });
        out.extend(samples.take(size.width as usize));
    }
    out
}

fn interleave<T: Copy>(planes: &[T], channels: usize) -> Vec<T> {
    let plane_len = planes.len() / channels;
    (0..plane_len * channels).map(|at| planes[at % channels * plane_len + at / channels]).collect()
}

/// JPEG inside of TIFF is handed over without the conversion that JPEG files get.
fn rgb_from_ycbcr(mut samples: Vec<u8>) -> Vec<u8> {
    for [y, blue, red] in samples.as_chunks_mut().0 {
        let (luma, cb, cr) = (f32::from(*y), f32::from(*blue) - 128.0, f32::from(*red) - 128.0);
        let clamp = |value: f32| (value + 0.5).clamp(0.0, 255.0) as u8;
        *y = clamp(luma + 1.402 * cr);
        *blue = clamp(luma - 0.344_136 * cb - 0.714_136 * cr);
        *red = clamp(luma + 1.772 * cb);
    }
    samples
}

fn take_tags(raw: &mut Raw, reader: Reader<'_>, first: usize) {
    for entry in reader.entries(first) {
        match entry.tag {
            ORIENTATION => raw.orientation = reader.number(entry).map(|value| value as u8),
            ICC => raw.icc = Some(reader.value(entry).to_vec()),
            XMP => raw.xmp = Some(reader.value(entry).to_vec()),
            EXTRA_SAMPLES if raw.model.has_alpha() && reader.number(entry) == Some(ASSOCIATED_ALPHA) => {
                separate_alpha(&mut raw.samples, raw.model.channels());
            }
            _ => {}
        }
    }
    raw.density = reader.density(first);
    raw.exif = exif::collect(reader, first);
}

/// Undoes the multiplication of colors by alpha.
fn separate_alpha(samples: &mut Samples, channels: usize) {
    fn divide<T: Copy + Into<u32>>(samples: &mut [T], channels: usize, top: u32, narrow: impl Fn(u32) -> T) {
        for pixel in samples.chunks_exact_mut(channels) {
            let Some((alpha, colors)) = pixel.split_last_mut() else { continue };
            let alpha: u32 = (*alpha).into();
            if alpha == 0 || alpha == top {
                continue;
            }
            for color in colors {
                let value: u32 = (*color).into();
                *color = narrow(((u64::from(value) * u64::from(top) + u64::from(alpha / 2)) / u64::from(alpha)) as u32);
            }
        }
    }
    match samples {
        Samples::U8(samples) => divide(samples, channels, 255, |value| value.min(255) as u8),
        Samples::U16(samples) => divide(samples, channels, 65_535, |value| value.min(65_535) as u16),
    }
}

fn decode_error(error: &TiffError) -> PhotoError {
    match error {
        TiffError::IoError(error) => PhotoError::from_decoder_io(error, FORMAT),
        TiffError::UnsupportedError(TiffUnsupportedError::UnsupportedCompressionMethod(method)) => {
            PhotoError::Unsupported { format: FORMAT, what: format!("the compression {method:?}") }
        }
        TiffError::UnsupportedError(what) => PhotoError::Unsupported { format: FORMAT, what: what.to_string() },
        other => PhotoError::Damaged { format: FORMAT, detail: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_become_pixels() {
        assert_eq!(interleave(&[1, 2, 3, 4, 5, 6], 3), [1, 3, 5, 2, 4, 6], "two pixels of three planes");
    }

    #[test]
    fn small_depths_reach_black_and_white() {
        let size = Size::new(3, 2);
        assert_eq!(unpack(&[0b1010_0000, 0b0110_0000], size, 1, 1), [255, 0, 255, 0, 255, 255], "1 bit");
        assert_eq!(unpack(&[0xF0, 0x80, 0x1F, 0x00], size, 4, 2), [255, 0, 136, 17, 255, 0], "4 bit");
    }

    #[test]
    fn associated_alpha_is_divided_out() {
        let mut samples = Samples::U8(vec![50, 128, 7, 0, 9, 255]);
        separate_alpha(&mut samples, 2);
        assert_eq!(samples, Samples::U8(vec![100, 128, 7, 0, 9, 255]), "half, none, full");
    }
}
