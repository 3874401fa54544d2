//! What a file holds that no network here is built from.

use strum::IntoEnumIterator as _;

use super::source::Source;
use super::{Family, Naming, dcgan};

/// Keys that only a generator of `StyleGAN3` has (Karras et al. 2021): the frequencies of its input.
const STYLEGAN3: &str = "synthesis.input.freqs";

/// Why `source` cannot be imported as `family`, or as anything; to follow "because".
pub(super) fn refusal(source: &Source, family: Option<Family>) -> String {
    let has = |anchor: &str| {
        let ends = |key: &String| key.strip_suffix(anchor).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        source.tables().iter().any(|table| table.shapes.keys().any(ends))
    };
    if has(STYLEGAN3) {
        let words = "it holds a StyleGAN3, which is not built here: its layers filter at rates of their own; StyleGAN and \
                     StyleGAN2 can be imported";
        return words.to_owned();
    }
    if let Some(words) =
        matches!(family, None | Some(Family::Dcgan)).then(|| dcgan::what_else(source.tables())).flatten()
    {
        return words;
    }
    let Some(family) = family else {
        return "it holds no network of a family that is known here".to_owned();
    };
    let known: Vec<&str> = Naming::iter().filter(|n| n.family() == family).map(Naming::anchor).collect();
    let other = Naming::iter().find(|naming| has(naming.anchor()));
    let hint = other.map_or_else(String::new, |other| format!("; it looks like one of the family {}", other.family()));
    format!("it holds no network of the family {family}: there is no key {}{hint}", known.join(" or "))
}

/// What can be done about a file that was refused for `reason`, if there is something.
pub(super) fn way_out(reason: &str) -> Option<&'static str> {
    // NVIDIA's pickles hold programs beside the numbers.
    let is_program = reason.contains("torch_utils.persistence");
    is_program.then_some("where that program runs, save G_ema.state_dict() as safetensors and import that")
}
