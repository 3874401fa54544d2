//! Which engine fills a group of holes: as asked for, or chosen by *Auto*; ready to be stepped.

use std::sync::Arc;

use super::auto::{HoleShape, Reason, choose};
use super::exemplar::{Exemplar, Options};
use super::inpainter::Inpainter;
use super::network::canvas::Canvas;
use super::network::engine::{How, NetworkEngine, Painting};
use super::network::paint::{Painter, Styled};
use super::network::plan::{Task, tiles};
use super::networks::NetworkInfo;
use super::window::Window;
use super::{Base, Engine, EraseError, EraseRequest, Family, Mixture, NetworkUse, Origin, compose};
use crate::control::CancelToken;
use crate::imaging::PixelRect;

/// The photo as a group sees it.
pub(crate) struct Seen<'a> {
    /// With the patches of the groups before.
    pub(crate) base: &'a Base,
    /// The boxes of the groups before.
    pub(crate) filled: &'a [PixelRect],
    /// The group's window.
    pub(crate) window: &'a Arc<Window>,
}

/// An engine at work, and what is to be said of its fill.
pub(crate) struct Assigned {
    /// `None` is the membrane.
    pub(crate) inpainter: Option<Box<dyn Inpainter>>,
    engine: Engine,
    reason: Option<Reason>,
    network: Option<(Family, u32, Option<Mixture>)>,
}

impl Assigned {
    /// Where the fill came from, `painting` being what its network did.
    pub(crate) fn origin(&self, painting: Option<&Painting>) -> Origin {
        let network = self.network.clone().zip(painting).map(|((family, side, mixture), painting)| NetworkUse {
            family,
            side,
            scale: painting.scale,
            squares: painting.squares,
            is_guided: painting.is_guided,
            mixture,
        });
        Origin { engine: self.engine.clone(), reason: self.reason.clone(), network }
    }
}

/// The engine for the group of `seen`, for the candidate with this index. Loads the network if it needs one.
pub(crate) fn assign(
    request: &EraseRequest,
    seen: &Seen<'_>,
    candidate: usize,
    cancel: &CancelToken,
) -> Result<Assigned, EraseError> {
    let (engine, reason) = match &request.engine {
        Engine::Auto => {
            let (engine, reason) = choose(shape(seen.window), &request.networks.list());
            (engine, Some(reason))
        }
        other => (other.clone(), None),
    };
    let is_network = matches!(engine, Engine::Network(_));
    if !is_network && !seen.window.source.data().contains(&true) {
        return Err(EraseError::NoSource);
    }
    let seed = request.seeds.get(candidate).copied().unwrap_or_default();
    let ring = compose::feather(&request.settings);
    let mut network = None;
    let inpainter: Option<Box<dyn Inpainter>> = match &engine {
        Engine::Membrane => None,
        Engine::Exemplar | Engine::Auto => {
            let options = Options { seed, radius: radius(request, candidate), ring };
            let exemplar = Exemplar::new(seen.window, None, options, cancel.clone());
            exemplar.map(|exemplar| Box::new(exemplar) as Box<dyn Inpainter>)
        }
        Engine::Network(name) => {
            let info = request.networks.find(name)?;
            let mixture = request.mixture.clone().unwrap_or_else(|| Mixture::of(seed));
            // All candidates have one patch size: what lies between two of them must have it too.
            let options = Options { seed: mixture.main_seed(), radius: radius(request, 0), ring };
            let (painter, has_latent) = painter(request, seen, &info, &mixture)?;
            network = Some((info.family, info.resolution, has_latent.then_some(mixture)));
            let window = Arc::clone(seen.window);
            let how = How { settings: request.settings, options, srgb: seen.base.srgb.clone() };
            Some(Box::new(NetworkEngine::new(window, painter, how, cancel.clone())))
        }
    };
    Ok(Assigned { inpainter, engine, reason, network })
}

fn shape(window: &Window) -> HoleShape {
    let hole = window.hole_rect();
    HoleShape { width: window.hole_width().round() as u32, length: hole.width().max(hole.height()) }
}

/// The patch radius of a candidate: as set, or varied among candidates.
fn radius(request: &EraseRequest, candidate: usize) -> usize {
    const AUTOMATIC: [usize; 4] = [5, 4, 6, 3];
    match request.settings.patch {
        Some(side) => (side.clamp(5, 15) / 2) as usize,
        None => AUTOMATIC[candidate % AUTOMATIC.len()],
    }
}

/// The network with its squares cut, and whether it has latents.
fn painter(
    request: &EraseRequest,
    seen: &Seen<'_>,
    info: &NetworkInfo,
    mixture: &Mixture,
) -> Result<(Painter, bool), EraseError> {
    let loaded = request.networks.load(&info.name)?;
    let has_latent = loaded.latent_dim().is_some();
    let (window, photo) = (seen.window, request.base.photo.size());
    let task = Task {
        hole: window.hole_rect(),
        width: window.hole_width(),
        photo,
        context: request.settings.context.clamp(1.5, 6.0),
        is_alone: !request.settings.detail,
    };
    let tiles = tiles(&task, info, |part| (part.y0..part.y1).any(|y| (part.x0..part.x1).any(|x| window.is_hole(x, y))));
    let squares = tiles.iter().fold(window.rect, |all, tile| all.union(tile.square));
    let rect = squares.intersect(photo.rect());
    let mut canvas = Canvas::cut(seen.base, &request.holes, seen.filled, window, rect);
    seen.base.srgb.to_srgb(&mut canvas.colors);
    Ok((Painter::new(Styled::new(loaded, info.family, mixture)?, canvas, tiles), has_latent))
}
