//! The judge at the door: what must hold before a request for money leaves.

use std::collections::HashSet;
use std::sync::Arc;

use dues::domain::ids::sha256_hex;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::faults::Fault;
use super::given;
use super::oracle::{knows, on_their_way, paid_for};
use super::server::{Intent, KEY_LIFE, read_form};
use super::shop::{book_id, marks};
use super::stage::{Class, Stage};

/// A request's body is about to leave: everything that must hold before it.
pub fn watch_send(stage: &Arc<Stage>, key: &str, body: &[u8], account: Option<usize>) {
    let found = faults_of_send(stage, key, body, account);
    if let Some(what) = found {
        stage.state().tally.other += 1;
        stage.wrong(what);
    }
}

fn faults_of_send(
    stage: &Arc<Stage>,
    key: &str,
    body: &[u8],
    account: Option<usize>,
) -> Option<String> {
    let marks = marks(stage);
    let steps_fail = stage.may_hit(Fault::StepFails);
    let mut guard = stage.state();
    let state = &mut *guard;
    let now = state.hands.truth;
    let sent = state.sent.get(key).copied();
    // A book that forgot a request may name another one the same: whether that
    // did harm is seen by what is taken.
    let named = String::from_utf8_lossy(body);
    let forgot = |first: i64| {
        let mut its_own = state.desks.iter().filter(|desk| named.contains(&desk.tag));
        its_own.any(|desk| desk.restored_at >= first)
    };
    if let Some((first, sends)) = sent.filter(|(first, _)| !forgot(*first)) {
        if stage.class != Class::KeysAndLists {
            return Some(format!("SENT AGAIN: {key}, where a repetition is a charge"));
        }
        if now - first >= KEY_LIFE {
            return Some(format!(
                "OLD KEY: {key} left {} s after the first time",
                now - first
            ));
        }
        if sends >= 5 {
            return Some(format!("TOO OFTEN: {key} left {} times", sends + 1));
        }
    }
    if state.on_the_way.iter().any(|known| known == key) {
        return Some(format!("TWO SENDERS of {key} at once"));
    }
    let today = state.hands.true_time();
    let paid = paid_for(state, stage.class);
    for book in 0..state.desks.len() {
        let desk = &mut state.desks[book];
        let (tag, restored_at) = (desk.tag.clone(), desk.restored_at);
        let charged_from = desk.charged_from.clone();
        let connection = desk.inspect();
        let Some(row) = attempt_with(connection, key) else {
            continue;
        };
        // Whatever was forgotten, this book knows that it repeats, and since when.
        if row.sends > 1 && stage.class != Class::KeysAndLists {
            return Some(format!("SENT AGAIN: {key}, and its book knew that"));
        }
        let since = (row.first_sent_at.as_deref()).and_then(|at| at.parse::<Timestamp>().ok());
        // A first send may be dated by a wrong clock that nobody contradicts.
        if row.sends > 1
            && since.is_some_and(|since| today.duration_since(since).as_secs() >= KEY_LIFE)
        {
            return Some(format!("OLD KEY: {key}, and its book knew that"));
        }
        if row.state != "sending" {
            return Some(format!(
                "NOT RECORDED: {key} leaves while it is {}",
                row.state
            ));
        }
        if row.sha256 != sha256_hex(body) {
            return Some(format!("OTHER BYTES: {key} was prepared with others"));
        }
        if account.is_some_and(|account| row.account != format!("acct_{account}")) {
            return Some(format!("OTHER ACCOUNT: {key} belongs to {}", row.account));
        }
        if row
            .until
            .is_some_and(|until| *until < today.to_string()[..10])
        {
            return Some(format!("NOT WANTED: {key} leaves after the consent ended"));
        }
        if row.sends == 1 && row.unknown > 0 {
            return Some(format!(
                "ON TOP: {key} leaves while the last charge or refund is unknown"
            ));
        }
        // Where a step may fail, an orphan can stay one for a while.
        let orphans = state.at_work.last().map(|one| &one.orphans);
        let has_one = |orphans: &HashSet<i64>| {
            let mut others = on_their_way(connection);
            others.remove(&row.id);
            !others.is_disjoint(orphans)
        };
        if row.sends == 1 && !steps_fail && orphans.is_some_and(has_one) {
            return Some(format!(
                "NOT RECOVERED: {key} leaves before an orphan was asked for"
            ));
        }
        let name = format!("{book} {} {} {}", row.intent, row.n, row.customer);
        let first = state.names.entry(name).or_insert_with(|| key.to_owned());
        if first != key {
            return Some(format!("OTHER NAME: {key} left as {first} before"));
        }
        let Some(mark) = marks.read(&book_id(book)) else {
            return Some(format!("NO MARK while {key} leaves"));
        };
        if log_hash(connection, mark.seq).as_ref() != Some(&mark.hash) {
            return Some(format!(
                "OLD BOOK: {key} leaves from a book that the mark is ahead of"
            ));
        }
        // The mark was written for this request; this witness is older.
        if let Some((machine, seq, hash)) = charged_from
            && machine == state.machine
            && log_hash(connection, seq) != Some(hash)
        {
            return Some(format!(
                "OLD BOOK: {key} leaves, and this machine charged from a later state of its book"
            ));
        }
        if row.sends == 1 && stage.class != Class::Nothing {
            let mut listed = state.server.intents.iter().filter(|intent| {
                intent.is_taken()
                    && intent.created <= restored_at
                    && intent.meta("dues_book") == Some(&tag)
            });
            let forgot = listed
                .find(|it| !knows(connection, &it.id(), it.meta("dues_attempt")))
                .map(Intent::id)
                .or_else(|| given::forgotten_since(&state.server, connection, &tag, restored_at));
            if let Some(id) = forgot {
                return Some(format!(
                    "FORGOT: {key} leaves from a book that does not know {id}"
                ));
            }
        }
        let charges = mark.open.iter().map(|open| &open.reference);
        let refunds = mark.open_refunds.iter().map(|open| &open.reference);
        if !charges.chain(refunds).any(|it| *it == row.reference) {
            return Some(format!(
                "NOT MARKED: {key} leaves and the mark does not have it"
            ));
        }
        if row.gives_back {
            let asked = given::Asked::read(&read_form(body));
            if asked.amount != Some(row.amount) || asked.of != row.token {
                return Some(format!(
                    "ASKED OTHERWISE: {key} asks for {asked:?}; its book has {} of {}",
                    row.amount, row.token
                ));
            }
            if let Some(what) = given::more_than_taken(state, stage.class, &row.reference, &asked) {
                return Some(what);
            }
        }
        let connection = state.desks[book].inspect();
        // The label may leave out what the plan does not.
        let plan = plan_of(connection, &row.reference);
        let reopened = given::reopened_now(connection);
        given::remember(&mut state.reopened, &reopened);
        for (number, part) in &plan {
            let others = paid
                .iter()
                .filter(|one| one.invoice == *number && one.reference != row.reference);
            let others: i64 = others.map(|one| one.amount).sum();
            let again = state.reopened.get(number).map_or(0, |it| it.before)
                + reopened.get(number).copied().unwrap_or(0);
            let total = state.invoices.get(number).map(|owed| owed.total);
            if total.is_some_and(|total| others + part > total + again) {
                return Some(format!(
                    "PAID ALREADY: {key} leaves for {part} of {number}, of which {others} was taken and {again} reopened"
                ));
            }
        }
        drop(paid);
        state.plans.insert(row.reference.clone(), plan);
        let newest = state.desks[book]
            .inspect()
            .query_row(
                "select seq, hash from audit order by seq desc limit 1",
                [],
                |row| Ok((state.machine, row.get(0)?, row.get(1)?)),
            )
            .expect("the log can be read");
        state.desks[book].charged_from = Some(newest);
        return None;
    }
    Some(format!("NO ROW: {key} leaves and no book has it"))
}

