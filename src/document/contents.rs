//! What a session file and the journal hold: a document, an exploration, a sketch, or several of them.

use super::session_error::SessionFault;
use super::{Document, Exploration, Sketch};

/// All that a person works on. Cloning copies a few pointers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// The photo with its erasures.
    pub document: Option<Document>,
    /// What was done on a manifold.
    pub exploration: Option<Exploration>,
    /// What was drawn.
    pub sketch: Option<Sketch>,
}

impl Contents {
    /// Whether both are made of the very same parts: a look at pointers, never at pixels.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        fn both<T>(one: Option<&T>, other: Option<&T>, is_same: impl Fn(&T, &T) -> bool) -> bool {
            match (one, other) {
                (Some(a), Some(b)) => is_same(a, b),
                (None, None) => true,
                _ => false,
            }
        }
        both(self.document.as_ref(), other.document.as_ref(), Document::is_same)
            && both(self.exploration.as_ref(), other.exploration.as_ref(), Exploration::is_same)
            && both(self.sketch.as_ref(), other.sketch.as_ref(), Sketch::is_same)
    }

    /// Checks the invariants of all that there is, of which there must be something.
    ///
    /// # Errors
    /// The first one that is broken.
    pub fn validate(&self) -> Result<(), SessionFault> {
        if self.document.is_none() && self.exploration.is_none() && self.sketch.is_none() {
            return Err(SessionFault::Broken("there is nothing in it"));
        }
        self.document.as_ref().map_or(Ok(()), Document::validate).map_err(SessionFault::Invalid)?;
        self.exploration.as_ref().map_or(Ok(()), Exploration::validate).map_err(SessionFault::InvalidExploration)?;
        self.sketch.as_ref().map_or(Ok(()), Sketch::validate).map_err(SessionFault::InvalidSketch)
    }
}

impl From<Document> for Contents {
    fn from(document: Document) -> Self {
        Self { document: Some(document), ..Self::default() }
    }
}

impl From<Exploration> for Contents {
    fn from(exploration: Exploration) -> Self {
        Self { exploration: Some(exploration), ..Self::default() }
    }
}

impl From<Sketch> for Contents {
    fn from(sketch: Sketch) -> Self {
        Self { sketch: Some(sketch), ..Self::default() }
    }
}
