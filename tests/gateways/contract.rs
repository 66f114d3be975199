//! What every gateway promises the engine, as scenes to be played on each.
//!
//! A scene needs a stage: the gateway as dues sees it, a way to choose what
//! happens next, and a count, from the gateway's own ledger, of how often
//! money was really taken.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use dues::domain::charge::{Answer, Asked, Verdict, judge};
use dues::domain::gateway_account::Mode;
use dues::domain::ids::{AttemptName, BookId, ChargeId, CustomerId};
use dues::domain::intent::Intent;
use dues::domain::label::Label;
use dues::domain::money::{Currency, Money};
use dues::domain::purpose::Purpose;
use dues::ports::{Gateway, Order, Sending, Sighting, Sought, Witness};
use dues::problem::Problem;
use jiff::{SignedDuration, Timestamp};

/// What is to happen to the next charge.
#[derive(Debug, Clone, Copy)]
pub enum Plot {
    Pays,
    Declines,
    /// The gateway takes it and decides later.
    Pends,
    /// The money is taken, and the answer lost.
    LosesTheAnswer,
    /// The money is taken, and the answer is an error of the gateway's.
    FailsAfterTaking,
    /// The answer is an error of the gateway's, and nothing was done.
    FailsBeforeTaking,
    CannotBeReached,
    IsBusy,
}

/// The test's side of a gateway.
pub trait Stage {
    fn gateway(&self) -> &dyn Gateway;

    /// A card that plays this with its next charge; `None` if the gateway
    /// has no such play.
    fn card_that(&self, plot: Plot) -> Option<String>;

    /// From now on nothing goes wrong.
    fn calm(&self);

    /// How often money was taken under this reference, by the gateway's ledger.
    fn times_taken(&self, reference: &str) -> usize;
}

/// A scene's name, which is what it proves, and the scene.
pub type Scene = (&'static str, fn(&dyn Stage));

pub const SCENES: &[Scene] = &[
    ("a charge is taken once, as asked", a_charge_is_taken_once),
    (
        "a repetition is no second charge",
        a_repetition_is_no_second_charge,
    ),
    (
        "another attempt is another charge",
        another_attempt_is_another_charge,
    ),
    (
        "a used key never carries another order",
        a_used_key_carries_no_other_order,
    ),
    (
        "a decline is an answer, and stays one",
        a_decline_stays_a_decline,
    ),
    (
        "a pending charge is found pending",
        a_pending_charge_is_found_pending,
    ),
    (
        "a lost answer is unknown, then found",
        a_lost_answer_is_found,
    ),
    (
        "an error after taking is unknown, then found",
        an_error_after_taking_is_found,
    ),
    (
        "an error before taking is unknown, then not listed",
        an_error_before_taking_is_not_listed,
    ),
    (
        "a gateway out of reach took nothing",
        out_of_reach_took_nothing,
    ),
    ("a busy gateway took nothing", a_busy_gateway_took_nothing),
    ("what is too late is not sent", what_is_too_late_is_not_sent),
    (
        "what was never sent is not listed",
        what_was_never_sent_is_not_listed,
    ),
    (
        "the list says of each request which charge it is",
        the_list_says_which_charge_each_request_is,
    ),
    (
        "the same order is the same bytes",
        the_same_order_is_the_same_bytes,
    ),
    ("nothing and less is not charged", nothing_is_not_charged),
    (
        "a card's token is its own canonical form",
        a_card_has_one_token,
    ),
    ("an account has a name and a side", an_account_has_a_name),
];

/// Plays every scene; each one's name is printed before it, so that a failure
/// says which.
pub fn keeps_the_contract(stage: &dyn Stage) {
    for (name, scene) in SCENES {
        eprintln!("{}: {name}", stage.gateway().name());
        scene(stage);
        stage.calm();
    }
}

/// One attempt, from order to answer.
struct Attempt {
    name: AttemptName,
    token: String,
    amount: Money,
    request: Vec<u8>,
}

impl Attempt {
    /// A fresh attempt on a card that plays the plot, if there is one.
    fn on(stage: &dyn Stage, plot: Plot) -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let n = NEXT.fetch_add(1, Ordering::SeqCst);
        let book = BookId("c0ffee00c0ffee00c0ffee00c0ffee00".into());
        let name = AttemptName::of(&book, &Intent::read(&format!("CH-{n}")), CustomerId(1), 1);
        let Some(token) = stage.card_that(plot) else {
            eprintln!("  skipped: no card plays {plot:?}");
            return None;
        };
        let amount = usd(66_240 + i64::from(n));
        let request = stage
            .gateway()
            .build(&order(&name, &token, amount))
            .expect("an order like any other");
        Some(Self {
            name,
            token,
            amount,
            request,
        })
    }

    fn send(&self, stage: &dyn Stage) -> Result<Answer, Problem> {
        Ok(stage.gateway().charge(&Sending {
            key: &self.name.key,
            request: &self.request,
            still_in_time: &|| Ok(()),
        })?)
    }

    fn look_up(&self, stage: &dyn Stage) -> Result<Sighting, Problem> {
        Ok(stage.gateway().look_up(&Sought {
            reference: &self.name.reference,
            token: &self.token,
            amount: self.amount,
            id: None,
            since: Timestamp::now() - SignedDuration::from_mins(5),
        })?)
    }

    fn times_taken(&self, stage: &dyn Stage) -> usize {
        stage.times_taken(&self.name.reference)
    }

    /// The id, if the answer is that exactly this charge was taken.
    fn taken(&self, answer: &Answer) -> String {
        let asked = Asked {
            amount: self.amount,
            token: self.token.clone(),
            reference: self.name.reference.clone(),
        };
        match judge(&asked, answer) {
            Verdict::Taken { id } => id,
            other => panic!("not taken: {other:?}, {answer:?}"),
        }
    }
}

