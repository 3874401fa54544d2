//! How an exploration is undone, and what its states weigh.

use std::sync::Arc;

use super::super::history::{Seen, Undoable, unseen_mask_bytes, unseen_patch_bytes};
use super::{Exploration, ExploreAction, PicturePos, Stroke};
use crate::imaging::Frame;

impl Undoable for Exploration {
    type Action = ExploreAction;

    const OPENED: ExploreAction = ExploreAction::Open;

    fn unseen_bytes(&self, seen: &mut Seen) -> usize {
        let mut bytes: usize = self.strokes.iter().map(|stroke| unseen_stroke_bytes(stroke, seen)).sum();
        if let Some(photo) = &self.photo {
            bytes += unseen_mask_bytes(&photo.kept, seen);
            bytes += photo.result.iter().map(|result| unseen_patch_bytes(&result.patch, seen)).sum::<usize>();
            // A photo that was replaced is held by undo alone.
            let address = std::ptr::from_ref(photo.photo.frame.samples()).addr();
            bytes += if seen.insert(address) { photo.photo.frame.byte_len() } else { 0 };
        }
        bytes
    }
}

fn unseen_stroke_bytes(stroke: &Arc<Stroke>, seen: &mut Seen) -> usize {
    if !seen.insert(Arc::as_ptr(stroke).addr()) {
        return 0;
    }
    let snapshot = stroke.tool.snapshot().filter(|frame| seen.insert(std::ptr::from_ref(frame.samples()).addr()));
    size_of::<Stroke>() + stroke.points.len() * size_of::<PicturePos>() + snapshot.map_or(0, Frame::byte_len)
}
