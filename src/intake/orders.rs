//! The order of day and month in a file, decided by all of its dates together.
//!
//! An order remains while every date can be read in it. What is left decides:
//! one order, and it is taken; none, and two lines contradict each other;
//! several that mean different days, and the person is asked.

use jiff::civil::Date;

use super::bad_rows;
use super::dates::{self, DateOrder, Written};
use super::quote::quoted;
use crate::problem::Problem;

/// What the dates of a file show together.
#[derive(Default)]
pub(super) struct Evidence {
    /// Dates that depend on the order.
    count: u64,
    /// The columns they stand in.
    columns: Vec<usize>,
    /// By order: the first date that cannot be read in it.
    against: [Option<(u64, String)>; 3],
    /// By pair of orders: the first date that means two days.
    apart: [Option<(u64, String)>; 3],
}

/// The pairs of orders, by their place in [`DateOrder::ALL`].
const PAIRS: [[usize; 2]; 3] = [[0, 1], [0, 2], [1, 2]];

impl Evidence {
    pub(super) fn see(&mut self, line: u64, column: usize, cell: &str) {
        let Ok(written @ Written::Open { .. }) = Written::of(cell) else {
            return;
        };
        let readings = DateOrder::ALL.map(|order| written.in_order(order));
        if readings.iter().all(Option::is_none) {
            return;
        }
        self.count += 1;
        if !self.columns.contains(&column) {
            self.columns.push(column);
        }
        let here = || Some((line, cell.to_owned()));
        for (first, reading) in self.against.iter_mut().zip(&readings) {
            if reading.is_none() && first.is_none() {
                *first = here();
            }
        }
        for (first, [one, other]) in self.apart.iter_mut().zip(PAIRS) {
            if readings[one] != readings[other] && first.is_none() {
                *first = here();
            }
        }
    }

    /// The order, and what it was inferred from where there was a choice.
    ///
    /// # Errors
    ///
    /// Exit 1 if two dates contradict each other, naming a line of each; exit
    /// 2 if the dates leave the order open, showing one in every reading.
    pub(super) fn settle(
        &self,
        name: impl Fn(usize) -> String,
    ) -> Result<(DateOrder, Option<String>), Problem> {
        let left: Vec<usize> = (0..3).filter(|at| self.against[*at].is_none()).collect();
        let Some(first) = left.first() else {
            return Err(self.contradiction());
        };
        let doubt = PAIRS
            .iter()
            .zip(&self.apart)
            .filter(|(pair, _)| pair.iter().all(|at| left.contains(at)))
            .find_map(|(_, apart)| apart.as_ref());
        if let Some((line, cell)) = doubt {
            return Err(self.question(*line, cell, &left, name));
        }
        let order = DateOrder::ALL[*first];
        // What ruled out the nearest other order is what settled it.
        let other = usize::from(*first == 0);
        let note = self.against[other]
            .as_ref()
            .filter(|_| self.count > 0)
            .map(|(line, cell)| {
                format!(
                    "dates read as {}, as {} in line {line} shows",
                    order.word(),
                    quoted(cell)
                )
            });
        Ok((order, note))
    }

    fn contradiction(&self) -> Problem {
        let shown = |against: &Option<(u64, String)>| {
            let (line, cell) = against.as_ref()?;
            Some(format!("{} in line {line}", quoted(cell)))
        };
        let [day, month, _] = self.against.each_ref().map(shown);
        bad_rows(format!(
            "the dates contradict each other: {} cannot be D/M/Y, and {} cannot be M/D/Y",
            day.unwrap_or_default(),
            month.unwrap_or_default()
        ))
        .hint(
            "Write all dates of the file in one order; \
             `--date-format D/M/Y` or `--date-format M/D/Y` names the rows that are not in it.",
        )
    }

