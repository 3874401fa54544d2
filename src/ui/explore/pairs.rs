//! Pairs of points under the pointer: a press sets a handle, its target follows; both can be moved.

use super::gesture::{Gesture, GestureContext};
use crate::document::ExploreAction;
use crate::document::explore::{PicturePos, StrokeTool};

/// How near to a handle or a target a press takes hold of it.
const GRASP: f32 = 0.03;
/// The width of a pair's stroke: how near to its arrow the eraser meets it.
const PAIR_WIDTH: f32 = 0.04;

impl GestureContext<'_> {
    /// Moves the target or the handle under the pointer, or sets a new handle, whose target follows the pointer.
    pub(super) fn press_pair(&mut self, at: PicturePos) -> Gesture {
        let held = self.hold_pair(at);
        self.history.begin(ExploreAction::SetPair);
        if held != Gesture::Ready {
            return held;
        }
        let mut id = None;
        self.history.edit(|exploration| {
            id = exploration.add_stroke(StrokeTool::Drag { from: at, to: at }, Vec::new(), PAIR_WIDTH);
        });
        self.begun(id.map(|id| Gesture::Moving(id, PicturePos::new(0.0, 0.0))))
    }

    /// The target under the pointer, or the handle.
    pub(super) fn hold_pair(&self, at: PicturePos) -> Gesture {
        let grip = |end: PicturePos| PicturePos::new(at.x - end.x, at.y - end.y);
        let is_near = |end: PicturePos| (at.x - end.x).hypot(at.y - end.y) <= GRASP;
        let pairs: Vec<_> = self.history.value().pairs().collect();
        let target =
            pairs.iter().rev().find(|(_, _, to)| is_near(*to)).map(|(id, _, to)| Gesture::Moving(*id, grip(*to)));
        let handle = || pairs.iter().rev().find(|(_, from, _)| is_near(*from));
        let handle = || handle().map(|(id, from, _)| Gesture::Handle(*id, grip(*from)));
        target.or_else(handle).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::brush::Brush;
    use super::super::gesture::tests::Stage;
    use super::*;

    #[test]
    fn a_pair_is_set_its_ends_are_moved_and_a_click_sets_none() {
        let mut stage = Stage::new();
        let pair = |stage: &Stage| stage.history.value().pairs().map(|(_, from, to)| (from, to)).collect::<Vec<_>>();
        let at = |x: f32, y: f32| PicturePos::new(x / 8.0, y / 8.0);
        stage.drag(Brush::Drag, false, &[(4.0, 4.0)]);
        assert!(pair(&stage).is_empty(), "a click");
        stage.drag(Brush::Drag, false, &[(2.0, 2.0), (4.0, 3.0), (6.0, 2.0)]);
        assert_eq!((pair(&stage), stage.history.position()), (vec![(at(2.0, 2.0), at(6.0, 2.0))], 1), "one step");
        stage.drag(Brush::Drag, false, &[(6.0, 2.0), (6.0, 5.0)]);
        stage.drag(Brush::Drag, false, &[(2.0, 2.0), (1.0, 1.0)]);
        assert_eq!(pair(&stage), [(at(1.0, 1.0), at(6.0, 5.0))], "target and handle were moved");
        stage.drag(Brush::Movable, false, &[(2.0, 6.0), (4.0, 6.0)]);
        assert_eq!(stage.history.value().active_strokes().count(), 0, "searches are not asked");
        assert_eq!(stage.history.value().movable().count(), 1, "drags are");
        stage.drag(Brush::Eraser, false, &[(3.5, 3.0)]);
        assert!(pair(&stage).is_empty(), "the arrow was under the eraser");
    }
}
