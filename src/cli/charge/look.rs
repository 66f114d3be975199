//! `dues charge list`, `show`, `review` and `recover`: what became of charges,
//! and in the last two of refunds, too.

use std::collections::BTreeMap;

use serde_json::Value;

use super::words::{receipt, shares_text, times};
use crate::books::{AttemptRow, Books, ChargeRow, Charges, Reader, WholeCharge};
use crate::cli::listing::{self, Listing};
use crate::cli::news::{came_back, recovered_line, sent_back_line, told};
use crate::cli::picking;
use crate::cli::refund::words as refund;
use crate::cli::session::Session;
use crate::cli::still_open::{counted, still_open};
use crate::cli::terminal::{Haste, Report};
use crate::domain::charge::State;
use crate::domain::ids::ChargeId;
use crate::domain::money::Money;
use crate::domain::purpose::Purpose;
use crate::domain::spread::Spread;
use crate::jobs::News;
use crate::jobs::asking::search_advice;
use crate::jobs::attention::{WaitsFor, open_attempts, open_charges};
use crate::jobs::recover::{Recovered, Recovery, recover};
use crate::jobs::sent_back::SentBack;
use crate::ports::Gateways;
use crate::problem::{Kind, Problem, Result};
use crate::views;
use crate::views::lists::charge_row;
use crate::wiring::Desk;

pub fn run_recover(session: &Session) -> Result<Report> {
    let books = session.books()?;
    if session.dry_run {
        return would_recover(&books);
    }
    let desk = Desk::of(&session.config, &books)?;
    let zone = books.read().facts()?.zone;
    let tell = |news: &News| told(session, &zone, news);
    let mut world = session.world(books, &desk, &tell);
    let Recovery {
        found,
        sent_back,
        stopped,
    } = recover(&mut world)?;
    let moved = !sent_back.is_empty() || found.iter().any(Recovered::moved);
    let mut report = match recovered(&world.books, &found, &sent_back) {
        Ok(report) => report,
        // What was found out stands, whether or not it can be read again.
        Err(problem) if moved => Report {
            problem: Some(problem.after_effects()),
            ..Report::default()
        },
        Err(problem) => return Err(problem),
    };
    report.problem = report.problem.or(stopped);
    report.posts_mail = Some(Haste::Brief);
    session.finish(world.books);
    Ok(report)
}

/// What would be asked for; the answers are the gateway's.
fn would_recover(books: &Books) -> Result<Report> {
    let book = books.read();
    let (mut data, mut lines) = (Vec::new(), Vec::new());
    for (attempt, waits_for) in open_attempts(books)? {
        let (state, gateway) = (attempt.state, &attempt.account.gateway);
        let (id, which) = match attempt.purpose {
            Purpose::Take(id) => {
                let charge = book.charge(id)?;
                let customer = book.customer(charge.customer)?.code;
                (id.to_string(), format!("{} from {customer}", charge.amount))
            }
            Purpose::GiveBack(id) => (id.to_string(), refund::which(book, &book.refund(id)?)?),
        };
        lines.push(match waits_for {
            WaitsFor::Sender => format!("would leave {id} alone: it is on its way now"),
            WaitsFor::Recovery | WaitsFor::Person => {
                format!("would ask {gateway} about {id}: {which}, {state}")
            }
        });
        let mut row = views::purpose(book, attempt.purpose)?;
        row["was"] = state.word().into();
        row["ask_again_at"] = Value::Null;
        data.push(row);
    }
    if lines.is_empty() {
        lines.push("would ask nothing: the outcome of every charge and refund is known".to_owned());
    }
    lines.push("nothing was asked (dry run)".to_owned());
    Ok(Report::new(
        "dues.recovered/1",
        Value::from(data),
        lines.join("\n"),
    ))
}

