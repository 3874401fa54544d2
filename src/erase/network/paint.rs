//! Runs a network over the squares of a plan, each seeing what the ones before it painted.

use std::sync::Arc;

use candle_core::{Device, Tensor};
use rayon::prelude::*;

use super::canvas::{Canvas, Pixel};
use super::picture::{Picture, enlarged};
use super::plan::Tile;
use crate::erase::{EraseError, Family, Mixture};
use crate::generators::catalog::HoleFiller;
use crate::generators::seeded_normal;
use crate::imaging::{PixelRect, Size};

/// A loaded network with the style of one candidate.
#[derive(Clone)]
pub(crate) struct Styled {
    network: Arc<dyn HoleFiller>,
    style: Option<Tensor>,
    /// Whether the network takes nothing but the hole itself for unknown.
    needs_surroundings: bool,
}

impl Styled {
    /// The network with the style that `mixture` says; networks without latents have none.
    pub(crate) fn new(network: Arc<dyn HoleFiller>, family: Family, mixture: &Mixture) -> Result<Self, EraseError> {
        let needs_surroundings = family == Family::ContextEncoder;
        let Some(dim) = network.latent_dim() else { return Ok(Self { network, style: None, needs_surroundings }) };
        let mut style: Option<Tensor> = None;
        let mut add = |seed: u64, share: f32| -> candle_core::Result<()> {
            let z = seeded_normal(dim, seed, "latent")?.to_vec1::<f32>()?;
            let Some(own) = network.styles(&z)? else { return Ok(()) };
            style = Some(match style.take() {
                // A single style is taken as it is: no rounding comes between a mixture's ends and its candidates.
                None if share >= 1.0 => own,
                None => (own * f64::from(share))?,
                Some(sum) => (sum + (own * f64::from(share))?)?,
            });
            Ok(())
        };
        for &(seed, share) in mixture.parts() {
            add(seed, share).map_err(|error| EraseError::network(&error))?;
        }
        Ok(Self { network, style, needs_surroundings })
    }

    /// The side of the square that the network works at.
    pub(crate) fn side(&self) -> usize {
        self.network.resolution()
    }

    /// The network's colours for `picture`, known pixels included.
    fn colors_for(&self, picture: &Picture) -> Result<Vec<[f32; 3]>, EraseError> {
        let device = self.style.as_ref().map_or(Device::Cpu, |style| style.device().clone());
        let run = || -> candle_core::Result<Vec<[f32; 3]>> {
            let (image, known) = picture.tensors(&device)?;
            Picture::colors_of(&self.network.fill(&image, &known, self.style.as_ref())?)
        };
        run().map_err(|error| EraseError::network(&error))
    }
}

/// What the first square of a fill looked like at the network's resolution.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// Where it lies in the photo.
    pub(crate) square: PixelRect,
    /// Its side for the network.
    pub(crate) side: usize,
    /// The photo with what is to be erased.
    pub(crate) crop: Vec<[f32; 3]>,
    /// What the network was shown: grey where nothing is known.
    pub(crate) input: Vec<[f32; 3]>,
    /// What it answered.
    pub(crate) raw: Vec<[f32; 3]>,
}

/// A fill being painted.
pub(crate) struct Painter {
    styled: Styled,
    /// What is painted on.
    pub(crate) canvas: Canvas,
    tiles: Vec<Tile>,
    done: usize,
    /// Of the first square, when it has been painted.
    pub(crate) look: Option<Look>,
}

/// What the network is shown where nothing is known.
const GRAY: [f32; 3] = [127.5; 3];

impl Painter {
    /// Paints `tiles` on `canvas`.
    pub(crate) fn new(styled: Styled, canvas: Canvas, tiles: Vec<Tile>) -> Self {
        Self { styled, canvas, tiles, done: 0, look: None }
    }

    /// In 0..=1.
    pub(crate) fn fraction(&self) -> f32 {
        self.done as f32 / self.tiles.len().max(1) as f32
    }

    /// How many squares there are.
    pub(crate) fn count(&self) -> usize {
        self.tiles.len()
    }

