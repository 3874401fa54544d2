//! Key maps of `StyleGAN2`: the names of the PyTorch port by rosinality, which are ours too, and those of `StyleGAN2`-ADA's state
//! dict. Both store convolutions alike (none is turned round) and the styles' biases with their initial 1.

use std::collections::BTreeMap;

use candle_core::Tensor;

use super::Mapped;
use super::constants::{BLUR, is_blur, noise_map};
use super::keys::Keys;
use super::widths::{Widths, table};

/// The mean style's name, ours and the port's.
const MEAN_STYLE: &str = "latent_avg";
/// No side of a tensor is larger.
const MOST: usize = 1 << 16;
/// The most doublings from 4 pixels on: 1024 pixels.
const MOST_LEVELS: usize = 8;

/// What a generator's shapes tell.
struct Sizes {
    widths: Widths,
    style_dim: usize,
    n_mapping: usize,
}

impl Sizes {
    fn table(&self) -> Result<toml::Table, String> {
        let Widths { side, base_channels, max_channels } = self.widths;
        table(&[
            ("side", side),
            ("style_dim", self.style_dim),
            ("n_mapping", self.n_mapping),
            ("base_channels", base_channels),
            ("max_channels", max_channels),
        ])
    }
}

/// Names of the tensors that sizes are read from.
struct Landmarks {
    /// `[dim, dim]`: the first layer of the mapping, and what it is called by its number.
    mapping: (String, fn(usize) -> String),
    /// Of each doubling: a tensor that has one number for each of its channels.
    level: fn(usize) -> String,
    /// The constant, whose last but two sides are its channels.
    constant: &'static str,
}

fn sizes(keys: &Keys<'_>, marks: &Landmarks) -> Result<Sizes, String> {
    let (first, mapping) = &marks.mapping;
    let wrong = |key: &str, dims: &[usize]| format!("the tensor {key} has the shape {dims:?}, not a StyleGAN2's");
    let style_dim = match *keys.dims(first)? {
        [dim, other] if dim == other && (1..=MOST).contains(&dim) => dim,
        ref dims => return Err(wrong(first, dims)),
    };
    let levels = (0..MOST_LEVELS).take_while(|at| keys.dims(&(marks.level)(*at)).is_ok()).count();
    let Some(top) = levels.checked_sub(1).map(marks.level) else {
        return Err(format!("the tensor {} is missing", (marks.level)(0)));
    };
    let side = 4 << levels;
    let ([c_side], [.., most, 4, 4]) = (keys.dims(&top)?, keys.dims(marks.constant)?) else {
        return Err(wrong(marks.constant, keys.dims(marks.constant)?));
    };
    if !(1..=MOST).contains(c_side) || !(1..=MOST).contains(most) {
        return Err(wrong(&top, &[*c_side, *most]));
    }
    let n_mapping = (0..64).take_while(|at| keys.dims(&mapping(*at)).is_ok()).count();
    // Wrong guesses at the law meet a tensor of another shape below.
    Ok(Sizes { widths: Widths { side, base_channels: c_side * side, max_channels: *most }, style_dim, n_mapping })
}

/// The names of the port by rosinality; the mean style may lie beside the generator, and the discriminator in a table of its
/// own or, in files of ours, among the generator's tensors.
pub(super) fn from_port(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let marks = Landmarks {
        mapping: ("style.1.weight".to_owned(), |at| format!("style.{}.weight", at + 1)),
        level: |at| format!("convs.{}.activate.bias", 2 * at + 1),
        constant: "input.input",
    };
    let sizes = sizes(keys, &marks)?;
    let (mut tensors, mut filled, mut n_maps) = (BTreeMap::new(), Vec::new(), 0);
    for (key, dims) in our_keys(&sizes) {
        let is_there = keys.dims(&key).is_ok();
        let tensor = if key.starts_with("noises.") && !is_there {
            n_maps += 1;
            noise_map(&key, &dims)?
        } else {
            keys.take(&key, &dims)?
        };
        tensors.insert(key, tensor);
    }
    if n_maps > 0 {
        filled.push(format!("{n_maps} maps of constant noise, drawn with a fixed seed"));
    }
    match keys.take_here_or_on_top(MEAN_STYLE, &[sizes.style_dim])? {
        Some(mean) => drop(tensors.insert(MEAN_STYLE.to_owned(), mean)),
        None => filled.push("the mean style, as that of 4096 random latents".to_owned()),
    }
    keys.ignore(BLUR, |key| key.ends_with(".kernel"), is_blur)?;
    let mut config = sizes.table()?;
    if keys.dims("discriminator.b4.out.weight").is_ok() {
        adopt_own_judge(keys, sizes.widths, &mut config, &mut tensors)?;
    } else if let Some(judge) = keys.beside("d", "final_linear.1.weight") {
        adopt_judge(judge, sizes.widths, &mut tensors)?;
        keys.used_beside("d");
    }
    Ok(Mapped { side: sizes.widths.side, config, tensors, filled })
}

