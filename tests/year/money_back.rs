//! What goes through the gateway: charges, refunds and voids, and what is found out later.

use dues::domain::charge::State;
use dues::domain::invoice::Invoice;
use dues::domain::money::Money;
use dues::domain::refund::Wanted as TakenFrom;
use dues::domain::spread::{Pick, Wanted};
use dues::jobs::World;
use dues::jobs::charge::charge;
use dues::jobs::plan::Wish;
use dues::jobs::recover::recover;
use dues::jobs::refund::{Wish as RefundWish, refund};
use dues::ports::Way;

use crate::business::{Desk, or_refused};

impl Desk {
    /// One thing of those that only the gateway can do.
    pub fn asks_the_gateway(&mut self, world: &mut World<'_>) {
        match self.rng.below(10) {
            0..=4 => self.charges(world),
            5 | 6 => self.gives_back(world, Way::Refund),
            7 => self.gives_back(world, Way::Void),
            _ => {
                let recovery = or_refused(recover(world));
                let back = recovery.map_or(0, |it| it.sent_back.len());
                (0..back).for_each(|_| self.happened("a refund that the bank sent back"));
            }
        }
    }

    fn charges(&mut self, world: &mut World<'_>) {
        let nth = self.below(self.carded.len());
        let Some(customer) = self.carded.get(nth) else {
            return;
        };
        let customer = world.books.read().customer(*customer).unwrap();
        let open = world.books.read().open_invoices(Some(customer.id)).unwrap();
        let first = open.get(self.below(open.len()));
        let Some(first) = first else { return };
        let currency = first.total.currency();
        let picks = open.iter().filter(|it| it.total.currency() == currency);
        let pick = |it: &Invoice| Pick {
            number: it.number.clone(),
            amount: None,
        };
        let wanted = match self.rng.below(3) {
            0 => Wanted::Invoices(vec![pick(first)]),
            1 => Wanted::Invoices(picks.take(6).map(pick).collect()),
            _ => Wanted::Amount {
                amount: first.open.plus(Money::of(5_00, currency)),
                except: Vec::new(),
                on_account: true,
            },
        };
        let wish = Wish {
            customer,
            card: None,
            wanted,
            use_credits: self.rng.happens(3_000),
            memo: None,
            wants_mail: true,
            request_id: None,
            agreed: None,
            due: None,
            again: true,
        };
        let Some(charged) = or_refused(charge(world, &wish)) else {
            return;
        };
        match charged.state {
            State::Succeeded => self.happened("a card charged"),
            State::Declined => self.happened("a card declined"),
            _ => self.happened("a charge whose outcome was found out later"),
        }
    }

    fn gives_back(&mut self, world: &mut World<'_>, way: Way) {
        self.learn(world.books.read());
        // A late one: of those before most are given back already.
        let from = self.by_card.len().saturating_sub(20);
        let nth = from + self.below(self.by_card.len() - from);
        let Some(payment) = self.by_card.get(nth) else {
            return;
        };
        let payment = world.books.read().payment(*payment).unwrap();
        let is_part = way == Way::Refund && self.rng.happens(6_000);
        let third = Money::of(
            (payment.left().minor() / 3).max(1),
            payment.amount.currency(),
        );
        let wish = RefundWish {
            payment: payment.id,
            amount: is_part.then_some(third),
            from: TakenFrom::AsItComes,
            way,
            because: Some("wilted".into()),
            wants_mail: true,
            agreed: None,
        };
        let Some(refunded) = or_refused(refund(world, &wish)) else {
            return;
        };
        match (refunded.state, way) {
            (State::Succeeded, Way::Refund) => self.happened("a refund"),
            (State::Succeeded, Way::Void) => self.happened("a charge voided"),
            _ => self.happened("a refund that was refused or found out later"),
        }
    }
}
