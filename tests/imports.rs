//! Checkpoints of other projects: the picture is PyTorch's, every tensor is used or named, nothing is run, and whatever is
//! wrong is one sentence. The checkpoints and expected pictures were written by `golden/imports.py`.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod network_kit;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use network_kit::{Asked, Golden, assert_close, flat};
use pentimento::generators::catalog::{HoleFiller, hole_filler, hole_filler_of};
use pentimento::generators::context_encoder::{self, Region};
use pentimento::generators::{migan, seeded_uniform};
use pentimento::weights::{Family, Imported, MaskPolarity, WeightsError, add, import};

const CPU: Device = Device::Cpu;
/// f32 sums in another order, over some twenty layers.
const TOLERANCE: f32 = 1e-4;

fn golden_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn checkpoint(name: &str) -> PathBuf {
    golden_folder().join("checkpoints").join(name)
}

fn golden() -> HashMap<String, Tensor> {
    candle_core::safetensors::load(golden_folder().join("imports.safetensors"), &CPU).unwrap()
}

fn read(name: &str, family: Family) -> Imported {
    import(&checkpoint(name), Some(family), "tiny", MaskPolarity::Known).unwrap()
}

/// The sentence with which `bytes` are refused.
fn refusal(bytes: &[u8], family: Family) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.pt");
    fs::write(&path, bytes).unwrap();
    let error = import(&path, Some(family), "tiny", MaskPolarity::Known).unwrap_err();
    assert!(matches!(error, WeightsError::NotImported { .. }), "{error}");
    let sentence = error.to_string();
    assert!(sentence.ends_with("bad.pt") && !sentence.contains('\n'), "{sentence}");
    sentence
}

fn fill(filler: &dyn HoleFiller) -> Tensor {
    let golden = golden();
    let w = filler.styles(&flat(&golden["input/z"])).unwrap();
    filler.fill(&golden["input/image"], &golden["input/known"], w.as_ref()).unwrap()
}

/// Imports, writes, reads and runs a checkpoint.
fn picture(imported: Imported) -> Tensor {
    let folder = tempfile::tempdir().unwrap();
    let entry = add(folder.path(), imported.entry, imported.tensors).unwrap();
    fill(hole_filler(&entry, &CPU).unwrap().as_ref())
}

#[test]
fn comodgan_after_stylegan2_ada_gives_the_same_picture() {
    let golden = golden();
    for (name, n_ignored) in [("ada.pt", 7), ("ada_run.pth", 9)] {
        let imported = read(name, Family::Comodgan);
        assert_eq!((imported.entry.resolution, imported.filled.len()), (16, 0), "{name}");
        assert_eq!(imported.ignored.len(), n_ignored, "{name}: {:?}", imported.ignored);
        assert!(imported.entry.note.as_ref().unwrap().contains(name), "{:?}", imported.entry.note);
        assert_close(&picture(imported), &golden["ada/output"], TOLERANCE);
    }
    let mut imported = read("ada.pt", Family::Comodgan);
    assert_eq!(imported.entry.config["clamp"].as_float(), Some(256.0));
    imported.entry.config.insert("clamp".to_owned(), 1.5.into());
    assert_close(&picture(imported), &golden["ada/clamped"], TOLERANCE);
}

#[test]
fn comodgan_of_the_ports_gives_the_same_picture() {
    let golden = golden();
    for name in ["port.pth", "port_state.pt"] {
        let mut imported = read(name, Family::Comodgan);
        assert_eq!(imported.filled.len(), 2, "{name}: {:?}", imported.filled);
        assert!(imported.ignored.iter().all(|ignored| ignored.key.ends_with(".kernel")), "{:?}", imported.ignored);
        assert_eq!(imported.entry.config.get("clamp"), None, "the official code does not cut off");
        // PyTorch drew the noise; here it is what the picture was made with.
        for (key, map) in golden.iter().filter(|(key, _)| key.ends_with("noise_const")) {
            let known = imported.tensors.insert(key.strip_prefix("port/").unwrap().to_owned(), map.clone());
            assert_eq!(known.unwrap().dims(), map.dims(), "{key}");
        }
        assert_close(&picture(imported), &golden["port/output"], TOLERANCE);
    }
    let (first, second) = (read("port.pth", Family::Comodgan), read("port.pth", Family::Comodgan));
    let noise = |imported: &Imported, key: &str| flat(&imported.tensors[&format!("synthesis.{key}.noise_const")]);
    assert_eq!(noise(&first, "b8.conv0"), noise(&second, "b8.conv0"), "the noise is the same each time");
    assert_ne!(noise(&first, "b8.conv0"), noise(&first, "b8.conv1"), "each layer has its own");
}

