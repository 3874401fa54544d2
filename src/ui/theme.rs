//! Every color and size of the window. No other file makes a color.

pub mod canvas;
