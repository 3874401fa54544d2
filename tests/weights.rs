//! Weights as files: what is added comes back, and each failure is one sentence.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod network_kit;

use std::fs;
use std::path::Path;

use candle_core::{Device, Tensor};
use network_kit::{Golden, assert_close, flat};
use pentimento::generators::catalog::hole_filler;
use pentimento::generators::comodgan;
use pentimento::weights::{Catalog, Entry, Family, MANIFEST, MaskPolarity, WeightsError, add, is_name, replace};

const CPU: Device = Device::Cpu;

fn config() -> comodgan::Config {
    comodgan::Config {
        side: 16,
        style_dim: 6,
        n_mapping: 2,
        global_dim: 5,
        base_channels: 64,
        max_channels: 8,
        clamp: None,
        encoder: comodgan::EncoderKind::Official,
    }
}

fn entry(name: &str) -> Entry {
    let config = toml::Table::try_from(config()).unwrap();
    Entry { licence: "MIT".to_owned(), data: "noise".to_owned(), ..Entry::new(name, Family::Comodgan, 16, config) }
}

fn tensors() -> Vec<(String, Tensor)> {
    let golden = Golden::load("comodgan");
    let tensor = |name: &String| golden.get(&format!("weights/{name}")).clone();
    golden.names().iter().map(|name| (name.clone(), tensor(name))).collect()
}

/// A folder with one model named `tiny`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    add(folder.path(), entry("tiny"), tensors()).unwrap();
    folder
}

/// The sentence with which the only model of `folder` fails to become a network.
fn failure(folder: &Path) -> String {
    let catalog = Catalog::open([folder]).unwrap();
    let sentence = hole_filler(&catalog.entries()[0], &CPU).err().unwrap().to_string();
    assert!(!sentence.contains('\n') && sentence.contains("tiny"), "{sentence}");
    sentence
}

fn edit(folder: &Path, edit: impl FnOnce(String) -> String) {
    let path = folder.join(MANIFEST);
    let text = edit(fs::read_to_string(&path).unwrap());
    fs::write(path, text).unwrap();
}

#[test]
fn what_is_added_comes_back() {
    let folder = folder();
    let mut second = entry("tiny-2");
    second.mask_polarity = MaskPolarity::Hole;
    second.metrics.insert("seam".to_owned(), 1.25);
    second.images_seen = Some(7);
    second.recipe = Some("tiny.toml".to_owned());
    second.note = Some("a \"quoted\" note".to_owned());
    let second = add(folder.path(), second, tensors()).unwrap();
    let catalog = Catalog::open([folder.path()]).unwrap();
    assert_eq!(catalog.entries().len(), 2);
    assert_eq!(catalog.find("tiny-2"), Some(&second), "the whole description");
    assert_eq!(catalog.find("tiny").unwrap().file, folder.path().join("tiny.safetensors"));
    assert_eq!(catalog.find("none"), None);
    assert_eq!(second.verify().unwrap().len(), tensors().len(), "all tensors");
}

#[test]
fn values_are_kept_in_half_precision_and_used_in_full() {
    let (folder, cpu) = (tempfile::tempdir().unwrap(), CPU);
    let odd = Tensor::new(&[1.0_f32, -0.333_333_34, 1e-7], &cpu).unwrap();
    let large = Tensor::new(&[70_000.0_f32], &cpu).unwrap();
    let small = Tensor::new(&[1.234_567e-6_f32], &cpu).unwrap();
    let tensors = [("large", large), ("odd", odd), ("small", small)].map(|(key, value)| (key.to_owned(), value));
    let entry = add(folder.path(), entry("values"), tensors).unwrap();
    let vb = entry.load(&cpu).unwrap();
    let odd = flat(&vb.get(3, "odd").unwrap());
    assert!((odd[1] + 1.0 / 3.0).abs() < 2e-4 && odd[1] != -0.333_333_34, "half precision: {odd:?}");
    assert_eq!(flat(&vb.get(1, "large").unwrap()), [70_000.0], "what half precision cannot hold stays");
    assert_eq!(flat(&vb.get(1, "small").unwrap()), [1.234_567e-6], "nor does what it would coarsen");
    assert!(vb.get(2, "odd").is_err(), "another shape is refused");
    assert!(!vb.get(3, "odd").unwrap().track_op(), "plain values");
}

