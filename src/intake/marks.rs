//! The decimal mark of a column, decided by all of its values together.
//!
//! `1,234` is a thousand or a bit more than one, and no cell alone can say
//! which. The values that can be read in one way only decide; without such a
//! value the person is asked.

use super::figures::{self, Figure, Mark};
use super::quote::quoted;
use super::units::Unit;
use crate::domain::money::Currency;
use crate::problem::Problem;

/// How a column writes its amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    pub mark: Mark,
    /// The column has values of both kinds: one that could be either is not read.
    pub is_mixed: bool,
    pub unit: Unit,
}

impl Style {
    pub(super) fn of(mark: Mark) -> Self {
        Self {
            mark,
            is_mixed: false,
            unit: Unit::Major,
        }
    }
}

/// What a body shows of its column's decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// Whole digits: nothing.
    Nothing,
    This(Mark),
    /// One mark with three digits behind it: `1,234`.
    Either,
    /// It is no amount under either.
    NoAmount,
}

/// What one body shows.
pub(super) fn shown_by(body: &str) -> Shows {
    let (point, comma) = (
        figures::parts(body, Mark::Point),
        figures::parts(body, Mark::Comma),
    );
    match (point, comma) {
        (None, None) => Shows::NoAmount,
        (Some(_), None) => Shows::This(Mark::Point),
        (None, Some(_)) => Shows::This(Mark::Comma),
        (Some(point), Some(comma)) if point == comma => Shows::Nothing,
        (Some(_), Some(_)) => Shows::Either,
    }
}

/// Whether a body says by itself which mark is which: it has both, or one twice.
fn is_plain(body: &str) -> bool {
    let (points, commas) = (body.matches('.').count(), body.matches(',').count());
    points > 1 || commas > 1 || (points > 0 && commas > 0)
}

/// Whether one digit or three stand behind the mark: a slip is as likely.
fn is_odd(body: &str) -> bool {
    let fraction = body.rsplit(['.', ',']).next().unwrap_or_default();
    fraction.len() < body.len() && matches!(fraction.len(), 1 | 3)
}

/// Whether a value that could be read under either mark is one amount only.
fn too_fine(body: &str, currency: Option<Currency>) -> TooFine {
    let fraction = |mark| {
        figures::parts(body, mark).map_or(0, |(_, fraction)| fraction.trim_end_matches('0').len())
    };
    let Some(currency) = currency else {
        return TooFine::Not;
    };
    let decimals = usize::try_from(currency.decimals()).unwrap_or_default();
    match (
        fraction(Mark::Point) > decimals,
        fraction(Mark::Comma) > decimals,
    ) {
        (true, false) => TooFine::Unless(Mark::Comma, currency),
        (false, true) => TooFine::Unless(Mark::Point, currency),
        _ => TooFine::Not,
    }
}

/// What a column's values together show of its decimal mark.
#[derive(Default)]
pub(super) struct Evidence {
    point: Sighting,
    comma: Sighting,
    either: Sighting,
    /// Of these, as decimals, all are finer than their currency.
    too_fine: Option<TooFine>,
    /// As `1,2` or `1234,567`: a mark in a place where few write one.
    odd_comma: Sighting,
    /// A comma that no other value need witness: `1.250,00`, `1.234.567`.
    is_plainly_comma: bool,
}

/// Values of which every one is money only if its mark sets off thousands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TooFine {
    /// The decimal mark under which they are money, and their currency.
    Unless(Mark, Currency),
    Not,
}

#[derive(Default)]
struct Sighting {
    count: u64,
    first: Option<(u64, String)>,
}

impl Sighting {
    fn add(&mut self, line: u64, cell: &str) {
        self.count += 1;
        self.first.get_or_insert_with(|| (line, cell.to_owned()));
    }

    /// The first such value, for a message.
    fn shown(&self) -> String {
        let first = self.first.as_ref();
        first.map_or_else(String::new, |(line, cell)| {
            format!("{}, line {line}", quoted(cell))
        })
    }
}

impl Evidence {
    /// Sees an amount, in its currency where that is known.
    pub(super) fn see(&mut self, line: u64, cell: &str, currency: Option<Currency>) {
        let body = Figure::of(cell).map(|figure| figure.body);
        let shows = body.map_or(Shows::NoAmount, shown_by);
        let is_plain = body.is_some_and(is_plain);
        match shows {
            Shows::This(_) if !is_plain && body.is_some_and(is_odd) => {
                if shows == Shows::This(Mark::Comma) {
                    self.odd_comma.add(line, cell);
                }
            }
            Shows::This(Mark::Point) => self.point.add(line, cell),
            Shows::This(Mark::Comma) => {
                self.is_plainly_comma |= is_plain;
                self.comma.add(line, cell);
            }
            Shows::Either => {
                self.either.add(line, cell);
                let seen = too_fine(body.unwrap_or_default(), currency);
                self.too_fine = match self.too_fine {
                    Some(before) if before != seen => Some(TooFine::Not),
                    _ => Some(seen),
                };
            }
            Shows::Nothing | Shows::NoAmount => {}
        }
    }

