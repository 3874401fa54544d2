//! Batch norm of training with its affine step and activation: one operation, with one pass for the statistics and one that
//! writes, and as many backward.
//!
//! `y = a(w (x - m) r + b)`, `m` and `r` the mean and inverse deviation of a channel's `N` values. With `g` the gradient before
//! the activation: `db = sum g`, `dw = r sum g (x - m)`, `dx = w r (g - db / N - r (x - m) dw / N)`.

use candle_core::{CpuStorage, CustomOp3, Device, Error, Layout, Result, Shape, Storage, Tensor};
use rayon::prelude::*;

use super::instance_norm::{Statistics, normalized, normalized_gradient, write_gradient, write_normalized};
use super::norm::BatchStatistics;
use super::pointwise::{slopes, through_activation, vector};
use super::scale::{LANES, dot, plane_of, scale, sum_of_lanes, sum_planes};
use crate::compute::element::{Element, for_each_plane, only_floats, values};
use crate::compute::{Activation, known};

/// The operation of contiguous `xs` `[n, c, …]`, `weight` and `bias` `[c]` on the CPU, and the batch's statistics.
pub(super) fn fused(
    xs: &Tensor,
    weight: &Tensor,
    bias: &Tensor,
    eps: f64,
    activation: Activation,
) -> Result<(Tensor, BatchStatistics)> {
    let (storage, layout) = xs.storage_and_layout();
    let all = match &*storage {
        Storage::Cpu(storage @ CpuStorage::F32(_)) => of_channels::<f32>(storage, layout, eps)?,
        Storage::Cpu(storage @ CpuStorage::F64(_)) => of_channels::<f64>(storage, layout, eps)?,
        Storage::Cpu(storage) => return Err(only_floats(NAME, storage)),
        _ => return Err(Error::Msg(format!("{NAME}: the tensor is on another device"))),
    };
    drop(storage);
    let count = (xs.elem_count() / all.len()) as f64;
    let list = |value: &dyn Fn(&Statistics) -> f64| {
        let list: Vec<f64> = all.iter().map(value).collect();
        Tensor::from_vec(list, all.len(), &Device::Cpu)?.to_dtype(xs.dtype())
    };
    let mean = list(&|of| of.mean)?;
    let variance = list(&|of| of.variance * count / (count - 1.0))?;
    let ys = xs.apply_op3(weight, bias, Fused { eps, activation, all })?;
    Ok((ys, BatchStatistics { mean, variance }))
}

const NAME: &str = "batch_norm";

/// The statistics of each channel over the batch.
fn of_channels<T: Element>(storage: &CpuStorage, layout: &Layout, eps: f64) -> Result<Vec<Statistics>> {
    let (xs, plane, channels) = (values::<T>(NAME, storage, layout)?, plane_of(layout), layout.dims()[1]);
    let of = |channel| Statistics::of(xs.chunks(plane).skip(channel).step_by(channels), eps);
    Ok((0..channels).into_par_iter().map(of).collect())
}

struct Fused {
    eps: f64,
    activation: Activation,
    all: Vec<Statistics>,
}

/// The gradients of the three operands.
struct Gradients {
    xs: CpuStorage,
    weight: CpuStorage,
    bias: CpuStorage,
}

impl Fused {
    fn slopes<T: Element>(&self) -> (T, T) {
        let (above, below) = slopes(self.activation);
        (T::from_f64(above), T::from_f64(below))
    }

    fn run<T: Element>(
        &self,
        (storage, layout): (&CpuStorage, &Layout),
        weight: (&CpuStorage, &Layout),
        bias: (&CpuStorage, &Layout),
    ) -> Result<CpuStorage> {
        let (xs, plane) = (values::<T>(NAME, storage, layout)?, plane_of(layout));
        let (weight, bias) = (values::<T>(NAME, weight.0, weight.1)?, values::<T>(NAME, bias.0, bias.1)?);
        let slopes = self.slopes::<T>();
        let mut out = vec![T::zero(); xs.len()];
        for_each_plane(&mut out, plane, |at, out| {
            let channel = at % self.all.len();
            let of = &self.all[channel];
            let factor = of.inverse_deviation * weight[channel].to_f64();
            let (mean, off) = of.rounded_mean();
            let bias = T::from_f64(bias[channel].to_f64() - off * factor);
            write_normalized(out, &xs[at * plane..][..plane], (mean, T::from_f64(factor), bias), slopes);
        });
        Ok(T::to_cpu_storage_owned(out))
    }

