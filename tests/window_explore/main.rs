//! The room Explore as a person uses it, without a display and without a network: requests are read, answers are made up.
#![cfg(feature = "gui")]

mod edit;
mod fields;
mod kit;
mod measure;
mod other_model;
mod photo;
mod points;
mod room;
mod slider;
mod steer;
mod strokes;
#[path = "../window_kit/mod.rs"]
mod window_kit;
