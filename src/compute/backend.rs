//! Which kernels run: ours on the CPU, candle's everywhere else and wherever somebody asks for them.

use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use candle_core::backprop::GradStore;
use candle_core::{Device, Result, Tensor};

/// Who computes a convolution on the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The kernels of this module.
    Own,
    /// candle's kernels: slower, but written by others, so that a wrong kernel can be told from a wrong network.
    Candle,
}

/// 0: as the environment says; 1: own; 2: candle.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

/// The backend in force: what [`set_backend`] chose, else `PENTIMENTO_COMPUTE` (`candle` or `own`), else our own.
pub fn backend() -> Backend {
    match CHOSEN.load(Ordering::Relaxed) {
        1 => Backend::Own,
        2 => Backend::Candle,
        _ => *from_environment(),
    }
}

/// Chooses the backend for the whole process; `None` leaves it to the environment again.
pub fn set_backend(backend: Option<Backend>) {
    let code = match backend {
        None => 0,
        Some(Backend::Own) => 1,
        Some(Backend::Candle) => 2,
    };
    CHOSEN.store(code, Ordering::Relaxed);
}

fn from_environment() -> &'static Backend {
    static FOUND: OnceLock<Backend> = OnceLock::new();
    FOUND.get_or_init(|| match std::env::var("PENTIMENTO_COMPUTE").as_deref() {
        Ok("candle") => Backend::Candle,
        Err(_) | Ok("" | "own") => Backend::Own,
        Ok(other) => {
            tracing::warn!("PENTIMENTO_COMPUTE is `{other}`; known are `own` and `candle`: using our own kernels");
            Backend::Own
        }
    })
}

/// Whether our own kernels serve tensors of `device`.
pub(super) fn serves(device: &Device) -> bool {
    device.is_cpu() && backend() == Backend::Own
}

/// Whether [`keep_gradient_graphs`] was called.
static KEEPS_GRAPHS: AtomicBool = AtomicBool::new(false);

/// Whether gradients are to be differentiable themselves.
pub(super) fn keeps_gradient_graphs() -> bool {
    KEEPS_GRAPHS.load(Ordering::Relaxed)
}

thread_local! {
    static LEAVES_VARIABLES: Cell<bool> = const { Cell::new(false) };
}

/// Whether weights that are variables get no gradient now.
pub(super) fn leaves_variables() -> bool {
    LEAVES_VARIABLES.get()
}

/// `loss.backward()` without the gradients of convolutions' weights, where these are variables: for who wants to know what the
/// loss says of the pictures.
///
/// # Errors
/// When candle cannot compute.
pub fn backward_to_inputs(loss: &Tensor) -> Result<GradStore> {
    LEAVES_VARIABLES.set(true);
    let grads = loss.backward();
    LEAVES_VARIABLES.set(false);
    grads
}

/// Keeps gradients on the graph, so that gradients of gradients are exact (R1, path length).
///
/// candle reads the setting once a thread, at the thread's first backward pass; call this before any. What an optimiser
/// keeps between steps must be detached, or memory grows.
pub fn keep_gradient_graphs() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        #[expect(unsafe_code, reason = "candle reads this setting from the environment and nowhere else")]
        // SAFETY: the standard library serialises its own accesses; nothing here reads the environment from C meanwhile.
        unsafe {
            std::env::set_var("CANDLE_GRAD_DO_NOT_DETACH", "1");
        }
        KEEPS_GRAPHS.store(true, Ordering::Relaxed);
    });
}
