//! What must hold after any fault: a user comes back later, and the book agrees with the gateway's own ledger.
//!
//! The sandbox's ledger shares nothing with the book. It is read here as the
//! lines it is, not by the program's own code.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

use dues::books::{Books, ChargeRow, Reader, RefundRow, Refunds};
use dues::domain::charge::State;
use dues::domain::outbox::MailState;
use serde_json::Value;

use crate::shop::Shop;

pub const CHARGE: &str = "charge acme --invoice INV-1 --yes";

/// When a user comes back. The last mail that a fault delayed is due by then.
const LATER: [&str; 7] = [
    "2026-11-22T15:10:00Z",
    "2026-11-22T15:20:00Z",
    "2026-11-22T17:00:00Z",
    "2026-11-22T23:00:00Z",
    "2026-11-24T15:00:00Z",
    "2026-11-27T15:00:00Z",
    "2026-12-02T15:00:00Z",
];

/// A moment of a shop's day, and how that day must end whatever happens now.
pub struct Scene {
    pub name: String,
    /// As it stands before; each fault happens to a copy.
    pub shop: Shop,
    /// What is being done when the fault comes.
    pub line: &'static str,
    pub at: &'static str,
    /// What a user does about it, again and again.
    pub then: &'static [&'static str],
    /// How often money is taken in the end, and how much.
    pub taken: (usize, i64),
    /// How often money is given back in the end, and how much.
    pub given: (usize, i64),
    /// What the invoices have open in the end.
    pub open: i64,
}

impl Scene {
    /// The line of this scene, in a shop.
    pub fn command(&self, shop: &Shop) -> Command {
        let mut command = shop.command(self.line);
        command.env("DUES_NOW", self.at);
        command
    }

    /// Runs the line under a fault, and lets a user come back until all is
    /// settled; what is wrong then, or was said wrongly on the way.
    pub fn survives(&self, fault: impl FnOnce(Command, &Shop) -> Output) -> Result<(), String> {
        let shop = self.shop.copy();
        let before = (taken(&shop), given(&shop));
        let first = fault(self.command(&shop), &shop);
        let told = |what: &str| format!("{}: {what}: {}", self.name, shop.seen(self.line, &first));
        died_well(&first).map_err(|what| told(&what))?;
        // Unless it tells of an earlier charge or refund.
        let asks = ["charge acme", "payment refund", "payment void"];
        let said = String::from_utf8_lossy(&first.stderr);
        let says_nothing_was_done = asks.iter().any(|asks| self.line.starts_with(asks))
            && matches!(first.status.code(), Some(1 | 2 | 3 | 7))
            && !said.contains("did take")
            && !said.contains("did give");
        if says_nothing_was_done {
            // And so it must stay, until somebody asks for it again.
            for now in &LATER[..3] {
                again(&shop, "charge recover", now).map_err(|what| told(&what))?;
            }
            if (taken(&shop), given(&shop)) != before {
                return Err(told("it said that nothing was charged or given back"));
            }
        }
        for now in LATER {
            for line in self.then {
                again(&shop, line, now).map_err(|what| told(&what))?;
            }
            if is_settled(&shop) && (taken(&shop), given(&shop)) == (self.taken, self.given) {
                break;
            }
        }
        self.ends_well(&shop, &first).map_err(|what| told(&what))
    }

    fn ends_well(&self, shop: &Shop, first: &Output) -> Result<(), String> {
        if taken(shop) != self.taken {
            return Err(format!("taken {:?}, not {:?}", taken(shop), self.taken));
        }
        if given(shop) != self.given {
            return Err(format!("given {:?}, not {:?}", given(shop), self.given));
        }
        agrees(shop)?;
        let open = open(shop)?;
        if open != self.open {
            return Err(format!("{open} is open, not {}", self.open));
        }
        if String::from_utf8_lossy(&first.stdout).contains("Booked as") && self.taken.0 == 0 {
            return Err("what it called booked is not in the book".to_owned());
        }
        Ok(())
    }
}

/// Runs a line at a moment; it may refuse, and it must not break.
pub fn again(shop: &Shop, line: &str, now: &str) -> Result<(), String> {
    let output = shop.command(line).env("DUES_NOW", now).output().unwrap();
    match output.status.code() {
        Some(0..=9) => Ok(()),
        _ => Err(format!("then at {now}: {}", shop.seen(line, &output))),
    }
}

/// Killed, or an exit code of the table; a mistake of its own is neither.
pub fn died_well(output: &Output) -> Result<(), String> {
    match (output.status.code(), output.status.signal()) {
        (Some(0..=9), _) | (None, Some(6 | 9)) => Ok(()),
        // The system's loader, before the program began.
        (Some(127), _) if output.stdout.is_empty() => Ok(()),
        _ => Err(format!("it ended with {}", output.status)),
    }
}

/// How often the sandbox took money, and how much.
pub fn taken(shop: &Shop) -> (usize, i64) {
    let taken = captures(shop);
    (taken.len(), taken.iter().map(|(_, amount)| amount).sum())
}

