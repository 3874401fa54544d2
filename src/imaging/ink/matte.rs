//! What becomes of a picture's background.

use serde::{Deserialize, Serialize};

/// What becomes of a picture's background.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantNames,
)]
#[strum(serialize_all = "kebab-case")]
#[serde(rename_all = "kebab-case")]
pub enum Background {
    /// It stays.
    #[default]
    Keep,
    /// White that reaches the picture's edge becomes transparent.
    White,
    /// What lies outside of the drawing's outline becomes transparent.
    Silhouette,
}
