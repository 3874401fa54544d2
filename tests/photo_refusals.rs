//! Files that cannot be opened or written: one sentence, no memory taken, nothing lost.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod photo_kit;

use std::fs;
use std::io::Write as _;
use std::path::Path;

use pentimento::imaging::io::{
    Encoding, JpegQuality, Limits, PhotoError, decode, encode, read, write_atomic, write_atomic_with,
};
use pentimento::imaging::{ColorModel, FileFormat, Metadata, Samples, Size};
use photo_kit::{bmp, exif, pattern, png, smooth, tiff, webp};

fn error_of(bytes: &[u8]) -> PhotoError {
    decode(bytes, &Limits::default()).unwrap_err()
}

fn refused(bytes: &[u8], key: &str, what: &str) {
    let error = error_of(bytes);
    assert_eq!(error.key(), key, "{what}: {error} ({:?})", error.details());
}

/// A JPEG file whose frame header claims `width` by `height`.
fn jpeg_claiming(width: u16, height: u16) -> Vec<u8> {
    let encoding = Encoding { format: FileFormat::Jpeg, jpeg: JpegQuality::Quality(80) };
    let frame = smooth(Size::new(16, 16), ColorModel::Rgb);
    let mut bytes = encode(&frame, &Metadata::bare(FileFormat::Jpeg), encoding).unwrap();
    let at = bytes.windows(4).position(|window| window == [0xFF, 0xC0, 0, 17]).unwrap() + 5;
    bytes[at..at + 2].copy_from_slice(&height.to_be_bytes());
    bytes[at + 2..at + 4].copy_from_slice(&width.to_be_bytes());
    bytes
}

fn tiff_claiming(width: u32, height: u32) -> Vec<u8> {
    let tags: [(u16, u16, &[u32]); 7] = [
        (256, 4, &[width]),
        (257, 4, &[height]),
        (258, 3, &[8]),
        (262, 3, &[1]),
        (273, 4, &[8]),
        (278, 4, &[height]),
        (279, 4, &[4]),
    ];
    tiff(&tags, &[1, 2, 3, 4])
}

fn webp_canvas(width_less_one: u32, height_less_one: u32) -> Vec<u8> {
    let sides = [&width_less_one.to_le_bytes()[..3], &height_less_one.to_le_bytes()[..3]].concat();
    webp(&[(b"VP8X", &[&[0; 4], sides.as_slice()].concat()), (b"VP8L", &[0x2F, 0, 0, 0, 0, 0])])
}

#[test]
fn bombs_are_refused_from_their_headers() {
    for side in [60_000, 0x7FFF_FFFF] {
        refused(&png(side, side, [8, 2, 0], &[], &[0; 9]), "error-too-large", "PNG");
        refused(&bmp(side as i32, -(side as i32), 24, 0, &[0; 9]), "error-too-large", "BMP");
        refused(&tiff_claiming(side, side), "error-too-large", "TIFF");
    }
    refused(&png(0xFFFF_FFFF, 0xFFFF_FFFF, [16, 6, 1], &[], &[0; 9]), "error-too-large", "PNG");
    refused(&bmp(i32::MIN, i32::MIN, 1, 1, &[0; 9]), "error-too-large", "BMP");
    refused(&tiff_claiming(0xFFFF_FFFF, 0xFFFF_FFFF), "error-too-large", "TIFF");
    refused(&webp_canvas(60_000, 60_000), "error-too-large", "WebP canvas");
    refused(&webp_canvas(0xFF_FFFF, 0xFF_FFFF), "error-too-large", "WebP canvas");
    refused(&jpeg_claiming(60_000, 60_000), "error-too-large", "JPEG");
    let small = Limits { max_pixels: 1000, ..Limits::default() };
    // The canvas is small, the picture inside of it claims 16384 x 16384.
    let inner = webp(&[(b"VP8X", &[0; 10]), (b"VP8L", &[0x2F, 0xFF, 0xFF, 0xFF, 0x0F, 0])]);
    assert_eq!(decode(&inner, &small).unwrap_err().key(), "error-too-large", "WebP picture");
    let memory = Limits { max_bytes: 1000, ..Limits::default() };
    let frame = pattern(Size::new(20, 20), ColorModel::Rgb, 16);
    let bytes = encode(&frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png)).unwrap();
    assert_eq!(decode(&bytes, &memory).unwrap_err().key(), "error-too-large", "memory");
}

#[test]
fn pictures_without_pixels_are_named() {
    refused(&png(0, 5, [8, 2, 0], &[], &[]), "error-zero-size", "PNG");
    refused(&bmp(5, 0, 24, 0, &[]), "error-zero-size", "BMP");
    refused(&tiff_claiming(0, 5), "error-zero-size", "TIFF");
    refused(&jpeg_claiming(5, 0), "error-zero-size", "JPEG");
    let frame = webp(&[(b"VP8 ", &[16, 0, 0, 0x9D, 1, 0x2A, 0, 0, 9, 0, 0])]);
    refused(&frame, "error-zero-size", "WebP");
}

#[test]
fn files_that_are_no_photos_get_a_sentence() {
    refused(b"", "error-empty", "nothing");
    for bytes in [b"x".as_slice(), b"GIF89a", b"%PDF-1.7 and so on", &[0; 5000], b"\xFF\xD8", b"RIFF\0\0\0\0WAVE"] {
        refused(bytes, "error-not-a-photo", "another format");
    }
    refused(b"\xFF\xD8\xFF\xE0", "error-truncated", "a start of JPEG");
    refused(b"II*\0\x08\0\0\0", "error-truncated", "a start of TIFF");
    refused(b"BM", "error-truncated", "a start of BMP");
    refused(b"\x89PNG\r\n\x1A\n", "error-truncated", "a start of PNG");
}

