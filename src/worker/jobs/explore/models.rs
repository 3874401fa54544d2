//! Which models can be explored, with a picture of each.

use std::collections::VecDeque;

use super::super::super::exploring::ModelShown;
use super::super::super::manifolds::{Face, Known, Loaded};
use super::super::super::room::Burden;
use super::super::super::{Context, Done, Failure, Job, JobStep, Preview};
use super::{Memory, frame_of};
use crate::control::{Progress, rng};
use crate::generators::manifold::Styles;
use crate::latent::space::{Space, StyleSpace};
use crate::latent::{LatentError, Picture, draw};

/// Separates its random numbers from those of others.
const STREAM: u64 = 0xFACE;

/// Pictures drawn of a model, of which the one that looks most real is shown.
const TRIES: usize = 6;

/// Pictures a step.
const A_STEP: usize = 2;

/// Reads the manifests anew, then draws a picture of one model after the other.
pub(in super::super) struct ModelsJob {
    memory: Memory,
    listed: Option<Listed>,
}

struct Listed {
    models: Vec<ModelShown>,
    problems: Vec<String>,
    /// Those without a picture, with their place among all.
    missing: VecDeque<(usize, Known)>,
    sitting: Option<Sitting>,
}

/// A model while its picture is made.
struct Sitting {
    loaded: Loaded,
    pictures: Vec<Picture>,
}

impl ModelsJob {
    pub(in super::super) const fn new(memory: Memory) -> Self {
        Self { memory, listed: None }
    }

    fn list(&self, context: &mut Context<'_>) -> Listed {
        let (known, problems) = self.memory.manifolds.refresh();
        let faces: Vec<_> = known.iter().map(|known| self.memory.manifolds.face(known)).collect();
        let models: Vec<ModelShown> =
            known.iter().zip(&faces).map(|(known, face)| shown(known, face.as_ref())).collect();
        for model in &models {
            context.preview(Preview::Model(model.clone()));
        }
        let all = known.into_iter().zip(faces).enumerate();
        let missing = all.filter(|(_, (_, face))| face.is_none()).map(|(at, (known, _))| (at, known)).collect();
        Listed { models, problems, missing, sitting: None }
    }
}

impl Job for ModelsJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        let Some(listed) = &mut self.listed else {
            self.listed = Some(self.list(context));
            return JobStep::More;
        };
        let Some((at, known)) = listed.missing.front().cloned() else {
            let (models, problems) = (std::mem::take(&mut listed.models), std::mem::take(&mut listed.problems));
            return JobStep::Done(Done::Models { models, problems });
        };
        let sitting = match &mut listed.sitting {
            Some(sitting) => sitting,
            none => match load(&self.memory, &known) {
                Ok(loaded) => none.insert(Sitting { loaded, pictures: Vec::new() }),
                Err(failure) => {
                    listed.give_up(failure);
                    return JobStep::More;
                }
            },
        };
        match sitting.go_on() {
            Ok(None) => return JobStep::More,
            Ok(Some(face)) => {
                self.memory.manifolds.keep_face(&known, face.clone());
                listed.models[at] = shown(&known, Some(&face));
                context.preview(Preview::Model(listed.models[at].clone()));
                listed.next();
            }
            Err(error) => listed.give_up(error.into()),
        }
        let fraction = 1.0 - listed.missing.len() as f32 / listed.models.len() as f32;
        context.progress(Progress { fraction, stage: "models" });
        JobStep::More
    }
}

impl Listed {
    fn next(&mut self) {
        self.missing.pop_front();
        self.sitting = None;
    }

    /// One that cannot be used must not hide the others.
    fn give_up(&mut self, failure: Failure) {
        self.problems.push(failure.headline);
        self.next();
    }
}

impl Sitting {
    /// Draws some more; the face when it is done.
    fn go_on(&mut self) -> Result<Option<Face>, LatentError> {
        let manifold = self.loaded.manifold.as_ref();
        let starts = Space::of(manifold, StyleSpace::W)?.draw_start(manifold, TRIES, &mut rng(0, STREAM))?;
        let done = self.pictures.len();
        if done < TRIES {
            self.pictures.extend(draw(manifold, &starts[done..(done + A_STEP).min(TRIES)])?);
            return Ok(None);
        }
        let first = self.pictures[0].to_tensor()?;
        let has_predictor = manifold.predict(&first)?.is_some();
        let mut best = (0, f32::NEG_INFINITY);
        for (at, picture) in self.pictures.iter().enumerate() {
            let Some(opinion) = manifold.judge(&picture.to_tensor()?)? else { break };
            let opinion = opinion.flatten_all()?.to_vec1::<f32>()?.first().copied().unwrap_or(f32::NEG_INFINITY);
            if opinion > best.1 {
                best = (at, opinion);
            }
        }
        let layers = manifold.styles().map_or(0, |styles| styles.n_layers() as u32);
        let has_noise = manifold.styles().map_or(Ok(false), Styles::has_noise)?;
        Ok(Some(Face { picture: frame_of(&self.pictures[best.0]), has_predictor, layers, has_noise }))
    }
}

/// A model whose pictures there is memory for.
fn load(memory: &Memory, known: &Known) -> Result<Loaded, Failure> {
    let loaded = memory.manifolds.load_briefly(known)?;
    loaded.has_room(Burden { drawn: A_STEP, kept: TRIES, ..Burden::default() })?;
    Ok(loaded)
}

fn shown(known: &Known, face: Option<&Face>) -> ModelShown {
    let info = &known.info;
    ModelShown {
        name: info.name.clone(),
        family: info.family.clone(),
        side: info.side,
        has_predictor: face.is_some_and(|face| face.has_predictor),
        layers: face.map_or(0, |face| face.layers),
        has_noise: face.is_some_and(|face| face.has_noise),
        about: info.about.clone(),
        picture: face.map(|face| face.picture.clone()),
    }
}
