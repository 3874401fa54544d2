//! Searches in latent spaces: against PyTorch's numbers, against central differences, and what must hold for any of them.

#![expect(clippy::unwrap_used, reason = "what a test prepares must be there")]

mod latent_kit;
mod network_kit;
mod op_kit;

use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor, Var};
use latent_kit::{Toy, Trouble, boxed, color, drawn, finish, plane_of, search, square};
use network_kit::{Golden, flat};
use pentimento::compute::Backend;
use pentimento::control::{Step, Stepper as _};
use pentimento::generators::dcgan;
use pentimento::generators::manifold::{Manifold, Prior};
use pentimento::generators::ops::Hog;
use pentimento::imaging::Plane;
use pentimento::latent::objective::{Objective, Pull};
use pentimento::latent::space::Space;
use pentimento::latent::{Budget, Constraint, Latent, LatentError, SearchJob, SearchOptions, SearchState, Verdict};

/// A DCGAN whose discriminator's opinion is how bright a picture is.
struct Judged(dcgan::Generator);

impl Manifold for Judged {
    fn side(&self) -> usize {
        self.0.config().side()
    }

    fn latent_dim(&self) -> usize {
        self.0.config().n_latent
    }

    fn prior(&self) -> Prior {
        Prior::Uniform
    }

    fn macs(&self) -> u64 {
        self.0.config().conv_macs()
    }

    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        self.0.forward(latents)
    }

    fn predict(&self, _: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }

    fn features(&self, _: &Tensor) -> Result<Vec<Tensor>> {
        Ok(Vec::new())
    }

    fn judge(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        Ok(Some((pictures.flatten_from(1)?.mean(1)? * 3.0)?))
    }
}

mod against_pytorch {
    use super::*;

    pub(super) fn golden() -> Golden {
        Golden::of("search.safetensors", "search")
    }

    pub(super) fn manifold(golden: &Golden) -> Arc<dyn Manifold> {
        let config = dcgan::Config { n_latent: 6, width: 3, n_layers: 2, ..dcgan::Config::px_64() };
        Arc::new(Judged(dcgan::Generator::new(&config, &golden.frozen().pp("generator")).unwrap()))
    }

    fn mask(golden: &Golden, name: &str) -> Plane<f32> {
        Plane::from_vec(square(32), flat(golden.get(name))).unwrap()
    }

    pub(super) fn constraints(golden: &Golden) -> Vec<Constraint> {
        let weights = flat(golden.get("weights"));
        let plane = |name| plane_of(golden.get(name));
        vec![
            Constraint::Color { mask: mask(golden, "color_mask"), color: plane("color"), weight: weights[0] },
            Constraint::Edges { mask: mask(golden, "edge_mask"), ink: mask(golden, "ink"), weight: weights[1] },
            Constraint::Warp {
                snapshot: plane("snapshot"),
                from: [8.0, 9.0],
                to: [21.0, 12.0],
                side: 12.0,
                weight: weights[2],
            },
            Constraint::Keep { mask: mask(golden, "kept_mask"), picture: plane("kept"), weight: weights[3] },
        ]
    }

    fn pull(golden: &Golden) -> Pull {
        Pull { origin: Some(flat(golden.get("origin")).into()), smoothness: 5.0, realism: 0.7 }
    }

    #[test]
    fn costs_and_gradients_are_those_of_pytorch() {
        let golden = golden();
        let manifold = manifold(&golden);
        let objective = Objective::new(&constraints(&golden), 32, Hog::default(), pull(&golden)).unwrap();
        let ys = Var::from_tensor(golden.get("y")).unwrap();
        let terms = objective.terms(&*manifold, &ys).unwrap();
        network_kit::assert_close(&terms.costs, golden.get("costs"), 1e-4);
        network_kit::assert_close(&terms.totals, golden.get("totals"), 1e-4);
        let slopes = terms.totals.sum_all().unwrap().backward().unwrap();
        network_kit::assert_close(slopes.get(&ys).unwrap(), golden.get("slope"), 1e-3);
    }

    /// Adam divides by the root of the second moment, so a small slope's error comes through whole: hence 2e-3.
    #[test]
    fn optimisation_steps_are_those_of_pytorch() {
        let golden = golden();
        let Pull { origin, smoothness, realism } = pull(&golden);
        for steps in [1, 3] {
            let latents = golden.get("z").to_vec2::<f32>().unwrap();
            let space = Space::plain(Prior::Uniform, latents[0].len());
            let state = SearchState::of(latents.into_iter().map(Latent::from), &space);
            let options =
                SearchOptions { starts: 3, steps, origin: origin.clone(), smoothness, realism, ..Default::default() };
            let job = SearchJob::new(manifold(&golden), constraints(&golden), options, Some(state)).unwrap();
            let (previews, state) = finish(job);
            assert_eq!(previews.last().unwrap().step, steps, "steps");
            for found in state.variables() {
                let row = |name: &str| golden.get(&format!("{name}{steps}")).get(found.id as usize).unwrap();
                for (values, name) in [(found.y, "y"), (found.first, "first"), (found.second, "second")] {
                    network_kit::assert_close(&Tensor::new(values, &Device::Cpu).unwrap(), &row(name), 2e-3);
                }
            }
        }
    }
}

