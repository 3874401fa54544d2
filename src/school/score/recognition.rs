//! What a drawing looks like: a ranking of the themes by two views that are added.
//!
//! One compares it with every lesson that ships, by the mean distance between their lines, both ways and cut off (a symmetric
//! truncated Chamfer distance, Barrow et al. 1977), after both were put in the middle and made equally large: it knows the drawings
//! of the lessons, and what is near to them. The other, `looks`, was learned from free drawings of each theme's pictures. A good
//! drawing of something else is not recognized. How often both are right about free drawings stands in `tests/recognition.rs`.

use std::sync::{Arc, LazyLock};

use super::super::book::{lessons, themes};
use super::super::ink::{Frame, Ink, LineMap};
use super::looks::Looks;

/// Side of the grid on which drawings are compared with all lessons.
const SMALL: u32 = 64;
/// Distances are cut off at so many cells.
const CUT: f32 = 8.0;
/// How much nearer the lessons of one theme must be than those of another to be e times as likely, as a share of the cut.
const TEMPERATURE: f32 = 0.06;

static TEMPLATES: LazyLock<Vec<(Arc<str>, LineMap)>> = LazyLock::new(|| {
    let map = |ink: Ink| LineMap::new(&ink, Frame::fitted(&ink, SMALL), SMALL);
    lessons().iter().map(|lesson| (Arc::clone(&lesson.theme), map(Ink::of_strokes(&lesson.strokes())))).collect()
});

/// Themes in the order in which a drawing looks like them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognition {
    /// The most likely first, with shares that add up to 1; empty without ink.
    pub ranking: Vec<(Arc<str>, f32)>,
}

impl Recognition {
    /// How sure it is that a drawing is of `theme`, 0..=1.
    #[must_use]
    pub fn certainty(&self, theme: &str) -> f32 {
        self.ranking.iter().find(|(name, _)| &**name == theme).map_or(0.0, |&(_, share)| share)
    }

    /// What it looks like most.
    #[must_use]
    pub fn best(&self) -> Option<&str> {
        self.ranking.first().map(|(name, _)| &**name)
    }
}

/// Says which theme a drawing looks like.
#[must_use]
pub fn recognize(ink: &Ink) -> Recognition {
    if ink.is_empty() {
        return Recognition::default();
    }
    let drawn = LineMap::new(ink, Frame::fitted(ink, SMALL), SMALL);
    let distance =
        |template: &LineMap| f32::midpoint(drawn.mean_distance(template, CUT), template.mean_distance(&drawn, CUT));
    let nearest = |theme: &Arc<str>| {
        let own = TEMPLATES.iter().filter(|(name, _)| name == theme).map(|(_, template)| distance(template));
        own.fold(1.0, f32::min)
    };
    let looks = Looks::of(ink, &drawn, SMALL);
    let like = |theme: &Arc<str>| looks.like(theme) - nearest(theme) / TEMPERATURE;
    let likes: Vec<(Arc<str>, f32)> = themes().into_iter().map(|theme| (Arc::clone(&theme), like(&theme))).collect();
    let most = likes.iter().map(|&(_, like)| like).fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = likes.iter().map(|&(_, like)| (like - most).exp()).sum();
    let mut ranking: Vec<_> = likes.into_iter().map(|(theme, like)| (theme, (like - most).exp() / sum)).collect();
    ranking.sort_by(|a, b| b.1.total_cmp(&a.1));
    Recognition { ranking }
}
