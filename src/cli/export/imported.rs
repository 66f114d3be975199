//! `dues export journal` for QuickBooks and Xero: one currency, the entries of
//! the days, and each account by the name that it has there.

use std::collections::BTreeSet;

use super::journal::{Days, owner, what};
use super::pages::Pages;
use crate::books::Reader;
use crate::cli::owners::Owners;
use crate::cli::screen::Out;
use crate::cli::session::Session;
use crate::cli::terminal::Report;
use crate::domain::accounting::Accounting;
use crate::domain::ids::CustomerId;
use crate::domain::journal::{Account, Entry, Fact};
use crate::domain::money::Currency;
use crate::domain::untrusted::Visible;
use crate::paper::imported::{
    IIF_HEAD, Part, XERO_HEAD, XERO_LINES, iif, in_windows_letters, unreadable_in_quickbooks, xero,
};
use crate::problem::{Problem, Result};

/// Which program imports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    QuickBooks,
    Xero,
}

/// What is handed over.
pub struct Imported<'a> {
    pub program: Program,
    pub days: &'a Days,
    /// Which of several currencies.
    pub currency: Option<Currency>,
}

/// Looked through before the first line is written.
#[derive(Default)]
struct Needed {
    currencies: BTreeSet<&'static str>,
    unnamed: BTreeSet<&'static str>,
    customers: BTreeSet<CustomerId>,
    lines: usize,
}

impl Imported<'_> {
    pub fn run(&self, session: &Session, book: Reader<'_>) -> Result<Report> {
        let accounting = &session.config.accounting;
        let owners = Owners::read(book)?;
        let needed = self.looked_through(book, accounting)?;
        require_one_currency(&needed)?;
        require_names(&needed.unnamed)?;
        match self.program {
            Program::QuickBooks => {
                require_readable(&owners, &needed)?;
                self.for_quickbooks(session, book, &owners)
            }
            Program::Xero => self.for_xero(session, book, &needed, &owners),
        }
    }

    /// Tells what is to be handed over, in the order of booking.
    fn each(
        &self,
        book: Reader<'_>,
        mut hear: impl FnMut(&Fact, &Entry) -> Result<()>,
    ) -> Result<()> {
        book.each_fact(|fact| {
            let entry = Entry::of(fact);
            let is_wanted = entry.postings.first().is_some_and(|first| {
                let currency = first.amount.currency();
                self.currency.is_none_or(|wanted| wanted == currency)
            });
            if is_wanted && self.days.have(fact.on) {
                hear(fact, &entry)?;
            }
            Ok(())
        })
    }

    fn looked_through(&self, book: Reader<'_>, accounting: &Accounting) -> Result<Needed> {
        let mut needed = Needed::default();
        self.each(book, |_, entry| {
            needed.lines += entry.postings.len();
            for posting in &entry.postings {
                needed.currencies.insert(posting.amount.currency().code());
                needed
                    .unnamed
                    .extend(accounting.name(&posting.account).err());
                needed.customers.extend(whose(&posting.account));
            }
            Ok(())
        })?;
        if self.program == Program::Xero && accounting.tax_rate.is_none() {
            needed.unnamed.insert("tax_rate");
        }
        Ok(needed)
    }

    fn for_quickbooks(
        &self,
        session: &Session,
        book: Reader<'_>,
        owners: &Owners,
    ) -> Result<Report> {
        let accounting = &session.config.accounting;
        let mut out = Out::open();
        let told = (|| {
            let mut show = |text: &str| out.show_as(&Visible::cells(text), in_windows_letters);
            show(IIF_HEAD)?;
            self.each(book, |fact, entry| {
                let parts = parts(accounting, entry, owners)?;
                show(&iif(fact.on, &what(book, fact)?, &parts))
            })?;
            session.read_well()
        })();
        out.end(told)?;
        Ok(Report::default())
    }

    fn for_xero(
        &self,
        session: &Session,
        book: Reader<'_>,
        needed: &Needed,
        owners: &Owners,
    ) -> Result<Report> {
        let accounting = &session.config.accounting;
        let tax_rate = accounting.tax_rate.as_deref().unwrap_or_default();
        let mut pages = Pages::open(&XERO_HEAD);
        let told = self.each(book, |fact, entry| {
            let what = what(book, fact)?;
            let narration = match owner(&fact.event) {
                Some(customer) => format!("{what}, {}", owners.of(customer)?.name),
                None => what,
            };
            for part in parts(accounting, entry, owners)? {
                pages.row(xero(fact.on, &narration, tax_rate, &part))?;
            }
            Ok(())
        });
        let mut report = pages.end(session, told)?;
        if needed.lines > XERO_LINES {
            report.warnings.push(format!(
                "the file has {} lines, and Xero imports {XERO_LINES} at a time; hand it over in shorter stretches with `--from` and `--to`",
                needed.lines
            ));
        }
        Ok(report)
    }
}

fn parts<'a>(
    accounting: &'a Accounting,
    entry: &Entry,
    owners: &'a Owners,
) -> Result<Vec<Part<'a>>> {
    let part = |(account, amount)| {
        let called = accounting.name(account);
        Ok(Part {
            account: called.map_err(|key| Problem::bug(format!("{key} has no name")))?,
            customer: match whose(account) {
                Some(customer) => &owners.of(customer)?.name,
                None => "",
            },
            amount,
        })
    };
    let postings = entry.postings.iter();
    postings
        .map(|posting| part((&posting.account, posting.amount)))
        .collect()
}

fn whose(account: &Account) -> Option<CustomerId> {
    match account {
        Account::Receivable(customer) | Account::Unapplied(customer) => Some(*customer),
        _ => None,
    }
}

fn require_one_currency(needed: &Needed) -> Result<()> {
    if needed.currencies.len() < 2 {
        return Ok(());
    }
    let all: Vec<&str> = needed.currencies.iter().copied().collect();
    Err(Problem::usage(
        "several_currencies",
        format!(
            "there are entries in {}, and the file takes one currency",
            all.join(" and ")
        ),
    )
    .hint(format!(
        "Add `--currency {}`, and write one file for each.",
        all[0]
    )))
}

fn require_names(unnamed: &BTreeSet<&'static str>) -> Result<()> {
    if unnamed.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = unnamed.iter().map(|key| format!("`{key}`")).collect();
    Err(Problem::setup(
        "accounts_unnamed",
        format!(
            "the configuration does not say what the accounting program calls {}",
            keys.join(", ")
        ),
    )
    .hint(
        "Write it under `[accounting]`: account names of QuickBooks, or codes of Xero; `config.example.toml` shows all.",
    ))
}

fn require_readable(owners: &Owners, needed: &Needed) -> Result<()> {
    for id in &needed.customers {
        let customer = owners.of(*id)?;
        if let Some(why) = unreadable_in_quickbooks(&customer.name) {
            return Err(Problem::refused(
                "name_not_taken",
                format!("the name of {}, `{}`, {why}", customer.code, customer.name),
            )
            .hint(format!(
                "Give them the name that they have in QuickBooks: `dues customer edit {} --name NAME`.",
                customer.code
            )));
        }
    }
    Ok(())
}
