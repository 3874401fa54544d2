//! What an import has found out about a checkpoint, kept with the model.

use std::collections::BTreeMap;

use candle_core::Tensor;
use serde::{Deserialize, Serialize};

use super::Ignored;

/// Buffers by the last part of their key: numbers that nothing has learned.
const BUFFERS: [&str; 5] = ["noise_const", "latent_avg", "w_avg", "running_mean", "running_var"];

/// An imported model's card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Learned numbers of the network that the family is named after; maps of noise, mean styles and running statistics are none.
    pub parameters: u64,
    /// Whether a discriminator came along.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_discriminator: bool,
    /// What of the file is not used: for each reason how many tensors, and one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
    /// What the network needs and the file does not have, in a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filled: Vec<String>,
}

impl Card {
    /// Of a network of `tensors`, from a file of which `ignored` is not used.
    pub(super) fn new(tensors: &BTreeMap<String, Tensor>, ignored: &[Ignored], filled: &[String]) -> Self {
        let is_judge = |key: &str| key.starts_with("discriminator.");
        let is_buffer = |key: &str| {
            key.starts_with("noises.") || key.rsplit('.').next().is_some_and(|leaf| BUFFERS.contains(&leaf))
        };
        let own = tensors.iter().filter(|(key, _)| !is_judge(key) && !is_buffer(key));
        Self {
            parameters: own.map(|(_, tensor)| tensor.elem_count() as u64).sum(),
            has_discriminator: tensors.keys().any(|key| is_judge(key)),
            ignored: by_reason(ignored),
            filled: filled.to_vec(),
        }
    }
}

/// A line for each reason, in the order of the alphabet.
fn by_reason(ignored: &[Ignored]) -> Vec<String> {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Ignored { key, reason } in ignored {
        reasons.entry(reason).or_default().push(key);
    }
    let line = |(reason, keys): (&str, Vec<&str>)| match keys.as_slice() {
        [key] => format!("{reason}: {key}"),
        keys => format!("{reason}: {}, such as {}", keys.len(), keys.first().copied().unwrap_or_default()),
    };
    reasons.into_iter().map(line).collect()
}
