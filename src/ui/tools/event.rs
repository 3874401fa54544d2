//! What tools hear: the pointer in image positions.

use crate::imaging::ImagePos;

/// Where the pointer is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointerSample {
    /// In pixels of the photo.
    pub pos: ImagePos,
    /// Of the pen, 0..=1; 1 for a mouse.
    pub pressure: f32,
    /// Whether Shift is held: squares and straight lines.
    pub is_shift: bool,
}

/// How a gesture begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Press {
    /// Where.
    pub at: PointerSample,
    /// Whether it does the opposite of what the tool does: the secondary button.
    pub is_inverse: bool,
    /// Whether it is the second one of a double click.
    pub is_double: bool,
}

/// One thing that a tool hears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ToolEvent {
    /// A button went down.
    Press(Press),
    /// The pointer moved with the button down.
    Move(PointerSample),
    /// The button went up.
    Release(PointerSample),
    /// Enter.
    Confirm,
    /// Backspace.
    StepBack,
    /// Escape, or anything else that ends a gesture without a result.
    Abort,
}
