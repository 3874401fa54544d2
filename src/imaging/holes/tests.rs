//! The samplers against the published statistics, their limits, and their seeds.

use strum::IntoEnumIterator as _;

use super::*;
use crate::control::rng;

fn square(side: u32) -> Size {
    Size::new(side, side)
}

fn mean_fraction(kind: HoleKind, side: u32, draws: usize) -> f64 {
    let mut rng = rng(20, 4);
    (0..draws).map(|_| hole_fraction(&draw_holes(kind, square(side), &mut rng))).sum::<f64>() / draws as f64
}

#[test]
fn means_are_those_of_the_table() {
    let cases = [
        (HoleKind::FreeFormUnscaled, 512, 0.649),
        (HoleKind::FreeFormUnscaled, 256, 0.735),
        (HoleKind::FreeFormUnscaled, 128, 0.818),
        (HoleKind::MatLarge, 512, 0.399),
        (HoleKind::MatSmall, 512, 0.220),
        (HoleKind::MatLarge, 256, 0.411),
    ];
    for (kind, side, expected) in cases {
        let mean = mean_fraction(kind, side, 1500);
        assert!((mean - expected).abs() < 0.015, "{kind} at {side}: {mean:.3}, expected {expected}");
    }
}

#[test]
fn report() {
    for kind in HoleKind::iter() {
        for side in [64, 128, 256, 512] {
            let start = std::time::Instant::now();
            let mean = mean_fraction(kind, side, 300);
            println!("{kind} {side} {mean:.3} {:.3} ms", start.elapsed().as_secs_f64() * 1e3 / 300.0);
        }
    }
}
