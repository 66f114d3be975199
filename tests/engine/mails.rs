//! The outbox over a mail server that answers as a test says.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use dues::books::NewMail;
use dues::domain::ids::MailId;
use dues::domain::outbox::{Letter, MailState};
use dues::jobs::outbox::send_due;
use dues::ports::{Clock, Delivery, Mailer};

use crate::shop::Shop;

/// A server that answers as a test says.
struct Server(RefCell<VecDeque<Delivery>>);

/// A server that takes all the time it is given for each letter, and then it.
struct Slow<'a>(&'a Shop, RefCell<Vec<Duration>>);

impl Mailer for Slow<'_> {
    fn deliver(&self, _: &Letter, within: Duration) -> Delivery {
        self.0.clock.pass(within.as_secs());
        self.1.borrow_mut().push(within);
        Delivery::Accepted("250".into())
    }
}

impl Mailer for Server {
    fn deliver(&self, _: &Letter, _: Duration) -> Delivery {
        self.0
            .borrow_mut()
            .pop_front()
            .unwrap_or_else(|| Delivery::TryLater("still down".into()))
    }
}

fn mail_state(shop: &Shop) -> MailState {
    shop.world().books.read().mail(MailId(1)).unwrap().state
}

#[test]
fn a_server_that_is_down_is_tried_again_and_then_a_person_is_told() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.charge().unwrap();
    let down = Server(RefCell::default());

    for _ in 0..7 {
        send_due(&mut shop.world(), &down, None, None).unwrap();
        assert_eq!(mail_state(&shop), MailState::Queued);
        let at_once = send_due(&mut shop.world(), &down, None, None).unwrap();
        assert!(
            at_once.posted.is_empty(),
            "it is tried again before its time"
        );
        shop.clock.pass(7 * 3600);
    }
    send_due(&mut shop.world(), &down, None, None).unwrap();

    assert_eq!(mail_state(&shop), MailState::Failed);
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// Writes so many mails more than the confirmation.
fn more_mails(shop: &Shop, more: usize) {
    let mut world = shop.world();
    let customer = world.books.read().find_customer("ACME").unwrap();
    let letter = world.books.read().mail(MailId(1)).unwrap().letter;
    for n in 0..more {
        let mail = NewMail {
            event: format!("another {n}"),
            to: "ap@acme.example".into(),
            customer: Some(customer.id),
            payment: None,
            wording: letter.wording.clone(),
        };
        let at = shop.clock.now();
        world.write_at(at, |tx| tx.queue_mail(&mail)).unwrap();
    }
}

/// A silent server costs one wait, not one for each mail, whether it was
/// silent before the letter or after it.
#[test]
fn a_server_that_is_not_there_is_asked_once() {
    for silence in [Delivery::Unreachable, Delivery::Unclear] {
        let shop = Shop::with_card("tok_approve", |_| ());
        shop.charge().unwrap();
        more_mails(&shop, 1);
        let gone = || silence("nobody answers".into());
        let server = Server(RefCell::new(vec![gone(), gone()].into()));

        let round = send_due(&mut shop.world(), &server, None, None).unwrap();

        assert_eq!((round.posted.len(), round.left), (1, 1));
        assert_eq!(server.0.borrow().len(), 1);
        let unsent = shop.world().books.read().mails(true).unwrap();
        let waits = |state| matches!(state, MailState::Queued | MailState::MaybeSent);
        assert!(unsent.len() == 2 && unsent.iter().all(|mail| waits(mail.state)));
    }
}

/// Who must be done by a moment is: the last letter has what is left of the
/// time, and what has no time is not begun.
#[test]
fn a_round_ends_when_its_time_is_over() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.charge().unwrap();
    more_mails(&shop, 3);
    let slow = Slow(&shop, RefCell::default());
    let began = shop.clock.since_boot();
    let by = began + Duration::from_secs(75);

    let round = send_due(&mut shop.world(), &slow, None, Some(by)).unwrap();

    assert_eq!(*slow.1.borrow(), [60, 15].map(Duration::from_secs));
    assert_eq!((round.posted.len(), round.left), (2, 2));
    assert_eq!(shop.clock.since_boot(), by);
    let tries = |id| shop.world().books.read().mail(MailId(id)).unwrap().tries;
    assert_eq!([1, 2, 3, 4].map(tries), [1, 1, 0, 0]);
}

#[test]
fn a_refused_mail_is_for_a_person_and_a_doubtful_one_goes_once_more() {
    for (answers, ends) in [
        (
            vec![Delivery::Refused("550 no such user".into())],
            MailState::Failed,
        ),
        (
            vec![
                Delivery::Unclear("cut".into()),
                Delivery::Accepted("250".into()),
            ],
            MailState::Sent,
        ),
        (
            vec![
                Delivery::Unclear("cut".into()),
                Delivery::Unclear("cut".into()),
            ],
            MailState::Failed,
        ),
    ] {
        let shop = Shop::with_card("tok_approve", |_| ());
        shop.charge().unwrap();
        let server = Server(RefCell::new(answers.into()));

        for _ in 0..3 {
            send_due(&mut shop.world(), &server, None, None).unwrap();
            shop.clock.pass(3600);
        }

        assert_eq!(mail_state(&shop), ends);
        shop.assert_right();
    }
}
