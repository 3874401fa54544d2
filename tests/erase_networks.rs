//! Networks in the eraser, with seeded random weights: geometry, exactness and bookkeeping do not need trained ones.

use std::sync::Arc;

use candle_core::{DType, Device, Tensor};
use pentimento::control::{CancelToken, Canceller, Step, Stepper as _};
use pentimento::erase::{
    Base, Engine, EraseError, EraseJob, EraseRequest, Family, Fill, Latent, Mixture, NetworkInfo, Networks, Rule,
    Settings, raw_fill,
};
use pentimento::generators::catalog::HoleFiller;
use pentimento::generators::comodgan::{Config, EncoderKind, Generator, Options};
use pentimento::generators::{same_for_all_layers, seeded_weights};
use pentimento::imaging::{ColorModel, FileFormat, Frame, Mask, Metadata, PixelRect, Samples, Size, SrgbTransform};
use proptest::prelude::*;

const SIDE: usize = 32;

/// A tiny `CoModGAN` with random weights.
struct Random {
    net: Generator,
    config: Config,
}

impl Random {
    fn new() -> Self {
        let config = Config {
            side: SIDE,
            style_dim: 16,
            n_mapping: 2,
            global_dim: 16,
            base_channels: 256,
            max_channels: 16,
            clamp: None,
            encoder: EncoderKind::Official,
        };
        let net = Generator::new(&config, &seeded_weights(4, DType::F32, &Device::Cpu)).expect("sizes that fit");
        Self { net, config }
    }
}

impl HoleFiller for Random {
    fn resolution(&self) -> usize {
        SIDE
    }

    fn latent_dim(&self) -> Option<usize> {
        Some(self.config.style_dim)
    }

    fn styles(&self, z: &[f32]) -> candle_core::Result<Option<Tensor>> {
        let z = Tensor::from_slice(z, (1, self.config.style_dim), &Device::Cpu)?;
        self.net.mapping.forward(&z).map(Some)
    }

    fn fill(&self, image: &Tensor, known: &Tensor, w: Option<&Tensor>) -> candle_core::Result<Tensor> {
        let ws = same_for_all_layers(w.expect("it has latents"), self.config.n_layers())?;
        self.net.forward(image, known, &ws, Options::default())
    }
}

/// Paints one colour, has no latents, and fails when it is told to.
struct Plain {
    color: [f32; 3],
    fails: bool,
}

impl HoleFiller for Plain {
    fn resolution(&self) -> usize {
        SIDE
    }

    fn latent_dim(&self) -> Option<usize> {
        None
    }

    fn styles(&self, _z: &[f32]) -> candle_core::Result<Option<Tensor>> {
        Ok(None)
    }

    fn fill(&self, _image: &Tensor, _known: &Tensor, _w: Option<&Tensor>) -> candle_core::Result<Tensor> {
        if self.fails {
            candle_core::bail!("out of memory\nand a backtrace");
        }
        let color = Tensor::from_slice(&self.color, (1, 3, 1, 1), &Device::Cpu)?;
        color.broadcast_as((1, 3, SIDE, SIDE))?.contiguous()
    }
}

fn info(name: &str, family: Family) -> NetworkInfo {
    NetworkInfo { name: name.to_owned(), family, resolution: SIDE as u32 }
}

fn networks() -> Networks {
    let plain = |color| Arc::new(Plain { color, fails: false }) as Arc<dyn HoleFiller>;
    Networks::ready(vec![
        (info("random", Family::Comodgan), Arc::new(Random::new())),
        (info("white", Family::ContextEncoder), plain([1.0; 3])),
        (info("red", Family::Migan), plain([0.6, -0.8, -0.8])),
        (info("broken", Family::Migan), Arc::new(Plain { color: [0.0; 3], fails: true })),
    ])
}

/// Blocks of red and blue with grain.
fn photo(size: Size) -> Frame {
    let value = |x: u32, y: u32| {
        let grain = ((x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761) >> 28) as u8;
        if (x / 40 + y / 40).is_multiple_of(2) { [190 + grain, 30 + grain, 30] } else { [30, 30 + grain, 190 + grain] }
    };
    let samples = (0..size.height).flat_map(|y| (0..size.width).flat_map(move |x| value(x, y))).collect();
    Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).expect("the sizes fit")
}

