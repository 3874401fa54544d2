//! Lessons and the gallery, inside of the room Sketch.
//!
//! [`School`] is the state: who draws, what hangs, and the [`Course`] that somebody follows on the paper. Panels draw it and
//! leave [`SchoolWish`]es, which `wishes` fulfils; what the worker says arrives in `events`. Changes of the gallery wait in a
//! queue, each for the outcome of the one before, because a newer request of a lane replaces an older one.

mod bar;
mod card;
mod commands;
mod course;
mod detail;
mod events;
mod gallery;
mod lessons;
mod marks;
mod on_paper;
mod profiles;
mod ranking;
mod score;
mod state;
mod sure;
mod topic;
mod wish;
mod wishes;

pub use bar::ui as bar_ui;
pub use commands::is_on;
pub use course::{Course, Scored};
pub use gallery::ui as gallery_ui;
pub use lessons::{State as LessonsState, ui as lessons_ui};
pub use on_paper::{above, below};
pub use profiles::{State as ProfilesState, ui as profiles_ui};
pub use score::ui as score_ui;
pub use state::School;
pub use sure::{Question, ui as sure_ui};
pub use topic::ui as topic_ui;
pub use wish::SchoolWish;
