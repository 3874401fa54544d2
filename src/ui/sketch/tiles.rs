//! Finished strokes as textures: the paper cut into tiles, each painted when something on it changes.
//!
//! A stroke that is added is painted over what its tiles hold already; only undo and the like paint a layer's part of a tile
//! anew. So ten thousand strokes cost no more per frame than one. Coverage is the largest of all strokes of a layer, not
//! their sum: lines that cross do not get darker at their rims. Erasers take away what their layer has so far.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Painter, Pos2, Rect, TextureHandle, TextureOptions, pos2, vec2};

use super::cover::{Cover, TILE, compose, merged, paint};
use crate::document::Sketch;
use crate::document::sketch::LayerId;
use crate::imaging::PixelRect;
use crate::imaging::ink::{Stroke, Tool, center_line};
use crate::ui::theme;

/// Pixels on the paper's side that it can be painted with: few, so that zooming seldom paints it anew, and near enough to each
/// other that lines stay sharp.
const SIDES: [u32; 8] = [256, 512, 768, 1024, 1536, 2048, 3072, 4096];
/// How long a frame may go on painting tiles anew.
const BUDGET: Duration = Duration::from_millis(5);
/// So many strokes are added to their tiles at once, whatever it takes: what has just been drawn must not blink.
const AT_ONCE: usize = 8;

/// The textures of the paper.
#[derive(Default)]
pub(super) struct InkTiles {
    /// Pixels on the paper's side.
    side: u32,
    layers: BTreeMap<LayerId, Vec<Arc<Stroke>>>,
    /// The layers that show, lowest first.
    shown: Vec<LayerId>,
    /// Eraser strokes under way and the layer that they work on.
    live: Option<(LayerId, Vec<Stroke>)>,
    tiles: BTreeMap<(i32, i32), Tile>,
    /// What shows while the paper is painted in another size.
    before: Option<Before>,
}

/// The paper as it was painted before it was zoomed.
struct Before {
    side: u32,
    textures: Vec<((i32, i32), TextureHandle)>,
}

#[derive(Default)]
struct Tile {
    covers: BTreeMap<LayerId, Cover>,
    texture: Option<TextureHandle>,
    /// What of it the texture does not show yet, in its pixels.
    dirty: Option<PixelRect>,
}

impl InkTiles {
    /// Takes note of what is drawn now; `side` is that of the paper on the screen in pixels, `live` are eraser strokes under
    /// way on the active layer.
    pub(super) fn meet(&mut self, sketch: &Sketch, side: f32, live: Vec<Stroke>) {
        let side = SIDES.into_iter().find(|known| *known as f32 >= side).unwrap_or(4096);
        if side != self.side {
            let tiles = std::mem::take(&mut self.tiles).into_iter();
            let textures: Vec<_> = tiles.filter_map(|(at, tile)| Some((at, tile.texture?))).collect();
            if !textures.is_empty() && self.before.is_none() {
                self.before = Some(Before { side: self.side, textures });
            }
            (self.side, self.live) = (side, None);
        }
        let shown: Vec<LayerId> = sketch.counting_layers().map(|layer| layer.id).collect();
        if shown != self.shown {
            self.shown = shown;
            self.tiles.values_mut().for_each(Tile::soil);
        }
        self.layers.retain(|id, _| sketch.layer(*id).is_some());
        for layer in &sketch.layers {
            self.meet_layer(layer.id, layer.strokes());
        }
        self.meet_live(sketch.active, live);
    }

    fn meet_layer(&mut self, id: LayerId, strokes: &[Arc<Stroke>]) {
        let held = self.layers.entry(id).or_default();
        let same = held.iter().zip(strokes).take_while(|(a, b)| Arc::ptr_eq(a, b)).count();
        if same == held.len() && same == strokes.len() {
            return;
        }
        let gone: Vec<Arc<Stroke>> = held.drain(same..).collect();
        held.extend(strokes.iter().skip(same).cloned());
        for (at, tile) in &mut self.tiles {
            let Some(cover) = tile.covers.get_mut(&id) else { continue };
            let lost = gone.iter().take(cover.baked.saturating_sub(same));
            if lost.clone().any(|stroke| touches(stroke, self.side, *at)) {
                tile.covers.remove(&id);
                tile.soil();
            } else {
                cover.baked = cover.baked.min(same);
            }
        }
    }

