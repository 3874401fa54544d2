//! The command line. Only `main` names it; only here is anything printed.

mod animate;
mod args;
mod bench;
mod demo;
mod device;
mod directions;
mod drag;
mod drag_trial;
mod drawing;
mod erase;
mod errors;
mod eval;
mod eval_sketch;
mod eval_space;
mod eval_space_report;
mod explore;
mod gallery;
mod generate;
mod interpolate;
mod lessons;
mod manifold;
mod mix;
mod models;
mod project;
mod raw;
mod report;
mod score;
mod scribble;
#[cfg(feature = "serve")]
mod serve;
mod sketch;
mod today;
mod train;
mod transfer;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Cli, Command, Common, Device};
use errors::CliError;

/// Runs the program with the arguments of the process: exit code 0 on success, 2 for wrong usage, 1 otherwise with one
/// plain line on stderr.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(usage) => {
            let code = u8::try_from(usage.exit_code()).unwrap_or(2);
            // Help that nobody reads any longer is no error.
            return if usage.print().is_ok() || code == 0 { ExitCode::from(code) } else { ExitCode::from(2) };
        }
    };
    crate::logging::init(cli.common.verbose);
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.report(),
    }
}

fn run(cli: &Cli) -> Result<(), CliError> {
    if cli.photo.is_some() && cli.command.is_some() {
        return Err(CliError::PhotoAndCommand);
    }
    // Without a command there is the window.
    let runs_networks = !matches!(cli.command, None | Some(Command::Demo(_) | Command::Models { .. }));
    check_common(&cli.common, runs_networks)?;
    match &cli.command {
        None => open_window(cli.photo.as_deref(), cli.frame_stats, &cli.common),
        Some(Command::Demo(args)) => demo::run(args, &cli.common),
        Some(Command::Erase(args)) => erase::run(args, &cli.common),
        Some(Command::Explore(args)) => explore::run(args, &cli.common),
        Some(Command::Generate(args)) => generate::run(args, &cli.common),
        Some(Command::Mix(args)) => mix::run(args, &cli.common),
        Some(Command::Directions(args)) => directions::run(args, &cli.common),
        Some(Command::Interpolate(args)) => interpolate::run(args, &cli.common),
        Some(Command::Train(args)) => train::run(args, &cli.common),
        Some(Command::Eval(args)) => match (&args.space, &args.fills) {
            (Some(space), _) => eval_space::run(space, &cli.common),
            (None, Some(fills)) => eval::run(fills, &cli.common),
            (None, None) => Err(CliError::NothingToEvaluate),
        },
        Some(Command::EvalSketch(args)) => eval_sketch::run(args, &cli.common),
        Some(Command::Bench(args)) => bench::run(args, &cli.common),
        Some(Command::Project(args)) => project::run(args, &cli.common),
        Some(Command::Drag(args)) => drag::run(args, &cli.common),
        Some(Command::Transfer(args)) => transfer::run(args, &cli.common),
        Some(Command::Lessons(args)) => lessons::run(args, &cli.common),
        Some(Command::Score(args)) => score::run(args, &cli.common),
        Some(Command::Gallery { command }) => gallery::run(command, &cli.common),
        #[cfg(feature = "serve")]
        Some(Command::Serve(args)) => serve::run(args, &cli.common),
        Some(Command::Sketch(args)) => sketch::run(args, &cli.common),
        Some(Command::Models { command }) => models::run(command.as_ref(), &cli.common),
    }
}

fn check_common(common: &Common, runs_networks: bool) -> Result<(), CliError> {
    match common.device {
        Device::Cuda if !runs_networks => return Err(CliError::NoSuchDevice { name: "CUDA" }),
        Device::Metal if !runs_networks => return Err(CliError::NoSuchDevice { name: "Metal" }),
        Device::Auto | Device::Cpu | Device::Cuda | Device::Metal => {}
    }
    if let Some(folder) = common.weights.as_deref().filter(|folder| !folder.is_dir()) {
        return Err(CliError::NoWeightsFolder { path: folder.to_owned() });
    }
    if let Some(threads) = common.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into());
        pool.build_global().map_err(|error| CliError::Threads { reason: error.to_string() })?;
    }
    Ok(())
}

/// Opens the window and returns when it is closed.
fn open_window(open: Option<&Path>, frame_stats: bool, common: &Common) -> Result<(), CliError> {
    if let Some(path) = open.filter(|path| !path.exists()) {
        return Err(CliError::NoSuchFile { path: path.to_owned() });
    }
    #[cfg(feature = "gui")]
    {
        let networks = raw::networks(common.weights.as_deref(), candle_core::Device::Cpu);
        let manifolds = crate::worker::Manifolds::in_folders(raw::folders(common.weights.as_deref()));
        let themes = crate::sketch::Themes::in_folders(raw::folders(common.weights.as_deref()));
        let options = crate::ui::UiOptions { open: open.map(Path::to_owned), frame_stats, networks, manifolds, themes };
        let report = crate::ui::run(options).map_err(|error| CliError::other(&error))?;
        report.map_or(Ok(()), |text| report::print_line(&text))
    }
    #[cfg(not(feature = "gui"))]
    {
        tracing::debug!(frame_stats, ?common, "no window in this build");
        Err(CliError::NoWindow)
    }
}
