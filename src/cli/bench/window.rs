//! How long the window's thread and a hand wait in the room Explore: part of the suites `explore` and `stylegan`.

use serde::Serialize;

use super::super::errors::CliError;
use super::Clock;
use crate::weights::{Entry, Family};

/// What a hand drags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// The slider through 16 frames.
    Slider,
    /// The pad of seeds.
    Pad,
}

/// A model in the window.
pub(super) struct Case {
    what: What,
    entry: Box<Entry>,
}

/// What is told of one case.
#[derive(Serialize)]
pub(super) struct WindowRow {
    name: String,
    /// Frames of the window that were timed.
    frames: usize,
    /// The window's work on the frame in the middle, and on the worst.
    median_ms: f64,
    worst_ms: f64,
    /// From a new way of the slider to its first picture, and to all 16.
    #[serde(skip_serializing_if = "Option::is_none")]
    cold_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    all_ms: Option<f64>,
    /// Pictures a second that follow the pad, and the longest time without a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pictures_a_second: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_ms: Option<f64>,
}

pub(super) const HEADING: &str =
    "window                        frames   median ms    worst ms     cold ms      all ms  pictures/s  longest ms";

impl WindowRow {
    pub(super) fn line(&self) -> String {
        let Self { name, frames, median_ms, worst_ms, cold_ms, all_ms, pictures_a_second, longest_ms } = self;
        let rest = [cold_ms, all_ms, pictures_a_second, longest_ms]
            .map(|value| value.map_or_else(|| format!("{:>12}", "-"), |value| format!("{value:>12.1}")));
        format!("{name:28}{frames:>8}{median_ms:>12.2}{worst_ms:>12.2}{}", rest.concat())
    }
}

/// The slider on every model that can be explored.
pub(super) fn sliders(entries: &[Entry]) -> Vec<Case> {
    cases(entries, What::Slider, Family::is_manifold)
}

/// The pad on every model with styles.
pub(super) fn pads(entries: &[Entry]) -> Vec<Case> {
    cases(entries, What::Pad, |family| matches!(family, Family::Stylegan | Family::Stylegan2))
}

fn cases(entries: &[Entry], what: What, is_wanted: impl Fn(Family) -> bool) -> Vec<Case> {
    let wanted = entries.iter().filter(|entry| cfg!(feature = "gui") && is_wanted(entry.family));
    wanted.map(|entry| Case { what, entry: Box::new(entry.clone()) }).collect()
}

impl Case {
    pub(super) fn name(&self) -> String {
        let what = if self.what == What::Slider { "slider" } else { "pad" };
        format!("{what} {}", self.entry.name)
    }
}

/// Drags as `case` says.
#[cfg(feature = "gui")]
pub(super) fn time(clock: &Clock, case: &Case) -> Result<WindowRow, CliError> {
    use crate::generators::catalog;
    use crate::ui::trial::{Trial, Works};
    use crate::worker::{Manifolds, ModelInfo};

    let (entry, ms) = (&case.entry, |time: std::time::Duration| 1e3 * time.as_secs_f64());
    let other = |error: anyhow::Error| CliError::other(&format!("{error:#}"));
    let models = vec![(ModelInfo::of(entry), catalog::manifold(entry, &clock.device)?)];
    let folder = tempfile::tempdir().map_err(|error| CliError::other(&error))?;
    let manifolds = Manifolds::ready_with(models, Some(folder.path().to_owned()));
    let mut trial = Trial::new(&entry.name, manifolds).map_err(other)?;
    let row = |works: &Works| WindowRow {
        name: case.name(),
        frames: works.count(),
        median_ms: ms(works.median()),
        worst_ms: ms(works.worst()),
        cold_ms: None,
        all_ms: None,
        pictures_a_second: None,
        longest_ms: None,
    };
    Ok(match case.what {
        What::Slider => {
            let found = trial.drag_slider(clock.n_rounds).map_err(other)?;
            WindowRow { cold_ms: Some(ms(found.cold)), all_ms: Some(ms(found.all)), ..row(&found.works) }
        }
        What::Pad => {
            let found = trial.drag_pad(clock.n_rounds).map_err(other)?;
            let longest_ms = Some(ms(found.longest));
            WindowRow { pictures_a_second: Some(found.rate), longest_ms, ..row(&found.works) }
        }
    })
}

/// There is no window in this build.
#[cfg(not(feature = "gui"))]
pub(super) fn time(_clock: &Clock, _case: &Case) -> Result<WindowRow, CliError> {
    Err(CliError::NoWindow)
}
