//! `pentimento generate` and `interpolate`, and what the other commands make of a model that draws: small models imported from
//! the checkpoints of other projects.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use candle_core::Device;
use pentimento::generators::manifold::Prior;
use pentimento::generators::stylegan2;
use pentimento::imaging::io::{self, Limits};
use pentimento::imaging::{Frame, Size};
use pentimento::train::Parameters;
use pentimento::weights::{self, Entry, Family, LatentFile, LatentKind};
use serde_json::Value;

/// A folder to work in, with models: `cats` is iGAN's form, `faces` PyTorch's, `ink` draws sketches, `filler` fills holes.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(desk.path("weights")).unwrap();
        for (checkpoint, family, name) in [
            ("igan.dcgan_theano", "dcgan", "cats"),
            ("dcgan_plain.pth", "dcgan", "faces"),
            ("igan_sketch.dcgan_theano", "dcgan", "ink"),
            ("migan.pt", "migan", "filler"),
        ] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/checkpoints").join(checkpoint);
            desk.succeed(&format!("models import {} --as {family} --name {name}", file.display()));
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, line: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pentimento"));
        command.args(line.split_whitespace()).args(["--weights", "weights"]).current_dir(self.folder.path());
        command.env("HOME", self.path("home")).env_remove("XDG_DATA_HOME").env_remove("PENTIMENTO_WEIGHTS");
        command.stdin(Stdio::null()).env_remove("RUST_LOG").env("RUST_BACKTRACE", "1");
        command.output().unwrap()
    }

    fn succeed(&self, line: &str) -> String {
        let output = self.run(line);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""), "{line}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.succeed(&format!("{line} --json"))).unwrap()
    }

    /// Exit 1 with one line on stderr that holds all of `words`.
    fn fail(&self, line: &str, words: &[&str]) {
        let output = self.run(line);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), errors.lines().count()), (Some(1), 1), "{line}: {errors}");
        for word in words {
            assert!(errors.contains(word), "{line}: no {word:?} in: {errors}");
        }
    }

    fn read(&self, name: &str) -> Frame {
        io::read(&self.path(name), &Limits::default()).unwrap().frame
    }
}

#[test]
fn seeds_become_pictures_and_a_sheet() {
    let desk = Desk::new();
    let told = desk.json("generate --model cats --seeds 0-4 -o out --sheet sheet.png");
    assert_eq!((told["family"].as_str(), told["side"].as_u64()), (Some("dcgan"), Some(32)), "{told}");
    assert_eq!(told["seeds"].as_array().unwrap().len(), 5, "{told}");
    assert_eq!(told["outputs"][4], "out/seed0004.png", "{told}");
    let pictures: Vec<Frame> = (0..5).map(|seed| desk.read(&format!("out/seed000{seed}.png"))).collect();
    assert!(pictures.iter().all(|picture| picture.size() == Size::new(32, 32)), "the model's side");
    assert!(pictures[0] != pictures[1], "another seed, another picture");
    let sheet = desk.read("sheet.png");
    assert_eq!(sheet.size(), Size::new(3 * 34 + 2, 2 * 34 + 2), "three columns, two rows");
    assert_eq!(sheet.rgb_at(2 + 34 + 5, 2 + 34 + 7), pictures[4].rgb_at(5, 7), "the fifth picture is in its place");
    // Alone, in another company and with other threads it is the same picture.
    let before = fs::read(desk.path("out/seed0003.png")).unwrap();
    desk.succeed("generate --model cats --seeds 3 -o again --threads 1");
    assert!(before == fs::read(desk.path("again/seed0003.png")).unwrap(), "the same bytes");
    desk.succeed("generate --model dcgan --seeds 3,9 -o family");
    assert!(before == fs::read(desk.path("family/seed0003.png")).unwrap(), "the first of the family is cats");
}

