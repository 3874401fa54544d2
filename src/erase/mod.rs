//! Erasing: a photo and holes become patches that fill the holes, at the photo's own resolution.
//!
//! [`EraseJob`] is the door: it groups the holes, cuts a window around each group, lets an engine fill the
//! window coarse to fine, and turns the result into patches. Cost follows the holes, never the photo.
//! It never touches files, documents or widgets.

mod compose;
mod exemplar;
mod grain;
mod inpainter;
mod job;
pub(crate) mod membrane;
mod poisson;
mod request;
mod window;

pub use job::{EraseJob, EraseUpdate};
pub use request::{Base, Engine, EraseError, EraseRequest, Fill, Settings, StageTimes};
