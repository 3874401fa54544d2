//! The key maps of pix2pix and `CycleGAN` generators (the authors' PyTorch files): numbered modules of one `Sequential`, or levels that
//! are nested in each other. Which network it is, its norm and its sizes are read off keys and shapes.

use std::collections::BTreeMap;

use candle_core::Tensor;

use super::Mapped;
use super::keys::Keys;

/// No size of a tensor is larger.
const MOST: usize = 1 << 16;
/// Most blocks or levels that are looked for.
const DEEPEST: usize = 64;
/// The colors of variants, in files of our own.
const PALETTE: &str = "palette";
/// The least side of our own painters.
const OUR_SIDE: usize = 128;
const COUNT: &str = "a count of PyTorch's, which nothing needs";
const TRACKED: &str = "statistics that an instance norm of an early PyTorch kept and did not use";

/// What follows the inner convolutions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Norm {
    Batch,
    Instance,
    AffineInstance,
}

impl Norm {
    /// Of a norm whose keys begin with `at`, after a convolution that has a bias or has none.
    fn of(keys: &Keys<'_>, at: &str, is_biased: bool) -> Self {
        let has = |leaf: &str| keys.dims(&format!("{at}.{leaf}")).is_ok();
        match (has("weight"), has("running_mean")) {
            // A convolution before batch norm has no bias.
            (true, true) if !is_biased => Self::Batch,
            (true, _) => Self::AffineInstance,
            (false, _) => Self::Instance,
        }
    }

    const fn leaves(self) -> &'static [&'static str] {
        match self {
            Self::Batch => &["weight", "bias", "running_mean", "running_var"],
            Self::AffineInstance => &["weight", "bias"],
            Self::Instance => &[],
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Instance => "instance",
            Self::AffineInstance => "affine-instance",
        }
    }
}

/// Tensors as they are taken: their key, our key, the shape.
type Wanted = Vec<(String, String, Vec<usize>)>;

/// Reads a ResNet whose blocks are called `word`.
pub(super) fn from_resnet(keys: &mut Keys<'_>, word: &str) -> Result<Mapped, String> {
    let second = |at: usize, index: usize| format!("model.{at}.{word}.{index}.weight");
    let n_blocks = (0..DEEPEST).take_while(|at| keys.dims(&second(10 + at, 1)).is_ok()).count();
    let head = 17 + n_blocks;
    let [width, c_in] = first_two(keys, "model.1.weight", 7)?;
    let [c_out, _] = first_two(keys, &format!("model.{head}.weight"), 7)?;
    let is_biased = keys.dims("model.1.bias").is_ok();
    let norm = Norm::of(keys, "model.2", is_biased);
    // With dropout the second convolution has moved on by one.
    let has_dropout = keys.dims(&second(10, 6)).is_ok_and(|dims| dims.len() == 4);
    let moved = usize::from(has_dropout);
    let mut wanted = Wanted::new();
    let mut layer = |theirs: [String; 2], ours: [String; 2], dims: [usize; 4], is_transposed: bool| {
        let c_out = if is_transposed { dims[1] } else { dims[0] };
        wanted.push((format!("{}.weight", theirs[0]), format!("{}.weight", ours[0]), dims.to_vec()));
        if is_biased {
            wanted.push((format!("{}.bias", theirs[0]), format!("{}.bias", ours[0]), vec![c_out]));
        }
        for leaf in norm.leaves() {
            wanted.push((format!("{}.{leaf}", theirs[1]), format!("{}.{leaf}", ours[1]), vec![c_out]));
        }
    };
    let mut plain = |at: usize, dims: [usize; 4], is_transposed: bool| {
        let both = [format!("model.{at}"), format!("model.{}", at + 1)];
        layer(both.clone(), both, dims, is_transposed);
    };
    plain(1, [width, c_in, 7, 7], false);
    plain(4, [2 * width, width, 3, 3], false);
    plain(7, [4 * width, 2 * width, 3, 3], false);
    plain(10 + n_blocks, [4 * width, 2 * width, 3, 3], true);
    plain(13 + n_blocks, [2 * width, width, 3, 3], true);
    for at in 10..10 + n_blocks {
        for (theirs, ours) in [(1, 1), (5 + moved, 5)] {
            let both = |word: &str, index: usize| [index, index + 1].map(|index| format!("model.{at}.{word}.{index}"));
            layer(both(word, theirs), both("conv_block", ours), [4 * width, 4 * width, 3, 3], false);
        }
    }
    for (leaf, dims) in [("weight", vec![c_out, width, 7, 7]), ("bias", vec![c_out])] {
        wanted.push((format!("model.{head}.{leaf}"), format!("model.{head}.{leaf}"), dims));
    }
    let network = table(&[("c_in", c_in), ("c_out", c_out), ("width", width), ("n_blocks", n_blocks)], |table| {
        table.insert("kind".to_owned(), "res-net".into());
        table.insert("dialect".to_owned(), "pytorch".into());
        table.insert("norm".to_owned(), norm.word().into());
        table.insert("is_biased".to_owned(), is_biased.into());
        table.insert("has_dropout".to_owned(), has_dropout.into());
    });
    finished(keys, wanted, network, (c_in, c_out), 256)
}

