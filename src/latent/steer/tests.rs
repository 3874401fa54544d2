//! What steering does to latents and pictures.

use std::sync::Arc;

use candle_core::{Device, Tensor};

use super::*;
use crate::control::{Step, Stepper as _};
use crate::generators::manifold::{Manifold, Prior};
use crate::generators::{NoiseChoice, WithNoise};
use crate::latent::draw;
use crate::latent::space::{mapped, sample};
use crate::latent::toy::Toy;

const DIM: usize = 12;

fn on_pad(place: [f32; 2]) -> Steering {
    Steering { start: Start::Pad(place), truncation: Truncation::default(), mix: None, edits: Vec::new() }
}

fn direction(seed: usize) -> Direction {
    let mut vector = vec![0.0; DIM];
    vector[seed % DIM] = 1.0;
    Direction { name: format!("axis {seed}"), vector: vector.into(), sigma: 0.5 }
}

#[test]
fn crossings_of_the_pad_are_seeds_and_between_them_lie_mixtures() {
    let toy = Toy::new(1);
    assert_eq!((seed_at(3, 2), seed_at(-1, 0)), (203, 0xffff_ffff), "rows are a hundred apart, below 0 it goes on");
    assert_eq!(corners([3.0, 2.0])[0], (203, 1.0), "a crossing is one seed");
    let z = Tensor::from_vec(Prior::Normal.latent_of_seed(DIM, 203), (1, DIM), &Device::Cpu).unwrap();
    let w = mapped(&toy, &z).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(style_at(&toy, [3.0, 2.0]).unwrap(), w, "mapped as anywhere else");
    let shares = corners([3.25, 2.5]);
    assert_eq!(shares.map(|(seed, _)| seed), [203, 204, 303, 304], "the four around");
    assert_eq!(shares.map(|(_, share)| share), [0.375, 0.125, 0.375, 0.125], "bilinear");
    let between = style_at(&toy, [3.25, 2.5]).unwrap();
    let parts: Vec<Vec<f32>> = shares.iter().map(|(seed, _)| style_of_seed(&toy, *seed).unwrap()).collect();
    for at in 0..DIM {
        let wanted: f32 = parts.iter().zip(&shares).map(|(part, (_, share))| part[at] * share).sum();
        assert!((between[at] - wanted).abs() < 1e-5, "number {at}: {} and {wanted}", between[at]);
    }
    let told = on_pad([f32::NAN, 0.0]).latent(&toy).unwrap_err().to_string();
    assert!(told.contains("the place on the pad"), "{told}");
}

#[test]
fn truncation_pulls_the_layers_below_the_cutoff() {
    let toy = Toy::new(1);
    let mean = toy.styles().unwrap().mean_style().to_vec1::<f32>().unwrap();
    let whole = on_pad([5.0, 0.0]).latent(&toy).unwrap();
    let truncation = Truncation { psi: 0.5, cutoff: Some(4), layers: vec![(1, 0.0), (5, 2.0)] };
    let pulled = Steering { truncation, ..on_pad([5.0, 0.0]) }.latent(&toy).unwrap();
    for (at, psi) in [(0, 0.5), (1, 0.0), (3, 0.5), (4, 1.0), (5, 2.0)] {
        for (number, mean) in (at * DIM..(at + 1) * DIM).zip(&mean) {
            let wanted = mean + psi * (whole[number] - mean);
            assert!((pulled[number] - wanted).abs() < 1e-5, "layer {at}: {} and {wanted}", pulled[number]);
        }
    }
    for wrong in [-1.5, 2.5, f32::NAN] {
        let told = Steering { truncation: Truncation::all(wrong), ..on_pad([0.0; 2]) }.latent(&toy).unwrap_err();
        assert!(told.to_string().contains("psi is") && told.to_string().contains("from -1 to 2"), "{told}");
    }
}

