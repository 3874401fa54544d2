//! Motion and color between two pictures, coarse to fine, one level a step.

use super::color::{self, Affine, ColorSettings, compose};
use super::flow::{self, FlowSettings, Slopes};
use super::raster::{Pixel, linear, resized};

/// What both steps need to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct PairSettings {
    pub(super) flow: FlowSettings,
    pub(super) color: ColorSettings,
    /// How often they take turns on each level.
    pub(super) alternations: u32,
}

/// A picture with its derivatives, in halving sizes, finest first.
pub(super) type Levels = Vec<Slopes>;

/// What is known of a pair so far.
#[derive(Clone, Debug)]
pub(super) struct Matched {
    pub(super) side: usize,
    /// For each pixel of the later picture the way to its place in the earlier one.
    pub(super) flow: Vec<[f32; 2]>,
    /// What its color there becomes.
    pub(super) colors: Vec<Affine>,
}

impl Matched {
    /// Nothing moves and no color changes.
    pub(super) fn identity(side: usize) -> Self {
        Self { side, flow: vec![[0.0; 2]; side * side], colors: vec![[[0.0; 4]; 3]; side * side] }
    }

    /// The same on another side.
    pub(super) fn resized(&self, side: usize) -> Self {
        if side == self.side {
            return self.clone();
        }
        let scale = side as f32 / self.side as f32;
        let mut flow = resized(&self.flow, self.side, side);
        for flow in &mut flow {
            *flow = flow.map(|v| v * scale);
        }
        let flat: Vec<[f32; 12]> = self.colors.iter().map(flatten).collect();
        let colors = resized(&flat, self.side, side).iter().map(fold).collect();
        Self { side, flow, colors }
    }

    /// What this does after `before` has been done: the way back through both, and both maps.
    pub(super) fn after(&self, before: &Self) -> Self {
        let side = self.side;
        let known: Vec<[f32; 14]> =
            before.flow.iter().zip(&before.colors).map(|(flow, map)| joined(*flow, map)).collect();
        let mut out = Self::identity(side);
        for (at, &[u, v]) in self.flow.iter().enumerate() {
            let there = linear(&known, side, (at % side) as f32 + u, (at / side) as f32 + v);
            out.flow[at] = [u + there[0], v + there[1]];
            out.colors[at] = compose(&self.colors[at], &[0, 1, 2].map(|c| [0, 1, 2, 3].map(|k| there[2 + 4 * c + k])));
        }
        out
    }

    /// Improves it on one level.
    pub(super) fn improve(&mut self, later: &Slopes, earlier: &Slopes, settings: &PairSettings) {
        for _ in 0..settings.alternations {
            let warped = warped(earlier, &self.flow);
            color::improve(later.picture(), &warped, &mut self.colors, &settings.color);
            flow::improve(later, earlier, &self.colors, &mut self.flow, &settings.flow);
        }
        let warped = warped(earlier, &self.flow);
        color::improve(later.picture(), &warped, &mut self.colors, &settings.color);
    }
}

/// The earlier picture where the flow finds it.
pub(super) fn warped(earlier: &Slopes, flow: &[[f32; 2]]) -> Vec<Pixel> {
    let side = earlier.picture().side;
    let pixel = |(at, flow): (usize, &[f32; 2])| {
        earlier.picture().cubic((at % side) as f32 + flow[0], (at / side) as f32 + flow[1])
    };
    flow.iter().enumerate().map(pixel).collect()
}

pub(super) fn flatten(map: &Affine) -> [f32; 12] {
    let mut out = [0.0; 12];
    for c in 0..3 {
        out[4 * c..4 * c + 4].copy_from_slice(&map[c]);
    }
    out
}

pub(super) fn fold(flat: &[f32; 12]) -> Affine {
    [0, 1, 2].map(|c| [0, 1, 2, 3].map(|k| flat[4 * c + k]))
}

fn joined(flow: [f32; 2], map: &Affine) -> [f32; 14] {
    let mut out = [0.0; 14];
    out[..2].copy_from_slice(&flow);
    out[2..].copy_from_slice(&flatten(map));
    out
}
