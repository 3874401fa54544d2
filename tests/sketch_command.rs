//! `pentimento sketch` with a small network in a folder of its own.

#![expect(clippy::unwrap_used, reason = "a failure in a helper of a test fails the test")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use candle_core::{DType, Device, Result as TensorResult, Shape, Tensor};
use candle_nn::VarBuilder;
use candle_nn::init::Init;
use candle_nn::var_builder::SimpleBackend;
use pentimento::generators::pix2pix::{Config, Network, NormKind, Painter, Reads, resnet};
use pentimento::generators::seeded_uniform;
use pentimento::imaging::drawing::{ink_frame, strokes_json};
use pentimento::imaging::ink::{Stroke, Tool, raster, shapes};
use pentimento::imaging::io::{self, Encoding, Limits};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Metadata, Plane, Samples, Size};
use pentimento::weights::{self, Entry, Family};
use serde_json::Value;
use tempfile::TempDir;

/// Gives small random tensors and remembers them.
struct Recorder(Arc<Mutex<BTreeMap<String, Tensor>>>);

impl SimpleBackend for Recorder {
    fn get(&self, shape: Shape, name: &str, _init: Init, dtype: DType, _device: &Device) -> TensorResult<Tensor> {
        let values = seeded_uniform(shape, 7, name)?;
        let values =
            if name.ends_with("running_var") { values.sqr()?.affine(1.0, 0.1)? } else { values.affine(0.5, 0.0)? };
        self.0.lock().unwrap().insert(name.to_owned(), values.clone());
        values.to_dtype(dtype)
    }

    fn get_unchecked(&self, name: &str, _dtype: DType, _device: &Device) -> TensorResult<Tensor> {
        candle_core::bail!("{name} has no shape")
    }

    fn contains_tensor(&self, _name: &str) -> bool {
        true
    }
}

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.install("rings-live", 32);
        desk.install("rings-final", 64);
        let ring = Stroke::computed(Tool::Pen, shapes::ellipse((0.5, 0.5), (0.3, 0.3)));
        let ink = raster(std::slice::from_ref(&ring), 200);
        desk.png("ring.png", &ink_frame(&ink));
        desk.png("blank.png", &ink_frame(&Plane::filled(Size::new(50, 30), 0.0)));
        std::fs::write(desk.path("ring.json"), strokes_json(&[Arc::new(ring)], None)).unwrap();
        desk
    }

    fn install(&self, name: &str, side: u32) {
        self.install_for(name, side, Reads::Ink);
    }

    fn install_for(&self, name: &str, side: u32, reads: Reads) {
        let network = resnet::Config {
            width: 4,
            n_blocks: 2,
            norm: NormKind::Batch,
            is_biased: false,
            has_dropout: true,
            ..resnet::Config::nine_blocks(reads.channels())
        };
        let config = Config {
            side: side as usize,
            reads,
            is_faithful: false,
            has_palette: false,
            network: Network::ResNet(network),
        };
        let table = toml::Table::try_from(config).unwrap();
        let found = Arc::new(Mutex::new(BTreeMap::new()));
        let recorder = VarBuilder::from_backend(Box::new(Recorder(Arc::clone(&found))), DType::F32, Device::Cpu);
        Painter::new(&config, &recorder).unwrap();
        let tensors = found.lock().unwrap().clone();
        weights::add(&self.path("weights"), Entry::new(name, Family::Pix2pix, side, table), tensors).unwrap();
    }

    fn png(&self, name: &str, frame: &Frame) {
        let bytes = io::encode(frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png)).unwrap();
        std::fs::write(self.path(name), bytes).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.arg("sketch").args(line.split_whitespace()).args(["--weights", "weights", "--device", "cpu"]);
        command.current_dir(self.folder.path()).env_remove("PENTIMENTO_WEIGHTS").stdin(Stdio::null());
        command.output().unwrap()
    }

    fn told(&self, line: &str) -> Value {
        let output = self.run(&format!("{line} --json"));
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn refusal(&self, line: &str) -> String {
        let output = self.run(line);
        assert_ne!(output.status.code(), Some(0), "{line} is refused");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!told.contains("panicked"), "{told}");
        told
    }

    fn picture(&self, name: &str) -> Frame {
        io::read(&self.path(name), &Limits::default()).unwrap().frame
    }
}

