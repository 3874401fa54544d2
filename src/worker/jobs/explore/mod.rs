//! The jobs of the Explore room: strokes become constraints, latents become pictures, and what one job has found the next one
//! goes on from.

mod animate;
mod directions;
mod drag;
mod frames;
mod latents;
mod map;
mod models;
mod morph;
mod project;
mod search;
mod steer;
mod strokes;
mod survey;
mod transfer;

pub(super) use animate::ExportJob;
pub(super) use directions::DirectionsJob;
pub(super) use drag::DragPointsJob;
pub(super) use frames::{Asked as FramesAsked, FramesRequestJob};
pub(super) use latents::LatentsJob;
pub(super) use map::MapJob;
pub(super) use models::ModelsJob;
pub(super) use morph::ExportMorphJob;
pub(super) use project::{Asked, ProjectPhotoJob};
pub(super) use search::SearchStrokesJob;
pub(super) use steer::{MixJob, SteerJob};
pub(super) use survey::{FindingsJob, SurveyJob};
pub(super) use transfer::TransferPhotoJob;

use super::super::Failure;
use super::super::exploring::Way;
use super::super::manifolds::Manifolds;
use super::Shared;
use crate::document::explore;
use crate::generators::manifold::Prior;
use crate::imaging::{ColorModel, Frame, Samples, Size};
use crate::latent::{Interpolation, Key, LatentMap, Path, Picture};

/// What jobs hand on to the next one of their kind. At most one value of a kind: the newest.
#[derive(Clone, Default)]
pub(in super::super) struct Memory {
    pub(super) manifolds: Manifolds,
    search: Shared<Option<search::Kept>>,
    frames: Shared<Option<frames::Kept>>,
    transfer: Shared<Option<transfer::Kept>>,
    map: Shared<Option<LatentMap>>,
}

impl Memory {
    pub(in super::super) fn new(manifolds: Manifolds) -> Self {
        Self { manifolds, ..Self::default() }
    }
}

const fn interpolation_of(interpolation: explore::Interpolation) -> Interpolation {
    match interpolation {
        explore::Interpolation::Linear => Interpolation::Linear,
        explore::Interpolation::Spherical => Interpolation::Spherical,
    }
}

/// The curve that `way` describes.
fn path_of(way: &Way, prior: Prior) -> Result<Path, Failure> {
    let path = match way {
        Way::Between { from, to, interpolation } => {
            Path::line(from.clone(), to.clone(), interpolation_of(*interpolation), prior)
        }
        Way::Keys { keys, interpolation } => {
            let keys = keys.iter().map(|key| Key { time: key.time.into(), latent: key.latent.clone() }).collect();
            Path::new(keys, interpolation_of(*interpolation), prior)
        }
    };
    path.map_err(|error| Failure::from_error("error-way", &error))
}

/// A picture as the window takes it.
fn frame_of(picture: &Picture) -> Frame {
    // A picture is a square of colors: the fallback is never taken.
    picture.to_frame().unwrap_or_else(|| blank(picture.side() as u32))
}

/// A black picture.
fn blank(side: u32) -> Frame {
    let size = Size::new(side, side);
    let frame = Frame::new(size, ColorModel::Rgb, Samples::U8(vec![0; size.area() * 3]));
    frame.unwrap_or_else(|| unreachable!("three samples a pixel"))
}
