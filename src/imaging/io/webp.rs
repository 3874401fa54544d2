//! WebP: lossy and lossless in, lossless out.

use std::io::Cursor;

use image_webp::{ColorType, DecodingError, WebPDecoder, WebPEncoder};

use super::raw::{Raw, samples8};
use super::{Limits, PhotoError};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples};

const FORMAT: FileFormat = FileFormat::WebP;
/// The format's own limit on a side.
const MAX_SIDE: u32 = 16_383;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Raw, PhotoError> {
    check_chunks(bytes, limits)?;
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|error| decode_error(&error))?;
    decoder.set_memory_limit(limits.decoder_bytes());
    let (width, height) = decoder.dimensions();
    let size = limits.check(u64::from(width), u64::from(height))?;
    let model = if decoder.has_alpha() { ColorModel::Rgba } else { ColorModel::Rgb };
    let mut samples = vec![0; limits.sample_count(size, model, 1)?];
    decoder.read_image(&mut samples).map_err(|error| decode_error(&error))?;
    let optional = |name, chunk: Result<Option<Vec<u8>>, DecodingError>| {
        chunk.unwrap_or_else(|error| {
            tracing::warn!("the {name} chunk of the WebP file cannot be read: {error}");
            None
        })
    };
    Ok(Raw {
        icc: optional("ICC", decoder.icc_profile()),
        exif: optional("EXIF", decoder.exif_metadata()),
        xmp: optional("XMP", decoder.xmp_metadata()),
        ..Raw::new(FORMAT, size, model, Samples::U8(samples))
    })
}

/// Checks what the decoder takes on trust: the file's length, and the size that each coded picture claims for itself.
fn check_chunks(bytes: &[u8], limits: &Limits) -> Result<(), PhotoError> {
    let riff_len = bytes.get(4..8).and_then(|len| len.first_chunk()).map_or(0, |len| u32::from_le_bytes(*len));
    if (bytes.len() as u64) < u64::from(riff_len) + 8 {
        return Err(PhotoError::Truncated { format: FORMAT });
    }
    check_pictures(bytes.get(12..).unwrap_or_default(), limits)
}

fn check_pictures(mut chunks: &[u8], limits: &Limits) -> Result<(), PhotoError> {
    while let Some((head, rest)) = chunks.split_first_chunk::<8>() {
        let [n0, n1, n2, n3, l0, l1, l2, l3] = *head;
        let len = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
        let body = rest.get(..len.min(rest.len())).unwrap_or_default();
        match (&[n0, n1, n2, n3], body) {
            (b"VP8X", [_, _, _, _, w0, w1, w2, h0, h1, h2, ..]) => {
                let side = |low, middle, high| u64::from(u32::from_le_bytes([low, middle, high, 0])) + 1;
                limits.check(side(*w0, *w1, *w2), side(*h0, *h1, *h2))?;
            }
            (b"VP8 ", [_, _, _, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ..]) => {
                let side = |low, high| u64::from(u16::from_le_bytes([low, high]) & 0x3FFF);
                limits.check(side(*w0, *w1), side(*h0, *h1))?;
            }
            (b"VP8L", [0x2F, b0, b1, b2, b3, ..]) => {
                let bits = u64::from(u32::from_le_bytes([*b0, *b1, *b2, *b3]));
                limits.check((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)?;
            }
            (b"ANMF", frame) => check_pictures(frame.get(16..).unwrap_or_default(), limits)?,
            _ => {}
        }
        chunks = rest.get(len.saturating_add(len & 1)..).unwrap_or_default();
    }
    Ok(())
}

/// Encodes lossless at 8 bit; grey becomes RGB, which is all the format has.
pub(super) fn encode(frame: &Frame, metadata: &Metadata) -> Result<Vec<u8>, PhotoError> {
    let size = frame.size();
    if size.width > MAX_SIDE || size.height > MAX_SIDE {
        return Err(PhotoError::FormatLimit { format: FORMAT, size });
    }
    let color = match frame.model() {
        ColorModel::Gray => ColorType::L8,
        ColorModel::GrayAlpha => ColorType::La8,
        ColorModel::Rgb => ColorType::Rgb8,
        ColorModel::Rgba => ColorType::Rgba8,
    };
    let mut out = Vec::new();
    let mut encoder = WebPEncoder::new(&mut out);
    encoder.set_icc_profile(metadata.icc.clone().unwrap_or_default());
    encoder.set_exif_metadata(metadata.exif.clone().unwrap_or_default());
    encoder.set_xmp_metadata(metadata.xmp.clone().unwrap_or_default());
    encoder
        .encode(&samples8(frame, true), size.width, size.height, color)
        .map_err(|error| PhotoError::NotEncoded { format: FORMAT, detail: error.to_string() })?;
    Ok(out)
}

fn decode_error(error: &DecodingError) -> PhotoError {
    match error {
        DecodingError::IoError(error) => PhotoError::from_decoder_io(error, FORMAT),
        other => PhotoError::Damaged { format: FORMAT, detail: other.to_string() },
    }
}
