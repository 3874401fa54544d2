//! `pentimento explore` with a small generator in a folder of its own.

mod network_kit;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use network_kit::Golden;
use pentimento::imaging::io::{self, Encoding, JpegQuality};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples, Size};
use pentimento::weights::{self, Entry, Family};
use serde_json::Value;
use tempfile::TempDir;

struct Desk {
    folder: TempDir,
}

impl Desk {
    /// A generator of 32 pixels, and drawings of another size.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder for the test") };
        let golden = Golden::of("search.safetensors", "search");
        let tensors: Vec<_> = golden.folder("weights").map(|(key, tensor)| (key, tensor.clone())).collect();
        let config = toml::from_str("n_latent = 6\nwidth = 3\nn_layers = 2\nc_out = 3\n").expect("a table");
        weights::add(&desk.path("weights"), Entry::new("tiny", Family::Dcgan, 32, config), tensors).expect("added");
        desk.draw("color", 48, 48, |_, _| [200, 90, 40]);
        desk.draw("mask", 64, 64, |x, y| [if (10..30).contains(&x) && (10..30).contains(&y) { 255 } else { 0 }; 3]);
        desk.draw("edges", 32, 32, |x, _| [if x == 20 { 255 } else { 0 }; 3]);
        desk.draw("lower", 32, 32, |_, y| [if y > 24 { 255 } else { 0 }; 3]);
        desk.draw("wide", 40, 30, |_, _| [0; 3]);
        desk
    }

    fn draw(&self, name: &str, width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) {
        let samples =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| color(x, y)).collect();
        let frame = Frame::new(Size::new(width, height), ColorModel::Rgb, Samples::U8(samples)).expect("the sizes fit");
        let encoding = Encoding { format: FileFormat::Png, jpeg: JpegQuality::AsSource };
        let bytes = io::encode(&frame, &Metadata::bare(FileFormat::Png), encoding).expect("encoded");
        std::fs::write(self.path(&format!("{name}.png")), bytes).expect("written");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.arg("explore").args(line.split_whitespace()).args(["--weights", "weights", "--device", "cpu"]);
        command.current_dir(self.folder.path()).env_remove("PENTIMENTO_WEIGHTS").stdin(Stdio::null());
        command.output().expect("the program starts")
    }

    fn refusal(&self, line: &str) -> (Option<i32>, String) {
        let output = self.run(line);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

const SMALL: &str = "--model tiny --top 4 --steps 6 --seed 3";

#[test]
fn candidates_are_written_in_rank_order_and_alike_at_every_run() {
    let desk = Desk::new();
    let drawings = "--color color.png --color-mask mask.png --edges edges.png --keep lower.png --keep-from 7";
    for folder in ["one", "two"] {
        let output = desk.run(&format!("{SMALL} {drawings} -o {folder} --json"));
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let told: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        let file = std::fs::read(desk.path(folder).join("result.json")).expect("result.json");
        assert_eq!(serde_json::from_slice::<Value>(&file).expect("JSON"), told, "the file and stdout say the same");
        assert_eq!(
            (told["model"].as_str(), told["side"].as_u64(), told["steps"].as_u64()),
            (Some("tiny"), Some(32), Some(6))
        );
        let kinds: Vec<_> =
            told["constraints"].as_array().expect("constraints").iter().map(|one| &one["kind"]).collect();
        assert_eq!(kinds, ["keep", "color", "edges"], "one for each drawing");
        let costs: Vec<f64> = rows(&told).iter().map(|row| row["cost"].as_f64().expect("a cost")).collect();
        assert!(!costs.is_empty() && costs.windows(2).all(|pair| pair[0] <= pair[1]), "{costs:?}");
        assert_eq!(rows(&told)[0]["costs"].as_array().map(Vec::len), Some(3), "a cost for each constraint");
        assert!(desk.path(folder).join("candidates.png").is_file(), "all on one sheet");
    }
    for name in ["candidate01.png", "candidate01.safetensors", "candidates.png"] {
        let bytes = |folder: &str| std::fs::read(desk.path(folder).join(name)).expect("written");
        assert_eq!(bytes("one"), bytes("two"), "{name}");
    }
}

#[test]
fn smoothness_keeps_candidates_near_the_origin() {
    let desk = Desk::new();
    let cost = |more: &str, folder: &str| {
        let line = format!("{SMALL} --color color.png --color-mask mask.png --keep-from 7 {more} -o {folder} --json");
        let output = desk.run(&line);
        assert_eq!(output.status.code(), Some(0), "{more}: {}", String::from_utf8_lossy(&output.stderr));
        let told: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
        rows(&told)[0]["costs"][0].as_f64().expect("the color's cost")
    };
    let (free, near) = (cost("", "free"), cost("--smoothness 50", "near"));
    assert!(near > free, "who stays near meets the color less: {near} after {free}");
}

fn rows(report: &Value) -> &[Value] {
    report["candidates"].as_array().expect("candidates")
}

#[test]
fn what_cannot_be_done_is_told_in_a_sentence() {
    let desk = Desk::new();
    for (line, code, part) in [
        (format!("{SMALL} --edges wide.png -o out"), 1, "40 x 30 pixels, but must be square, best 32 x 32"),
        (format!("{SMALL} --color-mask mask.png -o out"), 2, "--color"),
        (format!("{SMALL} --keep lower.png -o out"), 2, "--keep-from"),
        (format!("{SMALL} --edges nothing.png -o out"), 1, "nothing.png"),
        ("--model nobody -o out".to_owned(), 1, "no model is named \"nobody\""),
        (format!("{SMALL} --starts 0 -o out"), 2, "--starts"),
        (format!("{SMALL} --seconds never -o out"), 2, "not a number above 0"),
        (format!("{SMALL} --realism=-1 -o out"), 2, "not a number from 0 on"),
        (format!("{SMALL} --realism 1 -o out"), 1, "tiny has no discriminator"),
        (format!("{SMALL} --smoothness 1 -o out"), 2, "--keep-from"),
    ] {
        let (found, told) = desk.refusal(&line);
        assert!(found == Some(code) && told.contains(part), "{line}: {found:?}, {told}");
        assert!(!told.contains("panicked"), "{line}: {told}");
    }
}

#[test]
fn without_drawings_there_are_pictures_of_the_model() {
    let desk = Desk::new();
    let output = desk.run(&format!("{SMALL} -o out"));
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("candidates of tiny"), "a sentence");
}
