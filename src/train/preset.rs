//! Sizes of networks by name.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::recipe::{Family, Network};
use crate::generators::{comodgan, stylegan1, stylegan2};

/// Sizes of `CoModGAN` and the `StyleGAN`s. At `r` pixels the published networks have `32768 / r` channels (the first `StyleGAN` half
/// of that), at most 512. The lite ones are for the CPU: of `CoModGAN` an eighth of that, at most 256, and half the global vector;
/// of the others `2048 / r`, at most 128, and styles of 128 numbers.
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
    /// Config F as published, 64 pixels
    #[serde(rename = "stylegan2-64")]
    #[value(name = "stylegan2-64")]
    Stylegan2X64,
    /// Config F as published, 128 pixels
    #[serde(rename = "stylegan2-128")]
    #[value(name = "stylegan2-128")]
    Stylegan2X128,
    /// Config F as published, 256 pixels
    #[serde(rename = "stylegan2-256")]
    #[value(name = "stylegan2-256")]
    Stylegan2X256,
    /// Config F as published, 512 pixels
    #[serde(rename = "stylegan2-512")]
    #[value(name = "stylegan2-512")]
    Stylegan2X512,
    /// Config F as published, 1024 pixels
    #[serde(rename = "stylegan2-1024")]
    #[value(name = "stylegan2-1024")]
    Stylegan2X1024,
    /// Light, config F's layers, 64 pixels
    #[serde(rename = "stylegan2-64-lite")]
    #[value(name = "stylegan2-64-lite")]
    Stylegan2X64Lite,
    /// Light, config F's layers, 128 pixels
    #[serde(rename = "stylegan2-128-lite")]
    #[value(name = "stylegan2-128-lite")]
    Stylegan2X128Lite,
    /// Light, config F's layers, 256 pixels
    #[serde(rename = "stylegan2-256-lite")]
    #[value(name = "stylegan2-256-lite")]
    Stylegan2X256Lite,
    /// Light, config F's layers, 512 pixels
    #[serde(rename = "stylegan2-512-lite")]
    #[value(name = "stylegan2-512-lite")]
    Stylegan2X512Lite,
    /// Light, config F's layers, 1024 pixels
    #[serde(rename = "stylegan2-1024-lite")]
    #[value(name = "stylegan2-1024-lite")]
    Stylegan2X1024Lite,
    /// The first StyleGAN as published, 64 pixels
    #[serde(rename = "stylegan-64")]
    #[value(name = "stylegan-64")]
    StyleganX64,
    /// The first StyleGAN as published, 128 pixels
    #[serde(rename = "stylegan-128")]
    #[value(name = "stylegan-128")]
    StyleganX128,
    /// The first StyleGAN as published, 256 pixels
    #[serde(rename = "stylegan-256")]
    #[value(name = "stylegan-256")]
    StyleganX256,
    /// The first StyleGAN as published, 512 pixels
    #[serde(rename = "stylegan-512")]
    #[value(name = "stylegan-512")]
    StyleganX512,
    /// The first StyleGAN as published, 1024 pixels
    #[serde(rename = "stylegan-1024")]
    #[value(name = "stylegan-1024")]
    StyleganX1024,
    /// The first StyleGAN, light, 64 pixels
    #[serde(rename = "stylegan-64-lite")]
    #[value(name = "stylegan-64-lite")]
    StyleganX64Lite,
    /// The first StyleGAN, light, 128 pixels
    #[serde(rename = "stylegan-128-lite")]
    #[value(name = "stylegan-128-lite")]
    StyleganX128Lite,
    /// The first StyleGAN, light, 256 pixels
    #[serde(rename = "stylegan-256-lite")]
    #[value(name = "stylegan-256-lite")]
    StyleganX256Lite,
    /// The first StyleGAN, light, 512 pixels
    #[serde(rename = "stylegan-512-lite")]
    #[value(name = "stylegan-512-lite")]
    StyleganX512Lite,
    /// The first StyleGAN, light, 1024 pixels
    #[serde(rename = "stylegan-1024-lite")]
    #[value(name = "stylegan-1024-lite")]
    StyleganX1024Lite,
}

/// One family's sizes.
enum Sizes {
    Comodgan(comodgan::Config),
    Stylegan(stylegan1::Config),
    Stylegan2(stylegan2::Config),
}

