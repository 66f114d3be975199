//! The way out: whatever the program shows leaves here.
//!
//! Only [`Visible`] text passes, so no command can forget that a name, a
//! gateway's words or an argument may hold what a terminal obeys. A rule of
//! the house keeps every other file from the two streams. Data that cannot be
//! written is an error; that nobody reads on (`| head`) is none.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::atomic::{AtomicBool, Ordering};

use clap_complete::CompleteEnv;

use crate::domain::untrusted::Visible;
use crate::problem::{Problem, Result};

static STDOUT_IS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Looks whether there is a standard output (`dues … >&-` starts without one).
/// Called before `main`: Rust puts a `/dev/null` in its place then, and whatever
/// is printed would be gone without a word.
pub fn look_for_stdout() {
    #[cfg(unix)]
    {
        let is_closed = rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err();
        STDOUT_IS_CLOSED.store(is_closed, Ordering::Relaxed);
    }
}

/// The way of data to whoever reads it.
pub struct Out {
    stream: BufWriter<StdoutLock<'static>>,
    is_closed: bool,
}

impl Out {
    /// Nobody else can show data before this is gone.
    #[must_use]
    pub fn open() -> Self {
        Self {
            stream: BufWriter::new(io::stdout().lock()),
            is_closed: false,
        }
    }

    /// Shows a piece of it.
    ///
    /// # Errors
    ///
    /// Exit 1 if it cannot be written, or nobody reads on; of the two,
    /// [`Out::end`] knows which is an error.
    pub fn show(&mut self, text: &Visible) -> Result<()> {
        self.show_as(text, |text| Ok(text.as_bytes().into()))
    }

    /// Shows a piece of it in the letters of somebody else's file.
    ///
    /// # Errors
    ///
    /// As [`Out::show`]; what `letters` returned.
    pub fn show_as(
        &mut self,
        text: &Visible,
        letters: impl FnOnce(&str) -> Result<Cow<'_, [u8]>>,
    ) -> Result<()> {
        if text.as_str().is_empty() {
            return Ok(());
        }
        require_stdout()?;
        let written = self.stream.write_all(&letters(text.as_str())?);
        self.heard(written)
    }

    /// Shows what is left of it, where all was `told`.
    ///
    /// # Errors
    ///
    /// Exit 1 if it cannot be written; what `told` returned, but for one who
    /// reads no further.
    pub fn end<T: Default>(mut self, told: Result<T>) -> Result<T> {
        let ended = told.and_then(|told| {
            let flushed = self.stream.flush();
            self.heard(flushed).map(|()| told)
        });
        if self.is_closed {
            return Ok(T::default());
        }
        ended
    }

    fn heard(&mut self, written: io::Result<()>) -> Result<()> {
        written.map_err(|error| {
            self.is_closed |= error.kind() == io::ErrorKind::BrokenPipe;
            not_written(&error)
        })
    }
}

/// Shows data.
///
/// # Errors
///
/// Exit 1 if it cannot be written. A closed pipe is no error: a command may
/// have work to finish.
pub fn out(text: &Visible) -> Result<()> {
    let mut out = Out::open();
    let shown = out.show(text);
    out.end(shown)
}

/// Something is to be printed.
fn require_stdout() -> Result<()> {
    if !STDOUT_IS_CLOSED.load(Ordering::Relaxed) {
        return Ok(());
    }
    let fact = "the answer cannot be written: standard output is closed";
    Err(Problem::refused("not_written", fact)
        .hint("Leave out `>&-`; where nobody is to read it, write `> /dev/null`."))
}

fn not_written(error: &io::Error) -> Problem {
    Problem::refused(
        "not_written",
        format!("the answer cannot be written: {error}"),
    )
    .hint("Look where it goes: its disk may be full. Then run the command again.")
}

/// Shows whatever is no data. Where that cannot be shown, nothing could say so.
pub fn err(text: &Visible) {
    let _ = io::stderr().lock().write_all(text.as_str().as_bytes());
}

/// A question or a bar hides the cursor; a command that is stopped ends without them.
pub fn give_the_cursor_back() {
    let mut stderr = io::stderr();
    if stderr.is_terminal() {
        let _ = stderr.write_all(b"\x1b[?25h\n");
    }
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
///
/// # Errors
///
/// As [`out`].
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that lets clap print"
)]
pub fn help(found: &clap::Error) -> Result<()> {
    if !found.use_stderr() {
        require_stdout()?;
    }
    let plain = found.render().to_string();
    let shown = Visible::text(&plain);
    if shown.as_str() != plain {
        if found.use_stderr() {
            err(&shown);
            return Ok(());
        }
        return out(&shown);
    }
    let printed = found.print().and_then(|()| io::stdout().flush());
    match printed {
        Err(error) if !found.use_stderr() => unless_closed(&error),
        _ => Ok(()),
    }
}

/// Completes a command line where a shell asks for that; whether one did.
///
/// # Errors
///
/// Exit 1 if it cannot be written, or is a shell that nobody knows.
pub fn completes(program: fn() -> clap::Command) -> Result<bool> {
    let here = std::env::current_dir().ok();
    let completed = CompleteEnv::with_factory(program)
        .try_complete(std::env::args_os(), here.as_deref())
        .map_err(|error| {
            let why = error.to_string();
            let why = why.trim_start_matches("error: ").trim_end();
            Problem::refused("not_completed", format!("nothing is completed: {why}"))
                .hint("`dues completions --help` shows which shells there are.")
        })?;
    if completed {
        require_stdout()?;
        io::stdout()
            .flush()
            .or_else(|error| unless_closed(&error))?;
    }
    Ok(completed)
}

fn unless_closed(error: &io::Error) -> Result<()> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(not_written(error)),
    }
}

/// Runs the program; `None` if it panicked, and then its last words were shown.
pub fn caught<T>(run: impl FnOnce() -> T) -> Option<T> {
    set_hook(Box::new(|last| err(&Visible::text(&format!("{last}\n")))));
    catch_unwind(AssertUnwindSafe(run)).ok()
}
