//! Who puts right what is wrong: credit memos, corrections, what is not asked
//! for any more, customers who are one; and who closes the books.

use std::sync::Arc;

use dues::books::{Correction, NewAdjustment, NewMemo, Reader};
use dues::domain::credit::AdjustmentKind;
use dues::domain::customer::Customer;
use dues::domain::ids::CustomerId;
use dues::domain::invoice::Invoice;
use dues::domain::money::Money;
use dues::jobs::credit::{Grant, correct, grant};
use dues::problem::Result;
use jiff::ToSpan;

use super::admin::past_the_book;
use super::booking::{any, code_of, customer, forgets_unless_there, numbered};
use super::papers::{does, must};
use super::planted::Planted;
use super::shop::{CUSTOMERS, TWINS, run, usd};
use super::stage::{Owed, Stage};

pub fn puts_right(stage: &Arc<Stage>, process: usize, book: usize) {
    let at = (process, book);
    // Where it is looked for, there is more of it.
    if stage.planted == Some(Planted::MergeLeavesMails) && stage.below(2) == 0 {
        return merges(stage, at);
    }
    match stage.below(40) {
        0..5 => grants(stage, at),
        5..8 => uses_a_memo(stage, at),
        8..11 => cancels_a_memo(stage, at),
        11..20 => corrects(stage, at),
        20..23 => edits(stage, at),
        23..26 => makes_void(stage, at),
        26..30 => writes_off(stage, at),
        30..32 => writes_off_many(stage, at),
        32..35 => asks_again(stage, at),
        35 => merges(stage, at),
        36 => archives(stage, at),
        37 => lists_again(stage, at),
        38 => closes(stage, at),
        _ => opens_again(stage, at),
    }
}

/// An invoice of the shop's, open or paid, as the book has it.
fn an_invoice(stage: &Stage, book: Reader<'_>, of: usize) -> Result<Option<Invoice>> {
    let open = book.open_invoices(None)?;
    if stage.below(2) == 0 {
        return Ok(any(stage, &open));
    }
    let mut numbers: Vec<String> = {
        let state = stage.state();
        let ours = state.invoices.iter().filter(|(_, owed)| owed.book == of);
        ours.map(|(number, _)| number.clone()).collect()
    };
    numbers.sort();
    let number = any(stage, &numbers).unwrap_or_default();
    book.invoice_by_number(&number)
}

fn part_of(stage: &Stage, amount: Money) -> Money {
    Money::of(stage.between(1, amount.minor().max(1)), amount.currency())
}

fn grants(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("CN");
    does(stage, at, &word, None, |world, expected| {
        let book = world.books.read();
        let invoice = an_invoice(stage, book, at.1)?.filter(|_| stage.below(3) > 0);
        let who = match &invoice {
            Some(invoice) => book.customer(invoice.customer)?,
            None => customer(stage, book)?,
        };
        let amount = match &invoice {
            Some(invoice) => part_of(stage, invoice.total),
            None => usd(stage.between(100, 4_000)),
        };
        expected.one(amount);
        let number = numbered(&word);
        let wanted = Grant {
            memo: NewMemo {
                number: Some(&number),
                customer: &who,
                invoice: invoice.as_ref(),
                amount,
                because: "damaged",
                on: world.today()?,
            },
            applies: stage.below(2) == 0,
            wants_mail: stage.below(4) == 0,
        };
        stage.thinks();
        world.write(|tx| {
            let made = grant(tx, &wanted)?;
            let used = tx.read().allocations_of(made.credit.name.id)?;
            let used = used.iter().map(|it| it.amount.minor()).sum::<i64>();
            must(made.credit.open.minor() + used == amount.minor(), || {
                format!("{} is not whole", made.number)
            })?;
            Ok(true)
        })
    });
}

fn uses_a_memo(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "apply a credit memo", |world| {
        let book = world.books.read();
        let Some(memo) = any(stage, &book.memos(None, true)?) else {
            return Ok(());
        };
        let Some(invoice) = any(stage, &book.open_invoices(Some(memo.customer))?) else {
            return Ok(());
        };
        let amount = part_of(stage, memo.credit.open);
        stage.thinks();
        world.write(|tx| tx.apply_credit(&memo.credit, &invoice, amount))
    });
}

