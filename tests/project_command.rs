//! `pentimento project`, and the moving pictures of `pentimento interpolate`, with a small network of random weights in a folder of its own.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use candle_core::{DType, Device, Tensor};
use candle_nn::{VarBuilder, VarMap};
use pentimento::control::rng;
use pentimento::generators::catalog;
use pentimento::generators::dcgan::{Config, Discriminator, Generator, Predictor};
use pentimento::generators::manifold::Manifold;
use pentimento::imaging::io::{self, Encoding, Limits};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples, Size};
use pentimento::latent::{Picture, draw, space};
use pentimento::weights::{self, Entry, Family};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with a model and photos.
struct Desk {
    folder: TempDir,
}

impl Desk {
    /// The model "tiny", and a photo of 60 x 50 pixels that holds one of its pictures at (7, 9).
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder for the test") };
        let manifold = desk.add_model();
        let latents = space::draw_start(manifold.prior(), 2, manifold.latent_dim(), &mut rng(3, 1));
        let pictures = draw(manifold.as_ref(), &latents).expect("two pictures");
        std::fs::create_dir(desk.path("held-out")).expect("a folder");
        for (at, picture) in pictures.iter().enumerate() {
            desk.write(&format!("held-out/{at}.png"), &picture.to_frame().expect("a frame"));
        }
        desk.write("photo.png", &pasted(&pictures[0]));
        let noise = (0..32 * 32 * 3_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 17) as u8).collect();
        desk.write("noise.png", &Frame::new(Size::new(32, 32), ColorModel::Rgb, Samples::U8(noise)).expect("a frame"));
        desk
    }

    fn add_model(&self) -> Arc<dyn Manifold> {
        let config = Config { n_latent: 6, width: 8, n_layers: 1, ..Config::px_64() };
        let variables = VarMap::new();
        let vb = VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu);
        Generator::new(&config, &vb.pp("generator")).expect("built");
        Discriminator::new(&config, &vb.pp("discriminator")).expect("built");
        Predictor::new(&config, &vb.pp("predictor")).expect("built");
        let tensors: Vec<(String, Tensor)> = {
            let data = variables.data().lock().expect("nobody else has it");
            data.iter().map(|(key, variable)| (key.clone(), stronger(key, variable.as_tensor()))).collect()
        };
        let config = toml::Table::try_from(&config).expect("a table");
        let mut entry = Entry::new("tiny", Family::Dcgan, 16, config);
        "blots".clone_into(&mut entry.data);
        let entry = weights::add(&self.path("weights"), entry, tensors).expect("added");
        catalog::manifold(&entry, &Device::Cpu).expect("loaded")
    }

    fn write(&self, name: &str, frame: &Frame) {
        let format = FileFormat::Png;
        let bytes = io::encode(frame, &Metadata::bare(format), Encoding::new(format)).expect("encoded");
        std::fs::write(self.path(name), bytes).expect("written");
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
        let output = self.run(line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    }

    /// The line on stderr and the exit code.
    fn failure(&self, line: &str) -> (String, Option<i32>) {
        let output = self.run(line);
        (String::from_utf8_lossy(&output.stderr).trim().to_owned(), output.status.code())
    }
}

/// Random weights paint faintly; these do not.
fn stronger(key: &str, tensor: &Tensor) -> Tensor {
    let factor = if key == "generator.to_image.weight" { 1000.0 } else { 1.0 };
    (tensor * factor).expect("multiplied")
}

/// `picture` on a grey photo.
fn pasted(picture: &Picture) -> Frame {
    let size = Size::new(60, 50);
    let mut samples = vec![90; size.area() * 3];
    let side = picture.side();
    for (row, pixels) in samples.chunks_mut(60 * 3).skip(9).zip(picture.rgb().chunks(side * 3)) {
        row[7 * 3..][..side * 3].copy_from_slice(pixels);
    }
    Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).expect("a frame")
}

#[test]
fn a_photo_becomes_a_latent() {
    let desk = Desk::new();
    let told = desk.json("project photo.png --model tiny --place 7,9,16 --picture pair.png -o z.safetensors --json");
    let error = told["mse"].as_f64().expect("a number");
    assert!(error < 0.01, "{told}");
    assert_eq!((&told["method"], &told["is_off_manifold"]), (&"hybrid".into(), &false.into()), "{told}");
    assert_eq!(told["others"][0]["method"], "network", "the prediction is told too: {told}");
    assert!(told["others"][0]["mse"].as_f64().is_some_and(|other| other > error), "and was worse: {told}");
    assert!(told["milliseconds"]["project"].as_f64().is_some_and(|time| time > 0.0), "{told}");
    let z = weights::read_latent(&desk.path("z.safetensors"), 6).expect("a latent");
    let pair = io::read(&desk.path("pair.png"), &Limits::default()).expect("a picture").frame;
    assert_eq!(pair.size(), Size::new(32, 16), "side by side");
    // The file holds the latent of the picture on the right.
    let (entry, manifold) = desk.model();
    assert_eq!(entry.data, "blots", "the model that was asked for");
    let picture = draw(manifold.as_ref(), &[z.into()]).expect("drawn").remove(0);
    for (x, y) in [(0, 0), (7, 3), (15, 15)] {
        let at = (y * 16 + x) * 3;
        let wanted = [0, 1, 2].map(|c| f32::from(picture.rgb()[at + c]));
        assert_eq!(pair.rgb_at(16 + x as u32, y as u32), wanted, "pixel {x}, {y}");
    }
    let again = desk.json("project photo.png --model tiny --place 7,9,16 -o again.safetensors --json");
    assert_eq!(again["mse"], told["mse"], "the same seed");
    let [first, second] = ["z", "again"].map(|name| std::fs::read(desk.path(&format!("{name}.safetensors"))));
    assert_eq!(first.expect("read"), second.expect("read"), "the same bytes");
}

