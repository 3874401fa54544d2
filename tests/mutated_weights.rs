//! Thousands of damaged manifests, files of weights and checkpoints: no panic, no hang, no runaway memory, one sentence each.
//!
//! Everything is drawn from fixed seeds, so a failure names a file that can be made again.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod network_kit;

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use candle_core::Device;
use network_kit::Golden;
use pentimento::control::{Rng, rng};
use pentimento::generators::catalog::{hole_filler, try_tensors};
use pentimento::weights::{Catalog, Entry, Family, MANIFEST, MaskPolarity, add, import};
use rand::Rng as _;
use sha2::Digest as _;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const MUTATIONS: u64 = 3_000;
/// Far more than any of them takes, even on a machine that does other things.
const LONG: Duration = Duration::from_secs(20);

/// One to four kinds of damage, most of them small. Headers decide most, so half of the damage goes to `front` bytes.
fn mutate(bytes: &mut Vec<u8>, rng: &mut Rng, front: usize) {
    for _ in 0..rng.random_range(1..=4) {
        if bytes.len() < 8 {
            return;
        }
        let reach = if rng.random() { bytes.len() } else { bytes.len().min(front) };
        let at = rng.random_range(0..reach);
        match rng.random_range(0..7) {
            0 | 1 => bytes[at] ^= 1 << rng.random_range(0..8),
            2 => bytes[at] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][rng.random_range(0..6)],
            3 => bytes[at] = rng.random(),
            4 => bytes.truncate(bytes.len() - at.min(bytes.len() / 2)),
            5 => {
                let part = bytes[at..(at + rng.random_range(1..40)).min(bytes.len())].to_vec();
                let to = rng.random_range(0..bytes.len());
                bytes.splice(to..to, part);
            }
            _ => {
                let numbers = [0_u32, 1, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF];
                let at = at.min(bytes.len() - 4);
                bytes[at..at + 4].copy_from_slice(&numbers[rng.random_range(0..numbers.len())].to_le_bytes());
            }
        }
    }
}

/// The most memory that the process ever had, in MiB, where the system tells.
fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
}

/// Runs `case` for each number; it says whether the damaged file was still of use.
fn run(n_cases: u64, case: impl Fn(u64) -> bool) {
    let before = peak_mib();
    let (mut n_useful, mut failures) = (0, Vec::new());
    for number in 0..n_cases {
        let start = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| case(number))) {
            Ok(is_useful) => n_useful += u64::from(is_useful),
            Err(cause) => failures.push(format!("mutation {number}: {:?}", cause.downcast_ref::<String>())),
        }
        assert!(start.elapsed() < LONG, "mutation {number} took {:?}", start.elapsed());
    }
    assert!(failures.is_empty(), "{} failures, such as {:#?}", failures.len(), &failures[..failures.len().min(5)]);
    assert!(n_useful < n_cases * 49 / 50, "{n_useful} of {n_cases} were of use: damage of a useful strength");
    let grown = peak_mib().saturating_sub(before);
    assert!(grown < 256, "the peak of memory grew by {grown} MiB");
}

fn is_sentence(error: &impl std::fmt::Display) -> bool {
    let sentence = error.to_string();
    assert!(!sentence.is_empty() && !sentence.contains('\n') && sentence.len() < 1000, "{sentence}");
    false
}

/// A folder with one CoModGAN.
fn folder() -> tempfile::TempDir {
    let (folder, golden) = (tempfile::tempdir().unwrap(), Golden::load("comodgan"));
    let config = "side = 16\nstyle_dim = 6\nn_mapping = 2\nglobal_dim = 5\nbase_channels = 64\nmax_channels = 8";
    let mut entry = Entry::new("tiny", Family::Comodgan, 16, config.parse().unwrap());
    entry.metrics.insert("seam".to_owned(), 1.0);
    let tensors = golden.names().into_iter().map(|name| {
        let tensor = golden.get(&format!("weights/{name}")).clone();
        (name, tensor)
    });
    add(folder.path(), entry, tensors).unwrap();
    folder
}

/// Opens all models of a folder as the program would.
fn open(folder: &Path) -> bool {
    let catalog = match Catalog::open([folder]) {
        Ok(catalog) => catalog,
        Err(error) => return is_sentence(&error),
    };
    catalog.entries().iter().all(|entry| {
        let verified = entry.verify().map(drop).map_err(|error| is_sentence(&error));
        let built = hole_filler(entry, &Device::Cpu).map(drop).map_err(|error| is_sentence(&error));
        verified.is_ok() && built.is_ok()
    })
}

