//! A drawing in steps.

use std::sync::Arc;

use serde::Deserialize;
use thiserror::Error;

use crate::imaging::ink::{Sample, Stroke, Tool};

/// Coordinates in files are thousandths of the paper's side.
const UNIT: f32 = 1000.0;

/// Milliseconds that drawing one side of the paper takes in a lesson's own strokes.
const MILLIS_A_SIDE: f32 = 1500.0;

/// Why a file of lessons is none.
#[derive(Debug, Error)]
pub enum LessonError {
    /// It is no JSON, or has other fields.
    #[error("the file of lessons cannot be read: {reason}")]
    Unreadable {
        /// What the parser said.
        reason: String,
    },
    /// A lesson has no steps, a step no lines, or a line lies beside the paper.
    #[error("the lesson {lesson} is not sound: {reason}")]
    Unsound {
        /// Its name.
        lesson: String,
        /// What is wrong.
        reason: &'static str,
    },
}

/// A drawing in steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// The theme that it belongs to, such as `cats`.
    pub theme: Arc<str>,
    /// Its name among all lessons, such as `cat-with-scarf`.
    pub name: Arc<str>,
    /// What it is called, in English and in Korean.
    pub title: [Arc<str>; 2],
    /// 1..=3: how much there is to draw.
    pub difficulty: u8,
    /// How long it may take in timed mode.
    pub limit_secs: u32,
    /// What three stars in it are worth.
    pub worth: u32,
    /// Whose work it was made from, and under which licence.
    pub credit: Arc<str>,
    /// What to draw, in order; at least one.
    pub steps: Vec<Step>,
}

/// A group of strokes that are drawn together.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The part's name, such as `left ear`; also how it is named when it is missing.
    pub part: Arc<str>,
    /// What to do, in English and in Korean.
    pub words: [Arc<str>; 2],
    /// Pen strokes on the paper; at least one.
    pub strokes: Vec<Arc<Stroke>>,
}

impl Lesson {
    /// All strokes, in order.
    #[must_use]
    pub fn strokes(&self) -> Vec<Arc<Stroke>> {
        self.steps.iter().flat_map(|step| step.strokes.iter().cloned()).collect()
    }

    /// Reads a file of lessons.
    ///
    /// # Errors
    /// One sentence when it is no such file, or a lesson has nothing to draw or draws beside the paper.
    pub fn read_all(json: &str) -> Result<Vec<Self>, LessonError> {
        let file: BookFile =
            serde_json::from_str(json).map_err(|error| LessonError::Unreadable { reason: error.to_string() })?;
        file.lessons.into_iter().map(|lesson| lesson.open(&file.theme)).collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BookFile {
    theme: Arc<str>,
    lessons: Vec<LessonFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LessonFile {
    name: Arc<str>,
    title: [Arc<str>; 2],
    difficulty: u8,
    limit_secs: u32,
    worth: u32,
    credit: Arc<str>,
    steps: Vec<StepFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    part: Arc<str>,
    words: [Arc<str>; 2],
    /// Each is x, y, x, y, … in thousandths of the side.
    lines: Vec<Vec<i32>>,
}

impl LessonFile {
    fn open(self, theme: &Arc<str>) -> Result<Lesson, LessonError> {
        let unsound = |reason| LessonError::Unsound { lesson: self.name.to_string(), reason };
        if self.steps.is_empty() {
            return Err(unsound("it has no steps"));
        }
        if !(1..=3).contains(&self.difficulty) || self.limit_secs == 0 {
            return Err(unsound("its difficulty or its time is out of range"));
        }
        let mut steps = Vec::with_capacity(self.steps.len());
        for step in self.steps {
            let strokes: Option<Vec<_>> = step.lines.iter().map(|line| stroke(line).map(Arc::new)).collect();
            let strokes = strokes.ok_or_else(|| unsound("a line lies beside the paper or has no two points"))?;
            if strokes.is_empty() {
                return Err(unsound("a step has nothing to draw"));
            }
            steps.push(Step { part: step.part, words: step.words, strokes });
        }
        let Self { name, title, difficulty, limit_secs, worth, credit, .. } = self;
        Ok(Lesson { theme: Arc::clone(theme), name, title, difficulty, limit_secs, worth, credit, steps })
    }
}

/// A pen stroke through the points of a file; `None` when they are fewer than two, odd, or beside the paper.
fn stroke(line: &[i32]) -> Option<Stroke> {
    let is_sound = line.len() >= 4 && line.len().is_multiple_of(2) && line.iter().all(|v| (0..=1000).contains(v));
    if !is_sound {
        return None;
    }
    let (mut samples, mut way): (Vec<Sample>, f32) = (Vec::with_capacity(line.len() / 2), 0.0);
    for point in line.chunks_exact(2) {
        let (x, y) = (point[0] as f32 / UNIT, point[1] as f32 / UNIT);
        way += samples.last().map_or(0.0, |last| (x - last.x).hypot(y - last.y));
        samples.push(Sample::new(x, y, (way * MILLIS_A_SIDE) as u32));
    }
    Some(Stroke::computed(Tool::Pen, samples)).filter(Stroke::is_sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(line: &str) -> String {
        format!(
            r#"{{"theme":"t","lessons":[{{"name":"n","title":["a","b"],"difficulty":1,"limit_secs":60,"worth":30,
            "credit":"c","steps":[{{"part":"p","words":["x","y"],"lines":[{line}]}}]}}]}}"#
        )
    }

    #[test]
    fn what_is_no_lesson_is_refused() {
        assert_eq!(Lesson::read_all(&book("[0,0,1000,500]")).unwrap()[0].strokes().len(), 1, "this is one");
        for line in ["", "[]", "[1,2]", "[1,2,3]", "[0,0,1001,0]", "[0,0,-1,5]", "[0.5,0,1,1]", "[[0,0]]"] {
            assert!(Lesson::read_all(&book(line)).is_err(), "{line}");
        }
        assert!(Lesson::read_all("{}").is_err() && Lesson::read_all("").is_err(), "no book at all");
    }
}
