//! The large parts of a stored document as bytes: samples, patches, tiles of masks and metadata.
//!
//! Samples are stored as differences to the pixel at the left, 16-bit ones with all high bytes of a row before its low
//! bytes: nothing is lost, and even the fastest deflate then finds something to save in a photo.

use std::io::{self, Write};

use super::explore::PicturePos;
use crate::imaging::ink::Sample;
use crate::imaging::{ColorModel, Frame, Patch, PixelRect, Plane, Samples, Size};

/// Bytes of a sample.
pub(super) const SAMPLE_LEN: u64 = 16;

/// What a part is; also its folder in a session file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum PartKind {
    Photo,
    Patch,
    Tile,
    Blob,
    /// A manifold's picture.
    Picture,
    /// The points of a stroke.
    Points,
    Latent,
    /// The samples of a stroke of a sketch.
    Samples,
}

impl PartKind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Patch => "patches",
            Self::Tile => "tiles",
            Self::Blob => "metadata",
            Self::Picture => "pictures",
            Self::Points => "strokes",
            Self::Latent => "latents",
            Self::Samples => "ink",
        }
    }
}

/// A part, borrowed from a document.
pub(super) enum Part<'a> {
    Photo(&'a Frame),
    Patch(&'a Patch),
    Tile(&'a [u8]),
    Blob(&'a [u8]),
    Picture(&'a Frame),
    Points(&'a [PicturePos]),
    Latent(&'a [f32]),
    Samples(&'a [Sample]),
}

impl Part<'_> {
    pub(super) const fn kind(&self) -> PartKind {
        match self {
            Self::Photo(_) => PartKind::Photo,
            Self::Patch(_) => PartKind::Patch,
            Self::Tile(_) => PartKind::Tile,
            Self::Blob(_) => PartKind::Blob,
            Self::Picture(_) => PartKind::Picture,
            Self::Points(_) => PartKind::Points,
            Self::Latent(_) => PartKind::Latent,
            Self::Samples(_) => PartKind::Samples,
        }
    }

    /// The number of bytes that [`Part::write`] writes.
    pub(super) fn byte_len(&self) -> u64 {
        let len = match self {
            Self::Photo(frame) | Self::Picture(frame) => frame.byte_len(),
            Self::Points(points) => points.len() * 8,
            Self::Latent(numbers) => numbers.len() * 4,
            Self::Samples(samples) => samples.len() * SAMPLE_LEN as usize,
            Self::Patch(patch) => patch.byte_len(),
            Self::Tile(bytes) | Self::Blob(bytes) => bytes.len(),
        };
        len as u64
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Photo(frame) | Self::Picture(frame) => write_frame(frame, out),
            Self::Points(points) => write_numbers(points.iter().flat_map(|at| [at.x, at.y]), out),
            Self::Latent(numbers) => write_numbers(numbers.iter().copied(), out),
            Self::Samples(samples) => write_samples(samples, out),
            Self::Patch(patch) => {
                write_frame(patch.pixels(), out)?;
                out.write_all(patch.coverage().data())
            }
            Self::Tile(bytes) | Self::Blob(bytes) => out.write_all(bytes),
        }
    }
}

fn write_numbers(numbers: impl Iterator<Item = f32>, out: &mut dyn Write) -> io::Result<()> {
    let bytes: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
    out.write_all(&bytes)
}

/// Position and pressure, then the time as an integer.
fn write_samples(samples: &[Sample], out: &mut dyn Write) -> io::Result<()> {
    let bytes: Vec<u8> = samples
        .iter()
        .flat_map(|sample| {
            let Sample { x, y, pressure, millis } = sample;
            [x.to_le_bytes(), y.to_le_bytes(), pressure.to_le_bytes(), millis.to_le_bytes()].into_iter().flatten()
        })
        .collect();
    out.write_all(&bytes)
}

/// The samples that were written as `bytes`; a rest that is none is left out.
pub(super) fn samples_from_bytes(bytes: &[u8]) -> impl Iterator<Item = Sample> + '_ {
    bytes.as_chunks::<{ SAMPLE_LEN as usize }>().0.iter().map(|sample| {
        let four = |at: usize| [sample[at], sample[at + 1], sample[at + 2], sample[at + 3]];
        let number = |at| f32::from_le_bytes(four(at));
        Sample { x: number(0), y: number(4), pressure: number(8), millis: u32::from_le_bytes(four(12)) }
    })
}

/// The numbers that were written as `bytes`; a rest that is none is left out.
pub(super) fn numbers_from_bytes(bytes: &[u8]) -> impl Iterator<Item = f32> + '_ {
    bytes.as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four))
}

/// How the samples of a frame lie in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) size: Size,
    pub(super) model: ColorModel,
    pub(super) bits: u32,
}

