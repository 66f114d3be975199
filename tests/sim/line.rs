//! The line to the gateway: carries bytes, and breaks as the plan of faults says.
//!
//! The program's own file for Stripe writes and reads these bytes; nothing of
//! it is replaced.

use std::sync::Arc;

use dues::gateway::wire::{Ask, Reply, Sent, StillInTime, Wire};
use dues::ports::{NotAsked, Refusal, Secret};
use dues::problem::Problem;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

use super::faults::Fault;
use super::planted::Planted;
use super::returns::Refund;
use super::server::{Doing, Intent, Said, Standing};
use super::stage::{Class, Key, Parcel, Stage, State};
use super::watch::watch_send;

/// The line of one process.
pub struct Line(pub Arc<Stage>);

const DECLINES: [&str; 6] = [
    "insufficient_funds",
    "stolen_card",
    "expired_card",
    "authentication_required",
    "issuer_not_available",
    "do_not_honor",
];

pub fn secret(key: Key) -> Secret {
    Secret::new(format!("sk_test_{}x{}", key.account, key.edition))
}

impl Line {
    /// The account of the secret, if the gateway accepts it.
    fn account(&self, secret: &Secret) -> Option<usize> {
        let (account, edition) = secret.expose().strip_prefix("sk_test_")?.split_once('x')?;
        let account: usize = account.parse().ok()?;
        let edition: u32 = edition.parse().ok()?;
        (account != 1 || edition == self.0.state().edition).then_some(account)
    }

    fn reply(&self, status: u16, body: Vec<u8>) -> Reply {
        let date = DateTimePrinter::new()
            .timestamp_to_rfc9110_string(&self.0.hands().true_time())
            .unwrap_or_default();
        Reply {
            status,
            headers: vec![
                ("Date".into(), date),
                ("Request-Id".into(), "req_sim".into()),
            ],
            body,
        }
    }

    fn says(&self, status: u16, body: &Value) -> Reply {
        self.reply(status, body.to_string().into_bytes())
    }

    fn html(&self) -> Reply {
        self.reply(502, b"<html><h1>502 Bad Gateway</h1></html>".to_vec())
    }

    fn cut(&self, mut reply: Reply) -> Reply {
        let keep = self.0.below(reply.body.len().max(1) as u64);
        reply.body.truncate(usize::try_from(keep).unwrap_or(0));
        reply
    }

    /// What the card and the gateway are in the mood for.
    fn doing(&self, gives_back: bool) -> Doing {
        let stage = &self.0;
        let (no, wait) = if gives_back {
            (Fault::RefundFails, Fault::RefundWaits)
        } else {
            (Fault::Declined, Fault::Processing)
        };
        let standing = if stage.hits(no) {
            let code = stage.below(DECLINES.len() as u64);
            Standing::Declined(DECLINES[usize::try_from(code).unwrap_or(0)])
        } else if stage.hits(wait) {
            Standing::Deciding {
                until: stage.hands().truth + stage.between(600, 3 * 86_400),
                then_taken: stage.below(10) < 7,
            }
        } else {
            Standing::Taken
        };
        // Where nobody can ask, a person has no way to say how much was taken, nor
        // that a bank sent it back.
        let can_ask = stage.class != Class::Nothing;
        let comes_back = gives_back && can_ask && stage.hits(Fault::SentBack);
        Doing {
            standing,
            less: if can_ask && stage.hits(Fault::WrongAmount) {
                stage.between(1, 40)
            } else {
                0
            },
            says_500: false,
            taken_after: None,
            backdated: stage.below(2) == 0,
            comes_back_after: comes_back.then(|| stage.between(3600, 8 * 86_400)),
        }
    }

    fn parcel(&self, ask: &Ask<'_>, body: &[u8], account: usize, doing: Doing) -> Parcel {
        Parcel {
            at: self.0.hands().truth,
            account,
            gives_back: gives_back(ask),
            key: key_of(ask).to_owned(),
            body: body.to_owned(),
            doing,
        }
    }

    fn deliver(&self, ask: &Ask<'_>, body: &[u8], account: usize, doing: Doing) -> Said {
        let parcel = self.parcel(ask, body, account, doing);
        let mut state = self.0.state();
        let now = state.hands.truth;
        state.server.pass_to(now);
        let said = state.server.receive(&parcel, now);
        drop(state);
        let text = String::from_utf8_lossy(body);
        let pays = text
            .split('&')
            .find_map(|field| field.strip_prefix("metadata%5Bdues_pays%5D="));
        self.0.note(format_args!(
            "gateway: {} {} replayed {} {doing:?} {} {pays:?}",
            ask.path, said.status, said.replayed, parcel.key
        ));
        self.0.look_for_doubles();
        said
    }

