//! The fonts: a bundled one for Latin and Korean text, one for icons, and one of the system's when a name needs more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{FontData, FontDefinitions, FontFamily};

use super::theme;

const TEXT: &[u8] = include_bytes!("../../assets/fonts/NotoSansKR-Regular-subset.ttf");
const MEDIUM: &[u8] = include_bytes!("../../assets/fonts/NotoSans-Medium-subset.ttf");
const ICONS: &[u8] = include_bytes!("../../assets/fonts/Phosphor-subset.ttf");

/// Fonts that hold Chinese, Japanese and Korean, in the order in which they are tried.
const WIDE_FAMILIES: [&str; 8] = [
    "Noto Sans CJK KR",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Source Han Sans",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "Microsoft YaHei",
    "Droid Sans Fallback",
];

/// Gives the window the bundled fonts.
pub fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [("text", TEXT), ("medium", MEDIUM), ("icons", ICONS)] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let icons = fonts.font_data.get_mut("icons").and_then(Arc::get_mut);
    if let Some(icons) = icons {
        // Phosphor sits a little high beside Noto.
        icons.tweak.y_offset_factor = 0.06;
        icons.tweak.scale = 1.15;
    }
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        let names = fonts.families.entry(family.clone()).or_default();
        let at = usize::from(family == FontFamily::Monospace);
        names.insert(at, "text".to_owned());
        names.insert(at + 1, "icons".to_owned());
    }
    let body = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let heading = std::iter::once("medium".to_owned()).chain(body).collect();
    fonts.families.insert(theme::heading_family(), heading);
    ctx.set_fonts(fonts);
}

/// Fetches a font of the system on a thread of its own, once, when `text` has a letter that no font here can draw.
/// File names hold anything.
pub fn cover(ctx: &egui::Context, text: &str) {
    static ASKED: AtomicBool = AtomicBool::new(false);
    if ASKED.load(Ordering::Relaxed) || text.chars().all(|c| c < '\u{0250}') {
        return;
    }
    let font = egui::FontId::proportional(13.0);
    let is_covered = ctx.fonts_mut(|fonts| text.chars().all(|c| fonts.has_glyph(&font, c)));
    if is_covered || ASKED.swap(true, Ordering::Relaxed) {
        return;
    }
    let ctx = ctx.clone();
    let search = move || {
        if let Some(data) = wide_font() {
            add(&ctx, data);
        } else {
            tracing::debug!("no font of the system covers the name of a file");
        }
    };
    let thread = std::thread::Builder::new().name("fonts".to_owned()).spawn(search);
    if let Err(error) = thread {
        tracing::debug!(%error, "cannot start the thread that looks for fonts");
    }
}

fn add(ctx: &egui::Context, data: FontData) {
    let families = [FontFamily::Proportional, FontFamily::Monospace, theme::heading_family()];
    let families = families.map(|family| InsertFontFamily { family, priority: FontPriority::Lowest });
    ctx.add_font(FontInsert::new("system", data, families.to_vec()));
    ctx.request_repaint();
}

fn wide_font() -> Option<FontData> {
    let mut database = fontdb::Database::new();
    database.load_system_fonts();
    let found = WIDE_FAMILIES.iter().find_map(|family| {
        let families = [fontdb::Family::Name(family)];
        database.query(&fontdb::Query { families: &families, ..fontdb::Query::default() })
    })?;
    database.with_face_data(found, |bytes, index| {
        let mut data = FontData::from_owned(bytes.to_vec());
        data.index = index;
        data
    })
}
