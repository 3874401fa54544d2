//! The spaces of a generator with styles.

use std::sync::Arc;

use candle_core::Var;

use super::*;
use crate::control::{Step, Stepper as _, rng};
use crate::imaging::{Plane, Size};
use crate::latent::toy::Toy;
use crate::latent::{Constraint, SearchJob, SearchOptions};

fn length(values: impl Iterator<Item = f32>) -> f32 {
    values.map(|value| value * value).sum::<f32>().sqrt()
}

#[test]
fn starts_are_mapped_latents_alike_in_all_layers() {
    let toy = Toy::new(1);
    let space = Space::of(&toy, StyleSpace::W).unwrap();
    let starts = space.draw_start(&toy, 40, &mut rng(3, 0)).unwrap();
    assert_eq!(starts, space.draw_start(&toy, 40, &mut rng(3, 0)).unwrap(), "the same seed, the same starts");
    let dim = space.dim();
    for start in &starts {
        assert_eq!(start.len(), toy.latent_dim(), "a style for each layer");
        assert!(start.chunks(dim).all(|style| *style == start[..dim]), "one for all");
        let y = space.y_of(start);
        let back = space.latent_of(&y);
        assert!(start.iter().zip(back.iter()).all(|(a, b)| (a - b).abs() < 1e-5), "there and back");
    }
    let squares: f32 = starts.iter().flat_map(|start| space.y_of(start)).map(|y| y * y).sum();
    let deviation = (squares / (40 * dim) as f32).sqrt();
    assert!((0.6..1.0).contains(&deviation), "a little nearer to the mean than 1: {deviation}");
}

#[test]
fn latents_of_tensors_are_those_of_numbers_and_gradients_reach_them() {
    let toy = Toy::new(1);
    for styles in [StyleSpace::W, StyleSpace::WPlus] {
        let space = Space::of(&toy, styles).unwrap();
        let wanted = if styles == StyleSpace::W { 12 } else { 72 };
        assert_eq!(space.dim(), wanted, "{styles}");
        let y: Vec<f32> = (0..space.dim()).map(|at| (at as f32 * 0.7).sin()).collect();
        let ys = Var::from_slice(&y, (1, y.len()), &candle_core::Device::Cpu).unwrap();
        let latents = space.latents_of(&ys).unwrap();
        let row = latents.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert!(row.iter().zip(space.latent_of(&y).iter()).all(|(a, b)| (a - b).abs() < 1e-6), "{styles}");
        let slopes = toy.draw(&latents).unwrap().sqr().unwrap().sum_all().unwrap().backward().unwrap();
        let slope = slopes.get(&ys).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        assert!(length(slope.into_iter()) > 1e-3, "{styles}: the picture pulls at the variable");
    }
}

#[test]
fn around_an_origin_layers_move_together() {
    let toy = Toy::new(1);
    let w_plus = Space::of(&toy, StyleSpace::WPlus).unwrap();
    let y: Vec<f32> = (0..w_plus.dim()).map(|at| (at as f32 * 1.3).cos()).collect();
    let origin = w_plus.latent_of(&y);
    let space = Space::of(&toy, StyleSpace::W).unwrap().around(Some(&origin));
    assert_eq!(space.latent_of(&[0.0; 12]), origin, "nothing moved");
    let moved = space.draw_near(&toy, &origin, 1, &mut rng(1, 0)).unwrap().remove(0);
    let steps: Vec<f32> = moved.iter().zip(origin.iter()).map(|(a, b)| a - b).collect();
    assert!(steps.chunks(12).all(|step| step.iter().zip(&steps).all(|(a, b)| (a - b).abs() < 1e-5)), "by one step");
    let back = space.latent_of(&space.y_of(&moved));
    assert!(moved.iter().zip(back.iter()).all(|(a, b)| (a - b).abs() < 1e-5), "which the variable can say");
}

#[test]
fn styles_stay_where_the_generator_was_trained() {
    let toy = Toy::new(1);
    for styles in [StyleSpace::W, StyleSpace::WPlus] {
        let space = Space::of(&toy, styles).unwrap();
        let reach = Spread::of(toy.styles().unwrap()).unwrap().reach();
        let mut y = vec![0.1; space.dim()];
        let before = y.clone();
        space.stay_inside(&mut y);
        assert_eq!(y, before, "{styles}: what is inside stays");
        y[..12].fill(9.0);
        space.stay_inside(&mut y);
        assert!((length(y[..12].iter().copied()) - reach).abs() < 1e-3, "{styles}: shortened to {reach}");
        assert!(y[12..] == before[12..], "{styles}: the other layers stay");
        let ys = Tensor::from_vec(vec![9.0_f32; space.dim()], (1, space.dim()), &candle_core::Device::Cpu);
        let beyond = space.beyond(&ys.unwrap()).unwrap().unwrap().to_vec1::<f32>().unwrap()[0];
        assert!(beyond > 1.0, "{styles}: and told: {beyond}");
    }
    let known = Spread::of(toy.styles().unwrap()).unwrap();
    assert!(Arc::ptr_eq(&known, &Spread::of(toy.styles().unwrap()).unwrap()), "measured once");
}

#[test]
fn a_search_follows_a_color_in_either_space() {
    let toy: Arc<dyn Manifold> = Arc::new(Toy::new(1));
    let size = Size::new(16, 16);
    let color = Plane::filled(size, [0.6, -0.4, -0.4]);
    let constraint = Constraint::Color { mask: Plane::filled(size, 1.0), color, weight: 1.0 };
    for styles in [StyleSpace::W, StyleSpace::WPlus] {
        let options = SearchOptions { starts: 8, kept: 4, steps: 20, styles, ..SearchOptions::default() };
        let mut job = SearchJob::new(Arc::clone(&toy), [constraint.clone()], options, None).unwrap();
        let mut first = None;
        let last = loop {
            let (preview, is_done) = match job.step().unwrap() {
                Step::More(preview) => (preview, false),
                Step::Done(preview) => (preview, true),
            };
            let best = preview.candidates.first().cloned();
            first = first.or_else(|| best.clone());
            if is_done {
                break best.unwrap();
            }
        };
        let first = first.unwrap();
        assert!(last.cost < 0.8 * first.cost, "{styles}: {} from {}", last.cost, first.cost);
        assert_eq!(last.latent.len(), 72, "a style for each layer");
        let is_shared = last.latent.chunks(12).all(|style| *style == last.latent[..12]);
        assert_eq!(is_shared, styles == StyleSpace::W, "{styles}");
        let state = job.into_state();
        let other = SearchOptions { origin: Some(last.latent.clone()), styles, ..SearchOptions::default() };
        assert!(SearchJob::new(Arc::clone(&toy), [constraint.clone()], other, Some(state)).is_ok(), "and goes on");
    }
}
