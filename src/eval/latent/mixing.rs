//! How local styles are: how much a picture changes when the style of a single layer comes from another latent (what style
//! mixing is made of: Karras et al. 2019, section 3.1).

use std::sync::Arc;

use candle_core::Tensor;
use serde::Serialize;

use super::painter::{Painter, mapped};
use super::{Interval, Lens, MeasureError, MeasureUpdate};
use crate::control::{Progress, Rng, Step, Stepper, rng};
use crate::generators::manifold::Manifold;
use crate::generators::same_for_all_layers;

const STREAM: u64 = 0x313C;
/// Fewer pairs say nothing.
const LEAST: usize = 4;

/// What the styles of each layer do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mixing {
    /// The lens.
    pub features: String,
    /// Pairs of latents.
    pub pairs: usize,
    /// What they were drawn from.
    pub seed: u64,
    /// How much a picture changes with the style of each layer, the first layer first.
    pub layers: Vec<Interval>,
    /// How much it changes with all of them.
    pub all: Interval,
}

/// A measurement under way.
pub struct MixingJob {
    painter: Painter,
    lens: Arc<Lens>,
    pairs: usize,
    seed: u64,
    rng: Rng,
    /// The styles of the pair under way, and what of it was measured.
    pair: Option<Pair>,
    /// For each layer, and for all of them, a distance of each pair.
    distances: Vec<Vec<f64>>,
}

struct Pair {
    /// `[1, n_layers, dim]`
    from: Tensor,
    to: Tensor,
    picture: Tensor,
    next: usize,
}

impl MixingJob {
    /// Measures `pairs` pairs of latents.
    ///
    /// # Errors
    /// When the model has no styles, or there are too few pairs.
    pub fn new(manifold: Arc<dyn Manifold>, lens: Arc<Lens>, pairs: usize, seed: u64) -> Result<Self, MeasureError> {
        let painter = Painter { manifold };
        let n_layers = painter.styles("mixing")?.n_layers();
        if pairs < LEAST {
            return Err(MeasureError::TooFew { what: "pairs", given: pairs, least: LEAST });
        }
        let distances = vec![Vec::new(); n_layers + 1];
        Ok(Self { painter, lens, pairs, seed, rng: rng(seed, STREAM), pair: None, distances })
    }

    fn begin(&mut self) -> Result<Pair, MeasureError> {
        let zs = self.painter.zs(2, &mut self.rng);
        let styles = self.painter.styles("mixing")?;
        let ws = same_for_all_layers(&mapped(styles, &self.painter.tensor(&zs)?)?, styles.n_layers())?;
        let (from, to) = (ws.narrow(0, 0, 1)?.contiguous()?, ws.narrow(0, 1, 1)?.contiguous()?);
        Ok(Pair { picture: self.painter.pictures_of_layers(&from)?, from, to, next: 0 })
    }

    /// Measures the next few layers of a pair; the last one is all of them.
    fn advance(&mut self, pair: &mut Pair) -> Result<(), MeasureError> {
        let n_layers = self.distances.len() - 1;
        let end = (pair.next + self.painter.batch()).min(n_layers + 1);
        let swapped = |layer: usize| -> candle_core::Result<Tensor> {
            if layer == n_layers {
                return Ok(pair.to.clone());
            }
            let part = |of: &Tensor, start: usize, len: usize| of.narrow(1, start, len);
            let mut parts = vec![part(&pair.to, layer, 1)?];
            if layer > 0 {
                parts.insert(0, part(&pair.from, 0, layer)?);
            }
            if layer + 1 < n_layers {
                parts.push(part(&pair.from, layer + 1, n_layers - layer - 1)?);
            }
            Tensor::cat(&parts, 1)
        };
        let ws: Vec<Tensor> = (pair.next..end).map(swapped).collect::<candle_core::Result<_>>()?;
        let pictures = self.painter.pictures_of_layers(&Tensor::cat(&ws, 0)?)?;
        let before = pair.picture.broadcast_as(pictures.shape())?.contiguous()?;
        let distances = self.lens.distances(self.painter.manifold.as_ref(), &before, &pictures)?;
        self.distances[pair.next..end].iter_mut().zip(distances).for_each(|(all, one)| all.push(one));
        pair.next = end;
        Ok(())
    }

    fn done(&self) -> usize {
        self.distances.last().map_or(0, Vec::len)
    }
}

impl Stepper for MixingJob {
    type Preview = MeasureUpdate;
    type Output = Mixing;
    type Error = MeasureError;

    fn step(&mut self) -> Result<Step<MeasureUpdate, Mixing>, MeasureError> {
        let mut pair = match self.pair.take() {
            Some(pair) => pair,
            None => self.begin()?,
        };
        self.advance(&mut pair)?;
        if pair.next < self.distances.len() {
            self.pair = Some(pair);
        }
        if self.done() >= self.pairs {
            let mut layers: Vec<Interval> = self.distances.iter().filter_map(|all| Interval::of(all)).collect();
            if let Some(all) = layers.pop() {
                let (features, pairs, seed) = (self.lens.name(), self.pairs, self.seed);
                return Ok(Step::Done(Mixing { features, pairs, seed, layers, all }));
            }
        }
        let progress = Progress { fraction: self.done() as f32 / self.pairs as f32, stage: "measure" };
        Ok(Step::More(MeasureUpdate { progress }))
    }
}
