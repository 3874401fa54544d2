//! What the figures were measured on.

use candle_core::Device;
use serde::Serialize;

use super::super::errors::CliError;
use crate::compute::{Backend, backend, fma_peak_gflops, vectors};

/// The device, what computes on it, and what it could do at best.
#[derive(Serialize)]
pub(super) struct Machine {
    /// Whose kernels ran: `own` or `candle`.
    backend: &'static str,
    /// `cpu`, `cuda` or `metal`.
    device: &'static str,
    /// The processor's own name, where the system tells it.
    device_name: Option<String>,
    /// The vector instructions in use.
    simd: &'static str,
    threads: usize,
    /// Measured rate of fused multiply-adds of all threads, in 10^9 operations a second; only of a CPU.
    pub(super) peak_gflops: Option<f64>,
}

impl Machine {
    /// Looks at the machine and measures its peak.
    pub(super) fn measure(device: &Device) -> Result<Self, CliError> {
        let threads = rayon::current_num_threads();
        let (name, is_ours) = match device {
            Device::Cpu => ("cpu", backend() == Backend::Own),
            Device::Cuda(_) => ("cuda", false),
            Device::Metal(_) => ("metal", false),
        };
        Ok(Self {
            backend: if is_ours { "own" } else { "candle" },
            device: name,
            device_name: processor_name().filter(|_| device.is_cpu()),
            simd: vectors(),
            threads,
            peak_gflops: device.is_cpu().then(|| fma_peak_gflops(threads)).transpose()?,
        })
    }

    /// Takes the better of two measurements of the peak: other programs can only lower it.
    pub(super) fn measure_again(&mut self) -> Result<(), CliError> {
        if let Some(peak) = &mut self.peak_gflops {
            *peak = peak.max(fma_peak_gflops(self.threads)?);
        }
        Ok(())
    }

    /// One line for people.
    pub(super) fn sentence(&self) -> String {
        let name = self.device_name.as_deref().unwrap_or(self.device);
        let peak = self.peak_gflops.map(|peak| format!(", peak {peak:.0} GFLOP/s")).unwrap_or_default();
        format!("{name}, {}, {} threads, {} kernels{peak}", self.simd, self.threads, self.backend)
    }
}

/// Linux tells it in a file.
fn processor_name() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim().to_owned())
}
