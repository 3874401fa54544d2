//! Changing marks as a whole: too long for a frame on a large photo.

use std::sync::Arc;

use super::super::{Context, Done, Job, JobStep, MarksChange};
use crate::imaging::{Mask, mask_ops};

pub(super) struct MarksJob {
    holes: Arc<Mask>,
    change: MarksChange,
}

impl MarksJob {
    pub(super) fn new(holes: Arc<Mask>, change: MarksChange) -> Self {
        Self { holes, change }
    }
}

impl Job for MarksJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        let after = match self.change {
            MarksChange::Grow(by) => mask_ops::grow(&self.holes, by as f32),
            MarksChange::Shrink(by) => mask_ops::shrink(&self.holes, by as f32),
            MarksChange::Feather(width) => mask_ops::feather(&self.holes, width as f32),
            MarksChange::Invert => mask_ops::invert(&self.holes),
        };
        JobStep::Done(Done::MarksChanged { before: Arc::clone(&self.holes), after: Arc::new(after) })
    }
}