    fn question(
        &self,
        line: u64,
        cell: &str,
        left: &[usize],
        name: impl Fn(usize) -> String,
    ) -> Problem {
        let orders = left.iter().map(|at| DateOrder::ALL[*at]);
        let in_words = |date: Date| date.strftime("%-d %b %Y").to_string();
        let readings: Vec<String> = orders
            .clone()
            .filter_map(|order| dates::read(cell, order).ok())
            .map(in_words)
            .collect();
        let flags: Vec<String> = orders
            .map(|order| format!("`--date-format {}`", order.word()))
            .collect();
        let columns: Vec<String> = self.columns.iter().map(|column| name(*column)).collect();
        let fact = format!(
            "every date in {} ({} of them, e.g. {}, line {line}) can be read as {}",
            columns.join(" and "),
            self.count,
            quoted(cell),
            readings.join(" or ")
        );
        Problem::usage("ambiguous_dates", fact).hint(format!("Add {}.", flags.join(" or ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(cells: &[&str]) -> Result<(DateOrder, Option<String>), Problem> {
        let mut evidence = Evidence::default();
        for (line, cell) in (2..).zip(cells) {
            evidence.see(line, 0, cell);
        }
        evidence.settle(|_| "`Date`".to_owned())
    }

    #[test]
    fn one_telling_date_settles_all() {
        use DateOrder::{DayFirst, MonthFirst, YearFirst};
        let table: [(&[&str], _); 10] = [
            (&["01/02/2026", "13/02/2026"], DayFirst),
            (&["01/02/2026", "02/13/2026"], MonthFirst),
            (&["31/02/2026", "01/02/2026"], DayFirst),
            (&["05/05/2026", "2026-01-02", "28.02.2021"], DayFirst),
            (&["12/1/10", "12/25/10"], MonthFirst),
            (&["12/1/10", "45/1/10"], YearFirst),
            (&["12/1/10", "1/25/10"], MonthFirst),
            (&["01.02.2003", "1.2.03"], DayFirst),
            (&["13/13/2026", "nonsense"], DayFirst),
            (&[], DayFirst),
        ];
        for (cells, expected) in table {
            let (order, _) = settled(cells).unwrap();

            assert_eq!(order, expected, "{cells:?}");
        }
    }

    #[test]
    fn what_settled_the_order_is_noted() {
        let note = |cells: &[&str]| settled(cells).unwrap().1;

        assert_eq!(
            note(&["01/02/2026", "13/02/2026"]).as_deref(),
            Some("dates read as D/M/Y, as `13/02/2026` in line 3 shows")
        );
        assert_eq!(
            note(&["02/13/2026"]).as_deref(),
            Some("dates read as M/D/Y, as `02/13/2026` in line 2 shows")
        );
        assert_eq!(note(&["2026-02-13", "28.02.2021"]), None);
    }

    #[test]
    fn an_open_order_is_asked_for_with_every_reading() {
        let long = settled(&["05/05/2026", "01/02/2026"]).unwrap_err();
        let short = settled(&["12/1/10"]).unwrap_err();

        let points = settled(&["01.02.03"]).unwrap_err();
        assert_eq!(points.kind().exit_code(), 2);
        assert_eq!(long.kind().exit_code(), 2);
        assert_eq!(
            long.message(),
            "every date in `Date` (2 of them, e.g. `01/02/2026`, line 3) \
             can be read as 1 Feb 2026 or 2 Jan 2026"
        );
        assert_eq!(
            long.advice().as_deref(),
            Some("Add `--date-format D/M/Y` or `--date-format M/D/Y`.")
        );
        assert!(
            short
                .message()
                .ends_with("12 Jan 2010 or 1 Dec 2010 or 10 Jan 2012"),
            "{short}"
        );
    }

    #[test]
    fn two_dates_that_contradict_each_other_are_both_named() {
        let problem = settled(&["01/02/2026", "13/02/2026", "02/13/2026"]).unwrap_err();

        assert_eq!(problem.kind().exit_code(), 1);
        assert_eq!(
            problem.message(),
            "the dates contradict each other: `02/13/2026` in line 4 cannot be D/M/Y, \
             and `13/02/2026` in line 3 cannot be M/D/Y"
        );
    }
}
