//! Properties of scores.

use proptest::prelude::*;

use super::super::book::lessons;
use super::*;
use crate::control;
use crate::imaging::ink::{Sample, Stroke, Tool};
use rand::Rng as _;

/// What a hand makes of strokes: each is bent, moved and trembles, by up to `wobble` sides of the paper.
fn by_hand(lesson: &Lesson, wobble: f32, seed: u64) -> Vec<Stroke> {
    let mut rng = control::rng(seed, 7);
    let one = |stroke: &Arc<Stroke>| {
        let mut offset = || rng.random_range(-1.0..=1.0) * wobble;
        let (dx, dy, phase) = (offset(), offset(), offset() * 40.0);
        let samples = stroke.samples.iter().enumerate().map(|(at, sample)| {
            let wave = (at as f32 * 0.9 + phase).sin() * wobble * 0.5;
            Sample { x: sample.x + dx + wave, y: sample.y + dy - wave, ..*sample }
        });
        Stroke { samples: samples.collect(), ..Stroke::clone(stroke) }
    };
    lesson.strokes().iter().map(one).collect()
}

fn placed(strokes: &[Stroke], scale: f32, dx: f32, dy: f32) -> Vec<Stroke> {
    let place = |stroke: &Stroke| {
        let at = |sample: &Sample| Sample { x: sample.x * scale + dx, y: sample.y * scale + dy, ..*sample };
        Stroke { samples: stroke.samples.iter().map(at).collect(), ..stroke.clone() }
    };
    strokes.iter().map(place).collect()
}

fn scribble(seed: u64) -> Vec<Stroke> {
    let mut rng = control::rng(seed, 3);
    let samples: Vec<_> = (0..300).map(|at| Sample::new(rng.random(), rng.random(), at)).collect();
    vec![Stroke::computed(Tool::Pen, samples)]
}

#[test]
fn a_copy_has_three_stars() {
    for lesson in lessons() {
        let score = score(&Ink::of_strokes(&lesson.strokes()), lesson);
        let name = &lesson.name;
        assert_eq!((score.stars, score.coverage, score.precision, score.f), (3, 1.0, 1.0, 1.0), "{name}");
        assert!(score.total > 0.9 && score.distance == 0.0 && (score.scale - 1.0).abs() < 1e-3, "{name}: {score:?}");
        assert!(score.forgotten().next().is_none(), "{name}: nothing is forgotten");
        assert!(score.missed.data().iter().all(|&heat| heat < 0.35), "{name}: nothing is hot");
    }
}

#[test]
fn a_steady_hand_has_three_stars_and_a_shaky_one_two() {
    let mut stars = [[0_usize; 4]; 3];
    for (level, wobble) in [0.012, 0.03, 0.12].into_iter().enumerate() {
        for (seed, lesson) in lessons().iter().enumerate() {
            let score = score(&Ink::of_strokes(&by_hand(lesson, wobble, seed as u64)), lesson);
            stars[level][usize::from(score.stars)] += 1;
        }
    }
    let count = lessons().len();
    assert!(stars[0][3] * 10 >= count * 9, "steady: {stars:?}");
    assert!((stars[1][2] + stars[1][3]) * 10 >= count * 8, "shaky: {stars:?}");
    assert!(stars[2][3] * 10 <= count, "wild: {stars:?}");
}

#[test]
fn a_scribble_a_dot_and_nothing_have_no_more_than_they_deserve() {
    let dot = Stroke::computed(Tool::Pen, vec![Sample::new(0.5, 0.5, 0)]);
    for (seed, lesson) in lessons().iter().enumerate() {
        let name = &lesson.name;
        assert_eq!(score(&Ink::of_strokes(&scribble(seed as u64)), lesson).stars, 1, "{name}: a scribble");
        assert_eq!(score(&Ink::of_strokes(std::slice::from_ref(&dot)), lesson).stars, 1, "{name}: a dot");
        let none = score(&Ink::default(), lesson);
        assert_eq!((none.stars, none.total, none.scale), (0, 0.0, 0.0), "{name}: nothing");
        assert_eq!(none.parts.len(), none.forgotten().count(), "{name}: all of it is forgotten");
    }
}

