//! `dues completions`: what a shell needs to complete commands.

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;
use serde_json::json;

use super::Cli;
use super::terminal::Report;

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = "Example: dues completions fish > ~/.config/fish/completions/dues.fish")]
pub struct Completions {
    shell: For,
}

/// The shells whose completions are kept with the source.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum For {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    pub fn run(&self) -> Report {
        let shell = match self.shell {
            For::Bash => Shell::Bash,
            For::Zsh => Shell::Zsh,
            For::Fish => Shell::Fish,
        };
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "dues", &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        Report::new(
            "dues.completions/1",
            json!({"script": script}),
            script.clone(),
        )
    }
}
