//! `pentimento eval-sketch`: how a painter of drawings does on drawings that it has not seen.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use candle_core::{DType, Device, Tensor};
use clap::Args;
use image::{Rgb, RgbImage};
use serde::Serialize;

use super::args::Common;
use super::device;
use super::errors::CliError;
use super::models;
use super::report::{print_json, print_line};
use crate::control;
use crate::eval::sketch::{HandDrawings, agreement, ink_of, mean_difference};
use crate::generators::catalog;
use crate::generators::pix2pix::{Spot, laid_over};
use crate::generators::sketcher::{Sketcher, Variation};
use crate::imaging::edges::{Line, Lines, Refinement, Spoiling, find_lines, spoil};
use crate::imaging::io::write_atomic;
use crate::imaging::{Plane, Size};
use crate::train::{Recipe, Sampler, Source, color_spots};

/// Levels of refinement that are measured.
const LEVELS: [f32; 3] = [0.0, 0.5, 1.0];
/// The stream of random numbers of spoiled lines.
const STREAM: u64 = 41;
/// Columns of a sheet.
const COLUMNS: u32 = 6;

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("drawn").args(["data", "drawings"]).required(true).multiple(true))]
pub(super) struct SketchEvalArgs {
    /// The model to measure
    #[arg(long, value_name = "NAME")]
    model: String,

    /// The pictures that it was trained with: those that were held out are drawn, clean and spoiled, with three spots of their colors
    #[arg(long, value_name = "PATH", requires = "recipe")]
    data: Option<PathBuf>,

    /// The recipe that it was trained with, which says what was held out and how lines are found
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,

    /// A file of hand-like drawings
    #[arg(long, value_name = "FILE")]
    drawings: Option<PathBuf>,

    /// Also write the drawings and what becomes of them as one picture
    #[arg(long, value_name = "FILE", requires = "drawings")]
    sheet: Option<PathBuf>,

    /// Take only the first N
    #[arg(long, value_name = "N", default_value_t = 48)]
    limit: usize,
}

/// Means over drawings of one kind at one level.
#[derive(Debug, Default, Serialize)]
struct Row {
    drawings: String,
    refinement: f32,
    n: usize,
    /// Mean absolute difference from the truth, colors in 0..1, where there is one.
    l1: Option<f64>,
    lines_met: f64,
    edges_drawn: f64,
    edge_f: f64,
    /// Milliseconds a picture.
    ms: f64,
}

#[derive(Serialize)]
struct Report {
    model: String,
    side: usize,
    rows: Vec<Row>,
}

/// One drawing in pixels of the network's side, with the truth where it is known.
struct Item {
    lines: Vec<Line>,
    truth: Option<[Plane<f32>; 3]>,
    /// A few of the truth's colors, which the network is told where it listens to any.
    spots: Vec<Spot>,
}

/// Measures what `args` says.
pub(super) fn run(args: &SketchEvalArgs, common: &Common) -> Result<(), CliError> {
    let catalog = models::catalog(common)?;
    let Some(entry) = catalog.find(&args.model) else {
        return Err(CliError::other(&format!("there is no model named \"{}\" (pentimento models list)", args.model)));
    };
    let device = device::open(common.device)?;
    let sketcher = catalog::sketcher(entry, &device).map_err(|error| CliError::other(&error))?;
    let judge = Judge { sketcher, device };
    let mut rows = Vec::new();
    if let (Some(data), Some(recipe)) = (&args.data, &args.recipe) {
        let (clean, spoiled) = held_out(data, recipe, judge.side(), args.limit)?;
        for (name, items) in [("clean", &clean), ("spoiled", &spoiled)] {
            rows.extend(LEVELS.iter().map(|&level| judge.row(name, items, level)).collect::<Result<Vec<_>, _>>()?);
        }
    }
    if let Some(path) = &args.drawings {
        let (theme, items) = hand_drawings(path, judge.side(), args.limit)?;
        let name = format!("hand-like {theme}");
        rows.extend(LEVELS.iter().map(|&level| judge.row(&name, &items, level)).collect::<Result<Vec<_>, _>>()?);
        if let Some(sheet) = &args.sheet {
            write_sheet(&judge, &items, sheet)?;
        }
    }
    let report = Report { model: args.model.clone(), side: judge.side(), rows };
    if common.json { print_json(&report) } else { report.print() }
}

impl Report {
    fn print(&self) -> Result<(), CliError> {
        print_line(&format!("{} at {} pixels", self.model, self.side))?;
        print_line("drawings              refinement     n      L1  lines met  edges drawn       F       ms")?;
        for row in &self.rows {
            let Row { drawings, refinement, n, l1, lines_met, edges_drawn, edge_f, ms } = row;
            let l1 = l1.map_or_else(|| "      -".to_owned(), |l1| format!("{l1:7.4}"));
            print_line(&format!(
                "{drawings:22}{refinement:10.2}{n:6} {l1}{lines_met:11.3}{edges_drawn:13.3}{edge_f:8.3}{ms:9.1}"
            ))?;
        }
        Ok(())
    }
}

struct Judge {
    sketcher: Arc<dyn Sketcher>,
    device: Device,
}

impl Judge {
    fn side(&self) -> usize {
        self.sketcher.side()
    }

    fn ink(&self, item: &Item, level: f32) -> Plane<f32> {
        ink_of(&item.lines, self.side(), Refinement::new(level))
    }

