//! Who does what: the bookkeeper, cron, scripts; and whose turn it is.
//!
//! A turn is one command of one process. It may be taken while another process
//! waits in the middle of its own.

use std::sync::Arc;
use std::time::Duration;

use dues::books::Tx;
use dues::domain::ids::InvoiceId;
use dues::domain::invoice::{InvoiceNumber, NewInvoice};
use dues::domain::outbox::Letter;
use dues::domain::spread::{Pick, Wanted};
use dues::jobs::charge::charge;
use dues::jobs::outbox::{Which, send_due};
use dues::jobs::plan::Wish;
use dues::jobs::recover::recover;
use dues::ports::{Delivery, Mailer};
use dues::problem::Result;
use jiff::civil::date;

use super::admin;
use super::dates;
use super::faults::Fault;
use super::giving;
use super::person;
use super::shop::{CUSTOMERS, Script, run, usd};
use super::stage::{Owed, Stage};

/// One command of a process, whatever it is.
pub fn turn(stage: &Arc<Stage>, process: usize) {
    let book = usize::try_from(stage.below(2)).unwrap_or(0);
    let locked = stage.state().desks[book].locked;
    if locked && stage.below(3) > 0 {
        return person::reconciles(stage, process, book);
    }
    match stage.below(100) {
        0..39 => bookkeeper_charges(stage, process, book),
        39..46 => giving::gives_back(stage, process, book),
        46..53 => script_repeats(stage, process),
        53..62 => dates::cron_runs(stage, process, book),
        62..70 => cron_recovers(stage, process, book),
        70..73 => dates::agrees(stage, process, book),
        73..82 => person::resolves(stage, process, book),
        82 => person::reconciles(stage, process, book),
        83..85 => mailer(stage, process, book),
        85..99 => add_invoice(stage, process, book),
        _ => admin::backs_up(stage, process, book),
    }
}

/// What only one who is alone at the machine does, and time.
pub fn between_turns(stage: &Arc<Stage>) {
    let secs = match stage.below(10) {
        0..6 => stage.between(20, 1200),
        6..9 => stage.between(1200, 4 * 3600),
        _ => stage.between(4 * 3600, 40 * 3600),
    };
    stage.pass(secs);
    admin::meddles(stage);
}

pub fn heard<T>(stage: &Arc<Stage>, book: usize, result: Option<Result<T>>) -> Option<T> {
    match result? {
        // That nothing stood in the way of a command without a request unlocks nothing.
        Ok(value) => Some(value),
        Err(problem) => {
            if problem.code() == "book_is_old" {
                stage.state().desks[book].locked = true;
            }
            None
        }
    }
}

fn bookkeeper_charges(stage: &Arc<Stage>, process: usize, book: usize) {
    let customer = {
        let mut state = stage.state();
        state.rng.pick(&CUSTOMERS).copied().unwrap_or("ACME")
    };
    let card = (stage.below(3) == 0).then(|| "5544".to_owned());
    let open = run(stage, process, book, "look at invoices", |world| {
        let book = world.books.read();
        book.open_invoices(Some(book.find_customer(customer)?.id))
    });
    let open = open.and_then(Result::ok).unwrap_or_default();
    let wanted = match stage.below(5) {
        _ if open.is_empty() => Wanted::Amount {
            amount: usd(stage.between(100, 30_000)),
            except: vec![],
            on_account: true,
        },
        0 => Wanted::AllDue { except: vec![] },
        1 => Wanted::Amount {
            amount: usd(stage.between(100, 30_000)),
            except: vec![],
            on_account: stage.below(2) == 0,
        },
        _ => {
            let mut picks = Vec::new();
            for invoice in open.iter().take(6) {
                if stage.below(2) == 0 || picks.is_empty() {
                    let part = invoice.open.minor().max(2) / 2;
                    picks.push(Pick {
                        number: invoice.number.clone(),
                        amount: (stage.below(4) == 0 && part > 100).then(|| usd(part)),
                    });
                }
            }
            Wanted::Invoices(picks)
        }
    };
    let id = (stage.below(4) == 0).then(|| {
        let mut state = stage.state();
        let id = format!("req-{}", state.scripts.len() + 1);
        state.scripts.push(Script {
            book,
            id: id.clone(),
            customer,
            card: card.clone(),
            wanted: wanted.clone(),
        });
        id
    });
    asks_for(stage, process, book, customer, card, wanted, id);
}

/// A script that did not hear the end of its command runs it again.
fn script_repeats(stage: &Arc<Stage>, process: usize) {
    let script = {
        let mut state = stage.state();
        let newest = state.scripts.len().saturating_sub(6);
        let recent = state.scripts[newest..].to_vec();
        state.rng.pick(&recent).cloned()
    };
    let Some(script) = script else { return };
    asks_for(
        stage,
        process,
        script.book,
        script.customer,
        script.card,
        script.wanted,
        Some(script.id),
    );
}

