//! Latents to pictures, and pictures to frames and back.

use candle_core::{Device, Tensor};

use super::{Latent, LatentError, Picture};
use crate::generators::manifold::Manifold;
use crate::imaging::{ColorModel, Frame, Samples, Size};

impl Picture {
    /// The picture as a frame, to be written or laid over a photo.
    #[must_use]
    pub fn to_frame(&self) -> Option<Frame> {
        let size = Size::new(self.side() as u32, self.side() as u32);
        Frame::new(size, ColorModel::Rgb, Samples::U8(self.rgb().to_vec()))
    }

    /// A square RGB frame of 8 bits, as [`crate::imaging::cut`] makes them; `None` for any other.
    #[must_use]
    pub fn from_frame(frame: &Frame) -> Option<Self> {
        match frame.samples() {
            Samples::U8(rgb) if frame.model() == ColorModel::Rgb => {
                Self::new(frame.size().width as usize, rgb.as_slice())
            }
            _ => None,
        }
    }
}

/// The pictures of `latents`, drawn all at once.
///
/// # Errors
/// When a latent is of another length than the manifold's, the network fails, or one of its values is not finite.
pub fn draw(manifold: &dyn Manifold, latents: &[Latent]) -> Result<Vec<Picture>, LatentError> {
    if latents.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = manifold.latent_dim();
    if let Some(wrong) = latents.iter().find(|latent| latent.len() != wanted) {
        return Err(LatentError::WrongLatent { given: wrong.len(), wanted });
    }
    let values: Vec<f32> = latents.iter().flat_map(|latent| latent.iter().copied()).collect();
    let pictures = manifold.draw(&Tensor::from_vec(values, (latents.len(), wanted), &Device::Cpu)?)?;
    // One value that is no number makes the sum none.
    if !pictures.sum_all()?.to_scalar::<f32>()?.is_finite() {
        return Err(LatentError::NothingFinite { count: latents.len() });
    }
    Ok(Picture::all_of(&pictures)?)
}
