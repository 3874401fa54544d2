//! Key maps of DCGAN: iGAN's pickles, PyTorch's example, and our own names as a PyTorch twin writes them.

mod igan;
mod pytorch;

use std::collections::BTreeMap;

use candle_core::Tensor;

use super::Mapped;
use super::keys::Keys;
use crate::weights::torch::Table;
pub(super) use igan::map as from_igan;
pub(super) use pytorch::map as from_pytorch;

/// Side of the picture after the first layer.
const FIRST_SIDE: usize = 4;
/// The most layers between the first and the last: for 512 pixels.
const MOST_LAYERS: usize = 6;

/// What a generator's shapes tell.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    n_latent: usize,
    width: usize,
    n_layers: usize,
    c_out: usize,
    kernel: usize,
}

impl Sizes {
    /// From the shape of the last layer's weights, `[width, c_out, k, k]`.
    fn new(n_latent: usize, n_layers: usize, last: &[usize]) -> Result<Self, String> {
        let &[width, c_out, kernel, other] = last else {
            return Err(format!("its last layer has weights of the shape {last:?}, not of a transposed convolution"));
        };
        let kernels = if kernel == other && matches!(kernel, 4 | 5) { Ok(()) } else { Err(()) };
        kernels.map_err(|()| format!("its kernels are {kernel}x{other} pixels wide, not 4x4 or 5x5"))?;
        if !matches!(c_out, 1 | 3) {
            return Err(format!("its pictures have {c_out} channels, not 3 or 1"));
        }
        let sound = (1..=1024).contains(&width) && (1..=4096).contains(&n_latent) && n_layers <= MOST_LAYERS;
        if !sound || n_layers == 0 {
            return Err(format!(
                "a latent of {n_latent} numbers, {width} channels and {n_layers} layers are no DCGAN's sizes"
            ));
        }
        Ok(Self { n_latent, width, n_layers, c_out, kernel })
    }

    const fn is_igan(&self) -> bool {
        self.kernel == 5
    }

    const fn side(&self) -> usize {
        FIRST_SIDE << (self.n_layers + 1)
    }

    /// Channels before layer `at` of the generator; the first layer gives those of 0.
    const fn channels(&self, at: usize) -> usize {
        self.width << (self.n_layers - at)
    }

    const fn features(&self) -> usize {
        self.channels(0) * FIRST_SIDE * FIRST_SIDE
    }

    /// The shape of kernels between `first` and `second` channels.
    fn kernels(&self, first: usize, second: usize) -> Vec<usize> {
        vec![first, second, self.kernel, self.kernel]
    }

    /// What `dcgan::Config` reads. Prior, eps and what a channel means follow the form: those are no tensors' to tell.
    fn config(&self, has_norm: bool) -> toml::Table {
        let mut config = toml::Table::new();
        let Self { n_latent, width, n_layers, c_out, kernel } = *self;
        for (name, value) in
            [("n_latent", n_latent), ("width", width), ("n_layers", n_layers), ("c_out", c_out), ("kernel", kernel)]
        {
            config.insert(name.to_owned(), toml::Value::Integer(value as i64));
        }
        let (prior, eps) = if self.is_igan() { ("uniform", 1e-8) } else { ("normal", 1e-5) };
        config.insert("prior".to_owned(), prior.into());
        config.insert("eps".to_owned(), eps.into());
        config.insert("paint".to_owned(), if self.is_igan() && c_out == 1 { "ink" } else { "light" }.into());
        config.insert("norm".to_owned(), if has_norm { "batch" } else { "none" }.into());
        config
    }

    /// The generator's keys, after `generator.`, with their shapes.
    fn generator_keys(&self) -> Vec<(String, Vec<usize>)> {
        let (features, c) = (self.features(), self.channels(0));
        let first = if self.is_igan() { vec![features, self.n_latent] } else { vec![self.n_latent, c, 4, 4] };
        let mut keys = vec![("project.weight".to_owned(), first)];
        keys.extend(norm_keys("project_norm", if self.is_igan() { features } else { c }));
        for at in 0..self.n_layers {
            let (c_in, c_out) = (self.channels(at), self.channels(at + 1));
            keys.push((format!("deconv.{at}.weight"), self.kernels(c_in, c_out)));
            keys.extend(norm_keys(&format!("deconv_norm.{at}"), c_out));
        }
        keys.push(("to_image.weight".to_owned(), self.kernels(self.width, self.c_out)));
        keys
    }

