//! Reading a drawing: strokes, or a picture with its lines.

use std::path::PathBuf;

use super::super::super::sketching::{ImportedDrawing, SketchDone};
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::{stage, step_of};
use crate::imaging::drawing::{self, Drawing, DrawingError, lines_of};
use crate::imaging::io::Limits;

/// Reads in one step, traces in another.
pub(super) struct ImportJob {
    path: PathBuf,
    is_under: bool,
    limits: Limits,
    read: Option<Drawing>,
}

impl ImportJob {
    pub(super) const fn new(path: PathBuf, is_under: bool, limits: Limits) -> Self {
        Self { path, is_under, limits, read: None }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let Some(drawing) = self.read.take() else {
            stage(context, "decode", 0.0);
            self.read = Some(drawing::read(&self.path, &self.limits)?);
            return Ok(JobStep::More);
        };
        stage(context, "lines", 0.5);
        let imported = match drawing {
            Drawing::Strokes { strokes, word } => ImportedDrawing::Strokes { strokes, word },
            Drawing::Picture { picture, is_photo, .. } if self.is_under => {
                ImportedDrawing::Picture { picture, is_photo, strokes: Vec::new() }
            }
            Drawing::Picture { picture, ink, is_photo } => {
                if is_photo {
                    context.warn(photo_remark());
                }
                ImportedDrawing::Picture { picture, is_photo, strokes: lines_of(&ink) }
            }
        };
        Ok(JobStep::Done(Done::Sketch(SketchDone::Imported(Box::new(imported)))))
    }
}

impl Job for ImportJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

fn photo_remark() -> Failure {
    let headline = "this looks like a photo rather than a drawing: its edges are taken for lines".to_owned();
    Failure { key: "warning-sketch-photo", headline, details: String::new() }
}

impl From<DrawingError> for Failure {
    fn from(error: DrawingError) -> Self {
        Self::from_error(error.key(), &error)
    }
}
