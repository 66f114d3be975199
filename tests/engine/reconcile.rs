//! A book that was lost and restored, compared with the world it forgot.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use dues::books::{Books, Tx};
use dues::domain::charge::{Answer, State};
use dues::domain::ids::ChargeId;
use dues::domain::invoice::{InvoiceNumber, NewInvoice};
use dues::domain::money::{Currency, Money};
use dues::domain::payment::Payment;
use dues::domain::purpose::Purpose;
use dues::domain::spread::{Pick, Wanted};
use dues::jobs::charge::charge;
use dues::jobs::plan::Wish;
use dues::jobs::reconcile::{How, Reconciled, reconcile};
use dues::jobs::recover::recover;
use dues::jobs::resolve::{Finding, resolve};
use dues::ports::Clock;
use dues::problem::Problem;
use dues::rehearsal::listen;
use jiff::SignedDuration;
use jiff::civil::date;

use crate::shop::{Shop, as_an_older_dues_prepared_it, usd};

/// A person read the gateway's own page.
pub fn compared(how: &str) -> How<'_> {
    How {
        compared: Some(how),
        ..How::default()
    }
}

const ON_ACCOUNT: How<'_> = How {
    compared: None,
    on_account: true,
    only_look: false,
};

impl Shop {
    pub fn reconcile(&self) -> Reconciled {
        reconcile(&mut self.world(), &How::default()).unwrap()
    }

    /// Backs the book up at a named place of what follows, as cron may at any moment.
    fn back_up_at(&self, point: &'static str) {
        let (from, to) = (self.book(), self.copy());
        let copy = |from: &Path, to: &Path| Books::open(from)?.back_up(to);
        listen(Some(Rc::new(move |name| {
            if name == point {
                copy(&from, &to)?;
            }
            Ok(())
        })));
    }
}

#[test]
fn a_restored_book_does_not_repeat_what_the_lost_one_closed() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    let (first, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Unknown);
    shop.back_up();
    shop.clock.pass(900);
    let finding = Finding::NotMade("it is not on their page".into());
    resolve(&mut shop.world(), first, &finding).unwrap();
    shop.gateway.0.drops_requests.store(false, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.lose_the_book();
    shop.clock.pass(60);

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(shop.taken(), 1, "INV-1 was paid twice");
}

/// The lost book had closed it, and whoever was asked for it knows.
#[test]
pub fn what_a_lost_book_closed_is_not_sent_again() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.add_beta("tok_approve");
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    let (first, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Unknown);
    shop.back_up();
    shop.clock.pass(900);
    let finding = Finding::NotMade("they pay by check".into());
    resolve(&mut shop.world(), first, &finding).unwrap();
    shop.gateway.0.drops_requests.store(false, Ordering::SeqCst);
    assert_eq!(shop.charge_of("BETA").unwrap().1, State::Succeeded);
    shop.lose_the_book();
    shop.clock.pass(60);

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert_eq!(shop.taken(), 1, "only BETA's");
}

/// A person had accepted what the gateway took, and a later charge paid the
/// rest. Taken back, the first is in review again: closed for the second's
/// sake, its money would be forgotten.
#[test]
fn what_was_taken_in_another_amount_is_not_closed_for_a_later_charge() {
    let shop = Shop::with_card("tok_wrong_amount,tok_approve", |_| ());
    shop.back_up();
    let (first, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Review);
    let found = Finding::Made {
        id: "sbx_ch_1".into(),
        because: None,
    };
    resolve(&mut shop.world(), first, &found).unwrap();
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    // As the list of a real gateway shows it: what was asked, and what was taken.
    let mut list = shop.list();
    let took_less = list.iter_mut().find(|seen| seen.amount == usd(99_99));
    took_less.unwrap().amount = usd(100_00);
    *shop.gateway.0.listed.lock().unwrap() = Some(list);
    shop.lose_the_book();
    // A machine that finds an uncharged book marks it as its newest.
    shop.forget_the_mark();
    assert_eq!(shop.charge().unwrap_err().code(), "book_is_old");
    shop.clock.pass(60);

    let done = shop.reconcile();

    assert!(!done.unlocked, "{done:?}");
    resolve(&mut shop.world(), first, &found).unwrap();
    let done = shop.reconcile();
    assert!(done.unlocked, "{done:?}");
    assert_eq!(shop.payments().len(), 2, "{:?}", shop.payments());
    shop.assert_right();
}

