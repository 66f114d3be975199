//! What every gateway that gives money back promises, as scenes to be played on each.
//!
//! Each scene begins with money that was taken; the rest is as with charges,
//! whose contract is in [`contract`](crate::contract).

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use dues::domain::charge::{Answer, Asked, Verdict, judge};
use dues::domain::ids::{AttemptName, BookId, CustomerId, RefundId};
use dues::domain::intent::Intent;
use dues::domain::label::Label;
use dues::domain::money::{Currency, Money};
use dues::domain::purpose::Purpose;
use dues::ports::{
    GivesBack, NotAsked, Order, Refusal, ReturnOrder, Sending, Sighting, Sought, Way, Witness,
};
use dues::problem::Problem;
use jiff::{SignedDuration, Timestamp};

use crate::contract::{self, Stage};

/// What is to happen to the next money that is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Goes,
    /// The bank refuses it.
    Fails,
    /// The gateway takes the request and decides later.
    Pends,
    /// It goes, and the answer is lost.
    LosesTheAnswer,
    /// It goes, and the answer is an error of the gateway's.
    FailsAfterGiving,
    /// The answer is an error of the gateway's, and nothing was done.
    FailsBeforeGiving,
    CannotBeReached,
    IsBusy,
    /// It goes, and the bank sends it back later.
    ComesBack,
    /// A cent less goes than was asked.
    IsShort,
}

/// The test's side of a gateway that gives back.
pub trait ReturnStage: Stage {
    /// A card that pays, and whose next return turns out so.
    fn card_whose_return(&self, turn: Turn) -> String;

    /// The money is taken; its return is next.
    fn set(&self, turn: Turn);

    /// So much later that what comes back has come back.
    fn weeks_pass(&self, reference: &str);

    /// How often money was given back under this reference, and stayed away,
    /// by the gateway's ledger.
    fn times_given_back(&self, reference: &str) -> usize;
}

/// A scene's name, which is what it proves, and the scene.
type Scene = (&'static str, fn(&dyn ReturnStage));

const SCENES: &[Scene] = &[
    ("money is given back once, as asked", it_is_given_back_once),
    (
        "a repetition gives nothing more",
        a_repetition_gives_nothing,
    ),
    ("two parts are two returns", two_parts_are_two_returns),
    (
        "a used key never carries another order",
        a_used_key_carries_no_other_order,
    ),
    ("no more goes back than was taken", no_more_than_was_taken),
    (
        "what is all given back is gone, and a repetition is not",
        what_is_all_given_back_is_gone,
    ),
    ("a failed return is declined, and stays so", a_failure_stays),
    ("a failed return may be tried anew", a_failure_leaves_it),
    ("a pending return is found pending", a_pending_one_is_found),
    ("a lost answer is unknown, then found", a_lost_one_is_found),
    (
        "an error after giving is unknown, then found",
        an_error_after_giving_is_found,
    ),
    (
        "an error before giving is unknown, then not listed",
        an_error_before_giving_is_not_listed,
    ),
    ("a gateway out of reach gave nothing", out_of_reach),
    ("a busy gateway gave nothing", busy),
    ("what is too late is not sent", what_is_too_late),
    ("what was never sent is not listed", what_was_never_sent),
    ("a cent too little is seen", a_cent_too_little_is_seen),
    (
        "what the bank sends back is declined later",
        what_comes_back,
    ),
    ("the list says what each return is of", the_list_says_which),
    ("the same order is the same bytes", the_same_bytes),
    ("nothing and less is not given back", nothing_is_not_given),
    (
        "of what is not there nothing is given",
        of_what_is_not_there_nothing_is_given,
    ),
    (
        "a void takes the whole charge or is refused",
        a_void_is_whole,
    ),
];

/// Plays every scene; each one's name is printed before it, so that a failure
/// says which.
pub fn gives_back_as_promised(stage: &dyn ReturnStage) {
    for (name, scene) in SCENES {
        eprintln!("{}: {name}", stage.gateway().name());
        scene(stage);
        stage.calm();
    }
}

fn side(stage: &dyn ReturnStage) -> &dyn GivesBack {
    let gives_back = stage.gateway().gives_back();
    gives_back.expect("a gateway that gives back")
}

fn book() -> BookId {
    BookId("c0ffee00c0ffee00c0ffee00c0ffee11".into())
}

fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::SeqCst)
}