#[test]
fn latents_are_kept_and_drawn_again() {
    let desk = Desk::new();
    desk.succeed("generate --model faces --seeds 7 -o out --keep-latents");
    desk.succeed("generate --model faces --latent out/seed0007.safetensors -o again");
    assert!(desk.read("out/seed0007.png") == desk.read("again/seed0007.png"), "the latent is the picture");
    desk.fail("generate --model faces --latent out/seed0007.png -o never", &["latent", "seed0007.png"]);
    desk.fail("generate --model faces --latent nowhere -o never", &["no such file", "nowhere"]);
    assert!(!desk.path("never").exists(), "nothing is written");
}

#[test]
fn sketches_are_gray() {
    let desk = Desk::new();
    desk.succeed("generate --model ink --seeds 1 -o out");
    let picture = desk.read("out/seed0001.png");
    for at in 0..32 {
        let [r, g, b] = picture.rgb_at(at, 31 - at);
        assert!(r == g && g == b, "gray at {at}");
    }
}

#[test]
fn a_way_has_its_ends_and_as_many_frames_as_asked_for() {
    let desk = Desk::new();
    desk.succeed("generate --model cats --seeds 1-2 -o ends --keep-latents");
    let told = desk.json("interpolate --model cats --from 1 --to ends/seed0002.safetensors --frames 5 -o line");
    assert_eq!(
        (told["interpolation"].as_str(), told["outputs"].as_array().unwrap().len()),
        (Some("linear"), 5),
        "{told}"
    );
    assert!(desk.read("line/frame0000.png") == desk.read("ends/seed0001.png"), "from");
    assert!(desk.read("line/frame0004.png") == desk.read("ends/seed0002.png"), "to");
    let told = desk.json("interpolate --model cats --from 1 --to 2 --frames 5 -o arc --spherical --sheet arc.png");
    assert_eq!(told["interpolation"], "spherical", "{told}");
    assert!(desk.read("arc/frame0002.png") != desk.read("line/frame0002.png"), "the arc is not the line");
    assert!(desk.read("arc/frame0004.png") == desk.read("line/frame0004.png"), "the ends are the same");
    desk.succeed("interpolate --model cats --from 1 --to 2 -o default");
    let written: Value = serde_json::from_slice(&fs::read(desk.path("default/result.json")).unwrap()).unwrap();
    assert_eq!(written["outputs"].as_array().unwrap().len(), 16, "frames unless told otherwise");
    assert_eq!(fs::read_dir(desk.path("default")).unwrap().count(), 17, "and what there is to tell of them");
}

#[test]
fn what_a_family_does_not_have_is_refused() {
    let desk = Desk::new();
    desk.succeed("generate --model cats --seeds 0 -o out --psi 1 --noise none");
    desk.fail("generate --model cats --seeds 0 -o never --psi 0.7", &["--psi", "dcgan", "leave"]);
    desk.fail("generate --model cats --seeds 0 -o never --noise 3", &["--noise", "dcgan", "leave"]);
    desk.fail("generate --model filler --seeds 0 -o never", &["filler", "fills holes"]);
    desk.fail("generate --model dogs --seeds 0 -o never", &["dogs", "cats, faces, ink"]);
    desk.fail("interpolate --model cats --from 0 --to nowhere -o never", &["nowhere"]);
    for line in [
        "generate --model cats -o never",
        "generate --model cats --seeds 3-1 -o never",
        "generate --model cats --seeds 0 --latent z -o never",
        "generate --model cats --seeds 0 --psi much -o never",
        "generate --model cats --seeds 0 --noise loud -o never",
        "interpolate --model cats --from 0 --to 1 --frames 1 -o never",
    ] {
        assert_eq!(desk.run(line).status.code(), Some(2), "{line}");
    }
    assert!(!desk.path("never").exists(), "nothing is written");
}

