//! The order of candidates, how low their costs have come, and the share of each in their average.

use std::cmp::Ordering;

use super::state::Runner;

/// Sorts by cost, the best first; equals by age, and what was never seen last.
pub(super) fn sort(runners: &mut [Runner]) {
    runners.sort_by(by_cost);
}

fn by_cost(a: &Runner, b: &Runner) -> Ordering {
    let cost = |runner: &Runner| runner.seen.as_ref().map_or(f32::INFINITY, |seen| seen.cost);
    cost(a).total_cmp(&cost(b)).then(a.slot.id.cmp(&b.slot.id))
}

/// Twice the mean of the best half of those wanted. The released program (Zhu et al. 2016) shows nothing dearer; here all that are kept
/// are shown, and the number tells whether a search has settled.
pub(super) fn threshold(costs: &[f32], kept: usize) -> f32 {
    let mut sorted = costs.to_vec();
    sorted.sort_by(f32::total_cmp);
    let best = &sorted[..sorted.len().min((kept / 2).max(1))];
    2.0 * best.iter().sum::<f32>() / best.len().max(1) as f32
}

/// Each candidate's share in the average picture: `exp(-(c - mean) / (deviation + 1e-10))`, scaled to sum to 1 (Zhu et al.
/// 2016, released program).
pub(super) fn shares(costs: &[f32]) -> Vec<f32> {
    let count = costs.len().max(1) as f32;
    let mean = costs.iter().sum::<f32>() / count;
    let deviation = (costs.iter().map(|cost| (cost - mean).powi(2)).sum::<f32>() / count).sqrt();
    let raw: Vec<f32> = costs.iter().map(|cost| (-(cost - mean) / (deviation + 1e-10)).exp()).collect();
    let total: f32 = raw.iter().sum();
    raw.iter().map(|raw| raw / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_mean_of_the_best_half_is_the_limit() {
        assert!((threshold(&[5.0, 1.0, 9.0, 3.0], 4) - 4.0).abs() < 1e-6, "of 1 and 3");
        assert!((threshold(&[5.0], 16) - 10.0).abs() < 1e-6, "of the only one");
    }

    #[test]
    fn cheaper_candidates_have_larger_shares() {
        let shares = shares(&[1.0, 2.0, 3.0]);
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-6 && shares[0] > shares[1], "{shares:?}");
        assert!((shares[0] / shares[1] - 1.224_745_f32.exp()).abs() < 1e-3, "one and a quarter deviations apart");
        assert_eq!(super::shares(&[4.0, 4.0]), [0.5, 0.5], "equals share equally");
    }
}
