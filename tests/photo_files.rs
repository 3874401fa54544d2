//! Photos through files and back: what must survive does, what must not does not.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod photo_kit;

use jpeg_encoder::{ColorType as JpegColor, Encoder as JpegEncoder, QuantizationTableType, SamplingFactor};
use pentimento::imaging::io::{Encoding, JpegQuality, Limits, decode, encode, read_mask, write_mask};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Mask, Metadata, Photo, PixelRect, Samples, Size};
use photo_kit::{MAKER, NOTES, PREVIEW, THUMBNAIL, contains, exif, largest_difference, pattern, smooth};

const MODELS: [ColorModel; 4] = [ColorModel::Gray, ColorModel::GrayAlpha, ColorModel::Rgb, ColorModel::Rgba];
const XMP: &[u8] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>a packet \xC3\xA9</x:xmpmeta>";

fn open(bytes: &[u8]) -> Photo {
    decode(bytes, &Limits::default()).unwrap()
}

fn saved(photo: &Photo, format: FileFormat) -> Vec<u8> {
    encode(&photo.frame, &photo.metadata, Encoding::new(format)).unwrap()
}

/// Everything a file can hold; the profile needs two JPEG segments.
fn full_metadata(format: FileFormat, exif: Vec<u8>) -> Metadata {
    Metadata {
        icc: Some((0..70_000_u32).map(|at| (at.wrapping_mul(0x9E37_79B9) >> 13) as u8).collect()),
        exif: Some(exif),
        xmp: Some(XMP.to_vec()),
        density: Some((300.0, 150.0)),
        ..Metadata::bare(format)
    }
}

/// What `frame` is after a file format without loss.
fn as_held_by(format: FileFormat, frame: &Frame) -> Frame {
    let (from, keeps_depth) = (frame.model(), matches!(format, FileFormat::Png | FileFormat::Tiff));
    let to = match (format, from) {
        (FileFormat::WebP, ColorModel::Gray) => ColorModel::Rgb,
        (FileFormat::WebP | FileFormat::Bmp, ColorModel::GrayAlpha) => ColorModel::Rgba,
        _ => from,
    };
    let samples = match frame.samples() {
        Samples::U16(v) if !keeps_depth => v.iter().map(|&v| (f64::from(v) / 257.0).round() as u16).collect(),
        Samples::U16(v) => v.clone(),
        Samples::U8(v) => v.iter().map(|&v| u16::from(v)).collect::<Vec<_>>(),
    };
    let spread = |pixel: &[u16]| match (from, to) {
        (ColorModel::Gray, ColorModel::Rgb) => vec![pixel[0]; 3],
        (ColorModel::GrayAlpha, ColorModel::Rgba) => vec![pixel[0], pixel[0], pixel[0], pixel[1]],
        _ => pixel.to_vec(),
    };
    let samples: Vec<u16> = samples.chunks(from.channels()).flat_map(spread).collect();
    let samples = if keeps_depth && frame.bits() == 16 {
        Samples::U16(samples)
    } else {
        Samples::U8(samples.into_iter().map(|v| v as u8).collect())
    };
    Frame::new(frame.size(), to, samples).unwrap()
}

#[test]
fn samples_survive_every_lossless_format_depth_and_channel_layout() {
    for format in [FileFormat::Png, FileFormat::Tiff, FileFormat::WebP, FileFormat::Bmp] {
        for model in MODELS {
            for (bits, size) in [8, 16].into_iter().flat_map(|bits| [(1, 1), (37, 23), (400, 700)].map(|s| (bits, s))) {
                let frame = pattern(Size::new(size.0, size.1), model, bits);
                let bytes = encode(&frame, &Metadata::bare(format), Encoding::new(format)).unwrap();
                let photo = open(&bytes);
                assert!(photo.frame == as_held_by(format, &frame), "{format:?} {model:?} {bits} bit {size:?}");
                assert_eq!(*photo.metadata, Metadata::bare(format), "nothing was made up in {format:?}");
            }
        }
    }
}