#[test]
fn a_network_from_a_file_fills_as_the_one_in_memory() {
    let folder = folder();
    let catalog = Catalog::open([folder.path()]).unwrap();
    let filler = hole_filler(catalog.find("tiny").unwrap(), &CPU).unwrap();
    assert_eq!((filler.resolution(), filler.latent_dim()), (16, Some(6)));
    let golden = Golden::load("comodgan");
    let one = |name: &str| golden.get(name).narrow(0, 0, 1).unwrap();
    let z: Vec<f32> = flat(&one("input"));
    let w = filler.styles(&z).unwrap().unwrap();
    assert_close(&w, &one("style"), 2e-3);
    let net = comodgan::Generator::new(&config(), &golden.frozen()).unwrap();
    let ws = pentimento::generators::same_for_all_layers(&one("style"), config().n_layers()).unwrap();
    let expected = net.forward(&one("image"), &one("known"), &ws, comodgan::Options::default()).unwrap();
    let filled = filler.fill(&one("image"), &one("known"), Some(&w)).unwrap();
    assert_close(&filled, &expected, 1e-2);
    assert!(filler.styles(&z[1..]).is_err(), "a latent of another length");
    assert!(filler.fill(&one("image"), &one("known"), None).is_err(), "no style");
}

#[test]
fn the_mask_is_turned_round_for_networks_that_want_it_so() {
    let golden = Golden::load("comodgan");
    let one = |name: &str| golden.get(name).narrow(0, 0, 1).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // The same network with its first layer's weights for the mask negated sees the same in a mask of holes.
    let key = format!("encoder.b{}.fromrgb.weight", config().side);
    let negated = tensors().into_iter().map(|(name, tensor)| {
        let tensor = if name == key {
            let (mask, rest) = (tensor.narrow(1, 0, 1).unwrap(), tensor.narrow(1, 1, 3).unwrap());
            Tensor::cat(&[&mask.neg().unwrap(), &rest], 1).unwrap()
        } else {
            tensor
        };
        (name, tensor)
    });
    let known = add(folder.path(), entry("known"), tensors()).unwrap();
    let holes = Entry { mask_polarity: MaskPolarity::Hole, ..entry("holes") };
    let holes = add(folder.path(), holes, negated).unwrap();
    let fill = |entry: &Entry| {
        let filler = hole_filler(entry, &CPU).unwrap();
        let w = filler.styles(&[0.5; 6]).unwrap();
        filler.fill(&one("image"), &one("known"), w.as_ref()).unwrap()
    };
    assert_close(&fill(&holes), &fill(&known), 1e-5);
}

#[test]
fn the_first_folder_hides_the_others() {
    let (mine, shipped) = (tempfile::tempdir().unwrap(), folder());
    let own = Entry { note: Some("mine".to_owned()), ..entry("tiny") };
    let own = add(mine.path(), own, tensors()).unwrap();
    add(shipped.path(), entry("other"), tensors()).unwrap();
    let catalog = Catalog::open([mine.path(), &shipped.path().join("nowhere"), shipped.path()]).unwrap();
    let names: Vec<&str> = catalog.entries().iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["tiny", "other"]);
    assert_eq!(catalog.find("tiny"), Some(&own), "one's own");
    edit(mine.path(), |_| "nonsense".to_owned());
    let (catalog, problems) = Catalog::open_all([mine.path(), shipped.path()]);
    assert_eq!((catalog.entries().len(), problems.len()), (2, 1), "a broken folder does not break the others");
}

#[test]
fn a_name_is_taken_once_and_can_be_replaced() {
    let folder = folder();
    let error = add(folder.path(), entry("tiny"), tensors()).unwrap_err();
    assert!(matches!(error, WeightsError::DuplicateName { .. }), "{error}");
    let first = Catalog::open([folder.path()]).unwrap().entries()[0].clone();
    let other = tensors().into_iter().map(|(key, tensor)| (key, (tensor * 0.5).unwrap()));
    let second = replace(folder.path(), entry("tiny"), other).unwrap();
    assert!(first.file != second.file && !first.file.exists() && second.file.exists(), "a file of its own");
    assert!(hole_filler(&second, &CPU).is_ok());
    edit(folder.path(), |text| {
        let model = text.split_once("[[model]]").unwrap().1.to_owned();
        format!("{text}\n[[model]]{model}")
    });
    let error = Catalog::open([folder.path()]).unwrap_err();
    assert!(matches!(error, WeightsError::DuplicateName { .. }), "{error}");
    let long = "x".repeat(65);
    for (name, fits) in
        [("a.b-c_9", true), ("", false), ("../x", false), (".x", false), ("a b", false), ("ä", false), (&long, false)]
    {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!((is_name(name), add(folder.path(), entry(name), tensors()).is_ok()), (fits, fits), "{name}");
    }
}

