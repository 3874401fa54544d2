//! Drawings there and back, and files that are none.

use std::io::{Cursor, Read as _};
use std::sync::Arc;

use rand::Rng as _;

use super::*;
use crate::control;
use crate::imaging::ink::{Tool, raster, raster_layers, shapes};
use crate::imaging::{ColorModel, FileFormat, Metadata, Samples, Size};

fn ring() -> Arc<Stroke> {
    Arc::new(Stroke { size: 0.02, ..Stroke::computed(Tool::Pen, shapes::ellipse((0.4, 0.5), (0.2, 0.3))) })
}

fn swelling() -> Arc<Stroke> {
    Arc::new(Stroke {
        size: 0.05,
        is_pressure_simulated: true,
        ..Stroke::new(Tool::Pen, shapes::line((0.1, 0.9), (0.9, 0.8)))
    })
}

fn eraser() -> Arc<Stroke> {
    Arc::new(Stroke { size: 0.1, ..Stroke::computed(Tool::Eraser, shapes::line((0.4, 0.1), (0.4, 0.3))) })
}

fn strokes(drawing: Drawing) -> Vec<Arc<Stroke>> {
    match drawing {
        Drawing::Strokes { strokes, .. } => strokes,
        Drawing::Picture { .. } => panic!("no strokes"),
    }
}

fn difference(a: &[Arc<Stroke>], b: &[Arc<Stroke>]) -> f32 {
    let (a, b) = (raster(a, 128), raster(b, 128));
    let apart: f32 = a.data().iter().zip(b.data()).map(|(a, b)| (a - b).abs()).sum();
    apart / a.data().iter().sum::<f32>()
}

#[test]
fn an_svg_comes_back_as_it_was_drawn() {
    let all = [ring(), eraser()];
    let text = svg(&[SvgLayer { name: "a <\"layer\"> & more", is_visible: true, strokes: &all }]);
    let back = strokes(decode(text.as_bytes(), &Limits::default()).unwrap());
    assert!(back.len() == 2 && back[0].tool == Tool::Pen, "a ring, cut where it begins and by the eraser");
    let apart = difference(&all, &back);
    assert!(apart < 0.06, "{apart} of the ink lies elsewhere");
    assert!((back[0].size - 0.02).abs() < 1e-4, "of its width");
    let hidden = svg(&[SvgLayer { name: "", is_visible: false, strokes: &all }]);
    assert!(matches!(decode(hidden.as_bytes(), &Limits::default()), Err(DrawingError::Empty)), "hidden is not read");
    let swelling = svg(&[SvgLayer { name: "", is_visible: true, strokes: &[swelling()] }]);
    assert!(swelling.contains("Z\" fill=\"#000000\""), "an outline: {swelling}");
}

#[test]
fn hints_come_back_from_an_svg_as_hints() {
    let hint = |color, x: f32| {
        Arc::new(Stroke { size: 0.04, color, ..Stroke::computed(Tool::Hint, shapes::line((x, 0.2), (x, 0.7))) })
    };
    let all = [ring(), hint([200, 30, 40], 0.3), hint([10, 90, 220], 0.6)];
    let text = svg(&[SvgLayer { name: "colors", is_visible: true, strokes: &all }]);
    let back = strokes(decode(text.as_bytes(), &Limits::default()).unwrap());
    let told: Vec<_> = back.iter().map(|stroke| (stroke.tool, stroke.color)).collect();
    assert_eq!(told[1..], [(Tool::Hint, [200, 30, 40]), (Tool::Hint, [10, 90, 220])], "no ink: {text}");
    assert!(told[0].0 == Tool::Pen && (back[1].size - 0.04).abs() < 1e-3, "a ring, and hints of their width");
    assert!(difference(&all, &back) < 0.06, "the ink is where it was");
}