/// Nobody can list: a person compared, and the mark has a charge whose
/// predecessor is in review in the older book. It waits, and is not set aside.
#[test]
fn what_waits_for_an_earlier_charge_is_not_set_aside() {
    let shop = Shop::with_card("tok_approve", |promises| {
        promises.replay_for = None;
        promises.lists = false;
    });
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    let (first, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Unknown);
    recover(&mut shop.world()).unwrap();
    shop.back_up();
    shop.clock.pass(900);
    let finding = Finding::NotMade("not on their page".into());
    resolve(&mut shop.world(), first, &finding).unwrap();
    let (second, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Unknown);
    shop.lose_the_book();
    let compare = || reconcile(&mut shop.world(), &compared("read their page"));

    let waits = compare().unwrap();

    assert!(!waits.unlocked && waits.set_aside.is_empty(), "{waits:?}");
    assert_eq!(waits.left[0].code(), "earlier_charge_open");
    shop.clock.pass(900);
    resolve(&mut shop.world(), first, &finding).unwrap();
    let done = compare().unwrap();
    assert!(done.unlocked, "{done:?}");
    assert_eq!(done.adopted[0].purpose, Purpose::Take(second));
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
    shop.back_up_at("charge.sending");
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    listen(None);
    as_an_older_dues_prepared_it(&shop.copy());
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
    assert!(shop.payments().iter().all(|it| it.credit.open.is_zero()));
}

#[test]
fn a_decline_without_a_card_does_not_lock_the_book() {
    let shop = Shop::with_card("tok_decline_soft", |_| ());
    shop.back_up();
    assert_eq!(shop.charge().unwrap().1, State::Declined);
    shop.lose_the_book();
    let mut list = shop.list();
    list[0].token = None;
    *shop.gateway.0.listed.lock().unwrap() = Some(list);

    let done = shop.reconcile();

    assert!(done.unlocked, "{:?}", done.left);
}

#[test]
fn an_account_that_nobody_can_ask_is_not_called_compared() {
    let shop = Shop::with_card("tok_approve", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    let at = shop.clock.now();
    let mut world = shop.world();
    world.write_at(at, |tx| tx.log_out("sandbox")).unwrap();

    let done = reconcile(&mut world, &How::default());

    assert_eq!(done.unwrap_err().code(), "not_logged_in");
}

#[test]
fn a_passing_fault_sets_nothing_aside() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.back_up();
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.lose_the_book();
    let failed = Cell::new(false);
    listen(Some(Rc::new(move |name| {
        if name == "book.committing" && !failed.replace(true) {
            return Err(Problem::refused("disk_full", "the disk is full"));
        }
        Ok(())
    })));

    let done = reconcile(&mut shop.world(), &compared("page 3"));
    listen(None);

    assert_eq!(done.unwrap_err().code(), "disk_full");
    shop.reconcile();
    assert_eq!(shop.payments().len(), 1);
}

#[test]
fn a_capture_under_a_reference_that_was_set_aside_unseen_is_reported() {
    let shop = Shop::with_card("tok_approve", |promises| promises.replay_for = None);
    shop.back_up();
    shop.add_beta("tok_lost");
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge_of("BETA").unwrap().1, State::Unknown);
    shop.lose_the_book();
    let because = Some("it is not on their page");
    reconcile(
        &mut shop.world(),
        &How {
            compared: because,
            ..How::default()
        },
    )
    .unwrap();
    shop.gateway.0.hides_all.store(false, Ordering::SeqCst);

    let next = shop.charge();

    assert_eq!(next.unwrap_err().code(), "book_is_old");
}

