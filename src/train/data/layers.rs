//! Pictures composed at random from layers: more of them than any network could learn by heart.
//!
//! A folder of layers holds folders named `NUMBER#ORDERname` (as the sets of the package robohash do); a picture takes one file of each, the
//! lowest order at the bottom. Where the folders are one level further down, each of those above is a palette of its own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use image::imageops::{FilterType, overlay, resize};
use image::{Rgba, RgbaImage};
use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use crate::control;
use crate::imaging::{ColorModel, Frame, Samples, Size};

/// How many pictures there are said to be.
pub(super) const COUNT: usize = 1 << 20;
/// Side of a composed picture in pixels.
const SIDE: u32 = 256;
/// The stream of random numbers.
const COMPOSE: u64 = 21;

/// Layers with their files; decoded ones are kept.
#[derive(Debug)]
pub(super) struct Layers {
    palettes: Vec<Vec<Vec<PathBuf>>>,
    decoded: Mutex<HashMap<PathBuf, Arc<RgbaImage>>>,
}

impl Layers {
    /// The layers of `folder`, or `None` if it is another kind of folder.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(folder: &Path) -> std::io::Result<Option<Self>> {
        let mut palettes = vec![layers_of(folder)?];
        if palettes[0].is_empty() {
            palettes = folders(folder)?.iter().map(|palette| layers_of(palette)).collect::<Result<_, _>>()?;
        }
        palettes.retain(|layers| !layers.is_empty());
        Ok((!palettes.is_empty()).then(|| Self { palettes, decoded: Mutex::default() }))
    }

    /// Which palette and which file of each of its layers picture `at` is made of.
    fn choose(&self, at: usize) -> (usize, Vec<Option<&PathBuf>>) {
        let mut rng = control::rng(at as u64, COMPOSE);
        let palette = rng.random_range(0..self.palettes.len());
        (palette, self.palettes[palette].iter().map(|files| files.choose(&mut rng)).collect())
    }

    /// What the pictures can be told apart by: the palette where there are several, and the file of each layer where all
    /// palettes have as many. Each with the names of its classes.
    pub(super) fn groups(&self) -> Vec<(String, Vec<String>)> {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let first = &self.palettes[0];
        let mut groups = Vec::new();
        if self.palettes.len() > 1 {
            groups.push(("palette".to_owned(), (1..=self.palettes.len()).map(|number| number.to_string()).collect()));
        }
        if self.is_even() {
            for files in first {
                let folder = files.first().and_then(|file| file.parent()).map(name).unwrap_or_default();
                let layer = folder.split_once('#').map_or(folder.as_str(), |(_, name)| name);
                groups.push((layer.to_owned(), files.iter().map(|file| name(file)).collect()));
            }
        }
        groups
    }

    /// The class of picture `at` in each of the groups.
    pub(super) fn classes(&self, at: usize) -> Vec<usize> {
        let (palette, files) = self.choose(at);
        let mut classes = if self.palettes.len() > 1 { vec![palette] } else { Vec::new() };
        if self.is_even() {
            let place =
                |(all, file): (&Vec<PathBuf>, Option<&PathBuf>)| all.iter().position(|other| Some(other) == file);
            classes.extend(self.palettes[palette].iter().zip(files).map(|pair| place(pair).unwrap_or(0)));
        }
        classes
    }

    /// Whether all palettes have the same number of files in each layer.
    fn is_even(&self) -> bool {
        let sizes = |layers: &Vec<Vec<PathBuf>>| layers.iter().map(Vec::len).collect::<Vec<_>>();
        self.palettes.windows(2).all(|pair| sizes(&pair[0]) == sizes(&pair[1]))
    }

    /// Picture `at`, on white.
    ///
    /// # Errors
    /// A line when a file is no picture.
    pub(super) fn compose(&self, at: usize) -> Result<Frame, String> {
        let mut picture = RgbaImage::from_pixel(SIDE, SIDE, Rgba([255; 4]));
        for file in self.choose(at).1.into_iter().flatten() {
            overlay(&mut picture, self.decode(file)?.as_ref(), 0, 0);
        }
        let pixels = picture.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect();
        let frame = Frame::new(Size::new(SIDE, SIDE), ColorModel::Rgb, Samples::U8(pixels));
        frame.ok_or_else(|| "the layers make no picture".to_owned())
    }

    fn decode(&self, file: &Path) -> Result<Arc<RgbaImage>, String> {
        let decoded = || self.decoded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(layer) = decoded().get(file) {
            return Ok(Arc::clone(layer));
        }
        let layer = image::open(file).map_err(|error| format!("{}: {error}", file.display()))?.to_rgba8();
        let layer = Arc::new(resize(&layer, SIDE, SIDE, FilterType::Lanczos3));
        decoded().insert(file.to_owned(), Arc::clone(&layer));
        Ok(layer)
    }
}

fn folders(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// The files of each layer, the lowest first; none if the folder has no folders named like layers.
fn layers_of(folder: &Path) -> std::io::Result<Vec<Vec<PathBuf>>> {
    let order = |path: &PathBuf| {
        let name = path.file_name()?.to_str()?;
        Some(name.split_once('#')?.1.to_owned())
    };
    let mut layers: Vec<(String, PathBuf)> =
        folders(folder)?.into_iter().filter_map(|path| Some((order(&path)?, path))).collect();
    layers.sort();
    let files = |folder: &PathBuf| -> std::io::Result<Vec<PathBuf>> {
        let mut files: Vec<PathBuf> =
            folder.read_dir()?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        files.retain(|file| super::source::is_picture(file));
        files.sort();
        Ok(files)
    };
    layers.iter().map(|(_, folder)| files(folder)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_takes_one_file_of_each_layer_in_order() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let layer = |name: &str, color: [u8; 4], side: u32| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(&path).expect("a folder can be made");
            let mut picture = RgbaImage::new(64, 64);
            (0..side).for_each(|at| (0..64).for_each(|y| picture.put_pixel(at, y, Rgba(color))));
            picture.save(path.join("one.png")).expect("a picture can be written");
        };
        layer("000#01top", [0, 0, 255, 255], 16);
        layer("001#00ground", [255, 0, 0, 255], 32);
        let layers = Layers::open(folder.path()).expect("it can be read").expect("there are layers");
        let frame = layers.compose(7).expect("the files are pictures");
        let at = |x: u32| frame.rgb_at(x, 100).map(|value| value.round() as u8);
        assert_eq!(at(20), [0, 0, 255], "the top layer covers the ground");
        assert_eq!(at(100), [255, 0, 0], "the ground is seen beside it");
        assert_eq!(at(200), [255; 3], "the rest is white");
        let names = |group: &str| (group.to_owned(), vec!["one.png".to_owned()]);
        assert_eq!(layers.groups(), [names("00ground"), names("01top")], "each layer is a group");
        assert_eq!(layers.classes(7), [0, 0], "with the file that was taken");
        let plain = tempfile::tempdir().expect("a folder can be made");
        assert!(Layers::open(plain.path()).expect("it can be read").is_none(), "an empty folder has no layers");
    }
}
