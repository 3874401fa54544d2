//! The network alone on a photo of its own size: no crop, no refinement, no blending.

use candle_core::{Device, Tensor};

use super::picture::Picture;
use crate::erase::EraseError;
use crate::generators::catalog::HoleFiller;
use crate::generators::seeded_normal;
use crate::imaging::mask::HOLE_THRESHOLD;
use crate::imaging::{Frame, Mask, Patch, Plane, Samples, Size};

/// Where the latent of a raw fill comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Latent {
    /// Drawn from a seed, as for candidates.
    Seed(u64),
    /// Given: as many numbers as the network's latent has.
    Given(Vec<f32>),
}

/// The composite of `photo` and the network's picture, as a patch over the whole photo whose coverage is the holes: known
/// pixels keep their bits. `noise` of the network is its constant one.
///
/// # Errors
/// A sentence when photo or mask have not the network's size, the latent has another length, or the network fails.
pub fn raw_fill(network: &dyn HoleFiller, photo: &Frame, holes: &Mask, latent: &Latent) -> Result<Patch, EraseError> {
    let side = network.resolution();
    let wanted = Size::new(side as u32, side as u32);
    if photo.size() != wanted {
        return Err(EraseError::NotTheNetworksSize { photo: photo.size(), network: wanted });
    }
    if holes.size() != wanted {
        return Err(EraseError::SizeMismatch { mask: holes.size(), photo: wanted });
    }
    let plane = holes.plane(wanted.rect());
    let at = || (0..wanted.height).flat_map(|y| (0..wanted.width).map(move |x| (x, y)));
    let colors = at().map(|(x, y)| photo.rgb_at(x, y)).collect();
    let known = plane.data().iter().map(|&value| value < HOLE_THRESHOLD).collect();
    let picture = Picture { side, colors, known };
    let run = || -> candle_core::Result<Vec<[f32; 3]>> {
        let style = style(network, latent)?;
        let device = style.as_ref().map_or(Device::Cpu, |style: &Tensor| style.device().clone());
        let (image, known) = picture.tensors(&device)?;
        Picture::colors_of(&network.fill(&image, &known, style.as_ref())?)
    };
    let filled = run().map_err(|error| EraseError::network(&error))?;
    let coverage = plane.data().iter().map(|&value| if value >= HOLE_THRESHOLD { 255 } else { 0 }).collect();
    let whole = || {
        let coverage = Plane::from_vec(wanted, coverage)?;
        Patch::new(wanted.rect(), frame_of(photo, &filled)?, coverage)
    };
    whole().ok_or_else(|| EraseError::Network("the network's picture has another size than the photo".to_owned()))
}

fn style(network: &dyn HoleFiller, latent: &Latent) -> candle_core::Result<Option<Tensor>> {
    let Some(dim) = network.latent_dim() else { return Ok(None) };
    match latent {
        Latent::Seed(seed) => network.styles(&seeded_normal(dim, *seed, "latent")?.to_vec1::<f32>()?),
        Latent::Given(z) => network.styles(z),
    }
}

/// `colors` with the channels and the depth of `photo`.
fn frame_of(photo: &Frame, colors: &[[f32; 3]]) -> Option<Frame> {
    let model = photo.model();
    let scale = if photo.bits() == 16 { 257.0 } else { 1.0 };
    let values = colors.iter().flat_map(|&[r, g, b]| {
        let gray = [0.299 * r + 0.587 * g + 0.114 * b, 255.0, 0.0, 0.0];
        let all = if model.color_channels() == 1 { gray } else { [r, g, b, 255.0] };
        all.into_iter().take(model.channels())
    });
    let rounded = values.map(|v| (v * scale + 0.5).max(0.0));
    let samples = if photo.bits() == 16 {
        Samples::U16(rounded.map(|v| v as u16).collect())
    } else {
        Samples::U8(rounded.map(|v| v as u8).collect())
    };
    Frame::new(photo.size(), model, samples)
}