/// What a request of this book says of itself.
pub fn label() -> &'static Label {
    static LABEL: LazyLock<Label> = LazyLock::new(|| Label {
        book: BookId("00112233445566778899aabbccddeeff".into()).tag(),
        purpose: Purpose::GiveBack(RefundId(3)),
        intent: Intent::read("RF-3"),
        n: 1,
        pays: "INV-1041=120.00".to_owned(),
    });
    &LABEL
}

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

/// Money that was taken; the gateway's id of it.
fn taken(stage: &dyn ReturnStage, turn: Turn) -> (String, Money) {
    let token = stage.card_whose_return(turn);
    let amount = usd(500_00 + i64::from(next()));
    let name = AttemptName::of(
        &book(),
        &Intent::read(&format!("CH-{}", next())),
        CustomerId(1),
        1,
    );
    let order = Order {
        attempt: &name,
        amount,
        token: &token,
        description: "CH-12 INV-1041",
        label: contract::label(),
    };
    let sending = Sending {
        key: &name.key,
        request: &stage.gateway().build(&order).unwrap(),
        still_in_time: &|| Ok(()),
    };
    let answer = stage.gateway().charge(&sending).unwrap();
    let Answer::Taken(capture) = answer else {
        panic!("not taken: {answer:?}");
    };
    stage.set(turn);
    (capture.id, amount)
}

/// One attempt to give back, from order to answer.
struct Return {
    name: AttemptName,
    transaction: String,
    amount: Money,
    request: Vec<u8>,
}

impl Return {
    fn of(stage: &dyn ReturnStage, transaction: &str, amount: Money) -> Self {
        Self::in_this_way(stage, Way::Refund, transaction, amount).unwrap()
    }

    fn in_this_way(
        stage: &dyn ReturnStage,
        way: Way,
        transaction: &str,
        amount: Money,
    ) -> Result<Self, NotAsked> {
        let name = AttemptName::of(
            &book(),
            &Intent::read(&format!("RF-{}", next())),
            CustomerId(1),
            1,
        );
        let request = side(stage).build(&order(&name, way, transaction, amount))?;
        Ok(Self {
            name,
            transaction: transaction.to_owned(),
            amount,
            request,
        })
    }

    /// 120.00 of money that was taken just now, and whose return turns out so.
    fn that(stage: &dyn ReturnStage, turn: Turn) -> Self {
        let (transaction, _) = taken(stage, turn);
        Self::of(stage, &transaction, usd(120_00))
    }

    fn send(&self, stage: &dyn ReturnStage) -> Result<Answer, NotAsked> {
        side(stage).give_back(&Sending {
            key: &self.name.key,
            request: &self.request,
            still_in_time: &|| Ok(()),
        })
    }

    fn look_up(&self, stage: &dyn ReturnStage) -> Result<Sighting, NotAsked> {
        self.look(stage, None)
    }

    fn look(&self, stage: &dyn ReturnStage, id: Option<&str>) -> Result<Sighting, NotAsked> {
        side(stage).look_up(&Sought {
            reference: &self.name.reference,
            token: &self.transaction,
            amount: self.amount,
            id,
            since: Timestamp::now() - SignedDuration::from_mins(5),
        })
    }

    fn found(&self, stage: &dyn ReturnStage) -> Answer {
        match self.look_up(stage) {
            Ok(Sighting::Found(answer)) => answer,
            other => panic!("not found: {other:?}"),
        }
    }

    fn judged(&self, answer: &Answer) -> Verdict {
        let asked = Asked {
            amount: self.amount,
            token: self.transaction.clone(),
            reference: self.name.reference.clone(),
        };
        judge(&asked, answer)
    }

    /// The id, if the answer is that exactly this was given back.
    fn given(&self, answer: &Answer) -> String {
        // Whatever the answer leaves out it cannot contradict.
        if let Answer::Taken(capture) = answer {
            assert_eq!(capture.token.as_ref(), Some(&self.transaction));
            assert_eq!(capture.reference.as_ref(), Some(&self.name.reference));
        }
        match self.judged(answer) {
            Verdict::Taken { id } => id,
            other => panic!("not given back: {other:?}, {answer:?}"),
        }
    }

    fn times(&self, stage: &dyn ReturnStage) -> usize {
        stage.times_given_back(&self.name.reference)
    }
}

fn order<'a>(
    name: &'a AttemptName,
    way: Way,
    transaction: &'a str,
    amount: Money,
) -> ReturnOrder<'a> {
    ReturnOrder {
        attempt: name,
        way,
        transaction,
        amount,
        description: "RF-3 of PAY-7",
        label: label(),
    }
}

