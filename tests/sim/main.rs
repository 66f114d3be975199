//! The simulator: thousands of stories of a shop in trouble, each told by a seed.
//!
//! `cargo run --release --features rehearsal --bin sim -- --sends 1000000`
//! runs until so many charge requests have left under faults, and says what it
//! counted. A seed that finds something is printed with the command that tells
//! its story again.

mod actors;
mod admin;
mod clock;
mod command;
mod dates;
mod faults;
mod gateway;
mod given;
mod giving;
mod line;
mod listing;
mod oracle;
mod person;
mod planted;
mod play;
mod report;
mod returning;
mod returns;
mod rng;
mod server;
mod shop;
mod stage;
mod tally;
mod watch;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::main(&std::env::args().skip(1).collect::<Vec<_>>())
}
