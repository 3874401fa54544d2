//! A picture that a hand steers, and sheets of mixed styles: plain values become styles of all layers.

use std::sync::Arc;

use super::super::super::exploring::{FrameShown, MixSheet};
use super::super::super::manifolds::Loaded;
use super::super::super::room::Burden;
use super::super::super::{Context, Done, Failure, Job, JobStep, Preview};
use super::super::step_of;
use super::{Memory, frame_of};
use crate::control::{Step, Stepper as _};
use crate::document::explore::{self, Noise};
use crate::generators::manifold::Styles;
use crate::generators::{NoiseChoice, WithNoise};
use crate::latent::steer::{Direction, Edit, Mix, Start, SteerError, Steering, Truncation, sheet};
use crate::latent::{Frames, FramesJob, StyleSpace, draw};

/// No sheet has more pictures.
const MOST_PICTURES: usize = 400;

/// Draws what a hand has steered to, in one step.
pub(in super::super) struct SteerJob {
    model: String,
    steering: Arc<explore::Steering>,
    noise: Noise,
    memory: Memory,
}

impl SteerJob {
    pub(in super::super) const fn new(
        model: String,
        steering: Arc<explore::Steering>,
        noise: Noise,
        memory: Memory,
    ) -> Self {
        Self { model, steering, noise, memory }
    }

    fn steered(&self) -> Result<Done, Failure> {
        let loaded = self.memory.manifolds.load(&self.model)?.with_noise(self.noise)?;
        loaded.has_room(Burden { drawn: 1, ..Burden::default() })?;
        let styles = styles_of(&loaded)?;
        let latent = steering_of(&self.steering, styles.n_layers()).latent(styles)?;
        let picture = draw(loaded.manifold.as_ref(), std::slice::from_ref(&latent))?;
        let picture = picture.first().map_or_else(|| super::blank(loaded.info.side), frame_of);
        Ok(Done::Steered { latent, picture })
    }
}

impl Job for SteerJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        step_of(self.steered().map(JobStep::Done))
    }
}

/// Draws the pictures of a sheet one after the other.
pub(in super::super) struct MixJob {
    asked: MixSheet,
    memory: Memory,
    running: Option<FramesJob>,
}

impl MixJob {
    pub(in super::super) const fn new(asked: MixSheet, memory: Memory) -> Self {
        Self { asked, memory, running: None }
    }

    fn start(&self) -> Result<FramesJob, Failure> {
        let MixSheet { model, rows, columns, first, last, steering, noise } = &self.asked;
        if (rows.len() + 1) * (columns.len() + 1) > MOST_PICTURES {
            let headline = format!("a sheet has at most {MOST_PICTURES} pictures: take fewer rows or columns");
            return Err(Failure { key: "error-sheet", headline, details: String::new() });
        }
        let loaded = self.memory.manifolds.load(model)?.with_noise(*noise)?;
        loaded.has_room(Burden { drawn: 1, kept: (rows.len() + 1) * (columns.len() + 1), ..Burden::default() })?;
        let styles = styles_of(&loaded)?;
        let layers = *first as usize..(*last as usize + 1).min(styles.n_layers());
        let truncation = steering_of(steering, styles.n_layers()).truncation;
        let latents = sheet(styles, rows, columns, layers, &truncation)?;
        Ok(FramesJob::new(Arc::clone(&loaded.manifold), Frames::new(latents, &Frames::default()), 0.0))
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let Some(job) = &mut self.running else {
            self.running = Some(self.start()?);
            return Ok(JobStep::More);
        };
        match job.step()? {
            Step::More(update) => {
                context.progress(update.progress);
                for (index, picture) in &update.drawn {
                    let latent = job.frames().latents().get(*index).cloned().unwrap_or_default();
                    let shown = FrameShown { index: *index, at: 0.0, latent, picture: frame_of(picture) };
                    context.preview(Preview::Frame(shown));
                }
                Ok(JobStep::More)
            }
            Step::Done(frames) => {
                let all = frames.latents().iter().zip(frames.pictures()).enumerate();
                let shown = all.filter_map(|(index, (latent, picture))| {
                    let picture = frame_of(picture.as_ref()?);
                    Some(FrameShown { index, at: 0.0, latent: latent.clone(), picture })
                });
                Ok(JobStep::Done(Done::Frames(shown.collect())))
            }
        }
    }
}

