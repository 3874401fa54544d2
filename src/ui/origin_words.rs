//! Honest words for where a candidate came from.

use super::text::Text;
use crate::document::{Origin, OriginNetwork, OriginReason};

/// What a candidate is, such as "CoModGAN, generated at 256 px, enlarged 1.6×".
#[must_use]
pub fn label(text: &Text, origin: &Origin) -> String {
    match &origin.network {
        Some(network) => network_label(text, network),
        None if origin.engine == "membrane" => text.get("origin-membrane"),
        None => text.get("origin-exemplar"),
    }
}

/// What people call a family of networks.
#[must_use]
pub fn family(text: &Text, family: &str) -> String {
    text.find(&format!("family-{family}")).unwrap_or_else(|| family.to_owned())
}

fn network_label(text: &Text, network: &OriginNetwork) -> String {
    let family = family(text, &network.family);
    let side = [("family", (&family).into()), ("side", (network.side as usize).into())];
    let is_historical = network.family == "context-encoder";
    let mut parts = vec![text.with(if is_historical { "origin-historical" } else { "origin-network" }, &side)];
    if network.squares > 1 {
        parts.push(text.with("origin-squares", &[("count", (network.squares as usize).into())]));
    }
    if network.scale_percent > 100 {
        let scale = format!("{:.1}", network.scale());
        parts.push(text.with("origin-enlarged", &[("scale", (&scale).into())]));
    }
    if network.is_guided {
        parts.push(text.get("origin-guided"));
    }
    parts.join(", ")
}

/// Why the engine was chosen, in a sentence.
#[must_use]
pub fn reason(text: &Text, reason: &OriginReason) -> String {
    let network = reason.network.clone().unwrap_or_default();
    let args = [("width", (reason.width as usize).into()), ("network", (&network).into())];
    text.with(&format!("auto-{}", reason.rule), &args)
}