#[test]
fn a_marked_attempt_under_a_newer_one_is_not_hidden() {
    let shop = Shop::with_card("tok_decline_soft,tok_approve", |promises| {
        promises.replay_for = None;
    });
    let folder = |name| shop.folder.path().join(name);
    let (marks, annas) = (folder("marks"), folder("annas"));
    shop.back_up();
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Unknown);
    // Bert goes on from another home.
    fs::rename(&marks, &annas).unwrap();
    shop.reconcile();
    shop.look_twice();
    shop.gateway.0.drops_requests.store(false, Ordering::SeqCst);
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Declined);
    shop.lose_the_book();
    shop.reconcile();
    fs::rename(&marks, folder("berts")).unwrap();
    fs::rename(&annas, &marks).unwrap();

    shop.reconcile();

    let world = shop.world();
    let invoice = world.books.read().find_invoice("INV-1", None).unwrap();
    let open = world.books.read().open_charges().unwrap();
    assert_eq!(open.is_empty(), invoice.reserved.is_zero());
}

#[test]
fn a_request_whose_next_attempt_stands_elsewhere_is_refused() {
    let shop = Shop::with_card("tok_wrong_amount", |promises| promises.replay_for = None);
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Unknown);
    shop.back_up();
    shop.look_twice();
    shop.gateway.0.drops_requests.store(false, Ordering::SeqCst);
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Review);
    shop.lose_the_book();
    shop.reconcile();

    let again = shop.charge_by_request("nov");

    assert!(
        again.as_ref().err().is_none_or(|it| it.code() != "bug"),
        "{again:?}"
    );
    assert_eq!(shop.taken(), 1);
}

#[test]
fn a_request_that_was_taken_back_is_not_another_customers_result() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.back_up();
    assert_eq!(shop.charge_by_request("nov").unwrap(), State::Succeeded);
    shop.lose_the_book();
    shop.reconcile();
    shop.add_beta("tok_approve");
    let mut world = shop.world();
    let wish = Wish {
        customer: world.books.read().find_customer("BETA").unwrap(),
        ..Shop::wish(&world, Some("nov"))
    };

    let heard = charge(&mut world, &wish);

    assert_eq!(heard.unwrap_err().code(), "request_id_reused");
}

/// ACME's INV-2 of 70.00 was added after the backup, and charged: so it ended.
fn forgets_an_invoice(token: &str, ended: State) -> Shop {
    let shop = Shop::with_card(token, |_| ());
    shop.add_beta("tok_approve");
    shop.charge().unwrap();
    shop.back_up();
    shop.add_invoice("ACME", "INV-2", 70_00, date(2026, 1, 31));
    assert_eq!(shop.charge().unwrap().1, ended);
    shop.lose_the_book();
    shop
}

/// Restored, reconciled, imported again: what was paid must not be open.
#[test]
pub fn an_invoice_that_was_forgotten_is_not_charged_when_it_comes_back() {
    let shop = forgets_an_invoice("tok_approve", State::Succeeded);

    let done = shop.reconcile();

    assert_eq!(done.left[0].code(), "invoice_forgotten");
    assert!(!done.unlocked && done.adopted.is_empty(), "{done:?}");
    shop.add_invoice("ACME", "INV-2", 70_00, date(2026, 1, 31));
    shop.reconcile();
    assert_eq!(shop.charge().unwrap_err().code(), "nothing_due");
    assert!(
        shop.payments()
            .iter()
            .all(|paid| paid.credit.open.is_zero())
    );
    assert_eq!(shop.taken(), 2);
    shop.assert_right();
}

/// The gateway's list and this machine's mark have the same request.
#[test]
fn what_two_witnesses_have_is_missing_once() {
    let shop = forgets_an_invoice("tok_approve,tok_lost", State::Unknown);

    let done = shop.reconcile();

    assert_eq!((done.missing.len(), done.left.len()), (1, 1), "{done:?}");
}