#[test]
fn simple_paths_of_other_programs_are_read() {
    let text = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><g transform="translate(2 1) scale(0.5)">
        <path d="M0 0 h10 v10 z M2,2 q 3 4 5 0 c1 1 2 2 3 0" stroke="black" fill="none"/><circle cx="5" cy="5" r="4"/></g>
        <line x1="0" y1="0" x2="20" y2="10" stroke="red" stroke-width="2"/></svg>"#;
    let found = strokes(decode(text.as_bytes(), &Limits::default()).unwrap());
    assert_eq!(found.len(), 4, "two parts of a path, a circle, a line");
    let line = &found[3].samples;
    assert!((line[0].x - 0.08).abs() < 1e-3 && (line[1].x - 0.92).abs() < 1e-3, "fitted: {line:?}");
    assert!((line[0].y - 0.29).abs() < 1e-3, "and not squashed: {line:?}");
}

#[test]
fn quickdraw_and_json_come_back() {
    let all = [ring(), swelling(), eraser()];
    let text = quickdraw(&[&all], "cat");
    assert!(text.ends_with("]}\n") || text.ends_with("}\n"), "one line");
    let Drawing::Strokes { strokes: back, word } = decode(text.as_bytes(), &Limits::default()).unwrap() else {
        panic!("strokes")
    };
    assert_eq!((back.len(), word.as_deref()), (3, Some("cat")), "the eraser cut the ring");
    let far =
        back[2].samples.iter().zip(&*swelling().samples).map(|(a, b)| (a.x - b.x).hypot(a.y - b.y)).fold(0.0, f32::max);
    assert!(far < 1e-4 && back[2].millis() == swelling().millis(), "positions and times stay");
    let simplified = r#"{"word":"face","drawing":[[[0,255,255],[0,0,100]],[[10,20],[30,40]]]}"#;
    let found = strokes(decode(simplified.as_bytes(), &Limits::default()).unwrap());
    let first = found[0].samples[0];
    assert!((first.x - 0.08).abs() < 1e-3 && (first.y - 0.335).abs() < 2e-3, "fitted into the paper: {first:?}");
    let json = strokes_json(&all, Some("cat"));
    assert_eq!(strokes(decode(json.as_bytes(), &Limits::default()).unwrap()), all, "nothing is lost");
}

#[test]
fn an_open_raster_file_has_what_programs_look_for() {
    let picture = ink_frame(&raster(&[ring()], 32));
    let layer =
        |name: &str, opacity| OraLayer { name: name.to_owned(), picture: picture.clone(), opacity, is_visible: true };
    let bytes = open_raster(&[layer("below", 0.5), layer("a <b>", 1.0)], &picture).unwrap();
    assert_eq!(&bytes[30..54], b"mimetypeimage/openraster", "told by the first bytes");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    archive.by_name("stack.xml").unwrap().read_to_string(&mut xml).unwrap();
    assert!(xml.find("a &lt;b&gt;").unwrap() < xml.find("below").unwrap(), "the top one first: {xml}");
    for name in ["data/layer0.png", "data/layer1.png", "mergedimage.png", "Thumbnails/thumbnail.png"] {
        let mut png = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut png).unwrap();
        assert_eq!(io::decode(&png, &Limits::default()).unwrap().frame.size(), Size::new(32, 32), "{name}");
    }
}

#[test]
fn drawings_and_photos_are_told_apart_and_become_lines() {
    let ink = raster(&[ring()], 300);
    let drawing = ink_frame(&ink);
    let png = io::encode(&drawing, &Metadata::bare(FileFormat::Png), io::Encoding::new(FileFormat::Png)).unwrap();
    let Drawing::Picture { ink: found, is_photo, .. } = decode(&png, &Limits::default()).unwrap() else {
        panic!("a picture")
    };
    assert!(!is_photo, "black on white");
    let lines = lines_of(&found);
    assert!(lines.len() == 1 && lines[0].is_sound(), "one ring: {}", lines.len());
    let near = lines[0].samples.iter().all(|s| (((s.x - 0.4) / 0.2).hypot((s.y - 0.5) / 0.3) - 1.0).abs() < 0.08);
    assert!(near, "where it was drawn");
    let inverted = Frame::new(
        drawing.size(),
        ColorModel::Rgb,
        Samples::U8(
            (0..300 * 300 * 3)
                .map(|at| {
                    255 - match drawing.samples() {
                        Samples::U8(v) => v[at],
                        Samples::U16(_) => 0,
                    }
                })
                .collect(),
        ),
    )
    .unwrap();
    let (white_on_black, is_photo) = ink_of(&inverted);
    assert!(!is_photo && (white_on_black.at(3, 3), white_on_black.at(103, 256) > 0.5) == (0.0, true), "ink is ink");
    let mut rng = control::rng(1, 2);
    let samples =
        (0..200 * 100 * 3).map(|at| if (at / 3) % 200 < 100 { 90 } else { 170 } + rng.random_range(0..6)).collect();
    let photo = Frame::new(Size::new(200, 100), ColorModel::Rgb, Samples::U8(samples)).unwrap();
    let (edges, is_photo) = ink_of(&photo);
    assert!(is_photo, "grey in grey");
    let on_edge: f32 = (160..350).map(|y| (250..262).map(|x| edges.at(x, y)).sum::<f32>()).sum();
    assert!(on_edge > 150.0, "its edge is found: {on_edge}");
    assert!((0..240).all(|x| (120..136).all(|y| edges.at(x, y) == 0.0)), "the letter-box's border is none");
}