    fn gradients(&self, [xs, weight, ys, grad]: [&Tensor; 4]) -> Result<Gradients> {
        let tensors = [xs, ys, grad].map(Tensor::storage_and_layout);
        let layout = tensors[0].1;
        match tensors.each_ref().map(|(storage, _)| &**storage) {
            [Storage::Cpu(xs), Storage::Cpu(ys), Storage::Cpu(grad)] => {
                let layouts = [layout, tensors[1].1, tensors[2].1];
                match xs {
                    CpuStorage::F32(_) => self.gradients_of::<f32>([xs, ys, grad], layouts, weight),
                    CpuStorage::F64(_) => self.gradients_of::<f64>([xs, ys, grad], layouts, weight),
                    other => Err(only_floats(NAME, other)),
                }
            }
            _ => Err(Error::Msg(format!("{NAME}: a gradient is on another device"))),
        }
    }

    fn gradients_of<T: Element>(
        &self,
        storages: [&CpuStorage; 3],
        layouts: [&Layout; 3],
        weight: &Tensor,
    ) -> Result<Gradients> {
        let plane = plane_of(layouts[0]);
        let of = |at: usize| values::<T>(NAME, storages[at], layouts[at]);
        let (xs, ys, grad) = (of(0)?, of(1)?, of(2)?);
        let weight = vector::<T>(Some(weight))?.unwrap_or_default();
        let (slopes, channels) = (self.slopes::<T>(), self.all.len());
        let count = (xs.len() / channels) as f64;
        let sums = |channel: usize| {
            let (mean, off) = self.all[channel].rounded_mean();
            let (mut sum, mut product) = (0.0, 0.0);
            for at in (channel * plane..xs.len()).step_by(channels * plane) {
                let planes = [xs, ys, grad].map(|values| values[at..at + plane].chunks(2048));
                let [xs, ys, grad] = planes;
                for ((xs, ys), grad) in xs.zip(ys).zip(grad) {
                    let (of_block, with_block) = block_sums(xs, ys, grad, mean, slopes);
                    sum += of_block.to_f64();
                    product += with_block.to_f64();
                }
            }
            (sum, product - off * sum)
        };
        let sums: Vec<(f64, f64)> = (0..channels).into_par_iter().map(sums).collect();
        let mut out = vec![T::zero(); xs.len()];
        for_each_plane(&mut out, plane, |at, out| {
            let (channel, range) = (at % channels, at * plane..(at + 1) * plane);
            let of = &self.all[channel];
            let ((sum, product), (mean, off)) = (sums[channel], of.rounded_mean());
            let along = product * of.inverse_deviation * of.inverse_deviation / count;
            let factor = of.inverse_deviation * weight[channel].to_f64();
            let [mean_g, along, factor] = [sum / count - along * off, along, factor].map(T::from_f64);
            before_activation(out, &ys[range.clone()], &grad[range.clone()], slopes);
            write_gradient(out, &xs[range], [mean_g, mean, along, factor]);
        });
        let of_weight = |at: usize| T::from_f64(sums[at].1 * self.all[at].inverse_deviation);
        Ok(Gradients {
            xs: T::to_cpu_storage_owned(out),
            weight: T::to_cpu_storage_owned((0..channels).map(of_weight).collect()),
            bias: T::to_cpu_storage_owned(sums.iter().map(|(sum, _)| T::from_f64(*sum)).collect()),
        })
    }
}

