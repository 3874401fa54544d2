//! How far a fill is from the truth in the hole, and how exactly the rest was left alone.

use super::Picture;
use super::picture::mean;
use crate::imaging::Plane;
use crate::imaging::mask_ops::distance_outside;

/// Distance to the truth over the hole's pixels and all channels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fidelity {
    /// `10 log10(255^2 / mean squared difference)`, in dB; at most 138 for equal pictures.
    pub psnr: f64,
    /// Mean absolute difference in percent of the range 0..=255.
    pub l1: f64,
}

/// What changed outside of the hole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exactness {
    /// Known pixels that differ, in percent of all known pixels.
    pub changed: f64,
    /// The largest distance of one of them to the hole, between centres in pixels; 0 when there is none.
    pub rim: f64,
}

/// Compares `fill` with `photo` in the hole; `None` without a hole. All three must be of one size.
#[must_use]
pub fn fidelity(photo: &Picture, holes: &Plane<bool>, fill: &Picture) -> Option<Fidelity> {
    let differences = || {
        let pixels = photo.data().iter().zip(fill.data()).zip(holes.data());
        let inside = pixels.filter(|(_, hole)| **hole).map(|(pair, _)| pair);
        inside.flat_map(|(a, b)| (0..3).map(move |c| f64::from(b[c]) - f64::from(a[c])))
    };
    let square = mean(differences().map(|difference| difference * difference))?;
    let l1 = mean(differences().map(f64::abs))? / 2.55;
    Some(Fidelity { psnr: 10.0 * (255.0_f64.powi(2) / square.max(1e-9)).log10(), l1 })
}

/// Compares `fill` with `photo` where nothing is hole. All three must be of one size.
#[must_use]
pub fn exactness(photo: &Picture, holes: &Plane<bool>, fill: &Picture) -> Exactness {
    let pixels = photo.data().iter().zip(fill.data()).zip(holes.data());
    let touched: Vec<bool> = pixels.map(|((a, b), hole)| !hole && a != b).collect();
    let count = touched.iter().filter(|&&touched| touched).count();
    if count == 0 {
        return Exactness { changed: 0.0, rim: 0.0 };
    }
    let known = holes.data().iter().filter(|&&hole| !hole).count();
    let mut coverage = Plane::filled(holes.size(), 0);
    for (value, &hole) in coverage.data_mut().iter_mut().zip(holes.data()) {
        *value = if hole { 255 } else { 0 };
    }
    let farthest = (holes.size().width as f32).hypot(holes.size().height as f32);
    let distances = distance_outside(&coverage, farthest);
    let rim = distances.data().iter().zip(&touched).filter(|(_, touched)| **touched);
    let rim = rim.map(|(distance, _)| f64::from(*distance)).fold(0.0, f64::max);
    Exactness { changed: 100.0 * count as f64 / known.max(1) as f64, rim }
}
