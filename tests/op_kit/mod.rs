//! What the tests of tensor operations share: expected numbers, comparisons, and gradients by central differences.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::missing_assert_message,
    clippy::allow_attributes,
    reason = "helpers of tests; each test file uses its own part"
)]

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use candle_core::{DType, Device, Result, Tensor, Var};
use pentimento::compute::{Backend, keep_gradient_graphs, set_backend};

/// Chooses a backend until it is dropped. The setting belongs to the whole process, so one test at a time holds it.
pub(crate) struct HeldBackend {
    _lock: MutexGuard<'static, ()>,
}

pub(crate) fn hold_backend(backend: Backend) -> HeldBackend {
    static HELD: Mutex<()> = Mutex::new(());
    let lock = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    set_backend(Some(backend));
    HeldBackend { _lock: lock }
}

impl Drop for HeldBackend {
    fn drop(&mut self) {
        set_backend(None);
    }
}

/// Expected numbers from a file beside the script that wrote them.
pub(crate) struct Golden {
    tensors: HashMap<String, Tensor>,
    dtype: DType,
}

impl Golden {
    pub(crate) fn load(name: &str, dtype: DType) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
        let tensors = candle_core::safetensors::load(&path, &Device::Cpu).expect("the golden file can be read");
        Self { tensors, dtype }
    }

    pub(crate) fn get(&self, name: &str) -> Tensor {
        let tensor = self.tensors.get(name).unwrap_or_else(|| panic!("there is no golden tensor `{name}`"));
        tensor.to_dtype(self.dtype).unwrap()
    }

    /// The same values behind odd strides and an offset.
    pub(crate) fn strided(&self, name: &str) -> Tensor {
        strided(&self.get(name))
    }
}

/// The same values, the last two dimensions exchanged in memory, cut out of a larger tensor.
pub(crate) fn strided(xs: &Tensor) -> Tensor {
    let last = xs.rank() - 1;
    let turned = xs.transpose(last - 1, last).unwrap().pad_with_zeros(last, 2, 1).unwrap().contiguous().unwrap();
    let view = turned.narrow(last, 2, xs.dims()[last - 1]).unwrap().transpose(last - 1, last).unwrap();
    assert!(!view.is_contiguous() || xs.elem_count() == 1 || xs.dims()[last] == 1);
    view
}

/// Values of a tensor in f64.
pub(crate) fn values(xs: &Tensor) -> Vec<f64> {
    xs.flatten_all().unwrap().to_dtype(DType::F64).unwrap().to_vec1().unwrap()
}

/// Compares with a tolerance relative to the largest expected value.
pub(crate) fn assert_close(what: &str, got: &Tensor, expected: &Tensor, tolerance: f64) {
    assert_eq!(got.dims(), expected.dims(), "{what}: shapes");
    let (got, expected) = (values(got), values(expected));
    let scale = expected.iter().fold(1e-6_f64, |scale, value| scale.max(value.abs()));
    for (at, (got, expected)) in got.iter().zip(&expected).enumerate() {
        let off = (got - expected).abs() / scale;
        assert!(off <= tolerance, "{what}: value {at} is {got}, expected {expected} ({off:.2e} of the scale)");
    }
}

/// Repeatable values around 0, no two alike, of both signs.
pub(crate) fn noise(dims: &[usize], seed: u64) -> Tensor {
    let count: usize = dims.iter().product();
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let list: Vec<f64> = (0..count)
        .map(|_| {
            let mut sum = -2.0;
            for _ in 0..4 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                sum += (state >> 11) as f64 / (1_u64 << 53) as f64;
            }
            sum * 1.7
        })
        .collect();
    Tensor::from_vec(list, dims, &Device::Cpu).unwrap()
}

type Op<'a> = &'a dyn Fn(&[Tensor]) -> Result<Tensor>;

