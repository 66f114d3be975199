//! The engine over a clock of ours: quiet periods, old keys, a machine that slept.
//!
//! Real book files, the real sandbox with its own ledger; only the time is made up.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dues::books::{Books, Hand, Login, Mode, NewBook, NewMail};
use dues::domain::authorization::{Authorization, Scope};
use dues::domain::card::CardFacts;
use dues::domain::charge::{Answer, State};
use dues::domain::ids::{BookId, ChargeId, MailId};
use dues::domain::invoice::NewInvoice;
use dues::domain::money::{Currency, Money};
use dues::domain::outbox::{Letter, MailState};
use dues::domain::spread::Wanted;
use dues::gateway::sandbox::Sandbox;
use dues::jobs::World;
use dues::jobs::charge::charge;
use dues::jobs::outbox::send_due;
use dues::jobs::plan::Wish;
use dues::jobs::reconcile::reconcile;
use dues::jobs::recover::recover;
use dues::jobs::resolve::{Finding, resolve};
use dues::mark::Marks;
use dues::ports::{
    Account, Clock, Delivery, Gateway, Gateways, Mailer, Order, Promises, Seen, Sending, Sighting,
    Sought,
};
use dues::problem::{Problem, Result};
use dues::rehearsal;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

/// A clock that goes when it is told to.
struct TestClock {
    secs: AtomicU64,
}

impl TestClock {
    /// Somebody sets the clock back.
    fn set_back(&self, secs: u64) {
        self.secs.fetch_sub(secs, Ordering::SeqCst);
    }

    fn pass(&self, secs: u64) {
        self.secs.fetch_add(secs, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let secs = i64::try_from(self.secs.load(Ordering::SeqCst)).unwrap();
        Timestamp::from_second(1_795_000_000 + secs).unwrap()
    }

    fn since_boot(&self) -> Duration {
        Duration::from_secs(self.secs.load(Ordering::SeqCst))
    }
}

/// The sandbox behind a wire that a test can bend: what it promises, and
/// what happens between the decision to send and the sending.
struct Bent {
    sandbox: Sandbox,
    promises: Promises,
    /// Seconds that pass just before a request leaves, as when a laptop sleeps.
    sleeps: Mutex<VecDeque<u64>>,
    clock: Arc<TestClock>,
    sends: AtomicU64,
    /// The line breaks after the gateway has read the request.
    loses_answers: AtomicBool,
    /// What it lists was not made by dues.
    names_no_reference: AtomicBool,
}

impl Gateway for Bent {
    fn name(&self) -> &'static str {
        self.sandbox.name()
    }
    fn promises(&self) -> Promises {
        self.promises
    }
    fn build(&self, order: &Order<'_>) -> Result<Vec<u8>> {
        self.sandbox.build(order)
    }
    fn charge(&self, sending: &Sending<'_>) -> Result<Answer> {
        self.clock
            .pass(self.sleeps.lock().unwrap().pop_front().unwrap_or(0));
        let answer = self.sandbox.charge(sending)?;
        self.sends.fetch_add(1, Ordering::SeqCst);
        if self.loses_answers.load(Ordering::SeqCst) {
            return Ok(Answer::Unknown("the line broke".into()));
        }
        Ok(answer)
    }
    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting> {
        let mut seen = self.sandbox.look_up(sought);
        if let Ok(Sighting::Found(Answer::Taken(capture))) = &mut seen
            && self.names_no_reference.load(Ordering::SeqCst)
        {
            capture.reference = None;
        }
        seen
    }
    fn recent(&self, book: &str, since: Timestamp) -> Result<Vec<Seen>> {
        self.sandbox.recent(book, since)
    }
    fn card(&self, token: &str) -> Result<CardFacts> {
        self.sandbox.card(token)
    }
    fn account(&self) -> Result<Account> {
        self.sandbox.account()
    }
    fn search_advice(&self, sought: &Sought<'_>) -> String {
        self.sandbox.search_advice(sought)
    }
}

struct One(Arc<Bent>);

