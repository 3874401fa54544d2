//! The keep brush on the photo itself: what is painted keeps its bits whatever is carried onto it.

use std::sync::Arc;

use super::stage::Stage;
use crate::document::{ExploreAction, ExploreHistory};
use crate::imaging::ImagePos;
use crate::imaging::mask::Paint;
use crate::imaging::raster::{self, Brush, BrushSample};
use crate::ui::tools::ToolEvent;

/// A stroke under way: where it is, in pixels of the photo, and whether it adds or takes away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Keeping {
    last: ImagePos,
    paint: Paint,
}

/// Hears `event` with a brush of `radius` pixels of the photo.
pub(super) fn handle(stage: &mut Stage, history: &mut ExploreHistory, event: ToolEvent, radius: f32) {
    match event {
        ToolEvent::Press(press) => {
            let paint = if press.is_inverse { Paint::Subtract } else { Paint::Add };
            history.begin(ExploreAction::KeepRegion);
            stage.keeping = Some(Keeping { last: press.at.pos, paint });
            stroke_to(stage, history, press.at.pos, radius);
        }
        ToolEvent::Move(at) => stroke_to(stage, history, at.pos, radius),
        ToolEvent::Release(at) => {
            stroke_to(stage, history, at.pos, radius);
            if stage.keeping.take().is_some() {
                history.end();
            }
        }
        ToolEvent::Abort => {
            if stage.keeping.take().is_some() {
                history.abort();
            }
        }
        ToolEvent::Confirm | ToolEvent::StepBack => {}
    }
}

fn stroke_to(stage: &mut Stage, history: &mut ExploreHistory, to: ImagePos, radius: f32) {
    // An undo in the middle of a stroke has ended it already.
    let Some(keeping) = stage.keeping.as_mut().filter(|_| history.is_in_gesture()) else {
        stage.keeping = None;
        return;
    };
    let Some(photo) = &history.value().photo else { return };
    let mut kept = Arc::clone(&photo.kept);
    let brush = Brush { radius, hardness: 1.0, paint: keeping.paint };
    let sample = |pos: ImagePos| BrushSample { pos, pressure: 1.0 };
    raster::stroke(Arc::make_mut(&mut kept), sample(keeping.last), sample(to), &brush);
    keeping.last = to;
    history.edit(|exploration| {
        exploration.set_kept(kept);
    });
}