fn request(photo: &Frame, hole: PixelRect, engine: &str) -> EraseRequest {
    let mut holes = Mask::empty(photo.size());
    holes.write(hole, |_, _, _| 255);
    EraseRequest {
        base: Base { photo: photo.clone(), under: Vec::new(), srgb: SrgbTransform::default() },
        holes,
        sample_from: None,
        sample_never: None,
        engine: engine.parse().expect("a name"),
        seeds: vec![1],
        mixture: None,
        networks: networks(),
        settings: Settings { grow: Some(0), ..Settings::default() },
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

fn bytes(frame: &Frame) -> &[u8] {
    let Samples::U8(samples) = frame.samples() else { panic!("8 bits") };
    samples
}

/// Whether nothing outside of `hole` differs.
fn is_exact_outside(before: &Frame, after: &Frame, hole: PixelRect) -> bool {
    let width = before.size().width as usize;
    let pairs = bytes(before).iter().zip(bytes(after)).enumerate();
    pairs.into_iter().all(|(at, (a, b))| {
        let (x, y) = ((at / 3 % width) as i32, (at / 3 / width) as i32);
        a == b || hole.contains(x, y)
    })
}

const SIZE: Size = Size { width: 160, height: 120 };
const HOLE: PixelRect = PixelRect::new(50, 30, 90, 80);

#[test]
fn candidates_differ_and_known_pixels_are_exact_with_and_without_detail() {
    let before = photo(SIZE);
    for detail in [true, false] {
        let mut wanted = request(&before, HOLE, "random");
        (wanted.seeds, wanted.settings.detail) = (vec![1, 2, 3], detail);
        let fills = run(wanted.clone()).expect("it fills");
        let again = run(wanted).expect("it fills");
        let results: Vec<Frame> = fills.iter().map(|fill| applied(&before, fill)).collect();
        for (result, fill) in results.iter().zip(&again) {
            assert!(is_exact_outside(&before, result, HOLE), "detail {detail}: known pixels are the photo's");
            assert!(*result == applied(&before, fill), "detail {detail}: the same seed gives the same bits");
        }
        assert!(results[0] != results[1] && results[1] != results[2], "detail {detail}: candidates differ");
        let network = fills[0].origin.network.clone().expect("a network made it");
        assert_eq!((network.side, network.is_guided), (SIDE as u32, detail), "what is told of it");
        let scale = if detail { 110.0 / 32.0 } else { 55.0 / 32.0 };
        assert!((network.scale - scale).abs() < 0.02, "detail {detail}: enlarged {}", network.scale);
        let explanation = fills[0].explanation.as_ref().expect("pictures of it");
        assert_eq!(explanation.raw.size(), Size::new(SIDE as u32, SIDE as u32), "at the network's size");
    }
}

#[test]
fn what_lies_between_two_candidates_is_exactly_them_at_its_ends() {
    let before = photo(SIZE);
    for detail in [false, true] {
        let mut wanted = request(&before, HOLE, "random");
        (wanted.seeds, wanted.settings.detail) = (vec![5, 9], detail);
        let ends = run(wanted.clone()).expect("it fills");
        let at = |t: f32| {
            let mixture = Mixture::between(&Mixture::of(5), &Mixture::of(9), t);
            let wanted = EraseRequest { seeds: vec![mixture.main_seed()], mixture: Some(mixture), ..wanted.clone() };
            applied(&before, &run(wanted).expect("it fills")[0])
        };
        assert!(at(0.0) == applied(&before, &ends[0]), "detail {detail}: the start");
        assert!(at(1.0) == applied(&before, &ends[1]), "detail {detail}: the end");
        let middle = at(0.5);
        assert!(middle != at(0.0) && middle != at(1.0), "detail {detail}: something between");
    }
}

/// The mean colour inside of `part`.
fn mean(frame: &Frame, part: PixelRect) -> [f32; 3] {
    let mut sum = [0.0; 3];
    for (x, y) in (part.y0..part.y1).flat_map(|y| (part.x0..part.x1).map(move |x| (x, y))) {
        let color = frame.rgb_at(x as u32, y as u32);
        (0..3).for_each(|c| sum[c] += color[c] / part.size().area() as f32);
    }
    sum
}

#[test]
fn a_guide_says_what_and_the_photo_says_how() {
    let before = photo(Size::new(240, 200));
    let hole = PixelRect::new(85, 65, 155, 135);
    let core = PixelRect::new(100, 80, 140, 120);
    let guided = applied(&before, &run(request(&before, hole, "red")).expect("it fills")[0]);
    let [r, _, b] = mean(&guided, core);
    assert!(r > 2.0 * b, "the guide is red, so red blocks are copied: red {r}, blue {b}");
    let detail = |frame: &Frame| {
        let step = |x: i32, y: i32| {
            let at = |x: i32| frame.rgb_at(x as u32, y as u32)[1];
            (at(x) - at(x + 1)).abs()
        };
        (80..120).flat_map(|y| (100..140).map(move |x| (x, y))).map(|(x, y)| step(x, y)).sum::<f32>()
    };
    let raw = EraseRequest {
        settings: Settings { detail: false, grow: Some(0), ..Settings::default() },
        ..request(&before, hole, "red")
    };
    let raw = applied(&before, &run(raw).expect("it fills")[0]);
    assert!(detail(&guided) > 0.5 * detail(&before), "grain comes from the photo: {}", detail(&guided));
    let [r, _, b] = mean(&raw, core);
    assert!(r > 2.0 * b, "the network alone is red: red {r}, blue {b}");
    let share = detail(&raw) / detail(&before);
    assert!((0.4..1.6).contains(&share), "what it paints is flat, and gets the photo's grain: {share}");
}

#[test]
fn a_fill_alone_meets_the_photo() {
    let before = photo(SIZE);
    let wanted = EraseRequest {
        settings: Settings { detail: false, grow: Some(0), ..Settings::default() },
        ..request(&before, PixelRect::new(50, 5, 70, 35), "red")
    };
    let after = applied(&before, &run(wanted).expect("it fills")[0]);
    // The hole lies in a blue block; what is painted is red from its first pixel on.
    let red = |x: u32| (8..32).map(|y| after.rgb_at(x, y)[0]).sum::<f32>() / 24.0;
    assert!((red(50) - red(49)).abs() < 12.0, "level at the rim: {} beside {}", red(50), red(49));
    assert!(red(60) > red(49) + 30.0, "red inside: {} beside {}", red(60), red(49));
}

#[test]
fn networks_see_srgb_and_photos_keep_their_profile() {
    let profile = moxcms::ColorProfile::new_adobe_rgb().encode().expect("a profile");
    let metadata = Metadata { icc: Some(profile), ..Metadata::bare(FileFormat::Png) };
    let srgb = SrgbTransform::for_photo(&metadata, ColorModel::Rgb);
    let before = Frame::new(SIZE, ColorModel::Rgb, Samples::U8([150, 60, 55].repeat(SIZE.area()))).expect("it fits");
    let fill = |srgb: &SrgbTransform| {
        let mut wanted = request(&before, PixelRect::new(30, 20, 110, 100), "red");
        (wanted.base.srgb, wanted.settings.detail) = (srgb.clone(), false);
        let fills = run(wanted).expect("it fills");
        let input = fills[0].explanation.as_ref().expect("pictures of it").crop.rgb_at(1, 1);
        (mean(&applied(&before, &fills[0]), PixelRect::new(65, 55, 75, 65)), input)
    };
    let ((plain, seen_plain), (wide, seen)) = (fill(&SrgbTransform::default()), fill(&srgb));
    assert_eq!(seen_plain, [150.0, 60.0, 55.0], "without a profile numbers are taken as they are");
    assert!(seen[0] > 160.0, "more saturated in sRGB's numbers: {seen:?}");
    assert!(wide[0] + 10.0 < plain[0], "what is painted is less so in the photo's: {wide:?} and {plain:?}");
}

#[test]
fn auto_chooses_by_the_hole_and_says_why() {
    let before = photo(Size::new(300, 260));
    let chosen = |hole: PixelRect, networks: Networks| {
        let wanted = EraseRequest { networks, ..request(&before, hole, "auto") };
        run(wanted).expect("it fills").remove(0).origin
    };
    let stroke = chosen(PixelRect::new(40, 100, 240, 108), networks());
    assert_eq!((stroke.engine, stroke.reason.unwrap().rule), (Engine::Exemplar, Rule::ThinStroke), "a stroke");
    let wide = PixelRect::new(90, 70, 190, 170);
    let guided = chosen(wide, networks());
    assert_eq!(guided.engine, Engine::Network("random".to_owned()), "a wide hole");
    assert_eq!(guided.reason.unwrap().to_string(), "CoModGAN guides: the hole is 100 px wide", "and why");
    let alone = chosen(wide, Networks::default());
    assert_eq!(alone.reason.unwrap().to_string(), "Exemplar: no network is installed", "without networks");
}

#[test]
fn unknown_and_failing_networks_get_one_sentence() {
    let before = photo(SIZE);
    let error = run(request(&before, HOLE, "oracle")).unwrap_err().to_string();
    assert!(error.contains("oracle") && error.contains("random"), "what there is: {error}");
    assert_eq!(run(request(&before, HOLE, "broken")).unwrap_err().to_string(), "out of memory", "the first line");
    let family = run(request(&before, HOLE, "comodgan")).expect("the first of the family");
    assert_eq!(family[0].origin.engine, Engine::Network("comodgan".to_owned()), "by the name of its family");
}

#[test]
fn a_cancelled_job_paints_no_more() {
    let before = photo(SIZE);
    let mut canceller = Canceller::default();
    let mut job = EraseJob::new(request(&before, HOLE, "random"), canceller.restart()).expect("a good request");
    job.step().expect("it steps");
    canceller.cancel();
    for _ in 0..3 {
        let step = job.step().expect("a cancelled step does nothing");
        assert!(matches!(step, Step::More(update) if update.finished.is_none()), "nothing comes of it");
    }
}

#[test]
fn the_network_alone_takes_photos_of_its_size_and_latents_of_its_length() {
    let network = Random::new();
    let size = Size::new(SIDE as u32, SIDE as u32);
    let before = photo(size);
    let mut holes = Mask::empty(size);
    let hole = PixelRect::new(8, 8, 20, 30);
    holes.write(hole, |_, _, _| 255);
    let fill = |latent: &Latent| {
        let mut after = before.clone();
        raw_fill(&network, &before, &holes, latent).expect("it fills").apply(&mut after, 1.0);
        after
    };
    let after = fill(&Latent::Seed(3));
    assert!(after != before && is_exact_outside(&before, &after, hole), "only the hole changes");
    assert!(after == fill(&Latent::Seed(3)) && after != fill(&Latent::Given(vec![0.3; 16])), "the latent counts");
    let error = raw_fill(&network, &photo(SIZE), &Mask::empty(SIZE), &Latent::Seed(1)).unwrap_err().to_string();
    assert!(error.contains("160 x 120") && error.contains("32 x 32"), "both sizes: {error}");
    assert!(raw_fill(&network, &before, &holes, &Latent::Given(vec![0.0; 3])).is_err(), "too short");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Photos down to one pixel, holes at any border: a fill or a sentence, never a panic, and nothing else is touched.
    #[test]
    fn any_geometry_is_painted_or_refused(
        (width, height) in (1u32..90, 1u32..90),
        (x, y, w, h) in (0i32..90, 0i32..90, 1i32..90, 1i32..90),
        engine in prop_oneof![Just("random"), Just("white"), Just("auto")],
        detail in proptest::bool::ANY,
    ) {
        let size = Size::new(width, height);
        let part = PixelRect::new(x, y, x + w, y + h).intersect(size.rect());
        let before = photo(size);
        let mut wanted = request(&before, part, engine);
        wanted.settings.detail = detail;
        match run(wanted) {
            Ok(fills) => prop_assert!(is_exact_outside(&before, &applied(&before, &fills[0]), part), "beyond the hole"),
            Err(EraseError::EmptyMask) => prop_assert!(part.is_empty(), "only without a hole"),
            Err(EraseError::FullMask) => prop_assert!(part == size.rect(), "only where nothing is left"),
            Err(error) => prop_assert!(engine == "auto" && error == EraseError::NoSource, "{}", error),
        }
    }
}
