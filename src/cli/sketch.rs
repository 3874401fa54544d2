//! `pentimento sketch`: a drawing becomes a picture, and what else of it is wanted.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use super::args::Common;
use super::device;
use super::errors::CliError;
use super::raw;
use super::report::{Bar, print_json, print_line};
use crate::document::Sketch;
use crate::document::sketch::SketchResult;
use crate::generators::sketcher::Variation;
use crate::imaging::drawing::read;
use crate::imaging::edges::Refinement;
use crate::imaging::ink::{Background, cut_out};
use crate::imaging::io::{Encoding, Limits, encode, write_atomic};
use crate::imaging::{FileFormat, Frame, Metadata, Plane, Size};
use crate::sketch::{CROWDED_REMARK, Given, Loaded, Role, Seen, Shown, Themes};
use crate::worker::sketching::{AnimationFormat, ExportSketch, SketchDone, SketchExport, SketchRequest, TimeLapse};
use crate::worker::{Done, Event, Request, Worker, WorkerOptions};

/// The most variants of one call.
const MOST_VARIANTS: u32 = 64;

/// Pixels on a side of pictures that can be asked for.
const SIDES: std::ops::RangeInclusive<i64> = 16..=2048;

/// Pixels on a side of written drawings and layers.
const PAPER_SIDE: u32 = 1024;

#[derive(Debug, Args)]
pub(super) struct SketchArgs {
    /// A drawing: a picture, an SVG, QuickDraw's ndjson, or strokes as JSON; of a photo the edges are taken, but by themes that change
    /// photos, which take the photo itself
    #[arg(value_name = "DRAWING")]
    drawing: PathBuf,

    /// What the drawing becomes
    #[arg(long, value_name = "NAME")]
    theme: String,

    /// Which variant; 0 is the network's plain answer
    #[arg(long, value_name = "N", default_value_t = Sketch::STEADY)]
    seed: u64,

    /// So many pictures, with this seed and those after it
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_VARIANTS)))]
    variants: u32,

    /// 0 follows the lines, 1 forgives the drawing
    #[arg(long, value_name = "R", default_value_t = 0.0, value_parser = parse_share)]
    refinement: f32,

    /// Pixels on a side of the picture, where the network can paint other sides than its own
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(SIDES))]
    side: Option<u32>,

    /// Feed the picture to the network as it is: its lines are not drawn anew, its sides must suit the network
    #[arg(long, conflicts_with_all = ["side", "refinement"])]
    raw: bool,

    /// Use the theme's quick network
    #[arg(long)]
    quick: bool,

    /// The picture; of several variants each file's name gets the seed
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// What becomes of the picture's background: keep, white, or silhouette
    #[arg(long, value_name = "KIND", default_value_t = Background::Keep)]
    background: Background,

    #[command(flatten)]
    also: Also,
}

/// What else is written.
#[derive(Debug, Args)]
struct Also {
    /// Also write the drawing, as a PNG
    #[arg(long, value_name = "FILE")]
    ink: Option<PathBuf>,

    /// Also write drawing and picture side by side, as a PNG
    #[arg(long, value_name = "FILE")]
    pair: Option<PathBuf>,

    /// Also write the lines as an SVG
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Also write the lines as a line of QuickDraw's ndjson
    #[arg(long, value_name = "FILE")]
    ndjson: Option<PathBuf>,

    /// Also write layers as an OpenRaster file
    #[arg(long, value_name = "FILE")]
    ora: Option<PathBuf>,

    /// Also write how the drawing grows, with its pictures: a .gif, a .webp, or a folder of PNG files
    #[arg(long, value_name = "FILE")]
    time_lapse: Option<PathBuf>,

    /// Frames of the time-lapse
    #[arg(long, value_name = "COUNT", default_value_t = 48, value_parser = clap::value_parser!(u32).range(2..=600))]
    frames: u32,
}

#[derive(Serialize)]
struct Report {
    theme: String,
    network: String,
    side: u32,
    refinement: f32,
    strokes: usize,
    is_photo: bool,
    /// Whether the network was shown the photo itself rather than lines.
    is_photo_changed: bool,
    /// Whether the network was fed the picture as it is.
    is_raw: bool,
    ink_share: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<&'static str>,
    pictures: Vec<Written>,
    also: Vec<String>,
    millis: f32,
}

#[derive(Serialize)]
struct Written {
    seed: u64,
    network_millis: f32,
    output: String,
}

