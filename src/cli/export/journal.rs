//! `dues export journal`: each fact as its entry, in the words of the accounts.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use serde_json::json;

use super::imported::{Imported, Program};
use super::pages::Pages;
use crate::books::Reader;
use crate::cli::listing::{self, Listing};
use crate::cli::owners::Owners;
use crate::cli::screen::Out;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::chart::Chart;
use crate::domain::credit::Source;
use crate::domain::ids::CustomerId;
use crate::domain::journal::{Account, Entry, Event, Fact};
use crate::domain::money::{Currency, Money};
use crate::domain::untrusted::Visible;
use crate::paper::ledger::{Dialect, Line};
use crate::paper::sheet::Cell;
use crate::problem::{Problem, Result};
use crate::views;

/// The double-entry journal, for the accountant
#[derive(Debug, Args)]
#[command(
    after_help = "Example: dues export journal --format hledger > dues.journal\n\n\
        What the accounts are called stands in the configuration, under `accounts`."
)]
pub struct Journal {
    /// How it is written: for hledger if not given; iif is for QuickBooks Desktop, xero has manual journals,
    /// and `--json` prints a document
    #[arg(long, value_enum, conflicts_with = "json")]
    format: Option<Format>,
    /// From this day on; what was before is in the balances it begins with
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Up to this day; today if not given
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// Which of several currencies, where a file takes one: iif and xero
    #[arg(long)]
    currency: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Hledger,
    Beancount,
    Csv,
    Iif,
    Xero,
}

/// The sums of accounts by name and currency, in minor units.
type Balances = BTreeMap<(String, &'static str), i128>;

/// From the first day to the last, both counted.
pub(super) struct Days {
    from: Option<Date>,
    to: Date,
}

impl Days {
    pub(super) fn have(&self, day: Date) -> bool {
        day <= self.to && self.from.is_none_or(|from| from <= day)
    }
}

impl Journal {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let chart = &session.config.accounts;
        if let Some(name) = chart.unreadable() {
            return Err(Problem::setup(
                "bad_account",
                format!("`{name}` in the configuration is not the name of an account"),
            )
            .hint("Write it as `Assets:Receivable`: Assets, Liabilities, Equity, Income or Expenses first, each part with a capital."));
        }
        let books = session.books()?;
        let book = books.read();
        let day = |text: &Option<String>| {
            text.as_deref()
                .map(|text| session.date(&books, text))
                .transpose()
        };
        let days = Days {
            from: day(&self.from)?,
            to: day(&self.to)?.unwrap_or(session.today(&books)?),
        };
        if days.from.is_some_and(|from| days.to < from) {
            return Err(
                Problem::usage("dates_turned", "the last day is before the first")
                    .hint("Give the first day with `--from` and the last with `--to`."),
            );
        }
        let format = self.format.unwrap_or(Format::Hledger);
        let currency = self.currency.as_deref().map(Currency::parse).transpose()?;
        let imports = |program| {
            let imported = Imported {
                program,
                days: &days,
                currency,
            };
            imported.run(session, book)
        };
        let dialect = match format {
            Format::Iif => return imports(Program::QuickBooks),
            Format::Xero => return imports(Program::Xero),
            _ if currency.is_some() => return Err(all_currencies()),
            Format::Csv => None,
            Format::Hledger => Some(Dialect::Hledger),
            Format::Beancount => Some(Dialect::Beancount),
        };
        let mut worded = Worded::read(book, chart)?;
        match dialect {
            _ if session.terminal.json => worded.as_documents(session, book, &days),
            Some(dialect) => worded.as_file(session, book, dialect, &days),
            None => worded.as_sheet(session, book, &days),
        }
    }
}

fn all_currencies() -> Problem {
    Problem::usage(
        "all_currencies",
        "this format takes all currencies in one file",
    )
    .hint("Leave out `--currency`; it is for `--format iif` and `--format xero`.")
}

/// Facts in the words of the accounts.
struct Worded<'a> {
    chart: &'a Chart,
    owners: Owners,
    balances: Balances,
}

