//! Drags on a generator whose picture is known: soft spots that its styles move.

use std::sync::Arc;

use candle_core::{Device, Result, Tensor, Var};

use super::features::Map;
use super::*;
use crate::control::{Step, Stepper as _};
use crate::generators::manifold::{Manifold, Prior, Styles};
use crate::generators::{Noise, same_for_all_layers};
use crate::imaging::{Plane, Size};
use crate::latent::StyleSpace;

const SIDE: usize = 32;
const DIM: usize = 4;
const LAYERS: usize = 3;

/// Two groups of spots. The first layer's numbers 0 and 1 move the left one, 2 and 3 the right one, and 1 a little of both; the
/// last layer's make the picture lighter.
struct Spots {
    mean: Tensor,
    has_styles: bool,
}

impl Spots {
    fn new() -> Self {
        Self { mean: Tensor::zeros(DIM, candle_core::DType::F32, &Device::Cpu).unwrap(), has_styles: true }
    }

    /// Where the spots are when all styles are 0.
    const CENTERS: [[f32; 2]; 4] = [[9.0, 16.0], [12.0, 17.0], [23.0, 15.0], [25.0, 17.0]];

    fn spots(ws: &Tensor, at: usize) -> Result<Tensor> {
        let first = ws.narrow(1, 0, 1)?.squeeze(1)?;
        let number = |k: usize| first.narrow(1, k, 1)?.affine(4.0, 0.0);
        let (mut centers, spread) = (Vec::new(), 3.0);
        for (k, [x, y]) in Self::CENTERS.into_iter().enumerate() {
            let (dx, dy) = if k < 2 { (number(0)?, number(1)?) } else { (number(2)?, (number(3)? + number(1)?)?) };
            centers.push(((dx + f64::from(x))?, (dy + f64::from(y))?));
        }
        let grid: Vec<f32> = (0..at).map(|x| (x as f32 + 0.5) * SIDE as f32 / at as f32).collect();
        let (xs, ys) = (Tensor::new(grid.clone(), &Device::Cpu)?, Tensor::new(grid, &Device::Cpu)?);
        let one = |(x, y): &(Tensor, Tensor)| -> Result<Tensor> {
            let dx = xs.reshape((1, 1, at))?.broadcast_sub(&x.unsqueeze(2)?)?.sqr()?;
            let dy = ys.reshape((1, at, 1))?.broadcast_sub(&y.unsqueeze(2)?)?.sqr()?;
            dx.broadcast_add(&dy)?.affine(-0.5 / (spread * spread), 0.0)?.exp()
        };
        Tensor::stack(&centers.iter().map(one).collect::<Result<Vec<_>>>()?, 1)
    }
}

