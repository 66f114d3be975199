//! The last word of a command that is stopped: Ctrl-C, a closed terminal, the
//! end of a session.
//!
//! What is out is read from the book, which knew of it before the first byte
//! left. While this is said the book cannot be written, so nothing leaves after
//! it was said that nothing had.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::refund::words::goes;
use super::screen;
use super::terminal::Terminal;
use crate::books::{Books, Hand, Lock, Reader};
use crate::clock::SystemClock;
use crate::domain::charge::State;
use crate::domain::purpose::Purpose;
use crate::ports::Clock;
use crate::problem::{Deed, Kind, Problem, Result};
use crate::process::{self, Stop};

/// How many are named.
const MOST_NAMED: usize = 5;

/// The way out of not knowing.
const FIND_OUT: &str =
    "Run `dues charge recover` to find out. Do not do it in any other way before.";

/// What the last word needs to know of the command.
#[derive(Clone, Default)]
pub struct Stopping(Arc<Mutex<Option<AtWork>>>);

/// The book that a command works on, and how far its log was by then.
struct AtWork {
    book: PathBuf,
    charging: Lock,
    hand: Hand,
    began_at: i64,
}

impl Stopping {
    /// Listens from now on to a command that does this with money, if anything. `about` writes the commands of a problem for the
    /// book that was named.
    pub fn listen(
        &self,
        terminal: Terminal,
        moves: Option<Deed>,
        about: impl Fn(Problem) -> Problem + Send + 'static,
    ) {
        let at_work = Arc::clone(&self.0);
        process::on_stop(move |stop| {
            screen::give_the_cursor_back();
            let at_work = at_work.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(at_work) = at_work.as_ref() else {
                return;
            };
            if at_work.charging.is_ours() {
                let say = |problem| terminal.print_problem(&about(problem), None);
                at_work.while_charging(stop, &say, terminal, moves.unwrap_or(Deed::Charged));
            } else if let Some(deed) = moves
                && let Ok(books) = at_work.open()
            {
                terminal.say(&at_work.so_far(books.read(), deed));
            }
        });
    }

    /// The command works on this book. What it opens again was there before.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn works_on(&self, books: &Books, hand: &Hand) -> Result<()> {
        let mut at_work = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if at_work
            .as_ref()
            .is_some_and(|known| known.book == books.path())
        {
            return Ok(());
        }
        *at_work = Some(AtWork {
            book: books.path().to_owned(),
            charging: books.charging_right(),
            hand: hand.clone(),
            began_at: last_change(books.read())?,
        });
        Ok(())
    }
}

impl AtWork {
    fn open(&self) -> Result<Books> {
        Books::open(&self.book)
    }

    /// Ends the process while the book is held, so that it stays as it was read.
    fn while_charging(
        &self,
        stop: Stop,
        say: &dyn Fn(Problem),
        terminal: Terminal,
        deed: Deed,
    ) -> ! {
        let unread = self.open().and_then(|mut books| {
            books.rehearse(&self.hand, SystemClock.now(), |tx| -> Result<()> {
                let Some(problem) = what_is_out(tx.read())? else {
                    terminal.say(&self.so_far(tx.read(), deed));
                    stop.as_asked();
                };
                say(problem);
                stop.with_code(Kind::Unknown.exit_code());
            })
        });
        let why = unread.err().map(|problem| problem.fact().to_owned());
        let fact = format!(
            "stopped while charging, and the book cannot be read: {}",
            why.unwrap_or_default()
        );
        say(Problem::new(Kind::Unknown, "outcome_unknown", fact).hint(FIND_OUT));
        stop.with_code(Kind::Unknown.exit_code());
    }

    /// What to say of a command that leaves nothing open.
    fn so_far(&self, book: Reader<'_>, deed: Deed) -> String {
        if last_change(book).is_ok_and(|now| now == self.began_at) {
            format!("stopped; nothing was {deed}")
        } else {
            "stopped; what was done by then is in the book".to_owned()
        }
    }
}

fn last_change(book: Reader<'_>) -> Result<i64> {
    Ok(book.audit(Some(1))?.pop().map_or(0, |newest| newest.seq))
}

/// What nobody knows the outcome of, as the problem of a command that does not
/// find it out any more.
fn what_is_out(book: Reader<'_>) -> Result<Option<Problem>> {
    let mut out = book.open_attempts()?;
    out.retain(|attempt| matches!(attempt.state, State::Sending | State::Unknown));
    let what = match out
        .iter()
        .map(|attempt| attempt.purpose)
        .collect::<Vec<_>>()[..]
    {
        [] => return Ok(None),
        [Purpose::Take(id)] => {
            let charge = book.charge(id)?;
            let card = book.card(charge.card)?.name();
            format!("whether {card} was charged {} ({id})", charge.amount)
        }
        [Purpose::GiveBack(id)] => {
            let went = goes(book, &book.refund(id)?, "went back")?;
            format!("whether {went} ({id})")
        }
        ref many => {
            let named = many.iter().take(MOST_NAMED).map(Purpose::to_string);
            let named = named.collect::<Vec<_>>().join(", ");
            match many.len().saturating_sub(MOST_NAMED) {
                0 => format!("what became of {named}"),
                more => format!("what became of {named} and {more} more"),
            }
        }
    };
    let fact = format!("stopped; nobody knows yet {what}");
    let problem = Problem::new(Kind::Unknown, "outcome_unknown", fact);
    Ok(Some(problem.hint(FIND_OUT)))
}