/// The next attempt of its charge would pay by the plan that this one brings back.
#[test]
fn a_forgotten_invoice_is_wanted_by_an_attempt_that_took_nothing_too() {
    let shop = forgets_an_invoice("tok_approve,tok_decline_soft", State::Declined);

    let done = shop.reconcile();

    assert_eq!(done.left[0].code(), "invoice_forgotten");
    shop.add_invoice("ACME", "INV-2", 70_00, date(2026, 1, 31));
    assert!(shop.reconcile().unlocked);
    let charge = shop.world().books.read().charge(ChargeId(2)).unwrap();
    let plan = shop.world().books.read().shares_of(charge.id).unwrap();
    assert_eq!((charge.attempt.state, plan.len()), (State::Declined, 1));
    shop.assert_right();
}

/// Nobody will bring it back: a person says so, and the money is on account.
#[test]
fn for_an_invoice_that_never_comes_back_the_money_is_on_account() {
    let shop = forgets_an_invoice("tok_approve", State::Succeeded);

    let done = reconcile(&mut shop.world(), &ON_ACCOUNT).unwrap();

    assert!(done.unlocked && done.left.is_empty(), "{done:?}");
    let on_account = |paid: &Payment| paid.credit.open == usd(70_00);
    assert!(shop.payments().iter().any(on_account));
    shop.assert_right();
}

/// A restored book forgot the number, and gave it to somebody else, in euros.
#[test]
fn an_invoice_that_has_the_number_of_a_forgotten_one_is_another() {
    let shop = forgets_an_invoice("tok_approve", State::Succeeded);
    let euros = NewInvoice {
        terms: None,
        po_number: None,
        number: InvoiceNumber::parse("INV-2").unwrap(),
        total: Money::of(90_00, Currency::parse("EUR").unwrap()),
        issued_on: date(2026, 1, 1),
        due_on: date(2026, 1, 31),
        memo: None,
    };
    let beta = shop.world().books.read().find_customer("BETA").unwrap();
    let at = shop.clock.now();
    let add = |tx: &Tx<'_>| tx.add_invoice(&beta, &euros);
    shop.world().write_at(at, add).unwrap();

    let done = shop.reconcile();

    assert_eq!(done.left[0].code(), "invoice_forgotten");
    reconcile(&mut shop.world(), &ON_ACCOUNT).unwrap();
    let on_account = |paid: &Payment| paid.credit.open == usd(70_00);
    assert!(shop.payments().iter().any(on_account));
    shop.assert_right();
}

/// The backup is from between the request and the person's word.
#[test]
fn what_a_person_closed_is_not_sent_again_by_a_backup_from_before() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    let (first, ..) = shop.charge().unwrap();
    shop.back_up();
    shop.clock.pass(900);
    let finding = Finding::NotMade("they pay by check".into());
    resolve(&mut shop.world(), first, &finding).unwrap();
    shop.gateway.0.drops_requests.store(false, Ordering::SeqCst);
    shop.lose_the_book();
    shop.clock.pass(60);

    let recovered = recover(&mut shop.world());

    assert_eq!(recovered.unwrap_err().code(), "book_is_old");
    assert!(shop.reconcile().unlocked);
    recover(&mut shop.world()).unwrap();
    assert_eq!(shop.taken(), 0);
}

/// A book that is locked is not made current by deciding one of its charges.
#[test]
fn deciding_a_charge_of_an_old_book_does_not_unlock_it() {
    let shop = Shop::with_card("tok_approve", |promises| promises.replay_for = None);
    shop.add_beta("tok_approve");
    shop.gateway.0.drops_requests.store(true, Ordering::SeqCst);
    let (first, ..) = shop.charge().unwrap();
    shop.gateway.0.drops_requests.store(false, Ordering::SeqCst);
    shop.back_up();
    shop.charge_of("BETA").unwrap();
    shop.lose_the_book();
    shop.clock.pass(900);
    // Only the mark knows of BETA's.
    shop.gateway.0.hides_all.store(true, Ordering::SeqCst);

    let finding = Finding::NotMade("they pay by check".into());
    resolve(&mut shop.world(), first, &finding).unwrap();

    assert_eq!(shop.charge_of("BETA").unwrap_err().code(), "book_is_old");
}

