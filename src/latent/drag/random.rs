//! Pairs to try a drag with: places of the picture that can be followed, and targets at a distance from them.

use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use super::Pair;
use crate::control::{Rng, rng};
use crate::latent::Picture;

const STREAM: u64 = 0xD4A6;
/// The share of a picture's places that a handle is drawn from: those where the picture varies most in all directions.
const SHARE: usize = 20;
/// Directions that are tried.
const TRIES: usize = 64;
/// Targets stay so far from the edge, in pixels.
const MARGIN: f32 = 4.0;
/// Around a place, what varies within so many pixels counts.
const WINDOW: i32 = 3;

/// A handle and a target `distance` pixels away in a random direction, for `picture`; the same for the same seed. The handle is
/// one of the twentieth of all places with the largest least eigenvalue of the gradients around them (Shi and Tomasi, Good
/// Features to Track, 1994): nobody takes hold of a blank wall. `None` for a picture without a gradient, or without room.
#[must_use]
pub fn random_pair(picture: &Picture, distance: f32, seed: u64) -> Option<Pair> {
    let mut rng = rng(seed, STREAM);
    let corners = corners(picture);
    for _ in 0..TRIES {
        let &(x, y) = corners.choose(&mut rng)?;
        let handle = [x as f32 + 0.5, y as f32 + 0.5];
        if let Some(target) = target(handle, distance, picture.side() as f32, &mut rng) {
            return Some(Pair { handle, target });
        }
    }
    None
}

fn target([x, y]: [f32; 2], distance: f32, side: f32, rng: &mut Rng) -> Option<[f32; 2]> {
    let inside = MARGIN..=side - MARGIN;
    let (sine, cosine) = (rng.random::<f32>() * std::f32::consts::TAU).sin_cos();
    let target = [distance.mul_add(cosine, x), distance.mul_add(sine, y)];
    target.iter().all(|value| inside.contains(value)).then_some(target)
}

/// The places to draw from, none nearer to the edge than a handle's surroundings reach.
fn corners(picture: &Picture) -> Vec<(i32, i32)> {
    let side = picture.side() as i32;
    let light = |x: i32, y: i32| {
        let at = 3 * (y * side + x) as usize;
        picture.rgb()[at..at + 3].iter().map(|value| f32::from(*value)).sum::<f32>()
    };
    let edge = WINDOW + 2;
    let mut places: Vec<(f32, (i32, i32))> = Vec::new();
    for y in edge..side - edge {
        for x in edge..side - edge {
            let (mut xx, mut xy, mut yy) = (0.0_f32, 0.0_f32, 0.0_f32);
            for (v, u) in (-WINDOW..=WINDOW).flat_map(|v| (-WINDOW..=WINDOW).map(move |u| (v, u))) {
                let dx = light(x + u + 1, y + v) - light(x + u - 1, y + v);
                let dy = light(x + u, y + v + 1) - light(x + u, y + v - 1);
                (xx, xy, yy) = (dx.mul_add(dx, xx), dx.mul_add(dy, xy), dy.mul_add(dy, yy));
            }
            let least = (xx + yy - ((xx - yy).powi(2) + 4.0 * xy * xy).sqrt()) / 2.0;
            places.push((least, (x, y)));
        }
    }
    places.sort_by(|a, b| b.0.total_cmp(&a.0));
    places.truncate((places.len() / SHARE).max(1));
    places.into_iter().filter(|(least, _)| *least > 1.0).map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_stand_where_something_is_and_targets_as_far_as_asked() {
        let side = 64;
        // A white square on black: its corners vary in all directions, its edges in one, the rest in none.
        let value = |at: usize| {
            if (20..40).contains(&(at / 3 % side)) && (20..40).contains(&(at / 3 / side)) { 255 } else { 0 }
        };
        let picture = Picture::new(side, (0..3 * side * side).map(value).collect::<Vec<u8>>()).unwrap();
        for seed in 0..20 {
            let pair = random_pair(&picture, 12.0, seed).unwrap();
            let near = |v: f32| (v - 20.0).abs().min((v - 40.0).abs());
            assert!(pair.handle.into_iter().all(|v| near(v) < 8.0), "{pair:?} is far from all corners");
            let distance = (pair.handle[0] - pair.target[0]).hypot(pair.handle[1] - pair.target[1]);
            assert!((distance - 12.0).abs() < 1e-3, "{pair:?}");
            assert_eq!(random_pair(&picture, 12.0, seed), Some(pair), "the same for the same seed");
        }
        assert!(random_pair(&Picture::new(64, vec![9; 3 * 64 * 64]).unwrap(), 12.0, 1).is_none(), "a blank picture");
    }
}
