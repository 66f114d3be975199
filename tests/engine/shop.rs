//! A shop over a clock of ours and a gateway that a test can bend.
//!
//! Real book files, the real sandbox with its own ledger; only the time is made up.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dues::books::{Books, Hand, Login, NewBook, Tx};
use dues::domain::authorization::{Authorization, Scope};
use dues::domain::card::CardFacts;
use dues::domain::charge::{Answer, State};
use dues::domain::decline::{Class, Decline};
use dues::domain::gateway_account::{GatewayAccount, Mode};
use dues::domain::ids::{BookId, ChargeId};
use dues::domain::invoice::{InvoiceNumber, NewInvoice};
use dues::domain::money::{Currency, Money};
use dues::domain::payment::Payment;
use dues::domain::spread::Wanted;
use dues::gateway::sandbox::Sandbox;
use dues::jobs::World;
use dues::jobs::charge::charge;
use dues::jobs::flight::Recording;
use dues::jobs::plan::Wish;
use dues::jobs::recover::recover;
use dues::mark::Marks;
use dues::ports::{
    Clock, Gateway, Gateways, NotAsked, Order, Promises, Refusal, Seen, Sending, Shown, Sighting,
    Sought, Witness,
};
use dues::problem::{Problem, Result};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

/// A clock that goes when it is told to.
pub struct TestClock {
    pub secs: AtomicU64,
    /// How many seconds the wall's clock is ahead of the machine's own.
    pub wrong_by: AtomicI64,
}

impl TestClock {
    /// Somebody sets the clock back.
    pub fn set_back(&self, secs: u64) {
        self.secs.fetch_sub(secs, Ordering::SeqCst);
    }

