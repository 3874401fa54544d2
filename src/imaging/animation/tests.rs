//! Moving pictures, read back.

use std::io::Cursor;

use super::*;

const SIZE: Size = Size::new(9, 6);

/// Frames with few colors, all different.
fn frames(count: u8) -> Vec<Frame> {
    let frame = |at: u8| {
        let pixel = |i: usize| [at * 40, (i % 7 * 30) as u8, if i.is_multiple_of(2) { 255 } else { at }];
        let samples = (0..SIZE.area()).flat_map(pixel).collect();
        Frame::new(SIZE, ColorModel::Rgb, Samples::U8(samples)).unwrap()
    };
    (0..count).map(frame).collect()
}

fn write(path: &Path, frames: &[Frame], order: &[usize], options: AnimationOptions) -> Written {
    let mut job = AnimationJob::new(path, frames.to_vec(), order.to_vec(), options).unwrap();
    let mut last = 0.0;
    loop {
        match job.step().unwrap() {
            Step::More(progress) => {
                assert!(progress.fraction > last && progress.fraction <= 1.0, "from {last} to {}", progress.fraction);
                last = progress.fraction;
            }
            Step::Done(written) => return written,
        }
    }
}

fn options(format: AnimationFormat) -> AnimationOptions {
    AnimationOptions { format, frame_millis: 33, rounds: 0, scale: 2 }
}

fn large(frame: &Frame) -> Vec<u8> {
    enlarged::<3>(&rgb(frame), frame.size(), 2)
}

#[test]
fn a_webp_holds_every_pixel() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.webp");
    let (frames, order) = (frames(4), [0, 1, 2, 3, 2, 1]);
    let written = write(&path, &frames, &order, AnimationOptions { rounds: 3, ..options(AnimationFormat::WebP) });
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!((written.frames, written.bytes), (6, bytes.len() as u64), "told");
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).unwrap();
    assert_eq!((decoder.dimensions(), decoder.num_frames()), ((18, 12), 6), "size and count");
    assert_eq!(decoder.loop_count(), image_webp::LoopCount::Times(3.try_into().unwrap()), "rounds");
    let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
    for at in order {
        assert_eq!(decoder.read_frame(&mut pixels).unwrap(), 33, "milliseconds");
        assert!(pixels == large(&frames[at]), "frame {at} bit for bit");
    }
}

#[test]
fn a_gif_holds_few_colors_exactly_and_keeps_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gif");
    let frames = frames(4);
    write(&path, &frames, &[0, 1, 2, 3], options(AnimationFormat::Gif));
    let mut settings = ::gif::DecodeOptions::new();
    settings.set_color_output(::gif::ColorOutput::RGBA);
    let mut decoder = settings.read_info(std::fs::File::open(&path).unwrap()).unwrap();
    assert_eq!((decoder.width(), decoder.height()), (18, 12), "size");
    let mut delays = Vec::new();
    for frame in &frames {
        let read = decoder.read_next_frame().unwrap().unwrap();
        delays.push(read.delay);
        let pixels: Vec<u8> = read.buffer.as_chunks::<4>().0.iter().flat_map(|p| [p[0], p[1], p[2]]).collect();
        assert!(pixels == large(frame), "the colors, bit for bit");
    }
    assert!(decoder.read_next_frame().unwrap().is_none(), "no more");
    assert_eq!(decoder.repeat(), ::gif::Repeat::Infinite, "for ever");
    assert_eq!(delays, [3, 4, 3, 3], "132 milliseconds in hundredths of a second");
}

#[test]
fn a_gif_of_many_colors_is_near_them() {
    let size = Size::new(40, 40);
    let pixel = |i: usize| [(i % 40 * 6) as u8, (i / 40 * 6) as u8, 128];
    let samples = (0..size.area()).flat_map(pixel).collect();
    let frame = Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.gif");
    write(&path, std::slice::from_ref(&frame), &[0], AnimationOptions { scale: 1, ..options(AnimationFormat::Gif) });
    let mut settings = ::gif::DecodeOptions::new();
    settings.set_color_output(::gif::ColorOutput::RGBA);
    let mut decoder = settings.read_info(std::fs::File::open(&path).unwrap()).unwrap();
    let read = decoder.read_next_frame().unwrap().unwrap();
    let pairs = read.buffer.as_chunks::<4>().0.iter().flat_map(|p| [p[0], p[1], p[2]]).zip(rgb(&frame));
    let mean = pairs.map(|(a, b)| f64::from(a.abs_diff(b))).sum::<f64>() / 4800.0;
    assert!(mean < 6.0, "1600 colors in 256: off by {mean} on average");
}

