//! Brush strokes to coverage: one tapered capsule for each two samples of the pointer.
//!
//! It decides nothing about gestures or undo, and it never uses the thread pool: the window calls it between two frames,
//! when a fill may keep every thread of the pool busy.

use super::{ImagePos, Mask, PixelRect};

pub use super::mask::Paint;

/// Positions further away than this are moved here, so that no sum of them overflows.
const FAR: f32 = 1.0e7;

/// Half of the width in pixels over which the edge of a hard brush goes from full to nothing.
const EDGE: f32 = 0.5;

/// What is painted with. All fields are in photo pixels or fractions; values out of range are clamped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brush {
    /// Pixels from the centre to the outer edge, at least 0.5.
    pub radius: f32,
    /// 0..=1: the fraction of the radius with full coverage. The edge is anti-aliased even at 1.
    pub hardness: f32,
    /// Whether the stroke adds coverage or takes it away.
    pub paint: Paint,
}

/// Where the pointer was, and how hard it was pressed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BrushSample {
    /// The position in the photo.
    pub pos: ImagePos,
    /// 0..=1, scales the radius; 1 for a mouse.
    pub pressure: f32,
}

/// Paints the stroke from one sample to the next and returns the rectangle outside of which nothing changed.
///
/// The coverage is the larger (with [`Paint::Subtract`] the smaller) of what was there and what is painted, so strokes
/// that overlap do not accumulate. Equal samples paint a disc. A position that is not finite paints nothing.
pub fn stroke(mask: &mut Mask, from: BrushSample, to: BrushSample, brush: &Brush) -> PixelRect {
    let Some(capsule) = Capsule::new(from, to, brush) else { return PixelRect::default() };
    let rect = capsule.outer.bounds().intersect(mask.size().rect());
    if rect.is_empty() {
        return PixelRect::default();
    }
    let mut row = vec![0u8; rect.width() as usize];
    for y in rect.y0..rect.y1 {
        let clip = |(start, end): (i32, i32)| (start.clamp(rect.x0, rect.x1), end.clamp(rect.x0, rect.x1));
        let Some((start, end)) = capsule.outer.span(y, 1.0).map(clip).filter(|(start, end)| start < end) else {
            continue;
        };
        let inner = capsule.inner.and_then(|inner| inner.span(y, 0.0)).map(clip).filter(|(start, end)| start < end);
        let (full_start, full_end) = inner.unwrap_or((end, end));
        let (full_start, full_end) = (full_start.clamp(start, end), full_end.clamp(start, end));
        let row = &mut row[..(end - start) as usize];
        let (left, rest) = row.split_at_mut((full_start - start) as usize);
        let (full, right) = rest.split_at_mut((full_end - full_start) as usize);
        capsule.cover(left, start, y);
        full.fill(255);
        capsule.cover(right, full_end, y);
        mask.paint_row(start, y, row, brush.paint);
    }
    if brush.paint == Paint::Subtract {
        mask.drop_empty_tiles(rect);
    }
    rect
}

/// The stroke between two samples: where it can cover, where it covers fully, and the profile between.
struct Capsule {
    /// The brush's own outline.
    core: Hull,
    /// Fraction of the radius over which coverage falls off.
    soft: f32,
    /// Outside of this there is no coverage.
    outer: Hull,
    /// Inside of this there is full coverage.
    inner: Option<Hull>,
}

impl Capsule {
    fn new(from: BrushSample, to: BrushSample, brush: &Brush) -> Option<Self> {
        let hardness = if brush.hardness.is_finite() { brush.hardness.clamp(0.0, 1.0) } else { 1.0 };
        let disc = |sample: BrushSample| {
            let radius = (brush.radius * sample.pressure.clamp(0.0, 1.0)).clamp(0.5, FAR);
            let is_finite = sample.pos.x.is_finite() && sample.pos.y.is_finite() && radius.is_finite();
            is_finite.then(|| Disc { x: sample.pos.x.clamp(-FAR, FAR), y: sample.pos.y.clamp(-FAR, FAR), radius })
        };
        let core = Hull::around(disc(from)?, disc(to)?);
        let inner = core.scaled(hardness, -EDGE);
        // Of a soft stroke that also tapers, the nearest disc is not the one that covers most: no shortcut there.
        let is_exact = hardness >= 1.0 || core.taper == 0.0;
        let has_inner = is_exact && inner.from.radius > 1.0 && inner.to.radius > 1.0;
        Some(Self { core, soft: 1.0 - hardness, outer: core.scaled(1.0, EDGE), inner: has_inner.then_some(inner) })
    }

