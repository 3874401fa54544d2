//! `pentimento transfer` with a small network of random weights in a folder of its own.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use candle_core::{DType, Device, Tensor};
use candle_nn::{VarBuilder, VarMap};
use pentimento::generators::dcgan::{Config, Generator};
use pentimento::imaging::io::{self, Encoding, Limits};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples, Size};
use pentimento::weights::{self, Entry, Family};
use serde_json::Value;
use tempfile::TempDir;

const SIZE: Size = Size::new(90, 70);

/// A folder with the model "tiny", a photo with 16 bits a sample, and a mask of what is kept: its left third.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder for the test") };
        desk.add_model();
        let samples = (0..SIZE.area() as u32 * 3).map(|at| {
            let (x, y) = (at / 3 % SIZE.width, at / 3 / SIZE.width);
            (28_000 + (x * x * 7 + y * y * 11) % 9_000 + at.wrapping_mul(2_654_435_761) % 2_000) as u16
        });
        desk.write("photo.png", &Frame::new(SIZE, ColorModel::Rgb, Samples::U16(samples.collect())).expect("a photo"));
        let keep = (0..SIZE.area() as u32).map(|at| if at % SIZE.width < 30 { 255 } else { 0 }).collect();
        desk.write("keep.png", &Frame::new(SIZE, ColorModel::Gray, Samples::U8(keep)).expect("a mask"));
        desk
    }

    fn add_model(&self) {
        let config = Config { n_latent: 6, width: 8, n_layers: 1, ..Config::px_64() };
        let variables = VarMap::new();
        let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
        Generator::new(&config, &vb.pp("generator")).expect("built");
        let tensors: Vec<(String, Tensor)> = {
            let data = variables.data().lock().expect("nobody else has it");
            // With the weights of a training's beginning all pictures are nearly grey.
            let strong =
                |tensor: &Tensor| if tensor.rank() == 4 { (tensor * 8.0).expect("scaled") } else { tensor.clone() };
            data.iter().map(|(key, variable)| (key.clone(), strong(variable.as_tensor()))).collect()
        };
        let config = toml::Table::try_from(&config).expect("a table");
        weights::add(&self.path("weights"), Entry::new("tiny", Family::Dcgan, 16, config), tensors).expect("added");
    }

    fn write(&self, name: &str, frame: &Frame) {
        let format = FileFormat::Png;
        let bytes = io::encode(frame, &Metadata::bare(format), Encoding::new(format)).expect("encoded");
        std::fs::write(self.path(name), bytes).expect("written");
    }

    fn read(&self, name: &str) -> Frame {
        io::read(&self.path(name), &Limits::default()).expect("a picture").frame
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.args(["transfer", "photo.png", "--model", "tiny"]).args(line.split_whitespace());
        command.args(["--weights", "weights"]).current_dir(self.folder.path());
        command.env_remove("PENTIMENTO_WEIGHTS").env("RUST_BACKTRACE", "1").stdin(Stdio::null());
        command.output().expect("the program starts")
    }

    /// The one line of a failure.
    fn refusal(&self, line: &str) -> String {
        let output = self.run(line);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{line} is refused");
        assert_eq!(told.lines().count(), 1, "one line: {told}");
        told
    }
}

#[test]
fn an_edit_is_carried_over_and_told_of() {
    let desk = Desk::new();
    let output = desk.run("--from 1 --to 5 --place 10,5,60,8 --keep keep.png --frames 4 -o out.png --json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!((&told["side"], &told["frames"], &told["at"]), (&16.into(), &4.into(), &1.0.into()), "{told}");
    for key in ["residual", "confidence", "motion"] {
        assert!(told[key].as_f64().is_some_and(|value| value >= 0.0), "{key} of {told}");
    }
    for key in ["decode", "load", "draw", "search", "render", "encode", "total"] {
        assert!(told["milliseconds"][key].as_f64().is_some_and(f64::is_finite), "{key} of {told}");
    }
    let (before, after) = (desk.read("photo.png"), desk.read("out.png"));
    assert_eq!((after.size(), after.bits()), (SIZE, 16), "size and depth of the photo");
    let mut n_changed = 0;
    for (x, y) in (0..SIZE.height).flat_map(|y| (0..SIZE.width).map(move |x| (x, y))) {
        let is_changed = after.rgb_at(x, y) != before.rgb_at(x, y);
        assert!(!is_changed || (30..80).contains(&x), "({x}, {y}) is kept or outside of the square");
        n_changed += u32::from(is_changed);
    }
    assert!(n_changed > 500, "{n_changed} pixels changed");
}

#[test]
fn the_beginning_is_the_photo_and_runs_repeat_themselves() {
    let desk = Desk::new();
    for (line, name) in [("--at 0", "a.png"), ("--at 0.5", "b.png"), ("--at 0.5 --threads 1", "c.png")] {
        let output = desk.run(&format!("--from 1 --to 2 {line} -o {name}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(told.contains(name) && told.contains("motion and color explain"), "{told}");
    }
    assert_eq!(desk.read("a.png"), desk.read("photo.png"), "nothing of the edit");
    assert_ne!(desk.read("b.png"), desk.read("photo.png"), "half of it");
    assert_eq!(desk.read("b.png"), desk.read("c.png"), "on any number of threads");
    let output = desk.run("--from 3 --to 3 -o same.png");
    assert!(output.status.success() && desk.read("same.png") == desk.read("photo.png"), "no edit at all");
}

#[test]
fn what_does_not_fit_is_one_sentence() {
    let desk = Desk::new();
    let small = Frame::new(Size::new(3, 3), ColorModel::Gray, Samples::U8(vec![0; 9])).expect("a mask");
    desk.write("small.png", &small);
    for (line, part) in [
        ("--from 1 --to 2 --place 500,5,60 -o out.png", "outside of the photo"),
        ("--from 1 --to 2 --keep small.png -o out.png", "3 x 3"),
        ("--from nowhere.safetensors --to 2 -o out.png", "nowhere.safetensors"),
        ("--from 1 --to 2 -o photo.png", "never overwritten"),
        ("--from 1 --to 2 -o out.xyz", "known format"),
    ] {
        let told = desk.refusal(line);
        assert!(told.contains(part), "{line}: {told}");
    }
    assert!(!desk.path("out.png").exists(), "nothing is half-written");
    for line in ["--from 1 -o out.png", "--from 1 --to 2 --at 1.5 -o out.png", "--from 1 --to 2 --frames 1 -o out.png"]
    {
        assert_eq!(desk.run(line).status.code(), Some(2), "{line} is wrong usage");
    }
}
