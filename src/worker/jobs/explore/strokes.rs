//! Strokes as constraints: rasters at the side of the manifold's pictures.

use std::sync::Arc;

use crate::document::explore::{PicturePos, Stroke, StrokeTool};
use crate::imaging::raster::{Brush, BrushSample, Paint, stroke as paint_stroke};
use crate::imaging::{Frame, ImagePos, Mask, Place, Plane, Size, cut};
use crate::latent::Constraint;

/// A sketch stroke says something of edges this many pixels around it, so that the picture has room to bring one there.
const AROUND: f32 = 1.0;

/// What `stroke` asks of pictures with `side` rows and columns.
pub(super) fn constraint_of(stroke: &Stroke, side: u32) -> Constraint {
    let weight = stroke.weight;
    let width = stroke.width * side as f32;
    match &stroke.tool {
        StrokeTool::Color { rgb } => {
            let color = Plane::filled(square(side), rgb.map(signed));
            Constraint::Color { mask: coverage(&stroke.points, width, side), color, weight }
        }
        StrokeTool::Sketch { is_edge } => {
            let ink = coverage(&stroke.points, width, side);
            let mask = coverage(&stroke.points, width + 2.0 * AROUND, side);
            let ink = if *is_edge { ink } else { Plane::filled(square(side), 0.0) };
            Constraint::Edges { mask, ink, weight }
        }
        StrokeTool::Warp { from, to, snapshot } => {
            let pixels = |at: &PicturePos| [at.x * side as f32, at.y * side as f32];
            let snapshot = picture(snapshot, side);
            Constraint::Warp { snapshot, from: pixels(from), to: pixels(to), side: width.max(1.0), weight }
        }
        StrokeTool::Keep { snapshot } => {
            let (mask, picture) = (coverage(&stroke.points, width, side), picture(snapshot, side));
            Constraint::Keep { mask, picture, weight }
        }
        // Searches are not told of them; what covers nothing asks for nothing.
        StrokeTool::Drag { .. } | StrokeTool::Movable => {
            let (mask, color) = (Plane::filled(square(side), 0.0), Plane::filled(square(side), [0.0; 3]));
            Constraint::Color { mask, color, weight }
        }
    }
}

/// Where a drag may change a picture; `None` when nobody says.
pub(super) fn movable<'a>(strokes: impl Iterator<Item = &'a Arc<Stroke>>, side: u32) -> Option<Plane<f32>> {
    strokes.map(|stroke| coverage(&stroke.points, stroke.width * side as f32, side)).reduce(|mut all, one| {
        all.data_mut().iter_mut().zip(one.data()).for_each(|(all, one)| *all = all.max(*one));
        all
    })
}

/// Marks in `keep`, which is of a photo's size, what `stroke` covers on the picture of the square at `place`.
pub(super) fn keep_under(keep: &mut Mask, stroke: &Stroke, place: Place) {
    let brush = Brush { radius: stroke.width * place.side / 2.0, hardness: 1.0, paint: Paint::Add };
    let points = stroke.points.iter().map(|at| place.photo_from_unit(ImagePos::new(at.x, at.y)));
    paint(keep, &points.collect::<Vec<_>>(), &brush);
}

/// Moves `brush` along `points`.
fn paint(mask: &mut Mask, points: &[ImagePos], brush: &Brush) {
    let sample = |pos: &ImagePos| BrushSample { pos: *pos, pressure: 1.0 };
    if let [point] = points {
        paint_stroke(mask, sample(point), sample(point), brush);
    }
    for pair in points.windows(2) {
        paint_stroke(mask, sample(&pair[0]), sample(&pair[1]), brush);
    }
}

const fn square(side: u32) -> Size {
    Size::new(side, side)
}

/// Where a brush of `width` pixels along `points` covers, 0..=1.
fn coverage(points: &[PicturePos], width: f32, side: u32) -> Plane<f32> {
    let mut mask = Mask::empty(square(side));
    let brush = Brush { radius: width / 2.0, hardness: 1.0, paint: Paint::Add };
    let points = points.iter().map(|at| ImagePos::new(at.x * side as f32, at.y * side as f32));
    paint(&mut mask, &points.collect::<Vec<_>>(), &brush);
    let plane = mask.plane(square(side).rect());
    let values = plane.data().iter().map(|&coverage| f32::from(coverage) / 255.0).collect();
    Plane::from_vec(square(side), values).unwrap_or_else(|| Plane::filled(square(side), 0.0))
}

/// A snapshot at the manifold's side, colors in -1..1.
fn picture(snapshot: &Frame, side: u32) -> Plane<[f32; 3]> {
    let size = snapshot.size();
    let resized = (size.width != side).then(|| cut(snapshot, Place::middle(size), side));
    let frame = resized.as_ref().unwrap_or(snapshot);
    let mut plane = Plane::filled(square(side), [0.0; 3]);
    for y in 0..side {
        for (x, pixel) in plane.row_mut(y).iter_mut().enumerate() {
            *pixel = frame.rgb_at(x as u32, y).map(|value| value / 127.5 - 1.0);
        }
    }
    plane
}