fn parse_share(text: &str) -> Result<f32, String> {
    let number = text.parse::<f32>().ok().filter(|share| (0.0..=1.0).contains(share));
    number.ok_or_else(|| format!("\"{text}\" is not a number from 0 to 1"))
}

/// Paints what `args` says.
pub(super) fn run(args: &SketchArgs, common: &Common) -> Result<(), CliError> {
    let start = Instant::now();
    device::check_cpu(common.device, "themes")?;
    let format = args.output.extension().and_then(|name| FileFormat::from_extension(name.to_str()?));
    let format = format.ok_or_else(|| CliError::UnknownExtension { path: args.output.clone() })?;
    let lapse = args.also.time_lapse.as_deref().map(format_of).transpose()?;
    let themes = Themes::in_folders(raw::folders(common.weights.as_deref()));
    let loaded = themes.load(&args.theme, if args.quick { Role::Live } else { Role::Best })?;
    let given = Given::from(read(&args.drawing, &Limits::default())?);
    let (shown, side) = shown(args, &given, &loaded)?;
    let remark = shown.seen().filter(|seen| seen.is_crowded()).map(|_| CROWDED_REMARK);
    if shown.is_blank() {
        let path = args.drawing.clone();
        return Err(remark.map_or(CliError::BlankDrawing { path }, |remark| CliError::other(&remark)));
    }
    let bar = Bar::new("sketch");
    let mut pictures = Vec::new();
    let mut first = None;
    for at in 0..args.variants {
        let seed = args.seed.wrapping_add(u64::from(at));
        let (picture, network_millis) = painted(&loaded, &shown, seed)?;
        let output = numbered(&args.output, seed, args.variants > 1);
        let cut = cut_out(&picture, &outline(&given, &shown, side), args.background);
        write_atomic(&output, &encode(&cut, &Metadata::bare(format), Encoding::new(format))?)?;
        pictures.push(Written { seed, network_millis, output: output.display().to_string() });
        first.get_or_insert(picture);
        let fraction = (at + 1) as f32 / args.variants as f32;
        bar.set(crate::control::Progress { fraction, stage: "variants" });
    }
    let sketch = sketch_of(args, &given, &loaded, first)?;
    let also = export(&sketch, args, lapse, &themes, &bar)?;
    drop(bar);
    let report = Report {
        theme: args.theme.clone(),
        network: loaded.name,
        side,
        refinement: args.refinement,
        strokes: sketch.stroke_count(),
        is_photo: given.is_photo(),
        is_photo_changed: matches!(shown, Shown::Photo { .. }),
        is_raw: args.raw,
        ink_share: shown.seen().map_or(0.0, Seen::share),
        remark,
        pictures,
        also,
        millis: start.elapsed().as_secs_f32() * 1000.0,
    };
    tell(&report, common)
}

/// What the network is shown, and pixels on the longer side of what becomes of it.
fn shown(args: &SketchArgs, given: &Given, loaded: &Loaded) -> Result<(Shown, u32), CliError> {
    if !args.raw {
        let side = args.side.unwrap_or(loaded.side);
        return Ok((given.shown(loaded, side, Refinement::new(args.refinement)), side));
    }
    let not_strokes = || CliError::Other { sentence: "--raw takes a picture, not strokes".to_owned() };
    let picture = given.picture().ok_or_else(not_strokes)?;
    Ok((Shown::AsIs(picture.clone()), picture.size().width.max(picture.size().height)))
}

fn tell(report: &Report, common: &Common) -> Result<(), CliError> {
    if common.json {
        return print_json(report);
    }
    if let Some(remark) = report.remark {
        print_line(remark)?;
    }
    if report.is_photo && !report.is_photo_changed && !report.is_raw {
        print_line("this looks like a photo rather than a drawing: its edges are taken for lines")?;
    }
    for Written { seed, network_millis, output } in &report.pictures {
        print_line(&format!("{output}: {} of seed {seed}, {network_millis:.0} ms", report.theme))?;
    }
    report.also.iter().try_for_each(|path| print_line(path))
}

/// What silhouettes are cut by: the ink as it was drawn; a photo has none.
fn outline(given: &Given, shown: &Shown, side: u32) -> Plane<f32> {
    if shown.seen().is_some() { given.ink(side) } else { Plane::filled(Size::new(1, 1), 0.0) }
}

