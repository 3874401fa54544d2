//! Truncation: styles nearer to the mean style, for likelier and duller pictures (Karras et al. 2019, appendix B).

use super::SteerError;

/// No psi is smaller: it mirrors a style at the mean, to its opposite in every way.
pub const LEAST_PSI: f32 = -1.0;
/// No psi is larger: twice as far from the mean as the style itself.
pub const MOST_PSI: f32 = 2.0;

/// How far each layer's style is from the mean style: `mean + psi (w - mean)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Truncation {
    /// Of the layers below the cutoff; 1 changes nothing. In [`LEAST_PSI`]..=[`MOST_PSI`].
    pub psi: f32,
    /// The first layer that is not truncated; `None` truncates all.
    pub cutoff: Option<usize>,
    /// Layers with a psi of their own, by their number.
    pub layers: Vec<(usize, f32)>,
}

impl Default for Truncation {
    fn default() -> Self {
        Self { psi: 1.0, cutoff: None, layers: Vec::new() }
    }
}

impl Truncation {
    /// That of all layers by `psi`.
    #[must_use]
    pub fn all(psi: f32) -> Self {
        Self { psi, ..Self::default() }
    }

    /// The psi of layer `at`.
    #[must_use]
    pub fn of(&self, at: usize) -> f32 {
        let own = self.layers.iter().find(|(layer, _)| *layer == at).map(|(_, psi)| *psi);
        own.unwrap_or_else(|| if self.cutoff.is_none_or(|cutoff| at < cutoff) { self.psi } else { 1.0 })
    }

    /// Pulls each layer's style in `ws` to `mean`.
    ///
    /// # Errors
    /// A sentence when a psi is out of range.
    pub(super) fn pull(&self, ws: &mut [f32], mean: &[f32]) -> Result<(), SteerError> {
        let psis = std::iter::once(self.psi).chain(self.layers.iter().map(|(_, psi)| *psi));
        if let Some(psi) = psis.into_iter().find(|psi| !(LEAST_PSI..=MOST_PSI).contains(psi)) {
            let (given, wanted) = (psi.to_string(), format!("from {LEAST_PSI} to {MOST_PSI}"));
            return Err(SteerError::OutOfRange { what: "psi", given, wanted });
        }
        for (at, style) in ws.chunks_mut(mean.len()).enumerate() {
            let psi = self.of(at);
            if psi != 1.0 {
                style.iter_mut().zip(mean).for_each(|(w, mean)| *w = psi.mul_add(*w - mean, *mean));
            }
        }
        Ok(())
    }
}
