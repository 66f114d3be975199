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
            Self::Setup => 3,
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

/// A refusal: the fact, the way out, and a code for scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    code: &'static str,
    message: String,
    hint: Option<String>,
}

/// What every fallible step of the program returns.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

impl Problem {
    /// A problem with a stable `code` for scripts and a lower-case fact for people.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            message: message.into(),
            hint: None,
        }
    }

    /// A refusal that changed nothing (exit 1).
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, code, message)
    }

    /// A wrong or incomplete command line (exit 2).
    pub fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, code, message)
    }

    /// Missing set-up: book, configuration or secret (exit 3).
    pub fn setup(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Setup, code, message)
    }

    /// Our own mistake (exit 70).
    pub fn bug(message: impl Into<String>) -> Self {
        Self::new(Kind::Bug, "bug", message)
            .hint("This is a mistake in dues, not yours. Please report it with this message.")
    }

    /// Adds what to do next: a full sentence, with a command to paste where there is one.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Puts the place before the fact: `line 7: …`.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    /// The same problem where it ended a command that had done something by
    /// then. Of a part it may say that nothing was done; of the whole only the
    /// rest was not.
    #[must_use]
    pub fn after_effects(mut self) -> Self {
        for text in [Some(&mut self.message), self.hint.as_mut()]
            .into_iter()
            .flatten()
        {
            *text = text.replace("nothing was ", "nothing more was ");
        }
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
        self.message = format!("{}; {}", self.message, other.message);
        self
    }

    /// Writes the commands of the hint for a book that was named by `--book`.
    #[must_use]
    pub fn about_book(mut self, book: &str) -> Self {
        let named = format!("`dues --book {book} ");
        self.hint = self.hint.map(|hint| hint.replace("`dues ", &named));
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

    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_a_command_halfway_claims_nothing_of_its_beginning() {
        let busy = Problem::new(Kind::Busy, "book_busy", "another program is writing")
            .hint("Try again in a moment; nothing was changed.")
            .after_effects();

        assert_eq!((busy.kind(), busy.code()), (Kind::Partial, "book_busy"));
        let hint = "Try again in a moment; nothing more was changed.";
        assert_eq!(busy.advice(), Some(hint));
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
}