/// A discriminator of the port's beside the generator.
fn adopt_judge(mut keys: Keys<'_>, widths: Widths, tensors: &mut BTreeMap<String, Tensor>) -> Result<(), String> {
    for (key, dims) in judge_keys(widths) {
        let tensor = keys.take(&their_judge(&key, widths.side), &dims).map_err(|reason| format!("d: {reason}"))?;
        tensors.insert(format!("discriminator.{key}"), tensor);
    }
    keys.ignore(BLUR, |key| key.ends_with(".kernel"), is_blur)?;
    keys.finish().map(drop).map_err(|reason| format!("d: {reason}"))
}

/// A discriminator that our own training wrote, whose widths may be its own.
fn adopt_own_judge(
    keys: &mut Keys<'_>,
    widths: Widths,
    config: &mut toml::Table,
    tensors: &mut BTreeMap<String, Tensor>,
) -> Result<(), String> {
    let (side, prefix) = (widths.side, "discriminator.");
    let count = |key: &str| Ok::<_, String>(keys.dims(&format!("{prefix}{key}"))?.first().copied().unwrap_or(0));
    let own = Widths {
        base_channels: count(&format!("b{side}.fromrgb.bias"))?.saturating_mul(side),
        max_channels: count("b4.conv.bias")?,
        side,
    };
    if (own.base_channels, own.max_channels) != (widths.base_channels, widths.max_channels) {
        let judge = [("judge_base_channels", own.base_channels), ("judge_max_channels", own.max_channels)];
        config.extend(table(&judge)?);
    }
    for (key, dims) in judge_keys(own) {
        let key = format!("{prefix}{key}");
        let tensor = keys.take(&key, &dims)?;
        tensors.insert(key, tensor);
    }
    Ok(())
}

/// The names of `StyleGAN2`-ADA.
pub(super) fn from_ada(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let marks = Landmarks {
        mapping: ("mapping.fc0.weight".to_owned(), |at| format!("mapping.fc{at}.weight")),
        level: |at| format!("synthesis.b{}.conv1.bias", 8 << at),
        constant: "synthesis.b4.const",
    };
    let sizes = sizes(keys, &marks)?;
    let mut tensors = BTreeMap::new();
    for (key, dims) in our_keys(&sizes) {
        let (theirs, their_dims) = in_ada(&key, &dims);
        let tensor = keys.take(&theirs, &their_dims)?;
        let tensor = tensor.reshape(dims).map_err(|error| format!("{key}: {error}"))?;
        tensors.insert(key, tensor);
    }
    tensors.insert(MEAN_STYLE.to_owned(), keys.take("mapping.w_avg", &[sizes.style_dim])?);
    keys.ignore(BLUR, |key| key.ends_with("resample_filter"), is_blur)?;
    Ok(Mapped { side: sizes.widths.side, config: sizes.table()?, tensors, filled: Vec::new() })
}

/// All keys that the generator reads, with their shapes.
fn our_keys(sizes: &Sizes) -> Vec<(String, Vec<usize>)> {
    let (widths, dim) = (sizes.widths, sizes.style_dim);
    let mut keys = Vec::new();
    for at in 1..=sizes.n_mapping {
        keys.push((format!("style.{at}.weight"), vec![dim, dim]));
        keys.push((format!("style.{at}.bias"), vec![dim]));
    }
    let first = widths.channels(4);
    keys.push(("input.input".to_owned(), vec![1, first, 4, 4]));
    let mut n_maps = 0;
    let mut conv = |at: &str, (c_in, c_out): (usize, usize), side: usize| {
        keys.push((format!("{at}.conv.weight"), vec![1, c_out, c_in, 3, 3]));
        keys.push((format!("{at}.conv.modulation.weight"), vec![c_in, dim]));
        keys.push((format!("{at}.conv.modulation.bias"), vec![c_in]));
        keys.push((format!("{at}.noise.weight"), vec![1]));
        keys.push((format!("{at}.activate.bias"), vec![c_out]));
        keys.push((format!("noises.noise_{n_maps}"), vec![1, 1, side, side]));
        n_maps += 1;
    };
    conv("conv1", (first, first), 4);
    for (at, side) in widths.sides().enumerate() {
        let (c_half, c) = (widths.channels(side / 2), widths.channels(side));
        conv(&format!("convs.{}", 2 * at), (c_half, c), side);
        conv(&format!("convs.{}", 2 * at + 1), (c, c), side);
    }
    let mut rgb = |at: &str, c_in: usize| {
        keys.push((format!("{at}.conv.weight"), vec![1, 3, c_in, 1, 1]));
        keys.push((format!("{at}.conv.modulation.weight"), vec![c_in, dim]));
        keys.push((format!("{at}.conv.modulation.bias"), vec![c_in]));
        keys.push((format!("{at}.bias"), vec![1, 3, 1, 1]));
    };
    rgb("to_rgb1", first);
    for (at, side) in widths.sides().enumerate() {
        rgb(&format!("to_rgbs.{at}"), widths.channels(side));
    }
    keys
}

