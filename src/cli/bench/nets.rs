//! The `net` suite: whole generators with random weights, as somebody waits for them.

use candle_core::{DType, Device, Result, Tensor, Var};
use serde::Serialize;

use super::super::errors::CliError;
use super::{Clock, percent};
use crate::generators::pix2pix::resnet;
use crate::generators::{
    Noise, comodgan, dcgan, same_for_all_layers, seeded_normal, seeded_uniform, seeded_weights, stylegan2,
};

/// Seed of all weights and inputs.
const SEED: u64 = 0;

/// One generator at work.
#[derive(Clone, Copy)]
pub(super) enum Net {
    /// pix2pix's nine blocks, three channels to three, 256 px.
    ResNet9,
    /// Pictures of 64 px from so many latents.
    Dcgan(usize),
    /// The same and the latents' gradient; the weights are frozen.
    DcganGradient(usize),
    /// Config F at 256 px, from a latent.
    StyleGan2,
    /// The official sizes at 256 px, from a picture with a hole and a latent.
    CoModGan,
}

pub(super) const SUITE: [Net; 9] = [
    Net::ResNet9,
    Net::Dcgan(1),
    Net::Dcgan(16),
    Net::Dcgan(64),
    Net::DcganGradient(1),
    Net::DcganGradient(16),
    Net::DcganGradient(64),
    Net::StyleGan2,
    Net::CoModGan,
];

/// What is told of one generator.
#[derive(Serialize)]
pub(super) struct NetRow {
    name: String,
    /// The best round.
    ms: f64,
    /// Rate of the convolutions alone, as if they were computed by the definition; the time is the whole network's.
    pub(super) gflops: f64,
    /// That rate as a share of the peak.
    pub(super) peak_share: Option<f64>,
}

pub(super) const HEADING: &str = "network                                 ms   GFLOP/s    of peak";

impl NetRow {
    /// A generator that did `flops` additions and multiplications in `ms` milliseconds.
    pub(super) fn new(name: String, ms: f64, flops: f64) -> Self {
        Self { name, ms, gflops: flops / ms / 1e6, peak_share: None }
    }

    pub(super) fn line(&self) -> String {
        let Self { name, ms, gflops, peak_share } = self;
        format!("{name:30}{ms:>12.3}{gflops:>10.1}{:>11}", percent(*peak_share))
    }
}

impl Net {
    pub(super) fn name(&self) -> String {
        match self {
            Self::ResNet9 => "resnet9-256 b1".to_owned(),
            Self::Dcgan(batch) => format!("dcgan-64 b{batch}"),
            Self::DcganGradient(batch) => format!("dcgan-64 b{batch} gradient"),
            Self::StyleGan2 => "stylegan2-256 b1".to_owned(),
            Self::CoModGan => "comodgan-256 b1".to_owned(),
        }
    }

    /// Additions and multiplications of the convolutions.
    fn flops(self) -> f64 {
        let macs = match self {
            Self::ResNet9 => resnet::Config::nine_blocks(3).conv_macs(256),
            Self::Dcgan(batch) => batch as u64 * dcgan::Config::px_64().conv_macs(),
            // The gradient of each layer's input costs as much as the layer.
            Self::DcganGradient(batch) => 2 * batch as u64 * dcgan::Config::px_64().conv_macs(),
            Self::StyleGan2 => stylegan2::Config::config_f(256).conv_macs(),
            Self::CoModGan => comodgan::Config::official(256).conv_macs(),
        };
        2.0 * macs as f64
    }
}

/// Times one generator.
pub(super) fn time(clock: &Clock, net: Net) -> std::result::Result<NetRow, CliError> {
    let ms = match net {
        Net::ResNet9 => time_resnet(clock),
        Net::Dcgan(batch) => time_dcgan(clock, batch),
        Net::DcganGradient(batch) => time_dcgan_gradient(clock, batch),
        Net::StyleGan2 => time_stylegan2(clock),
        Net::CoModGan => time_comodgan(clock),
    }?;
    Ok(NetRow::new(net.name(), ms, net.flops()))
}

fn picture(channels: usize, device: &Device) -> Result<Tensor> {
    seeded_uniform((1, channels, 256, 256), SEED, "picture")?.to_device(device)
}

fn time_resnet(clock: &Clock) -> std::result::Result<f64, CliError> {
    let weights = seeded_weights(SEED, DType::F32, &clock.device);
    let net = resnet::Generator::new(&resnet::Config::nine_blocks(3), &weights)?;
    let xs = picture(3, &clock.device)?;
    clock.best_ms(|| net.forward(&xs))
}

fn dcgan(clock: &Clock, batch: usize) -> Result<(dcgan::Generator, Tensor)> {
    let config = dcgan::Config::px_64();
    let net = dcgan::Generator::new(&config, &seeded_weights(SEED, DType::F32, &clock.device))?;
    let zs = seeded_uniform((batch, config.n_latent), SEED, "latents")?.to_device(&clock.device)?;
    Ok((net, zs))
}

fn time_dcgan(clock: &Clock, batch: usize) -> std::result::Result<f64, CliError> {
    let (net, zs) = dcgan(clock, batch)?;
    clock.best_ms(|| net.forward(&zs))
}

fn time_dcgan_gradient(clock: &Clock, batch: usize) -> std::result::Result<f64, CliError> {
    let (net, zs) = dcgan(clock, batch)?;
    let zs = Var::from_tensor(&zs)?;
    clock.best_ms(|| Ok(net.forward(&zs)?.backward()?.remove(&zs)))
}

fn time_stylegan2(clock: &Clock) -> std::result::Result<f64, CliError> {
    let config = stylegan2::Config::config_f(256);
    let net = stylegan2::Generator::new(&config, &seeded_weights(SEED, DType::F32, &clock.device))?;
    let zs = seeded_normal((1, config.style_dim), SEED, "latents")?.to_device(&clock.device)?;
    clock.best_ms(|| net.forward(&zs, Noise::Constant))
}

fn time_comodgan(clock: &Clock) -> std::result::Result<f64, CliError> {
    let config = comodgan::Config::official(256);
    let net = comodgan::Generator::new(&config, &seeded_weights(SEED, DType::F32, &clock.device))?;
    let image = picture(3, &clock.device)?;
    // A hole in about half of the pixels.
    let known = picture(1, &clock.device)?.ge(0.0)?.to_dtype(DType::F32)?;
    let zs = seeded_normal((1, config.style_dim), SEED, "latents")?.to_device(&clock.device)?;
    clock.best_ms(|| {
        let ws = same_for_all_layers(&net.mapping.forward(&zs)?, config.n_layers())?;
        net.forward(&image, &known, &ws, comodgan::Options::default())
    })
}