/// Black lines of `pen` pixels on white: across at a third of the height, and from corner to corner.
fn lined(size: Size, pen: u32) -> Frame {
    let mut samples = vec![255; size.area() * 3];
    let mut put = |x: u32, y: u32| {
        for (x, y) in (0..pen).flat_map(|dx| (0..pen).map(move |dy| (x + dx, y + dy))) {
            if x < size.width && y < size.height {
                let at = (y as usize * size.width as usize + x as usize) * 3;
                samples[at..at + 3].fill(0);
            }
        }
    };
    for x in size.width / 10..size.width * 9 / 10 {
        put(x, size.height / 3);
        put(x, (u64::from(x) * u64::from(size.height) / u64::from(size.width)) as u32);
    }
    Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap()
}

#[test]
fn thin_lines_of_a_large_drawing_reach_the_network() {
    use crate::imaging::edges::{Refinement, canonical};
    for (width, height, pen) in [
        (300, 300, 1),
        (1024, 1024, 1),
        (1024, 1024, 3),
        (2048, 2048, 1),
        (2048, 2048, 2),
        (3000, 3000, 1),
        (3000, 2000, 3),
        (6000, 60, 1),
    ] {
        let picture = lined(Size::new(width, height), pen);
        let png = io::encode(&picture, &Metadata::bare(FileFormat::Png), io::Encoding::new(FileFormat::Png)).unwrap();
        let Drawing::Picture { ink, is_photo, picture } = decode(&png, &Limits::default()).unwrap() else {
            panic!("a picture")
        };
        let what = format!("{width} x {height} pixels, a pen of {pen}");
        assert!(!is_photo && picture.size().width <= MAX_SIDE, "{what}: a drawing");
        for side in [128, 256] {
            let seen = canonical(&ink, side, Refinement::FAITHFUL);
            let row = (side as f32 * (0.5 + (1.0 / 3.0 - 0.5) * height as f32 / width as f32)) as u32;
            let has_ink = |x: &u32| (row.saturating_sub(3)..row + 4).any(|y| seen.at(*x, y) > 0.3);
            let columns = side / 8..side * 7 / 8;
            let found = columns.clone().filter(has_ink).count() as f32 / columns.count() as f32;
            assert!(found > 0.95, "{what}: {found} of the line at {side} pixels");
        }
        assert!(!lines_of(&ink).is_empty(), "{what}: strokes");
        let points = crate::school::Ink::of_picture(&ink).bounds();
        assert!(points.is_some_and(|[left, _, right, _]| left < 0.12 && right > 0.88), "{what}: {points:?}");
    }
}

#[test]
fn dust_is_no_line_and_a_black_picture_is_all_ink() {
    let size = Size::new(2048, 2048);
    let mut samples = vec![255; size.area() * 3];
    let mut rng = control::rng(5, 1);
    for _ in 0..200 {
        let at = rng.random_range(0..size.area()) * 3;
        samples[at..at + 3].fill(0);
    }
    let (ink, _) = ink_of(&Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap());
    assert!(ink.data().iter().all(|&value| value < 0.2), "single pixels of a scan");
    let black = Frame::new(Size::new(90, 60), ColorModel::Rgb, Samples::U8(vec![4; 90 * 60 * 3])).unwrap();
    let (ink, is_photo) = ink_of(&black);
    assert!(!is_photo && ink.at(256, 256) == 1.0 && ink.at(256, 20) == 0.0, "covered, but for the bars");
}

