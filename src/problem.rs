//! What went wrong, what to do next, and the exit code that says how grave it is.
//!
//! One type for every refusal, so that a reader of the terminal and a script
//! learn the same: a fact, a way out, a code. The advice itself stands beside
//! the type it belongs to; this file knows nobody else's errors.

use std::fmt;

/// How a command ended, as far as whoever called it needs to know.
///
/// The numbers are part of the program's interface and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Refused or failed; nothing changed. Exit 1.
    Refused,
    /// The command line is wrong, or a decision is missing. Exit 2.
    Usage,
    /// A book, a configuration or a secret is missing. Exit 3.
    Setup,
    /// The book holds what dues never wrote, or cannot be read whole. Exit 3.
    Damaged,
    /// A card was declined. Exit 4.
    Declined,
    /// Nobody can yet say whether money moved. Exit 5.
    Unknown,
    /// Some of the work was done. Exit 6.
    Partial,
    /// Another `dues` is at work; try again. Exit 7.
    Busy,
    /// Something needs a person. Exit 8.
    Attention,
    /// Card data was offered, and refused unread. Exit 9.
    CardData,
    /// Our own mistake. Exit 70.
    Bug,
}

impl Kind {
    /// The process exit code.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Setup | Self::Damaged => 3,
            Self::Declined => 4,
            Self::Unknown => 5,
            Self::Partial => 6,
            Self::Busy => 7,
            Self::Attention => 8,
            Self::CardData => 9,
            Self::Bug => 70,
        }
    }
}

/// What was not done because of a problem, where that is to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Charged,
    GivenBack,
    Sent,
    Changed,
    Written,
    Done,
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Charged => "charged",
            Self::GivenBack => "given back",
            Self::Sent => "sent",
            Self::Changed => "changed",
            Self::Written => "written",
            Self::Done => "done",
        })
    }
}

/// A piece of what to do next. The commands are kept apart from the words, so
/// that whoever shows them can put them for whoever reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Words(String),
    /// A command of ours, without the program's own name: `charge recover`.
    Command(String),
}

impl Part {
    /// Reads a hint as it is written: the commands stand in backticks.
    fn all_of(text: &str) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once("`dues ")
            && let Some((command, after)) = after.split_once('`')
        {
            parts.push(Self::Words(words.to_owned()));
            parts.push(Self::Command(command.to_owned()));
            rest = after;
        }
        parts.push(Self::Words(rest.to_owned()));
        parts.retain(|part| *part != Self::Words(String::new()));
        parts
    }
}

/// As a terminal shows it.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => f.write_str(words),
            Self::Command(command) => write!(f, "`dues {command}`"),
        }
    }
}

/// A refusal: the fact, what was not done, the way out, and a code for scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    code: &'static str,
    fact: String,
    undone: Option<Deed>,
    /// Of the whole, some was done before.
    had_effects: bool,
    way_out: Vec<Part>,
}

/// What every fallible step of the program returns.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

