//! Winograd's minimal filtering: kernels of 3x3 at stride 1, and of 3 to 6 at stride 2, in two to four times fewer
//! multiplications.
//!
//! A kernel at stride 2 is four kernels of half its size at stride 1: on four phases of the input (gather), or for four phases
//! of the result (scatter). A job takes a few dozen tiles through all three steps (values to products of every input
//! channel, the sums over channels, products to results), so that what passes between the steps stays in the cache.

mod channels;
mod enter;
mod gradient;
mod job;
mod leave;
mod plan;
mod tile;
mod weights;

pub(super) use gradient::gradient;
pub(super) use plan::{Kind, Plan};
pub(super) use weights::{Packed, pack};

use std::marker::PhantomData;

use super::finish::Finish;
use super::lanes::arch;
use super::pool::{Shared, for_each_job};
use job::{Run, Split};
use tile::{Four2, Four3, Tile, Two3};

/// Runs the plan on `input`; `None` when the result is not finite.
pub(super) fn run(plan: &Plan, input: &[f32], packed: &Packed, finish: &Finish<'_>) -> Option<Vec<f32>> {
    match plan.kind {
        Kind::Four3 => run_with::<Four3>(plan, input, packed, finish),
        Kind::Four2 => run_with::<Four2>(plan, input, packed, finish),
        Kind::Two3 => run_with::<Two3>(plan, input, packed, finish),
    }
}

fn run_with<T: Tile>(plan: &Plan, input: &[f32], packed: &Packed, finish: &Finish<'_>) -> Option<Vec<f32>> {
    let split = Split::new::<T>(plan);
    let len = plan.batch * plan.c_out * plan.out.0 * plan.out.1;
    let fill = |out: &Shared| {
        for_each_job(split.jobs(), split.scratch(), |index, scratch| {
            let tile = PhantomData::<T>;
            arch().dispatch(Run { plan, split: &split, input, packed, finish, out, index, scratch, tile });
        });
    };
    // SAFETY: the jobs cover every tile of every channel once, and a tile all of its pixels.
    unsafe { Shared::fill(len, fill) }
}
