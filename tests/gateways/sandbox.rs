//! The embedded sandbox, held to the same contract as every other gateway.

use std::cell::Cell;
use std::rc::Rc;

use dues::domain::charge::Answer;
use dues::domain::ids::{AttemptName, BookId, CustomerId};
use dues::domain::intent::Intent;
use dues::domain::money::{Currency, Money};
use dues::gateway::sandbox::Sandbox;
use dues::ports::{Gateway, NotAsked, Order, Refusal, ReturnOrder, Sending, Sighting, Sought, Way};
use dues::problem::Problem;
use dues::rehearsal::listen;
use jiff::Timestamp;

use crate::contract::{Plot, Stage, keeps_the_contract, label};
use crate::giving_back::{self, ReturnStage, Turn, gives_back_as_promised};
use crate::stripe_returns::words;

struct Embedded {
    sandbox: Sandbox,
    _folder: tempfile::TempDir,
}

impl Stage for Embedded {
    fn gateway(&self) -> &dyn Gateway {
        &self.sandbox
    }

    fn card_that(&self, plot: Plot) -> Option<String> {
        let token = match plot {
            Plot::Pays => "tok_approve",
            Plot::Declines => "tok_decline_soft",
            Plot::Pends => "tok_pending",
            Plot::LosesTheAnswer => "tok_lost",
            Plot::FailsAfterTaking => "tok_500_taken",
            Plot::FailsBeforeTaking => "tok_500",
            Plot::CannotBeReached => "tok_unreachable,tok_approve",
            Plot::IsBusy => "tok_429,tok_approve",
        };
        Some(self.card(token))
    }

    // What goes wrong is in the card, not in the sandbox.
    fn calm(&self) {}

    fn times_taken(&self, reference: &str) -> usize {
        let taken = self.sandbox.money_taken().unwrap();
        taken.iter().filter(|(of, _)| of == reference).count()
    }
}

impl ReturnStage for Embedded {
    fn card_whose_return(&self, turn: Turn) -> String {
        let plays = match turn {
            Turn::Goes => "refund_given",
            Turn::Fails => "refund_fails",
            Turn::Pends => "refund_pending",
            Turn::LosesTheAnswer => "refund_lost",
            Turn::FailsAfterGiving => "refund_500_given",
            Turn::FailsBeforeGiving => "refund_500",
            Turn::CannotBeReached => "refund_unreachable,refund_given",
            Turn::IsBusy => "refund_429,refund_given",
            Turn::ComesBack => "refund_comes_back,refund_given",
            Turn::IsShort => "refund_wrong_amount",
        };
        self.card(&format!("tok_approve/{plays}"))
    }

    fn set(&self, _: Turn) {}

    // It has no clock, and counts looks.
    fn weeks_pass(&self, _: &str) {}

    fn times_given_back(&self, reference: &str) -> usize {
        let given = self.sandbox.money_given_back().unwrap();
        given.iter().filter(|(of, _)| of == reference).count()
    }
}

impl Embedded {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            sandbox: Sandbox::new(folder.path().join("ledger.jsonl")),
            _folder: folder,
        }
    }

    fn card(&self, token: &str) -> String {
        self.sandbox.card(token).unwrap().token
    }
}

#[test]
fn the_sandbox_keeps_the_contract() {
    keeps_the_contract(&Embedded::open());
}

#[test]
fn the_sandbox_gives_back_as_promised() {
    gives_back_as_promised(&Embedded::open());
}

/// One way to give money back, at one sandbox.
struct Till {
    sandbox: Embedded,
    next: Cell<u32>,
}

impl Till {
    fn open() -> Self {
        Self {
            sandbox: Embedded::open(),
            next: Cell::new(1),
        }
    }

    fn name(&self, intent: &str) -> AttemptName {
        let n = self.next.replace(self.next.get() + 1);
        let book = BookId("00112233445566778899aabbccddeeff".into());
        AttemptName::of(
            &book,
            &Intent::read(&format!("{intent}-{n}")),
            CustomerId(1),
            1,
        )
    }

    /// 100.00 from a card of this token; the charge's id.
    fn charge(&self, token: &str) -> Answer {
        let name = self.name("CH");
        let gateway = &self.sandbox.sandbox;
        let request = gateway.build(&Order {
            attempt: &name,
            amount: usd(100_00),
            token: &self.sandbox.card(token),
            description: "CH-1",
            label: label(),
        });
        let sending = Sending {
            key: &name.key,
            request: &request.unwrap(),
            still_in_time: &|| Ok(()),
        };
        gateway.charge(&sending).unwrap()
    }

    fn charged(&self, token: &str) -> String {
        self.charge(token).taken_id().unwrap().to_owned()
    }

    /// Gives back so much; the answer, and how to look for it.
    fn give_back(
        &self,
        way: Way,
        transaction: &str,
        minor: i64,
    ) -> (Result<Answer, NotAsked>, AttemptName) {
        let name = self.name("RF");
        let gives_back = self.sandbox.sandbox.gives_back().unwrap();
        let request = gives_back.build(&ReturnOrder {
            attempt: &name,
            way,
            transaction,
            amount: usd(minor),
            description: "RF-1 of PAY-1",
            label: giving_back::label(),
        });
        let answer = gives_back.give_back(&Sending {
            key: &name.key,
            request: &request.unwrap(),
            still_in_time: &|| Ok(()),
        });
        (answer, name)
    }