    /// The keys of discriminator or predictor, whose last layer is called `last` and gives `n` numbers.
    fn trunk_keys(&self, has_norm: bool, (last, n): (&str, usize)) -> Vec<(String, Vec<usize>)> {
        let mut keys = Vec::new();
        for at in 0..=self.n_layers {
            let c_in = if at == 0 { self.c_out } else { self.width << (at - 1) };
            let (layer, c_out) = (format!("layers.{at}"), self.width << at);
            keys.push((format!("{layer}.conv.weight"), self.kernels(c_out, c_in)));
            if !has_norm {
                keys.push((format!("{layer}.conv.bias"), vec![c_out]));
            } else if at > 0 {
                keys.extend(norm_keys(&format!("{layer}.norm"), c_out));
            }
        }
        keys.push((format!("{last}.weight"), vec![n, self.channels(0), FIRST_SIDE, FIRST_SIDE]));
        keys
    }
}

fn norm_keys(norm: &str, channels: usize) -> impl Iterator<Item = (String, Vec<usize>)> {
    ["weight", "bias", "running_mean", "running_var"].map(|leaf| (format!("{norm}.{leaf}"), vec![channels])).into_iter()
}

/// Reads a file with our own names.
pub(super) fn from_ours(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let project = keys.dims("generator.project.weight")?.to_vec();
    let has = |key: &str| keys.dims(key).is_ok();
    let n_layers = (0..=MOST_LAYERS).take_while(|at| has(&format!("generator.deconv.{at}.weight"))).count();
    let n_latent = if project.len() == 4 { project[0] } else { project.last().copied().unwrap_or(0) };
    let sizes = Sizes::new(n_latent, n_layers, keys.dims("generator.to_image.weight")?)?;
    let has_discriminator = has("discriminator.to_logit.weight");
    let has_norm = !has_discriminator || has("discriminator.layers.1.norm.weight");
    let mut wanted = under("generator", sizes.generator_keys());
    if has_discriminator {
        wanted.extend(under("discriminator", sizes.trunk_keys(has_norm, ("to_logit", 1))));
    }
    if has("predictor.to_latent.weight") {
        wanted.extend(under("predictor", sizes.trunk_keys(true, ("to_latent", n_latent))));
    }
    let mut tensors = BTreeMap::new();
    for (key, dims) in wanted {
        let tensor = keys.take(&key, &dims)?;
        tensors.insert(key, tensor);
    }
    keys.ignore(COUNT, |key| key.ends_with(".num_batches_tracked"), |_| true)?;
    Ok(mapped(sizes, has_norm, tensors))
}

/// Why counts of batches are not used.
const COUNT: &str = "a count of PyTorch's, which nothing needs";

fn under(network: &str, keys: Vec<(String, Vec<usize>)>) -> Vec<(String, Vec<usize>)> {
    keys.into_iter().map(|(key, dims)| (format!("{network}.{key}"), dims)).collect()
}

fn mapped(sizes: Sizes, has_norm: bool, tensors: BTreeMap<String, Tensor>) -> Mapped {
    Mapped { side: sizes.side(), config: sizes.config(has_norm), tensors, filled: Vec::new() }
}

/// What else a table may hold that has no generator, to follow "because".
pub(super) fn what_else(tables: &[Table]) -> Option<String> {
    let is_discriminator = |table: &Table| {
        let has = |key: String| table.shapes.contains_key(&key);
        let prefixes = table.shapes.keys().filter_map(|key| key.strip_suffix("3.running_mean"));
        let is_pytorch = prefixes.clone().any(|prefix| {
            has(format!("{prefix}0.weight")) && has(format!("{prefix}2.weight")) && !has(format!("{prefix}1.weight"))
        });
        is_pytorch || has("disc_params.0".to_owned()) || has("discriminator.to_logit.weight".to_owned())
    };
    tables.iter().any(is_discriminator).then(|| {
        "it holds a discriminator, which tells real pictures from drawn ones and draws none: import the generator's file"
            .to_owned()
    })
}
