//! The room Sketch: strokes on a paper become a picture while they are drawn.
//!
//! [`Easel`] is its state; panels draw it and leave [`SketchWish`]es, which `wishes` fulfils. `live` decides when the worker
//! is asked, what it says arrives in `events`. Ink follows the pen whatever the worker does: `pen` makes strokes of pointer
//! events, `ribbon` draws the one under way, `tiles` keep all others as textures, `pen_to_ink` measures how soon.

mod bar;
mod commands;
mod cover;
mod easel;
mod events;
mod files;
mod layers;
mod live;
mod mark;
mod paper;
mod pen;
mod pen_to_ink;
mod picture;
mod ribbon;
mod sheet;
mod side;
mod start;
mod status;
mod strip;
mod themes;
mod tiles;
mod tool;
mod tool_column;
mod wish;
mod wishes;

pub use bar::ui as bar_ui;
pub use easel::{Easel, Freshness, Looks, Shows, SketchHistory, Variants};
pub use files::ExportKind;
pub use pen_to_ink::{FRAME, Hand, PenToInk, measure};
pub(in crate::ui) use ribbon::ribbon;
pub use sheet::{Around, ui as sheet_ui, vacant_place};
pub use side::ui as side_ui;
pub use start::row_ui as start_row_ui;
pub use status::ui as status_ui;
pub use strip::{HEIGHT as STRIP_HEIGHT, ui as strip_ui};
pub(in crate::ui) use themes::icon_of;
pub use themes::ui as themes_ui;
pub use tool::{DrawTool, Kit};
pub use tool_column::{is_on, ui as tools_ui};
pub use wish::SketchWish;
