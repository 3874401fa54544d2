//! Key maps of CoModGAN: the names after StyleGAN2-ADA, which are ours too, and those of the PyTorch ports of the official
//! TensorFlow code. Both store convolutions alike (none is turned round) and the styles' biases with their initial 1.

use std::collections::BTreeMap;

use candle_core::{Device, Tensor};

use super::Mapped;
use super::constants::{BLUR, is_blur, noise_map};
use super::keys::Keys;
use super::widths::{Widths, table};

/// Networks that were trained in half precision cut their activations off here.
const ADA_CLAMP: f64 = 256.0;
/// No side of a tensor is larger.
const MOST: usize = 1 << 16;

/// Sizes as shapes show them, and what is needed to go through all layers.
struct Sizes {
    widths: Widths,
    style_dim: usize,
    n_mapping: usize,
    global_dim: usize,
}

impl Sizes {
    fn channels(&self, side: usize) -> usize {
        self.widths.channels(side)
    }

    fn table(&self, clamp: Option<f64>) -> Result<toml::Table, String> {
        let Widths { side, base_channels, max_channels } = self.widths;
        let mut table = table(&[
            ("side", side),
            ("style_dim", self.style_dim),
            ("n_mapping", self.n_mapping),
            ("global_dim", self.global_dim),
            ("base_channels", base_channels),
            ("max_channels", max_channels),
        ])?;
        if let Some(clamp) = clamp {
            table.insert("clamp".to_owned(), clamp.into());
        }
        Ok(table)
    }
}

/// Names of the tensors that sizes are read from.
struct Landmarks<'a> {
    /// `[c, 4, 1, 1]`: what stands before and after the side in its key.
    from_rgb: (&'a str, &'a str),
    /// `[dim, dim]`, the first layer.
    mapping: &'a str,
    /// `[global, 16 c]`
    global: &'a str,
    /// One for each layer, numbered from 0 between these.
    layers: (&'a str, &'a str),
}

fn sizes(keys: &Keys<'_>, marks: &Landmarks<'_>) -> Result<Sizes, String> {
    let (from_rgb, side) = top(keys, marks.from_rgb)?;
    let wrong = |key: &str| format!("the tensor {key} does not have a CoModGAN's shape");
    let [c_side, 4, 1, 1] = *keys.dims(&from_rgb)? else { return Err(wrong(&from_rgb)) };
    let [style_dim, _] = *keys.dims(marks.mapping)? else { return Err(wrong(marks.mapping)) };
    let [global_dim, flat] = *keys.dims(marks.global)? else { return Err(wrong(marks.global)) };
    for (key, size) in
        [(from_rgb.as_str(), c_side), (marks.mapping, style_dim), (marks.global, global_dim), (marks.global, flat)]
    {
        if !(1..=MOST).contains(&size) {
            return Err(wrong(key));
        }
    }
    let (before, after) = marks.layers;
    let n_mapping = (0..64).take_while(|at| keys.dims(&format!("{before}{at}{after}")).is_ok()).count();
    // Wrong guesses at the law meet a tensor of another shape below.
    let widths = Widths { side, base_channels: c_side * side, max_channels: flat / 16 };
    Ok(Sizes { widths, style_dim, n_mapping, global_dim })
}

/// The only key that begins and ends so, and the side between, such as `256` or `256x256`.
pub(super) fn top(keys: &Keys<'_>, (before, after): (&str, &str)) -> Result<(String, usize), String> {
    let found = keys.rest().filter_map(|key| {
        let side = key.strip_prefix(before)?.strip_suffix(after)?;
        let side = side.split_once('x').filter(|(height, width)| height == width).map_or(side, |(height, _)| height);
        Some((key.to_owned(), side.parse::<usize>().ok()?))
    });
    let found: Vec<(String, usize)> = found.collect();
    match found.as_slice() {
        [(key, side)] if side.is_power_of_two() && (8..=2048).contains(side) => Ok((key.clone(), *side)),
        [(_, side)] => Err(format!("it works at {side} pixels, which is no power of two from 8 to 2048")),
        [] => Err(format!("there is no tensor {before}…{after}")),
        _ => Err(format!("there are {} tensors {before}…{after}, not one", found.len())),
    }
}

