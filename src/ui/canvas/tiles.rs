//! Pictures as textured tiles: only what is seen, at the level that is needed, is kept on the graphics card.
//!
//! A frame uploads no more than its budget; what has not arrived yet is drawn from the next coarser level that has.
//! Pictures are never merged: patches are layers of their own, so hiding one costs nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use egui::{Color32, ColorImage, Mesh, Painter, Pos2, Rect, Shape, TextureFilter, TextureHandle, TextureOptions, pos2};

use super::budget::UploadBudget;
use super::view_state::ViewState;
use crate::imaging::{DisplayLevel, DisplayPyramid, PixelRect, Size};

/// Side of a tile's texture.
const TILE_SIDE: u32 = 512;
/// Bytes of textures that are kept though they are not seen.
const CACHE_BYTES: usize = 256 << 20;
/// Above this zoom samples are drawn as squares.
pub(in crate::ui) const CRISP_ABOVE: f32 = 2.0;

/// A picture and where in the photo it lies.
#[derive(Clone, Copy)]
pub(in crate::ui) struct Layer<'a> {
    /// What is drawn.
    pub(in crate::ui) picture: &'a Arc<DisplayPyramid>,
    /// Where, in pixels of the photo.
    pub(in crate::ui) rect: PixelRect,
    /// What the texture is multiplied with.
    pub(in crate::ui) tint: Color32,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct TileKey {
    picture: usize,
    level: usize,
    column: u32,
    row: u32,
}

struct Tile {
    texture: TextureHandle,
    /// The pixels of the level that the texture holds: the tile's own and a rim for smooth seams.
    held: PixelRect,
    bytes: usize,
    last_used: u64,
    is_crisp: bool,
}

/// The tiles on the graphics card.
pub(in crate::ui) struct TileCache {
    tiles: BTreeMap<TileKey, Tile>,
    // The allocation of a picture lives as long as a weak pointer to it, so no address is used twice.
    pictures: BTreeMap<usize, Weak<DisplayPyramid>>,
    frame: u64,
    bytes: usize,
    /// Bytes that may be kept though they are not seen.
    limit: usize,
}

impl Default for TileCache {
    fn default() -> Self {
        Self { tiles: BTreeMap::new(), pictures: BTreeMap::new(), frame: 0, bytes: 0, limit: CACHE_BYTES }
    }
}

impl TileCache {
    /// Draws the part of `layer` inside the painter's clip rectangle.
    pub(in crate::ui) fn draw(
        &mut self,
        painter: &Painter,
        view: &ViewState,
        layer: &Layer<'_>,
        budget: &mut UploadBudget,
    ) {
        let clip = painter.clip_rect().intersect(view.viewport());
        let seen = view.image_rect_from_ui(clip).intersect(layer.rect);
        let count = layer.picture.levels.len();
        if !clip.is_positive() || seen.is_empty() || count == 0 || layer.tint == Color32::TRANSPARENT {
            return;
        }
        let id = Arc::as_ptr(layer.picture) as usize;
        self.pictures.entry(id).or_insert_with(|| Arc::downgrade(layer.picture));
        let side = TILE_SIDE.min(painter.ctx().input(|input| input.max_texture_side) as u32).max(8);
        let target = Target { painter, view, layer, id, side };
        let level = level_for(view.zoom(), count);
        self.load_missing(&target, count - 1, seen, None);
        self.load_missing(&target, level, seen, Some(budget));
        self.draw_part(&target, level, seen);
    }

    /// Ends a frame: drops tiles of pictures that are gone and those that were not seen for the longest time.
    pub(in crate::ui) fn end_frame(&mut self) {
        self.pictures.retain(|_, picture| picture.strong_count() > 0);
        let (pictures, bytes) = (&self.pictures, &mut self.bytes);
        self.tiles.retain(|key, tile| {
            let keep = pictures.contains_key(&key.picture);
            *bytes -= if keep { 0 } else { tile.bytes };
            keep
        });
        if self.bytes > self.limit {
            let mut unseen: Vec<(u64, TileKey)> =
                self.tiles.iter().filter(|(_, t)| t.last_used < self.frame).map(|(k, t)| (t.last_used, *k)).collect();
            unseen.sort_unstable();
            for (_, key) in unseen {
                if self.bytes <= self.limit {
                    break;
                }
                self.bytes -= self.tiles.remove(&key).map_or(0, |tile| tile.bytes);
            }
        }
        self.frame += 1;
    }

    /// The number of tiles on the graphics card.
    #[cfg(test)]
    pub(in crate::ui) fn len(&self) -> usize {
        self.tiles.len()
    }

