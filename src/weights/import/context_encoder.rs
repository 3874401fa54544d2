//! The key map of Context Encoders that a PyTorch twin of ours trained. The original's files (Torch 7) are not read.

use std::collections::BTreeMap;

use super::Mapped;
use super::keys::Keys;

/// No side of a tensor is larger.
const MOST: usize = 1 << 16;

/// Reads the sizes and takes all tensors.
pub(super) fn map(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let count = |part: &str, from: usize| {
        let has = |at: &usize| keys.dims(&format!("{part}.{at}.conv.weight")).is_ok();
        (from..16).take_while(has).count()
    };
    // The encoder's last layer leads to the bottleneck, the decoder's first out of it; in between each halves or doubles.
    let (n_halvings, n_doublings) = (count("encoder", 1), count("decoder", 0));
    let (side, painted) = (4_usize << n_halvings, 4_usize << n_doublings);
    if !(3..=9).contains(&n_halvings) || (painted != side && painted != side / 2) {
        return Err(format!("its {n_halvings} layers down and {n_doublings} up are no Context Encoder's"));
    }
    let first = |key: String, at: usize| -> Result<usize, String> {
        match keys.dims(&key)?.get(at) {
            Some(size) if (1..=MOST).contains(size) => Ok(*size),
            _ => Err(format!("the tensor {key} does not have a Context Encoder's shape")),
        }
    };
    let bottleneck = first("decoder.0.conv.weight".to_owned(), 0)?;
    // The first layer's result is half as large as the picture.
    let width = first("encoder.0.conv.weight".to_owned(), 0)? / times(side / 2);
    let mut tensors = BTreeMap::new();
    for (key, dims) in our_keys(side, painted, width, bottleneck) {
        let tensor = keys.take(&key, &dims)?;
        tensors.insert(key, tensor);
    }
    keys.ignore("a count of PyTorch's, which nothing needs", |key| key.ends_with(".num_batches_tracked"), |_| true)?;
    let mut config = toml::Table::new();
    for (name, value) in [("side", side), ("width", width), ("bottleneck", bottleneck)] {
        config.insert(name.to_owned(), toml::Value::Integer(value as i64));
    }
    config.insert("region".to_owned(), if painted == side { "anywhere" } else { "center" }.into());
    Ok(Mapped { side, config, tensors, filled: Vec::new() })
}

/// All keys that the network reads, with their shapes.
fn our_keys(side: usize, painted: usize, width: usize, bottleneck: usize) -> Vec<(String, Vec<usize>)> {
    let mut keys = Vec::new();
    let mut block = |at: String, dims: [usize; 2], normed: Option<usize>| {
        keys.push((format!("{at}.conv.weight"), vec![dims[0], dims[1], 4, 4]));
        for leaf in ["weight", "bias", "running_mean", "running_var"] {
            keys.extend(normed.map(|c| (format!("{at}.norm.{leaf}"), vec![c])));
        }
    };
    let channels = |side: usize| width * times(side);
    let n_layers = |side: usize| (side / 4).trailing_zeros() as usize;
    block("encoder.0".to_owned(), [channels(side / 2), 3], None);
    for at in 1..n_layers(side) {
        let (c_in, c_out) = (channels(side >> at), channels(side >> (at + 1)));
        block(format!("encoder.{at}"), [c_out, c_in], Some(c_out));
    }
    block(format!("encoder.{}", n_layers(side)), [bottleneck, channels(4)], Some(bottleneck));
    block("decoder.0".to_owned(), [bottleneck, channels(4)], Some(channels(4)));
    for at in 1..n_layers(painted) {
        let (c_in, c_out) = (channels(4 << (at - 1)), channels(4 << at));
        block(format!("decoder.{at}"), [c_in, c_out], Some(c_out));
    }
    keys.push(("to_image.weight".to_owned(), vec![channels(painted / 2), 3, 4, 4]));
    keys
}

/// Channels at `side` pixels in widths: eight at 4, half as many at each doubling, one from 32 on.
fn times(side: usize) -> usize {
    (32 / side).clamp(1, 8)
}
