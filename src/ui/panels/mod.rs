//! The parts of the window around the canvas. Each draws what it is shown and leaves what it wants in the view.

pub mod candidates;
pub mod erasures;
pub mod explain;
pub mod fill;
pub mod history;
pub mod log;
pub mod menu;
pub mod mix;
pub mod options;
pub mod palette;
pub mod settings;
pub mod shortcuts;
pub mod side;
pub mod start;
pub mod status;
pub mod tool_bar;
