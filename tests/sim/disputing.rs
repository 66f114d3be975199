//! The bank that takes money back, and who books it: disputes opened, won, lost and given up.
//!
//! A bank takes no more than is left of what it brought; what it holds, nobody
//! gives back as well.

use std::sync::Arc;

use dues::books::{DisputeRow, NewDispute};
use dues::domain::ids::PaymentId;
use dues::domain::money::Money;
use dues::domain::payment::{Method, Payment};
use dues::domain::refund::Wanted;
use dues::domain::spread::Pick;
use jiff::ToSpan;
use rusqlite::{Connection, OptionalExtension};

use super::admin::past_the_book;
use super::booking::{a_payment, any};
use super::papers::{Papers, does, must};
use super::planted::Planted;
use super::shop::{run, usd};
use super::stage::Stage;

/// What a bank holds of a transaction, or kept.
#[derive(Debug, Clone)]
pub struct Claim {
    pub of: String,
    pub amount: i64,
    pub is_won: bool,
    /// How the book knows it.
    word: String,
}

impl Claim {
    /// Whether the book knows of it now.
    pub fn is_known(&self, papers: &Papers) -> bool {
        papers.is_booked(&self.word)
    }
}

pub fn disputes(stage: &Arc<Stage>, process: usize, book: usize) {
    let at = (process, book);
    match stage.below(10) {
        0..5 => opens(stage, at),
        5..9 => ends(stage, at),
        _ => releases(stage, at),
    }
}

/// The transaction that brought a payment.
fn transaction_of(connection: &Connection, payment: PaymentId) -> Option<String> {
    connection
        .query_row(
            "select a.gateway_id from payments p join attempts a on a.id = p.attempt_id where p.id = ?1",
            [payment],
            |row| row.get(0),
        )
        .optional()
        .expect("the payments can be read")
        .flatten()
}

fn opens(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("BANK");
    let mut claim = None;
    does(stage, at, &word, None, |world, expected| {
        let book = world.books.read();
        let is_it = |it: &Payment| it.method == Method::Card && it.left().is_positive();
        let Some(payment) = a_payment(stage, book, is_it)? else {
            return Ok(false);
        };
        let left = {
            let mut guard = stage.state();
            let state = &mut *guard;
            let of = transaction_of(state.desks[at.1].inspect(), payment.id);
            of.map(|of| (state.server.left_of(&of), of))
        };
        let Some((left, of)) = left.filter(|(left, _)| *left > 0) else {
            return Ok(false);
        };
        let part = stage.between(1, left);
        let amount = usd(if stage.below(2) == 0 { left } else { part });
        expected.one(amount);
        claim = Some(Claim {
            of,
            amount: amount.minor(),
            is_won: false,
            word: word.clone(),
        });
        let paid = book.allocations_of(payment.credit.name.id)?;
        let named = any(stage, &paid).filter(|_| stage.below(4) == 0);
        let (amount, from) = match named {
            Some(it) => {
                let amount = amount.at_most(it.amount);
                expected.one(amount);
                if let Some(claim) = &mut claim {
                    claim.amount = amount.minor();
                }
                let number = it.number;
                let pick = Pick {
                    number,
                    amount: Some(amount),
                };
                (amount, Wanted::Reopen(vec![pick]))
            }
            None => (amount, Wanted::AsItComes),
        };
        let today = world.today()?;
        let new = NewDispute {
            payment: payment.id,
            amount: Some(amount),
            from,
            fee: usd(1_500),
            reason: &word,
            on: today,
            respond_by: Some(today.saturating_add(9.days())),
            again: true,
        };
        stage.thinks();
        world.write(|tx| {
            let before = tx.read().payment(payment.id)?;
            let id = tx.open_dispute(&new)?;
            let after = tx.read().payment(payment.id)?;
            let shares = tx.read().dispute_shares(id)?;
            let shares = shares.iter().map(|it| it.amount.minor()).sum::<i64>();
            let gone = before.left().minus(amount) == after.left() && shares == amount.minor();
            must(gone, || {
                format!("{amount} of {} is not with the bank", payment.id)
            })?;
            Ok(true)
        })
    });
    if stage.planted == Some(Planted::DisputeWithoutHold) {
        let _ = past_the_book(stage, at.1, "holds_stand", |disk| {
            disk.execute_batch(
                "update holds set released_at = held_at where dispute_id is not null and released_at is null",
            )
        });
    }
    let mut state = stage.state();
    if state.papers.is_booked(&word) {
        state.tally.disputes += 1;
        state.server.claims.extend(claim);
    }
}

/// A dispute that is open, of the newest.
fn an_open_one(stage: &Stage, all: &[DisputeRow]) -> Option<DisputeRow> {
    any(stage, &all[..all.len().min(6)])
}

fn ends(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("VERDICT");
    let how = stage.below(4);
    let mut which = None;
    does(stage, at, &word, None, |world, expected| {
        let open = world.books.read().open_disputes(None)?;
        let Some(dispute) = an_open_one(stage, &open) else {
            return Ok(false);
        };
        which = Some(dispute.reason.clone());
        expected.one(dispute.amount);
        let today = world.today()?;
        stage.thinks();
        world.write(|tx| {
            let before = tx.read().payment(dispute.payment)?;
            let because = Some(word.as_str());
            let back = match how {
                0 | 1 => {
                    tx.win_dispute(dispute.id, because, today)?;
                    dispute.amount
                }
                _ => {
                    tx.lose_dispute(dispute.id, how == 2, because, today)?;
                    Money::zero(dispute.amount.currency())
                }
            };
            let after = tx.read().payment(dispute.payment)?;
            must(after.left() == before.left().plus(back), || {
                format!("{back} of {} was to come back", dispute.id)
            })?;
            Ok(true)
        })
    });
    let mut guard = stage.state();
    let state = &mut *guard;
    if state.papers.is_booked(&word) && how < 2 {
        let mut claims = state.server.claims.iter_mut();
        if let Some(claim) = claims.find(|claim| Some(&claim.word) == which.as_ref()) {
            claim.is_won = true;
        }
    }
}

/// A person says that what a dispute reopened may be charged again.
fn releases(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "release what was disputed", |world| {
        let book = world.books.read();
        let open = book.open_invoices(None)?;
        let mut held = Vec::new();
        for invoice in open {
            if book.hold_on(invoice.id)?.is_some() {
                held.push(invoice);
            }
        }
        let Some(invoice) = any(stage, &held) else {
            return Ok(());
        };
        stage.state().released.insert(invoice.number.clone());
        world.write(|tx| tx.release_invoice(&invoice).map(drop))
    });
}
