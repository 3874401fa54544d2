//! The device that networks compute on, from what `--device` says.

use super::args::Device;
use super::errors::CliError;

/// Opens the device; `auto` takes the first graphics processor that this build and this machine have, else the CPU.
pub(super) fn open(device: Device) -> Result<candle_core::Device, CliError> {
    match device {
        Device::Cpu => Ok(candle_core::Device::Cpu),
        Device::Cuda => cuda(),
        Device::Metal => metal(),
        Device::Auto => Ok(cuda().or_else(|_none| metal()).unwrap_or(candle_core::Device::Cpu)),
    }
}

/// Refuses a graphics processor where `what` is computed on the CPU only.
pub(super) fn check_cpu(device: Device, what: &'static str) -> Result<(), CliError> {
    match device {
        Device::Cpu | Device::Auto => Ok(()),
        Device::Cuda | Device::Metal => Err(CliError::CpuOnly { what }),
    }
}

fn cuda() -> Result<candle_core::Device, CliError> {
    if !cfg!(feature = "cuda") {
        return Err(CliError::NoSuchDevice { name: "CUDA" });
    }
    candle_core::Device::new_cuda(0).map_err(|error| fails("CUDA", &error))
}

fn metal() -> Result<candle_core::Device, CliError> {
    if !cfg!(feature = "metal") {
        return Err(CliError::NoSuchDevice { name: "Metal" });
    }
    candle_core::Device::new_metal(0).map_err(|error| fails("Metal", &error))
}

fn fails(name: &'static str, error: &candle_core::Error) -> CliError {
    let reason = error.to_string().lines().next().unwrap_or("no reason given").to_owned();
    CliError::DeviceFails { name, reason }
}
