//! iGAN's `.dcgan_theano`: a pickled table of lists of arrays. In `gen_params` stand weights, gain and bias of each layer, in
//! `gen_batchnorm` all means and then all variances; `disc_…` and `predict_…` likewise. Older files keep the statistics in
//! `postlearn_params` (the discriminator's, then the generator's) and `postlearn_predict_params`.
//!
//! Theano convolves with kernels turned by half a circle and multiplies by matrices from the right.

use std::collections::BTreeMap;

use candle_core::Tensor;

use super::{FIRST_SIDE, MOST_LAYERS, Mapped, Sizes, mapped};
use crate::weights::error::first_line;
use crate::weights::import::keys::Keys;

type Tensors = BTreeMap<String, Tensor>;

/// Reads the sizes and takes all arrays of the generator, and those of discriminator and predictor where they are whole.
pub(in crate::weights::import) fn map(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let sizes = sizes(keys)?;
    let mut tensors = Tensors::new();
    generator(keys, sizes, &mut tensors)?;
    for (network, theirs, statistics, last) in [
        ("discriminator", "disc_params", ["disc_batchnorm", "postlearn_params.0"], ("to_logit", 1)),
        (
            "predictor",
            "predict_params",
            ["predict_batchnorm", "postlearn_predict_params"],
            ("to_latent", sizes.n_latent),
        ),
    ] {
        if keys.dims(&format!("{theirs}.0")).is_err() {
            continue;
        }
        match statistics.into_iter().find(|name| keys.dims(&format!("{name}.0")).is_ok()) {
            Some(statistics) => trunk(keys, sizes, (network, theirs, statistics), last, &mut tensors)?,
            None => keys.ignore(
                "of a network without its batch norm's statistics",
                |key| key.starts_with(&format!("{theirs}.")),
                |_| true,
            )?,
        }
    }
    Ok(mapped(sizes, true, tensors))
}

fn sizes(keys: &Keys<'_>) -> Result<Sizes, String> {
    let has = |at: &usize| keys.dims(&format!("gen_params.{at}")).is_ok();
    let n = (0..3 * (MOST_LAYERS + 2)).take_while(has).count();
    // Three for each layer with a norm, one for the last.
    if n % 3 != 1 || n < 7 {
        return Err(format!("its {n} arrays of gen_params are no DCGAN's"));
    }
    let first = keys.dims("gen_params.0")?;
    let &[n_latent, _] = first else {
        return Err(format!("gen_params.0 has the shape {first:?}, not that of a matrix"));
    };
    let sizes = Sizes::new(n_latent, n / 3 - 1, keys.dims(&format!("gen_params.{}", n - 1))?)?;
    if sizes.is_igan() { Ok(sizes) } else { Err(format!("its kernels are {0}x{0} pixels wide, not 5x5", sizes.kernel)) }
}

fn generator(keys: &mut Keys<'_>, sizes: Sizes, tensors: &mut Tensors) -> Result<(), String> {
    let statistics = ["gen_batchnorm", "postlearn_params.1"];
    let statistics = statistics.into_iter().find(|name| keys.dims(&format!("{name}.0")).is_ok());
    let statistics = statistics.ok_or("it has no statistics of batch norm (gen_batchnorm) for its generator")?;
    let (n_layers, features) = (sizes.n_layers, sizes.features());
    let n_norms = n_layers + 1;
    let project = keys.take("gen_params.0", &[sizes.n_latent, features])?;
    put(tensors, "generator.project.weight", project.t().and_then(|tensor| tensor.contiguous()))?;
    let norm = Norm { theirs: "gen_params", statistics, n_norms };
    norm.take(keys, 1, (0, features), "generator.project_norm", tensors)?;
    for at in 0..n_layers {
        let (c_in, c_out) = (sizes.channels(at), sizes.channels(at + 1));
        let weight = keys.take(&format!("gen_params.{}", 3 * at + 3), &sizes.kernels(c_in, c_out))?;
        put(tensors, &format!("generator.deconv.{at}.weight"), turned(&weight))?;
        let ours = format!("generator.deconv_norm.{at}");
        norm.take(keys, 3 * at + 4, (at + 1, c_out), &ours, tensors)?;
    }
    let last = keys.take(&format!("gen_params.{}", 3 * n_norms), &sizes.kernels(sizes.width, sizes.c_out))?;
    put(tensors, "generator.to_image.weight", turned(&last))
}

/// Discriminator or predictor: its name here, that of its parameters and of its statistics there.
fn trunk(
    keys: &mut Keys<'_>,
    sizes: Sizes,
    (network, theirs, statistics): (&str, &str, &str),
    (last, n): (&str, usize),
    tensors: &mut Tensors,
) -> Result<(), String> {
    let norm = Norm { theirs, statistics, n_norms: sizes.n_layers };
    for at in 0..=sizes.n_layers {
        let (c_in, c_out) = (if at == 0 { sizes.c_out } else { sizes.width << (at - 1) }, sizes.width << at);
        let number = if at == 0 { 0 } else { 3 * at - 2 };
        let weight = keys.take(&format!("{theirs}.{number}"), &sizes.kernels(c_out, c_in))?;
        put(tensors, &format!("{network}.layers.{at}.conv.weight"), turned(&weight))?;
        if at > 0 {
            let ours = format!("{network}.layers.{at}.norm");
            norm.take(keys, number + 1, (at - 1, c_out), &ours, tensors)?;
        }
    }
    let weight = keys.take(&format!("{theirs}.{}", 3 * sizes.n_layers + 1), &[sizes.features(), n])?;
    let weight = weight.t().and_then(|weight| weight.reshape((n, sizes.channels(0), FIRST_SIDE, FIRST_SIDE)));
    put(tensors, &format!("{network}.{last}.weight"), weight)
}

/// The batch norms of one network.
struct Norm<'a> {
    theirs: &'a str,
    statistics: &'a str,
    n_norms: usize,
}

impl Norm<'_> {
    /// Gain and bias from number `at` on, mean and variance of the norm `which`, all of `channels` numbers.
    fn take(
        &self,
        keys: &mut Keys<'_>,
        at: usize,
        (which, channels): (usize, usize),
        ours: &str,
        tensors: &mut Tensors,
    ) -> Result<(), String> {
        let Self { theirs, statistics, n_norms } = self;
        for (leaf, key) in [
            ("weight", format!("{theirs}.{at}")),
            ("bias", format!("{theirs}.{}", at + 1)),
            ("running_mean", format!("{statistics}.{which}")),
            ("running_var", format!("{statistics}.{}", which + n_norms)),
        ] {
            let tensor = keys.take(&key, &[channels])?;
            tensors.insert(format!("{ours}.{leaf}"), tensor);
        }
        Ok(())
    }
}

/// Kernels turned by half a circle.
fn turned(weight: &Tensor) -> candle_core::Result<Tensor> {
    weight.flip(&[2, 3])?.contiguous()
}

fn put(tensors: &mut Tensors, key: &str, tensor: candle_core::Result<Tensor>) -> Result<(), String> {
    tensors.insert(key.to_owned(), tensor.map_err(|error| format!("{key}: {}", first_line(&error)))?);
    Ok(())
}
