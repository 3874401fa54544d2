//! Erasing through its public door: what is touched, what is not, and what comes back for hard requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use pentimento::control::{CancelToken, Canceller, Step, Stepper as _};
use pentimento::erase::{Base, Engine, EraseError, EraseJob, EraseRequest, Fill, Settings};
use pentimento::imaging::{ColorModel, Frame, Mask, PixelRect, Samples, Size, SrgbTransform};
use proptest::prelude::*;

/// A photo of soft hills with grain: nothing in it repeats, nothing is flat.
fn photo(size: Size, model: ColorModel, bits: u32) -> Frame {
    let value = |x: u32, y: u32, c: u32| {
        let wave = ((x as f32 / 17.0).sin() + (y as f32 / 11.0).cos()) * 40.0 + 120.0 + 10.0 * c as f32;
        let grain = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729) ^ (c * 31)).wrapping_mul(2_654_435_761) >> 28;
        wave + grain as f32
    };
    let channels = model.channels() as u32;
    let at = (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y)));
    let values = at.flat_map(|(x, y)| (0..channels).map(move |c| (x, y, c)));
    let is_alpha = |c: u32| model.has_alpha() && c + 1 == channels;
    let samples = if bits == 16 {
        let deep = |(x, y, c)| if is_alpha(c) { 65535 } else { (value(x, y, c) * 257.0) as u16 ^ (x & 0xFF) as u16 };
        Samples::U16(values.map(deep).collect())
    } else {
        Samples::U8(values.map(|(x, y, c)| if is_alpha(c) { 255 } else { value(x, y, c) as u8 }).collect())
    };
    Frame::new(size, model, samples).expect("the sizes fit")
}

fn holes(size: Size, parts: &[PixelRect]) -> Mask {
    let mut mask = Mask::empty(size);
    for part in parts {
        mask.write(*part, |_, _, _| 255);
    }
    mask
}

fn request(photo: Frame, holes: Mask) -> EraseRequest {
    EraseRequest {
        base: Base { photo, under: Vec::new(), srgb: SrgbTransform::default() },
        holes,
        sample_from: None,
        sample_never: None,
        engine: Engine::Exemplar,
        seeds: vec![0],
        mixture: None,
        networks: pentimento::erase::Networks::default(),
        settings: Settings::default(),
    }
}

fn run(request: EraseRequest) -> Result<Vec<Fill>, EraseError> {
    let mut job = EraseJob::new(request, CancelToken::never())?;
    loop {
        if let Step::Done(fills) = job.step()? {
            return Ok(fills);
        }
    }
}

fn applied(photo: &Frame, fill: &Fill) -> Frame {
    let mut out = photo.clone();
    for patch in &fill.patches {
        patch.apply(&mut out, 1.0);
    }
    out
}

/// Samples of pixel `(x, y)`, widened.
fn pixel(frame: &Frame, x: u32, y: u32) -> Vec<u32> {
    let channels = frame.model().channels();
    let at = (y as usize * frame.size().width as usize + x as usize) * channels;
    match frame.samples() {
        Samples::U8(v) => v[at..at + channels].iter().map(|&v| u32::from(v)).collect(),
        Samples::U16(v) => v[at..at + channels].iter().map(|&v| u32::from(v)).collect(),
    }
}

/// The largest distance from the hole at which a pixel differs.
fn rim(before: &Frame, after: &Frame, part: PixelRect) -> f32 {
    let mut furthest = 0.0f32;
    for y in 0..before.size().height {
        for x in 0..before.size().width {
            if pixel(before, x, y) != pixel(after, x, y) {
                let dx = (part.x0 - x as i32).max(x as i32 - part.x1 + 1).max(0) as f32;
                let dy = (part.y0 - y as i32).max(y as i32 - part.y1 + 1).max(0) as f32;
                furthest = furthest.max(dx.hypot(dy));
            }
        }
    }
    furthest
}

#[test]
fn every_depth_and_layout_keeps_what_lies_beyond_the_rim() {
    let size = Size::new(120, 90);
    let part = PixelRect::new(50, 30, 75, 60);
    for model in [ColorModel::Gray, ColorModel::GrayAlpha, ColorModel::Rgb, ColorModel::Rgba] {
        for bits in [8, 16] {
            let before = photo(size, model, bits);
            let fills = run(request(before.clone(), holes(size, &[part]))).expect("it fills");
            let after = applied(&before, &fills[0]);
            assert_eq!((after.bits(), after.model()), (bits, model), "depth and channels stay");
            let rim = rim(&before, &after, part);
            assert!(rim <= 6.0, "{model:?} at {bits} bit changed a pixel {rim} away");
            assert_ne!(pixel(&before, 60, 45), pixel(&after, 60, 45), "{model:?} at {bits} bit: the hole is filled");
        }
    }
}

