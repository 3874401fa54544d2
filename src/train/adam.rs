//! Adam (Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1) and the moving average of weights.
//!
//! On the CPU each update is one pass over memory on all threads; elsewhere it is made of candle's operations.

use candle_core::backprop::GradStore;
use candle_core::{CpuStorage, InplaceOp2, InplaceOp3, Layout, Result, Tensor, Var};
use rayon::prelude::*;

use super::parameters::{Parameters, Tensors};
use crate::compute::element::{only_floats, values};

/// How fast, and how much of the past counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdamConfig {
    /// Learning rate.
    pub lr: f64,
    /// Decay of the first moment, in 0..1.
    pub beta1: f64,
    /// Decay of the second moment, in 0..1.
    pub beta2: f64,
    /// Added to the denominator.
    pub eps: f64,
}

impl AdamConfig {
    /// The rates for a network whose regulariser runs in every `interval`-th step only, as a step of its own: `c =
    /// interval / (interval + 1)` scales the rate and is the exponent of the decays (Karras et al., Analyzing and Improving
    /// the Image Quality of StyleGAN, 2020, appendix B).
    #[must_use]
    pub fn with_lazy_regularizer(self, interval: usize) -> Self {
        let c = interval as f64 / (interval as f64 + 1.0);
        Self { lr: self.lr * c, beta1: self.beta1.powf(c), beta2: self.beta2.powf(c), ..self }
    }
}

/// The moments of one variable.
struct Slot {
    name: String,
    var: Var,
    first: Tensor,
    second: Tensor,
}

/// The optimiser of one network.
pub struct Adam {
    config: AdamConfig,
    slots: Vec<Slot>,
    steps: u64,
}

impl Adam {
    /// Moments of zero for every variable there is now.
    ///
    /// # Errors
    /// When candle cannot make the tensors.
    pub fn new(parameters: &Parameters, config: AdamConfig) -> Result<Self> {
        let slot = |(name, var): (String, Var)| -> Result<Slot> {
            let (first, second) = (var.zeros_like()?.detach(), var.zeros_like()?.detach());
            Ok(Slot { name, var, first, second })
        };
        Ok(Self { config, slots: parameters.vars().into_iter().map(slot).collect::<Result<_>>()?, steps: 0 })
    }

    /// Another learning rate from now on.
    pub const fn set_rate(&mut self, lr: f64) {
        self.config.lr = lr;
    }

    /// Moves every variable that has a gradient. Numbers that are no numbers move nothing (the loss tells of them).
    ///
    /// # Errors
    /// When candle cannot compute.
    pub fn step(&mut self, grads: &GradStore) -> Result<()> {
        self.steps += 1;
        let steps = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let AdamConfig { lr, beta1, beta2, eps } = self.config;
        let (bias1, bias2) = (1.0 - beta1.powi(steps), 1.0 - beta2.powi(steps));
        let update = Update { rate: (lr * bias2.sqrt() / bias1) as f32, eps: (eps * bias2.sqrt()) as f32 };
        for slot in &self.slots {
            let Some(grad) = grads.get(&slot.var) else { continue };
            let grad = grad.detach().contiguous()?;
            if !grad.device().is_cpu() {
                slot.step_elsewhere(&grad, beta1, beta2, update)?;
                continue;
            }
            slot.first.inplace_op2(&grad, &Blend { keep: beta1 as f32, squares: false })?;
            slot.second.inplace_op2(&grad, &Blend { keep: beta2 as f32, squares: true })?;
            slot.var.as_detached_tensor().inplace_op3(&slot.first, &slot.second, &update)?;
        }
        Ok(())
    }

    /// Steps done, and the moments under `prefix.first.NAME` and `prefix.second.NAME`.
    pub fn save(&self, prefix: &str, into: &mut Tensors) -> u64 {
        for slot in &self.slots {
            into.insert(format!("{prefix}.first.{}", slot.name), slot.first.clone());
            into.insert(format!("{prefix}.second.{}", slot.name), slot.second.clone());
        }
        self.steps
    }

    /// Goes back to what [`Self::save`] told.
    ///
    /// # Errors
    /// When a moment is missing or has another shape.
    pub fn restore(&mut self, prefix: &str, from: &Tensors, steps: u64) -> Result<()> {
        for slot in &mut self.slots {
            for (kind, moment) in [("first", &mut slot.first), ("second", &mut slot.second)] {
                let key = format!("{prefix}.{kind}.{}", slot.name);
                match from.get(&key) {
                    Some(tensor) if tensor.dims() == moment.dims() => *moment = tensor.copy()?.detach(),
                    Some(tensor) => candle_core::bail!("{key} is {:?}, not {:?}", tensor.dims(), moment.dims()),
                    None => candle_core::bail!("{key} is missing"),
                }
            }
        }
        self.steps = steps;
        Ok(())
    }
}