    /// Eraser strokes that grow only need their new ends; others, and those that were given up, need the layer anew.
    fn meet_live(&mut self, id: LayerId, live: Vec<Stroke>) {
        let grows = match &self.live {
            None => true,
            Some((of, before)) => {
                let longer = |(a, b): (&Stroke, &Stroke)| a.samples.len() <= b.samples.len();
                *of == id && before.len() == live.len() && before.iter().zip(&live).all(longer)
            }
        };
        if !grows && let Some((of, before)) = self.live.take() {
            let held = self.layers.get(&of).map_or(&[][..], Vec::as_slice);
            let has_ended = before.iter().all(|stroke| held.iter().rev().take(4).any(|kept| **kept == *stroke));
            for (at, tile) in self.tiles.iter_mut().filter(|_| !has_ended) {
                if before.iter().any(|stroke| touches(stroke, self.side, *at)) {
                    tile.covers.remove(&of);
                    tile.soil();
                }
            }
        }
        for (n, stroke) in live.iter().enumerate() {
            let known = self.live.as_ref().and_then(|(_, before)| before.get(n)).map_or(0, |s| s.samples.len());
            let fresh = Stroke {
                samples: stroke.samples.iter().skip(known.saturating_sub(1)).copied().collect(),
                ..stroke.clone()
            };
            if known < stroke.samples.len() && !fresh.samples.is_empty() {
                self.erase_live(id, &fresh);
            }
        }
        self.live = (!live.is_empty()).then_some((id, live));
    }

    fn erase_live(&mut self, id: LayerId, stroke: &Stroke) {
        let (side, nibs) = (self.side, center_line(stroke));
        for (at, tile) in self.tiles.iter_mut().filter(|(at, _)| touches(stroke, side, **at)) {
            if let Some(cover) = tile.covers.get_mut(&id) {
                let dirty = paint(cover, stroke, &nibs, side, *at);
                tile.dirty = merged(tile.dirty, dirty);
            }
        }
    }

    /// Paints what `visible`, in pixels of the paper, needs, for as long as a frame may take. Returns whether all of it is
    /// painted.
    pub(super) fn work(&mut self, ctx: &egui::Context, visible: PixelRect) -> bool {
        let begun = Instant::now();
        let mut is_done = true;
        let across = self.side as i32 / TILE;
        let range = |low: i32, high: i32| (low.max(0) / TILE)..(((high + TILE - 1) / TILE).clamp(0, across));
        for row in range(visible.y0, visible.y1) {
            for column in range(visible.x0, visible.x1) {
                let at = (column, row);
                let has_time = begun.elapsed() < BUDGET;
                if self.bake(at, has_time) {
                    self.upload(ctx, at);
                } else {
                    is_done = false;
                }
            }
        }
        if is_done {
            self.before = None;
        }
        is_done
    }

    /// Brings a tile up to date. Returns `false` when that would take too long for this frame.
    fn bake(&mut self, at: (i32, i32), has_time: bool) -> bool {
        let Self { layers, tiles, side, shown, .. } = self;
        let tile = tiles.entry(at).or_default();
        for id in shown.iter() {
            let strokes = layers.get(id).map_or(&[][..], Vec::as_slice);
            let baked = tile.covers.get(id).map_or(0, |cover| cover.baked);
            if baked == strokes.len() {
                continue;
            }
            if !has_time && strokes.len() - baked > AT_ONCE {
                return false;
            }
            for stroke in strokes.iter().skip(baked).filter(|stroke| touches(stroke, *side, at)) {
                let is_first = !tile.covers.contains_key(id);
                if is_first && stroke.tool == Tool::Eraser {
                    continue;
                }
                let cover = tile.covers.entry(*id).or_insert_with(Cover::empty);
                let dirty = paint(cover, stroke, &center_line(stroke), *side, at);
                tile.dirty = merged(tile.dirty, dirty);
            }
            // A layer that leaves nothing here is noted too, or it would be looked at in every frame.
            tile.covers.entry(*id).or_insert_with(Cover::empty).baked = strokes.len();
        }
        true
    }

