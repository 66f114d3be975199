//! What the whole file decides before its rows are read.
//!
//! The order of its dates, the decimal mark of each money column, and whether
//! a currency is known at all. The person's own word comes first; then what
//! the file shows; a doubt that is left is a question, not a guess.

use std::convert::Infallible;

use super::columns::Header;
use super::fields::Field;
use super::figures::Mark;
use super::layout::{Row, row};
use super::marks::{self, Style};
use super::records::Records;
use super::rows::{MONEY, Rules};
use super::units::{self, Unit};
use super::{Options, orders, papers};
use crate::domain::money::Currency;
use crate::problem::Problem;

/// What was understood before any row is read.
pub(super) fn described(encoding: &str, records: &Records<'_>, header: &Header) -> Vec<String> {
    let mut notes = vec![
        format!(
            "read as {encoding}, cells between {}",
            records.delimiter_name()
        ),
        format!("columns: {}", header.mapping()),
    ];
    if header.line > 1 {
        let above = format!(
            "the header is line {}; what is above was passed over",
            header.line
        );
        notes.insert(1, above);
    }
    if !header.has(Field::Amount) {
        let with_paid = if header.has(Field::Paid) {
            ", with what is paid"
        } else {
            ""
        };
        notes.push(format!(
            "no amount column: the balance in {}{with_paid} is taken as the amount",
            header.name(Field::Balance)
        ));
    }
    notes
}

/// Decides for the whole file what no row can decide alone, and notes how.
///
/// # Errors
///
/// Exit 2 for what the file leaves open; exit 1 for dates that contradict
/// each other.
pub(super) fn survey<'f>(
    records: &Records<'_>,
    header: &'f Header,
    options: &'f Options,
    notes: &mut Vec<String>,
) -> Result<Rules<'f>, Problem> {
    let mut rows: u64 = 0;
    let mut dates = orders::Evidence::default();
    let mut amounts = MONEY.map(|_| marks::Evidence::default());
    let mut units = units::Evidence::default();
    let mut papers = papers::Evidence::of(header);
    let mut filled = MONEY.map(|_| false);
    let without_column = options.currency.or(options.book);
    let Ok(()) = records.each::<Infallible>(|line, record| {
        if line > header.line && row(header, record) == Row::Data {
            rows += 1;
            papers.see(record);
            for field in [Field::Issued, Field::Due] {
                if let Some(column) = header.column(field) {
                    dates.see(line, column, header.cell(field, record));
                }
            }
            let code = header.cell(Field::Currency, record);
            units.see_currency(code);
            let currency = Currency::parse(code).ok().or(without_column);
            for ((evidence, filled), field) in amounts.iter_mut().zip(&mut filled).zip(MONEY) {
                let cell = header.cell(field, record);
                *filled |= !cell.is_empty();
                evidence.see(line, cell, currency);
                if units::named(&header.name(field)).is_none() && !cell.is_empty() {
                    units.see(line, cell, currency);
                }
            }
        }
        Ok(())
    });
    if rows == 0 {
        notes.push("there is no invoice below the header".to_owned());
    } else if !header.has(Field::Currency) {
        match (options.currency, options.book) {
            (Some(_), _) => {}
            (None, Some(book)) => notes.push(format!(
                "no currency column: amounts are in {book}, as the book is"
            )),
            (None, None) => {
                let fact = "the file does not say which currency its amounts are in";
                return Err(Problem::usage("missing_currency", fact)
                    .hint("Add the currency, as in `--currency USD`."));
            }
        }
    }
    let order = if let Some(order) = options.date_order {
        order
    } else {
        let (order, note) = dates.settle(|column| header.name_of(column))?;
        notes.extend(note);
        order
    };
    let unit = if let Some(unit) = options.unit {
        unit
    } else {
        let (unit, note) = units.settle(header)?;
        notes.extend(note);
        unit
    };
    let mut styles = MONEY.map(|_| Style::of(Mark::Point));
    for ((style, evidence), field) in styles.iter_mut().zip(amounts).zip(MONEY) {
        *style = if let Some(mark) = options.decimal {
            Style::of(mark)
        } else {
            let (style, note) = evidence.settle(&header.name(field), records.has_semicolons())?;
            notes.extend(note);
            style
        };
        let named = units::named(&header.name(field)).filter(|_| options.unit.is_none());
        style.unit = named.unwrap_or(unit);
        if named == Some(Unit::Minor) {
            notes.push(format!(
                "column {} is read in the smallest unit, as its name says",
                header.name(field)
            ));
        }
    }
    let papers = papers.settle(header, notes);
    let mut told_by = None;
    for (field, filled) in MONEY.into_iter().zip(filled).skip(1) {
        if filled {
            told_by = told_by.or(Some(field));
        } else if rows > 0 && header.has(field) {
            let name = header.name(field);
            notes.push(format!(
                "column {name} is blank in every row, and is not read"
            ));
        }
    }
    Ok(Rules {
        header,
        options,
        order,
        styles,
        told_by,
        papers,
    })
}
