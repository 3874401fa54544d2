//! What a search makes small: how far pictures are from what constraints ask for, and latents from where they began.
//!
//! Source: Zhu et al., Generative Visual Manipulation on the Natural Image Manifold, ECCV 2016, §4.2 (equation 6), with the
//! weights of its released program.

mod masked;
mod prepare;

use candle_core::{D, DType, Device, Result, Tensor};

use super::space::{Space, StyleSpace};
use super::{Constraint, Latent, LatentError};
use crate::generators::manifold::Manifold;
use crate::generators::ops::{Hog, hog};
use masked::Targets;
use prepare::{Masked, Wish, prepare};

/// Weight of edges beside colours: histograms are sums over cells and have large values.
const EDGE_WEIGHT: f32 = 0.2;

/// A colour is met where it differs by an eighth of the range (32 of 255) in the mean square: about where two patches begin
/// to be called by different names.
const COLOR_BOUND: f32 = 0.25 * 0.25;

/// Edges are met when this share of their energy, or of that of the faintest edge, is left.
const EDGE_BOUND: f32 = 0.5;

/// Terms beside the constraints.
#[derive(Clone, Debug, Default)]
pub struct Pull {
    /// Latents are drawn towards this one.
    pub origin: Option<Latent>,
    /// Weight of the mean squared distance to the origin, in z, or in deviations of styles.
    pub smoothness: f32,
    /// Weight of the cross entropy of "real" from the discriminator; left out where it is 0 or the model has none.
    pub realism: f32,
}

/// The sum that is made small, with its targets computed once.
pub struct Objective {
    hog: Hog,
    pull: Pull,
    colors: Option<Part>,
    edges: Option<Part>,
    /// One for each constraint.
    weights: Vec<f32>,
    /// The largest cost with which a constraint is met; `None` if it asks for nothing.
    bounds: Vec<Option<f32>>,
}

/// Targets of one kind and what each adds to which constraint.
struct Part {
    targets: Targets,
    /// `[targets, constraints]`.
    shares: Tensor,
}

/// What one evaluation gives; everything is on the graph.
pub struct Terms {
    /// `[n, 3, side, side]` in -1..1, on the CPU.
    pub pictures: Tensor,
    /// The cost of each constraint without its weight, `[n, constraints]`.
    pub costs: Tensor,
    /// What is made small, `[n]`.
    pub totals: Tensor,
}

impl Objective {
    /// Computes the targets.
    ///
    /// # Errors
    /// A sentence about the first constraint that does not fit pictures of `side` pixels.
    pub fn new(
        constraints: &[Constraint],
        side: usize,
        hog: Hog,
        pull: Pull,
    ) -> std::result::Result<Self, LatentError> {
        let wishes = prepare(constraints, side, hog)?;
        let bound = |wish: &Wish| {
            let color = wish.color.as_ref().map(|_| COLOR_BOUND);
            let edges = wish.edges.as_ref().map(|_| EDGE_WEIGHT * EDGE_BOUND * wish.edge_energy);
            color.into_iter().chain(edges).reduce(|a, b| a + b)
        };
        let (area, cells) = (side * side, (side / hog.cell).pow(2));
        Ok(Self {
            hog,
            pull,
            colors: Part::new((3, area), 1.0, wishes.iter().map(|wish| wish.color.as_ref()))?,
            edges: Part::new((8, cells), EDGE_WEIGHT, wishes.iter().map(|wish| wish.edges.as_ref()))?,
            weights: wishes.iter().map(|wish| wish.weight).collect(),
            bounds: wishes.iter().map(bound).collect(),
        })
    }

    /// The largest cost with which each constraint is met; `None` for one that asks for nothing.
    ///
    /// Colours are met when they are 32 of 255 off in the mean square, edges when half of the energy of the drawing's
    /// histograms is left, or of that of an edge of a quarter's contrast where the drawing has less.
    #[must_use]
    pub fn bounds(&self) -> &[Option<f32>] {
        &self.bounds
    }

    /// Whether there is anything to be made small.
    #[must_use]
    pub fn asks_for_anything(&self) -> bool {
        let any_wish = self.bounds.iter().zip(&self.weights).any(|(bound, weight)| bound.is_some() && *weight > 0.0);
        any_wish || self.pull.realism > 0.0
    }

