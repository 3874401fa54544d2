//! What networks of a family are trained with when nothing else is said.

use super::{Family, Recipe};

/// Pictures of the user's own as a theme of Sketch, in the words of the recipe that ships.
const THEME: &str = include_str!("../../../recipes/sketch-your-own.toml");

impl Recipe {
    /// The defaults of `family`: of pix2pix those of the themes that ship, of the others the light `CoModGAN`'s.
    #[must_use]
    pub fn of_family(family: Family) -> Self {
        match family {
            // The text is our own.
            Family::Pix2pix => Self::parse(THEME).unwrap_or_default(),
            family => Self { family, ..Self::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::recipe::Adversarial;

    #[test]
    fn a_theme_of_one_s_own_is_trained_as_those_that_ship() {
        let own = Recipe::of_family(Family::Pix2pix);
        assert!(own.check().is_ok() && own.family == Family::Pix2pix, "the text is read");
        let shipped = Recipe::parse(include_str!("../../../recipes/sketch-motorbikes-128.toml")).unwrap();
        assert_eq!((&own.network, own.batch), (&shipped.network, shipped.batch), "the same network");
        assert_eq!(own.optimizer.lr_generator, shipped.optimizer.lr_generator, "at the same rate");
        assert!(own.loss.l1_weight > 0.0 && own.loss.feature_weight > 0.0 && own.optimizer.beta1 == 0.5, "{own:?}");
        assert_eq!(own.loss.adversarial, Adversarial::LeastSquares, "and with the same losses");
        assert_eq!(Recipe::of_family(Family::Comodgan), Recipe::default(), "others as before");
    }
}
