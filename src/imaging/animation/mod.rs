//! Frames to a moving picture: a folder of PNG files, a GIF, or a lossless WebP.
//!
//! [`AnimationJob`] encodes one frame a step and writes at the end: a file is there complete or not at all.

mod gif;
mod webp;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::io::{self, Encoding, PhotoError};
use super::{ColorModel, FileFormat, Frame, Metadata, Samples, Size};
use crate::control::{Progress, Step, Stepper};

/// What frames become.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Default,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum AnimationFormat {
    /// A folder of PNG files, numbered from 1 in the order of playing.
    Pngs,
    /// A GIF: 256 colors a frame, each with a palette of its own.
    #[default]
    Gif,
    /// A WebP: every pixel as it is.
    #[strum(serialize = "webp")]
    #[serde(rename = "webp")]
    WebP,
}

impl AnimationFormat {
    /// The format that the name of `path` tells of; a folder where it has no extension, `None` for one of another format.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let Some(extension) = path.extension() else { return Some(Self::Pngs) };
        match extension.to_str()?.to_ascii_lowercase().as_str() {
            "gif" => Some(Self::Gif),
            "webp" => Some(Self::WebP),
            _ => None,
        }
    }
}

/// How frames are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnimationOptions {
    /// As what.
    pub format: AnimationFormat,
    /// How long each frame shows, in milliseconds. A GIF counts in hundredths of a second, so its frames differ by one of them
    /// where need be; below [`SHORTEST_GIF_MILLIS`] browsers do not follow, and a GIF is slowed down to that.
    pub frame_millis: u32,
    /// How often it is played; 0 is for ever.
    pub rounds: u16,
    /// Each pixel becomes a square with this side.
    pub scale: u32,
}

/// The shortest time of a GIF's frame that browsers keep to.
pub const SHORTEST_GIF_MILLIS: u32 = 20;
/// The largest side of a pixel.
pub const MAX_SCALE: u32 = 64;

/// Why there is no moving picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnimationError {
    /// Nothing to show.
    #[error("an animation needs at least one frame")]
    NoFrames,
    /// Frames that do not fit onto each other.
    #[error("frame {at} has {size} pixels and the first one {first}: all must have the same size")]
    Sizes {
        /// Which, from 1.
        at: usize,
        /// Its size.
        size: Size,
        /// The first one's.
        first: Size,
    },
    /// More pixels than the format has numbers for.
    #[error("an animation of {size} pixels is larger than the format allows ({max_side} on a side)")]
    TooLarge {
        /// With the scale.
        size: Size,
        /// The format's limit.
        max_side: u32,
    },
    /// The encoder gave up.
    #[error("a frame could not be encoded ({reason})")]
    Encode {
        /// Its words.
        reason: String,
    },
    /// The file could not be written.
    #[error(transparent)]
    Photo(#[from] PhotoError),
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The file or the folder.
    pub path: PathBuf,
    /// Frames in it, those that come twice counted twice.
    pub frames: usize,
    /// Bytes of all files.
    pub bytes: u64,
}

/// Encodes frames, one a step, and writes them.
#[derive(Debug)]
pub struct AnimationJob {
    path: PathBuf,
    /// Of each frame.
    size: Size,
    count: usize,
    /// Frames that are not yet encoded, in order.
    waiting: VecDeque<Frame>,
    order: Vec<usize>,
    options: AnimationOptions,
    encoded: Vec<Encoded>,
    /// Of PNG files, which are written one a step: how many, and their bytes.
    written: (usize, u64),
}

/// A frame that is ready to be written.
#[derive(Clone, Debug)]
enum Encoded {
    Gif(::gif::Frame<'static>),
    /// A whole file of one frame.
    Bytes(Vec<u8>),
}

impl AnimationJob {
    /// Writes `frames` to `path` in the order of their numbers in `order` (see `latent::Playback::order`); numbers beyond the
    /// last frame are left out.
    ///
    /// # Errors
    /// When there is no frame to show, they differ in size, or are too large for the format.
    pub fn new(
        path: impl Into<PathBuf>,
        frames: Vec<Frame>,
        order: Vec<usize>,
        options: AnimationOptions,
    ) -> Result<Self, AnimationError> {
        let size = frames.first().map_or(Size::new(0, 0), Frame::size);
        let mut job = Self::begin(path, (size, frames.len()), order, options)?;
        frames.into_iter().try_for_each(|frame| job.add(frame))?;
        Ok(job)
    }

    /// As [`AnimationJob::new`] of `count` frames of `size` that come one after the other: [`AnimationJob::add`] one whenever
    /// [`AnimationJob::wants_frame`].
    ///
    /// # Errors
    /// When there is no frame to show, or they are too large for the format.
    pub fn begin(
        path: impl Into<PathBuf>,
        (size, count): (Size, usize),
        mut order: Vec<usize>,
        options: AnimationOptions,
    ) -> Result<Self, AnimationError> {
        order.retain(|&at| at < count);
        if size.area() == 0 || order.is_empty() {
            return Err(AnimationError::NoFrames);
        }
        let options = AnimationOptions { scale: options.scale.clamp(1, MAX_SCALE), ..options };
        let side = |pixels: u32| pixels.saturating_mul(options.scale);
        let large = Size::new(side(size.width), side(size.height));
        let max_side = match options.format {
            AnimationFormat::Gif => gif::MAX_SIDE,
            AnimationFormat::Pngs | AnimationFormat::WebP => webp::MAX_SIDE,
        };
        if large.width.max(large.height) > max_side {
            return Err(AnimationError::TooLarge { size: large, max_side });
        }
        let (encoded, waiting) = (Vec::new(), VecDeque::new());
        Ok(Self { path: path.into(), size, count, waiting, order, options, encoded, written: (0, 0) })
    }

