//! Style mixing: some layers take their style from another seed (Karras et al. 2019, section 3.1).

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, VariantNames};

use super::{SteerError, Truncation, style_of_seed};
use crate::generators::manifold::Styles;
use crate::latent::Latent;
use crate::latent::space::Spread;

/// Layers by what they decide (Karras et al. 2019, figure 3).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumIter, EnumString, VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Part {
    /// Pose and shape: the layers at 4 and 8 pixels.
    Coarse,
    /// Smaller features: those at 16 and 32 pixels.
    Middle,
    /// Colors and texture: the others.
    Fine,
}

impl Part {
    /// Its layers, of `n_layers`: two for each size from 4 pixels on. Empty where the pictures are too small.
    #[must_use]
    pub fn layers(self, n_layers: usize) -> std::ops::Range<usize> {
        let (first, end) = match self {
            Self::Coarse => (0, 4),
            Self::Middle => (4, 8),
            Self::Fine => (8, n_layers),
        };
        first.min(n_layers)..end.min(n_layers)
    }
}

/// Another seed's style in some layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mix {
    /// The other seed.
    pub seed: u64,
    /// The layers that take its style.
    pub layers: Vec<usize>,
}

impl Mix {
    /// Puts `style`, that of the other seed, into its layers of `ws`.
    pub(super) fn put(&self, ws: &mut [f32], style: &[f32], n_layers: usize) -> Result<(), SteerError> {
        for &layer in &self.layers {
            check_layer(layer, n_layers)?;
            ws[layer * style.len()..(layer + 1) * style.len()].copy_from_slice(style);
        }
        Ok(())
    }
}

/// The latents of a mixing sheet, row by row: at the top the column seeds alone (`columns` latents), then for each row seed its
/// own latent and its mixtures with each column's, which gives the styles of `layers`. All are truncated.
///
/// # Errors
/// A sentence when a layer or psi is out of range, or when the mapping network fails.
pub fn sheet(
    styles: &dyn Styles,
    rows: &[u64],
    columns: &[u64],
    layers: std::ops::Range<usize>,
    truncation: &Truncation,
) -> Result<Vec<Latent>, SteerError> {
    let (n_layers, spread) = (styles.n_layers(), Spread::of(styles)?);
    if layers.is_empty() || layers.end > n_layers {
        let (given, wanted) = (format!("{}-{}", layers.start, layers.end.saturating_sub(1)), range_of(n_layers));
        return Err(SteerError::OutOfRange { what: "the range of layers", given, wanted });
    }
    let of_seed = |seed: &u64| -> Result<Vec<f32>, SteerError> {
        let mut ws = style_of_seed(styles, *seed)?.repeat(n_layers);
        truncation.pull(&mut ws, spread.mean())?;
        Ok(ws)
    };
    let across = columns.iter().map(of_seed).collect::<Result<Vec<_>, _>>()?;
    let dim = styles.style_dim();
    let taken = layers.start * dim..layers.end * dim;
    let mut latents: Vec<Latent> = across.iter().map(|ws| ws.as_slice().into()).collect();
    for row in rows {
        let own = of_seed(row)?;
        latents.push(own.as_slice().into());
        for other in &across {
            let mut ws = own.clone();
            ws[taken.clone()].copy_from_slice(&other[taken.clone()]);
            latents.push(ws.into());
        }
    }
    Ok(latents)
}

/// Refuses a layer that the model does not have.
pub(super) fn check_layer(layer: usize, n_layers: usize) -> Result<(), SteerError> {
    if layer < n_layers {
        return Ok(());
    }
    Err(SteerError::OutOfRange { what: "the layer", given: layer.to_string(), wanted: range_of(n_layers) })
}

fn range_of(n_layers: usize) -> String {
    format!("within 0-{}", n_layers.saturating_sub(1))
}
