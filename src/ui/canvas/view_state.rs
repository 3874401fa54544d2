//! Where the photo lies on the screen: the only place where image positions and widget positions meet.
//!
//! Zoom is physical pixels for each image pixel, so 1.0 shows every sample exactly once on any screen. Nothing here is
//! part of a document, nothing is undone.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::imaging::{ImagePos, PixelRect, Size};

/// The largest zoom: 3200 %.
pub const MAX_ZOOM: f32 = 32.0;
/// Small photos are fitted into the window up to this zoom.
const MAX_FIT: f32 = 8.0;
/// The part of the window that a fitted photo takes.
const FIT_MARGIN: f32 = 0.96;
/// The smallest zoom as a part of the fitting one.
const MIN_OF_FIT: f32 = 0.3;
/// Points of the photo that panning leaves in the window.
const KEEP_IN_VIEW: f32 = 48.0;
/// One step of [`ViewState::zoom_in`].
const ZOOM_STEP: f32 = std::f32::consts::SQRT_2;

/// Zoom and position of a photo in a rectangle of the window.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewState {
    image_size: Size,
    viewport: Rect,
    pixels_per_point: f32,
    zoom: f32,
    /// The image position in the middle of the viewport.
    center: ImagePos,
    /// Whether the photo is kept fitted when the window changes its size.
    is_fitted: bool,
    /// The largest zoom that fits a picture into the window.
    max_fit: f32,
}

impl Default for ViewState {
    fn default() -> Self {
        Self {
            image_size: Size::new(1, 1),
            viewport: Rect::from_min_size(Pos2::ZERO, vec2(1.0, 1.0)),
            pixels_per_point: 1.0,
            zoom: 1.0,
            center: ImagePos::default(),
            is_fitted: true,
            max_fit: MAX_FIT,
        }
    }
}

impl ViewState {
    /// A view that enlarges pictures of a few pixels until they fill the window.
    #[must_use]
    pub fn for_small_pictures() -> Self {
        Self { max_fit: MAX_ZOOM, ..Self::default() }
    }

    /// Tells the photo's size, fitting it when it is another than before.
    pub fn set_image_size(&mut self, size: Size) {
        if size != self.image_size {
            self.image_size = size;
            self.fit();
        }
    }

    /// Tells where in the window the photo is shown, in points, and how many pixels a point has.
    pub fn set_viewport(&mut self, viewport: Rect, pixels_per_point: f32) {
        if viewport == self.viewport && pixels_per_point == self.pixels_per_point {
            return;
        }
        self.viewport = viewport;
        self.pixels_per_point = pixels_per_point;
        if self.is_fitted {
            self.fit();
        } else {
            self.set_zoom(self.zoom);
            self.clamp_center(0.0);
        }
    }

    /// Width and height of the photo.
    #[must_use]
    pub const fn image_size(&self) -> Size {
        self.image_size
    }

    /// Where in the window the photo is shown, in points.
    #[must_use]
    pub const fn viewport(&self) -> Rect {
        self.viewport
    }

    /// Physical pixels for each image pixel: 1.0 is 100 %.
    #[must_use]
    pub const fn zoom(&self) -> f32 {
        self.zoom
    }

    /// Points for each image pixel.
    #[must_use]
    pub fn points_per_pixel(&self) -> f32 {
        self.zoom / self.pixels_per_point
    }

    /// The zoom at which the whole photo is seen.
    #[must_use]
    pub fn fit_zoom(&self) -> f32 {
        let room = self.viewport.size() * self.pixels_per_point * FIT_MARGIN;
        let (w, h) = (self.image_size.width.max(1) as f32, self.image_size.height.max(1) as f32);
        (room.x / w).min(room.y / h).clamp(1e-4, self.max_fit)
    }

    /// The smallest zoom.
    #[must_use]
    pub fn min_zoom(&self) -> f32 {
        (self.fit_zoom() * MIN_OF_FIT).min(1.0)
    }

    /// Shows the whole photo, also when the window's size changes later.
    pub fn fit(&mut self) {
        self.zoom = self.fit_zoom();
        self.center = ImagePos::new(self.image_size.width as f32 / 2.0, self.image_size.height as f32 / 2.0);
        self.is_fitted = true;
    }

    /// Shows one image pixel as one physical pixel, around the middle of what is seen now.
    pub fn zoom_100(&mut self) {
        self.zoom_to(self.viewport.center(), 1.0);
    }

    /// One step larger around the middle.
    pub fn zoom_in(&mut self) {
        self.zoom_to(self.viewport.center(), snapped(self.zoom, self.zoom * ZOOM_STEP));
    }

