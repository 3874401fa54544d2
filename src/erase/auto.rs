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

/// A hole this wide or narrower, and [`THIN_RATIO`] times as long, is a stroke.
const THIN_WIDTH: u32 = 40;
const THIN_RATIO: u32 = 4;
/// From this width on the surroundings alone seldom tell what belongs in a hole.
const WIDE_WIDTH: u32 = 64;

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
    if shape.width <= THIN_WIDTH && shape.length >= THIN_RATIO * shape.width {
        return (Engine::Exemplar, reason(Rule::ThinStroke, None));
    }
    if shape.width < WIDE_WIDTH {
        return (Engine::Exemplar, reason(Rule::SmallHole, None));
    }
    (Engine::Network(best.name.clone()), reason(Rule::WideHole, Some(best.title())))
}

/// The one to guide with: a family that is not only of historical interest, `CoModGAN` before others, then the one that works
/// at the largest side; of equal ones the first, which hides what came with the program.
fn best_network(installed: &[NetworkInfo]) -> Option<&NetworkInfo> {
    let rank = |info: &NetworkInfo| match info.family {
        Family::Comodgan => Some(2),
        Family::ContextEncoder | Family::Dcgan | Family::Pix2pix => None,
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
            (40, 160, &both, "exemplar", "Exemplar: the hole is a thin stroke, 40 px wide"),
            (40, 159, &both, "exemplar", "Exemplar: the hole is small, 40 px wide"),
            (63, 900, &both, "exemplar", "Exemplar: the hole is small, 63 px wide"),
            (64, 70, &both, "new", "CoModGAN guides: the hole is 64 px wide"),
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