#[test]
fn mixed_layers_come_from_the_other_seed() {
    let toy = Toy::new(1);
    let (own, other) = (on_pad([1.0, 0.0]).latent(&toy).unwrap(), on_pad([2.0, 0.0]).latent(&toy).unwrap());
    let mix = Mix { seed: 2, layers: vec![0, 4] };
    let mixed = Steering { mix: Some(mix), ..on_pad([1.0, 0.0]) }.latent(&toy).unwrap();
    for (at, style) in mixed.chunks(DIM).enumerate() {
        let wanted = if [0, 4].contains(&at) { &other } else { &own };
        assert_eq!(style, &wanted[at * DIM..(at + 1) * DIM], "layer {at}");
    }
    let far = Mix { seed: 2, layers: vec![6] };
    let told = Steering { mix: Some(far), ..on_pad([1.0, 0.0]) }.latent(&toy).unwrap_err().to_string();
    assert!(told.contains("the layer is 6, but must be within 0-5"), "{told}");
}

#[test]
fn a_sheet_has_the_seeds_at_its_edges_and_mixtures_inside() {
    let toy = Toy::new(1);
    let (rows, columns) = ([7, 8], [1, 2, 3]);
    let latents = sheet(&toy, &rows, &columns, Part::Coarse.layers(6), &Truncation::all(0.7)).unwrap();
    assert_eq!(latents.len(), 3 + 2 * 4, "a row of columns, then rows with their own first");
    let at = |row: usize, column: usize| &latents[3 + row * 4 + 1 + column];
    for (row, column) in [(0, 2), (1, 0)] {
        let mixed = at(row, column);
        assert_eq!(mixed[..4 * DIM], latents[column][..4 * DIM], "coarse styles of the column");
        assert_eq!(mixed[4 * DIM..], latents[3 + row * 4][4 * DIM..], "the others of the row");
    }
    let none = sheet(&toy, &rows, &columns, Part::Fine.layers(6), &Truncation::default()).unwrap_err().to_string();
    assert!(none.contains("the range of layers"), "16 pixels have no fine layers: {none}");
    assert_eq!(Part::Fine.layers(12), 8..12, "128 pixels have");
}

#[test]
fn edits_move_their_layers_by_deviations() {
    let toy = Toy::new(1);
    let before = on_pad([1.0, 0.0]).latent(&toy).unwrap();
    let edit = Edit { direction: direction(3), first: 2, last: 3, amount: -2.0 };
    let after = Steering { edits: vec![edit.clone()], ..on_pad([1.0, 0.0]) }.latent(&toy).unwrap();
    for (at, (a, b)) in after.iter().zip(before.iter()).enumerate() {
        let is_moved = (2..=3).contains(&(at / DIM)) && at % DIM == 3;
        let wanted = if is_moved { b - 1.0 } else { *b };
        assert!((a - wanted).abs() < 1e-6, "number {at}");
    }
    let of_other = Edit { direction: Direction { vector: vec![1.0].into(), ..direction(0) }, ..edit.clone() };
    let told = Steering { edits: vec![of_other], ..on_pad([0.0; 2]) }.latent(&toy).unwrap_err().to_string();
    assert!(told.contains("belongs to another model"), "{told}");
    let far = Edit { amount: 31.0, ..edit };
    let told = Steering { edits: vec![far], ..on_pad([0.0; 2]) }.latent(&toy).unwrap_err().to_string();
    assert!(told.contains("within 30 deviations"), "{told}");
    let foreign = Steering { start: Start::Latent(vec![0.0; 5].into()), ..on_pad([0.0; 2]) };
    assert!(foreign.latent(&toy).unwrap_err().to_string().contains("5 numbers"), "a latent of another model");
}