fn painted(loaded: &Loaded, shown: &Shown, seed: u64) -> Result<(Frame, f32), CliError> {
    let variation = if seed == Sketch::STEADY { Variation::Steady } else { Variation::Seeded(seed) };
    let painted = shown.paint(loaded, variation)?;
    Ok((painted.picture, painted.millis))
}

/// `cat.png` becomes `cat-7.png`.
fn numbered(path: &Path, seed: u64, is_one_of_many: bool) -> PathBuf {
    if !is_one_of_many {
        return path.to_owned();
    }
    let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    path.with_file_name(format!("{}-{seed}.{}", part(path.file_stem()), part(path.extension())))
}

fn format_of(path: &Path) -> Result<AnimationFormat, CliError> {
    AnimationFormat::of(path).ok_or_else(|| CliError::NoAnimation { path: path.to_owned() })
}

/// The document that a window would have of this, with its picture.
fn sketch_of(args: &SketchArgs, given: &Given, loaded: &Loaded, picture: Option<Frame>) -> Result<Sketch, CliError> {
    let mut sketch = Sketch::new(args.theme.as_str(), "Drawing");
    sketch.set_seed(args.seed);
    sketch.set_refinement(args.refinement);
    let strokes = given.strokes();
    if !strokes.is_empty() && !sketch.add_strokes(strokes) {
        return Err(CliError::Other { sentence: "the drawing has more strokes than a sketch holds".to_owned() });
    }
    if let Some(picture) = picture {
        let (of, network) = (sketch.key(), loaded.name.clone());
        sketch.take_result(&Arc::new(SketchResult { picture, of, network, is_full: true }));
    }
    Ok(sketch)
}

/// Writes everything else, as the window does. Returns the files.
fn export(
    sketch: &Sketch,
    args: &SketchArgs,
    lapse: Option<AnimationFormat>,
    themes: &Themes,
    bar: &Bar,
) -> Result<Vec<String>, CliError> {
    let Also { ink, pair, svg, ndjson, ora, time_lapse, frames } = &args.also;
    let side = PAPER_SIDE;
    let lapse =
        TimeLapse { format: lapse.unwrap_or_default(), side: 256, frames: *frames, rate: 12.0, has_pictures: true };
    let wanted = [
        (ink, SketchExport::Ink { side }),
        (pair, SketchExport::Pair),
        (svg, SketchExport::Svg),
        (ndjson, SketchExport::QuickDraw),
        (ora, SketchExport::OpenRaster { side }),
        (time_lapse, SketchExport::TimeLapse(lapse)),
    ];
    let wanted = wanted.into_iter().filter_map(|(path, what)| Some((path.clone()?, what)));
    let mut written = Vec::new();
    let mut clerk = None;
    for (path, what) in wanted {
        let clerk = match &mut clerk {
            Some(clerk) => clerk,
            None => clerk.insert(Clerk::new(themes.clone())?),
        };
        clerk.write(ExportSketch { sketch: sketch.clone(), path: path.clone(), what }, bar)?;
        written.push(path.display().to_string());
    }
    Ok(written)
}

/// A worker of which one thing is asked at a time.
struct Clerk {
    worker: Worker,
    bell: crossbeam_channel::Receiver<()>,
}

impl Clerk {
    fn new(themes: Themes) -> Result<Self, CliError> {
        let (ring, bell) = crossbeam_channel::bounded(1);
        let wake = Arc::new(move || {
            // Rung already is as good.
            ring.try_send(()).ok();
        });
        let worker = Worker::start(wake, WorkerOptions { themes, ..WorkerOptions::default() });
        Ok(Self { worker: worker.map_err(|error| CliError::Threads { reason: error.to_string() })?, bell })
    }

    fn write(&self, asked: ExportSketch, bar: &Bar) -> Result<(), CliError> {
        let ticket = self.worker.submit(Request::Sketch(SketchRequest::Export(asked)));
        loop {
            while let Some(event) = self.worker.try_recv() {
                match event {
                    Event::Progress(of, progress) if of == ticket => bar.set(progress),
                    Event::Done(of, Done::Sketch(SketchDone::Exported { .. })) if of == ticket => return Ok(()),
                    Event::Failed(of, failure) if of == ticket => {
                        return Err(CliError::Other { sentence: failure.headline });
                    }
                    _ => {}
                }
            }
            if self.bell.recv().is_err() {
                return Err(CliError::Other { sentence: "the worker has ended before its time".to_owned() });
            }
        }
    }
}
