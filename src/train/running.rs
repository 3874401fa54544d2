//! Running statistics of batch norm while a network is trained.

use std::collections::BTreeMap;

use candle_core::{Result, Var};

use super::parameters::Parameters;
use crate::generators::ops::{BatchStatistics, update_running};

/// How fast running statistics follow.
const MOMENTUM: f64 = 0.1;

/// Running means and variances, in the order in which a network tells the batch's.
pub(super) struct Running(Vec<(Var, Var)>);

impl Running {
    /// Those of the layers that `norms` names.
    ///
    /// # Errors
    /// When a network has no such layer.
    pub(super) fn new(parameters: &Parameters, norms: &[String]) -> Result<Self> {
        let vars: BTreeMap<String, Var> = parameters.vars().into_iter().collect();
        let var = |norm: &str, name: &str| match vars.get(&format!("{norm}.{name}")) {
            Some(var) => Ok(var.clone()),
            None => candle_core::bail!("{norm} has no {name}"),
        };
        let both = |norm: &String| Ok((var(norm, "running_mean")?, var(norm, "running_var")?));
        Ok(Self(norms.iter().map(both).collect::<Result<_>>()?))
    }

    /// Moves towards the batch's.
    ///
    /// # Errors
    /// When candle cannot compute.
    pub(super) fn follow(&self, batch: &[BatchStatistics]) -> Result<()> {
        for ((mean, variance), batch) in self.0.iter().zip(batch) {
            let old = BatchStatistics { mean: mean.as_detached_tensor(), variance: variance.as_detached_tensor() };
            let new = update_running(&old, batch, MOMENTUM)?;
            mean.set(&new.mean)?;
            variance.set(&new.variance)?;
        }
        Ok(())
    }
}
