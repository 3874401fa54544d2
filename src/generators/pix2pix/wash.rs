//! Spots of color spread over the whole paper: near a spot its own color, between spots a mixture.
//!
//! A generator with instance norm forgets what little a few spots say before it can carry them across a figure; a wash says the
//! same at every pixel.

use candle_core::{Result, Tensor};

use crate::generators::ops::pull_push_marked;

/// What stands for *spread to here*, between 0 (nothing is meant anywhere) and 1 (meant here).
const SPREAD: f32 = 0.5;

/// `colors` `[n, 3, h, w]` in -1..1 and where they are `meant` `[n, 1, h, w]` in 0..1, to `[n, 4, h, w]`: the wash, 0 where a
/// drawing has no spot, and a plane with 1 where a color is meant, 1/2 where it is spread to, 0 in drawings without spots.
///
/// # Errors
/// When the shapes do not fit.
pub(super) fn wash(colors: &Tensor, meant: &Tensor) -> Result<Tensor> {
    pull_push_marked(colors, meant, SPREAD)
}

#[cfg(test)]
mod tests {
    use candle_core::Device;

    use super::*;

    #[test]
    fn a_spot_colors_the_paper_and_says_where_it_was_meant() {
        let (mut colors, mut meant) = (vec![0.0_f32; 3 * 64], vec![0.0_f32; 64]);
        (colors[10], colors[64 + 10], colors[128 + 10], meant[10]) = (0.8, -0.5, 0.1, 1.0);
        let tensor = |values, c| Tensor::from_vec(values, (1, c, 8, 8), &Device::Cpu).unwrap();
        let washed = wash(&tensor(colors, 3), &tensor(meant, 1)).unwrap().squeeze(0).unwrap();
        let washed = washed.flatten_from(1).unwrap().t().unwrap().to_vec2::<f32>().unwrap();
        for (at, found) in washed.iter().enumerate() {
            let wanted = [0.8, -0.5, 0.1, if at == 10 { 1.0 } else { 0.5 }];
            assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-3), "at {at}: {found:?}");
        }
    }
}
