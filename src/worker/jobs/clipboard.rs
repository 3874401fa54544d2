//! Pictures from and to the system's clipboard. A build without a window has none and says so.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::{Context, Done, Failure, Job, JobStep};
use super::{Shared, stage, step_of};
use crate::document::Document;
use crate::imaging::io::Limits;
use crate::imaging::{DisplayPyramid, Patch, Photo};

/// What was on the clipboard.
#[cfg_attr(not(feature = "gui"), expect(dead_code, reason = "a build without a window cannot paste"))]
pub(super) enum Pasted {
    /// Pixels.
    Picture(Photo),
    /// A file that was copied in a file manager.
    File(PathBuf),
}

/// The clipboard. It is kept open: on X11 the program that copied must be there to give what it copied.
#[derive(Default)]
pub(super) struct Clipboard {
    #[cfg(feature = "gui")]
    open: Option<arboard::Clipboard>,
}

/// Flattens in one step and copies in the next.
pub(super) struct CopyJob {
    document: Document,
    over: Option<Arc<Patch>>,
    clipboard: Shared<Clipboard>,
    picture: Option<DisplayPyramid>,
}

impl CopyJob {
    pub(super) fn new(document: Document, over: Option<Arc<Patch>>, clipboard: Shared<Clipboard>) -> Self {
        Self { document, over, clipboard, picture: None }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let Some(picture) = self.picture.take() else {
            stage(context, "flatten", 0.0);
            let mut flat = self.document.flatten();
            if let Some(over) = &self.over {
                over.apply(&mut flat, 1.0);
            }
            self.picture = Some(DisplayPyramid::of_frame(&flat, &self.document.photo.metadata));
            return Ok(JobStep::More);
        };
        self.clipboard.lock().copy(picture)?;
        Ok(JobStep::Done(Done::Copied))
    }
}

impl Job for CopyJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

#[cfg(not(feature = "gui"))]
#[expect(clippy::unused_self, reason = "the same methods as with a clipboard")]
impl Clipboard {
    pub(super) fn paste(&mut self, _limits: &Limits) -> Result<Pasted, Failure> {
        Err(none())
    }

    fn copy(&mut self, _picture: DisplayPyramid) -> Result<(), Failure> {
        Err(none())
    }
}

#[cfg(not(feature = "gui"))]
fn none() -> Failure {
    let headline = "this build has no window and so no clipboard".to_owned();
    Failure { key: "error-no-clipboard", headline, details: String::new() }
}

#[cfg(feature = "gui")]
mod system {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::{Clipboard, DisplayPyramid, Failure, Limits, Pasted, Photo};
    use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples, Size};

    impl Clipboard {
        /// The picture on the clipboard, or the first file on it.
        pub(in super::super) fn paste(&mut self, limits: &Limits) -> Result<Pasted, Failure> {
            let clipboard = self.open()?;
            match clipboard.get_image() {
                Ok(image) => photo_of(image, limits).map(Pasted::Picture),
                Err(arboard::Error::ContentNotAvailable) => {
                    let files = clipboard.get().file_list().unwrap_or_default();
                    files.into_iter().next().map(Pasted::File).ok_or_else(|| {
                        let headline = "there is no picture on the clipboard: copy one first".to_owned();
                        Failure { key: "error-clipboard-empty", headline, details: String::new() }
                    })
                }
                Err(error) => Err(Failure::from_error("error-clipboard-read", &error)),
            }
        }

        pub(super) fn copy(&mut self, picture: DisplayPyramid) -> Result<(), Failure> {
            let Some(level) = picture.levels.into_iter().next() else { return Ok(()) };
            let (width, height) = (level.size.width as usize, level.size.height as usize);
            let bytes = Cow::Owned(straight(level.rgba));
            let copied = self.open()?.set_image(arboard::ImageData { width, height, bytes });
            copied.map_err(|error| Failure::from_error("error-clipboard-write", &error))
        }

        fn open(&mut self) -> Result<&mut arboard::Clipboard, Failure> {
            if self.open.is_none() {
                let opened = arboard::Clipboard::new();
                self.open = Some(opened.map_err(|error| Failure::from_error("error-clipboard-open", &error))?);
            }
            self.open.as_mut().ok_or_else(|| {
                let headline = "the clipboard cannot be opened".to_owned();
                Failure { key: "error-clipboard-open", headline, details: String::new() }
            })
        }
    }

    /// A pasted picture as a photo: sRGB, to be saved as PNG, without alpha where all of it is opaque.
    fn photo_of(image: arboard::ImageData<'_>, limits: &Limits) -> Result<Photo, Failure> {
        let failure = |headline: &str| {
            let headline = headline.to_owned();
            Failure { key: "error-clipboard-picture", headline, details: String::new() }
        };
        let (Ok(width), Ok(height)) = (u32::try_from(image.width), u32::try_from(image.height)) else {
            return Err(failure("the picture on the clipboard is too large"));
        };
        let size = Size::new(width, height);
        if size.area() == 0 {
            return Err(failure("the picture on the clipboard has no pixels"));
        }
        if size.area() as u64 > limits.max_pixels || width.max(height) > limits.max_side {
            return Err(failure("the picture on the clipboard is too large"));
        }
        let rgba = image.bytes.into_owned();
        let is_opaque = rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == 255);
        let frame = if is_opaque {
            let rgb = rgba.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
            Frame::new(size, ColorModel::Rgb, Samples::U8(rgb))
        } else {
            Frame::new(size, ColorModel::Rgba, Samples::U8(rgba))
        };
        let frame = frame.ok_or_else(|| failure("the picture on the clipboard is damaged"))?;
        Ok(Photo { frame, metadata: Arc::new(Metadata::bare(FileFormat::Png)) })
    }

    /// Premultiplied alpha taken back.
    fn straight(mut rgba: Vec<u8>) -> Vec<u8> {
        for pixel in rgba.as_chunks_mut::<4>().0 {
            let alpha = u32::from(pixel[3]);
            if alpha != 0 && alpha != 255 {
                for value in &mut pixel[..3] {
                    *value = ((u32::from(*value) * 255 + alpha / 2) / alpha).min(255) as u8;
                }
            }
        }
        rgba
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn pasted_pictures_drop_an_opaque_alpha_only() {
            let image = |alpha| arboard::ImageData { width: 1, height: 1, bytes: Cow::Owned(vec![1, 2, 3, alpha]) };
            let opaque = photo_of(image(255), &Limits::default()).unwrap();
            assert_eq!(opaque.frame.samples(), &Samples::U8(vec![1, 2, 3]), "without alpha");
            let clear = photo_of(image(9), &Limits::default()).unwrap();
            assert_eq!(clear.frame.samples(), &Samples::U8(vec![1, 2, 3, 9]), "with alpha");
            let lying = arboard::ImageData { width: 2, height: 2, bytes: Cow::Owned(vec![0; 4]) };
            assert!(photo_of(lying, &Limits::default()).is_err(), "too few bytes");
        }

        #[test]
        fn copied_pictures_have_straight_alpha() {
            assert_eq!(straight(vec![64, 0, 128, 128, 5, 6, 7, 255]), [128, 0, 255, 128, 5, 6, 7, 255], "divided");
        }
    }
}
