//! `pentimento bench`: how fast convolutions, networks and searches run here, beside what the machine could do at best.
//!
//! The names and fields of the `conv` suite are a contract: a script sets them beside those of other libraries.

mod explore;
mod layers;
mod machine;
mod nets;
#[cfg(feature = "gui")]
mod pen;
mod sketch;
mod stylegan;
mod suite;
mod transfer;
mod window;

use std::time::Instant;

use serde::Serialize;
#[cfg(feature = "gui")]
use strum::IntoEnumIterator as _;

use super::args::{BenchArgs, Common};
use super::device;
use super::errors::CliError;
use super::models;
use super::report::{print_json, print_line};
#[cfg(feature = "gui")]
use crate::ui::sketch::Hand;
use explore::Case;
use layers::Layer;
use machine::Machine;
use nets::Net;
pub(super) use suite::Suite;

/// Times what `args` says.
pub(super) fn run(args: &BenchArgs, common: &Common) -> Result<(), CliError> {
    let chosen = choose(args, common)?;
    let device = device::open(common.device)?;
    let mut machine = Machine::measure(&device)?;
    let clock = Clock { device, n_rounds: args.rounds };
    let mut rows = Vec::new();
    for item in chosen {
        rows.push(match item {
            Item::Layer(layer) => Row::Layer(layers::time(&clock, layer)?),
            Item::Net(net) => Row::Net(nets::time(&clock, *net)?),
            Item::Explore(Case::Search(entry)) => Row::Search(explore::time_search(&entry, &clock.device)?),
            Item::Explore(Case::Step(starts)) => step_row(&clock, &Case::Step(starts), Some(starts))?,
            Item::Explore(Case::Loop) => step_row(&clock, &Case::Loop, None)?,
            Item::Sketch(case) => Row::Sketch(sketch::time(&clock, &case)?),
            #[cfg(feature = "gui")]
            Item::Pen(hand) => Row::Pen(pen::time(
                hand,
                crate::sketch::Themes::in_folders(super::raw::folders(common.weights.as_deref())),
            )?),
            Item::StyleGan(case) => Row::Net(stylegan::time(&clock, &case)?),
            Item::Transfer(side) => Row::Transfer(transfer::time(side, args.rounds)?),
            Item::Window(case) => Row::Window(window::time(&clock, &case)?),
        });
    }
    // Whatever else ran the first time may be gone by now.
    machine.measure_again()?;
    for row in &mut rows {
        row.compare(machine.peak_gflops);
    }
    let report = Report { suite: args.suite, machine, rounds: args.rounds, rows };
    if common.json { print_json(&report) } else { report.print() }
}

fn step_row(clock: &Clock, case: &Case, starts: Option<usize>) -> Result<Row, CliError> {
    Ok(Row::Step(explore::time_step(clock, starts, case.name())?))
}

