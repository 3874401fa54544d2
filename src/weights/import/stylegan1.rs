//! The key map of `StyleGAN` by rosinality. That network always has layers up to 1024 pixels; how far it has grown shows in the
//! colours, which begin with a bias of 0. Factors that it applies at run time are put into the weights.

use std::collections::BTreeMap;
use std::f64::consts::{FRAC_1_SQRT_2, SQRT_2};

use candle_core::Tensor;

use super::Mapped;
use super::constants::{BLUR, is_soft_blur, noise_map};
use super::keys::Keys;
use super::widths::{Widths, table};

/// Our mapping network's layers learn this much slower.
const MAPPING_LR: f64 = 0.01;
/// Sizes from 4 to 1024 pixels.
const MOST_SIZES: usize = 9;
/// Layers of the mapping network, at most.
const MOST_LAYERS: usize = 64;

/// Reads a generator.
pub(super) fn from_port(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let n_sizes = grown(keys)?;
    let (side, constant) = (4 << (n_sizes - 1), keys.dims("generator.progression.0.conv1.input")?);
    let &[1, most, 4, 4] = constant else {
        return Err(format!("its constant has the shape {constant:?}, not [1, c, 4, 4]"));
    };
    let &[_, c_side, 1, 1] = keys.dims(&rgb(n_sizes - 1, "weight_orig"))? else {
        return Err("its colors are not made of 1x1 convolutions".to_owned());
    };
    let &[_, dim] = keys.dims("style.1.linear.weight_orig")? else {
        return Err("its mapping network is not fully connected".to_owned());
    };
    let n_mapping = (0..MOST_LAYERS).take_while(|at| keys.dims(&mapping(*at, "weight_orig")).is_ok()).count();
    // Wrong guesses at the law meet a tensor of another shape below.
    let widths = Widths { side, base_channels: c_side.saturating_mul(side), max_channels: most };
    let mut taken = Taken { keys, tensors: BTreeMap::new() };
    for at in 0..n_mapping {
        let ours = format!("mapping.fc{at}");
        taken.put(format!("{ours}.weight"), &mapping(at, "weight_orig"), &[dim, dim], MAPPING_LR.recip())?;
        taken.put(format!("{ours}.bias"), &mapping(at, "bias"), &[dim], FRAC_1_SQRT_2 / MAPPING_LR)?;
    }
    for at in 0..n_sizes {
        taken.size(at, widths, dim)?;
    }
    let tensors = taken.tensors;
    ignore_rest(keys, n_sizes)?;
    let config = table(&[
        ("side", side),
        ("style_dim", dim),
        ("n_mapping", n_mapping),
        ("base_channels", widths.base_channels),
        ("max_channels", widths.max_channels),
    ])?;
    let filled = vec![
        format!("{n_sizes} maps of constant noise, drawn with a fixed seed"),
        "the mean style, as that of 4096 random latents".to_owned(),
    ];
    Ok(Mapped { side, config, tensors, filled })
}

