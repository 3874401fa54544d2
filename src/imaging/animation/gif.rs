//! GIF, by the image project's own encoder.

use gif::{Encoder, EncodingError, Frame, Repeat};

use super::{AnimationError, AnimationOptions, SHORTEST_GIF_MILLIS, Size, enlarged};

/// The largest side that the format has a number for.
pub(super) const MAX_SIDE: u32 = u16::MAX as u32;
/// Of the search for a palette, from 1, the slowest and best, to 30.
const SPEED: i32 = 2;
/// The search learns from one pixel after the other (a net of Kohonen's, Dekker 1994), and of a small picture it would not see enough:
/// so it is shown the picture again until there are about as many.
const ENOUGH: usize = 1 << 16;

/// One frame: the palette is found before pixels are enlarged, which adds no color. `size` is that of `rgb`.
pub(super) fn encode(size: Size, rgb: &[u8], scale: u32) -> Frame<'static> {
    let often = (ENOUGH / size.area()).clamp(1, (MAX_SIDE / size.height) as usize);
    let height = size.height as usize * often;
    let mut frame = Frame::from_rgb_speed(size.width as u16, height as u16, &rgb.repeat(often), SPEED);
    frame.buffer = enlarged::<1>(&frame.buffer[..size.area()], size, scale).into();
    (frame.width, frame.height) = ((size.width * scale) as u16, (size.height * scale) as u16);
    frame.make_lzw_pre_encoded();
    frame
}

/// The file.
pub(super) fn assemble<'a>(
    frames: impl Iterator<Item = &'a Frame<'static>>,
    options: &AnimationOptions,
) -> Result<Vec<u8>, AnimationError> {
    write(frames, options).map_err(|error| AnimationError::Encode { reason: error.to_string() })
}

fn write<'a>(
    frames: impl Iterator<Item = &'a Frame<'static>>,
    options: &AnimationOptions,
) -> Result<Vec<u8>, EncodingError> {
    let mut frames = frames.enumerate().peekable();
    let (width, height) = frames.peek().map_or((0, 0), |(_, frame)| (frame.width, frame.height));
    let mut encoder = Encoder::new(Vec::new(), width, height, &[])?;
    match options.rounds {
        0 => encoder.set_repeat(Repeat::Infinite)?,
        // The number of times that it is played again.
        rounds => encoder.set_repeat(Repeat::Finite(rounds - 1))?,
    }
    for (at, frame) in frames {
        let mut frame = frame.clone();
        frame.delay = (hundredths(options, at + 1) - hundredths(options, at)).min(u64::from(u16::MAX)) as u16;
        encoder.write_lzw_pre_encoded_frame(&frame)?;
    }
    encoder.into_inner()
}

/// When frame `at` begins: rounded here, and not for each frame, the whole takes as long as it should.
fn hundredths(options: &AnimationOptions, at: usize) -> u64 {
    (at as u64 * u64::from(options.frame_millis.max(SHORTEST_GIF_MILLIS)) + 5) / 10
}