fn it_is_given_back_once(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::Goes);

    let id = part.given(&part.send(stage).unwrap());

    assert_eq!(part.times(stage), 1);
    assert_eq!(part.given(&part.found(stage)), id);
    let by_id = part.look(stage, Some(&id)).unwrap();
    assert!(matches!(&by_id, Sighting::Found(answer) if part.given(answer) == id));
    let advice = side(stage).search_advice(&Sought {
        reference: &part.name.reference,
        token: &part.transaction,
        amount: part.amount,
        id: None,
        since: Timestamp::now(),
    });
    assert!(advice.contains(&part.name.reference), "{advice}");
}

fn a_repetition_gives_nothing(stage: &dyn ReturnStage) {
    if stage.gateway().promises().replay_for.is_none() {
        return;
    }
    let part = Return::that(stage, Turn::Goes);

    let first = part.given(&part.send(stage).unwrap());
    let second = part.given(&part.send(stage).unwrap());

    assert_eq!(first, second);
    assert_eq!(part.times(stage), 1);
}

fn two_parts_are_two_returns(stage: &dyn ReturnStage) {
    let (transaction, whole) = taken(stage, Turn::Goes);
    let one = Return::of(stage, &transaction, usd(120_00));
    let rest = Return::of(stage, &transaction, whole.minus(usd(120_00)));

    let id = one.given(&one.send(stage).unwrap());
    let other = rest.given(&rest.send(stage).unwrap());

    assert_ne!(id, other);
    assert_eq!((one.times(stage), rest.times(stage)), (1, 1));
}

fn a_used_key_carries_no_other_order(stage: &dyn ReturnStage) {
    if stage.gateway().promises().replay_for.is_none() {
        return;
    }
    let mut part = Return::that(stage, Turn::Goes);
    part.given(&part.send(stage).unwrap());
    let more = order(&part.name, Way::Refund, &part.transaction, usd(121_00));
    part.request = side(stage).build(&more).unwrap();

    let answer = part.send(stage);

    assert!(matches!(answer, Ok(Answer::Unknown(_))), "{answer:?}");
    assert_eq!(part.times(stage), 1);
}

fn no_more_than_was_taken(stage: &dyn ReturnStage) {
    let (transaction, whole) = taken(stage, Turn::Goes);
    let too_much = Return::of(stage, &transaction, whole.plus(usd(1)));
    let part = Return::of(stage, &transaction, usd(120_00));
    let all = Return::of(stage, &transaction, whole);

    let refused = too_much.send(stage).unwrap_err();
    part.given(&part.send(stage).unwrap());
    let refused_then = all.send(stage).unwrap_err();

    for (refused, request) in [(refused, too_much), (refused_then, all)] {
        assert_eq!(refused.refusal, Refusal::ByRule);
        assert!(refused.problem.advice().is_some(), "{refused}");
        assert_eq!(request.times(stage), 0);
    }
}

/// A refusal, not a decline: what is gone may have gone by this very attempt.
fn what_is_all_given_back_is_gone(stage: &dyn ReturnStage) {
    let (transaction, whole) = taken(stage, Turn::Goes);
    let all = Return::of(stage, &transaction, whole);
    let again = Return::of(stage, &transaction, usd(1));
    let id = all.given(&all.send(stage).unwrap());

    let refused = again.send(stage).unwrap_err();

    assert_eq!(refused.refusal, Refusal::Gone);
    assert!(refused.problem.advice().is_some(), "{refused}");
    assert_eq!(again.times(stage), 0);
    if stage.gateway().promises().replay_for.is_some() {
        assert_eq!(all.given(&all.send(stage).unwrap()), id);
    }
}

fn a_failure_stays(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::Fails);

    let answer = part.send(stage).unwrap();

    let Answer::Declined(decline) = &answer else {
        panic!("{answer:?}");
    };
    assert!(!decline.code.is_empty() && !decline.message.is_empty());
    assert_eq!(part.judged(&answer), Verdict::Declined);
    if stage.gateway().promises().replay_for.is_some() {
        assert_eq!(part.send(stage).unwrap(), answer);
    }
    assert_eq!(part.found(stage), answer);
    assert_eq!(part.times(stage), 0);
}

