//! What the tests of searches share: a generator whose pictures are smooth and can have any colour, others that fail, and
//! constraints in few words.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::missing_assert_message,
    clippy::allow_attributes,
    reason = "helpers of tests; each test file uses its own part"
)]

use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor};
use pentimento::control::{Step, Stepper as _};
use pentimento::generators::manifold::{Manifold, Prior};
use pentimento::imaging::{Plane, Size};
use pentimento::latent::{Constraint, SearchJob, SearchOptions, SearchPreview, SearchState};

/// `tanh` of a sum of colours and broad waves, one for each number of the latent.
pub(crate) struct Toy {
    pub(crate) side: usize,
    pub(crate) prior: Prior,
    /// `[dim, 3 side side]`.
    waves: Tensor,
    /// What happens to pictures.
    trouble: Trouble,
}

/// What a [`Toy`] does wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// Latents whose first number is above 0 give NaN.
    Half,
    /// All do.
    All,
    /// All latents give nearly the same picture.
    Dull,
}

impl Toy {
    pub(crate) fn new(side: usize, dtype: DType) -> Self {
        const DIM: usize = 12;
        let wave = |at: usize| {
            let (number, channel, y, x) = (at / (3 * side * side), at / (side * side) % 3, at / side % side, at % side);
            let (u, v) = ((x as f64 + 0.5) / side as f64, (y as f64 + 0.5) / side as f64);
            let phase = (number * 37 + channel * 101) as f64;
            let (du, dv) = ((number % 4) as f64, (number / 4) as f64);
            match number {
                // One number for each colour of the whole picture.
                0..3 => f64::from(u8::from(number == channel)) * 1.5,
                _ => 0.9 * (std::f64::consts::TAU * (0.5 * du * u + 0.5 * dv * v) + phase).cos(),
            }
        };
        let waves = Tensor::from_iter((0..DIM * 3 * side * side).map(wave), &Device::Cpu).unwrap();
        let waves = waves.reshape((DIM, 3 * side * side)).unwrap().to_dtype(dtype).unwrap();
        Self { side, prior: Prior::Uniform, waves, trouble: Trouble::None }
    }

    pub(crate) fn troubled(side: usize, trouble: Trouble) -> Self {
        Self { trouble, ..Self::new(side, DType::F32) }
    }
}

impl Manifold for Toy {
    fn side(&self) -> usize {
        self.side
    }

    fn latent_dim(&self) -> usize {
        self.waves.dims()[0]
    }

    fn prior(&self) -> Prior {
        self.prior
    }

    fn macs(&self) -> u64 {
        300_000_000
    }

    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        let gain = if self.trouble == Trouble::Dull { 1e-3 } else { 1.0 };
        let latents = &latents.to_dtype(self.waves.dtype())?;
        let sums = latents.affine(gain, 0.0)?.matmul(&self.waves)?;
        let sums = match self.trouble {
            Trouble::None | Trouble::Dull => sums,
            Trouble::All => (sums * f64::NAN)?,
            // The root of what is below 0 is no number.
            Trouble::Half => sums.broadcast_add(&latents.narrow(1, 0, 1)?.neg()?.sqrt()?.affine(0.0, 0.0)?)?,
        };
        sums.tanh()?.reshape(((), 3, self.side, self.side))
    }

    fn predict(&self, _: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }

    fn features(&self, _: &Tensor) -> Result<Vec<Tensor>> {
        Ok(Vec::new())
    }

    fn judge(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some((pictures.flatten_from(1)?.mean(1)? * 3.0)?))
    }
}

/// 1 inside of `x0..x1` by `y0..y1`.
pub(crate) fn boxed(side: usize, [x0, y0, x1, y1]: [u32; 4]) -> Plane<f32> {
    let mut mask = Plane::filled(square(side), 0.0);
    for y in y0..y1 {
        for x in x0..x1 {
            mask.set(x, y, 1.0);
        }
    }
    mask
}

pub(crate) fn square(side: usize) -> Size {
    Size::new(side as u32, side as u32)
}

pub(crate) fn color(side: usize, place: [u32; 4], color: [f32; 3]) -> Constraint {
    Constraint::Color { mask: boxed(side, place), color: Plane::filled(square(side), color), weight: 1.0 }
}

/// The values of a picture `[3, side, side]` as pixels.
pub(crate) fn plane_of(picture: &Tensor) -> Plane<[f32; 3]> {
    let (_, h, w) = picture.dims3().unwrap();
    let values: Vec<f32> = picture.to_dtype(DType::F32).unwrap().flatten_all().unwrap().to_vec1().unwrap();
    let pixels = (0..h * w).map(|at| [values[at], values[h * w + at], values[2 * h * w + at]]);
    Plane::from_vec(Size::new(w as u32, h as u32), pixels.collect()).unwrap()
}

/// The picture of a latent.
pub(crate) fn drawn(manifold: &dyn Manifold, latent: &[f32]) -> Tensor {
    let latent = Tensor::new(latent, &Device::Cpu).unwrap().unsqueeze(0).unwrap();
    manifold.draw(&latent).unwrap().squeeze(0).unwrap()
}

/// Runs a job to its end: all previews, the last one being the result, and the state.
pub(crate) fn finish(mut job: SearchJob) -> (Vec<SearchPreview>, SearchState) {
    let mut previews = Vec::new();
    loop {
        match job.step().unwrap() {
            Step::More(preview) => previews.push(preview),
            Step::Done(preview) => {
                previews.push(preview);
                return (previews, job.into_state());
            }
        }
    }
}

/// The result of a search from its beginning.
pub(crate) fn search(
    manifold: &Arc<dyn Manifold>,
    constraints: &[Constraint],
    options: SearchOptions,
) -> SearchPreview {
    let job = SearchJob::new(Arc::clone(manifold), constraints, options, None).unwrap();
    finish(job).0.pop().unwrap()
}
