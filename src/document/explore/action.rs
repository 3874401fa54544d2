//! What a step of an exploration's history did.

use serde::{Deserialize, Serialize};

/// What a step did; the key of its text in the history panel, after `explore-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum ExploreAction {
    /// The exploration was begun or opened.
    Open,
    /// A stroke with the color brush.
    PaintColor,
    /// A stroke with the sketch brush.
    Sketch,
    /// A part of the picture was moved.
    Warp,
    /// A stroke with the keep brush.
    Keep,
    /// A handle or its target was set.
    SetPair,
    /// A stroke with the brush for what may move.
    Movable,
    /// Handles were dragged.
    Drag,
    /// A stroke was hidden or shown.
    ToggleStroke,
    /// A stroke's weight.
    ChangeWeight,
    /// A stroke was removed.
    DeleteStroke,
    /// All strokes were removed.
    ClearStrokes,
    /// A candidate was chosen.
    Choose,
    /// A latent was put on an end of the slider.
    SetEnd,
    /// The slider was moved.
    Slide,
    /// Number of frames or the kind of interpolation.
    ChangeSlider,
    /// The result became the new origin.
    Fix,
    /// Everything but the model and the photo was forgotten.
    Restart,
    /// A key frame was set, moved or removed.
    EditKeys,
    /// A picture was steered by seed, truncation, mixing or directions.
    Steer,
    /// The noise of all pictures.
    ChangeNoise,
    /// Another model.
    ChangeModel,
    /// Seed or number of starts.
    ChangeStarts,
    /// A photo was opened or removed.
    ChangePhoto,
    /// The square of the photo that the manifold shows.
    Place,
    /// The photo was projected.
    Project,
    /// The region of the photo that keeps its bits.
    KeepRegion,
    /// An edit was carried onto the photo.
    Transfer,
    /// What was carried onto the photo was taken away.
    RemoveEdit,
}