#[test]
fn gradients_are_those_of_central_differences() {
    let side = 16;
    let manifold = Toy::new(side, DType::F64);
    let snapshot = plane_of(&drawn(&manifold, &[0.3; 12]).affine(0.9, 0.05).unwrap());
    let mut soft = boxed(side, [2, 3, 9, 7]);
    soft.data_mut().iter_mut().for_each(|mask| *mask *= 0.6);
    let constraints = [
        Constraint::Color { mask: soft, color: Plane::filled(square(side), [0.5, -0.5, 0.9]), weight: 1.3 },
        Constraint::Edges { mask: boxed(side, [4, 4, 13, 13]), ink: boxed(side, [8, 4, 9, 13]), weight: 0.7 },
        Constraint::Warp { snapshot: snapshot.clone(), from: [5.0, 5.0], to: [9.0, 11.0], side: 6.0, weight: 1.0 },
        Constraint::Keep { mask: boxed(side, [0, 8, 16, 16]), picture: snapshot, weight: 0.4 },
    ];
    let hog = Hog { cell: 4, sharpness: 10.0 };
    let pull = Pull { origin: Some([0.2; 12].into()), smoothness: 5.0, realism: 0.3 };
    let objective = Objective::new(&constraints, side, hog, pull).unwrap();
    let _held = op_kit::hold_backend(Backend::Own);
    // f32 targets are widened exactly, so both sides see the same ones.
    let ys = (op_kit::noise(&[2, 12], 3) * 0.4).unwrap();
    let total = |ys: &[Tensor]| objective.terms(&manifold, &ys[0])?.totals.sum_all();
    op_kit::check_derivative("the objective", &total, &[ys], 1e-6);
}

fn toy(side: usize) -> Arc<dyn Manifold> {
    Arc::new(Toy::new(side, DType::F32))
}

fn small() -> SearchOptions {
    SearchOptions { starts: 12, kept: 4, steps: 25, hog: Hog { cell: 4, sharpness: 10.0 }, ..Default::default() }
}

#[test]
fn a_seed_decides_everything_whatever_the_threads() {
    let golden = against_pytorch::golden();
    let constraints = against_pytorch::constraints(&golden);
    let manifold = against_pytorch::manifold(&golden);
    let run = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let options = SearchOptions { seed, starts: 40, steps: 6, ..small() };
        pool.install(|| search(&manifold, &constraints, options))
    };
    let first = run(1, 3);
    assert_eq!(first, run(1, 3), "twice the same");
    assert_eq!(first, run(3, 3), "on three threads");
    assert_ne!(first.candidates, run(1, 4).candidates, "another seed");
}

#[test]
fn colours_arrive_and_candidates_are_ranked_and_differ() {
    let constraints = [color(16, [2, 2, 9, 9], [0.8, -0.6, 0.1])];
    let before = search(&toy(16), &constraints, SearchOptions { steps: 0, ..small() });
    let after = search(&toy(16), &constraints, small());
    let cost = |preview: &pentimento::latent::SearchPreview| preview.candidates[0].costs[0];
    assert!(cost(&after) < 0.4 * cost(&before), "{} became {}", cost(&before), cost(&after));
    assert_eq!(after.verdicts, [Verdict::Met], "the colour is there");
    assert!(after.candidates.windows(2).all(|pair| pair[0].cost <= pair[1].cost), "in rank order");
    assert!((after.candidates.iter().map(|one| one.share).sum::<f32>() - 1.0).abs() < 1e-5, "shares sum to 1");
    for (at, one) in after.candidates.iter().enumerate() {
        assert!(after.candidates[..at].iter().all(|other| other.picture != one.picture), "pictures differ");
        let again = drawn(&*toy(16), &one.latent);
        let again = pentimento::latent::Picture::all_of(&again.unsqueeze(0).unwrap()).unwrap();
        assert_eq!(again[0], one.picture, "the picture is the latent's");
    }
}

