//! The autosave journal: this run's own, and what runs left behind that ended without saving.

use std::path::Path;

use super::super::{Context, Done, Failure, Job, JobStep};
use super::{Shared, last};
use crate::document::{Autosave, Contents, Leftover, SessionError, SessionLimits};

/// Owns this run's journal and the leftovers of others. Without a folder, or when it cannot be used, it keeps nothing.
#[derive(Debug, Default)]
pub(in super::super) struct Keeper {
    autosave: Option<Autosave>,
    /// The newest first.
    leftovers: Vec<Leftover>,
    trouble: Option<Failure>,
}

impl Keeper {
    /// A journal for this run under `root`.
    pub(in super::super) fn open(root: Option<&Path>) -> Self {
        let Some(root) = root else { return Self::default() };
        match Autosave::open(root) {
            Ok((autosave, leftovers)) => Self { autosave: Some(autosave), leftovers, trouble: None },
            Err(error) => {
                tracing::warn!("there is no autosave in this run: {error}");
                Self { trouble: Some(error.into()), ..Self::default() }
            }
        }
    }

    /// Whether a run ended without saving.
    pub(in super::super) fn has_leftovers(&self) -> bool {
        !self.leftovers.is_empty()
    }

    /// Says goodbye: the program ends as it should, and nothing is to be recovered from this run.
    pub(in super::super) fn close(&mut self) -> Result<(), SessionError> {
        self.autosave.take().map_or(Ok(()), Autosave::close)
    }

    /// The newest session left behind. Its journal goes only when the session is in this run's own.
    pub(super) fn recover(&mut self, limits: &SessionLimits) -> Result<Contents, Failure> {
        while !self.leftovers.is_empty() {
            let leftover = self.leftovers.remove(0);
            let recovered = match leftover.recover(limits) {
                Ok(recovered) => recovered,
                Err(error) => {
                    self.leftovers.insert(0, leftover);
                    return Err(error.into());
                }
            };
            let Some(contents) = recovered else {
                // A run that ended before its first snapshot was complete: nothing is lost with it.
                forget(leftover);
                continue;
            };
            match self.autosave.as_mut().map(|autosave| autosave.append(&contents)) {
                Some(Ok(())) => forget(leftover),
                Some(Err(error)) => {
                    tracing::warn!("what was recovered stays in its old journal: {error}");
                    self.leftovers.push(leftover);
                }
                None => self.leftovers.push(leftover),
            }
            return Ok(contents);
        }
        let headline = "nothing was left behind by an earlier run that could be recovered".to_owned();
        Err(Failure { key: "error-nothing-to-recover", headline, details: String::new() })
    }

    fn append(&mut self, contents: &Contents) -> Result<(), Failure> {
        match (&mut self.autosave, &self.trouble) {
            (Some(autosave), _) => Ok(autosave.append(contents)?),
            (None, Some(trouble)) => Err(trouble.clone()),
            (None, None) => Ok(()),
        }
    }

    fn discard_leftovers(&mut self) -> Result<(), Failure> {
        let results: Vec<_> = self.leftovers.drain(..).map(Leftover::discard).collect();
        results.into_iter().collect::<Result<(), SessionError>>().map_err(Failure::from)
    }
}

fn forget(leftover: Leftover) {
    if let Err(error) = leftover.discard() {
        tracing::warn!("an old autosave journal stays on the disk: {error}");
    }
}

/// Appends a snapshot.
pub(super) struct AutosaveJob {
    contents: Contents,
    keeper: Shared<Keeper>,
}

impl AutosaveJob {
    pub(super) fn new(contents: Contents, keeper: Shared<Keeper>) -> Self {
        Self { contents, keeper }
    }
}

impl Job for AutosaveJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        last(self.keeper.lock().append(&self.contents).map(|()| Done::Autosaved))
    }
}

/// Throws all leftovers away.
pub(super) struct DiscardJob {
    keeper: Shared<Keeper>,
}

impl DiscardJob {
    pub(super) fn new(keeper: Shared<Keeper>) -> Self {
        Self { keeper }
    }
}

impl Job for DiscardJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        last(self.keeper.lock().discard_leftovers().map(|()| Done::Discarded))
    }
}
