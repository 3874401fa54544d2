//! `pentimento erase`: a photo and a mask become one or more filled photos.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use super::args::{Common, EraseArgs, Switch};
use super::errors::CliError;
use super::report::{Bar, peak_memory_bytes, print_json, print_line};
use super::{device, models, raw};
use crate::control::{CancelToken, Step, Stepper as _};
use crate::erase::{Base, Engine, EraseJob, EraseRequest, Fill, Mixture, Networks, Settings, StageTimes};
use crate::imaging::io::{self, Encoding, JpegQuality, Limits};
use crate::imaging::{FileFormat, Frame, Mask, Metadata, Photo, Size, SrgbTransform};

/// Erases what `args` says.
pub(super) fn run(args: &EraseArgs, common: &Common) -> Result<(), CliError> {
    let start = Instant::now();
    let engine = models::parse(&args.model)?;
    let format = check_output(&args.output)?;
    let limits = Limits::default();
    let networks = raw::networks(common.weights.as_deref(), device::open(common.device)?);
    let photo = io::read(&args.photo, &limits)?;
    if is_same_file(&args.photo, &args.output) {
        return Err(CliError::OverSource { path: args.output.clone() });
    }
    let size = photo.frame.size();
    warn_of_losses(&photo.frame, format);
    let holes = io::read_mask(&args.mask, size, &limits)?;
    let mut milliseconds = Milliseconds { decode: elapsed(start), ..Milliseconds::default() };
    let hole_fraction = hole_fraction(&holes);
    let (fills, seeds) = if args.raw {
        let start = Instant::now();
        let (patch, origin) = raw::fill(args, &engine, &networks, &photo.frame, &holes)?;
        let times = StageTimes { synthesis_ms: elapsed(start), ..StageTimes::default() };
        (
            vec![Fill { seed: args.seed, patches: vec![Arc::new(patch)], origin, explanation: None, times }],
            vec![args.seed],
        )
    } else {
        let request = request(args, engine, networks, &photo, holes)?;
        let seeds = request.seeds.clone();
        (fill(request, "erasing")?, seeds)
    };
    let encoding = Encoding { format, jpeg: args.quality.map_or(JpegQuality::AsSource, JpegQuality::Quality) };
    let outputs = write(&photo, &fills, &args.output, encoding, &mut milliseconds)?;
    milliseconds.total = elapsed(start);
    let (candidates, origin) = (fills.len(), fills.into_iter().next().map(|fill| fill.origin));
    let outputs = outputs.iter().map(|path| path.display().to_string()).collect();
    let report = Report {
        engine: origin.as_ref().map_or_else(|| args.model.clone(), |origin| origin.engine.to_string()),
        reason: origin.as_ref().and_then(|origin| origin.reason.as_ref()).map(ToString::to_string),
        label: origin.as_ref().map(ToString::to_string),
        scale: origin.as_ref().and_then(|origin| origin.network.as_ref()).map(|network| network.scale),
        resolution: origin.as_ref().and_then(|origin| origin.network.as_ref()).map(|network| network.side),
        seed: seeds.first().copied().unwrap_or(args.seed),
        seeds,
        outputs,
        hole_fraction,
        size,
        candidates,
        milliseconds,
        peak_memory_bytes: peak_memory_bytes(),
    };
    report.print(common.json)
}

fn request(
    args: &EraseArgs,
    engine: Engine,
    networks: Networks,
    photo: &Photo,
    holes: Mask,
) -> Result<EraseRequest, CliError> {
    let mask = |path: &PathBuf| io::read_mask(path, photo.frame.size(), &Limits::default());
    let srgb = SrgbTransform::for_photo(&photo.metadata, photo.frame.model());
    let mixture = match (args.between.as_slice(), args.at, &engine) {
        (&[a, b], Some(t), Engine::Network(_)) => Some(Mixture::between(&Mixture::of(a), &Mixture::of(b), t)),
        ([_, _], ..) => return Err(CliError::BetweenNeedsNetwork { name: engine.to_string() }),
        _ => None,
    };
    let seeds = match &mixture {
        Some(mixture) => vec![mixture.main_seed()],
        None => (0..u64::from(args.candidates)).map(|at| args.seed.wrapping_add(at)).collect(),
    };
    let detail = args.detail == Switch::On;
    Ok(EraseRequest {
        base: Base { photo: photo.frame.clone(), under: Vec::new(), srgb },
        holes,
        sample_from: args.sample_from.as_ref().map(mask).transpose()?,
        sample_never: args.never_from.as_ref().map(mask).transpose()?,
        engine,
        seeds,
        mixture,
        networks,
        settings: Settings { grow: args.grow, feather: args.feather, detail, guide: args.guide, ..Settings::default() },
    })
}

