//! `pentimento score`: how well a drawing meets a lesson, and why.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::args::Common;
use super::errors::CliError;
use super::gallery::{open, standing_line};
use super::lessons::named;
use super::report::{print_json, print_line};
use super::today::Moment;
use crate::imaging::drawing::{Drawing, ink_frame, read};
use crate::imaging::ink::{Stroke, raster};
use crate::imaging::io::{Encoding, Limits, encode, write_atomic};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Plane, Samples};
use crate::library::gallery::{DrawingFiles, NewDrawing, Recorded};
use crate::school::{Ink, Lesson, PartScore, Recognition, Score, THREE_STARS, TWO_STARS, Weights, score};

/// Pixels on a side of drawings in the gallery that came as strokes.
const PAPER_SIDE: u32 = 512;

#[derive(Debug, Args)]
pub(super) struct ScoreArgs {
    /// A drawing: a picture, an SVG, ndjson, or strokes as JSON
    #[arg(value_name = "DRAWING")]
    drawing: PathBuf,

    /// What it shall be (pentimento lessons)
    #[arg(long, value_name = "NAME")]
    lesson: String,

    /// Write where lines were missed: red where nothing is near, grey where they were met
    #[arg(long, value_name = "FILE")]
    heat_map: Option<PathBuf>,

    /// Keep drawing and record in the gallery for somebody of this name
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    #[command(flatten)]
    place: super::gallery::Place,
}

#[derive(Serialize)]
struct Report<'a> {
    lesson: &'a str,
    stars: u8,
    total: f32,
    total_loose: f32,
    weights: Weights,
    coverage: f32,
    precision: f32,
    f: f32,
    coverage_loose: f32,
    precision_loose: f32,
    distance: f32,
    scale: f32,
    parts: &'a [PartScore],
    forgotten: Vec<&'a str>,
    looks_like: &'a [(Arc<str>, f32)],
    is_photo: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<Kept>,
}

/// What the gallery says.
#[derive(Serialize)]
struct Kept {
    drawing: u64,
    best_stars: u8,
    best_total: f32,
    earned: u32,
}

/// What was drawn.
struct Drawn {
    strokes: Vec<Arc<Stroke>>,
    ink: Ink,
    picture: Frame,
    is_photo: bool,
}

impl Drawn {
    fn read(path: &Path) -> Result<Self, CliError> {
        Ok(match read(path, &Limits::default())? {
            Drawing::Strokes { strokes, .. } => {
                let picture = ink_frame(&raster(&strokes, PAPER_SIDE));
                Self { ink: Ink::of_strokes(&strokes), picture, strokes, is_photo: false }
            }
            Drawing::Picture { picture, ink, is_photo } => {
                Self { strokes: Vec::new(), ink: Ink::of_picture(&ink), picture, is_photo }
            }
        })
    }
}

/// Scores what `args` says.
pub(super) fn run(args: &ScoreArgs, common: &Common) -> Result<(), CliError> {
    let lesson = named(&args.lesson)?;
    let drawn = Drawn::read(&args.drawing)?;
    let score = score(&drawn.ink, lesson);
    if let Some(path) = &args.heat_map {
        write_heat(&score.missed, path)?;
    }
    let is_photo = drawn.is_photo;
    let record = args.profile.as_deref().map(|name| keep(name, args, lesson, drawn, &score)).transpose()?;
    let Recognition { ranking } = &score.recognition;
    let report = Report {
        lesson: &lesson.name,
        stars: score.stars,
        total: score.total,
        total_loose: score.total_loose,
        weights: score.weights,
        coverage: score.coverage,
        precision: score.precision,
        f: score.f,
        coverage_loose: score.coverage_loose,
        precision_loose: score.precision_loose,
        distance: score.distance,
        scale: score.scale,
        parts: &score.parts,
        forgotten: score.forgotten().collect(),
        looks_like: ranking,
        is_photo,
        record,
    };
    if common.json { print_json(&report) } else { tell(&report, lesson) }
}