/// A scalar in which each input and the operation's result are used twice.
fn scalar(op: Op<'_>, inputs: &[Tensor]) -> Result<Tensor> {
    let ys = op(inputs)?;
    let mut loss = (&ys * ((&ys * 0.3)? + noise(ys.dims(), 99).sin()?)?)?.sum_all()?;
    for (seed, input) in (200..).zip(inputs) {
        loss = (loss + (input.sqr()? * noise(input.dims(), seed))?.sum_all()?)?;
    }
    // Once more through the operation, so that gradients have to be added up.
    let moved: Vec<_> = inputs.iter().map(|input| input * 0.75).collect::<Result<_>>()?;
    loss + (op(&moved)? * 0.5)?.sum_all()?
}

/// The sum of the squared gradients of [`scalar`].
fn penalty(op: Op<'_>, inputs: &[Tensor]) -> Result<Tensor> {
    let grads = scalar(op, inputs)?.backward()?;
    let mut sum = Tensor::zeros((), DType::F64, &Device::Cpu)?;
    for input in inputs {
        let grad = grads.get(input).unwrap_or_else(|| panic!("no gradient reaches an input of {:?}", input.dims()));
        sum = (sum + grad.sqr()?.sum_all()?)?;
    }
    Ok(sum)
}

/// Holds first and second derivatives of `op` in all `inputs` (f64) against central differences.
pub(crate) fn check_gradients(what: &str, op: Op<'_>, inputs: &[Tensor]) {
    keep_gradient_graphs();
    check_derivative(&format!("{what}, first order"), &|xs| scalar(op, xs), inputs, 1e-7);
    check_derivative(&format!("{what}, second order"), &|xs| penalty(op, xs), inputs, 1e-6);
}

/// As [`check_gradients`], for the first order only.
pub(crate) fn check_first_gradient(what: &str, op: Op<'_>, inputs: &[Tensor]) {
    keep_gradient_graphs();
    check_derivative(what, &|xs| scalar(op, xs), inputs, 1e-7);
}

/// Holds the gradient of a scalar function against central differences; the tolerance is relative to the largest slope.
pub(crate) fn check_derivative(
    what: &str,
    function: &dyn Fn(&[Tensor]) -> Result<Tensor>,
    inputs: &[Tensor],
    tolerance: f64,
) {
    keep_gradient_graphs();
    let vars: Vec<_> = inputs.iter().map(|input| Var::from_tensor(input).unwrap().into_inner()).collect();
    let grads = function(&vars).unwrap().backward().unwrap();
    for (number, var) in vars.iter().enumerate() {
        let grad = grads.get(var).unwrap_or_else(|| panic!("{what}: no gradient of input {number}"));
        assert_eq!(grad.dims(), var.dims(), "{what}: the gradient's shape");
        let grad = values(grad);
        let scale = grad.iter().fold(1e-3_f64, |scale, value| scale.max(value.abs()));
        // All of a small input; of a larger one about fifty values.
        for at in (0..grad.len()).step_by(grad.len().div_ceil(50)) {
            let difference = central_difference(function, inputs, number, at);
            let off = (grad[at] - difference).abs() / scale;
            assert!(
                off <= tolerance,
                "{what}: input {number}, value {at}: {} by backpropagation, {difference} by differences ({off:.2e})",
                grad[at]
            );
        }
    }
}

/// Four-point central difference: its error falls with the fourth power of the step.
fn central_difference(
    function: &dyn Fn(&[Tensor]) -> Result<Tensor>,
    inputs: &[Tensor],
    number: usize,
    at: usize,
) -> f64 {
    let step = 1e-4;
    let moved = |by: f64| {
        let mut list = values(&inputs[number]);
        list[at] += by;
        let mut inputs = inputs.to_vec();
        inputs[number] = Tensor::from_vec(list, inputs[number].dims(), &Device::Cpu).unwrap();
        // A penalty needs gradients, so the inputs are variables here too.
        let vars: Vec<_> = inputs.iter().map(|input| Var::from_tensor(input).unwrap().into_inner()).collect();
        values(&function(&vars).unwrap())[0]
    };
    (8.0 * (moved(step) - moved(-step)) - (moved(2.0 * step) - moved(-2.0 * step))) / (12.0 * step)
}