#[test]
fn jpeg_keeps_grey_and_color_and_lays_transparency_over_white() {
    for model in MODELS {
        for size in [Size::new(1, 1), Size::new(37, 23)] {
            let frame = smooth(size, model);
            let encoding = Encoding { format: FileFormat::Jpeg, jpeg: JpegQuality::Quality(97) };
            let photo = open(&encode(&frame, &Metadata::bare(FileFormat::Jpeg), encoding).unwrap());
            assert_eq!(photo.frame.model().channels(), model.color_channels(), "channels of {model:?}");
            if !model.has_alpha() {
                assert!(largest_difference(&photo.frame, &frame) <= 8, "{model:?} {size}");
            }
        }
    }
    let clear = Frame::new(Size::new(8, 8), ColorModel::GrayAlpha, Samples::U16(vec![0; 128])).unwrap();
    let photo = open(&encode(&clear, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Jpeg)).unwrap());
    assert!(photo.frame.rgb_at(3, 3)[0] > 250.0, "transparent is white");
}

#[test]
fn metadata_survives_every_format_that_can_hold_it() {
    let size = Size::new(30, 20);
    for big in [false, true] {
        // What a first opening leaves of the block is what must survive from then on.
        let source = encode(
            &smooth(size, ColorModel::Rgb),
            &full_metadata(FileFormat::Png, exif(1, size, big)),
            Encoding::new(FileFormat::Png),
        );
        let photo = open(&source.unwrap());
        let wanted = &photo.metadata;
        assert_eq!(wanted.exif.as_ref().map(Vec::len), Some(exif(1, size, big).len()), "changed in place");
        for format in FileFormat::ALL {
            let found = open(&saved(&photo, format)).metadata;
            assert!(found.icc == wanted.icc, "profile in {format:?}");
            let (x, y) = found.density.unwrap();
            let from_exif = format == FileFormat::WebP;
            let wanted_density = if from_exif { (300.0, 300.0) } else { (300.0, 150.0) };
            assert!(
                (x - wanted_density.0).abs() < 0.02 && (y - wanted_density.1).abs() < 0.02,
                "density in {format:?}"
            );
            if format == FileFormat::Bmp {
                continue;
            }
            assert_eq!(found.xmp, wanted.xmp, "XMP in {format:?}");
            let block = found.exif.as_ref().unwrap();
            if format == FileFormat::Tiff {
                assert!(contains(block, MAKER) && contains(block, NOTES), "EXIF texts in TIFF");
                let again = open(&saved(&open(&saved(&photo, format)), format)).metadata;
                assert!(again == found, "all bytes survive from TIFF to TIFF");
            } else {
                assert!(Some(block) == wanted.exif.as_ref(), "EXIF bytes in {format:?}");
            }
        }
    }
}

/// `upright` as a camera that was held as `orientation` says would have stored it, by the words of the standard: where
/// in the upright picture its first row and its first column are.
fn stored(upright: &Frame, orientation: u16) -> Frame {
    let Size { width, height } = upright.size();
    let (right, bottom) = (width - 1, height - 1);
    let turned = if orientation >= 5 { Size::new(height, width) } else { upright.size() };
    let Samples::U8(samples) = upright.samples() else { panic!("8 bit") };
    let channels = upright.model().channels();
    let mut out = Vec::new();
    for (row, column) in (0..turned.height).flat_map(|row| (0..turned.width).map(move |column| (row, column))) {
        let (x, y) = match orientation {
            1 => (column, row),
            2 => (right - column, row),
            3 => (right - column, bottom - row),
            4 => (column, bottom - row),
            5 => (row, column),
            6 => (right - row, column),
            7 => (right - row, bottom - column),
            _ => (row, bottom - column),
        };
        let at = (y * width + x) as usize * channels;
        out.extend(&samples[at..at + channels]);
    }
    Frame::new(turned, upright.model(), Samples::U8(out)).unwrap()
}

