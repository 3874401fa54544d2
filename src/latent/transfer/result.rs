//! A found edit: the photo at any moment of the morph.

use std::sync::Arc;

use serde::Serialize;

use super::TransferRequest;
use super::field::Field;
use super::render::{Smoothing, render, shrunk};
use super::sheet::Sheet;
use crate::imaging::{Mask, Patch, PixelRect, Plane, Size};

/// Cells of the guided filter in its radius: for the photo, and for a screen.
const FINE: f32 = 4.0;
const COARSE: f32 = 1.0;

/// The photo's morph. Cheap to clone and shared between threads; never changed after it was found.
#[derive(Clone, Debug)]
pub struct Transfer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// From the first picture (nothing happens) to the last.
    fields: Vec<Field>,
    full: Prepared,
    small: Prepared,
    /// Pixels of the full photo to one of the small one.
    factor: u32,
    report: TransferReport,
}

#[derive(Debug)]
struct Prepared {
    sheet: Sheet,
    smoothing: Smoothing,
}

/// The morph on a screen: a patch of a smaller photo.
#[derive(Clone, Debug)]
pub struct Preview {
    /// New pixels of the smaller photo, in the photo's depth and channels.
    pub patch: Patch,
    /// The rectangle of the full photo that the patch covers when it is drawn stretched; it can hang over the photo's right
    /// and lower edge by less than a pixel of the smaller photo.
    pub rect: PixelRect,
    /// Pixels of the full photo to one of the smaller photo, a side.
    pub factor: u32,
}

/// How well the morph could be explained by motion and color.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TransferReport {
    /// Root mean square of what is left of the last picture's colors, on the scale 0..=1.
    pub residual: f32,
    /// Mean confidence, 0..=1.
    pub confidence: f32,
    /// Mean length of the motion from first to last picture, in pixels of the photo.
    pub motion: f32,
}

impl Transfer {
    pub(super) fn new(request: &TransferRequest, fields: Vec<Field>, report: TransferReport) -> Self {
        let side = fields.first().map_or(1, |field| field.side);
        let factor = (request.place.side / request.options.preview_side as f32).ceil().max(1.0) as u32;
        let full = Prepared::new(request, side, 1, FINE);
        let small = Prepared::new(request, side, factor, COARSE);
        Self { inner: Arc::new(Inner { fields, full, small, factor, report }) }
    }

    /// The photo at moment `t` of the morph, 0 (as it is) to 1 (the whole edit; what is out of range becomes the nearest),
    /// as a patch in the photo's own depth. Kept regions and all outside of the square have coverage 0.
    #[must_use]
    pub fn at(&self, t: f32) -> Patch {
        self.inner.full.draw(&self.inner.moment(t))
    }

    /// As [`Transfer::at`] at the size of a screen: made in a few milliseconds, so a slider can be followed.
    #[must_use]
    pub fn preview(&self, t: f32) -> Preview {
        let patch = self.inner.small.draw(&self.inner.moment(t));
        let (small, factor) = (patch.rect(), self.inner.factor as i32);
        let rect = PixelRect::new(small.x0 * factor, small.y0 * factor, small.x1 * factor, small.y1 * factor);
        Preview { patch, rect, factor: self.inner.factor }
    }

    /// The whole way from the first picture to the last.
    #[cfg(test)]
    pub(super) fn last_field(&self) -> &Field {
        &self.inner.fields[self.inner.fields.len() - 1]
    }

    /// How well the morph could be explained.
    #[must_use]
    pub fn report(&self) -> TransferReport {
        self.inner.report
    }
}

impl Inner {
    fn moment(&self, t: f32) -> Field {
        let last = self.fields.len() - 1;
        let place = if t.is_finite() { t.clamp(0.0, 1.0) * last as f32 } else { 0.0 };
        let from = (place as usize).min(last.saturating_sub(1));
        self.fields[from].towards(&self.fields[(from + 1).min(last)], place - from as f32)
    }
}

impl Prepared {
    fn new(request: &TransferRequest, side: usize, factor: u32, cells: f32) -> Self {
        let small = if factor > 1 { shrunk(&request.photo, factor) } else { None };
        let (photo, factor) = small.map_or_else(|| (request.photo.clone(), 1), |small| (small, factor));
        let place = request.place.scaled(1.0 / factor as f32);
        let keep = request.keep.as_ref().map(|keep| shrunk_mask(keep, factor));
        let options = &request.options;
        let radius = options.radius * place.side / side as f32;
        let stride = ((radius / cells) as usize).max(1);
        let smoothing = Smoothing { radius: (radius / stride as f32).round() as usize, epsilon: options.epsilon };
        Self { sheet: Sheet::new(photo, place, keep.as_ref(), stride, options.fade), smoothing }
    }

    fn draw(&self, field: &Field) -> Patch {
        render(&self.sheet, field, self.smoothing)
    }
}

/// A mask in blocks of `factor` pixels, each with the largest coverage in it.
fn shrunk_mask(mask: &Mask, factor: u32) -> Mask {
    if factor == 1 {
        return mask.clone();
    }
    let size = mask.size();
    let mut plane = Plane::filled(Size::new(size.width.div_ceil(factor), size.height.div_ceil(factor)), 0u8);
    let whole = mask.plane(size.rect());
    for y in 0..size.height {
        let row = plane.row_mut(y / factor);
        for (small, block) in row.iter_mut().zip(whole.row(y).chunks(factor as usize)) {
            *small = block.iter().fold(*small, |most, &v| most.max(v));
        }
    }
    Mask::from_plane(&plane)
}
