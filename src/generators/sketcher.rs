//! A network that turns drawings into pictures, whatever its family: ink in, picture out.

use candle_core::{Result, Tensor};

/// What a [`Sketcher`] looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Inputs {
    /// Whether colors painted into the drawing steer the picture.
    pub has_hints: bool,
    /// Whether it was made for lines at all; others turn pictures into pictures, and see a drawing as a grey one.
    pub is_for_ink: bool,
}

/// Which of the pictures that a drawing could become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Variation {
    /// The network's own answer, always the same.
    #[default]
    Steady,
    /// Another one, the same for the same seed: other colors where the network takes hints and there are none, and half of the
    /// values dropped where it learned to do without.
    Seeded(u64),
}

/// A frozen network that turns drawings into pictures.
pub trait Sketcher: Send + Sync {
    /// Side in pixels of the pictures that it was trained for.
    fn side(&self) -> usize;

    /// Sides of drawings must be multiples of this.
    fn multiple(&self) -> usize;

    /// What it looks at.
    fn inputs(&self) -> Inputs;

    /// Pairs of multiplications and additions for one picture of `side` pixels, for planning.
    fn macs(&self, side: usize) -> u64;

    /// Paints `ink` `[n, 1, s, s]`, where 1 is ink and 0 is paper, as `imaging::edges::canonical` makes it: `[n, 3, s, s]` in
    /// -1..1.
    ///
    /// `hints` `[n, 4, s, s]` are colors in -1..1 and where they are meant, 1 or 0; colors elsewhere are not looked at. Networks
    /// without hint planes do not look at any.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit.
    fn paint(&self, ink: &Tensor, hints: Option<&Tensor>, variation: Variation) -> Result<Tensor>;

    /// Turns pictures `[n, 3, s, s]` in -1..1 into others, for networks that are not for ink.
    ///
    /// # Errors
    /// As [`Sketcher::paint`], and when the network is for ink.
    fn translate(&self, pictures: &Tensor, variation: Variation) -> Result<Tensor>;
}

/// No preview is smaller: below, a network paints another picture, and the view would jump at each pause of the pen.
const LEAST_PREVIEW: usize = 128;

/// Networks of fewer pairs of multiplications and additions keep up with the pen at their full side.
const QUICK_MACS: u64 = 4_000_000_000;

/// Side of the previews of a network for pictures of `side` pixels, which takes sides that are multiples of `multiple` and `macs`
/// operations for a picture: half of it where it is slow and half is large enough, else all of it.
#[must_use]
pub const fn preview_side(side: usize, multiple: usize, macs: u64) -> usize {
    let half = side / 2;
    if macs > QUICK_MACS && half >= LEAST_PREVIEW && half.is_multiple_of(multiple) { half } else { side }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_smaller_only_where_that_is_worth_it() {
        let slow = 20 * QUICK_MACS;
        for (side, multiple, macs, preview) in [
            (256, 4, slow, 128),
            (512, 4, slow, 256),
            (256, 4, QUICK_MACS, 256),
            (128, 64, slow, 128),
            (254, 2, slow, 254),
            (256, 256, slow, 256),
        ] {
            assert_eq!(preview_side(side, multiple, macs), preview, "{side} pixels, {macs} operations");
        }
    }
}
