//! Coverage masks: what is to be erased, at the photo's own resolution.
//!
//! The polarity is decided here, once: 255 is hole, 0 is keep, [`Mask::is_hole`] is coverage >= 128. Masks are stored
//! in tiles that are shared until written to, so a snapshot for undo costs a few pointers.

use std::sync::Arc;

use super::{PixelRect, Plane, Size};

/// The side of a tile in pixels.
pub const TILE: u32 = 256;

/// Coverage at and above this value is hole.
pub const HOLE_THRESHOLD: u8 = 128;

/// Whether painting adds coverage or takes it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Paint {
    /// The new coverage is the larger of old and painted.
    #[default]
    Add,
    /// The new coverage is the smaller of old and 255 - painted.
    Subtract,
}

/// An 8-bit coverage mask in copy-on-write tiles. A missing tile is all 0 (keep).
#[derive(Clone, Debug)]
pub struct Mask {
    size: Size,
    columns: u32,
    tiles: Vec<Option<Arc<[u8]>>>,
}

impl Mask {
    /// A mask without holes.
    #[must_use]
    pub fn empty(size: Size) -> Self {
        let columns = size.width.div_ceil(TILE);
        let rows = size.height.div_ceil(TILE);
        Self { size, columns, tiles: vec![None; columns as usize * rows as usize] }
    }

    /// A mask with the coverage of `plane`, which has the mask's size.
    #[must_use]
    pub fn from_plane(plane: &Plane<u8>) -> Self {
        let mut mask = Self::empty(plane.size());
        mask.write(plane.size().rect(), |x, y, _| plane.at(x, y));
        mask
    }

    /// Width and height.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Columns and rows of tiles.
    #[must_use]
    pub fn tile_grid(&self) -> (u32, u32) {
        (self.columns, self.size.height.div_ceil(TILE))
    }

    /// The coverage of tile `(column, row)` as `TILE * TILE` values in row order; `None` when it is all 0.
    /// Two snapshots that share a tile return the same pointer.
    #[must_use]
    pub fn tile(&self, column: u32, row: u32) -> Option<&Arc<[u8]>> {
        self.tiles.get((row * self.columns + column) as usize)?.as_ref()
    }

    /// A mask made of `tiles` in row order, each `TILE * TILE` values, shared with whoever else holds them. `None` when
    /// their number or a length is wrong, or when a tile has coverage outside of `size`.
    #[must_use]
    pub fn from_tiles(size: Size, tiles: Vec<Option<Arc<[u8]>>>) -> Option<Self> {
        let mask = Self { tiles, ..Self::empty(size) };
        let (columns, rows) = mask.tile_grid();
        let fits = |at: usize, tile: &Arc<[u8]>| {
            let (left, top) = mask.tile_origin(at);
            let (width, height) = (size.width as usize - left as usize, size.height as usize - top as usize);
            let is_clear = |(y, row): (usize, &[u8])| {
                let outside = if y < height { width.min(row.len()) } else { 0 };
                row.get(outside..).is_none_or(|rest| rest.iter().all(|&v| v == 0))
            };
            tile.len() == (TILE * TILE) as usize && tile.chunks(TILE as usize).enumerate().all(is_clear)
        };
        let is_complete = mask.tiles.len() == columns as usize * rows as usize;
        let all_fit =
            is_complete && mask.tiles.iter().enumerate().all(|(at, t)| t.as_ref().is_none_or(|t| fits(at, t)));
        all_fit.then_some(mask)
    }

    /// The coverage at `(x, y)`; 0 outside.
    #[must_use]
    #[inline]
    pub fn coverage_at(&self, x: i32, y: i32) -> u8 {
        if !self.size.rect().contains(x, y) {
            return 0;
        }
        let (x, y) = (x as u32, y as u32);
        match &self.tiles[((y / TILE) * self.columns + x / TILE) as usize] {
            Some(tile) => tile[((y % TILE) * TILE + x % TILE) as usize],
            None => 0,
        }
    }

    /// Whether `(x, y)` is hole: to be erased.
    #[must_use]
    #[inline]
    pub fn is_hole(&self, x: i32, y: i32) -> bool {
        self.coverage_at(x, y) >= HOLE_THRESHOLD
    }

