//! What the measures of a generator tell: lines, or one JSON object.

use std::path::Path;

use serde::Serialize;

use super::errors::CliError;
use super::report::{print_json, print_line};
use crate::eval::latent::{Frechet, Interval, Mixing, NoiseShare, PathLength, Separability, Truncation};
use crate::imaging::io::{self, Encoding};
use crate::imaging::{ColorModel, FileFormat, Frame, Metadata, Samples};

/// How much brighter than it is the noise is drawn.
const NOISE_GAIN: f32 = 4.0;

/// What `--json` tells.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    pub(super) model: &'a str,
    #[serde(flatten)]
    pub(super) measured: Told,
    pub(super) milliseconds: f64,
}

/// What was measured.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Told {
    Ppl(Vec<PathLength>),
    Truncation(Truncation),
    Mixing(Mixing),
    Noise {
        #[serde(flatten)]
        share: NoiseShare,
        picture: Option<String>,
    },
    Separability(Separability),
    Pictures(Frechet),
}

impl Told {
    /// The share of the noise, and its map as a PNG if there is a place for it.
    pub(super) fn noise(share: NoiseShare, path: Option<&Path>) -> Result<Self, CliError> {
        if let Some(path) = path {
            let bright = |value: &f32| (value * NOISE_GAIN).round().clamp(0.0, 255.0) as u8;
            let samples = Samples::U8(share.map.data().iter().map(bright).collect());
            let frame = Frame::new(share.map.size(), ColorModel::Gray, samples);
            let frame = frame.ok_or_else(|| CliError::other(&"the picture could not be made"))?;
            let bytes = io::encode(&frame, &Metadata::bare(FileFormat::Png), Encoding::new(FileFormat::Png))?;
            io::write_atomic(path, &bytes)?;
        }
        Ok(Self::Noise { share, picture: path.map(|path| path.display().to_string()) })
    }

    fn lines(&self) -> Vec<String> {
        match self {
            Self::Ppl(lengths) => lengths.iter().map(path_line).collect(),
            Self::Truncation(curve) => truncation_lines(curve),
            Self::Mixing(mixing) => mixing_lines(mixing),
            Self::Noise { share, picture } => {
                let mut lines = picture.iter().cloned().collect::<Vec<_>>();
                let NoiseShare { samples, mean, most, .. } = share;
                lines.push(format!(
                    "light varies by {mean:.2} of 255 with the noise, by {most:.1} at most ({samples} pictures)"
                ));
                lines
            }
            Self::Separability(told) => separability_lines(told),
            Self::Pictures(Frechet { features, pictures, distance, .. }) => {
                vec![format!("Fréchet distance ({features}) of {pictures} pictures: {distance:.3}")]
            }
        }
    }
}

/// A mean and how sure it is.
fn sure(interval: &Interval, digits: usize) -> String {
    let Interval { mean, low, high, .. } = interval;
    format!("{mean:.digits$} ({low:.digits$} to {high:.digits$})")
}

fn path_line(length: &PathLength) -> String {
    let name = if length.is_ppl { "PPL".to_owned() } else { format!("path length ({})", length.features) };
    let (space, sampling, pairs) = (length.space, length.sampling, length.pairs);
    format!("{name} in {space}, {sampling}: {} of {pairs} pairs", sure(&length.length, 2))
}

fn truncation_lines(curve: &Truncation) -> Vec<String> {
    let mut lines = vec![format!("psi   to the mean picture   to each other ({})", curve.features)];
    lines.extend(curve.points.iter().map(|point| {
        let (to_mean, apart) = (sure(&point.to_mean, 4), sure(&point.apart, 4));
        format!("{:<5.2} {to_mean}   {apart}", point.psi)
    }));
    lines
}

fn mixing_lines(mixing: &Mixing) -> Vec<String> {
    let line = |(at, layer): (usize, &Interval)| format!("layer {at:>2}: {}", sure(layer, 4));
    let mut lines: Vec<String> = mixing.layers.iter().enumerate().map(line).collect();
    lines.push(format!("all     : {} ({})", sure(&mixing.all, 4), mixing.features));
    lines
}

fn separability_lines(told: &Separability) -> Vec<String> {
    let w = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
    let mut lines: Vec<String> = told
        .attributes
        .iter()
        .map(|attribute| {
            let (share, accuracy) = (attribute.share * 100.0, attribute.accuracy * 100.0);
            let (group, class) = (&attribute.group, &attribute.class);
            let (left_z, left_w) = (attribute.left_z, w(attribute.left_w));
            format!("{group} {class}: {left_z:.3} bits left in z, {left_w} in w; {share:.0} % have it, told rightly in {accuracy:.0} %")
        })
        .collect();
    lines.extend(
        told.left_out
            .iter()
            .map(|(group, right)| format!("{group} is left out: told rightly in {:.0} %", right * 100.0)),
    );
    lines.push(format!("separability ({}): {:.3} in z, {} in w", told.features, told.z, w(told.w)));
    lines
}

impl Report<'_> {
    pub(super) fn print(&self, is_json: bool) -> Result<(), CliError> {
        if is_json {
            return print_json(self);
        }
        for line in self.measured.lines() {
            print_line(&line)?;
        }
        Ok(())
    }
}