    /// One step smaller around the middle.
    pub fn zoom_out(&mut self) {
        self.zoom_to(self.viewport.center(), snapped(self.zoom, self.zoom / ZOOM_STEP));
    }

    /// Multiplies the zoom by `factor`; the image position under `anchor` stays there.
    pub fn zoom_about(&mut self, anchor: Pos2, factor: f32) {
        if factor.is_finite() && factor > 0.0 && factor != 1.0 {
            self.zoom_to(anchor, self.zoom * factor);
        }
    }

    /// Moves the photo by `delta` points.
    pub fn pan(&mut self, delta: Vec2) {
        if delta == Vec2::ZERO || !delta.x.is_finite() || !delta.y.is_finite() {
            return;
        }
        let scale = self.points_per_pixel();
        self.center = ImagePos::new(self.center.x - delta.x / scale, self.center.y - delta.y / scale);
        self.is_fitted = false;
        self.clamp_center(KEEP_IN_VIEW);
    }

    /// The position in the window of a position in the image.
    #[must_use]
    pub fn ui_from_image(&self, pos: ImagePos) -> Pos2 {
        let (origin, scale) = (self.origin(), self.points_per_pixel());
        pos2(origin.x + pos.x * scale, origin.y + pos.y * scale)
    }

    /// The position in the image of a position in the window; it may lie outside of the image.
    #[must_use]
    pub fn image_from_ui(&self, pos: Pos2) -> ImagePos {
        let (origin, scale) = (self.origin(), self.points_per_pixel());
        ImagePos::new((pos.x - origin.x) / scale, (pos.y - origin.y) / scale)
    }

    /// The rectangle in the window of a rectangle of image pixels.
    #[must_use]
    pub fn ui_rect_from_image(&self, rect: PixelRect) -> Rect {
        let min = ImagePos::new(rect.x0 as f32, rect.y0 as f32);
        let max = ImagePos::new(rect.x1 as f32, rect.y1 as f32);
        Rect::from_min_max(self.ui_from_image(min), self.ui_from_image(max))
    }

    /// The rectangle in the window of the whole photo.
    #[must_use]
    pub fn ui_rect(&self) -> Rect {
        self.ui_rect_from_image(self.image_size.rect())
    }

    /// The image pixels that are at least partly seen.
    #[must_use]
    pub fn visible(&self) -> PixelRect {
        self.image_rect_from_ui(self.viewport).intersect(self.image_size.rect())
    }

    /// The smallest rectangle of image pixels around a rectangle of the window.
    #[must_use]
    pub fn image_rect_from_ui(&self, rect: Rect) -> PixelRect {
        let (min, max) = (self.image_from_ui(rect.min), self.image_from_ui(rect.max));
        let (low, high) = (|v: f32| v.floor() as i32, |v: f32| v.ceil() as i32);
        PixelRect::new(low(min.x), low(min.y), high(max.x), high(max.y))
    }

    /// The window position of the image's top left corner. At whole zooms it is moved onto the grid of physical
    /// pixels, by half of one at most, so that samples stay as sharp as they are.
    fn origin(&self) -> Pos2 {
        let scale = self.points_per_pixel();
        let middle = self.viewport.center();
        let origin = pos2(middle.x - self.center.x * scale, middle.y - self.center.y * scale);
        if self.zoom >= 1.0 && self.zoom.fract() == 0.0 {
            let snap = |v: f32| (v * self.pixels_per_point).round() / self.pixels_per_point;
            return pos2(snap(origin.x), snap(origin.y));
        }
        origin
    }

    fn set_zoom(&mut self, zoom: f32) {
        self.zoom = zoom.clamp(self.min_zoom(), MAX_ZOOM);
    }

    fn zoom_to(&mut self, anchor: Pos2, zoom: f32) {
        let under = self.image_from_ui(anchor);
        self.set_zoom(zoom);
        let scale = self.points_per_pixel();
        let offset = anchor - self.viewport.center();
        self.center = ImagePos::new(under.x - offset.x / scale, under.y - offset.y / scale);
        self.is_fitted = false;
        self.clamp_center(0.0);
    }

    /// Keeps at least `margin` points of the photo in the viewport, or as much as there is.
    fn clamp_center(&mut self, margin: f32) {
        let scale = self.points_per_pixel();
        let clamp = |center: f32, side: u32, room: f32| {
            let side = side as f32;
            let margin = margin.min(side * scale).min(room);
            let reach = (room / 2.0 - margin) / scale;
            center.clamp(-reach.max(-side / 2.0), side + reach.max(-side / 2.0))
        };
        let room = self.viewport.size().max(vec2(1.0, 1.0));
        self.center.x = clamp(self.center.x, self.image_size.width, room.x);
        self.center.y = clamp(self.center.y, self.image_size.height, room.y);
    }
}

