//! A sketch without its large parts, as it is written into session files and journals, and how it is taken apart.
//!
//! As in `outline`: samples and pictures are parts, each stored once. `sketch_assembly` is the way back.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::outline::{PartSink, TakingApart};
use super::parts::Part;
use super::session_error::SessionFault;
use super::sketch::{Layer, LayerId, Sketch, SketchKey, SketchResult, UnderDrawing};
use crate::imaging::Size;
use crate::imaging::ink::{Mirror, Stroke, Tool};

/// All of a sketch but its large parts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SketchOutline {
    pub(super) theme: String,
    /// Bottom first.
    pub(super) layers: Vec<LayerOutline>,
    pub(super) active: LayerId,
    pub(super) next_id: u64,
    pub(super) mirror: Option<Mirror>,
    pub(super) under_drawing: Option<UnderDrawingOutline>,
    pub(super) refinement: f32,
    pub(super) seed: u64,
    pub(super) result: Option<ResultOutline>,
    /// When the strokes of each layer were drawn, bottom layer first. Written beside the rest, so that versions before it can read the
    /// rest.
    #[serde(skip)]
    pub(super) turns: Vec<Vec<u32>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct LayerOutline {
    pub(super) id: LayerId,
    pub(super) name: String,
    pub(super) is_visible: bool,
    pub(super) is_solo: bool,
    /// Oldest first.
    pub(super) strokes: Vec<InkOutline>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct InkOutline {
    /// A part.
    pub(super) samples: u64,
    pub(super) count: u64,
    pub(super) tool: Tool,
    pub(super) size: f32,
    pub(super) color: [u8; 3],
    pub(super) thinning: f32,
    pub(super) smoothing: f32,
    pub(super) streamline: f32,
    pub(super) is_pressure_simulated: bool,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct UnderDrawingOutline {
    /// A part.
    pub(super) picture: u64,
    pub(super) size: Size,
    pub(super) opacity: f32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ResultOutline {
    /// A part.
    pub(super) picture: u64,
    pub(super) side: u32,
    pub(super) of: SketchKey,
    pub(super) network: String,
    pub(super) is_full: bool,
}

/// Takes `sketch` apart: its parts go where those of `work` go.
pub(super) fn take_sketch_apart<S: PartSink>(
    sketch: &Sketch,
    work: &mut TakingApart<'_, S>,
) -> Result<SketchOutline, SessionFault> {
    let layers = sketch.layers.iter().map(|layer| layer_outline(layer, work)).collect::<Result<_, _>>()?;
    let under_drawing = sketch.under_drawing.as_ref().map(|below| {
        let UnderDrawing { picture, opacity, .. } = below;
        let part = work.part(std::ptr::from_ref(picture.samples()).addr(), &Part::Picture(picture))?;
        Ok::<_, SessionFault>(UnderDrawingOutline { picture: part, size: picture.size(), opacity: *opacity })
    });
    let under_drawing = under_drawing.transpose()?;
    let result = sketch.result.as_ref().map(|result| {
        let SketchResult { picture, of, network, is_full } = &**result;
        let part = work.part(std::ptr::from_ref(picture.samples()).addr(), &Part::Picture(picture))?;
        let (of, network, is_full) = (*of, network.clone(), *is_full);
        Ok::<_, SessionFault>(ResultOutline { picture: part, side: result.side(), of, network, is_full })
    });
    let &Sketch { active, next_id, mirror, refinement, seed, .. } = sketch;
    let theme = (*sketch.theme).to_owned();
    let result = result.transpose()?;
    let turns = sketch.layers.iter().map(|layer| layer.turns().to_vec()).collect();
    Ok(SketchOutline { theme, layers, active, next_id, mirror, under_drawing, refinement, seed, result, turns })
}

fn layer_outline<S: PartSink>(layer: &Layer, work: &mut TakingApart<'_, S>) -> Result<LayerOutline, SessionFault> {
    let strokes = layer.strokes().iter().map(|stroke| ink_outline(stroke, work)).collect::<Result<_, _>>()?;
    let &Layer { id, is_visible, is_solo, .. } = layer;
    Ok(LayerOutline { id, name: layer.name.clone(), is_visible, is_solo, strokes })
}

fn ink_outline<S: PartSink>(stroke: &Arc<Stroke>, work: &mut TakingApart<'_, S>) -> Result<InkOutline, SessionFault> {
    // Strokes may share their samples, as one and its copy of another color do.
    let samples = work.part(stroke.samples.as_ptr().addr(), &Part::Samples(&stroke.samples))?;
    let count = stroke.samples.len() as u64;
    let &Stroke { tool, size, color, thinning, smoothing, streamline, is_pressure_simulated, .. } = &**stroke;
    Ok(InkOutline { samples, count, tool, size, color, thinning, smoothing, streamline, is_pressure_simulated })
}
