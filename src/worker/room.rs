//! Whether there is memory for what is asked for: said in one sentence before anything begins, instead of the system ending
//! the program in the middle of it.

use super::Failure;
use super::manifolds::Loaded;
use crate::compute::available_memory;

/// Bytes of a number in a network.
const NUMBER: u64 = 4;
/// A picture being drawn holds about so many times its layers' results: one and the next, and what a layer works with.
const DRAWN: u64 = 2;
/// With gradients every operation's result is kept until the way back: 7 times as many at 1024 pixels.
const SLOPED: u64 = 8;
/// A picture of 8 bits is there twice: as the job's and as the window's.
const KEPT: u64 = 2;
/// A file of weights is held as it is and as the numbers that are made of it, which have twice the bits.
const LOADED: u64 = 3;

/// What the machine can give.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Room {
    /// What the system says.
    #[default]
    Machine,
    /// So many bytes: for tests.
    Bytes(u64),
}

/// What a job holds at one time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Burden {
    /// Pictures that are drawn at once.
    pub(super) drawn: usize,
    /// Pictures that are drawn at once with gradients.
    pub(super) sloped: usize,
    /// Finished pictures.
    pub(super) kept: usize,
}

impl Room {
    /// # Errors
    /// A sentence when `needed` bytes are more than there are; `what` needs them.
    fn check(self, needed: u64, what: &str) -> Result<(), Failure> {
        let free = match self {
            Self::Machine => available_memory(),
            Self::Bytes(bytes) => Some(bytes),
        };
        let Some(free) = free.filter(|free| needed > *free) else { return Ok(()) };
        let (needed, free) = (amount(needed), amount(free));
        let headline = format!("about {needed} of memory are needed for {what}, and {free} are free");
        Err(Failure { key: "error-memory", headline, details: String::new() })
    }

    /// Whether a file of weights of `bytes` can be loaded.
    pub(super) fn for_weights(self, name: &str, bytes: u64) -> Result<(), Failure> {
        self.check(bytes.saturating_mul(LOADED), &format!("the model {name}"))
    }
}

impl Loaded {
    /// Whether there is memory for `burden`.
    ///
    /// # Errors
    /// A sentence when there is not.
    pub(super) fn has_room(&self, burden: Burden) -> Result<(), Failure> {
        let Burden { drawn, sloped, kept } = burden;
        let layers = NUMBER.saturating_mul(self.manifold.activations());
        let at_work = (DRAWN * drawn as u64 + SLOPED * sloped as u64).saturating_mul(layers);
        let side = self.manifold.side();
        let pictures = (KEPT * kept as u64).saturating_mul(3 * (side * side) as u64);
        let count = drawn.max(sloped).max(kept);
        let pictures_word = if count == 1 { "a picture".to_owned() } else { format!("{count} pictures") };
        let what = format!("{pictures_word} of {} at {side} x {side} pixels", self.info.name);
        self.room.check(at_work.saturating_add(pictures), &what)
    }
}

/// Bytes as people say them.
fn amount(bytes: u64) -> String {
    let mega = bytes as f64 / 1e6;
    if mega >= 1000.0 { format!("{:.1} GB", mega / 1000.0) } else { format!("{mega:.0} MB") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_said_with_both_amounts() {
        let room = Room::Bytes(1_500_000_000);
        assert!(room.for_weights("big", 400_000_000).is_ok(), "1.2 of 1.5 GB");
        let failure = room.for_weights("big", 4_000_000_000).unwrap_err();
        assert_eq!(failure.headline, "about 12.0 GB of memory are needed for the model big, and 1.5 GB are free");
        let all = u64::MAX;
        assert!(room.for_weights("big", all).is_err(), "no matter how much");
        assert_eq!((amount(999), amount(2_400_000)), ("0 MB".to_owned(), "2 MB".to_owned()), "small ones");
    }
}
