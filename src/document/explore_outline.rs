//! An exploration without its large parts, as it is written into session files and journals, and how it is taken apart.
//!
//! As in `outline`: latents and pictures stand in tables and are named by their index. `explore_assembly` is the way back.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Exploration;
use super::explore::{
    Edit, Helm, Interpolation, Latent, Noise, PhotoWork, PicturePos, ProjectMethod, Steering, Stroke, StrokeId,
    StrokeTool, StyleSpace, Transferred,
};
use super::outline::{MaskOutline, PartSink, PatchOutline, PhotoOutline, TakingApart};
use super::parts::Part;
use super::session_error::SessionFault;
use crate::imaging::{Frame, Place};

/// All of an exploration but its large parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ExploreOutline {
    pub(super) model: String,
    pub(super) seed: u64,
    pub(super) starts: u32,
    pub(super) latents: Vec<LatentOutline>,
    pub(super) pictures: Vec<PictureOutline>,
    /// Oldest first.
    pub(super) strokes: Vec<StrokeOutline>,
    pub(super) next_id: u64,
    pub(super) chosen: Option<PickOutline>,
    pub(super) slider: SliderOutline,
    pub(super) keys: Vec<KeyOutline>,
    pub(super) fixed: Option<FixedOutline>,
    /// Indices into the latents.
    pub(super) visited: Vec<usize>,
    pub(super) photo: Option<PhotoWorkOutline>,
    /// Written beside the rest, so that versions before it can read the rest.
    #[serde(skip)]
    pub(super) helm: Option<HelmOutline>,
}

/// What belongs to generators with styles.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct HelmOutline {
    pub(super) steering: SteeringOutline,
    pub(super) is_on: bool,
    pub(super) noise: Noise,
    pub(super) search: StyleSpace,
    pub(super) projection: StyleSpace,
}

/// The base is an index into the latents.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SteeringOutline {
    pub(super) pad: [f32; 2],
    pub(super) base: Option<usize>,
    pub(super) psi: f32,
    pub(super) cutoff: Option<u32>,
    pub(super) layer_psi: Vec<(u32, f32)>,
    pub(super) mix_seed: u64,
    pub(super) mixed: u64,
    pub(super) edits: Vec<EditOutline>,
}

/// The vector is an index into the latents.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct EditOutline {
    pub(super) name: String,
    pub(super) vector: usize,
    pub(super) sigma: f32,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) amount: f32,
}

