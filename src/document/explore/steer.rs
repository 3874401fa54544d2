//! How a generator with styles is steered by hand: plain values, of which the worker makes a latent.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Latent;

/// No generator has more layers that take a style.
pub const MAX_LAYERS: u32 = 64;

/// The most directions along which a picture is moved at once.
pub const MAX_EDITS: usize = 64;

/// No direction has a longer name, in bytes.
pub const MAX_NAME: usize = 100;

/// Which styles a search may give to a generator that has styles.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::EnumIter, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum StyleSpace {
    /// One for all layers.
    #[default]
    Shared,
    /// One for each layer.
    Layered,
}

/// The noise that a generator adds to its layers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::EnumIter, strum::IntoStaticStr,
)]
#[strum(serialize_all = "kebab-case")]
pub enum NoiseSource {
    /// The maps that are kept with the weights.
    #[default]
    Constant,
    /// There is none.
    None,
    /// Maps drawn from the noise's seed.
    Seed,
}

/// Which noise, and how strong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// Where it comes from.
    pub source: NoiseSource,
    /// What [`NoiseSource::Seed`] draws from.
    pub seed: u64,
    /// What it is multiplied by, 0..=[`Noise::MAX_STRENGTH`].
    pub strength: f32,
}

impl Noise {
    /// No noise is stronger.
    pub const MAX_STRENGTH: f32 = 4.0;

    pub(super) fn is_sound(&self) -> bool {
        (0.0..=Self::MAX_STRENGTH).contains(&self.strength)
    }
}

impl Default for Noise {
    fn default() -> Self {
        Self { source: NoiseSource::Constant, seed: 0, strength: 1.0 }
    }
}

/// A direction in which styles differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction {
    /// What it is called.
    pub name: String,
    /// As many numbers as a style, of length 1.
    pub vector: Latent,
    /// The unit of a step along it.
    pub sigma: f32,
}

/// A step along a direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Which way.
    pub direction: Arc<Direction>,
    /// The first layer that is moved.
    pub first: u32,
    /// The last one; of a model with fewer layers its last.
    pub last: u32,
    /// How far, in deviations: within ±[`Edit::MAX_AMOUNT`].
    pub amount: f32,
}

impl Edit {
    /// No step is longer.
    pub const MAX_AMOUNT: f32 = 20.0;

    fn is_sound(&self) -> bool {
        let Direction { name, vector, sigma } = &*self.direction;
        self.amount.abs() <= Self::MAX_AMOUNT
            && self.first <= self.last
            && self.last < MAX_LAYERS
            && sigma.is_finite()
            && name.len() <= MAX_NAME
            && super::validate::is_latent(vector)
    }
}

/// What a hand has set.
#[derive(Clone, Debug, PartialEq)]
pub struct Steering {
    /// The place on the pad, in seeds: the seed at a crossing is `x + 100 y`.
    pub pad: [f32; 2],
    /// The latent that is steered instead of the pad's.
    pub base: Option<Latent>,
    /// How far from the mean style: 1 is all the way. In [`Steering::MIN_PSI`]..=[`Steering::MAX_PSI`].
    pub psi: f32,
    /// The first layer that is not truncated; `None` truncates all.
    pub cutoff: Option<u32>,
    /// Layers with a psi of their own, by rising number.
    pub layer_psi: Vec<(u32, f32)>,
    /// The seed whose style other layers take.
    pub mix_seed: u64,
    /// Those layers: bit `n` is layer `n`.
    pub mixed: u64,
    /// Steps along directions.
    pub edits: Vec<Edit>,
}

impl Default for Steering {
    fn default() -> Self {
        Self {
            pad: [0.0; 2],
            base: None,
            psi: Self::DEFAULT_PSI,
            cutoff: None,
            layer_psi: Vec::new(),
            mix_seed: Self::DEFAULT_MIX_SEED,
            mixed: 0,
            edits: Vec::new(),
        }
    }
}

impl Steering {
    /// The mirror of a style.
    pub const MIN_PSI: f32 = -1.0;
    /// Twice as far out.
    pub const MAX_PSI: f32 = 2.0;
    /// Where pictures are likelier than at 1, and still differ (Karras et al. 2019).
    pub const DEFAULT_PSI: f32 = 0.7;
    /// Far from the seeds that one begins with.
    pub const DEFAULT_MIX_SEED: u64 = 1000;
    /// How far the pad reaches from its middle.
    pub const FARTHEST: f32 = 9_999.0;

    /// Whether layer `at` takes the other seed's style.
    #[must_use]
    pub const fn is_mixed(&self, at: u32) -> bool {
        at < MAX_LAYERS && self.mixed >> at & 1 == 1
    }

    /// Lets layer `at` take the other seed's style, or its own.
    pub const fn set_mixed(&mut self, at: u32, is_mixed: bool) {
        if at < MAX_LAYERS {
            self.mixed = if is_mixed { self.mixed | 1 << at } else { self.mixed & !(1 << at) };
        }
    }

    /// The psi of layer `at`.
    #[must_use]
    pub fn psi_of(&self, at: u32) -> f32 {
        let own = self.layer_psi.iter().find(|(layer, _)| *layer == at).map(|(_, psi)| *psi);
        own.unwrap_or_else(|| if self.cutoff.is_none_or(|cutoff| at < cutoff) { self.psi } else { 1.0 })
    }

    /// Gives layer `at` a psi of its own; `None` takes it away.
    pub fn set_layer_psi(&mut self, at: u32, psi: Option<f32>) {
        self.layer_psi.retain(|(layer, _)| *layer != at);
        self.layer_psi.extend(psi.map(|psi| (at, psi)));
        self.layer_psi.sort_by_key(|(layer, _)| *layer);
    }

    /// The step along `direction`, if there is one.
    #[must_use]
    pub fn edit(&self, direction: &Direction) -> Option<&Edit> {
        self.edits.iter().find(|edit| *edit.direction == *direction)
    }

    /// Steps along `edit`'s direction as it says, and no longer as before.
    pub fn set_edit(&mut self, edit: Edit) {
        match self.edits.iter_mut().find(|other| other.direction == edit.direction) {
            Some(other) => *other = edit,
            None => self.edits.push(edit),
        }
    }

    /// The whole numbers nearest to the place on the pad, as one seed.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        let [x, y] = self.pad;
        (x.round() as i64 + 100 * y.round() as i64) as u64 & 0xffff_ffff
    }

    /// Whether all numbers are in range.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let is_psi = |psi: f32| (Self::MIN_PSI..=Self::MAX_PSI).contains(&psi);
        let rising = self.layer_psi.windows(2).all(|pair| pair[0].0 < pair[1].0);
        self.pad.iter().all(|at| at.abs() <= Self::FARTHEST)
            && is_psi(self.psi)
            && self.cutoff.is_none_or(|cutoff| cutoff <= MAX_LAYERS)
            && rising
            && self.layer_psi.iter().all(|(layer, psi)| *layer < MAX_LAYERS && is_psi(*psi))
            && self.edits.len() <= MAX_EDITS
            && self.edits.iter().all(Edit::is_sound)
    }
}
