//! The numbers of a tensor from the bytes of its storage.

use half::{bf16, f16};

use super::pickle::Element;

/// Whether a view with these sizes and steps lies within `count` numbers and has no more than those.
pub(super) fn is_within(count: usize, offset: usize, dims: &[usize], strides: &[usize]) -> bool {
    let Some(n_values) = dims.iter().try_fold(1_usize, |product, side| product.checked_mul(*side)) else {
        return false;
    };
    let last = dims.iter().zip(strides).try_fold(offset, |last, (side, stride)| {
        side.saturating_sub(1).checked_mul(*stride).and_then(|reach| last.checked_add(reach))
    });
    n_values == 0 || (n_values <= count && last.is_some_and(|last| last < count))
}

/// The values of a view, row by row, in f32; `None` if it reaches beyond `bytes`.
pub(super) fn gather(
    bytes: &[u8],
    element: Element,
    offset: usize,
    dims: &[usize],
    strides: &[usize],
) -> Option<Vec<f32>> {
    if !is_within(bytes.len() / element.size(), offset, dims, strides) {
        return None;
    }
    let view = View { bytes, offset, dims, strides };
    match element {
        Element::F64 => view.read(|bytes| f64::from_le_bytes(bytes) as f32),
        Element::F32 => view.read(f32::from_le_bytes),
        Element::F16 => view.read(|bytes| f16::from_le_bytes(bytes).to_f32()),
        Element::Bf16 => view.read(|bytes| bf16::from_le_bytes(bytes).to_f32()),
        Element::I64 => view.read(|bytes| i64::from_le_bytes(bytes) as f32),
        Element::I32 => view.read(|bytes| i32::from_le_bytes(bytes) as f32),
        Element::I16 => view.read(|bytes| f32::from(i16::from_le_bytes(bytes))),
        Element::I8 => view.read(|bytes| f32::from(i8::from_le_bytes(bytes))),
        Element::U8 => view.read(|bytes| f32::from(u8::from_le_bytes(bytes))),
    }
}

struct View<'a> {
    bytes: &'a [u8],
    offset: usize,
    dims: &'a [usize],
    strides: &'a [usize],
}

impl View<'_> {
    fn read<const N: usize>(&self, number: impl Fn([u8; N]) -> f32) -> Option<Vec<f32>> {
        let (numbers, _) = self.bytes.as_chunks::<N>();
        let n_values: usize = self.dims.iter().product();
        let mut values = Vec::with_capacity(n_values);
        let (row, step) = match (self.dims.split_last(), self.strides.last()) {
            (Some((row, _)), Some(step)) => (*row, *step),
            _ => (1, 1),
        };
        // The place of the row that is read, in all directions but the last.
        let mut at = vec![0; self.dims.len().saturating_sub(1)];
        while values.len() < n_values {
            let start = self.offset + at.iter().zip(self.strides).map(|(at, stride)| at * stride).sum::<usize>();
            for column in 0..row {
                values.push(number(*numbers.get(start + column * step)?));
            }
            for (place, side) in at.iter_mut().zip(self.dims).rev() {
                *place += 1;
                if *place < *side {
                    break;
                }
                *place = 0;
            }
        }
        Some(values)
    }
}
