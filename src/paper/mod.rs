//! What people look at outside the terminal.
//!
//! A paper says what has already happened, so it must not be able to fail:
//! where a template will not render, a plainer text with the same facts goes
//! out in its place.

mod confirmation;
pub mod evidence;
pub mod imported;
pub mod ledger;
mod notice;
pub mod sheet;

use jiff::civil::Date;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::domain::payment::Method;
use crate::domain::untrusted;

pub use confirmation::confirmation;
pub use notice::{notice, run_report};

/// The widest line of a text: what every mail program shows unbroken.
const WIDTH: usize = 72;

/// A template filled in, or `None` if it cannot be. A name that ends in
/// `.html` escapes what it is given.
fn fill(name: &str, template: &str, facts: &impl Serialize) -> Option<String> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.add_filter("wrap", |text: String| wrap(&text));
    engine.add_filter("left", |text: String, width: usize| {
        format!("{text:<width$}")
    });
    engine.add_filter("right", |text: String, width: usize| {
        format!("{text:>width$}")
    });
    engine.render_named_str(name, template, Serde(facts)).ok()
}

/// A text in lines of at most [`WIDTH`] characters, broken between words
/// where there are words.
fn wrap(text: &str) -> String {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.chunks(WIDTH) {
            if used > 0 && used + 1 + piece.len() > WIDTH {
                lines.push(String::new());
                used = 0;
            }
            let line = lines.last_mut().expect("there is always a last line");
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.extend(piece);
            used += piece.len();
        }
    }
    lines.join("\n")
}

/// Text from outside on one line, with nothing hidden in it.
fn plain(text: &str) -> String {
    untrusted::visible(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `22 November 2026`: one reading, whatever side of an ocean one is on.
fn written_out(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// `by check 8841`
fn sent_by(method: Method, reference: Option<&str>) -> String {
    let number = reference.map(plain).unwrap_or_default();
    let by = match method {
        Method::Check => "by check",
        Method::Cash => "in cash",
        Method::Ach => "by bank debit (ACH)",
        Method::Wire => "by wire transfer",
        Method::Card => "by card",
        Method::Other if number.is_empty() => return "in another way".to_owned(),
        Method::Other => "under the number",
    };
    format!("{by} {number}").trim_end().to_owned()
}

/// `Amex card ending in 5544`
fn card(brand: &str, last4: &str) -> String {
    let brand = plain(brand);
    let name = match brand.as_str() {
        "" | "unknown" => return format!("card ending in {}", plain(last4)),
        "amex" => "Amex",
        "diners" => "Diners Club",
        "jcb" => "JCB",
        "unionpay" => "UnionPay",
        other => &capitalised(other),
    };
    format!("{name} card ending in {}", plain(last4))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// A text as an HTML page that shows it as it stands.
fn preformatted(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    format!("<!doctype html>\n<meta charset=\"utf-8\">\n<pre>{escaped}</pre>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_mail_program_shows() {
        let text = format!("{} {} end", "word ".repeat(40), "x".repeat(200));

        let wrapped = wrap(&text);

        assert!(wrapped.lines().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(
            wrapped.split_whitespace().collect::<String>(),
            text.split_whitespace().collect::<String>()
        );
        assert_eq!(wrap(""), "");
    }

    #[test]
    fn a_missing_fact_is_no_empty_space() {
        assert_eq!(fill("a.txt", "{{ nobody }}", &()), None);
        assert_eq!(fill("a.txt", "{% if %}", &()), None);
    }
}
