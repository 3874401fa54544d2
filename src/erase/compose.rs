//! From an engine's colours to a patch: colour alignment on the known ring, then a feather outwards only.

use crate::control::CancelToken;
use crate::imaging::{ColorModel, Frame, Patch, PixelRect, Plane, Samples, Size};

use super::Settings;
use super::inpainter::{Filled, Progressed};
use super::membrane::{Weighted, pull_push};
use super::poisson;
use super::window::{Window, grown};

/// How far colour differences at the hole's edge reach into the hole, as a share of the hole's width: all the way in
/// thin holes, where the photo on both sides knows best, while shadows at the edge of a wide one stay near it.
const SCREEN_SHARE: f32 = 0.1;

/// The least reach in pixels.
const LEAST_SCREEN_LENGTH: f32 = 10.0;

/// The widest feather in pixels.
pub(crate) const MAX_FEATHER: u32 = 12;

/// Depth and channels of the photo a patch is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    /// Channels.
    pub(crate) model: ColorModel,
    /// 8 or 16.
    pub(crate) bits: u32,
}

/// The feather's width in pixels. A fill meets the photo in the gradient domain, so unless asked for there is none.
pub(crate) fn feather(settings: &Settings) -> u32 {
    settings.feather.unwrap_or(0).min(MAX_FEATHER)
}

/// Turns a complete fill into a patch over the hole and its feather.
///
/// The colours are made to meet the photo, and pieces from differently lit places to meet each other, in the gradient
/// domain ([`poisson`]).
pub(crate) fn patch_of_fill(
    window: &Window,
    fill: &Filled,
    settings: &Settings,
    target: Target,
    cancel: &CancelToken,
) -> Option<Patch> {
    let feather = feather(settings);
    let distance = distance_outside(&window.hole, feather as f32 + 1.0);
    let colors = met(window, fill, settings, cancel);
    let alpha = |at: usize| (255.0 * feather_share(distance.data()[at], feather as f32)).round() as u8;
    finish_patch(window, patch_part(&window.hole, feather), target, |at| colors[at], alpha)
}

/// The colours of a fill, made to meet the photo in the gradient domain; the photo's where nothing is filled.
pub(crate) fn met(window: &Window, fill: &Filled, settings: &Settings, cancel: &CancelToken) -> Vec<[f32; 3]> {
    let is_free = grown(&window.hole, feather(settings), window.size().rect());
    let mut colors = fill.colors.clone();
    // What is not free is the photo's own, whatever the engine thinks of it.
    for (at, color) in colors.iter_mut().enumerate().filter(|(at, _)| !is_free.data()[*at]) {
        *color = window.colors[at];
    }
    let reach = (SCREEN_SHARE * window.hole_width()).max(LEAST_SCREEN_LENGTH);
    let correction =
        poisson::correction(window.size(), &colors, &fill.gradients, is_free.data(), (reach * reach).recip(), cancel);
    for (color, by) in colors.iter_mut().zip(correction) {
        for c in 0..3 {
            color[c] += by[c];
        }
    }
    colors
}

/// The smooth fill of a window as a patch: the hole continued from its surroundings, with `grain` added if given.
pub(crate) fn patch_of_membrane(
    window: &Window,
    grain: Option<&[[f32; 3]]>,
    feather: u32,
    target: Target,
) -> Option<Patch> {
    let open = grown(&window.hole, feather, window.size().rect());
    let distance = distance_outside(&window.hole, feather as f32 + 1.0);
    let weights: Vec<f32> = open.data().iter().map(|&open| if open { 0.0 } else { 1.0 }).collect();
    let colors = pull_push(Weighted { size: window.size(), values: window.colors.clone(), weights });
    let color = |at: usize| {
        let (color, by) = (colors[at], grain.map_or([0.0; 3], |grain| grain[at]));
        [color[0] + by[0], color[1] + by[1], color[2] + by[2]]
    };
    let alpha = |at: usize| (255.0 * feather_share(distance.data()[at], feather as f32)).round() as u8;
    finish_patch(window, patch_part(&window.hole, feather), target, color, alpha)
}

/// A patch that shows a fill in progress: the colours enlarged, no feather.
pub(crate) fn patch_of_progress(window: &Window, shown: &Progressed, target: Target) -> Option<Patch> {
    if shown.size.area() == 0 {
        return None;
    }
    let part = patch_part(&window.hole, 0);
    let size = window.size();
    let scale_x = shown.size.width as f32 / size.width as f32;
    let scale_y = shown.size.height as f32 / size.height as f32;
    let color = |at: usize| {
        let (x, y) = (at % size.width as usize, at / size.width as usize);
        sample(shown, (x as f32 + 0.5) * scale_x - 0.5, (y as f32 + 0.5) * scale_y - 0.5)
    };
    finish_patch(window, part, target, color, |at| if window.hole.data()[at] { 255 } else { 0 })
}