impl Layout {
    /// The bytes of all samples; in `u64`, because sizes from a file may be anything.
    pub(super) const fn byte_len(self) -> u64 {
        let pixels = self.size.width as u64 * self.size.height as u64;
        pixels.saturating_mul(self.model.channels() as u64 * self.bits as u64 / 8)
    }

    fn row_samples(self) -> usize {
        (self.size.width as usize * self.model.channels()).max(1)
    }
}

fn write_frame(frame: &Frame, out: &mut dyn Write) -> io::Result<()> {
    let layout = Layout { size: frame.size(), model: frame.model(), bits: frame.bits() };
    let (row_samples, channels) = (layout.row_samples(), layout.model.channels());
    let mut row_bytes = vec![0; row_samples * frame.bits() as usize / 8];
    match frame.samples() {
        Samples::U8(samples) => {
            for row in samples.chunks_exact(row_samples) {
                for (at, (byte, &sample)) in row_bytes.iter_mut().zip(row).enumerate() {
                    *byte = sample.wrapping_sub(if at < channels { 0 } else { row[at - channels] });
                }
                out.write_all(&row_bytes)?;
            }
        }
        Samples::U16(samples) => {
            for row in samples.chunks_exact(row_samples) {
                let (high, low) = row_bytes.split_at_mut(row_samples);
                for (at, ((high, low), &sample)) in high.iter_mut().zip(low).zip(row).enumerate() {
                    let difference = sample.wrapping_sub(if at < channels { 0 } else { row[at - channels] });
                    [*high, *low] = difference.to_be_bytes();
                }
                out.write_all(&row_bytes)?;
            }
        }
    }
    Ok(())
}

/// The frame that was written as `bytes`; `None` when they are not as many as `layout` says.
pub(super) fn frame_from_bytes(mut bytes: Vec<u8>, layout: Layout) -> Option<Frame> {
    if bytes.len() as u64 != layout.byte_len() {
        return None;
    }
    let (row_samples, channels) = (layout.row_samples(), layout.model.channels());
    let samples = if layout.bits == 8 {
        for row in bytes.chunks_exact_mut(row_samples) {
            for at in channels..row.len() {
                row[at] = row[at].wrapping_add(row[at - channels]);
            }
        }
        Samples::U8(bytes)
    } else {
        let mut samples = Vec::with_capacity(bytes.len() / 2);
        for row in bytes.chunks_exact(row_samples * 2) {
            let (high, low) = row.split_at(row_samples);
            let start = samples.len();
            samples.extend(high.iter().zip(low).map(|(&high, &low)| u16::from_be_bytes([high, low])));
            for at in start + channels..samples.len() {
                samples[at] = samples[at].wrapping_add(samples[at - channels]);
            }
        }
        Samples::U16(samples)
    };
    Frame::new(layout.size, layout.model, samples)
}

/// The bytes of a patch over `rect` of a photo with the channels and depth of `photo`.
pub(super) const fn patch_byte_len(rect: PixelRect, photo: Layout) -> u64 {
    let pixels = rect.width() as u64 * rect.height() as u64;
    Layout { size: rect.size(), ..photo }.byte_len().saturating_add(pixels)
}

/// The patch over `rect` that was written as `bytes`; `None` when they are not as many as it takes.
pub(super) fn patch_from_bytes(mut bytes: Vec<u8>, rect: PixelRect, photo: Layout) -> Option<Patch> {
    let layout = Layout { size: rect.size(), ..photo };
    if bytes.len() as u64 != patch_byte_len(rect, photo) {
        return None;
    }
    let coverage = bytes.split_off(layout.byte_len() as usize);
    Patch::new(rect, frame_from_bytes(bytes, layout)?, Plane::from_vec(rect.size(), coverage)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_kind_survive() {
        let size = Size::new(7, 5);
        for model in [ColorModel::Gray, ColorModel::GrayAlpha, ColorModel::Rgb, ColorModel::Rgba] {
            let count = size.area() * model.channels();
            let wide = (0..count).map(|at| (at * 40_503 % 65_536) as u16).collect();
            let narrow = (0..count).map(|at| (at * 151 % 256) as u8).collect();
            for samples in [Samples::U8(narrow), Samples::U16(wide)] {
                let frame = Frame::new(size, model, samples).unwrap();
                let mut bytes = Vec::new();
                Part::Photo(&frame).write(&mut bytes).unwrap();
                assert_eq!(bytes.len() as u64, Part::Photo(&frame).byte_len(), "the length told before");
                let layout = Layout { size, model, bits: frame.bits() };
                assert_eq!(frame_from_bytes(bytes.clone(), layout), Some(frame), "nothing lost");
                bytes.pop();
                assert_eq!(frame_from_bytes(bytes, layout), None, "a byte short");
            }
        }
    }
}