/// Mean squared difference of two pictures under a mask.
fn drift(a: &Plane<[f32; 3]>, b: &Plane<[f32; 3]>, mask: &Plane<f32>) -> f32 {
    let pixels = a.data().iter().zip(b.data()).zip(mask.data()).filter(|(_, mask)| **mask > 0.0);
    pixels.map(|((a, b), _)| (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f32>()).sum()
}

#[test]
fn a_kept_region_drifts_less_than_half_as_far() {
    let manifold = toy(16);
    let origin: Latent = [0.3, -0.5, 0.1, 0.4, -0.2, 0.6, -0.1, 0.2, 0.5, -0.4, 0.0, -0.6].into();
    let picture = plane_of(&drawn(&*manifold, &origin));
    let stroke = color(16, [1, 1, 7, 7], [0.9, 0.9, -0.9]);
    let mask = boxed(16, [9, 9, 16, 16]);
    let keep = Constraint::Keep { mask: mask.clone(), picture: picture.clone(), weight: 1.0 };
    let options = SearchOptions { origin: Some(origin), smoothness: 0.5, steps: 40, ..small() };
    let moved = |constraints: &[Constraint]| {
        let best = search(&manifold, constraints, options.clone()).candidates.swap_remove(0);
        drift(&plane_of(&drawn(&*manifold, &best.latent)), &picture, &mask)
    };
    let (free, kept) = (moved(std::slice::from_ref(&stroke)), moved(&[stroke, keep]));
    assert!(kept < 0.5 * free, "{free} without, {kept} with the region kept");
}

#[test]
fn a_search_goes_on_from_the_one_before() {
    let stroke = |red| [color(16, [2, 2, 9, 9], [red, -0.6, 0.1])];
    let first = SearchJob::new(toy(16), stroke(0.5), small(), None).unwrap();
    let (mut previews, state) = finish(first);
    let last = previews.pop().unwrap();
    let chosen = last.candidates.last().unwrap().id;
    let options = SearchOptions { chosen: Some(chosen), ..small() };
    let mut job = SearchJob::new(toy(16), stroke(0.6), options, Some(state.clone())).unwrap();
    let Ok(Step::More(preview)) = job.step() else { panic!("a search of one step") };
    let ids = |preview: &pentimento::latent::SearchPreview| -> Vec<u64> {
        preview.candidates.iter().map(|one| one.id).collect()
    };
    assert!(ids(&preview).starts_with(&ids(&last)), "the same candidates in the same order while costs are mixed");
    let fresh = preview.candidates.iter().find(|one| one.id == chosen).unwrap();
    assert_eq!(fresh.costs.len(), 1, "the chosen one is first");
    assert!(preview.candidates.iter().any(|one| one.costs.is_empty()), "others wait");
    let before = state.variables().find(|one| one.id == chosen).unwrap().steps;
    let after = job.state().variables().find(|one| one.id == chosen).unwrap().steps;
    assert_eq!(after, before + 1, "moments go on");
}

#[test]
fn numbers_that_are_none_are_dropped_and_counted() {
    let constraints = [color(16, [2, 2, 9, 9], [0.8, -0.6, 0.1])];
    let half: Arc<dyn Manifold> = Arc::new(Toy::troubled(16, Trouble::Half));
    let result = search(&half, &constraints, SearchOptions { steps: 2, ..small() });
    assert!(result.dropped > 0 && !result.candidates.is_empty(), "{} dropped", result.dropped);
    assert!(result.candidates.iter().all(|one| one.cost.is_finite()), "the rest is finite");
    let all: Arc<dyn Manifold> = Arc::new(Toy::troubled(16, Trouble::All));
    let mut job = SearchJob::new(all, constraints, small(), None).unwrap();
    let error = loop {
        match job.step() {
            Ok(Step::More(preview)) => assert!(preview.candidates.is_empty(), "nothing to show"),
            Ok(Step::Done(_)) => panic!("there is no result"),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, LatentError::NothingFinite { count: 48 }), "its spare starts too: {error}");
}

#[test]
fn pictures_that_nobody_could_tell_apart_are_shown_once() {
    let dull: Arc<dyn Manifold> = Arc::new(Toy::troubled(16, Trouble::Dull));
    let result = search(&dull, &[color(16, [2, 2, 9, 9], [0.8, -0.6, 0.1])], small());
    assert_eq!(result.candidates.len(), 1, "all are alike");
    assert_eq!(result.verdicts, [Verdict::Missed], "and none has the colour");
}

#[test]
fn what_lies_outside_asks_for_nothing_and_what_contradicts_is_told() {
    let outside = Constraint::Warp {
        snapshot: Plane::filled(square(16), [0.0; 3]),
        from: [5.0, 5.0],
        to: [90.0, -70.0],
        side: 8.0,
        weight: 1.0,
    };
    let black =
        Constraint::Keep { mask: boxed(16, [2, 2, 9, 9]), picture: Plane::filled(square(16), [-0.9; 3]), weight: 0.1 };
    let white = color(16, [2, 2, 9, 9], [0.9; 3]);
    let result = search(&toy(16), &[outside.clone(), black, white], SearchOptions { steps: 40, ..small() });
    assert_eq!(result.verdicts[0], Verdict::Empty, "nothing of it is in the picture");
    assert_eq!(result.verdicts[1], Verdict::Missed, "it cannot be black and white");
    let alone = search(&toy(16), &[outside], small());
    assert_eq!((alone.step, alone.candidates.len()), (0, 4), "nothing to search for: the starts");
}

/// A picture that already is the shifted snapshot costs nothing: the square's border is no edge.
#[test]
fn a_warp_has_no_edge_around_it() {
    let side = 32;
    let snapshot = drawn(&Toy::new(side, DType::F32), &[0.4; 12]);
    let moved = snapshot.pad_with_same(2, 5, 0).unwrap().narrow(2, 0, side).unwrap();
    let moved = moved.pad_with_same(1, 0, 3).unwrap().narrow(1, 3, side).unwrap();
    let warp = Constraint::Warp {
        snapshot: plane_of(&snapshot),
        from: [12.0, 16.0],
        to: [17.0, 13.0],
        side: 10.0,
        weight: 1.0,
    };
    let objective = Objective::new(&[warp], side, Hog::default(), Pull::default()).unwrap();
    let still = Still { side, picture: moved };
    let terms = objective.terms(&still, &Tensor::zeros((1, 12), DType::F32, &Device::Cpu).unwrap()).unwrap();
    assert!(flat(&terms.costs)[0] < 1e-8, "{:?}", flat(&terms.costs));
}

/// Always the same picture.
struct Still {
    side: usize,
    picture: Tensor,
}

impl Manifold for Still {
    fn side(&self) -> usize {
        self.side
    }

    fn latent_dim(&self) -> usize {
        12
    }

    fn prior(&self) -> Prior {
        Prior::Normal
    }

    fn macs(&self) -> u64 {
        1
    }

    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        self.picture.unsqueeze(0)?.broadcast_as((latents.dim(0)?, 3, self.side, self.side))?.contiguous()
    }

    fn predict(&self, _: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }

    fn features(&self, _: &Tensor) -> Result<Vec<Tensor>> {
        Ok(Vec::new())
    }

    fn judge(&self, _: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }
}

