//! The shop: its books on a disk, and how a process works on one of them.
//!
//! A process opens the book, does one command and ends; or it is killed on the
//! way, and then its locks and its open transaction go as the kernel takes them.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use dues::books::{Books, Hand, Login, NewBook};
use dues::domain::authorization::{Authorization, Scope};
use dues::domain::card::CardFacts;
use dues::domain::gateway_account::{GatewayAccount, Mode};
use dues::domain::ids::BookId;
use dues::domain::money::{Currency, Money};
use dues::domain::spread::Wanted;
use dues::jobs::World;
use dues::jobs::flight::Recording;
use dues::mark::Marks;
use dues::problem::{Kind, Problem, Result};
use rusqlite::{Connection, OpenFlags};

use super::clock::{Hands, SimClock};
use super::gateway::Door;
use super::given;
use super::oracle;
use super::stage::{AtWork, Killed, Stage, State};

pub const CUSTOMERS: [&str; 3] = ["ACME", "BELL", "COOK"];

const IDS: [&str; 2] = [
    "00112233445566778899aabbccddeeff",
    "ffeeddccbbaa99887766554433221100",
];

/// One book, and what lies around it.
pub struct Desk {
    pub path: PathBuf,
    pub tag: String,
    pub backups: Vec<PathBuf>,
    pub copies_made: u32,
    /// Charging was refused because the book is older than the world.
    pub locked: bool,
    /// When a backup was last put in its place.
    pub restored_at: i64,
    /// What this machine last charged from, by a witness of its own: the
    /// machine, the newest row of the log, and its hash.
    pub charged_from: Option<(usize, i64, String)>,
    /// The book as each process left it open.
    open: [Option<Books>; 2],
    /// Looks into the book from outside.
    pub inspector: Option<Connection>,
}

/// What a script charges for, over and over under the same id.
#[derive(Debug, Clone)]
pub struct Script {
    pub book: usize,
    pub id: String,
    pub customer: &'static str,
    pub card: Option<String>,
    pub wanted: Wanted,
}

pub fn usd(minor: i64) -> Money {
    Money::of(minor, Currency::parse("USD").expect("a currency"))
}

pub fn hand() -> Hand {
    Hand {
        actor: "sim@shop".into(),
        command: "sim".into(),
    }
}

/// Two books with their customers and cards, made once and copied.
fn templates() -> &'static [Vec<u8>; 2] {
    static MADE: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    MADE.get_or_init(|| IDS.map(|id| template(id).expect("a book can be made")))
}

fn template(id: &str) -> Result<Vec<u8>> {
    let at = Hands::default().wall();
    let folder = scratch("template");
    let path = folder.join(id);
    let new = NewBook {
        id: BookId(id.into()),
        name: "Tulip Wholesale".into(),
        currency: Currency::parse("USD")?,
        zone: "America/New_York".into(),
        gateway: "stripe".into(),
        mode: Mode::Test,
    };
    let mut books = Books::create(&path, &hand(), &new, at)?;
    books.write(&hand(), at, |tx| {
        tx.log_in(&Login {
            account: GatewayAccount::new("stripe", "acct_1"),
            source: "none".into(),
        })?;
        for (place, code) in CUSTOMERS.iter().enumerate() {
            let mail = format!("ap@{}.example", code.to_lowercase());
            let id = tx.add_customer(code, code, Some(&mail), 30)?;
            let customer = tx.read().customer(id)?;
            for (card, last4) in [("visa", "4242"), ("amex", "5544")] {
                let facts = CardFacts {
                    token: format!("cus_{place}/pm_{place}{card}"),
                    brand: card.into(),
                    last4: last4.into(),
                    expiry: None,
                };
                let card = tx.add_card(
                    &customer,
                    &GatewayAccount::new("stripe", "acct_1"),
                    &facts,
                    None,
                )?;
                tx.authorize_card(&tx.read().card(card)?, &consent(at))?;
            }
        }
        Ok(())
    })?;
    books.close()?;
    let bytes = fs::read(&path).map_err(|error| Problem::bug(error.to_string()));
    let _ = fs::remove_dir_all(&folder);
    bytes
}

pub fn consent(at: jiff::Timestamp) -> Authorization {
    Authorization {
        scope: Scope::Any,
        ceiling: None,
        until: None,
        given_by: "A. Customer".into(),
        how: "signed form".into(),
        recorded_at: at,
    }
}

