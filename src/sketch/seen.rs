//! What a network is shown of a drawing.

use candle_core::{Device, Result, Tensor};

use crate::imaging::Plane;
use crate::imaging::edges::{Refinement, canonical};
use crate::imaging::ink::{Hints, mix};

/// Ink below this is no ink at all.
const FAINT: f32 = 0.05;

/// With a larger share of the paper under ink there is hardly a drawing left: of the canonical one, and of the drawn one.
const CROWDED: [f32; 2] = [0.45, 0.65];

/// What a person is told of a paper that is crowded.
pub const CROWDED_REMARK: &str = "nearly all of the paper is ink, so there is little of a drawing to go by";

/// A drawing in the one form that networks know.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Canonical, square: 1 is ink.
    ink: Plane<f32>,
    hints: Option<Hints>,
    /// The share of the paper that was under ink before its lines were drawn anew, 0..=1.
    covered: f32,
}

impl Seen {
    /// What is seen of `ink` (1 is ink, any size; it is letter-boxed, never squashed) at `side` pixels. `hints` must have that
    /// side too; others are left out.
    #[must_use]
    pub fn new(ink: &Plane<f32>, side: u32, refinement: Refinement, hints: Option<Hints>) -> Self {
        let hints = hints.filter(|hints| hints.mask.size().width == side && hints.mask.size().height == side);
        Self { ink: canonical(ink, side, refinement), hints, covered: covered(ink) }
    }

    /// Canonical ink.
    #[must_use]
    pub const fn ink(&self) -> &Plane<f32> {
        &self.ink
    }

    /// Pixels on a side.
    #[must_use]
    pub const fn side(&self) -> u32 {
        self.ink.size().width
    }

    /// Whether there is nothing to paint.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.ink.data().iter().all(|&value| value < FAINT)
    }

    /// The share of the paper that is ink, 0..=1.
    #[must_use]
    pub fn share(&self) -> f32 {
        self.ink.data().iter().sum::<f32>() / self.ink.data().len().max(1) as f32
    }

    /// Whether nearly all of the paper is ink.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.share() > CROWDED[0] || self.covered > CROWDED[1]
    }

    /// Tells it from what would look otherwise to a network: two drawings with one digest give one picture.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let planes = self.hints.iter().flat_map(|hints| hints.colors.iter().chain([&hints.mask]));
        std::iter::once(&self.ink).chain(planes).fold(u64::from(self.side()), |digest, plane| {
            let bytes = |values: &[f32]| {
                values.iter().fold(0, |word: u64, &value| word << 8 | u64::from((value * 255.0).round() as u8))
            };
            plane.data().chunks(8).fold(digest, |digest, values| mix(digest, bytes(values)))
        })
    }

    /// Ink `[1, 1, s, s]`.
    pub(super) fn ink_tensor(&self, device: &Device) -> Result<Tensor> {
        let side = self.side() as usize;
        Tensor::from_slice(self.ink.data(), (1, 1, side, side), device)
    }

    /// Colors in -1..1 and where they are meant, `[1, 4, s, s]`.
    pub(super) fn hints_tensor(&self, device: &Device) -> Result<Option<Tensor>> {
        let Some(hints) = &self.hints else { return Ok(None) };
        let side = self.side() as usize;
        let mask = hints.mask.data();
        let mut values = Vec::with_capacity(4 * mask.len());
        for plane in &hints.colors {
            let color =
                |(&value, &mask): (&f32, &f32)| if mask < 0.5 { 0.0 } else { (value / mask).min(1.0) * 2.0 - 1.0 };
            values.extend(plane.data().iter().zip(mask).map(color));
        }
        values.extend(mask.iter().map(|&mask| if mask < 0.5 { 0.0 } else { 1.0 }));
        Tensor::from_vec(values, (1, 4, side, side), device).map(Some)
    }
}

/// The share of the square paper around `ink` that is under ink, 0..=1.
fn covered(ink: &Plane<f32>) -> f32 {
    let longest = ink.size().width.max(ink.size().height).max(1) as f32;
    ink.data().iter().filter(|value| **value > FAINT).map(|value| value.min(1.0)).sum::<f32>() / (longest * longest)
}
