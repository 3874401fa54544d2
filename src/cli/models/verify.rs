//! `pentimento models verify`: whether all weights are what their manifests say.

use candle_core::Device;
use serde::Serialize;

use super::super::errors::CliError;
use super::super::report::{print_json, print_line};
use super::unknown;
use crate::generators::catalog::try_file;
use crate::weights::{Catalog, Entry, WeightsError};

/// What is told of one file.
#[derive(Serialize)]
struct Verdict<'a> {
    name: &'a str,
    ok: bool,
    problem: Option<String>,
}

/// Checks the checksum, the values and the shapes of one model or all, and builds each network.
pub(super) fn run(name: Option<&str>, catalog: &Catalog, is_json: bool) -> Result<(), CliError> {
    #[derive(Serialize)]
    struct Report<'a> {
        models: &'a [Verdict<'a>],
    }
    let entries: Vec<&Entry> = match name {
        None => catalog.entries().iter().collect(),
        Some(name) => vec![catalog.find(name).ok_or_else(|| unknown(name, catalog))?],
    };
    let mut verdicts = Vec::new();
    for entry in entries {
        let problem = check(entry).err().map(|error| error.to_string());
        if !is_json {
            print_line(&format!("{}: {}", entry.name, problem.as_deref().unwrap_or("as it should be")))?;
        }
        verdicts.push(Verdict { name: &entry.name, ok: problem.is_none(), problem });
    }
    if is_json {
        print_json(&Report { models: &verdicts })?;
    } else if verdicts.is_empty() {
        print_line("there are no models with weights here")?;
    }
    match verdicts.iter().filter(|verdict| !verdict.ok).count() {
        0 => Ok(()),
        bad => Err(CliError::BadWeights { bad, all: verdicts.len() }),
    }
}

fn check(entry: &Entry) -> Result<(), WeightsError> {
    entry.verify()?;
    try_file(entry, &Device::Cpu)
}
