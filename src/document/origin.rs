//! Where a candidate came from, as plain values that sessions keep; `worker` translates them from the engine's.

use serde::{Deserialize, Serialize};

/// Seeds with their shares in millionths, which sum to a million: the style of a candidate between others.
pub type Shares = Vec<(u64, u32)>;

/// All of a style.
pub const WHOLE_SHARE: u32 = 1_000_000;

/// How a candidate was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The engine that was used; the name of its weights if it is a network.
    pub engine: String,
    /// Why, when it was chosen automatically.
    pub reason: Option<OriginReason>,
    /// What its network did, if it has one.
    pub network: Option<OriginNetwork>,
}

/// Why an engine was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginReason {
    /// The rule's name in kebab case.
    pub rule: String,
    /// The hole's width in pixels.
    pub width: u32,
    /// The network's family as people call it, if one was chosen.
    pub network: Option<String>,
}

/// What a network did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginNetwork {
    /// The kind of network, in kebab case.
    pub family: String,
    /// The side in pixels of the squares that it painted.
    pub side: u32,
    /// Pixels of the photo for a hundred of the network's.
    pub scale_percent: u32,
    /// How many squares it painted.
    pub squares: u32,
    /// Whether the photo's own texture gave the detail.
    pub is_guided: bool,
    /// Its style; empty where the network has one answer only.
    pub style: Shares,
}

impl OriginNetwork {
    /// How much the fill was enlarged; 1 is not at all.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.scale_percent as f32 / 100.0
    }
}