#[test]
fn all_orientations_are_applied_and_rewritten() {
    let upright = smooth(Size::new(24, 16), ColorModel::Rgb);
    for format in [FileFormat::Jpeg, FileFormat::Png, FileFormat::WebP] {
        for (orientation, big) in (1..=8).flat_map(|orientation| [(orientation, false), (orientation, true)]) {
            let stored = stored(&upright, orientation);
            let metadata = full_metadata(format, exif(orientation, stored.size(), big));
            let photo = open(&encode(&stored, &metadata, Encoding::new(format)).unwrap());
            let tolerance = if format == FileFormat::Jpeg { 20 } else { 0 };
            assert!(largest_difference(&photo.frame, &upright) <= tolerance, "{format:?} {orientation}");
            let block = photo.metadata.exif.as_ref().unwrap();
            let (asked, clean) = (exif(orientation, stored.size(), big), exif(1, upright.size(), big));
            // The value of the orientation tag, and those of the two size tags of the EXIF directory.
            for value in [30..34, 108..112, 120..124] {
                assert_eq!(block[value.clone()], clean[value.clone()], "{value:?} in {format:?} {orientation}");
            }
            assert_eq!(asked[..30], block[..30], "what lies before stays");
            let again = open(&saved(&photo, FileFormat::Png));
            assert!(again.frame == photo.frame, "turned once only, {format:?} {orientation}");
        }
    }
}

#[test]
fn tiff_orientation_is_applied() {
    let upright = pattern(Size::new(5, 3), ColorModel::Gray, 8);
    for orientation in 1..=8 {
        let stored = stored(&upright, orientation);
        let Samples::U8(data) = stored.samples() else { panic!("8 bit") };
        let Size { width, height } = stored.size();
        let count = data.len() as u32;
        let tags: [(u16, u16, &[u32]); 8] = [
            (256, 4, &[width]),
            (257, 4, &[height]),
            (258, 3, &[8]),
            (262, 3, &[1]),
            (273, 4, &[8]),
            (274, 3, &[u32::from(orientation)]),
            (278, 4, &[height]),
            (279, 4, &[count]),
        ];
        let photo = open(&photo_kit::tiff(&tags, data));
        assert!(photo.frame == upright, "orientation {orientation}");
        assert!(open(&saved(&photo, FileFormat::Tiff)).frame == upright, "turned once only, {orientation}");
    }
}

#[test]
fn thumbnails_and_previews_do_not_leave_the_source_file() {
    let size = Size::new(16, 16);
    let block = exif(6, size, true);
    assert!(contains(&block, THUMBNAIL) && contains(&block, PREVIEW), "the source has both");
    let metadata = full_metadata(FileFormat::Jpeg, block);
    let source = encode(&smooth(size, ColorModel::Rgb), &metadata, Encoding::new(FileFormat::Jpeg)).unwrap();
    let photo = open(&source);
    for format in FileFormat::ALL {
        let bytes = saved(&photo, format);
        for secret in [THUMBNAIL, PREVIEW] {
            assert!(!contains(&bytes, &secret[4..secret.len() - 2]), "{format:?} still holds a picture");
        }
    }
    let exif = photo.metadata.exif.as_ref().unwrap();
    assert!(contains(exif, MAKER) && contains(exif, NOTES), "the rest stays");
    let xmp = photo.metadata.xmp.as_ref().unwrap();
    assert_eq!(xmp.as_slice(), XMP, "a packet without thumbnail is unchanged");
    // IFD0 starts at 8 and has five entries; after them lies the link to the thumbnail's directory.
    assert_eq!(exif[8 + 2 + 60..][..4], [0; 4], "no second directory");
}

fn jpeg_of(model: JpegColor, samples: &[u8], size: u16, sampling: SamplingFactor, progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes, 80);
    let table = |start: u16| QuantizationTableType::Custom(Box::new(std::array::from_fn(|at| start + at as u16)));
    encoder.set_quantization_tables(table(3), table(11));
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(progressive);
    encoder.encode(samples, size, size, model).unwrap();
    bytes
}

#[test]
fn a_saved_jpeg_has_the_tables_and_sampling_of_its_source() {
    let samples = vec![90; 48 * 48 * 3];
    for (horizontal, vertical) in [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1), (4, 2)] {
        for progressive in [false, true] {
            let sampling = SamplingFactor::from_factors(horizontal, vertical).unwrap();
            let photo = open(&jpeg_of(JpegColor::Rgb, &samples, 48, sampling, progressive));
            let coding = photo.metadata.jpeg.clone().unwrap();
            assert_eq!(coding.sampling, (horizontal, vertical), "read");
            assert_eq!(coding.tables[0], (3..67).collect::<Vec<_>>(), "luminance in natural order");
            assert_eq!(coding.tables[1], (11..75).collect::<Vec<_>>(), "chrominance in natural order");
            let again = open(&saved(&photo, FileFormat::Jpeg)).metadata.jpeg.clone();
            assert_eq!(again, Some(coding), "written, {horizontal} x {vertical}");
        }
    }
    let gray = open(&jpeg_of(JpegColor::Luma, &samples, 48, SamplingFactor::F_1_1, false));
    assert_eq!(gray.frame.model(), ColorModel::Gray, "grey stays grey");
    let again = open(&saved(&gray, FileFormat::Jpeg));
    assert_eq!((again.frame.model(), &again.metadata.jpeg), (ColorModel::Gray, &gray.metadata.jpeg), "saved too");
}

