//! Animated WebP: lossless frames, each encoded by the image project's encoder, in the container of RFC 9649 (§2.7.1).

use super::{AnimationError, AnimationOptions, Size};

/// The largest side of a lossless frame.
pub(super) const MAX_SIDE: u32 = 16_383;
/// Bytes before the first chunk of a WebP file.
const FILE_HEADER: usize = 12;
/// VP8X: there is an animation.
const HAS_ANIMATION: u8 = 0x02;
/// ANMF: the frame covers what was there, it is not blended with it.
const DO_NOT_BLEND: u8 = 0x02;

/// The file of `frames`, each a WebP file of `size` without metadata.
pub(super) fn assemble<'a>(
    size: Size,
    frames: impl Iterator<Item = &'a [u8]>,
    options: &AnimationOptions,
) -> Result<Vec<u8>, AnimationError> {
    let mut body = b"WEBP".to_vec();
    let mut header = vec![HAS_ANIMATION, 0, 0, 0];
    push_size(&mut header, size);
    push_chunk(&mut body, *b"VP8X", &[&header]);
    // No background is ever seen.
    let mut animation = vec![0; 4];
    animation.extend(options.rounds.to_le_bytes());
    push_chunk(&mut body, *b"ANIM", &[&animation]);
    for file in frames {
        // Its offset is 0, 0.
        let mut head = vec![0; 6];
        push_size(&mut head, size);
        push_24(&mut head, options.frame_millis);
        head.push(DO_NOT_BLEND);
        push_chunk(&mut body, *b"ANMF", &[&head, file.get(FILE_HEADER..).unwrap_or_default()]);
    }
    let Ok(length) = u32::try_from(body.len()) else {
        return Err(AnimationError::Encode { reason: "a WebP file of more than 4 GB".to_owned() });
    };
    Ok([b"RIFF".as_slice(), &length.to_le_bytes(), &body].concat())
}

fn push_chunk(out: &mut Vec<u8>, name: [u8; 4], parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.extend(name);
    out.extend((length as u32).to_le_bytes());
    for part in parts {
        out.extend_from_slice(part);
    }
    // Chunks begin at even places.
    out.extend(std::iter::repeat_n(0, length % 2));
}

/// Width and height, each less one.
fn push_size(out: &mut Vec<u8>, size: Size) {
    push_24(out, size.width.saturating_sub(1));
    push_24(out, size.height.saturating_sub(1));
}

fn push_24(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.min(0xFF_FFFF).to_le_bytes()[..3]);
}
