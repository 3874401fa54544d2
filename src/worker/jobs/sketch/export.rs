//! Writing a sketch: its strokes, its picture, both, or its layers. Nothing is written before all of it is made.

use std::path::PathBuf;

use super::super::super::sketching::{ExportSketch, SketchDone, SketchExport};
use super::super::super::{Context, Done, Failure, Job, JobStep};
use super::super::{stage, step_of};
use super::{Easel, is_bare};
use crate::document::Sketch;
use crate::imaging::drawing::{
    DrawingError, OraLayer, SvgLayer, colors_of, fitted, ink_frame, open_raster, quickdraw, side_by_side, svg,
};
use crate::imaging::ink::{Hints, cut_out, raster, raster_hints, raster_layers};
use crate::imaging::io::{self, Encoding};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Plane, Samples, Size};
use crate::sketch::Role;

/// The sides that drawings are written at.
const SIDES: std::ops::RangeInclusive<u32> = 16..=8192;

/// The word of a drawing that has no theme.
const NO_WORD: &str = "drawing";

/// What the layers are called that are no layers of the sketch.
const UNDER_NAME: &str = "Under-drawing";
const RESULT_NAME: &str = "Picture";

/// Makes the picture if it is not there, then the bytes, then the file: one step each.
pub(super) struct ExportJob {
    asked: ExportSketch,
    easel: Easel,
    made: Made,
}

enum Made {
    Nothing,
    Picture(Option<Frame>),
    Bytes(Vec<u8>),
}

impl ExportJob {
    pub(super) const fn new(asked: ExportSketch, easel: Easel) -> Self {
        Self { asked, easel, made: Made::Nothing }
    }

    fn try_step(&mut self, context: &mut Context<'_>) -> Result<JobStep, Failure> {
        let ExportSketch { sketch, what, .. } = &self.asked;
        self.made = match std::mem::replace(&mut self.made, Made::Nothing) {
            Made::Nothing => {
                stage(context, "picture", 0.0);
                let is_needed = matches!(what, SketchExport::Result { .. } | SketchExport::Pair);
                Made::Picture(if is_needed { Some(picture(sketch, &self.easel)?) } else { ready(sketch) })
            }
            Made::Picture(picture) => {
                stage(context, "encode", 0.5);
                Made::Bytes(bytes(sketch, what, picture.as_ref())?)
            }
            Made::Bytes(bytes) => {
                stage(context, "write", 0.9);
                io::write_atomic(&self.asked.path, &bytes)?;
                let path: PathBuf = std::mem::take(&mut self.asked.path);
                let bytes = bytes.len() as u64;
                return Ok(JobStep::Done(Done::Sketch(SketchDone::Exported { path, bytes })));
            }
        };
        Ok(JobStep::More)
    }
}

impl Job for ExportJob {
    fn step(&mut self, context: &mut Context<'_>) -> JobStep {
        step_of(self.try_step(context))
    }
}

/// The full picture of what is drawn now, if it is there.
fn ready(sketch: &Sketch) -> Option<Frame> {
    let result = sketch.result.as_ref().filter(|result| result.is_full && result.of == sketch.key())?;
    Some(result.picture.clone())
}

fn picture(sketch: &Sketch, easel: &Easel) -> Result<Frame, Failure> {
    if let Some(picture) = ready(sketch) {
        return Ok(picture);
    }
    let loaded = easel.themes.load(&sketch.theme, Role::Best)?;
    let shown = easel.show(sketch, &loaded, loaded.side);
    if is_bare(sketch) || shown.is_blank() {
        let headline = "the paper is blank, so there is no picture to write: draw something first".to_owned();
        return Err(Failure { key: "error-sketch-blank", headline, details: String::new() });
    }
    Ok(easel.paint(&loaded, &shown, sketch.seed)?.picture)
}

fn bytes(sketch: &Sketch, what: &SketchExport, picture: Option<&Frame>) -> Result<Vec<u8>, Failure> {
    let strokes = sketch.counting_strokes();
    let ink = |side: u32| raster_layers(&strokes, side.clamp(*SIDES.start(), *SIDES.end()));
    match (what, picture) {
        (SketchExport::Ink { side }, _) => png(&ink_frame(&ink(*side))),
        (SketchExport::Result { background }, Some(picture)) => {
            png(&cut_out(picture, &ink(picture.size().width), *background))
        }
        (SketchExport::Pair, Some(picture)) => {
            let side = picture.size().width;
            png(&side_by_side(&on_paper(&ink(side), raster_hints(&strokes, side).as_ref()), picture))
        }
        (SketchExport::Svg, _) => Ok(svg_of(sketch).into_bytes()),
        (SketchExport::QuickDraw, _) => {
            let word = if sketch.theme.is_empty() { NO_WORD } else { &*sketch.theme };
            Ok(quickdraw(&strokes, word).into_bytes())
        }
        (SketchExport::OpenRaster { side }, picture) => Ok(layered(sketch, *side, picture)?),
        (SketchExport::Result { .. } | SketchExport::Pair | SketchExport::TimeLapse(_), _) => {
            let headline = "this export needs a picture that is not there".to_owned();
            Err(Failure { key: "error-sketch-blank", headline, details: String::new() })
        }
    }
}