    /// The network keeps the request, and delivers it within the key's life.
    fn keep(&self, ask: &Ask<'_>, body: &[u8], account: usize, least: i64, most: i64) {
        let doing = self.doing(gives_back(ask));
        let wait = self.0.between(least, most);
        let mut parcel = self.parcel(ask, body, account, doing);
        let mut state = self.0.state();
        let first = state.sent.get(&parcel.key).map(|sent| sent.0);
        let now = state.hands.truth;
        let latest = first.unwrap_or(now) + super::server::KEY_LIFE - 1;
        parcel.at = (now + wait).min(latest.max(now));
        state.in_flight.push(parcel);
    }

    /// A transaction that the book knows as another charge's, or another refund's.
    fn anothers_id(&self, intent: &Value) -> Option<String> {
        let mut guard = self.0.state();
        let State { desks, server, .. } = &mut *guard;
        let (tag, reference) = (
            intent["metadata"]["dues_book"].as_str()?,
            intent["metadata"]["dues_attempt"].as_str()?,
        );
        let desk = desks.iter_mut().find(|desk| desk.tag == tag)?;
        let connection = desk.inspect();
        let is_other =
            |book: Option<&str>, other: Option<&str>| book == Some(tag) && other != Some(reference);
        let others: Vec<String> = if intent["object"] == "refund" {
            let others = server.refunds.iter().rev();
            let others =
                others.filter(|it| is_other(it.meta("dues_book"), it.meta("dues_attempt")));
            others.map(Refund::id).collect()
        } else {
            let others = server.intents.iter().rev();
            let others =
                others.filter(|it| is_other(it.meta("dues_book"), it.meta("dues_attempt")));
            others.map(Intent::id).collect()
        };
        let known = |id: &String| {
            let sql = "select exists (select 1 from gateway_ids where gateway_id = ?1)";
            connection
                .query_row(sql, [id], |row| row.get(0))
                .unwrap_or(false)
        };
        others.into_iter().take(20).find(known)
    }

    fn lost(&self, why: &str) -> Sent {
        self.0.pass(60);
        self.0.interlude();
        Sent::Lost(format!("the gateway gave no whole answer: {why}"))
    }

    fn unreachable(&self) -> NotAsked {
        self.0.pass(10);
        let problem = Problem::refused("gateway_unreachable", "nobody answers; nothing was sent");
        NotAsked::new(Refusal::Unreachable, problem)
    }
}

fn gives_back(ask: &Ask<'_>) -> bool {
    ask.path == "/v1/refunds"
}

fn key_of<'a>(ask: &Ask<'a>) -> &'a str {
    let found = ask
        .headers
        .iter()
        .find(|(name, _)| *name == "Idempotency-Key");
    found.map_or("", |(_, key)| key)
}

fn error(kind: &str, code: &str) -> Value {
    json!({"error": {"type": kind, "code": code, "message": "no"}})
}

impl Wire for Line {
    fn get(&self, ask: &Ask<'_>) -> Result<Reply, NotAsked> {
        let stage = &self.0;
        stage.step();
        stage.pass(stage.between(0, 1));
        if stage.hits(Fault::LookUnreachable) {
            return Err(self.unreachable());
        }
        for (fault, status, kind) in [
            (Fault::Look500, 500, "api_error"),
            (Fault::Look429, 429, "invalid_request_error"),
            (Fault::Look401, 401, "authentication_error"),
        ] {
            if stage.hits(fault) {
                return Ok(self.says(status, &error(kind, "sim")));
            }
        }
        if stage.hits(Fault::LookHtml) {
            return Ok(self.html());
        }
        let later_page = ask.query.iter().any(|(name, _)| *name == "starting_after");
        if later_page && stage.hits(Fault::PageTwo) {
            return Ok(self.says(500, &error("api_error", "sim")));
        }
        let Some(account) = self.account(ask.bearer) else {
            return Ok(self.says(401, &error("authentication_error", "sim")));
        };
        let (status, mut body) = {
            let mut state = stage.state();
            let now = state.hands.truth;
            state.server.pass_to(now);
            state.server.look(account, ask.path, ask.query)
        };
        if stage.planted == Some(Planted::FirstPageOnly) && body["has_more"].is_boolean() {
            body["has_more"] = json!(false);
        }
        let mut reply = self.says(status, &body);
        if ask.path == "/v1/account" && stage.hits(Fault::NoDate) {
            reply.headers.retain(|(name, _)| name != "Date");
        }
        if stage.hits(Fault::LookSlow) {
            stage.pass(stage.between(20, 55));
        }
        stage.interlude();
        if stage.hits(Fault::LookCut) {
            Ok(self.cut(reply))
        } else {
            Ok(reply)
        }
    }