    /// Loads the tiles of `level` over `seen`, those in the middle of the window first. Without a budget all of them.
    fn load_missing(
        &mut self,
        target: &Target<'_>,
        level: usize,
        seen: PixelRect,
        mut budget: Option<&mut UploadBudget>,
    ) {
        let Some(pixels) = target.layer.picture.levels.get(level) else { return };
        let is_crisp = level == 0 && target.view.zoom() > CRISP_ABOVE;
        let fits = |tile: Option<&Tile>| tile.is_some_and(|tile| tile.is_crisp == is_crisp);
        let mut missing: Vec<_> =
            target.tiles_over(level, pixels.size, seen).filter(|t| !fits(self.tiles.get(&t.key))).collect();
        let middle = target.view.image_from_ui(target.view.viewport().center());
        missing.sort_by_key(|t| distance_to(t.area, (middle.x as i32, middle.y as i32)));
        for spot in missing {
            let bytes = spot.held.size().area() * 4;
            if budget.as_deref_mut().is_some_and(|budget| !budget.take(bytes)) {
                return;
            }
            let Some(image) = cut(pixels, spot.held) else { return };
            let options = filter(is_crisp);
            if let Some(tile) = self.tiles.get_mut(&spot.key) {
                tile.texture.set(image, options);
                tile.is_crisp = is_crisp;
                continue;
            }
            let texture = target.painter.ctx().load_texture("tile", image, options);
            self.bytes += bytes;
            let tile = Tile { texture, held: spot.held, bytes, last_used: self.frame, is_crisp };
            self.tiles.insert(spot.key, tile);
        }
    }

    /// Draws `part` (pixels of the photo) from `level`, or from coarser levels where tiles are missing.
    fn draw_part(&mut self, target: &Target<'_>, level: usize, part: PixelRect) {
        let Some(pixels) = target.layer.picture.levels.get(level) else { return };
        for spot in target.tiles_over(level, pixels.size, part) {
            let common = spot.area.intersect(part);
            match self.tiles.get_mut(&spot.key) {
                Some(tile) => {
                    tile.last_used = self.frame;
                    target.quad(tile, level, common);
                }
                None => self.draw_part(target, level + 1, common),
            }
        }
    }
}

struct Spot {
    key: TileKey,
    held: PixelRect,
    /// What the tile shows, in pixels of the photo.
    area: PixelRect,
}

struct Target<'a> {
    painter: &'a Painter,
    view: &'a ViewState,
    layer: &'a Layer<'a>,
    id: usize,
    side: u32,
}

impl Target<'_> {
    /// The tiles of `level`, which has `size` pixels, that show something of `part`.
    fn tiles_over(&self, level: usize, size: Size, part: PixelRect) -> impl Iterator<Item = Spot> + use<> {
        let (rect, id, side) = (self.layer.rect, self.id, self.side);
        // A level that fits into one texture needs no seams and so no rim.
        let step = |length: u32| if length <= side { side } else { side - 2 } as i32;
        let (dx, dy) = (step(size.width), step(size.height));
        let part = part.intersect(rect).translate(-rect.x0, -rect.y0);
        let (last_x, last_y) = ((size.width as i32 - 1) / dx, (size.height as i32 - 1) / dy);
        let index = |v: i32, step: i32, last: i32| ((v >> level) / step).min(last);
        let rows = if part.is_empty() { 0..0 } else { index(part.y0, dy, last_y)..index(part.y1 - 1, dy, last_y) + 1 };
        let columns = index(part.x0, dx, last_x)..index(part.x1 - 1, dx, last_x) + 1;
        rows.flat_map(move |row| columns.clone().map(move |column| (column, row))).map(move |(column, row)| {
            let own = PixelRect::new(column * dx, row * dy, (column + 1) * dx, (row + 1) * dy);
            let own = own.intersect(size.rect());
            let photo = PixelRect::new(own.x0 << level, own.y0 << level, own.x1 << level, own.y1 << level);
            Spot {
                key: TileKey { picture: id, level, column: column as u32, row: row as u32 },
                held: own.grow(1).intersect(size.rect()),
                area: photo.translate(rect.x0, rect.y0).intersect(rect),
            }
        })
    }

    fn quad(&self, tile: &Tile, level: usize, area: PixelRect) {
        let scale = (1u32 << level) as f32;
        let rect = self.layer.rect;
        let uv = |x: i32, y: i32| -> Pos2 {
            let (x, y) = ((x - rect.x0) as f32 / scale, (y - rect.y0) as f32 / scale);
            let held = tile.held;
            pos2((x - held.x0 as f32) / held.width() as f32, (y - held.y0 as f32) / held.height() as f32)
        };
        let mut mesh = Mesh::with_texture(tile.texture.id());
        let texels = Rect::from_min_max(uv(area.x0, area.y0), uv(area.x1, area.y1));
        mesh.add_rect_with_uv(self.view.ui_rect_from_image(area), texels, self.layer.tint);
        self.painter.add(Shape::mesh(mesh));
    }
}

/// The coarsest level that is still at least as fine as the screen.
fn level_for(zoom: f32, count: usize) -> usize {
    let halvings = (1.0 / zoom).log2().floor().max(0.0) as usize;
    halvings.min(count - 1)
}

pub(in crate::ui) fn filter(is_crisp: bool) -> TextureOptions {
    let magnification = if is_crisp { TextureFilter::Nearest } else { TextureFilter::Linear };
    TextureOptions { magnification, ..TextureOptions::LINEAR }
}

