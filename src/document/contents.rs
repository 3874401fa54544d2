//! What a session file and the journal hold: a document, an exploration, or both.

use super::session_error::SessionFault;
use super::{Document, Exploration};

/// All that a person works on. Cloning copies a few pointers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// The photo with its erasures.
    pub document: Option<Document>,
    /// What was done on a manifold.
    pub exploration: Option<Exploration>,
}

impl Contents {
    /// Whether both are made of the very same parts: a look at pointers, never at pixels.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let same_document = match (&self.document, &other.document) {
            (Some(a), Some(b)) => a.is_same(b),
            (None, None) => true,
            _ => false,
        };
        let same_exploration = match (&self.exploration, &other.exploration) {
            (Some(a), Some(b)) => a.is_same(b),
            (None, None) => true,
            _ => false,
        };
        same_document && same_exploration
    }

    /// Checks the invariants of all that there is, of which there must be something.
    ///
    /// # Errors
    /// The first one that is broken.
    pub fn validate(&self) -> Result<(), SessionFault> {
        if self.document.is_none() && self.exploration.is_none() {
            return Err(SessionFault::Broken("there is nothing in it"));
        }
        self.document.as_ref().map_or(Ok(()), Document::validate).map_err(SessionFault::Invalid)?;
        self.exploration.as_ref().map_or(Ok(()), Exploration::validate).map_err(SessionFault::InvalidExploration)
    }
}

impl From<Document> for Contents {
    fn from(document: Document) -> Self {
        Self { document: Some(document), exploration: None }
    }
}

impl From<Exploration> for Contents {
    fn from(exploration: Exploration) -> Self {
        Self { document: None, exploration: Some(exploration) }
    }
}
