//! Perceptual path length: how much pictures change on a short step of the way between two latents.
//!
//! Karras et al. 2019, section 4.1: `E[ d(G(x(t)), G(x(t + eps))) / eps² ]` with `eps` 1e-4 on the way from one latent to another,
//! along the arc in z and the line in w, with the same noise for both; the mean after the lowest and the highest percent are left
//! out. Only on the published lens is it the published figure.

use std::sync::Arc;

use candle_core::Tensor;
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, VariantNames};

use super::painter::{Painter, mapped};
use super::statistics::trimmed;
use super::{Interval, Lens, MeasureError, MeasureUpdate};
use crate::control::{Progress, Rng, Step, Stepper, rng};
use crate::generators::manifold::{Manifold, Prior};
use crate::generators::ops::area_down;
use crate::latent::Interpolation;

/// Keeps its numbers apart from what other code draws from the same seed.
const STREAM: u64 = 0x99A7;
/// The step.
const EPSILON: f64 = 1e-4;
/// Larger pictures are made smaller before a trunk looks at them.
const LARGEST: usize = 256;
/// Fewer pairs say nothing.
const LEAST: usize = 8;

/// Where the way runs.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    VariantNames,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum PathSpace {
    /// Between latents z, along the arc where they are normally distributed.
    Z,
    /// Between styles w, along the line.
    #[default]
    W,
}

/// Which places of the way count.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    VariantNames,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Sampling {
    /// All of them.
    #[default]
    Full,
    /// The beginning: what mapped latents themselves are like.
    End,
}

/// How a path length is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathOptions {
    /// Where the way runs.
    pub space: PathSpace,
    /// Which of its places count.
    pub sampling: Sampling,
    /// Pairs of latents.
    pub pairs: usize,
    /// What they are drawn from.
    pub seed: u64,
    /// Whether only the middle of faces is looked at: rows 3/8 to 7/8, columns 2/8 to 6/8.
    pub crop: bool,
}

impl PathOptions {
    /// Pairs for a first impression, for a comparison, and for a table.
    pub const PRESETS: [usize; 3] = [256, 2_000, 10_000];
}

impl Default for PathOptions {
    fn default() -> Self {
        let (space, sampling) = (PathSpace::W, Sampling::Full);
        Self { space, sampling, pairs: Self::PRESETS[0], seed: 0, crop: false }
    }
}

/// A path length.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathLength {
    /// Where the way runs.
    pub space: PathSpace,
    /// Which of its places count.
    pub sampling: Sampling,
    /// Whether only the middle of faces was looked at.
    pub crop: bool,
    /// The lens.
    pub features: String,
    /// Whether it is the published figure, to be called PPL.
    pub is_ppl: bool,
    /// Pairs of latents.
    pub pairs: usize,
    /// What they were drawn from.
    pub seed: u64,
    /// The figure, without the lowest and the highest percent.
    pub length: Interval,
}

/// A path length under way.
pub struct PathLengthJob {
    painter: Painter,
    lens: Arc<Lens>,
    options: PathOptions,
    rng: Rng,
    lengths: Vec<f64>,
}

impl PathLengthJob {
    /// Measures `manifold` by `lens`.
    ///
    /// # Errors
    /// When it has no styles and the way shall run in w, the lens takes no parts of pictures, or there are too few pairs.
    pub fn new(manifold: Arc<dyn Manifold>, lens: Arc<Lens>, options: PathOptions) -> Result<Self, MeasureError> {
        let painter = Painter { manifold };
        if options.space == PathSpace::W {
            painter.styles("a path length in w")?;
        }
        if options.crop && !lens.takes_parts() {
            return Err(MeasureError::NoCrop);
        }
        if options.pairs < LEAST {
            return Err(MeasureError::TooFew { what: "pairs", given: options.pairs, least: LEAST });
        }
        Ok(Self { painter, lens, options, rng: rng(options.seed, STREAM), lengths: Vec::new() })
    }