#[test]
fn each_failure_of_a_file_is_a_sentence() {
    let file = |folder: &Path| folder.join("tiny.safetensors");
    let broken = folder();
    fs::remove_file(file(broken.path())).unwrap();
    assert!(failure(broken.path()).contains("missing"));

    let broken = folder();
    let mut bytes = fs::read(file(broken.path())).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(file(broken.path()), &bytes).unwrap();
    assert!(failure(broken.path()).contains("checksum"));

    // The checksum is that of the damaged file, so that the damage itself is met.
    let broken = folder();
    let bytes = fs::read(file(broken.path())).unwrap();
    for (damaged, word) in [
        (bytes[..bytes.len() - 7].to_vec(), "damaged"),
        (bytes[..5].to_vec(), "damaged"),
        (Vec::new(), "damaged"),
        (lied(&bytes), "damaged"),
        ([u64::MAX.to_le_bytes().as_slice(), &bytes[8..]].concat(), "damaged"),
    ] {
        let entry = Catalog::open([broken.path()]).unwrap().entries()[0].clone();
        fs::write(file(broken.path()), &damaged).unwrap();
        edit(broken.path(), |text| text.replace(&entry.sha256, &sha256(&damaged)));
        assert!(failure(broken.path()).contains(word), "{}", failure(broken.path()));
    }
}

/// The header says that a vector has eight times the values that it has.
fn lied(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(&bytes[8..]).find("\"shape\":[6]").unwrap() + 8;
    let mut bytes = bytes.to_vec();
    bytes[text + 9] = b'9';
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    format!("{:x}", sha2::Sha256::digest(bytes))
}

#[test]
fn a_file_that_does_not_fit_its_description_is_told() {
    let wrong = folder();
    edit(wrong.path(), |text| text.replace("side = 16", "side = 32").replace("resolution = 16", "resolution = 32"));
    assert!(failure(wrong.path()).contains("fit"), "tensors are missing");
    let wrong = folder();
    edit(wrong.path(), |text| text.replace("resolution = 16", "resolution = 32"));
    assert!(failure(wrong.path()).contains("resolution"), "the sizes contradict each other");
    for (old, new, word) in [
        ("global_dim = 5", "global_dim = 6", "shape"),
        ("side = 16", "side = 24", "side"),
        ("style_dim = 6", "style_dim = 99999999999", "style_dim"),
        ("style_dim = 6", "style_dim = -6", "config"),
        ("style_dim = 6", "style = 6", "style"),
        ("style_dim = 6", "style_dim = 6\nclamp = -1.0", "clamp"),
        ("family = \"comodgan\"", "family = \"migan\"", "fit"),
    ] {
        let wrong = folder();
        edit(wrong.path(), |text| text.replace(old, new));
        let sentence = failure(wrong.path());
        assert!(sentence.contains(word), "{new}: {sentence}");
    }
    let missing = tempfile::tempdir().unwrap();
    add(missing.path(), entry("tiny"), tensors().into_iter().skip(1)).unwrap();
    assert!(failure(missing.path()).contains("encoder."), "names the tensor");
}

#[test]
fn each_failure_of_a_manifest_is_a_sentence() {
    for (old, new, word) in [
        ("[[model]]", "[[model", "line"),
        ("family = \"comodgan\"", "family = \"toaster\"", "toaster"),
        ("licence = \"MIT\"", "", "licence"),
        ("licence = \"MIT\"", "licence = 7", "line"),
        ("licence = \"MIT\"", "license = \"MIT\"", "license"),
        ("mask_polarity = \"known\"", "mask_polarity = \"white\"", "white"),
        ("name = \"tiny\"", "name = \"../tiny\"", "name"),
        ("file = \"tiny.safetensors\"", "file = \"/etc/passwd\"", "beside"),
        ("file = \"tiny.safetensors\"", "file = \"../tiny.safetensors\"", "beside"),
        ("file = \"tiny.safetensors\"", "file = \"\"", "beside"),
    ] {
        let broken = folder();
        edit(broken.path(), |text| {
            assert!(text.contains(old), "{old} in {text}");
            text.replace(old, new)
        });
        let sentence = Catalog::open([broken.path()]).unwrap_err().to_string();
        assert!(sentence.contains(word) && !sentence.contains('\n'), "{new}: {sentence}");
    }
    let broken = folder();
    fs::write(broken.path().join(MANIFEST), [0xFF, 0xFE, 0]).unwrap();
    assert!(Catalog::open([broken.path()]).unwrap_err().to_string().contains("text"));
    fs::write(broken.path().join(MANIFEST), vec![b'#'; 2 << 20]).unwrap();
    assert!(Catalog::open([broken.path()]).unwrap_err().to_string().contains("limit"));
}

#[test]
fn what_is_not_finite_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let bad = [("bad".to_owned(), Tensor::new(&[1.0, f32::NAN], &CPU).unwrap())];
    let error = add(folder.path(), entry("tiny"), bad).unwrap_err();
    assert!(matches!(error, WeightsError::NotFinite { .. }), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing stays");
}

#[cfg(unix)]
#[test]
fn a_protected_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "x").unwrap();
    let error = add(&folder.path().join("file"), entry("tiny"), tensors()).unwrap_err().to_string();
    assert!(error.contains("file") && !error.contains('\n'), "{error}");
}
