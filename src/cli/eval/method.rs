//! What is evaluated: models that are run, folders of finished pictures, and the simplest fills for comparison.

use std::path::{Path, PathBuf};
use std::time::Instant;

use strum::IntoEnumIterator as _;

use super::super::args::{EvalArgs, Switch};
use super::super::errors::CliError;
use super::super::models;
use crate::control::{CancelToken, Step, Stepper as _};
use crate::erase::{Base, Engine, EraseJob, EraseRequest, Latent, Networks, Settings, raw_fill};
use crate::eval::data::{Item, read_result};
use crate::eval::{Peer, fill_with, frame_of, picture};
use crate::imaging::io::{self, Encoding};
use crate::imaging::{FileFormat, Frame, Mask, Metadata, Plane, SrgbTransform};

/// One row of the table.
pub(super) struct Method {
    pub(super) name: String,
    how: How,
    /// How long each photo took, for models.
    pub(super) seconds: Vec<f64>,
}

enum How {
    /// A model that is run.
    Model(Box<Model>),
    /// Pictures of the photos' names.
    Results { folder: PathBuf },
    /// A fill for comparison.
    Peer(Peer),
}

/// A model, to be run as `pentimento erase` runs it.
struct Model {
    engine: Engine,
    networks: Networks,
    seed: u64,
    settings: Settings,
    /// The network alone, without crop, refinement and blending.
    is_raw: bool,
    /// Where its pictures are kept.
    keep: Option<PathBuf>,
}

/// Models, results and peers, in this order. Different rows have different names.
pub(super) fn all(args: &EvalArgs, networks: &Networks) -> Result<Vec<Method>, CliError> {
    let mut methods = Vec::new();
    for name in &args.model {
        methods.push((name.clone(), How::Model(Box::new(Model::new(name, args, networks)?))));
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
            How::Model(_) => "model",
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
            How::Model(model) => {
                let start = Instant::now();
                let frame = model.fill(item)?;
                let seconds = start.elapsed().as_secs_f64();
                if let Some(folder) = &model.keep {
                    write(&frame, &folder.join(format!("{}.png", item.stem)))?;
                }
                Ok((frame, Some(seconds)))
            }
            How::Results { folder } => Ok((read_result(folder, &item.stem, item.photo.size())?, None)),
            How::Peer(peer) => Ok((frame_of(&fill_with(*peer, &picture(&item.photo), &item.holes)), None)),
        }
    }
}

impl Model {
    fn new(name: &str, args: &EvalArgs, networks: &Networks) -> Result<Self, CliError> {
        let engine = models::parse(name)?;
        match &engine {
            Engine::Network(name) => drop(networks.find(name)?),
            engine if args.raw => return Err(CliError::RawNeedsNetwork { name: engine.to_string() }),
            _ => {}
        }
        let keep = args.keep.as_ref().map(|folder| folder.join(name));
        if let Some(folder) = &keep {
            let fails = |error: std::io::Error| CliError::UnwritableFolder {
                path: folder.clone(),
                reason: error.kind().to_string(),
            };
            std::fs::create_dir_all(folder).map_err(fails)?;
        }
        let settings = Settings { grow: args.grow, detail: args.detail == Switch::On, ..Settings::default() };
        Ok(Self { engine, networks: networks.clone(), seed: args.seed, settings, is_raw: args.raw, keep })
    }

    fn fill(&self, item: &Item) -> Result<Frame, CliError> {
        let mut frame = item.photo.clone();
        if let (Engine::Network(name), true) = (&self.engine, self.is_raw) {
            let network = self.networks.load(name)?;
            let latent = Latent::Seed(self.seed);
            raw_fill(network.as_ref(), &item.photo, &mask_of(&item.holes), &latent)?.apply(&mut frame, 1.0);
            return Ok(frame);
        }
        let mut job = EraseJob::new(self.request(item), CancelToken::never())?;
        let fills = loop {
            if let Step::Done(fills) = job.step()? {
                break fills;
            }
        };
        for patch in fills.iter().flat_map(|fill| &fill.patches) {
            patch.apply(&mut frame, 1.0);
        }
        Ok(frame)
    }

    fn request(&self, item: &Item) -> EraseRequest {
        EraseRequest {
            base: Base { photo: item.photo.clone(), under: Vec::new(), srgb: SrgbTransform::default() },
            holes: mask_of(&item.holes),
            sample_from: None,
            sample_never: None,
            engine: self.engine.clone(),
            seeds: vec![self.seed],
            mixture: None,
            networks: self.networks.clone(),
            settings: self.settings,
        }
    }
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
