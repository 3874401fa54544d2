//! An edit carried over to a photo of 12 megapixels, part of the `explore` suite.

use std::time::Instant;

use serde::Serialize;

use super::super::errors::CliError;
use crate::control::{Step, Stepper as _};
use crate::imaging::{ColorModel, Frame, Place, Samples, Size};
use crate::latent::Picture;
use crate::latent::transfer::{Transfer, TransferJob, TransferOptions, TransferRequest};

/// Sides of the pictures that the edit is followed through.
pub(super) const SIDES: [usize; 2] = [64, 128];

/// Pictures of the morph.
const FRAMES: usize = 8;

/// The photo, all of which is in the square.
const PHOTO: Size = Size::new(4000, 3000);

/// One transfer.
#[derive(Serialize)]
pub(super) struct TransferRow {
    name: String,
    /// Motion and color, until the slider can be moved.
    search_ms: f64,
    /// The longest of the slices between which other work may run.
    slice_ms: f64,
    /// A moment of the morph for the screen, the best of the rounds.
    preview_ms: f64,
    /// A moment of the morph at full size, the best of the rounds.
    render_ms: f64,
}

pub(super) const HEADING: &str = "transfer                     search ms    slice ms  preview ms   render ms";

impl TransferRow {
    pub(super) fn line(&self) -> String {
        let Self { name, search_ms, slice_ms, preview_ms, render_ms } = self;
        format!("{name:26}{search_ms:>12.1}{slice_ms:>12.1}{preview_ms:>12.1}{render_ms:>12.1}")
    }
}

pub(super) fn name(side: usize) -> String {
    format!("{side} px to 12 MP")
}

/// Follows an edit through pictures of `side` and draws moments of it `rounds` times.
pub(super) fn time(side: usize, rounds: u16) -> Result<TransferRow, CliError> {
    let photo = photo().ok_or_else(|| CliError::other(&"the photo to time with could not be made"))?;
    let frames: Vec<Picture> = (0..FRAMES).filter_map(|at| picture(side, at as f32 / (FRAMES - 1) as f32)).collect();
    let place = Place { side: PHOTO.width as f32, ..Place::middle(PHOTO) };
    let request = TransferRequest { frames, photo, place, keep: None, options: TransferOptions::default() };
    let began = Instant::now();
    let mut job = TransferJob::new(request).map_err(|error| CliError::other(&error))?;
    let mut slice_ms = 0.0_f64;
    let transfer = loop {
        let slice = Instant::now();
        let step = job.step().map_err(|error| CliError::other(&error))?;
        slice_ms = slice_ms.max(milliseconds(slice));
        if let Step::Done(transfer) = step {
            break transfer;
        }
    };
    let search_ms = milliseconds(began);
    let best = |draw: &dyn Fn(&Transfer, f32)| {
        let rounds = (0..=rounds).map(|round| {
            let began = Instant::now();
            draw(&transfer, 0.4 + 0.5 * f32::from(round % 2));
            milliseconds(began)
        });
        rounds.fold(f64::INFINITY, f64::min)
    };
    let preview_ms = best(&|transfer, t| drop(transfer.preview(t)));
    let render_ms = best(&|transfer, t| drop(transfer.at(t)));
    Ok(TransferRow { name: name(side), search_ms, slice_ms, preview_ms, render_ms })
}

fn milliseconds(since: Instant) -> f64 {
    1e3 * since.elapsed().as_secs_f64()
}

/// Waves and a disc at a position in 0..=1, moment `t` of an edit that shifts, bends and tints them.
fn color(x: f32, y: f32, t: f32) -> [f32; 3] {
    let (x, y) = (x + 0.04 * t * (5.0 * y).sin(), y + 0.03 * t * (4.0 * x).cos());
    let wave = 0.2 * (31.0 * x + 9.0 * (3.0 * y).sin()).sin() + 0.15 * (23.0 * y - 17.0 * x * y).cos();
    let disc = if (x - 0.5).hypot(y - 0.45) < 0.25 { 0.3 } else { 0.0 };
    [0.45 + wave + disc * (1.0 - t), 0.45 + 0.7 * wave, 0.4 - 0.5 * wave + disc * t]
}

fn picture(side: usize, t: f32) -> Option<Picture> {
    let at = |at: usize| (at as f32 + 0.5) / side as f32;
    let bytes = (0..side * side).flat_map(|place| color(at(place % side), at(place / side), t).map(to_byte));
    Picture::new(side, bytes.collect::<Vec<u8>>())
}

/// The beginning of the edit in the middle of a square of the photo's width.
fn photo() -> Option<Frame> {
    let (width, height) = (PHOTO.width as usize, PHOTO.height as usize);
    let above = (width - height) / 2;
    let at = |v: usize| (v as f32 + 0.5) / width as f32;
    let bytes =
        (0..width * height).flat_map(|place| color(at(place % width), at(place / width + above), 0.0).map(to_byte));
    Frame::new(PHOTO, ColorModel::Rgb, Samples::U8(bytes.collect()))
}

fn to_byte(value: f32) -> u8 {
    (value * 255.0).round() as u8
}
