//! JPEG: decoding, and encoding with the source's own tables and subsampling.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::{ImageDecoder as _, ImageError};
use jpeg_encoder::{
    ChromaSubsamplingMethod, ColorType, Encoder, EncodingError, PixelDensity, PixelDensityUnit, QuantizationTableType,
    SamplingFactor,
};

use super::jpeg_header::Header;
use super::raw::{Raw, samples8};
use super::{JpegQuality, Limits, PhotoError};
use crate::imaging::{ColorModel, FileFormat, Frame, JpegCoding, Metadata};

const FORMAT: FileFormat = FileFormat::Jpeg;
const XMP_MARK: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
/// What fits into one segment beside its length field.
const SEGMENT_LEN: usize = 65_533;
/// Taken when there are neither source tables nor a wish.
const DEFAULT_QUALITY: u8 = 92;

pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Raw, PhotoError> {
    let header = Header::parse(bytes)?;
    let size = limits.check(u64::from(header.size.0), u64::from(header.size.1))?;
    if header.precision != 8 {
        let what = format!("{} bits a sample", header.precision);
        return Err(PhotoError::Unsupported { format: FORMAT, what });
    }
    if !header.is_complete {
        return Err(PhotoError::Truncated { format: FORMAT });
    }
    let decoder = JpegDecoder::new(Cursor::new(bytes)).map_err(|error| decode_error(&error))?;
    // The decoder reads the header for itself; two frame headers must not make it see another size than was checked.
    if decoder.dimensions() != (size.width, size.height) {
        return Err(PhotoError::Damaged { format: FORMAT, detail: "contradicting frame headers".to_owned() });
    }
    let model = match decoder.color_type() {
        image::ColorType::L8 => ColorModel::Gray,
        image::ColorType::Rgb8 => ColorModel::Rgb,
        other => {
            return Err(PhotoError::Unsupported { format: FORMAT, what: format!("the channels {other:?}") });
        }
    };
    let mut samples = vec![0; limits.sample_count(size, model, 1)?];
    decoder.read_image(&mut samples).map_err(|error| decode_error(&error))?;
    // Inks have been converted to RGB: their profile and their tables no longer belong to the samples.
    let is_converted = header.components.len() == 4;
    Ok(Raw {
        icc: if is_converted { None } else { header.icc_profile() },
        jpeg: header.coding(),
        density: header.density,
        exif: header.exif,
        xmp: header.xmp,
        ..Raw::new(FORMAT, size, model, crate::imaging::Samples::U8(samples))
    })
}

/// Encodes as baseline JPEG. 16-bit samples are rounded to 8 bit; what shines through transparency is white.
pub(super) fn encode(frame: &Frame, metadata: &Metadata, quality: JpegQuality) -> Result<Vec<u8>, PhotoError> {
    let size = frame.size();
    let (Ok(width), Ok(height)) = (u16::try_from(size.width), u16::try_from(size.height)) else {
        return Err(PhotoError::FormatLimit { format: FORMAT, size });
    };
    let samples = samples8(frame, false);
    let is_gray = frame.model().color_channels() == 1;
    let color = if is_gray { ColorType::Luma } else { ColorType::Rgb };
    let mut out = Vec::with_capacity(samples.len() / 4);
    let mut encoder = encoder_for(&mut out, metadata.jpeg.as_ref(), quality);
    if let Some((x, y)) = metadata.density {
        let clamp = |value: f32| value.round().clamp(1.0, 65535.0) as u16;
        encoder.set_density(PixelDensity { density: (clamp(x), clamp(y)), unit: PixelDensityUnit::Inches });
    }
    add_metadata(&mut encoder, metadata).map_err(|error| encode_error(&error))?;
    encoder.encode(&samples, width, height, color).map_err(|error| encode_error(&error))?;
    Ok(out)
}

fn encoder_for<'a>(
    out: &'a mut Vec<u8>,
    source: Option<&JpegCoding>,
    quality: JpegQuality,
) -> Encoder<&'a mut Vec<u8>> {
    let number = match quality {
        JpegQuality::AsSource => DEFAULT_QUALITY,
        JpegQuality::Quality(number) => number.clamp(1, 100),
    };
    let mut encoder = Encoder::new(out, number);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let Some(source) = source else { return encoder };
    let (horizontal, vertical) = source.sampling;
    encoder.set_sampling_factor(SamplingFactor::from_factors(horizontal, vertical).unwrap_or(SamplingFactor::F_1_1));
    let [luma, chroma] = &source.tables;
    if let (JpegQuality::AsSource, Some(luma), Some(chroma)) = (quality, table(luma), table(chroma)) {
        encoder.set_quantization_tables(luma, chroma);
    }
    encoder
}

/// The table for the encoder, which writes 8-bit entries; only files of the very worst quality have larger ones.
fn table(values: &[u16]) -> Option<QuantizationTableType> {
    let values: [u16; 64] = values.try_into().ok()?;
    Some(QuantizationTableType::Custom(Box::new(values.map(|value| value.clamp(1, 255)))))
}

fn add_metadata(encoder: &mut Encoder<&mut Vec<u8>>, metadata: &Metadata) -> Result<(), EncodingError> {
    if let Some(exif) = &metadata.exif {
        if exif.len() + 6 <= SEGMENT_LEN {
            encoder.add_exif_metadata(exif)?;
        } else {
            tracing::warn!("the EXIF data ({} bytes) does not fit into a JPEG file and is left out", exif.len());
        }
    }
    if let Some(xmp) = &metadata.xmp {
        if xmp.len() + XMP_MARK.len() <= SEGMENT_LEN {
            encoder.add_app_segment(1, [XMP_MARK, xmp].concat())?;
        } else {
            tracing::warn!("the XMP data ({} bytes) does not fit into a JPEG file and is left out", xmp.len());
        }
    }
    if let Some(icc) = &metadata.icc {
        encoder.add_icc_profile(icc)?;
    }
    Ok(())
}

fn decode_error(error: &ImageError) -> PhotoError {
    super::raw::image_error(error, FORMAT)
}

fn encode_error(error: &EncodingError) -> PhotoError {
    PhotoError::NotEncoded { format: FORMAT, detail: error.to_string() }
}