impl Job for MixJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

impl Loaded {
    /// The same model drawing with `noise`; nothing changes where it has no styles or the noise is its own.
    pub(super) fn with_noise(self, noise: Noise) -> Result<Self, Failure> {
        let (choice, strength) = choice_of(noise);
        if (choice, strength) == (NoiseChoice::Constant, 1.0) || self.manifold.styles().is_none() {
            return Ok(self);
        }
        let manifold = WithNoise::scaled(Arc::clone(&self.manifold), choice, strength).map_err(SteerError::from)?;
        let (name, checksum) = self.key;
        let key = (name, format!("{checksum} {choice:?} {strength}"));
        Ok(Self { manifold, key, ..self })
    }
}

/// What a document says of noise, as a generator takes it: which, and how strong.
const fn choice_of(noise: Noise) -> (NoiseChoice, f32) {
    match noise.source {
        explore::NoiseSource::Constant => (NoiseChoice::Constant, noise.strength),
        explore::NoiseSource::None => (NoiseChoice::None, 1.0),
        explore::NoiseSource::Seed => (NoiseChoice::Seed(noise.seed), noise.strength),
    }
}

pub(super) const fn style_space_of(space: explore::StyleSpace) -> StyleSpace {
    match space {
        explore::StyleSpace::Shared => StyleSpace::W,
        explore::StyleSpace::Layered => StyleSpace::WPlus,
    }
}

pub(super) fn styles_of(loaded: &Loaded) -> Result<&dyn Styles, SteerError> {
    loaded.manifold.styles().ok_or(SteerError::NoStyles)
}

/// What a document says, for a generator of `n_layers` layers. Settings for layers that it does not have are left out: they were
/// made for another model.
fn steering_of(steering: &explore::Steering, n_layers: usize) -> Steering {
    let start = match &steering.base {
        Some(latent) => Start::Latent(latent.clone()),
        None => Start::Pad(steering.pad),
    };
    let layers = steering.layer_psi.iter().map(|(layer, psi)| (*layer as usize, *psi)).collect();
    let truncation = Truncation { psi: steering.psi, cutoff: steering.cutoff.map(|at| at as usize), layers };
    let mixed: Vec<usize> = (0..n_layers).filter(|&at| steering.is_mixed(at as u32)).collect();
    let mix = (!mixed.is_empty()).then_some(Mix { seed: steering.mix_seed, layers: mixed });
    let edit = |edit: &explore::Edit| {
        let explore::Direction { name, vector, sigma } = &*edit.direction;
        let direction = Direction { name: name.clone(), vector: vector.clone(), sigma: *sigma };
        Edit { direction, first: edit.first as usize, last: edit.last as usize, amount: edit.amount }
    };
    let is_there = |edit: &&explore::Edit| edit.amount != 0.0 && (edit.first as usize) < n_layers;
    Steering { start, truncation, mix, edits: steering.edits.iter().filter(is_there).map(edit).collect() }
}