/// Reads a generator with our own names, with the mean style and the discriminator that are there. Shapes that do not fit each other are
/// found when the network is built.
pub(super) fn from_ours(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let is_there = |side: &usize| keys.dims(&format!("synthesis.b{side}.torgb.weight")).is_ok();
    let Some(side) = (1..MOST_SIZES).rev().map(|at| 4 << at).find(is_there) else {
        return Err("the tensor synthesis.b8.torgb.weight is missing".to_owned());
    };
    let last = |keys: &Keys<'_>, key: &str, at: usize| {
        let dims = keys.dims(key)?;
        dims.get(at).copied().ok_or_else(|| format!("the tensor {key} has the shape {dims:?}, not a StyleGAN's"))
    };
    let channels = last(keys, &format!("synthesis.b{side}.torgb.weight"), 1)?;
    let most = last(keys, "synthesis.b4.const", 1)?;
    let dim = last(keys, "mapping.fc0.weight", 1)?;
    let n_mapping = (0..MOST_LAYERS).take_while(|at| keys.dims(&format!("mapping.fc{at}.weight")).is_ok()).count();
    let base = channels.saturating_mul(side);
    let mut sizes = vec![
        ("side", side),
        ("style_dim", dim),
        ("n_mapping", n_mapping),
        ("base_channels", base),
        ("max_channels", most),
    ];
    if keys.dims("discriminator.b4.out.weight").is_ok() {
        let judge = last(keys, &format!("discriminator.b{side}.fromrgb.bias"), 0)?.saturating_mul(side);
        let judge_most = last(keys, "discriminator.b4.conv.bias", 0)?;
        if (judge, judge_most) != (base, most) {
            sizes.extend([("judge_base_channels", judge), ("judge_max_channels", judge_most)]);
        }
    }
    let parts = ["mapping.", "synthesis.", "discriminator."];
    let own: Vec<String> =
        keys.rest().filter(|key| parts.iter().any(|part| key.starts_with(part))).map(str::to_owned).collect();
    let mut tensors = BTreeMap::new();
    for key in own {
        let dims = keys.dims(&key)?.to_vec();
        let tensor = keys.take(&key, &dims)?;
        tensors.insert(key, tensor);
    }
    let has_mean = tensors.contains_key("mapping.w_avg");
    let filled = if has_mean { Vec::new() } else { vec!["the mean style, as that of 4096 random latents".to_owned()] };
    Ok(Mapped { side, config: table(&sizes)?, tensors, filled })
}

/// Sizes that were ever painted, from 4 pixels on.
fn grown(keys: &Keys<'_>) -> Result<usize, String> {
    let mut n_sizes = 0;
    for at in 0..MOST_SIZES {
        let key = rgb(at, "bias");
        if keys.dims(&key).is_ok() && !keys.is_zero(&key)? {
            n_sizes = at + 1;
        }
    }
    if n_sizes < 2 { Err("it was not trained to pictures of 8 pixels or more".to_owned()) } else { Ok(n_sizes) }
}

fn rgb(at: usize, leaf: &str) -> String {
    format!("generator.to_rgb.{at}.conv.{leaf}")
}

/// Each layer is followed by an activation, which is numbered too; the pixel norm is layer 0.
fn mapping(at: usize, leaf: &str) -> String {
    format!("style.{}.linear.{leaf}", 2 * at + 1)
}

/// The blur, and what is larger than the network has grown to.
fn ignore_rest(keys: &mut Keys<'_>, n_sizes: usize) -> Result<(), String> {
    let is_blur = |key: &str| {
        let (_, end) = key.split_once(".conv1.").unwrap_or(("", ""));
        matches!(end, "1.weight" | "1.weight_flip" | "2.weight" | "2.weight_flip")
    };
    let number = |key: &str| {
        let rest = key.strip_prefix("generator.progression.").or_else(|| key.strip_prefix("generator.to_rgb."))?;
        rest.split('.').next()?.parse::<usize>().ok()
    };
    keys.ignore("of a size that it has not grown to", |key| number(key).is_some_and(|at| at >= n_sizes), |_| true)?;
    keys.ignore(BLUR, is_blur, is_soft_blur)
}

/// What has been taken, by our names.
struct Taken<'a, 'k> {
    keys: &'a mut Keys<'k>,
    tensors: BTreeMap<String, Tensor>,
}

impl Taken<'_, '_> {
    /// Takes `theirs` of the shape `dims`, times `factor`.
    fn put(&mut self, ours: String, theirs: &str, dims: &[usize], factor: f64) -> Result<(), String> {
        let tensor = self.keys.take(theirs, dims)?.affine(factor, 0.0).map_err(|error| format!("{theirs}: {error}"))?;
        self.tensors.insert(ours, tensor);
        Ok(())
    }

