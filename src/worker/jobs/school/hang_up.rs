//! What is drawn now as something that the gallery keeps.

use std::sync::Arc;

use super::super::super::Failure;
use crate::document::Sketch;
use crate::imaging::drawing::ink_frame;
use crate::imaging::ink::{Stroke, raster_layers, without_erasers};
use crate::imaging::io::{self, Encoding};
use crate::imaging::{FileFormat, Frame, Metadata};
use crate::library::gallery::{DrawingFiles, NewDrawing, ProfileId};
use crate::school::find;

/// Pixels on a side of the drawing's picture.
const SIDE: u32 = 512;

/// The drawing of `profile`, who `scored` so many stars in a lesson.
pub(super) fn new_drawing(
    profile: ProfileId,
    sketch: &Sketch,
    scored: Option<&(Arc<str>, u8)>,
    now_secs: u64,
) -> Result<NewDrawing, Failure> {
    if sketch.is_blank() {
        let headline = "the paper is blank, so there is nothing to hang up: draw something first".to_owned();
        return Err(Failure { key: "error-sketch-blank", headline, details: String::new() });
    }
    let lesson = scored.and_then(|(name, _)| find(name));
    let picture = sketch.result.as_ref().filter(|result| result.of == sketch.key());
    let files = DrawingFiles {
        strokes: strokes_of(sketch),
        sketch_png: png(&ink_frame(&raster_layers(&sketch.counting_strokes(), SIDE)))?,
        picture_png: picture.map(|result| png(&result.picture)).transpose()?,
    };
    Ok(NewDrawing {
        profile,
        theme: lesson.map_or_else(|| Arc::clone(&sketch.theme), |lesson| Arc::clone(&lesson.theme)),
        lesson: lesson.map(|lesson| Arc::clone(&lesson.name)),
        stars: scored.map(|(_, stars)| *stars),
        made_secs: now_secs,
        files,
    })
}

/// The strokes that count as if they lay on one layer: erasers reach their own layer only, so where there are several, what they
/// took away is cut out.
fn strokes_of(sketch: &Sketch) -> Vec<Arc<Stroke>> {
    match sketch.counting_strokes().as_slice() {
        [strokes] => strokes.to_vec(),
        layers => layers.iter().flat_map(|strokes| without_erasers(strokes)).collect(),
    }
}

fn png(frame: &Frame) -> Result<Vec<u8>, Failure> {
    Ok(io::encode(frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png))?)
}
