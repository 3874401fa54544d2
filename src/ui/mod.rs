//! The window: draws documents, sends requests, shows events.
//!
//! It never reads files, decodes pictures or waits for the worker.

pub mod canvas;
pub mod frame_stats;
pub mod theme;
pub mod tools;
