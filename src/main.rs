//! The process: hands the arguments to the command line, and its answer to the shell.

use std::process::ExitCode;

fn main() -> ExitCode {
    dues::process::harden();
    ExitCode::from(dues::cli::run(std::env::args_os().collect()))
}
