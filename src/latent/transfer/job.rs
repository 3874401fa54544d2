//! The search for motion and color between the pictures of a morph, driven step by step.

use rayon::prelude::*;

use super::field::{Field, Fit};
use super::flow::Slopes;
use super::pair::{Levels, Matched, PairSettings};
use super::picture::Picture;
use super::request::check;
use super::{Transfer, TransferError, TransferReport, TransferRequest};
use crate::control::{Progress, Step, Stepper};
use crate::imaging::Plane;

/// What a [`TransferJob`] shows between two steps.
#[derive(Clone, Copy, Debug)]
pub struct TransferUpdate {
    /// How far it is.
    pub progress: Progress,
}

/// Finds how a morph moves and colors, pair by pair of neighbouring pictures, and gives a [`Transfer`].
pub struct TransferJob {
    request: TransferRequest,
    settings: PairSettings,
    /// The pictures in halving sizes; made in the first step.
    pictures: Vec<Levels>,
    /// What is known of each pair of neighbours, on `level`.
    pairs: Vec<Matched>,
    level: usize,
    /// The next pair to improve on that level.
    next: usize,
    /// The whole way from the first picture to each of the others, as far as it is known.
    fields: Vec<(Field, Fit)>,
    whole: Option<Matched>,
    /// Work done and work to do, in pixels.
    done: f64,
    total: f64,
}

impl TransferJob {
    /// Checks the request.
    ///
    /// # Errors
    /// A sentence on what does not fit.
    pub fn new(request: TransferRequest) -> Result<Self, TransferError> {
        check(&request)?;
        let settings = request.options.pair_settings();
        let (pictures, pairs, fields) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { request, settings, pictures, pairs, level: 0, next: 0, fields, whole: None, done: 0.0, total: 1.0 })
    }

    fn start(&mut self) {
        let levels = |frame: &Plane<[f32; 3]>| -> Levels {
            Picture::of_plane(frame).pyramid().into_iter().map(Slopes::of).collect()
        };
        self.pictures = self.request.frames.par_iter().map(levels).collect();
        let Some(first) = self.pictures.first() else { return };
        let n_pairs = self.pictures.len() - 1;
        let area = |level: &Slopes| (level.picture().side * level.picture().side) as f64;
        self.total = n_pairs as f64 * first.iter().map(area).sum::<f64>();
        self.level = first.len();
        self.next = n_pairs;
        let side = first.last().map_or(0, |coarsest| coarsest.picture().side);
        self.pairs = vec![Matched::identity(side); n_pairs];
    }

    /// Improves as many pairs as there are threads on the current level.
    fn improve(&mut self) {
        let end = (self.next + rayon::current_num_threads()).min(self.pairs.len());
        let (level, settings, pictures) = (self.level, self.settings, &self.pictures);
        let first = self.next;
        self.pairs[first..end].par_iter_mut().enumerate().for_each(|(at, pair)| {
            let (earlier, later) = (&pictures[first + at][level], &pictures[first + at + 1][level]);
            *pair = pair.resized(later.picture().side);
            pair.improve(later, earlier, &settings);
        });
        let side = self.pairs.first().map_or(0, |pair| pair.side);
        self.done += (end - first) as f64 * (side * side) as f64;
        self.next = end;
    }

    /// Appends the next pair to the way from the first picture, and removes the error that has added up by matching the
    /// two ends of that way once more.
    fn join(&mut self) {
        let at = self.fields.len();
        let (first, later) = (&self.pictures[0][0], &self.pictures[at + 1][0]);
        let mut whole = self.whole.as_ref().map_or_else(|| self.pairs[at].clone(), |whole| self.pairs[at].after(whole));
        if at > 0 {
            whole.improve(later, first, &self.settings);
        }
        self.fields.push(Field::of(&whole, later.picture(), first));
        self.whole = Some(whole);
    }

    fn finish(&mut self) -> Transfer {
        let side = self.pictures[0][0].picture().side;
        let fit = self.fields.last().map(|(_, fit)| *fit);
        let report = TransferReport {
            residual: fit.map_or(0.0, |fit| fit.residual),
            confidence: fit.map_or(1.0, |fit| fit.confidence),
            motion: fit.map_or(0.0, |fit| fit.motion) * self.request.place.side,
        };
        let mut fields = vec![Field::still(side)];
        fields.extend(std::mem::take(&mut self.fields).into_iter().map(|(field, _)| field));
        Transfer::new(&self.request, fields, report)
    }

    fn update(&self, stage: &'static str) -> TransferUpdate {
        TransferUpdate { progress: Progress { fraction: (self.done / self.total) as f32, stage } }
    }
}

impl Stepper for TransferJob {
    type Preview = TransferUpdate;
    type Output = Transfer;
    type Error = TransferError;

    fn step(&mut self) -> Result<Step<TransferUpdate, Transfer>, TransferError> {
        if self.pictures.is_empty() {
            self.start();
            return Ok(Step::More(self.update("motion")));
        }
        if self.next < self.pairs.len() {
            self.improve();
            return Ok(Step::More(self.update("motion")));
        }
        if self.level > 0 {
            (self.level, self.next) = (self.level - 1, 0);
            self.improve();
            return Ok(Step::More(self.update("motion")));
        }
        if self.fields.len() < self.pairs.len() {
            self.join();
            return Ok(Step::More(self.update("compose")));
        }
        Ok(Step::Done(self.finish()))
    }
}
