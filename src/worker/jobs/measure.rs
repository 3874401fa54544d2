//! Counting the pixels that an edit touched, and the difference picture.

use std::sync::Arc;

use super::super::{Context, Difference, Done, Job, JobStep, Measured};
use crate::document::Document;
use crate::imaging::measure::difference;

pub(super) struct MeasureJob {
    document: Document,
    with_difference: bool,
}

impl MeasureJob {
    pub(super) fn new(document: Document, with_difference: bool) -> Self {
        Self { document, with_difference }
    }
}

impl Job for MeasureJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        let photo = &self.document.photo.frame;
        let measured = difference(photo, &self.document.visible_patches(), self.with_difference);
        let (rect, total) = (measured.rect, photo.size().area() as u64);
        let difference = measured.picture.map(|picture| Difference { rect, display: Arc::new(picture) });
        JobStep::Done(Done::Measured(Measured { touched: measured.touched, total, difference }))
    }
}
