//! What a model was measured to be, for as long as it is open.

use std::path::PathBuf;

use crate::imaging::Frame;
use crate::ui::app::App;
use crate::ui::file_dialog::Purpose;
use crate::ui::intent::file_name;
use crate::ui::naming;
use crate::worker::exploring::{
    Frechet, Mixing, NoiseShare, PathLength, Sampling, Separability, Survey, Surveyed, Truncation,
};
use crate::worker::{Request, Ticket};

/// More labelled pictures teach a classifier little, and each must be composed or decoded.
const MOST_LABELLED: usize = 2_000;

/// The newest findings of each kind.
#[derive(Debug, Default)]
pub struct Findings {
    /// Path lengths, one for each space.
    pub paths: Option<Vec<PathLength>>,
    /// The truncation curve.
    pub truncation: Option<Truncation>,
    /// What the style of each layer does.
    pub mixing: Option<Mixing>,
    /// What the noise decides, and where.
    pub noise: Option<(NoiseShare, Frame)>,
    /// How well labels can be told from latents.
    pub separability: Option<Separability>,
    /// How far the model's pictures are from real ones.
    pub frechet: Option<Frechet>,
    /// Which of [`Findings::PAIRS`] is wanted.
    pub thoroughness: usize,
    /// Which places of a way between two latents count.
    pub sampling: Sampling,
    /// The file of the trunk on which pictures are compared; the model's own discriminator without.
    pub trunk: Option<PathBuf>,
    /// The measurement under way.
    out: Option<Ticket>,
}

impl Findings {
    /// Pairs of latents for a first impression, for a comparison, for a table.
    pub const PAIRS: [usize; 3] = [256, 2_000, 10_000];

    /// A measurement is out as `ticket`.
    pub const fn sent(&mut self, ticket: Ticket) {
        self.out = Some(ticket);
    }

    /// The request `ticket` has ended without an answer.
    pub fn end(&mut self, ticket: Ticket) {
        self.out.take_if(|out| *out == ticket);
    }

    /// Keeps what measurement `ticket` has found, if it is of the model that is open.
    pub fn take(&mut self, ticket: Ticket, surveyed: Surveyed) {
        if self.out.take_if(|out| *out == ticket).is_none() {
            return;
        }
        match surveyed {
            Surveyed::Paths(paths) => self.paths = Some(paths),
            Surveyed::Truncation(truncation) => self.truncation = Some(truncation),
            Surveyed::Mixing(mixing) => self.mixing = Some(mixing),
            Surveyed::Noise(share, picture) => self.noise = Some((share, picture)),
            Surveyed::Separability(told) => self.separability = Some(told),
            Surveyed::Pictures(frechet) => self.frechet = Some(frechet),
        }
    }

    /// All that was found, as it came.
    #[must_use]
    pub fn all(&self) -> Vec<Surveyed> {
        let noise = self.noise.clone().map(|(share, picture)| Surveyed::Noise(share, picture));
        let found = [
            self.paths.clone().map(Surveyed::Paths),
            self.truncation.clone().map(Surveyed::Truncation),
            self.mixing.clone().map(Surveyed::Mixing),
            noise,
            self.separability.clone().map(Surveyed::Separability),
            self.frechet.clone().map(Surveyed::Pictures),
        ];
        found.into_iter().flatten().collect()
    }

    /// Forgets all: the model is another one.
    pub fn forget(&mut self) {
        let Self { thoroughness, sampling, ref mut trunk, .. } = *self;
        let trunk = trunk.take();
        *self = Self { thoroughness, sampling, trunk, ..Self::default() };
    }

    /// Pairs of latents that are wanted.
    #[must_use]
    pub fn pairs(&self) -> usize {
        Self::PAIRS[self.thoroughness.min(Self::PAIRS.len() - 1)]
    }
}

impl App {
    /// Measures the model in the background.
    pub(super) fn survey(&mut self, what: Survey) {
        let Some(studio) = &self.studio else { return };
        let (model, trunk) = (studio.exploration().model.clone(), studio.survey.trunk.clone());
        let ticket = self.submit(Request::Survey { model, what, trunk }, String::new());
        if let Some(studio) = &mut self.studio {
            studio.survey.sent(ticket);
        }
    }

    /// Measures the model with the pictures of a folder.
    pub(in crate::ui) fn survey_folder(&mut self, purpose: Purpose, folder: PathBuf) {
        let Some(samples) = self.studio.as_ref().map(|studio| studio.survey.pairs()) else { return };
        self.survey(match purpose {
            Purpose::Labelled => Survey::Separability { folder, labelled: samples.min(MOST_LABELLED), samples },
            _ => Survey::Pictures { folder, count: samples },
        });
    }

    /// Compares pictures on the trunk of this file from now on.
    pub(in crate::ui) fn compare_by(&mut self, trunk: PathBuf) {
        if let Some(studio) = &mut self.studio {
            studio.survey.trunk = Some(trunk);
        }
    }

    /// Writes what was measured.
    pub(in crate::ui) fn save_findings(&mut self, path: PathBuf) {
        let Some(studio) = &self.studio else { return };
        let (model, findings) = (studio.exploration().model.clone(), studio.survey.all());
        let path = naming::with_extension(path, &Purpose::Findings.extensions());
        let name = file_name(&path);
        self.submit(Request::SaveFindings { model, findings, path }, name);
    }
}
