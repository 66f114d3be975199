//! What the program needs from outside, on one page.
//!
//! Each trait's docstring says what an answer promises; the engine is built
//! on these promises and on nothing else.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use zeroize::Zeroizing;

use crate::domain::card::CardFacts;
use crate::domain::charge::Answer;
use crate::domain::gateway_account::{GatewayAccount, Mode};
use crate::domain::ids::AttemptName;
use crate::domain::label::Label;
use crate::domain::money::Money;
use crate::domain::outbox::Letter;
use crate::domain::outside::Said;
use crate::problem::Problem;

/// A processor of card payments.
///
/// A gateway that can replay a key and one that can only be asked are told
/// apart by [`Gateway::promises`]; the rest of the program knows no other
/// difference.
pub trait Gateway: Send + Sync {
    /// The name in the book and on the command line: `stripe`.
    fn name(&self) -> &'static str;

    /// What may be relied on after a lost answer.
    fn promises(&self) -> Promises;

    /// The exact bytes that will ask for this charge; pure, so that they can
    /// be kept in the book before anything is sent.
    ///
    /// # Errors
    ///
    /// [`Refusal::ByRule`]: below its least amount, a currency it does not take.
    fn build(&self, order: &Order<'_>) -> Result<Vec<u8>, NotAsked>;

    /// Asks for the charge, once; however often the same key is sent, the
    /// gateway takes the money at most once within its key's life.
    ///
    /// # Errors
    ///
    /// An error is a promise that *this* request moved no money: it was never
    /// sent, or was refused unread. In any doubt the answer is
    /// [`Answer::Unknown`].
    fn charge(&self, sending: &Sending<'_>) -> Result<Answer, NotAsked>;

    /// Asks what became of an earlier request.
    ///
    /// # Errors
    ///
    /// Nothing was learned.
    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked>;

    /// Every request with this book's tag ([`Label::book`]) that reached the
    /// gateway since then, whatever became of it: the complete list, of all
    /// customers or of the one whose saved card's token is given.
    ///
    /// # Errors
    ///
    /// The list could not be read to its end, or the gateway has none.
    fn recent(
        &self,
        book: &str,
        since: Timestamp,
        token: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked>;

    /// What may be shown of the saved card behind a token.
    ///
    /// # Errors
    ///
    /// The gateway has no such card, or cannot be asked.
    fn card(&self, token: &str) -> Result<CardFacts, NotAsked>;

    /// Whose account this is; also the cheapest proof that the secret works.
    ///
    /// # Errors
    ///
    /// The secret is refused, or the gateway cannot be asked.
    fn account(&self) -> Result<Shown, NotAsked>;

    /// What a person types into the gateway's own search to find a charge.
    fn search_advice(&self, sought: &Sought<'_>) -> String;

    /// How it sends money back; `None`: not through dues.
    fn gives_back(&self) -> Option<&dyn GivesBack> {
        None
    }
}

/// A request that did not count: *it* moved no money, whatever one before it
/// did. It was never sent, or the gateway refused it unread.
///
/// The engine acts on the [`Refusal`]; the problem is for whoever reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAsked {
    pub refusal: Refusal,
    pub problem: Problem,
}

/// Why a request did not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Too many requests; how long to wait, if it says.
    Busy { wait: Option<Duration> },
    /// Nobody was there, or nothing came back of a question that changes nothing.
    Unreachable,
    /// What came back of such a question teaches nothing.
    Unreadable,
    /// The secret is not accepted, or not for this.
    KeyRefused,
    /// There is no such card or transaction, and never will be again.
    Gone,
    /// A rule of the gateway's own stands against it.
    ByRule,
    /// This charge cannot be voided, here or not any more; it can be refunded.
    NotVoidable,
    /// This machine or this book did not let it go.
    Here,
}

impl NotAsked {
    #[must_use]
    pub fn new(refusal: Refusal, problem: Problem) -> Self {
        Self { refusal, problem }
    }
}

/// What goes wrong before a gateway is asked goes wrong here.
impl From<Problem> for NotAsked {
    fn from(problem: Problem) -> Self {
        Self::new(Refusal::Here, problem)
    }
}

impl From<NotAsked> for Problem {
    fn from(not_asked: NotAsked) -> Self {
        not_asked.problem
    }
}

impl fmt::Display for NotAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.problem, f)
    }
}

