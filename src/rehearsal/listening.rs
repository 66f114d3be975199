//! The side of a rehearsal that listens: to a test in this thread, and to the process's environment.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{POINTS, Rule};
use crate::problem::Problem;

/// Called at each named place of this thread; may fail it, or unwind.
pub type Listener = Rc<dyn Fn(&'static str) -> Result<(), Problem>>;

thread_local! {
    static LISTENER: RefCell<Option<Listener>> = const { RefCell::new(None) };
    static TAKEN_OUT: Cell<Option<Rule>> = const { Cell::new(None) };
    static OTHERS: Cell<u64> = Cell::new(u64::from(std::process::id()) << 32);
}

/// Puts a listener at every named place of this thread.
pub fn listen(listener: Option<Listener>) {
    LISTENER.with(|place| *place.borrow_mut() = listener);
}

/// Takes one rule out of the program, in this thread.
pub fn take_out(rule: Option<Rule>) {
    TAKEN_OUT.with(|out| out.set(rule));
    OTHERS.with(|others| others.set(0));
}

/// Another number each time: the same story when it is told again.
#[must_use]
pub fn another() -> u64 {
    OTHERS.with(|others| {
        others.set(others.get() + 1);
        others.get()
    })
}

/// `DUES_WITHOUT` takes a rule out of a whole process, by its name here.
static WITHOUT: OnceLock<Option<String>> = OnceLock::new();

pub(super) fn is_taken_out(rule: Rule) -> bool {
    let without = WITHOUT.get_or_init(|| std::env::var("DUES_WITHOUT").ok());
    TAKEN_OUT.with(|out| out.get() == Some(rule))
        || without
            .as_deref()
            .is_some_and(|name| name == format!("{rule:?}"))
}

static PASSED: AtomicU32 = AtomicU32::new(0);

pub(super) fn point(name: &'static str) -> Result<(), Problem> {
    debug_assert!(POINTS.contains(&name), "an unlisted place: {name}");
    let listener = LISTENER.with(|place| place.borrow().clone());
    if let Some(listener) = listener {
        listener(name)?;
    }
    // Each place that is passed, a line of its own.
    if let Ok(list) = std::env::var("DUES_PASSED") {
        write_down(list.as_ref(), name).map_err(|error| Problem::bug(error.to_string()))?;
    }
    // `NAME`, `NAME:HOW` or `NAME:HOW:NTH`; HOW is abort, error (once), errors (for ever) or wait.
    let Ok(wish) = std::env::var("DUES_CRASH") else {
        return Ok(());
    };
    let mut words = wish.split(':');
    if words.next() != Some(name) {
        return Ok(());
    }
    let how = words.next().unwrap_or("abort");
    let nth: u32 = words.next().and_then(|nth| nth.parse().ok()).unwrap_or(1);
    let passed = PASSED.fetch_add(1, Ordering::SeqCst) + 1;
    match how {
        "abort" if passed == nth => std::process::abort(),
        "error" if passed == nth => Err(rehearsed(name)),
        "wait" if passed == nth => loop {
            std::thread::park();
        },
        "errors" if passed >= nth => Err(rehearsed(name)),
        _ => Ok(()),
    }
}

fn write_down(list: &Path, name: &str) -> io::Result<()> {
    let mut list = File::options().create(true).append(true).open(list)?;
    writeln!(list, "{name}")
}

fn rehearsed(name: &str) -> Problem {
    Problem::refused("rehearsed", format!("a test made this fail, at `{name}`"))
        .hint("Unset DUES_CRASH.")
}