fn found(sighting: Result<Sighting, Problem>) -> Answer {
    match sighting {
        Ok(Sighting::Found(answer)) => answer,
        other => panic!("not found: {other:?}"),
    }
}

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

fn order<'a>(name: &'a AttemptName, token: &'a str, amount: Money) -> Order<'a> {
    Order {
        attempt: name,
        amount,
        token,
        description: "CH-12 INV-1041",
        label: label(),
    }
}

/// What a request of this book says of itself.
pub fn label() -> &'static Label {
    static LABEL: LazyLock<Label> = LazyLock::new(|| Label {
        book: BookId("00112233445566778899aabbccddeeff".into()).tag(),
        purpose: Purpose::Take(ChargeId(12)),
        intent: Intent::read("CH-12"),
        n: 1,
        pays: "INV-1041=662.40".to_owned(),
    });
    &LABEL
}

fn a_charge_is_taken_once(stage: &dyn Stage) {
    let attempt = Attempt::on(stage, Plot::Pays).expect("some card pays");

    let id = attempt.taken(&attempt.send(stage).unwrap());

    assert!(!id.is_empty());
    assert_eq!(attempt.times_taken(stage), 1);
    let seen = found(attempt.look_up(stage));
    assert_eq!(attempt.taken(&seen), id);
}

/// A book that forgot its charges knows them again by what the list says:
/// what was taken, whoever heard of it, and what was declined, as that used a
/// number too. Another book's requests are not ours.
fn the_list_says_which_charge_each_request_is(stage: &dyn Stage) {
    let gateway = stage.gateway();
    if !gateway.promises().lists {
        return;
    }
    let since = Timestamp::now() - SignedDuration::from_mins(5);
    for plot in [Plot::Pays, Plot::LosesTheAnswer, Plot::Declines] {
        let Some(attempt) = Attempt::on(stage, plot) else {
            continue;
        };
        let _ = attempt.send(stage);

        let ours = gateway.recent(&label().book, since, None).unwrap();
        let others = gateway.recent("000000000000", since, None).unwrap();

        let mut listed = ours.iter();
        let seen = listed
            .find(|seen| seen.reference == attempt.name.reference)
            .expect("a request that arrived");
        assert_eq!(&seen.label, label());
        assert_eq!(seen.token.as_ref(), Some(&attempt.token));
        assert_eq!(seen.amount, attempt.amount);
        match plot {
            Plot::Declines => assert!(matches!(seen.answer, Answer::Declined(_)), "{seen:?}"),
            _ => assert!(!attempt.taken(&seen.answer).is_empty()),
        }
        assert!(others.is_empty(), "{others:?}");
        let of_card = |token: &str| gateway.recent(&label().book, since, Some(token)).unwrap();
        assert!(of_card(&attempt.token).contains(seen), "{seen:?}");
    }
    let later = Timestamp::now() + SignedDuration::from_hours(1);
    if matches!(gateway.account().unwrap().witness, Witness::Clock(_)) {
        assert_eq!(gateway.recent(&label().book, later, None).unwrap(), []);
    }
}