/// The gateway's clock is five minutes behind ours, as it may be: what it took
/// later looks older than what made way for it.
#[test]
fn a_gateways_clock_does_not_turn_the_order_of_two_charges_round() {
    let shop = Shop::with_card("tok_approve", |promises| promises.replay_for = None);
    let gateway = &shop.gateway.0;
    gateway.dated.store(true, Ordering::SeqCst);
    gateway.drops_requests.store(true, Ordering::SeqCst);
    let (first, ..) = shop.charge().unwrap();
    shop.back_up();
    shop.clock.pass(70);
    let finding = Finding::NotMade("not on their page".into());
    resolve(&mut shop.world(), first, &finding).unwrap();
    gateway.drops_requests.store(false, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    for sent_at in gateway.sent_at.lock().unwrap().values_mut() {
        *sent_at -= SignedDuration::from_mins(5);
    }
    shop.lose_the_book();

    let done = shop.reconcile();

    assert!(done.unlocked, "{done:?}");
    assert!(shop.payments()[0].credit.open.is_zero());
    let first = shop.world().books.read().charge(first).unwrap();
    assert_eq!(first.attempt.state, State::NotMade);
    shop.assert_right();
}

/// The mark has a charge with another card, sent two minutes after the first
/// was declined; the list shows the first only later. Which was first is not
/// clear, and nothing of it is closed.
#[test]
fn what_was_taken_back_as_unknown_is_not_closed_by_an_earlier_decline() {
    let shop = Shop::with_card("tok_decline_soft,tok_approve", |promises| {
        promises.replay_for = None;
    });
    let gateway = &shop.gateway.0;
    gateway.dated.store(true, Ordering::SeqCst);
    shop.back_up();
    assert_eq!(shop.charge().unwrap().1, State::Declined);
    let declined = shop.list()[0].reference.clone();
    shop.clock.pass(120);
    gateway.drops_requests.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    gateway.hidden.lock().unwrap().push(declined);
    shop.lose_the_book();
    assert!(shop.reconcile().unlocked);
    gateway.hidden.lock().unwrap().clear();

    let done = shop.reconcile();

    assert_eq!(done.adopted.len(), 1, "{done:?}");
    let open = shop.world().books.read().open_charges().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].attempt.state, State::Unknown);
    shop.assert_right();
}

/// None is taken back before all can be: what one left over may be taken for
/// older than it was, and its credits for somebody else's.
#[test]
fn nothing_is_taken_back_while_one_waits() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.add_beta("tok_approve");
    shop.back_up();
    shop.add_invoice("ACME", "INV-2", 70_00, date(2026, 1, 31));
    shop.charge().unwrap();
    shop.charge_of("BETA").unwrap();
    shop.lose_the_book();

    let done = shop.reconcile();

    assert_eq!((done.adopted.len(), done.left.len()), (0, 1), "{done:?}");
    assert_eq!(shop.payments().len(), 0);
}

/// Set aside by a person, its invoice is open here: autopay must not find it.
#[test]
fn what_a_charge_that_is_set_aside_may_have_paid_is_on_hold() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.back_up();
    shop.charge().unwrap();
    let mut list = shop.list();
    list[0].token = Some("sbx_card_99".into());
    *shop.gateway.0.listed.lock().unwrap() = Some(list);
    shop.lose_the_book();

    let done = reconcile(&mut shop.world(), &compared("booked by hand")).unwrap();

    assert_eq!(done.set_aside[0].held, ["INV-1"]);
    let world = shop.world();
    let invoice = world.books.read().invoice_by_number("INV-1").unwrap();
    let hold = world.books.read().hold_on(invoice.unwrap().id).unwrap();
    assert!(hold.unwrap().because.contains("booked by hand"));
}

