//! Small pictures of the bundled samples, decoded on a thread of their own.

use crossbeam_channel::{Receiver, bounded};
use egui::{ColorImage, TextureHandle, TextureOptions};

use crate::imaging::io::{Limits, decode};
use crate::imaging::{DisplayPyramid, Photo};
use crate::samples::SAMPLES;

/// The longer side of a picture, at most, in pixels.
const LONGEST: u32 = 640;

/// Pictures of the samples, in their order, as far as they have been decoded.
pub struct SamplePictures {
    receiver: Receiver<(usize, ColorImage)>,
    pictures: Vec<Option<TextureHandle>>,
}

impl SamplePictures {
    /// Starts to decode; the window is woken up as pictures come.
    #[must_use]
    pub fn load(ctx: &egui::Context) -> Self {
        let (sender, receiver) = bounded(SAMPLES.len());
        let ctx = ctx.clone();
        let work = move || {
            for (index, sample) in SAMPLES.iter().enumerate() {
                let picture = decode(sample.photo, &Limits::default()).ok().and_then(|photo| small(&photo));
                if picture.is_some_and(|picture| sender.send((index, picture)).is_err()) {
                    return;
                }
                ctx.request_repaint();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("samples".to_owned()).spawn(work) {
            tracing::debug!(%error, "no thread to decode the samples");
        }
        Self { receiver, pictures: vec![None; SAMPLES.len()] }
    }

    /// Takes in what has been decoded.
    pub fn poll(&mut self, ctx: &egui::Context) {
        for (index, image) in self.receiver.try_iter() {
            if let Some(place) = self.pictures.get_mut(index) {
                *place = Some(ctx.load_texture(format!("sample {index}"), image, TextureOptions::LINEAR));
            }
        }
    }

    /// The picture of sample `index`, when it is there.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&TextureHandle> {
        self.pictures.get(index)?.as_ref()
    }
}

fn small(photo: &Photo) -> Option<ColorImage> {
    let pyramid = DisplayPyramid::of_photo(photo);
    let fits = |level: &&crate::imaging::DisplayLevel| level.size.width.max(level.size.height) <= LONGEST;
    let level = pyramid.levels.iter().find(fits).or_else(|| pyramid.levels.last())?;
    let size = [level.size.width as usize, level.size.height as usize];
    Some(ColorImage::from_rgba_premultiplied(size, &level.rgba))
}