/// Adds `styled`, a StyleGAN2 of 16 pixels with random weights and six layers of styles.
fn add_styled(desk: &Desk) {
    let config = stylegan2::Config {
        style_dim: 6,
        n_mapping: 2,
        base_channels: 64,
        max_channels: 8,
        ..stylegan2::Config::config_f(16)
    };
    let parameters = Parameters::new(3, &Device::Cpu);
    stylegan2::Generator::new(&config, &parameters.tracked()).unwrap();
    let mut tensors = parameters.tensors();
    // Noise that shows; new networks have none.
    for (name, tensor) in &mut tensors {
        if name.ends_with("noise.weight") {
            *tensor = tensor.ones_like().unwrap();
        }
    }
    let table = toml::Table::try_from(&config).unwrap();
    weights::add(&desk.path("weights"), Entry::new("styled", Family::Stylegan2, 16, table), tensors).unwrap();
}

#[test]
fn styles_are_truncated_and_noise_is_chosen() {
    let desk = Desk::new();
    add_styled(&desk);
    let draw = |options: &str, folder: &str| {
        desk.succeed(&format!("generate --model styled --seeds 5 -o {folder} {options}"));
        desk.read(&format!("{folder}/seed0005.png"))
    };
    let (usual, whole, mean) = (draw("", "a"), draw("--psi 1", "b"), draw("--psi 0", "c"));
    assert!(usual == draw("--psi 0.7 --noise const", "d"), "0.7 unless told otherwise");
    assert!(usual != whole && whole != mean, "psi shows");
    let (none, noisy) = (draw("--noise none", "e"), draw("--noise 4", "f"));
    assert!(none != usual && noisy != usual && noisy != none, "noise shows");
    assert!(noisy == draw("--noise 4", "g"), "and belongs to its seed");
    desk.succeed("generate --model styled --seeds 6 --psi 0 -o other");
    assert!(desk.read("other/seed0006.png") == mean, "there is one average picture");
    assert_eq!(
        desk.run("generate --model styled --seeds 5 --psi 9 -o never").status.code(),
        Some(2),
        "psi out of range"
    );
    assert!(desk.succeed("models info styled").contains("styles"), "what it is");
}

#[test]
fn styles_are_files_of_z_w_or_w_plus() {
    let desk = Desk::new();
    add_styled(&desk);
    desk.succeed("generate --model styled --seeds 5 --psi 1 -o out --keep-latents");
    desk.succeed("generate --model styled --latent out/seed0005.safetensors -o again");
    assert!(desk.read("out/seed0005.png") == desk.read("again/seed0005.png"), "files are not truncated");
    let file = LatentFile::read(&desk.path("out/seed0005.safetensors")).unwrap();
    assert_eq!((file.kind, file.dims.as_slice()), (LatentKind::WPlus, &[6, 6][..]));
    // The same picture from the style alone, and from the latent that it was mapped from.
    let write = |name: &str, kind, values: Vec<f32>| {
        LatentFile { kind, dims: vec![6], values }.write(&desk.path(name)).unwrap();
    };
    write("w.safetensors", LatentKind::W, file.values[..6].to_vec());
    write("z.safetensors", LatentKind::Z, Prior::Normal.latent_of_seed(6, 5));
    for name in ["w", "z"] {
        desk.succeed(&format!("generate --model styled --latent {name}.safetensors -o {name}"));
        assert!(desk.read(&format!("{name}/{name}.png")) == desk.read("out/seed0005.png"), "{name}");
    }
    let told = desk.json("interpolate --model styled --from 5 --to w.safetensors --psi 1 --frames 3 -o way");
    assert_eq!(told["outputs"].as_array().unwrap().len(), 3, "{told}");
    assert!(desk.read("way/frame0000.png") == desk.read("way/frame0002.png"), "one picture in three files");
    LatentFile { kind: LatentKind::WPlus, dims: vec![2, 6], values: vec![0.0; 12] }
        .write(&desk.path("few.safetensors"))
        .unwrap();
    desk.fail("generate --model styled --latent few.safetensors -o never", &["w_plus", "[2, 6]", "6 x 6"]);
    desk.fail("generate --model cats --latent w.safetensors -o never", &["no tensor named z"]);
}