/// As above, and the first was taken: it waits until the second is decided.
#[test]
fn what_may_be_younger_than_an_unknown_charge_waits_for_it() {
    let shop = Shop::with_card("tok_lost", |promises| promises.replay_for = None);
    let gateway = &shop.gateway.0;
    gateway.dated.store(true, Ordering::SeqCst);
    shop.back_up();
    gateway.hides_all.store(true, Ordering::SeqCst);
    let (first, ..) = shop.charge().unwrap();
    shop.look_twice();
    gateway.drops_requests.store(true, Ordering::SeqCst);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.lose_the_book();
    assert!(shop.reconcile().unlocked);
    gateway.hides_all.store(false, Ordering::SeqCst);

    let done = shop.reconcile();

    assert_eq!(done.left[0].code(), "earlier_charge_open", "{done:?}");
    shop.clock.pass(900);
    let open = shop.world().books.read().open_charges().unwrap();
    let finding = Finding::NotMade("not on their page".into());
    resolve(&mut shop.world(), open[0].id, &finding).unwrap();
    let done = shop.reconcile();
    assert_eq!(
        (done.unlocked, done.adopted[0].purpose),
        (true, Purpose::Take(first))
    );
    assert!(shop.payments()[0].credit.open.is_zero());
    shop.assert_right();
}

/// Three lines of the label pay one invoice, which came back smaller.
#[test]
fn all_lines_of_one_invoice_are_planned_for_what_is_open() {
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
    for minor in [30_00, 40_00] {
        let on_account = Wanted::Amount {
            amount: usd(minor),
            except: vec!["INV-1".into()],
            on_account: true,
        };
        assert_eq!(charge_for(on_account, false), State::Succeeded);
    }
    shop.back_up();
    shop.add_invoice("ACME", "INV-2", 100_00, date(2026, 1, 31));
    let whole = Wanted::Invoices(vec![Pick {
        number: "INV-2".into(),
        amount: None,
    }]);
    assert_eq!(charge_for(whole, true), State::Succeeded);
    shop.lose_the_book();
    shop.add_invoice("ACME", "INV-2", 60_00, date(2026, 1, 31));
    // Nobody knows yet, so that all its lines are reserved.
    let mut list = shop.list();
    let last = list
        .iter_mut()
        .find(|seen| seen.label.pays.contains("INV-2"))
        .unwrap();
    last.answer = Answer::Unknown("it stands at `requires_capture`".into());
    shop.gateway
        .0
        .hidden
        .lock()
        .unwrap()
        .push(last.reference.clone());
    *shop.gateway.0.listed.lock().unwrap() = Some(list);

    shop.reconcile();

    let invoice = shop
        .world()
        .books
        .read()
        .find_invoice("INV-2", None)
        .unwrap();
    assert_eq!((invoice.open, invoice.available()), (usd(60_00), usd(0)));
    shop.assert_right();
}

/// An older `dues` had no room on its label for all that it charged. What that
/// money paid is open in this book: nobody is charged for it before a person looked.
#[test]
pub fn what_a_label_leaves_out_is_held_back_to_the_cent() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.back_up();
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    let mut list = shop.list();
    list[0].label.pays = "INV-1=99.99".into();
    *shop.gateway.0.listed.lock().unwrap() = Some(list);
    shop.lose_the_book();

    let waits = shop.reconcile();

    assert_eq!(waits.left[0].code(), "label_is_short");
    assert_eq!(
        waits.left[0].message(),
        "CH-1 of 100.00 USD at sandbox does not say where 0.01 USD of it went"
    );
    assert!(!waits.unlocked && waits.adopted.is_empty(), "{waits:?}");
    let how = How {
        on_account: true,
        ..How::default()
    };
    assert!(reconcile(&mut shop.world(), &how).unwrap().unlocked);
    assert_eq!(shop.payments()[0].credit.open, usd(1));
    let world = shop.world();
    let customer = world.books.read().find_customer("ACME").unwrap();
    let hold = world.books.read().hold_of(customer.id).unwrap().unwrap();
    assert_eq!(
        hold.because,
        "CH-1 paid invoices that its request did not name, 0.01 USD in all"
    );
}