    fn upload(&mut self, ctx: &egui::Context, at: (i32, i32)) {
        let Some(tile) = self.tiles.get_mut(&at) else { return };
        let Some(dirty) = tile.dirty.take() else { return };
        let covers: Vec<&Cover> = self.shown.iter().filter_map(|id| tile.covers.get(id)).collect();
        let is_whole = tile.texture.is_none();
        let dirty = if is_whole { PixelRect::new(0, 0, TILE, TILE) } else { dirty };
        let image = compose(&covers, dirty);
        match &mut tile.texture {
            Some(texture) => {
                texture.set_partial([dirty.x0 as usize, dirty.y0 as usize], image, TextureOptions::LINEAR);
            }
            None => tile.texture = Some(ctx.load_texture("ink", image, TextureOptions::LINEAR)),
        }
    }

    /// Draws the tiles over the paper, which lies in `rect` of the window.
    pub(super) fn draw(&self, painter: &Painter, rect: Rect) {
        if let Some(Before { side, textures }) = &self.before {
            for (at, texture) in textures {
                draw_tile(painter, rect, *side, *at, texture);
            }
            return;
        }
        for (at, tile) in &self.tiles {
            if let Some(texture) = &tile.texture {
                draw_tile(painter, rect, self.side, *at, texture);
            }
        }
    }

    /// Pixels on the paper's side.
    pub(super) const fn side(&self) -> u32 {
        self.side
    }
}

fn draw_tile(painter: &Painter, rect: Rect, side: u32, (column, row): (i32, i32), texture: &TextureHandle) {
    let width = TILE as f32 * rect.width() / side.max(1) as f32;
    let place = Rect::from_min_size(rect.min + vec2(column as f32, row as f32) * width, vec2(width, width));
    if painter.clip_rect().intersects(place) {
        let uv = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        painter.image(texture.id(), place, uv, theme::canvas::opacity(1.0));
    }
}

impl Tile {
    /// All of it is to be uploaded again.
    fn soil(&mut self) {
        if self.texture.is_some() || !self.covers.is_empty() {
            self.dirty = Some(PixelRect::new(0, 0, TILE, TILE));
        }
    }
}

