//! Which networks are installed: manifests are files, and files are not for the window's thread.

use super::super::{Context, Done, Job, JobStep};
use crate::erase::Networks;

/// Reads the manifests anew.
pub(super) struct ListJob {
    networks: Networks,
}

impl ListJob {
    pub(super) fn new(networks: Networks) -> Self {
        Self { networks }
    }
}

impl Job for ListJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        let (networks, problems) = self.networks.refresh();
        JobStep::Done(Done::Networks { networks, problems })
    }
}