#[test]
fn quality_overrides_the_source_tables() {
    let photo = open(&jpeg_of(JpegColor::Rgb, &vec![90; 48 * 48 * 3], 48, SamplingFactor::F_2_1, false));
    let encoding = Encoding { format: FileFormat::Jpeg, jpeg: JpegQuality::Quality(100) };
    let coding = open(&encode(&photo.frame, &photo.metadata, encoding).unwrap()).metadata.jpeg.clone().unwrap();
    assert_eq!(coding.tables, [vec![1; 64], vec![1; 64]], "the best tables");
    assert_eq!(coding.sampling, (2, 1), "the source's sampling");
}

#[test]
fn a_quarter_turn_turns_the_jpeg_coding() {
    let upright = Size::new(48, 48);
    let bytes = jpeg_of(JpegColor::Rgb, &vec![90; 48 * 48 * 3], 48, SamplingFactor::F_2_1, false);
    let block = [b"Exif\0\0".as_slice(), &exif(6, upright, false)].concat();
    let segment = [&[0xFF, 0xE1], ((block.len() + 2) as u16).to_be_bytes().as_slice(), &block].concat();
    let photo = open(&[&bytes[..2], &segment, &bytes[2..]].concat());
    let coding = photo.metadata.jpeg.clone().unwrap();
    assert_eq!(coding.sampling, (1, 2), "sampling turned");
    assert_eq!(coding.tables[0][..3], [3, 11, 19], "tables turned");
}

#[test]
fn cmyk_jpeg_becomes_rgb_without_its_profile() {
    let samples: Vec<u8> = [0, 255, 255, 0].repeat(16 * 16);
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes, 95);
    encoder.add_icc_profile(b"a profile for inks").unwrap();
    encoder.encode(&samples, 16, 16, JpegColor::Cmyk).unwrap();
    let photo = open(&bytes);
    assert_eq!((photo.frame.model(), &photo.metadata.icc), (ColorModel::Rgb, &None), "RGB, no CMYK profile");
    let [r, g, b] = photo.frame.rgb_at(5, 5);
    assert!(r > 240.0 && g < 15.0 && b < 15.0, "magenta and yellow ink is red: {r} {g} {b}");
}

#[test]
fn masks_survive_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mask.png");
    let size = Size::new(300, 270);
    let mut mask = Mask::empty(size);
    mask.write(PixelRect::new(200, 100, 290, 265), |x, y, _| (x + y) as u8);
    std::fs::write(&path, write_mask(&mask).unwrap()).unwrap();
    assert!(read_mask(&path, size, &Limits::default()).unwrap() == mask, "all coverage");
    let error = read_mask(&path, Size::new(300, 271), &Limits::default()).unwrap_err();
    assert_eq!(error.key(), "error-size-mismatch", "{error}");
    let sentence = error.to_string();
    assert!(sentence.contains("300 x 270") && sentence.contains("300 x 271"), "names both sizes: {sentence}");
    assert!(sentence.ends_with("mask.png"), "path last: {sentence}");
    let turned = encode(
        &Frame::new(Size::new(2, 1), ColorModel::Gray, Samples::U8(vec![255, 0])).unwrap(),
        &full_metadata(FileFormat::Png, exif(6, size, false)),
        Encoding::new(FileFormat::Png),
    );
    std::fs::write(&path, turned.unwrap()).unwrap();
    let mask = read_mask(&path, Size::new(1, 2), &Limits::default()).unwrap();
    assert!(mask.is_hole(0, 0) && !mask.is_hole(0, 1), "orientation applies to masks too");
}