impl ExploreOutline {
    /// Whether there is anything that belongs to a drag.
    pub(super) fn has_drag(&self) -> bool {
        self.strokes.iter().any(|stroke| matches!(stroke.tool, ToolOutline::Drag { .. } | ToolOutline::Movable))
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct LatentOutline {
    /// A part.
    pub(super) part: u64,
    pub(super) len: u64,
}

/// A square 8-bit RGB picture.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct PictureOutline {
    /// A part.
    pub(super) part: u64,
    pub(super) side: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StrokeOutline {
    pub(super) id: StrokeId,
    pub(super) tool: ToolOutline,
    /// A part, of which the points are made; none without points.
    pub(super) points: Option<u64>,
    pub(super) point_count: u64,
    pub(super) width: f32,
    pub(super) weight: f32,
    pub(super) is_visible: bool,
}

/// Snapshots are indices into the pictures.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum ToolOutline {
    Color { rgb: [u8; 3] },
    Sketch { is_edge: bool },
    Warp { from: PicturePos, to: PicturePos, snapshot: usize },
    Keep { snapshot: usize },
    Drag { from: PicturePos, to: PicturePos },
    Movable,
}

/// Latents are indices.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct PickOutline {
    pub(super) id: u64,
    pub(super) latent: usize,
    pub(super) start: usize,
    pub(super) cost: f32,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct SliderOutline {
    pub(super) from: Option<usize>,
    pub(super) to: Option<usize>,
    pub(super) at: f32,
    pub(super) frames: u32,
    pub(super) interpolation: Interpolation,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct KeyOutline {
    pub(super) time: f32,
    pub(super) latent: usize,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct FixedOutline {
    pub(super) latent: usize,
    pub(super) smoothness: f32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PhotoWorkOutline {
    pub(super) photo: PhotoOutline,
    pub(super) place: Place,
    pub(super) kept: MaskOutline,
    pub(super) projection: Option<ProjectionOutline>,
    pub(super) result: Option<TransferOutline>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct ProjectionOutline {
    pub(super) latent: usize,
    pub(super) method: ProjectMethod,
    pub(super) error: f32,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct TransferOutline {
    pub(super) patch: PatchOutline,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) at: f32,
}

/// Takes `exploration` apart: its parts go where those of `work` go.
pub(super) fn take_exploration_apart<S: PartSink>(
    exploration: &Exploration,
    work: &mut TakingApart<'_, S>,
) -> Result<ExploreOutline, SessionFault> {
    let mut tables = Tables { work, latents: Vec::new(), pictures: Vec::new(), places: HashMap::new() };
    let strokes = exploration.strokes.iter().map(|stroke| tables.stroke(stroke)).collect::<Result<_, _>>()?;
    let chosen = exploration.chosen.as_ref().map(|pick| {
        let (latent, start) = (tables.latent(&pick.latent)?, tables.latent(&pick.start)?);
        Ok::<_, SessionFault>(PickOutline { id: pick.id, latent, start, cost: pick.cost })
    });
    let chosen = chosen.transpose()?;
    let slider = &exploration.slider;
    let slider = SliderOutline {
        from: slider.from.as_ref().map(|latent| tables.latent(latent)).transpose()?,
        to: slider.to.as_ref().map(|latent| tables.latent(latent)).transpose()?,
        at: slider.at,
        frames: slider.frames,
        interpolation: slider.interpolation,
    };
    let mut keys = Vec::new();
    for key in &exploration.keys {
        keys.push(KeyOutline { time: key.time, latent: tables.latent(&key.latent)? });
    }
    let fixed = match &exploration.fixed {
        Some(fixed) => Some(FixedOutline { latent: tables.latent(&fixed.latent)?, smoothness: fixed.smoothness }),
        None => None,
    };
    let visited = exploration.visited.iter().map(|latent| tables.latent(latent)).collect::<Result<_, _>>()?;
    let photo = exploration.photo.as_ref().map(|photo| tables.photo(photo)).transpose()?;
    let helm = Some(tables.helm(&exploration.helm)?).filter(|_| exploration.helm != Helm::default());
    let Tables { latents, pictures, .. } = tables;
    let &Exploration { seed, starts, next_id, .. } = exploration;
    let model = exploration.model.clone();
    Ok(ExploreOutline {
        model,
        seed,
        starts,
        latents,
        pictures,
        strokes,
        next_id,
        chosen,
        slider,
        keys,
        fixed,
        visited,
        photo,
        helm,
    })
}

struct Tables<'a, 'b, S> {
    work: &'a mut TakingApart<'b, S>,
    latents: Vec<LatentOutline>,
    pictures: Vec<PictureOutline>,
    /// Indices into either table by address.
    places: HashMap<usize, usize>,
}

impl<S: PartSink> Tables<'_, '_, S> {
    fn latent(&mut self, latent: &Latent) -> Result<usize, SessionFault> {
        let address = latent.as_ptr().addr();
        if let Some(&place) = self.places.get(&address) {
            return Ok(place);
        }
        let part = self.work.part(address, &Part::Latent(latent))?;
        self.latents.push(LatentOutline { part, len: latent.len() as u64 });
        self.places.insert(address, self.latents.len() - 1);
        Ok(self.latents.len() - 1)
    }

    fn picture(&mut self, picture: &Frame) -> Result<usize, SessionFault> {
        let address = std::ptr::from_ref(picture.samples()).addr();
        if let Some(&place) = self.places.get(&address) {
            return Ok(place);
        }
        let part = self.work.part(address, &Part::Picture(picture))?;
        self.pictures.push(PictureOutline { part, side: picture.size().width });
        self.places.insert(address, self.pictures.len() - 1);
        Ok(self.pictures.len() - 1)
    }

    fn stroke(&mut self, stroke: &Arc<Stroke>) -> Result<StrokeOutline, SessionFault> {
        let tool = match &stroke.tool {
            StrokeTool::Color { rgb } => ToolOutline::Color { rgb: *rgb },
            StrokeTool::Sketch { is_edge } => ToolOutline::Sketch { is_edge: *is_edge },
            StrokeTool::Warp { from, to, snapshot } => {
                ToolOutline::Warp { from: *from, to: *to, snapshot: self.picture(snapshot)? }
            }
            StrokeTool::Keep { snapshot } => ToolOutline::Keep { snapshot: self.picture(snapshot)? },
            StrokeTool::Drag { from, to } => ToolOutline::Drag { from: *from, to: *to },
            StrokeTool::Movable => ToolOutline::Movable,
        };
        let points = (!stroke.points.is_empty())
            .then(|| self.work.part(Arc::as_ptr(stroke).addr(), &Part::Points(&stroke.points)));
        Ok(StrokeOutline {
            id: stroke.id,
            tool,
            points: points.transpose()?,
            point_count: stroke.points.len() as u64,
            width: stroke.width,
            weight: stroke.weight,
            is_visible: stroke.is_visible,
        })
    }

    fn photo(&mut self, photo: &PhotoWork) -> Result<PhotoWorkOutline, SessionFault> {
        let outline = self.work.photo(&photo.photo)?;
        let kept = self.work.mask_outline(&photo.kept)?;
        let projection = match &photo.projection {
            Some(one) => {
                Some(ProjectionOutline { latent: self.latent(&one.latent)?, method: one.method, error: one.error })
            }
            None => None,
        };
        let result = photo.result.as_ref().map(|result| self.result(result)).transpose()?;
        Ok(PhotoWorkOutline { photo: outline, place: photo.place, kept, projection, result })
    }

    fn helm(&mut self, helm: &Helm) -> Result<HelmOutline, SessionFault> {
        let steering: &Steering = &helm.steering;
        let base = steering.base.as_ref().map(|latent| self.latent(latent)).transpose()?;
        let edits = steering.edits.iter().map(|edit| self.edit(edit)).collect::<Result<_, _>>()?;
        let &Steering { pad, psi, cutoff, mix_seed, mixed, .. } = steering;
        let layer_psi = steering.layer_psi.clone();
        let steering = SteeringOutline { pad, base, psi, cutoff, layer_psi, mix_seed, mixed, edits };
        let &Helm { is_on, noise, search, projection, .. } = helm;
        Ok(HelmOutline { steering, is_on, noise, search, projection })
    }

    fn edit(&mut self, edit: &Edit) -> Result<EditOutline, SessionFault> {
        let (vector, direction) = (self.latent(&edit.direction.vector)?, &edit.direction);
        let (name, sigma) = (direction.name.clone(), direction.sigma);
        Ok(EditOutline { name, vector, sigma, first: edit.first, last: edit.last, amount: edit.amount })
    }

    fn result(&mut self, result: &Transferred) -> Result<TransferOutline, SessionFault> {
        let part = self.work.part(Arc::as_ptr(&result.patch).addr(), &Part::Patch(&result.patch))?;
        let patch = PatchOutline { rect: result.patch.rect(), part };
        Ok(TransferOutline { patch, from: self.latent(&result.from)?, to: self.latent(&result.to)?, at: result.at })
    }
}