/// Whether `picture` stands in column `column` and row `row` of `sheet`.
fn stands_at(sheet: &Frame, picture: &Frame, (row, column): (u32, u32)) -> bool {
    let side = picture.size().width;
    let (left, top) = (column * (side + 2) + 2, row * (side + 2) + 2);
    (0..side * side).all(|at| {
        let (x, y) = (at % side, at / side);
        // Truncated by two formulas that round differently: a level apart at most.
        let mut pairs = sheet.rgb_at(left + x, top + y).into_iter().zip(picture.rgb_at(x, y));
        pairs.all(|(a, b)| (a - b).abs() <= 1.0)
    })
}

#[test]
fn styles_are_mixed_on_a_sheet() {
    let desk = Desk::new();
    add_styled(&desk);
    desk.succeed("generate --model styled --seeds 1,2,4 -o out");
    let seed = |seed: u32| desk.read(&format!("out/seed{seed:04}.png"));
    let told = desk.json("mix --model styled --rows 1,2 --cols 3-5 --layers coarse -o sheet.png");
    assert_eq!(told["layers"], serde_json::json!([0, 3]), "{told}");
    let sheet = desk.read("sheet.png");
    assert_eq!(sheet.size(), Size::new(74, 56), "a row and a column more than seeds");
    assert!(stands_at(&sheet, &seed(1), (1, 0)) && stands_at(&sheet, &seed(2), (2, 0)), "rows begin with their own");
    assert!(stands_at(&sheet, &seed(4), (0, 2)), "columns too");
    assert!(!stands_at(&sheet, &seed(1), (1, 2)) && !stands_at(&sheet, &seed(4), (1, 2)), "inside are mixtures");
    desk.succeed("mix --model styled --rows 1 --cols 4 --layers all -o whole.png");
    assert!(stands_at(&desk.read("whole.png"), &seed(4), (1, 1)), "all layers of the column are the column");
    desk.fail(
        "mix --model styled --rows 1 --cols 2 --layers fine -o never.png",
        &["the range of layers", "within 0-5"],
    );
    desk.fail("mix --model cats --rows 1 --cols 2 -o never.png", &["no styles"]);
    assert_eq!(desk.run("mix --model styled --rows 1 --cols 2 --layers 4-2 -o never.png").status.code(), Some(2));
}

#[test]
fn directions_are_found_drawn_and_saved() {
    let desk = Desk::new();
    add_styled(&desk);
    desk.succeed("generate --model styled --seeds 0-1 -o out");
    for (method, name) in [("pca --samples 1500", "component 1"), ("factorize", "factor 1")] {
        let line = format!("directions --model styled --count 2 --seeds 0-1 -o found --method {method}");
        let told = desk.json(&line);
        assert_eq!((&told["directions"][0]["name"], told["directions"].as_array().unwrap().len()), (&name.into(), 2));
        let strip = desk.read("found/direction01.png");
        assert_eq!(strip.size(), Size::new(7 * 18 + 2, 2 * 18 + 2), "seven steps of two seeds");
        for seed in 0..2 {
            let picture = desk.read(&format!("out/seed{seed:04}.png"));
            assert!(stands_at(&strip, &picture, (seed, 3)), "the seed itself in the middle");
            assert!(!stands_at(&strip, &picture, (seed, 6)), "and something else beside it");
        }
        let (saved, problems) = weights::read_directions(&desk.path("found"), "styled").unwrap();
        assert!(problems.is_empty() && saved.iter().any(|one| one.name == name && one.vector.len() == 6), "{saved:?}");
    }
    desk.fail("directions --model cats -o never", &["no styles"]);
}

