//! One level of the pyramid on which exemplar synthesis works.

use crate::imaging::{Plane, Size};

use super::metric::MAX_RADIUS;

/// Colour (0..=255) and texture energy of a pixel.
pub(crate) type Sample = [f32; 4];

/// How much texture energy counts beside colour.
const TEXTURE_WEIGHT: f32 = 5.0;

/// Marks a pixel that is no target.
pub(crate) const NO_TARGET: u32 = u32::MAX;

/// A level: known pixels, the current estimate of the hole, and which patches may be copied from.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    /// Width and height.
    pub(crate) size: Size,
    /// Exact values of known pixels, the current estimate in the hole.
    pub(crate) exact: Vec<Sample>,
    /// `exact` rounded to bytes: what patches are compared by.
    pub(crate) bytes: Vec<[u8; 4]>,
    /// What is to be filled.
    pub(crate) hole: Plane<bool>,
    /// Pixels texture may be taken from.
    pub(crate) source: Plane<bool>,
}

/// Which patches are filled and which may be copied at one level, for one patch radius.
#[derive(Clone, Debug)]
pub(crate) struct Sites {
    /// Patch radius.
    pub(crate) radius: usize,
    /// Pixel indices of the centres of patches that touch the hole, in row order.
    pub(crate) targets: Vec<u32>,
    /// For each pixel its place in `targets`, or [`NO_TARGET`].
    pub(crate) target_at: Vec<u32>,
    /// For each pixel whether the patch around it may be copied.
    pub(crate) is_source: Vec<bool>,
    /// Pixel indices of all those centres, in row order.
    pub(crate) sources: Vec<u32>,
}

impl Level {
    /// The finest level, from colours, hole and sources of a window.
    pub(crate) fn finest(size: Size, colors: &[[f32; 3]], hole: &Plane<bool>, source: &Plane<bool>) -> Self {
        let texture = texture_energy(size, colors, hole);
        let exact: Vec<Sample> = colors.iter().zip(texture).map(|(&[r, g, b], t)| [r, g, b, t]).collect();
        let mut level = Self { size, bytes: Vec::new(), exact, hole: hole.clone(), source: source.clone() };
        level.quantize();
        level
    }

    /// The level with half the size: known pixels averaged, a pixel is hole when any pixel under it is.
    pub(crate) fn halved(&self) -> Self {
        let size = Size::new(self.size.width.div_ceil(2), self.size.height.div_ceil(2));
        let mut exact = vec![[0.0; 4]; size.area()];
        let mut hole = Plane::filled(size, false);
        let mut source = Plane::filled(size, true);
        for y in 0..size.height {
            for x in 0..size.width {
                let at = (y * size.width + x) as usize;
                let (mut sum, mut count) = ([0.0; 4], 0.0);
                for fy in (2 * y..2 * y + 2).take_while(|&fy| fy < self.size.height) {
                    for fx in (2 * x..2 * x + 2).take_while(|&fx| fx < self.size.width) {
                        if self.hole.at(fx, fy) {
                            hole.set(x, y, true);
                            continue;
                        }
                        if !self.source.at(fx, fy) {
                            source.set(x, y, false);
                        }
                        count += 1.0;
                        let value = self.exact[(fy * self.size.width + fx) as usize];
                        for c in 0..4 {
                            sum[c] += value[c];
                        }
                    }
                }
                let share = if count > 0.0 { 1.0 / count } else { 0.0 };
                for c in 0..4 {
                    exact[at][c] = sum[c] * share;
                }
                if hole.at(x, y) {
                    source.set(x, y, false);
                }
            }
        }
        let mut level = Self { size, bytes: Vec::new(), exact, hole, source };
        level.quantize();
        level
    }

    /// Brings `bytes` up to date with `exact`.
    pub(crate) fn quantize(&mut self) {
        self.bytes.resize(self.exact.len(), [0; 4]);
        for (bytes, exact) in self.bytes.iter_mut().zip(&self.exact) {
            // The cast saturates; values are not negative, so adding a half rounds.
            for c in 0..4 {
                bytes[c] = (exact[c] + 0.5) as u8;
            }
        }
    }