    pub fn pass(&self, secs: u64) {
        self.secs.fetch_add(secs, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let secs = i64::try_from(self.secs.load(Ordering::SeqCst)).unwrap();
        let wrong_by = self.wrong_by.load(Ordering::SeqCst);
        Timestamp::from_second(1_795_000_000 + secs + wrong_by).unwrap()
    }

    fn since_boot(&self) -> Duration {
        Duration::from_secs(self.secs.load(Ordering::SeqCst))
    }

    fn pause(&self, time: Duration) {
        self.pass(time.as_secs() + 1);
    }
}

/// The sandbox behind a wire that a test can bend: what it promises, and
/// what happens between the decision to send and the sending.
pub struct Bent {
    pub sandbox: Sandbox,
    pub promises: Promises,
    /// Seconds that pass just before a request leaves, as when a laptop sleeps.
    pub sleeps: Mutex<VecDeque<u64>>,
    /// How long each answer really takes.
    pub lingers: Mutex<VecDeque<Duration>>,
    pub clock: Arc<TestClock>,
    pub sends: AtomicU64,
    /// The line breaks after the gateway has read the request.
    pub loses_answers: AtomicBool,
    /// An error is kept as the answer, and repeated.
    pub keeps_errors: AtomicBool,
    /// It refuses our own account.
    pub refuses_us: AtomicBool,
    /// What it lists was not made by dues.
    pub names_no_reference: AtomicBool,
    /// Its list does not show what it has, as while a request is still on its way.
    pub hides_all: AtomicBool,
    /// The request is lost before the gateway sees it.
    pub drops_requests: AtomicBool,
    /// The list knows when each request was made, and begins where it is asked to.
    pub dated: AtomicBool,
    /// When each reference was first sent.
    pub sent_at: Mutex<HashMap<String, Timestamp>>,
    /// References that do not show up anywhere yet.
    pub hidden: Mutex<Vec<String>>,
    /// A made-up list instead of the sandbox's.
    pub listed: Mutex<Option<Vec<Seen>>>,
    /// Looking up fails for good.
    pub look_fails: Mutex<Option<NotAsked>>,
    /// A made-up sighting instead of the sandbox's.
    pub sighted: Mutex<Option<Sighting>>,
    /// Where the book is, to be looked into when a request arrives.
    pub book: PathBuf,
    /// How often a request arrived that was not on its way in the book.
    pub unrecorded: AtomicU64,
    /// The account that the secret opens, if not its own.
    pub account: Mutex<Option<String>>,
    /// Whose account it is cannot be asked.
    pub account_fails: Mutex<Option<Problem>>,
    /// How far its own clock is ahead of ours, if it shows one.
    pub clock_ahead: Mutex<Option<SignedDuration>>,
    /// It takes the money, and answers with another charge's decline.
    pub anothers_no: AtomicBool,
    /// Which lists were asked for: since when, and of which card.
    pub lists_read: Mutex<Vec<(Timestamp, Option<String>)>>,
    /// It leaves out the date.
    pub shows_no_time: AtomicBool,
    /// The least that it charges, in cents.
    pub least: AtomicI64,
}

impl Gateway for Bent {
    fn name(&self) -> &'static str {
        self.sandbox.name()
    }
    fn promises(&self) -> Promises {
        self.promises
    }
    fn build(&self, order: &Order<'_>) -> Result<Vec<u8>, NotAsked> {
        let least = usd(self.least.load(Ordering::SeqCst));
        if least.minus(order.amount).is_positive() {
            let problem = Problem::refused("too_small", format!("it charges at least {least}"));
            return Err(NotAsked::new(Refusal::ByRule, problem));
        }
        self.sandbox.build(order)
    }
    fn charge(&self, sending: &Sending<'_>) -> Result<Answer, NotAsked> {
        self.clock
            .pass(self.sleeps.lock().unwrap().pop_front().unwrap_or(0));
        let lingers = self.lingers.lock().unwrap().pop_front();
        std::thread::sleep(lingers.unwrap_or_default());
        let open = Books::open(&self.book)?.read().open_charges()?;
        if !open.iter().any(|one| one.attempt.state == State::Sending) {
            self.unrecorded.fetch_add(1, Ordering::SeqCst);
        }
        if self.refuses_us.load(Ordering::SeqCst) {
            self.sends.fetch_add(1, Ordering::SeqCst);
            return Ok(Answer::Declined(Decline {
                class: Class::Config,
                code: "live_mode_test_card".into(),
                message: "This account cannot make charges.".into(),
                advice: None,
                id: None,
                reference: None,
            }));
        }
        let text = String::from_utf8_lossy(sending.request).into_owned();
        if let Some(at) = text.find("\"reference\":\"") {
            let reference = text[at + 13..at + 33].to_owned();
            self.sent_at
                .lock()
                .unwrap()
                .entry(reference)
                .or_insert_with(|| self.clock.now());
        }
        if self.drops_requests.load(Ordering::SeqCst) {
            return Ok(Answer::Unknown("the line broke".into()));
        }
        let answer = self.sandbox.charge(sending);
        // An error is a promise that nothing left.
        self.sends
            .fetch_add(u64::from(answer.is_ok()), Ordering::SeqCst);
        if self.loses_answers.load(Ordering::SeqCst) {
            return Ok(Answer::Unknown("the line broke".into()));
        }
        if self.anothers_no.load(Ordering::SeqCst) {
            return Ok(Answer::Declined(Decline {
                class: Class::Soft,
                code: "insufficient_funds".into(),
                message: "no".into(),
                advice: None,
                id: None,
                reference: Some("DANOTHERS".into()),
            }));
        }
        if self.keeps_errors.load(Ordering::SeqCst) && self.sends.load(Ordering::SeqCst) > 1 {
            return Ok(Answer::Kept("it keeps an error 500".into()));
        }
        answer
    }
    fn look_up(&self, sought: &Sought<'_>) -> Result<Sighting, NotAsked> {
        if self.hides_all.load(Ordering::SeqCst) {
            return Ok(Sighting::NotListed);
        }
        let hidden = self.hidden.lock().unwrap();
        if hidden.iter().any(|one| one == sought.reference) {
            return Ok(Sighting::NotListed);
        }
        if let Some(problem) = self.look_fails.lock().unwrap().clone() {
            return Err(problem);
        }
        if let Some(sighting) = self.sighted.lock().unwrap().clone() {
            return Ok(sighting);
        }
        let mut seen = self.sandbox.look_up(sought);
        if let Ok(Sighting::Found(Answer::Taken(capture))) = &mut seen
            && self.names_no_reference.load(Ordering::SeqCst)
        {
            capture.reference = None;
        }
        seen
    }
    fn recent(
        &self,
        book: &str,
        since: Timestamp,
        of: Option<&str>,
    ) -> Result<Vec<Seen>, NotAsked> {
        let read = (since, of.map(str::to_owned));
        self.lists_read.lock().unwrap().push(read);
        if self.hides_all.load(Ordering::SeqCst) {
            return Ok(Vec::new());
        }
        if let Some(mut listed) = self.listed.lock().unwrap().clone() {
            listed.retain(|seen| seen.made_at.is_none_or(|made| made >= since));
            listed.retain(|seen| of.is_none_or(|of| seen.token.as_deref() == Some(of)));
            return Ok(listed);
        }
        let mut list = self.sandbox.recent(book, since, of)?;
        let hidden = self.hidden.lock().unwrap();
        list.retain(|seen| !hidden.contains(&seen.reference));
        if self.dated.load(Ordering::SeqCst) {
            for seen in &mut list {
                seen.made_at = self.sent_at.lock().unwrap().get(&seen.reference).copied();
            }
            list.retain(|seen| seen.made_at.is_none_or(|made| made >= since));
        }
        Ok(list)
    }
    fn card(&self, token: &str) -> Result<CardFacts, NotAsked> {
        self.sandbox.card(token)
    }
    fn account(&self) -> Result<Shown, NotAsked> {
        if let Some(problem) = self.account_fails.lock().unwrap().clone() {
            return Err(NotAsked::new(Refusal::Unreachable, problem));
        }
        let mut shown = self.sandbox.account()?;
        if let Some(other) = &*self.account.lock().unwrap() {
            shown.account.id.clone_from(other);
        }
        shown.witness = match *self.clock_ahead.lock().unwrap() {
            _ if self.shows_no_time.load(Ordering::SeqCst) => Witness::Nobody,
            Some(ahead) => Witness::Clock(self.clock.now() + ahead),
            None => Witness::SameMachine,
        };
        Ok(shown)
    }
    fn search_advice(&self, sought: &Sought<'_>) -> String {
        self.sandbox.search_advice(sought)
    }
    fn gives_back(&self) -> Option<&dyn dues::ports::GivesBack> {
        self.sandbox.gives_back()
    }
}