#[test]
fn drawings_of_every_kind_become_pictures() {
    let desk = Desk::new();
    let told = desk.told("ring.png --theme rings -o a.png --svg a.svg --ndjson a.ndjson");
    assert_eq!((told["network"].as_str(), told["side"].as_u64()), (Some("rings-final"), Some(64)), "the best one");
    assert_eq!((told["strokes"].as_u64(), told["is_photo"].as_bool()), (Some(1), Some(false)), "one line");
    assert_eq!(desk.picture("a.png").size(), Size::new(64, 64), "a picture");
    desk.told("ring.png --theme rings -o again.png");
    assert_eq!(desk.picture("again.png"), desk.picture("a.png"), "the same at every run");
    for drawing in ["a.svg", "a.ndjson", "ring.json"] {
        let told = desk.told(&format!("{drawing} --theme rings -o b.png"));
        assert_eq!(told["strokes"].as_u64(), Some(1), "{drawing}");
        assert_eq!(desk.picture("b.png").size(), Size::new(64, 64), "{drawing}");
    }
    let quick = desk.told("ring.json --theme rings --quick --side 48 -o c.png");
    assert_eq!((quick["network"].as_str(), quick["side"].as_u64()), (Some("rings-live"), Some(48)), "the quick one");
}

#[test]
fn a_theme_for_photos_changes_the_photo() {
    let desk = Desk::new();
    desk.install_for("old-photos", 64, Reads::Picture);
    let size = Size::new(90, 60);
    let samples =
        (0..size.area()).flat_map(|at| [if at % 90 < 45 { 40 } else { 190 }, 90, 60 + (at / 90) as u8]).collect();
    desk.png("photo.png", &Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap());
    let told = desk.told("photo.png --theme old-photos -o a.png");
    assert_eq!(told["is_photo_changed"].as_bool(), Some(true), "{told}");
    assert_eq!(desk.picture("a.png").size(), Size::new(64, 43), "in its own shape");
    let told = desk.told("photo.png --theme rings -o b.png");
    assert_eq!((told["is_photo_changed"].as_bool(), told["is_photo"].as_bool()), (Some(false), Some(true)), "edges");
    let output = desk.run("photo.png --theme old-photos -o a.png");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("edges"), "nothing is said of edges");
}

#[test]
fn a_raw_picture_reaches_the_network_as_it_is() {
    let desk = Desk::new();
    let ink = |side: u32| {
        let ring = Stroke::computed(Tool::Pen, shapes::ellipse((0.5, 0.5), (0.3, 0.3)));
        ink_frame(&raster(&[ring], side))
    };
    desk.png("own.png", &ink(72));
    let told = desk.told("own.png --theme rings --raw -o raw.png");
    assert_eq!((told["is_raw"].as_bool(), told["side"].as_u64()), (Some(true), Some(72)), "{told}");
    assert_eq!(desk.picture("raw.png").size(), Size::new(72, 72), "its own size");
    desk.told("own.png --theme rings --side 72 -o drawn.png");
    assert!(desk.picture("raw.png") != desk.picture("drawn.png"), "lines are not drawn anew");
    for (line, part) in [
        ("ring.json --theme rings --raw -o a.png", "takes a picture, not strokes"),
        ("ring.png --theme rings --raw --side 64 -o a.png", "cannot be used with"),
        ("odd.png --theme rings --raw -o a.png", "a multiple of 4, not 50"),
    ] {
        desk.png("odd.png", &ink(50));
        let told = desk.refusal(line);
        assert!(told.contains(part), "{line}: {told}");
    }
}