impl Gateways for One {
    fn open(&self, _: &str) -> Result<Arc<dyn Gateway>> {
        Ok(Arc::<Bent>::clone(&self.0))
    }
}

struct Shop {
    folder: tempfile::TempDir,
    clock: Arc<TestClock>,
    gateway: One,
    marks: Marks,
}

fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

fn hand() -> Hand {
    Hand {
        actor: "tester@shop".into(),
        command: "test".into(),
    }
}

impl Shop {
    fn with_card(token: &str, promises: impl FnOnce(&mut Promises)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let marks = Marks::new(folder.path().join("marks"));
        let clock = Arc::new(TestClock {
            secs: AtomicU64::new(0),
        });
        let sandbox = Sandbox::new(folder.path().join("sandbox.jsonl"));
        let mut says = sandbox.promises();
        promises(&mut says);
        let facts = sandbox.card(token).unwrap();
        let bent = Bent {
            sandbox,
            promises: says,
            sleeps: Mutex::default(),
            clock: Arc::clone(&clock),
            sends: AtomicU64::new(0),
            loses_answers: AtomicBool::new(false),
            names_no_reference: AtomicBool::new(false),
        };
        let shop = Self {
            folder,
            clock,
            gateway: One(Arc::new(bent)),
            marks,
        };
        let new = NewBook {
            id: BookId("00112233445566778899aabbccddeeff".into()),
            name: "Tulip Wholesale".into(),
            currency: Currency::parse("USD").unwrap(),
            zone: "America/New_York".into(),
            gateway: "sandbox".into(),
            mode: Mode::Test,
        };
        let at = shop.clock.now();
        let mut books = Books::create(&shop.book(), hand(), &new, at).unwrap();
        books
            .write(at, |tx| {
                tx.log_in(&Login {
                    gateway: "sandbox".into(),
                    account: "sandbox".into(),
                    source: "none".into(),
                })?;
                let id = tx.add_customer("ACME", "Acme Corp", Some("ap@acme.example"), 30)?;
                let customer = tx.read().customer(id)?;
                let card = tx.add_card(&customer, "sandbox", "sandbox", &facts, None)?;
                let consent = Authorization {
                    scope: Scope::Any,
                    ceiling: None,
                    until: None,
                    given_by: "A. Cme".into(),
                    how: "signed form".into(),
                    recorded_at: at,
                };
                tx.authorize_card(&tx.read().card(card)?, &consent)?;
                let invoice = NewInvoice {
                    number: "INV-1".into(),
                    total: usd(100_00),
                    issued_on: date(2026, 1, 1),
                    due_on: date(2026, 1, 31),
                    memo: None,
                };
                tx.add_invoice(&customer, &invoice)?;
                Ok(())
            })
            .unwrap();
        shop
    }

    fn book(&self) -> PathBuf {
        self.folder.path().join("book.db")
    }

    fn world(&self) -> World<'_> {
        World {
            books: Books::open(&self.book(), hand()).unwrap(),
            clock: &*self.clock,
            gateways: &self.gateway,
            marks: &self.marks,
            patience: Duration::ZERO,
            tell: &|_| (),
        }
    }

    fn charge(&self) -> Result<(ChargeId, State, Option<Problem>)> {
        let mut world = self.world();
        let wish = Wish {
            customer: world.books.read().find_customer("ACME").unwrap(),
            card: None,
            wanted: Wanted::AllDue { except: vec![] },
            use_credits: false,
            memo: None,
            wants_mail: true,
            request_id: None,
            agreed: None,
        };
        charge(&mut world, &wish).map(|charged| (charged.charge, charged.state, charged.not_made))
    }

    fn recover(&self) -> State {
        let found = recover(&mut self.world()).unwrap();
        found[0].to
    }

    fn taken(&self) -> usize {
        Sandbox::new(self.folder.path().join("sandbox.jsonl"))
            .money_taken()
            .unwrap()
            .len()
    }

    fn sends(&self) -> u64 {
        self.gateway.0.sends.load(Ordering::SeqCst)
    }

    fn assert_right(&self) {
        assert_eq!(self.world().books.read().violations().unwrap(), []);
    }
}

