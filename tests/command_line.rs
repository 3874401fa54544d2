//! The command line as scripts and people meet it: the built program is run, its output, files and exit codes checked.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use pentimento::imaging::io::{self, Encoding, JpegQuality, Limits};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Mask, Metadata, Photo, PixelRect, Samples, Size};
use serde_json::Value;
use tempfile::TempDir;

const SIZE: Size = Size { width: 96, height: 80 };
const HOLE: PixelRect = PixelRect::new(40, 30, 56, 44);

/// A folder with a photo and a mask.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder for the test") };
        desk.write("photo.png", &encoded(&frame(SIZE, 8), FileFormat::Png));
        desk.write_mask("mask.png", SIZE, HOLE);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("the test's folder can be written to");
    }

    fn write_mask(&self, name: &str, size: Size, hole: PixelRect) {
        let mut mask = Mask::empty(size);
        mask.write(hole, |_, _, _| 255);
        self.write(name, &io::write_mask(&mask).expect("a mask is encoded"));
    }

    fn read(&self, name: &str) -> Photo {
        io::read(&self.path(name), &Limits::default()).expect("a readable photo")
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.args(line.split_whitespace()).current_dir(self.folder.path());
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("RUST_LOG").env("RUST_BACKTRACE", "1");
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, line: &str) -> Output {
        self.command(line).output().expect("the program starts")
    }

    fn succeed(&self, line: &str) -> String {
        let output = self.run(line);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{line}: {errors}");
        assert_eq!(errors, "", "{line}: nothing on stderr when it is not a terminal");
        text(&output.stdout)
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.succeed(line)).expect("one JSON object on stdout")
    }

    /// Exit 1 with one plain line on stderr that contains all of `words`, and nothing on stdout.
    fn fail(&self, line: &str, words: &[&str]) {
        let output = self.run(line);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{line}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{line}: one line, not {errors}");
        assert_eq!(text(&output.stdout), "", "{line}: nothing on stdout");
        for word in words {
            assert!(errors.to_lowercase().contains(word), "{line}: expected {word:?} in: {errors}");
        }
        for word in ["panicked", "backtrace", "Error {", "Os {", "src/"] {
            assert!(!errors.contains(word), "{line}: a plain sentence, not: {errors}");
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A textured picture: stripes with some noise.
fn frame(size: Size, bits: u32) -> Frame {
    let value = |at: usize| {
        let (x, y, c) = (at / 3 % size.width as usize, at / 3 / size.width as usize, at % 3);
        let noise = at.wrapping_mul(2_654_435_761) >> 7 & 15;
        60 + 30 * ((x / 4 + y / 6) % 4) + 8 * c + noise
    };
    let count = size.area() * 3;
    let samples = match bits {
        8 => Samples::U8((0..count).map(|at| value(at) as u8).collect()),
        _ => Samples::U16((0..count).map(|at| (value(at) * 257 + at % 251) as u16).collect()),
    };
    Frame::new(size, ColorModel::Rgb, samples).expect("as many samples as the size asks for")
}

fn encoded(frame: &Frame, format: FileFormat) -> Vec<u8> {
    let encoding = Encoding { format, jpeg: JpegQuality::Quality(71) };
    io::encode(frame, &Metadata::bare(format), encoding).expect("a picture is encoded")
}

/// Where two pictures of one size differ.
fn difference(a: &Frame, b: &Frame) -> PixelRect {
    let mut rect = PixelRect::default();
    for y in 0..a.size().height {
        for x in 0..a.size().width {
            if a.rgb_at(x, y) != b.rgb_at(x, y) {
                rect = rect.union(PixelRect::new(x as i32, y as i32, x as i32 + 1, y as i32 + 1));
            }
        }
    }
    rect
}

#[test]
fn erasing_changes_the_hole_and_its_rim_only_and_tells_what_it_did() {
    let desk = Desk::new();
    let told = desk.json("erase photo.png mask.png -o out.png --seed 7 --json");
    let (before, after) = (desk.read("photo.png"), desk.read("out.png"));
    assert_eq!(after.frame.size(), SIZE, "the photo's size");
    let changed = difference(&before.frame, &after.frame);
    assert!(!changed.is_empty(), "something is erased");
    assert!(HOLE.grow(16).contains_rect(changed), "only around the hole, not {changed:?}");
    assert_eq!(told["engine"], "exemplar", "{told}");
    assert_eq!((&told["seed"], &told["candidates"]), (&7.into(), &1.into()), "{told}");
    assert_eq!(told["outputs"], serde_json::json!(["out.png"]), "{told}");
    assert_eq!(told["size"], serde_json::json!({ "width": 96, "height": 80 }), "{told}");
    let fraction = told["hole_fraction"].as_f64().unwrap();
    assert!((fraction - 224.0 / 7680.0).abs() < 1e-9, "{told}");
    for stage in ["decode", "crop", "membrane", "synthesis", "compose", "encode", "total"] {
        assert!(told["milliseconds"][stage].as_f64().is_some_and(|ms| ms >= 0.0), "{stage} in {told}");
    }
    if cfg!(unix) {
        assert!(told["peak_memory_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 20), "{told}");
    }
}

#[test]
fn the_photo_itself_is_never_overwritten() {
    let desk = Desk::new();
    let before = std::fs::read(desk.path("photo.png")).unwrap();
    desk.fail("erase photo.png mask.png -o photo.png", &["photo itself", "another name"]);
    assert_eq!(std::fs::read(desk.path("photo.png")).unwrap(), before, "untouched");
}

#[test]
fn candidates_are_numbered_and_seeds_repeat() {
    let desk = Desk::new();
    let told = desk.json("erase photo.png mask.png -o out.png --candidates 3 --seed 4 --json");
    assert_eq!(told["outputs"], serde_json::json!(["out-1.png", "out-2.png", "out-3.png"]), "{told}");
    assert_eq!(told["seeds"], serde_json::json!([4, 5, 6]), "{told}");
    assert!(!desk.path("out.png").exists(), "only numbered ones");
    desk.succeed("erase photo.png mask.png -o again.png --candidates 3 --seed 4");
    for number in 1..=3 {
        let (a, b) = (desk.read(&format!("out-{number}.png")), desk.read(&format!("again-{number}.png")));
        assert_eq!(a.frame, b.frame, "candidate {number} again");
    }
}

#[test]
fn every_engine_and_option_works_on_every_format() {
    let desk = Desk::new();
    desk.write_mask("left.png", SIZE, PixelRect::new(0, 0, 36, 80));
    for (format, bits) in [(FileFormat::Jpeg, 8), (FileFormat::Tiff, 16), (FileFormat::Png, 16), (FileFormat::WebP, 8)]
    {
        let name = format!("in.{}", format.extension());
        desk.write(&name, &encoded(&frame(SIZE, bits), format));
        let out = format!("out.{}", format.extension());
        desk.succeed(&format!(
            "erase {name} mask.png -o {out} --model membrane --sample-from left.png --grow 2 --feather 3 --threads 1"
        ));
        let (before, after) = (desk.read(&name), desk.read(&out));
        assert_eq!(after.frame.bits(), bits, "{name} keeps its depth");
        assert_eq!(after.metadata.jpeg, before.metadata.jpeg, "{name} keeps its tables");
    }
    desk.succeed("erase in.jpg mask.png -o small.jpg --never-from left.png --quality 5");
    assert_ne!(desk.read("small.jpg").metadata.jpeg, desk.read("in.jpg").metadata.jpeg, "another quality");
    desk.succeed("erase in.jpg mask.png -o other.bmp");
    assert_eq!(desk.read("other.bmp").metadata.format, FileFormat::Bmp, "the extension names the format");
}

#[test]
fn what_the_format_cannot_hold_is_a_warning() {
    let desk = Desk::new();
    desk.write("deep.png", &encoded(&frame(SIZE, 16), FileFormat::Png));
    let output = desk.run("erase deep.png mask.png -o out.jpg --model membrane");
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    assert!(errors.contains("8 bits") && errors.lines().count() == 1, "one line of warning: {errors}");
    assert_eq!(desk.read("out.jpg").frame.bits(), 8, "written all the same");
}

#[test]
fn bad_masks_get_sentences() {
    let desk = Desk::new();
    desk.write_mask("small.png", Size::new(95, 80), HOLE);
    desk.write_mask("empty.png", SIZE, PixelRect::default());
    desk.write_mask("full.png", SIZE, SIZE.rect());
    for (mask, words) in [
        ("small.png", &["mask", "95 x 80", "96 x 80", "same"][..]),
        ("empty.png", &["nothing is marked", "mask"]),
        ("full.png", &["mask covers", "whole photo"]),
        ("none.png", &["no such file", "none.png"]),
    ] {
        desk.fail(&format!("erase photo.png {mask} -o out.png"), words);
    }
    desk.fail("erase photo.png mask.png -o out.png --never-from full.png", &["sampling"]);
    assert!(!desk.path("out.png").exists(), "nothing is written");
}

#[test]
fn bad_photos_get_sentences() {
    let desk = Desk::new();
    let whole = std::fs::read(desk.path("photo.png")).unwrap();
    desk.write("truncated.png", &whole[..whole.len() / 2]);
    let jpeg = encoded(&frame(SIZE, 8), FileFormat::Jpeg);
    desk.write("truncated.jpg", &jpeg[..60]);
    desk.write("letter.png", b"Dear reader, this is no picture.");
    desk.write("empty.png", b"");
    desk.write("zero.bmp", &bitmap_header(0, 0));
    desk.write("bomb.bmp", &bitmap_header(60_000, 60_000));
    std::fs::create_dir(desk.path("folder.png")).unwrap();
    for (photo, words) in [
        ("truncated.png", &["truncated.png", "end"][..]),
        ("truncated.jpg", &["truncated.jpg"]),
        ("letter.png", &["letter.png", "not a photo"]),
        ("empty.png", &["empty.png", "empty"]),
        ("zero.bmp", &["zero.bmp", "no pixels"]),
        ("bomb.bmp", &["bomb.bmp", "limit"]),
        ("folder.png", &["folder.png"]),
        ("none.png", &["no such file", "none.png"]),
    ] {
        desk.fail(&format!("erase {photo} mask.png -o out.png"), words);
    }
    assert!(!desk.path("out.png").exists(), "nothing is written");
}

/// The 54 bytes before the pixels of a bitmap.
fn bitmap_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    for word in [54_u32, 0, 54, 40, width, height, 1 | 24 << 16, 0, 0, 0, 0, 0, 0] {
        bytes.extend(word.to_le_bytes());
    }
    bytes
}

#[test]
fn a_photo_of_one_pixel_gets_a_sentence() {
    let desk = Desk::new();
    let size = Size::new(1, 1);
    desk.write("pixel.png", &encoded(&frame(size, 8), FileFormat::Png));
    desk.write_mask("all.png", size, size.rect());
    desk.write_mask("none.png", size, PixelRect::default());
    desk.fail("erase pixel.png all.png -o out.png", &["covers the whole photo"]);
    desk.fail("erase pixel.png none.png -o out.png", &["nothing is marked"]);
}

#[test]
fn bad_outputs_get_sentences_before_any_work() {
    let desk = Desk::new();
    desk.fail("erase photo.png mask.png -o nowhere/out.png", &["folder", "nowhere"]);
    desk.fail("erase photo.png mask.png -o out.gif", &["out.gif", ".png"]);
    desk.fail("erase photo.png mask.png -o out", &["out", ".png"]);
    std::fs::create_dir(desk.path("taken.png")).unwrap();
    desk.fail("erase photo.png mask.png -o taken.png", &["folder", "taken.png"]);
    if cfg!(target_os = "linux") {
        // A folder that nobody, not even root, can make files in.
        desk.fail("erase photo.png mask.png -o /proc/out.png", &["folder", "/proc"]);
        desk.fail("demo --no-window -o /proc/demo", &["folder", "/proc/demo"]);
    }
}

#[test]
fn what_this_build_does_not_have_gets_sentences() {
    let desk = Desk::new();
    desk.fail("erase photo.png mask.png -o out.png --model oracle", &["oracle", "exemplar"]);
    desk.fail("models info oracle", &["oracle", "exemplar"]);
    desk.fail("erase photo.png mask.png -o out.png --device cuda", &["cuda", "cpu"]);
    desk.fail("models list --device metal", &["metal", "cpu"]);
    desk.fail("models list --weights nowhere", &["nowhere"]);
    if cfg!(feature = "gui") {
        desk.fail("nothing.jpg", &["nothing.jpg"]);
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    let desk = Desk::new();
    for line in [
        "erase photo.png",
        "erase photo.png mask.png",
        "erase photo.png mask.png -o out.png --candidates 0",
        "erase photo.png mask.png -o out.png --candidates some",
        "erase photo.png mask.png -o out.png --quality 0",
        "erase photo.png mask.png -o out.png --seed -1",
        "erase photo.png mask.png -o out.png --feather 13",
        "models list --threads 0",
        "models list --device toaster",
        "models polish",
        "photo.png models",
        "--unknown",
    ] {
        let output = desk.run(line);
        assert_eq!(output.status.code(), Some(2), "{line}: {}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "", "{line}");
        assert!(!text(&output.stderr).is_empty(), "{line}: it says why");
    }
}

#[test]
fn help_and_version_exit_with_0() {
    let desk = Desk::new();
    assert!(desk.succeed("--version").starts_with("pentimento "), "name and version");
    for line in ["--help", "erase --help", "models --help", "demo -h"] {
        let help = desk.succeed(line);
        assert!(help.contains("--threads"), "{line}: common options everywhere");
        assert!(!help.contains("frame-stats"), "{line}: hidden options stay hidden");
    }
}

#[test]
fn models_are_listed() {
    let desk = Desk::new();
    let told = desk.json("models list --json");
    let models = told["models"].as_array().unwrap();
    let names: Vec<_> = models.iter().filter_map(|model| model["name"].as_str()).collect();
    assert_eq!(names[..3], ["auto", "exemplar", "membrane"], "{told}");
    for model in &models[..3] {
        assert_eq!(model["family"], model["name"], "{model}");
        assert!(model["resolution"].is_null() && model.get("resolution").is_some(), "{model}");
        assert_eq!(model["weights"], false, "{model}");
    }
    assert_eq!(desk.json("models info membrane --json"), models[2], "one of them");
    assert_eq!(desk.succeed("models"), desk.succeed("models list"), "the list is the default");
    assert!(desk.succeed("models info exemplar").contains("none needed"), "for people");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let desk = Desk::new();
    for line in ["models list --json", "--help", "erase photo.png mask.png -o out.png"] {
        let mut child = desk.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""), "{line}");
    }
}

#[test]
fn a_killed_run_leaves_the_old_file_or_a_whole_one() {
    let desk = Desk::new();
    let old = encoded(&frame(Size::new(3, 3), 8), FileFormat::Png);
    let start = std::time::Instant::now();
    desk.succeed("erase photo.png mask.png -o out.png");
    let whole = start.elapsed();
    for part in 0..12_u32 {
        desk.write("out.png", &old);
        let mut child = desk.command("erase photo.png mask.png -o out.png").stdout(Stdio::null()).spawn().unwrap();
        // Any moment will do; these are spread over the run.
        std::thread::sleep(whole * part / 10);
        // It may have ended by itself.
        child.kill().ok();
        child.wait().unwrap();
        let size = desk.read("out.png").frame.size();
        assert!(size == Size::new(3, 3) || size == SIZE, "killed after {part}/10: {size}");
    }
}

#[test]
fn the_demo_does_the_main_job_without_a_display() {
    let desk = Desk::new();
    let told = desk.json("demo -o show --no-window --json");
    let samples = told["samples"].as_array().unwrap();
    assert!(!samples.is_empty(), "{told}");
    for sample in samples {
        for file in ["result", "before_after", "session"] {
            let path = desk.path(sample[file].as_str().unwrap());
            assert!(std::fs::metadata(&path).is_ok_and(|data| data.len() > 1000), "{}", path.display());
        }
        let name = sample["name"].as_str().unwrap();
        let (before, after) = (desk.read(&format!("show/{name}.jpg")), desk.read(&format!("show/{name}-result.jpg")));
        assert_eq!(before.frame.size(), after.frame.size(), "{name}");
        assert_eq!(before.metadata.jpeg, after.metadata.jpeg, "{name} is compressed as it was");
        assert!(sample["hole_fraction"].as_f64().is_some_and(|part| part > 0.001 && part < 0.2), "{sample}");
    }
}

#[test]
fn the_demo_says_that_there_is_no_display() {
    let desk = Desk::new();
    let mut command = desk.command("demo");
    let output = command.env("WAYLAND_DISPLAY", "").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    if !cfg!(feature = "gui") {
        assert!(told.contains("no window"), "{told}");
    } else if cfg!(all(unix, not(target_vendor = "apple"))) {
        assert!(told.contains("no display"), "{told}");
    }
    assert!(told.contains(" ms ") && Path::new(&desk.path("pentimento-demo")).is_dir(), "{told}");
}

/// Scripts that run several at once must not be held up by each other.
#[test]
fn two_runs_at_once_do_not_meet() {
    let desk = Desk::new();
    let children = ["a.png", "b.png"].map(|out| {
        let line = format!("erase photo.png mask.png -o {out}");
        desk.command(&line).stdout(Stdio::null()).spawn().unwrap()
    });
    for mut child in children {
        let end = std::time::Instant::now() + Duration::from_mins(1);
        while child.try_wait().unwrap().is_none() {
            assert!(std::time::Instant::now() < end, "both end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert_eq!(desk.read("a.png").frame, desk.read("b.png").frame, "the same result");
}
