//! The key map of MI-GAN's generator for inference, whose names are ours too.

use std::collections::BTreeMap;

use super::Mapped;
use super::comodgan::top;
use super::constants::{BLUR, ZEROS, is_blur, is_zero_pattern};
use super::keys::Keys;

/// Its activations are cut off here.
const CLAMP: f64 = 256.0;

/// Reads the sizes and takes all tensors.
pub(super) fn map(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let (from_rgb, side) = top(keys, ("encoder.b", ".fromrgb.weight"))?;
    let first = keys.dims(&from_rgb)?.first().copied().unwrap_or(0);
    let most = keys.dims("encoder.b4.conv1.conv1.weight")?.first().copied().unwrap_or(0);
    if !(1..=1 << 16).contains(&first) || !(1..=1 << 16).contains(&most) {
        return Err("its tensors do not have a MI-GAN's shapes".to_owned());
    }
    let base = first * side;
    let mut tensors = BTreeMap::new();
    for (key, dims) in our_keys(side, |side| (base / side).min(most)) {
        let tensor = keys.take(&key, &dims)?;
        tensors.insert(key, tensor);
    }
    let is_resampling = |key: &str| key.contains("upsample.") || key.contains("downsample.");
    keys.ignore(
        ZEROS,
        |key| is_resampling(key) && (key.contains("zeros") || key.contains("filter_const")),
        is_zero_pattern,
    )?;
    keys.ignore(BLUR, |key| is_resampling(key) && key.contains("filter"), is_blur)?;
    let mut config = toml::Table::new();
    for (name, value) in [("side", side), ("base_channels", base), ("max_channels", most)] {
        config.insert(name.to_owned(), toml::Value::Integer(value as i64));
    }
    config.insert("clamp".to_owned(), CLAMP.into());
    Ok(Mapped { side, config, tensors, filled: Vec::new() })
}

/// All keys that the network reads, with their shapes.
fn our_keys(side: usize, channels: impl Fn(usize) -> usize) -> Vec<(String, Vec<usize>)> {
    let mut keys = Vec::new();
    let mut separable = |at: String, (c_in, c_out): (usize, usize), noise: Option<usize>| {
        keys.push((format!("{at}.conv1.weight"), vec![c_in, 1, 3, 3]));
        keys.push((format!("{at}.conv1.bias"), vec![c_in]));
        keys.push((format!("{at}.conv2.weight"), vec![c_out, c_in, 1, 1]));
        if let Some(side) = noise {
            keys.push((format!("{at}.noise_const"), vec![side, side]));
            keys.push((format!("{at}.noise_strength"), Vec::new()));
        }
    };
    let last = channels(4);
    for part in ["encoder", "synthesis"] {
        separable(format!("{part}.b4.conv1"), (last, last), None);
        separable(format!("{part}.b4.conv2"), (last, last), None);
    }
    let sides = || (3..=side.trailing_zeros()).map(|log| 1_usize << log);
    for side in sides() {
        let (c, c_half) = (channels(side), channels(side / 2));
        separable(format!("encoder.b{side}.conv1"), (c, c), None);
        separable(format!("encoder.b{side}.conv2"), (c, c_half), None);
        separable(format!("synthesis.b{side}.conv1"), (c_half, c), Some(side));
        separable(format!("synthesis.b{side}.conv2"), (c, c), Some(side));
    }
    keys.push((format!("encoder.b{side}.fromrgb.weight"), vec![channels(side), 4, 1, 1]));
    keys.push((format!("encoder.b{side}.fromrgb.bias"), vec![channels(side)]));
    for side in std::iter::once(4).chain(sides()) {
        keys.push((format!("synthesis.b{side}.torgb.weight"), vec![3, channels(side), 1, 1]));
        keys.push((format!("synthesis.b{side}.torgb.bias"), vec![3]));
    }
    keys
}