/// "Never heard of it" counts only after the quiet period, and twice, apart.
#[test]
fn not_listed_is_believed_late_and_twice() {
    let shop = Shop::with_card("tok_500", |_| ());

    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    assert_eq!(shop.recover(), State::Unknown, "at once proves nothing");
    // Each repetition starts the quiet period anew.
    for (wait, sends) in [(60, 3), (29, 3), (271, 4), (29, 4), (3571, 5), (29, 5)] {
        shop.clock.pass(wait);
        assert_eq!(shop.recover(), State::Unknown);
        assert_eq!(shop.sends(), sends, "four times at most, and further apart");
    }
    shop.clock.pass(1);
    assert_eq!(shop.recover(), State::Unknown, "the first miss");
    shop.clock.pass(5);
    assert_eq!(
        shop.recover(),
        State::Unknown,
        "too soon after the first miss"
    );
    shop.clock.pass(10);
    assert_eq!(shop.recover(), State::NotMade, "the second miss");

    assert_eq!((shop.taken(), shop.sends()), (0, 5));
    shop.assert_right();
}

/// A key older than its life would make a new charge: it is looked up, never repeated.
#[test]
fn an_old_key_is_never_sent_again() {
    let shop = Shop::with_card("tok_lost", |promises| {
        promises.replay_for = Some(SignedDuration::from_hours(20));
    });

    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.clock.pass(20 * 3600);
    assert_eq!(shop.recover(), State::Succeeded);

    assert_eq!((shop.taken(), shop.sends()), (1, 1));
    shop.assert_right();
}

/// A clock that was set back makes an old key look young: nothing is repeated
/// by it, and no look counts.
#[test]
fn a_clock_that_was_set_back_proves_nothing() {
    let shop = Shop::with_card("tok_500", |promises| {
        promises.replay_for = Some(SignedDuration::from_hours(20));
    });
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.clock.pass(25 * 3600);
    // The book knows the later moment.
    assert_eq!(shop.recover(), State::Unknown);
    shop.clock.set_back(8 * 3600);

    for _ in 0..3 {
        assert_eq!(shop.recover(), State::Unknown);
    }

    assert_eq!((shop.taken(), shop.sends()), (0, 1));
}

/// What a gateway once had and has no more is for a person.
#[test]
fn a_pending_charge_that_disappears_goes_to_review() {
    let shop = Shop::with_card("tok_pending", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Pending);
    let ledger = shop.folder.path().join("sandbox.jsonl");
    let cards: String = fs::read_to_string(&ledger)
        .unwrap()
        .lines()
        .filter(|line| line.contains("card"))
        .filter(|line| !line.contains("charge"))
        .flat_map(|line| [line, "\n"])
        .collect();
    fs::write(&ledger, cards).unwrap();

    assert_eq!(shop.recover(), State::Pending);
    shop.clock.pass(60);
    assert_eq!(shop.recover(), State::Pending, "the first miss");
    shop.clock.pass(60);
    assert_eq!(shop.recover(), State::Review, "the second");
}