fn recovered(books: &Books, found: &[Recovered], sent_back: &[SentBack]) -> Result<Report> {
    let book = books.read();
    let facts = book.facts()?;
    let mut data = Vec::new();
    for one in found {
        let mut row = views::purpose(book, one.purpose)?;
        row["was"] = one.from.word().into();
        row["ask_again_at"] = one.ask_again_at.map(|at| at.to_string()).into();
        data.push(row);
    }
    for back in sent_back {
        let mut row = views::purpose(book, Purpose::GiveBack(back.refund))?;
        row["was"] = State::Succeeded.word().into();
        row["ask_again_at"] = Value::Null;
        row["sent_back"] = views::money(back.amount);
        data.push(row);
    }
    let mut text = if found.is_empty() {
        format!(
            "Nothing is open in the book of {}: the outcome of every charge and refund is known.",
            &facts.name
        )
    } else {
        let mut lines = Vec::new();
        for one in found {
            let which = match one.purpose {
                Purpose::Take(id) => id.to_string(),
                Purpose::GiveBack(id) => {
                    format!("{id} ({})", refund::which(book, &book.refund(id)?)?)
                }
            };
            lines.push(format!("{}.", recovered_line(one, &which, &facts.zone)));
        }
        lines.join("\n")
    };
    for back in sent_back {
        text.push_str(&format!("\n{}.", sent_back_line(back)));
    }
    let mut report = Report::new("dues.recovered/1", Value::from(data), text);
    report.problem = still_open(books)?.or_else(|| came_back(sent_back));
    Ok(report)
}

/// How charges are listed.
const CHARGES: Listing = Listing {
    schema: "dues.charges/1",
    headers: &["charge", "date", "customer", "card", "amount", "state", ""],
    figures: &[4],
    none: "Nothing was charged yet.",
};

pub fn list(session: &Session, customer: Option<&str>, open: bool) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let which = match customer {
        Some(word) => Charges::Of(picking::customer(session, book, word)?.id),
        None => Charges::All,
    };
    let waiting: BTreeMap<ChargeId, WaitsFor> = open_charges(&books)?
        .into_iter()
        .map(|(charge, waits_for)| (charge.id, waits_for))
        .collect();
    let facts = book.facts()?;
    let mut listing = CHARGES;
    if open {
        listing.none = "No charge is open.";
    }
    listing::show(session, &listing, |rows| {
        book.each_charge(which, open, |whole| {
            let waits_for = waiting.get(&whole.charge.id).copied();
            let document = || charge_row(&facts, &whole).waiting_for(waits_for.map(WaitsFor::word));
            rows.row(document, || table_row(&whole, waits_for))
        })?;
        Ok(String::new())
    })
}

fn table_row(whole: &WholeCharge, waits_for: Option<WaitsFor>) -> Vec<String> {
    let (charge, attempt) = (&whole.charge, &whole.charge.attempt);
    let about = match (&attempt.decline, &attempt.note, attempt.state) {
        _ if waits_for == Some(WaitsFor::Sender) => "on its way now".to_owned(),
        (Some(decline), _, _) => decline.code.to_string(),
        (None, Some(note), state) if state != State::Succeeded => note.clone(),
        _ => match whole.payment {
            Some((payment, _)) => payment.to_string(),
            None => String::new(),
        },
    };
    vec![
        charge.id.to_string(),
        charge.charged_on.to_string(),
        whole.owner.clone(),
        format!("{} {}", whole.brand, whole.last4),
        charge.amount.to_string(),
        attempt.state.word().replace('_', " "),
        about,
    ]
}

pub fn find(book: Reader<'_>, word: &str) -> Result<ChargeRow> {
    let id = ChargeId::parse(word).ok_or_else(|| {
        Problem::usage("bad_charge", format!("`{word}` is not a charge"))
            .hint("Write it as `CH-12`; `dues charge list` shows them.")
    })?;
    book.charge(id)
}