    /// Whether no pixel has any coverage.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tiles.iter().flatten().all(|tile| tile.iter().all(|&v| v == 0))
    }

    /// The number of hole pixels.
    #[must_use]
    pub fn hole_count(&self) -> usize {
        self.tiles.iter().flatten().map(|tile| tile.iter().filter(|&&v| v >= HOLE_THRESHOLD).count()).sum()
    }

    /// The smallest rectangle around all pixels with coverage of at least `least`; empty when there is none.
    #[must_use]
    pub fn bounds(&self, least: u8) -> PixelRect {
        let mut bounds = PixelRect::default();
        for (at, tile) in self.tiles.iter().enumerate() {
            let Some(tile) = tile else { continue };
            let (left, top) = self.tile_origin(at);
            for y in 0..TILE as usize {
                let row = &tile[y * TILE as usize..][..TILE as usize];
                let Some(first) = row.iter().position(|&v| v >= least) else { continue };
                let last = row.iter().rposition(|&v| v >= least).unwrap_or(first);
                let y = top + y as i32;
                bounds = bounds.union(PixelRect::new(left + first as i32, y, left + last as i32 + 1, y + 1));
            }
        }
        bounds
    }

    /// The coverage inside `rect` as a flat plane; 0 outside of the mask.
    #[must_use]
    pub fn plane(&self, rect: PixelRect) -> Plane<u8> {
        let mut plane = Plane::filled(rect.size(), 0);
        for (tile_at, part) in self.tiles_over(rect) {
            let Some(tile) = &self.tiles[tile_at] else { continue };
            let (left, top) = self.tile_origin(tile_at);
            for y in part.y0..part.y1 {
                let from = (y - top) as usize * TILE as usize + (part.x0 - left) as usize;
                let width = part.width() as usize;
                let row = plane.row_mut((y - rect.y0) as u32);
                let to = (part.x0 - rect.x0) as usize;
                row[to..to + width].copy_from_slice(&tile[from..from + width]);
            }
        }
        plane
    }

    /// Replaces the coverage inside `rect` (clipped to the mask) by `new(x, y, old)`. Only touched tiles are copied.
    pub fn write(&mut self, rect: PixelRect, mut new: impl FnMut(u32, u32, u8) -> u8) {
        for (tile_at, part) in self.tiles_over(rect) {
            let (left, top) = self.tile_origin(tile_at);
            let slot = &mut self.tiles[tile_at];
            let tile = slot.get_or_insert_with(|| Arc::from(vec![0; (TILE * TILE) as usize]));
            let tile = Arc::make_mut(tile);
            let mut any = false;
            for y in part.y0..part.y1 {
                let from = (y - top) as usize * TILE as usize + (part.x0 - left) as usize;
                for (x, value) in (part.x0..part.x1).zip(&mut tile[from..]) {
                    *value = new(x as u32, y as u32, *value);
                    any |= *value != 0;
                }
            }
            if !any && tile.iter().all(|&v| v == 0) {
                *slot = None;
            }
        }
    }

    /// Paints `cover` over row `y` from column `x` on; what lies outside of the mask is ignored. Tiles in which nothing
    /// would change by definition (nothing painted, or taken from no coverage) are neither made nor copied.
    /// Call [`Mask::drop_empty_tiles`] after the last row of something subtracted.
    pub fn paint_row(&mut self, x: i32, y: i32, cover: &[u8], paint: Paint) {
        if y < 0 || y >= self.size.height as i32 {
            return;
        }
        let end = (i64::from(x) + cover.len() as i64).min(i64::from(self.size.width)) as i32;
        let (row_of_tiles, in_tile_y) = (y as u32 / TILE * self.columns, (y as u32 % TILE * TILE) as usize);
        let mut at = x.max(0);
        while at < end {
            let next = (at / TILE as i32 + 1).saturating_mul(TILE as i32).min(end);
            let part = &cover[(i64::from(at) - i64::from(x)) as usize..(i64::from(next) - i64::from(x)) as usize];
            let slot = &mut self.tiles[(row_of_tiles + at as u32 / TILE) as usize];
            let start = in_tile_y + (at as u32 % TILE) as usize;
            if part.iter().any(|&v| v > 0) {
                paint_tile(slot, start, part, paint);
            }
            at = next;
        }
    }

    /// Gives back the tiles over `rect` that have no coverage any more.
    pub fn drop_empty_tiles(&mut self, rect: PixelRect) {
        for (at, _) in self.tiles_over(rect) {
            let slot = &mut self.tiles[at];
            if slot.as_ref().is_some_and(|tile| tile.iter().all(|&v| v == 0)) {
                *slot = None;
            }
        }
    }

    /// A mask in which each coverage is 255 minus that of this one.
    #[must_use]
    pub fn inverted(&self) -> Self {
        let full: Arc<[u8]> = Arc::from(vec![255; (TILE * TILE) as usize]);
        let mut out = Self::empty(self.size);
        for (at, slot) in out.tiles.iter_mut().enumerate() {
            let (left, top) = self.tile_origin(at);
            let width = (self.size.width as usize - left as usize).min(TILE as usize);
            let height = (self.size.height as usize - top as usize).min(TILE as usize);
            let old = self.tiles[at].as_deref();
            if old.is_none() && (width, height) == (TILE as usize, TILE as usize) {
                *slot = Some(Arc::clone(&full));
                continue;
            }
            let mut tile = vec![0; (TILE * TILE) as usize];
            for y in 0..height {
                let start = y * TILE as usize;
                let row = &mut tile[start..start + width];
                match old {
                    Some(old) => row.iter_mut().zip(&old[start..]).for_each(|(new, &old)| *new = 255 - old),
                    None => row.fill(255),
                }
            }
            if tile.iter().any(|&v| v > 0) {
                *slot = Some(Arc::from(tile));
            }
        }
        out
    }

    /// The bytes of tiles held, shared ones counted in full.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.tiles.iter().flatten().count() * (TILE * TILE) as usize
    }

    fn tile_origin(&self, at: usize) -> (i32, i32) {
        let (column, row) = (at as u32 % self.columns, at as u32 / self.columns);
        ((column * TILE) as i32, (row * TILE) as i32)
    }

    fn tiles_over(&self, rect: PixelRect) -> Vec<(usize, PixelRect)> {
        let rect = rect.intersect(self.size.rect());
        if rect.is_empty() {
            return Vec::new();
        }
        let side = TILE as i32;
        let mut out = Vec::new();
        for row in rect.y0 / side..=(rect.y1 - 1) / side {
            for column in rect.x0 / side..=(rect.x1 - 1) / side {
                let tile = PixelRect::new(column * side, row * side, (column + 1) * side, (row + 1) * side);
                out.push(((row as u32 * self.columns + column as u32) as usize, tile.intersect(rect)));
            }
        }
        out
    }
}