    /// Pixels of the photo for one of the network's in the finest squares.
    pub(crate) fn scale(&self) -> f32 {
        self.tiles.last().map_or(1.0, |tile| tile.square.width() as f32 / self.styled.side() as f32)
    }

    /// Paints the next square. Returns whether it was the last one.
    pub(crate) fn step(&mut self) -> Result<bool, EraseError> {
        let Some(tile) = self.tiles.get(self.done).copied() else { return Ok(true) };
        let side = self.styled.side();
        let is_known = |x: i32, y: i32, pixel: Option<Pixel>| match pixel {
            Some(Pixel::Known) => true,
            Some(Pixel::Filled) => !(tile.is_fine && tile.core.contains(x, y)),
            Some(Pixel::Hole) => false,
            Some(Pixel::Open) | None => self.styled.needs_surroundings,
        };
        let picture = Picture::of(&self.canvas, tile.square, side, is_known);
        let colors = self.styled.colors_for(&picture)?;
        if self.look.is_none() {
            let input = picture.filled(&vec![GRAY; side * side]);
            let crop = Picture::of(&self.canvas, tile.square, side, |_, _, _| true).colors;
            self.look = Some(Look { square: tile.square, side, crop, input, raw: colors.clone() });
        }
        let colors = picture.filled(&colors);
        self.put(tile, &colors);
        self.done += 1;
        Ok(self.done >= self.tiles.len())
    }

    /// Paints the hole pixels of the tile's core with `colors`, which cover its square.
    fn put(&mut self, tile: Tile, colors: &[[f32; 3]]) {
        let side = self.styled.side();
        let part = tile.core.intersect(self.canvas.rect);
        let width = part.width() as usize;
        let at = |place: usize| (part.x0 + (place % width) as i32, part.y0 + (place / width) as i32);
        let large: Vec<[f32; 3]> = (0..part.size().area())
            .into_par_iter()
            .map(|place| {
                let (x, y) = at(place);
                enlarged(colors, side, tile.square, x, y)
            })
            .collect();
        // A fine square knows detail, the coarse one before it how everything hangs together.
        let low = tile.is_fine.then(|| {
            let radius = (2.0 * tile.square.width() as f32 / side as f32).round() as usize;
            blurred(part.size(), &large, radius)
        });
        for (place, &color) in large.iter().enumerate() {
            let (x, y) = at(place);
            let to = self.canvas.at(x, y);
            match (self.canvas.pixels.data()[to], &low) {
                (Pixel::Hole, _) => self.canvas.colors[to] = color,
                (Pixel::Filled, Some(low)) => {
                    for c in 0..3 {
                        self.canvas.colors[to][c] += color[c] - low[place][c];
                    }
                }
                _ => continue,
            }
            self.canvas.pixels.data_mut()[to] = Pixel::Filled;
        }
    }
}

/// The mean over squares of `radius`, smaller at the edges.
pub(crate) fn blurred(size: Size, colors: &[[f32; 3]], radius: usize) -> Vec<[f32; 3]> {
    let (width, height) = (size.width as usize, size.height as usize);
    let across = box_mean(colors, (width, height), radius, |line, at| line * width + at);
    box_mean(&across, (height, width), radius, |line, at| at * width + line)
}

/// Means along lines of `length`, of which there are `lines`.
fn box_mean(
    values: &[[f32; 3]],
    (length, lines): (usize, usize),
    radius: usize,
    place: impl Fn(usize, usize) -> usize,
) -> Vec<[f32; 3]> {
    let mut out = vec![[0.0; 3]; values.len()];
    for line in 0..lines {
        let mut sums = vec![[0.0f64; 3]; length + 1];
        for at in 0..length {
            for c in 0..3 {
                sums[at + 1][c] = sums[at][c] + f64::from(values[place(line, at)][c]);
            }
        }
        for at in 0..length {
            let (from, to) = (at.saturating_sub(radius), (at + radius + 1).min(length));
            out[place(line, at)] = [0, 1, 2].map(|c| ((sums[to][c] - sums[from][c]) / (to - from) as f64) as f32);
        }
    }
    out
}