#[test]
fn migan_gives_the_same_picture() {
    let golden = golden();
    for name in ["migan.pt", "migan_views.pth"] {
        let imported = read(name, Family::Migan);
        assert_eq!(imported.ignored.len(), 10, "{name}: {:?}", imported.ignored);
        assert_close(&picture(imported), &golden["migan/output"], TOLERANCE);
    }
    let mut imported = read("migan.pt", Family::Migan);
    imported.entry.config.insert("clamp".to_owned(), 1.5.into());
    assert_close(&picture(imported), &golden["migan/clamped"], TOLERANCE);
}

#[test]
fn migan_has_the_published_size_and_keys() {
    let config = migan::Config::official(512);
    let asked = Asked::by(|vb| migan::Generator::new(&config, vb));
    let count = asked.parameters(|key| !key.ends_with("noise_const"));
    assert_eq!(count, 5_893_158);
    // The published 5.97 million hold the blur's kernels, one for each channel on the way down, up, and of the colours.
    let sides = (3..=9).map(|log| 1 << log);
    let blurs: usize = sides.clone().map(|side| 16 * (2 * config.channels(side) + 3)).sum();
    assert_eq!(count + blurs, 5_973_366);
    // As do the published 10.9 and 15.1 thousand million multiplications.
    for (side, published) in [(256, 10.894), (512, 15.075)] {
        let config = migan::Config::official(side);
        let blur = |at: usize| 16 * (config.channels(at) * (at * at / 4 + at * at) + 3 * at * at);
        let blurs: usize = sides.clone().take_while(|at| *at <= side).map(blur).sum();
        let giga = (config.conv_macs() + blurs as u64) as f64 / 1e9;
        assert!((giga - published).abs() < 1e-3, "{giga} thousand million multiplications at {side}");
    }
    let imported = read("migan.pt", Family::Migan);
    let config: migan::Config = imported.entry.config.clone().try_into().unwrap();
    let asked = Asked::by(|vb| migan::Generator::new(&config, vb));
    assert!(imported.tensors.keys().eq(asked.keys().iter()), "the import has what the network asks for");
}

