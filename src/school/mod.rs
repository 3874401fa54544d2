//! Lessons, scores and what one gets for them: pure values and functions over strokes and planes.
//!
//! A [`Lesson`] is a drawing in steps; [`Practice`] follows somebody who draws after it, [`score()`] says how well a drawing
//! meets it and why. Nothing here runs a network, asks a clock or draws a widget: time and dates come from outside.

mod book;
mod calendar;
mod clock;
mod distance;
mod ink;
mod lesson;
mod practice;
mod reward;
mod score;

pub use book::{find, lessons, themes};
pub use calendar::{Week, date_of_day, day_of_date, topic_of_day};
pub use clock::Clock;
pub use distance::{FAR, distances};
pub use ink::{Frame, Ink, LineMap};
pub use lesson::{Lesson, LessonError, Step};
pub use practice::{Coverage, ENOUGH, Outcome, Practice};
pub use reward::{MAX_STARS, Standing, reward};
pub use score::{LOOSE, PartScore, Recognition, Score, THREE_STARS, TIGHT, TWO_STARS, Weights, recognize, score};