#[test]
fn a_search_and_a_projection_are_of_one_style_or_of_many() {
    let desk = Desk::new();
    add_styled(&desk);
    desk.succeed("generate --model styled --seeds 3 -o out");
    let styles = |path: &str| LatentFile::read(&desk.path(path)).unwrap().values;
    let is_one = |values: &[f32]| values.chunks(6).all(|style| *style == values[..6]);
    desk.succeed("explore --model styled --color out/seed0003.png --starts 8 --steps 3 --top 2 -o one");
    assert!(is_one(&styles("one/candidate01.safetensors")), "one, unless told otherwise");
    desk.succeed("explore --model styled --color out/seed0003.png --starts 8 --steps 3 --top 2 --styles w+ -o many");
    assert!(!is_one(&styles("many/candidate01.safetensors")), "one for each layer");
    let mse = |space: &str| {
        let line =
            format!("project out/seed0003.png --model styled --styles {space} --steps 40 -o {space}.safetensors");
        desk.json(&line)["mse"].as_f64().unwrap()
    };
    let (shared, layered) = (mse("w"), mse("w+"));
    assert!(is_one(&styles("w.safetensors")) && !is_one(&styles("w+.safetensors")), "{shared} and {layered}");
}

#[test]
fn a_model_that_draws_is_listed_but_fills_no_holes() {
    let desk = Desk::new();
    let told = desk.json("models list");
    let models = told["models"].as_array().unwrap();
    for name in ["cats", "faces", "ink"] {
        let model = models.iter().find(|model| model["name"] == name).unwrap();
        assert_eq!((model["family"].as_str(), model["resolution"].as_u64()), (Some("dcgan"), Some(32)), "{model}");
        assert!(model["mask_polarity"].is_null(), "{model}");
    }
    assert!(models.iter().all(|model| model["family"].is_string() && model.get("resolution").is_some()), "{told}");
    assert!(desk.succeed("models info cats").contains("draws"), "what it is");
    assert!(desk.succeed("models verify").contains("cats: as it should be"), "verified");
    desk.succeed("generate --model cats --seeds 0 -o out");
    let erase = "erase out/seed0000.png out/seed0000.png -o never.png --model";
    desk.fail(&format!("{erase} cats"), &["cats", "dcgan", "fills no holes"]);
    desk.fail(&format!("{erase} oracle"), &["oracle", "filler"]);
    let output = desk.run(&format!("{erase} oracle"));
    assert!(!String::from_utf8(output.stderr).unwrap().contains("cats"), "cats are not offered");
    // A file that lies about its shape.
    let file = desk.path("weights/manifest.toml");
    let text = fs::read_to_string(&file).unwrap().replace("n_latent = 5", "n_latent = 6");
    fs::write(&file, text).unwrap();
    desk.fail("generate --model faces --seeds 0 -o never", &["faces", "dcgan", "[6, 8, 4, 4]"]);
    assert_eq!(desk.run("models verify faces").status.code(), Some(1), "verify finds it too");
}

