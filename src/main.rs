//! The program: everything is in the library.

/// Freed memory is kept for the next layer's result: the system's allocator hands large blocks back at once, and taking
/// their pages anew costs up to a third of a convolution.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    pentimento::cli::main()
}
