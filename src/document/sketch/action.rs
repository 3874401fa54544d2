//! What a step of a sketch's history did.

use serde::{Deserialize, Serialize};

/// What a step did; the key of its text in the history panel, after `sketch-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum SketchAction {
    /// The sketch was begun or opened.
    Open,
    /// A stroke of the pen.
    Draw,
    /// A computed line.
    Line,
    /// A computed curve.
    Curve,
    /// A stroke of the eraser.
    Erase,
    /// Whole strokes were rubbed out.
    RubOut,
    /// A stroke that asks for a color.
    Hint,
    /// All strokes of a layer were removed.
    Clear,
    /// A layer was added.
    AddLayer,
    /// A layer was removed.
    RemoveLayer,
    /// A layer was renamed.
    RenameLayer,
    /// Layers changed places.
    MoveLayer,
    /// A layer was hidden, shown or soloed.
    ToggleLayer,
    /// The mirror was set, moved or taken away.
    ChangeMirror,
    /// A picture was laid under the paper, faded or taken away.
    ChangeUnderDrawing,
    /// How far the lines are followed.
    ChangeRefinement,
    /// Another variant.
    ChangeSeed,
    /// Another theme.
    ChangeTheme,
    /// Strokes were read from a file.
    Import,
}
