//! The convolution core: forward, input gradient and weight gradient to second order, behind candle's tensors.
//!
//! On a CPU these are our own kernels (`cpu`); on CUDA and Metal, and with `PENTIMENTO_COMPUTE=candle`, the same functions
//! call candle's. Here are no networks: those stand in `generators`.

mod asked;
mod backend;
mod conv;
mod cpu;
mod direction;
pub(crate) mod element;
mod epilogue;
mod fir;
mod gate;
mod known;
mod memory;
mod op;
mod peak;
mod shape;
mod weight;

pub use backend::{Backend, backend, backward_to_inputs, keep_gradient_graphs, set_backend};
pub use conv::{Conv, ConvTranspose, conv_transpose2d, conv2d};
pub use cpu::{packed_bytes, set_packed_limit, vectors};
pub use epilogue::{Activation, Epilogue};
pub use fir::{Fir, upfirdn2d};
pub(crate) use known::known;
pub use memory::available_memory;
pub use peak::fma_peak_gflops;
pub use weight::Weight;
