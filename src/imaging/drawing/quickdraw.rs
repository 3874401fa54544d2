//! QuickDraw's ndjson: one drawing a line, strokes as lists of x, y and milliseconds.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::ink::{Sample, Stroke, Tool, without_erasers};
use super::strokes::{checked, fit, thinned};
use super::{Drawing, DrawingError};

/// The paper's side in the file's numbers.
const SIDE: f32 = 256.0;

/// Between two strokes whose times are not told.
const PAUSE: u32 = 150;

/// A drawing as one line of ndjson with its line end: positions in 0..256 with two decimals, times from the drawing's start. Layers come
/// bottom first; what erasers took away is cut out, and hints are left out.
#[must_use]
pub fn quickdraw(layers: &[&[Arc<Stroke>]], word: &str) -> String {
    let round = |value: f32| (f64::from(value * SIDE) * 100.0).round() / 100.0;
    let mut start = 0;
    let mut drawing = Vec::new();
    let strokes = layers.iter().flat_map(|layer| without_erasers(layer));
    for stroke in strokes.filter(|stroke| stroke.tool == Tool::Pen) {
        let list = |number: &dyn Fn(&Sample) -> Value| stroke.samples.iter().map(number).collect::<Vec<_>>();
        let times = list(&|sample| json!(start + sample.millis));
        drawing.push(json!([list(&|s| json!(round(s.x))), list(&|s| json!(round(s.y))), times]));
        start += stroke.millis() + PAUSE;
    }
    format!("{}\n", json!({ "word": word, "recognized": true, "side": SIDE, "drawing": drawing }))
}

/// The drawing of an object with a `drawing`, or of its bare list. Drawings that tell the paper's side stay where they are,
/// others are fitted into it.
pub(super) fn parse(value: &Value) -> Result<Drawing, DrawingError> {
    let damaged = |reason: &str| DrawingError::Damaged { kind: "QuickDraw", reason: reason.to_owned() };
    let list = value.get("drawing").unwrap_or(value).as_array().ok_or_else(|| damaged("it has no list of strokes"))?;
    let side = value.get("side").and_then(Value::as_f64).filter(|side| side.is_finite() && *side > 0.0);
    let mut paths = Vec::new();
    for stroke in list {
        let numbers =
            |axis: usize| -> Option<Vec<f64>> { stroke.get(axis)?.as_array()?.iter().map(Value::as_f64).collect() };
        let (Some(x), Some(y)) = (numbers(0), numbers(1)) else {
            return Err(damaged("a stroke is no pair of lists of numbers"));
        };
        if x.len() != y.len() {
            return Err(damaged("a stroke has more x than y"));
        }
        let times = numbers(2).filter(|times| times.len() == x.len());
        paths.push(path(&x, &y, times.as_deref()));
    }
    let paths = match side {
        Some(side) => paths.into_iter().map(|path| scaled(path, side as f32)).collect(),
        None => fit(paths),
    };
    let strokes = paths
        .into_iter()
        .filter(|path| !path.is_empty())
        .map(|path| Arc::new(Stroke { is_pressure_simulated: true, ..Stroke::new(Tool::Pen, thinned(path)) }));
    let strokes: Vec<_> = strokes.collect();
    if !strokes.iter().all(|stroke| stroke.is_sound()) {
        return Err(damaged("a stroke lies outside of the paper"));
    }
    checked(strokes, value.get("word").and_then(Value::as_str).map(str::to_owned))
}

fn path(x: &[f64], y: &[f64], times: Option<&[f64]>) -> Vec<Sample> {
    let start = times.and_then(|times| times.first()).copied().unwrap_or(0.0);
    let mut last = 0;
    let samples = x.iter().zip(y).enumerate().map(|(at, (&x, &y))| {
        let millis = times.map_or(at as f64 * 16.0, |times| times[at] - start);
        last = last.max(millis.clamp(0.0, f64::from(u32::MAX / 2)) as u32);
        Sample::new(x as f32, y as f32, last)
    });
    samples.collect()
}

fn scaled(path: Vec<Sample>, side: f32) -> Vec<Sample> {
    path.into_iter().map(|sample| Sample { x: sample.x / side, y: sample.y / side, ..sample }).collect()
}