/// Sends money back, at a gateway that can. What holds of a charge holds here:
/// one key gives back at most once, and an error is a promise that nothing was.
pub trait GivesBack: Send + Sync {
    /// Whether a charge that is not settled yet can be cancelled as if it had
    /// never been; if not, [`Way::Void`] is refused.
    fn can_void(&self) -> bool;

    /// The exact bytes that will ask for it; pure.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotVoidable`]: not in this way; [`Refusal::ByRule`]: not this amount.
    fn build(&self, order: &ReturnOrder<'_>) -> Result<Vec<u8>, NotAsked>;

    /// Asks for it, once. In the answer, taken means that the gateway gave the
    /// money back; declined, that it never will under this key.
    ///
    /// # Errors
    ///
    /// As [`Gateway::charge`]; [`Refusal::Gone`] where there is nothing left of
    /// the transaction to be given back, or its bank took it back already.
    fn give_back(&self, sending: &Sending<'_>) -> Result<Answer, NotAsked>;

    /// Asks how an earlier request stands now: one that was given back may have
    /// been sent back by the bank since, and is declined then.
    ///
    /// # Errors
    ///
    /// Nothing was learned.
    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked>;

    /// As [`Gateway::recent`], of what gives money back, of all transactions or
    /// of the one whose id is given.
    ///
    /// # Errors
    ///
    /// As [`Gateway::recent`].
    fn recent(
        &self,
        book: &str,
        since: Timestamp,
        transaction: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked>;

    /// What a person types into the gateway's own search to find it.
    fn search_advice(&self, sought: &Sought<'_>) -> String;
}

/// How money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is sent back to the card, whatever became of the charge.
    Refund,
    /// The whole charge is cancelled before it is settled.
    Void,
}

/// Money to be given back.
#[derive(Debug, Clone, Copy)]
pub struct ReturnOrder<'a> {
    pub attempt: &'a AttemptName,
    pub way: Way,
    /// The gateway's id of the transaction that took it.
    pub transaction: &'a str,
    pub amount: Money,
    /// For the gateway's own pages: `RF-3 of PAY-7`.
    pub description: &'a str,
    pub label: &'a Label,
}

/// The gateways a book may charge through, opened when first needed.
pub trait Gateways {
    /// # Errors
    ///
    /// Exit 3: nobody is logged in there, or the secret cannot be had.
    fn open(&self, name: &str) -> Result<Arc<dyn Gateway>, Problem>;

    /// Whether the gateway shows a clock of its own when it is asked. By one that
    /// does not, this machine's is held against the book alone.
    fn shows_time(&self, name: &str) -> bool {
        let _ = name;
        true
    }

    /// Whether the gateway's own rules let an order be asked for, as
    /// [`Gateway::build`] has them: nobody is asked, so no secret should be needed.
    ///
    /// # Errors
    ///
    /// As [`Gateway::build`].
    fn permits(&self, name: &str, order: &Order<'_>) -> Result<(), NotAsked> {
        self.open(name)?.build(order).map(drop)
    }
}

/// What a gateway documents, and so what recovery may build on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promises {
    /// How long a repeated key returns the first answer, counted from the
    /// first send, our safety margin taken off; `None`: never repeat.
    pub replay_for: Option<SignedDuration>,
    /// Whether a complete list of charges can be had.
    pub lists: bool,
    /// How long after the last send a charge that is not listed may still appear.
    pub settles_within: SignedDuration,
    /// How far apart two looks must be to count as two.
    pub look_again_after: SignedDuration,
    /// How many charges a second it takes; `None`: as many as come.
    pub most_per_second: Option<u32>,
}

/// A charge to be asked for.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    pub attempt: &'a AttemptName,
    pub amount: Money,
    /// The saved card's token, as [`Gateway::card`] gave it.
    pub token: &'a str,
    /// For the gateway's own pages: `CH-12 for INV-1041 and INV-1042`.
    pub description: &'a str,
    /// What the request says of itself, for a book that forgot it.
    pub label: &'a Label,
}

