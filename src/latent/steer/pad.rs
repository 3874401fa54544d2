//! The pad: a plane with a seed at each crossing of its lattice, and mixtures between.

use candle_core::{Device, Tensor};

use super::SteerError;
use crate::generators::manifold::{Prior, Styles};
use crate::latent::space::mapped;

/// Seeds from one row of the lattice to the next.
pub const STEP: i64 = 100;
/// Beyond this, places between seeds can no longer be told apart.
const FARTHEST: f32 = 10_000.0;

/// The seed at a crossing: `x + 100 y`, of 32 bits; what is below 0 goes on at their end.
#[must_use]
pub const fn seed_at(x: i64, y: i64) -> u64 {
    (x.wrapping_add(y.wrapping_mul(STEP)) & 0xffff_ffff) as u64
}

/// The crossing nearest to the middle at which `seed` lies, of 32 bits.
#[must_use]
pub const fn seed_place(seed: u64) -> [f32; 2] {
    let seed = (seed & 0xffff_ffff) as i64;
    [(seed % STEP) as f32, (seed / STEP) as f32]
}

/// The four seeds around a place, and how much of each: bilinear, the sum is 1.
#[must_use]
pub fn corners([x, y]: [f32; 2]) -> [(u64, f32); 4] {
    let (left, top) = (x.floor(), y.floor());
    let (right_share, bottom_share) = (x - left, y - top);
    let (column, row) = (left as i64, top as i64);
    [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(across, down)| {
        let share = |step: i64, share: f32| if step == 0 { 1.0 - share } else { share };
        (seed_at(column + across, row + down), share(across, right_share) * share(down, bottom_share))
    })
}

/// The style of a seed, not truncated.
///
/// # Errors
/// When the mapping network fails.
pub fn style_of_seed(styles: &dyn Styles, seed: u64) -> Result<Vec<f32>, SteerError> {
    style_of_seeds(styles, &[(seed, 1.0)])
}

/// The style at a place of the pad: the mean of the styles around it by their shares.
///
/// # Errors
/// When the place is none, or the mapping network fails.
pub fn style_at(styles: &dyn Styles, place: [f32; 2]) -> Result<Vec<f32>, SteerError> {
    if !place.iter().all(|at| at.abs() <= FARTHEST) {
        let given = format!("{}, {}", place[0], place[1]);
        return Err(SteerError::OutOfRange {
            what: "the place on the pad",
            given,
            wanted: format!("within {FARTHEST} of the middle"),
        });
    }
    let shares: Vec<(u64, f32)> = corners(place).into_iter().filter(|(_, share)| *share > 0.0).collect();
    style_of_seeds(styles, &shares)
}

fn style_of_seeds(styles: &dyn Styles, shares: &[(u64, f32)]) -> Result<Vec<f32>, SteerError> {
    let dim = styles.style_dim();
    let zs: Vec<f32> = shares.iter().flat_map(|(seed, _)| Prior::Normal.latent_of_seed(dim, *seed)).collect();
    let ws = mapped(styles, &Tensor::from_vec(zs, (shares.len(), dim), &Device::Cpu)?)?.to_vec2::<f32>()?;
    let mut mean = vec![0.0; dim];
    for (w, (_, share)) in ws.iter().zip(shares) {
        mean.iter_mut().zip(w).for_each(|(mean, w)| *mean = share.mul_add(*w, *mean));
    }
    Ok(mean)
}