/// A new folder, in memory where there is such a disk.
pub fn scratch(name: &str) -> PathBuf {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let memory = Path::new("/dev/shm");
    let disk = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    let nth = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let folder = disk.join(format!("dues-sim-{}-{nth}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder can be made");
    folder
}

/// Lays the books out.
pub fn open_shop(stage: &Stage) {
    let mut state = stage.state();
    for (place, bytes) in templates().iter().enumerate() {
        let path = stage.folder.join(format!("book{place}.db"));
        fs::write(&path, bytes).expect("the disk takes a book");
        state.desks.push(Desk {
            path,
            tag: BookId(IDS[place].into()).tag(),
            backups: Vec::new(),
            copies_made: 0,
            locked: false,
            restored_at: 0,
            charged_from: None,
            open: [None, None],
            inspector: None,
        });
    }
}

pub fn book_id(book: usize) -> BookId {
    BookId(IDS[book].into())
}

/// Where this machine keeps its marks.
pub fn marks(stage: &Stage) -> Marks {
    let machine = stage.state().machine;
    Marks::new(stage.folder.join(format!("machine{machine}")))
}

impl Desk {
    /// Every process lets go of the book.
    pub fn let_go(&mut self) {
        self.open = [None, None];
        self.inspector = None;
    }

    /// Looks into the file, past the program.
    #[expect(
        clippy::disallowed_methods,
        reason = "a witness must not read through what it watches"
    )]
    pub fn inspect(&mut self) -> &Connection {
        let path = &self.path;
        self.inspector.get_or_insert_with(|| {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            Connection::open_with_flags(path, flags).expect("the book is there")
        })
    }
}

/// One command of one process on one book; `None` if it was killed.
pub fn run<T>(
    stage: &Arc<Stage>,
    process: usize,
    book: usize,
    name: &str,
    job: impl FnOnce(&mut World<'_>) -> Result<T>,
) -> Option<Result<T>> {
    stage.note(format_args!("process {process}, book {book}: {name}"));
    let (path, kept) = {
        let mut state = stage.state();
        let desk = &mut state.desks[book];
        (desk.path.clone(), desk.open[process].take())
    };
    let opened = match kept {
        Some(books) => Ok(books),
        None => Books::open(&path),
    };
    let books = match opened {
        Ok(books) => books,
        Err(problem) => return Some(Err(problem)),
    };
    let clock = SimClock::of(stage);
    let door = Door(Arc::clone(stage));
    let marks = marks(stage);
    {
        let mut guard = stage.state();
        let state = &mut *guard;
        let orphans = oracle::on_their_way(state.desks[book].inspect());
        state.at_work.push(AtWork {
            process,
            book,
            orphans,
        });
        state.tally.overlaps += u64::from(state.at_work.len() > 1);
    }
    let ended = catch_unwind(AssertUnwindSafe(|| {
        let mut world = World {
            books,
            hand: hand(),
            clock: &clock,
            gateways: &door,
            marks: &marks,
            recording: Recording::as_promised(),
            patience: Duration::ZERO,
            tell: &|_| (),
        };
        let result = job(&mut world);
        (result, world.books)
    }));
    let mut guard = stage.state();
    let state = &mut *guard;
    leaves_orphans(state);
    let reopened = given::reopened_now(state.desks[book].inspect());
    given::remember(&mut state.reopened, &reopened);
    if state.at_work.is_empty() {
        state.power_is_cut = false;
    }
    match ended {
        Ok((result, books)) => {
            if !matches!(&result, Err(problem) if problem.code() == "book_replaced") {
                state.desks[book].open[process] = Some(books);
            }
            drop(guard);
            if let Err(problem) = &result {
                stage.note(format_args!("{}: {problem}", problem.code()));
                if problem.kind() == Kind::Bug {
                    stage.state().tally.other += 1;
                    stage.wrong(format!("{name}: {problem}"));
                }
            }
            Some(result)
        }
        Err(cause) => {
            drop(guard);
            if !cause.is::<Killed>() {
                stage.state().tally.other += 1;
                stage.wrong(format!("{name} panicked"));
            }
            None
        }
    }
}

/// A command is over: what it let leave, and nobody waits for, is an orphan to
/// whoever goes on with the same book.
fn leaves_orphans(state: &mut State) {
    let Some(over) = state.at_work.pop() else {
        return;
    };
    let outer = state.at_work.iter_mut().filter(|one| one.book == over.book);
    for outer in outer {
        let left = oracle::on_their_way(state.desks[over.book].inspect());
        outer.orphans.extend(left.difference(&over.orphans));
    }
}