impl<'a> Worded<'a> {
    fn read(book: Reader<'_>, chart: &'a Chart) -> Result<Self> {
        Ok(Self {
            chart,
            owners: Owners::read(book)?,
            balances: Balances::new(),
        })
    }

    fn code(&self, id: CustomerId) -> Result<&str> {
        Ok(&self.owners.of(id)?.code)
    }

    /// Tells the entries of these days, in the order of booking, and counts
    /// their sums; what was before is counted only.
    fn each(
        &mut self,
        book: Reader<'_>,
        days: &Days,
        mut hear: impl FnMut(&Line) -> Result<()>,
    ) -> Result<()> {
        book.each_fact(|fact| {
            let entry = Entry::of(fact);
            if fact.on > days.to || entry.is_empty() {
                return Ok(());
            }
            let whose = owner(&fact.event).map(|id| self.code(id)).transpose()?;
            let payee = whose.unwrap_or_default().to_owned();
            let mut postings = Vec::new();
            for posting in &entry.postings {
                let code = match posting.account {
                    Account::Receivable(id) | Account::Unapplied(id) => self.code(id)?,
                    _ => "",
                };
                postings.push((self.chart.name(&posting.account, code), posting.amount));
            }
            for (account, amount) in &postings {
                let key = (account.clone(), amount.currency().code());
                *self.balances.entry(key).or_default() += i128::from(amount.minor());
            }
            if days.from.is_some_and(|from| fact.on < from) {
                return Ok(());
            }
            let what = what(book, fact)?;
            hear(&Line {
                on: fact.on,
                payee,
                what,
                postings,
            })
        })
    }

    /// The sums so far, each as money.
    fn sums(&self) -> Result<Vec<(String, Money)>> {
        let sums = self.balances.iter().map(|((account, code), minor)| {
            let currency = Currency::parse(code)?;
            let minor = i64::try_from(*minor)
                .map_err(|_| Problem::bug(format!("{account} has more than can be written")))?;
            Ok((account.clone(), Money::of(minor, currency)))
        });
        sums.collect()
    }

    fn as_file(
        &mut self,
        session: &Session,
        book: Reader<'_>,
        dialect: Dialect,
        days: &Days,
    ) -> Result<Report> {
        // Beancount wants its accounts opened before they are used.
        let opened = match dialect {
            Dialect::Hledger => BTreeMap::new(),
            Dialect::Beancount => self.first_days(book, days)?,
        };
        let begins = self.beginning(book, days)?;
        let mut out = Out::open();
        let told = (|| {
            let mut show = |text: &str| out.show(&Visible::text(text));
            for (account, first) in &opened {
                show(&dialect.opening_of(account, *first))?;
            }
            if let Some(line) = &begins {
                show(&dialect.entry(line))?;
            }
            self.each(book, days, |line| show(&dialect.entry(line)))?;
            let sums = self.sums()?;
            for (account, own) in &sums {
                let sum = dialect.asserted(account, *own, &sums);
                show(&dialect.assertion(account, sum, days.to))?;
            }
            session.read_well()
        })();
        out.end(told)?;
        Ok(Report::default())
    }

    /// What there was before the first day, as one entry.
    fn beginning(&mut self, book: Reader<'_>, days: &Days) -> Result<Option<Line>> {
        let Some(from) = days.from else {
            return Ok(None);
        };
        let before = from.yesterday().unwrap_or(from);
        self.each(
            book,
            &Days {
                from: Some(from),
                to: before,
            },
            |_| Ok(()),
        )?;
        let mut postings: Vec<(String, Money)> = self.sums()?;
        postings.retain(|(_, sum)| !sum.is_zero());
        self.balances.clear();
        if postings.is_empty() {
            return Ok(None);
        }
        // Each currency of an entry balances on its own, so all of them do.
        Ok(Some(Line {
            on: before,
            payee: String::new(),
            what: "opening balances".to_owned(),
            postings,
        }))
    }