/// One thing to time.
enum Item {
    Layer(&'static Layer),
    Net(&'static Net),
    Explore(Case),
    Sketch(sketch::Case),
    #[cfg(feature = "gui")]
    Pen(Hand),
    StyleGan(stylegan::Case),
    Transfer(usize),
    Window(window::Case),
}

impl Item {
    fn name(&self) -> String {
        match self {
            Self::Layer(layer) => layer.name(),
            Self::Net(net) => net.name(),
            Self::Explore(case) => case.name(),
            Self::Sketch(case) => case.name(),
            #[cfg(feature = "gui")]
            Self::Pen(hand) => pen::name(*hand),
            Self::StyleGan(case) => case.name(),
            Self::Transfer(side) => transfer::name(*side),
            Self::Window(case) => case.name(),
        }
    }
}

/// What the suite holds and `--layer` leaves.
fn choose(args: &BenchArgs, common: &Common) -> Result<Vec<Item>, CliError> {
    let layers = || layers::SUITE.iter().map(Item::Layer);
    let nets = || nets::SUITE.iter().map(Item::Net);
    let all: Vec<Item> = match args.suite {
        Suite::Conv => layers().collect(),
        Suite::Net => nets().collect(),
        Suite::All => layers().chain(nets()).collect(),
        Suite::Sketch => {
            let pictures = sketch::suite(models::catalog(common)?.entries()).into_iter().map(Item::Sketch);
            #[cfg(feature = "gui")]
            let pictures = pictures.chain(Hand::iter().map(Item::Pen));
            pictures.collect()
        }
        Suite::Stylegan => {
            let catalog = models::catalog(common)?;
            let frames = stylegan::suite(catalog.entries()).into_iter().map(Item::StyleGan);
            frames.chain(window::pads(catalog.entries()).into_iter().map(Item::Window)).collect()
        }
        Suite::Explore => {
            let catalog = models::catalog(common)?;
            let searches = explore::suite(catalog.entries()).into_iter().map(Item::Explore);
            let sliders = window::sliders(catalog.entries()).into_iter().map(Item::Window);
            searches.chain(transfer::SIDES.map(Item::Transfer)).chain(sliders).collect()
        }
    };
    let Some(part) = &args.layer else { return Ok(all) };
    let known = all.iter().map(Item::name).collect::<Vec<_>>().join(", ");
    let chosen: Vec<Item> = all.into_iter().filter(|item| item.name().contains(part)).collect();
    if chosen.is_empty() {
        return Err(CliError::NoSuchLayer { part: part.clone(), known });
    }
    Ok(chosen)
}

/// What is printed with `--json`.
#[derive(Serialize)]
struct Report {
    suite: Suite,
    #[serde(flatten)]
    machine: Machine,
    rounds: u16,
    rows: Vec<Row>,
}

/// One thing that was timed.
#[derive(Serialize)]
#[serde(untagged)]
enum Row {
    Layer(layers::LayerRow),
    Net(nets::NetRow),
    Step(explore::StepRow),
    Search(explore::SearchRow),
    Sketch(sketch::SketchRow),
    #[cfg(feature = "gui")]
    Pen(pen::PenRow),
    Transfer(transfer::TransferRow),
    Window(window::WindowRow),
}

impl Row {
    /// Sets the rate beside the peak, where that is known.
    fn compare(&mut self, peak: Option<f64>) {
        let (gflops, share) = match self {
            Self::Layer(row) => (row.gflops, &mut row.peak_share),
            Self::Net(row) => (row.gflops, &mut row.peak_share),
            Self::Step(row) => (row.gflops, &mut row.peak_share),
            Self::Sketch(row) => match row.gflops {
                Some(gflops) => (gflops, &mut row.peak_share),
                None => return,
            },
            Self::Search(_) | Self::Transfer(_) | Self::Window(_) => return,
            #[cfg(feature = "gui")]
            Self::Pen(_) => return,
        };
        *share = peak.map(|peak| gflops / peak);
    }
}

impl Report {
    fn print(&self) -> Result<(), CliError> {
        print_line(&self.machine.sentence())?;
        let mut heading = "";
        for row in &self.rows {
            let (columns, line) = match row {
                Row::Layer(row) => (layers::HEADING, row.line()),
                Row::Net(row) => (nets::HEADING, row.line()),
                Row::Step(row) => (explore::STEP_HEADING, row.line()),
                Row::Search(row) => (explore::SEARCH_HEADING, row.line()),
                Row::Sketch(row) => (sketch::HEADING, row.line()),
                #[cfg(feature = "gui")]
                Row::Pen(row) => (pen::HEADING, row.line()),
                Row::Transfer(row) => (transfer::HEADING, row.line()),
                Row::Window(row) => (window::HEADING, row.line()),
            };
            if heading != columns {
                print_line("")?;
                print_line(columns)?;
                heading = columns;
            }
            print_line(&line)?;
        }
        Ok(())
    }
}

/// A share as a table shows it.
fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.0} %", 100.0 * share))
}

/// Times things one after the other on one device.
struct Clock {
    device: candle_core::Device,
    n_rounds: u16,
}

impl Clock {
    /// Milliseconds of the best round, after one that warms up, on the threads that compute, as in the window.
    fn best_ms<T>(&self, mut work: impl FnMut() -> candle_core::Result<T> + Send) -> Result<f64, CliError> {
        let mut round = || -> candle_core::Result<f64> {
            let start = Instant::now();
            let result = work()?;
            self.device.synchronize()?;
            let elapsed = start.elapsed();
            drop(result);
            Ok(1e3 * elapsed.as_secs_f64())
        };
        let best = rayon::scope(|_| -> candle_core::Result<f64> {
            round()?;
            (0..self.n_rounds).try_fold(f64::INFINITY, |best, _| Ok(best.min(round()?)))
        })?;
        Ok(best)
    }
}
