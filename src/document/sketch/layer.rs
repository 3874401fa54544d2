//! A layer of a sketch: strokes that are shown, hidden and ordered together.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::imaging::ink::{Stroke, mix};

/// Names a layer for as long as its sketch lives, in every snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LayerId(pub u64);

/// Strokes, oldest first. Each takes effect on those before it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Stable name.
    pub id: LayerId,
    /// What people call it.
    pub name: String,
    /// Hidden layers are neither drawn nor asked about.
    pub is_visible: bool,
    /// As soon as any layer is soloed, only soloed ones count.
    pub is_solo: bool,
    strokes: Vec<Arc<Stroke>>,
    /// One for each stroke.
    turns: Vec<u32>,
    /// Of all strokes; kept, so that a sketch can be told from another one without looking at its strokes.
    digest: u64,
}

impl Layer {
    /// An empty one that shows.
    #[must_use]
    pub fn new(id: LayerId, name: impl Into<String>) -> Self {
        Self::with_strokes(id, name, Vec::new())
    }

    /// A visible layer of `strokes`, oldest first, of which nobody knows the turns.
    #[must_use]
    pub fn with_strokes(id: LayerId, name: impl Into<String>, strokes: Vec<Arc<Stroke>>) -> Self {
        let (digest, turns) = (digest_of(&strokes), vec![0; strokes.len()]);
        Self { id, name: name.into(), is_visible: true, is_solo: false, strokes, turns, digest }
    }

    /// The same layer, whose strokes had these turns; no change where there are more or fewer of them, or they fall.
    #[must_use]
    pub fn with_turns(mut self, turns: Vec<u32>) -> Self {
        if turns.len() == self.strokes.len() && turns.is_sorted() {
            self.turns = turns;
        }
        self
    }

    /// Oldest first.
    #[must_use]
    pub fn strokes(&self) -> &[Arc<Stroke>] {
        &self.strokes
    }

    /// When each stroke was drawn among the strokes of all layers: the smaller, the earlier; 0 where nobody knows.
    #[must_use]
    pub fn turns(&self) -> &[u32] {
        &self.turns
    }

    /// Adds a stroke on top, drawn in this turn.
    pub fn push(&mut self, stroke: Arc<Stroke>, turn: u32) {
        self.digest = mix(self.digest, stroke.digest());
        self.strokes.push(stroke);
        self.turns.push(turn);
    }

    /// Keeps only strokes that `wanted` holds for. Returns how many are gone.
    pub fn retain(&mut self, wanted: impl Fn(&Stroke) -> bool) -> usize {
        let before = self.strokes.len();
        let all = std::mem::take(&mut self.strokes).into_iter().zip(std::mem::take(&mut self.turns));
        (self.strokes, self.turns) = all.filter(|(stroke, _)| wanted(stroke)).unzip();
        if self.strokes.len() < before {
            self.digest = digest_of(&self.strokes);
        }
        before - self.strokes.len()
    }

    /// A number that tells its strokes from others, in this order.
    #[must_use]
    pub const fn digest(&self) -> u64 {
        self.digest
    }
}

impl PartialEq for Layer {
    fn eq(&self, other: &Self) -> bool {
        let same = |(a, b): (&Arc<Stroke>, &Arc<Stroke>)| Arc::ptr_eq(a, b) || a == b;
        (self.id, self.is_visible, self.is_solo, self.strokes.len(), self.digest)
            == (other.id, other.is_visible, other.is_solo, other.strokes.len(), other.digest)
            && self.name == other.name
            && self.turns == other.turns
            && self.strokes.iter().zip(&other.strokes).all(same)
    }
}

fn digest_of(strokes: &[Arc<Stroke>]) -> u64 {
    strokes.iter().fold(0, |digest, stroke| mix(digest, stroke.digest()))
}
