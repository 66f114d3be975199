//! The stage of one seed: the machine, the gateway, the time, and who is at work.
//!
//! Everything that may differ between two runs is drawn here from one seed,
//! so the same seed tells the same story; the hash of its trace proves that.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Write};
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dues::gateway::wire::Reply;
use dues::problem::Problem;

use super::actors;
use super::clock::Hands;
use super::faults::{Fault, Plan};
use super::oracle;
use super::planted::Planted;
use super::rng::Rng;
use super::server::{Doing, Server};
use super::shop::{Desk, Script};
use super::tally::Tally;

/// What the gateway can be relied on for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Keys can be repeated, and charges listed: Stripe as it is.
    KeysAndLists,
    /// Charges can be listed; a request that is sent again is a charge again.
    Lists,
    /// Neither.
    Nothing,
}

/// A request that the network still has.
#[derive(Debug, Clone)]
pub struct Parcel {
    pub at: i64,
    pub account: usize,
    /// It gives money back.
    pub gives_back: bool,
    pub key: String,
    pub body: Vec<u8>,
    pub doing: Doing,
}

/// The secret on this machine: of which account, and which one of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    pub account: usize,
    pub edition: u32,
}

/// An invoice as the shop wrote it, whatever a book remembers.
#[derive(Debug, Clone, Copy)]
pub struct Owed {
    pub book: usize,
    pub customer: &'static str,
    /// In minor units.
    pub total: i64,
}

/// How much of an invoice refunds reopened, in minor units.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reopened {
    /// In books that were put back since.
    pub before: i64,
    /// The most that its book ever said.
    pub most: i64,
}

/// A process in the middle of a command.
pub struct AtWork {
    pub process: usize,
    pub book: usize,
    /// The attempts on their way in its book that it did not let leave itself:
    /// while it has the right to charge, they are orphans.
    pub orphans: HashSet<i64>,
}

/// What changes while the story is told.
pub struct State {
    pub rng: Rng,
    pub hands: Hands,
    pub server: Server,
    pub tally: Tally,
    pub key: Key,
    /// The edition of the first account's key that the gateway accepts.
    pub edition: u32,
    /// The processes at work, the newest last.
    pub at_work: Vec<AtWork>,
    /// Nothing goes wrong now.
    pub calm: bool,
    pub power_is_cut: bool,
    pub violation: Option<String>,
    pub in_flight: Vec<Parcel>,
    /// When a request under this key first left, and how often it has.
    pub sent: HashMap<String, (i64, u32)>,
    /// What each request was to pay when it left, by its reference: the invoice, in minor units.
    pub plans: HashMap<String, Vec<(String, i64)>>,
    /// What refunds reopened, by the invoice's number.
    pub reopened: HashMap<String, Reopened>,
    /// The answer before this one.
    pub said_last: Option<Reply>,
    /// Under which key each attempt left, by its book, its intent, its number and its customer.
    pub names: HashMap<String, String>,
    /// The keys of requests whose answer is waited for.
    pub on_the_way: Vec<String>,
    /// Which machine's marks are used.
    pub machine: usize,
    pub desks: Vec<Desk>,
    pub scripts: Vec<Script>,
    /// What is owed, by the invoice's number.
    pub invoices: HashMap<String, Owed>,
    /// Money that a person booked by hand, where nobody else could.
    pub by_hand: HashSet<usize>,
    /// As well, of what was given back.
    pub given_by_hand: HashSet<usize>,
    /// Requests that rotted in a book: their keys, and what they were.
    pub rotten: Vec<(String, Vec<u8>)>,
    pub taken: usize,
    pub given: usize,
    pub hash: u64,
}

pub struct Stage {
    pub class: Class,
    /// The gateway cancels what is not settled.
    pub voids: bool,
    pub planted: Option<Planted>,
    pub folder: PathBuf,
    pub trace: bool,
    plan: Plan,
    state: Mutex<State>,
}

/// How a process ends that is killed.
pub struct Killed;

