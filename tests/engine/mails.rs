//! The outbox over a mail server that answers as a test says.

use std::cell::RefCell;
use std::collections::VecDeque;

use dues::books::NewMail;
use dues::domain::ids::MailId;
use dues::domain::outbox::{Letter, MailState};
use dues::jobs::outbox::send_due;
use dues::ports::{Clock, Delivery, Mailer};

use crate::shop::Shop;

/// A server that answers as a test says.
struct Server(RefCell<VecDeque<Delivery>>);

impl Mailer for Server {
    fn deliver(&self, _: &Letter) -> Delivery {
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
        send_due(&mut shop.world(), &down, None).unwrap();
        assert_eq!(mail_state(&shop), MailState::Queued);
        let at_once = send_due(&mut shop.world(), &down, None).unwrap();
        assert!(at_once.is_empty(), "it is tried again before its time");
        shop.clock.pass(7 * 3600);
    }
    send_due(&mut shop.world(), &down, None).unwrap();

    assert_eq!(mail_state(&shop), MailState::Failed);
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// A silent server costs one wait, not one for each mail.
#[test]
fn a_server_that_is_not_there_is_asked_once() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.charge().unwrap();
    let mut world = shop.world();
    let customer = world.books.read().find_customer("ACME").unwrap();
    let letter = world.books.read().mail(MailId(1)).unwrap().letter;
    world
        .books
        .write(shop.clock.now(), |tx| {
            tx.queue_mail(&NewMail {
                event: "another".into(),
                to: "ap@acme.example".into(),
                customer: Some(customer.id),
                payment: None,
                wording: letter.wording,
            })
        })
        .unwrap();
    drop(world);
    let gone = || Delivery::Unreachable("nobody answers".into());
    let server = Server(RefCell::new(vec![gone(), gone()].into()));

    let posted = send_due(&mut shop.world(), &server, None).unwrap();

    assert_eq!((posted.len(), server.0.borrow().len()), (1, 1));
    let unsent = shop.world().books.read().mails(true).unwrap();
    assert!(unsent.iter().all(|mail| mail.state == MailState::Queued));
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
            send_due(&mut shop.world(), &server, None).unwrap();
            shop.clock.pass(3600);
        }

        assert_eq!(mail_state(&shop), ends);
        shop.assert_right();
    }
}