#[test]
fn no_damaged_manifest_does_harm() {
    let folder = folder();
    assert!(open(folder.path()), "the undamaged one opens");
    let path = folder.path().join(MANIFEST);
    let whole = fs::read(&path).unwrap();
    run(MUTATIONS, |number| {
        let (mut bytes, mut rng) = (whole.clone(), rng(number, 1));
        if number % 3 == 0 {
            // Another number in the place of one.
            let numbers =
                ["-1", "0", "7", "4294967296", "9223372036854775807", "99999999999999999999", "1e99", "nan", "\"6\""];
            let text = String::from_utf8(bytes).unwrap();
            let places: Vec<usize> = text.match_indices(" = ").map(|(at, _)| at + 3).collect();
            let at = places[rng.random_range(0..places.len())];
            let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
            bytes = [&text[..at], numbers[rng.random_range(0..numbers.len())], &text[end..]].concat().into_bytes();
        } else {
            let length = bytes.len();
            mutate(&mut bytes, &mut rng, length);
        }
        fs::write(&path, &bytes).unwrap();
        open(folder.path())
    });
}

#[test]
fn no_damaged_weights_do_harm() {
    let folder = folder();
    let entry = Catalog::open([folder.path()]).unwrap().entries()[0].clone();
    let whole = fs::read(&entry.file).unwrap();
    run(MUTATIONS, |number| {
        let (mut bytes, mut rng) = (whole.clone(), rng(number, 2));
        mutate(&mut bytes, &mut rng, 4096);
        fs::write(&entry.file, &bytes).unwrap();
        // With a checksum that is right, the damage itself is met.
        let sha256 = format!("{:x}", sha2::Sha256::digest(&bytes));
        let entry = Entry { sha256, ..entry.clone() };
        let verified = entry.verify().map_err(|error| is_sentence(&error)).is_ok();
        let built = hole_filler(&entry, &Device::Cpu).map_err(|error| is_sentence(&error)).is_ok();
        verified && built
    });
}

/// An archive with another table, its checksums right.
fn with_table(archive: &[u8], edit: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut edit = Some(edit);
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).unwrap();
        let (name, mut content) = (file.name().unwrap().into_owned(), Vec::new());
        file.read_to_end(&mut content).unwrap();
        if name.ends_with("data.pkl") {
            edit.take().unwrap()(&mut content);
        }
        writer.start_file(&name, options).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn no_damaged_checkpoint_does_harm() {
    damage_checkpoints(&[
        ("migan.pt", Family::Migan),
        ("migan_views.pth", Family::Migan),
        ("port.pth", Family::Comodgan),
        ("port_state.pt", Family::Comodgan),
        ("ada_run.pth", Family::Comodgan),
        ("dcgan_both.pt", Family::Dcgan),
        ("dcgan_gpus.pth", Family::Dcgan),
        ("stylegan2_run.pth", Family::Stylegan2),
        ("stylegan2_converted.pt", Family::Stylegan2),
    ]);
}

#[test]
fn no_damaged_table_of_arrays_does_harm() {
    damage_checkpoints(&[
        ("igan.dcgan_theano", Family::Dcgan),
        ("igan_old.dcgan_theano", Family::Dcgan),
        ("igan_python3_2.dcgan_theano", Family::Dcgan),
        ("igan_python3_4.dcgan_theano", Family::Dcgan),
        ("igan_python3_5.dcgan_theano", Family::Dcgan),
        ("igan_sketch.dcgan_theano", Family::Dcgan),
    ]);
}

/// Imports damaged copies of `names`.
fn damage_checkpoints(names: &[(&str, Family)]) {
    let checkpoints = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/checkpoints");
    let seeds: Vec<(Vec<u8>, Family)> =
        names.iter().map(|(name, family)| (fs::read(checkpoints.join(name)).unwrap(), *family)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.pt");
    run(MUTATIONS, |number| {
        let ((whole, family), mut rng) = (&seeds[number as usize % seeds.len()], rng(number, 3));
        let mut bytes = whole.clone();
        if bytes.starts_with(b"PK") && number % 4 != 0 {
            bytes = with_table(&bytes, |table| {
                let length = table.len();
                mutate(table, &mut rng, length);
            });
        } else {
            mutate(&mut bytes, &mut rng, 12_000);
        }
        fs::write(&path, &bytes).unwrap();
        match import(&path, Some(*family), "tiny", MaskPolarity::Known) {
            Err(error) => is_sentence(&error),
            Ok(imported) => match try_tensors(&imported.entry, imported.tensors, &Device::Cpu) {
                Err(error) => is_sentence(&error),
                Ok(()) => true,
            },
        }
    });
}
