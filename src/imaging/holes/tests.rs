//! The samplers against the published statistics, their limits, and their seeds.

use strum::IntoEnumIterator as _;

use super::*;
use crate::control::rng;
use crate::imaging::ImagePos;

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
        (HoleKind::FreeFormUnscaled, 64, 0.880),
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
fn at_64_pixels_unscaled_strokes_cover_all_in_a_fifth_of_the_draws() {
    let mut rng = rng(21, 4);
    let fractions: Vec<f64> = (0..1500)
        .map(|_| {
            let mut holes = Plane::filled(square(64), false);
            FreeForm::COMODGAN.draw_once(&mut holes, &mut rng);
            hole_fraction(&holes)
        })
        .collect();
    let full = fractions.iter().filter(|&&fraction| fraction == 1.0).count() as f64 / 1500.0;
    assert!((full - 0.18).abs() < 0.05, "{full:.3} of the draws are full, expected 0.18");
}

#[test]
fn scaled_strokes_cover_the_same_at_every_side() {
    let reference = mean_fraction(HoleKind::FreeForm, 512, 600);
    for side in [64, 128, 256] {
        let mean = mean_fraction(HoleKind::FreeForm, side, 600);
        assert!((mean - reference).abs() < 0.05, "{side}: {mean:.3}, at 512: {reference:.3}");
    }
}

#[test]
fn areas_keep_their_limits() {
    let cases = [
        (HoleKind::Thin, 0.0, 0.5),
        (HoleKind::Medium, 0.0, 0.5),
        (HoleKind::Thick, 0.0, 0.5),
        (HoleKind::Rectangle, 0.06, 0.5626),
        (HoleKind::Silhouette, 0.03, 0.35),
        (HoleKind::Center, 0.25, 0.25),
        (HoleKind::RandomBlock, 0.0, 0.25),
        (HoleKind::RandomRegion, 0.2, 0.3),
    ];
    for (kind, least, most) in cases {
        for size in [square(64), square(256), Size::new(200, 120)] {
            let mut rng = rng(3, 4);
            for draw in 0..60 {
                let fraction = hole_fraction(&draw_holes(kind, size, &mut rng));
                let is_within = fraction > 0.0 && (least..=most).contains(&fraction);
                assert!(is_within, "{kind} at {size}, draw {draw}: {fraction}");
            }
        }
    }
}

#[test]
fn a_seed_gives_the_same_pixels_and_another_gives_others() {
    for kind in HoleKind::iter().filter(|&kind| kind != HoleKind::Center) {
        let draw = |seed| draw_holes(kind, square(96), &mut rng(seed, 4));
        assert_eq!(draw(5), draw(5), "{kind}: one seed");
        assert_ne!(draw(5), draw(6), "{kind}: two seeds");
    }
}

#[test]
fn any_size_is_served() {
    for kind in HoleKind::iter() {
        for size in [Size::new(0, 5), Size::new(1, 1), Size::new(2, 1), Size::new(3, 3), Size::new(7, 90)] {
            for seed in 0..4 {
                let holes = draw_holes(kind, size, &mut rng(seed, 4));
                assert_eq!(holes.size(), size, "{kind}");
                let count = holes.data().iter().filter(|&&hole| hole).count();
                let is_sound = if size.area() < 2 { count == size.area() } else { (1..size.area()).contains(&count) };
                assert!(is_sound, "{kind} at {size} has {count} hole pixels");
            }
        }
    }
}

#[test]
fn nothing_known_is_left_inside_a_silhouette() {
    let mut rng = rng(8, 4);
    for _ in 0..50 {
        let holes = draw_holes(HoleKind::Silhouette, square(64), &mut rng);
        let mut filled = holes.clone();
        raster::fill_enclosed(&mut filled);
        assert!(holes == filled, "a pixel is enclosed");
    }
}

#[test]
fn a_ring_is_filled_and_a_bay_is_not() {
    let picture = ["#####...", "#...#.##", "#...#.#.", "#####.##"];
    let expected = ["#####...", "#####.##", "#####.#.", "#####.##"];
    let plane = |rows: [&str; 4]| {
        let data = rows.iter().flat_map(|row| row.bytes().map(|byte| byte == b'#')).collect();
        Plane::from_vec(Size::new(8, 4), data).unwrap()
    };
    let mut holes = plane(picture);
    raster::fill_enclosed(&mut holes);
    assert!(holes == plane(expected), "the ring's inside alone is filled");
}

#[test]
fn a_capsule_is_the_points_near_its_line() {
    let (a, b, radius) = (ImagePos::new(12.3, 30.1), ImagePos::new(41.0, 8.6), 6.4);
    let mut holes = Plane::filled(square(48), false);
    raster::fill_capsule(&mut holes, a, b, radius);
    for y in 0..48 {
        for x in 0..48 {
            let p = ImagePos::new(x as f32 + 0.5, y as f32 + 0.5);
            let along = ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / a.distance(b).powi(2);
            let t = along.clamp(0.0, 1.0);
            let nearest = ImagePos::new(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
            assert_eq!(holes.at(x, y), p.distance(nearest) <= radius, "pixel {x}, {y}");
        }
    }
}

#[test]
fn a_mix_draws_by_weight_and_reads_as_a_list() {
    let json = r#"[{"kind":"thin","weight":3.0},{"kind":"center","weight":1.0},{"kind":"thick","weight":0.0}]"#;
    let mix: HoleMix = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&mix).unwrap(), json, "round trip");
    let mut rng = rng(1, 1);
    let kinds: Vec<HoleKind> = (0..2000).map(|_| mix.draw_kind(&mut rng)).collect();
    let share = |kind| kinds.iter().filter(|&&k| k == kind).count() as f64 / 2000.0;
    assert!((share(HoleKind::Thin) - 0.75).abs() < 0.04, "three of four are thin: {}", share(HoleKind::Thin));
    assert_eq!(share(HoleKind::Thick), 0.0, "a weight of 0 never comes");
    assert_eq!(HoleMix::new(HoleMix::default().shares().to_vec()), Ok(HoleMix::default()), "the default is sound");
}

#[test]
fn an_unusable_mix_is_refused_with_a_sentence() {
    let cases = [
        ("[]", "no kind with a weight above 0"),
        (r#"[{"kind":"thin","weight":0.0}]"#, "no kind with a weight above 0"),
        (r#"[{"kind":"thin","weight":-1.0}]"#, "the weight -1 of holes of kind thin"),
        (r#"[{"kind":"thinn","weight":1.0}]"#, "unknown variant `thinn`"),
        (r#"[{"kind":"thin","wait":1.0}]"#, "unknown field `wait`"),
    ];
    for (json, expected) in cases {
        let error = serde_json::from_str::<HoleMix>(json).unwrap_err().to_string();
        assert!(error.contains(expected), "{json}: {error}");
    }
}

#[test]
fn names_are_read_back() {
    for kind in HoleKind::iter() {
        assert_eq!(kind.to_string().parse(), Ok(kind), "by strum");
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""), "by serde");
    }
}