fn png(frame: &Frame) -> Result<Vec<u8>, Failure> {
    Ok(io::encode(frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png))?)
}

fn svg_of(sketch: &Sketch) -> String {
    let has_solo = sketch.layers.iter().any(|layer| layer.is_solo);
    let layers: Vec<_> = sketch
        .layers
        .iter()
        .map(|layer| {
            let is_visible = if has_solo { layer.is_solo } else { layer.is_visible };
            SvgLayer { name: &layer.name, is_visible, strokes: layer.strokes() }
        })
        .collect();
    svg(&layers)
}

/// Bottom first: what was drawn after, the picture, the layers.
fn layered(sketch: &Sketch, side: u32, picture: Option<&Frame>) -> Result<Vec<u8>, DrawingError> {
    let side = side.clamp(*SIDES.start(), *SIDES.end());
    let size = Size::new(side, side);
    let mut layers = Vec::new();
    if let Some(below) = &sketch.under_drawing {
        let picture = fitted(&below.picture, side);
        layers.push(OraLayer { name: UNDER_NAME.to_owned(), picture, opacity: below.opacity, is_visible: true });
    }
    if let Some(picture) = picture {
        let picture = fitted(picture, side);
        layers.push(OraLayer { name: RESULT_NAME.to_owned(), picture, opacity: 1.0, is_visible: true });
    }
    let has_solo = sketch.layers.iter().any(|layer| layer.is_solo);
    for layer in &sketch.layers {
        let picture = drawn(&raster(layer.strokes(), side), raster_hints(&[layer.strokes()], side).as_ref());
        let is_visible = if has_solo { layer.is_solo } else { layer.is_visible };
        layers.push(OraLayer { name: layer.name.clone(), picture, opacity: 1.0, is_visible });
    }
    open_raster(&layers, &merged(&layers, size))
}

/// Ink over hints on white paper.
pub(super) fn on_paper(ink: &Plane<f32>, hints: Option<&Hints>) -> Frame {
    hints.map_or_else(|| ink_frame(ink), |hints| colors_of(&drawn(ink, Some(hints)), u32::MAX))
}

/// Ink over hints, transparent elsewhere.
fn drawn(ink: &Plane<f32>, hints: Option<&Hints>) -> Frame {
    let size = ink.size();
    let mut samples = Vec::with_capacity(size.area() * 4);
    for (at, &ink) in ink.data().iter().enumerate() {
        let (colors, mask) = hints.map_or(([0.0; 3], 0.0), |hints| {
            (hints.colors.each_ref().map(|plane| plane.data()[at]), hints.mask.data()[at])
        });
        let alpha = ink + mask * (1.0 - ink);
        // Black ink adds nothing to premultiplied colors.
        let color = colors.map(|color| if alpha > 0.0 { color * (1.0 - ink) / alpha } else { 0.0 });
        samples.extend(color.map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8));
        samples.push((alpha * 255.0).round() as u8);
    }
    Frame::new(size, ColorModel::Rgba, Samples::U8(samples)).unwrap_or_else(|| ink_frame(ink))
}

/// What the visible layers look like on white.
fn merged(layers: &[OraLayer], size: Size) -> Frame {
    let mut values = vec![255.0f32; size.area() * 3];
    for layer in layers.iter().filter(|layer| layer.is_visible) {
        for at in 0..size.area() {
            let (x, y) = (at as u32 % size.width, at as u32 / size.width);
            let alpha = layer.picture.alpha_at(x, y) * layer.opacity;
            for (value, color) in values[3 * at..].iter_mut().zip(layer.picture.rgb_at(x, y)) {
                *value += (color - *value) * alpha;
            }
        }
    }
    let samples = values.into_iter().map(|value| value.round() as u8).collect();
    let white = || ink_frame(&Plane::filled(size, 0.0));
    Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap_or_else(white)
}
