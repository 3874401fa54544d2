//! What can go wrong with a drag, each a sentence.

use thiserror::Error;

/// Why a drag cannot begin, or has no result.
#[derive(Debug, Error)]
pub enum DragError {
    /// The generator shows nothing of its inside.
    #[error("this model has no styles to drag by: point drag needs a style-based generator, such as a StyleGAN2")]
    NoStyles,
    /// There is nothing to drag.
    #[error("there is nothing to drag: set a handle and its target first")]
    NoHandles,
    /// A position that the picture does not have.
    #[error(
        "the {what} of pair {number} lies off the picture: it is at {x:.1}, {y:.1}, the picture reaches from 0 to {side}"
    )]
    OffPicture {
        /// Handle or target.
        what: &'static str,
        /// From 1.
        number: usize,
        /// In pixels.
        x: f32,
        /// In pixels.
        y: f32,
        /// Of the picture.
        side: usize,
    },
    /// The movable region belongs to another picture.
    #[error("the movable region is {width} x {height} pixels, but the model's pictures are {side} x {side}")]
    WrongRegion {
        /// Of the region.
        width: u32,
        /// Of the region.
        height: u32,
        /// Of the pictures.
        side: usize,
    },
    /// The movable region is empty.
    #[error("nothing may move: the movable region has no pixel")]
    NothingMovable,
    /// What the drag begins with belongs to another model.
    #[error("the drag begins with {given} numbers, but the model takes {wanted}")]
    WrongStart {
        /// Of the start.
        given: usize,
        /// Of the model.
        wanted: usize,
    },
    /// No layer is that large.
    #[error("the model has no features of {at} pixels: it has them at {there}")]
    NoSuchFeatures {
        /// What was asked for.
        at: usize,
        /// What there is.
        there: String,
    },
    /// An option that no drag can follow.
    #[error("the drag cannot run: {why}")]
    Options {
        /// What is wrong with which option.
        why: &'static str,
    },
    /// Numbers of the model became none.
    #[error("the drag was given up after {steps} steps: the model's numbers are not finite (try a smaller rate)")]
    NotFinite {
        /// Steps made.
        steps: usize,
    },
    /// The network failed.
    #[error("the model cannot be run: {}", .0.to_string().lines().next().unwrap_or("no reason given"))]
    Compute(#[from] candle_core::Error),
}
