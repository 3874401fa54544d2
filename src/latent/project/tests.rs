//! Projection onto a small network.

use std::sync::Arc;

use candle_core::{DType, Device, Result, Tensor};

use super::*;
use crate::control::{Step, Stepper as _, rng};
use crate::generators::dcgan::{Config, Model};
use crate::generators::manifold::{Manifold, Prior};
use crate::generators::seeded_weights;
use crate::latent::draw;
use crate::latent::space::{Space, StyleSpace, draw_start};
use crate::latent::toy::Toy;

/// A small DCGAN with random weights, whose predictor is replaced by one that knows a latent.
struct Tiny {
    model: Model,
    predicts: Option<Vec<f32>>,
}

impl Tiny {
    fn new(prior: Prior) -> Self {
        let config = Config { n_latent: 6, width: 8, n_layers: 1, prior, ..Config::px_64() };
        let model = Model::new(&config, &seeded_weights(4, DType::F32, &Device::Cpu)).unwrap();
        Self { model, predicts: None }
    }
}

impl Manifold for Tiny {
    fn side(&self) -> usize {
        self.model.side()
    }
    fn latent_dim(&self) -> usize {
        self.model.latent_dim()
    }
    fn prior(&self) -> Prior {
        self.model.prior()
    }
    fn macs(&self) -> u64 {
        self.model.macs()
    }
    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        // Random weights paint faintly.
        self.model.draw(latents)?.affine(1000.0, 0.0)?.tanh()
    }
    fn predict(&self, _: &Tensor) -> Result<Option<Tensor>> {
        let values = self.predicts.as_ref();
        values.map(|values| Tensor::from_slice(values, (1, values.len()), &Device::Cpu)).transpose()
    }
    fn features(&self, pictures: &Tensor) -> Result<Vec<Tensor>> {
        self.model.features(pictures)
    }
    fn judge(&self, pictures: &Tensor) -> Result<Option<Tensor>> {
        self.model.judge(pictures)
    }
}

fn finish(manifold: &Arc<dyn Manifold>, wanted: &Picture, method: Method, options: ProjectOptions) -> Projection {
    let mut job = ProjectJob::new(Arc::clone(manifold), wanted.clone(), method, options).unwrap();
    let mut last = f64::INFINITY;
    for _ in 0..4000 {
        match job.step().unwrap() {
            Step::More(update) => {
                assert!((0.0..=1.0).contains(&update.progress.fraction), "{:?}", update.progress);
                assert!(update.mse.is_finite() || last.is_infinite(), "an error is not forgotten");
                last = update.mse;
            }
            Step::Done(projection) => return projection,
        }
    }
    panic!("no end");
}

/// A latent and its picture.
fn truth(manifold: &dyn Manifold, seed: u64) -> (Latent, Picture) {
    let latent = draw_start(manifold.prior(), 1, manifold.latent_dim(), &mut rng(seed, 9)).remove(0);
    let picture = draw(manifold, std::slice::from_ref(&latent)).unwrap().remove(0);
    (latent, picture)
}

#[test]
fn a_picture_of_the_manifold_is_found_again() {
    for prior in [Prior::Uniform, Prior::Normal] {
        let manifold: Arc<dyn Manifold> = Arc::new(Tiny::new(prior));
        let (_, wanted) = truth(manifold.as_ref(), 1);
        let options = ProjectOptions { feature_weight: 0.002, ..ProjectOptions::default() };
        let found = finish(&manifold, &wanted, Method::Optimize, options);
        let variance = 2.0 * familiarity(&wanted, 0.0, None).threshold;
        assert!(found.best.mse < 0.02 * variance, "{prior:?}: {} of {variance}", found.best.mse);
        assert!(found.best.evaluations > 10 && found.others.is_empty(), "by optimisation alone");
        assert!(!familiarity(&wanted, found.best.mse, None).is_off, "the model knows it");
        let length = found.best.latent.iter().map(|value| value * value).sum::<f32>().sqrt();
        assert!(
            length < 1.1 * (6.0_f32.sqrt() + 2.0_f32.sqrt()),
            "{prior:?}: inside of what the prior draws: {length}"
        );
        let again = finish(&manifold, &wanted, Method::Optimize, options);
        assert_eq!(again.best.latent, found.best.latent, "the same seed finds the same latent");
    }
}

