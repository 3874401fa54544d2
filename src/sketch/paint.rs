//! One picture of one drawing.

use std::time::Instant;

use candle_core::{DType, Device, Tensor};

use super::{Loaded, Seen, SketchError};
use crate::generators::sketcher::Variation;
use crate::imaging::drawing::fitted_with_border;
use crate::imaging::{ColorModel, Frame, Samples, Size};

/// A picture, and how long the network took.
#[derive(Clone, Debug)]
pub struct Painted {
    /// 8-bit RGB; square unless a photo was changed or a picture painted as it is.
    pub picture: Frame,
    /// Milliseconds of the network alone.
    pub millis: f32,
}

/// Paints what is seen of a drawing. The same drawing, network and variation give the same bytes.
///
/// # Errors
/// When the side does not suit the network, or it fails or gives what is no number.
pub fn paint(loaded: &Loaded, seen: &Seen, variation: Variation) -> Result<Painted, SketchError> {
    let (sketcher, side) = (loaded.sketcher.as_ref(), seen.side());
    if side == 0 || !(side as usize).is_multiple_of(sketcher.multiple()) {
        let (multiple, network) = (sketcher.multiple(), loaded.name.clone());
        return Err(SketchError::Side { side, multiple, network });
    }
    let ink = seen.ink_tensor(&Device::Cpu)?;
    let hints = if sketcher.inputs().has_hints { seen.hints_tensor(&Device::Cpu)? } else { None };
    let start = Instant::now();
    let painted = sketcher.paint(&ink, hints.as_ref(), variation)?;
    let picture = frame_of(&painted, Size::new(side, side), loaded)?;
    Ok(Painted { picture, millis: start.elapsed().as_secs_f32() * 1000.0 })
}

/// Changes `photo`, 8-bit RGB of any shape, with a network that was made for photos: the longer side becomes `side` pixels. The same
/// photo, network and variation give the same bytes.
///
/// # Errors
/// When the network is for drawings, or it fails or gives what is no number.
pub fn translate(loaded: &Loaded, photo: &Frame, side: u32, variation: Variation) -> Result<Painted, SketchError> {
    let sketcher = loaded.sketcher.as_ref();
    if sketcher.inputs().is_for_ink {
        return Err(SketchError::Photo { network: loaded.name.clone() });
    }
    let multiple = sketcher.multiple().max(1) as u32;
    let square = side.max(1).next_multiple_of(multiple);
    let (given, place) = fitted_with_border(photo, square);
    let start = Instant::now();
    let painted = sketcher.translate(&colors_tensor(&given)?, variation)?;
    let picture = frame_of(&painted, Size::new(square, square), loaded)?.crop(place);
    Ok(Painted { picture, millis: start.elapsed().as_secs_f32() * 1000.0 })
}

/// Feeds `picture`, 8-bit RGB, to the network as it is: dark is ink, nothing is drawn anew or resized. The same picture, network and
/// variation give the same bytes.
///
/// # Errors
/// When a side does not suit the network, or it fails or gives what is no number.
pub fn paint_as_is(loaded: &Loaded, picture: &Frame, variation: Variation) -> Result<Painted, SketchError> {
    let (sketcher, size) = (loaded.sketcher.as_ref(), picture.size());
    let multiple = sketcher.multiple().max(1);
    if let Some(side) = [size.width, size.height].into_iter().find(|&side| !(side as usize).is_multiple_of(multiple)) {
        return Err(SketchError::Side { side, multiple, network: loaded.name.clone() });
    }
    let colors = colors_tensor(picture)?;
    let start = Instant::now();
    let painted = if sketcher.inputs().is_for_ink {
        sketcher.paint(&colors.mean_keepdim(1)?.affine(-0.5, 0.5)?, None, variation)?
    } else {
        sketcher.translate(&colors, variation)?
    };
    let picture = frame_of(&painted, size, loaded)?;
    Ok(Painted { picture, millis: start.elapsed().as_secs_f32() * 1000.0 })
}

/// `[1, 3, h, w]` in -1..1 of a picture.
fn colors_tensor(picture: &Frame) -> Result<Tensor, SketchError> {
    let Size { width, height } = picture.size();
    let value = |channel: usize, at: usize| picture.rgb_at(at as u32 % width, at as u32 / width)[channel] / 127.5 - 1.0;
    let area = picture.size().area();
    let values: Vec<f32> = (0..3 * area).map(|at| value(at / area, at % area)).collect();
    Ok(Tensor::from_vec(values, (1, 3, height as usize, width as usize), &Device::Cpu)?)
}

/// `[1, 3, h, w]` in -1..1 as bytes.
fn frame_of(painted: &Tensor, size: Size, loaded: &Loaded) -> Result<Frame, SketchError> {
    let not_finite = || SketchError::NotFinite { network: loaded.name.clone() };
    let values = painted.detach().to_device(&Device::Cpu)?.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
    let area = size.area();
    if values.len() != 3 * area || !values.iter().fold(true, |all, value| all & value.is_finite()) {
        return Err(not_finite());
    }
    let byte = |value: &f32| (value * 127.5 + 128.0) as u8;
    let (red, rest) = values.split_at(area);
    let pixels = red.iter().zip(rest).zip(&rest[area..]);
    let samples = pixels.flat_map(|((red, green), blue)| [byte(red), byte(green), byte(blue)]).collect();
    Frame::new(size, ColorModel::Rgb, Samples::U8(samples)).ok_or_else(not_finite)
}