impl Stage {
    pub fn new(seed: u64, planted: Option<Planted>, folder: PathBuf, trace: bool) -> Self {
        let mut rng = Rng::of(seed);
        let class = match rng.below(10) {
            0..6 => Class::KeysAndLists,
            6..9 => Class::Lists,
            _ => Class::Nothing,
        };
        let plan = Plan::draw(&mut rng, planted.map_or(&[], Planted::shows_in));
        let page = [3, 20, 100][usize::try_from(rng.below(3)).unwrap_or(0)];
        let canary = planted == Some(Planted::Canary);
        let looks = class == Class::KeysAndLists || rng.below(2) == 0;
        let voids = class != Class::KeysAndLists && rng.below(2) == 0;
        let server = Server::new(class != Class::KeysAndLists, looks, page, canary);
        let first = Key {
            account: 1,
            edition: 1,
        };
        let state = State {
            rng,
            hands: Hands::default(),
            server,
            tally: Tally::default(),
            key: first,
            edition: 1,
            at_work: Vec::new(),
            calm: false,
            power_is_cut: false,
            violation: None,
            in_flight: Vec::new(),
            sent: HashMap::new(),
            plans: HashMap::new(),
            reopened: HashMap::new(),
            said_last: None,
            names: HashMap::new(),
            on_the_way: Vec::new(),
            machine: 0,
            desks: Vec::new(),
            scripts: Vec::new(),
            invoices: HashMap::new(),
            by_hand: HashSet::new(),
            given_by_hand: HashSet::new(),
            rotten: Vec::new(),
            taken: 0,
            given: 0,
            hash: 0xcbf2_9ce4_8422_2325,
        };
        Self {
            class,
            voids,
            planted,
            folder,
            trace,
            plan,
            state: Mutex::new(state),
        }
    }