/// The names after StyleGAN2-ADA.
pub(super) fn from_ada(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let sizes = sizes(
        keys,
        &Landmarks {
            from_rgb: ("encoder.b", ".fromrgb.weight"),
            mapping: "mapping.fc0.weight",
            global: "encoder.b4.fc.weight",
            layers: ("mapping.fc", ".weight"),
        },
    )?;
    let mut tensors = BTreeMap::new();
    for (key, dims) in our_keys(&sizes) {
        let tensor = keys.take(&key, &dims)?;
        tensors.insert(key, tensor);
    }
    keys.ignore(BLUR, |key| key.ends_with("resample_filter"), is_blur)?;
    Ok(Mapped { side: sizes.widths.side, config: sizes.table(Some(ADA_CLAMP))?, tensors, filled: Vec::new() })
}

/// All keys that the network reads, with their shapes.
fn our_keys(sizes: &Sizes) -> Vec<(String, Vec<usize>)> {
    let mut keys = Keyed { keys: Vec::new() };
    let (first, last, dim) = (sizes.channels(sizes.widths.side), sizes.channels(4), sizes.style_dim);
    for at in 0..sizes.n_mapping {
        keys.layer(&format!("mapping.fc{at}"), &[dim, dim]);
    }
    keys.add("mapping.w_avg".to_owned(), &[dim]);
    keys.layer(&format!("encoder.b{}.fromrgb", sizes.widths.side), &[first, 4, 1, 1]);
    keys.layer("encoder.b4.conv", &[last, last, 3, 3]);
    keys.layer("encoder.b4.fc", &[sizes.global_dim, last * 16]);
    keys.layer("synthesis.b4.fc", &[last * 16, sizes.global_dim]);
    let u = dim + sizes.global_dim;
    keys.styled("synthesis.b4.conv", (last, last), u, Some(4));
    keys.styled("synthesis.b4.torgb", (last, 3), u, None);
    for side in sizes.widths.sides() {
        let (c, c_half) = (sizes.channels(side), sizes.channels(side / 2));
        keys.layer(&format!("encoder.b{side}.conv0"), &[c, c, 3, 3]);
        keys.layer(&format!("encoder.b{side}.conv1"), &[c_half, c, 3, 3]);
        keys.styled(&format!("synthesis.b{side}.conv0"), (c_half, c), u, Some(side));
        keys.styled(&format!("synthesis.b{side}.conv1"), (c, c), u, Some(side));
        keys.styled(&format!("synthesis.b{side}.torgb"), (c, 3), u, None);
    }
    keys.keys
}

struct Keyed {
    keys: Vec<(String, Vec<usize>)>,
}

impl Keyed {
    fn add(&mut self, key: String, dims: &[usize]) {
        self.keys.push((key, dims.to_vec()));
    }

    /// Weights and a bias.
    fn layer(&mut self, at: &str, weight: &[usize]) {
        self.add(format!("{at}.weight"), weight);
        self.add(format!("{at}.bias"), &weight[..1]);
    }

    /// With a style of `u` numbers, and noise where there is a side.
    fn styled(&mut self, at: &str, (c_in, c_out): (usize, usize), u: usize, noise: Option<usize>) {
        let kernel = if noise.is_some() { 3 } else { 1 };
        self.layer(at, &[c_out, c_in, kernel, kernel]);
        self.layer(&format!("{at}.affine"), &[c_in, u]);
        if let Some(side) = noise {
            self.add(format!("{at}.noise_const"), &[side, side]);
            self.add(format!("{at}.noise_strength"), &[]);
        }
    }
}

