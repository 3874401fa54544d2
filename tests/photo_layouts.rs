//! Unusual but legal layouts of picture files: small depths, palettes, tiles, planes, interlacing, animation.

#![expect(clippy::unwrap_used, reason = "a helper that fails shall end its test")]

mod photo_kit;

use pentimento::imaging::io::{Limits, decode};
use pentimento::imaging::{ColorModel, Frame, Photo, Samples, Size};
use photo_kit::{bmp, lossy_webp, pattern, png, tiff, webp};
use tiff::encoder::{Compression, TiffEncoder, colortype};

fn open(bytes: &[u8]) -> Photo {
    decode(bytes, &Limits::default()).unwrap()
}

fn check(bytes: &[u8], model: ColorModel, samples: &Samples, what: &str) {
    let photo = open(bytes);
    assert_eq!((photo.frame.model(), photo.frame.samples()), (model, samples), "{what}");
}

fn refused(bytes: &[u8], key: &str) {
    let error = decode(bytes, &Limits::default()).unwrap_err();
    assert_eq!(error.key(), key, "{error}: {:?}", error.details());
}

#[test]
fn png_depths_and_palettes() {
    let bits = Samples::U8(vec![255, 0, 255]);
    check(&png(3, 1, [1, 0, 0], &[], &[0, 0b1010_0000]), ColorModel::Gray, &bits, "1 bit");
    let quarters = Samples::U8(vec![0, 85, 170, 255]);
    check(&png(4, 1, [2, 0, 0], &[], &[0, 0b0001_1011]), ColorModel::Gray, &quarters, "2 bit");
    check(&png(2, 1, [4, 0, 0], &[], &[0, 0xF1]), ColorModel::Gray, &Samples::U8(vec![255, 17]), "4 bit");
    let palette: (&[u8; 4], &[u8]) = (b"PLTE", &[1, 2, 3, 4, 5, 6]);
    let colors = Samples::U8(vec![4, 5, 6, 1, 2, 3]);
    check(&png(2, 1, [8, 3, 0], &[palette], &[0, 1, 0]), ColorModel::Rgb, &colors, "palette");
    let clear = Samples::U8(vec![4, 5, 6, 255, 1, 2, 3, 9]);
    check(&png(2, 1, [1, 3, 0], &[palette, (b"tRNS", &[9])], &[0, 0x80]), ColorModel::Rgba, &clear, "clear palette");
    let deep = Samples::U16(vec![0x0102, 0, 0x0103, 65535]);
    let raw = [0, 1, 2, 1, 3];
    check(&png(2, 1, [16, 0, 0], &[(b"tRNS", &[1, 2])], &raw), ColorModel::GrayAlpha, &deep, "clear 16 bit");
    check(
        &png(1, 1, [16, 2, 1], &[], &[0, 1, 2, 3, 4, 5, 6]),
        ColorModel::Rgb,
        &Samples::U16(vec![258, 772, 1286]),
        "interlaced",
    );
}

#[test]
fn bitmaps_of_all_kinds() {
    let palette = Samples::U8(vec![7, 255, 0, 7, 254, 1]);
    check(&bmp(2, 1, 8, 0, &[0, 1, 0, 0]), ColorModel::Rgb, &palette, "palette");
    let top_down = Samples::U8(vec![3, 2, 1, 6, 5, 4]);
    check(&bmp(1, -2, 24, 0, &[1, 2, 3, 0, 4, 5, 6, 0]), ColorModel::Rgb, &top_down, "top down");
    let runs = Samples::U8(vec![7, 254, 1, 7, 254, 1, 7, 254, 1]);
    check(&bmp(3, 1, 8, 1, &[3, 1, 0, 0, 0, 1]), ColorModel::Rgb, &runs, "run lengths");
}

#[test]
fn webp_lossy_and_animated() {
    let still = open(&lossy_webp());
    assert_eq!((still.frame.size(), still.frame.model()), (Size::new(16, 16), ColorModel::Rgb), "lossy");
    let file = lossy_webp();
    // Frame header: position, size less one, duration, flags; then the still picture's own chunk.
    let frame = [[0; 6].as_slice(), &[15, 0, 0, 15, 0, 0], &[100, 0, 0, 0], &file[12..]].concat();
    let head = [0x02, 0, 0, 0, 15, 0, 0, 15, 0, 0];
    let animated = webp(&[(b"VP8X", &head), (b"ANIM", &[0; 6]), (b"ANMF", &frame), (b"ANMF", &frame)]);
    assert!(open(&animated).frame == still.frame, "the first picture of an animation");
}

#[test]
fn tiff_tiles_planes_and_small_depths() {
    let tile: Vec<u8> = (0..=255).collect();
    let tags: [(u16, u16, &[u32]); 8] = [
        (256, 3, &[5]),
        (257, 3, &[2]),
        (258, 3, &[8]),
        (262, 3, &[1]),
        (322, 3, &[16]),
        (323, 3, &[16]),
        (324, 4, &[8]),
        (325, 4, &[256]),
    ];
    let wanted = Samples::U8(vec![0, 1, 2, 3, 4, 16, 17, 18, 19, 20]);
    check(&tiff(&tags, &tile), ColorModel::Gray, &wanted, "a tile larger than the picture");
    let planes: [(u16, u16, &[u32]); 9] = [
        (256, 3, &[2]),
        (257, 3, &[1]),
        (258, 3, &[8, 8, 8]),
        (262, 3, &[2]),
        (273, 4, &[8, 10, 12]),
        (277, 3, &[3]),
        (278, 3, &[1]),
        (279, 4, &[2, 2, 2]),
        (284, 3, &[2]),
    ];
    check(&tiff(&planes, &[1, 2, 3, 4, 5, 6]), ColorModel::Rgb, &Samples::U8(vec![1, 3, 5, 2, 4, 6]), "planes");
    let bits: [(u16, u16, &[u32]); 7] = [
        (256, 3, &[3]),
        (257, 3, &[2]),
        (258, 3, &[1]),
        (262, 3, &[0]),
        (273, 4, &[8]),
        (278, 3, &[2]),
        (279, 4, &[2]),
    ];
    let wanted = Samples::U8(vec![0, 255, 0, 255, 0, 0]);
    check(&tiff(&bits, &[0b1010_0000, 0b0110_0000]), ColorModel::Gray, &wanted, "1 bit, white is 0");
}

fn by_library<C: colortype::ColorType>(data: &[C::Inner], compression: Compression) -> Vec<u8>
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap().with_compression(compression);
    encoder.write_image::<C>(4, 4, data).unwrap();
    encoder.write_image::<C>(4, 4, data).unwrap();
    file.into_inner()
}

#[test]
fn tiff_by_another_writer() {
    let frame: Frame = pattern(Size::new(4, 4), ColorModel::Rgb, 16);
    let Samples::U16(samples) = frame.samples() else { panic!("16 bit") };
    for compression in [Compression::Uncompressed, Compression::Lzw, Compression::Packbits] {
        let photo = open(&by_library::<colortype::RGB16>(samples, compression));
        assert!(photo.frame == frame, "the first of two pages");
        assert_eq!(photo.metadata.exif, None, "layout tags are no EXIF");
    }
    refused(&by_library::<colortype::CMYK8>(&[9; 64], Compression::Lzw), "error-cmyk");
    refused(&by_library::<colortype::RGB32Float>(&[0.5; 48], Compression::Uncompressed), "error-unsupported");
    refused(&by_library::<colortype::Gray32>(&[5; 16], Compression::Uncompressed), "error-unsupported");
}
