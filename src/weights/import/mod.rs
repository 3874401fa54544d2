//! Checkpoints of other projects as models of ours: each tensor of the file is used or named as ignored, with the reason.
//!
//! Sizes are inferred from the tensors' shapes. Nothing in a checkpoint is ever run.

mod comodgan;
mod constants;
mod context_encoder;
mod dcgan;
mod keys;
mod migan;
mod pix2pix;
mod source;
mod strangers;
mod stylegan1;
mod stylegan2;
mod widths;

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::Tensor;
use strum::IntoEnumIterator as _;

use super::entry::read;
use super::{Card, Entry, Family, MaskPolarity, WeightsError};
use keys::Keys;
use source::Source;

/// The largest checkpoint that is read.
const MAX_BYTES: u64 = 4 << 30;

/// A checkpoint, understood.
#[derive(Debug)]
pub struct Imported {
    /// Its description; licence and data are for those who import it to say.
    pub entry: Entry,
    /// The tensors by the keys that the network reads.
    pub tensors: BTreeMap<String, Tensor>,
    /// What of the file was not used, and why.
    pub ignored: Vec<Ignored>,
    /// What the network needs and the file does not have, in a sentence each.
    pub filled: Vec<String>,
}

/// Something in a checkpoint that is not used.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Ignored {
    /// A tensor's key, or the name of a table.
    pub key: String,
    /// Why it is not needed.
    pub reason: String,
}

/// The ways in which projects name the tensors of their generators; where the family is not told, the first that fits is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
enum Naming {
    /// CoModGAN by MI-GAN and SH-GAN, after StyleGAN2-ADA; ours too.
    CoModGanAda,
    /// CoModGAN by zengxianyu and lefreud, after the official TensorFlow names.
    CoModGanPort,
    /// MI-GAN's generator for inference.
    MiGan,
    /// Our own Context Encoder's.
    ContextEncoder,
    /// Our own DCGAN's.
    Dcgan,
    /// iGAN's lists of arrays.
    Igan,
    /// A ResNet of the pix2pix and `CycleGAN` authors; ours too.
    ResNet,
    /// The same with another name for its blocks.
    ResNetOfBlocks,
    /// A U-Net of the pix2pix authors; ours too.
    UNet,
    /// Our own StyleGAN.
    StyleGan1,
    /// StyleGAN by rosinality.
    StyleGan1Port,
    /// StyleGAN2 by rosinality; ours too.
    StyleGan2Port,
    /// StyleGAN2-ADA's state dict.
    StyleGan2Ada,
    /// PyTorch's example of a DCGAN, whose keys are the least telling ones.
    PytorchDcgan,
}

