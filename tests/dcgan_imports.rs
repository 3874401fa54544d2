//! DCGANs of other projects: the picture is what numpy and PyTorch made, every array is used or named, nothing is run, and
//! whatever is wrong is one sentence. The checkpoints and expected numbers were written by `golden/dcgan.py`.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod network_kit;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::Device;
use network_kit::{Golden, assert_close};
use pentimento::generators::catalog::{hole_filler, manifold, manifold_of, try_file};
use pentimento::generators::manifold::{Manifold, Prior};
use pentimento::weights::{Entry, Family, Imported, MaskPolarity, WeightsError, add, import};

const CPU: Device = Device::Cpu;
/// f32 sums in another order, over some five layers.
const TOLERANCE: f32 = 1e-4;

fn checkpoint(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/checkpoints").join(name)
}

fn read(name: &str) -> Imported {
    import(&checkpoint(name), Family::Dcgan, "tiny", MaskPolarity::Known).unwrap()
}

/// Writes the model and reads it back.
fn installed(imported: Imported) -> (Entry, Arc<dyn Manifold>) {
    let folder = tempfile::tempdir().unwrap();
    let entry = add(folder.path(), imported.entry, imported.tensors).unwrap();
    let model = manifold(&entry, &CPU).unwrap();
    try_file(&entry, &CPU).unwrap();
    assert!(matches!(hole_filler(&entry, &CPU), Err(WeightsError::FillsNoHoles { .. })), "it fills no holes");
    (entry, model)
}

/// The sentence with which `bytes` are refused.
fn refusal(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.pth");
    fs::write(&path, bytes).unwrap();
    let error = import(&path, Family::Dcgan, "tiny", MaskPolarity::Known).unwrap_err();
    let sentence = error.to_string();
    assert!(sentence.ends_with("bad.pth") && !sentence.contains('\n'), "{sentence}");
    sentence
}

#[test]
fn igan_gives_the_same_pictures_however_it_was_pickled() {
    let golden = Golden::of("dcgan.safetensors", "igan");
    for name in ["igan", "igan_old", "igan_python3_2", "igan_python3_4", "igan_python3_5"] {
        let imported = read(&format!("{name}.dcgan_theano"));
        assert_eq!((imported.entry.resolution, imported.ignored.len()), (32, 0), "{name}: {:?}", imported.ignored);
        let (entry, model) = installed(imported);
        assert_eq!(entry.config["kernel"].as_integer(), Some(5), "{name}");
        assert_eq!((model.latent_dim(), model.prior()), (5, Prior::Uniform), "{name}");
        let pictures = model.draw(golden.get("latents")).unwrap();
        assert_close(&pictures, golden.get("pictures"), TOLERANCE);
        assert_close(&model.judge(&pictures).unwrap().unwrap(), golden.get("logits"), 5.0 * TOLERANCE);
        assert_close(&model.predict(&pictures).unwrap().unwrap(), golden.get("predicted"), 5.0 * TOLERANCE);
    }
}

#[test]
fn sketches_of_igan_are_dark_ink_on_white() {
    let golden = Golden::of("dcgan.safetensors", "igan_sketch");
    let (entry, model) = installed(read("igan_sketch.dcgan_theano"));
    assert_eq!(entry.config["paint"].as_str(), Some("ink"));
    let pictures = model.draw(golden.get("latents")).unwrap();
    assert_close(&pictures.narrow(1, 1, 1).unwrap(), &golden.get("pictures").affine(-2.0, 1.0).unwrap(), TOLERANCE);
    assert_close(&model.judge(&pictures).unwrap().unwrap(), golden.get("logits"), 5.0 * TOLERANCE);
}

#[test]
fn the_example_of_pytorch_gives_the_same_pictures() {
    let golden = Golden::of("dcgan.safetensors", "pytorch_form");
    for (name, n_ignored) in [("dcgan_both.pt", 4), ("dcgan_gpus.pth", 3), ("dcgan_plain.pth", 3)] {
        let imported = read(name);
        assert_eq!(imported.ignored.len(), n_ignored, "{name}: {:?}", imported.ignored);
        let (entry, model) = installed(imported);
        assert_eq!((entry.config["kernel"].as_integer(), entry.resolution), (Some(4), 32), "{name}");
        assert_eq!(model.prior(), Prior::Normal, "{name}");
        assert_close(&model.draw(golden.get("latents")).unwrap(), golden.get("pictures"), TOLERANCE);
    }
}