#[test]
fn a_silhouette_is_that_of_the_drawing_however_much_is_forgiven() {
    let desk = Desk::new();
    let alpha = |name: &str| {
        let picture = desk.picture(name);
        (0..64 * 64).map(|at| picture.alpha_at(at % 64, at / 64)).collect::<Vec<_>>()
    };
    desk.told("ring.json --theme rings -o a.png --background silhouette");
    desk.told("ring.json --theme rings -o b.png --background silhouette --refinement 1");
    assert_eq!(alpha("a.png"), alpha("b.png"), "as the window cuts it");
}

#[test]
fn a_covered_paper_and_another_device_are_told() {
    let desk = Desk::new();
    desk.png("black.png", &ink_frame(&Plane::filled(Size::new(80, 80), 1.0)));
    let output = desk.run("black.png --theme rings -o a.png");
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(told.contains("nearly all of the paper is ink"), "{told}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
    command.args(["sketch", "ring.png", "--theme", "rings", "-o", "b.png", "--weights", "weights", "--device", "cuda"]);
    let output = command.current_dir(desk.folder.path()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && told.contains("themes are computed on the CPU"), "{told}");
}

#[test]
fn a_model_of_one_s_own_is_imported_with_what_its_manifest_knows() {
    let desk = Desk::new();
    let import = |name: &str, to: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.args(["models", "import", "weights/rings-final.safetensors", "--as", "pix2pix", "--name", name]);
        command.args(["--weights", to]).args(more).current_dir(desk.folder.path()).stdin(Stdio::null());
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    std::fs::create_dir(desk.path("other")).unwrap();
    let told: Value = serde_json::from_str(&import("discs", "other", &["--json"])).unwrap();
    assert_eq!(told["model"]["resolution"].as_u64(), Some(64), "not what its tensors suggest: {told}");
    let told = import("sketch-rings-64", "weights", &[]);
    assert!(told.contains("there is a theme \"rings\" already"), "it is not hidden in silence: {told}");
}

#[test]
fn variants_and_everything_else_are_written() {
    let desk = Desk::new();
    let line = "ring.json --theme rings --seed 5 --variants 3 --refinement 0.5 -o v.png --background silhouette \
                --ink ink.png --pair pair.png --ora a.ora --time-lapse a.gif --frames 4";
    let told = desk.told(line);
    let seeds: Vec<_> = told["pictures"].as_array().unwrap().iter().map(|one| one["seed"].as_u64().unwrap()).collect();
    assert_eq!(seeds, [5, 6, 7], "one each");
    assert_ne!(desk.picture("v-5.png"), desk.picture("v-6.png"), "they differ");
    assert_eq!(desk.picture("v-5.png").alpha_at(0, 0), 0.0, "cut out");
    assert_eq!(told["also"].as_array().unwrap().len(), 4, "{told}");
    assert_eq!(desk.picture("pair.png").size(), Size::new(128, 64), "side by side");
    assert!(std::fs::read(desk.path("a.gif")).unwrap().starts_with(b"GIF89a"), "it moves");
}

#[test]
fn what_cannot_be_done_is_one_sentence() {
    let desk = Desk::new();
    for (line, part) in [
        ("ring.png --theme dragons -o a.png", "no theme is called \"dragons\" (there are: "),
        ("blank.png --theme rings -o a.png", "no line in the drawing: blank.png"),
        ("none.png --theme rings -o a.png", "no such file"),
        ("ring.png --theme rings -o a.xyz", "known format"),
        ("ring.png --theme rings -o a.png --side 30", "a multiple of 4, not 30"),
        ("ring.png --theme rings -o a.png --side 0", "0 is not in 16..=2048"),
        ("ring.png --theme rings -o a.png --side 4000000000", "is not in 16..=2048"),
        ("ring.png --theme rings -o a.png --refinement 2", "not a number from 0 to 1"),
        ("ring.png --theme rings -o a.png --time-lapse a.mp4", "a moving picture is"),
    ] {
        let told = desk.refusal(line);
        assert!(told.contains(part), "{line}: {told}");
        assert!(!desk.path("a.png").exists(), "nothing is written: {line}");
    }
}