impl Naming {
    /// A key that only such a file has.
    const fn anchor(self) -> &'static str {
        match self {
            Self::CoModGanAda => "encoder.b4.fc.weight",
            Self::CoModGanPort => "G_synthesis.E.4x4.Dense0.weight",
            Self::MiGan => "encoder.b4.conv1.conv1.weight",
            Self::ContextEncoder => "decoder.0.conv.weight",
            Self::Dcgan => "generator.project.weight",
            Self::Igan => "gen_params.0",
            // A discriminator's second layer is none that has statistics.
            Self::PytorchDcgan => "1.running_mean",
            Self::ResNet => "model.10.conv_block.1.weight",
            Self::ResNetOfBlocks => "model.10.block.1.weight",
            Self::UNet => "model.model.0.weight",
            Self::StyleGan1 => "synthesis.b4.conv0.style.weight",
            Self::StyleGan1Port => "generator.progression.0.conv1.input",
            Self::StyleGan2Port => "conv1.conv.modulation.weight",
            Self::StyleGan2Ada => "synthesis.b4.const",
        }
    }

    const fn family(self) -> Family {
        match self {
            Self::CoModGanAda | Self::CoModGanPort => Family::Comodgan,
            Self::MiGan => Family::Migan,
            Self::ContextEncoder => Family::ContextEncoder,
            Self::Dcgan | Self::Igan | Self::PytorchDcgan => Family::Dcgan,
            Self::ResNet | Self::ResNetOfBlocks | Self::UNet => Family::Pix2pix,
            Self::StyleGan1 | Self::StyleGan1Port => Family::Stylegan,
            Self::StyleGan2Port | Self::StyleGan2Ada => Family::Stylegan2,
        }
    }

    const fn description(self) -> &'static str {
        match self {
            Self::CoModGanAda => "named as MI-GAN's and SH-GAN's CoModGAN",
            Self::CoModGanPort => "named as the PyTorch ports of the official CoModGAN",
            Self::MiGan => "named as MI-GAN's generator for inference",
            Self::ContextEncoder => "named as our own Context Encoder",
            Self::Dcgan => "named as our own DCGAN",
            Self::Igan => "iGAN's lists of arrays",
            Self::PytorchDcgan => "named as PyTorch's example of a DCGAN",
            Self::ResNet | Self::ResNetOfBlocks | Self::UNet => "named as pix2pix's and CycleGAN's generators",
            Self::StyleGan1 => "named as our own StyleGAN",
            Self::StyleGan1Port => "named as rosinality's StyleGAN",
            Self::StyleGan2Port => "named as rosinality's StyleGAN2",
            Self::StyleGan2Ada => "named as StyleGAN2-ADA's generator",
        }
    }

    fn map(self, keys: &mut Keys<'_>) -> Result<Mapped, String> {
        match self {
            Self::CoModGanAda => comodgan::from_ada(keys),
            Self::CoModGanPort => comodgan::from_port(keys),
            Self::MiGan => migan::map(keys),
            Self::ContextEncoder => context_encoder::map(keys),
            Self::Dcgan => dcgan::from_ours(keys),
            Self::Igan => dcgan::from_igan(keys),
            Self::PytorchDcgan => dcgan::from_pytorch(keys),
            Self::ResNet => pix2pix::from_resnet(keys, "conv_block"),
            Self::ResNetOfBlocks => pix2pix::from_resnet(keys, "block"),
            Self::UNet => pix2pix::from_unet(keys),
            Self::StyleGan1 => stylegan1::from_ours(keys),
            Self::StyleGan1Port => stylegan1::from_port(keys),
            Self::StyleGan2Port => stylegan2::from_port(keys),
            Self::StyleGan2Ada => stylegan2::from_ada(keys),
        }
    }
}

/// What a key map makes of a table.
struct Mapped {
    side: usize,
    config: toml::Table,
    tensors: BTreeMap<String, Tensor>,
    filled: Vec<String>,
}

/// Reads the checkpoint at `path` as a network of `family`, or of the family that its keys tell, that shall be called `name`: `.safetensors`, what `torch.save`
/// wrote (either format, tables within tables, the averaged weights preferred), or a pickled table of numpy's arrays. `polarity` says what 1 meant in the mask that
/// its encoder was trained with; in all public checkpoints it is what is known.
///
/// # Errors
/// One sentence: no such file, damaged, something that would have to be run, no such network in it, or a tensor that is
/// missing, left over, or of another shape.
pub fn import(
    path: &Path,
    family: Option<Family>,
    name: &str,
    polarity: MaskPolarity,
) -> Result<Imported, WeightsError> {
    let bytes = match read("", path, MAX_BYTES) {
        Err(WeightsError::Missing { .. }) => return Err(WeightsError::NoSuchFile { path: path.to_path_buf() }),
        bytes => bytes?,
    };
    let refuse = |reason: String| {
        let reason = strangers::way_out(&reason).map_or_else(|| reason.clone(), |way| format!("{reason}; {way}"));
        WeightsError::NotImported { reason, path: path.to_path_buf() }
    };
    let source = Source::open(bytes).map_err(refuse)?;
    let is_meant = |naming: &Naming| family.is_none_or(|family| naming.family() == family);
    let chosen =
        source.choose(Naming::iter().filter(is_meant)).ok_or_else(|| refuse(strangers::refusal(&source, family)))?;
    let family = chosen.naming.family();
    let mut keys = Keys::new(&source, &chosen);
    let Mapped { side, config, tensors, filled } = chosen.naming.map(&mut keys).map_err(refuse)?;
    let ignored = keys.finish().map_err(refuse)?;
    let words = if family == Family::Pix2pix { format!(": {}", pix2pix::words(&config)) } else { String::new() };
    let mut entry = Entry::new(name, family, side as u32, config);
    entry.mask_polarity = polarity;
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    entry.note = Some(format!("imported from {file}, {}{words}", chosen.naming.description()));
    entry.card = Some(Card::new(&tensors, &ignored, &filled));
    Ok(Imported { entry, tensors, ignored, filled })
}