/// The names of the ports: the same network, other keys and a few other layouts.
pub(super) fn from_port(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let sizes = sizes(
        keys,
        &Landmarks {
            from_rgb: ("G_synthesis.E.", "_0.FromRGB.0.weight"),
            mapping: "G_mapping.G_mapping.Dense0.weight",
            global: "G_synthesis.E.4x4.Dense0.weight",
            layers: ("G_mapping.G_mapping.Dense", ".weight"),
        },
    )?;
    let (mut tensors, mut n_maps) = (BTreeMap::new(), 0);
    for (key, dims) in our_keys(&sizes) {
        let tensor = match theirs(&key, &dims) {
            Some((theirs, their_dims)) => keys.take(&theirs, &their_dims)?,
            None if key == "mapping.w_avg" => zeros(&dims)?,
            None => {
                n_maps += 1;
                noise_map(&key, &dims)?
            }
        };
        let tensor = tensor.reshape(dims).map_err(|error| format!("{key}: {error}"))?;
        tensors.insert(key, tensor);
    }
    keys.ignore(BLUR, |key| key.ends_with(".kernel"), is_blur)?;
    let filled = vec![
        format!("{n_maps} maps of constant noise, drawn with a fixed seed"),
        "the mean style, as zeros (truncation needs a real one)".to_owned(),
    ];
    Ok(Mapped { side: sizes.widths.side, config: sizes.table(None)?, tensors, filled })
}

/// The ports' key for `key` of ours, and its shape there; `None` for what they do not store.
fn theirs(key: &str, dims: &[usize]) -> Option<(String, Vec<usize>)> {
    let parts: Vec<&str> = key.split('.').collect();
    match *parts.as_slice() {
        ["mapping", layer, leaf] => {
            let at = layer.trim_start_matches("fc");
            Some((format!("G_mapping.G_mapping.Dense{at}.{leaf}"), dims.to_vec()))
        }
        ["encoder", level, layer, leaf] => {
            let side = level.trim_start_matches('b');
            // Blur, weights and activation are numbered parts of one sequence; the bias is the activation's.
            let place = match (layer, leaf) {
                ("fromrgb", "weight") => "_0.FromRGB.0.weight",
                ("fromrgb", _) => "_0.FromRGB.1.bias",
                ("conv0", "weight") => ".Conv0.0.weight",
                ("conv0", _) => ".Conv0.1.bias",
                ("conv1", "weight") => ".Conv1_down.1.weight",
                ("conv1", _) => ".Conv1_down.2.bias",
                ("conv", "weight") => ".Conv.0.weight",
                ("conv", _) => ".Conv.1.bias",
                (_, "weight") => ".Dense0.weight",
                _ => ".Dense0.bias",
            };
            Some((format!("G_synthesis.E.{side}x{side}{place}"), dims.to_vec()))
        }
        ["synthesis", "b4", "fc", leaf] => Some((format!("G_synthesis.G_4x4.Dense.{leaf}"), dims.to_vec())),
        ["synthesis", level, layer, ref leaf @ ..] => synthesis(level.trim_start_matches('b'), layer, leaf, dims),
        _ => None,
    }
}

fn synthesis(side: &str, layer: &str, leaf: &[&str], dims: &[usize]) -> Option<(String, Vec<usize>)> {
    let is_rgb = layer == "torgb";
    let (leaf, dims) = match *leaf {
        ["weight"] => ("conv.weight".to_owned(), [&[1], dims].concat()),
        ["bias"] if is_rgb => ("bias".to_owned(), [&[1], dims, &[1, 1]].concat()),
        ["bias"] => ("activate.bias".to_owned(), dims.to_vec()),
        ["affine", leaf] => (format!("conv.modulation.{leaf}"), dims.to_vec()),
        ["noise_strength"] => ("noise.weight".to_owned(), vec![1]),
        _ => return None,
    };
    let layer = match layer {
        "conv" => "Conv",
        "conv0" => "Conv0_up",
        "conv1" => "Conv1",
        _ => "ToRGB",
    };
    Some((format!("G_synthesis.G_{side}x{side}.{layer}.{leaf}"), dims))
}

fn zeros(dims: &[usize]) -> Result<Tensor, String> {
    Tensor::zeros(dims, candle_core::DType::F32, &Device::Cpu).map_err(|error| error.to_string())
}
