//! The program: everything is in the library.

fn main() -> std::process::ExitCode {
    pentimento::cli::main()
}
