//! Generators as PyTorch's example and tutorial name them: one `Sequential`, whatever it is called, of transposed
//! convolutions `0`, `3`, `6`, …, each but the last followed by its batch norm `1`, `4`, `7`, ….

use std::collections::BTreeMap;

use super::{COUNT, MOST_LAYERS, Mapped, Sizes, mapped};
use crate::weights::import::keys::Keys;

/// Reads the sizes and takes all tensors.
pub(in crate::weights::import) fn map(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let has_norm = |at: &usize| keys.dims(&format!("{}.running_mean", 3 * at + 1)).is_ok();
    let n_normed = (0..MOST_LAYERS + 2).take_while(has_norm).count();
    let n_layers = n_normed.saturating_sub(1);
    let first = keys.dims("0.weight")?;
    let &[n_latent, _, 4, 4] = first else {
        return Err(format!("its first layer has weights of the shape {first:?}, not of one from a pixel to 4x4"));
    };
    let sizes = Sizes::new(n_latent, n_layers, keys.dims(&format!("{}.weight", 3 * n_normed))?)?;
    if sizes.kernel != 4 {
        return Err(format!("its kernels are {0}x{0} pixels wide after one of 4x4", sizes.kernel));
    }
    let mut tensors = BTreeMap::new();
    for (key, dims) in sizes.generator_keys() {
        let tensor = keys.take(&theirs(&key, n_normed), &dims)?;
        tensors.insert(format!("generator.{key}"), tensor);
    }
    keys.ignore(COUNT, |key| key.ends_with(".num_batches_tracked"), |_| true)?;
    Ok(mapped(sizes, true, tensors))
}

/// Their name of the generator's `key`.
fn theirs(key: &str, n_normed: usize) -> String {
    let (layer, leaf) = key.rsplit_once('.').unwrap_or((key, ""));
    let number = |text: &str| text.rsplit_once('.').and_then(|(_, at)| at.parse::<usize>().ok()).unwrap_or(0);
    let at = match layer {
        "project" => 0,
        "project_norm" => 1,
        "to_image" => 3 * n_normed,
        _ if layer.starts_with("deconv_norm") => 3 * number(layer) + 4,
        _ => 3 * number(layer) + 3,
    };
    format!("{at}.{leaf}")
}
