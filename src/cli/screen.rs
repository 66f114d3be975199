//! The way out: whatever the program shows leaves here.
//!
//! Only [`Visible`] text passes, so no command can forget that a name, a
//! gateway's words or an argument may hold what a terminal obeys. A rule of
//! the house keeps every other file from the two streams.

use std::io::{self, IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

use crate::domain::untrusted::Visible;

/// Shows data. A closed pipe must not stop a command that has work to finish.
pub fn out(text: &Visible) {
    let mut stdout = io::stdout().lock();
    let _ = stdout
        .write_all(text.as_str().as_bytes())
        .and_then(|()| stdout.flush());
}

/// Shows whatever is no data.
pub fn err(text: &Visible) {
    let _ = io::stderr().lock().write_all(text.as_str().as_bytes());
}

/// Whether a person can be asked: a prompt without a terminal would wait or
/// spin for ever.
#[must_use]
pub fn has_a_person() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether a person looks at the data.
#[must_use]
pub fn is_watched() -> bool {
    io::stdout().is_terminal()
}

/// Shows a help, in clap's colours where there is nothing in it but our own words.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that lets clap print"
)]
pub fn help(found: &clap::Error) {
    let plain = found.render().to_string();
    let shown = Visible::text(&plain);
    if shown.as_str() == plain {
        let _ = found.print();
    } else if found.use_stderr() {
        err(&shown);
    } else {
        out(&shown);
    }
}

/// Runs the program; `None` if it panicked, and then its last words were shown.
pub fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    set_hook(Box::new(|last| err(&Visible::text(&format!("{last}\n")))));
    catch_unwind(AssertUnwindSafe(run)).ok()
}
