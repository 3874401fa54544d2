//! Which squares of the photo a network is shown for a hole.

use crate::erase::Family;
use crate::erase::networks::NetworkInfo;
use crate::imaging::{PixelRect, Size};

/// A hole whose largest disc is at most this share of the network's square is painted at the photo's own resolution, square
/// by square.
const THIN_SHARE: f32 = 0.25;

/// Centred networks know the outer parts of their square only: the hole has to lie within 56 of 128 pixels, with a pixel to
/// spare on each side (`generators::context_encoder`).
const CENTERED_CONTEXT: f32 = 2.4;

/// At most this many squares bring a coarse fill to finer resolutions.
const MOST_FINE: usize = 16;

/// Squares of more pixels than this for one of the network's are refined: a photo that is shrunk to half its size and enlarged
/// again loses a fifth of its gradients.
const COARSE: f32 = 1.25;

/// A square that a network is shown, and the part of it that is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    /// In the photo, maybe reaching beyond its borders.
    pub(crate) square: PixelRect,
    /// Hole pixels in here are painted.
    pub(crate) core: PixelRect,
    /// Whether the hole holds a coarse fill already, of which the low frequencies stay.
    pub(crate) is_fine: bool,
}

/// What is to be filled and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Task {
    /// The box around the hole.
    pub(crate) hole: PixelRect,
    /// The diameter of the largest disc in the hole.
    pub(crate) width: f32,
    /// The photo's size.
    pub(crate) photo: Size,
    /// The square's side as a multiple of the hole's.
    pub(crate) context: f32,
    /// Whether the network itself has to give what detail it can: nothing else will.
    pub(crate) is_alone: bool,
}

/// The squares for `task`, in the order in which they are painted. `has_hole` tells whether a box holds hole pixels.
pub(crate) fn tiles(task: &Task, network: &NetworkInfo, has_hole: impl Fn(PixelRect) -> bool) -> Vec<Tile> {
    let native = network.resolution.max(8);
    let is_centered = network.family == Family::ContextEncoder;
    let extent = task.hole.width().max(task.hole.height());
    let context = if is_centered { task.context.max(CENTERED_CONTEXT) } else { task.context };
    let wanted = (extent as f32 * context).ceil() as u32;
    // Beyond the photo there is nothing to see: a larger square would only be coarser.
    let most = if is_centered { wanted } else { task.photo.width.max(task.photo.height) };
    let side = wanted.min(most).max(native);
    let place = |part: PixelRect, side: u32| place(part, task.photo, side, is_centered);
    if side > native && task.width <= THIN_SHARE * native as f32 && !is_centered {
        let cores = cores(task.hole, native / 2).filter(|&core| has_hole(core));
        return cores.map(|core| Tile { square: place(core, native), core, is_fine: false }).collect();
    }
    let mut tiles = vec![Tile { square: place(task.hole, side), core: task.hole, is_fine: false }];
    if !task.is_alone || is_centered {
        return tiles;
    }
    let mut scale = side as f32 / native as f32;
    while scale > COARSE {
        scale = (scale / 2.0).max(1.0);
        let side = (native as f32 * scale).round() as u32;
        let cores = cores(task.hole, side / 2).filter(|&core| has_hole(core));
        let finer: Vec<Tile> = cores.map(|core| Tile { square: place(core, side), core, is_fine: true }).collect();
        if tiles.len() + finer.len() > MOST_FINE {
            break;
        }
        tiles.extend(finer);
    }
    tiles
}

/// A square of `side` around `part`: centred on it, but moved into the photo where it fits; where it does not, centred on
/// the photo. Centred networks see the hole in the middle at any price.
fn place(part: PixelRect, photo: Size, side: u32, is_centered: bool) -> PixelRect {
    let start = |from: i32, to: i32, limit: u32| {
        let middle = from + (to - from) / 2 - side as i32 / 2;
        if is_centered {
            middle
        } else if side <= limit {
            middle.clamp(0, (limit - side) as i32)
        } else {
            -((side - limit) as i32 / 2)
        }
    };
    let (x0, y0) = (start(part.x0, part.x1, photo.width), start(part.y0, part.y1, photo.height));
    PixelRect::new(x0, y0, x0 + side as i32, y0 + side as i32)
}

