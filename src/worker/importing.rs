//! What comes of a checkpoint that the window hands over.

use crate::sketch::theme_name;
use crate::weights::Entry;

/// Which room a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelUse {
    /// It fills holes.
    Erase,
    /// It is explored.
    Explore,
    /// It turns drawings into pictures.
    Sketch,
}

/// A model that was imported, as its card tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedModel {
    /// What it is called from now on.
    pub name: String,
    /// What it is chosen by in its room: a theme for drawings, otherwise its name.
    pub chosen_as: String,
    /// The kind of network, as people call it.
    pub family: String,
    /// The side of its pictures in pixels.
    pub side: u32,
    /// Which room it is for.
    pub for_room: ModelUse,
    /// Which file it was, and whose names its tensors had.
    pub note: String,
    /// Learned numbers.
    pub parameters: u64,
    /// Whether a discriminator came along.
    pub has_discriminator: bool,
    /// What of the file is not used, a line for each reason.
    pub ignored: Vec<String>,
    /// What the network needs and the file does not have, in a sentence each.
    pub filled: Vec<String>,
}

impl ImportedModel {
    pub(super) fn of(entry: &Entry) -> Self {
        let card = entry.card.clone().unwrap_or_default();
        let for_room = match entry.family {
            family if family.is_manifold() => ModelUse::Explore,
            family if family.is_sketcher() => ModelUse::Sketch,
            _ => ModelUse::Erase,
        };
        let is_theme = for_room == ModelUse::Sketch;
        Self {
            name: entry.name.clone(),
            chosen_as: if is_theme { theme_name(&entry.name) } else { entry.name.as_str() }.to_owned(),
            family: entry.family.to_string(),
            side: entry.resolution,
            for_room,
            note: entry.note.clone().unwrap_or_default(),
            parameters: card.parameters,
            has_discriminator: card.has_discriminator,
            ignored: card.ignored,
            filled: card.filled,
        }
    }
}