impl Desk {
    fn model(&self) -> (Entry, Arc<dyn Manifold>) {
        let catalog = weights::Catalog::open([self.path("weights")]).expect("a catalog");
        let entry = catalog.find("tiny").expect("the model").clone();
        let manifold = catalog::manifold(&entry, &Device::Cpu).expect("loaded");
        (entry, manifold)
    }
}

#[test]
fn a_foreign_photo_is_told() {
    let desk = Desk::new();
    let output = desk.run("project noise.png --model tiny --steps 20 -o z.safetensors");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("unlike what this model knows (blots)"), "{told}");
}

#[test]
fn methods_are_compared_on_a_folder() {
    let desk = Desk::new();
    let told = desk.json("project held-out --model tiny --steps 30 --json");
    assert_eq!((&told["pictures"], told["rows"].as_array().map(Vec::len)), (&2.into(), Some(6)), "{told}");
    let methods = told["methods"].as_array().expect("a list");
    let names: Vec<&str> = methods.iter().filter_map(|line| line["method"].as_str()).collect();
    assert_eq!(names, ["network", "optimize", "hybrid"], "{told}");
    let output = desk.run("project held-out --model tiny --steps 5 --limit 1");
    let table = String::from_utf8_lossy(&output.stdout);
    assert!(table.starts_with("| tiny | error |") && table.contains("1 pictures"), "{table}");
}

#[test]
fn a_way_becomes_a_moving_picture() {
    let desk = Desk::new();
    let way = "interpolate --model tiny --from 1 --via 2 --to 3 --frames 5 -o frames";
    let told = desk.json(&format!("{way} --export way.webp --playback ping-pong --scale 3 --frame-ms 40 --json"));
    assert_eq!((&told["export"], &told["key_frames"]), (&"way.webp".into(), &3.into()), "{told}");
    let file = std::fs::File::open(desk.path("way.webp")).expect("a file");
    let mut decoder = image_webp::WebPDecoder::new(std::io::BufReader::new(file)).expect("a WebP");
    assert_eq!((decoder.num_frames(), decoder.dimensions()), (8, (48, 48)), "there and back");
    let mut pixels = vec![0; decoder.output_buffer_size().expect("a size")];
    for number in [0, 1, 2, 3, 4, 3, 2, 1] {
        assert_eq!(decoder.read_frame(&mut pixels).expect("a frame"), 40, "milliseconds");
        let still = io::read(&desk.path(&format!("frames/frame{number:04}.png")), &Limits::default()).expect("a PNG");
        for (x, y) in [(0, 0), (9, 4), (15, 15)] {
            let at = (y * 3 * 48 + x * 3) * 3;
            let shown = [0, 1, 2].map(|c| f32::from(pixels[at + c]));
            assert_eq!(shown, still.frame.rgb_at(x as u32, y as u32), "frame {number} at {x}, {y}");
        }
    }
    let told = desk.json(&format!("{way} --closed --export loop.gif --json"));
    assert_eq!(told["outputs"].as_array().map(Vec::len), Some(5), "{told}");
    let gif = std::fs::read(desk.path("loop.gif")).expect("a file");
    assert!(gif.starts_with(b"GIF89a"), "a GIF");
    let (told, exit) = desk.failure(&format!("{way} --export way.mp4"));
    assert!(told.contains("a .gif, a .webp, or a folder") && exit == Some(1), "{told}");
}

#[test]
fn mistakes_are_one_sentence() {
    let desk = Desk::new();
    for (line, part, code) in [
        ("project photo.png --model tiny", "-o LATENT.safetensors", 1),
        ("project photo.png --model none -o z.safetensors", "choose one of tiny", 1),
        ("project missing.png --model tiny -o z.safetensors", "no such file", 1),
        ("project photo.png --model tiny -o no/such/z.safetensors", "folder to write to does not exist", 1),
        ("project photo.png --model tiny --place 1,2 -o z.safetensors", "X,Y,SIDE", 2),
        ("project photo.png --model tiny --method magic -o z.safetensors", "hybrid, optimize, network", 2),
        ("project photo.png --model tiny --starts 0 -o z.safetensors", "--starts", 2),
        ("project photo.png --model tiny --picture a.mp4 -o z.safetensors", "known format", 1),
    ] {
        let (told, exit) = desk.failure(line);
        assert!(told.to_lowercase().contains(&part.to_lowercase()), "{line}: {told}");
        assert_eq!(exit, Some(code), "{line}: {told}");
        assert!(code == 2 || told.lines().count() == 1, "{line}: {told}");
    }
}