fn cut(level: &DisplayLevel, rect: PixelRect) -> Option<ColorImage> {
    let size = [rect.width() as usize, rect.height() as usize];
    let mut image = ColorImage::filled(size, Color32::TRANSPARENT);
    let row_bytes = size[0] * 4;
    for (y, row) in (rect.y0..rect.y1).zip(image.as_raw_mut().chunks_exact_mut(row_bytes.max(4))) {
        let from = (y as usize * level.size.width as usize + rect.x0 as usize) * 4;
        row.copy_from_slice(level.rgba.get(from..from + row_bytes)?);
    }
    Some(image)
}

fn distance_to(rect: PixelRect, (x, y): (i32, i32)) -> i64 {
    let (dx, dy) = (x - rect.x0.midpoint(rect.x1), y - rect.y0.midpoint(rect.y1));
    i64::from(dx).pow(2) + i64::from(dy).pow(2)
}

#[cfg(test)]
mod tests {
    use egui::{Context, LayerId, vec2};

    use super::*;

    struct Stage {
        ctx: Context,
        view: ViewState,
        picture: Arc<DisplayPyramid>,
        tiles: TileCache,
    }

    impl Stage {
        fn new(side: u32) -> Self {
            let size = Size::new(side, side);
            let level = DisplayLevel { size, rgba: vec![200; size.area() * 4] };
            let mut view = ViewState::default();
            view.set_viewport(Rect::from_min_size(Pos2::ZERO, vec2(600.0, 600.0)), 1.0);
            view.set_image_size(size);
            view.zoom_100();
            let picture = Arc::new(DisplayPyramid::from_level(level));
            Self { ctx: Context::default(), view, picture, tiles: TileCache::default() }
        }

        /// Draws a frame and returns the area that was covered, in square points, and the number of shapes.
        fn draw(&mut self, budget: &mut UploadBudget) -> (f32, usize) {
            let painter = Painter::new(self.ctx.clone(), LayerId::background(), self.view.viewport());
            let rect = self.view.image_size().rect();
            let layer = Layer { picture: &self.picture, rect, tint: Color32::WHITE };
            self.tiles.draw(&painter, &self.view, &layer, budget);
            self.tiles.end_frame();
            let (mut area, mut count) = (0.0, 0);
            painter.for_each_shape(|shape| {
                area += shape.shape.visual_bounding_rect().intersect(self.view.viewport()).area();
                count += 1;
            });
            (area, count)
        }
    }

    #[test]
    fn without_a_budget_the_coarsest_level_covers_every_point_once() {
        let mut stage = Stage::new(3000);
        let (coarse, _) = stage.draw(&mut UploadBudget::nothing());
        assert!((coarse - 360_000.0).abs() < 1.0, "all of the window: {coarse}");
        assert_eq!(stage.tiles.len(), 1, "one tile of the coarsest level");
    }

    #[test]
    fn tiles_not_seen_any_more_make_room_and_those_of_a_dropped_picture_go() {
        let mut stage = Stage::new(3000);
        stage.tiles.limit = 6 << 20;
        for _ in 0..8 {
            stage.draw(&mut UploadBudget::for_frame());
            stage.view.pan(vec2(-300.0, 0.0));
        }
        assert!(stage.tiles.bytes <= 6 << 20, "{} bytes are kept", stage.tiles.bytes);
        let held: usize = stage.tiles.tiles.values().map(|tile| tile.bytes).sum();
        assert_eq!(held, stage.tiles.bytes, "the sum is right");
        stage.picture = Stage::new(10).picture;
        stage.tiles.end_frame();
        assert_eq!((stage.tiles.len(), stage.tiles.bytes), (0, 0), "nothing of a picture that is gone");
    }

    #[test]
    fn levels_are_never_coarser_than_the_screen() {
        let picks: Vec<usize> = [32.0, 1.0, 0.51, 0.5, 0.25, 0.1, 0.001].iter().map(|&z| level_for(z, 5)).collect();
        assert_eq!(picks, [0, 0, 0, 1, 2, 3, 4], "by halvings");
    }

    #[test]
    fn a_tile_holds_the_pixels_it_names() {
        let size = Size::new(5, 3);
        let rgba: Vec<u8> = (0..size.area() as u8).flat_map(|v| [v; 4]).collect();
        let image = cut(&DisplayLevel { size, rgba }, PixelRect::new(2, 1, 5, 3)).unwrap();
        let values: Vec<u8> = image.pixels.iter().map(Color32::r).collect();
        assert_eq!((image.size, values), ([3, 2], vec![7, 8, 9, 12, 13, 14]), "rows 1 and 2, columns 2 to 4");
    }

    #[test]
    fn a_level_with_missing_values_gives_no_tile() {
        let level = DisplayLevel { size: Size::new(4, 4), rgba: vec![0; 10] };
        assert!(cut(&level, PixelRect::new(0, 0, 4, 4)).is_none(), "no panic");
    }
}