fn a_repetition_is_no_second_charge(stage: &dyn Stage) {
    if stage.gateway().promises().replay_for.is_none() {
        return;
    }
    let attempt = Attempt::on(stage, Plot::Pays).expect("some card pays");

    let first = attempt.taken(&attempt.send(stage).unwrap());
    let second = attempt.taken(&attempt.send(stage).unwrap());

    assert_eq!(first, second);
    assert_eq!(attempt.times_taken(stage), 1);
}

fn another_attempt_is_another_charge(stage: &dyn Stage) {
    let one = Attempt::on(stage, Plot::Pays).expect("some card pays");
    let id = one.taken(&one.send(stage).unwrap());
    let other = Attempt::on(stage, Plot::Pays).expect("some card pays");

    let other_id = other.taken(&other.send(stage).unwrap());

    assert_ne!(id, other_id);
    assert_eq!((one.times_taken(stage), other.times_taken(stage)), (1, 1));
}

fn a_used_key_carries_no_other_order(stage: &dyn Stage) {
    if stage.gateway().promises().replay_for.is_none() {
        return;
    }
    let mut attempt = Attempt::on(stage, Plot::Pays).expect("some card pays");
    attempt.taken(&attempt.send(stage).unwrap());
    let dearer = order(&attempt.name, &attempt.token, usd(99_999));
    attempt.request = stage.gateway().build(&dearer).unwrap();

    let answer = attempt.send(stage);

    assert!(matches!(answer, Ok(Answer::Unknown(_))), "{answer:?}");
    assert_eq!(attempt.times_taken(stage), 1);
}

fn a_decline_stays_a_decline(stage: &dyn Stage) {
    let Some(attempt) = Attempt::on(stage, Plot::Declines) else {
        return;
    };

    let answer = attempt.send(stage).unwrap();

    let Answer::Declined(decline) = &answer else {
        panic!("{answer:?}");
    };
    assert!(!decline.code.is_empty());
    if stage.gateway().promises().replay_for.is_some() {
        assert_eq!(attempt.send(stage).unwrap(), answer);
    }
    assert!(!matches!(
        attempt.look_up(stage),
        Ok(Sighting::Found(Answer::Taken(_) | Answer::Pending(_)))
    ));
    assert_eq!(attempt.times_taken(stage), 0);
}

fn a_pending_charge_is_found_pending(stage: &dyn Stage) {
    let Some(attempt) = Attempt::on(stage, Plot::Pends) else {
        return;
    };

    let Answer::Pending(capture) = attempt.send(stage).unwrap() else {
        panic!("not pending");
    };

    assert_eq!(capture.amount, attempt.amount);
    let seen = found(attempt.look_up(stage));
    assert!(matches!(seen, Answer::Pending(same) if same.id == capture.id));
}

fn a_lost_answer_is_found(stage: &dyn Stage) {
    let Some(attempt) = Attempt::on(stage, Plot::LosesTheAnswer) else {
        return;
    };

    let answer = attempt.send(stage);

    assert!(matches!(answer, Ok(Answer::Unknown(_))), "{answer:?}");
    stage.calm();
    let seen = found(attempt.look_up(stage));
    let id = attempt.taken(&seen);
    if stage.gateway().promises().replay_for.is_some() {
        assert_eq!(attempt.taken(&attempt.send(stage).unwrap()), id);
    }
    assert_eq!(attempt.times_taken(stage), 1);
}

