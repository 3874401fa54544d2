//! SVG: strokes as paths, there and back.
//!
//! A stroke of one width is written as a line with that width, one that swells as its outline. Read are all paths and shapes
//! with their transforms; where they are filled only, their outlines are the lines.

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use usvg::tiny_skia_path::{PathSegment, Point};
use usvg::{Group, ImageHrefResolver, Node, Options, Paint, Path, Tree};

use super::super::ink::{Sample, Stroke, Tool, center_line, even_width, outline, shapes, without_erasers};
use super::DrawingError;
use super::strokes::{MOST, checked, fit, thinned};

/// The paper's side in the file's units.
const SIDE: f32 = 1000.0;

/// What the names of hints begin with, by which they are known when they are read again.
const HINT: &str = "hint-";

/// A layer to be written.
#[derive(Clone, Copy, Debug)]
pub struct SvgLayer<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Whether it shows.
    pub is_visible: bool,
    /// Oldest first.
    pub strokes: &'a [Arc<Stroke>],
}

/// Layers, bottom first, as an SVG of 1000 units on a side: one group each. What erasers took away is cut out; hints are lines
/// of their color, half transparent.
#[must_use]
pub fn svg(layers: &[SvgLayer<'_>]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{SIDE}\" \
         height=\"{SIDE}\" viewBox=\"0 0 {SIDE} {SIDE}\">\n"
    );
    let mut hints = 0;
    for layer in layers {
        let hidden = if layer.is_visible { "" } else { " display=\"none\"" };
        push(&mut out, format_args!("<g{hidden}>\n<title>{}</title>\n", escaped(layer.name)));
        for stroke in without_erasers(layer.strokes) {
            push_stroke(&mut out, &stroke, &mut hints);
        }
        out.push_str("</g>\n");
    }
    out.push_str("</svg>\n");
    out
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    out.write_fmt(text).ok();
}

fn push_stroke(out: &mut String, stroke: &Stroke, hints: &mut u32) {
    let is_hint = stroke.tool == Tool::Hint;
    let [r, g, b] = if is_hint { stroke.color } else { [0; 3] };
    let color = format!("#{r:02x}{g:02x}{b:02x}");
    let (mut name, mut opacity) = (String::new(), ["", ""]);
    if is_hint {
        *hints += 1;
        (name, opacity) = (format!(" id=\"{HINT}{hints}\""), [" stroke-opacity=\"0.5\"", " fill-opacity=\"0.5\""]);
    }
    let [line_opacity, area_opacity] = opacity;
    let nodes = center_line(stroke);
    match even_width(stroke) {
        Some(width) if nodes.len() > 1 => {
            let data = path_data(nodes.iter().map(|node| [node.x, node.y]));
            let width = width * SIDE;
            push(
                out,
                format_args!(
                    "<path{name} d=\"{data}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width:.3}\" \
                     stroke-linecap=\"round\" stroke-linejoin=\"round\"{line_opacity}/>\n"
                ),
            );
        }
        _ => {
            let data = path_data(outline(stroke).into_iter());
            push(out, format_args!("<path{name} d=\"{data}Z\" fill=\"{color}\"{area_opacity}/>\n"));
        }
    }
}

fn path_data(points: impl Iterator<Item = [f32; 2]>) -> String {
    let mut data = String::new();
    for (at, [x, y]) in points.enumerate() {
        let letter = if at == 0 { 'M' } else { 'L' };
        push(&mut data, format_args!("{letter}{:.2} {:.2}", x * SIDE, y * SIDE));
    }
    data
}

fn escaped(text: &str) -> String {
    let legal = text.chars().filter(|c| !c.is_control());
    legal.fold(String::new(), |mut out, c| {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
        out
    })
}

/// The lines of an SVG. A square drawing keeps its place on the paper; others are fitted into it.
pub(super) fn parse(text: &str) -> Result<Vec<Arc<Stroke>>, DrawingError> {
    let damaged = |reason: String| DrawingError::Damaged { kind: "SVG", reason };
    // Other people's parser: a file that makes it panic is damaged, and nothing is left half changed.
    let parsed = catch_unwind(AssertUnwindSafe(|| Tree::from_str(text, &options())));
    let tree = parsed
        .map_err(|_panic| damaged("its elements contradict each other".to_owned()))?
        .map_err(|error| damaged(error.to_string().lines().next().unwrap_or_default().to_owned()))?;
    let mut found = Vec::new();
    collect(tree.root(), &mut found)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let is_square = (width - height).abs() < 1e-3 * width;
    let looks: Vec<(Option<f32>, Option<[u8; 3]>)> = found.iter().map(|found| (found.width, found.hint)).collect();
    let paths: Vec<Vec<Sample>> = found.into_iter().map(|found| path_samples(&found.points)).collect();
    let paths = if is_square {
        let scaled = |s: Sample| Sample { x: s.x / width, y: s.y / width, ..s };
        paths.into_iter().map(|path| path.into_iter().map(scaled).collect()).collect()
    } else {
        fit(paths)
    };
    let strokes = paths.into_iter().zip(looks).map(|(path, (stroke_width, hint))| {
        let size = stroke_width.map_or(Stroke::PEN_SIZE, |units| (units / width.max(height)).clamp(1e-3, 0.5));
        let stroke = Stroke::computed(if hint.is_some() { Tool::Hint } else { Tool::Pen }, thinned(path));
        Arc::new(Stroke { size, color: hint.unwrap_or(stroke.color), ..stroke })
    });
    // What lies far outside of the picture does not show in it.
    let strokes: Vec<_> = strokes.filter(|stroke| stroke.is_sound()).collect();
    match checked(strokes, None)? {
        super::Drawing::Strokes { strokes, .. } => Ok(strokes),
        super::Drawing::Picture { .. } => Err(DrawingError::Unknown),
    }
}

