//! Random scribbles on the models that can be explored: colours arrive, kept regions stay, candidates differ.
//!
//! Each scribble is a stroke of colour and a sketch, both seeded. The colour is one that the model draws at that place for another
//! latent, alike all along the stroke, and the sketch traces edges of that picture: what no picture of the model has cannot be
//! asked of it. One scribble on the
//! cheapest model by default (or on `PENTIMENTO_SCRIBBLES_OF`); 50 on each, which is what the means are asserted of, with `PENTIMENTO_SCRIBBLES=50 cargo test --release --test
//! explore_scribbles -- --nocapture`.

#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]

mod latent_kit;

use std::sync::Arc;

use candle_core::Device;
use latent_kit::{drawn, finish, plane_of, square};
use pentimento::control::{Rng, rng};
use pentimento::generators::catalog;
use pentimento::generators::manifold::Manifold;
use pentimento::imaging::Plane;
use pentimento::latent::{Candidate, Constraint, Latent, Picture, SearchJob, SearchOptions};
use pentimento::weights::{Catalog, Entry, folders};
use rand::Rng as _;

/// What one scribble gave.
struct Outcome {
    /// Mean squared colour error under the stroke: of random starts in the mean, and of the best candidate.
    before: f32,
    after: f32,
    /// How far the kept region moved: without and with the keep stroke.
    free: f32,
    kept: f32,
    shown: usize,
}

/// How many scribbles on each model; `None` if nobody asked.
fn wanted() -> Option<u64> {
    std::env::var("PENTIMENTO_SCRIBBLES").ok().and_then(|count| count.parse().ok())
}

/// Cells of the grid on which candidates are compared, and levels of 255 by which they must differ there.
const GRID: usize = 8;
const DISTINCT: f32 = 2.0;

/// The picture that a colour is taken from has at most this share of the error of random starts: a stroke over fur, eye and ground asks
/// for one colour where no picture has one.
const FLAT: f32 = 0.2;

/// Strokes that are tried to find one of a colour that some picture has.
const TRIES: u64 = 1000;

/// Means of fewer say little.
const ENOUGH: u64 = 20;

fn options(seed: u64) -> SearchOptions {
    // What somebody waits for: about three seconds of a machine with two cores.
    SearchOptions { starts: 32, kept: 16, steps: 16, seed, ..SearchOptions::default() }
}