#[test]
fn a_feather_reaches_outwards_as_far_as_it_was_asked_to() {
    let size = Size::new(120, 90);
    let part = PixelRect::new(50, 30, 75, 60);
    let before = photo(size, ColorModel::Rgb, 8);
    for engine in [Engine::Exemplar, Engine::Membrane] {
        let reach = |feather: Option<u32>| {
            let mut wanted = request(before.clone(), holes(size, &[part]));
            (wanted.engine, wanted.settings.feather, wanted.settings.grow) = (engine.clone(), feather, Some(0));
            rim(&before, &applied(&before, &run(wanted).expect("it fills")[0]), part)
        };
        assert_eq!(reach(None), 0.0, "{engine:?}: none unless asked for");
        let wide = reach(Some(4));
        assert!((3.0..=4.5).contains(&wide), "{engine:?}: a feather of 4 reaches {wide}");
    }
}

#[test]
fn alpha_is_never_touched() {
    let size = Size::new(80, 80);
    let mut before = photo(size, ColorModel::Rgba, 8);
    if let Samples::U8(v) = before.samples_mut() {
        v.iter_mut().skip(3).step_by(4).enumerate().for_each(|(at, alpha)| *alpha = (at % 200) as u8 + 40);
    }
    let fills = run(request(before.clone(), holes(size, &[PixelRect::new(30, 30, 50, 50)]))).expect("it fills");
    let after = applied(&before, &fills[0]);
    for (x, y) in (0..80).flat_map(|y| (0..80).map(move |x| (x, y))) {
        assert_eq!(pixel(&before, x, y)[3], pixel(&after, x, y)[3], "alpha at {x}, {y}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let size = Size::new(160, 120);
    let before = photo(size, ColorModel::Rgb, 8);
    let fill_on = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let mut wanted = request(before.clone(), holes(size, &[PixelRect::new(60, 40, 100, 80)]));
        wanted.seeds = vec![seed];
        applied(&before, &pool.install(|| run(wanted)).expect("it fills")[0])
    };
    let one = fill_on(1, 7);
    assert!(one == fill_on(3, 7), "three threads give other bytes than one");
    assert!(one != fill_on(1, 8), "another seed gives another fill");
}

#[test]
fn candidates_come_in_the_order_of_their_seeds() {
    let size = Size::new(100, 100);
    let mut wanted = request(photo(size, ColorModel::Rgb, 8), holes(size, &[PixelRect::new(40, 40, 60, 60)]));
    wanted.seeds = vec![0, 5, 9];
    let mut job = EraseJob::new(wanted, CancelToken::never()).expect("a good request");
    let (mut streamed, mut last) = (Vec::new(), 0.0);
    let fills = loop {
        match job.step().expect("it fills") {
            Step::Done(fills) => break fills,
            Step::More(update) => {
                assert!(update.progress.fraction >= last - 1e-3, "progress went back to {}", update.progress.fraction);
                last = update.progress.fraction;
                streamed.extend(update.finished.map(|fill| fill.seed));
            }
        }
    };
    assert_eq!(streamed, [0, 5, 9], "each candidate is streamed as it is done");
    assert_eq!(fills.iter().map(|fill| fill.seed).collect::<Vec<_>>(), [0, 5, 9], "and all come at the end");
}

#[test]
fn a_step_of_brightness_leaves_no_seam() {
    // A ramp with grain: the fill's edge must not differ more from its neighbours than known pixels do.
    let size = Size::new(140, 140);
    let before = photo(size, ColorModel::Gray, 8);
    let part = PixelRect::new(45, 45, 95, 95);
    let after = applied(&before, &run(request(before.clone(), holes(size, &[part]))).expect("it fills")[0]);
    let step = |x: u32, y: u32| (pixel(&after, x, y)[0] as f32 - pixel(&after, x + 1, y)[0] as f32).abs();
    let mean = |columns: &[u32]| {
        let all: Vec<f32> = columns.iter().flat_map(|&x| (50..90).map(move |y| step(x, y))).collect();
        all.iter().sum::<f32>() / all.len() as f32
    };
    let (across, known) = (mean(&[43, 44, 94, 95]), mean(&[20, 24, 28, 32, 110, 114, 118]));
    assert!(across < 1.6 * known, "differences across the edge {across}, in known pixels {known}");
}

#[test]
fn sampling_brushes_decide_where_texture_comes_from() {
    // Left half red, right half blue, a hole in the middle: forbidding the right half leaves red alone.
    let size = Size::new(160, 80);
    let samples = (0..80).flat_map(|y| {
        (0..160).flat_map(move |x| {
            let grain = ((x * 7 + y * 13) % 9) as u8;
            if x < 80 { [200 + grain, 20, 20] } else { [20, 20, 200 + grain] }
        })
    });
    let before = Frame::new(size, ColorModel::Rgb, Samples::U8(samples.collect())).expect("the sizes fit");
    let mut wanted = request(before.clone(), holes(size, &[PixelRect::new(60, 25, 76, 55)]));
    wanted.sample_from = Some(holes(size, &[PixelRect::new(84, 0, 160, 80)]));
    let from_right = applied(&before, &run(wanted.clone()).expect("it fills")[0]);
    wanted.sample_from = None;
    wanted.sample_never = Some(holes(size, &[PixelRect::new(80, 0, 160, 80)]));
    let from_left = applied(&before, &run(wanted.clone()).expect("it fills")[0]);
    assert!(pixel(&from_left, 68, 40)[0] > 150, "red from the left: {:?}", pixel(&from_left, 68, 40));
    assert_ne!(pixel(&from_right, 68, 40), pixel(&from_left, 68, 40), "the brushes matter");
    wanted.sample_never = Some(holes(size, &[size.rect()]));
    assert_eq!(run(wanted).unwrap_err(), EraseError::NoSource, "nothing left to sample from");
}

#[test]
fn a_later_group_sees_an_earlier_one_filled() {
    let size = Size::new(300, 120);
    let parts = [PixelRect::new(30, 40, 60, 70), PixelRect::new(200, 30, 250, 90)];
    let before = photo(size, ColorModel::Rgb, 8);
    let fills = run(request(before, holes(size, &parts))).expect("it fills");
    assert_eq!(fills[0].patches.len(), 2, "far holes are filled apart");
    let area = |at: usize| fills[0].patches[at].rect().size().area();
    assert!(area(0) < area(1), "small holes first");
}

#[test]
fn patches_below_are_seen() {
    let size = Size::new(90, 90);
    let before = Frame::new(size, ColorModel::Gray, Samples::U8(vec![10; size.area()])).expect("the sizes fit");
    let white = Frame::new(size, ColorModel::Gray, Samples::U8(vec![240; size.area()])).expect("the sizes fit");
    let coverage = pentimento::imaging::Plane::filled(size, 255);
    let below = pentimento::imaging::Patch::new(size.rect(), white, coverage).expect("the sizes fit");
    let mut wanted = request(before.clone(), holes(size, &[PixelRect::new(40, 40, 50, 50)]));
    wanted.base.under = vec![(Arc::new(below), 1.0)];
    let after = applied(&before, &run(wanted).expect("it fills")[0]);
    assert!(pixel(&after, 45, 45)[0] > 230, "the fill continues what is seen, not what lies under it");
}

#[test]
fn impossible_requests_get_one_sentence() {
    let size = Size::new(40, 30);
    let good = || request(photo(size, ColorModel::Rgb, 8), holes(size, &[PixelRect::new(5, 5, 9, 9)]));
    let with = |change: fn(&mut EraseRequest)| {
        let mut wanted = good();
        change(&mut wanted);
        run(wanted).unwrap_err()
    };
    let error = with(|wanted| wanted.holes = Mask::empty(Size::new(41, 30)));
    assert!(error.to_string().contains("41 x 30") && error.to_string().contains("40 x 30"), "both sizes: {error}");
    assert_eq!(with(|wanted| wanted.holes = Mask::empty(Size::new(40, 30))), EraseError::EmptyMask, "empty");
    let full = with(|wanted| wanted.holes.write(PixelRect::new(0, 0, 40, 30), |_, _, _| 255));
    assert_eq!(full, EraseError::FullMask, "full");
    assert_eq!(with(|wanted| wanted.seeds.clear()), EraseError::NoCandidate, "no seed");
}

#[test]
fn a_cancelled_job_does_no_more_work() {
    let size = Size::new(900, 700);
    let wanted = request(photo(size, ColorModel::Rgb, 8), holes(size, &[PixelRect::new(250, 150, 650, 550)]));
    let mut canceller = Canceller::default();
    let mut job = EraseJob::new(wanted, canceller.restart()).expect("a good request");
    for _ in 0..4 {
        job.step().expect("it steps");
    }
    canceller.cancel();
    // A cancelled job may be stepped once more by an owner that has not looked yet; it must return at once.
    let start = Instant::now();
    job.step().expect("a cancelled step does little");
    assert!(start.elapsed() < Duration::from_millis(100), "the step took {:?}", start.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Any photo down to one pixel, any hole, also over all borders: a fill or a sentence, never a panic, and nothing
    /// is touched far from the hole.
    #[test]
    fn any_geometry_is_filled_or_refused(
        (width, height) in (1u32..70, 1u32..70),
        (x, y, w, h) in (0i32..70, 0i32..70, 1i32..70, 1i32..70),
        engine in prop_oneof![Just(Engine::Exemplar), Just(Engine::Membrane)],
    ) {
        let size = Size::new(width, height);
        let part = PixelRect::new(x, y, x + w, y + h).intersect(size.rect());
        let before = photo(size, ColorModel::Rgb, 8);
        let mut wanted = request(before.clone(), holes(size, &[part]));
        wanted.engine = engine;
        match run(wanted) {
            Ok(fills) => prop_assert!(rim(&before, &applied(&before, &fills[0]), part) <= 6.0, "beyond the rim"),
            Err(EraseError::EmptyMask) => prop_assert!(part.is_empty(), "only without a hole"),
            Err(EraseError::FullMask | EraseError::NoSource) => {
                prop_assert!(part.grow(4).contains_rect(size.rect()), "only where nothing is left");
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
