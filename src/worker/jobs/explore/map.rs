//! The flat map of the latents that were visited.

use std::sync::Arc;

use super::super::super::{Context, Done, Job, JobStep};
use super::Memory;
use crate::document::explore::Latent;
use crate::latent::LatentMap;

/// Lays latents out on a plane, near to how the last map lay.
pub(in super::super) struct MapJob {
    visited: Vec<Latent>,
    memory: Memory,
}

impl MapJob {
    pub(in super::super) const fn new(visited: Vec<Latent>, memory: Memory) -> Self {
        Self { visited, memory }
    }
}

impl Job for MapJob {
    fn step(&mut self, _context: &mut Context<'_>) -> JobStep {
        let mut last = self.memory.map.lock();
        *last = LatentMap::new(&self.visited, last.as_ref());
        JobStep::Done(Done::Mapped(last.clone().map(Arc::new)))
    }
}