/// Whether `stroke` may leave something on the tile `at`.
fn touches(stroke: &Stroke, side: u32, (column, row): (i32, i32)) -> bool {
    let tile = PixelRect::new(column * TILE, row * TILE, (column + 1) * TILE, (row + 1) * TILE);
    !stroke.bounds(side).intersect(tile).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imaging::ink::Sample;

    const SIDE: f32 = 512.0;

    fn line(tool: Tool, from: (f32, f32), to: (f32, f32), size: f32) -> Stroke {
        let samples = vec![Sample::new(from.0, from.1, 0), Sample::new(to.0, to.1, 10)];
        Stroke { size, ..Stroke::computed(tool, samples) }
    }

    fn bake(tiles: &mut InkTiles) {
        for at in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            assert!(tiles.bake(at, true), "there is time");
        }
    }

    fn ink_at(tiles: &InkTiles, x: f32, y: f32) -> u8 {
        let (x, y) = ((x * SIDE) as i32, (y * SIDE) as i32);
        let Some(tile) = tiles.tiles.get(&(x / TILE, y / TILE)) else { return 0 };
        let covers = tiles.shown.iter().filter_map(|id| tile.covers.get(id));
        let index = (y % TILE * TILE + x % TILE) as usize;
        covers.filter_map(|cover| cover.ink.get(index)).copied().max().unwrap_or(0)
    }

    #[test]
    fn strokes_cross_tiles_and_an_eraser_reaches_its_own_layer_only() {
        let (mut sketch, mut tiles) = (Sketch::new("cats", "one"), InkTiles::default());
        sketch.add_stroke(line(Tool::Pen, (0.1, 0.25), (0.9, 0.25), 0.02));
        tiles.meet(&sketch, SIDE, Vec::new());
        bake(&mut tiles);
        assert!(ink_at(&tiles, 0.2, 0.25) == 255 && ink_at(&tiles, 0.8, 0.25) == 255, "on both tiles");
        assert_eq!(ink_at(&tiles, 0.5, 0.5), 0, "not beside it");
        sketch.add_layer("two");
        sketch.add_stroke(line(Tool::Eraser, (0.5, 0.1), (0.5, 0.9), 0.1));
        tiles.meet(&sketch, SIDE, Vec::new());
        bake(&mut tiles);
        assert_eq!(ink_at(&tiles, 0.5, 0.25), 255, "another layer");
        sketch.activate(sketch.layers[0].id);
        sketch.add_stroke(line(Tool::Eraser, (0.5, 0.1), (0.5, 0.9), 0.1));
        tiles.meet(&sketch, SIDE, Vec::new());
        bake(&mut tiles);
        assert_eq!(ink_at(&tiles, 0.5, 0.25), 0, "gone");
        assert_eq!(ink_at(&tiles, 0.2, 0.25), 255, "the rest stays");
    }

    #[test]
    fn undo_paints_what_was_there_before_and_hidden_layers_do_not_show() {
        let (mut sketch, mut tiles) = (Sketch::new("cats", "one"), InkTiles::default());
        sketch.add_stroke(line(Tool::Pen, (0.1, 0.25), (0.9, 0.25), 0.02));
        let before = sketch.clone();
        sketch.add_stroke(line(Tool::Pen, (0.5, 0.1), (0.5, 0.9), 0.02));
        tiles.meet(&sketch, SIDE, Vec::new());
        bake(&mut tiles);
        assert_eq!(ink_at(&tiles, 0.5, 0.6), 255, "drawn");
        tiles.meet(&before, SIDE, Vec::new());
        bake(&mut tiles);
        assert_eq!(ink_at(&tiles, 0.5, 0.6), 0, "taken back");
        assert_eq!(ink_at(&tiles, 0.5, 0.25), 255, "the line below it is whole");
        let mut hidden = before.clone();
        hidden.toggle_layer(hidden.active);
        tiles.meet(&hidden, SIDE, Vec::new());
        assert!(tiles.shown.is_empty() && ink_at(&tiles, 0.2, 0.25) == 0, "hidden");
        tiles.meet(&before, SIDE, Vec::new());
        bake(&mut tiles);
        assert_eq!(ink_at(&tiles, 0.2, 0.25), 255, "shown again");
    }

    #[test]
    fn an_eraser_under_way_works_at_once_and_can_be_given_up() {
        let (mut sketch, mut tiles) = (Sketch::new("cats", "one"), InkTiles::default());
        sketch.add_stroke(line(Tool::Pen, (0.1, 0.25), (0.9, 0.25), 0.02));
        tiles.meet(&sketch, SIDE, Vec::new());
        bake(&mut tiles);
        tiles.meet(&sketch, SIDE, vec![line(Tool::Eraser, (0.5, 0.1), (0.5, 0.3), 0.1)]);
        assert_eq!(ink_at(&tiles, 0.5, 0.25), 0, "while the pen is down");
        tiles.meet(&sketch, SIDE, Vec::new());
        bake(&mut tiles);
        assert_eq!(ink_at(&tiles, 0.5, 0.25), 255, "Escape brings it back");
        let eraser = line(Tool::Eraser, (0.5, 0.1), (0.5, 0.3), 0.1);
        tiles.meet(&sketch, SIDE, vec![eraser.clone()]);
        sketch.add_stroke(eraser);
        tiles.meet(&sketch, SIDE, Vec::new());
        bake(&mut tiles);
        assert_eq!(ink_at(&tiles, 0.5, 0.25), 0, "finished, it is gone");
    }
}