/// How often the sandbox gave money back, and how much.
pub fn given(shop: &Shop) -> (usize, i64) {
    let given = moved(shop, "return");
    (given.len(), given.iter().map(|(_, amount)| amount).sum())
}

fn captures(shop: &Shop) -> Vec<(String, i64)> {
    moved(shop, "charge")
}

/// Reference and amount of each capture or refund, as the ledger's lines say.
fn moved(shop: &Shop, what: &str) -> Vec<(String, i64)> {
    let text = std::fs::read_to_string(shop.path("book.sandbox.jsonl")).unwrap_or_default();
    let lines = text.lines();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let moved = lines.filter(|line| line[what]["taken"] == true);
    let facts = |line: Value| {
        let amount = line[what]["amount"].as_i64().unwrap();
        (line[what]["reference"].as_str().unwrap().to_owned(), amount)
    };
    moved.map(facts).collect()
}

fn book(shop: &Shop) -> Result<Books, String> {
    Books::open(&shop.path("book.db")).map_err(|problem| problem.to_string())
}

fn open(shop: &Shop) -> Result<i64, String> {
    let books = book(shop)?;
    let open = books
        .read()
        .open_invoices(None)
        .map_err(|problem| problem.to_string())?;
    Ok(open.iter().map(|invoice| invoice.open.minor()).sum())
}

/// Nothing is on its way any more, neither money nor mail.
fn is_settled(shop: &Shop) -> bool {
    let Ok(books) = book(shop) else {
        return false;
    };
    let book = books.read();
    let mails = book.mails(true).unwrap_or_default();
    book.open_attempts().is_ok_and(|open| open.is_empty())
        && mails
            .iter()
            .all(|mail| matches!(mail.state, MailState::Failed | MailState::Written))
}

/// Each capture and refund is booked once, each booking has one, each payment and
/// refund one mail, nothing is open, and every rule of the book holds.
pub fn agrees(shop: &Shop) -> Result<(), String> {
    let captures = captures(shop);
    let books = book(shop)?;
    let read = books.read();
    let charges = read.charges(None).map_err(|problem| problem.to_string())?;
    let mut booked = Vec::new();
    for charge in &charges {
        if charge.attempt.state.is_open() || charge.attempt.state == State::Review {
            return Err(format!("{} is {} still", charge.id, charge.attempt.state));
        }
        if charge.attempt.state == State::Succeeded {
            let payment = read
                .payment_of(charge.id)
                .map_err(|problem| problem.to_string())?;
            let amount = payment.map(|payment| payment.amount.minor());
            booked.push((charge.attempt.asked.reference.clone(), amount.unwrap_or(0)));
        }
    }
    booked.sort();
    let mut sorted = captures.clone();
    sorted.sort();
    if booked != sorted {
        return Err(format!("booked {booked:?}, and the ledger has {sorted:?}"));
    }
    let references: BTreeSet<_> = captures.iter().map(|(reference, _)| reference).collect();
    if references.len() != captures.len() {
        return Err(format!("one request was taken twice: {captures:?}"));
    }
    let refunds = refunds(read)?;
    let given: Vec<_> = (refunds.iter())
        .map(|refund| {
            let reference = refund.attempt.asked.reference.clone();
            (reference, refund.given_back.minor())
        })
        .collect();
    let ledger = moved(shop, "return");
    if given != ledger {
        return Err(format!(
            "given back {given:?}, and the ledger has {ledger:?}"
        ));
    }
    let mails = read.mails(false).map_err(|problem| problem.to_string())?;
    let confirmed =
        |charge: &&ChargeRow| charge.wants_mail && charge.attempt.state == State::Succeeded;
    let told = refunds.iter().filter(|refund| refund.wants_mail);
    let wanted = charges.iter().filter(confirmed).count() + told.count();
    if mails.len() != wanted {
        return Err(format!("{} mails for {wanted} confirmations", mails.len()));
    }
    for mail in &mails {
        let letter = shop
            .path("mails")
            .join(format!("{}.eml", mail.letter.message_id));
        let is_doubtful = mail.state == MailState::Failed && mail.doubts > 0;
        if mail.state != MailState::Written && !is_doubtful {
            return Err(format!("{} is {} in the end", mail.letter.id, mail.state));
        }
        if !letter.exists() {
            return Err(format!(
                "{} is {}, and was not written",
                mail.letter.id, mail.state
            ));
        }
    }
    drop(books);
    let check = shop.run("check");
    if !check.status.success() || !check.stdout.is_empty() {
        return Err(shop.seen("check", &check));
    }
    Ok(())
}

/// The refunds that were given back, oldest first; none is open.
fn refunds(read: Reader<'_>) -> Result<Vec<RefundRow>, String> {
    let mut refunds = Vec::new();
    read.each_refund(Refunds::All, false, |whole| {
        refunds.insert(0, whole.refund);
        Ok(())
    })
    .map_err(|problem| problem.to_string())?;
    if let Some(open) = refunds.iter().find(|it| it.attempt.state.is_open()) {
        return Err(format!("{} is {} still", open.id, open.attempt.state));
    }
    refunds.retain(|refund| refund.attempt.state == State::Succeeded);
    Ok(refunds)
}
