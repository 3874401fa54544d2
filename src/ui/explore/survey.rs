//! What a model was measured to be, for as long as it is open.

use crate::imaging::Frame;
use crate::ui::app::App;
use crate::worker::Request;
use crate::worker::exploring::{Mixing, NoiseShare, PathLength, Survey, Surveyed, Truncation};

/// The newest findings of each kind.
#[derive(Debug, Default)]
pub struct Findings {
    /// Path lengths, one for each space.
    pub paths: Option<Vec<PathLength>>,
    /// The truncation curve.
    pub truncation: Option<Truncation>,
    /// What the style of each layer does.
    pub mixing: Option<Mixing>,
    /// What the noise decides, and where.
    pub noise: Option<(NoiseShare, Frame)>,
    /// Which of [`Findings::PAIRS`] is wanted.
    pub thoroughness: usize,
}

impl Findings {
    /// Pairs of latents for a first impression, for a comparison, for a table.
    pub const PAIRS: [usize; 3] = [256, 2_000, 10_000];

    /// Keeps what was found.
    pub fn take(&mut self, surveyed: Surveyed) {
        match surveyed {
            Surveyed::Paths(paths) => self.paths = Some(paths),
            Surveyed::Truncation(truncation) => self.truncation = Some(truncation),
            Surveyed::Mixing(mixing) => self.mixing = Some(mixing),
            Surveyed::Noise(share, picture) => self.noise = Some((share, picture)),
        }
    }

    /// Forgets all: the model is another one.
    pub fn forget(&mut self) {
        *self = Self { thoroughness: self.thoroughness, ..Self::default() };
    }

    /// Pairs of latents that are wanted.
    #[must_use]
    pub fn pairs(&self) -> usize {
        Self::PAIRS[self.thoroughness.min(Self::PAIRS.len() - 1)]
    }
}

impl App {
    /// Measures the model in the background.
    pub(super) fn survey(&mut self, what: Survey) {
        let Some(studio) = &self.studio else { return };
        let model = studio.exploration().model.clone();
        self.submit(Request::Survey { model, what }, String::new());
    }
}
