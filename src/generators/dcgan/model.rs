//! Generator, discriminator and predictor of one file as a manifold.

use candle_core::{Device, Result, Tensor};
use candle_nn::VarBuilder;

use super::{Config, Discriminator, Generator, Paint, Predictor};
use crate::generators::manifold::{Manifold, Prior};

/// A frozen generator with the discriminator and predictor that its file has.
#[derive(Debug, Clone)]
pub struct Model {
    generator: Generator,
    discriminator: Option<Discriminator>,
    predictor: Option<Predictor>,
    device: Device,
}

impl Model {
    /// Reads the three networks under `generator.`, `discriminator.` and `predictor.`; the last two need not be there.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape, or the sizes are impossible.
    pub fn new(config: &Config, vb: &VarBuilder<'_>) -> Result<Self> {
        let discriminator = vb.pp("discriminator");
        let predictor = vb.pp("predictor");
        let has = |vb: &VarBuilder<'_>| vb.contains_tensor("layers.0.conv.weight");
        Ok(Self {
            generator: Generator::new(config, &vb.pp("generator"))?,
            discriminator: has(&discriminator).then(|| Discriminator::new(config, &discriminator)).transpose()?,
            predictor: has(&predictor).then(|| Predictor::new(config, &predictor)).transpose()?,
            device: vb.device().clone(),
        })
    }

    /// The sizes it was built with.
    #[must_use]
    pub const fn config(&self) -> &Config {
        self.generator.config()
    }

    /// The generator alone.
    #[must_use]
    pub const fn generator(&self) -> &Generator {
        &self.generator
    }

    /// What the generator paints, `[n, c_out, side, side]`, as a picture of three colors in -1..1.
    fn shown(&self, painted: &Tensor) -> Result<Tensor> {
        let light = match self.config().paint {
            Paint::Light => painted.clone(),
            Paint::Ink => painted.affine(-2.0, 1.0)?,
        };
        let (n, c, h, w) = light.dims4()?;
        if c == 3 { Ok(light) } else { light.broadcast_as((n, 3, h, w))?.contiguous() }
    }

    /// A picture of three colors in -1..1 as the networks see it.
    fn seen(&self, pictures: &Tensor) -> Result<Tensor> {
        let side = self.config().side();
        if !matches!(*pictures.dims(), [_, 3, h, w] if (h, w) == (side, side)) {
            candle_core::bail!("dcgan: the pictures are {:?}, not [n, 3, {side}, {side}]", pictures.dims());
        }
        let pictures = pictures.to_device(&self.device)?;
        if self.config().c_out == 3 {
            return Ok(pictures);
        }
        let light = pictures.mean_keepdim(1)?;
        match self.config().paint {
            Paint::Light => Ok(light),
            Paint::Ink => light.affine(-0.5, 0.5),
        }
    }
}

impl Manifold for Model {
    fn side(&self) -> usize {
        self.config().side()
    }

    fn latent_dim(&self) -> usize {
        self.config().n_latent
    }

    fn prior(&self) -> Prior {
        self.config().prior
    }

    fn macs(&self) -> u64 {
        self.config().conv_macs()
    }

    fn activations(&self) -> u64 {
        self.config().activations()
    }

    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        self.shown(&self.generator.forward(&latents.to_device(&self.device)?)?)
    }

    fn predict(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        let Some(predictor) = &self.predictor else { return Ok(None) };
        predictor.forward(&self.seen(pictures)?).map(Some)
    }

    fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        let Some(discriminator) = &self.discriminator else { return Ok(Vec::new()) };
        discriminator.features(&self.seen(pictures)?)
    }

    fn judge(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        let Some(discriminator) = &self.discriminator else { return Ok(None) };
        discriminator.forward(&self.seen(pictures)?).map(Some)
    }
}