/// Boxes of at most `side` that cover `hole`, row by row.
fn cores(hole: PixelRect, side: u32) -> impl Iterator<Item = PixelRect> {
    let side = side.max(1) as i32;
    let count = |length: u32| (length as i32 + side - 1) / side;
    let (columns, rows) = (count(hole.width()), count(hole.height()));
    (0..rows).flat_map(move |row| {
        (0..columns).map(move |column| {
            let (x, y) = (hole.x0 + column * side, hole.y0 + row * side);
            PixelRect::new(x, y, x + side, y + side).intersect(hole)
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn network(family: Family, resolution: u32) -> NetworkInfo {
        NetworkInfo { name: "test".to_owned(), family, resolution }
    }

    #[test]
    fn small_holes_are_seen_at_the_photo_s_resolution_and_wide_ones_smaller() {
        let task = |side: i32, width: f32, is_alone: bool| Task {
            hole: PixelRect::new(900, 900, 900 + side, 900 + side),
            width,
            photo: Size::new(4000, 3000),
            context: 2.2,
            is_alone,
        };
        let sides = |task: &Task| -> Vec<u32> {
            let found = tiles(task, &network(Family::Comodgan, 256), |_| true);
            found.iter().map(|tile| tile.square.width()).collect()
        };
        assert_eq!(sides(&task(80, 80.0, true)), [256], "native");
        assert_eq!(
            sides(&task(200, 200.0, true)),
            [440, 256, 256, 256, 256],
            "1.7 times smaller, then at its own size"
        );
        assert_eq!(sides(&task(200, 200.0, false)), [440], "no detail is wanted");
        assert_eq!(sides(&task(400, 400.0, false)), [880], "the exemplar engine gives the detail");
        let alone = sides(&task(400, 400.0, true));
        assert_eq!((alone[0], alone[1], alone.len()), (880, 440, 5), "else the network does: {alone:?}");
        assert_eq!(sides(&task(400, 12.0, false)), [256; 16], "a thin one is never shrunk");
        let small = Task { photo: Size::new(1400, 1350), ..task(400, 400.0, false) };
        let small = Task { context: 6.0, ..small };
        assert_eq!(sides(&small), [1400], "no larger than the photo");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Photos down to one pixel, holes at any border: every hole pixel is painted once at each scale, inside of a square
        /// that holds its core.
        #[test]
        fn every_hole_pixel_lies_in_one_core_of_each_scale(
            (width, height) in (1u32..900, 1u32..900),
            (x, y, w, h) in (0i32..900, 0i32..900, 1i32..900, 1i32..900),
            disc in 1.0f32..200.0,
            resolution in prop_oneof![Just(8u32), Just(64), Just(128), Just(256)],
            family in prop_oneof![Just(Family::Comodgan), Just(Family::ContextEncoder)],
            is_alone in proptest::bool::ANY,
        ) {
            let photo = Size::new(width, height);
            let hole = PixelRect::new(x, y, x + w, y + h).intersect(photo.rect());
            prop_assume!(!hole.is_empty());
            let task = Task { hole, width: disc, photo, context: 2.2, is_alone };
            let found = tiles(&task, &network(family, resolution), |_| true);
            prop_assert!(!found.is_empty());
            let coarse: usize = found.iter().filter(|tile| !tile.is_fine).map(|tile| tile.core.size().area()).sum();
            prop_assert_eq!(coarse, hole.size().area(), "covered once");
            for tile in &found {
                prop_assert_eq!(tile.square.width(), tile.square.height(), "square");
                prop_assert!(tile.square.width() >= resolution, "never enlarged for the network");
                prop_assert!(tile.square.contains_rect(tile.core), "{:?} in {:?}", tile.core, tile.square);
                let fits = tile.square.width() <= width.min(height);
                let is_inside = photo.rect().contains_rect(tile.square);
                prop_assert!(!fits || is_inside || family == Family::ContextEncoder, "moved into the photo");
            }
        }
    }
}
