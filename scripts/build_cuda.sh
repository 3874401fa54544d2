#!/usr/bin/env bash
# Builds the `cuda` feature on a machine without a GPU and without the CUDA toolkit.
#
#   scripts/build_cuda.sh                        builds the release binary: target/cuda/release/pentimento
#   scripts/build_cuda.sh test --features cuda   any other cargo command line
#
# What it does: compiler, headers and libraries of CUDA 13.0 come from NVIDIA's Python wheels and are laid out as the
# toolkit's installer would (bin, include, nvvm, lib64). The driver's library, libcuda, is not among them, so the program is
# linked against an empty stand-in of the same name; where the program runs, the driver brings the real one.
#
# It needs python3 with venv, a C compiler, a few gigabytes of disk, the network for the first run, and patience: candle's kernels take
# 15 to 30 minutes on two cores the first time.
#
# The result needs a driver for CUDA 13 (libcuda.so.1) and libcublas.so.13, libcurand.so.10 and libcudart.so.13 in its library
# path. The wheels hold those too: LD_LIBRARY_PATH=~/.cache/pentimento-cuda/lib64 serves on the machine that built it.
#
#   PENTIMENTO_CUDA_HOME   where the toolkit is put; ~/.cache/pentimento-cuda unless set
#   CUDA_COMPUTE_CAP       compute capability of the GPU without its point; 90 unless set (H100, H200), 89 for an RTX 40xx
set -euo pipefail
cd "$(dirname "$0")/.."

toolkit=${PENTIMENTO_CUDA_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/pentimento-cuda}
version='13.0.*'

# nvcc with its parts, and the libraries that candle links.
fetch_wheels() {
  python3 -m venv "$toolkit/venv"
  local packages=(nvidia-curand)
  local name
  for name in nvidia-cuda-nvcc nvidia-cuda-crt nvidia-nvvm nvidia-cuda-cccl nvidia-cuda-runtime nvidia-cuda-nvrtc nvidia-cublas; do
    packages+=("$name==$version")
  done
  "$toolkit/venv/bin/pip" install --quiet "${packages[@]}"
}

# The folders of an installed toolkit, as links into the wheels.
lay_out() {
  local found=("$toolkit"/venv/lib/python3*/site-packages/nvidia/cu13)
  local wheels=${found[0]}
  if [ ! -d "$wheels" ]; then
    echo "build_cuda.sh: the wheels hold no nvidia/cu13; has their layout changed?" >&2
    exit 1
  fi
  local folder library name versions
  for folder in bin include nvvm; do
    ln -sfn "$wheels/$folder" "$toolkit/$folder"
  done
  mkdir -p "$toolkit/lib64"
  for library in "$wheels"/lib/*; do
    ln -sfn "$library" "$toolkit/lib64/${library##*/}"
  done
  # The linker asks for names without a version, which the wheels leave out.
  for name in cublas cublasLt cudart curand nvrtc; do
    versions=("$toolkit/lib64/lib$name".so.*)
    ln -sfn "${versions[0]}" "$toolkit/lib64/lib$name.so"
  done
}

# An empty libcuda: the linker only wants its name.
make_stand_in() {
  echo 'void pentimento_stands_in_for_the_driver(void) {}' > "$toolkit/stand_in.c"
  cc -shared -fPIC -Wl,-soname,libcuda.so.1 -o "$toolkit/lib64/libcuda.so" "$toolkit/stand_in.c"
}

# Written last, so that a run which was cut off begins anew.
if [ ! -e "$toolkit/complete" ]; then
  mkdir -p "$toolkit"
  fetch_wheels
  lay_out
  make_stand_in
  touch "$toolkit/complete"
fi

# Every crate that looks for CUDA asks another variable.
export CUDA_HOME="$toolkit" CUDA_PATH="$toolkit" CUDA_ROOT="$toolkit" CUDA_TOOLKIT_ROOT_DIR="$toolkit"
export CUDA_COMPUTE_CAP="${CUDA_COMPUTE_CAP:-90}"
export PATH="$toolkit/bin:$PATH"
export LIBRARY_PATH="$toolkit/lib64${LIBRARY_PATH:+:$LIBRARY_PATH}"
export LD_LIBRARY_PATH="$toolkit/lib64${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
# The driver's functions are not in the stand-in: they may stay open until the program is loaded.
export RUSTFLAGS="-L native=$toolkit/lib64 -C link-arg=-Wl,--unresolved-symbols=ignore-all${RUSTFLAGS:+ $RUSTFLAGS}"

if [ $# -eq 0 ]; then
  set -- build --release --features cuda
fi
command=$1
shift
exec cargo "$command" --target-dir target/cuda "$@"
