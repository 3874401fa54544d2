//! A request in each lane.

use std::path::PathBuf;
use std::sync::Arc;

use pentimento::document::explore::{Latent, Noise};
use pentimento::document::sketch::Sketch;
use pentimento::document::{ErasureId, Exploration};
use pentimento::imaging::{Mask, Place, Size};
use pentimento::worker::exploring::{AnimationFormat, DirectionsAsked, ExportFrames, MixSheet, Playback, Survey, Way};
use pentimento::worker::schooling::SchoolRequest;
use pentimento::worker::sketching::{Quality, SketchRequest};
use pentimento::worker::{Between, Lane, Request};

use super::kit::document;

fn mixtures(name: &str) -> MixSheet {
    let (model, noise) = (name.to_owned(), Noise::default());
    MixSheet { model, rows: vec![1], columns: vec![2], first: 0, last: 1, steering: Arc::default(), noise }
}

/// A request in `lane`; `name` comes back in [`name_of`].
pub(crate) fn request(lane: Lane, name: &str) -> Request {
    let (document, path) = (document(), PathBuf::from(name));
    match lane {
        Lane::Sketch => {
            Request::Sketch(SketchRequest::Paint { sketch: Sketch::new(name, "ink"), quality: Quality::Preview })
        }
        Lane::Themes => Request::Sketch(SketchRequest::ListThemes),
        Lane::School => Request::School(SchoolRequest::Score { lesson: name.into(), sketch: Sketch::new(name, "ink") }),
        Lane::Gallery => Request::School(SchoolRequest::ExportGallery { path }),
        Lane::Drawing => Request::Sketch(SketchRequest::Import { path, is_under: false }),
        Lane::Variants => Request::Sketch(SketchRequest::Variants { sketch: Sketch::new(name, "ink"), seeds: vec![1] }),
        Lane::Interpolate => Request::Interpolate {
            document,
            id: ErasureId(0),
            between: Between {
                from: Default::default(),
                to: Default::default(),
                t: 0.5,
                engine: "auto".to_owned(),
                recipe: Default::default(),
                is_final: false,
            },
        },
        Lane::Networks => Request::ListNetworks,
        Lane::Frames => {
            Request::DrawFrames { model: name.to_owned(), way: way(), count: 2, focus: 0.0, noise: Noise::default() }
        }
        Lane::Latents => Request::DrawLatents { model: name.to_owned(), latents: Vec::new(), noise: Noise::default() },
        Lane::Steer => Request::Steer { model: name.to_owned(), steering: Arc::default(), noise: Noise::default() },
        Lane::Mix => Request::MixSheet(mixtures(name)),
        Lane::Directions => Request::Directions { model: name.to_owned(), asked: DirectionsAsked::Pca(1) },
        Lane::DirectionFiles => Request::Directions { model: name.to_owned(), asked: DirectionsAsked::List },
        Lane::Map => Request::MapVisited { visited: Vec::new() },
        Lane::Optimize => Request::Explore { exploration: Exploration::new(name), is_warm: true },
        Lane::Drag => {
            Request::Drag { exploration: Exploration::new(name), latent: [0.0].into(), how: Default::default() }
        }
        Lane::Project => Request::Project {
            model: name.to_owned(),
            photo: document.photo,
            place: Place::upright(0.0, 0.0, 2.0),
            method: Default::default(),
            seed: 0,
            styles: Default::default(),
            noise: Noise::default(),
        },
        Lane::Transfer => Request::Transfer { exploration: Exploration::new(name), at: 0.5, is_final: false },
        Lane::Models => Request::ListModels,
        Lane::Findings => Request::SaveFindings { model: name.to_owned(), findings: Vec::new(), path },
        Lane::Import => Request::ImportModel { path },
        Lane::Survey => Request::Survey { model: name.to_owned(), what: Survey::Noise(4), trunk: None },
        Lane::Animate => Request::ExportFrames(ExportFrames {
            model: name.to_owned(),
            way: way(),
            frames: 2,
            path,
            format: AnimationFormat::Gif,
            playback: Playback::Loop,
            rate: 10.0,
            scale: 1,
            noise: Noise::default(),
        }),
        Lane::Select => Request::SelectObject { document, rough: Mask::empty(Size::new(2, 2)), is_loop: false },
        Lane::Marks => Request::ChangeMarks { holes: document.holes, change: pentimento::worker::MarksChange::Invert },
        Lane::Measure => Request::Measure { document, with_difference: false },
        Lane::Open => Request::Open { path },
        Lane::Save => Request::Save { document, path, format: pentimento::worker::SaveFormat::AsSource },
        Lane::Session => Request::SaveSession { contents: document.into(), path },
        Lane::MaskFile => Request::ImportMask { document, path },
        Lane::Clipboard => Request::Copy { document, over: None },
        Lane::Erase => {
            let target = pentimento::worker::EraseTarget::Marked;
            Request::Erase { document, target, recipe: Default::default(), seeds: vec![1] }
        }
        Lane::Autosave => Request::Autosave { contents: document.into() },
    }
}

fn way() -> Way {
    let [from, to] = [Latent::from([0.0]), Latent::from([1.0])];
    Way::Between { from, to, interpolation: Default::default() }
}

pub(crate) fn name_of(request: &Request) -> String {
    match request {
        Request::Open { path }
        | Request::Save { path, .. }
        | Request::SaveSession { path, .. }
        | Request::ImportMask { path, .. } => path.display().to_string(),
        other => format!("{:?}", other.lane()),
    }
}