    /// The patches to be filled and to be copied for patches of `radius`. No source patch where the level is too small.
    pub(crate) fn sites(&self, radius: usize) -> Sites {
        let touches_hole = dilated(&self.hole, radius, |hole| hole);
        let touches_banned = dilated(&self.source, radius, |source| !source);
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let mut target_at = vec![NO_TARGET; width * height];
        let mut is_source = vec![false; width * height];
        let (mut targets, mut sources) = (Vec::new(), Vec::new());
        for y in radius..height.saturating_sub(radius) {
            for x in radius..width.saturating_sub(radius) {
                let at = y * width + x;
                if touches_hole[at] {
                    target_at[at] = targets.len() as u32;
                    targets.push(at as u32);
                }
                if !touches_banned[at] {
                    is_source[at] = true;
                    sources.push(at as u32);
                }
            }
        }
        Sites { radius: radius.min(MAX_RADIUS), targets, target_at, is_source, sources }
    }
}

/// Whether any pixel for which `wanted` holds lies in the square of `radius` around each pixel.
fn dilated(plane: &Plane<bool>, radius: usize, wanted: impl Fn(bool) -> bool) -> Vec<bool> {
    let (width, height) = (plane.size().width as usize, plane.size().height as usize);
    let mut across = vec![false; width * height];
    for y in 0..height {
        let row = plane.row(y as u32);
        let mut last: Option<usize> = None;
        for x in 0..width + radius {
            if x < width && wanted(row[x]) {
                last = Some(x);
            }
            if let Some(center) = x.checked_sub(radius) {
                across[y * width + center] = last.is_some_and(|at| at + radius >= center);
            }
        }
    }
    let mut out = vec![false; width * height];
    for x in 0..width {
        let mut last: Option<usize> = None;
        for y in 0..height + radius {
            if y < height && across[y * width + x] {
                last = Some(y);
            }
            if let Some(center) = y.checked_sub(radius) {
                out[center * width + x] = last.is_some_and(|at| at + radius >= center);
            }
        }
    }
    out
}

/// How lively the surroundings of each known pixel are: the mean absolute luminance gradient in a 5 x 5 square, scaled
/// to compare with colours. With it as a fourth channel smooth and lively patches of the same mean colour differ even
/// at coarse levels (the texture features of Newson et al., "Video Inpainting of Complex Scenes", 2014, section 3.2).
fn texture_energy(size: Size, colors: &[[f32; 3]], hole: &Plane<bool>) -> Vec<f32> {
    let (width, height) = (size.width as usize, size.height as usize);
    let luma = |at: usize| 0.299 * colors[at][0] + 0.587 * colors[at][1] + 0.114 * colors[at][2];
    let known = |at: usize| !hole.data()[at];
    let mut gradient = vec![(0.0f32, 0.0f32); width * height];
    for y in 0..height {
        for x in 0..width {
            let at = y * width + x;
            if !known(at) {
                continue;
            }
            let right = (x + 1 < width && known(at + 1)).then(|| (luma(at + 1) - luma(at)).abs());
            let below = (y + 1 < height && known(at + width)).then(|| (luma(at + width) - luma(at)).abs());
            if right.is_some() || below.is_some() {
                gradient[at] = (right.unwrap_or(0.0) + below.unwrap_or(0.0), 1.0);
            }
        }
    }
    let blurred = box_sum(&box_sum(&gradient, width, height, true), width, height, false);
    blurred
        .into_iter()
        .map(|(sum, count)| if count > 0.0 { (TEXTURE_WEIGHT * sum / count).min(255.0) } else { 0.0 })
        .collect()
}

fn box_sum(values: &[(f32, f32)], width: usize, height: usize, is_across: bool) -> Vec<(f32, f32)> {
    let mut out = vec![(0.0, 0.0); values.len()];
    for y in 0..height {
        for x in 0..width {
            let (position, limit, step) = if is_across { (x, width, 1) } else { (y, height, width) };
            let at = y * width + x;
            let (low, high) = (position.saturating_sub(2), (position + 2).min(limit - 1));
            let first = at - (position - low) * step;
            out[at] = (0..=high - low).fold((0.0, 0.0), |sum, k| {
                let value = values[first + k * step];
                (sum.0 + value.0, sum.1 + value.1)
            });
        }
    }
    out
}
