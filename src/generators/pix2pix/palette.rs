//! Colors that occur together in training pictures, laid as hints over a drawing that has none: what a plain picture and its
//! variants look like.

use candle_core::{DType, Result, Tensor};
use candle_nn::VarBuilder;

/// Key of the colors, `[combinations, spots, 5]`: each is a [`Spot`].
pub(crate) const PALETTE: &str = "palette";
/// Combinations of colors that a network of ours carries.
pub(crate) const N_COMBINATIONS: usize = 32;
/// Spots of color in each.
pub(crate) const N_SPOTS: usize = 3;
/// Radius of a spot as a share of the side.
const SPOT: f32 = 0.05;
/// How much an even combination is preferred to as lively a mixed one.
const EVENNESS: f32 = 0.02;

/// Where in the ink's bounding box (x and y in 0..1), and a color in -1..1.
pub(crate) type Spot = [f32; 5];

/// Combinations of colors: the one of the plain picture first, each next one as unlike those before it as there is.
#[derive(Debug, Clone, Default)]
pub(super) struct Palette(Vec<Vec<Spot>>);

impl Palette {
    /// Reads the colors of a network's file.
    ///
    /// # Errors
    /// When they are missing or of another shape.
    pub(super) fn read(vb: &VarBuilder<'_>) -> Result<Self> {
        let values = vb.get((N_COMBINATIONS, N_SPOTS, 5), PALETTE)?.to_dtype(DType::F32)?.to_vec3::<f32>()?;
        let spot = |spot: &Vec<f32>| std::array::from_fn(|at| spot[at]);
        Ok(Self::ordered(values.iter().map(|spots| spots.iter().map(spot).collect()).collect()))
    }

    fn ordered(mut given: Vec<Vec<Spot>>) -> Self {
        let mut ordered: Vec<Vec<Spot>> = Vec::with_capacity(given.len());
        while !given.is_empty() {
            let worth = |spots: &Vec<Spot>| {
                let apart = ordered.iter().map(|other| difference(spots, other)).reduce(f32::min);
                apart.unwrap_or_else(|| liveliness(spots))
            };
            let next = (0..given.len()).max_by(|&a, &b| worth(&given[a]).total_cmp(&worth(&given[b])));
            ordered.push(given.swap_remove(next.unwrap_or(0)));
        }
        Self(ordered)
    }

    /// Hints `[n, 4, h, w]` of the combination of variant `seed`, 0 for the plain picture, laid over the bounding box of the first
    /// drawing's ink `[n, 1, h, w]`; `None` where there are no colors or no ink.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn hints(&self, ink: &Tensor, seed: u64) -> Result<Option<Tensor>> {
        let place = seed.checked_rem(self.0.len() as u64).unwrap_or(0) as usize;
        self.0.get(place).map_or(Ok(None), |spots| laid_over(ink, spots))
    }
}

/// Hints `[n, 4, h, w]` of `spots` laid over the bounding box of the first drawing's ink `[n, 1, h, w]`; `None` where there is no ink.
///
/// # Errors
/// When candle cannot compute.
pub(crate) fn laid_over(ink: &Tensor, spots: &[Spot]) -> Result<Option<Tensor>> {
    let (n, _, h, w) = ink.dims4()?;
    let values = ink.narrow(0, 0, 1)?.flatten_all()?.to_dtype(DType::F32)?.to_vec1::<f32>()?;
    let Some([x0, y0, x1, y1]) = bounds(&values, w) else { return Ok(None) };
    let mut planes = vec![0.0; 4 * h * w];
    for &[x, y, red, green, blue] in spots {
        let center = [x0 + (x1 - x0) * x, y0 + (y1 - y0) * y];
        put_spot(&mut planes, (h, w), center, [red, green, blue]);
    }
    let hints = Tensor::from_vec(planes, (1, 4, h, w), ink.device())?;
    hints.to_dtype(ink.dtype())?.broadcast_as((n, 4, h, w))?.contiguous().map(Some)
}

/// How colorful, light and even a combination is: the mean of chroma times the square of lightness, less a little of how far its
/// colors are apart; hue, chroma and lightness in 0..1. Dark colors look muddy, so lightness counts twice.
fn liveliness(spots: &[Spot]) -> f32 {
    let lively = |[_, _, red, green, blue]: &Spot| {
        let (low, high) = (red.min(*green).min(*blue), red.max(*green).max(*blue));
        0.5 * (high - low) * (0.25 * (high + low) + 0.5).powi(2)
    };
    let apart = |[_, _, a @ ..]: &Spot, [_, _, b @ ..]: &Spot| {
        0.5 * a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
    };
    let spread = spots.iter().flat_map(|a| spots.iter().map(move |b| apart(a, b))).fold(0.0, f32::max);
    spots.iter().map(lively).sum::<f32>() / spots.len().max(1) as f32 - EVENNESS * spread
}

