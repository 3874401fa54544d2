//! Twenty thousand damaged files of every format: no panic, no photo beyond the limits, no runaway memory.
//!
//! Everything is drawn from fixed seeds, so a failure names a file that can be made again.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod photo_kit;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jpeg_encoder::{ColorType as JpegColor, Encoder as JpegEncoder, SamplingFactor};
use pentimento::control::{Rng, rng};
use pentimento::imaging::color::DisplayTransform;
use pentimento::imaging::io::{Encoding, Limits, decode, encode, mask_from_frame};
use pentimento::imaging::{ColorModel, FileFormat, Metadata, Samples, Size};
use photo_kit::{bmp, exif, lossy_webp, pattern, png, smooth};
use rand::Rng as _;

const MUTATIONS: u64 = 20_000;
const LIMITS: Limits = Limits { max_pixels: 4_000_000, max_side: 4_000, max_bytes: 16 << 20, max_file_bytes: 1 << 20 };

fn profile() -> Vec<u8> {
    moxcms::ColorProfile::new_adobe_rgb().encode().unwrap()
}

/// Small files of every format and coding, most with all the metadata that there can be.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let size = Size::new(20, 17);
    let mut seeds = Vec::new();
    for (number, format) in (0_u16..).zip(FileFormat::ALL) {
        for (model, bits) in [(ColorModel::Rgb, 8), (ColorModel::Rgba, 16), (ColorModel::Gray, 8)] {
            let frame = if bits == 8 { smooth(size, model) } else { pattern(size, model, bits) };
            let metadata = Metadata {
                icc: (model == ColorModel::Rgb).then(profile),
                exif: Some(exif(5 + number % 4, size, bits == 16)),
                xmp: Some(b"<x:xmpmeta/>".to_vec()),
                density: Some((300.0, 300.0)),
                ..Metadata::bare(format)
            };
            let bytes = encode(&frame, &metadata, Encoding::new(format)).unwrap();
            seeds.push((format!("{format:?} {model:?} {bits}"), bytes));
        }
    }
    let rgb = vec![77; 32 * 32 * 4];
    for (name, color, sampling, progressive) in [
        ("progressive", JpegColor::Rgb, SamplingFactor::F_2_2, true),
        ("4:1:1", JpegColor::Rgb, SamplingFactor::F_4_1, false),
        ("CMYK", JpegColor::Cmyk, SamplingFactor::F_1_1, false),
    ] {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new(&mut bytes, 70);
        encoder.set_sampling_factor(sampling);
        encoder.set_progressive(progressive);
        encoder.set_restart_interval(2);
        encoder.encode(&rgb, 32, 32, color).unwrap();
        seeds.push((format!("Jpeg {name}"), bytes));
    }
    let palette = png(8, 2, [4, 3, 0], &[(b"PLTE", &[9; 48]), (b"tRNS", &[1; 16])], &[0, 1, 2, 3, 4, 0, 5, 6, 7, 8]);
    seeds.push(("Png palette".to_owned(), palette));
    seeds.push(("Png interlaced".to_owned(), png(1, 1, [16, 2, 1], &[], &[0, 1, 2, 3, 4, 5, 6])));
    seeds.push(("WebP lossy".to_owned(), lossy_webp()));
    seeds.push(("Bmp runs".to_owned(), bmp(9, 2, 8, 1, &[9, 1, 0, 0, 4, 5, 0, 5, 1, 2, 3, 4, 5, 0, 0, 1])));
    seeds.push(("Tiff tiles".to_owned(), tiled_tiff()));
    for compression in [tiff::encoder::Compression::Lzw, tiff::encoder::Compression::Packbits] {
        let mut file = std::io::Cursor::new(Vec::new());
        let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap().with_compression(compression);
        encoder.write_image::<tiff::encoder::colortype::RGB8>(16, 16, &rgb[..768]).unwrap();
        seeds.push((format!("Tiff {}", seeds.len()), file.into_inner()));
    }
    seeds
}

fn tiled_tiff() -> Vec<u8> {
    let tags: [(u16, u16, &[u32]); 9] = [
        (256, 3, &[20]),
        (257, 3, &[16]),
        (258, 3, &[8]),
        (259, 3, &[1]),
        (262, 3, &[1]),
        (322, 3, &[16]),
        (323, 3, &[16]),
        (324, 4, &[8, 264]),
        (325, 4, &[256, 256]),
    ];
    photo_kit::tiff(&tags, &[5; 512])
}

