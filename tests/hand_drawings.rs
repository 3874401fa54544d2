//! The hand-like drawings that checkpoints are chosen by: enough of each theme, on the paper, and nothing that the canonical form
//! could not take.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::path::Path;

use pentimento::imaging::Size;
use pentimento::imaging::edges::{Line, Refinement, canonical, draw};

fn files() -> Vec<(String, serde_json::Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hand_drawings");
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        (path.file_stem().unwrap().to_string_lossy().into_owned(), serde_json::from_str(&text).unwrap())
    };
    files.iter().map(read).collect()
}

fn strokes(drawing: &serde_json::Value) -> Vec<Vec<f32>> {
    serde_json::from_value(drawing["strokes"].clone()).unwrap()
}

#[test]
fn there_are_at_least_20_of_each_theme() {
    for (name, file) in files() {
        let drawings = file["drawings"].as_array().unwrap();
        assert!(drawings.len() >= 20, "{name} has {}", drawings.len());
        assert_eq!(file["theme"], name.as_str());
        for drawing in drawings {
            let strokes = strokes(drawing);
            assert!(strokes.len() >= 3, "{name}: a drawing of {} strokes", strokes.len());
            assert!(strokes.iter().all(|stroke| stroke.len() >= 4 && stroke.len() % 2 == 0), "{name}: pairs");
            assert!(strokes.iter().flatten().all(|at| (0.0..=1000.0).contains(at)), "{name}: on the paper");
        }
    }
}

#[test]
fn their_canonical_form_has_ink_that_grows_with_refinement() {
    for (name, file) in files() {
        let drawing = strokes(&file["drawings"][0]);
        let scale = |flat: &Vec<f32>| flat.chunks_exact(2).map(|point| [point[0] * 0.128, point[1] * 0.128]).collect();
        let lines: Vec<Line> = drawing.iter().map(scale).collect();
        let drawn = draw(&lines, Size::new(128, 128), 0.8);
        let ink = |level: f32| canonical(&drawn, 128, Refinement::new(level)).data().iter().sum::<f32>();
        assert!(ink(0.0) > 100.0 && ink(1.0) > 1.5 * ink(0.0), "{name}: {} and {}", ink(0.0), ink(1.0));
    }
}