/// What failed is the merchant's again, and may be given back by another attempt.
fn a_failure_leaves_it(stage: &dyn ReturnStage) {
    let (transaction, whole) = taken(stage, Turn::Fails);
    let failing = Return::of(stage, &transaction, whole);
    let other = Return::of(stage, &transaction, whole);
    assert!(matches!(failing.send(stage), Ok(Answer::Declined(_))));

    let answer = other.send(stage).unwrap();

    // Where the card refuses for ever, the gateway at least asked it again.
    match answer {
        Answer::Declined(_) => assert_eq!(other.times(stage), 0),
        taken => assert!(!other.given(&taken).is_empty()),
    }
}

fn a_pending_one_is_found(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::Pends);

    let answer = part.send(stage).unwrap();

    let Verdict::Pending { id } = part.judged(&answer) else {
        panic!("not pending: {answer:?}");
    };
    let seen = part.found(stage);
    assert!(matches!(part.judged(&seen), Verdict::Pending { id: same } if same == id));
    // What is on its way is not left to be given once more.
    let all = usd(500_00);
    let too_much = Return::of(stage, &part.transaction, all);
    assert!(too_much.send(stage).is_err());
}

fn a_lost_one_is_found(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::LosesTheAnswer);

    let answer = part.send(stage);

    assert!(matches!(answer, Ok(Answer::Unknown(_))), "{answer:?}");
    stage.calm();
    let id = part.given(&part.found(stage));
    if stage.gateway().promises().replay_for.is_some() {
        assert_eq!(part.given(&part.send(stage).unwrap()), id);
    }
    assert_eq!(part.times(stage), 1);
}

fn an_error_after_giving_is_found(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::FailsAfterGiving);

    let answer = part.send(stage);

    assert!(matches!(answer, Ok(Answer::Unknown(_))), "{answer:?}");
    stage.calm();
    part.given(&part.found(stage));
    assert_eq!(part.times(stage), 1);
}

fn an_error_before_giving_is_not_listed(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::FailsBeforeGiving);

    let answer = part.send(stage);

    assert!(matches!(answer, Ok(Answer::Unknown(_))), "{answer:?}");
    stage.calm();
    assert_eq!(part.look_up(stage), Ok(Sighting::NotListed));
    assert_eq!(part.times(stage), 0);
}

fn out_of_reach(stage: &dyn ReturnStage) {
    let refused = refused_then_given(stage, Turn::CannotBeReached);

    assert_eq!(refused, Refusal::Unreachable);
}

fn busy(stage: &dyn ReturnStage) {
    let refused = refused_then_given(stage, Turn::IsBusy);

    assert!(matches!(refused, Refusal::Busy { .. }), "{refused:?}");
}

/// An error gave nothing back, and leaves the attempt good for another try.
fn refused_then_given(stage: &dyn ReturnStage, turn: Turn) -> Refusal {
    let part = Return::that(stage, turn);

    let refused = part.send(stage).expect_err("nothing was given back");

    assert!(refused.problem.advice().is_some(), "{refused}");
    assert_eq!(part.times(stage), 0);
    stage.calm();
    if stage.gateway().promises().replay_for.is_some() {
        part.given(&part.send(stage).unwrap());
        assert_eq!(part.times(stage), 1);
    }
    refused.refusal
}

fn what_is_too_late(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::Goes);
    let late = Problem::refused("too_late", "the key is too old");

    let answer = side(stage).give_back(&Sending {
        key: &part.name.key,
        request: &part.request,
        still_in_time: &|| Err(late.clone()),
    });

    assert_eq!(answer, Err(late.clone().into()));
    assert_eq!(part.times(stage), 0);
    assert_eq!(part.look_up(stage), Ok(Sighting::NotListed));
}

fn what_was_never_sent(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::Goes);

    assert_eq!(part.look_up(stage), Ok(Sighting::NotListed));
}

fn a_cent_too_little_is_seen(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::IsShort);

    let answer = part.send(stage).unwrap();

    for answer in [answer, part.found(stage)] {
        let verdict = part.judged(&answer);
        assert!(
            matches!(&verdict, Verdict::Differs { id: Some(_), .. }),
            "{verdict:?}"
        );
    }
}

/// The gateway said that it was given, truly; weeks later it says no.
fn what_comes_back(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::ComesBack);
    let id = part.given(&part.send(stage).unwrap());
    assert_eq!(part.given(&part.found(stage)), id);
    stage.weeks_pass(&part.name.reference);

    let later = part.look(stage, Some(&id)).unwrap();

    let Sighting::Found(answer) = later else {
        panic!("{later:?}");
    };
    assert_eq!(part.judged(&answer), Verdict::Declined);
    assert_eq!(part.found(stage), answer);
    assert_eq!(part.times(stage), 0);
    // Its money is there to be given back by another attempt.
    let again = Return::of(stage, &part.transaction, usd(500_00));
    again.given(&again.send(stage).unwrap());
}

