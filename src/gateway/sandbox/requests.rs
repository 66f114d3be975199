//! How the sandbox reads a request, and how what came of it stands.
//!
//! Taking money and giving it back are met alike: a known key is answered as
//! before, a new one is played as the card says, and written down before it is
//! answered.

use std::collections::BTreeMap;
use std::fs::File;

use super::ledger::{Back, Ledger, Line, Made, append};
use super::plays::{Play, decline, sent_back};
use crate::domain::charge::{Answer, Capture};
use crate::domain::ids::sha256_hex;
use crate::domain::label::Label;
use crate::domain::money::{Currency, Money};
use crate::ports::{NotAsked, Refusal, Seen, Sending, Sighting, Sought};
use crate::problem::{Deed, Problem};
use crate::rehearsal;

/// What a request wants, of which card.
pub(super) struct Wanted {
    pub(super) token: String,
    pub(super) reference: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) label: BTreeMap<String, String>,
    /// What it gives back, if it does.
    pub(super) back: Option<Back>,
}

/// What came back over the wire that the sandbox does not have.
pub(super) enum Heard {
    Refused(NotAsked),
    Answered(Answer),
    Slowly(Answer),
}

/// Reads a request as the gateway would. `against` says what stands against
/// one that was never read before.
pub(super) fn receive(
    ledger: &Ledger,
    file: &mut File,
    sending: &Sending<'_>,
    wanted: Wanted,
    play: Play,
    against: impl FnOnce() -> std::io::Result<Option<NotAsked>>,
) -> std::io::Result<Heard> {
    let gives_back = wanted.back.is_some();
    let unread = |file: &mut File, refusal, problem| {
        let token = wanted.token.clone();
        append(file, &Line::Unread { token, gives_back })?;
        Ok(Heard::Refused(NotAsked::new(refusal, problem)))
    };
    match play {
        Play::Unreachable => {
            let problem = Problem::refused("gateway_unreachable", "the sandbox cannot be reached")
                .nothing_was(Deed::Sent)
                .hint("Check the connection and try again.");
            return unread(file, Refusal::Unreachable, problem);
        }
        Play::TooMany => {
            let problem = Problem::refused(
                "gateway_busy",
                "the sandbox has too many requests; it did not read this one",
            )
            .hint("Try again in a minute.");
            return unread(file, Refusal::Busy { wait: None }, problem);
        }
        _ => {}
    }
    let hash = sha256_hex(sending.request);
    let known = ledger
        .made(gives_back)
        .find(|made| made.key == sending.key)
        .cloned();
    let made = match known {
        Some(made) if made.request_sha256 != hash => {
            return Ok(Heard::Answered(Answer::Unknown(
                "the sandbox knows this key with another request".into(),
            )));
        }
        Some(made) => made,
        None => {
            if let Some(not_asked) = against()? {
                return Ok(Heard::Refused(not_asked));
            }
            let (before, after, prefix) = if gives_back {
                ("sandbox.before_giving", "sandbox.given", "sbx_re_")
            } else {
                ("sandbox.before_taking", "sandbox.taken", "sbx_ch_")
            };
            rehearsal::point(before).map_err(std::io::Error::other)?;
            let id = format!("{prefix}{}", ledger.made(gives_back).count() + 1);
            let declined = decline(play, &id, &wanted.reference).is_some();
            let made = Made {
                id,
                key: sending.key.to_owned(),
                request_sha256: hash,
                reference: wanted.reference,
                token: wanted.token,
                amount: wanted.amount - i64::from(play == Play::WrongAmount),
                currency: wanted.currency,
                taken: !declined && play != Play::FiveHundred,
                label: wanted.label,
                back: wanted.back,
            };
            let line = if gives_back {
                Line::Return(made.clone())
            } else {
                Line::Charge(made.clone())
            };
            let written = append(file, &line);
            // What was begun may be on the disk whatever the disk says of it.
            let rehearsed = rehearsal::point(after).map_err(std::io::Error::other);
            if let Err(error) = written.and(rehearsed) {
                return Ok(Heard::Answered(Answer::Unknown(
                    format!("the sandbox broke off while it wrote its ledger: {error}").into(),
                )));
            }
            if play == Play::Lost {
                return Ok(Heard::Answered(Answer::Unknown(
                    "the connection was lost before the answer came".into(),
                )));
            }
            made
        }
    };
    let capture = capture(&made)?;
    Ok(match play {
        Play::FiveHundred | Play::FiveHundredDone => Heard::Answered(Answer::Unknown(
            "the sandbox answered with an error of its own (500)".into(),
        )),
        Play::Pending if ledger.looks(&made.id) == 0 => Heard::Answered(Answer::Pending(capture)),
        Play::Slow => Heard::Slowly(Answer::Taken(capture)),
        _ => Heard::Answered(match decline(play, &made.id, &made.reference) {
            Some(decline) => Answer::Declined(decline),
            None => Answer::Taken(capture),
        }),
    })
}

