//! The stepper of a drag: one pass through the network and one back a step.

use std::sync::Arc;

use candle_core::{DType, Device, Tensor, Var};

use super::adam::Moving;
use super::features::{Map, Place, fixed};
use super::options::Plan;
use super::watch::{Watch, between, mean_distance};
use super::{DragError, DragOptions, DragPoint, Ending, Pair};
use crate::control::{Progress, Step, Stepper};
use crate::generators::Noise;
use crate::generators::manifold::{Manifold, Styles};
use crate::imaging::Plane;
use crate::latent::space::Spread;
use crate::latent::{Picture, StyleSpace};

/// What is worth showing of a drag under way.
#[derive(Clone, Debug)]
pub struct DragUpdate {
    /// How far it is.
    pub progress: Progress,
    /// Steps made so far.
    pub step: usize,
    /// The handles.
    pub points: Vec<DragPoint>,
    /// The styles of all layers, one after the other.
    pub styles: Vec<f32>,
    /// The picture, if [`DragJob::draw_next`] asked for it.
    pub picture: Option<Picture>,
}

/// The result of a drag.
#[derive(Clone, Debug)]
pub struct Dragged {
    /// The styles of all layers, one after the other: those at which the handles were nearest to their targets.
    pub styles: Vec<f32>,
    /// Their picture.
    pub picture: Picture,
    /// Where the handles are on it.
    pub points: Vec<DragPoint>,
    /// Steps made.
    pub steps: usize,
    /// Why it is over.
    pub ending: Ending,
    /// How far colors have changed where nothing may move, on the scale 0..=255; `None` where all may.
    pub drift: Option<f32>,
}

/// A drag under way. Its generator is frozen: gradients reach the styles alone.
pub struct DragJob {
    manifold: Arc<dyn Manifold>,
    options: DragOptions,
    plan: Plan,
    moving: Moving,
    /// The styles of layers that do not move, `[1, n, dim]`.
    rest: Option<Tensor>,
    /// Adam's rate in the styles' own numbers.
    rate: f32,
    handles: Vec<Handle>,
    movable: Option<Plane<f32>>,
    /// Where nothing may move: `[1, 1, at, at]`.
    fixed: Option<Tensor>,
    before: Option<Before>,
    watch: Watch,
    nearest: Option<Nearest>,
    steps: usize,
    draws: bool,
}

/// A pair on its way.
struct Handle {
    at: Place,
    target: Place,
    /// What it looked like at the beginning, `[c, 1]`.
    wanted: Option<Tensor>,
}

/// What was there before the first step.
struct Before {
    features: Tensor,
    picture: Picture,
}

/// The best that was seen.
struct Nearest {
    distance: f32,
    values: Vec<f32>,
    points: Vec<DragPoint>,
}

/// One pass through the network.
struct Pass {
    variable: Var,
    features: Tensor,
    picture: Option<Picture>,
}

impl DragJob {
    /// Drags `pairs` on the picture of the styles `start`, those of all layers one after the other. `movable` has the side of the pictures, 1 where something may move; without it all may.
    ///
    /// # Errors
    /// One sentence when the model has no styles, there is no pair, one lies off the picture, or another value does not fit.
    pub fn new(
        manifold: Arc<dyn Manifold>,
        start: &[f32],
        pairs: &[Pair],
        movable: Option<Plane<f32>>,
        options: DragOptions,
    ) -> Result<Self, DragError> {
        let styles = manifold.styles().ok_or(DragError::NoStyles)?;
        check_pairs(pairs, manifold.side())?;
        let plan = options.plan(manifold.as_ref(), styles)?;
        let (dim, n_layers) = (styles.style_dim(), styles.n_layers());
        let wanted = dim * n_layers;
        if start.len() != wanted || start.iter().any(|number| !number.is_finite()) {
            return Err(DragError::WrongStart { given: start.len(), wanted });
        }
        if let Some(movable) = &movable {
            check_region(movable, plan.side)?;
        }
        let moved = match options.space {
            StyleSpace::W => dim,
            StyleSpace::WPlus => dim * plan.layers,
        };
        let rest = &start[dim * plan.layers..];
        let rest = (!rest.is_empty()).then(|| Tensor::from_slice(rest, (1, n_layers - plan.layers, dim), &Device::Cpu));
        let fixed = movable.as_ref().map(|movable| fixed(movable, &plan)).transpose()?.flatten();
        let rate = options.rate * Spread::of(styles)?.deviation();
        let handle = |pair: &Pair| Handle { at: pair.handle, target: pair.target, wanted: None };
        Ok(Self {
            options,
            plan,
            moving: Moving::new(start_of(start, moved, options.space, plan.layers)),
            rest: rest.transpose()?,
            rate,
            handles: pairs.iter().map(handle).collect(),
            movable,
            fixed,
            before: None,
            watch: Watch::new(plan.tolerance, options.steps, plan.side),
            nearest: None,
            steps: 0,
            draws: false,
            manifold,
        })
    }