#[test]
fn both_is_better_than_either() {
    let (mut network, mut optimize, mut both) = (0.0, 0.0, 0.0);
    for seed in 0..4 {
        let mut tiny = Tiny::new(Prior::Uniform);
        let (latent, wanted) = truth(&tiny, seed);
        tiny.predicts = Some(latent.iter().map(|value| (value + 0.2).clamp(-1.0, 1.0)).collect());
        let manifold: Arc<dyn Manifold> = Arc::new(tiny);
        let options = ProjectOptions { starts: 2, iterations: 6, ..ProjectOptions::default() };
        let found = finish(&manifold, &wanted, Method::Hybrid, options);
        assert_eq!(found.others[0].method, Method::Network, "the prediction is told too");
        assert!(found.best.mse < found.others[0].mse, "better than where it began");
        network += finish(&manifold, &wanted, Method::Network, options).best.mse;
        optimize += finish(&manifold, &wanted, Method::Optimize, options).best.mse;
        both += found.best.mse;
    }
    assert!(both < network.min(optimize), "network {network}, optimisation {optimize}, both {both}");
}

#[test]
fn a_foreign_picture_is_told() {
    let manifold: Arc<dyn Manifold> = Arc::new(Tiny::new(Prior::Uniform));
    let side = manifold.side();
    let board: Vec<u8> =
        (0..side * side).flat_map(|at| [if (at % side + at / side).is_multiple_of(2) { 255 } else { 0 }; 3]).collect();
    let board = Picture::new(side, board).unwrap();
    let found =
        finish(&manifold, &board, Method::Optimize, ProjectOptions { iterations: 20, ..ProjectOptions::default() });
    assert!(familiarity(&board, found.best.mse, None).is_off, "error {}", found.best.mse);
    let known = familiarity(&board, 0.3, Some(0.2));
    assert!(!known.is_off && (known.threshold - 0.5).abs() < 1e-12, "the model's own error counts: {known:?}");
    assert!(familiarity(&board, f64::NAN, Some(0.2)).is_off, "no number is no likeness");
    assert!((psnr(0.04) - 20.0).abs() < 1e-9, "a tenth of the range");
}

#[test]
fn without_a_predictor_the_optimisation_is_there() {
    let manifold: Arc<dyn Manifold> = Arc::new(Tiny::new(Prior::Uniform));
    let (_, wanted) = truth(manifold.as_ref(), 2);
    let options = ProjectOptions { iterations: 5, ..ProjectOptions::default() };
    let found = finish(&manifold, &wanted, Method::Hybrid, options);
    assert_eq!((found.best.method, found.others.len()), (Method::Optimize, 0), "it says what it did");
    let mut job = ProjectJob::new(manifold, wanted, Method::Network, options).unwrap();
    assert!(job.step().unwrap_err().to_string().contains("no predictor"), "a sentence");
}

#[test]
fn what_cannot_be_projected_is_refused() {
    let manifold: Arc<dyn Manifold> = Arc::new(Tiny::new(Prior::Uniform));
    let options = ProjectOptions::default();
    let refused = |picture: Picture, options| {
        ProjectJob::new(Arc::clone(&manifold), picture, Method::Hybrid, options).map(|_| ()).unwrap_err().to_string()
    };
    let small = Picture::new(2, vec![0; 12]).unwrap();
    assert!(refused(small, options).contains("2 x 2"), "another size");
    let (_, wanted) = truth(manifold.as_ref(), 3);
    assert!(refused(wanted, ProjectOptions { starts: 0, ..options }).contains("at least one start"), "nothing to do");
}

#[test]
fn styles_of_their_own_bring_a_picture_nearer_than_one_for_all() {
    let manifold: Arc<dyn Manifold> = Arc::new(Toy::new(2));
    let (from, to) = (truth_with_styles(manifold.as_ref(), 1), truth_with_styles(manifold.as_ref(), 2));
    // Shape of one, colors of another: no single style draws that.
    let mixed: Latent = from[..36].iter().chain(&to[36..]).copied().collect();
    let wanted = draw(manifold.as_ref(), &[mixed]).unwrap().remove(0);
    let project = |styles| {
        let options = ProjectOptions { styles, starts: 2, iterations: 60, ..ProjectOptions::default() };
        let found = finish(&manifold, &wanted, Method::Hybrid, options);
        let is_shared = found.best.latent.chunks(12).all(|style| *style == found.best.latent[..12]);
        assert_eq!(is_shared, styles == StyleSpace::W, "{styles}");
        found.best.mse
    };
    let (shared, layered) = (project(StyleSpace::W), project(StyleSpace::WPlus));
    assert!(layered < 0.7 * shared, "w+ {layered}, w {shared}");
}

fn truth_with_styles(manifold: &dyn Manifold, seed: u64) -> Latent {
    let space = Space::of(manifold, StyleSpace::W).unwrap();
    space.draw_start(manifold, 1, &mut rng(seed, 9)).unwrap().remove(0)
}
