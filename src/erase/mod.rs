//! Erasing: a photo and holes become patches that fill the holes, at the photo's own resolution.
//!
//! [`EraseJob`] is the door: it groups the holes, cuts a window around each group, lets an engine fill the
//! window coarse to fine, and turns the result into patches. Cost follows the holes, never the photo. Networks come from
//! [`Networks`]; their fills guide the exemplar engine, which brings the photo's own texture.
//! It never touches files, documents or widgets.

mod assign;
mod auto;
mod compose;
mod engine;
mod exemplar;
mod grain;
mod inpainter;
mod job;
pub(crate) mod membrane;
mod mixture;
mod network;
mod networks;
mod origin;
mod poisson;
mod request;
mod window;

/// What kinds of networks there are.
pub use crate::weights::Family;
pub use auto::{HoleShape, Reason, Rule, choose};
pub use engine::{Engine, NotAnEngine};
pub use job::{EraseJob, EraseUpdate};
pub use mixture::Mixture;
pub use network::raw::{Latent, raw_fill};
pub use networks::{NetworkInfo, Networks, title};
pub use origin::{Explanation, NetworkUse, Origin};
pub use request::{Base, EraseError, EraseRequest, Fill, Settings, StageTimes};