fn paint_tile(slot: &mut Option<Arc<[u8]>>, start: usize, cover: &[u8], paint: Paint) {
    if paint == Paint::Subtract && slot.is_none() {
        return;
    }
    let tile = slot.get_or_insert_with(|| Arc::from(vec![0; (TILE * TILE) as usize]));
    let row = &mut Arc::make_mut(tile)[start..start + cover.len()];
    match paint {
        Paint::Add => row.iter_mut().zip(cover).for_each(|(old, &new)| *old = new.max(*old)),
        Paint::Subtract => row.iter_mut().zip(cover).for_each(|(old, &new)| *old = (255 - new).min(*old)),
    }
}

impl PartialEq for Mask {
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &Option<Arc<[u8]>>, b: &Option<Arc<[u8]>>| match (a, b) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            (Some(tile), None) | (None, Some(tile)) => tile.iter().all(|&v| v == 0),
            (None, None) => true,
        };
        self.size == other.size && self.tiles.iter().zip(&other.tiles).all(|(a, b)| same(a, b))
    }
}

impl Eq for Mask {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_copies_only_touched_tiles() {
        let mut mask = Mask::empty(Size::new(600, 300));
        mask.write(PixelRect::new(0, 0, 600, 300), |_, _, _| 255);
        let before = mask.clone();
        mask.write(PixelRect::new(10, 10, 20, 20), |_, _, _| 0);
        assert!(!mask.is_hole(10, 10) && before.is_hole(10, 10), "the snapshot is untouched");
        let (a, b) = (mask.tile(2, 1).unwrap(), before.tile(2, 1).unwrap());
        assert!(Arc::ptr_eq(a, b), "untouched tiles are shared");
        assert_eq!(before.hole_count(), 600 * 300, "no coverage outside of the mask");
    }

