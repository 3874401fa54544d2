//! One model: what its manifest says of it, and the way to its tensors.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use candle_core::safetensors::BufferedSafetensors;
use candle_core::{DType, Device};
use candle_nn::VarBuilder;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

use super::error::first_line;
use super::{Card, WeightsError};

/// The largest file of weights that is opened.
const MAX_BYTES: u64 = 4 << 30;

/// A kind of network. The words in manifests and on the command line are these names in kebab case.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Family {
    /// Zhao et al. 2021: many fills for one hole.
    Comodgan,
    /// Pathak et al. 2016.
    ContextEncoder,
    /// Radford et al. 2016 and Zhu et al. 2016 (iGAN): draws pictures from latents.
    Dcgan,
    /// Sargsyan et al. 2023: small and fast.
    Migan,
    /// Isola et al. 2017 and Zhu et al. 2017: drawings or photos become pictures.
    #[serde(rename = "pix2pix")]
    #[strum(serialize = "pix2pix")]
    Pix2pix,
    /// Karras et al. 2019: draws pictures from styles.
    Stylegan,
    /// Karras et al. 2020: draws pictures from styles.
    #[serde(rename = "stylegan2")]
    #[strum(serialize = "stylegan2")]
    Stylegan2,
}

impl Family {
    /// Whether its networks fill the holes of photos.
    #[must_use]
    pub const fn fills_holes(self) -> bool {
        matches!(self, Self::Comodgan | Self::ContextEncoder | Self::Migan)
    }

    /// Whether its networks turn drawings into pictures.
    #[must_use]
    pub const fn is_sketcher(self) -> bool {
        matches!(self, Self::Pix2pix)
    }

    /// Whether its networks draw pictures from latents alone, which can be explored.
    #[must_use]
    pub const fn is_manifold(self) -> bool {
        matches!(self, Self::Dcgan | Self::Stylegan | Self::Stylegan2)
    }
}

/// What 1 means in the mask that a network was trained to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum MaskPolarity {
    /// 1 is known, 0 a hole: the official one.
    #[default]
    Known,
    /// 1 is a hole, 0 known.
    Hole,
}

/// A model as its manifest describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is called; see [`super::is_name`].
    pub name: String,
    /// The kind of network.
    pub family: Family,
    /// The file of tensors; in the manifest its name alone, here with the manifest's folder before it.
    pub file: PathBuf,
    /// The file's SHA-256 in hexadecimal digits.
    pub sha256: String,
    /// Under which terms the weights may be used.
    pub licence: String,
    /// What it was trained on.
    pub data: String,
    /// What its pictures show, in a word or two, as *cats* or *shoes from above*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The name of the recipe beside the manifest that it was trained with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe: Option<String>,
    /// The side in pixels of the square that it works at.
    pub resolution: u32,
    /// What 1 means in its mask.
    #[serde(default)]
    pub mask_polarity: MaskPolarity,
    /// How many images it saw in training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub images_seen: Option<u64>,
    /// Whatever else there is to say, in a sentence or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What an import has found out; `None` where the model was trained here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    /// Measured figures by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, f64>,
    /// The network's sizes, for `generators::catalog`.
    #[serde(default)]
    pub config: toml::Table,
}

impl Entry {
    /// A description with nothing in it yet but what a network needs; [`super::add`] fills in file and checksum.
    #[must_use]
    pub fn new(name: impl Into<String>, family: Family, resolution: u32, config: toml::Table) -> Self {
        Self {
            name: name.into(),
            family,
            file: PathBuf::new(),
            sha256: String::new(),
            licence: String::new(),
            data: String::new(),
            subject: None,
            recipe: None,
            resolution,
            mask_polarity: MaskPolarity::default(),
            images_seen: None,
            note: None,
            card: None,
            metrics: BTreeMap::new(),
            config,
        }
    }

    /// What its pictures show, as far as anybody said: its subject, otherwise all that is told of its data; may be empty.
    #[must_use]
    pub fn knows(&self) -> &str {
        self.subject.as_deref().unwrap_or(&self.data)
    }

    /// The file's tensors as f32 on `device`, each read when it is asked for; plain values, so that networks take them as
    /// frozen.
    ///
    /// # Errors
    /// When the file is missing, is not the one that was described, is truncated, or lies about shapes.
    pub fn load(&self, device: &Device) -> Result<VarBuilder<'static>, WeightsError> {
        let tensors = self.open()?;
        Ok(VarBuilder::from_backend(Box::new(tensors), DType::F32, device.clone()))
    }

    /// The size of the file; 0 where it cannot be told, which loading will then say.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        std::fs::metadata(&self.file).map_or(0, |meta| meta.len())
    }

    /// The keys and shapes of the file's tensors, sorted.
    ///
    /// # Errors
    /// As [`Entry::load`], and when a value is not finite.
    pub fn verify(&self) -> Result<BTreeMap<String, Vec<usize>>, WeightsError> {
        let tensors = self.open()?;
        let mut shapes = BTreeMap::new();
        for (key, view) in tensors.tensors() {
            let is_finite = tensors
                .load(&key, &Device::Cpu)
                .and_then(|tensor| super::store::is_finite(&tensor))
                .map_err(|error| self.damaged(&error))?;
            if !is_finite {
                return Err(WeightsError::NotFinite { name: self.name.clone(), key });
            }
            shapes.insert(key, view.shape().to_vec());
        }
        Ok(shapes)
    }

    /// Why a network could not be built from this.
    #[must_use]
    pub fn does_not_fit(&self, reason: &impl std::fmt::Display) -> WeightsError {
        let (name, family) = (self.name.clone(), self.family.to_string());
        WeightsError::DoesNotFit { name, family, reason: first_line(reason) }
    }

    fn open(&self) -> Result<BufferedSafetensors, WeightsError> {
        let bytes = read(&self.name, &self.file, MAX_BYTES)?;
        if !sha256_hex(&bytes).eq_ignore_ascii_case(&self.sha256) {
            return Err(WeightsError::Checksum { name: self.name.clone(), path: self.file.clone() });
        }
        BufferedSafetensors::new(bytes).map_err(|error| self.damaged(&error))
    }

    fn damaged(&self, error: &impl std::fmt::Display) -> WeightsError {
        WeightsError::Damaged { name: self.name.clone(), reason: first_line(error), path: self.file.clone() }
    }
}

/// SHA-256 in lower hexadecimal digits.
pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// A file of at most `limit` bytes, which belongs to the model `name`.
pub(super) fn read(name: &str, path: &Path, limit: u64) -> Result<Vec<u8>, WeightsError> {
    let failed = |error| WeightsError::from_read(&error, name, path);
    let file = File::open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    if meta.len() > limit {
        return Err(WeightsError::TooLarge { bytes: meta.len(), limit, path: path.to_path_buf() });
    }
    let mut bytes = Vec::with_capacity(if meta.is_file() { meta.len() as usize } else { 0 });
    // The file may be a pipe, or grow while it is read.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit {
        return Err(WeightsError::TooLarge { bytes: bytes.len() as u64, limit, path: path.to_path_buf() });
    }
    Ok(bytes)
}
