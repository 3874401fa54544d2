//! Whether the values of a recipe make sense together.

use super::{Family, Network, Recipe};
use crate::train::TrainError;

impl Recipe {
    /// Whether the values make sense together.
    ///
    /// # Errors
    /// One sentence about the first that does not.
    pub fn check(&self) -> Result<(), TrainError> {
        let refuse = |reason: &str| Err(TrainError::Values { reason: reason.to_owned() });
        let Self { network, data, optimizer, loss, augment, report, .. } = self;
        if !network.side.is_power_of_two() || !(8..=1024).contains(&network.side) {
            return refuse("network.side must be a power of two from 8 to 1024");
        }
        if self.batch == 0 || (self.batch > 4 && !self.batch.is_multiple_of(4)) {
            return refuse("batch must be 1 to 4 or a multiple of 4");
        }
        let is_named =
            !self.name.is_empty() && self.name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        if !is_named || self.name.starts_with('.') {
            return refuse("name must be made of letters, digits, `-`, `_` and `.`");
        }
        if !(data.crop_from > 0.0 && data.crop_from <= data.crop_to && data.crop_to <= 1.0) {
            return refuse("data.crop_from and data.crop_to must be shares with 0 < from <= to <= 1");
        }
        let judge_base = network.discriminator_base_channels.unwrap_or(network.base_channels);
        let judge_most = network.discriminator_max_channels.unwrap_or(network.max_channels);
        let Network { max_channels, global_dim, style_dim, mapping_layers, bottleneck, .. } = *network;
        let sizes = [max_channels, global_dim, style_dim, mapping_layers, bottleneck, judge_most];
        if sizes.contains(&0) || network.base_channels.min(judge_base) < network.side {
            return refuse("network: sizes must be positive and base_channels at least the side");
        }
        let rates = [optimizer.lr_generator, optimizer.lr_discriminator, optimizer.eps, optimizer.ema_kimg];
        if !rates.iter().all(|rate| rate.is_finite() && *rate > 0.0) {
            return refuse("optimizer: rates, eps and ema_kimg must be positive");
        }
        if ![optimizer.beta1, optimizer.beta2, loss.dropout].iter().all(|beta| (0.0..1.0).contains(beta)) {
            return refuse("optimizer.beta1, optimizer.beta2 and loss.dropout must be in 0..1");
        }
        if !(0.0..=1.0).contains(&optimizer.decay_from) {
            return refuse("optimizer.decay_from must be in 0..=1");
        }
        if self.family == Family::Pix2pix {
            self.drawing.check().or_else(refuse)?;
        }
        if self.family == Family::Stylegan {
            self.growth.check(network.side).or_else(refuse)?;
            if loss.path_length_weight > 0.0 {
                return refuse("loss.path_length_weight is of StyleGAN2, the first StyleGAN has no such term");
            }
        }
        if loss.r1_every == 0 || loss.path_length_every == 0 || report.log_every == 0 {
            return refuse("intervals (r1_every, path_length_every, log_every) must be at least 1");
        }
        if !loss.l1_block.is_power_of_two() || loss.l1_block > network.side {
            return refuse("loss.l1_block must be a power of two, no larger than the side");
        }
        if !loss.border_block.is_power_of_two() || loss.border_block > network.side {
            return refuse("loss.border_block must be a power of two, no larger than the side");
        }
        if loss.border_width == 0 || loss.border_width > network.side {
            return refuse("loss.border_width must be at least 1 and no more than the side");
        }
        if !(0.0..=1.0).contains(&augment.max) || augment.kimg <= 0.0 || !(0.0..1.0).contains(&augment.target) {
            return refuse("augment: target must be in 0..1, max in 0..=1, kimg positive");
        }
        Ok(())
    }
}
