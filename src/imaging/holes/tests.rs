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
    for (kind, form, side) in [
        (HoleKind::FreeFormUnscaled, FreeForm::COMODGAN, 512),
        (HoleKind::FreeFormUnscaled, FreeForm::COMODGAN, 256),
        (HoleKind::FreeFormUnscaled, FreeForm::COMODGAN, 128),
        (HoleKind::FreeFormUnscaled, FreeForm::COMODGAN, 64),
        (HoleKind::MatLarge, FreeForm::mat_large(square(512)), 512),
        (HoleKind::MatSmall, FreeForm::MAT_SMALL, 512),
        (HoleKind::MatLarge, FreeForm::mat_large(square(256)), 256),
    ] {
        let mean = mean_fraction(kind, side, 8000);
        let mut rng = rng(5, 5);
        let mut f: Vec<f64> = (0..8000)
            .map(|_| {
                let mut h = Plane::filled(square(side), false);
                form.draw_once(&mut h, &mut rng);
                hole_fraction(&h)
            })
            .collect();
        f.sort_by(f64::total_cmp);
        let m = f.iter().sum::<f64>() / 8000.0;
        let sd = (f.iter().map(|v| (v - m).powi(2)).sum::<f64>() / 8000.0).sqrt();
        println!(
            "{kind} {side} rejected {mean:.3} raw {m:.3} sd {sd:.3} full {:.3} {:?}",
            f.iter().filter(|v| **v >= 1.0).count() as f64 / 8000.0,
            [0.1, 0.25, 0.5, 0.75, 0.9].map(|q| (f[(q * 8000.0) as usize] * 100.0).round() / 100.0)
        );
    }
}