#[test]
fn cut_files_are_refused() {
    let size = Size::new(64, 48);
    let metadata = Metadata { exif: Some(exif(1, size, false)), ..Metadata::bare(FileFormat::Png) };
    for format in FileFormat::ALL {
        let whole = encode(&smooth(size, ColorModel::Rgb), &metadata, Encoding::new(format)).unwrap();
        // Only the end chunk of a PNG file may be missing: its picture is complete.
        let least_missing = if format == FileFormat::Png { 13 } else { 1 };
        for len in (0..whole.len() - least_missing).step_by(7).chain([whole.len() - least_missing]) {
            let Err(error) = decode(&whole[..len], &Limits::default()) else {
                panic!("{format:?} was opened with {len} of {} bytes", whole.len());
            };
            let expected = if len == 0 { "error-empty" } else { "error-truncated" };
            if len == 0 || len >= whole.len() / 2 {
                assert_eq!(error.key(), expected, "{format:?} with {len} bytes: {error} {:?}", error.details());
            }
        }
    }
}

#[test]
fn sentences_name_the_file_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpg");
    let limits = Limits::default();
    let error = read(&path, &limits).unwrap_err();
    assert_eq!(error.key(), "error-not-found", "{error}");
    fs::write(&path, b"no photo").unwrap();
    for (path, limits, key) in [
        (path.as_path(), limits, "error-not-a-photo"),
        (path.as_path(), Limits { max_file_bytes: 7, ..limits }, "error-too-large"),
        (folder.path(), limits, "error-unreadable"),
    ] {
        let error = read(path, &limits).unwrap_err();
        let sentence = error.to_string();
        assert_eq!(error.key(), key, "{sentence}");
        assert!(sentence.ends_with(&path.display().to_string()), "path last: {sentence}");
        assert!(sentence.starts_with(char::is_uppercase) && !sentence.contains('\n'), "one sentence: {sentence}");
    }
}

#[test]
fn the_name_does_not_decide_the_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.jpg");
    let frame = pattern(Size::new(3, 2), ColorModel::Rgba, 8);
    fs::write(&path, encode(&frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png)).unwrap())
        .unwrap();
    let photo = read(&path, &Limits::default()).unwrap();
    assert_eq!((photo.frame, photo.metadata.format), (frame, FileFormat::Png), "a PNG file named .jpg");
}

#[test]
fn formats_refuse_what_they_cannot_hold() {
    for (format, size) in [(FileFormat::WebP, Size::new(16_384, 1)), (FileFormat::Jpeg, Size::new(1, 65_536))] {
        let frame = pattern(size, ColorModel::Gray, 8);
        let error = encode(&frame, &Metadata::bare(format), Encoding::new(format)).unwrap_err();
        assert_eq!(error.key(), "error-format-limit", "{error}");
        assert!(error.to_string().contains(&size.to_string()), "names the size: {error}");
    }
    let frame = pattern(Size::new(2, 2), ColorModel::Gray, 8).crop(Size::new(0, 0).rect());
    let error = encode(&frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png)).unwrap_err();
    assert_eq!(error.key(), "error-zero-size", "{error}");
}

fn only_old_file(folder: &Path) {
    let names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["photo.png"], "no temporary file stays");
    assert_eq!(fs::read(folder.join("photo.png")).unwrap(), b"the old file", "the old file is intact");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_keeps_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.png");
    fs::write(&path, b"the old file").unwrap();
    let error = write_atomic_with(&path, |out| {
        out.write_all(b"the first part of the new file")?;
        fs::File::options().write(true).open("/dev/full")?.write_all(b"the rest")
    });
    assert_eq!(error.unwrap_err().key(), "error-no-space", "the system said so");
    only_old_file(folder.path());
    let error = write_atomic(Path::new("/dev/full"), b"bytes").unwrap_err();
    assert_eq!(error.key(), "error-no-space", "{error}");
    assert!(Path::new("/dev/full").exists(), "a device is not replaced");
}

#[cfg(unix)]
#[test]
fn a_protected_folder_keeps_the_old_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.png");
    fs::write(&path, b"the old file").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser may write everywhere; then a protected file must do.
    let is_superuser = fs::write(folder.path().join("probe"), b"").is_ok();
    if is_superuser {
        fs::remove_file(folder.path().join("probe")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    }
    let error = write_atomic(&path, b"new").unwrap_err();
    assert_eq!(error.key(), "error-no-permission", "{error}");
    assert!(error.to_string().ends_with("photo.png"), "path last: {error}");
    only_old_file(folder.path());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn one_pixel_is_a_photo() {
    for format in FileFormat::ALL {
        let frame = pattern(Size::new(1, 1), ColorModel::Rgb, 8);
        let bytes = encode(&frame, &Metadata::bare(format), Encoding::new(format)).unwrap();
        let photo = decode(&bytes, &Limits::default()).unwrap();
        assert_eq!((photo.frame.size(), photo.frame.model()), (Size::new(1, 1), ColorModel::Rgb), "{format:?}");
        assert!(matches!(photo.frame.samples(), Samples::U8(samples) if samples.len() == 3), "{format:?}");
    }
}