/// What a request is to pay from the card, in its order.
fn plan_of(connection: &Connection, reference: &str) -> Vec<(String, i64)> {
    let mut statement = connection
        .prepare_cached(
            "select i.number, p.amount_minor from attempts a
               join plans p on p.charge_id = a.charge_id join invoices i on i.id = p.invoice_id
              where a.reference = ?1 and p.credit_id is null order by p.line",
        )
        .expect("the book can be read");
    let rows = statement.query_map([reference], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.and_then(Iterator::collect)
        .expect("the plans can be read")
}

/// The hash of a row of the log, if the book has it.
fn log_hash(connection: &Connection, seq: i64) -> Option<String> {
    connection
        .query_row("select hash from audit where seq = ?1", [seq], |row| {
            row.get(0)
        })
        .optional()
        .expect("the log can be read")
}

struct Row {
    id: i64,
    state: String,
    sha256: String,
    account: String,
    reference: String,
    /// What was asked of: the card's token, or the transaction.
    token: String,
    amount: i64,
    gives_back: bool,
    until: Option<String>,
    sends: i64,
    /// Other charges of the same customer whose outcome nobody knows, or other
    /// refunds of the same payment that are open.
    unknown: i64,
    intent: String,
    n: i64,
    customer: i64,
    first_sent_at: Option<String>,
}

fn attempt_with(connection: &Connection, key: &str) -> Option<Row> {
    connection
        .query_row(
            "select a.state, a.request_sha256, a.account, a.reference,
               (select until from authorizations z where z.card_id = c.card_id order by id desc limit 1) as until,
               a.sends,
               (select count(*) from attempts o join charges d on d.id = o.charge_id
                 where d.customer_id = c.customer_id and d.id <> c.id and o.state in ('unknown', 'review', 'sending'))
               + (select count(*) from open_attempts o join refunds d on d.id = o.refund_id
                   where d.payment_id = r.payment_id and d.id <> r.id) as unknown,
               a.id, coalesce(c.intent, r.intent) as intent, a.n,
               coalesce(c.customer_id, (select customer_id from payments where id = r.payment_id)) as customer,
               a.first_sent_at, a.token, a.amount_minor, r.id is not null as gives_back
             from attempts a left join charges c on c.id = a.charge_id left join refunds r on r.id = a.refund_id
            where a.key = ?1",
            [key],
            |row| {
                Ok(Row {
                    state: row.get("state")?,
                    sha256: row.get("request_sha256")?,
                    account: row.get("account")?,
                    reference: row.get("reference")?,
                    token: row.get("token")?,
                    amount: row.get("amount_minor")?,
                    gives_back: row.get("gives_back")?,
                    until: row.get("until")?,
                    sends: row.get("sends")?,
                    unknown: row.get("unknown")?,
                    id: row.get("id")?,
                    intent: row.get("intent")?,
                    n: row.get("n")?,
                    customer: row.get("customer")?,
                    first_sent_at: row.get("first_sent_at")?,
                })
            },
        )
        .optional()
        .expect("the book can be read")
}