fn cancels_a_memo(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("VOIDED");
    does(stage, at, &word, None, |world, expected| {
        let Some(memo) = any(stage, &world.books.read().memos(None, true)?) else {
            return Ok(false);
        };
        let today = world.today()?;
        stage.thinks();
        world.write(|tx| {
            let unused = tx.read().memo(memo.id)?.credit.available();
            expected.one(unused);
            let cancelled = tx.cancel_memo(&memo, &word, today)?;
            must(cancelled == unused, || {
                format!("{} is not cancelled", memo.number)
            })?;
            Ok(true)
        })
    });
}

fn corrects(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("RIGHT");
    let asked = word.clone();
    does(stage, at, &word, None, |world, expected| {
        let book = world.books.read();
        let Some(wrong) = an_invoice(stage, book, at.1)? else {
            return Ok(false);
        };
        let amount = Money::of(stage.between(100, 20_000), wrong.total.currency());
        expected.one(amount);
        let owed = Owed {
            book: at.1,
            customer: code_of(&book.customer(wrong.customer)?),
            total: amount.minor(),
            euros: amount.currency().code() == "EUR",
        };
        stage.state().invoices.insert(asked.clone(), owed);
        let number = numbered(&asked);
        let correction = Correction {
            invoice: &wrong,
            number: &number,
            amount,
            because: "counted wrong",
            was_sent: stage.below(3) == 0,
            on: world.today()?,
        };
        let wants_mail = stage.below(4) == 0;
        stage.thinks();
        world.write(|tx| {
            let book = tx.read();
            let paid = book.allocations_to(wrong.id)?;
            let paid: i64 = paid.iter().map(|it| it.amount.minor()).sum();
            let done = correct(tx, &correction, wants_mail)?;
            let old = book.find_invoice(&wrong.number, None)?;
            let goes_on = book.allocations_to(done.new.id)?;
            let goes_on: i64 = goes_on.iter().map(|it| it.amount.minor()).sum();
            let is_off = match &done.memo {
                None => old.is_void && paid == 0,
                Some(memo) => old.open.is_zero() && memo.credit.open.is_zero(),
            };
            let whole = goes_on == done.taken_over.minor()
                && paid == goes_on + done.left.minor()
                && goes_on == paid.min(amount.minor())
                && done.new.open.minor() == amount.minor() - goes_on;
            must(is_off && whole, || {
                format!("{} is not corrected: {done:?}", wrong.number)
            })?;
            Ok(true)
        })
    });
    forgets_unless_there(stage, at.1, &word);
}

fn edits(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "edit an invoice", |world| {
        let Some(invoice) = an_invoice(stage, world.books.read(), book)? else {
            return Ok(());
        };
        let due_on = invoice.due_on.saturating_add(stage.between(-10, 10).days());
        stage.thinks();
        world.write(|tx| {
            let after = tx.edit_invoice(&invoice, due_on, None, Some("PO 7"))?;
            must(
                after.due_on == due_on && after.total == invoice.total,
                || format!("{} says something else", invoice.number),
            )
        })
    });
}

fn makes_void(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("NONE");
    does(stage, at, &word, None, |world, expected| {
        let Some(invoice) = any(stage, &world.books.read().open_invoices(None)?) else {
            return Ok(false);
        };
        expected.one(invoice.total);
        stage.thinks();
        world.write(|tx| tx.void_invoice(&invoice, &word).map(|()| true))
    });
}

fn writes_off(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("OFF");
    does(stage, at, &word, None, |world, expected| {
        let Some(invoice) = any(stage, &world.books.read().open_invoices(None)?) else {
            return Ok(false);
        };
        let amount = match stage.below(2) {
            0 => invoice.available(),
            _ => part_of(stage, invoice.open),
        };
        if !amount.is_positive() {
            return Ok(false);
        }
        expected.one(amount);
        let today = world.today()?;
        stage.thinks();
        world.write(|tx| {
            let before = tx.read().find_invoice(&invoice.number, None)?;
            tx.adjust(&NewAdjustment {
                invoice: &invoice,
                kind: AdjustmentKind::WriteOff,
                amount,
                because: &word,
                payment: None,
                on: today.max(invoice.issued_on),
            })?;
            let after = tx.read().find_invoice(&invoice.number, None)?;
            let gone = after.open.plus(amount) == before.open;
            must(gone && after.available().minor() >= 0, || {
                format!("{} is let go beyond what is free", invoice.number)
            })?;
            Ok(true)
        })
    });
}

