//! A book that was lost and restored, compared with the world it forgot.

use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use dues::books::Books;
use dues::domain::charge::State;
use dues::domain::spread::Wanted;
use dues::jobs::charge::charge;
use dues::jobs::plan::Wish;
use dues::jobs::reconcile::{Reconciled, reconcile};
use dues::jobs::resolve::{Finding, resolve};
use dues::rehearsal::listen;

use crate::shop::{Shop, hand, usd};

impl Shop {
    pub fn reconcile(&self) -> Reconciled {
        reconcile(&mut self.world(), None, false).unwrap()
    }

    /// Backs the book up at a named place of what follows, as cron may at any moment.
    fn back_up_at(&self, point: &'static str) {
        let (from, to) = (self.book(), self.copy());
        let copy = |from: &Path, to: &Path| Books::open(from, hand())?.back_up(to);
        listen(Some(Rc::new(move |name| {
            if name == point {
                copy(&from, &to)?;
            }
            Ok(())
        })));
    }
}

#[test]
pub fn a_restored_book_does_not_repeat_what_the_lost_one_closed() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    let (first, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Unknown);
    shop.back_up();
    shop.clock.pass(180);
    let finding = Finding::NotCharged("it is not on their page".into());
    resolve(&mut shop.world(), first, &finding).unwrap();
    shop.gateway.0.drops_requests.store(false, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.lose_the_book();
    shop.clock.pass(60);

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(shop.taken(), 1, "INV-1 was paid twice");
}

#[test]
fn a_request_that_a_backup_has_on_its_way_is_not_repeated() {
    let shop = Shop::with_card("tok_unreachable,tok_approve", |_| ());
    shop.back_up_at("charge.marked");
    assert_eq!(shop.charge().unwrap().1, State::NotMade);
    listen(None);
    shop.clock.pass(60);
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.lose_the_book();
    shop.clock.pass(60);

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(shop.taken(), 1, "INV-1 was paid twice");
}

#[test]
fn a_charge_that_a_backup_has_as_prepared_is_not_called_unsent() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.gateway.0.dated.store(true, Ordering::SeqCst);
    shop.back_up_at("charge.prepared");
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    listen(None);
    shop.lose_the_book();
    shop.clock.pass(600);

    let done = shop.reconcile();

    assert_eq!(done.recovered[0].to, State::Succeeded, "{done:?}");
    assert_eq!(shop.charge().unwrap_err().code(), "nothing_due");
}

#[test]
fn a_charge_with_credits_is_taken_back_as_it_was() {
    let shop = Shop::with_card("tok_approve", |_| ());
    let charge_for = |wanted, use_credits| {
        let mut world = shop.world();
        let wish = Wish {
            wanted,
            use_credits,
            ..Shop::wish(&world, None)
        };
        charge(&mut world, &wish).unwrap().state
    };
    let on_account = Wanted::Amount {
        amount: usd(30_00),
        except: vec!["INV-1".into()],
        on_account: true,
    };
    assert_eq!(charge_for(on_account, false), State::Succeeded);
    shop.back_up();
    let all_due = Wanted::AllDue { except: vec![] };
    assert_eq!(charge_for(all_due, true), State::Succeeded);
    shop.lose_the_book();

    shop.reconcile();

    let world = shop.world();
    let invoice = world.books.read().find_invoice("INV-1", None).unwrap();
    assert_eq!(invoice.open, usd(0));
    assert!(shop.payments().iter().all(|it| it.unapplied.is_zero()));
}
