//! The tensors that are trained, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{DType, Device, Result, Shape, Tensor, Var};
use candle_nn::VarBuilder;
use candle_nn::init::Init;
use candle_nn::var_builder::SimpleBackend;

use crate::generators::seeded_weights;

/// Tensors by name, in the order of their names.
pub type Tensors = BTreeMap<String, Tensor>;

/// The variables of one network. They come into being, initialised from a seed, when the network is built; a variable's
/// first value depends on the seed and its name only.
#[derive(Clone)]
pub struct Parameters {
    vars: Arc<Mutex<BTreeMap<String, Var>>>,
    seed: u64,
    device: Device,
}

impl Parameters {
    /// None yet.
    #[must_use]
    pub fn new(seed: u64, device: &Device) -> Self {
        Self { vars: Arc::default(), seed, device: device.clone() }
    }

    /// What a network is built from so that it is trained: every tensor that it asks for is a variable.
    #[must_use]
    pub fn tracked(&self) -> VarBuilder<'static> {
        VarBuilder::from_backend(Box::new(self.clone()), DType::F32, self.device.clone())
    }

    /// What a network is built from so that gradients pass through it but not into it: the values of this moment.
    #[must_use]
    pub fn frozen(&self) -> VarBuilder<'static> {
        VarBuilder::from_tensors(self.tensors().into_iter().collect(), DType::F32, &self.device)
    }

    /// Name and variable of each.
    #[must_use]
    pub fn vars(&self) -> Vec<(String, Var)> {
        self.map().iter().map(|(name, var)| (name.clone(), var.clone())).collect()
    }

    /// The values, detached; they share memory with the variables.
    #[must_use]
    pub fn tensors(&self) -> Tensors {
        self.map().iter().map(|(name, var)| (name.clone(), var.as_detached_tensor())).collect()
    }

    /// Numbers in all of them together.
    #[must_use]
    pub fn count(&self) -> usize {
        self.map().values().map(|var| var.elem_count()).sum()
    }

    /// Takes over the values of those tensors whose name and shape fit, and returns how many did.
    ///
    /// # Errors
    /// When candle cannot copy.
    pub fn adopt(&self, tensors: &Tensors) -> Result<usize> {
        let mut adopted = 0;
        for (name, var) in self.map().iter() {
            if let Some(tensor) = tensors.get(name).filter(|tensor| tensor.dims() == var.dims()) {
                var.set(&tensor.to_device(&self.device)?.to_dtype(DType::F32)?)?;
                adopted += 1;
            }
        }
        Ok(adopted)
    }

    fn map(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Var>> {
        // A panic elsewhere leaves the map whole.
        self.vars.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SimpleBackend for Parameters {
    fn get(&self, shape: Shape, name: &str, init: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let mut vars = self.map();
        if let Some(var) = vars.get(name) {
            if var.shape() != &shape {
                candle_core::bail!("{name} is {:?}, not {shape:?}", var.shape());
            }
            return Ok(var.as_tensor().clone());
        }
        let value = seeded_weights(self.seed, dtype, device).get_with_hints(shape, name, init)?;
        let var = Var::from_tensor(&value)?;
        let tensor = var.as_tensor().clone();
        vars.insert(name.to_owned(), var);
        Ok(tensor)
    }

    fn get_unchecked(&self, name: &str, _dtype: DType, _device: &Device) -> Result<Tensor> {
        match self.map().get(name) {
            Some(var) => Ok(var.as_tensor().clone()),
            None => candle_core::bail!("there is no {name}"),
        }
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.map().contains_key(name)
    }
}
