//! Features of a layer as if they had the picture's size: sampled, supervised, tracked.

use candle_core::{Device, Result, Tensor};

use super::options::Plan;
use crate::generators::ops::{Border, Positions, area_down, grid_sample_bilinear};
use crate::imaging::Plane;

/// A place on the picture in its pixels.
pub(super) type Place = [f32; 2];

/// Features `[1, c, at, at]` with the picture that they belong to.
#[derive(Clone, Copy)]
pub(super) struct Map<'a> {
    pub(super) features: &'a Tensor,
    pub(super) plan: &'a Plan,
}

impl Map<'_> {
    /// `[c, n]`: the features at `places`, interpolated; beyond the border as at the border.
    pub(super) fn sample(self, places: &[Place]) -> Result<Tensor> {
        let scale = self.plan.at as f32 / self.plan.side as f32;
        let positions: Vec<f32> = places.iter().flatten().map(|x| x.mul_add(scale, -0.5)).collect();
        let positions = Tensor::from_vec(positions, (1, 1, places.len(), 2), &Device::Cpu)?;
        let positions = positions.to_dtype(self.features.dtype())?;
        grid_sample_bilinear(self.features, &positions, Positions::Pixels, Border::Border)?.squeeze(2)?.squeeze(0)
    }

    /// The features of a single place.
    pub(super) fn at(self, place: Place) -> Result<Tensor> {
        self.sample(&[place])
    }

    /// What is asked of the handle at `place`: that the features around it stand one pixel nearer to `target`. Gradients reach
    /// only what the features shall become. `None` when it is there.
    pub(super) fn supervise(self, place: Place, target: Place) -> Result<Option<Tensor>> {
        let (dx, dy) = (target[0] - place[0], target[1] - place[1]);
        let length = dx.hypot(dy);
        // The official program lets handles rest that are nearer than a pixel.
        if length <= 1.0 {
            return Ok(None);
        }
        let around = disc(place, self.plan.near);
        let ahead: Vec<Place> = around.iter().map(|[x, y]| [x + dx / length, y + dy / length]).collect();
        let now = Map { features: &self.features.detach(), ..self }.sample(&around)?;
        Ok(Some((self.sample(&ahead)? - now)?.abs()?.mean_all()?))
    }

    /// Where around `place` the features are most like `wanted` `[c, 1]`; of equals the nearest.
    pub(super) fn track(self, place: Place, wanted: &Tensor) -> Result<Place> {
        let side = self.plan.side as f32;
        let inside = |[x, y]: &Place| (0.0..=side).contains(x) && (0.0..=side).contains(y);
        let places: Vec<Place> = square(place, self.plan.far).into_iter().filter(inside).collect();
        let misses = self.sample(&places)?.broadcast_sub(wanted)?.abs()?.mean(0)?.to_vec1::<f32>()?;
        let best = misses.iter().zip(&places).min_by(|(a, _), (b, _)| a.total_cmp(b));
        Ok(best.map_or(place, |(_, best)| *best))
    }

    /// How far the features have moved away from `first` where `fixed` `[1, 1, at, at]` says that they shall not.
    pub(super) fn drift(self, first: &Tensor, fixed: &Tensor) -> Result<Tensor> {
        (self.features - first)?.abs()?.broadcast_mul(fixed)?.mean_all()
    }
}

/// What must stay, at the side of the features: `[1, 1, at, at]`; `None` if all may move.
pub(super) fn fixed(movable: &Plane<f32>, plan: &Plan) -> Result<Option<Tensor>> {
    let values: Vec<f32> = movable.data().iter().map(|movable| 1.0 - movable.clamp(0.0, 1.0)).collect();
    if values.iter().all(|fixed| *fixed <= 0.0) {
        return Ok(None);
    }
    let fixed = Tensor::from_vec(values, (1, 1, plan.side, plan.side), &Device::Cpu)?;
    area_down(&fixed, plan.side / plan.at).map(Some)
}

/// Places of whole steps within `radius`, the centre first.
fn square(center: Place, radius: i32) -> Vec<Place> {
    let mut steps: Vec<(i32, i32)> = (-radius..=radius).flat_map(|y| (-radius..=radius).map(move |x| (x, y))).collect();
    steps.sort_by_key(|(x, y)| x * x + y * y);
    steps.into_iter().map(|(x, y)| [center[0] + x as f32, center[1] + y as f32]).collect()
}

fn disc(center: Place, radius: i32) -> Vec<Place> {
    let is_near = |[x, y]: &Place| (x - center[0]).hypot(y - center[1]) <= radius as f32 + 1e-3;
    square(center, radius).into_iter().filter(is_near).collect()
}
