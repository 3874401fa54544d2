//! `DCGANs` and `StyleGANs` of other projects: the picture is what numpy and PyTorch made, every array is used or named, nothing is
//! run, and whatever is wrong is one sentence. The checkpoints and expected numbers were written by `golden/dcgan.py` and
//! `golden/stylegan_imports.py`.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod network_kit;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use candle_core::{Device, Tensor};
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
    read_as(name, Family::Dcgan)
}

fn read_as(name: &str, family: Family) -> Imported {
    import(&checkpoint(name), Some(family), "tiny", MaskPolarity::Known).unwrap()
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
    refusal_as(bytes, Family::Dcgan)
}

fn refusal_as(bytes: &[u8], family: Family) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.pth");
    fs::write(&path, bytes).unwrap();
    let error = import(&path, Some(family), "tiny", MaskPolarity::Known).unwrap_err();
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
        let imported = import(&path, Some(Family::Dcgan), "tiny", MaskPolarity::Known).unwrap();
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

#[test]
fn a_family_is_told_by_the_keys() {
    for (name, family) in [
        ("igan.dcgan_theano", Family::Dcgan),
        ("dcgan_plain.pth", Family::Dcgan),
        ("stylegan1.model", Family::Stylegan),
        ("stylegan2_run.pth", Family::Stylegan2),
        ("stylegan2_ada.safetensors", Family::Stylegan2),
        ("ada.pt", Family::Comodgan),
        ("migan.pt", Family::Migan),
        ("pix2pix_unet.pth", Family::Pix2pix),
    ] {
        let imported = import(&checkpoint(name), None, "tiny", MaskPolarity::Known).unwrap();
        let known = import(&checkpoint(name), Some(family), "tiny", MaskPolarity::Known).unwrap();
        assert_eq!(imported.entry, known.entry, "{name}");
        let card = imported.entry.card.unwrap();
        assert!(card.parameters > 0 && card.parameters < 10_000_000, "{name}: {}", card.parameters);
    }
    let judge = import(&checkpoint("dcgan_judge.pth"), None, "tiny", MaskPolarity::Known).unwrap_err().to_string();
    assert!(judge.contains("discriminator") && judge.contains("the generator's file"), "{judge}");
}

#[test]
fn stylegan3_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stylegan3-t.safetensors");
    let zeros = |dims: &[usize]| Tensor::zeros(dims, candle_core::DType::F32, &CPU).unwrap();
    let tensors = [
        ("mapping.fc0.weight".to_owned(), zeros(&[8, 8])),
        ("synthesis.input.freqs".to_owned(), zeros(&[16, 2])),
        ("synthesis.L0_36_16.weight".to_owned(), zeros(&[16, 16, 3, 3])),
    ];
    candle_core::safetensors::save(&tensors.into_iter().collect(), &path).unwrap();
    for family in [None, Some(Family::Stylegan2)] {
        let told = import(&path, family, "tiny", MaskPolarity::Known).unwrap_err().to_string();
        assert!(told.contains("StyleGAN3") && told.ends_with("stylegan3-t.safetensors"), "{told}");
    }
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

mod stylegan2s {
    use super::*;
    use pentimento::generators::Noise;
    use pentimento::generators::ops::area_down;
    use pentimento::generators::same_for_all_layers;

    fn golden(group: &str) -> Golden {
        Golden::of("stylegan_imports.safetensors", group)
    }

    /// The picture of the golden latents, not truncated, with the constant noise.
    fn picture(model: &dyn Manifold, golden: &Golden) -> Tensor {
        let styles = model.styles().unwrap();
        let ws = same_for_all_layers(&styles.map(golden.get("z")).unwrap(), styles.n_layers()).unwrap();
        styles.synthesize(&ws, Noise::Constant).unwrap()
    }

    #[test]
    fn a_converted_checkpoint_of_all_135_tensors_gives_the_same_picture() {
        let golden = golden("converted");
        let imported = read_as("stylegan2_converted.pt", Family::Stylegan2);
        assert_eq!((imported.entry.resolution, imported.filled.len()), (256, 0), "{:?}", imported.filled);
        // 12 kernels of the blur; 123 tensors and the mean style are used.
        assert_eq!((imported.ignored.len(), imported.tensors.len()), (12, 124), "{:?}", imported.ignored);
        assert!(imported.ignored.iter().all(|ignored| ignored.key.ends_with(".kernel")), "{:?}", imported.ignored);
        let (entry, model) = installed(imported);
        assert!(entry.note.as_ref().unwrap().contains("rosinality"), "{:?}", entry.note);
        assert_eq!((model.side(), model.latent_dim()), (256, 14 * 8));
        assert_close(model.styles().unwrap().mean_style(), golden.get("mean"), 1e-3);
        let picture = picture(model.as_ref(), &golden);
        assert_close(&area_down(&picture, 16).unwrap(), golden.get("small"), TOLERANCE);
        let middle = picture.narrow(2, 112, 32).unwrap().narrow(3, 112, 32).unwrap().contiguous().unwrap();
        assert_close(&middle, golden.get("middle"), TOLERANCE);
    }

