//! An amount as it is written: signs off, thousands joined, no meaning yet.
//!
//! Under a decimal mark a body of digits is well-formed or it is not, and
//! `12,34` is not: a stray comma is never skipped over.

use super::currencies;

/// The sign between whole units and their fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Point,
    Comma,
}

impl Mark {
    pub(super) fn letter(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// A cell taken apart: its signs, and the digits and marks between them.
pub(super) struct Figure<'c> {
    pub is_negative: bool,
    pub signs: Vec<&'c str>,
    pub body: &'c str,
}

impl<'c> Figure<'c> {
    /// `None` for what cannot be an amount under any mark.
    pub(super) fn of(cell: &'c str) -> Option<Self> {
        let mut figure = Self {
            is_negative: false,
            signs: Vec::new(),
            body: cell.trim(),
        };
        while figure.sheds_minus() || figure.sheds_sign() {
            figure.body = figure.body.trim();
        }
        let mut letters = figure.body.chars();
        let starts = letters
            .next()
            .is_some_and(|c| c.is_ascii_digit() || ".,".contains(c));
        let ends = figure.body.ends_with(|c: char| c.is_ascii_digit());
        (starts && ends).then_some(figure)
    }

    /// Takes off `-` before or behind, or parentheses; once.
    fn sheds_minus(&mut self) -> bool {
        const MINUS: [char; 2] = ['-', '\u{2212}'];
        if self.is_negative {
            return false;
        }
        let within = self
            .body
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'));
        let shed = within
            .or_else(|| self.body.strip_prefix(MINUS))
            .or_else(|| self.body.strip_suffix(MINUS));
        self.body = shed.unwrap_or(self.body);
        self.is_negative = shed.is_some();
        self.is_negative
    }

    /// Takes off a currency's sign or code before or behind: `$5.00 USD` has two.
    fn sheds_sign(&mut self) -> bool {
        let rest = self.body.trim_start_matches(currencies::is_part_of_sign);
        let sign = &self.body[..self.body.len() - rest.len()];
        let (sign, rest) = if sign.is_empty() {
            let rest = self.body.trim_end_matches(currencies::is_part_of_sign);
            (&self.body[rest.len()..], rest)
        } else {
            (sign, rest)
        };
        if sign.is_empty() || self.signs.len() == 2 {
            return false;
        }
        self.signs.push(sign);
        self.body = rest;
        true
    }
}

/// Characters that set off thousands, besides the other mark.
fn is_gap(letter: char) -> bool {
    letter.is_whitespace() || letter == '\'' || letter == '’'
}

/// The digits before and behind the mark, if the body is well-formed under it.
pub(super) fn parts(body: &str, mark: Mark) -> Option<(String, &str)> {
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match body.split_once(mark.letter()) {
        Some((_, "")) => return None,
        Some((whole, fraction)) => (whole, fraction),
        None => (body, ""),
    };
    if !all_digits(fraction) {
        return None;
    }
    if all_digits(whole) {
        // Some databases write `.50`.
        let whole = if whole.is_empty() { "0" } else { whole };
        return Some((whole.to_owned(), fraction));
    }
    let gap = whole.chars().find(|letter| !letter.is_ascii_digit())?;
    if gap != mark.other().letter() && !is_gap(gap) {
        return None;
    }
    let groups: Vec<&str> = whole.split(gap).collect();
    is_grouped(&groups, gap).then(|| (groups.concat(), fraction))
}

/// Threes from the right, `1,234,567`; or the Indian `12,34,567`.
fn is_grouped(groups: &[&str], gap: char) -> bool {
    let [first, middle @ .., last] = groups else {
        return false;
    };
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let inner = |length| middle.iter().all(|group| group.len() == length);
    groups.iter().all(|group| digits(group))
        && last.len() == 3
        && !first.is_empty()
        // No thousand has a nought before it: `0,125` is an eighth.
        && !first.starts_with('0')
        && ((first.len() <= 3 && inner(3)) || (first.len() <= 2 && inner(2) && gap == ','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_come_off_before_and_behind() {
        let table = [
            ("12.50", Some((false, vec![], "12.50"))),
            ("(400.00)", Some((true, vec![], "400.00"))),
            ("-1", Some((true, vec![], "1"))),
            ("\u{2212}1", Some((true, vec![], "1"))),
            ("12.50-", Some((true, vec![], "12.50"))),
            ("$-142.85", Some((true, vec!["$"], "142.85"))),
            ("-$5", Some((true, vec!["$"], "5"))),
            ("($5)", Some((true, vec!["$"], "5"))),
            ("$ (5)", Some((true, vec!["$"], "5"))),
            ("US$ 5", Some((false, vec!["US$"], "5"))),
            ("$5.00 USD", Some((false, vec!["$", "USD"], "5.00"))),
            ("1 234,50\u{a0}€", Some((false, vec!["€"], "1 234,50"))),
            ("\u{a0}$13.50 ", Some((false, vec!["$"], "13.50"))),
            ("(-5)", None),
            ("--5", None),
            ("+5", None),
            ("(5", None),
            ("-", None),
            ("$", None),
            ("5.", None),
            ("", None),
        ];
        for (cell, expected) in table {
            let figure = Figure::of(cell).map(|f| (f.is_negative, f.signs, f.body));

            assert_eq!(figure, expected, "{cell}");
        }
    }

    #[test]
    fn a_body_is_well_formed_under_a_mark_or_it_is_not() {
        use Mark::{Comma, Point};
        let table = [
            ("1234", Point, Some("1234|")),
            ("1,234", Point, Some("1234|")),
            ("1,234", Comma, Some("1|234")),
            ("1,234.5", Point, Some("1234|5")),
            ("1,234.5", Comma, None),
            ("1.234,5", Comma, Some("1234|5")),
            ("1,234,567.00", Point, Some("1234567|00")),
            ("12,34,567", Point, Some("1234567|")),
            ("1,23,456", Point, Some("123456|")),
            ("12.34.567", Comma, None),
            ("123,45,678", Point, None),
            ("1 234 567,5", Comma, Some("1234567|5")),
            ("1\u{a0}234", Point, Some("1234|")),
            ("1'234.50", Point, Some("1234|50")),
            ("1’234.50", Point, Some("1234|50")),
            ("1 234,567", Point, None),
            (".50", Point, Some("0|50")),
            ("0.125", Point, Some("0|125")),
            ("0.125", Comma, None),
            ("1234,567", Point, None),
            ("12,34", Point, None),
            ("1,2345", Point, None),
            (",234", Point, None),
            ("1,,234", Point, None),
            ("1.2.3", Point, None),
            ("1 234 5", Point, None),
            ("1.2E+05", Point, None),
            ("٣٠", Point, None),
        ];
        for (body, mark, expected) in table {
            let read = parts(body, mark).map(|(whole, fraction)| format!("{whole}|{fraction}"));

            assert_eq!(read.as_deref(), expected, "{body} {mark:?}");
        }
    }
}
