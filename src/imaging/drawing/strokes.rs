//! Strokes as JSON: our own, and the door to QuickDraw's.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(super) use super::super::ink::MAX_STROKES as MOST;
use super::super::ink::{MAX_SAMPLES, Sample, Stroke};
use super::{Drawing, DrawingError, quickdraw};

/// Room around a drawing that is fitted into the paper.
const MARGIN: f32 = 0.08;

/// Drawings smaller than this are not enlarged: a dot stays one.
const LEAST: f32 = 1e-6;

#[derive(Serialize, Deserialize)]
struct File {
    strokes: Vec<Arc<Stroke>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    word: Option<String>,
}

/// Strokes with all their settings as JSON, to be read again by [`super::decode`]: nothing is lost.
#[must_use]
pub fn strokes_json(strokes: &[Arc<Stroke>], word: Option<&str>) -> String {
    let file = File { strokes: strokes.to_vec(), word: word.map(str::to_owned) };
    // Strokes are numbers and names, which JSON can always hold.
    serde_json::to_string(&file).unwrap_or_default()
}

/// Our own strokes, an object or a list of them, or a drawing of QuickDraw.
pub(super) fn parse(text: &str) -> Result<Drawing, DrawingError> {
    let damaged = |error: serde_json::Error| DrawingError::Damaged { kind: "JSON", reason: error.to_string() };
    // Of ndjson, one drawing a line, the first one counts.
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next().ok_or(DrawingError::Empty)?.map_err(damaged)?;
    let is_ours = value.get("strokes").is_some() || value.get(0).is_some_and(Value::is_object);
    if !is_ours {
        return quickdraw::parse(&value);
    }
    let file = if value.is_array() {
        File { strokes: serde_json::from_value(value).map_err(damaged)?, word: None }
    } else {
        serde_json::from_value(value).map_err(damaged)?
    };
    if !file.strokes.iter().all(|stroke| stroke.is_sound()) {
        let reason = "a stroke has a number that is out of range".to_owned();
        return Err(DrawingError::Damaged { kind: "JSON", reason });
    }
    checked(file.strokes, file.word)
}

pub(super) fn checked(strokes: Vec<Arc<Stroke>>, word: Option<String>) -> Result<Drawing, DrawingError> {
    match strokes.len() {
        0 => Err(DrawingError::Empty),
        count if count > MOST => Err(DrawingError::TooMany { limit: MOST }),
        _ => Ok(Drawing::Strokes { strokes, word }),
    }
}

/// Moves and scales paths, of which each point has a position and a time, so that all of them lie within the paper, as large as
/// they go; never squashed. Points that are no numbers are left out.
#[must_use]
pub fn fit(paths: Vec<Vec<Sample>>) -> Vec<Vec<Sample>> {
    let is_number = |sample: &Sample| sample.x.is_finite() && sample.y.is_finite();
    let all = paths.iter().flatten().filter(|sample| is_number(sample));
    let (low, high) = all.fold(([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]), |(low, high), at| {
        ([low[0].min(at.x), low[1].min(at.y)], [high[0].max(at.x), high[1].max(at.y)])
    });
    let span = (high[0] - low[0]).max(high[1] - low[1]);
    let scale = if span.is_finite() && span > LEAST { (1.0 - 2.0 * MARGIN) / span } else { 0.0 };
    let place = |value: f32, axis: usize| 0.5 + (value - 0.5 * (low[axis] + high[axis])) * scale;
    let moved = |path: Vec<Sample>| -> Vec<Sample> {
        let sound = path.into_iter().filter(is_number);
        sound.map(|sample| Sample { x: place(sample.x, 0), y: place(sample.y, 1), ..sample }).collect()
    };
    paths.into_iter().map(moved).filter(|path| !path.is_empty()).collect()
}

/// Not more samples than a stroke may have, the ends among them.
pub(super) fn thinned(path: Vec<Sample>) -> Vec<Sample> {
    let count = path.len();
    if count <= MAX_SAMPLES {
        return path;
    }
    (0..MAX_SAMPLES).map(|at| path[at * (count - 1) / (MAX_SAMPLES - 1)]).collect()
}
