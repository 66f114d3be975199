//! Who looks after the machine: backups, restores, clocks, secrets; and who charges by hand.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dues::books::Books;
use dues::domain::authorization::Authorization;
use jiff::civil::date;
use rusqlite::Connection;

use super::actors;
use super::faults::Fault;
use super::given;
use super::person;
use super::server::{Intent, Standing};
use super::shop::{CUSTOMERS, consent, run};
use super::stage::{Class, Key, Killed, Stage};

/// What happens now and then while nobody works.
pub fn meddles(stage: &Arc<Stage>) {
    let book = usize::try_from(stage.below(2)).unwrap_or(0);
    if stage.hits(Fault::Backup) {
        backs_up(stage, 0, book);
    }
    if stage.hits(Fault::Restore) {
        restores(stage, book);
    }
    if stage.hits(Fault::NewMachine) {
        moves_to_a_new_machine(stage, book);
    }
    if stage.hits(Fault::ClockJump) {
        stage.set_clock();
    }
    if stage.hits(Fault::ClockRight) {
        stage.state().hands.wrong_by = 0;
    }
    if stage.hits(Fault::Rotate) {
        stage.state().edition += 1;
    }
    if stage.hits(Fault::OtherAccount) {
        stage.state().key = Key {
            account: 2,
            edition: 1,
        };
    }
    if stage.hits(Fault::RightSecret) {
        puts_the_right_secret(stage);
    }
    if stage.hits(Fault::ByHand) {
        charges_by_hand(stage);
    }
    if stage.hits(Fault::BackByHand) {
        gives_back_by_hand(stage);
    }
    if stage.hits(Fault::BitRot) {
        rots(stage, book);
    } else if stage.below(3) == 0 {
        repairs(stage);
    }
    if stage.hits(Fault::Withdrawn) {
        changes_a_consent(stage, book);
    }
}

pub fn puts_the_right_secret(stage: &Stage) {
    let mut state = stage.state();
    state.key = Key {
        account: 1,
        edition: state.edition,
    };
}

pub fn backs_up(stage: &Arc<Stage>, process: usize, book: usize) {
    let target = {
        let mut state = stage.state();
        let desk = &mut state.desks[book];
        desk.copies_made += 1;
        let name = format!("book{book}.backup{}", desk.copies_made);
        stage.folder.join(name)
    };
    let done = run(stage, process, book, "back up", |world| {
        world.books.back_up(&target)
    });
    if matches!(done, Some(Ok(()))) {
        stage.state().desks[book].backups.push(target);
    }
}

fn backup_of(stage: &Stage, book: usize) -> Option<PathBuf> {
    let mut state = stage.state();
    let backups = state.desks[book].backups.clone();
    state.rng.pick(&backups).cloned()
}

/// Puts a backup where the book was; by the program, or by hand when it refuses.
fn restores(stage: &Arc<Stage>, book: usize) {
    let Some(backup) = backup_of(stage, book) else {
        return;
    };
    let path = {
        let mut state = stage.state();
        state.tally.restores += 1;
        let now = state.hands.truth;
        given::forgets_what_is_reopened(&mut state, book);
        let desk = &mut state.desks[book];
        desk.let_go();
        desk.restored_at = now;
        desk.path.clone()
    };
    stage.note(format_args!(
        "book {book} is restored from {}",
        shown(&backup)
    ));
    let by_the_program = stage.below(4) == 0;
    if !by_the_program || !restores_by_the_program(&backup, &path) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let _ = fs::remove_file(with_end(&path, end));
        }
        fs::copy(&backup, &path).expect("the disk takes a copy");
    }
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(with_end(&path, &format!(".before-restore{end}")));
    }
    if stage.below(2) == 0 {
        actors::imports_again(stage, 0, book);
    }
}

/// Begun again each time it is killed, as it tells people to; whether it agreed.
fn restores_by_the_program(backup: &Path, path: &Path) -> bool {
    loop {
        let restore = || Books::restore(backup, path, false);
        match catch_unwind(AssertUnwindSafe(restore)) {
            Ok(restored) => return restored.is_ok(),
            Err(cause) if cause.is::<Killed>() => {}
            Err(cause) => resume_unwind(cause),
        }
    }
}

