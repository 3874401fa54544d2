//! What was measured as a JSON file: the fields of `pentimento eval --json`, one after the other.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::super::super::super::exploring::Surveyed;
use super::super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::super::last;
use crate::imaging::io;

/// Writes findings.
pub(in super::super::super) struct FindingsJob {
    model: String,
    findings: Vec<Surveyed>,
    path: PathBuf,
}

impl FindingsJob {
    pub(in super::super::super) const fn new(model: String, findings: Vec<Surveyed>, path: PathBuf) -> Self {
        Self { model, findings, path }
    }

    fn write(&self) -> Result<Done, Failure> {
        let failed = |error: &serde_json::Error| Failure::from_error("error-internal", error);
        let mut fields = Map::from_iter([("model".to_owned(), json!(self.model))]);
        for found in &self.findings {
            let (name, value) = field_of(found).map_err(|error| failed(&error))?;
            fields.insert(name.to_owned(), value);
        }
        let text = serde_json::to_string_pretty(&fields).map_err(|error| failed(&error))?;
        io::write_atomic(Path::new(&self.path), text.as_bytes())?;
        Ok(Done::FindingsSaved { path: self.path.clone() })
    }
}

impl Job for FindingsJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        last(self.write())
    }
}

/// A finding under the name that the command line gives it.
fn field_of(found: &Surveyed) -> Result<(&'static str, Value), serde_json::Error> {
    Ok(match found {
        Surveyed::Paths(lengths) => ("ppl", serde_json::to_value(lengths)?),
        Surveyed::Truncation(curve) => ("truncation", serde_json::to_value(curve)?),
        Surveyed::Mixing(mixing) => ("mixing", serde_json::to_value(mixing)?),
        Surveyed::Noise(share, _) => ("noise", serde_json::to_value(share)?),
        Surveyed::Separability(told) => ("separability", serde_json::to_value(told)?),
        Surveyed::Pictures(frechet) => ("pictures", serde_json::to_value(frechet)?),
    })
}
