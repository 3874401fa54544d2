//! `pentimento demo`: erases the object from each bundled sample, writes what came out and shows it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;

use super::args::{Common, DemoArgs};
use super::erase::{Milliseconds, elapsed, encode, fill, hole_fraction};
use super::errors::CliError;
use super::report::{peak_memory_bytes, print_json, print_line};
use crate::document::{Candidate, Document, Erasure, ErasureId, Recipe, session_file};
use crate::erase::{Base, Engine, EraseRequest, Fill, Networks, Settings};
use crate::imaging::io::{self, Encoding, JpegQuality, Limits};
use crate::imaging::{FileFormat, Frame, Mask, Photo, Samples, Size, SrgbTransform};
use crate::samples::{SAMPLES, Sample};

const SEED: u64 = 1;

/// Pixels between before and after.
const GAP: u32 = 12;

/// Runs the demo.
pub(super) fn run(args: &DemoArgs, common: &Common) -> Result<(), CliError> {
    let folder = &args.output;
    std::fs::create_dir_all(folder)
        .map_err(|error| CliError::UnwritableFolder { path: folder.clone(), reason: error.kind().to_string() })?;
    let mut results = Vec::new();
    for sample in SAMPLES {
        let result = run_sample(sample, folder)?;
        if !common.json {
            result.print()?;
        }
        results.push(result);
    }
    if common.json {
        print_json(&Report { samples: &results, peak_memory_bytes: peak_memory_bytes() })?;
    } else {
        print_line(&format!("results, before/after pictures and sessions are in {}", folder.display()))?;
    }
    let say = |sentence: &str| if common.json { Ok(()) } else { print_line(sentence) };
    if args.no_window {
        return Ok(());
    }
    if !cfg!(feature = "gui") {
        return say("this build has no window, so the editor is not opened; everything else is done");
    }
    if !has_display() {
        return say("there is no display, so the editor is not opened; everything else is done");
    }
    let Some(first) = results.first() else { return Ok(()) };
    say("opening the editor on the first one; close its window to end")?;
    match super::open_window(Some(&first.session), false, common) {
        Ok(()) => Ok(()),
        Err(error) => say(&format!("the editor could not be opened ({error}); everything else is done")),
    }
}

#[derive(Serialize)]
struct Report<'a> {
    samples: &'a [SampleResult],
    peak_memory_bytes: Option<u64>,
}

#[derive(Serialize)]
struct SampleResult {
    name: &'static str,
    credit: &'static str,
    size: Size,
    hole_fraction: f64,
    result: PathBuf,
    before_after: PathBuf,
    session: PathBuf,
    milliseconds: Milliseconds,
}

impl SampleResult {
    fn print(&self) -> Result<(), CliError> {
        let Self { name, size, milliseconds: ms, .. } = self;
        let percent = self.hole_fraction * 100.0;
        print_line(&format!(
            "{name:12} {size} pixels, {percent:.1} % erased in {:.0} ms (decode {:.0}, membrane {:.0}, synthesis {:.0}, \
             compose {:.0}, encode {:.0})",
            ms.total, ms.decode, ms.membrane, ms.synthesis, ms.compose, ms.encode
        ))
    }
}

fn run_sample(sample: &Sample, folder: &Path) -> Result<SampleResult, CliError> {
    let start = Instant::now();
    let limits = Limits::default();
    let photo = io::decode(sample.photo, &limits)?;
    let size = photo.frame.size();
    let holes = io::mask_from_frame(&io::decode(sample.mask, &limits)?.frame);
    let mut milliseconds = Milliseconds { decode: elapsed(start), ..Milliseconds::default() };
    let request = EraseRequest {
        base: Base { photo: photo.frame.clone(), under: Vec::new(), srgb: SrgbTransform::default() },
        holes: holes.clone(),
        sample_from: None,
        sample_never: None,
        engine: Engine::default(),
        seeds: vec![SEED],
        mixture: None,
        networks: Networks::default(),
        settings: Settings::default(),
    };
    let fills = fill(request, sample.name)?;
    let Some(fill) = fills.into_iter().next() else {
        return Err(CliError::Other { sentence: format!("the sample {} could not be filled", sample.name) });
    };
    milliseconds.add(&fill);
    let encoding_start = Instant::now();
    let as_source = Encoding { format: FileFormat::Jpeg, jpeg: JpegQuality::AsSource };
    let result = folder.join(format!("{}-result.jpg", sample.name));
    io::write_atomic(&result, &encode(&photo, &fill, as_source)?)?;
    // The erasing itself ends here; what follows is only for looking.
    milliseconds.encode = elapsed(encoding_start);
    milliseconds.total = elapsed(start);
    io::write_atomic(&folder.join(format!("{}.jpg", sample.name)), sample.photo)?;
    io::write_atomic(&folder.join(format!("{}-mask.png", sample.name)), sample.mask)?;
    let before_after = folder.join(format!("{}-before-after.jpg", sample.name));
    let pair = side_by_side(&photo, &holes, &fill)?;
    let encoding = Encoding { format: FileFormat::Jpeg, jpeg: JpegQuality::AsSource };
    io::write_atomic(&before_after, &io::encode(&pair, &photo.metadata, encoding)?)?;
    let hole_fraction = hole_fraction(&holes);
    let session = folder.join(format!("{}.pentimento", sample.name));
    let document = document(photo, holes, fill);
    session_file::save(&document.into(), &session).map_err(|error| CliError::other(&error))?;
    let (name, credit) = (sample.name, sample.credit);
    Ok(SampleResult { name, credit, size, hole_fraction, result, before_after, session, milliseconds })
}

/// The photo with its holes reddened beside the result, on a white ground.
fn side_by_side(photo: &Photo, holes: &Mask, fill: &Fill) -> Result<Frame, CliError> {
    let mut after = photo.frame.clone();
    for patch in &fill.patches {
        patch.apply(&mut after, 1.0);
    }
    let size = photo.frame.size();
    let mut samples = Vec::with_capacity((size.width * 2 + GAP) as usize * size.height as usize * 3);
    for y in 0..size.height {
        for x in 0..size.width {
            let [r, g, b] = photo.frame.rgb_at(x, y);
            let is_hole = holes.is_hole(x as i32, y as i32);
            let shown = if is_hole { [r * 0.5 + 127.0, g * 0.5, b * 0.5] } else { [r, g, b] };
            samples.extend(shown.map(|value| value.round() as u8));
        }
        samples.extend(std::iter::repeat_n(255, GAP as usize * 3));
        samples.extend((0..size.width).flat_map(|x| after.rgb_at(x, y)).map(|value| value.round() as u8));
    }
    let size = Size::new(size.width * 2 + GAP, size.height);
    Frame::new(size, crate::imaging::ColorModel::Rgb, Samples::U8(samples))
        .ok_or_else(|| CliError::Other { sentence: "the before/after picture could not be made".to_owned() })
}

/// The sample as it would be after erasing in the window: the photo with one erasure over it.
fn document(photo: Photo, holes: Mask, fill: Fill) -> Document {
    let mut document = Document::new(photo);
    let id = ErasureId(document.next_id);
    document.next_id += 1;
    document.erasures.push(Arc::new(Erasure {
        id,
        holes: Arc::new(holes),
        sample_from: None,
        sample_never: None,
        recipe: Recipe::default(),
        candidates: vec![Arc::new(Candidate { seed: fill.seed, patches: fill.patches, origin: None })],
        chosen: 0,
        is_visible: true,
        opacity: 1.0,
    }));
    document
}

/// Whether a window can be expected to open.
fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_vendor = "apple"))) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}