    /// The two layers and the colors of a size.
    fn size(&mut self, at: usize, widths: Widths, dim: usize) -> Result<(), String> {
        let (side, theirs) = (4 << at, format!("generator.progression.{at}"));
        let (c, ours) = (widths.channels(side), format!("synthesis.b{side}"));
        if at == 0 {
            let key = format!("{theirs}.conv1.input");
            self.put(format!("{ours}.const"), &key, &[1, c, 4, 4], FRAC_1_SQRT_2)?;
            let zeros = Tensor::zeros(c, candle_core::DType::F32, &candle_core::Device::Cpu);
            self.tensors.insert(format!("{ours}.conv0.bias"), zeros.map_err(|error| error.to_string())?);
        } else {
            self.doubling(&format!("{theirs}.conv1"), &format!("{ours}.conv0"), (widths.channels(side / 2), c))?;
        }
        self.put(format!("{ours}.conv1.weight"), &format!("{theirs}.conv2.conv.weight_orig"), &[c, c, 3, 3], 1.0)?;
        self.put(format!("{ours}.conv1.bias"), &format!("{theirs}.conv2.conv.bias"), &[c], FRAC_1_SQRT_2)?;
        // One map for both layers, as there.
        let map = noise_map(&theirs, &[side, side])?;
        for (number, layer) in ["conv0", "conv1"].into_iter().enumerate() {
            let (ours, number) = (format!("{ours}.{layer}"), number + 1);
            let noise = format!("{theirs}.noise{number}.weight_orig");
            let strength = self.keys.take(&noise, &[1, c, 1, 1])?;
            let strength = strength.affine((c as f64).sqrt().recip(), 0.0).and_then(|strength| strength.flatten_all());
            self.tensors.insert(format!("{ours}.noise_strength"), strength.map_err(|error| error.to_string())?);
            self.tensors.insert(format!("{ours}.noise_const"), map.clone());
            self.style(&format!("{theirs}.adain{number}.style.linear"), &format!("{ours}.style"), (c, dim))?;
        }
        self.put(format!("{ours}.torgb.weight"), &rgb(at, "weight_orig"), &[3, c, 1, 1], SQRT_2)?;
        self.put(format!("{ours}.torgb.bias"), &rgb(at, "bias"), &[3], 1.0)
    }

    /// A convolution that doubles: fused, with the mean of four places instead of their sum; or after nearest neighbours, with
    /// its kernel the other way round.
    fn doubling(&mut self, theirs: &str, ours: &str, (c_in, c_out): (usize, usize)) -> Result<(), String> {
        let fused = format!("{theirs}.0.weight");
        if self.keys.dims(&fused).is_ok() {
            self.put(format!("{ours}.weight"), &fused, &[c_in, c_out, 3, 3], 0.25)?;
            return self.put(format!("{ours}.bias"), &format!("{theirs}.0.bias"), &[c_out], FRAC_1_SQRT_2);
        }
        let plain = format!("{theirs}.1.conv.weight_orig");
        let weight = self.keys.take(&plain, &[c_out, c_in, 3, 3])?;
        let turned = weight.transpose(0, 1).and_then(|weight| weight.contiguous()?.flip(&[2, 3]));
        self.tensors.insert(format!("{ours}.weight"), turned.map_err(|error| format!("{plain}: {error}"))?);
        self.put(format!("{ours}.bias"), &format!("{theirs}.1.conv.bias"), &[c_out], FRAC_1_SQRT_2)
    }

    /// The map from a style to factors, which begin at 1 there and at 0 here, and summands.
    fn style(&mut self, theirs: &str, ours: &str, (c, dim): (usize, usize)) -> Result<(), String> {
        self.put(format!("{ours}.weight"), &format!("{theirs}.weight_orig"), &[2 * c, dim], SQRT_2)?;
        let bias = self.keys.take(&format!("{theirs}.bias"), &[2 * c])?;
        let moved = bias
            .narrow(0, 0, c)
            .and_then(|factors| Tensor::cat(&[&factors.affine(1.0, -1.0)?, &bias.narrow(0, c, c)?], 0));
        self.tensors.insert(format!("{ours}.bias"), moved.map_err(|error| format!("{theirs}: {error}"))?);
        Ok(())
    }
}