/// Pixels of a polyline through random points in the picture's upper half.
fn scribble(side: usize, radius: f32, rng: &mut Rng) -> Plane<f32> {
    let mut mask = Plane::filled(square(side), 0.0);
    let point = |rng: &mut Rng| {
        let share = |rng: &mut Rng, low: f32, high: f32| rng.random_range(low..high) * side as f32;
        [share(rng, 0.25, 0.75), share(rng, 0.2, 0.5)]
    };
    let (mut from, n_parts) = (point(rng), 3);
    for _ in 0..n_parts {
        let to = point(rng);
        for at in 0..=4 * side {
            let t = at as f32 / (4 * side) as f32;
            let center = [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
            let near =
                |center: f32| ((center - radius).max(0.0) as u32, ((center + radius) as u32 + 1).min(side as u32));
            let ((x0, x1), (y0, y1)) = (near(center[0]), near(center[1]));
            for (x, y) in (y0..y1).flat_map(|y| (x0..x1).map(move |x| (x, y))) {
                if (x as f32 + 0.5 - center[0]).hypot(y as f32 + 0.5 - center[1]) <= radius {
                    mask.set(x, y, 1.0);
                }
            }
        }
        from = to;
    }
    mask
}

/// A person draws a line where grey values are at least this steep, of the steepest ones of the picture.
const STEEP: f32 = 0.4;

/// The edges of a picture under a mask.
fn traced(picture: &Plane<[f32; 3]>, mask: &Plane<f32>) -> Plane<f32> {
    let side = picture.size().width;
    let grey = |x: u32, y: u32| picture.at(x.min(side - 1), y.min(side - 1)).iter().sum::<f32>() / 3.0;
    let slope = |x: u32, y: u32| (grey(x + 1, y) - grey(x, y)).hypot(grey(x, y + 1) - grey(x, y));
    let all = || (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let least = STEEP * all().map(|(x, y)| slope(x, y)).fold(0.0, f32::max);
    let mut lines = Plane::filled(picture.size(), 0.0);
    for (x, y) in all().filter(|(x, y)| mask.at(*x, *y) > 0.0 && slope(*x, *y) > least) {
        lines.set(x, y, 1.0);
    }
    lines
}

fn lower_quarter(side: usize) -> Plane<f32> {
    latent_kit::boxed(side, [0, (side - side / 4) as u32, side as u32, side as u32])
}

/// Mean squared difference per value under a mask.
fn apart(a: &Plane<[f32; 3]>, b: &Plane<[f32; 3]>, mask: &Plane<f32>) -> f32 {
    let squares = a.data().iter().zip(b.data()).zip(mask.data()).filter(|(_, mask)| **mask > 0.0);
    let (sum, count) = squares.fold((0.0, 0.0), |(sum, count), ((a, b), _)| {
        (sum + (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f32>(), count + 3.0)
    });
    sum / count
}

fn mean_color(picture: &Plane<[f32; 3]>, mask: &Plane<f32>) -> [f32; 3] {
    let count: f32 = mask.data().iter().sum();
    std::array::from_fn(|channel| {
        let sum: f32 = picture.data().iter().zip(mask.data()).map(|(pixel, mask)| pixel[channel] * mask).sum();
        sum / count
    })
}

/// Root mean square of the differences in 0..=255 between two pictures, both averaged over a grid of 8 x 8: what an eye sees that
/// compares thumbnails.
fn coarse_distance(a: &Picture, b: &Picture) -> f32 {
    let cells = |picture: &Picture| -> Vec<f32> {
        let side = picture.side();
        let mut sums = vec![(0.0, 0.0); 3 * GRID * GRID];
        for (at, value) in picture.rgb().iter().enumerate() {
            let (x, y, channel) = (at / 3 % side, at / 3 / side, at % 3);
            let (sum, count) = &mut sums[3 * (y * GRID / side * GRID + x * GRID / side) + channel];
            (*sum, *count) = (*sum + f32::from(*value), *count + 1.0);
        }
        sums.into_iter().map(|(sum, count)| sum / count).collect()
    };
    let (a, b) = (cells(a), cells(b));
    (a.iter().zip(&b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>() / a.len() as f32).sqrt()
}

fn best(manifold: &Arc<dyn Manifold>, constraints: &[Constraint], options: SearchOptions) -> Vec<Candidate> {
    let job = SearchJob::new(Arc::clone(manifold), constraints, options, None).unwrap();
    finish(job).0.pop().unwrap().candidates
}

fn run(manifold: &Arc<dyn Manifold>, seed: u64) -> Outcome {
    let (side, dim, prior) = (manifold.side(), manifold.latent_dim(), manifold.prior());
    let picture = |latent: &[f32]| plane_of(&drawn(&**manifold, latent).clamp(-1.0, 1.0).unwrap());
    let starts: Vec<_> = (0..16).map(|at| picture(&prior.latent_of_seed(dim, 2000 + 16 * seed + at))).collect();
    let mut found = None;
    for attempt in 0..TRIES {
        let mut rng = rng(seed, 0x5C21 + attempt);
        let mask = scribble(side, side as f32 / 16.0, &mut rng);
        let source = picture(&prior.latent_of_seed(dim, 1_000_000 + TRIES * seed + attempt));
        let flat = Plane::filled(square(side), mean_color(&source, &mask));
        let before = starts.iter().map(|start| apart(start, &flat, &mask)).sum::<f32>() / 16.0;
        if apart(&source, &flat, &mask) > FLAT * before {
            continue;
        }
        let line = traced(&source, &scribble(side, side as f32 / 10.0, &mut rng));
        let length = line.data().iter().sum::<f32>();
        let is_longest = found.as_ref().is_none_or(|(_, _, _, _, longest)| length > *longest);
        if is_longest {
            found = Some((mask, flat, line, before, length));
        }
        if length >= side as f32 / 4.0 {
            break;
        }
    }
    let (mask, flat, line, before, _) = found.expect("a colour that some picture has");
    let strokes = [
        Constraint::Color { mask: mask.clone(), color: flat.clone(), weight: 1.0 },
        Constraint::Edges { mask: line.clone(), ink: line, weight: 1.0 },
    ];
    let candidates = best(manifold, &strokes, options(seed));
    for (at, one) in candidates.iter().enumerate() {
        for other in &candidates[..at] {
            let off = coarse_distance(&one.picture, &other.picture);
            assert!(off >= DISTINCT, "candidates {} and {} are alike: {off:.1} levels", one.id, other.id);
        }
    }
    let origin: Latent = prior.latent_of_seed(dim, 3000 + seed).into();
    let (original, region) = (picture(&origin), lower_quarter(side));
    let near = SearchOptions { origin: Some(origin), starts: 16, kept: 8, ..options(seed) };
    let free = &best(manifold, &strokes, near.clone())[0];
    let keep = Constraint::Keep { mask: region.clone(), picture: original.clone(), weight: 2.0 };
    let [color, edges] = strokes;
    let kept = &best(manifold, &[color, edges, keep], near)[0];
    let drift = |candidate: &Candidate| apart(&picture(&candidate.latent), &original, &region);
    let after = apart(&picture(&candidates[0].latent), &flat, &mask);
    Outcome { before, after, free: drift(free), kept: drift(kept), shown: candidates.len() }
}

#[test]
fn colours_arrive_kept_regions_stay_and_candidates_differ() {
    let (catalog, _) = Catalog::open_all(folders(None));
    let models: Vec<_> = catalog.entries().iter().filter(|entry| entry.family.is_manifold()).collect();
    if models.is_empty() {
        println!("no model that can be explored is installed: nothing to scribble on");
    }
    let built = |entry: &&Entry| (entry.name.clone(), catalog::manifold(entry, &Device::Cpu).unwrap());
    let mut models: Vec<_> = models.iter().map(built).collect();
    models.sort_by_key(|(_, manifold)| manifold.macs());
    if let Ok(only) = std::env::var("PENTIMENTO_SCRIBBLES_OF") {
        models.retain(|(name, _)| *name == only);
    }
    let count = wanted().unwrap_or(1);
    models.truncate(if wanted().is_some() { usize::MAX } else { 1 });
    for (name, manifold) in models {
        let (mut colors, mut drifts) = ((0.0, 0.0), (0.0, 0.0));
        for seed in 0..count {
            let Outcome { before, after, free, kept, shown } = run(&manifold, seed);
            println!(
                "{name} {seed:2}: colour {before:.4} to {after:.4}, drift {free:.5} or kept {kept:.5}, {shown} shown"
            );
            colors = (colors.0 + before, colors.1 + after);
            drifts = (drifts.0 + free, drifts.1 + kept);
        }
        let (fall, left) = (1.0 - colors.1 / colors.0, drifts.1 / drifts.0);
        println!("{name}: {fall:.3} of the colour's error is gone, {left:.3} of the drift is left");
        assert!(fall > 0.0, "{name}: the colour's error falls by {fall}");
        assert!(count < ENOUGH || fall >= 0.6, "{name}: the colour's error falls by {fall}");
        assert!(count < ENOUGH || left <= 0.5, "{name}: {left} of the kept region's drift is left");
    }
}