fn writes_off_many(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("SMALL");
    does(stage, at, &word, None, |world, expected| {
        let today = world.today()?;
        let under = usd(stage.between(100, 3_000));
        let (small, _) = world.books.read().worth_writing_off(under, today)?;
        if small.is_empty() {
            return Ok(false);
        }
        let sum = small.iter().map(|it| it.open.minor()).sum();
        expected.rows(small.len(), sum);
        stage.thinks();
        world.write(|tx| {
            tx.write_off(&small, &word, today)?;
            for invoice in &small {
                let after = tx.read().find_invoice(&invoice.number, None)?;
                must(after.available().minor() >= 0, || {
                    format!("{} was on its way to be paid", invoice.number)
                })?;
            }
            Ok(true)
        })
    });
}

/// It is paid after all.
fn asks_again(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("AFTER-ALL");
    does(stage, at, &word, None, |world, expected| {
        let book = world.books.read();
        let Some(invoice) = an_invoice(stage, book, at.1)? else {
            return Ok(false);
        };
        let Some(let_go) = any(stage, &book.adjustments_of(invoice.id)?) else {
            return Ok(false);
        };
        expected.one(let_go.amount);
        let today = world.today()?;
        stage.thinks();
        world.write(|tx| {
            let before = tx.read().find_invoice(&invoice.number, None)?.open;
            tx.ask_again(&let_go, &word, today)?;
            let after = tx.read().find_invoice(&invoice.number, None)?.open;
            must(after == before.plus(let_go.amount), || {
                format!("{} is not asked for again", invoice.number)
            })?;
            Ok(true)
        })
    });
}

/// What a customer owes and has, in minor units: whatever currency, each cent counts.
fn stands(book: Reader<'_>, customer: CustomerId) -> Result<(i64, i64)> {
    let open = book.open_invoices(Some(customer))?;
    let credits = book.credits_of(customer)?;
    Ok((
        open.iter().map(|it| it.open.minor()).sum(),
        credits.iter().map(|it| it.open.minor()).sum(),
    ))
}

/// One of those who were added twice, if nobody has said so yet.
fn a_twin(stage: &Stage, book: Reader<'_>) -> Result<Option<Customer>> {
    let twin = any(stage, &TWINS).unwrap_or(TWINS[0]);
    Ok(Some(book.find_customer(twin)?).filter(|it| it.code == twin))
}

fn merges(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("SAME");
    does(stage, at, &word, None, |world, expected| {
        expected.rows(1, 0);
        let book = world.books.read();
        let Some(old) = a_twin(stage, book)? else {
            return Ok(false);
        };
        let into = book.find_customer(any(stage, &CUSTOMERS).unwrap_or("ACME"))?;
        stage.thinks();
        world.write(|tx| {
            let book = tx.read();
            let (one, other) = (stands(book, old.id)?, stands(book, into.id)?);
            tx.merge_customers(&old, &into, &word)?;
            let both = stands(book, into.id)?;
            must(both == (one.0 + other.0, one.1 + other.1), || {
                format!("{} and {} are not one", old.code, into.code)
            })?;
            Ok(true)
        })
    });
    if stage.planted == Some(Planted::MergeLeavesMails) {
        let _ = past_the_book(stage, at.1, "mails_change_hands", |disk| {
            disk.execute_batch(
                "update mails set customer_id = (select old_id from merges where into_id = mails.customer_id)
                  where customer_id in (select into_id from merges)",
            )
        });
    }
}

fn archives(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "archive a customer", |world| {
        let Some(old) = a_twin(stage, world.books.read())? else {
            return Ok(());
        };
        stage.thinks();
        world.write(|tx| tx.archive_customer(&old))
    });
}

fn lists_again(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "list a customer again", |world| {
        let Some(old) = a_twin(stage, world.books.read())? else {
            return Ok(());
        };
        world.write(|tx| tx.unarchive_customer(&old))
    });
}

fn closes(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let days = stage.between(1, 12);
    let _ = run(stage, process, book, "close the books", |world| {
        let through = world.today()?.saturating_sub(days.days());
        world.write(|tx| tx.close_through(through))
    });
}

fn opens_again(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "open the books again", |world| {
        world.write(|tx| tx.undo_closing("forgot something").map(drop))
    });
}
