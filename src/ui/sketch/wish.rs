//! What a panel of the room asks for. Panels draw and ask; they change nothing themselves.

use std::sync::Arc;

use super::easel::Shows;
use super::tool::DrawTool;
use crate::document::sketch::LayerId;
use crate::imaging::ink::Background;
use crate::ui::intent::Phase;

/// Something a panel of the room asks for.
#[derive(Clone, Debug)]
pub enum SketchWish {
    /// Draws with this theme, on the paper that is open or on a new one.
    Theme(Arc<str>),
    /// Looks which themes are installed.
    LookForThemes,
    /// The diameter of a tool as a part of the paper's side.
    Size(DrawTool, f32),
    /// How much lines are smoothed, 0..=1.
    Smoothing(f32),
    /// The color of hints.
    Color([u8; 3]),
    /// Where the picture shows.
    Shows(Shows),
    /// How strongly the picture shows on the paper.
    Opacity(f32),
    /// What becomes of the picture's background.
    Background(Background),
    /// How far the lines are followed, 0..=1.
    Refinement(f32, Phase),
    /// Where the mirror's line lies on the paper, 0..=1.
    MirrorAt(f32, Phase),
    /// How strongly the under-drawing shows, 0..=1.
    UnderOpacity(f32, Phase),
    /// Shows the variant at this place of the strip.
    Variant(usize),
    /// Goes back to the network's plain answer.
    Steady,
    /// Draws on this layer.
    Layer(LayerId),
    /// Hides or shows a layer.
    ToggleLayer(LayerId),
    /// Solos a layer, or no longer.
    SoloLayer(LayerId),
    /// Removes a layer.
    DeleteLayer(LayerId),
    /// Moves a layer to this place, 0 being the lowest.
    MoveLayer(LayerId, usize),
    /// Begins to type a layer's name.
    BeginRename(LayerId),
    /// What is typed by now.
    TypeName(String),
    /// The name is typed, or given up.
    EndRename(bool),
    /// Goes to a state of the history.
    JumpTo(usize),
}