fn tell(report: &Report<'_>, lesson: &Lesson) -> Result<(), CliError> {
    let Report { weights, parts, forgotten, .. } = report;
    if report.is_photo {
        print_line("this looks like a photo rather than a drawing: its edges are taken for lines")?;
    }
    let certainty = report.looks_like.iter().find(|(theme, _)| *theme == lesson.theme).map_or(0.0, |(_, share)| *share);
    let drawn = parts.iter().filter(|part| part.is_drawn).count();
    let share = drawn as f32 / parts.len().max(1) as f32;
    print_line(&standing_line(report.stars, report.total))?;
    let row = |name: &str, value: f32, weight: f32, words: &str| {
        print_line(&format!("  {name:11} {value:.2} x {weight:.2}  {words}"))
    };
    row("coverage", report.coverage, weights.coverage, "of the lesson's lines have ink near by")?;
    row("precision", report.precision, weights.precision, "of the ink has a line near by")?;
    row("parts", share, weights.parts, &format!("{drawn} of {} parts are there", parts.len()))?;
    let best = report.looks_like.first().map_or("nothing", |(theme, _)| &**theme);
    row("recognized", certainty, weights.recognition, &format!("it looks like {best} most"))?;
    print_line(&format!(
        "  three stars from {THREE_STARS:.2} with all parts; two from {TWO_STARS:.2} when twice as far still counts as near"
    ))?;
    if report.stars < 3 {
        print_line(&format!("  with twice the distance: {:.2}", report.total_loose))?;
    }
    if !forgotten.is_empty() {
        print_line(&format!("  forgotten: {}", forgotten.join(", ")))?;
    }
    let Some(record) = &report.record else { return Ok(()) };
    let Kept { drawing, best_stars, best_total, earned } = record;
    print_line(&format!(
        "  drawing {drawing} is in the gallery; record {best_stars} stars, {best_total:.2}; {earned} points"
    ))
}

fn keep(name: &str, args: &ScoreArgs, lesson: &Lesson, drawn: Drawn, score: &Score) -> Result<Kept, CliError> {
    let gallery = open(&args.place)?;
    let now = Moment::now().secs;
    let profile = gallery.profile_named(name, now)?;
    let png = encode(&drawn.picture, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png))?;
    let drawing = gallery.add_drawing(NewDrawing {
        profile,
        theme: Arc::clone(&lesson.theme),
        lesson: Some(Arc::clone(&lesson.name)),
        stars: Some(score.stars),
        made_secs: now,
        files: DrawingFiles { strokes: drawn.strokes, sketch_png: png, picture_png: None },
    })?;
    let Recorded { best, earned, .. } = gallery.record(profile, &lesson.name, score.standing(), lesson.worth, now)?;
    Ok(Kept { drawing: drawing.0, best_stars: best.stars, best_total: best.total, earned })
}

/// Lines that were met are grey, those that were missed red.
fn write_heat(missed: &Plane<f32>, path: &Path) -> Result<(), CliError> {
    let format = path.extension().and_then(|name| FileFormat::from_extension(name.to_str()?));
    let format = format.ok_or_else(|| CliError::UnknownExtension { path: path.to_owned() })?;
    let color = |&heat: &f32| {
        let mix = |cold: f32, hot: f32| (cold + (hot - cold) * heat).round() as u8;
        if heat > 0.0 { [mix(170.0, 220.0), mix(170.0, 30.0), mix(170.0, 30.0)] } else { [255; 3] }
    };
    let samples = Samples::U8(missed.data().iter().flat_map(color).collect());
    let frame = Frame::new(missed.size(), ColorModel::Rgb, samples);
    let frame = frame.ok_or_else(|| CliError::Other { sentence: "the heat map has no pixels".to_owned() })?;
    Ok(write_atomic(path, &encode(&frame, &Metadata::bare(format), Encoding::new(format))?)?)
}
