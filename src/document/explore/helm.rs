//! All that belongs to generators with styles only, and what can be done to it.

use std::sync::Arc;

use super::{Exploration, Fixed, Latent, Noise, Steering, StyleSpace};

/// Steering, noise, and which styles are searched.
#[derive(Clone, Debug, PartialEq)]
pub struct Helm {
    /// What a hand has set.
    pub steering: Arc<Steering>,
    /// Whether the slider's end is what was steered.
    pub is_on: bool,
    /// The noise of all pictures.
    pub noise: Noise,
    /// What a search searches.
    pub search: StyleSpace,
    /// What a projection searches.
    pub projection: StyleSpace,
}

impl Default for Helm {
    fn default() -> Self {
        Self {
            steering: Arc::default(),
            is_on: false,
            noise: Noise::default(),
            search: StyleSpace::Shared,
            projection: StyleSpace::Layered,
        }
    }
}

impl Helm {
    pub(super) fn is_sound(&self) -> bool {
        self.steering.is_sound() && self.noise.is_sound()
    }

    /// Whether both are the same; shared parts are not looked into.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let rest = |helm: &Self| (helm.is_on, helm.noise, helm.search, helm.projection);
        rest(self) == rest(other) && (Arc::ptr_eq(&self.steering, &other.steering) || self.steering == other.steering)
    }
}

/// Steering.
impl Exploration {
    /// Changes what a hand has set: what is steered shows from now on. `false`, and no change, when a number is out of range.
    pub fn steer(&mut self, change: impl FnOnce(&mut Steering)) -> bool {
        let mut steering = Steering::clone(&self.helm.steering);
        change(&mut steering);
        if !steering.is_sound() || !steering.base.iter().all(|base| self.takes(base)) {
            return false;
        }
        (self.helm.steering, self.helm.is_on) = (Arc::new(steering), true);
        (self.chosen, self.slider.at) = (None, 1.0);
        true
    }

    /// Sets the latent that steering has come to: the slider's end, and its start if there was none. `false` when nothing is
    /// steered or the latent does not fit.
    pub fn set_steered(&mut self, latent: &Latent) -> bool {
        if !self.helm.is_on || !self.takes(latent) {
            return false;
        }
        self.visit(Arc::clone(latent));
        self.slider.from.get_or_insert_with(|| Arc::clone(latent));
        self.slider.to = Some(Arc::clone(latent));
        true
    }

    /// Sets the noise of all pictures. `false` when it is out of range.
    pub fn set_noise(&mut self, noise: Noise) -> bool {
        let is_sound = noise.is_sound();
        if is_sound {
            self.helm.noise = noise;
        }
        is_sound
    }

    /// What was steered becomes the origin of the search that a first stroke begins, so that strokes change what shows.
    pub(super) fn leave_helm(&mut self) {
        let steered = self.slider.to.clone().filter(|_| self.helm.is_on);
        self.helm.is_on = false;
        if let Some(latent) = steered {
            self.fixed = Some(Fixed { latent, smoothness: Fixed::SMOOTHNESS });
        }
    }
}
