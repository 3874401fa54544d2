//! Which method fills a hole, and the names that files, sessions and the command line know them by.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which method fills a hole.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Engine {
    /// Whichever suits the hole: see [`super::choose`].
    Auto,
    /// Multi-scale exemplar synthesis from the photo itself. Needs no weights.
    #[default]
    Exemplar,
    /// A smooth pull-push membrane: for sky, walls and dust.
    Membrane,
    /// A network by the name of its weights, or of its family: then the first one installed.
    Network(String),
}

impl Engine {
    /// The engines that are always there.
    pub const OWN: [Self; 3] = [Self::Auto, Self::Exemplar, Self::Membrane];

    /// Its name: what [`Engine::from_str`] reads.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Auto => "auto",
            Self::Exemplar => "exemplar",
            Self::Membrane => "membrane",
            Self::Network(name) => name,
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that can be no engine's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of a model is made of letters, digits, dots, hyphens and underscores")]
pub struct NotAnEngine;

impl FromStr for Engine {
    type Err = NotAnEngine;

    /// Any name that a network could have is one; whether it is installed is found out when a job starts.
    fn from_str(name: &str) -> Result<Self, NotAnEngine> {
        if let Some(own) = Self::OWN.into_iter().find(|engine| engine.name() == name) {
            return Ok(own);
        }
        let is_sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let is_name = (1..=128).contains(&name.len()) && name.chars().all(is_sound);
        if is_name { Ok(Self::Network(name.to_owned())) } else { Err(NotAnEngine) }
    }
}

impl From<Engine> for String {
    fn from(engine: Engine) -> Self {
        engine.name().to_owned()
    }
}

impl TryFrom<String> for Engine {
    type Error = NotAnEngine;

    fn try_from(name: String) -> Result<Self, NotAnEngine> {
        name.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_and_nonsense_is_none() {
        for engine in Engine::OWN.into_iter().chain([Engine::Network("comodgan-photos-256".to_owned())]) {
            assert_eq!(engine.name().parse(), Ok(engine.clone()), "{engine}");
            let text = serde_json::to_string(&engine).unwrap();
            assert_eq!(serde_json::from_str::<Engine>(&text).unwrap(), engine, "{text}");
        }
        for name in ["", "two words", "../escape/", "näme"] {
            assert_eq!(name.parse::<Engine>(), Err(NotAnEngine), "{name}");
        }
    }
}
