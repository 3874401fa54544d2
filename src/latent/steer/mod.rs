//! Steering a generator with styles by hand: a pad of seeds, truncation, mixing, noise and directions give one latent.
//!
//! Karras et al., A Style-Based Generator Architecture for Generative Adversarial Networks, 2019 (truncation, mixing), Härkönen et
//! al., `GANSpace`, 2020 (principal directions), Shen and Zhou, Closed-Form Factorization of Latent Semantics in GANs, 2021.
//! Nothing here is searched and nothing remembered: values in, a latent out.

mod direction;
mod eigen;
mod factorize;
mod mix;
mod pad;
mod pca;
#[cfg(test)]
mod tests;
mod truncation;

pub use direction::{Direction, Edit, MOST_AMOUNT, strip};
pub use factorize::factorized;
pub use mix::{Mix, Part, sheet};
pub use pad::{STEP, corners, seed_at, seed_place, style_at, style_of_seed};
pub use pca::{PcaJob, PcaOptions};
pub use truncation::{LEAST_PSI, MOST_PSI, Truncation};

use super::Latent;
use super::space::Spread;
use crate::generators::manifold::Styles;

/// Where steering begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// A place on the pad, in seeds: see [`style_at`].
    Pad([f32; 2]),
    /// A latent that was found otherwise.
    Latent(Latent),
}

/// What a hand has set.
#[derive(Clone, Debug, PartialEq)]
pub struct Steering {
    /// Where it begins.
    pub start: Start,
    /// How near to the mean style.
    pub truncation: Truncation,
    /// Layers of another seed.
    pub mix: Option<Mix>,
    /// Steps along directions, after all else.
    pub edits: Vec<Edit>,
}

/// Why steering gives no latent.
#[derive(Debug, thiserror::Error)]
pub enum SteerError {
    /// A model without styles.
    #[error("this model has no styles: it can be explored, but not steered")]
    NoStyles,
    /// A number out of range.
    #[error("{what} is {given}, but must be {wanted}")]
    OutOfRange {
        /// Which number.
        what: &'static str,
        /// What it is.
        given: String,
        /// What is allowed.
        wanted: String,
    },
    /// Something of another model.
    #[error("{what} has {given} numbers, but this model's have {wanted}: it belongs to another model")]
    OtherModel {
        /// A latent or a direction, by its name.
        what: String,
        /// Its numbers.
        given: usize,
        /// Of this model.
        wanted: usize,
    },
    /// The network failed.
    #[error("the model cannot be run: {}", .0.to_string().lines().next().unwrap_or("no reason given"))]
    Compute(#[from] candle_core::Error),
}

impl Steering {
    /// The styles of all layers.
    ///
    /// # Errors
    /// A sentence about the first number that is out of range or belongs to another model, or when the network fails.
    pub fn latent(&self, styles: &dyn Styles) -> Result<Latent, SteerError> {
        let (n_layers, spread) = (styles.n_layers(), Spread::of(styles)?);
        let mut ws = match &self.start {
            Start::Pad(place) => style_at(styles, *place)?.repeat(n_layers),
            Start::Latent(latent) => {
                let wanted = n_layers * styles.style_dim();
                if latent.len() != wanted {
                    return Err(SteerError::OtherModel { what: "the latent".to_owned(), given: latent.len(), wanted });
                }
                latent.to_vec()
            }
        };
        if let Some(mix) = &self.mix {
            mix.put(&mut ws, &style_of_seed(styles, mix.seed)?, n_layers)?;
        }
        self.truncation.pull(&mut ws, spread.mean())?;
        for edit in &self.edits {
            edit.add(&mut ws, styles.style_dim())?;
        }
        Ok(ws.into())
    }
}
