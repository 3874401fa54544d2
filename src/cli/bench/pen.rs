//! How soon ink is under the pen, in the window without a display.

use serde::Serialize;

use super::super::errors::CliError;
use crate::sketch::Themes;
use crate::ui::sketch::{FRAME, Hand, PenToInk, measure};

pub(super) const HEADING: &str =
    "pen to ink                     behind   median ms    worst ms     of 16.7 ms   frames late   pictures";

/// What is told of one drawing.
#[derive(Serialize)]
pub(super) struct PenRow {
    name: String,
    /// Frames between an event and its ink, at worst; 0 is the same frame.
    frames_behind: usize,
    /// From events to triangles, in the middle of all frames.
    median_ms: f64,
    /// Of the longest frame.
    worst_ms: f64,
    /// What a frame has.
    frame_ms: f64,
    frames: usize,
    /// Frames that took longer than they have.
    late_frames: usize,
    points: usize,
    /// Pictures that were painted meanwhile.
    pictures: usize,
}

impl PenRow {
    pub(super) fn line(&self) -> String {
        let Self { name, frames_behind, median_ms, worst_ms, frame_ms, frames, late_frames, pictures, .. } = self;
        let (share, late) = (format!("{:.0} %", 100.0 * worst_ms / frame_ms), format!("{late_frames} of {frames}"));
        format!("{name:30}{frames_behind:>7}{median_ms:>12.3}{worst_ms:>12.3}{share:>15}{late:>14}{pictures:>11}")
    }
}

/// What a drawing is called.
pub(super) fn name(hand: Hand) -> String {
    format!("pen: {}", hand.name())
}

/// Draws it.
pub(super) fn time(hand: Hand, themes: Themes) -> Result<PenRow, CliError> {
    let PenToInk { frames, points, frames_behind, median_ms, worst_ms, late, pictures } =
        measure(hand, themes).map_err(|error| CliError::other(&error))?;
    Ok(PenRow {
        name: name(hand),
        frames_behind,
        median_ms,
        worst_ms,
        frame_ms: 1e3 * FRAME.as_secs_f64(),
        frames,
        late_frames: late,
        points,
        pictures,
    })
}
