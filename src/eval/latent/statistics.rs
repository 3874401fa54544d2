//! Means and how sure they are.

use serde::Serialize;

/// 95 % of a normal distribution lie within so many deviations.
const SURE: f64 = 1.96;

/// A mean with the interval in which it lies with 95 % confidence, as far as the mean of many values is normally distributed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// The interval's lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Values that it is the mean of.
    pub count: usize,
}

impl Interval {
    /// Of `values`; `None` without any.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let reach = SURE * (squares / (count.max(2) - 1) as f64 / count as f64).sqrt();
        Some(Self { mean, low: mean - reach, high: mean + reach, count })
    }
}

/// `values` without those below the 1st and above the 99th percentile.
pub(super) fn trimmed(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    let at = |part: f64| sorted[(part * last as f64).round() as usize];
    let (low, high) = (at(0.01), at(0.99));
    values.iter().copied().filter(|value| (low..=high).contains(value)).collect()
}

/// The conditional entropy in bits of a label given a prediction, from how often each of the four cases occurs: `counts[label][prediction]`.
pub(super) fn conditional_entropy(counts: [[usize; 2]; 2]) -> f64 {
    let all = counts.iter().flatten().sum::<usize>() as f64;
    if all == 0.0 {
        return 0.0;
    }
    let of_prediction = |prediction: usize| {
        let column = [counts[0][prediction] as f64, counts[1][prediction] as f64];
        let sum: f64 = column.iter().sum();
        let bits = |count: f64| if count > 0.0 { -count / sum * (count / sum).log2() } else { 0.0 };
        sum / all * column.map(bits).iter().sum::<f64>()
    };
    of_prediction(0) + of_prediction(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_knows_how_sure_it_is() {
        let values: Vec<f64> = (0..100).map(|at| f64::from(at % 2)).collect();
        let interval = Interval::of(&values).unwrap();
        assert!((interval.mean - 0.5).abs() < 1e-12 && interval.count == 100, "{interval:?}");
        // The deviation of a fair coin is a half, of the mean of a hundred a twentieth.
        assert!((interval.high - interval.mean - 1.96 * 0.0503).abs() < 1e-3, "{interval:?}");
        assert!(Interval::of(&[]).is_none(), "nothing is known of nothing");
    }

    #[test]
    fn the_farthest_percents_are_left_out() {
        let mut values: Vec<f64> = (0..201).map(f64::from).collect();
        values.push(1e9);
        let kept = trimmed(&values);
        assert!(kept.iter().all(|value| (1.0..=200.0).contains(value)) && kept.len() > 190, "{} kept", kept.len());
        assert_eq!(trimmed(&[3.0]), [3.0], "a single value stays");
    }

    #[test]
    fn entropies_are_those_of_coins() {
        assert!((conditional_entropy([[25, 25], [25, 25]]) - 1.0).abs() < 1e-12, "nothing is told: a bit is left");
        assert!(conditional_entropy([[50, 0], [0, 50]]) < 1e-12, "all is told");
        let half = conditional_entropy([[50, 0], [25, 25]]);
        assert!((half - 0.75 * 0.918_295_834).abs() < 1e-6, "a third of three quarters is told wrongly: {half}");
    }
}
