//! One step of Adam on one candidate's variable (Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1).

use super::state::Slot;

/// Decay of the first moment.
const BETA_1: f32 = 0.9;
/// Decay of the second moment.
const BETA_2: f32 = 0.999;
/// Added to the denominator, outside of the root.
const EPS: f32 = 1e-8;

/// Moves `slot` against `slope`, the gradient of its cost in `y`.
pub(super) fn step(slot: &mut Slot, slope: &[f32], rate: f32) {
    slot.steps += 1;
    let (grown_1, grown_2) = (1.0 - BETA_1.powi(slot.steps), 1.0 - BETA_2.powi(slot.steps));
    let moments = slot.first.iter_mut().zip(&mut slot.second);
    for (((y, g), first), second) in slot.y.iter_mut().zip(slope).zip(moments).map(|((y, g), (a, b))| (((y, g), a), b))
    {
        *first = BETA_1.mul_add(*first, (1.0 - BETA_1) * g);
        *second = BETA_2.mul_add(*second, (1.0 - BETA_2) * g * g);
        *y -= rate / grown_1 * *first / (second.sqrt() / grown_2.sqrt() + EPS);
    }
}
