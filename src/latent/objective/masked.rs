//! Squared differences to many targets at once, each inside its own mask: one pass over what is masked, and one for the
//! gradient.

use std::sync::Arc;

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use crate::compute::element::{Element, only_floats, values};

/// What images of a fixed size are compared with.
#[derive(Debug, Clone)]
pub(super) struct Targets {
    channels: usize,
    /// Values in one channel.
    plane: usize,
    list: Arc<[Target]>,
}

/// One target: runs of masked values, and what stands there one run after the other.
#[derive(Debug)]
struct Target {
    runs: Vec<Run>,
    /// One for each masked value of a channel; they sum to 1 over all channels.
    weights: Vec<f32>,
    /// As many for each channel.
    values: Vec<f32>,
}

#[derive(Debug, Clone, Copy)]
struct Run {
    /// In a channel.
    start: usize,
    /// In the target's own lists.
    at: usize,
    len: usize,
}

impl Targets {
    /// For images of `channels` planes of `plane` values. Each target is a mask of one plane and values of all planes.
    pub(super) fn new(channels: usize, plane: usize, list: &[(Vec<f32>, Vec<f32>)]) -> Self {
        let list = list.iter().map(|(mask, values)| Target::new(channels, mask, values)).collect();
        Self { channels, plane, list }
    }

    /// For images `[n, channels, h, w]` on the CPU, the mean squared difference to each target under its mask, `[n, targets]`:
    /// `mean((x - u)^2 mask) / (mean(mask) + 1e-5)`. Gradients reach the images; they are no longer on their graph.
    ///
    /// # Errors
    /// When the images are of another size or on another device.
    pub(super) fn errors(&self, xs: &Tensor) -> Result<Tensor> {
        let (_, channels, h, w) = xs.dims4()?;
        if (channels, h * w) != (self.channels, self.plane) {
            candle_core::bail!("masked errors of {:?}: not {} planes of {}", xs.dims(), self.channels, self.plane);
        }
        xs.contiguous()?.apply_op1(ErrorsOp(self.clone()))
    }

    const fn image(&self) -> usize {
        self.channels * self.plane
    }
}

impl Target {
    fn new(channels: usize, mask: &[f32], values: &[f32]) -> Self {
        let mean = mask.iter().map(|mask| f64::from(*mask)).sum::<f64>() / mask.len() as f64;
        let gain = 1.0 / ((mean + 1e-5) * (channels * mask.len()) as f64);
        let mut runs: Vec<Run> = Vec::new();
        let mut weights = Vec::new();
        for (start, mask) in mask.iter().enumerate().filter(|(_, mask)| **mask > 0.0) {
            match runs.last_mut() {
                Some(run) if run.start + run.len == start => run.len += 1,
                _ => runs.push(Run { start, at: weights.len(), len: 1 }),
            }
            weights.push((f64::from(*mask) * gain) as f32);
        }
        let of_channel = |channel: usize| {
            let plane = &values[channel * mask.len()..][..mask.len()];
            runs.iter().flat_map(|run| &plane[run.start..run.start + run.len])
        };
        let values = (0..channels).flat_map(of_channel).copied().collect();
        Self { runs, weights, values }
    }

    /// Calls `work` with each run: where it starts in the image, its weights and its values.
    fn each_run<'a>(&'a self, channels: usize, plane: usize, mut work: impl FnMut(usize, &'a [f32], &'a [f32])) {
        for channel in 0..channels {
            let values = &self.values[channel * self.weights.len()..][..self.weights.len()];
            for run in &self.runs {
                let own = run.at..run.at + run.len;
                work(channel * plane + run.start, &self.weights[own.clone()], &values[own]);
            }
        }
    }
}

struct ErrorsOp(Targets);

