//! `pentimento drag --random`: how many random handles come to their targets.

use std::sync::Arc;

use serde::Serialize;

use super::args::Common;
use super::drag::{DragArgs, drag};
use super::errors::CliError;
use super::manifold::{LatentSource, Style, write_sheet};
use super::report::{print_json, print_line, write_result};
use crate::generators::manifold::Manifold;
use crate::latent::drag::{DragPoint, Ending, Pair, random_pair};
use crate::latent::{DragJob, Picture, StyleSpace, draw};

/// A handle this near to its target counts, in pixels.
const NEAR: f32 = 3.0;

#[derive(Serialize)]
struct Report<'a> {
    model: &'a str,
    side: usize,
    styles: StyleSpace,
    steps: usize,
    distance: f32,
    /// Handles within 3 pixels of their targets.
    arrived: usize,
    trials: Vec<Trial>,
}

#[derive(Serialize)]
struct Trial {
    seed: u64,
    pair: Pair,
    point: DragPoint,
    steps: usize,
    ending: Ending,
}

/// Drags one random handle on each of `count` pictures.
pub(super) fn run(
    args: &DragArgs,
    count: u16,
    model: &str,
    manifold: &Arc<dyn Manifold>,
    common: &Common,
) -> Result<(), CliError> {
    let (mut trials, mut pictures) = (Vec::new(), Vec::new());
    for seed in 0..u64::from(count) {
        let latent = Style::of_psi(args.psi).read(&LatentSource::Seed(seed), manifold.as_ref())?;
        let drawn = draw(manifold.as_ref(), std::slice::from_ref(&latent)).map_err(|error| CliError::other(&error))?;
        let pair = drawn.first().and_then(|picture| random_pair(picture, args.distance, seed));
        let Some(pair) = pair else { return Err(CliError::NoRandomHandle { seed, distance: args.distance }) };
        let job = DragJob::new(Arc::clone(manifold), &latent, &[pair], None, args.options())?;
        let dragged = drag(job)?.dragged;
        pictures.extend(drawn.into_iter().take(1).chain([dragged.picture]));
        if let Some(&point) = dragged.points.first() {
            trials.push(Trial { seed, pair, point, steps: dragged.steps, ending: dragged.ending });
        }
    }
    let report = Report {
        model,
        side: manifold.side(),
        styles: args.styles,
        steps: args.steps.into(),
        distance: args.distance,
        arrived: trials.iter().filter(|trial| trial.point.distance <= NEAR).count(),
        trials,
    };
    report.write(args, &pictures)?;
    if common.json { print_json(&report) } else { report.print() }
}

impl Report<'_> {
    fn write(&self, args: &DragArgs, pictures: &[Picture]) -> Result<(), CliError> {
        let Some(folder) = &args.output else { return Ok(()) };
        std::fs::create_dir_all(folder)
            .map_err(|error| CliError::UnwritableFolder { path: folder.clone(), reason: error.kind().to_string() })?;
        write_sheet(&folder.join("trials.png"), &pictures.iter().collect::<Vec<_>>())?;
        write_result(folder, self)
    }

    fn print(&self) -> Result<(), CliError> {
        for Trial { seed, point, steps, ending, .. } in &self.trials {
            let (distance, sentence) = (point.distance, ending.sentence());
            print_line(&format!("seed {seed}: {distance:.1} pixels left after {steps} steps: {sentence}"))?;
        }
        let (arrived, all, distance) = (self.arrived, self.trials.len(), self.distance);
        print_line(&format!(
            "{arrived} of {all} handles came within {NEAR:.0} pixels, from {distance:.0}, in at most {} steps",
            self.steps
        ))
    }
}
