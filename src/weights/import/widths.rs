//! How many channels networks have that double or halve pictures between 4 pixels and a side.

/// At `r` pixels there are `base_channels / r` channels, but no more than `max_channels`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Widths {
    pub(super) side: usize,
    pub(super) base_channels: usize,
    pub(super) max_channels: usize,
}

impl Widths {
    pub(super) fn channels(self, side: usize) -> usize {
        (self.base_channels / side).min(self.max_channels)
    }

    /// 8, 16, … up to the picture's side.
    pub(super) fn sides(self) -> impl DoubleEndedIterator<Item = usize> {
        (3..=self.side.trailing_zeros()).map(|log| 1 << log)
    }
}

/// Sizes as a manifest has them.
///
/// # Errors
/// When one is out of reach, to follow "because".
pub(super) fn table(sizes: &[(&str, usize)]) -> Result<toml::Table, String> {
    let entry = |(name, value): &(&str, usize)| {
        let value = i64::try_from(*value).map_err(|error| format!("{name} is out of reach: {error}"))?;
        Ok(((*name).to_owned(), value.into()))
    };
    sizes.iter().map(entry).collect()
}
