//! `dues customer archive`, `unarchive` and `merge`: who is not listed any more.

use serde_json::json;

use super::picking;
use super::session::Session;
use super::tables::joined;
use super::terminal::Report;
use crate::problem::Result;
use crate::views;

/// Takes a customer off the lists; what they owe or have is said.
pub fn archive(session: &Session, word: &str) -> Result<Report> {
    let mut books = session.books()?;
    let customer = picking::customer(session, books.read(), word)?;
    let balance = books.read().balance(customer.id, session.today(&books)?)?;
    session.change(&mut books, |tx| tx.archive_customer(&customer))?;
    let code = &customer.code;
    let text = format!(
        "{code} ({}) is archived: not listed, and not charged, until `dues customer unarchive {code}`.{}",
        customer.name,
        session.dry_note()
    );
    let mut data = views::customer(&customer);
    data["archived"] = true.into();
    let mut report = Report::new("dues.customer/1", data, text);
    for (sums, what) in [
        (&balance.open, "still owes"),
        (&balance.credit, "still has credit of"),
    ] {
        if !sums.each().is_empty() {
            report
                .warnings
                .push(format!("{code} {what} {}", joined(sums.each())));
        }
    }
    Ok(report)
}

/// Lists a customer again.
pub fn unarchive(session: &Session, word: &str) -> Result<Report> {
    let mut books = session.books()?;
    let customer = picking::customer(session, books.read(), word)?;
    session.change(&mut books, |tx| tx.unarchive_customer(&customer))?;
    let text = format!("{} is listed again.{}", customer.code, session.dry_note());
    let mut data = views::customer(&customer);
    data["archived"] = false.into();
    Ok(Report::new("dues.customer/1", data, text))
}

/// Gives all that one customer has to another, who is the same one.
pub fn merge(session: &Session, old: &str, into: &str, because: Option<&str>) -> Result<Report> {
    let mut books = session.books()?;
    let old = picking::customer(session, books.read(), old)?;
    let into = picking::customer(session, books.read(), into)?;
    let because = session.reason(Some(because.unwrap_or("added twice")))?;
    let today = session.today(&books)?;
    let balance = books.read().balance(old.id, today)?;
    let cards = books.read().cards_of(old.id)?.len();
    // Whether it may be at all, before anybody is asked.
    books.rehearse(
        &session.hand,
        crate::ports::Clock::now(&session.clock),
        |tx| tx.merge_customers(&old, &into, &because),
    )?;
    session.require_yes(&format!(
        "All of {} ({}) becomes {}'s ({}): open {}, credit {}, {} and what was paid. It cannot be undone. Merge them?",
        old.code,
        old.name,
        into.code,
        into.name,
        joined(balance.open.each()),
        joined(balance.credit.each()),
        match cards {
            1 => "1 card".to_owned(),
            many => format!("{many} cards"),
        },
    ))?;
    let (kept, after) = session.change(&mut books, |tx| {
        tx.merge_customers(&old, &into, &because)?;
        let kept = tx.read().customer(into.id)?;
        Ok((kept, tx.read().balance(into.id, today)?))
    })?;
    let text = format!(
        "{} is {} now: whoever types it means {}.\nowes {} · credit {}{}",
        old.code,
        kept.code,
        kept.name,
        joined(after.open.each()),
        joined(after.credit.each()),
        session.dry_note()
    );
    let mut data = views::customer(&kept);
    data["merged"] = json!({"customer": old.code, "name": old.name, "because": because});
    Ok(Report::new("dues.customer/1", data, text))
}