    fn look(&self, name: &AttemptName, transaction: &str) -> Sighting {
        let sought = Sought {
            reference: &name.reference,
            token: transaction,
            amount: usd(100_00),
            id: None,
            since: Timestamp::UNIX_EPOCH,
        };
        let gives_back = self.sandbox.sandbox.gives_back().unwrap();
        gives_back.look_up(&sought).unwrap()
    }

    fn given_back(&self) -> Vec<i64> {
        let given = self.sandbox.sandbox.money_given_back().unwrap();
        given.iter().map(|(_, amount)| amount.minor()).collect()
    }
}

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

#[test]
fn a_charge_that_is_settled_is_refunded_and_not_voided() {
    let till = Till::open();
    let charge = till.charged("tok_approve/void_too_late");

    let (voided, _) = till.give_back(Way::Void, &charge, 100_00);
    let (refunded, _) = till.give_back(Way::Refund, &charge, 100_00);

    let refused = voided.unwrap_err();
    assert_eq!(refused.refusal, Refusal::NotVoidable);
    insta::assert_snapshot!(words(&refused), @"
    this charge is settled, so it cannot be voided any more
    Refund it instead: `dues payment refund`. The money goes back to the card.
    ");
    assert!(matches!(refunded, Ok(Answer::Taken(_))), "{refunded:?}");
    assert_eq!(till.given_back(), [100_00]);
}

#[test]
fn what_was_refunded_in_part_is_not_voided() {
    let till = Till::open();
    let charge = till.charged("tok_approve");
    till.give_back(Way::Refund, &charge, 40_00).0.unwrap();

    let (voided, _) = till.give_back(Way::Void, &charge, 100_00);

    assert_eq!(voided.unwrap_err().refusal, Refusal::NotVoidable);
    assert_eq!(till.given_back(), [40_00]);
}

#[test]
fn nothing_is_given_back_of_what_was_not_taken() {
    let till = Till::open();
    for token in ["tok_decline_soft", "tok_pending"] {
        let answer = till.charge(token);
        let id = match &answer {
            Answer::Declined(decline) => decline.id.clone().unwrap(),
            pending => pending.taken_id().unwrap().to_owned(),
        };

        let (refused, _) = till.give_back(Way::Refund, &id, 1_00);

        assert_eq!(refused.unwrap_err().refusal, Refusal::ByRule, "{token}");
    }
    assert_eq!(till.given_back(), [0_i64; 0]);
}

/// The first look finds it given, as it was; by the second it has come back.
#[test]
fn a_refund_comes_back_after_a_look_and_a_void_never() {
    let till = Till::open();
    for (way, then) in [(Way::Refund, false), (Way::Void, true)] {
        let charge = till.charged("tok_approve/refund_comes_back");
        let (_, name) = till.give_back(way, &charge, 100_00);

        let first = till.look(&name, &charge);
        let second = till.look(&name, &charge);

        assert!(matches!(first, Sighting::Found(Answer::Taken(_))));
        let stays = matches!(second, Sighting::Found(Answer::Taken(_)));
        assert_eq!(stays, then, "{way:?} {second:?}");
    }
    assert_eq!(till.given_back(), [100_00]);
}

/// Declined, refunded and lost money, each attempt by its own word.
#[test]
fn refunds_are_played_in_turn() {
    let till = Till::open();
    let charge =
        till.charged("tok_approve/refund_fails,refund_unreachable,refund_lost,refund_given");

    let answers: Vec<_> = (0..5)
        .map(|_| match till.give_back(Way::Refund, &charge, 10_00).0 {
            Ok(Answer::Taken(_)) => "given",
            Ok(Answer::Declined(_)) => "declined",
            Ok(_) => "unknown",
            Err(_) => "error",
        })
        .collect();

    assert_eq!(answers, ["declined", "error", "unknown", "given", "given"]);
    assert_eq!(till.given_back(), [10_00; 3]);
}

/// The two places where the sandbox may be stopped while it gives.
#[test]
fn a_sandbox_that_fails_while_it_gives_says_no_more_than_it_knows() {
    let till = Till::open();
    let fail_at = |place: &'static str| {
        listen(Some(Rc::new(move |name| {
            if name == place {
                return Err(Problem::refused("rehearsed", "a test made this fail"));
            }
            Ok(())
        })));
    };
    let charge = till.charged("tok_approve");

    fail_at("sandbox.before_giving");
    let (before, nothing) = till.give_back(Way::Refund, &charge, 10_00);
    fail_at("sandbox.given");
    let (after, something) = till.give_back(Way::Refund, &charge, 20_00);
    listen(None);

    assert_eq!(before.unwrap_err().refusal, Refusal::Unreachable);
    assert!(matches!(after, Ok(Answer::Unknown(_))), "{after:?}");
    assert_eq!(till.look(&nothing, &charge), Sighting::NotListed);
    let found = till.look(&something, &charge);
    assert!(matches!(found, Sighting::Found(Answer::Taken(_))));
    assert_eq!(till.given_back(), [20_00]);
}