fn signed(value: u8) -> f32 {
    f32::from(value) / 127.5 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::explore::StrokeId;
    use crate::imaging::{ColorModel, Samples};

    fn stroke(tool: StrokeTool, points: &[(f32, f32)], width: f32) -> Stroke {
        let points = points.iter().map(|&(x, y)| PicturePos::new(x, y)).collect();
        Stroke { id: StrokeId(1), tool, points, width, weight: 2.0, is_visible: true }
    }

    fn covered(mask: &Plane<f32>) -> f32 {
        mask.data().iter().sum()
    }

    #[test]
    fn a_stroke_covers_as_much_of_a_small_picture_as_of_a_large_one() {
        let red = StrokeTool::Color { rgb: [255, 0, 127] };
        let red = stroke(red, &[(0.25, 0.5), (0.75, 0.5)], 0.1);
        for side in [32, 64, 128] {
            let Constraint::Color { mask, color, weight } = constraint_of(&red, side) else { panic!("a color") };
            let share = covered(&mask) / (side * side) as f32;
            let wanted = 0.1 * 0.5 + std::f32::consts::FRAC_PI_4 * 0.1 * 0.1;
            assert!((share - wanted).abs() < 0.01, "{share} of {side} px, not {wanted}");
            assert_eq!((mask.at(side / 2, side / 2), mask.at(0, 0)), (1.0, 0.0), "on it and off it");
            assert!((color.at(0, 0)[2] + 0.004).abs() < 1e-3 && weight == 2.0, "the color, in -1..1");
        }
    }

    #[test]
    fn what_is_kept_on_the_picture_is_kept_where_the_square_lies_on_the_photo() {
        let size = Size::new(200, 120);
        let snapshot = Frame::new(square(8), ColorModel::Rgb, Samples::U8(vec![0; 192])).unwrap();
        let keep = stroke(StrokeTool::Keep { snapshot }, &[(0.25, 0.5), (0.75, 0.5)], 0.2);
        let mut mask = Mask::empty(size);
        mask.write(crate::imaging::PixelRect::new(0, 0, 4, 4), |_, _, _| 255);
        keep_under(&mut mask, &keep, Place::upright(100.0, 20.0, 80.0));
        for (x, y, is_kept) in [(125, 60, true), (155, 60, true), (140, 66, true), (140, 70, false), (105, 60, false)] {
            assert_eq!(mask.is_hole(x, y), is_kept, "at {x}, {y}");
        }
        assert!(mask.is_hole(2, 2), "what was kept on the photo stays kept");
        let mut turned = Mask::empty(size);
        let place = Place { rotation: std::f32::consts::FRAC_PI_2, ..Place::upright(100.0, 20.0, 80.0) };
        keep_under(&mut turned, &keep, place);
        assert!(turned.is_hole(140, 45) && turned.is_hole(140, 75) && !turned.is_hole(125, 60), "with the square");
    }

    #[test]
    fn a_dot_is_a_stroke_and_no_edge_has_no_ink() {
        let no_edge = stroke(StrokeTool::Sketch { is_edge: false }, &[(0.5, 0.5)], 0.1);
        let Constraint::Edges { mask, ink, .. } = constraint_of(&no_edge, 64) else { panic!("edges") };
        assert!(covered(&mask) > 20.0 && covered(&ink) == 0.0, "a flat disc is wanted");
        let edge = stroke(StrokeTool::Sketch { is_edge: true }, &[(0.5, 0.5)], 0.001);
        let Constraint::Edges { mask, ink, .. } = constraint_of(&edge, 64) else { panic!("edges") };
        assert!(covered(&ink) > 0.5 && covered(&mask) > covered(&ink), "thin lines are at least a pixel wide");
    }

    #[test]
    fn snapshots_are_brought_to_the_side() {
        let size = Size::new(32, 32);
        let samples = (0..size.area()).flat_map(|at| [if at % 32 < 16 { 0 } else { 255 }, 128, 0]).collect();
        let snapshot = Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).unwrap();
        let (from, to) = (PicturePos::new(0.25, 0.5), PicturePos::new(0.75, 0.5));
        let warp = stroke(StrokeTool::Warp { from, to, snapshot: snapshot.clone() }, &[], 0.25);
        let Constraint::Warp { snapshot: plane, from, to, side, .. } = constraint_of(&warp, 64) else {
            panic!("a warp")
        };
        assert_eq!((from, to, side), ([16.0, 32.0], [48.0, 32.0], 16.0), "in pixels");
        assert!(plane.at(8, 8)[0] == -1.0 && plane.at(56, 8)[0] == 1.0, "left and right");
        let keep = stroke(StrokeTool::Keep { snapshot }, &[(0.5, 0.5)], 1.0);
        let Constraint::Keep { picture, .. } = constraint_of(&keep, 32) else { panic!("a keep") };
        assert_eq!(picture.at(31, 0), [1.0, 128.0 / 127.5 - 1.0, -1.0], "as it is");
    }
}
