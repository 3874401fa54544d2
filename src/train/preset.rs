//! Sizes of networks by name.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::recipe::Network;
use crate::generators::comodgan::Config;

/// Sizes of `CoModGAN`. At `r` pixels the published networks have `32768 / r` channels, at most 512; the lite ones an eighth of
/// that, at most 256, and half the global vector: for the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub enum Preset {
    /// As published, 64 pixels: 72.4 million parameters
    #[serde(rename = "comodgan-64")]
    #[value(name = "comodgan-64")]
    Comodgan64,
    /// As published, 128 pixels: 77.5 million
    #[serde(rename = "comodgan-128")]
    #[value(name = "comodgan-128")]
    Comodgan128,
    /// As published, 256 pixels: 79.2 million
    #[serde(rename = "comodgan-256")]
    #[value(name = "comodgan-256")]
    Comodgan256,
    /// As published, 512 pixels: 79.8 million
    #[serde(rename = "comodgan-512")]
    #[value(name = "comodgan-512")]
    Comodgan512,
    /// Light, 64 pixels
    #[serde(rename = "comodgan-64-lite")]
    #[value(name = "comodgan-64-lite")]
    Comodgan64Lite,
    /// Light, 128 pixels
    #[serde(rename = "comodgan-128-lite")]
    #[value(name = "comodgan-128-lite")]
    Comodgan128Lite,
    /// Light, 256 pixels
    #[serde(rename = "comodgan-256-lite")]
    #[value(name = "comodgan-256-lite")]
    Comodgan256Lite,
    /// Light, 512 pixels
    #[serde(rename = "comodgan-512-lite")]
    #[value(name = "comodgan-512-lite")]
    Comodgan512Lite,
}

impl Preset {
    /// The generator's sizes.
    #[must_use]
    pub const fn config(self) -> Config {
        match self {
            Self::Comodgan64 => Config::official(64),
            Self::Comodgan128 => Config::official(128),
            Self::Comodgan256 => Config::official(256),
            Self::Comodgan512 => Config::official(512),
            Self::Comodgan64Lite => Config::lite(64),
            Self::Comodgan128Lite => Config::lite(128),
            Self::Comodgan256Lite => Config::lite(256),
            Self::Comodgan512Lite => Config::lite(512),
        }
    }

    /// The sizes of a recipe; the discriminator's are the generator's.
    #[must_use]
    pub fn network(self) -> Network {
        let Config { side, style_dim, global_dim, base_channels, max_channels, encoder, .. } = self.config();
        Network { side, base_channels, max_channels, global_dim, style_dim, encoder, ..Network::default() }
    }
}