#[test]
fn our_own_names_are_read_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("twin.safetensors");
    for (form, norm) in [("igan_form", "batch"), ("pytorch_form", "batch"), ("plain_form", "none")] {
        let golden = Golden::of("dcgan.safetensors", form);
        let tensors = golden.names().into_iter().map(|name| {
            let tensor = golden.get(&format!("weights/{name}")).clone();
            (name, tensor)
        });
        candle_core::safetensors::save(&tensors.collect(), &path).unwrap();
        let imported = import(&path, Family::Dcgan, "tiny", MaskPolarity::Known).unwrap();
        assert_eq!(imported.entry.config["norm"].as_str(), Some(norm), "{form}");
        let model = manifold_of(&imported.entry, imported.tensors, &CPU).unwrap();
        let pictures = model.draw(golden.get("latents")).unwrap();
        assert_close(&pictures, golden.get("pictures"), TOLERANCE);
        assert!(model.judge(&pictures).unwrap().is_some() && model.predict(&pictures).unwrap().is_some(), "{form}");
    }
}

#[test]
fn what_is_no_generator_is_told() {
    let told = refusal(&fs::read(checkpoint("dcgan_judge.pth")).unwrap());
    assert!(told.contains("discriminator") && told.contains("the generator's file"), "{told}");
    let told = refusal(&fs::read(checkpoint("ada.pt")).unwrap());
    assert!(told.contains("no network of the family dcgan"), "{told}");
    assert!(refusal(&fs::read(checkpoint("harm.pth")).unwrap()).contains("nothing is run"));
    assert!(refusal(b"\x80\x02}.").contains("no network of the family dcgan"));
    assert!(refusal(b"\x80\x02].").contains("no table"));
    assert!(refusal(b"\x80\x02cos\nsystem\nU\x02lsR.").contains("os.system"));
    assert!(refusal(b"\x80\x04\x8c\x02os\x8c\x06system\x93.").contains("os.system"));
}

/// The pickle with every `from` in the place of a `to`.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

#[test]
fn arrays_that_lie_are_told() {
    let whole = fs::read(checkpoint("igan.dcgan_theano")).unwrap();
    for (from, to, part) in [
        // The latent's 5 numbers and the 128 of the first layer.
        (&b"K\x05K\x80\x86"[..], &b"K\x06K\x80\x86"[..], "bytes"),
        (b"K\x05K\x80\x86", b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86", "bytes"),
        (b"K\x05K\x80\x86", b"J\xff\xff\xff\xffK\x80\x86", "described"),
        (b"U\x02f4", b"U\x02f8", "bytes"),
        (b"U\x02f4", b"U\x02O8", "not of numbers"),
        (b"U\x01<", b"U\x01>", "order of bytes"),
        (b"U\x0agen_params", b"U\x0agen_paramz", "discriminator"),
        (b"U\x0dgen_batchnorm", b"U\x0dgen_batchnorn", "gen_batchnorm"),
        (b"U\x0edisc_batchnorm", b"U\x0edisc_batchnorn", "no use for"),
    ] {
        let bytes = replaced(&whole, from, to);
        assert_ne!(bytes, whole, "{part}: there is such a place");
        let told = refusal(&bytes);
        assert!(told.contains(part), "{part}: {told}");
    }
    for length in [1, 2, 3, 40, whole.len() / 2, whole.len() - 1] {
        refusal(&whole[..length]);
    }
}

#[test]
fn an_entry_that_lies_about_its_sizes_is_told() {
    let imported = read("dcgan_plain.pth");
    let told = |key: &str, value: toml::Value, resolution: u32| {
        let mut entry = imported.entry.clone();
        entry.config.insert(key.to_owned(), value);
        entry.resolution = resolution;
        manifold_of(&entry, imported.tensors.clone(), &CPU).err().unwrap().to_string()
    };
    assert!(told("n_latent", 6.into(), 32).contains("[6, 8, 4, 4]"), "{}", told("n_latent", 6.into(), 32));
    assert!(told("n_layers", 3.into(), 32).contains("the side is 64, the resolution 32"));
    assert!(told("n_layers", 3.into(), 64).contains("shape"), "{}", told("n_layers", 3.into(), 64));
    assert!(told("width", (1_i64 << 40).into(), 32).contains("width"), "no such width");
    assert!(told("kernel", 5.into(), 32).contains("project"), "{}", told("kernel", 5.into(), 32));
    assert!(told("prior", "gamma".into(), 32).contains("config"), "no such prior");
    assert!(told("wings", 2.into(), 32).contains("config"), "no such size");
}