    /// The picture of a drawing in 0..1, and the milliseconds that it took.
    fn paint(&self, item: &Item, level: f32) -> candle_core::Result<([Plane<f32>; 3], f64)> {
        let (side, ink) = (self.side(), self.ink(item, level));
        let tensor = Tensor::from_slice(ink.data(), (1, 1, side, side), &self.device)?;
        let listens = self.sketcher.inputs().has_hints && !item.spots.is_empty();
        let hints = if listens { laid_over(&tensor, &item.spots)? } else { None };
        let start = Instant::now();
        let picture = self.sketcher.paint(&tensor, hints.as_ref(), Variation::Steady)?.to_dtype(DType::F32)?;
        let values = picture.to_device(&Device::Cpu)?.get(0)?.flatten_from(1)?.to_vec2::<f32>()?;
        Ok((planes(values, side), 1e3 * start.elapsed().as_secs_f64()))
    }

    fn row(&self, name: &str, items: &[Item], level: f32) -> Result<Row, CliError> {
        let mut row = Row { drawings: name.to_owned(), refinement: level, n: items.len(), ..Row::default() };
        let share = 1.0 / items.len().max(1) as f64;
        for item in items {
            let (picture, ms) = self.paint(item, level)?;
            let found = agreement(&self.ink(item, 0.0), &picture)?;
            row.lines_met += share * found.lines_met;
            row.edges_drawn += share * found.edges_drawn;
            row.edge_f += share * found.f;
            row.ms += share * ms;
            if let Some(truth) = &item.truth {
                *row.l1.get_or_insert(0.0) += share * mean_difference(&picture, truth)?;
            }
        }
        Ok(row)
    }
}

/// Three planes of values in -1..1, as planes in 0..1.
fn planes(values: Vec<Vec<f32>>, side: usize) -> [Plane<f32>; 3] {
    let size = Size::new(side as u32, side as u32);
    let mut values = values.into_iter();
    [(); 3].map(|()| {
        let channel = values.next().unwrap_or_default().iter().map(|value| 0.5 * (value + 1.0)).collect();
        Plane::from_vec(size, channel).unwrap_or_else(|| Plane::filled(size, 0.0))
    })
}

/// Held-out pictures with their lines: as they were found, and as a hand spoils them.
fn held_out(data: &Path, recipe: &Path, side: usize, limit: usize) -> Result<(Vec<Item>, Vec<Item>), CliError> {
    let mut recipe = Recipe::read(recipe)?;
    recipe.network.side = side;
    let sampler = Sampler::new(Source::open(data)?, &recipe)?;
    let batch = sampler.held_out(recipe.data.held_out.min(limit))?;
    let drawing = &recipe.drawing;
    let options = Lines { detectors: drawing.detectors.clone(), blur: [drawing.blur_from, drawing.blur_to] };
    let (mut clean, mut spoiled) = (Vec::new(), Vec::new());
    for at in 0..batch.images.dim(0)? {
        let truth = planes(batch.images.get(at)?.flatten_from(1)?.to_vec2::<f32>()?, side);
        let mut rng = control::rng(at as u64, STREAM);
        let lines = find_lines(&truth, &options, &mut rng);
        let moved = spoil(&lines, side as f32, &Spoiling::of(1.0, 0.5), &mut rng);
        let ink: Vec<Vec<f32>> =
            ink_of(&lines, side, Refinement::new(0.0)).data().chunks(side).map(<[f32]>::to_vec).collect();
        let spots = color_spots(&batch.images.get(at)?.to_vec3::<f32>()?, &ink, &mut rng);
        spoiled.push(Item { lines: moved, truth: Some(truth.clone()), spots: spots.clone() });
        clean.push(Item { lines, truth: Some(truth), spots });
    }
    Ok((clean, spoiled))
}

fn hand_drawings(path: &Path, side: usize, limit: usize) -> Result<(String, Vec<Item>), CliError> {
    let refuse =
        |reason: String| CliError::other(&format!("the drawings cannot be read ({reason}): {}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
    let file = HandDrawings::parse(&text).map_err(refuse)?;
    let items = file.lines(side).take(limit).map(|lines| Item { lines, truth: None, spots: Vec::new() }).collect();
    Ok((file.theme, items))
}

/// Rows of drawings, each beside its pictures at all levels.
fn write_sheet(judge: &Judge, items: &[Item], path: &Path) -> Result<(), CliError> {
    let side = judge.side() as u32;
    let tiles = 1 + LEVELS.len() as u32;
    let columns = COLUMNS.min(items.len() as u32).max(1);
    let rows = (items.len() as u32).div_ceil(columns);
    let mut sheet = RgbImage::from_pixel(columns * tiles * side, rows * side, Rgb([255; 3]));
    for (at, item) in items.iter().enumerate() {
        let (x, y) = (at as u32 % columns * tiles * side, at as u32 / columns * side);
        let ink = judge.ink(item, 0.0);
        let grey = Plane::from_vec(ink.size(), ink.data().iter().map(|value| 1.0 - value).collect());
        let grey = grey.unwrap_or_else(|| Plane::filled(ink.size(), 1.0));
        put(&mut sheet, (x, y), &[grey.clone(), grey.clone(), grey]);
        for (tile, &level) in LEVELS.iter().enumerate() {
            put(&mut sheet, (x + (1 + tile as u32) * side, y), &judge.paint(item, level)?.0);
        }
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    sheet.write_to(&mut bytes, image::ImageFormat::Png).map_err(|error| CliError::other(&error))?;
    Ok(write_atomic(path, bytes.get_ref())?)
}

fn put(sheet: &mut RgbImage, (left, top): (u32, u32), rgb: &[Plane<f32>; 3]) {
    let Size { width, height } = rgb[0].size();
    for y in 0..height {
        for x in 0..width {
            let color = [0, 1, 2].map(|c| (rgb[c].at(x, y) * 255.0).round().clamp(0.0, 255.0) as u8);
            sheet.put_pixel(left + x, top + y, Rgb(color));
        }
    }
}
