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

    /// Sides of drawings must be multiples of this. Where it is at most half of [`Sketcher::side`], a drawing at half the side
    /// gives a quick preview.
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

/// Side of a quick preview: half the network's, or its own where it cannot work at half.
#[must_use]
pub fn preview_side(sketcher: &dyn Sketcher) -> usize {
    let half = sketcher.side() / 2;
    if half > 0 && half.is_multiple_of(sketcher.multiple()) { half } else { sketcher.side() }
}
