//! Networks that fill the holes of a picture.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor, bail};
use candle_nn::VarBuilder;

use super::{check_side, check_size, sizes, tensors_of};
use crate::generators::{Pyramid, comodgan, context_encoder, migan, same_for_all_layers};
use crate::weights::{Entry, Family, MaskPolarity, WeightsError};

/// A frozen network that fills the holes of a square picture.
pub trait HoleFiller: Send + Sync {
    /// The side in pixels of the square that it works at.
    fn resolution(&self) -> usize;

    /// How many numbers a latent has; `None` if there is one answer only.
    fn latent_dim(&self) -> Option<usize>;

    /// The style `[1, style_dim]` of a latent `z` of [`HoleFiller::latent_dim`] normally distributed numbers; `None` if there
    /// are no latents. Styles may be mixed: between two of them lie fills between theirs.
    ///
    /// # Errors
    /// When the latent has another length.
    fn styles(&self, z: &[f32]) -> Result<Option<Tensor>>;

    /// The network's picture `[1, 3, side, side]`, nominally in -1..1, for `image` `[1, 3, side, side]` in -1..1 and `known`
    /// `[1, 1, side, side]` (1 is known, 0 a hole). Outside of holes it is the network's or the image's, as the family has
    /// it. `w` is a style, which families with latents need and others do not look at.
    ///
    /// # Errors
    /// One sentence with the shapes when they do not fit, or when the holes are not where the family can fill them.
    fn fill(&self, image: &Tensor, known: &Tensor, w: Option<&Tensor>) -> Result<Tensor>;
}

/// Builds the network that `entry` describes from its file.
///
/// # Errors
/// One sentence when the file cannot be read, does not fit the family and the sizes of the entry, or is of a family that
/// fills no holes.
pub fn hole_filler(entry: &Entry, device: &Device) -> std::result::Result<Arc<dyn HoleFiller>, WeightsError> {
    check_family(entry)?;
    let vb = entry.load(device)?;
    build(entry, &vb).map_err(|error| entry.does_not_fit(&error))
}

/// Builds the network that `entry` describes from `tensors` instead of its file, as when they shall be written to one.
///
/// # Errors
/// One sentence when they do not fit the family and the sizes of the entry, or the family fills no holes.
pub fn hole_filler_of(
    entry: &Entry,
    tensors: impl IntoIterator<Item = (String, Tensor)>,
    device: &Device,
) -> std::result::Result<Arc<dyn HoleFiller>, WeightsError> {
    check_family(entry)?;
    build(entry, &tensors_of(tensors, device)).map_err(|error| entry.does_not_fit(&error))
}

fn check_family(entry: &Entry) -> std::result::Result<(), WeightsError> {
    if entry.family.fills_holes() {
        return Ok(());
    }
    Err(WeightsError::FillsNoHoles { name: entry.name.clone(), family: entry.family.to_string() })
}

/// The network of `entry` with the tensors of `vb`.
fn build(entry: &Entry, vb: &VarBuilder<'_>) -> Result<Arc<dyn HoleFiller>> {
    match entry.family {
        Family::Comodgan => Ok(Arc::new(CoModGan::new(entry, vb)?)),
        Family::Migan => Ok(Arc::new(MiGan::new(entry, vb)?)),
        Family::ContextEncoder => Ok(Arc::new(ContextEncoder::new(entry, vb)?)),
        Family::Dcgan | Family::Pix2pix | Family::Stylegan | Family::Stylegan2 => bail!("the family fills no holes"),
    }
}

/// Refuses what no network of halved and doubled sizes can have.
fn check_pyramid(entry: &Entry, sizes: Pyramid, clamp: Option<f64>) -> Result<()> {
    let Pyramid { side, base_channels: base, max_channels: most } = sizes;
    check_size("side", side, 2048)?;
    check_size("base_channels", base, 1 << 20)?;
    check_size("max_channels", most, 4096)?;
    check_side(entry, side)?;
    if base < side {
        bail!("config: base_channels is {base}, below the side");
    }
    match clamp {
        Some(limit) if !(limit > 0.0 && limit.is_finite()) => bail!("config: clamp is {limit}"),
        _ => Ok(()),
    }
}

