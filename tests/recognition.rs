//! How often the ranking of themes is right about drawings that are not lessons: the hand-like drawings of each theme.
//!
//! They were made of pictures that neither lessons, networks nor what drawings look like was learned from, so this is what a free
//! drawing may expect: things of one outline (cats, robots, faces, motorbikes) are told nearly always, shoes seen from all sides
//! four times of five, and nebulae, which have no outline of their own, two times of three.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;

use pentimento::imaging::ink::{Sample, Stroke, Tool};
use pentimento::school::{Ink, recognize, themes};

fn strokes(drawing: &serde_json::Value) -> Vec<Stroke> {
    let lines: Vec<Vec<f32>> = serde_json::from_value(drawing["strokes"].clone()).unwrap();
    let stroke = |line: &Vec<f32>| {
        let samples: Vec<_> = line.chunks_exact(2).map(|at| Sample::new(at[0] / 1000.0, at[1] / 1000.0, 0)).collect();
        Stroke::computed(Tool::Pen, samples)
    };
    lines.iter().map(stroke).collect()
}

#[test]
fn free_drawings_are_recognized_by_their_outlines() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hand_drawings");
    let mut told = Vec::new();
    for theme in themes() {
        // A theme without such drawings has nothing to be asked.
        let Ok(text) = std::fs::read_to_string(folder.join(format!("{theme}.json"))) else { continue };
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let drawings = file["drawings"].as_array().unwrap();
        let (mut right, mut certainty) = (0, 0.0);
        for drawing in drawings {
            let recognition = recognize(&Ink::of_strokes(&strokes(drawing)));
            right += usize::from(recognition.best() == Some(&*theme));
            certainty += recognition.certainty(&theme);
        }
        told.push((theme, right, drawings.len(), certainty / drawings.len() as f32));
    }
    println!("{told:?}");
    assert!(!told.is_empty(), "there are drawings");
    for (theme, right, count, _) in told {
        let least = match &*theme {
            "cats" | "motorbikes" => 0.95,
            "robots" | "faces" => 0.9,
            "shoes" => 0.7,
            _ => 0.6,
        };
        assert!(right as f32 >= least * count as f32, "{theme}: {right} of {count}, where chance is one of six");
    }
}
