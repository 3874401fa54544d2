//! Vectors of whatever width the machine has: loads and stores with checked bounds.

use std::sync::OnceLock;

use pulp::{Arch, Simd, bytemuck};

/// Reads one vector that begins at `src[at]`.
#[inline(always)]
pub(super) fn load<S: Simd>(_simd: S, src: &[f32], at: usize) -> S::f32s {
    bytemuck::pod_read_unaligned(bytemuck::cast_slice(&src[at..at + S::F32_LANES]))
}

/// Writes one vector that begins at `dst[at]`.
#[inline(always)]
pub(super) fn store<S: Simd>(_simd: S, dst: &mut [f32], at: usize, value: S::f32s) {
    bytemuck::cast_slice_mut(&mut dst[at..at + S::F32_LANES]).copy_from_slice(bytemuck::bytes_of(&value));
}

/// `to[x] = from[x * step]` for `x < len`.
#[inline(always)]
pub(super) fn copy<S: Simd>(simd: S, from: &[f32], step: usize, len: usize, to: &mut [f32]) {
    let lanes = S::F32_LANES;
    let to = &mut to[..len];
    if step == 1 && len >= lanes {
        let from = &from[..len];
        let mut x = 0;
        while x + lanes < len {
            store(simd, to, x, load(simd, from, x));
            x += lanes;
        }
        // The last vector overlaps the one before it.
        store(simd, to, len - lanes, load(simd, from, len - lanes));
    } else if step == 2 {
        let mut x = 0;
        while x + lanes <= len && 2 * (x + lanes) <= from.len() {
            store(simd, to, x, evens(simd, load(simd, from, 2 * x), load(simd, from, 2 * x + lanes)));
            x += lanes;
        }
        if x < len {
            // The last pair may lack its second value.
            let pairs = &from[2 * x..from.len().min(2 * len)];
            let (low, high) = pairs.split_at(pairs.len().min(lanes));
            let values = evens(simd, simd.partial_load_f32s(low), simd.partial_load_f32s(high));
            simd.partial_store_f32s(&mut to[x..], values);
        }
    } else {
        to.iter_mut().zip(from.iter().step_by(step)).for_each(|(to, from)| *to = *from);
    }
}

/// The values at even places of two vectors, the first vector's first.
#[inline(always)]
fn evens<S: Simd>(simd: S, low: S::f32s, high: S::f32s) -> S::f32s {
    #[cfg(target_arch = "x86_64")]
    if let Some(v4) = (&simd as &dyn std::any::Any).downcast_ref::<pulp::x86::V4>() {
        let places = pulp::cast([0_i32, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30]);
        let [low, high] = [low, high].map(bytemuck::cast::<S::f32s, pulp::f32x16>);
        let evens: pulp::f32x16 =
            pulp::cast(v4.avx512f._mm512_permutex2var_ps(pulp::cast(low), places, pulp::cast(high)));
        return bytemuck::cast(evens);
    }
    let mut both = [0.0_f32; 32];
    store(simd, &mut both, 0, low);
    store(simd, &mut both, S::F32_LANES, high);
    let evens: [f32; 16] = std::array::from_fn(|at| both[2 * at]);
    load(simd, &evens, 0)
}

/// Asks for the cache line with `src[at]`, which will be read soon; nothing happens outside of the slice.
#[inline(always)]
pub(super) fn prefetch(src: &[f32], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(value) = src.get(at) {
        // SAFETY: a prefetch has no effect but on the cache, and the address is valid.
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(std::ptr::from_ref(value).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (src, at);
}

/// Output channels are packed in groups of so many.
pub(super) const ROWS: usize = 8;

/// The most vectors of pixels in one panel.
pub(super) const PANEL: usize = 3;

/// The vector instructions in use: the widest that this machine has, or fewer where `PENTIMENTO_SIMD` asks for `avx2` or
/// `portable`, so that each of them can be tested on one machine.
pub(super) fn arch() -> Arch {
    static ARCH: OnceLock<Arch> = OnceLock::new();
    *ARCH.get_or_init(|| match std::env::var("PENTIMENTO_SIMD").as_deref() {
        #[cfg(target_arch = "x86_64")]
        Ok("avx2") => pulp::x86::V3::try_new().map_or(Arch::Scalar, Arch::V3),
        Ok("portable") => Arch::Scalar,
        Err(_) | Ok("") => Arch::new(),
        Ok(other) => {
            tracing::warn!("PENTIMENTO_SIMD is `{other}`, which is not known here: using the widest vectors");
            Arch::new()
        }
    })
}

/// The name of the vector instructions in use: `avx512`, `avx2`, `neon` or `portable`.
pub fn vectors() -> &'static str {
    match (arch(), lanes()) {
        (Arch::Scalar, _) => "portable",
        (_, 16) => "avx512",
        (_, 8) => "avx2",
        _ => "neon",
    }
}

/// Floats in a vector.
pub(super) fn lanes() -> usize {
    struct Lanes;
    impl pulp::WithSimd for Lanes {
        type Output = usize;
        #[inline(always)]
        fn with_simd<S: Simd>(self, _simd: S) -> usize {
            S::F32_LANES
        }
    }
    arch().dispatch(Lanes)
}