struct CoModGan {
    config: comodgan::Config,
    net: comodgan::Generator,
    device: Device,
}

impl CoModGan {
    fn new(entry: &Entry, vb: &VarBuilder<'_>) -> Result<Self> {
        let config: comodgan::Config = sizes(entry)?;
        check_size("style_dim", config.style_dim, 4096)?;
        check_size("n_mapping", config.n_mapping, 32)?;
        check_size("global_dim", config.global_dim, 8192)?;
        check_pyramid(entry, config.pyramid(), config.clamp)?;
        let net = comodgan::Generator::new(&config, vb)?;
        let net = match entry.mask_polarity {
            MaskPolarity::Known => net,
            MaskPolarity::Hole => net.with_mask_of_holes(),
        };
        Ok(Self { config, net, device: vb.device().clone() })
    }
}

impl HoleFiller for CoModGan {
    fn resolution(&self) -> usize {
        self.config.side
    }

    fn latent_dim(&self) -> Option<usize> {
        Some(self.config.style_dim)
    }

    fn styles(&self, z: &[f32]) -> Result<Option<Tensor>> {
        let dim = self.config.style_dim;
        if z.len() != dim {
            bail!("comodgan: the latent has {} numbers, not {dim}", z.len());
        }
        let z = Tensor::from_slice(z, (1, dim), &self.device)?;
        self.net.mapping.forward(&z).map(Some)
    }

    fn fill(&self, image: &Tensor, known: &Tensor, w: Option<&Tensor>) -> Result<Tensor> {
        let Some(w) = w else { bail!("comodgan: a fill needs a style") };
        let ws = same_for_all_layers(w, self.config.n_layers())?;
        self.net.forward(image, known, &ws, comodgan::Options::default())
    }
}

struct MiGan {
    side: usize,
    net: migan::Generator,
}

impl MiGan {
    fn new(entry: &Entry, vb: &VarBuilder<'_>) -> Result<Self> {
        let config: migan::Config = sizes(entry)?;
        check_pyramid(entry, config.pyramid(), config.clamp)?;
        let net = migan::Generator::new(&config, vb)?;
        let net = match entry.mask_polarity {
            MaskPolarity::Known => net,
            MaskPolarity::Hole => net.with_mask_of_holes(),
        };
        Ok(Self { side: config.side, net })
    }
}

impl HoleFiller for MiGan {
    fn resolution(&self) -> usize {
        self.side
    }

    fn latent_dim(&self) -> Option<usize> {
        None
    }

    fn styles(&self, _z: &[f32]) -> Result<Option<Tensor>> {
        Ok(None)
    }

    fn fill(&self, image: &Tensor, known: &Tensor, _w: Option<&Tensor>) -> Result<Tensor> {
        self.net.forward(image, known)
    }
}

struct ContextEncoder {
    net: context_encoder::Generator,
}

impl ContextEncoder {
    fn new(entry: &Entry, vb: &VarBuilder<'_>) -> Result<Self> {
        let config: context_encoder::Config = sizes(entry)?;
        check_size("side", config.side, 2048)?;
        check_size("width", config.width, 1024)?;
        check_size("bottleneck", config.bottleneck, 1 << 16)?;
        check_side(entry, config.side)?;
        Ok(Self { net: context_encoder::Generator::new(&config, vb)? })
    }
}

impl HoleFiller for ContextEncoder {
    fn resolution(&self) -> usize {
        self.net.config().side
    }

    fn latent_dim(&self) -> Option<usize> {
        None
    }

    fn styles(&self, _z: &[f32]) -> Result<Option<Tensor>> {
        Ok(None)
    }

    fn fill(&self, image: &Tensor, known: &Tensor, _w: Option<&Tensor>) -> Result<Tensor> {
        self.net.fill(image, known)
    }
}
