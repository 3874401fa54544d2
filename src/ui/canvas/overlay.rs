//! Marks over the photo: masks as textures that follow what is painted.
//!
//! A texture shows one tile of the mask, or many tiles made smaller when the photo is seen from afar. Only tiles whose
//! pointer changed are uploaded again. Textures hold coverage alone; color and opacity come when they are drawn.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Color32, ColorImage, Context, Mesh, Rect, Shape, TextureHandle, pos2};

use super::budget::UploadBudget;
use super::tiles::{CRISP_ABOVE, filter};
use super::view_state::ViewState;
use crate::imaging::mask::TILE;
use crate::imaging::{Mask, PixelRect};

/// Tiles are made smaller by 2 to this power at most.
const MAX_LEVEL: u32 = 6;
/// Textures that are kept; 256 KiB each.
const MAX_TEXTURES: usize = 256;

/// Which mask of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ui) enum MaskKind {
    /// To be erased.
    Holes,
    /// To be sampled from.
    SampleFrom,
    /// Never to be sampled from.
    SampleNever,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: MaskKind,
    level: u32,
    column: u32,
    row: u32,
}

struct Block {
    texture: TextureHandle,
    /// The tiles it was made of, row by row. Holding them makes every change a change of pointer.
    sources: Vec<Option<Arc<[u8]>>>,
    is_crisp: bool,
    last_used: u64,
}

/// The textures of all masks.
#[derive(Default)]
pub(in crate::ui) struct Overlay {
    blocks: BTreeMap<Key, Block>,
    frame: u64,
}

impl Overlay {
    /// Forgets everything, for another photo.
    pub(in crate::ui) fn clear(&mut self) {
        self.blocks.clear();
    }

    /// Brings `mask` up to date on the graphics card, as far as the budget goes, and adds its shapes in `tint`.
    pub(in crate::ui) fn shapes(
        &mut self,
        (ctx, view): (&Context, &ViewState),
        (kind, mask, tint): (MaskKind, &Mask, Color32),
        budget: &mut UploadBudget,
        shapes: &mut Vec<Shape>,
    ) {
        let visible = view.visible().intersect(mask.size().rect());
        if visible.is_empty() {
            return;
        }
        let level = ((1.0 / view.zoom()).log2().ceil().max(0.0) as u32).min(MAX_LEVEL);
        let is_crisp = view.zoom() > CRISP_ABOVE;
        let side = (TILE << level) as i32;
        for row in visible.y0 / side..=(visible.y1 - 1) / side {
            for column in visible.x0 / side..=(visible.x1 - 1) / side {
                let key = Key { kind, level, column: column as u32, row: row as u32 };
                self.update(ctx, mask, (key, is_crisp), budget);
                let Some(block) = self.blocks.get_mut(&key) else { continue };
                block.last_used = self.frame;
                let area = PixelRect::new(column * side, row * side, (column + 1) * side, (row + 1) * side);
                shapes.push(quad(block, view, (area, area.intersect(mask.size().rect())), tint));
            }
        }
    }

    /// Ends a frame: drops the textures that were not seen for the longest time when there are many.
    pub(in crate::ui) fn end_frame(&mut self) {
        if self.blocks.len() > MAX_TEXTURES {
            let mut unseen: Vec<(u64, Key)> =
                self.blocks.iter().filter(|(_, b)| b.last_used < self.frame).map(|(k, b)| (b.last_used, *k)).collect();
            unseen.sort_unstable();
            for (_, key) in unseen.into_iter().take(self.blocks.len() - MAX_TEXTURES) {
                self.blocks.remove(&key);
            }
        }
        self.frame += 1;
    }

    /// Brings one texture up to date, as far as the budget goes.
    fn update(&mut self, ctx: &Context, mask: &Mask, (key, is_crisp): (Key, bool), budget: &mut UploadBudget) {
        let sources = sources(mask, key);
        if sources.iter().all(Option::is_none) {
            self.blocks.remove(&key);
            return;
        }
        let Some(block) = self.blocks.get_mut(&key).filter(|block| block.is_crisp == is_crisp) else {
            if budget.take((TILE * TILE * 4) as usize) {
                let texture = ctx.load_texture("mask", whole(&sources, key.level), filter(is_crisp));
                self.blocks.insert(key, Block { texture, sources, is_crisp, last_used: self.frame });
            }
            return;
        };
        let part = TILE >> key.level;
        for (at, source) in sources.into_iter().enumerate() {
            let Some(held) = block.sources.get_mut(at) else { continue };
            if is_same(held.as_ref(), source.as_ref()) {
                continue;
            }
            if !budget.take((part * part * 4) as usize) {
                return;
            }
            let mut image = ColorImage::filled([part as usize; 2], Color32::TRANSPARENT);
            if let Some(tile) = &source {
                shrink(tile, key.level, image.as_raw_mut(), part as usize);
            }
            let (x, y) = (at as u32 % (1 << key.level) * part, at as u32 / (1 << key.level) * part);
            block.texture.set_partial([x as usize, y as usize], image, filter(is_crisp));
            *held = source;
        }
    }