/// Whether both paths lead to one file that exists.
pub(super) fn is_same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// What `--json` tells of an erasure.
#[derive(Serialize)]
pub(super) struct Report {
    /// The engine that was used.
    pub(super) engine: String,
    /// Why, when it was chosen automatically.
    pub(super) reason: Option<String>,
    /// What the fill is, in words.
    pub(super) label: Option<String>,
    /// How much a network's fill was enlarged.
    pub(super) scale: Option<f32>,
    /// The side in pixels that a network painted at.
    pub(super) resolution: Option<u32>,
    pub(super) seed: u64,
    pub(super) seeds: Vec<u64>,
    pub(super) outputs: Vec<String>,
    /// Hole pixels by all pixels.
    pub(super) hole_fraction: f64,
    pub(super) size: Size,
    pub(super) candidates: usize,
    pub(super) milliseconds: Milliseconds,
    pub(super) peak_memory_bytes: Option<u64>,
}

/// Where the time went, all candidates together.
#[derive(Clone, Copy, Default, Serialize)]
pub(super) struct Milliseconds {
    pub(super) decode: f64,
    pub(super) crop: f64,
    pub(super) membrane: f64,
    pub(super) synthesis: f64,
    pub(super) compose: f64,
    pub(super) encode: f64,
    pub(super) total: f64,
}

impl Report {
    fn print(&self, is_json: bool) -> Result<(), CliError> {
        if is_json {
            return print_json(self);
        }
        for output in &self.outputs {
            print_line(output)?;
        }
        let percent = self.hole_fraction * 100.0;
        let seconds = self.milliseconds.total / 1000.0;
        print_line(&format!("{} pixels, {percent:.2} % erased by {} in {seconds:.2} s", self.size, self.engine))?;
        if let Some(reason) = &self.reason {
            print_line(reason)?;
        }
        match &self.label {
            Some(label) => print_line(label),
            None => Ok(()),
        }
    }
}

impl Milliseconds {
    pub(super) fn add(&mut self, fill: &Fill) {
        self.crop += fill.times.crop_ms;
        self.membrane += fill.times.membrane_ms;
        self.synthesis += fill.times.synthesis_ms;
        self.compose += fill.times.compose_ms;
    }
}

/// Drives an erasure to its end, with a progress bar labelled `label` on a terminal.
pub(super) fn fill(request: EraseRequest, label: &str) -> Result<Vec<Fill>, CliError> {
    let mut job = EraseJob::new(request, CancelToken::never())?;
    let bar = Bar::new(label);
    loop {
        match job.step()? {
            Step::More(update) => bar.set(update.progress),
            Step::Done(fills) => return Ok(fills),
        }
    }
}

/// The part of the mask that is hole, in 0..=1.
pub(super) fn hole_fraction(holes: &Mask) -> f64 {
    holes.hole_count() as f64 / holes.size().area().max(1) as f64
}

/// Milliseconds since `start`.
pub(super) fn elapsed(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

/// `photo` with the patches of `fill`, as the bytes of a file.
pub(super) fn encode(photo: &Photo, fill: &Fill, encoding: Encoding) -> Result<Vec<u8>, CliError> {
    let mut frame = photo.frame.clone();
    for patch in &fill.patches {
        patch.apply(&mut frame, 1.0);
    }
    let metadata: &Metadata = &photo.metadata;
    Ok(io::encode(&frame, metadata, encoding)?)
}

fn write(
    photo: &Photo,
    fills: &[Fill],
    output: &Path,
    encoding: Encoding,
    milliseconds: &mut Milliseconds,
) -> Result<Vec<PathBuf>, CliError> {
    let start = Instant::now();
    let mut outputs = Vec::new();
    for (at, fill) in fills.iter().enumerate() {
        milliseconds.add(fill);
        let path = if fills.len() == 1 { output.to_owned() } else { numbered(output, at + 1) };
        io::write_atomic(&path, &encode(photo, fill, encoding)?)?;
        outputs.push(path);
    }
    milliseconds.encode = elapsed(start);
    Ok(outputs)
}

/// `OUT.ext` as `OUT-number.ext`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// Warns where `format` cannot hold all of `frame`.
pub(super) fn warn_of_losses(frame: &Frame, format: FileFormat) {
    if frame.bits() > format.max_bits() {
        tracing::warn!("the output has 8 bits a sample, the photo 16: write .png or .tif to keep them");
    }
    if frame.model().has_alpha() && !format.holds_alpha() {
        tracing::warn!("the output has no transparency, the photo is laid over white: write .png or .tif to keep it");
    }
}

/// The format that the output's extension names. Finds out before any work whether the file can be written at all.
pub(super) fn check_output(output: &Path) -> Result<FileFormat, CliError> {
    let extension = output.extension().and_then(std::ffi::OsStr::to_str);
    let format = extension.and_then(FileFormat::from_extension);
    let format = format.ok_or_else(|| CliError::UnknownExtension { path: output.to_owned() })?;
    if output.is_dir() {
        return Err(CliError::OutputIsFolder { path: output.to_owned() });
    }
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    tempfile::tempfile_in(folder).map_err(|error| {
        let reason = if folder.is_dir() { error.kind().to_string() } else { "no such folder".to_owned() };
        CliError::UnwritableFolder { path: folder.to_owned(), reason }
    })?;
    Ok(format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_before_the_extension() {
        for (path, expected) in [("a/b.c.png", "a/b.c-2.png"), ("out.jpg", "out-2.jpg")] {
            assert_eq!(numbered(Path::new(path), 2), Path::new(expected), "{path}");
        }
    }
}
