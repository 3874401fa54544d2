//! Drawings to pictures: themes, their networks, and what a network is shown of a drawing.
//!
//! Ink is a plane where 1 is ink; however it was made, it goes through `imaging::edges::canonical` before a network sees it.
//! The window, the command line and the server all paint with this. It knows no document, thread or file format.

mod error;
mod given;
mod paint;
mod seen;
#[cfg(test)]
mod tests;
mod themes;

pub use error::SketchError;
pub use given::{Given, Shown};
pub use paint::{Painted, paint, paint_as_is, translate};
pub use seen::{CROWDED_REMARK, Seen};
pub use themes::{Loaded, Role, ThemeInfo, Themes, theme_name};