impl ErrorsOp {
    fn run<T: Element>(&self, xs: &[T]) -> CpuStorage {
        let Targets { channels, plane, list } = &self.0;
        let of_image = |image: &[T]| -> Vec<T> {
            let of_target = |target: &Target| {
                let mut sum = 0.0;
                target.each_run(*channels, *plane, |start, weights, values| {
                    sum += squares(&image[start..][..weights.len()], weights, values).to_f64();
                });
                T::from_f64(sum)
            };
            list.iter().map(of_target).collect()
        };
        T::to_cpu_storage_owned(xs.par_chunks(self.0.image()).flat_map_iter(of_image).collect())
    }
}

impl CustomOp1 for ErrorsOp {
    fn name(&self) -> &'static str {
        "masked_errors"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let out = match storage {
            CpuStorage::F32(_) => self.run::<f32>(values(self.name(), storage, layout)?),
            CpuStorage::F64(_) => self.run::<f64>(values(self.name(), storage, layout)?),
            _ => return Err(only_floats(self.name(), storage)),
        };
        Ok((out, Shape::from((layout.dims()[0], self.0.list.len()))))
    }

    fn bwd(&self, xs: &Tensor, _: &Tensor, grad: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some(xs.detach().apply_op2(&grad.detach().contiguous()?, GradientOp(self.0.clone()))?))
    }
}

/// The gradient of [`ErrorsOp`]: images, and the gradient of the errors.
struct GradientOp(Targets);

impl GradientOp {
    fn run<T: Element>(&self, xs: &[T], grad: &[T]) -> CpuStorage {
        let Targets { channels, plane, list } = &self.0;
        let mut out = vec![T::zero(); xs.len()];
        let images = out.par_chunks_mut(self.0.image()).zip(xs.par_chunks(self.0.image()));
        images.zip(grad.par_chunks(list.len())).for_each(|((out, image), grad)| {
            for (target, grad) in list.iter().zip(grad) {
                let twice = *grad + *grad;
                target.each_run(*channels, *plane, |start, weights, values| {
                    let range = start..start + weights.len();
                    add_slopes(&mut out[range.clone()], &image[range], weights, values, twice);
                });
            }
        });
        T::to_cpu_storage_owned(out)
    }
}

impl CustomOp2 for GradientOp {
    fn name(&self) -> &'static str {
        "masked_errors_gradient"
    }

    fn cpu_fwd(&self, s1: &CpuStorage, l1: &Layout, s2: &CpuStorage, l2: &Layout) -> Result<(CpuStorage, Shape)> {
        let name = self.name();
        let out = match s1 {
            CpuStorage::F32(_) => self.run::<f32>(values(name, s1, l1)?, values(name, s2, l2)?),
            CpuStorage::F64(_) => self.run::<f64>(values(name, s1, l1)?, values(name, s2, l2)?),
            _ => return Err(only_floats(name, s1)),
        };
        Ok((out, l1.shape().clone()))
    }
}

/// Sums held side by side, so that compilers make vectors of them.
const LANES: usize = 16;

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn squares<T: Element>(xs: &[T], weights: &[f32], values: &[f32]) -> T {
    let mut sums = [T::zero(); LANES];
    let blocks = xs.chunks(LANES).zip(weights.chunks(LANES)).zip(values.chunks(LANES));
    for ((xs, weights), values) in blocks {
        for (((sum, x), weight), value) in sums.iter_mut().zip(xs).zip(weights).zip(values) {
            let off = *x - T::from_f64(f64::from(*value));
            *sum += T::from_f64(f64::from(*weight)) * off * off;
        }
    }
    sums.into_iter().fold(T::zero(), |total, sum| total + sum)
}

#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn add_slopes<T: Element>(out: &mut [T], xs: &[T], weights: &[f32], values: &[f32], gain: T) {
    for (((out, x), weight), value) in out.iter_mut().zip(xs).zip(weights).zip(values) {
        *out += gain * T::from_f64(f64::from(*weight)) * (*x - T::from_f64(f64::from(*value)));
    }
}
