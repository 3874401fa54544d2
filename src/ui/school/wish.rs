//! What a panel about lessons or the gallery asks for. Panels draw and ask; they change nothing themselves.

use std::sync::Arc;

use crate::worker::schooling::{DrawingId, ProfileId, Reaction, Shelf};

/// Something a panel asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum SchoolWish {
    /// Begins a lesson on an empty paper.
    Start(Arc<str>),
    /// Draws as somebody.
    Profile(ProfileId),
    /// Adds somebody, who draws from now on.
    AddProfile(String),
    /// Gives somebody another name.
    RenameProfile(ProfileId, String),
    /// Removes somebody with all that is theirs.
    RemoveProfile(ProfileId),
    /// Shows another part of the gallery.
    Shelf(Shelf),
    /// Looks at the gallery again.
    LookAgain,
    /// Looks at a drawing more closely, or at none.
    Select(Option<DrawingId>),
    /// Says something about a drawing, or takes it back if it was said before.
    React(DrawingId, Reaction),
    /// Takes a drawing down for good.
    TakeDown(DrawingId),
    /// Puts a drawing on the paper.
    Fetch(DrawingId),
}
