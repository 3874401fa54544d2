//! The innermost loop: a block of products `C += A * B` held in registers.

use pulp::Simd;

use super::lanes::{PANEL, ROWS};

/// One column panel of a product: `c[row][pixel] (+)= sum over k of a[k][row] * b[k][pixel]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Panel<'a> {
    /// Packed rows: groups of [`ROWS`], each `[depth][ROWS]`, `a_step` floats apart.
    pub(super) a: &'a [f32],
    pub(super) a_step: usize,
    /// Packed columns `[depth][vectors * lanes]`.
    pub(super) b: &'a [f32],
    /// Groups of rows.
    pub(super) groups: usize,
    /// Summands.
    pub(super) depth: usize,
    /// 1 to [`PANEL`] vectors of columns.
    pub(super) vectors: usize,
    /// Floats from one row of `c` to the next.
    pub(super) c_step: usize,
    /// Adds to what `c` holds instead of overwriting it.
    pub(super) adds: bool,
}

impl Panel<'_> {
    /// Computes the panel into `c`.
    #[inline(always)]
    pub(super) fn run<S: Simd>(&self, simd: S, c: &mut [f32]) {
        let width = self.vectors * S::F32_LANES;
        assert!(self.vectors >= 1 && self.vectors <= PANEL, "a panel of {} vectors", self.vectors);
        if self.groups == 0 || self.depth == 0 {
            return;
        }
        assert!(self.a.len() >= (self.groups - 1) * self.a_step + self.depth * ROWS, "packed rows are too short");
        assert!(self.b.len() >= self.depth * width, "packed columns are too short");
        assert!(c.len() >= (self.groups * ROWS - 1) * self.c_step + width, "the block of results is too short");
        for group in 0..self.groups {
            let a = &self.a[group * self.a_step..];
            let c = &mut c[group * ROWS * self.c_step..];
            if S::REGISTER_COUNT >= 32 {
                self.widths::<S, 8>(simd, a, c);
            } else {
                self.widths::<S, 4>(simd, a, c);
                self.widths::<S, 4>(simd, &a[4..], &mut c[4 * self.c_step..]);
            }
        }
    }

    #[inline(always)]
    fn widths<S: Simd, const R: usize>(&self, simd: S, a: &[f32], c: &mut [f32]) {
        match self.vectors {
            1 => self.block::<S, R, 1>(simd, a, c),
            2 => self.block::<S, R, 2>(simd, a, c),
            _ => self.block::<S, R, 3>(simd, a, c),
        }
    }

    /// `R` rows by `V` vectors, all in registers.
    #[inline(always)]
    fn block<S: Simd, const R: usize, const V: usize>(&self, simd: S, a: &[f32], c: &mut [f32]) {
        let lanes = S::F32_LANES;
        let mut sums = [[simd.splat_f32s(0.0); V]; R];
        // SAFETY: `run` has checked that `a` holds `depth` groups of ROWS values from here on (R of them are read, and for
        // the second half of a group the slice began R later), `b` `depth` rows of V vectors, and `c` R rows of V vectors.
        unsafe {
            let (mut a, mut b) = (a.as_ptr(), self.b.as_ptr());
            for _ in 0..self.depth {
                let mut column = [simd.splat_f32s(0.0); V];
                for v in 0..V {
                    column[v] = b.add(v * lanes).cast::<S::f32s>().read_unaligned();
                }
                for r in 0..R {
                    let weight = simd.splat_f32s(*a.add(r));
                    for v in 0..V {
                        sums[r][v] = simd.mul_add_e_f32s(weight, column[v], sums[r][v]);
                    }
                }
                a = a.add(ROWS);
                b = b.add(V * lanes);
            }
            for r in 0..R {
                for v in 0..V {
                    let place = c.as_mut_ptr().add(r * self.c_step + v * lanes).cast::<S::f32s>();
                    let sum = if self.adds { simd.add_f32s(place.read_unaligned(), sums[r][v]) } else { sums[r][v] };
                    place.write_unaligned(sum);
                }
            }
        }
    }
}
