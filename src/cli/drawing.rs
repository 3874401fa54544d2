//! Pictures drawn from latents into a folder: what `generate` and `interpolate` share.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::animate::Export;
use super::args::Common;
use super::erase::elapsed;
use super::errors::CliError;
use super::manifold::{write_file, write_picture, write_sheet};
use super::report::{Bar, print_json, print_line, write_result};
use crate::control::{Step, Stepper as _};
use crate::generators::manifold::Manifold;
use crate::latent::{Frames, FramesJob, Latent};
use crate::weights::Entry;

/// Where pictures go.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Folder for the pictures and result.json
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,

    /// Also write all pictures on one sheet
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,

    /// Also write each latent, beside its picture
    #[arg(long)]
    keep_latents: bool,
}

/// What is drawn, and what else `--json` tells of it.
pub(super) struct Drawing<'a, T> {
    pub(super) entry: &'a Entry,
    pub(super) manifold: Arc<dyn Manifold>,
    /// Each latent, and the name of its files.
    pub(super) latents: Vec<(String, Latent)>,
    pub(super) details: T,
    /// As what else the pictures are written.
    pub(super) export: Option<&'a Export>,
    /// When the command began.
    pub(super) start: Instant,
}

#[derive(Serialize)]
struct Report<'a, T> {
    model: &'a str,
    family: String,
    side: usize,
    #[serde(flatten)]
    details: T,
    outputs: Vec<String>,
    sheet: Option<String>,
    /// The moving picture.
    export: Option<String>,
    milliseconds: Milliseconds,
}

#[derive(Serialize)]
struct Milliseconds {
    load: f64,
    draw: f64,
    total: f64,
}

impl Target {
    /// Draws everything, writes it and tells of it.
    pub(super) fn draw<T: Serialize>(&self, drawing: Drawing<'_, T>, common: &Common) -> Result<(), CliError> {
        let Drawing { entry, manifold, latents, details, export, start } = drawing;
        export.map_or(Ok(()), Export::check)?;
        std::fs::create_dir_all(&self.output).map_err(|error| {
            let reason = error.kind().to_string();
            CliError::UnwritableFolder { path: self.output.clone(), reason }
        })?;
        let (load, side, drawing) = (elapsed(start), manifold.side(), Instant::now());
        let (names, latents): (Vec<String>, Vec<Latent>) = latents.into_iter().unzip();
        let frames = run(FramesJob::new(Arc::clone(&manifold), Frames::new(latents, &Frames::default()), 0.0))?;
        let draw = elapsed(drawing);
        let outputs = self.write(&frames, &names, manifold.as_ref())?;
        let written = export.map(|export| export.write(&frames)).transpose()?.flatten();
        let (model, family) = (entry.name.as_str(), entry.family.to_string());
        let sheet = self.sheet.as_ref().map(|path| path.display().to_string());
        let milliseconds = Milliseconds { load, draw, total: elapsed(start) };
        let export = written.map(|written| written.path.display().to_string());
        let count = outputs.len();
        let report = Report { model, family, side, details, outputs, sheet, export, milliseconds };
        write_result(&self.output, &report)?;
        if !common.json {
            let folder = self.output.display();
            return print_line(&format!("{count} of {model}, {side} x {side} pixels, drawn in {draw:.0} ms: {folder}"));
        }
        print_json(&report)
    }

    /// Writes `NAME.png` for each picture, and what else is asked for; the paths of the pictures.
    fn write(&self, frames: &Frames, names: &[String], manifold: &dyn Manifold) -> Result<Vec<String>, CliError> {
        let pictures = || frames.pictures().iter().flatten();
        let mut outputs = Vec::with_capacity(names.len());
        for ((name, latent), picture) in names.iter().zip(frames.latents()).zip(pictures()) {
            let path = self.output.join(format!("{name}.png"));
            write_picture(&path, picture)?;
            if self.keep_latents {
                write_file(&self.output.join(format!("{name}.safetensors")), latent, manifold)?;
            }
            outputs.push(path.display().to_string());
        }
        if let Some(path) = &self.sheet {
            write_sheet(path, &pictures().collect::<Vec<_>>())?;
        }
        Ok(outputs)
    }
}

/// Runs `job` to its end, with a progress bar.
fn run(mut job: FramesJob) -> Result<Frames, CliError> {
    let bar = Bar::new("drawing");
    loop {
        match job.step().map_err(|error| CliError::other(&error))? {
            Step::More(update) => bar.set(update.progress),
            Step::Done(frames) => return Ok(frames),
        }
    }
}
