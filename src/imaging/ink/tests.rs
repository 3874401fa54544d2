//! Properties of strokes: what every one of them keeps to, however it was drawn.

use std::sync::Arc;
use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::imaging::{Plane, Size};

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let sample = (-0.2f32..1.2, -0.2f32..1.2, 0.0f32..=1.0, 0u32..40);
    prop::collection::vec(sample, 1..60).prop_map(|raw| {
        let mut millis = 0;
        let sample = |(x, y, pressure, since)| {
            millis += since;
            Sample { x, y, pressure, millis }
        };
        raw.into_iter().map(sample).collect()
    })
}

fn strokes() -> impl Strategy<Value = Stroke> {
    let settings = (0.002f32..0.2, -1.0f32..=1.0, 0.0f32..=1.0, 0.0f32..=1.0, any::<bool>());
    (samples(), settings).prop_map(|(samples, (size, thinning, smoothing, streamline, is_pressure_simulated))| Stroke {
        size,
        thinning,
        smoothing,
        streamline,
        is_pressure_simulated,
        ..Stroke::new(Tool::Pen, samples)
    })
}

fn amount(ink: &Plane<f32>) -> f32 {
    ink.data().iter().sum()
}

fn flipped(ink: &Plane<f32>) -> Vec<f32> {
    (0..ink.size().height).flat_map(|y| ink.row(y).iter().rev().copied().collect::<Vec<_>>()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nodes_are_finite_within_the_samples_and_end_where_they_do(stroke in strokes()) {
        prop_assert!(stroke.is_sound(), "{stroke:?}");
        let nodes = center_line(&stroke);
        let (first, last) = (stroke.samples[0], stroke.samples[stroke.samples.len() - 1]);
        prop_assert_eq!((nodes[0].x, nodes[0].y), (first.x, first.y));
        prop_assert_eq!((nodes[nodes.len() - 1].x, nodes[nodes.len() - 1].y), (last.x, last.y));
        let bound = |pick: fn(&Sample) -> f32| {
            let values = stroke.samples.iter().map(pick);
            values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
        };
        let ((left, right), (top, bottom)) = (bound(|s| s.x), bound(|s| s.y));
        for node in &nodes {
            prop_assert!(node.x >= left - 1e-5 && node.x <= right + 1e-5, "{node:?} not in {left}..{right}");
            prop_assert!(node.y >= top - 1e-5 && node.y <= bottom + 1e-5, "{node:?} not in {top}..{bottom}");
            prop_assert!(node.radius > 0.0 && node.radius <= stroke.size + 1e-6, "{node:?}");
        }
        for point in outline(&stroke) {
            let reach = stroke.size + 1e-4;
            prop_assert!(point[0] >= left - reach && point[0] <= right + reach, "{point:?}");
            prop_assert!(point[1] >= top - reach && point[1] <= bottom + reach, "{point:?}");
        }
    }

    #[test]
    fn without_smoothing_the_nodes_are_the_samples(stroke in strokes()) {
        let raw = Stroke { smoothing: 0.0, streamline: 0.0, ..stroke };
        let nodes: Vec<_> = center_line(&raw).iter().map(|node| (node.x, node.y)).collect();
        let wanted: Vec<_> = raw.samples.iter().map(|sample| (sample.x, sample.y)).collect();
        prop_assert_eq!(nodes, wanted);
    }

    #[test]
    fn ink_is_coverage_and_lies_within_the_bounds(stroke in strokes()) {
        let ink = raster(std::slice::from_ref(&stroke), 64);
        prop_assert!(ink.data().iter().all(|value| (0.0..=1.0).contains(value)), "out of range");
        let touched = ink.bounds(|value| value > 0.0);
        prop_assert!(touched.is_empty() || stroke.bounds(64).contains_rect(touched), "{touched:?}");
    }

    #[test]
    fn mirrored_strokes_are_mirrored(stroke in strokes()) {
        let mirrored = raster(&[stroke.mirrored(Mirror::MIDDLE)], 64);
        let wanted = flipped(&raster(std::slice::from_ref(&stroke), 64));
        // A corner at the very angle from which on corners are round may be round on one side only: a few pixels.
        let apart: Vec<f32> = mirrored.data().iter().zip(&wanted).map(|(a, b)| (a - b).abs()).collect();
        let (worst, n_apart) = (apart.iter().copied().fold(0.0, f32::max), apart.iter().filter(|&&by| by > 0.02).count());
        prop_assert!(worst < 0.5 && n_apart <= 16, "{n_apart} pixels differ, by {worst} at most");
        let back = stroke.mirrored(Mirror::Level(0.3)).mirrored(Mirror::Level(0.3));
        let far = |(a, b): (&Sample, &Sample)| (a.x - b.x).abs().max((a.y - b.y).abs());
        prop_assert!(back.samples.iter().zip(&*stroke.samples).map(far).fold(0.0, f32::max) < 1e-5, "twice is not at all");
    }

    #[test]
    fn a_pad_shows_what_a_raster_shows(all in prop::collection::vec((strokes(), 0usize..3), 1..50), cut in 0usize..50) {
        let tools = [Tool::Pen, Tool::Pen, Tool::Eraser];
        let all: Vec<_> =
            all.into_iter().map(|(stroke, tool)| Arc::new(Stroke { tool: tools[tool], ..stroke })).collect();
        let half = all.len() / 2;
        let mut pad = Pad::new(32);
        for upto in [half, all.len(), cut.min(all.len()), all.len()] {
            let before = pad.ink().clone();
            let changed = pad.update(&[&all[..half.min(upto)], &all[half.min(upto)..upto]]);
            let wanted = raster_layers(&[&all[..half.min(upto)], &all[half.min(upto)..upto]], 32);
            prop_assert_eq!(pad.ink(), &wanted);
            for y in 0..32 {
                for x in 0..32 {
                    let is_inside = (changed.x0..changed.x1).contains(&(x as i32)) && (changed.y0..changed.y1).contains(&(y as i32));
                    prop_assert!(is_inside || before.at(x, y) == wanted.at(x, y), "({x}, {y}) changed unsaid");
                }
            }
        }
    }
}

#[test]
fn a_line_has_its_width_and_a_dot_is_round() {
    let across = Stroke { size: 0.1, ..Stroke::computed(Tool::Pen, shapes::line((0.2, 0.5), (0.8, 0.5))) };
    let ink = raster(&[across], 200);
    let wanted = 120.0 * 20.0 + std::f32::consts::PI * 100.0;
    assert!((amount(&ink) - wanted).abs() < 0.01 * wanted, "{} pixels of ink, not {wanted}", amount(&ink));
    let dot = Stroke { size: 0.5, ..Stroke::new(Tool::Pen, vec![Sample::new(0.5, 0.5, 0)]) };
    let ink = raster(std::slice::from_ref(&dot), 200);
    let wanted = std::f32::consts::PI * 2500.0;
    assert!((amount(&ink) - wanted).abs() < 0.01 * wanted, "{} pixels of ink, not {wanted}", amount(&ink));
    let hair = Stroke { size: 0.5 / 200.0, ..Stroke::computed(Tool::Pen, shapes::line((0.2, 0.5025), (0.8, 0.5025))) };
    let ink = raster(&[hair], 200);
    assert!((amount(&ink) - 60.0).abs() < 6.0, "half a pixel wide: {}", amount(&ink));
    assert_eq!(outline(&dot).len(), 17, "a circle");
}

#[test]
fn pressing_and_slowness_make_it_thick() {
    let at = |pressure: f32| {
        let samples: Vec<_> =
            (0..50).map(|i| Sample { pressure, ..Sample::new(i as f32 / 50.0, 0.5, i * 10) }).collect();
        Stroke::new(Tool::Pen, samples)
    };
    let radius = |stroke: &Stroke| center_line(stroke)[30].radius / stroke.size;
    assert!((radius(&at(0.5)) - 0.5).abs() < 1e-6, "the usual pressure gives the size");
    assert!((radius(&at(1.0)) - 0.75).abs() < 1e-6, "0.5 + 0.5 * 0.5");
    assert!((radius(&at(0.0)) - 0.25).abs() < 1e-6, "0.5 - 0.5 * 0.5");
    let drawn = |millis: u32| {
        let samples: Vec<_> = (0..50).map(|i| Sample::new(i as f32 / 50.0, 0.5, i * millis)).collect();
        Stroke { is_pressure_simulated: true, ..Stroke::new(Tool::Pen, samples) }
    };
    assert!(radius(&drawn(60)) > radius(&drawn(25)) && radius(&drawn(25)) > radius(&drawn(4)), "slow is thick");
    assert!((radius(&drawn(0)) - 0.5).abs() < 1e-6, "without time there is no speed");
}

#[test]
fn the_first_trembling_is_left_out_but_never_the_end() {
    let mut samples = vec![Sample::new(0.5, 0.5, 0)];
    samples.extend((1..6).map(|i| Sample::new(0.5 + 0.001 * (i % 2) as f32, 0.5, i * 8)));
    let tremble = Stroke { size: 0.05, smoothing: 0.0, ..Stroke::new(Tool::Pen, samples.clone()) };
    assert_eq!(center_line(&tremble).len(), 2, "start and end only");
    samples.push(Sample::new(0.9, 0.5, 60));
    let line = Stroke { samples: samples.into(), streamline: 1.0, ..tremble };
    let end = *center_line(&line).last().unwrap();
    assert_eq!((end.x, end.y), (0.9, 0.5), "the line arrives, however much it lags");
}

#[test]
fn erasers_take_away_what_was_there_before_them() {
    let line = Stroke { size: 0.02, ..Stroke::computed(Tool::Pen, shapes::line((0.1, 0.5), (0.9, 0.5))) };
    let eraser = Stroke { size: 0.1, ..Stroke::computed(Tool::Eraser, shapes::line((0.5, 0.2), (0.5, 0.8))) };
    let ink = raster(&[line.clone(), eraser.clone()], 100);
    assert_eq!((ink.at(50, 50), ink.at(20, 50)), (0.0, 1.0), "a gap in the middle");
    assert_eq!(raster(&[eraser.clone(), line.clone()], 100).at(50, 50), 1.0, "what comes later stays");
    let (line, eraser) = (Arc::new(line), Arc::new(eraser));
    let apart = raster_layers(&[&[line], &[eraser]], 100);
    assert_eq!(apart.at(50, 50), 1.0, "another layer is not touched");
}

#[test]
fn hints_lie_over_each_other() {
    let hint =
        |color, from, to| Arc::new(Stroke { size: 0.2, color, ..Stroke::computed(Tool::Hint, shapes::line(from, to)) });
    let red = hint([255, 0, 0], (0.1, 0.5), (0.9, 0.5));
    let blue = hint([0, 0, 255], (0.5, 0.1), (0.5, 0.9));
    let eraser = Arc::new(Stroke { tool: Tool::Eraser, ..(*hint([0; 3], (0.2, 0.3), (0.2, 0.7))).clone() });
    let hints = raster_hints(&[&[red, blue, eraser]], 50).unwrap();
    let at = |x, y| (hints.colors.each_ref().map(|plane| plane.at(x, y)), hints.mask.at(x, y));
    assert_eq!(at(40, 25), ([1.0, 0.0, 0.0], 1.0), "red alone");
    assert_eq!(at(25, 25), ([0.0, 0.0, 1.0], 1.0), "the newer one");
    assert_eq!(at(10, 25), ([0.0; 3], 0.0), "erased");
    assert_eq!(at(2, 2), ([0.0; 3], 0.0), "nothing asked");
    assert!(raster_hints(&[&[]], 50).is_none(), "no plane without a hint");
}

#[test]
fn shapes_begin_and_end_where_they_should() {
    let (a, b, c) = ((0.1, 0.2), (0.5, 0.9), (0.8, 0.3));
    let ends = |samples: &[Sample]| {
        let (first, last) = (samples[0], samples[samples.len() - 1]);
        ((first.x, first.y), (last.x, last.y))
    };
    assert_eq!(ends(&shapes::line(a, b)), (a, b), "a line");
    let near =
        |samples: &[Sample], point: (f32, f32)| samples.iter().any(|s| (s.x - point.0).hypot(s.y - point.1) < 0.01);
    let curve = shapes::curve(&[a, b, c], false);
    assert!(ends(&curve) == (a, c) && near(&curve, b), "through all points");
    let ring = shapes::curve(&[a, b, c], true);
    assert_eq!(ends(&ring), (a, a), "back to the first one");
    for samples in [curve, ring, shapes::ellipse((0.5, 0.5), (0.3, 0.2))] {
        assert!(samples.windows(2).all(|p| (p[0].x - p[1].x).hypot(p[0].y - p[1].y) < 0.03), "no gaps");
        assert!(Stroke::computed(Tool::Pen, samples).is_sound(), "usable");
    }
}

#[test]
fn digests_tell_strokes_apart() {
    let line = Stroke::computed(Tool::Pen, shapes::line((0.1, 0.5), (0.9, 0.5)));
    let same = Stroke::computed(Tool::Pen, shapes::line((0.1, 0.5), (0.9, 0.5)));
    assert_eq!(line.digest(), same.digest(), "equal strokes");
    let others = [
        Stroke { size: 0.1, ..line.clone() },
        Stroke { tool: Tool::Hint, ..line.clone() },
        Stroke { color: [0, 0, 1], ..line.clone() },
        Stroke { is_pressure_simulated: true, ..line.clone() },
        Stroke { smoothing: 0.1, ..line.clone() },
        line.mirrored(Mirror::MIDDLE),
    ];
    assert!(others.iter().all(|other| other.digest() != line.digest()), "each differs");
}

#[test]
fn two_hundred_strokes_are_quick() {
    let strokes: Vec<_> = (0..200)
        .map(|i| {
            let at = i as f32 / 200.0;
            Stroke::new(Tool::Pen, shapes::curve(&[(at, 0.1), (0.5, 0.9), (1.0 - at, 0.3)], false))
        })
        .collect();
    let start = Instant::now();
    let ink = raster(&strokes, 256);
    assert!(start.elapsed().as_secs_f32() < 5.0, "{:?} without optimization", start.elapsed());
    assert!(amount(&ink) > 5000.0 && ink.size() == Size::new(256, 256), "they are there");
}
