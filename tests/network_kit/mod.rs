//! What the tests of networks share: the numbers that PyTorch gave, weights that only count, comparison.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "each test binary uses another part of the kit; a failure in it fails the test"
)]

pub(crate) mod steps;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};

use candle_core::{DType, Device, Result, Shape, Tensor, Var};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};

/// One group of a file in `tests/golden`, which the script of the same name beside it wrote.
pub(crate) struct Golden {
    tensors: HashMap<String, Tensor>,
}

impl Golden {
    /// One network of `nets.safetensors`.
    pub(crate) fn load(network: &str) -> Self {
        Self::of("nets.safetensors", network)
    }

    /// One group of `file`.
    pub(crate) fn of(file: &str, group: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
        let all = candle_core::safetensors::load(path, &Device::Cpu).expect("the golden numbers can be read");
        let prefix = format!("{group}/");
        let own = all.into_iter().filter_map(|(name, tensor)| Some((name.strip_prefix(&prefix)?.to_owned(), tensor)));
        Self { tensors: own.collect() }
    }

    pub(crate) fn get(&self, name: &str) -> &Tensor {
        self.tensors.get(name).unwrap_or_else(|| panic!("no tensor {name} for this network"))
    }

    fn weights(&self) -> impl Iterator<Item = (String, &Tensor)> {
        self.folder("weights")
    }

    /// What stands in `folder`, by the rest of the name.
    pub(crate) fn folder<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (String, &'a Tensor)> {
        let inside = move |name: &str| Some(name.strip_prefix(folder)?.strip_prefix('/')?.to_owned());
        self.tensors.iter().filter_map(move |(name, tensor)| Some((inside(name)?, tensor)))
    }

    /// The weights as plain tensors.
    pub(crate) fn frozen(&self) -> VarBuilder<'static> {
        let weights = self.weights().map(|(name, tensor)| (name, tensor.clone())).collect();
        VarBuilder::from_tensors(weights, DType::F32, &Device::Cpu)
    }

    /// The weights as variables, by name.
    pub(crate) fn variables(&self) -> BTreeMap<String, Var> {
        self.weights().map(|(name, tensor)| (name, Var::from_tensor(tensor).expect("a variable"))).collect()
    }

    /// The names of the weights, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.weights().map(|(name, _)| name).collect();
        names.sort();
        names
    }
}

/// A builder that hands out `variables`.
pub(crate) fn live(variables: &BTreeMap<String, Var>) -> VarBuilder<'static> {
    let tensors = variables.iter().map(|(name, var)| (name.clone(), var.as_tensor().clone())).collect();
    VarBuilder::from_tensors(tensors, DType::F32, &Device::Cpu)
}

/// The shapes that a network asks for, by key.
#[derive(Clone, Default)]
pub(crate) struct Asked(Arc<Mutex<BTreeMap<String, Vec<usize>>>>);

impl Asked {
    /// What `build` asks for; it is given zeros.
    pub(crate) fn by<T>(build: impl FnOnce(&VarBuilder<'static>) -> Result<T>) -> Self {
        let asked = Self::default();
        let vb = VarBuilder::from_backend(Box::new(asked.clone()), DType::F32, Device::Cpu);
        drop(build(&vb).expect("the network can be built"));
        asked
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.0.lock().expect("no thread panicked").keys().cloned().collect()
    }

    /// Parameters whose key passes `counts`.
    pub(crate) fn parameters(&self, counts: impl Fn(&str) -> bool) -> usize {
        let asked = self.0.lock().expect("no thread panicked");
        asked.iter().filter(|(key, _)| counts(key)).map(|(_, dims)| dims.iter().product::<usize>()).sum()
    }
}

impl SimpleBackend for Asked {
    fn get(&self, shape: Shape, name: &str, _init: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let before = self.0.lock().expect("no thread panicked").insert(name.to_owned(), shape.dims().to_vec());
        assert!(before.is_none(), "{name} is asked for twice");
        Tensor::zeros(shape, dtype, device)
    }

    fn get_unchecked(&self, name: &str, _dtype: DType, _device: &Device) -> Result<Tensor> {
        panic!("{name} is asked for without a shape")
    }

    fn contains_tensor(&self, _name: &str) -> bool {
        true
    }
}

pub(crate) fn flat(tensor: &Tensor) -> Vec<f32> {
    tensor.flatten_all().and_then(|tensor| tensor.to_vec1()).expect("f32 values")
}

/// Fails unless both have one shape and each value is within `tolerance` of the expected tensor's largest.
pub(crate) fn assert_close(found: &Tensor, expected: &Tensor, tolerance: f32) {
    assert_eq!(found.dims(), expected.dims(), "shapes");
    let (found, expected) = (flat(found), flat(expected));
    let largest = expected.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let apart = found.iter().zip(&expected).fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
    assert!(apart <= tolerance * largest, "{apart} apart, the largest value is {largest}");
}

/// Fails unless all values lie in the range.
pub(crate) fn assert_within(tensor: &Tensor, low: f32, high: f32) {
    assert!(flat(tensor).iter().all(|value| (low..=high).contains(value)), "a value outside of {low}..={high}");
}