/// A request on its way.
pub struct Sending<'a> {
    pub key: &'a str,
    /// The bytes that [`Gateway::build`] made, from the book.
    pub request: &'a [u8],
    /// Asked once the connection stands and before the request's body leaves:
    /// an error means it is too late to send, and nothing is sent.
    pub still_in_time: &'a (dyn Fn() -> Result<(), Problem> + Send + Sync),
}

/// A request to be looked for.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    pub reference: &'a str,
    /// The saved card's token; of money given back, the transaction that took it.
    pub token: &'a str,
    pub amount: Money,
    /// The gateway's id, if it ever named one.
    pub id: Option<&'a str>,
    /// The first moment it can have been made.
    pub since: Timestamp,
}

/// What a look-up saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sighting {
    /// The one charge with our reference, as it stands now.
    Found(Answer),
    /// A complete list does not have it, or the gateway knows no such id.
    NotListed,
    /// More than one charge carries our reference; their ids.
    Several(Vec<String>),
}

/// One of our requests, as the gateway's list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub label: Label,
    /// The reference it was sent under.
    pub reference: String,
    /// The card's token, where the list names it.
    pub token: Option<String>,
    pub amount: Money,
    /// When the gateway got it, by its own clock.
    pub made_at: Option<Timestamp>,
    /// How it stands now.
    pub answer: Answer,
}

/// What a secret opens, as the gateway shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub account: GatewayAccount,
    pub mode: Mode,
    /// What the gateway showed of the time when it answered.
    pub witness: Witness,
}

/// Who else says what time it is. A moment that nobody witnessed may be wrong,
/// and a key that is called young by it may be old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// The gateway's own clock showed this.
    Clock(Timestamp),
    /// The gateway runs on this machine, by this machine's clock.
    SameMachine,
    /// Nobody: the gateway shows no time, or none that can be read.
    Nobody,
}

/// Delivers one letter.
pub trait Mailer {
    /// Hands the letter over, once, and gives up when so much time is over,
    /// however busy the other side is by then.
    fn deliver(&self, letter: &Letter, within: Duration) -> Delivery;

    /// Whether a letter that is delivered has left the house; a folder only keeps it.
    fn sends(&self) -> bool {
        true
    }
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server took responsibility (its 250); its words.
    Accepted(Said),
    /// It is a file now, and nobody was sent anything; where it is.
    Filed(Said),
    /// Not taken; may be tried again. Why.
    TryLater(Said),
    /// As [`Delivery::TryLater`], and no other letter can go now either. Why.
    Unreachable(Said),
    /// As [`Delivery::Unreachable`]: the server does not let us in, and will not
    /// before a person mends the login. Why.
    NotLetIn(Said),
    /// Not taken, and never will be. Why.
    Refused(Said),
    /// The letter was handed over and the answer lost. Why.
    Unclear(Said),
}

/// A secret: overwritten when dropped, never printed.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself, for the one place that must send it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where secrets are kept.
pub trait SecretStore {
    /// # Errors
    ///
    /// Exit 3: the store cannot be reached, is locked, or does not have it;
    /// the hint says what to do.
    fn read(&self, name: &str) -> Result<Secret, Problem>;

    /// # Errors
    ///
    /// As [`SecretStore::read`]; also for stores that dues cannot write.
    fn write(&self, name: &str, secret: &Secret) -> Result<(), Problem>;

    /// Forgets a secret; one that is not there is forgotten already.
    ///
    /// # Errors
    ///
    /// As [`SecretStore::write`].
    fn delete(&self, name: &str) -> Result<(), Problem>;
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, to the second: the precision of the book.
    fn now(&self) -> Timestamp;

    /// Time since the machine started, sleep included; it never jumps.
    fn since_boot(&self) -> Duration;

    /// Lets so much time pass.
    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}
