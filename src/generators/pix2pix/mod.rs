//! Picture to picture (Isola et al., Image-to-Image Translation with Conditional Adversarial Networks, 2017).

pub mod resnet;