    /// Every account that is used up to the last day, and since when.
    fn first_days(&mut self, book: Reader<'_>, days: &Days) -> Result<BTreeMap<String, Date>> {
        let all = Days {
            from: None,
            to: days.to,
        };
        let mut first = BTreeMap::new();
        self.each(book, &all, |line| {
            for (account, _) in &line.postings {
                let day = first.entry(account.clone()).or_insert(line.on);
                *day = line.on.min(*day);
            }
            Ok(())
        })?;
        self.balances.clear();
        Ok(first)
    }

    fn as_sheet(&mut self, session: &Session, book: Reader<'_>, days: &Days) -> Result<Report> {
        let mut pages = Pages::open(&["date", "customer", "what", "account", "amount", "currency"]);
        let told = self.each(book, days, |line| {
            for (account, amount) in &line.postings {
                pages.row(vec![
                    Cell::figure(line.on),
                    Cell::words(&line.payee),
                    Cell::words(&line.what),
                    Cell::words(account),
                    Cell::figure(amount.decimal()),
                    Cell::figure(amount.currency()),
                ])?;
            }
            Ok(())
        });
        pages.end(session, told)
    }

    fn as_documents(&mut self, session: &Session, book: Reader<'_>, days: &Days) -> Result<Report> {
        let listing = Listing {
            schema: "dues.journal/1",
            headers: &["date", "customer", "what", "account", "amount"],
            figures: &[4],
            none: "Nothing was booked.",
        };
        listing::show(session, &listing, |rows| {
            self.each(book, days, |line| {
                let postings: Vec<_> = line
                    .postings
                    .iter()
                    .map(|(account, amount)| json!({"account": account, "amount": views::money(*amount)}))
                    .collect();
                rows.row(
                    || json!({"on": line.on.to_string(), "customer": line.payee, "what": line.what, "postings": postings}),
                    Vec::new,
                )
            })?;
            Ok(String::new())
        })
    }
}

pub(super) fn owner(event: &Event) -> Option<CustomerId> {
    match event {
        Event::InvoiceIssued { customer, .. }
        | Event::InvoiceVoided { customer, .. }
        | Event::PaymentReceived { customer, .. }
        | Event::CreditGranted { customer, .. }
        | Event::CreditReversed { customer, .. }
        | Event::MoneyGivenBack { customer, .. } => Some(*customer),
        Event::AllocationMade { payer, .. } => Some(*payer),
        Event::ReceiptTaken { .. } | Event::DisputeFeeTaken { .. } => None,
    }
}

/// What happened, in a few words.
pub(super) fn what(book: Reader<'_>, fact: &Fact) -> Result<String> {
    let taken_back = |amount: &Money| {
        if amount.is_positive() {
            ""
        } else {
            " taken back"
        }
    };
    Ok(match &fact.event {
        Event::InvoiceIssued { invoice, .. } => format!("invoice {}", book.number_of(*invoice)?),
        Event::InvoiceVoided { invoice, .. } => {
            format!("invoice {} made void", book.number_of(*invoice)?)
        }
        Event::PaymentReceived { payment, .. } => format!("{payment} received"),
        Event::ReceiptTaken { receipt, .. } => format!("{receipt} received from nobody knows whom"),
        Event::CreditGranted {
            credit: credit @ Source::CreditMemo(_),
            ..
        } => {
            format!("credit memo {credit}")
        }
        Event::CreditGranted { credit, .. } => format!("{credit} taken off"),
        Event::CreditReversed { credit, amount, .. } if amount.is_positive() => {
            format!("{credit} fell away")
        }
        Event::CreditReversed { credit, .. } => format!("{credit} came back"),
        Event::AllocationMade {
            credit,
            invoice,
            used,
            ..
        } => format!(
            "{credit} applied to invoice {}{}",
            book.number_of(*invoice)?,
            taken_back(used)
        ),
        Event::MoneyGivenBack { refund, amount, .. } if amount.is_positive() => {
            format!("{refund} gave back")
        }
        Event::MoneyGivenBack { refund, .. } => format!("{refund} was sent back by the bank"),
        Event::DisputeFeeTaken { dispute, .. } => format!("fee of {dispute}"),
    })
}