#[test]
fn a_folder_holds_numbered_pngs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frames");
    let frames = frames(3);
    let written = write(&path, &frames, &[0, 1, 2, 1], options(AnimationFormat::Pngs));
    assert_eq!(written.frames, 4, "the second one twice");
    for (number, at) in [0, 1, 2, 1].into_iter().enumerate() {
        let file = path.join(format!("frame-{:04}.png", number + 1));
        let photo = io::read(&file, &io::Limits::default()).unwrap();
        assert_eq!(photo.frame.samples(), &Samples::U8(large(&frames[at])), "{}", file.display());
    }
}

#[test]
fn what_cannot_be_written_is_a_sentence() {
    let new =
        |frames: Vec<Frame>, order: Vec<usize>, options| AnimationJob::new("x", frames, order, options).unwrap_err();
    let options = options(AnimationFormat::WebP);
    assert_eq!(new(vec![], vec![0], options), AnimationError::NoFrames, "nothing");
    assert_eq!(new(frames(2), vec![7], options), AnimationError::NoFrames, "numbers of no frame");
    let mut mixed = frames(2);
    mixed.push(mixed[0].crop(crate::imaging::PixelRect::new(0, 0, 3, 3)));
    assert!(new(mixed, vec![0], options).to_string().starts_with("frame 3 has 3 x 3 pixels"), "another size");
    let wide = Frame::new(Size::new(1000, 1), ColorModel::Rgb, Samples::U8(vec![0; 3000])).unwrap();
    let error = new(vec![wide], vec![0], AnimationOptions { scale: 60, ..options });
    assert_eq!(error, AnimationError::TooLarge { size: Size::new(60_000, 60), max_side: 16_383 }, "too large");
    let missing = Path::new("/no/such/folder/a.gif");
    let mut job = AnimationJob::new(missing, frames(1), vec![0], options).unwrap();
    assert!(job.step().is_ok(), "encoding needs no folder");
    assert!(job.step().unwrap_err().to_string().contains("folder"), "writing does");
}

#[test]
fn names_tell_formats() {
    let of = |name: &str| AnimationFormat::of(Path::new(name));
    assert_eq!((of("a.GIF"), of("b.webp")), (Some(AnimationFormat::Gif), Some(AnimationFormat::WebP)), "files");
    assert_eq!((of("folder"), of("a.mp4")), (Some(AnimationFormat::Pngs), None), "a folder, and what is not written");
}

#[test]
fn frames_that_come_one_by_one_make_the_same_file() {
    let folder = tempfile::tempdir().unwrap();
    let (at_once, by_turns) = (folder.path().join("a.webp"), folder.path().join("b.webp"));
    let (frames, order, options) = (frames(3), [0, 1, 2, 1], options(AnimationFormat::WebP));
    write(&at_once, &frames, &order, options);
    let mut job = AnimationJob::begin(&by_turns, (SIZE, 3), order.to_vec(), options).unwrap();
    let mut coming = frames.into_iter();
    let written = loop {
        if job.wants_frame() {
            job.add(coming.next().unwrap()).unwrap();
        }
        if let Step::Done(written) = job.step().unwrap() {
            break written;
        }
    };
    assert_eq!((written.frames, coming.next()), (4, None), "each was wanted once");
    assert_eq!(std::fs::read(by_turns).unwrap(), std::fs::read(at_once).unwrap(), "to the byte");
    let mut job = AnimationJob::begin(folder.path(), (SIZE, 2), vec![0, 1], options).unwrap();
    let narrow = Frame::new(Size::new(1, 6), ColorModel::Rgb, Samples::U8(vec![0; 18])).unwrap();
    assert!(matches!(job.add(narrow), Err(AnimationError::Sizes { at: 1, .. })), "of another size");
}
