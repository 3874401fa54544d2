//! What is evaluated: models that are run, folders of finished pictures, and the simplest fills for comparison.

use std::path::{Path, PathBuf};
use std::time::Instant;

use strum::IntoEnumIterator as _;

use super::super::args::EvalArgs;
use super::super::errors::CliError;
use super::super::models;
use crate::control::{CancelToken, Step, Stepper as _};
use crate::erase::{Base, Engine, EraseJob, EraseRequest, Settings};
use crate::eval::data::{Item, read_result};
use crate::eval::{Peer, fill_with, frame_of, picture};
use crate::imaging::io::{self, Encoding};
use crate::imaging::{FileFormat, Frame, Mask, Metadata, Plane};

/// One row of the table.
pub(super) struct Method {
    pub(super) name: String,
    how: How,
    /// How long each photo took, for models.
    pub(super) seconds: Vec<f64>,
}

enum How {
    /// A model, run as `pentimento erase` runs it.
    Model { engine: Engine, seed: u64, grow: Option<u32>, keep: Option<PathBuf> },
    /// Pictures of the photos' names.
    Results { folder: PathBuf },
    /// A fill for comparison.
    Peer(Peer),
}

/// Models, results and peers, in this order. Different rows have different names.
pub(super) fn all(args: &EvalArgs) -> Result<Vec<Method>, CliError> {
    let mut methods = Vec::new();
    for name in &args.model {
        let engine = models::parse(name)?;
        let keep = args.keep.as_ref().map(|folder| folder.join(name));
        if let Some(folder) = &keep {
            let fails = |error: std::io::Error| CliError::UnwritableFolder {
                path: folder.clone(),
                reason: error.kind().to_string(),
            };
            std::fs::create_dir_all(folder).map_err(fails)?;
        }
        methods.push((name.clone(), How::Model { engine, seed: args.seed, grow: args.grow, keep }));
    }
    for folder in &args.results {
        if !folder.is_dir() {
            return Err(CliError::NoSuchFolder { path: folder.clone() });
        }
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
        methods.push((name, How::Results { folder: folder.clone() }));
    }
    methods.extend(Peer::iter().map(|peer| (peer.to_string(), How::Peer(peer))));
    let mut named: Vec<Method> = Vec::new();
    for (name, how) in methods {
        let count =
            named.iter().filter(|other| other.name == name || other.name.starts_with(&format!("{name} ("))).count();
        let name = if count == 0 { name } else { format!("{name} ({})", count + 1) };
        named.push(Method { name, how, seconds: Vec::new() });
    }
    Ok(named)
}

impl Method {
    /// What kind of row it is, for `--json`.
    pub(super) fn kind(&self) -> &'static str {
        match self.how {
            How::Model { .. } => "model",
            How::Results { .. } => "results",
            How::Peer(_) => "peer",
        }
    }

    /// The median of the photos' seconds.
    pub(super) fn median_seconds(&self) -> Option<f64> {
        let mut seconds = self.seconds.clone();
        seconds.sort_by(f64::total_cmp);
        let (low, high) = (seconds.get(seconds.len().checked_sub(1)? / 2)?, seconds.get(seconds.len() / 2)?);
        Some(f64::midpoint(*low, *high))
    }

    /// The photo with its holes filled, and the seconds that took if it was computed.
    pub(super) fn fill(&self, item: &Item) -> Result<(Frame, Option<f64>), CliError> {
        match &self.how {
            How::Model { engine, seed, grow, keep } => {
                let start = Instant::now();
                let frame = erase(item, *engine, *seed, *grow)?;
                let seconds = start.elapsed().as_secs_f64();
                if let Some(folder) = keep {
                    write(&frame, &folder.join(format!("{}.png", item.stem)))?;
                }
                Ok((frame, Some(seconds)))
            }
            How::Results { folder } => Ok((read_result(folder, &item.stem, item.photo.size())?, None)),
            How::Peer(peer) => Ok((frame_of(&fill_with(*peer, &picture(&item.photo), &item.holes)), None)),
        }
    }
}

fn erase(item: &Item, engine: Engine, seed: u64, grow: Option<u32>) -> Result<Frame, CliError> {
    let request = EraseRequest {
        base: Base { photo: item.photo.clone(), under: Vec::new() },
        holes: mask_of(&item.holes),
        sample_from: None,
        sample_never: None,
        engine,
        seeds: vec![seed],
        settings: Settings { grow, ..Settings::default() },
    };
    let mut job = EraseJob::new(request, CancelToken::never())?;
    let fills = loop {
        if let Step::Done(fills) = job.step()? {
            break fills;
        }
    };
    let mut frame = item.photo.clone();
    for patch in fills.iter().flat_map(|fill| &fill.patches) {
        patch.apply(&mut frame, 1.0);
    }
    Ok(frame)
}

fn mask_of(holes: &Plane<bool>) -> Mask {
    let mut mask = Mask::empty(holes.size());
    mask.write(holes.size().rect(), |x, y, _| if holes.at(x, y) { 255 } else { 0 });
    mask
}

fn write(frame: &Frame, path: &Path) -> Result<(), CliError> {
    let bytes = io::encode(frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png))?;
    Ok(io::write_atomic(path, &bytes)?)
}