    fn post(
        &self,
        ask: &Ask<'_>,
        body: &[u8],
        still_in_time: StillInTime<'_>,
    ) -> Result<Sent, NotAsked> {
        let stage = &self.0;
        stage.step();
        if stage.hits(Fault::Unreachable) {
            return Err(self.unreachable());
        }
        stage.pass(stage.between(0, 1));
        still_in_time()?;
        if stage.hits(Fault::SleepBefore) {
            stage.sleep(stage.below(4) == 0);
        }
        stage.interlude();
        still_in_time()?;

        watch_send(stage, key_of(ask), body, self.account(ask.bearer));
        {
            let mut state = stage.state();
            state.tally.sends += 1;
            state.tally.refunds += u64::from(gives_back(ask));
            let now = state.hands.truth;
            let key = key_of(ask).to_owned();
            state.sent.entry(key.clone()).or_insert((now, 0)).1 += 1;
            state.on_the_way.push(key);
        }
        let _waits = Waits(stage, key_of(ask));
        Ok(self.carry(ask, body))
    }
}

/// Somebody waits for an answer; or was killed over it.
struct Waits<'a>(&'a Stage, &'a str);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if let Some(place) = state.on_the_way.iter().position(|key| key == self.1) {
            state.on_the_way.remove(place);
        }
    }
}

impl Line {
    /// The body has left.
    fn carry(&self, ask: &Ask<'_>, body: &[u8]) -> Sent {
        let stage = &self.0;
        if stage.hits(Fault::SleepAfter) {
            stage.sleep(stage.below(4) == 0);
            return self.lost("the machine slept");
        }
        if stage.hits(Fault::LostBefore) {
            return self.lost("it took too long");
        }
        if stage.hits(Fault::Error500) {
            return Sent::Reply(self.says(500, &error("api_error", "sim")));
        }
        if stage.hits(Fault::Html502) {
            return Sent::Reply(self.html());
        }
        if stage.hits(Fault::TooMany429) {
            return Sent::Reply(self.says(429, &error("invalid_request_error", "rate_limit")));
        }
        let account = match self.account(ask.bearer) {
            Some(account) if !stage.hits(Fault::Refused401) => account,
            _ => {
                return Sent::Reply(self.says(401, &error("authentication_error", "sim")));
            }
        };
        if stage.hits(Fault::Late) {
            self.keep(ask, body, account, 30, 20 * 3600);
            return self.lost("it took too long");
        }
        if stage.hits(Fault::Busy409) {
            self.keep(ask, body, account, 30, 1800);
            let busy = error("invalid_request_error", "idempotency_key_in_use");
            return Sent::Reply(self.says(409, &busy));
        }
        let mut doing = self.doing(gives_back(ask));
        for (fault, standing, later) in [
            (Fault::Kept500, Standing::Declined("none"), false),
            (Fault::Taken500, Standing::Taken, false),
            (Fault::Later500, Standing::Taken, true),
        ] {
            if stage.hits(fault) {
                doing.standing = standing;
                doing.says_500 = true;
                doing.taken_after = later.then(|| stage.between(600, 20 * 3600));
            }
        }
        let mut said = self.deliver(ask, body, account, doing);
        if said.status == 200
            && stage.hits(Fault::AnothersId)
            && let Some(other) = self.anothers_id(&said.body)
        {
            said.body["id"] = json!(other);
        }
        if stage.hits(Fault::Slow) {
            stage.pass(stage.between(10, 55));
        }
        stage.interlude();
        if stage.hits(Fault::LostAfter) {
            return self.lost("it took too long");
        }
        if stage.hits(Fault::Html502Taken) {
            return Sent::Reply(self.html());
        }
        let mut reply = self.says(said.status, &said.body);
        // Stripe repeats the key that it was asked with.
        let key = key_of(ask).to_owned();
        reply.headers.push(("Idempotency-Key".into(), key));
        let before = stage.state().said_last.replace(reply.clone());
        if let Some(before) = before
            && stage.hits(Fault::AnswerAhead)
        {
            return Sent::Reply(before);
        }
        if said.replayed {
            reply
                .headers
                .push(("Idempotent-Replayed".into(), "true".into()));
        }
        if stage.hits(Fault::CutShort) {
            Sent::Reply(self.cut(reply))
        } else {
            Sent::Reply(reply)
        }
    }
}