/// Reads a U-Net.
pub(super) fn from_unet(keys: &mut Keys<'_>) -> Result<Mapped, String> {
    let at = |level: usize| {
        let inner = (1..level).map(|outer| if outer == 1 { ".1.model" } else { ".3.model" });
        std::iter::once("model.model").chain(inner).collect::<String>()
    };
    let down = |level: usize| format!("{}.{}", at(level), usize::from(level > 1));
    let n = (1..DEEPEST).take_while(|&level| keys.dims(&format!("{}.weight", down(level))).is_ok()).count();
    if !(3..=12).contains(&n) {
        return Err(format!("a U-Net of {n} levels is not known"));
    }
    let [width, c_in] = first_two(keys, "model.model.0.weight", 4)?;
    let &[_, c_out, 4, 4] = keys.dims("model.model.3.weight")? else {
        return Err("its last layer does not have a U-Net's shape".to_owned());
    };
    let is_biased = keys.dims("model.model.0.bias").is_ok();
    let norm = Norm::of(keys, &format!("{}.2", at(2)), is_biased);
    let channels = |level: usize| if level == 0 { c_in } else { width << (level - 1).min(3) };
    let mut wanted = Wanted::new();
    let mut take = |key: String, dims: Vec<usize>| wanted.push((key.clone(), key, dims));
    for level in 1..=n {
        let (is_outer, is_inner) = (level == 1, level == n);
        let here = channels(level);
        let back = if is_outer { c_out } else { channels(level - 1) };
        take(format!("{}.weight", down(level)), vec![here, channels(level - 1), 4, 4]);
        let (up, up_norm) = if is_outer || is_inner { (3, 4) } else { (5, 6) };
        take(format!("{}.{up}.weight", at(level)), vec![here * if is_inner { 1 } else { 2 }, back, 4, 4]);
        if is_biased {
            take(format!("{}.bias", down(level)), vec![here]);
        }
        if is_biased || is_outer {
            take(format!("{}.{up}.bias", at(level)), vec![back]);
        }
        for leaf in norm.leaves() {
            if !is_outer && !is_inner {
                take(format!("{}.2.{leaf}", at(level)), vec![here]);
            }
            if !is_outer {
                take(format!("{}.{up_norm}.{leaf}", at(level)), vec![back]);
            }
        }
    }
    if norm == Norm::AffineInstance && is_biased {
        return Err("its convolutions have a bias before a norm that has one, which is not known".to_owned());
    }
    let network = table(&[("c_in", c_in), ("c_out", c_out), ("width", width), ("n_levels", n)], |table| {
        table.insert("kind".to_owned(), "u-net".into());
        table.insert("norm".to_owned(), norm.word().into());
        // Dropout has no weights; the published networks were trained with it.
        table.insert("has_dropout".to_owned(), true.into());
    });
    finished(keys, wanted, network, (c_in, c_out), 1 << n)
}

/// What was found, in words.
pub(super) fn words(config: &toml::Table) -> String {
    let network = config.get("network").and_then(toml::Value::as_table);
    let text = |key: &str| network.and_then(|table| table.get(key)).and_then(toml::Value::as_str).unwrap_or("?");
    let number = |key: &str| network.and_then(|table| table.get(key)).and_then(toml::Value::as_integer).unwrap_or(0);
    let name = match text("kind") {
        "u-net" => format!("U-Net-{}", 1_u64 << number("n_levels").clamp(0, 20)),
        _ => format!("ResNet with {} blocks", number("n_blocks")),
    };
    let norm = text("norm").replace('-', " ");
    format!("{name}, {norm} norm, {} channels to {}, width {}", number("c_in"), number("c_out"), number("width"))
}

fn finished(
    keys: &mut Keys<'_>,
    wanted: Wanted,
    network: toml::Table,
    (c_in, c_out): (usize, usize),
    side: usize,
) -> Result<Mapped, String> {
    let reads = match (c_in, c_out) {
        (1, 3) => "ink",
        (3, 3) => "picture",
        // Nobody else's painters have five.
        (5, 3) => "ink-and-wash",
        _ => return Err(format!("it makes {c_out} channels of {c_in}; only 1, 3 or 5 to 3 are understood")),
    };
    let is_ours = c_in == 5;
    let side = if is_ours { side.max(OUR_SIDE) } else { side };
    let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
    for (theirs, ours, dims) in wanted {
        tensors.insert(ours, keys.take(&theirs, &dims)?);
    }
    let palette = keys.dims(PALETTE).map(<[usize]>::to_vec).ok();
    if let Some(dims) = &palette {
        tensors.insert(PALETTE.to_owned(), keys.take(PALETTE, dims)?);
    }
    keys.ignore(COUNT, |key| key.ends_with(".num_batches_tracked"), |_| true)?;
    keys.ignore(TRACKED, |key| key.ends_with(".running_mean") || key.ends_with(".running_var"), |_| true)?;
    let mut config = table(&[("side", side)], |table| {
        table.insert("reads".to_owned(), reads.into());
        table.insert("is_faithful".to_owned(), (!is_ours).into());
        table.insert("has_palette".to_owned(), palette.is_some().into());
    });
    config.insert("network".to_owned(), network.into());
    Ok(Mapped { side, config, tensors, filled: Vec::new() })
}

fn table(numbers: &[(&str, usize)], more: impl FnOnce(&mut toml::Table)) -> toml::Table {
    let mut table: toml::Table =
        numbers.iter().map(|&(key, value)| (key.to_owned(), toml::Value::Integer(value as i64))).collect();
    more(&mut table);
    table
}

/// The first two sizes of the weights of a square kernel.
fn first_two(keys: &Keys<'_>, key: &str, kernel: usize) -> Result<[usize; 2], String> {
    match *keys.dims(key)? {
        [a, b, h, w] if h == kernel && w == kernel && (1..=MOST).contains(&a) && (1..=MOST).contains(&b) => Ok([a, b]),
        ref other => Err(format!("the tensor {key} has the shape {other:?}, not that of a kernel of {kernel} pixels")),
    }
}
