//! One picture of one drawing.

use std::time::Instant;

use candle_core::{DType, Device, Tensor};

use super::{Loaded, Seen, SketchError};
use crate::generators::sketcher::Variation;
use crate::imaging::{ColorModel, Frame, Samples, Size};

/// A picture, and how long the network took.
#[derive(Clone, Debug)]
pub struct Painted {
    /// Square, 8-bit RGB.
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
    let picture = frame_of(&painted, side, loaded)?;
    Ok(Painted { picture, millis: start.elapsed().as_secs_f32() * 1000.0 })
}

/// `[1, 3, s, s]` in -1..1 as bytes.
fn frame_of(painted: &Tensor, side: u32, loaded: &Loaded) -> Result<Frame, SketchError> {
    let not_finite = || SketchError::NotFinite { network: loaded.name.clone() };
    let values = painted.detach().to_device(&Device::Cpu)?.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
    let size = Size::new(side, side);
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
