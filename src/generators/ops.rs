//! The operations around a convolution that several networks share: tensors in, tensors out, differentiable to second order,
//! in f32 and f64.
//!
//! Where our own CPU kernels are in force the slow ones are fused candle operations; elsewhere, and with
//! `PENTIMENTO_COMPUTE=candle`, the same functions are made of candle's operations.

mod batch_norm;
mod bias_act;
mod check;
mod hog;
mod instance_norm;
mod linear;
mod modulated;
mod norm;
mod pad;
mod pointwise;
mod pull_push;
mod resample;
mod sample;
mod scale;
mod skip;
mod tanh;
mod tracked_pass;

pub use bias_act::{bias_act, leaky_relu, noise_bias_act, scale_bias_act};
pub use hog::{Hog, hog, hog_mask};
pub use instance_norm::{Affine, instance_norm};
pub use linear::EqualLinear;
pub use modulated::{ModulatedConv, Resample, StyledEpilogue, conv2d_down};
pub use norm::{
    BatchNorm, BatchStatistics, NORM_EPS, batch_norm, batch_norm_train, minibatch_stddev, pixel_norm, update_running,
};
pub use pad::{Sides, reflection_pad2d, replication_pad2d};
pub use pull_push::{pull_push, pull_push_marked};
pub use resample::{BLUR_TAPS, area_down, bilinear_2x, blur, downsample_2x, nearest_2x, upsample_2x};
pub use sample::{Border, Positions, grid_sample_bilinear};
pub use scale::scale_channels;
pub use skip::relu_cat;
pub use tanh::tanh;