fn asks_for(
    stage: &Arc<Stage>,
    process: usize,
    book: usize,
    customer: &str,
    card: Option<String>,
    wanted: Wanted,
    request_id: Option<String>,
) {
    let name = format!("charge {customer} {wanted:?} {request_id:?}");
    let charged = run(stage, process, book, &name, |world| {
        let wish = Wish {
            customer: world.books.read().find_customer(customer)?,
            card,
            wanted,
            use_credits: false,
            memo: None,
            wants_mail: stage.below(3) == 0,
            request_id,
            agreed: None,
            due: None,
            again: true,
        };
        charge(world, &wish)
    });
    if let Some(charged) = heard(stage, book, charged) {
        stage.note(format_args!(
            "{} is {} repeated {}",
            charged.charge, charged.state, charged.repeated
        ));
    }
}

pub fn cron_recovers(stage: &Arc<Stage>, process: usize, book: usize) {
    let found = run(stage, process, book, "recover", recover);
    let Some(recovery) = heard(stage, book, found) else {
        return;
    };
    for one in recovery.found {
        stage.note(format_args!(
            "{} went from {} to {} {:?}",
            one.purpose, one.from, one.to, one.why
        ));
    }
    for back in recovery.sent_back {
        stage.note(format_args!(
            "{} was sent back, {:?}",
            back.refund, back.went
        ));
    }
    heard(stage, book, recovery.stopped.map(Err::<(), _>));
}

pub fn add_invoice(stage: &Arc<Stage>, process: usize, book: usize) {
    let (number, owed) = {
        let mut state = stage.state();
        let customer = state.rng.pick(&CUSTOMERS).copied().unwrap_or("ACME");
        let total = state.rng.between(100, 20_000);
        let number = format!("INV-{book}-{}", state.invoices.len() + 1);
        let owed = Owed {
            book,
            customer,
            total,
        };
        state.invoices.insert(number.clone(), owed);
        (number, owed)
    };
    let at = stage.hands().wall();
    let _ = run(stage, process, book, "add an invoice", |world| {
        world.write_at(at, |tx| add(tx, number, owed).map(|_| ()))
    });
}

/// A customer on autopay owes more invoices than one request can name: their
/// numbers are as long as numbers may be.
pub fn brings_a_heap(stage: &Arc<Stage>, book: usize) {
    const HEAP: usize = 45;
    let heap: Vec<(String, Owed)> = (0..HEAP)
        .map(|n| {
            let number = format!("{book}-{n}{}", "\u{1F98B}".repeat(58));
            let owed = Owed {
                book,
                customer: CUSTOMERS[0],
                total: stage.between(100, 900),
            };
            (number, owed)
        })
        .collect();
    stage.state().invoices.extend(heap.iter().cloned());
    let at = stage.hands().wall();
    let _ = run(stage, 0, book, "import a heap of invoices", |world| {
        world.write_at(at, |tx| {
            for (number, owed) in heap {
                add(tx, number, owed)?;
            }
            dates::goes_on_autopay(tx, CUSTOMERS[0])
        })
    });
}

fn add(tx: &Tx<'_>, number: String, owed: Owed) -> Result<InvoiceId> {
    let customer = tx.read().find_customer(owed.customer)?;
    tx.add_invoice(
        &customer,
        &NewInvoice {
            terms: None,
            po_number: None,
            number: InvoiceNumber::parse(&number).expect("the simulator's own numbers"),
            total: usd(owed.total),
            issued_on: date(2026, 1, 1),
            due_on: date(2026, 1, 31),
            memo: None,
        },
    )
}

/// The invoices that a book forgot are there still, in the shop's other files.
pub fn imports_again(stage: &Arc<Stage>, process: usize, book: usize) {
    let mut all: Vec<(String, Owed)> = {
        let state = stage.state();
        let all = state.invoices.iter().filter(|(_, owed)| owed.book == book);
        all.map(|(number, owed)| (number.clone(), *owed)).collect()
    };
    all.sort_by(|one, other| one.0.cmp(&other.0));
    let at = stage.hands().wall();
    let _ = run(stage, process, book, "import invoices again", |world| {
        world.write_at(at, |tx| {
            for (number, owed) in all {
                if tx.read().invoice_by_number(&number)?.is_none() {
                    add(tx, number, owed)?;
                }
            }
            Ok(())
        })
    });
}

/// A mail server with moods; it never hears of one letter three times.
struct Post<'a>(&'a Arc<Stage>);

impl Mailer for Post<'_> {
    fn deliver(&self, letter: &Letter, _: Duration) -> Delivery {
        let stage = self.0;
        stage.state().tally.mails += 1;
        if !stage.hits(Fault::MailFails) {
            return Delivery::Accepted(format!("250 {}", letter.id).into());
        }
        match stage.below(4) {
            0 => Delivery::TryLater("451".into()),
            1 => Delivery::Unreachable("nobody answers".into()),
            2 => Delivery::Refused("550".into()),
            _ => Delivery::Unclear("cut after the dot".into()),
        }
    }
}

pub fn mailer(stage: &Arc<Stage>, process: usize, book: usize) {
    let _ = run(stage, process, book, "send mails", |world| {
        send_due(world, &Post(stage), Which::Due, None)
    });
}
