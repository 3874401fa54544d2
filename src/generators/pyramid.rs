//! Networks that double or halve pictures between 4 pixels and a side, and how many channels they have at each size: the law
//! of `StyleGAN` (Karras et al., Progressive Growing of GANs, 2018, table 2), which `CoModGAN` and MI-GAN keep.

use candle_core::Result;

/// Sizes from 4 pixels up to a side, and their channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pyramid {
    /// Height and width of the picture: a power of two, at least 8.
    pub side: usize,
    /// At `r` pixels there are `base_channels / r` channels …
    pub base_channels: usize,
    /// … but no more than this.
    pub max_channels: usize,
}

impl Pyramid {
    /// Channels at `side` pixels.
    #[must_use]
    pub fn channels(self, side: usize) -> usize {
        (self.base_channels / side).min(self.max_channels)
    }

    /// Sides after the first 4 pixels: 8, 16, … up to the picture's.
    pub fn sides(self) -> impl DoubleEndedIterator<Item = usize> {
        (3..=self.side.trailing_zeros()).map(|log| 1 << log)
    }

    /// Styles that a picture takes: two for the first size, two more for each doubling.
    #[must_use]
    pub fn n_layers(self) -> usize {
        2 + 2 * self.sides().count()
    }

    /// The side of each convolution with noise in `StyleGAN2` and `CoModGAN`, smallest first: one at 4 pixels, two at each other
    /// size.
    #[must_use]
    pub fn noise_sides(self) -> Vec<usize> {
        std::iter::once(4).chain(self.sides().flat_map(|side| [side; 2])).collect()
    }

    /// [`Self::n_layers`] and [`Self::noise_sides`].
    #[must_use]
    pub fn layers(self) -> (usize, Vec<usize>) {
        (self.n_layers(), self.noise_sides())
    }

    /// Multiplications of a synthesis for one picture: one layer doubles, one keeps the size, one paints.
    #[must_use]
    pub fn synthesis_macs(self) -> u64 {
        let first = self.channels(4);
        let levels = self.sides().map(|side| {
            let (c_in, c_out) = (self.channels(side / 2), self.channels(side));
            macs(c_in, c_out, 3, side / 2) + macs(c_out, c_out, 3, side) + macs(c_out, 3, 1, side)
        });
        macs(first, first, 3, 4) + macs(first, 3, 1, 4) + levels.sum::<u64>()
    }

    /// Numbers in the results of a synthesis's convolutions for one picture: two at each size.
    #[must_use]
    pub fn synthesis_activations(self) -> u64 {
        let at = |side: usize| (2 * self.channels(side) * side * side) as u64;
        at(4) + self.sides().map(at).sum::<u64>()
    }

    /// Multiplications of a discriminator's trunk for one picture of `seen` channels: one layer keeps the size, one halves it.
    #[must_use]
    pub fn trunk_macs(self, seen: usize) -> u64 {
        let first = self.channels(4);
        let levels = self.sides().map(|side| {
            let (c_half, c) = (self.channels(side / 2), self.channels(side));
            macs(c, c_half, 3, side / 2) + macs(c, c, 3, side)
        });
        macs(seen, self.channels(self.side), 1, self.side) + macs(first, first, 3, 4) + levels.sum::<u64>()
    }

    /// With other widths, where there are.
    #[must_use]
    pub fn or(self, base_channels: Option<usize>, max_channels: Option<usize>) -> Self {
        Self {
            base_channels: base_channels.unwrap_or(self.base_channels),
            max_channels: max_channels.unwrap_or(self.max_channels),
            ..self
        }
    }

    /// Refuses what no network has, before anything is computed from it: these sizes, and `others` by name, value and the most
    /// that it may be.
    ///
    /// # Errors
    /// One sentence that begins with the family's name.
    pub(super) fn check(self, family: &str, others: &[(&str, usize, usize)]) -> Result<()> {
        let own = [("base_channels", self.base_channels, 1 << 20), ("max_channels", self.max_channels, 4096)];
        for (name, value, most) in own.iter().chain(others) {
            if !(1..=*most).contains(value) {
                candle_core::bail!("{family}: {name} is {value}, not 1 to {most}");
            }
        }
        if self.base_channels < self.side {
            candle_core::bail!("{family}: base_channels is {}, below the side", self.base_channels);
        }
        self.check_side(family)
    }

    /// Refuses a side that no such network has.
    ///
    /// # Errors
    /// One sentence that begins with the family's name.
    pub(super) fn check_side(self, family: &str) -> Result<()> {
        if self.side.is_power_of_two() && self.side >= 8 {
            return Ok(());
        }
        candle_core::bail!("{family}: the side is {}, not a power of two from 8 on", self.side)
    }
}

/// Multiplications of a convolution whose result (or, doubling, whose input) has `side` pixels.
pub(super) const fn macs(c_in: usize, c_out: usize, kernel: usize, side: usize) -> u64 {
    (c_in * c_out * kernel * kernel * side * side) as u64
}
