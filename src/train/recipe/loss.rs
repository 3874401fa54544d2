//! The table `loss` of a recipe.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

/// The adversarial loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Adversarial {
    /// Logistic, the generator's not saturating.
    #[default]
    NonSaturating,
    /// Least squares.
    LeastSquares,
}

/// What is minimised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, deny_unknown_fields)]
pub struct Loss {
    /// The adversarial loss
    #[arg(long, value_enum, value_name = "LOSS")]
    pub adversarial: Adversarial,
    /// Weight of the adversarial loss in the generator's
    #[arg(long, value_name = "W")]
    pub adversarial_weight: f64,
    /// Steps in which only the discriminator learns (CoModGAN): a new one has nothing to say to a trained generator
    #[arg(long, value_name = "N")]
    pub judge_first: u64,
    /// Weight of the mean absolute difference of colours; 0 is none
    #[arg(long, value_name = "W")]
    pub l1_weight: f64,
    /// Blocks of this many pixels are averaged before colours are compared; a power of two
    #[arg(long, value_name = "PIXELS")]
    pub l1_block: usize,
    /// Weight of the mean absolute difference of colours beside the hole's border; 0 is none
    #[arg(long, value_name = "W")]
    pub border_weight: f64,
    /// How many pixels from known ones are beside the border
    #[arg(long, value_name = "PIXELS")]
    pub border_width: usize,
    /// Blocks of this many pixels are averaged before colours are compared beside the border; a power of two
    #[arg(long, value_name = "PIXELS")]
    pub border_block: usize,
    /// Weight of the mean squared difference of colours (Context Encoder); 0 is none
    #[arg(long, value_name = "W")]
    pub l2_weight: f64,
    /// Weight of known pixels at the hole's border within the squared difference (Context Encoder)
    #[arg(long, value_name = "W")]
    pub overlap_weight: f64,
    /// Weight of the difference of VGG16 features; needs --perceptual-trunk; 0 is none
    #[arg(long, value_name = "W")]
    pub perceptual_weight: f64,
    /// A VGG16 trunk: a safetensors file with torchvision's names; a script in the folder scripts makes one
    #[arg(long, value_name = "FILE")]
    pub perceptual_trunk: Option<PathBuf>,
    /// Weight of the difference of the judge's features (pix2pix; Wang et al., pix2pixHD, 2018); 0 is none
    #[arg(long, value_name = "W")]
    pub feature_weight: f64,
    /// So many painted pictures are kept, so that the judge sees old ones too (pix2pix; 0 or 50 are usual)
    #[arg(long, value_name = "N")]
    pub pool: usize,
    /// Weight of the mode-seeking loss, which keeps the pictures of different latents apart (DCGAN); 0 is none
    #[arg(long, value_name = "W")]
    pub mode_seeking_weight: f64,
    /// R1's gamma; 0 is none
    #[arg(long, value_name = "GAMMA")]
    pub r1_gamma: f64,
    /// Steps between two of R1
    #[arg(long, value_name = "N")]
    pub r1_every: u64,
    /// Weight of the path length; 0 is none
    #[arg(long, value_name = "W")]
    pub path_length_weight: f64,
    /// Steps between two of the path length
    #[arg(long, value_name = "N")]
    pub path_length_every: u64,
    /// How often two latents are mixed in one picture, 0..=1
    #[arg(long, value_name = "SHARE")]
    pub style_mixing: f64,
    /// How often a number of the global vector is dropped, 0..1
    #[arg(long, value_name = "SHARE")]
    pub dropout: f64,
}

impl Default for Loss {
    fn default() -> Self {
        Self {
            adversarial: Adversarial::default(),
            adversarial_weight: 1.0,
            judge_first: 0,
            l1_weight: 0.0,
            l1_block: 1,
            border_weight: 0.0,
            border_width: 4,
            border_block: 1,
            l2_weight: 0.0,
            overlap_weight: 10.0,
            perceptual_weight: 0.0,
            perceptual_trunk: None,
            feature_weight: 0.0,
            pool: 0,
            mode_seeking_weight: 0.0,
            r1_gamma: 10.0,
            r1_every: 16,
            path_length_weight: 0.0,
            path_length_every: 4,
            style_mixing: 0.5,
            dropout: 0.5,
        }
    }
}
