//! The packet for a dispute as people read it: an index page, the mails, and
//! the texts for the gateway's form.
//!
//! Whoever keeps the book reads it first: it says plainly what is missing, and
//! what would not help.

mod answers;
mod page;
mod story;

use std::fmt::Write;

use jiff::tz::TimeZone;

use crate::domain::evidence::Mailed;
use crate::domain::hour::on_the_wall;

pub use answers::{Answers, Missing, answers};
pub use page::index;
pub use story::{compelling_words, matches};

/// A mail as it was written, with each step of its way.
#[must_use]
pub fn mail(mail: &Mailed, zone: &TimeZone) -> String {
    let mut text = format!(
        "Mail {}\nTo: {}\nSubject: {}\nWritten: {}\n",
        mail.id,
        mail.to,
        mail.subject,
        on_the_wall(mail.written_at, zone)
    );
    if let Some(at) = mail.sent_at {
        let _ = writeln!(text, "Sent: {}", on_the_wall(at, zone));
    }
    text.push_str("\nIts way:\n");
    for (at, said) in &mail.log {
        let _ = writeln!(text, "  {}  {said}", on_the_wall(*at, zone));
    }
    let _ = write!(text, "\n{}\n", mail.text.trim_end());
    text
}
