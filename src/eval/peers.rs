//! The simplest fills there are, to stand beside others in a table.

use super::Picture;
use crate::erase::membrane::{Weighted, pull_push};
use crate::imaging::Plane;

/// A fill that needs neither texture nor network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr, strum::Display)]
#[strum(serialize_all = "kebab-case")]
pub enum Peer {
    /// The mean colour of all known pixels.
    Mean,
    /// A smooth pull-push membrane.
    PullPush,
}

/// `photo` with its holes filled, in whole 8-bit steps; both must be of one size. Black where nothing is known.
#[must_use]
pub fn fill_with(peer: Peer, photo: &Picture, holes: &Plane<bool>) -> Picture {
    let fill = match peer {
        Peer::Mean => vec![mean_of_known(photo, holes); photo.data().len()],
        Peer::PullPush => membrane(photo, holes),
    };
    let mut filled = photo.clone();
    for ((pixel, value), _) in filled.data_mut().iter_mut().zip(fill).zip(holes.data()).filter(|(_, hole)| **hole) {
        *pixel = value.map(|v| v.round().clamp(0.0, 255.0));
    }
    filled
}

fn mean_of_known(photo: &Picture, holes: &Plane<bool>) -> [f32; 3] {
    let mut sums = [0.0_f64; 3];
    let mut count = 0_u64;
    for (rgb, _) in photo.data().iter().zip(holes.data()).filter(|(_, hole)| !**hole) {
        count += 1;
        for c in 0..3 {
            sums[c] += f64::from(rgb[c]);
        }
    }
    sums.map(|sum| (sum / count.max(1) as f64) as f32)
}

fn membrane(photo: &Picture, holes: &Plane<bool>) -> Vec<[f32; 3]> {
    let weights = holes.data().iter().map(|&hole| if hole { 0.0 } else { 1.0 }).collect();
    pull_push(Weighted { size: photo.size(), values: photo.data().to_vec(), weights })
}