    #[test]
    fn plane_and_mask_agree_across_tile_borders() {
        let mut mask = Mask::empty(Size::new(700, 520));
        let rect = PixelRect::new(250, 250, 520, 515);
        mask.write(rect, |x, y, _| (x ^ y) as u8 | 1);
        assert_eq!(mask.bounds(1), rect, "bounds");
        let wide = PixelRect::new(240, 240, 720, 530);
        let plane = mask.plane(wide);
        for y in 0..wide.height() {
            for x in 0..wide.width() {
                let (ix, iy) = (x as i32 + wide.x0, y as i32 + wide.y0);
                assert_eq!(plane.at(x, y), mask.coverage_at(ix, iy), "at {ix}, {iy}");
            }
        }
    }

    #[test]
    fn tiles_make_a_mask_only_where_they_fit() {
        let size = Size::new(300, 10);
        let mut mask = Mask::empty(size);
        mask.write(size.rect(), |_, _, _| 255);
        let tiles: Vec<_> = (0..2).map(|column| mask.tile(column, 0).cloned()).collect();
        assert_eq!(Mask::from_tiles(size, tiles.clone()).as_ref(), Some(&mask), "round trip");
        assert!(Mask::from_tiles(size, tiles[..1].to_vec()).is_none(), "a tile is missing");
        assert!(Mask::from_tiles(Size::new(300, 9), tiles.clone()).is_none(), "coverage below the last row");
        assert!(Mask::from_tiles(Size::new(299, 10), tiles).is_none(), "coverage right of the last column");
    }

    #[test]
    fn a_painted_row_is_clipped_and_never_makes_needless_tiles() {
        let mut mask = Mask::empty(Size::new(600, 300));
        mask.paint_row(-3, 1, &[9; 5], Paint::Add);
        mask.paint_row(i32::MIN, 1, &[9; 5], Paint::Add);
        mask.paint_row(590, 299, &[7; 100], Paint::Add);
        mask.paint_row(300, 300, &[7; 10], Paint::Add);
        mask.paint_row(300, 20, &[0, 0], Paint::Add);
        assert_eq!((mask.coverage_at(1, 1), mask.coverage_at(2, 1)), (9, 0), "clipped at the left");
        assert_eq!((mask.coverage_at(599, 299), mask.bounds(1).x1), (7, 600), "clipped at the right");
        assert!(mask.tile(1, 0).is_none(), "nothing painted, no tile");
        mask.paint_row(0, 1, &[255; 600], Paint::Subtract);
        mask.drop_empty_tiles(mask.size().rect());
        assert!(mask.tile(0, 0).is_none() && mask.tile(1, 0).is_none(), "emptied and never made");
    }

    #[test]
    fn inverting_stays_inside() {
        let mut mask = Mask::empty(Size::new(600, 300));
        mask.paint_row(10, 10, &[255, 100], Paint::Add);
        let inverted = mask.inverted();
        assert_eq!(inverted.hole_count(), 600 * 300 - 1, "no coverage outside of the mask");
        assert_eq!(inverted.coverage_at(11, 10), 155, "the complement");
        assert_eq!(inverted.inverted(), mask, "twice is nothing");
        assert!(inverted.inverted().tile(1, 1).is_none(), "empty tiles are not held");
    }

    #[test]
    fn a_tile_that_becomes_empty_is_dropped() {
        let mut mask = Mask::empty(Size::new(10, 10));
        mask.write(PixelRect::new(2, 2, 4, 4), |_, _, _| 200);
        mask.write(PixelRect::new(0, 0, 10, 10), |_, _, _| 0);
        assert!(mask.tile(0, 0).is_none(), "no tile left");
        assert!(mask.is_empty() && mask == Mask::empty(Size::new(10, 10)), "equal to an empty mask");
    }
}
