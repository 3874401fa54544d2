//! Pictures of what a network saw and did.

use super::canvas::{Canvas, Pixel};
use super::engine::Painting;
use super::picture::Picture;
use crate::erase::Explanation;
use crate::imaging::{ColorModel, Frame, Patch, Plane, Samples, Size};

/// The pictures of `painting`, with `patch` as what came of it.
pub(crate) fn explanation(painting: Painting, patch: &Patch) -> Option<Explanation> {
    let look = painting.look?;
    let (rect, colors) = painting.surroundings;
    let mut canvas = Canvas { rect, colors, pixels: Plane::filled(rect.size(), Pixel::Known) };
    let part = patch.rect().intersect(rect);
    for (x, y) in (part.y0..part.y1).flat_map(|y| (part.x0..part.x1).map(move |x| (x, y))) {
        let (column, row) = ((x - patch.rect().x0) as u32, (y - patch.rect().y0) as u32);
        if patch.coverage().at(column, row) > 0 {
            let at = canvas.at(x, y);
            let mut color = [patch.pixels().rgb_at(column, row)];
            painting.srgb.to_srgb(&mut color);
            canvas.colors[at] = color[0];
        }
    }
    let result = Picture::of(&canvas, look.square, look.side, |_, _, _| true);
    let frame = |colors: &[[f32; 3]]| frame_of(look.side, colors);
    Some(Explanation {
        crop: frame(&look.crop)?,
        input: frame(&look.input)?,
        raw: frame(&look.raw)?,
        result: frame(&result.colors)?,
    })
}

fn frame_of(side: usize, colors: &[[f32; 3]]) -> Option<Frame> {
    let samples = colors.iter().flatten().map(|&v| (v + 0.5) as u8).collect();
    Frame::new(Size::new(side as u32, side as u32), ColorModel::Rgb, Samples::U8(samples))
}