impl From<SteerError> for Failure {
    fn from(error: SteerError) -> Self {
        let key = match error {
            SteerError::NoStyles => "error-not-steered",
            SteerError::OutOfRange { .. } => "error-steering",
            SteerError::OtherModel { .. } => "error-latent",
            SteerError::Compute(_) => "error-network",
        };
        Self::from_error(key, &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::explore::NoiseSource as Source;
    use crate::generators::manifold::Manifold;
    use crate::latent::toy::Toy;
    use crate::worker::{Manifolds, ModelInfo};

    fn memory() -> Memory {
        let toy: Arc<dyn Manifold> = Arc::new(Toy::new(1));
        let info = ModelInfo {
            name: "toy".to_owned(),
            family: "StyleGAN2".to_owned(),
            side: 16,
            about: String::new(),
            knows: String::new(),
            typical_error: None,
        };
        Memory::new(Manifolds::ready(vec![(info, toy)]))
    }

    fn steered(steering: explore::Steering, noise: Noise) -> Result<(explore::Latent, crate::imaging::Frame), Failure> {
        match SteerJob::new("toy".to_owned(), Arc::new(steering), noise, memory()).steered()? {
            Done::Steered { latent, picture } => Ok((latent, picture)),
            other => panic!("not steered: {other:?}"),
        }
    }

    #[test]
    fn what_a_document_says_becomes_styles_and_a_picture() {
        let of_seed = |pad| explore::Steering { pad, psi: 1.0, ..explore::Steering::default() };
        let plain = Noise::default();
        let (one, picture) = steered(of_seed([3.0, 1.0]), plain).unwrap();
        assert_eq!((one.len(), picture.size().width), (72, 16), "a style for each layer, drawn");
        let (two, _) = steered(of_seed([4.0, 1.0]), plain).unwrap();
        let mut steering = of_seed([3.0, 1.0]);
        steering.mix_seed = 104;
        steering.set_mixed(2, true);
        // Layers that this model does not have are those of another one.
        steering.set_mixed(20, true);
        let (mixed, other) = steered(steering.clone(), plain).unwrap();
        assert_eq!((&mixed[..24], &mixed[24..36]), (&one[..24], &two[24..36]), "layer 2 of the other seed");
        assert_ne!(picture, other, "which shows");
        let based = explore::Steering { base: Some(mixed.clone()), ..of_seed([0.0, 0.0]) };
        assert_eq!(steered(based, plain).unwrap().0, mixed, "from a latent that was found");
        let noise = Noise { source: Source::Seed, seed: 3, strength: 1.0 };
        let (same, noisy) = steered(steering.clone(), noise).unwrap();
        assert!(same == mixed && noisy != other, "noise changes the picture, not the styles");
        let again = steered(steering, Noise { seed: 4, ..noise }).unwrap().1;
        assert_ne!(again, noisy, "each seed its own");
    }

    #[test]
    fn directions_of_another_model_are_told() {
        let direction = explore::Direction { name: "wider".to_owned(), vector: vec![1.0; 5].into(), sigma: 1.0 };
        let edit = explore::Edit { direction: Arc::new(direction), first: 0, last: 3, amount: 1.0 };
        let steering = explore::Steering { edits: vec![edit], ..explore::Steering::default() };
        let failure = steered(steering, Noise::default()).unwrap_err();
        assert!(failure.key == "error-latent" && failure.headline.contains("wider has 5 numbers"), "{failure:?}");
        let missing = SteerJob::new("none".to_owned(), Arc::default(), Noise::default(), memory()).steered();
        assert_eq!(missing.unwrap_err().key, "error-unknown-model", "a sentence");
    }

    #[test]
    fn a_sheet_is_drawn_to_its_size_and_no_larger() {
        let asked = MixSheet {
            model: "toy".to_owned(),
            rows: vec![1, 2],
            columns: vec![3, 4, 5],
            first: 0,
            last: 3,
            steering: Arc::default(),
            noise: Noise::default(),
        };
        let latents =
            |asked: &MixSheet| MixJob::new(asked.clone(), memory()).start().unwrap().frames().latents().to_vec();
        let usual = latents(&asked);
        assert_eq!(usual.len(), 3 + 2 * 4, "columns, then rows");
        // Seed 3 on the pad, its last layer not truncated: what is steered is what the sheet shows.
        let uneven = explore::Steering { cutoff: Some(3), pad: [3.0, 0.0], ..explore::Steering::default() };
        let shown = latents(&MixSheet { steering: Arc::new(uneven.clone()), ..asked.clone() });
        assert_eq!(shown[0], steered(uneven, Noise::default()).unwrap().0, "as it is steered");
        assert_ne!(shown[0], usual[0], "the cutoff counts");
        let large = MixSheet { rows: (0..40).collect(), columns: (0..40).collect(), ..asked };
        let Err(failure) = MixJob::new(large, memory()).start() else { panic!("too large a sheet") };
        assert_eq!(failure.key, "error-sheet", "a sentence");
    }
}
