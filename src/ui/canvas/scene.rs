//! What the window hands to the canvas each frame and what the canvas reports back.

use std::collections::HashMap;
use std::sync::Arc;

use crate::imaging::{DisplayPyramid, Mask, Patch};
use crate::ui::theme;
use crate::worker::{Difference, ShownPatch};

/// What is shown, besides the document.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The photo's picture. Another one than in the frame before is another photo: the view is fitted to it.
    pub photo: &'a Arc<DisplayPyramid>,
    /// The pictures of the document's patches; a patch without one is not drawn yet.
    pub patches: &'a PatchDisplays,
    /// What a running job has filled so far, drawn over all.
    pub preview: Option<&'a ShownPatch>,
    /// What [`CompareMode::Difference`] shows.
    pub difference: Option<&'a Difference>,
    /// Whether holes are being filled.
    pub is_busy: bool,
}

/// What a person did on the canvas.
#[derive(Clone, Debug)]
pub enum CanvasEvent {
    /// A tool marked something for erasing, as one step of the history. Taking marks away and sampling brushes do not
    /// report.
    StrokeFinished,
    /// Something was brushed or looped roughly; the outline is to be found.
    SelectObject {
        /// Of the photo's size: the scribble, or the inside of the loop.
        rough: Mask,
        /// Whether `rough` is the inside of a loop around the object.
        is_loop: bool,
    },
}

/// How the result is compared with the photo.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum CompareMode {
    /// Not at all.
    #[default]
    Off,
    /// The photo left of a line that can be dragged, the result right of it.
    Divider {
        /// Where in the canvas, 0..=1.
        at: f32,
    },
    /// The photo alone, for as long as a key is held.
    Original,
    /// Where and how much they differ, on black.
    Difference,
}

/// How marks show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OverlayStyle {
    /// Red, green and blue of what is marked for erasing.
    pub color: [u8; 3],
    /// Of all overlays, 0..=1.
    pub opacity: f32,
}

impl Default for OverlayStyle {
    fn default() -> Self {
        Self { color: theme::canvas::HOLES, opacity: 0.5 }
    }
}

/// The words on the canvas, in the user's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CanvasLabels {
    /// What a screen reader calls the canvas.
    pub canvas: String,
    /// Left of the divider: `compare-before` of the text table.
    pub before: String,
    /// Right of the divider: `compare-after` of the text table.
    pub after: String,
}

impl Default for CanvasLabels {
    fn default() -> Self {
        Self { canvas: "Photo".to_owned(), before: "Before".to_owned(), after: "After".to_owned() }
    }
}

/// The pictures of patches, found by the patch itself.
#[derive(Debug, Default)]
pub struct PatchDisplays {
    // Each value keeps its patch alive, so that no address is used twice.
    by_address: HashMap<usize, ShownPatch>,
}

impl PatchDisplays {
    /// Adds a picture, in place of an older one of the same patch.
    pub fn insert(&mut self, shown: ShownPatch) {
        self.by_address.insert(address(&shown.patch), shown);
    }

    /// The picture of `patch`.
    #[must_use]
    pub fn get(&self, patch: &Arc<Patch>) -> Option<&Arc<DisplayPyramid>> {
        self.by_address.get(&address(patch)).map(|shown| &shown.display)
    }

    /// Drops the pictures of patches that nobody else holds any more.
    pub fn prune(&mut self) {
        self.by_address.retain(|_, shown| Arc::strong_count(&shown.patch) > 1);
    }

    /// The number of pictures.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_address.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_address.is_empty()
    }
}

fn address(patch: &Arc<Patch>) -> usize {
    Arc::as_ptr(patch) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::{ColorModel, Frame, PixelRect, Plane, Samples};

    #[test]
    fn pictures_are_found_by_the_very_patch_and_pruned_with_it() {
        let rect = PixelRect::new(0, 0, 1, 1);
        let make = || {
            let pixels = Frame::new(rect.size(), ColorModel::Gray, Samples::U8(vec![7])).unwrap();
            Arc::new(Patch::new(rect, pixels, Plane::filled(rect.size(), 255)).unwrap())
        };
        let (first, twin) = (make(), make());
        let mut displays = PatchDisplays::default();
        displays.insert(ShownPatch { patch: Arc::clone(&first), display: Arc::new(DisplayPyramid { levels: vec![] }) });
        assert!(displays.get(&first).is_some() && displays.get(&twin).is_none(), "the same patch, not an equal one");
        displays.prune();
        assert_eq!(displays.len(), 1, "still held by the document");
        drop(first);
        displays.prune();
        assert!(displays.is_empty(), "gone with its patch");
    }
}