fn an_error_after_taking_is_found(stage: &dyn Stage) {
    let Some(attempt) = Attempt::on(stage, Plot::FailsAfterTaking) else {
        return;
    };

    let answer = attempt.send(stage);

    assert!(matches!(answer, Ok(Answer::Unknown(_))), "{answer:?}");
    stage.calm();
    attempt.taken(&found(attempt.look_up(stage)));
    assert_eq!(attempt.times_taken(stage), 1);
}

fn an_error_before_taking_is_not_listed(stage: &dyn Stage) {
    let Some(attempt) = Attempt::on(stage, Plot::FailsBeforeTaking) else {
        return;
    };

    let answer = attempt.send(stage);

    assert!(matches!(answer, Ok(Answer::Unknown(_))), "{answer:?}");
    stage.calm();
    assert_eq!(attempt.look_up(stage), Ok(Sighting::NotListed));
    assert_eq!(attempt.times_taken(stage), 0);
}

fn out_of_reach_took_nothing(stage: &dyn Stage) {
    refused_then_taken(stage, Plot::CannotBeReached);
}

fn a_busy_gateway_took_nothing(stage: &dyn Stage) {
    refused_then_taken(stage, Plot::IsBusy);
}

/// An error moved no money, and leaves the attempt good for another try.
fn refused_then_taken(stage: &dyn Stage, plot: Plot) {
    let Some(attempt) = Attempt::on(stage, plot) else {
        return;
    };

    let refused = attempt.send(stage);

    let problem = refused.expect_err("nothing was taken, and that is known");
    assert!(problem.advice().is_some(), "{problem}");
    assert_eq!(attempt.times_taken(stage), 0);
    stage.calm();
    if stage.gateway().promises().replay_for.is_some() {
        attempt.taken(&attempt.send(stage).unwrap());
        assert_eq!(attempt.times_taken(stage), 1);
    }
}

fn what_is_too_late_is_not_sent(stage: &dyn Stage) {
    let attempt = Attempt::on(stage, Plot::Pays).expect("some card pays");
    let late = Problem::refused("too_late", "the key is too old");

    let answer = stage.gateway().charge(&Sending {
        key: &attempt.name.key,
        request: &attempt.request,
        still_in_time: &|| Err(late.clone()),
    });

    assert_eq!(answer, Err(late.clone().into()));
    assert_eq!(attempt.times_taken(stage), 0);
    assert_eq!(attempt.look_up(stage), Ok(Sighting::NotListed));
}

fn what_was_never_sent_is_not_listed(stage: &dyn Stage) {
    let attempt = Attempt::on(stage, Plot::Pays).expect("some card pays");

    assert_eq!(attempt.look_up(stage), Ok(Sighting::NotListed));
}

fn the_same_order_is_the_same_bytes(stage: &dyn Stage) {
    let attempt = Attempt::on(stage, Plot::Pays).expect("some card pays");
    let gateway = stage.gateway();

    let again = gateway.build(&order(&attempt.name, &attempt.token, attempt.amount));
    let dearer = gateway.build(&order(&attempt.name, &attempt.token, usd(1_000_000)));

    assert_eq!(again.as_ref(), Ok(&attempt.request));
    assert_ne!(dearer, again);
}

fn nothing_is_not_charged(stage: &dyn Stage) {
    let attempt = Attempt::on(stage, Plot::Pays).expect("some card pays");

    for minor in [0, -1, -66_240, i64::MIN] {
        let order = order(&attempt.name, &attempt.token, usd(minor));

        assert!(stage.gateway().build(&order).is_err(), "{minor}");
    }
}

fn a_card_has_one_token(stage: &dyn Stage) {
    let token = stage.card_that(Plot::Pays).expect("some card pays");

    let facts = stage.gateway().card(&token).unwrap();

    assert_eq!(stage.gateway().card(&facts.token), Ok(facts.clone()));
    assert_eq!(facts.last4.len(), 4);
    assert_eq!(facts.brand, facts.brand.to_lowercase());
}

fn an_account_has_a_name(stage: &dyn Stage) {
    let shown = stage.gateway().account().unwrap();

    assert_eq!(shown.account.gateway, stage.gateway().name());
    assert!(!shown.account.id.is_empty());
    assert_eq!(shown.mode, Mode::Test, "a test moves no real money");
}
