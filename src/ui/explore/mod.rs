//! The room Explore: strokes on a generator's picture become wishes, a search follows them, a slider walks from before to
//! after, and an edit is carried onto a photo.
//!
//! [`Studio`] is its state; panels draw it and leave [`Wish`]es, which `wishes` fulfils. What the worker says arrives in
//! `events`.

mod bar;
mod brush;
mod commands;
mod crop;
mod directions;
mod drag;
mod drag_panel;
mod enlarge;
mod events;
mod export;
mod film;
mod gallery;
mod gesture;
mod helm;
mod hit;
mod ink;
mod kept;
mod map;
mod marks;
mod mix_sheet;
mod models;
mod morph;
mod pad;
mod pairs;
mod pictures;
mod player;
mod portrait;
mod portrait_panel;
mod rudder;
mod saving;
mod search;
mod side;
mod stage;
mod start;
mod status;
mod steer_panel;
mod strip;
mod strokes;
mod studio;
mod survey;
mod survey_panel;
mod target;
mod tool_column;
mod wish;
mod wishes;

pub use bar::ui as bar_ui;
pub use brush::{Brush, Palette};
pub(in crate::ui) use enlarge::enlarged;
pub use export::{ExportChoice, ui as export_ui};
pub use mix_sheet::{SheetChoice, ui as mix_sheet_ui};
pub use models::{import_ui as import_model_ui, row_ui as models_row_ui, ui as models_ui};
pub use morph::{HEIGHT as MORPH_HEIGHT, ui as morph_ui};
pub use pictures::Pictures;
pub(in crate::ui) use pictures::{address, image};
pub use player::Player;
pub use portrait::View as PortraitView;
pub use rudder::{Directions, Rudder, Sheet};
pub use side::ui as side_ui;
pub use stage::ui as stage_ui;
pub use start::ui as start_ui;
pub use status::ui as status_ui;
pub use studio::{Looks, Studio};
pub use tool_column::{is_on, ui as tools_ui};
pub use wish::Wish;