impl Problem {
    /// A problem with a stable `code` for scripts and a lower-case fact for people.
    pub fn new(kind: Kind, code: &'static str, fact: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            fact: fact.into(),
            undone: None,
            had_effects: false,
            way_out: Vec::new(),
        }
    }

    /// A refusal that changed nothing (exit 1).
    pub fn refused(code: &'static str, fact: impl Into<String>) -> Self {
        Self::new(Kind::Refused, code, fact)
    }

    /// A wrong or incomplete command line (exit 2).
    pub fn usage(code: &'static str, fact: impl Into<String>) -> Self {
        Self::new(Kind::Usage, code, fact)
    }

    /// Missing set-up: book, configuration or secret (exit 3).
    pub fn setup(code: &'static str, fact: impl Into<String>) -> Self {
        Self::new(Kind::Setup, code, fact)
    }

    /// Our own mistake (exit 70).
    pub fn bug(fact: impl Into<String>) -> Self {
        Self::new(Kind::Bug, "bug", fact)
            .hint("This is a mistake in dues, not yours. Please report it with this message.")
    }

    /// Says with the fact what was not done: `; nothing was charged`. What is
    /// said last counts, as whoever says it knows more of what was wanted.
    #[must_use]
    pub fn nothing_was(mut self, deed: Deed) -> Self {
        self.undone = Some(deed);
        self
    }

    /// Adds what to do next: a full sentence, with a command to paste where
    /// there is one, in backticks.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.way_out = Part::all_of(&hint.into());
        self
    }

    /// Puts the place before the fact: `line 7: …`.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.fact = format!("{place}: {}", self.fact);
        self
    }

    /// The same problem where it ended a command that had done something by
    /// then. Of a part it may say that nothing was done; of the whole only the
    /// rest was not.
    #[must_use]
    pub fn after_effects(mut self) -> Self {
        self.had_effects = true;
        if !matches!(
            self.kind,
            Kind::Unknown | Kind::Attention | Kind::Declined | Kind::Bug
        ) {
            self.kind = Kind::Partial;
        }
        self
    }

    /// The same problem where a lesser one came with it.
    #[must_use]
    pub fn beside(mut self, other: &Self) -> Self {
        self.fact = format!("{}; {}", self.fact, other.fact);
        self
    }

    /// Writes the commands for a book that was named by `--book`.
    #[must_use]
    pub fn about_book(mut self, book: &str) -> Self {
        for part in &mut self.way_out {
            if let Part::Command(command) = part {
                *command = format!("--book {book} {command}");
            }
        }
        self
    }

    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The stable word for scripts, such as `card_declined`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The fact alone, for a sentence that says itself what was and was not done.
    #[must_use]
    pub fn fact(&self) -> &str {
        &self.fact
    }

    /// The fact, and what was not done.
    #[must_use]
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// What to do next, as a terminal shows it.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        let shown = self.way_out.iter().map(Part::to_string);
        (!self.way_out.is_empty()).then(|| shown.collect())
    }

    /// What to do next, its commands kept apart.
    #[must_use]
    pub fn way_out(&self) -> &[Part] {
        &self.way_out
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fact)?;
        match self.undone {
            None => Ok(()),
            Some(deed) if self.had_effects => write!(f, "; nothing more was {deed}"),
            Some(deed) => write!(f, "; nothing was {deed}"),
        }
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_a_command_halfway_claims_nothing_of_its_beginning() {
        let busy = Problem::new(Kind::Busy, "book_busy", "another program is writing")
            .nothing_was(Deed::Changed);
        let fact = "another program is writing; nothing was changed";
        assert_eq!(busy.message(), fact);

        let busy = busy.after_effects();

        assert_eq!((busy.kind(), busy.code()), (Kind::Partial, "book_busy"));
        let fact = "another program is writing; nothing more was changed";
        assert_eq!(busy.message(), fact);
        for (kind, then) in [
            (Kind::Refused, Kind::Partial),
            (Kind::Usage, Kind::Partial),
            (Kind::Setup, Kind::Partial),
            (Kind::Declined, Kind::Declined),
            (Kind::Unknown, Kind::Unknown),
            (Kind::Partial, Kind::Partial),
            (Kind::Attention, Kind::Attention),
            (Kind::Bug, Kind::Bug),
        ] {
            assert_eq!(Problem::new(kind, "x", "x").after_effects().kind(), then);
        }
    }

    /// Names come from outside: one that reads like our own words is not edited.
    #[test]
    fn a_name_is_not_taken_for_what_was_not_done() {
        let named = Problem::refused("x", "`Nothing was nothing was Ltd` has nothing open")
            .hint("Ask `nothing was Ltd`.");

        let after = named.clone().after_effects();

        assert_eq!(
            (after.message(), after.advice()),
            (named.message(), named.advice())
        );
    }

    #[test]
    fn the_commands_of_a_hint_are_kept_apart() {
        let words = |text: &str| Part::Words(text.to_owned());
        let command = |text: &str| Part::Command(text.to_owned());
        let table = [
            (
                "Run `dues charge recover` to find out.",
                vec![
                    words("Run "),
                    command("charge recover"),
                    words(" to find out."),
                ],
            ),
            (
                "Add `--yes`, or see `dues log`",
                vec![words("Add `--yes`, or see "), command("log")],
            ),
            ("dues is not `dues`.", vec![words("dues is not `dues`.")]),
            ("Half of `dues log", vec![words("Half of `dues log")]),
        ];
        for (text, parts) in table {
            let advised = Problem::refused("x", "x").hint(text);

            assert_eq!(advised.way_out(), parts);
            assert_eq!(advised.advice().as_deref(), Some(text));
        }
    }

    #[test]
    fn a_command_is_written_for_the_book_that_was_named() {
        let advised = Problem::refused("x", "x")
            .hint("See `dues log`; `--book` is not `dues`, `dues status` is.")
            .about_book("my.db");

        let text =
            "See `dues --book my.db log`; `--book` is not `dues`, `dues --book my.db status` is.";
        assert_eq!(advised.advice().as_deref(), Some(text));
    }
}