    /// The column's style, and what it was inferred from where there was a
    /// choice. What most values show is the rule, the others are errors.
    ///
    /// # Errors
    ///
    /// Exit 2 if the values leave it open, or a comma stands in one of them
    /// alone and nothing bears it out, as semicolons between the cells do.
    pub(super) fn settle(
        &self,
        column: &str,
        has_semicolons: bool,
    ) -> Result<(Style, Option<String>), Problem> {
        let ask = |fact| {
            Problem::usage("ambiguous_decimal", fact).hint("Add `--decimal .` or `--decimal ,`.")
        };
        let (point, comma) = (self.point.count, self.comma.count);
        if point == comma && point > 0 {
            return Err(ask(format!(
                "column {column} has decimal points and decimal commas alike ({}; {})",
                self.point.shown(),
                self.comma.shown()
            )));
        }
        if point == comma
            && self.either.count > 0
            && let Some(TooFine::Unless(mark, currency)) = self.too_fine
        {
            let fact = format!(
                "every amount in column {column} that has a mark ({} of them, e.g. {}) \
                 is in thousands, or finer than {currency} has places for",
                self.either.count,
                self.either.shown()
            );
            return Err(
                Problem::usage("ambiguous_decimal", fact).hint(format!(
                    "If they are thousands, add `--decimal {}`; if not, correct them: {currency} has {} decimals.",
                    mark.letter(),
                    currency.decimals()
                )),
            );
        }
        if point == comma && self.either.count > 0 {
            return Err(ask(format!(
                "every amount in column {column} that has a mark ({} of them, e.g. {}) \
                 can be read with a decimal point or a decimal comma",
                self.either.count,
                self.either.shown()
            )));
        }
        let alone = match (point, comma) {
            (0, 0) => self.odd_comma.first.as_ref().map(|_| &self.odd_comma),
            (0, 1) if !self.is_plainly_comma && !has_semicolons => Some(&self.comma),
            _ => None,
        };
        if let Some(alone) = alone {
            return Err(ask(format!(
                "only {} says what the decimal mark of column {column} is",
                alone.shown()
            )));
        }
        let (mark, rule) = if comma > point {
            (Mark::Comma, &self.comma)
        } else {
            (Mark::Point, &self.point)
        };
        let style = Style {
            mark,
            is_mixed: point > 0 && comma > 0,
            unit: Unit::Major,
        };
        let note = (rule.count > 0).then(|| {
            format!(
                "decimal mark of {column}: `{}`, as in {}",
                mark.letter(),
                rule.shown()
            )
        });
        Ok((style, note))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(cells: &[&str]) -> Result<(Mark, bool), Problem> {
        let mut evidence = Evidence::default();
        for (line, cell) in (2..).zip(cells) {
            evidence.see(line, cell, None);
        }
        let (style, _) = evidence.settle("`Amount`", false)?;
        Ok((style.mark, style.is_mixed))
    }

    #[test]
    fn the_values_that_can_be_read_in_one_way_only_decide() {
        use Mark::{Comma, Point};
        let table: [(&[&str], _); 17] = [
            (&["1,234", "5.00"], Some((Point, false))),
            (&["1.234", "5,00", "7,00"], Some((Comma, false))),
            (&["1.234", "5,00"], None),
            (&["12,50"], None),
            (&["$1,2"], None),
            (&["100", "$1,2", "300"], None),
            (&["5.00", "1,2"], Some((Point, false))),
            (&["1.2", "3"], Some((Point, false))),
            (&["2.250,00"], Some((Comma, false))),
            (&["1.234.567", "1.234"], Some((Comma, false))),
            (&["1,234", "0.125"], None),
            (&["1234.567", "1.234"], None),
            (&["12", "1 234", "abc", "1.2.3"], Some((Point, false))),
            (&[], Some((Point, false))),
            (&["(400.00)", "$-142.85", "1 234,50 €"], Some((Point, true))),
            (&["1,234", "5,678", "100"], None),
            (&["1.00", "1,00"], None),
        ];
        for (cells, expected) in table {
            let result = settled(cells);

            assert_eq!(result.as_ref().ok(), expected.as_ref(), "{cells:?}");
            if let Err(problem) = result {
                assert_eq!(problem.kind().exit_code(), 2);
            }
        }
    }

    /// `--decimal .` would refuse what was said to be readable with it.
    #[test]
    fn thousands_are_asked_about_where_nothing_else_is_money() {
        let asked = |cells: &[&str], code: &str| {
            let mut evidence = Evidence::default();
            for (line, cell) in (2..).zip(cells) {
                evidence.see(line, cell, Some(Currency::parse(code).unwrap()));
            }
            let problem = evidence.settle("`Amount`", false).unwrap_err();
            assert_eq!(problem.code(), "ambiguous_decimal");
            (problem.message(), problem.advice().unwrap())
        };

        let (fact, hint) = asked(&["10.005", "12.125"], "USD");

        assert_eq!(
            fact,
            "every amount in column `Amount` that has a mark (2 of them, e.g. `10.005`, line 2) \
             is in thousands, or finer than USD has places for"
        );
        assert_eq!(
            hint,
            "If they are thousands, add `--decimal ,`; if not, correct them: USD has 2 decimals."
        );
        assert!(asked(&["1,234"], "USD").1.contains("add `--decimal .`;"));
        for (cells, code) in [
            (["1,230", "1,234"], "USD"),
            (["1.234", "1,234"], "USD"),
            (["1.234", "5.678"], "KWD"),
        ] {
            assert_eq!(
                asked(&cells, code).1,
                "Add `--decimal .` or `--decimal ,`.",
                "{cells:?}"
            );
        }
    }

    #[test]
    fn what_is_asked_shows_a_value_and_its_line() {
        let problem = settled(&["100", "1,234", "5,678"]).unwrap_err();

        assert_eq!(
            problem.message(),
            "every amount in column `Amount` that has a mark (2 of them, e.g. `1,234`, line 3) \
             can be read with a decimal point or a decimal comma"
        );
        assert_eq!(
            problem.advice().as_deref(),
            Some("Add `--decimal .` or `--decimal ,`.")
        );
    }
}
