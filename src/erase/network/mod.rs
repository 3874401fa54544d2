//! Networks in the eraser: a square of the photo around the hole, at the side that the network works at, painted and brought
//! back to the photo's resolution.
//!
//! [`canvas`] holds the part of the photo that squares are cut from, [`plan`] says which squares, [`picture`] changes sizes,
//! [`paint`] runs the network square by square, [`detail`] gives a fill that stands alone the strength of texture around it,
//! [`rim`] says how it meets the photo, and [`engine`] makes an inpainter of it all, with the exemplar engine for detail.

pub(crate) mod canvas;
pub(crate) mod detail;
pub(crate) mod engine;
pub(crate) mod explain;
pub(crate) mod paint;
pub(crate) mod picture;
pub(crate) mod plan;
pub(crate) mod raw;
pub(crate) mod rim;