    /// The number of textures.
    #[cfg(test)]
    pub(in crate::ui) fn len(&self) -> usize {
        self.blocks.len()
    }
}

fn is_same(a: Option<&Arc<[u8]>>, b: Option<&Arc<[u8]>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

/// The tiles that a texture shows, row by row.
fn sources(mask: &Mask, key: Key) -> Vec<Option<Arc<[u8]>>> {
    let (columns, rows) = mask.tile_grid();
    let side = 1 << key.level;
    let at = |i: u32| (key.column * side + i % side, key.row * side + i / side);
    let tile = |(column, row)| if column < columns && row < rows { mask.tile(column, row).cloned() } else { None };
    (0..side * side).map(|i| tile(at(i))).collect()
}

fn whole(sources: &[Option<Arc<[u8]>>], level: u32) -> ColorImage {
    let mut image = ColorImage::filled([TILE as usize; 2], Color32::TRANSPARENT);
    let (side, part) = (1usize << level, (TILE >> level) as usize);
    for (at, tile) in sources.iter().enumerate() {
        let Some(tile) = tile else { continue };
        let start = ((at / side) * part * TILE as usize + (at % side) * part) * 4;
        if let Some(rgba) = image.as_raw_mut().get_mut(start..) {
            shrink(tile, level, rgba, TILE as usize);
        }
    }
    image
}

/// Writes `tile` smaller by 2 to the power of `level` as premultiplied white into the top left of `rgba`, which has
/// `stride` pixels a row. What is thinner than a texel stays visible: half mean, half maximum.
fn shrink(tile: &[u8], level: u32, rgba: &mut [u8], stride: usize) {
    let (step, part) = (1usize << level, (TILE >> level) as usize);
    for (y, row) in rgba.chunks_mut(stride * 4).take(part).enumerate() {
        for (x, texel) in row.chunks_exact_mut(4).take(part).enumerate() {
            let (mut sum, mut most) = (0u32, 0u8);
            for line in 0..step {
                let from = (y * step + line) * TILE as usize + x * step;
                for &value in tile.get(from..from + step).unwrap_or_default() {
                    sum += u32::from(value);
                    most = most.max(value);
                }
            }
            let mean = sum / (step * step) as u32;
            texel.fill(mean.midpoint(u32::from(most)) as u8);
        }
    }
}

fn quad(block: &Block, view: &ViewState, (area, seen): (PixelRect, PixelRect), tint: Color32) -> Shape {
    let mut mesh = Mesh::with_texture(block.texture.id());
    let far = pos2(seen.width() as f32 / area.width() as f32, seen.height() as f32 / area.height() as f32);
    mesh.add_rect_with_uv(view.ui_rect_from_image(seen), Rect::from_min_max(pos2(0.0, 0.0), far), tint);
    Shape::mesh(mesh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::Size;

    #[test]
    fn a_shrunken_texture_keeps_dots_visible_and_in_their_place() {
        let mut mask = Mask::empty(Size::new(2048, 2048));
        mask.write(PixelRect::new(700, 300, 701, 301), |_, _, _| 255);
        mask.write(PixelRect::new(1024, 1024, 2048, 2048), |_, _, _| 255);
        let key = Key { kind: MaskKind::Holes, level: 3, column: 0, row: 0 };
        let image = whole(&sources(&mask, key), 3);
        let alpha = |x: usize, y: usize| image.pixels[y * 256 + x].a();
        assert!(alpha(87, 37) > 100, "one pixel of 64: {}", alpha(87, 37));
        assert_eq!((alpha(88, 37), alpha(86, 37)), (0, 0), "nothing beside it");
        assert_eq!((alpha(128, 128), alpha(127, 128), alpha(255, 255)), (255, 0, 255), "the square's corner");
    }

    #[test]
    fn tiles_beyond_the_mask_are_missing() {
        let mut mask = Mask::empty(Size::new(300, 300));
        mask.write(PixelRect::new(0, 0, 300, 300), |_, _, _| 9);
        let key = Key { kind: MaskKind::Holes, level: 2, column: 0, row: 0 };
        let held: Vec<bool> = sources(&mask, key).iter().map(Option::is_some).collect();
        let expected: Vec<bool> = (0..16).map(|i| i % 4 < 2 && i / 4 < 2).collect();
        assert_eq!(held, expected, "two by two of four by four");
    }
}
