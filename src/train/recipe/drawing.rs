//! The part of a recipe that says how drawings are made of pictures.

use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::imaging::edges::DetectorMix;

/// How drawings are made of pictures (pix2pix).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Drawing {
    /// Detectors of lines and how often each is taken
    #[arg(skip)]
    pub detectors: DetectorMix,
    /// A file of HED's weights made by `scripts/convert_hed.py`, to find lines with
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hed: Option<PathBuf>,
    /// How often lines are found by HED, 0..=1; on a CPU it takes a third of a second a picture of 128 pixels
    #[arg(long, value_name = "SHARE")]
    pub hed_share: f64,
    /// Least blur before lines are looked for, in pixels of a picture of 256
    #[arg(long, value_name = "PIXELS")]
    pub blur_from: f32,
    /// Largest blur: the larger, the fewer details are drawn
    #[arg(long, value_name = "PIXELS")]
    pub blur_to: f32,
    /// How unsteady the hand is: 0 draws the detector's lines, 1 like a child
    #[arg(long, value_name = "STRENGTH")]
    pub hand: f32,
    /// How often lines are left as they were found, 0..=1
    #[arg(long, value_name = "SHARE")]
    pub clean: f64,
    /// How often lines are shown as they are, with refinement 0; otherwise it is anything in 0..1
    #[arg(long, value_name = "SHARE")]
    pub faithful: f64,
    /// How much smaller than the paper pictures may become, 0..1; they are put anywhere on paper of their border's color
    #[arg(long, value_name = "SHARE")]
    pub shrink: f64,
    /// How often there are spots of color, 0..=1
    #[arg(long, value_name = "SHARE")]
    pub hints: f64,
    /// A file of drawings by hand, as those in `tests/hand_drawings`: how their lines are met counts where the best checkpoint is chosen (in a recipe: seen from its folder)
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hand_drawings: Option<PathBuf>,
}

impl Default for Drawing {
    fn default() -> Self {
        Self {
            detectors: DetectorMix::default(),
            hed: None,
            hed_share: 0.25,
            blur_from: 1.0,
            blur_to: 2.5,
            hand: 1.0,
            clean: 0.15,
            faithful: 0.35,
            shrink: 0.0,
            hints: 0.5,
            hand_drawings: None,
        }
    }
}

impl Drawing {
    /// Whether the values make sense together; if not, why.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        if !self.detectors.is_sound() {
            return Err("drawing.detectors needs a weight above 0 and none below");
        }
        if !(0.2..=20.0).contains(&self.blur_from) || !(self.blur_from..=20.0).contains(&self.blur_to) {
            return Err("drawing.blur_from and drawing.blur_to must be pixels with 0.2 <= from <= to <= 20");
        }
        let shares = [self.clean, self.faithful, self.hints, self.hed_share];
        if !shares.iter().all(|share| (0.0..=1.0).contains(share)) || !(0.0..0.9).contains(&self.shrink) {
            return Err("drawing: clean, faithful, hints and hed_share must be in 0..=1, shrink in 0..0.9");
        }
        if !(0.0..=3.0).contains(&self.hand) {
            return Err("drawing.hand must be in 0..=3");
        }
        Ok(())
    }
}