/// The sum of the gradients before the activation, and of their products with `xs - mean`.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn block_sums<T: Element>(xs: &[T], ys: &[T], grad: &[T], mean: T, (above, below): (T, T)) -> (T, T) {
    let zero = T::zero();
    let slope = |y: T| if y > zero { above } else { below };
    let ((body_x, rest_x), (body_y, rest_y)) = (xs.as_chunks::<LANES>(), ys.as_chunks::<LANES>());
    let (body_g, rest_g) = grad.as_chunks::<LANES>();
    let (mut sums, mut products) = ([zero; LANES], [zero; LANES]);
    for ((xs, ys), grad) in body_x.iter().zip(body_y).zip(body_g) {
        for lane in 0..LANES {
            let g = grad[lane] * slope(ys[lane]);
            sums[lane] += g;
            products[lane] += g * (xs[lane] - mean);
        }
    }
    let (mut sum, mut product) = (sum_of_lanes(sums), sum_of_lanes(products));
    for ((x, y), g) in rest_x.iter().zip(rest_y).zip(rest_g) {
        let g = *g * slope(*y);
        sum += g;
        product += g * (*x - mean);
    }
    (sum, product)
}

/// `out = grad * slope`, by the sign of the activation's result.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn before_activation<T: Element>(out: &mut [T], ys: &[T], grad: &[T], (above, below): (T, T)) {
    let zero = T::zero();
    for ((out, y), g) in out.iter_mut().zip(ys).zip(grad) {
        *out = *g * if *y > zero { above } else { below };
    }
}

impl CustomOp3 for Fused {
    fn name(&self) -> &'static str {
        NAME
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let out = match s1 {
            CpuStorage::F32(_) => self.run::<f32>((s1, l1), (s2, l2), (s3, l3))?,
            CpuStorage::F64(_) => self.run::<f64>((s1, l1), (s2, l2), (s3, l3))?,
            _ => return Err(only_floats(NAME, s1)),
        };
        Ok((out, l1.shape().clone()))
    }

    fn bwd(
        &self,
        xs: &Tensor,
        weight: &Tensor,
        bias: &Tensor,
        ys: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let Gradients { xs: to_xs, weight: to_weight, bias: to_bias } = self.gradients([xs, weight, ys, &grad])?;
        let definition = Definition { eps: self.eps, activation: self.activation, ys: ys.detach() };
        let of = [&grad, xs, weight];
        let channels = self.all.len();
        let to_xs = xs.track_op().then(|| {
            let definition = definition.clone();
            known(to_xs, xs.shape(), of, move |[grad, xs, weight]| definition.to_xs(grad, xs, weight))
        });
        let to_weight = weight.track_op().then(|| {
            let definition = definition.clone();
            known(to_weight, channels, of, move |[grad, xs, _]| definition.to_weight(grad, xs))
        });
        let to_bias = bias.track_op().then(|| known(to_bias, channels, of, move |[grad, ..]| definition.to_bias(grad)));
        Ok((to_xs.transpose()?, to_weight.transpose()?, to_bias.transpose()?))
    }
}

/// The gradients in differentiable operations.
#[derive(Clone)]
struct Definition {
    eps: f64,
    activation: Activation,
    ys: Tensor,
}

impl Definition {
    /// The gradient before the activation.
    fn inner(&self, grad: &Tensor) -> Result<Tensor> {
        through_activation(self.activation, &self.ys, grad)
    }

    fn to_xs(&self, grad: &Tensor, xs: &Tensor, weight: &Tensor) -> Result<Tensor> {
        let (n, c) = (xs.dim(0)?, xs.dim(1)?);
        let weighted = scale(&self.inner(grad)?, &weight.broadcast_as((n, c))?.contiguous()?)?;
        let gradient = normalized_gradient(&one_image(&weighted)?, &one_image(xs)?, self.eps)?;
        gradient.reshape((c, n, ()))?.transpose(0, 1)?.contiguous()?.reshape(xs.dims())
    }

    fn to_weight(&self, grad: &Tensor, xs: &Tensor) -> Result<Tensor> {
        let normed = normalized(&one_image(xs)?, self.eps)?;
        dot(&one_image(&self.inner(grad)?)?, &normed)?.flatten_all()
    }

    fn to_bias(&self, grad: &Tensor) -> Result<Tensor> {
        sum_planes(&one_image(&self.inner(grad)?)?)?.flatten_all()
    }
}

/// `[n, c, …]` as one image whose planes are the channels over the whole batch, `[1, c, n, …]`.
pub(super) fn one_image(xs: &Tensor) -> Result<Tensor> {
    let (n, c) = (xs.dim(0)?, xs.dim(1)?);
    xs.reshape((n, c, ()))?.transpose(0, 1)?.contiguous()?.reshape((1, c, n, ()))
}
