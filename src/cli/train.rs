//! `pentimento train`: a recipe and pictures become a network.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::{ArgMatches, Args, FromArgMatches};
use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

use super::args::{Common, TrainArgs};
use super::device;
use super::errors::CliError;
use super::models;
use super::report::{print_json, print_line};
use crate::control::{CancelToken, Canceller};
use crate::train::recipe::Family;
use crate::train::{
    Ended, Observer, Order, Outcome, Progress, Recipe, best_checkpoint, entry_of, export, fit, start_from,
};
use crate::weights::{self, Catalog};

/// Options that change single values of a recipe: those of [`Recipe`], none required.
#[derive(Debug, Clone)]
pub(super) struct Overrides(ArgMatches);

impl Args for Overrides {
    fn augment_args(command: clap::Command) -> clap::Command {
        Recipe::augment_args_for_update(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Recipe::augment_args_for_update(command)
    }
}

impl FromArgMatches for Overrides {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(matches.clone()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0 = matches.clone();
        Ok(())
    }
}

/// Trains what `args` says.
pub(super) fn run(args: &TrainArgs, common: &Common) -> Result<(), CliError> {
    start_anew();
    let mut recipe = args.recipe.as_deref().map_or_else(|| usual(&args.overrides.0), |path| Ok(Recipe::read(path)?))?;
    adopt_options(&mut recipe, &args.overrides.0)?;
    if args.print_recipe {
        return print_line(recipe.documented().trim_end());
    }
    let (Some(data), Some(out)) = (&args.data, &args.out) else {
        return Err(CliError::NoTrainingFolders);
    };
    find_start(&mut recipe, common)?;
    let order = Order {
        data: data.clone(),
        out: out.clone(),
        is_resumed: args.resume,
        limit: args.minutes.map(|minutes| Duration::from_secs_f64(minutes * 60.0)),
        device: device::open(common.device)?,
    };
    if recipe.family == Family::Pix2pix
        && let Some(words) = models::hidden_theme(&recipe.name, common)
    {
        tracing::warn!("{words}; another name is given with --name");
    }
    let outcome = if let Some(checkpoint) = &args.export {
        export(&recipe, &order, checkpoint)?
    } else {
        let mut bar = TrainingBar::new(recipe.steps);
        let outcome = fit(&recipe, &order, &stopped_by_signal()?, &mut bar)?;
        bar.0.finish_and_clear();
        chosen(outcome, &recipe, &order)?
    };
    let places = install(&recipe, &outcome, &order, common)?;
    if common.json {
        return print_json(&outcome);
    }
    print_outcome(&outcome)?;
    if outcome.ended != Ended::Complete {
        print_line(
            "Not among the installed models yet: that comes at the end of the run. Until then name the folder below \
            with --weights.",
        )?;
    }
    places.iter().try_for_each(|place| print_line(&format!("model              {}", place.display())))
}

/// Of painters that are done training the state that painted held-out drawings best; of all others `last`.
fn chosen(last: Outcome, recipe: &Recipe, order: &Order) -> Result<Outcome, CliError> {
    let best = best_checkpoint(&order.out);
    if recipe.family != Family::Pix2pix || last.ended != Ended::Complete || !best.is_file() {
        return Ok(last);
    }
    let Outcome { seconds, skipped, .. } = last;
    Ok(Outcome { seconds, skipped, ..export(recipe, order, &best)? })
}

/// What is trained with where there is no recipe: the defaults of the family that `options` name.
fn usual(options: &ArgMatches) -> Result<Recipe, CliError> {
    let mut asked = Recipe::default();
    asked.update_from_arg_matches(options).map_err(|error| CliError::other(&error))?;
    Ok(Recipe::of_family(asked.family))
}

/// Single values from the command line; a preset before them.
fn adopt_options(recipe: &mut Recipe, options: &ArgMatches) -> Result<(), CliError> {
    let mut family = recipe.clone();
    family.update_from_arg_matches(options).map_err(|error| CliError::other(&error))?;
    if let Some(preset) = family.preset {
        recipe.family = family.family;
        recipe.adopt(preset).map_err(|reason| CliError::other(&reason))?;
    }
    recipe.update_from_arg_matches(options).map_err(|error| CliError::other(&error))?;
    recipe.preset = None;
    Ok(())
}

/// What `start` names is a file, or else a model.
fn find_start(recipe: &mut Recipe, common: &Common) -> Result<(), CliError> {
    let Some(start) = recipe.start.as_ref().filter(|start| !start.is_file()) else { return Ok(()) };
    let (catalog, _) = Catalog::open_all(weights::folders(common.weights.as_deref()));
    let entry = start.to_str().and_then(|name| catalog.find(name));
    let Some(entry) = entry else {
        return Err(CliError::NoStart { start: start.clone() });
    };
    start_from(recipe, &entry.clone()).map_err(|reason| CliError::other(&reason))
}

/// Writes the model into the run's folder and, when the run is complete, among the user's models (or into `--weights`).
fn install(recipe: &Recipe, outcome: &Outcome, order: &Order, common: &Common) -> Result<Vec<PathBuf>, CliError> {
    let folder_name = order.data.file_name().unwrap_or_default().to_string_lossy();
    let entry = entry_of(recipe, outcome, &format!("pictures of {folder_name}"));
    let entry = entry.map_err(|reason| CliError::other(&reason))?;
    let mut folders = vec![order.out.join("model")];
    if outcome.ended == Ended::Complete {
        folders.extend(common.weights.clone().or_else(weights::user_folder));
    }
    for folder in &folders {
        weights::replace(folder, entry.clone(), outcome.weights.clone()).map_err(|error| CliError::other(&error))?;
        let text = recipe.documented();
        crate::imaging::io::write_atomic(&folder.join(format!("{}.toml", recipe.name)), text.as_bytes())?;
    }
    Ok(folders)
}

fn print_outcome(outcome: &Outcome) -> Result<(), CliError> {
    let why = match outcome.ended {
        Ended::Complete => "complete",
        Ended::TimeOver => "the time is over; --resume goes on",
        Ended::Stopped => "stopped; --resume goes on",
    };
    print_line(&format!("{} steps, {} pictures in {:.0} s: {why}", outcome.step, outcome.images, outcome.seconds))?;
    for (name, value) in &outcome.measured {
        print_line(&format!("{name:18} {value:.4}"))?;
    }
    if !outcome.skipped.is_empty() {
        print_line(&format!("{} pictures could not be decoded:", outcome.skipped.len()))?;
        for (name, reason) in &outcome.skipped {
            print_line(&format!("  {name}: {reason}"))?;
        }
    }
    print_line(&format!("checkpoint         {}", outcome.checkpoint.display()))
}

/// Starts the program anew with what libraries read before `main` runs.
///
/// An allocator that never gives memory back: a step frees gigabytes that the next one wants again, and fetching them from the
/// system takes up to half the time. No threads of candle's own for sums and products of tensors: they wait for each other
/// in busy loops, a fifth of a step where the cores are free, and twice that where something else runs.
fn start_anew() {
    const ALLOCATOR: &str = "MIMALLOC_PURGE_DELAY";
    const CANDLE: &str = "CANDLE_NUM_THREADS";
    #[cfg(unix)]
    if std::env::var_os(ALLOCATOR).is_none()
        && let Ok(program) = std::env::current_exe()
    {
        use std::os::unix::process::CommandExt as _;
        let mut command = std::process::Command::new(program);
        command.args(std::env::args_os().skip(1)).env(ALLOCATOR, "-1");
        if std::env::var_os(CANDLE).is_none() {
            command.env(CANDLE, "1");
        }
        let error = command.exec();
        // Slower, but as good.
        tracing::debug!("the program could not be started anew: {error}");
    }
}

/// A token that Ctrl-C (or a polite kill) cancels: the run saves and ends well.
fn stopped_by_signal() -> Result<CancelToken, CliError> {
    static CANCELLER: Mutex<Option<Canceller>> = Mutex::new(None);
    let mut canceller = Canceller::default();
    let token = canceller.restart();
    *CANCELLER.lock().unwrap_or_else(PoisonError::into_inner) = Some(canceller);
    let handler = || {
        if let Some(canceller) = CANCELLER.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            canceller.cancel();
        }
    };
    ctrlc::set_handler(handler).map_err(|error| CliError::other(&error))?;
    Ok(token)
}

/// The bar on a terminal, nothing elsewhere: `log.jsonl` grows in any case.
struct TrainingBar(ProgressBar);

impl TrainingBar {
    fn new(steps: u64) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("training {bar:24} {pos}/{len} {msg}");
        Self(ProgressBar::new(steps).with_style(style.unwrap_or_else(|_invalid| ProgressStyle::default_bar())))
    }
}

impl Observer for TrainingBar {
    fn progress(&mut self, progress: &Progress<'_>) {
        self.0.set_position(progress.step);
        let losses: Vec<String> = progress.scalars.iter().map(|(name, value)| format!("{name} {value:.3}")).collect();
        let (pace, left) = (progress.images_per_second, HumanDuration(progress.remaining));
        self.0.set_message(format!("{pace:.1} images/s, {left} left; {}", losses.join(" ")));
    }

    fn wrote(&mut self, what: &str, path: &Path) {
        tracing::info!("{what}: {}", path.display());
    }
}