impl Preset {
    const fn sizes(self) -> Sizes {
        use comodgan::Config as CoModGan;
        use stylegan1::Config as StyleGan;
        use stylegan2::Config as StyleGan2;
        match self {
            Self::Comodgan64 => Sizes::Comodgan(CoModGan::official(64)),
            Self::Comodgan128 => Sizes::Comodgan(CoModGan::official(128)),
            Self::Comodgan256 => Sizes::Comodgan(CoModGan::official(256)),
            Self::Comodgan512 => Sizes::Comodgan(CoModGan::official(512)),
            Self::Comodgan64Lite => Sizes::Comodgan(CoModGan::lite(64)),
            Self::Comodgan128Lite => Sizes::Comodgan(CoModGan::lite(128)),
            Self::Comodgan256Lite => Sizes::Comodgan(CoModGan::lite(256)),
            Self::Comodgan512Lite => Sizes::Comodgan(CoModGan::lite(512)),
            Self::Stylegan2X64 => Sizes::Stylegan2(StyleGan2::config_f(64)),
            Self::Stylegan2X128 => Sizes::Stylegan2(StyleGan2::config_f(128)),
            Self::Stylegan2X256 => Sizes::Stylegan2(StyleGan2::config_f(256)),
            Self::Stylegan2X512 => Sizes::Stylegan2(StyleGan2::config_f(512)),
            Self::Stylegan2X1024 => Sizes::Stylegan2(StyleGan2::config_f(1024)),
            Self::Stylegan2X64Lite => Sizes::Stylegan2(StyleGan2::lite(64)),
            Self::Stylegan2X128Lite => Sizes::Stylegan2(StyleGan2::lite(128)),
            Self::Stylegan2X256Lite => Sizes::Stylegan2(StyleGan2::lite(256)),
            Self::Stylegan2X512Lite => Sizes::Stylegan2(StyleGan2::lite(512)),
            Self::Stylegan2X1024Lite => Sizes::Stylegan2(StyleGan2::lite(1024)),
            Self::StyleganX64 => Sizes::Stylegan(StyleGan::official(64)),
            Self::StyleganX128 => Sizes::Stylegan(StyleGan::official(128)),
            Self::StyleganX256 => Sizes::Stylegan(StyleGan::official(256)),
            Self::StyleganX512 => Sizes::Stylegan(StyleGan::official(512)),
            Self::StyleganX1024 => Sizes::Stylegan(StyleGan::official(1024)),
            Self::StyleganX64Lite => Sizes::Stylegan(StyleGan::lite(64)),
            Self::StyleganX128Lite => Sizes::Stylegan(StyleGan::lite(128)),
            Self::StyleganX256Lite => Sizes::Stylegan(StyleGan::lite(256)),
            Self::StyleganX512Lite => Sizes::Stylegan(StyleGan::lite(512)),
            Self::StyleganX1024Lite => Sizes::Stylegan(StyleGan::lite(1024)),
        }
    }

    /// Whose sizes these are.
    #[must_use]
    pub const fn family(self) -> Family {
        match self.sizes() {
            Sizes::Comodgan(_) => Family::Comodgan,
            Sizes::Stylegan(_) => Family::Stylegan,
            Sizes::Stylegan2(_) => Family::Stylegan2,
        }
    }

    /// What people call the family.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self.sizes() {
            Sizes::Comodgan(_) => "CoModGAN",
            Sizes::Stylegan(_) => "StyleGAN",
            Sizes::Stylegan2(_) => "StyleGAN2",
        }
    }

    /// The sizes of a recipe; the discriminator's are the generator's.
    #[must_use]
    pub fn network(self) -> Network {
        match self.sizes() {
            Sizes::Comodgan(config) => {
                let comodgan::Config { side, style_dim, n_mapping, global_dim, .. } = config;
                let comodgan::Config { base_channels, max_channels, encoder, .. } = config;
                let mapping_layers = n_mapping;
                let network = Network { side, base_channels, max_channels, global_dim, ..Network::default() };
                Network { style_dim, mapping_layers, encoder, ..network }
            }
            Sizes::Stylegan(config) => {
                let stylegan1::Config { side, style_dim, n_mapping, base_channels, max_channels, .. } = config;
                let mapping_layers = n_mapping;
                Network { side, base_channels, max_channels, style_dim, mapping_layers, ..Network::default() }
            }
            Sizes::Stylegan2(config) => {
                let stylegan2::Config { side, style_dim, n_mapping, base_channels, max_channels, .. } = config;
                let mapping_layers = n_mapping;
                Network { side, base_channels, max_channels, style_dim, mapping_layers, ..Network::default() }
            }
        }
    }
}