/// What a book that forgot needs to know: each return, whatever became of it,
/// apart from what was taken.
fn the_list_says_which(stage: &dyn ReturnStage) {
    if !stage.gateway().promises().lists {
        return;
    }
    let since = Timestamp::now() - SignedDuration::from_mins(5);
    for turn in [Turn::Goes, Turn::LosesTheAnswer, Turn::Fails] {
        let part = Return::that(stage, turn);
        let _ = part.send(stage);
        stage.calm();

        let recent = |book: &str, of: Option<&str>| side(stage).recent(book, since, of).unwrap();
        let ours = recent(&label().book, None);

        let mut listed = ours.iter();
        let seen = listed
            .find(|seen| seen.reference == part.name.reference)
            .expect("a request that arrived");
        assert_eq!(&seen.label, label());
        assert_eq!(seen.token.as_ref(), Some(&part.transaction));
        assert_eq!(seen.amount, part.amount);
        match turn {
            Turn::Fails => assert!(matches!(seen.answer, Answer::Declined(_)), "{seen:?}"),
            _ => assert!(!part.given(&seen.answer).is_empty()),
        }
        assert!(
            ours.iter()
                .all(|seen| seen.label.purpose.refund().is_some())
        );
        assert_eq!(recent("000000000000", None), []);
        assert_eq!(
            recent(&label().book, Some(&part.transaction)),
            std::slice::from_ref(seen)
        );
        let taken = stage.gateway().recent(&label().book, since, None).unwrap();
        assert!(
            taken
                .iter()
                .all(|seen| seen.label.purpose.charge().is_some())
        );
    }
    let later = Timestamp::now() + SignedDuration::from_hours(1);
    if matches!(
        stage.gateway().account().unwrap().witness,
        Witness::Clock(_)
    ) {
        assert_eq!(side(stage).recent(&label().book, later, None).unwrap(), []);
    }
}

fn the_same_bytes(stage: &dyn ReturnStage) {
    let part = Return::that(stage, Turn::Goes);

    let build =
        |amount| side(stage).build(&order(&part.name, Way::Refund, &part.transaction, amount));

    assert_eq!(build(part.amount).as_ref(), Ok(&part.request));
    assert_ne!(build(usd(121_00)).as_ref(), Ok(&part.request));
}

fn nothing_is_not_given(stage: &dyn ReturnStage) {
    let (transaction, _) = taken(stage, Turn::Goes);

    for minor in [0, -1, -66_240, i64::MIN] {
        let built = Return::in_this_way(stage, Way::Refund, &transaction, usd(minor));

        let refused = built.err().expect("an amount that is none");
        assert_eq!(refused.refusal, Refusal::ByRule, "{minor}");
    }
}

fn of_what_is_not_there_nothing_is_given(stage: &dyn ReturnStage) {
    let (transaction, _) = taken(stage, Turn::Goes);
    let other = Return::of(stage, &format!("{transaction}9999"), usd(1_00));

    let refused = other.send(stage).unwrap_err();

    assert_eq!(refused.refusal, Refusal::Gone);
    assert_eq!(other.times(stage), 0);
}

fn a_void_is_whole(stage: &dyn ReturnStage) {
    let (transaction, whole) = taken(stage, Turn::Goes);
    if !side(stage).can_void() {
        let built = Return::in_this_way(stage, Way::Void, &transaction, whole);

        let refused = built.err().expect("a gateway that cannot void");
        assert_eq!(refused.refusal, Refusal::NotVoidable);
        let advice = refused.problem.advice().unwrap_or_default();
        assert!(advice.to_lowercase().contains("refund"), "{advice}");
        return;
    }
    let void = |amount| Return::in_this_way(stage, Way::Void, &transaction, amount).unwrap();
    let part = void(usd(120_00));
    let all = void(whole);
    let again = void(whole);

    assert_eq!(part.send(stage).unwrap_err().refusal, Refusal::NotVoidable);
    let id = all.given(&all.send(stage).unwrap());
    assert_eq!(again.send(stage).unwrap_err().refusal, Refusal::Gone);

    assert_eq!(all.given(&all.found(stage)), id);
    let times = [&part, &all, &again].map(|request| request.times(stage));
    assert_eq!(times, [0, 1, 0]);
}