    /// Evaluates variables `ys` `[n, dim]` of the model's own space, on the CPU; of one with styles, of W.
    ///
    /// # Errors
    /// When the model fails.
    pub fn terms(&self, manifold: &dyn Manifold, ys: &Tensor) -> Result<Terms> {
        self.terms_in(&Space::of(manifold, StyleSpace::W)?, manifold, ys)
    }

    /// Evaluates variables `ys` `[n, dim]` of `space`, on the CPU.
    ///
    /// # Errors
    /// When the model fails.
    pub fn terms_in(&self, space: &Space, manifold: &dyn Manifold, ys: &Tensor) -> Result<Terms> {
        let latents = space.latents_of(ys)?;
        let pictures = manifold.draw(&latents)?.to_device(&Device::Cpu)?;
        let (n, dtype) = (ys.dim(0)?, ys.dtype());
        let mut costs = Tensor::zeros((n, self.weights.len()), dtype, &Device::Cpu)?;
        if let Some(colors) = &self.colors {
            costs = (costs + colors.costs(&pictures)?)?;
        }
        if let Some(edges) = &self.edges {
            costs = (costs + edges.costs(&hog(&pictures, self.hog)?)?)?;
        }
        let mut totals = Tensor::zeros(n, dtype, &Device::Cpu)?;
        if !self.weights.is_empty() {
            let weights = Tensor::new(self.weights.as_slice(), &Device::Cpu)?.to_dtype(dtype)?;
            totals = (totals + costs.broadcast_mul(&weights)?.sum(D::Minus1)?)?;
        }
        if let Some(origin) = self.pull.origin.as_ref().filter(|_| self.pull.smoothness > 0.0) {
            let origin = Tensor::new(&**origin, &Device::Cpu)?.to_dtype(dtype)?;
            let distance = latents.broadcast_sub(&origin)?.sqr()?.mean(D::Minus1)?;
            let weight = f64::from(self.pull.smoothness) / f64::from(space.scale()).powi(2);
            totals = (totals + distance.affine(weight, 0.0)?)?;
        }
        if self.pull.realism > 0.0
            && let Some(logits) = manifold.judge(&pictures)?
        {
            totals = (totals + unreal(&logits.to_device(&Device::Cpu)?)?.affine(f64::from(self.pull.realism), 0.0)?)?;
        }
        Ok(Terms { pictures, costs, totals })
    }
}

impl Part {
    fn new<'a>(
        (channels, plane): (usize, usize),
        gain: f32,
        wishes: impl Iterator<Item = Option<&'a Masked>>,
    ) -> Result<Option<Self>> {
        let wishes: Vec<_> = wishes.collect();
        let asked: Vec<usize> = (0..wishes.len()).filter(|at| wishes[*at].is_some()).collect();
        if asked.is_empty() {
            return Ok(None);
        }
        let list: Vec<Masked> = wishes.iter().copied().flatten().cloned().collect();
        let share = |at: usize| if at % wishes.len() == asked[at / wishes.len()] { gain } else { 0.0 };
        let shares = Tensor::from_iter((0..asked.len() * wishes.len()).map(share), &Device::Cpu)?;
        let targets = Targets::new(channels, plane, &list);
        Ok(Some(Self { targets, shares: shares.reshape((asked.len(), wishes.len()))? }))
    }

    /// `[n, constraints]`.
    fn costs(&self, xs: &Tensor) -> Result<Tensor> {
        self.targets.errors(xs)?.matmul(&self.shares.to_dtype(xs.dtype())?)
    }
}

/// The cross entropy of "real" for logits `[n]`: `ln(1 + exp(-logit))`, safe for any logit.
fn unreal(logits: &Tensor) -> Result<Tensor> {
    let tail = (logits.abs()?.neg()?.exp()? + 1.0)?.log()?;
    logits.neg()?.relu()? + tail
}

/// Values of a tensor in f32.
pub(super) fn numbers(xs: &Tensor) -> Result<Vec<f32>> {
    xs.to_dtype(DType::F32)?.flatten_all()?.to_vec1()
}
