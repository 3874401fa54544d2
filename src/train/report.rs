//! What a run writes for people: lines of losses, pictures of samples, curves.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use candle_core::{DType, Result as TensorResult, Tensor};
use image::{Rgb, RgbImage};

use super::data::Batch;
use super::error::TrainError;
use super::trainee::{Filler, Painter, Scalar, Trainee};
use crate::imaging::io::PhotoError;

const LOG: &str = "log.jsonl";
/// Pixels between two pictures of a grid.
const GAP: u32 = 2;
/// Fills shown of each held-out picture.
const FILLS: u64 = 3;
/// Columns of generated pictures in a picture of samples.
const DRAWN_COLUMNS: usize = 8;

/// The file of losses, one JSON object a line.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: File,
}

/// One line of the file of losses.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Line {
    /// Steps done.
    pub step: u64,
    /// Pictures seen.
    pub images: u64,
    /// Seconds of training.
    pub seconds: f64,
    /// Losses by name: means over the steps since the last line.
    #[serde(flatten)]
    pub values: BTreeMap<String, f64>,
}

impl Log {
    /// Opens the file under `run`, without lines after `step`: those belong to a future that did not come.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn open(run: &Path, step: u64) -> Result<Self, TrainError> {
        let path = run.join(LOG);
        let fail = |error: &std::io::Error| TrainError::Write(PhotoError::from_write(error, &path));
        let kept: Vec<Line> = read_lines(run).into_iter().filter(|line| line.step <= step).collect();
        let mut text = String::new();
        for line in &kept {
            text.push_str(&serde_json::to_string(line).unwrap_or_default());
            text.push('\n');
        }
        crate::imaging::io::write_atomic(&path, text.as_bytes())?;
        let file = OpenOptions::new().append(true).open(&path).map_err(|error| fail(&error))?;
        Ok(Self { path, file })
    }

    /// Adds a line.
    ///
    /// # Errors
    /// When the disk is full.
    pub(super) fn write(&mut self, line: &Line) -> Result<(), TrainError> {
        let text = serde_json::to_string(line).unwrap_or_default();
        writeln!(self.file, "{text}").map_err(|error| TrainError::Write(PhotoError::from_write(&error, &self.path)))
    }
}

/// The lines under `run`; a line that was cut off is left out.
#[must_use]
pub(super) fn read_lines(run: &Path) -> Vec<Line> {
    let Ok(file) = File::open(run.join(LOG)) else { return Vec::new() };
    let lines = BufReader::new(file).lines().map_while(Result::ok);
    lines.filter_map(|line| serde_json::from_str(&line).ok()).collect()
}

/// Means of losses since the last line.
#[derive(Debug, Default)]
pub(super) struct Means(BTreeMap<&'static str, (f64, u32)>);

impl Means {
    /// Takes note of one step.
    pub(super) fn add(&mut self, scalars: &[Scalar]) {
        for (name, value) in scalars {
            let entry = self.0.entry(name).or_default();
            entry.0 += value;
            entry.1 += 1;
        }
    }

    /// The means; counting begins anew.
    pub(super) fn take(&mut self) -> BTreeMap<String, f64> {
        let means = std::mem::take(&mut self.0);
        means.into_iter().map(|(name, (sum, n))| (name.to_owned(), sum / f64::from(n))).collect()
    }
}

/// What the trainee shows of itself as one picture.
///
/// # Errors
/// When candle cannot compute.
pub(super) fn samples(trainee: &dyn Trainee, held_out: &Batch) -> TensorResult<RgbImage> {
    grid(&trainee.show(held_out)?)
}

/// Held-out pictures with several fills, columns: the pictures, what the network sees (holes grey), the fills.
///
/// # Errors
/// When candle cannot compute.
pub(super) fn fills_beside(trainee: &impl Filler, held_out: &Batch) -> TensorResult<Vec<Tensor>> {
    let seen = held_out.images.broadcast_mul(&held_out.known)?;
    let mut columns = vec![held_out.images.clone(), seen];
    for seed in 0..FILLS {
        columns.push(trainee.fills(held_out, seed)?.to_device(held_out.images.device())?);
    }
    Ok(columns)
}

/// Real pictures first, the averaged generator's beside them.
///
/// # Errors
/// When candle cannot compute.
pub(super) fn drawn_beside(trainee: &impl Painter, held_out: &Batch) -> TensorResult<Vec<Tensor>> {
    let (images, n) = (&held_out.images, held_out.images.dim(0)?);
    let drawn = trainee.pictures(n * DRAWN_COLUMNS, 0)?.to_device(images.device())?;
    let columns = (0..DRAWN_COLUMNS).map(|column| drawn.narrow(0, column * n, n));
    std::iter::once(Ok(images.clone())).chain(columns).collect()
}

/// Pictures in -1..1: one column for each `[n, 3, side, side]`, `n` rows.
fn grid(columns: &[Tensor]) -> TensorResult<RgbImage> {
    let (n, _, side, _) = columns[0].dims4()?;
    let (step, rows) = (side as u32 + GAP, n as u32);
    let mut picture = RgbImage::from_pixel(step * columns.len() as u32 - GAP, step * rows - GAP, Rgb([255, 255, 255]));
    for (column, tensor) in columns.iter().enumerate() {
        let values = tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
        let plane = side * side;
        for (row, sample) in values.chunks(3 * plane).enumerate() {
            for at in 0..plane {
                let color = [0, 1, 2].map(|c| ((sample[c * plane + at] + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8);
                let (x, y) = ((at % side) as u32, (at / side) as u32);
                picture.put_pixel(column as u32 * step + x, row as u32 * step + y, Rgb(color));
            }
        }
    }
    Ok(picture)
}

/// Writes a picture as PNG, atomically; the folder is made.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write_png(picture: &RgbImage, path: &Path) -> Result<(), TrainError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| TrainError::Write(PhotoError::from_write(&error, folder)))?;
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .map_err(|error| TrainError::Data { path: path.to_owned(), reason: error.to_string() })?;
    Ok(crate::imaging::io::write_atomic(path, bytes.get_ref())?)
}
