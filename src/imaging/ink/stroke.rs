//! One stroke as it was drawn.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::PixelRect;

/// The most strokes of a drawing.
pub const MAX_STROKES: usize = 40_000;

/// The most samples of a stroke.
pub const MAX_SAMPLES: usize = 20_000;

/// How far outside of the paper a sample may lie, in sides.
const MARGIN: f32 = 4.0;

/// Where the pointer was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// To the right, 0..=1 on the paper.
    pub x: f32,
    /// Down, 0..=1 on the paper.
    pub y: f32,
    /// How hard it was pressed, 0..=1; 0.5 is usual.
    pub pressure: f32,
    /// Milliseconds since the stroke began; never falls.
    pub millis: u32,
}

impl Sample {
    /// A sample of usual pressure.
    #[must_use]
    pub const fn new(x: f32, y: f32, millis: u32) -> Self {
        Self { x, y, pressure: Self::USUAL, millis }
    }

    /// The pressure of a pointer that tells none.
    pub const USUAL: f32 = 0.5;

    /// Whether its numbers are finite, in range and not far outside of the paper.
    #[must_use]
    pub fn is_sound(self) -> bool {
        let near = -MARGIN..=1.0 + MARGIN;
        near.contains(&self.x) && near.contains(&self.y) && (0.0..=1.0).contains(&self.pressure)
    }
}

/// What a stroke does.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    /// It leaves ink.
    #[default]
    Pen,
    /// It takes away what was drawn before in its layer: ink and hints.
    Eraser,
    /// It asks for a color, and leaves no ink.
    Hint,
}

/// A line that drawing is mirrored at; coordinates are on the paper.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mirror {
    /// A vertical line at this x: left becomes right.
    Upright(f32),
    /// A horizontal line at this y: above becomes below.
    Level(f32),
}

impl Mirror {
    /// Left and right halves of the paper.
    pub const MIDDLE: Self = Self::Upright(0.5);

    /// Where `(x, y)` comes to lie.
    #[must_use]
    pub fn position(self, x: f32, y: f32) -> (f32, f32) {
        match self {
            Self::Upright(at) => (2.0 * at - x, y),
            Self::Level(at) => (x, 2.0 * at - y),
        }
    }

    /// Whether the line crosses the paper.
    #[must_use]
    pub fn is_sound(self) -> bool {
        let (Self::Upright(at) | Self::Level(at)) = self;
        (0.0..=1.0).contains(&at)
    }
}

/// A stroke. Lines and curves are strokes too: their samples were computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// Raw, in the order of time; at least one.
    pub samples: Arc<[Sample]>,
    /// What it does.
    pub tool: Tool,
    /// The diameter at pressure 0.5, as a fraction of the paper's side: over 0, at most 1.
    pub size: f32,
    /// sRGB; counts for [`Tool::Hint`] only. Ink is ink.
    pub color: [u8; 3],
    /// How much pressure changes the width, -1..=1: 0 not at all, below 0 pressing makes it thinner.
    pub thinning: f32,
    /// How much its corners are rounded, 0..=1.
    pub smoothing: f32,
    /// How much the line lags behind the pointer to become calm, 0..=1.
    pub streamline: f32,
    /// Whether the pressure follows from the speed (fast is thin), because the pointer told none.
    pub is_pressure_simulated: bool,
}

impl Stroke {
    /// The diameter of a new pen: two pixels of 256.
    pub const PEN_SIZE: f32 = 2.0 / 256.0;
    /// The diameter of a new eraser.
    pub const ERASER_SIZE: f32 = 0.08;
    /// The diameter of a new brush for hints.
    pub const HINT_SIZE: f32 = 0.06;

