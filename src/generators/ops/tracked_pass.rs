//! The last pass over a layer's result where its scale or noise is trained: `y = a(s x + noise + b)`, one pass forward and one
//! back.
//!
//! With `g` the gradient before the activation: `dx = s g`, `ds = sum g x`, `db = sum g` over each plane, and the noise's is the
//! sum of `g` over the channels.

use candle_core::{CpuStorage, CustomOp3, Error, Layout, Result, Shape, Storage, Tensor};
use rayon::prelude::*;

use super::pointwise::{Plane, finish, slopes, through_activation};
use super::scale::{LANES, dot, plane_of, scale, sum_of_lanes, sum_planes};
use crate::compute::element::{Element, for_each_plane, only_floats, values};
use crate::compute::{Activation, known};

const NAME: &str = "tracked_pass";

/// `activation(scale xs + noise + bias)`: contiguous `xs` `[n, c, …]` on the CPU, `scale` and `bias` `[n, c]` or `[c]`, `noise`
/// `[n or 1, 1, …]`, each of them tracked or not.
pub(super) fn tracked_pass(
    xs: &Tensor,
    scale: Option<&Tensor>,
    noise: Option<&Tensor>,
    bias: Option<&Tensor>,
    activation: Activation,
) -> Result<Tensor> {
    let (n, c) = (xs.dim(0)?, xs.dim(1)?);
    let each = |operand: Option<&Tensor>, other: f64| match operand {
        Some(operand) => operand.broadcast_as((n, c)),
        None => Tensor::full(other, (n, c), xs.device())?.to_dtype(xs.dtype()),
    };
    // A candle operation has three operands at most.
    let factors = Tensor::stack(&[each(scale, 1.0)?, each(bias, 0.0)?], 0)?;
    let noise = match noise {
        Some(noise) => noise.contiguous()?,
        None => Tensor::zeros(1, xs.dtype(), xs.device())?,
    };
    xs.apply_op3(&factors, &noise, Pass { activation })
}

/// Factors are `[2, n, c]`: scale and bias. The noise is a single zero where there is none.
#[derive(Debug, Clone, Copy)]
struct Pass {
    activation: Activation,
}

/// The gradients of the three operands; the noise's for each image.
struct Gradients {
    xs: CpuStorage,
    factors: CpuStorage,
    noise: CpuStorage,
}

impl Pass {
    fn slopes<T: Element>(self) -> (T, T) {
        let (above, below) = slopes(self.activation);
        (T::from_f64(above), T::from_f64(below))
    }

    fn run<T: Element>(
        self,
        (storage, layout): (&CpuStorage, &Layout),
        factors: (&CpuStorage, &Layout),
        noise: (&CpuStorage, &Layout),
    ) -> Result<CpuStorage> {
        let (xs, plane, channels) = (values::<T>(NAME, storage, layout)?, plane_of(layout), layout.dims()[1]);
        let factors = values::<T>(NAME, factors.0, factors.1)?;
        let noise = Some(values::<T>(NAME, noise.0, noise.1)?).filter(|noise| noise.len() >= plane);
        let (scales, biases) = factors.split_at(factors.len() / 2);
        let (above, below) = self.slopes();
        let mut out = vec![T::zero(); xs.len()];
        for_each_plane(&mut out, plane, |at, out| {
            let noise = noise.map(|noise| &noise[at / channels * plane % noise.len()..][..plane]);
            let operands = Plane { scale: scales[at], bias: biases[at], noise, above, below };
            finish(out, &xs[at * plane..][..plane], &operands);
        });
        Ok(T::to_cpu_storage_owned(out))
    }

    fn gradients(self, tensors: [&Tensor; 4], has_noise: bool) -> Result<Gradients> {
        let tensors = tensors.map(Tensor::storage_and_layout);
        let layouts = tensors.each_ref().map(|(_, layout)| *layout);
        match tensors.each_ref().map(|(storage, _)| &**storage) {
            [Storage::Cpu(xs), Storage::Cpu(factors), Storage::Cpu(ys), Storage::Cpu(grad)] => match xs {
                CpuStorage::F32(_) => self.gradients_of::<f32>([xs, factors, ys, grad], layouts, has_noise),
                CpuStorage::F64(_) => self.gradients_of::<f64>([xs, factors, ys, grad], layouts, has_noise),
                other => Err(only_floats(NAME, other)),
            },
            _ => Err(Error::Msg(format!("{NAME}: a gradient is on another device"))),
        }
    }