/// The one with the reference or the id, as it stands. The sandbox has no
/// clock: what may yet change changes after it was looked at once.
pub(super) fn look_up(
    ledger: &Ledger,
    file: &mut File,
    sought: &Sought<'_>,
    back: bool,
) -> std::io::Result<Sighting> {
    let found: Vec<&Made> = ledger
        .made(back)
        .filter(|made| made.reference == sought.reference || sought.id == Some(made.id.as_str()))
        .collect();
    let [made] = found[..] else {
        return Ok(if found.is_empty() {
            Sighting::NotListed
        } else {
            Sighting::Several(found.iter().map(|made| made.id.clone()).collect())
        });
    };
    let Some(answer) = standing(ledger, made)? else {
        return Ok(Sighting::NotListed);
    };
    let changes = matches!(
        (play_of(ledger, made), &answer),
        (_, Answer::Pending(_)) | (Play::ComesBack, Answer::Taken(_))
    );
    if changes {
        let id = made.id.clone();
        append(file, &Line::Looked { id })?;
    }
    Ok(Sighting::Found(answer))
}

/// All that this book's requests made. The ledger keeps no time: the list is
/// all there ever was.
pub(super) fn recent(
    ledger: &Ledger,
    book: &str,
    of: Option<&str>,
    back: bool,
) -> std::io::Result<Vec<Seen>> {
    let mut recent = Vec::new();
    for made in ledger.made(back) {
        let label = Label::read(|name| made.label.get(name).map(String::as_str));
        let capture = capture(made)?;
        if of.is_none_or(|of| capture.token.as_deref() == Some(of))
            && let Some(label) = label.filter(|label| label.book == book)
            && let Some(answer) = standing(ledger, made)?
        {
            recent.push(Seen {
                label,
                reference: made.reference.clone(),
                token: capture.token,
                amount: capture.amount,
                made_at: None,
                answer,
            });
        }
    }
    Ok(recent)
}

/// How it stands; `None`: it came to nothing.
pub(super) fn standing(ledger: &Ledger, made: &Made) -> std::io::Result<Option<Answer>> {
    let capture = capture(made)?;
    let play = play_of(ledger, made);
    let looks = ledger.looks(&made.id);
    Ok(match play {
        Play::Pending if looks == 0 => Some(Answer::Pending(capture)),
        Play::ComesBack if looks > 0 && !is_void(made) => {
            Some(Answer::Declined(sent_back(&made.id, &made.reference)))
        }
        _ if made.taken => Some(Answer::Taken(capture)),
        _ => decline(play, &made.id, &made.reference).map(Answer::Declined),
    })
}

/// A charge that was cancelled has nothing that a bank could send back.
fn is_void(made: &Made) -> bool {
    made.back.as_ref().is_some_and(|back| back.void)
}

fn play_of(ledger: &Ledger, made: &Made) -> Play {
    ledger
        .play(&made.token, &made.key, made.back.is_some())
        .unwrap_or(Play::Goes)
}

fn capture(made: &Made) -> std::io::Result<Capture> {
    let of = made.back.as_ref().map(|back| &back.transaction);
    Ok(Capture {
        id: made.id.clone(),
        amount: money(made.amount, &made.currency)?,
        token: Some(of.unwrap_or(&made.token).clone()),
        reference: Some(made.reference.clone()),
    })
}

pub(super) fn money(minor: i64, currency: &str) -> std::io::Result<Money> {
    let currency = Currency::parse(currency).map_err(std::io::Error::other)?;
    Ok(Money::of(minor, currency))
}
