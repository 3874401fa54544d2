//! How a search runs.

use super::super::space::StyleSpace;
use super::super::{Latent, LatentError};
use crate::generators::ops::Hog;

/// How much may be computed.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub enum Budget {
    /// All starts and steps that the options name: the same result at every run.
    #[default]
    Full,
    /// About so many seconds: what one start costs is measured, and fewer starts and steps are run where that is too much.
    Seconds(f32),
}

impl Budget {
    /// What somebody waits for who has painted a stroke: settled within three seconds, the last slice and what else is running included.
    pub const PATIENT: Self = Self::Seconds(2.6);
}

/// How a search runs. The default is the released program's, with halving.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchOptions {
    /// Random starts in all.
    pub starts: usize,
    /// The most candidates that are moved to the end and shown.
    pub kept: usize,
    /// Adam's steps of each kept candidate.
    pub steps: usize,
    /// Decides the starts.
    pub seed: u64,
    /// The latent that was fixed: starts lie around it, and candidates are drawn towards it by `smoothness`.
    pub origin: Option<Latent>,
    /// What is searched where the model has styles.
    pub styles: StyleSpace,
    /// Weight of the squared distance to the origin, averaged over the latent's numbers.
    pub smoothness: f32,
    /// Weight of the discriminator's opinion; 0 leaves it out, and it costs as much as the generator.
    pub realism: f32,
    /// Adam's rate.
    pub rate: f32,
    /// Cells and threshold of the edges' histograms.
    pub hog: Hog,
    /// The candidate that is looked at: moved before all others.
    pub chosen: Option<u64>,
    /// How much may be computed.
    pub budget: Budget,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            starts: 64,
            kept: 16,
            steps: 40,
            seed: 0,
            origin: None,
            styles: StyleSpace::W,
            smoothness: 5.0,
            realism: 0.0,
            rate: 0.1,
            hog: Hog::default(),
            chosen: None,
            budget: Budget::Full,
        }
    }
}

impl SearchOptions {
    /// # Errors
    /// A sentence about the first option that no search can follow.
    pub fn check(&self, latent_dim: usize) -> Result<(), LatentError> {
        if let Some(origin) = self.origin.as_ref().filter(|origin| origin.len() != latent_dim) {
            return Err(LatentError::WrongLatent { given: origin.len(), wanted: latent_dim });
        }
        let is_weight = |weight: f32| weight.is_finite() && weight >= 0.0;
        let complaint = match self {
            _ if self.starts == 0 || self.kept == 0 => "it needs at least one start and one candidate to keep",
            _ if self.starts > 4096 => "more than 4096 starts are not run",
            _ if !is_weight(self.smoothness) || !is_weight(self.realism) => "weights must be numbers from 0 on",
            _ if !(self.rate.is_finite() && self.rate > 0.0) => "the rate must be a number above 0",
            Self { budget: Budget::Seconds(seconds), .. } if seconds.is_nan() || *seconds <= 0.0 => {
                "the time must be above 0 seconds"
            }
            _ => return Ok(()),
        };
        Err(LatentError::Options { why: complaint })
    }
}