/// Whatever a person thinks they saw: what the gateway is still deciding may
/// yet be taken.
#[test]
fn an_unknown_charge_that_the_gateway_is_deciding_is_not_closed() {
    let shop = Shop::with_card("tok_pending", |promises| promises.replay_for = None);
    shop.gateway.0.loses_answers.store(true, Ordering::SeqCst);
    let (id, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Unknown);

    let closed = resolve(
        &mut shop.world(),
        id,
        &Finding::NotCharged("not there".into()),
    );

    assert_eq!(closed.unwrap_err().code(), "gateway_disagrees");
    assert_eq!(shop.recover(), State::Succeeded);
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// Another amount is accepted only with our reference: any other payment with
/// the same card would fit as well.
#[test]
fn a_foreign_payment_of_another_amount_is_not_booked_as_this_charge() {
    let shop = Shop::with_card("tok_wrong_amount", |_| ());
    let (id, state, _) = shop.charge().unwrap();
    assert_eq!(state, State::Review);
    let found = Finding::Charged("sbx_ch_1".into());

    shop.gateway
        .0
        .names_no_reference
        .store(true, Ordering::SeqCst);
    let foreign = resolve(&mut shop.world(), id, &found);
    shop.gateway
        .0
        .names_no_reference
        .store(false, Ordering::SeqCst);
    let ours = resolve(&mut shop.world(), id, &found);

    assert_eq!(foreign.unwrap_err().code(), "gateway_disagrees");
    assert_eq!(ours.unwrap().state, State::Succeeded);
    shop.assert_right();
}

/// A laptop may sleep between the decision and the send; then nothing is sent.
#[test]
fn a_request_that_waited_too_long_does_not_leave() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.gateway.0.sleeps.lock().unwrap().push_back(53 * 3600);

    let (_, state, why) = shop.charge().unwrap();

    assert_eq!((state, why.unwrap().code()), (State::NotMade, "too_late"));
    assert_eq!(shop.taken(), 0);
    // It may be charged again at once.
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    shop.assert_right();
}

/// A machine may sleep in the middle of a commit, too: a key that was young
/// when it was looked at is old when the request would leave.
#[test]
fn a_key_that_grew_old_while_the_send_was_written_down_is_not_sent() {
    let shop = Shop::with_card("tok_500", |promises| {
        promises.replay_for = Some(SignedDuration::from_hours(20));
    });
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.clock.pass(19 * 3600);
    let clock = Arc::clone(&shop.clock);
    rehearsal::listen(Some(Rc::new(move |name| {
        if name == "book.committing" {
            clock.pass(2 * 3600);
        }
        Ok(())
    })));

    let state = shop.recover();

    rehearsal::listen(None);
    assert_eq!((state, shop.sends()), (State::Unknown, 1));
    shop.assert_right();
}

