//! A sketch put together again from its outline and its parts, none of which is trusted.

use std::collections::HashMap;
use std::sync::Arc;

use super::assembly::{Assembling, PartSource};
use super::parts::{Layout, PartKind, SAMPLE_LEN, frame_from_bytes, samples_from_bytes};
use super::session_error::SessionFault;
use super::sketch::{Layer, MAX_RESULT_SIDE, MAX_STROKES, MAX_UNDER_SIDE, Sketch, SketchResult, UnderDrawing};
use super::sketch_outline::{InkOutline, SketchOutline};
use crate::imaging::ink::{MAX_SAMPLES, Sample, Stroke};
use crate::imaging::{ColorModel, Frame, Size};

/// Samples by their part.
type Known = HashMap<u64, Arc<[Sample]>>;

/// Puts a sketch together and checks its invariants.
pub(super) fn assemble_sketch<S: PartSource>(
    outline: SketchOutline,
    work: &mut Assembling<'_, S>,
) -> Result<Sketch, SessionFault> {
    let count: usize = outline.layers.iter().map(|layer| layer.strokes.len()).sum();
    if count > MAX_STROKES {
        return Err(SessionFault::Broken("it has more strokes than a sketch can have"));
    }
    let mut known = Known::new();
    let (mut layers, mut turns) = (Vec::new(), outline.turns.into_iter());
    for layer in outline.layers {
        let strokes = layer.strokes.iter().map(|stroke| work.ink(stroke, &mut known)).collect::<Result<_, _>>()?;
        let mut made = Layer::with_strokes(layer.id, layer.name, strokes).with_turns(turns.next().unwrap_or_default());
        (made.is_visible, made.is_solo) = (layer.is_visible, layer.is_solo);
        layers.push(Arc::new(made));
    }
    let under_drawing = outline.under_drawing.map(|below| {
        let picture = work.colors(below.picture, below.size, MAX_UNDER_SIDE)?;
        Ok::<_, SessionFault>(UnderDrawing::new(picture, below.opacity))
    });
    let under_drawing = under_drawing.transpose()?;
    let result = outline.result.map(|one| {
        let picture = work.colors(one.picture, Size::new(one.side, one.side), MAX_RESULT_SIDE)?;
        let (of, network, is_full) = (one.of, one.network, one.is_full);
        Ok::<_, SessionFault>(Arc::new(SketchResult { picture, of, network, is_full }))
    });
    let sketch = Sketch {
        theme: outline.theme.into(),
        layers,
        active: outline.active,
        next_id: outline.next_id,
        mirror: outline.mirror,
        under_drawing,
        refinement: outline.refinement,
        seed: outline.seed,
        result: result.transpose()?,
    };
    sketch.validate().map_err(SessionFault::InvalidSketch)?;
    Ok(sketch)
}

impl<S: PartSource> Assembling<'_, S> {
    fn ink(&mut self, outline: &InkOutline, known: &mut Known) -> Result<Arc<Stroke>, SessionFault> {
        let &InkOutline { tool, size, color, thinning, smoothing, streamline, is_pressure_simulated, .. } = outline;
        let shared = known.get(&outline.samples).filter(|samples| samples.len() as u64 == outline.count);
        let samples = if let Some(samples) = shared {
            Arc::clone(samples)
        } else {
            let samples = self.samples(outline)?;
            known.insert(outline.samples, Arc::clone(&samples));
            samples
        };
        let stroke = Stroke { samples, tool, size, color, thinning, smoothing, streamline, is_pressure_simulated };
        Ok(Arc::new(stroke))
    }

    fn samples(&mut self, outline: &InkOutline) -> Result<Arc<[Sample]>, SessionFault> {
        if outline.count > MAX_SAMPLES as u64 {
            return Err(SessionFault::Broken("a stroke has more samples than one can have"));
        }
        let bytes = self.part(PartKind::Samples, outline.samples, outline.count * SAMPLE_LEN)?;
        Ok(samples_from_bytes(&bytes).collect())
    }

    /// A picture of 8-bit colors.
    fn colors(&mut self, number: u64, size: Size, most: u32) -> Result<Frame, SessionFault> {
        if !(1..=most).contains(&size.width) || !(1..=most).contains(&size.height) {
            return Err(SessionFault::Broken("a picture has an impossible size"));
        }
        let layout = Layout { size, model: ColorModel::Rgb, bits: 8 };
        let bytes = self.part(PartKind::Picture, number, layout.byte_len())?;
        frame_from_bytes(bytes, layout).ok_or(SessionFault::Broken("a picture is incomplete"))
    }
}
