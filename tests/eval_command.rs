//! `pentimento eval` as scripts meet it: the built program is run on small boards, its figures, files and sentences checked.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use pentimento::imaging::io::{self, Encoding};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Mask, Metadata, PixelRect, Samples, Size};
use serde_json::Value;
use tempfile::TempDir;

const SIZE: Size = Size { width: 96, height: 80 };
const HOLE: PixelRect = PixelRect::new(30, 24, 60, 50);

/// A folder with a board of three photos.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder for the test") };
        for number in 0..3 {
            desk.write(&format!("board/images/{number}.png"), &encoded(&frame(SIZE, number)));
            desk.write_mask(&format!("board/masks/{number}.png"), SIZE, HOLE);
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(path, bytes).expect("the test's folder can be written to");
    }

    fn write_mask(&self, name: &str, size: Size, hole: PixelRect) {
        let mut mask = Mask::empty(size);
        mask.write(hole, |_, _, _| 255);
        self.write(name, &io::write_mask(&mask).expect("a mask is encoded"));
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.args(line.split_whitespace()).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env_remove("RUST_LOG").env("RUST_BACKTRACE", "1").output().expect("the program starts")
    }

    /// What is on stdout and on stderr after success.
    fn succeed(&self, line: &str) -> (String, String) {
        let output = self.run(line);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{line}: {errors}");
        (String::from_utf8_lossy(&output.stdout).into_owned(), errors)
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.succeed(&format!("{line} --json")).0).expect("one JSON object on stdout")
    }

    /// Ends with `code`; the last line on stderr contains all of `words`, nothing is on stdout.
    fn fail(&self, line: &str, code: i32, words: &[&str]) {
        let output = self.run(line);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{line}: {errors}");
        assert!(output.stdout.is_empty(), "{line}: nothing on stdout");
        for word in words {
            assert!(errors.contains(word), "{line}: expected {word:?} in: {errors}");
        }
        assert!(!errors.contains("panicked") && !errors.contains("src/"), "{line}: a sentence, not: {errors}");
    }
}

/// Stripes with noise, another picture for each number.
fn frame(size: Size, number: usize) -> Frame {
    let value = |at: usize| {
        let (x, y) = (at / 3 % size.width as usize, at / 3 / size.width as usize);
        let noise = (at + 977 * number).wrapping_mul(2_654_435_761) >> 7 & 31;
        (50 + 30 * ((x / (4 + number) + y / 6) % 4) + noise) as u8
    };
    let samples = (0..size.area() * 3).map(value).collect();
    Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).expect("as many samples as the size asks for")
}

fn encoded(frame: &Frame) -> Vec<u8> {
    io::encode(frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png)).expect("a picture is encoded")
}

fn number(report: &Value, row: usize, metric: &str) -> f64 {
    report["rows"][row]["metrics"][metric].as_f64().unwrap_or_else(|| panic!("no {metric} in row {row} of {report}"))
}