    /// Writes the coverage of the pixels of row `y` from column `start` on.
    #[expect(clippy::imprecise_flops, reason = "hypot is a call; a root of a sum is vectorised, and nothing overflows")]
    fn cover(&self, out: &mut [u8], start: i32, y: i32) {
        let Hull { from, along: (ux, uy), length, taper, shift, .. } = self.core;
        let dy = y as f32 + 0.5 - from.y;
        let first = start as f32 + 0.5 - from.x;
        for (step, value) in out.iter_mut().enumerate() {
            let dx = first + step as f32;
            let along = dx * ux + dy * uy;
            let across = (dy * ux - dx * uy).abs();
            // The disc of the stroke in which the pixel lies deepest.
            let nearest = (along + across * shift).max(0.0).min(length);
            let radius = from.radius + taper * nearest;
            let aside = along - nearest;
            let outside = (aside * aside + across * across).sqrt() - radius;
            let t = ((EDGE - outside) / (radius * self.soft + 2.0 * EDGE)).clamp(0.0, 1.0);
            *value = (t * t * (3.0 - 2.0 * t) * 255.0 + 0.5) as u8;
        }
    }
}

#[derive(Clone, Copy)]
struct Disc {
    x: f32,
    y: f32,
    radius: f32,
}

impl Disc {
    /// The horizontal extent on the line `y`.
    fn span(self, y: f32) -> Option<(f32, f32)> {
        let under = self.radius * self.radius - (y - self.y) * (y - self.y);
        (self.radius > 0.0 && under >= 0.0).then(|| (self.x - under.sqrt(), self.x + under.sqrt()))
    }
}

/// The convex hull of two discs.
#[derive(Clone, Copy)]
struct Hull {
    from: Disc,
    to: Disc,
    /// Unit vector from one centre to the other.
    along: (f32, f32),
    /// Distance of the centres.
    length: f32,
    /// Change of the radius for each pixel along.
    taper: f32,
    /// How far along the stroke the nearest disc moves for each pixel across.
    shift: f32,
}

impl Hull {
    fn around(from: Disc, to: Disc) -> Self {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx.hypot(dy);
        // Where one disc holds the other one, the larger is all of the hull. The margin keeps the tangents finite.
        if length <= (to.radius - from.radius).abs() * 1.001 + 1.0e-3 {
            let disc = if from.radius >= to.radius { from } else { to };
            return Self { from: disc, to: disc, along: (1.0, 0.0), length: 0.0, taper: 0.0, shift: 0.0 };
        }
        let taper = (to.radius - from.radius) / length;
        let shift = taper / (1.0 - taper * taper).sqrt();
        Self { from, to, along: (dx / length, dy / length), length, taper, shift }
    }

    /// Both discs with radius `radius * factor + more`.
    fn scaled(self, factor: f32, more: f32) -> Self {
        let scale = |disc: Disc| Disc { radius: disc.radius * factor + more, ..disc };
        Self::around(scale(self.from), scale(self.to))
    }

    fn bounds(self) -> PixelRect {
        let low = |a: f32, b: f32| (a.min(b)).floor() as i32;
        let high = |a: f32, b: f32| (a.max(b)).ceil() as i32;
        PixelRect::new(
            low(self.from.x - self.from.radius, self.to.x - self.to.radius),
            low(self.from.y - self.from.radius, self.to.y - self.to.radius),
            high(self.from.x + self.from.radius, self.to.x + self.to.radius),
            high(self.from.y + self.from.radius, self.to.y + self.to.radius),
        )
    }