impl Manifold for Spots {
    fn side(&self) -> usize {
        SIDE
    }
    fn latent_dim(&self) -> usize {
        DIM
    }
    fn prior(&self) -> Prior {
        Prior::Normal
    }
    fn macs(&self) -> u64 {
        1_000
    }
    fn draw(&self, latents: &Tensor) -> Result<Tensor> {
        let ws = same_for_all_layers(latents, LAYERS)?;
        self.synthesize(&ws, Noise::Constant)
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
    fn styles(&self) -> Option<&dyn Styles> {
        self.has_styles.then_some(self as &dyn Styles)
    }
}

impl Styles for Spots {
    fn n_layers(&self) -> usize {
        LAYERS
    }
    fn style_dim(&self) -> usize {
        DIM
    }
    fn mean_style(&self) -> &Tensor {
        &self.mean
    }
    fn map(&self, zs: &Tensor) -> Result<Tensor> {
        Ok(zs.clone())
    }
    fn synthesize(&self, ws: &Tensor, noise: Noise<'_>) -> Result<Tensor> {
        Ok(self.synthesize_with_features(ws, noise, SIDE)?.0)
    }
    fn synthesize_with_features(&self, ws: &Tensor, _: Noise<'_>, at: usize) -> Result<(Tensor, Tensor)> {
        let light = Self::spots(ws, SIDE)?.max(1)?.affine(2.0, -1.0)?;
        let last = ws.narrow(1, LAYERS - 1, 1)?.narrow(2, 0, 1)?.tanh()?;
        let picture = Tensor::stack(&[&light, &light, &light], 1)?.broadcast_add(&last.unsqueeze(3)?)?;
        Ok((picture, Self::spots(ws, at)?))
    }
    fn affine_weights(&self) -> Vec<&Tensor> {
        Vec::new()
    }
    fn noise_sides(&self) -> Vec<usize> {
        vec![8, 16, 32]
    }
}

const START: [f32; LAYERS * DIM] = [0.0; LAYERS * DIM];
/// The first spot, and seven pixels to the right and up.
const PAIR: Pair = Pair { handle: [9.0, 16.0], target: [14.0, 11.0] };

fn options() -> DragOptions {
    DragOptions { rate: 0.05, layers: Some(1), tolerance: Some(1.0), ..DragOptions::default() }
}

fn run(job: &mut DragJob) -> Dragged {
    loop {
        if let Step::Done(dragged) = job.step().unwrap() {
            return dragged;
        }
    }
}

fn drag(pairs: &[Pair], movable: Option<Plane<f32>>, options: DragOptions) -> Dragged {
    run(&mut DragJob::new(Arc::new(Spots::new()), &START, pairs, movable, options).unwrap())
}

#[test]
fn handles_arrive_and_the_picture_with_them() {
    for space in [StyleSpace::W, StyleSpace::WPlus] {
        let dragged = drag(&[PAIR], None, DragOptions { space, ..options() });
        let point = dragged.points[0];
        assert_eq!(dragged.ending, Ending::Reached, "{space}: {point:?} after {} steps", dragged.steps);
        assert!(point.distance <= 1.0, "{space}: {point:?}");
        // Where the spot is by its own formula, not by what was tracked.
        let (x, y) = (4.0_f32.mul_add(dragged.styles[0], 9.0), 4.0_f32.mul_add(dragged.styles[1], 16.0));
        assert!((x - 14.0).hypot(y - 11.0) < 2.0, "{space}: the spot is at {x}, {y}");
        assert_eq!(dragged.drift, None, "nothing was fixed");
    }
}

#[test]
fn two_handles_go_to_two_places() {
    let other = Pair { handle: [25.0, 17.0], target: [20.0, 20.0] };
    let dragged = drag(&[PAIR, other], None, DragOptions { tolerance: Some(1.5), ..options() });
    assert!(dragged.points.iter().all(|point| point.distance <= 1.5), "{:?}: {:?}", dragged.ending, dragged.points);
}

#[test]
fn only_the_first_layers_move() {
    let start: Vec<f32> = (0..LAYERS * DIM).map(|at| if at < DIM { 0.0 } else { at as f32 * 0.01 }).collect();
    let mut job = DragJob::new(Arc::new(Spots::new()), &start, &[PAIR], None, options()).unwrap();
    let dragged = run(&mut job);
    assert_ne!(dragged.styles[..DIM], start[..DIM], "the first layer moves");
    assert_eq!(dragged.styles[DIM..], start[DIM..], "the others keep their bits");
}

#[test]
fn what_is_fixed_stays() {
    let mut movable = Plane::filled(Size::new(SIDE as u32, SIDE as u32), 0.0);
    for y in 0..SIDE as u32 {
        (0..17).for_each(|x| movable.set(x, y, 1.0));
    }
    // Without a mask the right spots are carried along by the number that moves both.
    let up = Pair { handle: [9.0, 16.0], target: [9.0, 10.0] };
    let free = drag(&[up], Some(movable.clone()), DragOptions { hold: 0.0, ..options() });
    let held = drag(&[up], Some(movable), DragOptions { hold: 5.0, ..options() });
    let moved = 16.0 - held.points[0].at[1];
    let (free, held_drift) = (free.drift.unwrap(), held.drift.unwrap());
    assert!(held_drift < 0.35 * free, "{held_drift} held, {free} free");
    assert!(moved >= 4.0, "and the handle moves all the same: {:?} {:?}", held.ending, held.points);
}

#[test]
fn gradients_reach_what_shall_become_and_not_what_is() {
    let features = Var::from_tensor(
        &Spots::spots(&Tensor::zeros((1, 1, DIM), candle_core::DType::F32, &Device::Cpu).unwrap(), SIDE).unwrap(),
    )
    .unwrap();
    let plan = DragOptions { features: Some(SIDE), ..options() }.plan(&Spots::new(), &Spots::new()).unwrap();
    let map = Map { features: &features, plan: &plan };
    // A pixel's centre, going right: the pixel behind is only looked at, the one two ahead shall change.
    let loss = map.supervise([10.5, 16.5], [20.5, 16.5]).unwrap().unwrap();
    let slope = loss.backward().unwrap().remove(&features).unwrap().abs().unwrap().sum((0, 1)).unwrap();
    let slope = slope.to_vec2::<f32>().unwrap();
    assert!(slope[16][9] == 0.0, "what is behind the handle is held still: {}", slope[16][9]);
    assert!(slope[16][12] > 0.0, "what is ahead of it is asked to change");
    assert!(map.supervise([10.5, 16.5], [11.0, 16.5]).unwrap().is_none(), "there already");
}

#[test]
fn the_same_drag_gives_the_same_bits_and_pictures_come_when_asked_for() {
    let styles = |draws: bool| {
        let mut job = DragJob::new(Arc::new(Spots::new()), &START, &[PAIR], None, options()).unwrap();
        let mut pictures = 0;
        loop {
            if draws {
                job.draw_next();
            }
            match job.step().unwrap() {
                Step::More(update) => pictures += usize::from(update.picture.is_some()),
                Step::Done(dragged) => return (dragged.styles, dragged.picture, pictures, dragged.steps),
            }
        }
    };
    let (quiet, shown) = (styles(false), styles(true));
    assert_eq!((&quiet.0, &quiet.1), (&shown.0, &shown.1), "pictures change nothing");
    assert_eq!((quiet.2, shown.2), (1, shown.3), "the first is always drawn, the others when asked for");
}

#[test]
fn what_cannot_be_dragged_is_told_in_a_sentence() {
    let refuse = |pairs: &[Pair], movable: Option<Plane<f32>>, options: DragOptions| {
        let job = DragJob::new(Arc::new(Spots::new()), &START, pairs, movable, options);
        job.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let plain = DragOptions::default;
    let square = |side: u32, value: f32| Some(Plane::filled(Size::new(side, side), value));
    let off = Pair { handle: [40.0, 3.0], ..PAIR };
    let cases = [
        (refuse(&[], None, plain()), "nothing to drag"),
        (refuse(&[PAIR, off], None, plain()), "the handle of pair 2 lies off the picture"),
        (refuse(&[Pair { target: [f32::NAN, 1.0], ..PAIR }], None, plain()), "the target of pair 1"),
        (refuse(&[PAIR], square(16, 1.0), plain()), "is 16 x 16 pixels"),
        (refuse(&[PAIR], square(32, 0.0), plain()), "nothing may move"),
        (refuse(&[PAIR], None, DragOptions { features: Some(20), ..plain() }), "it has them at 8, 16, 32"),
        (refuse(&[PAIR], None, DragOptions { rate: f32::NAN, ..plain() }), "the rate must be above 0"),
        (refuse(&[PAIR], None, DragOptions { layers: Some(9), ..plain() }), "at least one layer"),
    ];
    for (told, wanted) in cases {
        assert!(told.contains(wanted), "{told:?} does not say {wanted:?}");
    }
    let spots = Spots { has_styles: false, ..Spots::new() };
    let told = DragJob::new(Arc::new(spots), &START, &[PAIR], None, plain()).err().unwrap().to_string();
    assert!(told.contains("needs a style-based generator"), "{told}");
    let short = DragJob::new(Arc::new(Spots::new()), &START[1..], &[PAIR], None, plain()).err().unwrap();
    assert!(matches!(short, DragError::WrongStart { given: 11, wanted: 12 }), "{short}");
}