pub fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let charge = find(book, word)?;
    let attempt = &charge.attempt;
    let customer = book.customer(charge.customer)?;
    let mut text = format!(
        "{} · {} · {} · {} of {} ({})\n",
        charge.id,
        attempt.state.word().replace('_', " "),
        charge.amount,
        book.card(charge.card)?.name(),
        customer.code,
        customer.name,
    );
    text.push_str(&format!(
        "at {} in account {}, reference {}{}\n",
        attempt.account.gateway,
        attempt.account.id,
        attempt.asked.reference,
        attempt
            .gateway_id
            .as_ref()
            .map(|id| format!(", id {id}"))
            .unwrap_or_default(),
    ));
    text.push_str(&format!(
        "{} on {} · sent {} · attempt {}\n",
        if attempt.state == State::Succeeded {
            "charged"
        } else {
            "tried"
        },
        charge.charged_on,
        times(attempt.sends),
        attempt.n
    ));
    if let Some(decline) = &attempt.decline {
        text.push_str(&format!(
            "declined: {} ({})\n",
            decline.code, decline.message
        ));
    }
    if let Some(note) = attempt
        .note
        .as_ref()
        .filter(|_| attempt.state != State::Succeeded)
    {
        text.push_str(&format!("{note}\n"));
    }
    if let Some(memo) = &charge.memo {
        text.push_str(&format!("memo: {memo}\n"));
    }
    text.push_str(&if attempt.state == State::Succeeded {
        receipt(book, &charge)?
    } else {
        let spread = Spread {
            charged: charge.amount,
            shares: book.shares_of(charge.id)?,
            unapplied: Money::zero(charge.amount.currency()),
        };
        shares_text(&spread)
    });
    Ok(Report::new(
        "dues.charge/1",
        views::charge(book, &charge)?,
        text,
    ))
}

pub fn review(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let desk = Desk::of(&session.config, &books)?;
    let mut open = open_attempts(&books)?;
    open.retain(|(_, waits_for)| *waits_for != WaitsFor::Sender);
    let (mut text, mut data) = (String::new(), Vec::new());
    for (attempt, waits_for) in &open {
        // Without its secret a gateway cannot be asked, but a person can look all the same.
        let search = desk.open(&attempt.account.gateway).map_or_else(
            |_| {
                format!(
                    "look for `{}` on {}'s own page",
                    attempt.asked.reference, attempt.account.gateway
                )
            },
            |gateway| search_advice(&*gateway, attempt),
        );
        text.push_str(&to_review(book, attempt, &search)?);
        let mut row = views::purpose(book, attempt.purpose)?;
        row["kind"] = attempt.purpose.word().into();
        row["search"] = search.into();
        row["waits_for"] = waits_for.word().into();
        data.push(row);
    }
    if open.is_empty() {
        text.push_str("Nothing to review.");
    }
    let mut report = Report::new("dues.review/1", Value::from(data), text);
    if !open.is_empty() {
        let verb = if open.len() == 1 { "is" } else { "are" };
        let counted = counted(open.iter().map(|(attempt, _)| attempt));
        report.problem = Some(
            Problem::new(
                Kind::Attention,
                "needs_a_person",
                format!("{counted} {verb} not settled"),
            )
            .hint("Unknown ones may still settle by themselves: run `dues charge recover` first."),
        );
    }
    Ok(report)
}

/// What a person must know of an open charge or refund, and what they may do.
fn to_review(book: Reader<'_>, attempt: &AttemptRow, search: &str) -> Result<String> {
    let (purpose, state) = (attempt.purpose, attempt.state);
    let mut text = match purpose {
        Purpose::Take(id) => {
            let charge = book.charge(id)?;
            format!(
                "{id}  {amount} from {card} of {customer}, {on}: {state}\n",
                amount = charge.amount,
                card = book.card(charge.card)?.name(),
                customer = book.customer(charge.customer)?.code,
                on = charge.charged_on,
            )
        }
        Purpose::GiveBack(id) => {
            let refund = book.refund(id)?;
            format!(
                "{id}  {which} of {customer}, {on}: {state}\n",
                which = refund::which(book, &refund)?,
                customer = book.customer(refund.customer)?.code,
                on = refund.refunded_on,
            )
        }
    };
    if let Some(note) = &attempt.note {
        text.push_str(&format!("  why: {note}\n"));
    }
    text.push_str(&format!(
        "  at {} (account {}): {search}\n",
        attempt.account.gateway, attempt.account.id
    ));
    if state == State::Pending {
        text.push_str("  the gateway is deciding; ask again with `dues charge recover` first\n");
    }
    let (noun, found) = (purpose.word(), purpose.found_flag());
    let not_found = found.replacen("--", "--not-", 1);
    let did = match purpose {
        Purpose::Take(_) => "what was taken",
        Purpose::GiveBack(_) => "what was given back",
    };
    text.push_str(&format!(
        "  it is there ({did} is booked):  dues {noun} resolve {purpose} {found} ID\n  it is not there:  \
         dues {noun} resolve {purpose} {not_found} --because \"...\"\n\n",
    ));
    Ok(text)
}