    fn gradients_of<T: Element>(
        self,
        storages: [&CpuStorage; 4],
        layouts: [&Layout; 4],
        has_noise: bool,
    ) -> Result<Gradients> {
        let (plane, images, channels) = (plane_of(layouts[0]), layouts[0].dims()[0], layouts[0].dims()[1]);
        let of = |at: usize| values::<T>(NAME, storages[at], layouts[at]);
        let (xs, factors, ys, grad) = (of(0)?, of(1)?, of(2)?, of(3)?);
        let slopes = self.slopes();
        let image = channels * plane;
        let mut to_xs = vec![T::zero(); xs.len()];
        let mut to_factors = vec![T::zero(); factors.len()];
        let mut to_noise = vec![T::zero(); if has_noise { images * plane } else { images }];
        let (to_scale, to_bias) = to_factors.split_at_mut(images * channels);
        let noise_plane = to_noise.len() / images;
        let of_images = to_xs.par_chunks_mut(image).zip(to_scale.par_chunks_mut(channels));
        let of_images = of_images.zip(to_bias.par_chunks_mut(channels)).zip(to_noise.par_chunks_mut(noise_plane));
        of_images.enumerate().for_each(|(at, (((to_xs, to_scale), to_bias), to_noise))| {
            for channel in 0..channels {
                let range = at * image + channel * plane..at * image + (channel + 1) * plane;
                let out = &mut to_xs[channel * plane..][..plane];
                let factor = factors[at * channels + channel];
                let (mut sum, mut product) = (0.0, 0.0);
                for start in (0..plane).step_by(BLOCK) {
                    let run = start..plane.min(start + BLOCK);
                    let block = range.start + run.start..range.start + run.end;
                    let noise = if has_noise { &mut to_noise[run.clone()] } else { &mut [] };
                    let operands = [&xs[block.clone()], &ys[block.clone()], &grad[block]];
                    let (of_block, with_block) = block_pass(&mut out[run], noise, operands, factor, slopes);
                    sum += of_block.to_f64();
                    product += with_block.to_f64();
                }
                (to_bias[channel], to_scale[channel]) = (T::from_f64(sum), T::from_f64(product));
            }
        });
        Ok(Gradients {
            xs: T::to_cpu_storage_owned(to_xs),
            factors: T::to_cpu_storage_owned(to_factors),
            noise: T::to_cpu_storage_owned(to_noise),
        })
    }
}

/// Values that are summed before the sum is joined to the others in f64.
const BLOCK: usize = 2048;

/// Writes the gradient of a block, adds it to the noise's, and returns its sum before the scale and that of its products with
/// `xs`.
#[multiversion::multiversion(targets("x86_64+avx512f+avx512bw+avx512vl", "x86_64+avx2+fma"))]
fn block_pass<T: Element>(
    out: &mut [T],
    noise: &mut [T],
    [xs, ys, grad]: [&[T]; 3],
    factor: T,
    (above, below): (T, T),
) -> (T, T) {
    let zero = T::zero();
    for ((out, y), g) in out.iter_mut().zip(ys).zip(grad) {
        *out = *g * if *y > zero { above } else { below };
    }
    noise.iter_mut().zip(&*out).for_each(|(noise, g)| *noise += *g);
    let ((body_x, rest_x), (body_g, rest_g)) = (xs.as_chunks::<LANES>(), out.as_chunks::<LANES>());
    let (mut sums, mut products) = ([zero; LANES], [zero; LANES]);
    for (xs, grad) in body_x.iter().zip(body_g) {
        for lane in 0..LANES {
            sums[lane] += grad[lane];
            products[lane] += grad[lane] * xs[lane];
        }
    }
    let (mut sum, mut product) = (sum_of_lanes(sums), sum_of_lanes(products));
    for (x, g) in rest_x.iter().zip(rest_g) {
        sum += *g;
        product += *g * *x;
    }
    for g in out {
        *g *= factor;
    }
    (sum, product)
}

impl CustomOp3 for Pass {
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
        factors: &Tensor,
        noise: &Tensor,
        ys: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let grad = grad.contiguous()?;
        let gradients = self.gradients([xs, factors, ys, &grad], noise.track_op())?;
        let definition = Definition { activation: self.activation, ys: ys.detach() };
        let of = [&grad, xs, factors];
        let to_xs = xs.track_op().then(|| {
            let definition = definition.clone();
            known(gradients.xs, xs.shape(), of, move |[grad, _, factors]| definition.to_xs(grad, factors))
        });
        let to_factors = factors.track_op().then(|| {
            let definition = definition.clone();
            known(gradients.factors, factors.shape(), of, move |[grad, xs, _]| definition.to_factors(grad, xs))
        });
        let to_noise = noise.track_op().then(|| {
            let one_channel = [&[xs.dim(0)?, 1], &xs.dims()[2..]].concat();
            let each = known(gradients.noise, one_channel, of, move |[grad, ..]| definition.to_noise(grad))?;
            if noise.dim(0)? == each.dim(0)? { Ok(each) } else { each.sum_keepdim(0) }
        });
        Ok((to_xs.transpose()?, to_factors.transpose()?, to_noise.transpose()?))
    }
}

/// The gradients in differentiable operations.
#[derive(Clone)]
struct Definition {
    activation: Activation,
    ys: Tensor,
}

impl Definition {
    /// The gradient before the activation.
    fn inner(&self, grad: &Tensor) -> Result<Tensor> {
        through_activation(self.activation, &self.ys, grad)
    }

    fn to_xs(&self, grad: &Tensor, factors: &Tensor) -> Result<Tensor> {
        scale(&self.inner(grad)?, &factors.get(0)?.contiguous()?)
    }

    fn to_factors(&self, grad: &Tensor, xs: &Tensor) -> Result<Tensor> {
        let grad = self.inner(grad)?;
        Tensor::stack(&[dot(&grad, xs)?, sum_planes(&grad)?], 0)
    }

    fn to_noise(&self, grad: &Tensor) -> Result<Tensor> {
        self.inner(grad)?.sum_keepdim(1)
    }
}