/// One to four kinds of damage, most of them small.
fn mutate(bytes: &mut Vec<u8>, rng: &mut Rng) {
    for _ in 0..rng.random_range(1..=4) {
        if bytes.len() < 8 {
            return;
        }
        // Headers decide most, so half of the damage goes to the front.
        let front = if rng.random() { bytes.len() } else { bytes.len().min(64) };
        let at = rng.random_range(0..front);
        match rng.random_range(0..8) {
            0 | 1 => bytes[at] ^= 1 << rng.random_range(0..8),
            2 => bytes[at] = *[0, 1, 0x7F, 0x80, 0xFE, 0xFF].get(rng.random_range(0..6)).unwrap(),
            3 => bytes[at] = rng.random(),
            4 => bytes.truncate(bytes.len() - at.min(bytes.len() / 2)),
            5 => {
                let end = (at + rng.random_range(1..40)).min(bytes.len());
                let part = bytes[at..end].to_vec();
                let to = rng.random_range(0..bytes.len());
                bytes.splice(to..to, part);
            }
            6 => {
                let end = (at + rng.random_range(1..20)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let lengths =
                    [0, 1, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, rng.random_range(0..5000)];
                let length: u32 = lengths[rng.random_range(0..lengths.len())];
                let field = if rng.random() { length.to_be_bytes() } else { length.to_le_bytes() };
                let at = at.min(bytes.len() - 4);
                bytes[at..at + 4].copy_from_slice(&field);
            }
        }
    }
}

/// Opens a file and uses the photo as the program would.
fn open_and_use(bytes: &[u8]) -> bool {
    let Ok(photo) = decode(bytes, &LIMITS) else { return false };
    let (frame, size) = (&photo.frame, photo.frame.size());
    assert!(size.area() > 0 && size.area() as u64 <= LIMITS.max_pixels, "{size} pixels");
    assert!(size.width.max(size.height) <= LIMITS.max_side, "{size} pixels");
    assert!(frame.byte_len() as u64 <= LIMITS.max_bytes, "{} bytes", frame.byte_len());
    let metadata = &photo.metadata;
    let held = [&metadata.icc, &metadata.exif, &metadata.xmp].into_iter().flatten().map(Vec::len).max();
    assert!(held.unwrap_or(0) <= 32 << 20, "metadata of {held:?} bytes");
    let mut row = vec![0; size.width as usize * 4];
    DisplayTransform::for_photo(metadata, frame.model()).convert_row(frame, 0, &mut row);
    if size.area() < 4096 {
        assert_eq!(mask_from_frame(frame).size(), size, "a mask of the same size");
        for format in FileFormat::ALL {
            encode(frame, metadata, Encoding::new(format)).unwrap();
        }
    }
    true
}

/// The most memory that the process ever had, in MiB, where the system tells.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
}

#[test]
fn no_damaged_file_does_harm() {
    let seeds = seeds();
    for (name, bytes) in &seeds {
        assert!(open_and_use(bytes), "the undamaged seed {name} opens");
    }
    let before = peak_mib();
    // Panics of decoders are contained and would fill the output; those that get through are reported below.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let (mut opened, mut failures) = (0, Vec::new());
    for number in 0..MUTATIONS {
        let (name, seed) = &seeds[number as usize % seeds.len()];
        let mut bytes = seed.clone();
        mutate(&mut bytes, &mut rng(number, 0));
        if number % 4 != 0 {
            photo_kit::repair_png(&mut bytes);
        }
        match catch_unwind(AssertUnwindSafe(|| open_and_use(&bytes))) {
            Ok(is_open) => opened += u64::from(is_open),
            Err(cause) => {
                let cause = cause.downcast_ref::<String>().cloned().unwrap_or_default();
                failures.push(format!("mutation {number} of {name}: {cause}"));
            }
        }
    }
    std::panic::set_hook(hook);
    assert!(failures.is_empty(), "{} failures, such as {:#?}", failures.len(), &failures[..failures.len().min(5)]);
    assert!(opened > MUTATIONS / 50 && opened < MUTATIONS * 49 / 50, "{opened} opened: damage of a useful strength");
    let grown = peak_mib() - before;
    assert!(grown < 256, "the peak of memory grew by {grown} MiB");
}

#[test]
fn a_seed_has_both_depths_and_alpha() {
    let deep = seeds()
        .iter()
        .filter(|(_, bytes)| {
            let photo = decode(bytes, &LIMITS).unwrap();
            matches!(photo.frame.samples(), Samples::U16(_)) && photo.frame.model().has_alpha()
        })
        .count();
    assert_eq!(deep, 2, "PNG and TIFF keep 16 bit and alpha");
}
