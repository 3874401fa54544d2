//! Random weights that are the same at every run and on every machine: candle's own generator takes no seed on the CPU.

use candle_core::{DType, Device, Result, Shape, Tensor};
use candle_nn::init::{Init, NormalOrUniform};
use candle_nn::var_builder::{SimpleBackend, VarBuilder};
use rand::Rng as _;

use crate::control;

/// A source of weights as each layer would initialise them: a tensor depends on `seed`, its name, its shape and the layer's
/// initialisation only, not on the order in which layers ask.
#[must_use]
pub fn seeded_weights(seed: u64, dtype: DType, device: &Device) -> VarBuilder<'static> {
    VarBuilder::from_backend(Box::new(Seeded { seed }), dtype, device.clone())
}

/// Normally distributed numbers with mean 0 and deviation 1, on the CPU in f32; `name` keeps users of one seed apart.
///
/// # Errors
/// When candle cannot make the tensor.
pub fn seeded_normal(dims: impl Into<Shape>, seed: u64, name: &str) -> Result<Tensor> {
    draw(&dims.into(), seed, name, Init::Randn { mean: 0.0, stdev: 1.0 })
}

/// Evenly distributed numbers in -1..1, on the CPU in f32.
///
/// # Errors
/// When candle cannot make the tensor.
pub fn seeded_uniform(dims: impl Into<Shape>, seed: u64, name: &str) -> Result<Tensor> {
    draw(&dims.into(), seed, name, Init::Uniform { lo: -1.0, up: 1.0 })
}

struct Seeded {
    seed: u64,
}

impl SimpleBackend for Seeded {
    fn get(&self, shape: Shape, name: &str, init: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        draw(&shape, self.seed, name, init)?.to_dtype(dtype)?.to_device(device)
    }

    fn get_unchecked(&self, name: &str, _dtype: DType, _device: &Device) -> Result<Tensor> {
        candle_core::bail!("the shape of {name} is not known: random weights must be asked for with a shape")
    }

    fn contains_tensor(&self, _name: &str) -> bool {
        true
    }
}

fn draw(shape: &Shape, seed: u64, name: &str, init: Init) -> Result<Tensor> {
    let mut rng = control::rng(seed, fnv1a(name));
    let count = shape.elem_count();
    let mut uniform = |low: f64, high: f64| -> Vec<f32> {
        std::iter::repeat_with(|| (low + (high - low) * rng.random::<f64>()) as f32).take(count).collect()
    };
    let values = match init {
        Init::Const(value) => vec![value as f32; count],
        Init::Uniform { lo, up } => uniform(lo, up),
        Init::Randn { mean, stdev } => control::normal(&mut rng, count, mean, stdev),
        Init::Kaiming { dist, fan, non_linearity } => {
            let stdev = non_linearity.gain() / (fan.for_shape(shape) as f64).sqrt();
            match dist {
                NormalOrUniform::Normal => control::normal(&mut rng, count, 0.0, stdev),
                NormalOrUniform::Uniform => uniform(-stdev * 3.0_f64.sqrt(), stdev * 3.0_f64.sqrt()),
            }
        }
    };
    Tensor::from_vec(values, shape, &Device::Cpu)
}

/// A number for a name (Fowler, Noll and Vo).
fn fnv1a(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_seeds_tell_tensors_apart() {
        let first = |seed, name| seeded_normal(5, seed, name).unwrap().to_vec1::<f32>().unwrap();
        assert_eq!(first(1, "a"), first(1, "a"), "same seed and name, same bits");
        assert_ne!(first(1, "a"), first(2, "a"), "seeds differ");
        assert_ne!(first(1, "a"), first(1, "b"), "names differ");
    }

    #[test]
    fn the_numbers_are_spread_as_asked() {
        let weights = seeded_weights(3, DType::F32, &Device::Cpu);
        let randn = Init::Randn { mean: 0.5, stdev: 0.02 };
        let values = weights.get_with_hints((100, 101), "normal", randn).unwrap();
        let mean = values.mean_all().unwrap().to_scalar::<f32>().unwrap();
        let variance = (values - f64::from(mean)).unwrap().sqr().unwrap().mean_all().unwrap();
        let deviation = variance.to_scalar::<f32>().unwrap().sqrt();
        assert!((mean - 0.5).abs() < 1e-3 && (deviation - 0.02).abs() < 1e-3, "{mean} and {deviation}");
        let values = seeded_uniform(10_000, 3, "uniform").unwrap().to_vec1::<f32>().unwrap();
        assert!(values.iter().all(|value| (-1.0..=1.0).contains(value)), "within -1..1");
        assert!(values.iter().sum::<f32>().abs() < 200.0, "around 0");
    }
}
