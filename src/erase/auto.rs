//! *Auto*: which engine a hole gets, by its shape and size, and the reason in one sentence.

use std::fmt;

use serde::Serialize;

use super::networks::NetworkInfo;
use super::{Engine, Family};

/// A hole as [`choose`] sees it, in pixels of the photo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HoleShape {
    /// The diameter of the largest disc in it, about.
    pub width: u32,
    /// The longer side of the box around it.
    pub length: u32,
}

/// A hole that is not wide is a stroke from this length on, in widths.
const THIN_RATIO: u32 = 4;
/// From this width on (grown; 16 as marked) a network's fill helps. On the board (121 holes) a guided fill was nearer to the
/// truth than one from the photo alone in 6 of 12 narrower holes (-0.6 dB in the mean), and in 73 of 109 wider ones: +1.7 dB
/// from 16 to 40 pixels, +0.4 dB from 40 to 72, +1.9 dB above. All holes together: 16.38 dB and U-IDS 43.8, where 64 pixels
/// as the limit gave 15.87 dB and 42.8.
const WIDE_WIDTH: u32 = 18;

/// The rule by which an engine was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, strum::EnumIter, strum::IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Rule {
    /// There is no network to choose.
    NoNetwork,
    /// Both sides of a thin stroke are near: texture is all it lacks.
    ThinStroke,
    /// A small hole lacks little structure.
    SmallHole,
    /// A wide hole lacks structure, which a network knows.
    WideHole,
}

/// Why *Auto* chose an engine. Displays as one sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// The rule.
    pub rule: Rule,
    /// The hole's width in pixels.
    pub width: u32,
    /// The network, where one was chosen: what people call its family.
    pub network: Option<&'static str>,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.width;
        match self.rule {
            Rule::NoNetwork => write!(f, "Exemplar: no network is installed"),
            Rule::ThinStroke => write!(f, "Exemplar: the hole is a thin stroke, {width} px wide"),
            Rule::SmallHole => write!(f, "Exemplar: the hole is small, {width} px wide"),
            Rule::WideHole => {
                write!(f, "{} guides: the hole is {width} px wide", self.network.unwrap_or("A network"))
            }
        }
    }
}

/// The engine for a hole of `shape` when the networks of `installed` are there.
#[must_use]
pub fn choose(shape: HoleShape, installed: &[NetworkInfo]) -> (Engine, Reason) {
    let reason = |rule, network| Reason { rule, width: shape.width, network };
    let Some(best) = best_network(installed) else { return (Engine::Exemplar, reason(Rule::NoNetwork, None)) };
    if shape.width < WIDE_WIDTH {
        let is_stroke = shape.length >= THIN_RATIO * shape.width;
        return (Engine::Exemplar, reason(if is_stroke { Rule::ThinStroke } else { Rule::SmallHole }, None));
    }
    (Engine::Network(best.name.clone()), reason(Rule::WideHole, Some(best.title())))
}

/// The one to guide with: a family that is not only of historical interest, `CoModGAN` before others, then the one that works
/// at the largest side; of equal ones the first, which hides what came with the program.
fn best_network(installed: &[NetworkInfo]) -> Option<&NetworkInfo> {
    let rank = |info: &NetworkInfo| match info.family {
        Family::Comodgan => Some(2),
        Family::ContextEncoder | Family::Dcgan | Family::Pix2pix | Family::Stylegan | Family::Stylegan2 => None,
        Family::Migan => Some(1),
    };
    let worth = |info: &NetworkInfo| (rank(info), info.resolution);
    let mut best: Option<&NetworkInfo> = None;
    for info in installed.iter().filter(|info| rank(info).is_some()) {
        if best.is_none_or(|best| worth(info) > worth(best)) {
            best = Some(info);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(name: &str, family: Family, resolution: u32) -> NetworkInfo {
        NetworkInfo { name: name.to_owned(), family, resolution }
    }

    #[test]
    fn each_shape_has_its_engine_and_its_sentence() {
        let both = [info("old", Family::ContextEncoder, 128), info("new", Family::Comodgan, 256)];
        let table: &[(u32, u32, &[NetworkInfo], &str, &str)] = &[
            (200, 300, &[], "exemplar", "Exemplar: no network is installed"),
            (200, 300, &both[..1], "exemplar", "Exemplar: no network is installed"),
            (12, 400, &both, "exemplar", "Exemplar: the hole is a thin stroke, 12 px wide"),
            (17, 68, &both, "exemplar", "Exemplar: the hole is a thin stroke, 17 px wide"),
            (17, 67, &both, "exemplar", "Exemplar: the hole is small, 17 px wide"),
            (18, 900, &both, "new", "CoModGAN guides: the hole is 18 px wide"),
            (140, 600, &both, "new", "CoModGAN guides: the hole is 140 px wide"),
        ];
        for (width, length, installed, engine, sentence) in table {
            let (chosen, reason) = choose(HoleShape { width: *width, length: *length }, installed);
            assert_eq!((chosen.name(), reason.to_string().as_str()), (*engine, *sentence), "{width} x {length}");
        }
    }

    #[test]
    fn one_s_own_network_hides_the_shipped_one_of_the_same_kind() {
        let mine = [info("mine", Family::Comodgan, 256), info("shipped", Family::Comodgan, 256)];
        let (chosen, _) = choose(HoleShape { width: 100, length: 100 }, &mine);
        assert_eq!(chosen.name(), "mine", "the first of equal ones");
        let fine = [info("shipped", Family::Comodgan, 256), info("fine", Family::Comodgan, 512)];
        let (chosen, _) = choose(HoleShape { width: 100, length: 100 }, &fine);
        assert_eq!(chosen.name(), "fine", "the larger one");
    }
}