impl Slot {
    fn step_elsewhere(&self, grad: &Tensor, beta1: f64, beta2: f64, update: Update) -> Result<()> {
        let first = ((&self.first * beta1)? + (grad * (1.0 - beta1))?)?;
        let second = ((&self.second * beta2)? + (grad.sqr()? * (1.0 - beta2))?)?;
        let step = (first.affine(f64::from(update.rate), 0.0)? / (second.sqrt()? + f64::from(update.eps))?)?;
        self.var.set(&(self.var.as_detached_tensor() - step)?)?;
        self.first.slice_set(&first, 0, 0)?;
        self.second.slice_set(&second, 0, 0)
    }
}

/// A slow copy of a network: `average = beta average + (1 - beta) now` at each step (the one that is shown and shipped).
pub struct Ema {
    averages: Vec<(String, Tensor, Tensor)>,
}

impl Ema {
    /// A copy of the values of this moment.
    ///
    /// # Errors
    /// When candle cannot copy.
    pub fn new(parameters: &Parameters) -> Result<Self> {
        let copy = |(name, now): (String, Tensor)| Ok((name, now.copy()?.detach(), now));
        Ok(Self { averages: parameters.tensors().into_iter().map(copy).collect::<Result<_>>()? })
    }

    /// Moves the averages towards the values of this moment; `beta` in 0..=1.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub fn update(&self, beta: f64) -> Result<()> {
        for (_, average, now) in &self.averages {
            if now.device().is_cpu() {
                average.inplace_op2(now, &Blend { keep: beta as f32, squares: false })?;
            } else {
                average.slice_set(&((average * beta)? + (now * (1.0 - beta))?)?, 0, 0)?;
            }
        }
        Ok(())
    }

    /// The averages by name.
    #[must_use]
    pub fn tensors(&self) -> Tensors {
        self.averages.iter().map(|(name, average, _)| (name.clone(), average.clone())).collect()
    }

    /// Goes back to averages that were saved.
    ///
    /// # Errors
    /// When one is missing or has another shape.
    pub fn restore(&mut self, from: &Tensors) -> Result<()> {
        for (name, average, _) in &mut self.averages {
            match from.get(name) {
                Some(tensor) if tensor.dims() == average.dims() => *average = tensor.copy()?.detach(),
                _ => candle_core::bail!("the average of {name} is missing or has another shape"),
            }
        }
        Ok(())
    }
}

/// Values of a pass that one thread takes at a time.
const CHUNK: usize = 1 << 14;

/// `x = keep x + (1 - keep) y`, or with the square of `y`.
struct Blend {
    keep: f32,
    squares: bool,
}

impl InplaceOp2 for Blend {
    fn name(&self) -> &'static str {
        "blend"
    }

    fn cpu_fwd(&self, s1: &mut CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<()> {
        let xs = values_mut("blend", s1, l1)?;
        let ys = values::<f32>("blend", s2, l2)?;
        let (keep, take) = (self.keep, 1.0 - self.keep);
        let parts = xs.par_chunks_mut(CHUNK).zip(ys.par_chunks(CHUNK));
        if self.squares {
            parts.for_each(|(xs, ys)| blend_squares(xs, ys, keep, take));
        } else {
            parts.for_each(|(xs, ys)| blend(xs, ys, keep, take));
        }
        Ok(())
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn blend(xs: &mut [f32], ys: &[f32], keep: f32, take: f32) {
    xs.iter_mut().zip(ys).for_each(|(x, y)| *x = keep * *x + take * y);
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn blend_squares(xs: &mut [f32], ys: &[f32], keep: f32, take: f32) {
    xs.iter_mut().zip(ys).for_each(|(x, y)| *x = keep * *x + take * y * y);
}

/// `x -= rate first / (sqrt(second) + eps)`.
#[derive(Clone, Copy)]
struct Update {
    rate: f32,
    eps: f32,
}

impl InplaceOp3 for Update {
    fn name(&self) -> &'static str {
        "adam"
    }

    fn cpu_fwd(
        &self,
        s1: &mut CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<()> {
        let xs = values_mut("adam", s1, l1)?;
        let (firsts, seconds) = (values::<f32>("adam", s2, l2)?, values::<f32>("adam", s3, l3)?);
        let parts = xs.par_chunks_mut(CHUNK).zip(firsts.par_chunks(CHUNK)).zip(seconds.par_chunks(CHUNK));
        parts.for_each(|((xs, firsts), seconds)| {
            update(xs, firsts, seconds, self);
        });
        Ok(())
    }
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn update(xs: &mut [f32], firsts: &[f32], seconds: &[f32], update: &Update) {
    let &Update { rate, eps } = update;
    for ((x, first), second) in xs.iter_mut().zip(firsts).zip(seconds) {
        *x -= rate * first / (second.sqrt() + eps);
    }
}

fn values_mut<'a>(op: &str, storage: &'a mut CpuStorage, layout: &Layout) -> Result<&'a mut [f32]> {
    let Some((start, end)) = layout.contiguous_offsets() else {
        candle_core::bail!("{op}: the tensor has strides {:?}", layout.stride());
    };
    match storage {
        CpuStorage::F32(values) => Ok(&mut values[start..end]),
        other => Err(only_floats(op, other)),
    }
}
