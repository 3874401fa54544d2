//! What a command prints beside errors: lines, one JSON object, a progress bar.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::errors::CliError;
use crate::control::Progress;
use crate::imaging::io::write_atomic;

/// Prints `line` on stdout. A closed pipe is an error that ends the command quietly.
pub(super) fn print_line(line: &str) -> Result<(), CliError> {
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(())
}

/// Prints `value` as JSON on stdout.
pub(super) fn print_json(value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| CliError::other(&error))?;
    print_line(&text)
}

/// Writes `value` as `result.json` into `folder`: a whole file or none.
pub(super) fn write_result(folder: &Path, value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| CliError::other(&error))?;
    Ok(write_atomic(&folder.join("result.json"), text.as_bytes())?)
}

/// The bytes of physical memory that the process held at most; `None` where the system does not tell.
pub(super) fn peak_memory_bytes() -> Option<u64> {
    #[cfg(unix)]
    {
        use nix::sys::resource::{UsageWho, getrusage};
        // Kibibytes, but bytes on Apple's systems.
        let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
        let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
        u64::try_from(usage.max_rss()).ok().map(|rss| rss * unit)
    }
    #[cfg(not(unix))]
    None
}

/// A progress bar on a terminal, nothing elsewhere. Taken away when it is dropped.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// A bar at 0 with `label` before it.
    pub(super) fn new(label: &str) -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let style = ProgressStyle::with_template("{prefix} {bar:30} {percent:>3} % {msg}");
        let bar = ProgressBar::new(1000).with_prefix(label.to_owned());
        Self(bar.with_style(style.unwrap_or_else(|_invalid| ProgressStyle::default_bar())))
    }

    /// Moves it.
    pub(super) fn set(&self, progress: Progress) {
        self.0.set_position((f64::from(progress.fraction.clamp(0.0, 1.0)) * 1000.0) as u64);
        if self.0.message() != progress.stage {
            self.0.set_message(progress.stage);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
