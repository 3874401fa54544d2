//! What a drawing looks like: the theme whose nearest lesson is most like it.
//!
//! This is a ranking of templates, no trained network: a drawing is compared with every lesson that ships by the mean distance
//! between their lines, both ways and cut off (a symmetric truncated Chamfer distance, Barrow et al. 1977), after both were put
//! in the middle and made equally large. It knows the drawings of the lessons, and what is near to them; a good drawing of
//! something else is not recognized. How often it is right about free drawings stands in `tests/recognition.rs`.

use std::sync::{Arc, LazyLock};

use super::super::book::{lessons, themes};
use super::super::ink::{Frame, Ink, LineMap};

/// Side of the grid on which drawings are compared with all lessons.
const SMALL: u32 = 64;
/// Distances are cut off at so many cells.
const CUT: f32 = 8.0;
/// How much nearer one theme must be than another to be e times as likely, as a share of the cut.
const TEMPERATURE: f32 = 0.03;

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
    let near: Vec<(Arc<str>, f32)> = themes().into_iter().map(|theme| (Arc::clone(&theme), nearest(&theme))).collect();
    let least = near.iter().map(|&(_, distance)| distance).fold(1.0, f32::min);
    let likely = |distance: f32| ((least - distance) / TEMPERATURE).exp();
    let sum: f32 = near.iter().map(|&(_, distance)| likely(distance)).sum();
    let mut ranking: Vec<_> = near.into_iter().map(|(theme, distance)| (theme, likely(distance) / sum)).collect();
    ranking.sort_by(|a, b| b.1.total_cmp(&a.1));
    Recognition { ranking }
}