#[test]
fn our_own_context_encoder_is_read() {
    for (group, region) in [("context_center", Region::Center), ("context_anywhere", Region::Anywhere)] {
        let golden = Golden::of("train.safetensors", group);
        let mut tensors: BTreeMap<String, Tensor> = golden.folder("weights").map(|(k, t)| (k, t.clone())).collect();
        tensors.insert("encoder.1.norm.num_batches_tracked".to_owned(), Tensor::new(7_i64, &CPU).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ce.safetensors");
        fs::write(&path, safetensors::serialize(&tensors, None).unwrap()).unwrap();
        let imported = import(&path, Some(Family::ContextEncoder), "tiny", MaskPolarity::Known).unwrap();
        assert_eq!((imported.ignored.len(), imported.entry.resolution), (1, 32), "{:?}", imported.ignored);
        let config: context_encoder::Config = imported.entry.config.clone().try_into().unwrap();
        assert_eq!(config, context_encoder::Config { side: 32, width: 2, bottleneck: 5, region });
        let filler = hole_filler_of(&imported.entry, imported.tensors, &CPU).unwrap();
        assert_eq!((filler.resolution(), filler.latent_dim()), (32, None));
        let net = context_encoder::Generator::new(&config, &golden.frozen()).unwrap();
        let image = seeded_uniform((1, 3, 32, 32), 3, "image").unwrap();
        let known = context_encoder::center_known(&config, &CPU).unwrap();
        let expected = net.fill(&image, &known).unwrap();
        assert_close(&filler.fill(&image, &known, None).unwrap(), &expected, 1e-6);
        let everywhere = known.zeros_like().unwrap();
        assert_eq!(
            filler.fill(&image, &everywhere, None).is_err(),
            region == Region::Center,
            "a hole beyond the middle"
        );
    }
}

#[test]
fn the_mask_can_be_turned_round() {
    let (golden, file) = (golden(), checkpoint("migan.pt"));
    let fill = |polarity| {
        let imported = import(&file, Some(Family::Migan), "tiny", polarity).unwrap();
        assert_eq!(imported.entry.mask_polarity, polarity);
        let tensors: HashMap<String, Tensor> = imported.tensors.into_iter().collect();
        (hole_filler_of(&imported.entry, tensors.clone(), &CPU).unwrap(), tensors)
    };
    let ((holes, mut tensors), known) = (fill(MaskPolarity::Hole), golden["input/known"].clone());
    let image = &golden["input/image"];
    let by_polarity = holes.fill(image, &known, None).unwrap();
    assert!(
        (&by_polarity - &golden["migan/output"]).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap()
            > 0.01
    );
    // The same as a network whose weights for the mask are negated.
    let first = tensors["encoder.b16.fromrgb.weight"].clone();
    let negated =
        Tensor::cat(&[&first.narrow(1, 0, 1).unwrap().neg().unwrap(), &first.narrow(1, 1, 3).unwrap()], 1).unwrap();
    tensors.insert("encoder.b16.fromrgb.weight".to_owned(), negated);
    let config = migan::Config { side: 16, base_channels: 64, max_channels: 8, clamp: Some(256.0) };
    let net = migan::Generator::new(&config, &VarBuilder::from_tensors(tensors, DType::F32, &CPU)).unwrap();
    assert_close(&by_polarity, &net.forward(image, &known).unwrap(), 1e-5);
}

#[test]
fn what_is_known_comes_back_exactly() {
    let golden = golden();
    let imported = read("migan.pt", Family::Migan);
    let (image, known) = (&golden["input/image"], golden["input/known"].ones_like().unwrap());
    let filler = hole_filler_of(&imported.entry, imported.tensors, &CPU).unwrap();
    assert_eq!(flat(&filler.fill(image, &known, None).unwrap()), flat(image));
    assert!(filler.latent_dim().is_none() && filler.styles(&[]).unwrap().is_none(), "no latents");
    let small = image.narrow(3, 0, 8).unwrap();
    let sentence = filler.fill(&small, &known, None).unwrap_err().to_string();
    assert!(!sentence.is_empty());
}

#[test]
fn nothing_in_a_checkpoint_is_run() {
    for name in ["harm.pt", "harm.pth"] {
        let sentence = refusal(&fs::read(checkpoint(name)).unwrap(), Family::Comodgan);
        assert!(sentence.contains("posix.system") && sentence.contains("run"), "{sentence}");
    }
    assert!(!Path::new("pentimento-was-here").exists(), "the command did not run");
}

/// The tensors of a checkpoint as safetensors, edited.
fn edited(name: &str, edit: impl FnOnce(&mut BTreeMap<String, Tensor>)) -> Vec<u8> {
    let table = (name == "port_state.pt").then_some("state_dict");
    let read = candle_core::pickle::read_all_with_key(checkpoint(name), table).unwrap();
    let mut tensors: BTreeMap<String, Tensor> = read.into_iter().collect();
    edit(&mut tensors);
    safetensors::serialize(&tensors, None).unwrap()
}

#[test]
fn safetensors_are_read_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ada.safetensors");
    fs::write(&path, edited("ada.pt", |_| {})).unwrap();
    let imported = import(&path, Some(Family::Comodgan), "tiny", MaskPolarity::Known).unwrap();
    assert_close(&picture(imported), &golden()["ada/output"], TOLERANCE);
}

#[test]
fn every_tensor_is_used_once_in_its_shape() {
    let zeros = |dims: &[usize]| Tensor::zeros(dims, DType::F32, &CPU).unwrap();
    for key in
        ["synthesis.b8.conv1.noise_strength", "encoder.b16.conv1.bias", "mapping.w_avg", "synthesis.b4.fc.weight"]
    {
        let bytes = edited("ada.pt", |tensors| drop(tensors.remove(key)));
        let sentence = refusal(&bytes, Family::Comodgan);
        assert!(sentence.contains(key) && sentence.contains("missing"), "{sentence}");
        let bytes = edited("ada.pt", |tensors| drop(tensors.insert(key.to_owned(), zeros(&[3, 2]))));
        let sentence = refusal(&bytes, Family::Comodgan);
        assert!(sentence.contains(key) && sentence.contains("[3, 2]"), "{sentence}");
    }
    for (name, family, key) in [
        ("ada.pt", Family::Comodgan, "synthesis.b8.conv2.weight"),
        ("port_state.pt", Family::Comodgan, "G_synthesis.E.4x4.ConvDense0.0.weight"),
        ("migan.pt", Family::Migan, "encoder.b8.conv1.conv2.bias"),
    ] {
        let bytes = edited(name, |tensors| drop(tensors.insert(key.to_owned(), zeros(&[3]))));
        let sentence = refusal(&bytes, family);
        assert!(sentence.contains(key) && sentence.contains("no use"), "{sentence}");
    }
    let bytes = edited("ada.pt", |tensors| {
        tensors.insert("encoder.b8.conv0.bias".to_owned(), Tensor::new(&[f32::NAN; 8], &CPU).unwrap());
    });
    assert!(refusal(&bytes, Family::Comodgan).contains("finite"));
    // A blur that is not the one that is built in would be left out silently.
    let bytes = edited("ada.pt", |tensors| {
        let key = "synthesis.b8.resample_filter".to_owned();
        assert!(tensors.insert(key, zeros(&[4, 4])).is_some());
    });
    assert!(refusal(&bytes, Family::Comodgan).contains("resample_filter"));
}

