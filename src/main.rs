//! The process: hands the arguments to the command line, and its answer to the shell.

use std::process::ExitCode;

ctor::declarative::ctor! {
    #[ctor(unsafe)]
    fn before_main() {
        dues::cli::look_for_stdout();
    }
}

fn main() -> ExitCode {
    dues::process::harden();
    ExitCode::from(dues::cli::run(std::env::args_os().collect()))
}