    /// The next step's update comes with a picture, which costs the layers behind the features.
    pub const fn draw_next(&mut self) {
        self.draws = true;
    }

    fn styles(&self) -> Result<&dyn Styles, DragError> {
        self.manifold.styles().ok_or(DragError::NoStyles)
    }

    /// The styles of all layers, `[1, n_layers, dim]`.
    fn all_layers(&self, moving: &Tensor) -> Result<Tensor, DragError> {
        let dim = self.styles()?.style_dim();
        let moved = match self.options.space {
            StyleSpace::W => moving.reshape((1, 1, dim))?.broadcast_as((1, self.plan.layers, dim))?,
            StyleSpace::WPlus => moving.reshape((1, self.plan.layers, dim))?,
        };
        Ok(match &self.rest {
            Some(rest) => Tensor::cat(&[&moved, rest], 1)?,
            None => moved.contiguous()?,
        })
    }

    /// To the features, and to the picture if it is wanted.
    fn pass(&self, draws: bool) -> Result<Pass, DragError> {
        let variable = Var::from_slice(&self.moving.values, self.moving.values.len(), &Device::Cpu)?;
        let (ws, styles) = (self.all_layers(&variable)?, self.styles()?);
        let (features, picture) = if draws {
            let (picture, features) = styles.synthesize_with_features(&ws, Noise::Constant, self.plan.at)?;
            (features, Picture::all_of(&picture)?.pop())
        } else {
            (styles.features_at(&ws, Noise::Constant, self.plan.at)?, None)
        };
        let features = features.to_device(&Device::Cpu)?.to_dtype(DType::F32)?;
        if !features.sum_all()?.to_scalar::<f32>()?.is_finite() {
            return Err(DragError::NotFinite { steps: self.steps });
        }
        Ok(Pass { variable, features, picture })
    }

    /// Finds the handles on these features.
    fn follow(&mut self, pass: &Pass) -> Result<(), DragError> {
        let seen = pass.features.detach();
        let map = Map { features: &seen, plan: &self.plan };
        for handle in &mut self.handles {
            match &handle.wanted {
                Some(wanted) => handle.at = map.track(handle.at, wanted)?,
                None => handle.wanted = Some(map.at(handle.at)?),
            }
        }
        if let (None, Some(picture)) = (&self.before, &pass.picture) {
            self.before = Some(Before { features: seen, picture: picture.clone() });
        }
        Ok(())
    }

    fn points(&self) -> Vec<DragPoint> {
        let point = |handle: &Handle| DragPoint {
            at: handle.at,
            target: handle.target,
            distance: between(handle.at, handle.target),
        };
        self.handles.iter().map(point).collect()
    }

    /// What is made smaller; `None` when no handle asks for anything.
    fn loss(&self, features: &Tensor) -> Result<Option<Tensor>, DragError> {
        let map = Map { features, plan: &self.plan };
        let mut sum: Option<Tensor> = None;
        for handle in &self.handles {
            if let Some(term) = map.supervise(handle.at, handle.target)? {
                sum = Some(match sum {
                    Some(sum) => (sum + term)?,
                    None => term,
                });
            }
        }
        match (sum, &self.fixed, &self.before) {
            (Some(sum), Some(fixed), Some(before)) if self.options.hold > 0.0 => {
                let drift = map.drift(&before.features, fixed)?;
                Ok(Some((sum + (drift * f64::from(self.options.hold))?)?))
            }
            (sum, ..) => Ok(sum),
        }
    }

    fn descend(&mut self, pass: &Pass) -> Result<(), DragError> {
        if let Some(loss) = self.loss(&pass.features)?
            && let Some(slope) = loss.backward()?.remove(&pass.variable)
        {
            let slope = slope.to_vec1::<f32>()?;
            if slope.iter().any(|number| !number.is_finite()) {
                return Err(DragError::NotFinite { steps: self.steps });
            }
            self.moving.step(&slope, self.rate);
        }
        self.steps += 1;
        Ok(())
    }