#[test]
fn a_board_is_measured_beside_the_simplest_fills() {
    let desk = Desk::new();
    let told = desk.json("eval --model membrane --data board --seed 4");
    assert_eq!((&told["photos"], &told["seed"], &told["holes"]), (&3.into(), &4.into(), &Value::Null), "{told}");
    let names: Vec<&str> = told["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["membrane", "mean", "pull-push"], "the model and its peers");
    assert_eq!(told["rows"][0]["kind"], "model", "{told}");
    assert!(told["rows"][0]["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{told}");
    for metric in ["changed", "rim", "gradient", "seam", "psnr", "l1", "ssim", "ssim-hole"] {
        number(&told, 0, metric);
    }
    assert!(number(&told, 2, "gradient") < 0.5, "a membrane is smooth: {told}");
    assert_eq!(number(&told, 1, "changed"), 0.0, "peers keep what is known: {told}");
    assert_eq!(told["rows"][0]["metrics"]["u-ids"], Value::Null, "three photos are too few: {told}");
    assert!(told["rows"][0]["metrics"].get("frechet").is_none(), "needs a file: {told}");
}

#[test]
fn the_table_is_aligned_and_has_a_dash_for_what_cannot_be_told() {
    let desk = Desk::new();
    let (table, errors) = desk.succeed("eval psnr u-ids --model membrane --data board");
    assert_eq!(errors, "", "nothing on stderr");
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!((lines.len(), lines[0]), (5, "3 photos, 0 hole patches"), "{table}");
    assert_eq!(lines[1].split_whitespace().collect::<Vec<_>>(), ["u-ids", "psnr", "seconds"], "{table}");
    assert!(lines[2].starts_with("membrane ") && lines[2].contains(" - "), "{table}");
    assert!(lines[1..].iter().all(|line| line.chars().count() == lines[1].chars().count()), "{table}");
}

#[test]
fn kept_pictures_score_as_the_model_that_made_them() {
    let desk = Desk::new();
    let model = desk.json("eval --model membrane --data board --grow 0 --keep out --limit 2");
    assert_eq!(model["photos"], 2, "{model}");
    let results = desk.json("eval --results out/membrane --model membrane --data board --grow 0 --limit 2");
    assert_eq!(results["rows"][1]["name"], "membrane (2)", "rows have different names: {results}");
    for row in 0..2 {
        assert_eq!(results["rows"][row]["metrics"], model["rows"][0]["metrics"], "row {row}");
    }
}

#[test]
fn holes_can_be_drawn_over_any_folder_of_pictures() {
    let desk = Desk::new();
    let line =
        |seed| format!("eval psnr --model membrane --data board/images --holes rectangle --side 48 --seed {seed}");
    let told = desk.json(&line(1));
    assert_eq!(
        (&told["photos"], &told["holes"], &told["side"]),
        (&3.into(), &"rectangle".into(), &48.into()),
        "{told}"
    );
    let without_time = |mut report: Value| {
        report["rows"][0]["seconds"] = Value::Null;
        report
    };
    assert_eq!(without_time(desk.json(&line(1))), without_time(told.clone()), "one seed, one result");
    assert_ne!(desk.json(&line(2))["holes_crc32"], told["holes_crc32"], "another seed, other holes");
}

#[test]
fn what_is_broken_is_left_out_counted_and_named() {
    let desk = Desk::new();
    desk.write("board/images/4-broken.png", b"not a picture at all");
    desk.write("board/images/5-alone.png", &encoded(&frame(SIZE, 5)));
    desk.write("board/images/6-small.png", &encoded(&frame(SIZE, 6)));
    desk.write_mask("board/masks/6-small.png", Size::new(95, 80), HOLE);
    desk.write("board/images/7-whole.png", &encoded(&frame(SIZE, 7)));
    desk.write_mask("board/masks/7-whole.png", SIZE, PixelRect::default());
    desk.write("board/images/readme.txt", b"no picture, and none is expected");
    let (table, errors) = desk.succeed("eval psnr --model membrane --data board");
    assert!(table.starts_with("3 photos, 0 hole patches, 4 left out"), "{table}");
    for words in [
        "4-broken.png is left out: This is not a photo",
        "5-alone.png is left out: there is no mask",
        "95 x 80",
        "7-whole.png is left out: the mask has no hole",
    ] {
        assert!(errors.contains(words), "expected {words:?} in: {errors}");
    }
    let told = desk.json("eval psnr --model membrane --data board");
    let files: Vec<&str> = told["skipped"].as_array().unwrap().iter().map(|s| s["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["4-broken.png", "5-alone.png", "6-small.png", "7-whole.png"], "{told}");
}

#[test]
fn results_that_are_missing_or_of_another_size_are_left_out() {
    let desk = Desk::new();
    desk.write("mine/0.png", &encoded(&frame(SIZE, 0)));
    desk.write("mine/1.png", &encoded(&frame(Size::new(80, 96), 1)));
    let told = desk.json("eval psnr l1 --results mine --data board");
    assert_eq!((&told["photos"], &told["rows"][0]["name"]), (&1.into(), &"mine".into()), "{told}");
    assert_eq!(number(&told, 0, "l1"), 0.0, "the photo itself: {told}");
    let reasons: Vec<&str> =
        told["skipped"].as_array().unwrap().iter().map(|s| s["reason"].as_str().unwrap()).collect();
    assert!(reasons[0].contains("80 x 96") && reasons[0].contains("96 x 80"), "{reasons:?}");
    assert!(reasons[1].contains("no result named \"2\""), "{reasons:?}");
}

#[test]
fn hopeless_requests_get_sentences() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("empty")).unwrap();
    desk.write("bad/a.png", b"broken");
    desk.write("unmasked/a.png", &encoded(&frame(SIZE, 0)));
    desk.write("features.safetensors", b"broken");
    for (line, words) in [
        ("eval --model membrane --data empty", &["no pictures", "empty"][..]),
        ("eval --model membrane --data nowhere", &["cannot be read", "nowhere"]),
        ("eval --model membrane --data unmasked", &["masks", "--holes"]),
        ("eval --model membrane --data bad --holes thin", &["none of the 1 photos", "a.png"]),
        ("eval --model oracle --data board", &["oracle"]),
        ("eval --results nowhere --data board", &["no such folder", "nowhere"]),
        ("eval frechet --model membrane --data board", &["--features"]),
        ("eval --model membrane --data board --features features.safetensors", &["features cannot be read"]),
        ("eval --model membrane --data board --features none.safetensors", &["not found"]),
    ] {
        desk.fail(line, 1, words);
    }
    for (line, words) in [
        ("eval --data board", &["--model"][..]),
        ("eval fid --model membrane --data board", &["fid", "psnr"]),
        ("eval --model membrane", &["--data"]),
        ("eval --model membrane --data board --holes square", &["square", "silhouette"]),
        ("eval --model membrane --data board --side 3", &["--side"]),
        ("eval --model membrane --data board --limit 0", &["--limit"]),
    ] {
        desk.fail(line, 2, words);
    }
}
