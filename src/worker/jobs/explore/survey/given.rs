//! Pictures that a person gives for a measurement: read a few at a time, then measured with.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::super::super::{Context, Failure};
use super::Running;
use crate::control::Progress;
use crate::eval::latent::{FrechetJob, Labelled, Lens, SeparabilityJob};
use crate::generators::manifold::Manifold;
use crate::latent::Picture;
use crate::train::{Reading, Source, Square, TrainError};

/// The part of all work that reading is taken to be.
pub(super) const READING: f32 = 0.25;
/// Pictures are read for so long in a step.
const SLICE: Duration = Duration::from_millis(25);
/// So many reasons why pictures are left out are told.
const MOST_REASONS: usize = 5;

/// Pictures as far as they are read.
pub(super) struct Given {
    manifold: Arc<dyn Manifold>,
    lens: Arc<Lens>,
    reading: Reading,
    found: Labelled,
    /// Of pictures that are left out.
    reasons: Vec<String>,
    /// Pictures to draw; `None` where labels are of no interest.
    samples: Option<usize>,
}

impl Given {
    /// `labelled` pictures of `folder` to learn labels from, for planes through the latents of `samples` drawn ones.
    pub(super) fn labelled(
        manifold: Arc<dyn Manifold>,
        lens: Arc<Lens>,
        folder: &Path,
        labelled: usize,
        samples: usize,
    ) -> Result<Self, Failure> {
        let reading = Reading::spread(open(folder)?, labelled, manifold.side() as u32);
        let groups = reading.groups().to_vec();
        if groups.is_empty() {
            let headline = "these pictures have no labels: they must lie in folders, one for each label, or be composed of \
                            layers";
            let (key, details) = ("error-no-labels", folder.display().to_string());
            return Err(Failure { key, headline: headline.to_owned(), details });
        }
        let found = Labelled { groups, ..Labelled::default() };
        Ok(Self { manifold, lens, reading, found, reasons: Vec::new(), samples: Some(samples) })
    }

    /// `count` pictures of `folder` to be compared with as many drawn ones.
    pub(super) fn pictures(
        manifold: Arc<dyn Manifold>,
        lens: Arc<Lens>,
        folder: &Path,
        count: usize,
    ) -> Result<Self, Failure> {
        let reading = Reading::spread(open(folder)?, count, manifold.side() as u32);
        Ok(Self { manifold, lens, reading, found: Labelled::default(), reasons: Vec::new(), samples: None })
    }

    /// Reads a few; the measurement once all are read.
    pub(super) fn go_on(mut self: Box<Self>, context: &mut Context<'_>) -> Result<Running, Failure> {
        let end = Instant::now() + SLICE;
        while Instant::now() < end {
            match self.reading.next() {
                Some(Ok(square)) => self.take(&square),
                Some(Err(reason)) => self.reasons.push(reason),
                None => return self.measure(context),
            }
        }
        context.progress(Progress { fraction: READING * self.reading.fraction(), stage: "read" });
        Ok(Running::Given(self))
    }

    fn take(&mut self, square: &Square) {
        if let Some(picture) = Picture::from_frame(&square.frame) {
            self.found.pictures.push(picture);
            self.found.labels.push(square.classes.clone());
        }
    }

    fn measure(self, context: &mut Context<'_>) -> Result<Running, Failure> {
        if !self.reasons.is_empty() {
            let count = self.reasons.len();
            let headline = format!("{count} of the pictures cannot be read and are left out");
            let details = self.reasons.iter().take(MOST_REASONS).cloned().collect::<Vec<_>>().join("\n");
            context.warn(Failure { key: "warning-left-out", headline, details });
        }
        let Self { manifold, lens, found, samples, .. } = self;
        Ok(match samples {
            Some(samples) => Running::Separability(Box::new(SeparabilityJob::new(manifold, lens, found, samples, 0)?)),
            None => Running::Pictures(Box::new(FrechetJob::new(manifold, lens, found.pictures, 0)?)),
        })
    }
}

fn open(folder: &Path) -> Result<Source, Failure> {
    Source::open(folder).map_err(|error: TrainError| Failure::from_error("error-survey-data", &error))
}