#[test]
fn pictures_are_fitted_and_never_squashed() {
    let wide = Frame::new(Size::new(40, 20), ColorModel::Rgb, Samples::U8(vec![0; 2400])).unwrap();
    let square = fitted(&wide, 20);
    assert_eq!((square.rgb_at(10, 2)[0], square.rgb_at(10, 10)[0]), (255.0, 0.0), "bars above and below");
    let pair = side_by_side(&square, &fitted(&wide, 40));
    assert_eq!(pair.size(), Size::new(40, 20), "one height");
    let (bordered, place) = fitted_with_border(&wide, 20);
    assert_eq!((place.width(), place.height(), place.y0), (20, 10, 5), "where it lies");
    assert_eq!(bordered.rgb_at(10, 0), [0.0; 3], "its border goes on");
    assert_eq!(colors_of(&wide, 10).size(), Size::new(10, 5), "smaller");
}

#[test]
fn ten_thousand_strokes_become_files_and_what_is_no_drawing_one_sentence() {
    let many: Vec<_> = (0..10_000u32)
        .map(|at| Arc::new(Stroke::computed(Tool::Pen, shapes::line((at as f32 / 1e4, 0.1), (at as f32 / 1e4, 0.11)))))
        .collect();
    let back = strokes(decode(quickdraw(&[&many], "rain").as_bytes(), &Limits::default()).unwrap());
    assert_eq!(back.len(), 10_000, "all of them");
    assert!(raster_layers(&[&back], 64).data().iter().any(|&value| value > 0.0), "drawn");
    let bad = [
        "",
        "hello",
        "{}",
        "[]",
        "[[1,2]]",
        "{\"drawing\":3}",
        "{\"drawing\":[[[1],[1,2]]]}",
        "<svg",
        "<svg></svg>",
        "{\"strokes\":[{\"samples\":[]}]}",
        "{\"side\":1e-9,\"drawing\":[[[1e30],[1]]]}",
    ];
    for text in bad {
        let outcome = decode(text.as_bytes(), &Limits::default());
        let error = outcome.map(drop).expect_err(text);
        assert!(!error.to_string().contains('\n'), "one sentence for {text:?}: {error}");
    }
}

#[test]
fn damaged_drawings_are_drawings_or_one_sentence() {
    let all = [ring(), swelling(), eraser()];
    let files = [
        svg(&[SvgLayer { name: "a", is_visible: true, strokes: &all }]),
        quickdraw(&[&all], "cat"),
        strokes_json(&all, None),
    ];
    let mut rng = control::rng(3, 4);
    let mut sound = 0;
    for round in 0..600 {
        let mut bytes = files[round % 3].clone().into_bytes();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bytes.len());
            match rng.random_range(0..4) {
                0 => bytes[at] ^= 1 << (at % 7),
                1 => bytes.truncate(at.max(1)),
                2 => bytes[at] = b"9-e.\"[]{}<>"[at % 11],
                _ => {
                    let piece: Vec<u8> = bytes[at..].iter().take(30).copied().collect();
                    bytes.splice(at..at, piece);
                }
            }
        }
        match decode(&bytes, &Limits::default()) {
            Ok(Drawing::Strokes { strokes, .. }) => {
                assert!(strokes.iter().all(|stroke| stroke.is_sound()), "what is read is sound");
                sound += 1;
            }
            Ok(Drawing::Picture { .. }) => panic!("no picture"),
            Err(error) => assert!(!error.to_string().contains('\n'), "one sentence: {error}"),
        }
    }
    assert!(sound > 60, "many are still drawings: {sound}");
    let deep = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{}", "<g>".repeat(60_000));
    assert!(decode(deep.as_bytes(), &Limits::default()).is_err(), "deep nesting is refused");
    let deep = "[".repeat(200_000);
    assert!(decode(deep.as_bytes(), &Limits::default()).is_err(), "so is this");
}