fn shown(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The old machine is gone with its marks; setting up the new one takes so
/// long that nothing the old one sent is still under way.
fn moves_to_a_new_machine(stage: &Arc<Stage>, book: usize) {
    if backup_of(stage, book).is_none() {
        return;
    }
    stage.pass(26 * 3600);
    restores(stage, book);
    stage.state().machine += 1;
    if stage.class == Class::Nothing {
        // Nothing tells such a book that it forgot: whoever moved it knows, and compares.
        for book in 0..2 {
            let was_calm = std::mem::replace(&mut stage.state().calm, true);
            stage.state().hands.wrong_by = 0;
            puts_the_right_secret(stage);
            person::reconciles(stage, 0, book);
            stage.state().calm = was_calm;
        }
    }
}

/// Money that somebody took on the gateway's own page.
fn charges_by_hand(stage: &Arc<Stage>) {
    let place = stage.below(CUSTOMERS.len() as u64);
    let mut state = stage.state();
    let like = state.server.intents.last().map(|intent| intent.amount);
    let amount = match state.rng.below(2) {
        0 => like.unwrap_or(1000),
        _ => state.rng.between(100, 20_000),
    };
    let created = state.hands.truth;
    state.server.add(Intent {
        number: 0,
        account: 1,
        created,
        amount,
        received: amount,
        customer: format!("cus_{place}"),
        card: format!("pm_{place}visa"),
        meta: Vec::new(),
        standing: Standing::Taken,
    });
}

/// Money that somebody gave back on the gateway's own page; often as much as
/// dues gave back last.
fn gives_back_by_hand(stage: &Arc<Stage>) {
    let mut state = stage.state();
    let newest = state.server.intents.len().saturating_sub(12);
    let taken = state.server.intents[newest..].iter();
    let taken: Vec<String> = taken.filter(|it| it.is_taken()).map(Intent::id).collect();
    let Some(of) = state.rng.pick(&taken).cloned() else {
        return;
    };
    let like = state.server.refunds.last().map(|refund| refund.amount);
    let most = match state.rng.below(2) {
        0 => like.unwrap_or(1000),
        _ => state.rng.between(100, 20_000),
    };
    let now = state.hands.truth;
    state.server.gives_back_by_hand(&of, most, now);
}

/// A customer takes back the consent to be charged, or gives it again.
fn changes_a_consent(stage: &Arc<Stage>, book: usize) {
    let place = stage.below(CUSTOMERS.len() as u64);
    let customer = CUSTOMERS[usize::try_from(place).unwrap_or(0)];
    let last4 = ["4242", "5544"][usize::try_from(stage.below(2)).unwrap_or(0)];
    let at = stage.hands().wall();
    let _ = run(stage, 0, book, "change a consent", |world| {
        world.write_at(at, |tx| {
            let customer = tx.read().find_customer(customer)?;
            let card = tx.read().find_card(&customer, Some(last4))?;
            let now = tx.read().consent(card.id)?;
            let ended = now.is_some_and(|now| now.authorization.until.is_some());
            let until = (!ended).then(|| date(2026, 1, 1));
            tx.authorize_card(
                &card,
                &Authorization {
                    until,
                    ..consent(at)
                },
            )
        })
    });
}

/// The disk changes a request whose outcome is not known.
fn rots(stage: &Stage, book: usize) {
    let mut rotten = Vec::new();
    let done = past_the_book(stage, book, |disk| {
        let mut statement = disk.prepare(
            "select key, request from attempts where state = 'unknown' and length(request) > 0",
        )?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rotten = rows.collect::<rusqlite::Result<Vec<(String, Vec<u8>)>>>()?;
        for (key, request) in &rotten {
            let mut changed = request.clone();
            if let Some(byte) = changed.last_mut() {
                *byte ^= 1;
            }
            disk.execute(
                "update attempts set request = ?2 where key = ?1",
                (key, changed),
            )?;
        }
        Ok(())
    });
    stage.note(format_args!("{} requests rot: {done:?}", rotten.len()));
    stage.state().rotten.extend(rotten);
}

/// Somebody repairs what rotted.
pub fn repairs(stage: &Stage) {
    let rotten = stage.state().rotten.clone();
    for book in 0..2 {
        if rotten.is_empty() {
            return;
        }
        let done = past_the_book(stage, book, |disk| {
            for (key, request) in &rotten {
                disk.execute(
                    "update attempts set request = ?2 where key = ?1 and length(request) > 0",
                    (key, request),
                )?;
            }
            Ok(())
        });
        stage.note(format_args!("what rotted is repaired: {done:?}"));
    }
}

/// Writes to the book's file as no program would.
#[expect(
    clippy::disallowed_methods,
    reason = "the disk asks nobody before it rots"
)]
fn past_the_book(
    stage: &Stage,
    book: usize,
    change: impl FnOnce(&Connection) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let path = stage.state().desks[book].path.clone();
    let disk = Connection::open(&path)?;
    let frozen = "select sql from sqlite_schema where name = 'attempts_are_frozen'";
    let trigger: String = disk.query_row(frozen, [], |row| row.get(0))?;
    disk.execute_batch("begin immediate; drop trigger attempts_are_frozen")?;
    change(&disk)?;
    disk.execute_batch(&format!("{trigger}; commit"))
}
