//! OpenRaster (.ora): layers as PNG files in a ZIP archive, which painting programs open.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::super::io::{self, Encoding};
use super::super::{FileFormat, Frame, Metadata};
use super::DrawingError;

/// A layer to be written.
#[derive(Clone, Debug)]
pub struct OraLayer {
    /// What it is called.
    pub name: String,
    /// RGB or RGBA with straight alpha, of the whole paper's size.
    pub picture: Frame,
    /// 0..=1.
    pub opacity: f32,
    /// Whether it shows.
    pub is_visible: bool,
}

/// Layers, bottom first, with the picture that they make together, as the bytes of an OpenRaster file. All have one size.
///
/// # Errors
/// When a picture cannot be encoded.
pub fn open_raster(layers: &[OraLayer], merged: &Frame) -> Result<Vec<u8>, DrawingError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // The first entry, as it is, tells other programs what the file is.
    put(&mut archive, "mimetype", b"image/openraster", CompressionMethod::Stored)?;
    let mut stack = String::new();
    for (at, layer) in layers.iter().enumerate() {
        put(&mut archive, &format!("data/layer{at}.png"), &png(&layer.picture)?, CompressionMethod::Stored)?;
        let visibility = if layer.is_visible { "visible" } else { "hidden" };
        let opacity = layer.opacity.clamp(0.0, 1.0);
        let name = escaped(&layer.name);
        // The file lists the top layer first.
        stack.insert_str(
            0,
            &format!(
                "<layer name=\"{name}\" src=\"data/layer{at}.png\" x=\"0\" y=\"0\" opacity=\"{opacity:.3}\" \
                 visibility=\"{visibility}\" composite-op=\"svg:src-over\"/>\n"
            ),
        );
    }
    let size = merged.size();
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<image version=\"0.0.3\" w=\"{}\" h=\"{}\">\n<stack>\n{stack}</stack>\n</image>\n",
        size.width, size.height
    );
    put(&mut archive, "stack.xml", xml.as_bytes(), CompressionMethod::Deflated)?;
    let merged_png = png(merged)?;
    put(&mut archive, "mergedimage.png", &merged_png, CompressionMethod::Stored)?;
    put(&mut archive, "Thumbnails/thumbnail.png", &png(&super::colors_of(merged, 256))?, CompressionMethod::Stored)?;
    Ok(archive.finish().map_err(|error| failed(&error))?.into_inner())
}

fn png(frame: &Frame) -> Result<Vec<u8>, DrawingError> {
    Ok(io::encode(frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png))?)
}

fn put(
    archive: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    bytes: &[u8],
    method: CompressionMethod,
) -> Result<(), DrawingError> {
    let options = SimpleFileOptions::default().compression_method(method);
    archive.start_file(name, options).map_err(|error| failed(&error))?;
    archive.write_all(bytes).map_err(|error| failed(&error))
}

fn failed(error: &impl std::fmt::Display) -> DrawingError {
    DrawingError::NotEncoded { kind: "OpenRaster", reason: error.to_string() }
}

fn escaped(text: &str) -> String {
    let legal: String = text.chars().filter(|c| !c.is_control()).collect();
    legal.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
