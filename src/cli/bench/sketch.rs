//! The `sketch` suite: how long somebody waits for a drawing to become a picture, and for its ink to be made canonical.

use candle_core::{DType, Tensor};
use serde::Serialize;

use super::super::errors::CliError;
use super::{Clock, percent};
use crate::generators::pix2pix::{Config, Network, NormKind, Painter, Pass, Reads, resnet, unet};
use crate::generators::sketcher::{Sketcher as _, Variation};
use crate::generators::{catalog, seeded_weights};
use crate::imaging::edges::{Line, Refinement, canonical, draw};
use crate::imaging::{Plane, Size};
use crate::weights::Entry;

/// Seed of all weights.
const SEED: u64 = 0;
/// Channels of ink and hints.
const C_IN: usize = 5;

/// One thing that is timed.
pub(super) enum Case {
    /// A network with random weights at a side in pixels.
    Random(&'static str, Network, usize),
    /// A model at a side in pixels.
    Model(Box<Entry>, usize),
    /// Making ink canonical at a side in pixels.
    Ink(usize),
}

pub(super) const HEADING: &str = "drawing                                 ms   network ms   GFLOP/s    of peak";

/// What is told of one case.
#[derive(Serialize)]
pub(super) struct SketchRow {
    name: String,
    /// The best round, from ink to picture.
    ms: f64,
    /// The best round of the network alone, what it reads made ready before; nothing where there is none.
    network_ms: Option<f64>,
    /// Rate of the convolutions alone, as if they were computed by the definition; nothing where there are none.
    pub(super) gflops: Option<f64>,
    /// That rate as a share of the peak.
    pub(super) peak_share: Option<f64>,
}

impl SketchRow {
    pub(super) fn line(&self) -> String {
        let Self { name, ms, network_ms, gflops, peak_share } = self;
        let rate = gflops.map_or_else(|| "-".to_owned(), |gflops| format!("{gflops:.1}"));
        let alone = network_ms.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.3}"));
        format!("{name:30}{ms:>12.3}{alone:>13}{rate:>10}{:>11}", percent(*peak_share))
    }
}

const fn live(width: usize, n_levels: usize) -> Network {
    Network::UNet(unet::Config {
        c_in: C_IN,
        c_out: 3,
        width,
        n_levels,
        norm: NormKind::AffineInstance,
        has_dropout: true,
    })
}

const fn residual(width: usize, n_blocks: usize) -> Network {
    Network::ResNet(resnet::Config { width, n_blocks, ..resnet::Config::nine_blocks(C_IN) })
}

/// Networks as themes have them, every installed model that paints drawings at its side and at a preview's, and ink.
pub(super) fn suite(entries: &[Entry]) -> Vec<Case> {
    let random = [
        Case::Random("unet-w32", live(32, 7), 256),
        Case::Random("unet-w32", live(32, 7), 128),
        Case::Random("unet-w64", live(64, 8), 256),
        Case::Random("resnet9-w64", residual(64, 9), 256),
        Case::Random("resnet6-w32", residual(32, 6), 256),
    ];
    let models = entries.iter().filter(|entry| entry.family.is_sketcher());
    let models = models.flat_map(|entry| {
        let side = entry.resolution as usize;
        [side, side / 2].map(|side| Case::Model(Box::new(entry.clone()), side))
    });
    random.into_iter().chain(models).chain([Case::Ink(256), Case::Ink(128)]).collect()
}

impl Case {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Random(name, _, side) => format!("{name} at {side}"),
            Self::Model(entry, side) => format!("{} at {side}", entry.name),
            Self::Ink(side) => format!("canonical ink at {side}"),
        }
    }
}

/// Times one case.
pub(super) fn time(clock: &Clock, case: &Case) -> Result<SketchRow, CliError> {
    match case {
        Case::Random(_, network, side) => {
            let config = Config {
                side: *side,
                reads: Reads::InkAndHints,
                is_faithful: false,
                has_palette: false,
                network: *network,
            };
            let painter = Painter::new(&config, &seeded_weights(SEED, DType::F32, &clock.device))?;
            paint(clock, &painter, *side, case.name())
        }
        Case::Model(entry, side) => {
            let painter = catalog::painter(entry, &clock.device)?;
            if !side.is_multiple_of(painter.multiple()) {
                return paint(clock, &painter, painter.side(), entry.name.clone());
            }
            paint(clock, &painter, *side, case.name())
        }
        Case::Ink(side) => {
            let drawn = face(*side);
            let ms = clock.best_ms(|| Ok(canonical(&drawn, *side as u32, Refinement::new(0.3))))?;
            Ok(SketchRow { name: case.name(), ms, network_ms: None, gflops: None, peak_share: None })
        }
    }
}

fn paint(clock: &Clock, painter: &Painter, side: usize, name: String) -> Result<SketchRow, CliError> {
    let ink = canonical(&face(side), side as u32, Refinement::FAITHFUL);
    let ink = Tensor::from_slice(ink.data(), (1, 1, side, side), &clock.device)?;
    let ms = clock.best_ms(|| painter.paint(&ink, None, Variation::Steady))?;
    let ready = painter.config().reads.input(&ink, None)?;
    let network_ms = clock.best_ms(|| painter.run(&ready, &mut Pass::eval()))?;
    let gflops = 2.0 * painter.macs(side) as f64 / network_ms / 1e6;
    Ok(SketchRow { name, ms, network_ms: Some(network_ms), gflops: Some(gflops), peak_share: None })
}

/// A face with hair of many strokes, drawn with a pen of a few pixels.
fn face(side: usize) -> Plane<f32> {
    let scale = side as f32;
    let arc = |[x, y]: [f32; 2], radius: f32, from: f32, to: f32| -> Line {
        let angle = |at: usize| from + (to - from) * at as f32 / 50.0;
        let at = |at: usize| {
            let (sine, cosine) = angle(at).sin_cos();
            [(x + radius * cosine) * scale, (y + radius * sine) * scale]
        };
        (0..=50).map(at).collect()
    };
    let mut lines = vec![
        arc([0.5, 0.55], 0.33, 0.0, 6.3),
        arc([0.38, 0.5], 0.05, 0.0, 6.3),
        arc([0.62, 0.5], 0.05, 0.0, 6.3),
        arc([0.5, 0.62], 0.14, 0.4, 2.7),
    ];
    lines.extend((0..24).map(|at| arc([0.2 + 0.025 * at as f32, 0.3], 0.12, 3.4, 4.6)));
    draw(&lines, Size::new(side as u32, side as u32), 1.5)
}