/// Nothing is read but the text itself: pictures that it names stay where they are.
fn options() -> Options<'static> {
    let resolver = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    Options { image_href_resolver: resolver, ..Options::default() }
}

/// A line of the file.
struct Found {
    points: Vec<(f32, f32)>,
    /// In the file's units; `None` of the outline of an area.
    width: Option<f32>,
    /// The color of a hint of ours.
    hint: Option<[u8; 3]>,
}

fn collect(group: &Group, found: &mut Vec<Found>) -> Result<(), DrawingError> {
    for node in group.children() {
        match node {
            Node::Group(group) => collect(group, found)?,
            Node::Path(path) if path.is_visible() => collect_path(path, found),
            Node::Path(_) | Node::Image(_) | Node::Text(_) => {}
        }
        if found.len() > MOST {
            return Err(DrawingError::TooMany { limit: MOST });
        }
    }
    Ok(())
}

fn collect_path(path: &Path, found: &mut Vec<Found>) {
    let transform = path.abs_transform();
    let Some(data) = path.data().clone().transform(transform) else { return };
    let scale = transform.sx.hypot(transform.ky);
    let width = path.stroke().map(|stroke| stroke.width().get() * scale);
    let paint = path.stroke().map(usvg::Stroke::paint).or_else(|| path.fill().map(usvg::Fill::paint));
    let hint = match paint {
        Some(Paint::Color(color)) if path.id().starts_with(HINT) => Some([color.red, color.green, color.blue]),
        _ => None,
    };
    let mut points: Vec<(f32, f32)> = Vec::new();
    let mut finish = |points: &mut Vec<(f32, f32)>| {
        let line = std::mem::take(points);
        if line.len() > 1 {
            found.push(Found { points: line, width, hint });
        }
    };
    let pair = |point: Point| (point.x, point.y);
    let mut start = (0.0, 0.0);
    for segment in data.segments() {
        let from = points.last().copied().unwrap_or(start);
        match segment {
            PathSegment::MoveTo(to) => {
                finish(&mut points);
                start = pair(to);
                points.push(start);
            }
            PathSegment::LineTo(to) => {
                ensure(&mut points, start);
                points.push(pair(to));
            }
            PathSegment::QuadTo(bend, to) => {
                ensure(&mut points, start);
                let third = |a: f32, b: f32| a + (b - a) * (2.0 / 3.0);
                let (b, to) = (pair(bend), pair(to));
                let handles = [(third(from.0, b.0), third(from.1, b.1)), (third(to.0, b.0), third(to.1, b.1))];
                bend_to(&mut points, [from, handles[0], handles[1], to]);
            }
            PathSegment::CubicTo(a, b, to) => {
                ensure(&mut points, start);
                bend_to(&mut points, [from, pair(a), pair(b), pair(to)]);
            }
            PathSegment::Close => {
                ensure(&mut points, start);
                points.push(start);
                finish(&mut points);
            }
        }
    }
    finish(&mut points);
}

/// After a path was closed it goes on from where it began.
fn ensure(points: &mut Vec<(f32, f32)>, start: (f32, f32)) {
    if points.is_empty() {
        points.push(start);
    }
}

fn bend_to(points: &mut Vec<(f32, f32)>, curve: [(f32, f32); 4]) {
    /// Points of a curve.
    const PIECES: u32 = 24;
    let mix = |a: (f32, f32), b: (f32, f32), t: f32| (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
    let [a, b, c, d] = curve;
    points.extend((1..=PIECES).map(|piece| {
        let t = piece as f32 / PIECES as f32;
        let (ab, bc, cd) = (mix(a, b, t), mix(b, c, t), mix(c, d, t));
        mix(mix(ab, bc, t), mix(bc, cd, t), t)
    }));
}

/// Points as samples; times are those of an even speed.
fn path_samples(points: &[shapes::Point]) -> Vec<Sample> {
    points.iter().enumerate().map(|(at, &(x, y))| Sample::new(x, y, at as u32 * 16)).collect()
}