    /// Adds the next frame.
    ///
    /// # Errors
    /// When it has another size than the others.
    pub fn add(&mut self, frame: Frame) -> Result<(), AnimationError> {
        let (size, first) = (frame.size(), self.size);
        if size != first {
            return Err(AnimationError::Sizes { at: self.encoded.len() + self.waiting.len() + 1, size, first });
        }
        self.waiting.push_back(frame);
        Ok(())
    }

    /// Whether it cannot go on before another frame is there.
    #[must_use]
    pub fn wants_frame(&self) -> bool {
        self.waiting.is_empty() && self.encoded.len() < self.count
    }

    fn progress(&self) -> Progress {
        let all = self.count + if self.is_folder() { self.order.len() } else { 1 };
        let done = self.encoded.len() + self.written.0;
        Progress { fraction: done as f32 / all as f32, stage: "encode" }
    }

    const fn is_folder(&self) -> bool {
        matches!(self.options.format, AnimationFormat::Pngs)
    }

    fn encode(&self, frame: &Frame) -> Result<Encoded, AnimationError> {
        let scale = self.options.scale;
        match self.options.format {
            AnimationFormat::Gif => Ok(Encoded::Gif(gif::encode(frame.size(), &rgb(frame), scale))),
            AnimationFormat::Pngs | AnimationFormat::WebP => {
                let format = if self.is_folder() { FileFormat::Png } else { FileFormat::WebP };
                let size = frame.size();
                let large = Size::new(size.width * scale, size.height * scale);
                let samples = Samples::U8(enlarged::<3>(&rgb(frame), size, scale));
                let reason = || AnimationError::Encode { reason: "an unexpected number of samples".to_owned() };
                let frame = Frame::new(large, ColorModel::Rgb, samples).ok_or_else(reason)?;
                Ok(Encoded::Bytes(io::encode(&frame, &Metadata::bare(format), Encoding::new(format))?))
            }
        }
    }

    /// Writes the whole file, or the next one of a folder; says whether there is more.
    fn write(&mut self) -> Result<bool, AnimationError> {
        let bytes = match self.options.format {
            AnimationFormat::Pngs => return self.write_png(),
            AnimationFormat::Gif => {
                let frames = self.order.iter().filter_map(|&at| match &self.encoded[at] {
                    Encoded::Gif(frame) => Some(frame),
                    Encoded::Bytes(_) => None,
                });
                gif::assemble(frames, &self.options)?
            }
            AnimationFormat::WebP => {
                let size = self.size;
                let scale = self.options.scale;
                let frames = self.order.iter().filter_map(|&at| self.bytes_of(at));
                webp::assemble(Size::new(size.width * scale, size.height * scale), frames, &self.options)?
            }
        };
        io::write_atomic(&self.path, &bytes)?;
        self.written = (self.order.len(), bytes.len() as u64);
        Ok(false)
    }

    fn write_png(&mut self) -> Result<bool, AnimationError> {
        let (number, bytes) = self.written;
        let Some(file) = self.order.get(number).and_then(|&at| self.bytes_of(at)) else { return Ok(false) };
        if number == 0 {
            std::fs::create_dir_all(&self.path).map_err(|error| PhotoError::from_write(&error, &self.path))?;
        }
        // As many digits as the last number has, so that names sort as numbers do.
        let digits = self.order.len().to_string().len().max(4);
        io::write_atomic(&self.path.join(format!("frame-{:0digits$}.png", number + 1)), file)?;
        self.written = (number + 1, bytes + file.len() as u64);
        Ok(number + 1 < self.order.len())
    }

    fn bytes_of(&self, at: usize) -> Option<&[u8]> {
        match self.encoded.get(at)? {
            Encoded::Bytes(bytes) => Some(bytes),
            Encoded::Gif(_) => None,
        }
    }
}

impl Stepper for AnimationJob {
    type Preview = Progress;
    type Output = Written;
    type Error = AnimationError;

    fn step(&mut self) -> Result<Step<Progress, Written>, AnimationError> {
        if let Some(frame) = self.waiting.pop_front() {
            let encoded = self.encode(&frame)?;
            self.encoded.push(encoded);
            return Ok(Step::More(self.progress()));
        }
        if self.wants_frame() {
            return Ok(Step::More(self.progress()));
        }
        if self.write()? {
            return Ok(Step::More(self.progress()));
        }
        let (frames, bytes) = self.written;
        Ok(Step::Done(Written { path: self.path.clone(), frames, bytes }))
    }
}

/// The colors of `frame` in 8 bits, transparency laid over white.
fn rgb(frame: &Frame) -> Vec<u8> {
    if let (Samples::U8(samples), ColorModel::Rgb) = (frame.samples(), frame.model()) {
        return samples.clone();
    }
    let size = frame.size();
    let pixel = |x, y| {
        let alpha = frame.alpha_at(x, y);
        frame.rgb_at(x, y).map(|value| (value * alpha + 255.0 * (1.0 - alpha)).round() as u8)
    };
    (0..size.height).flat_map(|y| (0..size.width).flat_map(move |x| pixel(x, y))).collect()
}

/// Every pixel of `N` bytes as a square of `scale` pixels on a side.
fn enlarged<const N: usize>(pixels: &[u8], size: Size, scale: u32) -> Vec<u8> {
    let scale = scale as usize;
    let mut out = Vec::with_capacity(pixels.len() * scale * scale);
    for row in pixels.chunks_exact(size.width as usize * N) {
        let start = out.len();
        for pixel in row.as_chunks::<N>().0 {
            (0..scale).for_each(|_| out.extend_from_slice(pixel));
        }
        let end = out.len();
        (1..scale).for_each(|_| out.extend_from_within(start..end));
    }
    out
}

#[cfg(test)]
mod tests;
