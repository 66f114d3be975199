//! The outbox over a mail server that answers as a test says.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

use dues::books::NewMail;
use dues::domain::ids::MailId;
use dues::domain::outbox::{Letter, MailState};
use dues::jobs::outbox::{Trouble, Which, send_due, trouble};
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
        send_due(&mut shop.world(), &down, Which::Due, None).unwrap();
        assert_eq!(mail_state(&shop), MailState::Queued);
        let at_once = send_due(&mut shop.world(), &down, Which::Due, None).unwrap();
        assert!(
            at_once.posted.is_empty(),
            "it is tried again before its time"
        );
        shop.clock.pass(7 * 3600);
    }
    send_due(&mut shop.world(), &down, Which::Due, None).unwrap();

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

        let round = send_due(&mut shop.world(), &server, Which::Due, None).unwrap();

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

    let round = send_due(&mut shop.world(), &slow, Which::Due, Some(by)).unwrap();

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
            send_due(&mut shop.world(), &server, Which::Due, None).unwrap();
            shop.clock.pass(3600);
        }

        assert_eq!(mail_state(&shop), ends);
        shop.assert_right();
    }
}

/// A folder: what it is given is a file, and nobody has got it.
struct Folder;

impl Mailer for Folder {
    fn deliver(&self, _: &Letter, _: Duration) -> Delivery {
        Delivery::Filed("/mails/1.eml".into())
    }

    fn sends(&self) -> bool {
        false
    }
}

/// A day after it became a file, somebody may have sent it by hand.
#[test]
fn a_file_goes_out_once_there_is_a_server_and_an_old_one_only_if_a_person_says_so() {
    let accepts = || Server(RefCell::new(vec![Delivery::Accepted("250".into())].into()));
    for (hours, which, ends) in [
        (1, Which::Due, MailState::Sent),
        (24, Which::Due, MailState::Sent),
        (25, Which::Due, MailState::Written),
        (25, Which::WrittenToo, MailState::Sent),
    ] {
        let shop = Shop::with_card("tok_approve", |_| ());
        shop.charge().unwrap();
        for _ in 0..2 {
            send_due(&mut shop.world(), &Folder, Which::WrittenToo, None).unwrap();
        }
        let filed = shop.world().books.read().mail(MailId(1)).unwrap();
        assert_eq!((filed.state, filed.tries), (MailState::Written, 1));
        assert!(filed.sent_at.is_none() && filed.filed_at.is_some());
        shop.clock.pass(hours * 3600);

        let server = accepts();
        send_due(&mut shop.world(), &server, which, None).unwrap();
        send_due(&mut shop.world(), &accepts(), Which::WrittenToo, None).unwrap();

        assert_eq!(server.0.borrow().is_empty(), ends == MailState::Sent);
        // By then all were, and none a second time.
        let last = shop.world().books.read().mail(MailId(1)).unwrap();
        assert_eq!((last.state, last.tries), (MailState::Sent, 2));
        shop.assert_right();
    }
}

/// No letter is to blame for a wrong password: all of them wait until it is
/// right, however often it was tried, and a person is told at once.
#[test]
fn a_login_that_is_refused_is_for_a_person_and_no_mail_fails_of_it() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.charge().unwrap();
    more_mails(&shop, 1);
    let locked = || Delivery::NotLetIn("535 wrong password".into());
    let now = || shop.clock.now();

    for _ in 0..12 {
        let server = Server(RefCell::new(vec![locked(), locked()].into()));
        let round = send_due(&mut shop.world(), &server, Which::Due, None).unwrap();
        assert_eq!(round.posted.len(), 1);
        let mail = shop.world().books.read().mail(MailId(1)).unwrap();
        assert_eq!(mail.state, MailState::Queued);
        assert_eq!(trouble(&mail, now(), true), Some(Trouble::NotLetIn));
        shop.clock.pass(7 * 3600);
    }
    let open = Server(RefCell::new(
        [0, 1].map(|_| Delivery::Accepted("250".into())).into(),
    ));
    send_due(&mut shop.world(), &open, Which::Due, None).unwrap();

    let mails = shop.world().books.read().mails(false).unwrap();
    for mail in &mails {
        assert_eq!((mail.state, mail.not_let_in), (MailState::Sent, false));
        assert_eq!(trouble(mail, now(), true), None);
    }
}

#[test]
fn a_mail_that_waits_longer_than_a_day_needs_a_person() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.charge().unwrap();
    let needs = || {
        let mail = shop.world().books.read().mail(MailId(1)).unwrap();
        trouble(&mail, shop.clock.now(), true)
    };

    shop.clock.pass(24 * 3600);
    assert_eq!(needs(), None);
    shop.clock.pass(1);

    assert_eq!(needs(), Some(Trouble::WaitsLong));
}
