//! Lines: found in pictures, thinned, traced, made canonical, and spoiled as a hand would.
//!
//! [`canonical()`] is the one door through which lines reach a network: those that a detector found in a training picture and
//! those that somebody drew. Both become paths one pixel thin and are drawn again with the same pen, so that neither the
//! pen's width nor the canvas tells them apart. Planes of ink hold 1 where there is ink and 0 where there is paper. Points are
//! pixels with the origin in the corner; the middle of the first pixel is (0.5, 0.5).

mod canny;
mod canonical;
mod contour;
mod detect;
mod filter;
mod join;
mod pen;
mod spoil;
mod suppress;
mod thin;
mod trace;
mod xdog;

pub use canny::{Canny, canny};
pub use canonical::{Refinement, canonical, redrawn};
pub use contour::contour;
pub use detect::{Detector, DetectorMix, DetectorShare, Lines, find_lines};
pub use join::join;
pub use pen::draw;
pub use spoil::{Spoiling, spoil};
pub use suppress::{Suppression, thin_edges};
pub use thin::{thin, without_specks};
pub use trace::{Line, is_closed, length, simplified, smoothed, trace};
pub use xdog::{Xdog, xdog};