pub struct One(pub Arc<Bent>);

impl Gateways for One {
    fn open(&self, _: &str) -> Result<Arc<dyn Gateway>> {
        Ok(Arc::<Bent>::clone(&self.0))
    }
    fn shows_time(&self, _: &str) -> bool {
        let has_clock = self.0.clock_ahead.lock().unwrap().is_some();
        has_clock && !self.0.shows_no_time.load(Ordering::SeqCst)
    }
}

pub struct Shop {
    pub folder: tempfile::TempDir,
    pub clock: Arc<TestClock>,
    pub gateway: One,
    pub marks: Marks,
}

pub fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").unwrap())
}

pub fn hand() -> Hand {
    Hand {
        actor: "tester@shop".into(),
        command: "test".into(),
    }
}

impl Shop {
    pub fn with_card(token: &str, promises: impl FnOnce(&mut Promises)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let marks = Marks::new(folder.path().join("marks"));
        let clock = Arc::new(TestClock {
            secs: AtomicU64::new(0),
            wrong_by: AtomicI64::new(0),
        });
        let sandbox = Sandbox::new(folder.path().join("sandbox.jsonl"));
        let mut says = sandbox.promises();
        promises(&mut says);
        let facts = sandbox.card(token).unwrap();
        let bent = Bent {
            sandbox,
            promises: says,
            sleeps: Mutex::default(),
            lingers: Mutex::default(),
            clock: Arc::clone(&clock),
            sends: AtomicU64::new(0),
            loses_answers: AtomicBool::new(false),
            keeps_errors: AtomicBool::new(false),
            refuses_us: AtomicBool::new(false),
            names_no_reference: AtomicBool::new(false),
            hides_all: AtomicBool::new(false),
            drops_requests: AtomicBool::new(false),
            dated: AtomicBool::new(false),
            sent_at: Mutex::default(),
            hidden: Mutex::default(),
            listed: Mutex::default(),
            sighted: Mutex::default(),
            look_fails: Mutex::default(),
            book: folder.path().join("book.db"),
            unrecorded: AtomicU64::new(0),
            account: Mutex::default(),
            account_fails: Mutex::default(),
            clock_ahead: Mutex::default(),
            anothers_no: AtomicBool::default(),
            lists_read: Mutex::default(),
            shows_no_time: AtomicBool::default(),
            least: AtomicI64::default(),
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
        let mut books = Books::create(&shop.book(), &hand(), &new, at).unwrap();
        books
            .write(&hand(), at, |tx| {
                tx.log_in(&Login {
                    account: GatewayAccount::new("sandbox", "sandbox"),
                    source: "none".into(),
                })?;
                let id = tx.add_customer("ACME", "Acme Corp", Some("ap@acme.example"), 30)?;
                let customer = tx.read().customer(id)?;
                let card = tx.add_card(
                    &customer,
                    &GatewayAccount::new("sandbox", "sandbox"),
                    &facts,
                    None,
                )?;
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
                    terms: None,
                    po_number: None,
                    number: InvoiceNumber::parse("INV-1").unwrap(),
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

    pub fn book(&self) -> PathBuf {
        self.folder.path().join("book.db")
    }

    pub fn world(&self) -> World<'_> {
        World {
            books: Books::open(&self.book()).unwrap(),
            hand: hand(),
            clock: &*self.clock,
            gateways: &self.gateway,
            marks: &self.marks,
            recording: Recording::as_promised(),
            patience: Duration::ZERO,
            tell: &|_| (),
        }
    }

    /// The wish to pay all that is due, under a script's own id or none.
    pub fn wish(world: &World<'_>, request_id: Option<&str>) -> Wish {
        Wish {
            customer: world.books.read().find_customer("ACME").unwrap(),
            card: None,
            wanted: Wanted::AllDue { except: vec![] },
            use_credits: false,
            memo: None,
            wants_mail: true,
            request_id: request_id.map(str::to_owned),
            agreed: None,
            due: None,
            again: true,
        }
    }

    pub fn charge(&self) -> Result<(ChargeId, State, Option<Problem>)> {
        let mut world = self.world();
        let wish = Self::wish(&world, None);
        charge(&mut world, &wish).map(|charged| (charged.charge, charged.state, charged.not_made))
    }

    pub fn charge_of(&self, code: &str) -> Result<(ChargeId, State, Option<Problem>)> {
        let mut world = self.world();
        let wish = Wish {
            customer: world.books.read().find_customer(code).unwrap(),
            ..Self::wish(&world, None)
        };
        charge(&mut world, &wish).map(|charged| (charged.charge, charged.state, charged.not_made))
    }

    /// Two looks, a minute apart, at a gateway whose list does not have the request.
    pub fn look_twice(&self) {
        for _ in 0..2 {
            self.clock.pass(60);
            recover(&mut self.world()).unwrap();
        }
    }

    /// The gateway's whole list of this book's requests.
    pub fn list(&self) -> Vec<Seen> {
        let tag = self.world().books.read().facts().unwrap().id.tag();
        let sandbox = &self.gateway.0.sandbox;
        sandbox.recent(&tag, Timestamp::UNIX_EPOCH, None).unwrap()
    }

    /// Another customer, BETA, who owes 50.00 and pays with this card.
    pub fn add_beta(&self, token: &str) {
        let facts = self.gateway.0.sandbox.card(token).unwrap();
        let add = |tx: &Tx<'_>| {
            let acme = tx.read().find_customer("ACME")?;
            let known = tx.read().find_card(&acme, None)?;
            let consent = tx.read().consent(known.id)?.unwrap();
            let beta = tx
                .read()
                .customer(tx.add_customer("BETA", "Beta", None, 30)?)?;
            let card = tx.add_card(
                &beta,
                &GatewayAccount::new("sandbox", "sandbox"),
                &facts,
                None,
            )?;
            tx.authorize_card(&tx.read().card(card)?, &consent.authorization)?;
            tx.add_invoice(
                &beta,
                &NewInvoice {
                    terms: None,
                    po_number: None,
                    number: InvoiceNumber::parse("INV-9").unwrap(),
                    total: usd(50_00),
                    issued_on: date(2026, 1, 1),
                    due_on: date(2026, 1, 31),
                    memo: None,
                },
            )
        };
        self.world().write_at(self.clock.now(), add).unwrap();
    }

    /// Money received, oldest first.
    pub fn payments(&self) -> Vec<Payment> {
        self.world().books.read().payments(None).unwrap()
    }

    pub fn charge_by_request(&self, id: &str) -> Result<State> {
        let mut world = self.world();
        let wish = Self::wish(&world, Some(id));
        charge(&mut world, &wish).map(|charged| charged.state)
    }

    pub fn recover(&self) -> State {
        let found = recover(&mut self.world()).unwrap().found;
        found[0].to
    }

    pub fn taken(&self) -> usize {
        Sandbox::new(self.folder.path().join("sandbox.jsonl"))
            .money_taken()
            .unwrap()
            .len()
    }

    pub fn sends(&self) -> u64 {
        self.gateway.0.sends.load(Ordering::SeqCst)
    }

    pub fn assert_right(&self) {
        assert_eq!(self.world().books.read().violations().unwrap(), []);
    }
}

/// Once, an attempt was written first and called on its way in a second step:
/// a book from then may have one as prepared.
#[expect(
    clippy::disallowed_methods,
    reason = "an older dues is not here to write it"
)]
pub fn as_an_older_dues_prepared_it(book: &Path) {
    let book = rusqlite::Connection::open(book).unwrap();
    let sql =
        "select name, sql from sqlite_schema where type = 'trigger' and tbl_name = 'attempts'";
    let mut triggers = book.prepare(sql).unwrap();
    let triggers: Vec<(String, String)> = triggers
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    for (name, _) in &triggers {
        book.execute(&format!("drop trigger {name}"), []).unwrap();
    }
    let changed = book
        .execute(
            "update attempts set state = 'prepared', sends = 0, first_sent_at = null, last_sent_at = null
              where state = 'sending'",
            [],
        )
        .unwrap();
    assert_eq!(changed, 1);
    for (_, sql) in &triggers {
        book.execute(sql, []).unwrap();
    }
}
