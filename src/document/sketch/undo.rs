//! How a sketch is undone, and what its states weigh.

use std::sync::Arc;

use super::super::history::{Seen, Undoable};
use super::{Layer, Sketch, SketchAction};
use crate::imaging::Frame;
use crate::imaging::ink::{Sample, Stroke};

/// So many of the newest strokes of a layer are weighed. Each state of a drawing has the strokes of the one before and one
/// more, and a look at all strokes of all states would take longer than a frame.
const WEIGHED: usize = 32;

impl Undoable for Sketch {
    type Action = SketchAction;

    const OPENED: SketchAction = SketchAction::Open;

    fn unseen_bytes(&self, seen: &mut Seen) -> usize {
        let layers: usize = self.layers.iter().map(|layer| unseen_layer_bytes(layer, seen)).sum();
        let result = self.result.iter().map(|result| &result.picture);
        let pictures = result.chain(self.under_drawing.iter().map(|below| &below.picture));
        layers + pictures.map(|picture| unseen_frame_bytes(picture, seen)).sum::<usize>()
    }
}

fn unseen_layer_bytes(layer: &Arc<Layer>, seen: &mut Seen) -> usize {
    if !seen.insert(Arc::as_ptr(layer).addr()) {
        return 0;
    }
    let newest = layer.strokes().iter().rev().take(WEIGHED);
    let unseen = newest.filter(|stroke| seen.insert(Arc::as_ptr(stroke).addr()));
    let strokes: usize = unseen.map(|stroke| size_of::<Stroke>() + size_of_val::<[Sample]>(&stroke.samples)).sum();
    size_of::<Layer>() + size_of_val(layer.strokes()) + size_of_val(layer.turns()) + strokes
}

fn unseen_frame_bytes(frame: &Frame, seen: &mut Seen) -> usize {
    if seen.insert(std::ptr::from_ref(frame.samples()).addr()) { frame.byte_len() } else { 0 }
}