    fn finish(&mut self, ending: Ending) -> Result<Dragged, DragError> {
        let steps = self.steps;
        let Some(nearest) = self.nearest.take() else { return Err(DragError::NotFinite { steps }) };
        self.moving.values.clone_from(&nearest.values);
        let variable = Tensor::from_slice(&nearest.values, nearest.values.len(), &Device::Cpu)?;
        let ws = self.all_layers(&variable)?;
        let drawn = Picture::all_of(&self.styles()?.synthesize(&ws, Noise::Constant)?)?.pop();
        let Some(picture) = drawn else { return Err(DragError::NotFinite { steps }) };
        let drift = match (&self.movable, &self.fixed, &self.before) {
            (Some(movable), Some(_), Some(before)) => Some(drift(movable, &before.picture, &picture)),
            _ => None,
        };
        let styles = ws.flatten_all()?.to_vec1()?;
        Ok(Dragged { styles, picture, points: nearest.points, steps, ending, drift })
    }
}

impl Stepper for DragJob {
    type Preview = DragUpdate;
    type Output = Dragged;
    type Error = DragError;

    /// Draws, finds the handles, and moves the styles once.
    fn step(&mut self) -> Result<Step<DragUpdate, Dragged>, DragError> {
        let draws = std::mem::take(&mut self.draws) || self.before.is_none();
        let pass = self.pass(draws)?;
        self.follow(&pass)?;
        let points = self.points();
        let distance = mean_distance(&points);
        if self.nearest.as_ref().is_none_or(|nearest| distance < nearest.distance) {
            let values = self.moving.values.clone();
            self.nearest = Some(Nearest { distance, values, points: points.clone() });
        }
        if let Some(ending) = self.watch.note(&points) {
            return self.finish(ending).map(Step::Done);
        }
        let (step, styles) = (self.steps, self.all_layers(&pass.variable)?.flatten_all()?.to_vec1()?);
        self.descend(&pass)?;
        let progress = Progress { fraction: step as f32 / self.options.steps as f32, stage: "drag" };
        Ok(Step::More(DragUpdate { progress, step, points, styles, picture: pass.picture }))
    }
}

fn check_pairs(pairs: &[Pair], side: usize) -> Result<(), DragError> {
    if pairs.is_empty() {
        return Err(DragError::NoHandles);
    }
    for (at, pair) in pairs.iter().enumerate() {
        for (what, [x, y]) in [("handle", pair.handle), ("target", pair.target)] {
            let inside = 0.0..=side as f32;
            if !inside.contains(&x) || !inside.contains(&y) {
                return Err(DragError::OffPicture { what, number: at + 1, x, y, side });
            }
        }
    }
    Ok(())
}

fn check_region(movable: &Plane<f32>, side: usize) -> Result<(), DragError> {
    let (width, height) = (movable.size().width, movable.size().height);
    if (width as usize, height as usize) != (side, side) {
        return Err(DragError::WrongRegion { width, height, side });
    }
    if movable.data().iter().all(|movable| *movable <= 0.0) {
        return Err(DragError::NothingMovable);
    }
    Ok(())
}

/// The first `moved` numbers of what moves: a shared style begins as the mean of those that it stands for.
fn start_of(start: &[f32], moved: usize, space: StyleSpace, layers: usize) -> Vec<f32> {
    match space {
        StyleSpace::WPlus => start[..moved].to_vec(),
        StyleSpace::W => {
            let mean = |at: usize| start[..moved * layers].iter().skip(at).step_by(moved).sum::<f32>() / layers as f32;
            (0..moved).map(mean).collect()
        }
    }
}

/// The mean difference of colors where nothing may move.
fn drift(movable: &Plane<f32>, before: &Picture, after: &Picture) -> f32 {
    let pixels = before.rgb().chunks_exact(3).zip(after.rgb().chunks_exact(3));
    let (mut sum, mut weight) = (0.0, 0.0);
    for ((before, after), movable) in pixels.zip(movable.data()) {
        let fixed = 1.0 - movable.clamp(0.0, 1.0);
        let change: f32 = before.iter().zip(after).map(|(a, b)| f32::from(a.abs_diff(*b))).sum();
        sum += fixed * change / 3.0;
        weight += fixed;
    }
    if weight > 0.0 { sum / weight } else { 0.0 }
}
