//! Several networks' tensors in one map: `PREFIX.NAME`.

use candle_core::Result;

use super::parameters::{Parameters, Tensors};

/// Adds `tensors` under `prefix`.
pub(super) fn put(into: &mut Tensors, prefix: &str, tensors: Tensors) {
    into.extend(tensors.into_iter().map(|(name, tensor)| (format!("{prefix}.{name}"), tensor)));
}

/// What stands under `prefix`.
pub(super) fn part(tensors: &Tensors, prefix: &str) -> Tensors {
    let under = |name: &str| Some(name.strip_prefix(prefix)?.strip_prefix('.')?.to_owned());
    tensors.iter().filter_map(|(name, tensor)| Some((under(name)?, tensor.clone()))).collect()
}

/// Gives every variable the value that stands under `prefix`.
///
/// # Errors
/// When one is missing or has another shape.
pub(super) fn adopt_all(parameters: &Parameters, tensors: &Tensors, prefix: &str) -> Result<()> {
    let (adopted, wanted) = (parameters.adopt(&part(tensors, prefix))?, parameters.vars().len());
    if adopted != wanted {
        candle_core::bail!("{adopted} of {wanted} tensors of the {prefix} are there");
    }
    Ok(())
}
