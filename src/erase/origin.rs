//! Where a fill came from, in numbers and in honest words, and pictures that explain it.

use std::fmt;

use super::auto::Reason;
use super::networks::title;
use super::{Engine, Family, Mixture};
use crate::imaging::Frame;

/// How a fill was made. Displays as a label such as "CoModGAN, generated at 256 px, enlarged 1.6x, detail from the photo".
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The engine that was used: never [`Engine::Auto`].
    pub engine: Engine,
    /// Why, when *Auto* chose it.
    pub reason: Option<Reason>,
    /// What its network did, if it has one.
    pub network: Option<NetworkUse>,
}

/// What a network did for a fill.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkUse {
    /// The kind of network.
    pub family: Family,
    /// The side in pixels of the squares that it painted.
    pub side: u32,
    /// Pixels of the photo for one of the network's.
    pub scale: f32,
    /// How many squares it painted.
    pub squares: usize,
    /// Whether the photo's own texture gave the detail.
    pub is_guided: bool,
    /// The style, for networks that have latents.
    pub mixture: Option<Mixture>,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.engine, &self.network) {
            (_, Some(network)) => network.fmt(f),
            (Engine::Membrane, None) => f.write_str("smooth surface at the photo's resolution"),
            (_, None) => f.write_str("texture of the photo at its own resolution"),
        }
    }
}

impl fmt::Display for NetworkUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ", title(self.family))?;
        if self.family == Family::ContextEncoder {
            write!(f, "historical, {} px", self.side)?;
        } else {
            write!(f, "generated at {} px", self.side)?;
        }
        if self.squares > 1 {
            write!(f, " in {} squares", self.squares)?;
        }
        if self.scale > 1.005 {
            write!(f, ", enlarged {:.1}x", self.scale)?;
        }
        if self.is_guided { f.write_str(", detail from the photo") } else { Ok(()) }
    }
}

/// Four pictures of one square, each 8-bit RGB at the network's side.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The photo with what was to be erased.
    pub crop: Frame,
    /// What the network was shown: grey where nothing was known.
    pub input: Frame,
    /// What it answered.
    pub raw: Frame,
    /// What stands in the photo now.
    pub result: Frame,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_say_at_which_resolution_a_fill_was_made() {
        let network = |family, side, scale, squares, is_guided| {
            let network = Some(NetworkUse { family, side, scale, squares, is_guided, mixture: None });
            Origin { engine: Engine::Network("x".to_owned()), reason: None, network }.to_string()
        };
        let labels = [
            (network(Family::Comodgan, 256, 1.6, 1, false), "CoModGAN, generated at 256 px, enlarged 1.6x"),
            (network(Family::Comodgan, 256, 1.0, 1, true), "CoModGAN, generated at 256 px, detail from the photo"),
            (network(Family::Comodgan, 256, 1.0, 7, false), "CoModGAN, generated at 256 px in 7 squares"),
            (network(Family::ContextEncoder, 128, 2.0, 1, false), "Context Encoder, historical, 128 px, enlarged 2.0x"),
        ];
        for (label, expected) in labels {
            assert_eq!(label, expected);
        }
    }
}