#[test]
fn another_network_is_told() {
    let bytes = fs::read(checkpoint("ada.pt")).unwrap();
    let sentence = refusal(&bytes, Family::Migan);
    assert!(sentence.contains("migan") && sentence.contains("encoder.b4.conv1.conv1.weight"), "{sentence}");
    let sentence = refusal(b"not a checkpoint at all", Family::Comodgan);
    assert!(sentence.contains("neither"), "{sentence}");
    assert!(refusal(b"", Family::Comodgan).contains("neither"));
    let nowhere = import(Path::new("nowhere.pt"), Some(Family::Comodgan), "tiny", MaskPolarity::Known).unwrap_err();
    assert!(matches!(nowhere, WeightsError::NoSuchFile { .. }), "{nowhere}");
}

#[test]
fn truncated_checkpoints_are_told() {
    for name in ["ada.pt", "ada_run.pth", "port.pth", "migan_views.pth", "migan.pt"] {
        let bytes = fs::read(checkpoint(name)).unwrap();
        let family = if name.starts_with("migan") { Family::Migan } else { Family::Comodgan };
        for length in [1, 4, 30, bytes.len() / 3, bytes.len() / 2, bytes.len() - 1] {
            refusal(&bytes[..length], family);
        }
    }
}

/// Whole numbers as the pickle has them, one after the other, all replaced by another one of four bytes.
fn lie(bytes: &[u8], before: &[u8], number: u32) -> Vec<u8> {
    let at = bytes.windows(before.len()).position(|window| window == before).unwrap();
    let number = [b"J".as_slice(), &number.to_le_bytes()].concat();
    [&bytes[..at], &number.repeat(before.len() / 2), &bytes[at + before.len()..]].concat()
}

/// An archive with another table.
fn rezipped(name: &str, edit: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(fs::File::open(checkpoint(name)).unwrap()).unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let (name, mut content) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut content).unwrap();
        writer.start_file(&name, options).unwrap();
        writer.write_all(&if name.ends_with("data.pkl") { edit(&content) } else { content }).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn sizes_that_lie_are_told_before_anything_is_allocated() {
    // The first layer's 36 weights, 6 by 6, in the storage: `K $`; and its sides: `K 6 K 6`.
    for number in [37, 1 << 30, u32::MAX >> 1] {
        let sentence = refusal(&rezipped("ada.pt", |pickle| lie(pickle, b"K\x24", number)), Family::Comodgan);
        assert!(sentence.contains("numbers"), "{sentence}");
        let sentence = refusal(&rezipped("ada.pt", |pickle| lie(pickle, b"K\x06K\x06", number)), Family::Comodgan);
        assert!(sentence.contains("36 numbers"), "{sentence}");
        let bytes = fs::read(checkpoint("port.pth")).unwrap();
        let sentence = refusal(&lie(&bytes, b"K\x24", number), Family::Comodgan);
        assert!(sentence.contains("numbers"), "{sentence}");
    }
    let bytes = rezipped("ada.pt", <[u8]>::to_vec);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.pt");
    fs::write(&path, bytes).unwrap();
    assert!(import(&path, Some(Family::Comodgan), "tiny", MaskPolarity::Known).is_ok(), "the archive itself is sound");
}

#[test]
fn pickles_that_multiply_or_nest_come_to_an_end() {
    // A tuple of itself twice, again and again; then tuples in tuples.
    let mut doubling = b"\x80\x02]q\x00".to_vec();
    for _ in 0..200_000 {
        doubling.extend(b"h\x00h\x00\x86q\x00");
    }
    let nesting = [b"\x80\x02)".to_vec(), vec![0x85; 900_000], b".".to_vec()].concat();
    doubling.push(b'.');
    for pickle in [&doubling, &nesting] {
        refusal(pickle, Family::Comodgan);
        refusal(&rezipped("ada.pt", |_| pickle.clone()), Family::Comodgan);
    }
}