#[test]
fn components_are_those_of_the_sampled_styles() {
    let toy: Arc<dyn Manifold> = Arc::new(Toy::new(1));
    let options = PcaOptions { samples: 4000, count: 4, seed: 1 };
    let mut job = PcaJob::new(Arc::clone(&toy), options).unwrap();
    let found = loop {
        match job.step().unwrap() {
            Step::More(progress) => assert!((0.0..=1.0).contains(&progress.fraction), "{progress:?}"),
            Step::Done(found) => break found,
        }
    };
    assert_eq!(found.len(), 4, "as many as were wanted");
    // Styles that took no part in finding them vary as much along them as they say.
    let ws = sample(toy.styles().unwrap(), 4000, 99).unwrap().to_vec2::<f32>().unwrap();
    let deviation = |vector: &[f32]| {
        let along: Vec<f32> = ws.iter().map(|w| w.iter().zip(vector).map(|(w, v)| w * v).sum()).collect();
        let mean = along.iter().sum::<f32>() / 4000.0;
        (along.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / 4000.0).sqrt()
    };
    for pair in found.windows(2) {
        assert!(pair[0].sigma >= pair[1].sigma, "the widest first");
        let dot: f32 = pair[0].vector.iter().zip(pair[1].vector.iter()).map(|(a, b)| a * b).sum();
        assert!(dot.abs() < 1e-4, "at right angles: {dot}");
    }
    for one in &found {
        let length: f32 = one.vector.iter().map(|v| v * v).sum();
        assert!((length - 1.0).abs() < 1e-4, "of length 1");
        assert!((deviation(&one.vector) / one.sigma - 1.0).abs() < 0.1, "{}: {}", one.name, one.sigma);
    }
    for at in 0..DIM {
        let mut axis = vec![0.0; DIM];
        axis[at] = 1.0;
        assert!(deviation(&axis) < found[0].sigma * 1.1, "no axis is wider than the first component");
    }
}

#[test]
fn factorised_directions_change_the_factors_most() {
    let toy = Toy::new(1);
    let found = factorized(&toy, DIM).unwrap();
    let effect = |vector: &[f32]| -> f32 {
        let rows = toy.affine_weights().into_iter().flat_map(|weight| weight.to_vec2::<f32>().unwrap());
        rows.map(|row| row.iter().zip(vector).map(|(a, v)| a * v).sum::<f32>().powi(2)).sum()
    };
    assert!(found.windows(2).all(|pair| effect(&pair[0].vector) >= effect(&pair[1].vector) * 0.999), "in order");
    for at in 0..DIM {
        let mut axis = vec![0.0; DIM];
        axis[at] = 1.0;
        assert!(effect(&axis) <= effect(&found[0].vector) * 1.001, "nothing changes more than the first");
    }
    assert!(found.iter().all(|one| one.sigma > 0.0), "with a step's length");
    let strip = strip(&on_pad([0.0; 2]).latent(&toy).unwrap(), &found[0], 0..6, &[-3.0, 0.0, 3.0]).unwrap();
    assert_eq!(strip[1], on_pad([0.0; 2]).latent(&toy).unwrap(), "no step, no change");
    assert!(draw(&toy, &strip).unwrap().windows(2).all(|pair| pair[0] != pair[1]), "it shows");
}

#[test]
fn noise_is_chosen_and_belongs_to_its_seed() {
    let toy: Arc<dyn Manifold> = Arc::new(Toy::new(1));
    let latent = [on_pad([1.0, 0.0]).latent(toy.styles().unwrap()).unwrap()];
    let drawn = |choice, strength| {
        let manifold = WithNoise::scaled(Arc::clone(&toy), choice, strength).unwrap();
        draw(manifold.as_ref(), &latent).unwrap().remove(0)
    };
    let own = drawn(NoiseChoice::Constant, 1.0);
    assert_eq!(own, draw(toy.as_ref(), &latent).unwrap().remove(0), "its own is what it draws anyway");
    let (none, seven) = (drawn(NoiseChoice::None, 1.0), drawn(NoiseChoice::Seed(7), 1.0));
    assert!(own != none && own != seven && seven != none, "each is another picture");
    assert_eq!(seven, drawn(NoiseChoice::Seed(7), 1.0), "a seed is a picture");
    assert_ne!(seven, drawn(NoiseChoice::Seed(8), 1.0), "another seed, another one");
    assert_eq!(drawn(NoiseChoice::Seed(7), 0.0), none, "of strength 0 there is none");
    assert_eq!(drawn(NoiseChoice::Constant, 0.0), none, "of its own neither");
    assert_ne!(drawn(NoiseChoice::Constant, 2.0), own, "a stronger one shows");
}
