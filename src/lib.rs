//! `dues`: accounts receivable at the terminal.
//!
//! The house, from the top floor down; a file uses the floors below its own
//! and its own folder, and siblings on a floor never know each other:
//!
//! ```text
//! cli                                         reads, asks, prints
//! views wiring                                what is shown of the book; the parts put together
//! jobs                                        effects in the right order
//! books gateway intake paper mail secrets     one borrowed tool each
//!   clock config mark
//! ports                                       what we need from outside
//! domain                                      the nouns and their rules; pure
//! process plain_file private_file rehearsal   the process; files read and put whole; how tests stop it
//! problem                                     what went wrong, what to do next
//! ```
//!
//! The way of money, whether it is taken or given back, by hand, by schedule
//! or by recovery:
//!
//! ```text
//! decided     jobs/plan.rs        what a charge takes, from which card, for which invoices
//!             jobs/refund.rs      what a refund gives back, and what it reopens
//!             jobs/run_due        which dates are due, and one charge after the other
//! sent        jobs/flight         depart, mark, ask, land: the one way out
//!             jobs/asking.rs      the gateway's own word for what is asked
//! booked      jobs/settle.rs      the answer weighed, the step taken, the mail written
//!             books/attempts.rs   each step, and what it books
//! found out   jobs/recover.rs     what became of whatever was not heard
//! taken back  jobs/reconcile.rs   what a restored book forgot
//! promised    domain/rules.rs     what holds on all of that way, each promise a predicate
//! ```

#![forbid(unsafe_code)]

pub mod books;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod gateway;
pub mod intake;
pub mod jobs;
pub mod mail;
pub mod mark;
pub mod paper;
pub mod plain_file;
pub mod ports;
pub mod private_file;
pub mod problem;
pub mod process;
pub mod rehearsal;
pub mod secrets;
pub mod views;
pub mod wiring;
