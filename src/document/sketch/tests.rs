//! Histories of sketches.