/// All keys that the discriminator reads, with their shapes.
fn judge_keys(widths: Widths) -> Vec<(String, Vec<usize>)> {
    let mut keys = Vec::new();
    let mut layer = |at: String, weight: Vec<usize>| {
        keys.push((format!("{at}.bias"), vec![weight[0]]));
        keys.push((format!("{at}.weight"), weight));
    };
    let (side, last) = (widths.side, widths.channels(4));
    layer(format!("b{side}.fromrgb"), vec![widths.channels(side), 3, 1, 1]);
    for side in widths.sides() {
        let (c, c_half) = (widths.channels(side), widths.channels(side / 2));
        layer(format!("b{side}.conv0"), vec![c, c, 3, 3]);
        layer(format!("b{side}.conv1"), vec![c_half, c, 3, 3]);
    }
    layer("b4.conv".to_owned(), vec![last, last + 1, 3, 3]);
    layer("b4.fc".to_owned(), vec![last, last * 16]);
    layer("b4.out".to_owned(), vec![1, last]);
    for side in widths.sides() {
        keys.push((format!("b{side}.skip.weight"), vec![widths.channels(side / 2), widths.channels(side), 1, 1]));
    }
    keys
}

/// The port's key for `key` of our discriminator for pictures of `side` pixels.
fn their_judge(key: &str, side: usize) -> String {
    let (level, rest) = key.split_once('.').unwrap_or((key, ""));
    let (layer, leaf) = rest.split_once('.').unwrap_or((rest, ""));
    let level: usize = level.trim_start_matches('b').parse().unwrap_or(side);
    // Blur, weights and activation are numbered parts of one sequence; the bias is the activation's.
    let bias = usize::from(leaf == "bias");
    match layer {
        "fromrgb" => format!("convs.0.{bias}.{leaf}"),
        "conv" => format!("final_conv.{bias}.{leaf}"),
        "fc" => format!("final_linear.0.{leaf}"),
        "out" => format!("final_linear.1.{leaf}"),
        _ => {
            let block = 1 + (side / level).trailing_zeros();
            match layer {
                "conv0" => format!("convs.{block}.conv1.{bias}.{leaf}"),
                "conv1" => format!("convs.{block}.conv2.{}.{leaf}", 1 + bias),
                _ => format!("convs.{block}.skip.1.{leaf}"),
            }
        }
    }
}

/// `StyleGAN2`-ADA's key for `key` of ours, and its shape there.
fn in_ada(key: &str, dims: &[usize]) -> (String, Vec<usize>) {
    let parts: Vec<&str> = key.split('.').collect();
    let number = |text: &str| text.parse::<usize>().unwrap_or(0);
    // Convolution `at`, counted over all sizes.
    let conv = |at: usize| match at {
        0 => "synthesis.b4.conv1".to_owned(),
        at => format!("synthesis.b{}.conv{}", 8 << ((at - 1) / 2), (at - 1) % 2),
    };
    let leaf = |rest: &[&str]| match *rest {
        ["conv", "modulation", leaf] => format!("affine.{leaf}"),
        ["noise", _] => "noise_strength".to_owned(),
        // The weights, or the bias under whatever name.
        [.., leaf] => leaf.to_owned(),
        [] => String::new(),
    };
    let theirs = match *parts.as_slice() {
        ["style", at, leaf] => format!("mapping.fc{}.{leaf}", number(at).saturating_sub(1)),
        ["input", _] => "synthesis.b4.const".to_owned(),
        ["noises", map] => format!("{}.noise_const", conv(number(map.trim_start_matches("noise_")))),
        ["conv1", ref rest @ ..] => format!("{}.{}", conv(0), leaf(rest)),
        ["convs", at, ref rest @ ..] => format!("{}.{}", conv(number(at) + 1), leaf(rest)),
        ["to_rgb1", ref rest @ ..] => format!("synthesis.b4.torgb.{}", leaf(rest)),
        ["to_rgbs", at, ref rest @ ..] => format!("synthesis.b{}.torgb.{}", 8 << number(at), leaf(rest)),
        _ => key.to_owned(),
    };
    let their_dims = match *dims {
        [1] => Vec::new(),
        [1, c, 1, 1] => vec![c],
        [1, 1, h, w] => vec![h, w],
        [1, ref rest @ ..] if rest.len() > 2 => rest.to_vec(),
        _ => dims.to_vec(),
    };
    (theirs, their_dims)
}
