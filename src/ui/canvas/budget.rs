//! How much may be sent to the graphics card in one frame, so that no frame takes long.

use std::time::{Duration, Instant};

/// Bytes a frame.
const BYTES: usize = 4 << 20;
/// Time a frame.
const TIME: Duration = Duration::from_millis(4);

/// What is left for one frame.
#[derive(Debug)]
pub(in crate::ui) struct UploadBudget {
    bytes: usize,
    until: Instant,
    is_starved: bool,
}

impl UploadBudget {
    /// The full budget of a new frame.
    pub(in crate::ui) fn for_frame() -> Self {
        Self { bytes: BYTES, until: Instant::now() + TIME, is_starved: false }
    }

    /// Nothing at all.
    #[cfg(test)]
    pub(in crate::ui) fn nothing() -> Self {
        Self { bytes: 0, until: Instant::now(), is_starved: false }
    }

    /// Asks to upload `bytes`. After a refusal the frame has to be followed by another one.
    pub(in crate::ui) fn take(&mut self, bytes: usize) -> bool {
        if self.bytes == 0 || Instant::now() >= self.until {
            self.is_starved = true;
            return false;
        }
        self.bytes = self.bytes.saturating_sub(bytes);
        true
    }

    /// Whether something was refused.
    pub(in crate::ui) const fn is_starved(&self) -> bool {
        self.is_starved
    }
}
