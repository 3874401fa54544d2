//! PNG: every depth and color type in, 8 or 16 bit out.

use std::borrow::Cow;
use std::io::Cursor;

use png::text_metadata::ITXtChunk;
use png::{BitDepth, ColorType, Compression, Decoder, DecodingError, Encoder, EncodingError, Info, Reader};

use super::raw::Raw;
use super::{Limits, PhotoError};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples};

const FORMAT: FileFormat = FileFormat::Png;
const XMP_KEYWORD: &str = "XML:com.adobe.xmp";
const INCHES_PER_METER: f32 = 1.0 / 0.0254;
/// An XMP packet is text; one larger than this is not.
const MAX_XMP_BYTES: usize = 16 << 20;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Raw, PhotoError> {
    // The decoder has its own words for impossible sizes; these are the same for all formats.
    if let Some(&[w3, w2, w1, w0, h3, h2, h1, h0]) = bytes.get(16..).and_then(|sides| sides.first_chunk()) {
        let side = |bytes| u64::from(u32::from_be_bytes(bytes));
        limits.check(side([w3, w2, w1, w0]), side([h3, h2, h1, h0]))?;
    }
    let allowed = png::Limits { bytes: limits.decoder_bytes() };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), allowed);
    // Palettes and small depths become 8 bit, a transparent color becomes an alpha channel.
    decoder.set_transformations(png::Transformations::EXPAND);
    let header = decoder.read_header_info().map_err(|error| decode_error(&error))?;
    let size = limits.check(u64::from(header.width), u64::from(header.height))?;
    let mut reader = decoder.read_info().map_err(|error| decode_error(&error))?;
    let (color, depth) = reader.output_color_type();
    let model = match color {
        ColorType::Grayscale => ColorModel::Gray,
        ColorType::GrayscaleAlpha => ColorModel::GrayAlpha,
        ColorType::Rgb | ColorType::Indexed => ColorModel::Rgb,
        ColorType::Rgba => ColorModel::Rgba,
    };
    let is_deep = depth == BitDepth::Sixteen;
    let count = limits.sample_count(size, model, if is_deep { 2 } else { 1 })?;
    let samples = if is_deep {
        Samples::U16(read_deep(&mut reader, count)?)
    } else {
        let mut samples = vec![0; count];
        read_frame(&mut reader, &mut samples)?;
        Samples::U8(samples)
    };
    // The picture is complete; what may follow it are texts and the EXIF chunk.
    if let Err(error) = reader.finish() {
        tracing::warn!("the PNG file ends early after its picture: {error}");
    }
    let info = reader.info();
    Ok(Raw {
        icc: info.icc_profile.as_ref().map(|icc| icc.to_vec()),
        exif: info.exif_metadata.as_ref().map(|exif| exif.to_vec()),
        xmp: xmp(info),
        density: density(info),
        ..Raw::new(FORMAT, size, model, samples)
    })
}

type MemoryReader<'a> = Reader<Cursor<&'a [u8]>>;

fn read_frame(reader: &mut MemoryReader<'_>, out: &mut [u8]) -> Result<(), PhotoError> {
    if reader.output_buffer_size() != Some(out.len()) {
        return Err(PhotoError::Damaged { format: FORMAT, detail: "contradicting sizes".to_owned() });
    }
    let info = reader.next_frame(out).map_err(|error| decode_error(&error))?;
    if info.buffer_size() == out.len() {
        Ok(())
    } else {
        Err(PhotoError::Damaged { format: FORMAT, detail: "the first frame is not the whole picture".to_owned() })
    }
}

fn read_deep(reader: &mut MemoryReader<'_>, count: usize) -> Result<Vec<u16>, PhotoError> {
    let from_bytes = |bytes: &[u8]| bytes.as_chunks().0.iter().map(|&pair| u16::from_be_bytes(pair)).collect();
    if reader.info().interlaced {
        let mut bytes = vec![0; count * 2];
        read_frame(reader, &mut bytes)?;
        return Ok(from_bytes(&bytes));
    }
    // Row by row, so that the samples are not held twice.
    let mut samples = Vec::with_capacity(count);
    while let Some(row) = reader.next_row().map_err(|error| decode_error(&error))? {
        samples.extend(row.data().as_chunks().0.iter().map(|&pair| u16::from_be_bytes(pair)));
        if samples.len() >= count {
            break;
        }
    }
    if samples.len() == count { Ok(samples) } else { Err(PhotoError::Truncated { format: FORMAT }) }
}

fn xmp(info: &Info<'_>) -> Option<Vec<u8>> {
    let mut chunk = info.utf8_text.iter().find(|chunk| chunk.keyword == XMP_KEYWORD)?.clone();
    chunk.decompress_text_with_limit(MAX_XMP_BYTES).ok()?;
    chunk.get_text().ok().map(String::into_bytes)
}

fn density(info: &Info<'_>) -> Option<(f32, f32)> {
    let dims = info.pixel_dims?;
    let is_metric = matches!(dims.unit, png::Unit::Meter) && dims.xppu > 0 && dims.yppu > 0;
    is_metric.then(|| (dims.xppu as f32 / INCHES_PER_METER, dims.yppu as f32 / INCHES_PER_METER))
}

/// Encodes at the frame's own depth, fast rather than small.
pub(super) fn encode(frame: &Frame, metadata: &Metadata) -> Result<Vec<u8>, PhotoError> {
    let size = frame.size();
    let mut info = Info::with_size(size.width, size.height);
    info.color_type = match frame.model() {
        ColorModel::Gray => ColorType::Grayscale,
        ColorModel::GrayAlpha => ColorType::GrayscaleAlpha,
        ColorModel::Rgb => ColorType::Rgb,
        ColorModel::Rgba => ColorType::Rgba,
    };
    info.icc_profile = metadata.icc.as_deref().map(Cow::Borrowed);
    info.exif_metadata = metadata.exif.as_deref().map(Cow::Borrowed);
    info.pixel_dims = metadata.density.map(|(x, y)| {
        let per_meter = |per_inch: f32| (per_inch * INCHES_PER_METER).round().max(1.0) as u32;
        png::PixelDimensions { xppu: per_meter(x), yppu: per_meter(y), unit: png::Unit::Meter }
    });
    if let Some(xmp) = &metadata.xmp {
        match str::from_utf8(xmp) {
            Ok(text) => info.utf8_text.push(ITXtChunk::new(XMP_KEYWORD, text)),
            Err(error) => tracing::warn!("the XMP data is not text and is left out: {error}"),
        }
    }
    let data = match frame.samples() {
        Samples::U8(samples) => Cow::Borrowed(samples.as_slice()),
        Samples::U16(samples) => {
            info.bit_depth = BitDepth::Sixteen;
            Cow::Owned(samples.iter().flat_map(|value| value.to_be_bytes()).collect())
        }
    };
    write(info, &data).map_err(|error| PhotoError::NotEncoded { format: FORMAT, detail: error.to_string() })
}

fn write(info: Info<'_>, data: &[u8]) -> Result<Vec<u8>, EncodingError> {
    let mut out = Vec::with_capacity(data.len() / 2);
    let mut encoder = Encoder::with_info(&mut out, info)?;
    encoder.set_compression(Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(data)?;
    writer.finish()?;
    Ok(out)
}

fn decode_error(error: &DecodingError) -> PhotoError {
    match error {
        DecodingError::IoError(error) => PhotoError::from_decoder_io(error, FORMAT),
        other => PhotoError::Damaged { format: FORMAT, detail: other.to_string() },
    }
}