/// The old book still has an earlier charge of the invoice open. The later one
/// could only be made when that was closed: its money belongs to the invoice.
#[test]
fn what_an_old_book_forgot_pays_its_invoice_though_an_earlier_charge_is_open_there() {
    let shop = Shop::with_card("tok_500,tok_approve", |promises| promises.replay_for = None);
    let backup = shop.folder.path().join("backup.db");
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.world().books.back_up(&backup).unwrap();
    for _ in 0..2 {
        shop.clock.pass(3600);
        shop.recover();
    }
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    fs::copy(&backup, shop.book()).unwrap();
    assert_eq!(shop.charge().unwrap_err().code(), "book_is_old");

    let done = reconcile(&mut shop.world(), None, false).unwrap();

    assert_eq!((done.adopted.len(), done.left.len()), (1, 0));
    assert_eq!(shop.charge().unwrap_err().code(), "nothing_due");
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// The backup was made between the writing of a charge and its sending.
#[test]
fn what_an_old_book_has_as_prepared_may_have_been_sent() {
    let shop = Shop::with_card("tok_approve", |_| ());
    let backup = shop.folder.path().join("backup.db");
    let (book, target) = (shop.book(), backup.clone());
    rehearsal::listen(Some(Rc::new(move |name| {
        if name == "charge.prepared" {
            Books::open(&book, hand()).unwrap().back_up(&target)?;
        }
        Ok(())
    })));
    assert_eq!(shop.charge().unwrap().1, State::Succeeded);
    rehearsal::listen(None);
    fs::copy(&backup, shop.book()).unwrap();

    reconcile(&mut shop.world(), None, false).unwrap();

    assert_eq!(shop.charge().unwrap_err().code(), "nothing_due");
    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// On a repetition, "never left us" says nothing about the first send.
#[test]
fn a_repetition_that_does_not_leave_keeps_the_charge_unknown() {
    let shop = Shop::with_card("tok_lost", |promises| promises.lists = true);
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    shop.gateway.0.sleeps.lock().unwrap().push_back(3600);

    // The repetition is too late, but the look-up that follows finds the money.
    assert_eq!(shop.recover(), State::Succeeded);

    assert_eq!(shop.taken(), 1);
    shop.assert_right();
}

/// A gateway that can only be asked is never sent a request twice.
#[test]
fn without_keys_a_charge_is_looked_up_only() {
    let shop = Shop::with_card("tok_lost", |promises| promises.replay_for = None);

    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    assert_eq!(shop.recover(), State::Succeeded);

    assert_eq!((shop.taken(), shop.sends()), (1, 1));
    shop.assert_right();
}

/// A gateway that can be neither repeated nor asked leaves it to a person.
#[test]
fn without_keys_and_lists_a_person_decides() {
    let shop = Shop::with_card("tok_lost", |promises| {
        promises.replay_for = None;
        promises.lists = false;
    });

    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    assert_eq!(shop.recover(), State::Review);

    assert_eq!(shop.charge().unwrap_err().code(), "outcome_unknown");
    assert_eq!(shop.sends(), 1);
    shop.assert_right();
}

/// Whoever took back the consent has not agreed to a request that may never have arrived.
#[test]
fn a_charge_that_is_no_longer_wanted_is_looked_up_and_not_repeated() {
    let shop = Shop::with_card("tok_500", |_| ());
    assert_eq!(shop.charge().unwrap().1, State::Unknown);
    let mut world = shop.world();
    let customer = world.books.read().find_customer("ACME").unwrap();
    let card = world.books.read().find_card(&customer, None).unwrap();
    world
        .books
        .write(shop.clock.now(), |tx| {
            tx.disable_card(&card, "reported lost")
        })
        .unwrap();
    drop(world);

    assert_eq!(shop.recover(), State::Unknown);

    assert_eq!(shop.sends(), 1);
}

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
                customer: customer.id,
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

/// The book itself refuses what the code must never do.
#[test]
#[expect(clippy::disallowed_methods, reason = "tampering by hand is the point")]
fn the_book_refuses_a_second_live_attempt_and_any_change_of_the_past() {
    let shop = Shop::with_card("tok_approve", |_| ());
    shop.charge().unwrap();
    let book = rusqlite::Connection::open(Path::new(&shop.book())).unwrap();
    book.pragma_update(None, "foreign_keys", "on").unwrap();

    for tampering in [
        "insert into attempts select 99, charge_id, 2, gateway, account, token, amount_minor, currency, 'k2', 'r2',
           request, request_sha256, 'prepared', 0, null, null, 0, null, null, null, null, null, null, null,
           prepared_at, changed_at from attempts where id = 1",
        "update attempts set state = 'unknown' where id = 1",
        "update attempts set key = 'other' where id = 1",
        "update attempts set amount_minor = 1 where id = 1",
        "delete from attempts",
        "update charges set amount_minor = 1",
        "delete from charges",
        "update payments set amount_minor = 1",
        "delete from payments",
        "update allocations set amount_minor = 1",
        "delete from allocations",
        "insert into allocations (payment_id, invoice_id, amount_minor, allocated_at) values (1, 1, 1, 'now')",
        "update cards set token = 'other'",
        "update authorizations set given_by = 'somebody'",
        "update audit set what = '{}'",
        "delete from audit",
        "update book set mode = 'live'",
        "update invoices set voided_at = 'now', void_reason = 'x'",
        "update mails set text = 'other'",
        "delete from mails",
    ] {
        assert!(book.execute_batch(tampering).is_err(), "{tampering}");
    }
    shop.assert_right();

    // What no constraint can refuse, the check finds.
    for (tampering, rule) in [
        (
            "drop trigger audit_stands; update audit set actor = 'x' where seq = 2",
            "INV20",
        ),
        ("update invoices set open_minor = 5", "INV07"),
        ("update payments set unapplied_minor = 5", "INV05"),
    ] {
        book.execute_batch(tampering).unwrap();
        let found = shop.world().books.read().violations().unwrap();
        assert!(
            found.iter().any(|one| one.rule == rule),
            "{tampering}: {found:?}"
        );
    }
}