    /// A stroke of `tool` through `samples` with the usual settings: size of the tool, everything else 0.5, black, pressure as
    /// it was told.
    #[must_use]
    pub fn new(tool: Tool, samples: impl Into<Arc<[Sample]>>) -> Self {
        let size = match tool {
            Tool::Pen => Self::PEN_SIZE,
            Tool::Eraser => Self::ERASER_SIZE,
            Tool::Hint => Self::HINT_SIZE,
        };
        Self {
            samples: samples.into(),
            tool,
            size,
            color: [0; 3],
            thinning: 0.5,
            smoothing: 0.5,
            streamline: 0.5,
            is_pressure_simulated: false,
        }
    }

    /// As [`Stroke::new`] for samples that were computed: of even width, and drawn exactly through them.
    #[must_use]
    pub fn computed(tool: Tool, samples: impl Into<Arc<[Sample]>>) -> Self {
        Self { thinning: 0.0, smoothing: 0.0, streamline: 0.0, ..Self::new(tool, samples) }
    }

    /// The same stroke on the other side of a mirror.
    #[must_use]
    pub fn mirrored(&self, mirror: Mirror) -> Self {
        let mirrored = self.samples.iter().map(|sample| {
            let (x, y) = mirror.position(sample.x, sample.y);
            Sample { x, y, ..*sample }
        });
        Self { samples: mirrored.collect(), ..self.clone() }
    }

    /// Whether its numbers are in range, and it has samples, not too many.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let part = 0.0..=1.0;
        (1..=MAX_SAMPLES).contains(&self.samples.len())
            && self.samples.iter().all(|sample| sample.is_sound())
            && self.samples.is_sorted_by_key(|sample| sample.millis)
            && self.size > 0.0
            && self.size <= 1.0
            && (-1.0..=1.0).contains(&self.thinning)
            && part.contains(&self.smoothing)
            && part.contains(&self.streamline)
    }

    /// How long it took to draw.
    #[must_use]
    pub fn millis(&self) -> u32 {
        self.samples.last().map_or(0, |sample| sample.millis)
    }

    /// A number that tells it from strokes that look otherwise; the same in every run of the program.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let samples = self.samples.iter().flat_map(|sample| {
            let Sample { x, y, pressure, millis } = *sample;
            [pair(x.to_bits(), y.to_bits()), pair(pressure.to_bits(), millis)]
        });
        let [red, green, blue] = self.color;
        let flags = u32::from_le_bytes([red, green, blue, self.tool as u8 * 2 + u8::from(self.is_pressure_simulated)]);
        let settings = [
            pair(flags, self.size.to_bits()),
            pair(self.thinning.to_bits(), self.smoothing.to_bits()),
            u64::from(self.streamline.to_bits()),
        ];
        samples.chain(settings).fold(self.samples.len() as u64, mix)
    }

    /// The pixels of a picture of `side` that it may touch; empty when it lies outside of the paper.
    #[must_use]
    pub fn bounds(&self, side: u32) -> PixelRect {
        let (mut low, mut high) = ((f32::INFINITY, f32::INFINITY), (f32::NEG_INFINITY, f32::NEG_INFINITY));
        for sample in &*self.samples {
            low = (low.0.min(sample.x), low.1.min(sample.y));
            high = (high.0.max(sample.x), high.1.max(sample.y));
        }
        let (scale, reach) = (side as f32, self.size * side as f32 + 1.0);
        let rect = PixelRect::new(
            (low.0 * scale - reach).floor() as i32,
            (low.1 * scale - reach).floor() as i32,
            (high.0 * scale + reach).ceil() as i32,
            (high.1 * scale + reach).ceil() as i32,
        );
        if low.0 > high.0 { PixelRect::default() } else { rect.intersect(super::super::Size::new(side, side).rect()) }
    }
}

fn pair(high: u32, low: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

/// Folds `value` into `digest`; the order of values counts. The finalizer is that of splitmix64 (Steele, Lea and Flood 2014).
#[must_use]
pub fn mix(digest: u64, value: u64) -> u64 {
    let mut z = digest.rotate_left(5).wrapping_add(0x9E37_79B9_7F4A_7C15) ^ value;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
