//! Pixels: buffers, masks, files, resampling and blending.
//!
//! Everything here is a plain function of plain values. It never runs a network and never draws a widget.
//! Coordinates, the polarity of masks and the value ranges of samples are decided in this module and nowhere else.

pub mod animation;
pub mod color;
pub mod coords;
mod cut;
pub mod display;
pub mod drawing;
pub mod edges;
pub mod frame;
pub mod grabcut;
pub mod guided_filter;
pub mod holes;
pub mod ink;
pub mod io;
pub mod mask;
pub mod mask_ops;
pub mod measure;
pub mod patch;
pub mod photo;
pub mod place;
pub mod plane;
pub mod raster;
pub mod shape;
mod srgb;

pub use coords::{ImagePos, PixelRect, Size};
pub use cut::cut;
pub use display::{DisplayLevel, DisplayPyramid};
pub use frame::{ColorModel, Frame, Samples};
pub use mask::Mask;
pub use patch::Patch;
pub use photo::{FileFormat, JpegCoding, Metadata, Photo};
pub use place::Place;
pub use plane::Plane;
pub use srgb::SrgbTransform;
