//! The door through which engines come: a window with a hole in, colours for the hole out.

use super::EraseError;
use super::network::engine::Painting;
use crate::control::Step;
use crate::imaging::Size;

/// Fills the hole of one window, step by step. It is handed the window when it is made, and never sees the photo.
pub(crate) trait Inpainter: Send {
    /// Does the next piece of work: of at most about 50 ms, or a network's forward pass.
    fn step(&mut self) -> Result<Step<Progressed, Filled>, EraseError>;

    /// What a network did, when the fill is complete; `None` for engines without one.
    fn painting(&mut self) -> Option<Painting> {
        None
    }
}

/// What a fill looks like so far, at the resolution reached.
#[derive(Clone, Debug)]
pub(crate) struct Progressed {
    /// In 0..=1.
    pub(crate) fraction: f32,
    /// Of `colors`, which cover the same window; empty when there is nothing new to show.
    pub(crate) size: Size,
    /// Row by row, 0..=255.
    pub(crate) colors: Vec<[f32; 3]>,
}

/// A complete fill at the window's size.
#[derive(Clone, Debug)]
pub(crate) struct Filled {
    /// Row by row, 0..=255.
    pub(crate) colors: Vec<[f32; 3]>,
    /// What the differences to the right and to the lower neighbour should be, in the hole and a few pixels around it;
    /// elsewhere and for engines without an opinion those of `colors` and the photo.
    pub(crate) gradients: Vec<[[f32; 3]; 2]>,
}