#[test]
fn what_is_left_out_is_named_and_hot() {
    for lesson in lessons() {
        // The largest step is left out: its box may be the drawing's, but not its lines.
        for (at, step) in lesson.steps.iter().enumerate() {
            let rest = lesson.steps.iter().enumerate().filter(|&(other, _)| other != at);
            let rest: Vec<_> = rest.flat_map(|(_, step)| step.strokes.iter().cloned()).collect();
            let whole = score(&Ink::of_strokes(&lesson.strokes()), lesson);
            let score = score(&Ink::of_strokes(&rest), lesson);
            // A drawing may look more like its theme without something odd, so the total may rise by a little.
            assert!(score.coverage <= whole.coverage && score.total <= whole.total + 0.02, "{}", lesson.name);
            let hot = score.missed.data().iter().filter(|&&heat| heat > 0.9).count();
            let is_told = score.forgotten().any(|part| *part == *step.part);
            assert!(!is_told || hot > 0, "{}: {} is told but not shown", lesson.name, step.part);
        }
    }
}

#[test]
fn what_is_drawn_in_its_place_stays_met_though_an_outer_part_is_missing() {
    let lesson = super::super::book::find("cat-first").unwrap();
    let tail = lesson.steps.iter().position(|step| &*step.part == "tail").unwrap();
    let rest = lesson.steps.iter().enumerate().filter(|(at, _)| *at != tail);
    let rest: Vec<_> = rest.flat_map(|(_, step)| step.strokes.iter().cloned()).collect();
    let score = score(&Ink::of_strokes(&rest), lesson);
    assert_eq!(score.precision, 1.0, "all of it lies on the lesson's lines");
    assert_eq!(score.forgotten().collect::<Vec<_>>(), ["tail"], "and only the tail is missing");
    assert!(score.stars < 3 && score.coverage < 1.0, "which costs a star: {}", score.coverage);
}

#[test]
fn lessons_are_recognized_though_a_hand_drew_them() {
    let mut right = 0;
    for (seed, lesson) in lessons().iter().enumerate() {
        let recognition = recognize(&Ink::of_strokes(&by_hand(lesson, 0.02, seed as u64)));
        right += usize::from(recognition.best() == Some(&*lesson.theme));
        let sum: f32 = recognition.ranking.iter().map(|&(_, share)| share).sum();
        assert!((sum - 1.0).abs() < 1e-4, "shares of one whole, not {sum}");
    }
    assert!(right * 10 >= lessons().len() * 9, "{right} of {}", lessons().len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn place_and_size_do_not_count(which in any::<prop::sample::Index>(), scale in 0.3_f32..0.95, dx in 0.0_f32..0.05, dy in 0.0_f32..0.05) {
        let lesson = which.get(lessons());
        let strokes = by_hand(lesson, 0.01, 5);
        let clean = |strokes: &[Stroke]| score(&Ink::of_strokes(strokes), lesson);
        let (there, here) = (clean(&placed(&strokes, 0.9, 0.03, 0.03)), clean(&placed(&strokes, scale * 0.9, dx + 0.03, dy + 0.03)));
        prop_assert!((there.coverage - here.coverage).abs() < 0.06, "{} {}", there.coverage, here.coverage);
        prop_assert!((there.precision - here.precision).abs() < 0.06, "{} {}", there.precision, here.precision);
        prop_assert!((here.scale / there.scale - scale).abs() < 0.02, "the size is told");
    }

    #[test]
    fn scores_are_shares_whatever_is_drawn(which in any::<prop::sample::Index>(), points in prop::collection::vec((-2.0_f32..3.0, -2.0_f32..3.0), 1..60), is_eraser in any::<bool>()) {
        let lesson = which.get(lessons());
        let samples: Vec<_> = points.iter().map(|&(x, y)| Sample::new(x, y, 0)).collect();
        let mut strokes = vec![Stroke::computed(Tool::Pen, samples.clone())];
        if is_eraser {
            strokes.push(Stroke::computed(Tool::Eraser, samples[samples.len() / 2..].to_vec()));
        }
        let score = score(&Ink::of_strokes(&strokes), lesson);
        for share in [score.total, score.total_loose, score.coverage, score.precision, score.f, score.coverage_loose, score.precision_loose, score.distance] {
            prop_assert!((0.0..=1.0 + 1e-5).contains(&share), "{score:?}");
        }
        prop_assert!(score.coverage <= score.coverage_loose && score.precision <= score.precision_loose, "loose is looser");
        prop_assert!(score.stars <= 3 && score.scale.is_finite());
        prop_assert!(score.parts.iter().all(|part| (0.0..=1.0).contains(&part.coverage)));
    }
}