/// `wanted`, or 100 % where a step from `from` would jump over it.
fn snapped(from: f32, wanted: f32) -> f32 {
    let crosses = (from < 0.99 && wanted > 1.01) || (from > 1.01 && wanted < 0.99);
    if crosses || (wanted - 1.0).abs() <= 0.01 { 1.0 } else { wanted }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn view(width: u32, height: u32, pixels_per_point: f32) -> ViewState {
        let mut view = ViewState::default();
        view.set_viewport(Rect::from_min_size(pos2(40.0, 30.0), vec2(800.0, 600.0)), pixels_per_point);
        view.set_image_size(Size::new(width, height));
        view
    }

    proptest! {
        #[test]
        fn zooming_keeps_the_image_position_under_the_cursor(
            (w, h) in (1u32..9000, 1u32..9000),
            ppp in prop::sample::select(vec![1.0f32, 1.25, 2.0]),
            (u, v) in (0.0f32..1.0, 0.0f32..1.0),
            factors in prop::collection::vec(0.3f32..3.0, 1..8),
        ) {
            let mut view = view(w, h, ppp);
            let inside = view.ui_rect().intersect(view.viewport());
            let anchor = inside.min + vec2(u * inside.width(), v * inside.height());
            let under = view.image_from_ui(anchor);
            for factor in factors {
                view.zoom_about(anchor, factor);
                let now = view.ui_from_image(under);
                prop_assert!(now.distance(anchor) < 0.9, "{now:?} is not {anchor:?} at zoom {}", view.zoom());
                prop_assert!(view.zoom() <= MAX_ZOOM && view.zoom() >= view.min_zoom() * 0.999, "within the limits");
            }
        }

        #[test]
        fn both_directions_are_inverse_and_the_photo_never_gets_lost(
            (w, h) in (1u32..9000, 1u32..9000),
            moves in prop::collection::vec((0.2f32..4.0, -3000.0f32..3000.0, -3000.0f32..3000.0), 0..8),
            (x, y) in (0.0f32..840.0, 0.0f32..630.0),
        ) {
            let mut view = view(w, h, 1.5);
            for (factor, dx, dy) in moves {
                view.zoom_about(pos2(x, y), factor);
                view.pan(vec2(dx, dy));
                let seen = view.ui_rect().intersect(view.viewport());
                prop_assert!(seen.width() > 0.0 && seen.height() > 0.0, "something is seen: {view:?}");
            }
            let back = view.ui_from_image(view.image_from_ui(pos2(x, y)));
            prop_assert!(back.distance(pos2(x, y)) < 0.05, "there and back: {back:?}");
        }
    }

    #[test]
    fn one_hundred_percent_is_one_physical_pixel() {
        let mut view = view(4000, 3000, 2.0);
        view.zoom_100();
        let rect = view.ui_rect_from_image(PixelRect::new(100, 100, 300, 200));
        assert_eq!((rect.width(), rect.height()), (100.0, 50.0), "half a point for each pixel");
        let corner = view.ui_rect().min * 2.0;
        assert_eq!((corner.x.fract(), corner.y.fract()), (0.0, 0.0), "on the pixel grid");
    }

    #[test]
    fn a_fitted_photo_follows_the_window_and_a_zoomed_one_does_not() {
        let mut view = view(1000, 1000, 1.0);
        assert!(view.viewport().contains_rect(view.ui_rect()), "all is seen");
        let larger = Rect::from_min_size(Pos2::ZERO, vec2(1600.0, 1200.0));
        view.set_viewport(larger, 1.0);
        assert!((view.zoom() - 1.152).abs() < 1e-3, "fitted again");
        view.zoom_in();
        let zoom = view.zoom();
        view.set_viewport(Rect::from_min_size(Pos2::ZERO, vec2(700.0, 500.0)), 1.0);
        assert_eq!(view.zoom(), zoom, "kept");
    }

    #[test]
    fn steps_stop_at_one_hundred_percent() {
        let mut view = view(4000, 3000, 1.0);
        let mut seen = Vec::new();
        for _ in 0..24 {
            view.zoom_in();
            seen.push(view.zoom());
        }
        assert!(seen.contains(&1.0), "100 % is among {seen:?}");
        assert_eq!(view.zoom(), MAX_ZOOM, "ends at 3200 %");
        for _ in 0..40 {
            view.zoom_out();
        }
        assert_eq!(view.zoom(), view.min_zoom(), "ends at the smallest");
    }
}