#[test]
fn later_paint_covers_earlier_paint() {
    let (under, over) = (color(16, [2, 2, 9, 9], [-0.9; 3]), color(16, [2, 2, 9, 9], [0.9, -0.6, 0.1]));
    let result = search(&toy(16), &[under, over], small());
    assert_eq!(result.verdicts, [Verdict::Empty, Verdict::Met], "only the later one counts");
}

#[test]
fn the_order_stays_once_it_is_old() {
    let constraints = [color(16, [2, 2, 9, 9], [0.8, -0.6, 0.1])];
    let (_, state) =
        finish(SearchJob::new(toy(16), &constraints, SearchOptions { steps: 150, ..small() }, None).unwrap());
    let order: Vec<u64> = state.variables().map(|one| one.id).collect();
    let elsewhere = [color(16, [6, 6, 15, 15], [-0.8, 0.6, 0.1])];
    let (_, state) = finish(SearchJob::new(toy(16), &elsewhere, small(), Some(state)).unwrap());
    assert_eq!(state.variables().map(|one| one.id).collect::<Vec<_>>(), order, "thumbnails do not jump");
}

#[test]
fn a_time_is_kept() {
    let constraints = [color(32, [2, 2, 9, 9], [0.8, -0.6, 0.1])];
    let options = SearchOptions { steps: 1_000_000, budget: Budget::Seconds(0.3), ..small() };
    let began = std::time::Instant::now();
    let result = search(&toy(32), &constraints, options);
    assert!(began.elapsed().as_secs_f32() < 3.0, "{:?}", began.elapsed());
    assert!(result.step > 0 && !result.candidates.is_empty(), "{} steps", result.step);
}

#[test]
fn refusals_are_sentences() {
    let tell = |constraint: Constraint, options: SearchOptions| {
        SearchJob::new(toy(16), [constraint], options, None).err().unwrap().to_string()
    };
    let wrong = tell(color(20, [0, 0, 1, 1], [0.0; 3]), small());
    assert!(wrong.contains("constraint 1 is 20 x 20") && wrong.contains("16 x 16"), "{wrong}");
    let wrong = tell(color(16, [0, 0, 1, 1], [f32::NAN; 3]), small());
    assert!(wrong.contains("in -1..1"), "{wrong}");
    let fine = || color(16, [0, 0, 1, 1], [0.0; 3]);
    let wrong = tell(fine(), SearchOptions { origin: Some([0.0; 5].into()), ..small() });
    assert!(wrong.contains("5 numbers") && wrong.contains("12"), "{wrong}");
    let wrong = tell(fine(), SearchOptions { starts: 0, ..small() });
    assert!(wrong.contains("at least one start"), "{wrong}");
}
