//! Gradients that a kernel of our own has computed at once, kept on the graph: what they are made of, in differentiable
//! operations, is computed only if somebody asks for the gradient of the gradient.

use std::sync::{Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp3, Error, Layout, Result, Shape, Tensor, Var};

use super::backend::keeps_gradient_graphs;

/// `value` of the given shape as the result of `definition(of)`, which it must be equal to: where gradients stay on their
/// graph ([`super::keep_gradient_graphs`]) its derivatives are those of the definition, else it is a plain tensor.
/// Derivatives of the third order are zero.
///
/// # Errors
/// When `of` is not on the CPU.
pub(crate) fn known(
    value: CpuStorage,
    shape: impl Into<Shape>,
    of: [&Tensor; 3],
    definition: impl Fn(&[Tensor; 3]) -> Result<Tensor> + Send + Sync + 'static,
) -> Result<Tensor> {
    let op = Known { value: Mutex::new(Some(value)), shape: shape.into(), definition };
    if keeps_gradient_graphs() { of[0].apply_op3(of[1], of[2], op) } else { of[0].apply_op3_no_bwd(of[1], of[2], &op) }
}

struct Known<F> {
    /// Until it has been handed over.
    value: Mutex<Option<CpuStorage>>,
    shape: Shape,
    definition: F,
}

impl<F: Fn(&[Tensor; 3]) -> Result<Tensor> + Send + Sync> CustomOp3 for Known<F> {
    fn name(&self) -> &'static str {
        "known_gradient"
    }

    fn cpu_fwd(
        &self,
        _: &CpuStorage,
        _: &Layout,
        _: &CpuStorage,
        _: &Layout,
        _: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner).take();
        match value {
            Some(value) => Ok((value, self.shape.clone())),
            None => Err(Error::Msg("known_gradient: the value has been handed over before".to_owned())),
        }
    }

    fn bwd(
        &self,
        arg1: &Tensor,
        arg2: &Tensor,
        arg3: &Tensor,
        _: &Tensor,
        grad: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let args = [arg1, arg2, arg3];
        let vars =
            [Var::from_tensor(&arg1.detach())?, Var::from_tensor(&arg2.detach())?, Var::from_tensor(&arg3.detach())?];
        let value = (self.definition)(&std::array::from_fn(|at| vars[at].as_tensor().clone()))?;
        let grads = (value * grad.detach())?.sum_all()?.backward()?;
        let [first, second, third] =
            std::array::from_fn(|at| grads.get(&vars[at]).filter(|_| args[at].track_op()).map(Tensor::detach));
        Ok((first, second, third))
    }
}
