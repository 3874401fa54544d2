//! Lessons, scores and the gallery on the command line.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder for the test"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.args(line.split_whitespace()).current_dir(self.0.path()).stdin(Stdio::null());
        command.output().expect("the program starts")
    }

    fn text(&self, line: &str) -> String {
        let output = self.run(line);
        assert_eq!(output.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.text(&format!("{line} --json"))).expect("one JSON object on stdout")
    }

    fn fail(&self, line: &str, words: &[&str]) {
        let output = self.run(line);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), errors.lines().count()), (Some(1), 1), "{line}: {errors}");
        for word in words {
            assert!(errors.contains(word), "{line}: expected {word:?} in: {errors}");
        }
    }
}

#[test]
fn lessons_are_listed_and_shown() {
    let desk = Desk::new();
    let all = desk.json("lessons --date 2026-11-21");
    assert!(all["lessons"].as_array().unwrap().len() >= 24, "four for each of six themes");
    assert_eq!(all["topic_of_day"], desk.json("lessons --date 2026-11-21")["topic_of_day"], "the same all day");
    let cats = desk.json("lessons --theme cats");
    assert!(cats["lessons"].as_array().unwrap().iter().all(|lesson| lesson["theme"] == "cats"), "of one theme");
    let text = desk.text("lessons cat-first");
    assert!(text.contains(" 1. head: ") && text.contains("CC-BY"), "{text}");
    desk.fail("lessons dog-first", &["dog-first", "cat-first"]);
    desk.fail("lessons --theme dogs", &["cats, robots"]);
    desk.fail("lessons cat-first -o cat.xyz", &["cat.xyz"]);
    assert_eq!(desk.run("lessons --date tomorrow").status.code(), Some(2), "no date");
}

#[test]
fn a_drawing_is_scored_and_told_why() {
    let desk = Desk::new();
    desk.text("lessons cat-first -o cat.png");
    desk.text("lessons robot-antenna -o robot.png --side 300");
    let good = desk.json("score cat.png --lesson cat-first --heat-map missed.png");
    assert_eq!((&good["stars"], &good["forgotten"]), (&3.into(), &Value::Array(Vec::new())), "{good}");
    assert_eq!(good["looks_like"][0][0], "cats", "{good}");
    assert!(desk.path("missed.png").exists(), "the heat map");
    let other = desk.json("score robot.png --lesson cat-first");
    assert!(other["stars"].as_u64().unwrap() < 3 && !other["forgotten"].as_array().unwrap().is_empty(), "{other}");
    let weights = other["weights"].as_object().unwrap().values().map(|weight| weight.as_f64().unwrap());
    assert!((weights.sum::<f64>() - 1.0).abs() < 1e-6, "the weights are shown and add up");
    let text = desk.text("score robot.png --lesson cat-first");
    for word in ["coverage", "precision", "parts", "recognized", "forgotten: "] {
        assert!(text.contains(word), "{word} in {text}");
    }
    std::fs::write(desk.path("line.json"), r#"{"word":"x","drawing":[[[0,255],[0,255]]]}"#).unwrap();
    assert_eq!(desk.json("score line.json --lesson cat-first")["stars"], 1, "a line is a beginning");
    desk.fail("score cat.png --lesson dog", &["dog"]);
    desk.fail("score nothing.png --lesson cat-first", &["nothing.png"]);
}

#[test]
fn the_gallery_keeps_exports_and_forgets() {
    let desk = Desk::new();
    desk.text("lessons cat-first -o cat.png");
    desk.text("lessons robot-antenna -o robot.png");
    let kept = desk.json("score cat.png --lesson cat-first --profile Mina --library lib");
    assert_eq!((&kept["record"]["earned"], &kept["record"]["best_stars"]), (&30.into(), &3.into()), "{kept}");
    let worse = desk.json("score robot.png --lesson cat-first --profile mina --library lib");
    assert_eq!((&worse["record"]["earned"], &worse["record"]["best_stars"]), (&0.into(), &3.into()), "{worse}");
    let list = desk.json("gallery list --library lib");
    assert_eq!(list["profiles"].as_array().unwrap().len(), 1, "one Mina");
    assert_eq!((&list["profiles"][0]["points"], &list["records"][0]["tries"]), (&30.into(), &2.into()), "{list}");
    assert!(desk.text("gallery list --library lib").contains("Mina: 30 points"), "as text");
    desk.text("gallery export out --library lib");
    desk.text("gallery export out.zip --library lib");
    assert!(desk.path("out/gallery.json").exists() && desk.path("out/0002-drawing.png").exists(), "files");
    desk.fail("gallery export out --library lib", &["out"]);
    desk.text("gallery delete --drawing 1 --library lib");
    desk.fail("gallery delete --drawing 1 --library lib", &["no drawing 1"]);
    desk.fail("gallery delete --profile Juno --library lib", &["Juno"]);
    desk.text("gallery delete --profile MINA --library lib");
    assert_eq!(desk.text("gallery list --library lib").trim(), "the gallery is empty");
    assert_eq!(desk.run("gallery delete --library lib").status.code(), Some(2), "what?");
}