    #[test]
    fn a_checkpoint_of_a_training_gives_the_averaged_generator_and_the_discriminator() {
        let golden = golden("run");
        let imported = read_as("stylegan2_run.pth", Family::Stylegan2);
        assert!(imported.filled.iter().any(|filled| filled.contains("mean style")), "{:?}", imported.filled);
        let ignored = |key: &str| imported.ignored.iter().any(|ignored| ignored.key == key);
        assert!(ignored("g") && !ignored("d"), "{:?}", imported.ignored);
        let (_, model) = installed(imported);
        assert_close(&picture(model.as_ref(), &golden), golden.get("output"), TOLERANCE);
        let scores = model.judge(golden.get("image")).unwrap().unwrap();
        assert_close(&scores, golden.get("alone"), TOLERANCE);
        // The mean is that of many latents, so truncation to it gives one picture.
        assert_eq!(model.styles().unwrap().mean_style().dims(), [6]);
    }

    #[test]
    fn ada_gives_the_same_picture() {
        let golden = golden("ada");
        let imported = read_as("stylegan2_ada.safetensors", Family::Stylegan2);
        assert_eq!((imported.ignored.len(), imported.filled.len()), (4, 0), "{:?}", imported.ignored);
        let (_, model) = installed(imported);
        assert_close(&picture(model.as_ref(), &golden), golden.get("output"), TOLERANCE);
        assert_close(model.styles().unwrap().mean_style(), golden.get("mean"), 1e-3);
    }

    #[test]
    fn missing_and_extra_tensors_are_told() {
        let whole = candle_core::safetensors::load(checkpoint("stylegan2_ada.safetensors"), &CPU).unwrap();
        let told = |edit: &dyn Fn(&mut std::collections::HashMap<String, Tensor>)| {
            let mut tensors = whole.clone();
            edit(&mut tensors);
            refusal_as(&safetensors::serialize(&tensors, None).unwrap(), Family::Stylegan2)
        };
        let key = "synthesis.b8.conv1.affine.weight";
        let sentence = told(&|tensors| drop(tensors.remove(key)));
        assert!(sentence.contains(key) && sentence.contains("missing"), "{sentence}");
        let sentence = told(&|tensors| drop(tensors.insert("mapping.embed.weight".to_owned(), whole[key].clone())));
        assert!(sentence.contains("mapping.embed.weight") && sentence.contains("no use"), "{sentence}");
        let sentence = told(&|tensors| drop(tensors.insert(key.to_owned(), whole["mapping.w_avg"].clone())));
        assert!(sentence.contains(key) && sentence.contains("[6]"), "{sentence}");
    }

    #[test]
    fn stylegan_that_has_not_grown_up_gives_the_same_picture() {
        let golden = golden("stylegan1");
        let mut imported = read_as("stylegan1.model", Family::Stylegan);
        assert_eq!((imported.entry.resolution, imported.filled.len()), (16, 2), "{:?}", imported.filled);
        let unused = |ignored: &&pentimento::weights::Ignored| ignored.reason.contains("not grown");
        assert!(imported.ignored.iter().filter(unused).count() > 50, "sizes from 32 pixels on: {:?}", imported.ignored);
        // PyTorch drew the noise; here it is what the picture was made with.
        for side in [4, 8, 16] {
            for layer in ["conv0", "conv1"] {
                let key = format!("synthesis.b{side}.{layer}.noise_const");
                let known = imported.tensors.insert(key, golden.get(&format!("noise{side}")).clone());
                assert_eq!(known.unwrap().dims(), [side, side]);
            }
        }
        let (_, model) = installed(imported);
        assert_eq!((model.side(), model.latent_dim()), (16, 6 * 6));
        assert_close(&picture(model.as_ref(), &golden), golden.get("output"), 1e-3);
    }
}