    /// The pictures of both ends of `n` steps, first all starts.
    fn draw(&mut self, n: usize) -> Result<(Tensor, Tensor), MeasureError> {
        let zs = [self.painter.zs(n, &mut self.rng), self.painter.zs(n, &mut self.rng)];
        let places: Vec<f64> = (0..n)
            .map(|_| match self.options.sampling {
                Sampling::Full => self.rng.random::<f64>(),
                Sampling::End => 0.0,
            })
            .collect();
        let dim = self.painter.z_dim();
        let (from, to) = match self.options.space {
            PathSpace::Z => (zs[0].clone(), zs[1].clone()),
            PathSpace::W => {
                let styles = self.painter.styles("a path length in w")?;
                let [from, to] = zs;
                let map = |zs: Vec<f32>| -> Result<Vec<f32>, MeasureError> {
                    Ok(mapped(styles, &self.painter.tensor(&zs)?)?.flatten_all()?.to_vec1()?)
                };
                (map(from)?, map(to)?)
            }
        };
        let prior = self.painter.manifold.prior();
        let (way, from, to) = match (self.options.space, prior) {
            (PathSpace::Z, Prior::Normal) => (Interpolation::Spherical, unit_rows(&from, dim), unit_rows(&to, dim)),
            _ => (Interpolation::Linear, from, to),
        };
        // Styles have no prior; a normal one leaves them alone.
        let prior = if self.options.space == PathSpace::W { Prior::Normal } else { prior };
        let place = |shift: f64| -> Vec<f32> {
            let rows = from.chunks(dim).zip(to.chunks(dim)).zip(&places);
            rows.flat_map(|((from, to), t)| way.at(from, to, t + shift, prior).to_vec()).collect()
        };
        let both = [place(0.0), place(EPSILON)].concat();
        let both = self.painter.tensor(&both)?;
        let pictures = match self.options.space {
            PathSpace::Z => self.painter.pictures_of(&both)?,
            PathSpace::W => self.painter.pictures_of_styles(&both)?,
        };
        let pictures = if self.options.crop { middle(&pictures)? } else { pictures };
        let pictures = if self.lens.takes_parts() { no_larger(&pictures)? } else { pictures };
        Ok((pictures.narrow(0, 0, n)?.contiguous()?, pictures.narrow(0, n, n)?.contiguous()?))
    }

    fn result(&self) -> Option<PathLength> {
        let PathOptions { space, sampling, pairs, seed, crop } = self.options;
        let length = Interval::of(&trimmed(&self.lengths))?;
        let is_ppl = self.lens.is_published();
        Some(PathLength { space, sampling, crop, features: self.lens.name(), is_ppl, pairs, seed, length })
    }
}

impl Stepper for PathLengthJob {
    type Preview = MeasureUpdate;
    type Output = PathLength;
    type Error = MeasureError;

    fn step(&mut self) -> Result<Step<MeasureUpdate, PathLength>, MeasureError> {
        let missing = self.options.pairs - self.lengths.len();
        let n = (self.painter.batch() / 2).clamp(1, missing.max(1));
        let (from, to) = self.draw(n)?;
        let distances = self.lens.distances(self.painter.manifold.as_ref(), &from, &to)?;
        self.lengths.extend(distances.iter().map(|distance| distance / (EPSILON * EPSILON)));
        if self.lengths.len() >= self.options.pairs
            && let Some(result) = self.result()
        {
            return Ok(Step::Done(result));
        }
        let fraction = self.lengths.len() as f32 / self.options.pairs as f32;
        Ok(Step::More(MeasureUpdate { progress: Progress { fraction, stage: "measure" } }))
    }
}

/// Rows of `dim` numbers brought to the length that normal latents have.
fn unit_rows(values: &[f32], dim: usize) -> Vec<f32> {
    let scaled = |row: &[f32]| {
        let length = row.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
        let scale = (dim as f32).sqrt() / length;
        row.iter().map(|value| value * scale).collect::<Vec<_>>()
    };
    values.chunks(dim).flat_map(scaled).collect()
}

/// Pictures of at most 256 pixels, as the published figure is measured (Karras et al. 2019, the code's `factor`).
fn no_larger(pictures: &Tensor) -> Result<Tensor, MeasureError> {
    let factor = pictures.dim(2)? / LARGEST;
    Ok(if factor > 1 { area_down(pictures, factor)? } else { pictures.clone() })
}

/// The part of a picture in which an aligned face lies.
fn middle(pictures: &Tensor) -> Result<Tensor, MeasureError> {
    let side = pictures.dim(2)?;
    let part = side / 8;
    Ok(pictures.narrow(2, 3 * part, 4 * part)?.narrow(3, 2 * part, 4 * part)?.contiguous()?)
}