    /// The columns of row `y` whose centres are inside, with `margin` pixels more on both sides.
    fn span(self, y: i32, margin: f32) -> Option<(i32, i32)> {
        let y = y as f32 + 0.5;
        let join = |a: Option<(f32, f32)>, b: Option<(f32, f32)>| match (a, b) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (one, other) => one.or(other),
        };
        let (start, end) = join(join(self.from.span(y), self.to.span(y)), self.quad_span(y))?;
        Some(((start - margin - 0.5).ceil() as i32, ((end + margin - 0.5).floor() as i32).saturating_add(1)))
    }

    /// The extent on the line `y` of the quadrangle between the four points where the tangents touch the discs.
    fn quad_span(self, y: f32) -> Option<(f32, f32)> {
        let (ux, uy) = self.along;
        let across = (1.0 - self.taper * self.taper).max(0.0).sqrt();
        let touch = |disc: Disc, side: f32| {
            let (back, aside) = (-self.taper * disc.radius, side * across * disc.radius);
            (disc.x + ux * back - uy * aside, disc.y + uy * back + ux * aside)
        };
        let corners = [touch(self.from, 1.0), touch(self.to, 1.0), touch(self.to, -1.0), touch(self.from, -1.0)];
        let mut span: Option<(f32, f32)> = None;
        for (at, &(x0, y0)) in corners.iter().enumerate() {
            let (x1, y1) = corners[(at + 1) % 4];
            if (y0 <= y) != (y1 <= y) {
                let x = x0 + (x1 - x0) * ((y - y0) / (y1 - y0));
                span = Some(span.map_or((x, x), |(start, end)| (start.min(x), end.max(x))));
            }
        }
        span
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;
    use crate::imaging::Size;

    fn sample(x: f32, y: f32, pressure: f32) -> BrushSample {
        BrushSample { pos: ImagePos::new(x, y), pressure }
    }

    fn hard(radius: f32) -> Brush {
        Brush { radius, hardness: 1.0, paint: Paint::Add }
    }

    fn area(mask: &Mask) -> f64 {
        mask.plane(mask.size().rect()).data().iter().map(|&v| f64::from(v) / 255.0).sum()
    }

    #[test]
    fn a_click_paints_a_disc_and_a_drag_a_capsule() {
        let mut mask = Mask::empty(Size::new(600, 600));
        let rect = stroke(&mut mask, sample(300.3, 299.8, 1.0), sample(300.3, 299.8, 1.0), &hard(100.0));
        let expected = std::f64::consts::PI * 1e4;
        assert!((area(&mask) - expected).abs() < expected * 0.003, "disc of {} px", area(&mask));
        assert_eq!(mask.coverage_at(300, 300), 255, "full in the middle");
        assert!(rect.contains_rect(mask.bounds(1)) && rect.width() < 205, "tight: {rect:?}");
        let mut mask = Mask::empty(Size::new(600, 600));
        stroke(&mut mask, sample(100.0, 100.0, 1.0), sample(400.0, 500.0, 1.0), &hard(20.0));
        let expected = std::f64::consts::PI * 400.0 + 500.0 * 40.0;
        assert!((area(&mask) - expected).abs() < expected * 0.003, "capsule of {} px", area(&mask));
    }

    #[test]
    fn pressure_tapers() {
        let mut mask = Mask::empty(Size::new(300, 100));
        stroke(&mut mask, sample(50.0, 50.0, 1.0), sample(250.0, 50.0, 0.1), &hard(40.0));
        let height = |x| (0..100).filter(|&y| mask.is_hole(x, y)).count();
        assert!(height(60) > 70 && height(245) < 15, "wide {} and thin {}", height(60), height(245));
        assert!((100..240).all(|x| height(x) >= height(x + 1)), "thinner all along");
    }

    #[test]
    fn a_soft_brush_falls_off_and_keeps_its_radius() {
        let mut mask = Mask::empty(Size::new(200, 200));
        let brush = Brush { radius: 50.0, hardness: 0.2, paint: Paint::Add };
        stroke(&mut mask, sample(100.0, 100.0, 1.0), sample(100.0, 100.0, 1.0), &brush);
        let row: Vec<u8> = (100..152).map(|x| mask.coverage_at(x, 100)).collect();
        assert!(row.windows(2).all(|pair| pair[0] >= pair[1]), "falls all the way: {row:?}");
        assert_eq!((row[5], row[51]), (255, 0), "full inside, nothing beyond the radius");
    }

    #[test]
    fn subtracting_takes_away_and_drops_tiles() {
        let mut mask = Mask::empty(Size::new(600, 600));
        let (a, b) = (sample(100.0, 100.0, 1.0), sample(500.0, 430.0, 1.0));
        stroke(&mut mask, a, b, &hard(30.0));
        stroke(&mut mask, a, b, &Brush { paint: Paint::Subtract, ..hard(32.0) });
        assert!(mask.is_empty() && mask.byte_len() == 0, "nothing left, nothing held");
    }

    #[test]
    fn the_largest_brush_keeps_up_with_a_pen() {
        let mut mask = Mask::empty(Size::new(8660, 5773));
        let brush = Brush { radius: 600.0, hardness: 0.5, paint: Paint::Add };
        stroke(&mut mask, sample(4000.0, 3000.0, 1.0), sample(4000.0, 3000.0, 1.0), &brush);
        let started = Instant::now();
        stroke(&mut mask, sample(4000.0, 3000.0, 1.0), sample(4030.0, 3020.0, 0.9), &brush);
        assert!(started.elapsed().as_millis() < 500, "{:?} for one segment", started.elapsed());
    }

    #[test]
    fn wild_numbers_do_no_harm() {
        let mut mask = Mask::empty(Size::new(64, 64));
        let wild = [f32::NAN, f32::INFINITY, -f32::INFINITY, f32::MAX, -f32::MAX, 1e9, -1e9, 0.0, 30.0];
        for (i, &x) in wild.iter().enumerate() {
            for (j, &y) in wild.iter().enumerate() {
                let brush = Brush { radius: wild[(i + j) % 9], hardness: wild[(i * 2 + j) % 9], paint: Paint::Add };
                let rect = stroke(&mut mask, sample(x, y, wild[(j * 2 + i) % 9]), sample(y, 20.0, 1.0), &brush);
                assert!(mask.size().rect().contains_rect(rect), "inside: {rect:?}");
            }
        }
        let mut none = Mask::empty(Size::new(0, 0));
        assert!(stroke(&mut none, sample(0.0, 0.0, 1.0), sample(1.0, 1.0, 1.0), &hard(5.0)).is_empty(), "no pixel");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn nothing_changes_outside_of_the_rectangle_and_every_value_is_exact(
            ends in prop::array::uniform4(-40.0f32..300.0),
            pressures in prop::array::uniform2(0.0f32..1.2),
            radius in 0.0f32..70.0,
            hardness in 0.0f32..1.0,
            old in 0u8..=255,
        ) {
            let mut mask = Mask::empty(Size::new(260, 270));
            mask.write(mask.size().rect(), |_, _, _| old);
            let brush = Brush { radius, hardness, paint: Paint::Add };
            let [from, to] = [sample(ends[0], ends[1], pressures[0]), sample(ends[2], ends[3], pressures[1])];
            let rect = stroke(&mut mask, from, to, &brush);
            let capsule = Capsule::new(from, to, &brush).unwrap();
            for y in 0..270 {
                let mut exact = [0u8; 260];
                capsule.cover(&mut exact, 0, y);
                for x in 0..260 {
                    let now = mask.coverage_at(x, y);
                    if rect.contains(x, y) {
                        let want = exact[x as usize].max(old);
                        prop_assert!(now.abs_diff(want) <= 3, "{now} instead of {want} at {x}, {y}");
                    } else {
                        prop_assert_eq!(now, old, "outside at {}, {}", x, y);
                    }
                }
            }
            let again = mask.clone();
            stroke(&mut mask, from, to, &brush);
            prop_assert!(mask == again, "painting twice adds nothing");
        }
    }
}
