//! Who gives money back: a refund of a payment, in part or whole, now and then twice; or a void.

use std::sync::Arc;

use dues::books::Refunds;
use dues::domain::ids::PaymentId;
use dues::domain::refund::Wanted;
use dues::domain::spread::Pick;
use dues::jobs::refund::{Wish, refund};
use dues::ports::Way;

use super::actors::heard;
use super::shop::{run, usd};
use super::stage::Stage;

/// So many refunds a book has at most: recovery asks after each for weeks.
const MOST: usize = 8;

/// A payment, as the bookkeeper sees it.
struct Paid {
    id: PaymentId,
    /// Not given back yet, in minor units.
    left: i64,
    /// What it pays: the invoice, in minor units.
    pays: Vec<(String, i64)>,
}

/// Gives money of one of the last payments back.
pub fn gives_back(stage: &Arc<Stage>, process: usize, book: usize) {
    let nth = usize::try_from(stage.below(8)).unwrap_or(0);
    let paid = run(stage, process, book, "look at payments", |world| {
        let book = world.books.read();
        let mut asked = 0;
        book.each_refund(Refunds::All, false, |_| {
            asked += 1;
            Ok(())
        })?;
        let payments = book.payments(None)?;
        let newest = payments.get(nth % payments.len().max(1));
        let Some(payment) = newest.filter(|_| asked < MOST) else {
            return Ok(None);
        };
        let applied = book.allocations_of(payment.credit.name.id)?;
        Ok(Some(Paid {
            id: payment.id,
            left: payment.amount.minus(payment.given_back).minor(),
            pays: (applied.into_iter())
                .map(|it| (it.number, it.amount.minor()))
                .collect(),
        }))
    });
    let Some(Ok(Some(paid))) = paid else { return };
    let wish = wished(stage, &paid);
    asks_back(stage, process, book, &wish);
    // Whoever did not hear the end of it asks once more.
    if stage.below(3) == 0 {
        asks_back(stage, process, book, &wish);
    }
}

fn wished(stage: &Stage, paid: &Paid) -> Wish {
    let part = stage.between(1, paid.left.max(1));
    let mut wish = Wish {
        payment: paid.id,
        amount: None,
        from: Wanted::AsItComes,
        way: Way::Refund,
        because: None,
        wants_mail: stage.below(3) == 0,
        agreed: None,
    };
    match stage.below(10) {
        0..3 => {}
        3..5 => wish.amount = Some(usd(part)),
        5 => wish.from = Wanted::FromCredit,
        6..8 => {
            let at = stage.below(paid.pays.len().max(1) as u64);
            let pick = paid.pays.get(usize::try_from(at).unwrap_or(0));
            wish.from = Wanted::Reopen(
                pick.map(|(number, paid)| Pick {
                    number: number.clone(),
                    amount: (stage.below(2) == 0).then(|| usd((paid / 2).max(1))),
                })
                .into_iter()
                .collect(),
            );
        }
        8 => wish.way = Way::Void,
        // More than there is.
        _ => wish.amount = Some(usd(paid.left + part)),
    }
    wish
}

fn asks_back(stage: &Arc<Stage>, process: usize, book: usize, wish: &Wish) {
    let name = format!(
        "give back {:?} of {} {:?} {:?}",
        wish.amount, wish.payment, wish.from, wish.way
    );
    let refunded = run(stage, process, book, &name, |world| refund(world, wish));
    if let Some(refunded) = heard(stage, book, refunded) {
        stage.note(format_args!("{} is {}", refunded.refund, refunded.state));
    }
}
