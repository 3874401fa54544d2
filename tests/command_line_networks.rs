//! Networks on the command line: a small one with random weights, in a folder of its own.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use candle_core::{DType, Device, Tensor};
use candle_nn::{VarBuilder, VarMap};
use pentimento::generators::comodgan::{Config, EncoderKind, Generator};
use pentimento::imaging::io::{self, Encoding, JpegQuality, Limits};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Mask, Metadata, PixelRect, Samples, Size};
use pentimento::weights::{self, Entry, Family};
use serde_json::Value;
use tempfile::TempDir;

const HOLE: PixelRect = PixelRect::new(40, 30, 76, 64);

struct Desk {
    folder: TempDir,
}

impl Desk {
    /// A photo, its mask, a photo of the network's size, and the network.
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder for the test") };
        for (name, side, hole) in [("photo", 120, HOLE), ("small", 32, PixelRect::new(10, 8, 20, 22))] {
            let size = Size::new(side, side);
            let samples =
                (0..size.area() * 3).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8 / 2 + 60).collect();
            let frame = Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).expect("the sizes fit");
            let encoding = Encoding { format: FileFormat::Png, jpeg: JpegQuality::AsSource };
            let bytes = io::encode(&frame, &Metadata::bare(FileFormat::Png), encoding).expect("encoded");
            std::fs::write(desk.path(&format!("{name}.png")), bytes).expect("written");
            let mut mask = Mask::empty(size);
            mask.write(hole, |_, _, _| 255);
            std::fs::write(desk.path(&format!("{name}-mask.png")), io::write_mask(&mask).expect("encoded"))
                .expect("written");
        }
        desk.add_network();
        let z = Tensor::arange(0.0f32, 8.0, &Device::Cpu).expect("eight numbers");
        let latent = HashMap::from([("z".to_owned(), z)]);
        candle_core::safetensors::save(&latent, desk.path("z.safetensors")).expect("written");
        desk
    }

    fn add_network(&self) {
        let config = Config {
            side: 32,
            style_dim: 8,
            n_mapping: 1,
            global_dim: 8,
            base_channels: 256,
            max_channels: 8,
            clamp: None,
            encoder: EncoderKind::Official,
        };
        let variables = VarMap::new();
        Generator::new(&config, &VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu)).expect("built");
        let tensors: Vec<(String, Tensor)> = {
            let data = variables.data().lock().expect("nobody else has it");
            data.iter().map(|(key, variable)| (key.clone(), variable.as_tensor().clone())).collect()
        };
        let config: toml::Table = toml::from_str(
            "side = 32\nstyle_dim = 8\nn_mapping = 1\nglobal_dim = 8\nbase_channels = 256\nmax_channels = 8\n",
        )
        .expect("a table");
        weights::add(&self.path("weights"), Entry::new("tiny", Family::Comodgan, 32, config), tensors).expect("added");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.args(line.split_whitespace()).args(["--weights", "weights"]).current_dir(self.folder.path());
        command.env_remove("PENTIMENTO_WEIGHTS").env("RUST_BACKTRACE", "1").stdin(Stdio::null());
        command.output().expect("the program starts")
    }

    fn json(&self, line: &str) -> Value {
        let output = self.run(&format!("{line} --json"));
        assert_eq!(output.status.code(), Some(0), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON object on stdout")
    }

    fn fail(&self, line: &str, words: &[&str]) {
        let output = self.run(line);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), errors.lines().count()), (Some(1), 1), "{line}: {errors}");
        for word in words {
            assert!(errors.contains(word), "{line}: expected {word:?} in: {errors}");
        }
    }

    fn read(&self, name: &str) -> Frame {
        io::read(&self.path(name), &Limits::default()).expect("a readable photo").frame
    }
}

#[test]
fn a_network_fills_and_says_at_which_resolution() {
    let desk = Desk::new();
    let told = desk.json("erase photo.png photo-mask.png -o out.png --model tiny --detail off --grow 0 --candidates 2");
    assert_eq!((&told["engine"], &told["resolution"]), (&"tiny".into(), &32.into()), "{told}");
    assert!(told["reason"].is_null(), "it was asked for: {told}");
    assert!(told["label"].as_str().unwrap().starts_with("CoModGAN, generated at 32 px"), "{told}");
    assert!(told["scale"].as_f64().unwrap() > 1.0, "{told}");
    assert!(desk.read("out-1.png") != desk.read("out-2.png"), "two latents, two fills");
    let told = desk.json("erase photo.png photo-mask.png -o auto.png --model auto");
    assert!(told["reason"].as_str().unwrap().contains("guides: the hole is"), "{told}");
    let between = "erase photo.png photo-mask.png --model tiny --detail off --grow 0 --between 0 1";
    desk.json(&format!("{between} --at 1 -o end.png"));
    assert!(desk.read("end.png") == desk.read("out-2.png"), "the end of the way is the second candidate");
    desk.json(&format!("{between} --at 0.5 -o half.png"));
    assert!(desk.read("half.png") != desk.read("out-1.png"), "half way is neither");
}

#[test]
fn the_network_alone_needs_its_own_size_and_latent() {
    let desk = Desk::new();
    let told = desk.json("erase small.png small-mask.png -o raw.png --model tiny --raw --latent z.safetensors");
    assert_eq!(told["label"], "CoModGAN, generated at 32 px", "{told}");
    let (before, after) = (desk.read("small.png"), desk.read("raw.png"));
    let differs = |x: u32, y: u32| before.rgb_at(x, y) != after.rgb_at(x, y);
    let hole = PixelRect::new(10, 8, 20, 22);
    for (x, y) in (0..32).flat_map(|y| (0..32).map(move |x| (x, y))) {
        assert!(!differs(x, y) || hole.contains(x as i32, y as i32), "known at {x}, {y}");
    }
    assert!((8..22).any(|y| (10..20).any(|x| differs(x, y))), "the hole is filled");
    let raw = "--raw -o never.png --model tiny";
    desk.fail(&format!("erase photo.png photo-mask.png {raw}"), &["120 x 120", "32 x 32"]);
    desk.fail(&format!("erase small.png small-mask.png {raw} --latent small.png"), &["latent", "small.png"]);
    desk.fail("erase small.png small-mask.png --raw -o never.png", &["--model", "exemplar"]);
    desk.fail("erase small.png small-mask.png -o never.png --between 1 2 --at 0.5", &["two seeds"]);
    desk.fail("erase small.png small-mask.png -o never.png --model oracle", &["oracle", "tiny"]);
    let file = std::fs::read_dir(desk.path("weights")).unwrap().map(|entry| entry.unwrap().path());
    let file = file.into_iter().find(|path| path.extension().is_some_and(|e| e == "safetensors")).unwrap();
    std::fs::write(file, b"cut").unwrap();
    desk.fail("erase photo.png photo-mask.png -o never.png --model tiny", &["tiny"]);
    assert!(!desk.path("never.png").exists(), "nothing is written");
}