fn sample(shown: &Progressed, x: f32, y: f32) -> [f32; 3] {
    let (width, height) = (shown.size.width as usize, shown.size.height as usize);
    let (x, y) = (x.clamp(0.0, (width - 1) as f32), y.clamp(0.0, (height - 1) as f32));
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(width - 1), (y0 + 1).min(height - 1));
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let at = |x: usize, y: usize| shown.colors[y * width + x];
    let mix = |a: f32, b: f32, t: f32| a + (b - a) * t;
    [0, 1, 2].map(|c| mix(mix(at(x0, y0)[c], at(x1, y0)[c], fx), mix(at(x0, y1)[c], at(x1, y1)[c], fx), fy))
}

fn feather_share(distance: f32, feather: f32) -> f32 {
    if distance <= 0.0 {
        return 1.0;
    }
    let t = (1.0 - distance / (feather + 1.0)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn patch_part(hole: &Plane<bool>, margin: u32) -> PixelRect {
    hole.bounds(|hole| hole).grow(margin as i32 + 1).intersect(hole.size().rect())
}

fn finish_patch(
    window: &Window,
    part: PixelRect,
    target: Target,
    color: impl Fn(usize) -> [f32; 3],
    alpha: impl Fn(usize) -> u8,
) -> Option<Patch> {
    let width = window.size().width as usize;
    let at = (part.y0..part.y1).flat_map(|y| (part.x0..part.x1).map(move |x| y as usize * width + x as usize));
    let coverage: Vec<u8> = at.clone().map(alpha).collect();
    // Colours that do not show are not worth making.
    let shown = at.zip(&coverage).map(|(at, &alpha)| if alpha > 0 { color(at) } else { window.colors[at] });
    let samples = if target.bits == 16 {
        Samples::U16(samples_of(shown, target.model, 257.0, u16::MAX, |v| v as u16))
    } else {
        Samples::U8(samples_of(shown, target.model, 1.0, u8::MAX, |v| v as u8))
    };
    let coverage = Plane::from_vec(part.size(), coverage)?;
    let pixels = Frame::new(part.size(), target.model, samples)?;
    Patch::new(part.translate(window.rect.x0, window.rect.y0), pixels, coverage)
}

fn samples_of<T: Copy>(
    colors: impl Iterator<Item = [f32; 3]>,
    model: ColorModel,
    scale: f32,
    opaque: T,
    narrow: impl Fn(f32) -> T,
) -> Vec<T> {
    let limit = 255.0 * scale;
    let to = |v: f32| narrow((v * scale).clamp(0.0, limit) + 0.5);
    let mut out = Vec::with_capacity(colors.size_hint().0 * model.channels());
    for [r, g, b] in colors {
        match model.color_channels() {
            1 => out.push(to(0.299 * r + 0.587 * g + 0.114 * b)),
            _ => out.extend([to(r), to(g), to(b)]),
        }
        if model.has_alpha() {
            out.push(opaque);
        }
    }
    out
}

/// For each pixel outside of the hole the Euclidean distance to it, 0 inside, at most `limit + 1`.
fn distance_outside(hole: &Plane<bool>, limit: f32) -> Plane<f32> {
    let (size, reach) = (hole.size(), limit.ceil() as i32);
    let mut out = Plane::filled(size, limit + 1.0);
    let part = hole.bounds(|hole| hole).grow(reach).intersect(size.rect());
    let down = vertical_distance(hole, part, reach);
    for y in part.y0..part.y1 {
        for x in part.x0..part.x1 {
            let mut best = f32::MAX;
            for dx in -reach..=reach {
                if x + dx < part.x0 || x + dx >= part.x1 {
                    continue;
                }
                let dy = down.at((x + dx - part.x0) as u32, (y - part.y0) as u32);
                if dy <= reach {
                    best = best.min((dx * dx + dy * dy) as f32);
                }
            }
            out.set(x as u32, y as u32, best.sqrt().min(limit + 1.0));
        }
    }
    out
}

/// Steps up or down to the nearest hole pixel of the same column, more than `reach` where there is none.
fn vertical_distance(hole: &Plane<bool>, part: PixelRect, reach: i32) -> Plane<i32> {
    let size = Size::new(part.width(), part.height());
    let mut out = Plane::filled(size, reach + 1);
    for x in 0..size.width {
        for is_upward in [false, true] {
            let mut last = reach + 1;
            for step in 0..size.height {
                let y = if is_upward { size.height - 1 - step } else { step };
                let is_hole = hole.at(x + part.x0 as u32, y + part.y0 as u32);
                last = if is_hole { 0 } else { (last + 1).min(reach + 1) };
                out.set(x, y, out.at(x, y).min(last));
            }
        }
    }
    out
}