    /// The state, for one short look; never held while anybody works.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn hands(&self) -> Hands {
        self.state().hands
    }

    pub fn below(&self, most: u64) -> u64 {
        self.state().rng.below(most)
    }

    pub fn between(&self, least: i64, most: i64) -> i64 {
        self.state().rng.between(least, most)
    }

    /// Whether the fault happens on this occasion.
    pub fn hits(&self, fault: Fault) -> bool {
        let mut state = self.state();
        if state.calm || !state.rng.happens(self.plan.rate(fault)) {
            return false;
        }
        state.tally.fault(fault);
        drop(state);
        self.note(format_args!("! {}", fault.name()));
        true
    }

    /// Whether the fault can happen at all in this seed.
    pub fn may_hit(&self, fault: Fault) -> bool {
        self.plan.rate(fault) > 0
    }

    /// A line of the trace.
    pub fn note(&self, text: fmt::Arguments<'_>) {
        let mut state = self.state();
        let hands = state.hands;
        let depth = state.at_work.len();
        let mut hash = Fnv(state.hash);
        let _ = write!(hash, "{} {} {depth} {text}", hands.truth, hands.wrong_by);
        state.hash = hash.0;
        if self.trace {
            let (days, secs) = (hands.truth / 86_400, hands.truth % 86_400);
            println!(
                "{:>6} day {days:>2} {:02}:{:02}:{:02} {}{text}",
                state.tally.steps,
                secs / 3600,
                secs / 60 % 60,
                secs % 60,
                "  ".repeat(depth)
            );
        }
    }

    /// A durable write or a call to the gateway.
    pub fn step(&self) {
        self.state().tally.steps += 1;
    }

    /// The first thing that was found wrong stands.
    pub fn wrong(&self, what: String) {
        self.note(format_args!("WRONG: {what}"));
        self.state().violation.get_or_insert(what);
    }

    pub fn is_wrong(&self) -> bool {
        self.state().violation.is_some()
    }

    /// Time passes for everybody; what the network still had arrives.
    pub fn pass(&self, secs: i64) {
        let until = self.hands().truth + secs;
        loop {
            let mut state = self.state();
            let next = state
                .in_flight
                .iter()
                .enumerate()
                .filter(|(_, parcel)| parcel.at <= until)
                .min_by_key(|(_, parcel)| parcel.at)
                .map(|(place, _)| place);
            let Some(place) = next else { break };
            let parcel = state.in_flight.remove(place);
            state.hands.truth = state.hands.truth.max(parcel.at);
            let now = state.hands.truth;
            state.server.pass_to(now);
            let said = state.server.receive(&parcel, now);
            drop(state);
            self.note(format_args!("a late request arrives: {}", said.status));
        }
        let mut state = self.state();
        state.hands.truth = state.hands.truth.max(until);
        let now = state.hands.truth;
        state.server.pass_to(now);
        drop(state);
        self.look_for_doubles();
    }

    pub fn look_for_doubles(&self) {
        let mut state = self.state();
        let taken = state.server.intents.iter().filter(|it| it.is_taken());
        let given = state.server.refunds.iter().filter(|it| it.was_given);
        let (taken, given) = (taken.count(), given.count());
        if (taken, given) == (state.taken, state.given) {
            return;
        }
        (state.taken, state.given) = (taken, given);
        let found = oracle::double(&state, self.class);
        drop(state);
        if let Some(what) = found {
            self.state().tally.double += 1;
            self.wrong(what);
        }
    }

    /// The machine sleeps; its clocks notice, unless it was frozen whole.
    pub fn sleep(&self, frozen: bool) {
        let secs = match self.below(3) {
            0 => self.between(61, 3600),
            1 => self.between(3600, 20 * 3600),
            _ => self.between(20 * 3600, 60 * 3600),
        };
        self.note(format_args!("sleeps {secs} s"));
        if frozen {
            self.state().hands.unnoticed += secs;
        }
        self.pass(secs);
    }

    /// Somebody sets the clock wrong.
    pub fn set_clock(&self) {
        let by = match self.below(4) {
            0 => self.between(-900, 900),
            1 => -self.between(3600, 50 * 3600),
            2 => self.between(3600, 50 * 3600),
            _ => 0,
        };
        self.state().hands.wrong_by = by;
        self.note(format_args!("clock set wrong by {by} s"));
    }

    /// The process passes a named place.
    pub fn at_point(self: &Arc<Self>, name: &'static str) -> Result<(), Problem> {
        if matches!(name, "book.committed" | "charge.marked") {
            self.step();
        }
        if self.hits(Fault::Crash) {
            self.note(format_args!("killed at {name}"));
            self.kill();
        }
        if self.hits(Fault::StepFails) {
            self.note(format_args!("{name} fails"));
            return Err(Problem::refused("rehearsed", format!("{name} failed")));
        }
        if name == "book.committing" {
            return Ok(());
        }
        if self.hits(Fault::SleepAnywhere) {
            self.sleep(false);
        }
        if self.hits(Fault::Frozen) {
            self.sleep(true);
        }
        if self.hits(Fault::JumpAnywhere) {
            self.set_clock();
        }
        self.interlude();
        Ok(())
    }

    /// Another process may work while this one waits.
    pub fn interlude(self: &Arc<Self>) {
        let mut state = self.state();
        let [AtWork { process: outer, .. }] = state.at_work[..] else {
            return;
        };
        if state.calm {
            return;
        }
        drop(state);
        if !self.hits(Fault::Overlap) {
            return;
        }
        actors::turn(self, 1 - outer);
        state = self.state();
        if state.power_is_cut {
            drop(state);
            self.kill();
        }
    }

    /// The process at work dies, as by `kill -9`.
    pub fn kill(&self) -> ! {
        let mut state = self.state();
        state.tally.crashes += 1;
        let nested = state.at_work.len() > 1;
        drop(state);
        if nested && self.hits(Fault::PowerCut) {
            self.state().power_is_cut = true;
        }
        // No panic hook: nobody is to be told.
        resume_unwind(Box::new(Killed))
    }
}

/// FNV-1a, to tell two traces apart.
struct Fnv(u64);

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Ok(())
    }
}