/// How far apart two combinations are in their mean colors.
fn difference(a: &[Spot], b: &[Spot]) -> f32 {
    let mean = |spots: &[Spot], channel: usize| {
        spots.iter().map(|spot| spot[2 + channel]).sum::<f32>() / spots.len().max(1) as f32
    };
    (0..3).map(|channel| (mean(a, channel) - mean(b, channel)).powi(2)).sum::<f32>().sqrt()
}

/// The smallest box around what is more ink than paper, in pixels: left, top, right, bottom.
fn bounds(values: &[f32], width: usize) -> Option<[f32; 4]> {
    let mut found: Option<[usize; 4]> = None;
    for (y, row) in values.chunks_exact(width).enumerate() {
        let Some(first) = row.iter().position(|value| *value > 0.5) else { continue };
        let last = row.iter().rposition(|value| *value > 0.5).unwrap_or(first);
        let [left, top, right, _] = found.unwrap_or([first, y, last, y]);
        found = Some([left.min(first), top, right.max(last), y]);
    }
    found.map(|found| found.map(|side| side as f32))
}

/// A disc of one color in planes of red, green, blue and where they are meant.
fn put_spot(planes: &mut [f32], (h, w): (usize, usize), center: [f32; 2], color: [f32; 3]) {
    let radius = SPOT * w as f32;
    let near =
        |at: f32, side: usize| (at - radius).max(0.0) as usize..((at + radius + 1.0).max(0.0) as usize).min(side);
    for y in near(center[1], h) {
        for x in near(center[0], w) {
            let (dx, dy) = (x as f32 - center[0], y as f32 - center[1]);
            if dx.mul_add(dx, dy * dy) <= radius * radius {
                let at = y * w + x;
                for (plane, value) in color.into_iter().chain([1.0]).enumerate() {
                    planes[plane * h * w + at] = value;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    const GREY: [f32; 3] = [0.0, 0.0, 0.0];
    const NAVY: [f32; 3] = [-1.0, -1.0, -0.2];
    const ORANGE: [f32; 3] = [1.0, 0.3, -0.4];
    const PEACH: [f32; 3] = [1.0, 0.4, -0.2];

    fn even([red, green, blue]: [f32; 3]) -> Vec<Spot> {
        vec![[0.5, 0.5, red, green, blue]; N_SPOTS]
    }

    fn colors(palette: &Palette) -> Vec<[f32; 3]> {
        palette.0.iter().map(|spots| [spots[0][2], spots[0][3], spots[0][4]]).collect()
    }

    #[test]
    fn the_liveliest_comes_first_and_the_others_as_unlike_as_can_be() {
        let palette = Palette::ordered([PEACH, GREY, NAVY, ORANGE].map(even).to_vec());
        assert_eq!(colors(&palette), [ORANGE, NAVY, GREY, PEACH]);
        assert_eq!(colors(&Palette::ordered(Vec::new())), [[0.0; 3]; 0], "no colors are no fault");
        let mut mixed = even(ORANGE);
        mixed[0][4] = -0.39;
        mixed[1][3] = 0.6;
        let evener = Palette::ordered(vec![mixed, even(ORANGE)]);
        assert_eq!(evener.0[0], even(ORANGE), "a little less lively, but even");
    }

    #[test]
    fn each_seed_has_its_colors_in_the_box_of_the_ink() {
        let palette = Palette::ordered([GREY, NAVY, ORANGE].map(even).to_vec());
        let mut paper = vec![0.0_f32; 32 * 32];
        (8..=24).for_each(|at| paper[at * 32 + at] = 1.0);
        let ink = Tensor::from_vec(paper, (1, 1, 32, 32), &Device::Cpu).unwrap();
        let found = |seed: u64| {
            let planes = palette.hints(&ink, seed).unwrap().unwrap().squeeze(0).unwrap();
            let planes = planes.flatten_from(1).unwrap().to_vec2::<f32>().unwrap();
            assert_eq!((planes[3][16 * 32 + 16], planes[3][0]), (1.0, 0.0), "in the middle, not in the corner");
            [0, 1, 2].map(|channel| planes[channel][16 * 32 + 16])
        };
        assert_eq!([0, 1, 2, 3].map(found), [ORANGE, NAVY, GREY, ORANGE], "all of them, then from the start");
        assert!(palette.hints(&ink.zeros_like().unwrap(), 1).unwrap().is_none(), "nothing is drawn");
        assert!(Palette::default().hints(&ink, 1).unwrap().is_none(), "there are no colors");
    }
}
