//! An exploration put together again from an outline and its parts, none of which is trusted.

use std::sync::Arc;

use super::Exploration;
use super::assembly::{Assembling, PartSource, checked_layout, pick};
use super::explore::{
    Direction, Edit, Fixed, Helm, KeyFrame, Latent, MAX_POINTS, PhotoWork, Pick, PicturePos, Projection, Slider,
    Steering, Stroke, StrokeTool, Transferred,
};
use super::explore_outline::{ExploreOutline, HelmOutline, PhotoWorkOutline, StrokeOutline, ToolOutline};
use super::parts::{Layout, PartKind, frame_from_bytes, numbers_from_bytes};
use super::session_error::{SessionFault, SessionLimits};
use crate::imaging::{ColorModel, Frame, Size};

/// No picture of a manifold is larger.
const MAX_SIDE: u32 = 2048;

/// Puts an exploration together and checks its invariants.
pub(super) fn assemble_exploration<S: PartSource>(
    outline: ExploreOutline,
    work: &mut Assembling<'_, S>,
    limits: &SessionLimits,
) -> Result<Exploration, SessionFault> {
    let mut latents = Vec::new();
    for latent in &outline.latents {
        latents.push(work.latent(latent.part, latent.len)?);
    }
    let mut pictures = Vec::new();
    for picture in &outline.pictures {
        pictures.push(work.picture(picture.part, picture.side)?);
    }
    let mut strokes = Vec::new();
    for stroke in &outline.strokes {
        strokes.push(work.stroke(stroke, &pictures)?);
    }
    let latent = |at: usize| -> Result<Latent, SessionFault> { pick(&latents, at) };
    let chosen = outline.chosen.map(|one| {
        let (id, cost) = (one.id, one.cost);
        Ok::<_, SessionFault>(Arc::new(Pick { id, latent: latent(one.latent)?, start: latent(one.start)?, cost }))
    });
    let fixed = outline
        .fixed
        .map(|one| Ok::<_, SessionFault>(Fixed { latent: latent(one.latent)?, smoothness: one.smoothness }));
    let slider = outline.slider;
    let slider = Slider {
        from: slider.from.map(latent).transpose()?,
        to: slider.to.map(latent).transpose()?,
        at: slider.at,
        frames: slider.frames,
        interpolation: slider.interpolation,
    };
    let keys = outline.keys.iter().map(|key| Ok(KeyFrame { time: key.time, latent: latent(key.latent)? }));
    let exploration = Exploration {
        model: outline.model,
        seed: outline.seed,
        starts: outline.starts,
        strokes,
        next_id: outline.next_id,
        chosen: chosen.transpose()?,
        slider,
        keys: keys.collect::<Result<_, SessionFault>>()?,
        fixed: fixed.transpose()?,
        visited: outline.visited.iter().map(|&at| latent(at)).collect::<Result<_, _>>()?,
        photo: outline.photo.map(|photo| photo_work(photo, work, limits, &latents)).transpose()?,
        helm: outline.helm.map(|helm| assemble_helm(helm, &latents)).transpose()?.unwrap_or_default(),
    };
    exploration.validate().map_err(SessionFault::InvalidExploration)?;
    Ok(exploration)
}

fn assemble_helm(outline: HelmOutline, latents: &[Latent]) -> Result<Helm, SessionFault> {
    let HelmOutline { steering, is_on, noise, search, projection } = outline;
    let edits = steering.edits.into_iter().map(|edit| {
        let direction = Direction { name: edit.name, vector: pick(latents, edit.vector)?, sigma: edit.sigma };
        let (first, last, amount) = (edit.first, edit.last, edit.amount);
        Ok::<_, SessionFault>(Edit { direction: Arc::new(direction), first, last, amount })
    });
    let steering = Steering {
        pad: steering.pad,
        base: steering.base.map(|at| pick(latents, at)).transpose()?,
        psi: steering.psi,
        cutoff: steering.cutoff,
        layer_psi: steering.layer_psi,
        mix_seed: steering.mix_seed,
        mixed: steering.mixed,
        edits: edits.collect::<Result<_, _>>()?,
    };
    Ok(Helm { steering: Arc::new(steering), is_on, noise, search, projection })
}

fn photo_work<S: PartSource>(
    outline: PhotoWorkOutline,
    work: &mut Assembling<'_, S>,
    limits: &SessionLimits,
    latents: &[Latent],
) -> Result<PhotoWork, SessionFault> {
    let layout = checked_layout(&outline.photo, limits)?;
    let photo = work.photo(outline.photo, layout)?;
    let kept = work.mask(&outline.kept, layout.size)?;
    let projection = outline.projection.map(|one| {
        let latent = pick(latents, one.latent)?;
        Ok::<_, SessionFault>(Arc::new(Projection { latent, method: one.method, error: one.error }))
    });
    let result = match outline.result {
        Some(one) => {
            let patch = work.patch(one.patch.rect, one.patch.part, layout)?;
            let (from, to) = (pick(latents, one.from)?, pick(latents, one.to)?);
            Some(Arc::new(Transferred { patch, from, to, at: one.at }))
        }
        None => None,
    };
    Ok(PhotoWork { photo, place: outline.place, kept, projection: projection.transpose()?, result })
}

impl<S: PartSource> Assembling<'_, S> {
    fn latent(&mut self, number: u64, len: u64) -> Result<Latent, SessionFault> {
        let bytes = self.part(PartKind::Latent, number, len.saturating_mul(4))?;
        Ok(numbers_from_bytes(&bytes).collect())
    }

    fn picture(&mut self, number: u64, side: u32) -> Result<Frame, SessionFault> {
        if !(1..=MAX_SIDE).contains(&side) {
            return Err(SessionFault::Broken("a picture has an impossible side"));
        }
        let layout = Layout { size: Size::new(side, side), model: ColorModel::Rgb, bits: 8 };
        let bytes = self.part(PartKind::Picture, number, layout.byte_len())?;
        frame_from_bytes(bytes, layout).ok_or(SessionFault::Broken("a picture is incomplete"))
    }

    fn stroke(&mut self, outline: &StrokeOutline, pictures: &[Frame]) -> Result<Arc<Stroke>, SessionFault> {
        let &StrokeOutline { id, tool, points, point_count, width, weight, is_visible } = outline;
        let tool = match tool {
            ToolOutline::Color { rgb } => StrokeTool::Color { rgb },
            ToolOutline::Sketch { is_edge } => StrokeTool::Sketch { is_edge },
            ToolOutline::Warp { from, to, snapshot } => {
                StrokeTool::Warp { from, to, snapshot: pick(pictures, snapshot)? }
            }
            ToolOutline::Keep { snapshot } => StrokeTool::Keep { snapshot: pick(pictures, snapshot)? },
            ToolOutline::Drag { from, to } => StrokeTool::Drag { from, to },
            ToolOutline::Movable => StrokeTool::Movable,
        };
        if point_count > MAX_POINTS as u64 {
            return Err(SessionFault::Broken("a stroke has more points than one can have"));
        }
        let points = match points {
            Some(part) => self.points(part, point_count)?,
            None => Vec::new(),
        };
        Ok(Arc::new(Stroke { id, tool, points, width, weight, is_visible }))
    }

    fn points(&mut self, number: u64, count: u64) -> Result<Vec<PicturePos>, SessionFault> {
        let bytes = self.part(PartKind::Points, number, count * 8)?;
        let numbers: Vec<f32> = numbers_from_bytes(&bytes).collect();
        Ok(numbers.chunks_exact(2).map(|xy| PicturePos::new(xy[0], xy[1])).collect())
    }
}