#[test]
fn points_are_dragged_and_what_cannot_be_dragged_is_told() {
    let desk = Desk::new();
    add_styled(&desk);
    let line = "drag --model styled --seed 3 --handle 6,6 --target 9,7 --steps 8 -o dragged";
    let told = desk.json(line);
    let steps = told["steps"].as_u64().unwrap();
    assert!(steps <= 8 && told["points"].as_array().unwrap().len() == 1, "{told}");
    assert_eq!(told["distances"].as_array().unwrap().len() as u64, steps + 1, "before each step, and at the end");
    let start = told["distances"][0][0].as_f64().unwrap();
    assert!((start - 10.0_f64.sqrt()).abs() < 1e-3, "from where it stood: {start}");
    let written: Value = serde_json::from_slice(&fs::read(desk.path("dragged/result.json")).unwrap()).unwrap();
    assert_eq!(written["points"], told["points"], "the file says the same");
    assert!(desk.read("dragged/before.png") != desk.read("dragged/after.png"), "the picture has changed");
    desk.succeed("generate --model styled --latent dragged/after.safetensors -o again");
    assert!(desk.read("again/after.png") == desk.read("dragged/after.png"), "the latent draws it again");
    let trial = desk.json("drag --model styled --random 2 --distance 4 --steps 5");
    assert!(trial["trials"].as_array().unwrap().len() == 2 && trial["arrived"].as_u64().is_some(), "{trial}");

    desk.fail("drag --model cats --seed 1 --handle 3,3 --target 4,4 -o never", &["no styles to drag by"]);
    desk.fail("drag --model styled --seed 1 --handle 3,3 -o never", &["1 handles and 0 targets"]);
    desk.fail("drag --model styled --seed 1 -o never", &["nothing to drag"]);
    desk.fail(
        "drag --model styled --seed 1 --handle 30,3 --target 4,4 -o never",
        &["the handle of pair 1 lies off the picture", "from 0 to 16"],
    );
    desk.fail("drag --model styled --seed 1 --handle 3,3 --target 4,4 --features 9 -o never", &["4, 8, 16"]);
    assert!(!desk.path("never").exists(), "nothing is left behind");
}

#[test]
fn a_space_is_measured_or_a_sentence_says_why_not() {
    let desk = Desk::new();
    add_styled(&desk);
    let share = desk.json("eval noise --model styled --samples 6 -o noise.png");
    assert!(share["noise"]["mean"].as_f64().unwrap() > 0.0, "{share}");
    assert_eq!(desk.read("noise.png").size(), Size::new(16, 16), "where it shows");
    desk.fail("eval ppl --model styled", &["no discriminator, so name a feature trunk"]);
    let trunk = trunk(&desk);
    let path = desk.json(&format!("eval ppl --model styled --pairs 8 --trunk {trunk}"));
    let spaces: Vec<&str> = path["ppl"].as_array().unwrap().iter().filter_map(|one| one["space"].as_str()).collect();
    assert_eq!(spaces, ["z", "w"], "{path}");
    assert!(path["ppl"][0]["features"] == "trunk" && path["ppl"][0]["is_ppl"] == false, "{path}");
    let curve = desk.json(&format!("eval truncation --model styled --samples 4 --psi 0,1 --trunk {trunk}"));
    let to_mean = |at: usize| curve["truncation"]["points"][at]["to_mean"]["mean"].as_f64().unwrap();
    assert!(to_mean(0) < 1e-9 && to_mean(1) > 1e-6, "{curve}");
    let mixing = desk.json(&format!("eval mixing --model styled --pairs 4 --trunk {trunk}"));
    assert_eq!(mixing["mixing"]["layers"].as_array().unwrap().len(), 6, "{mixing}");
    desk.fail(&format!("eval ppl --model cats --space w --pairs 8 --trunk {trunk}"), &["a path length in w"]);
    desk.fail(&format!("eval mixing --model cats --trunk {trunk}"), &["no styles"]);
    fs::create_dir(desk.path("plain")).unwrap();
    desk.fail(&format!("eval separability --model styled --data plain --trunk {trunk}"), &["have no labels"]);
    assert_eq!(desk.run("eval").status.code(), Some(2), "something must be named");
}

/// A small trunk with random weights, named `trunk`.
fn trunk(desk: &Desk) -> String {
    let config = pentimento::generators::vgg::Config { widths: [4, 4, 6, 6, 8] };
    let parameters = Parameters::new(5, &Device::Cpu);
    pentimento::generators::vgg::Trunk::new(&config, &parameters.tracked()).unwrap();
    let tensors: std::collections::HashMap<String, candle_core::Tensor> = parameters.tensors().into_iter().collect();
    let path = desk.path("trunk.safetensors");
    candle_core::safetensors::save(&tensors, &path).unwrap();
    path.display().to_string()
}
