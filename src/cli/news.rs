//! What a command says on the side while it works.

use jiff::tz::TimeZone;

use super::session::Session;
use crate::domain::charge::State;
use crate::domain::hour::to_the_second;
use crate::domain::refund::TakenFrom;
use crate::jobs::News;
use crate::jobs::recover::Recovered;
use crate::jobs::sent_back::SentBack;
use crate::problem::{Kind, Problem};

/// Says on the side what happens before there is a result.
pub fn told(session: &Session, zone: &TimeZone, news: &News) {
    match news {
        News::Waiting => session
            .terminal
            .say("another dues is charging; waiting for it to finish"),
        News::Ran(_) => {}
        News::SentBack(back) => session.terminal.say(&sent_back_line(back)),
        News::Recovered(found) => {
            let which = found.purpose.to_string();
            session.terminal.say(&recovered_line(found, &which, zone));
        }
    }
}

/// What was found out of a charge or a refund; `which` names it.
/// `RF-3: the bank sent 50.00 USD of PAY-7 back; INV-1 is paid by it again`
pub fn sent_back_line(back: &SentBack) -> String {
    let SentBack {
        refund,
        payment,
        amount,
        went,
    } = back;
    let went: Vec<String> = went
        .iter()
        .map(|share| match &share.from {
            TakenFrom::Account => format!("{} is on account", share.amount),
            TakenFrom::Invoice { number, .. } => {
                format!("{} pays {number} again", share.amount)
            }
        })
        .collect();
    format!(
        "{refund}: the bank sent {amount} of {payment} back; {}",
        went.join(", ")
    )
}

/// That a person must hear of what a bank sent back.
pub fn came_back(sent_back: &[SentBack]) -> Option<Problem> {
    let first = sent_back.first()?;
    let fact = match sent_back.len() {
        1 => format!("the bank sent 1 refund back ({})", first.refund),
        n => format!("the bank sent {n} refunds back"),
    };
    Some(
        Problem::new(Kind::Attention, "refund_sent_back", fact).hint(
            "The customer did not get the money: ask where it is to go, and send it in another way. \
             It is in the book again; see `dues refund list`.",
        ),
    )
}

pub fn recovered_line(found: &Recovered, which: &str, zone: &TimeZone) -> String {
    let Recovered {
        purpose,
        from,
        to,
        why,
        ask_again_at,
    } = found;
    let mut line = match to {
        State::Succeeded => format!("{which} was {from}; it did succeed, and is booked"),
        State::Declined => format!("{which} was {from}; it was declined"),
        State::NotMade => {
            let done = purpose.done();
            format!("{which} was {from}; it was not made, nothing was {done}")
        }
        State::Review if *from == State::Review => {
            format!("{which} still waits for a person: `dues charge review`")
        }
        State::Review => {
            format!("{which} was {from}; a person must decide it now: `dues charge review`")
        }
        _ => format!("{which} is {to} still"),
    };
    if let Some(why) = why {
        line.push_str(&format!(" ({why})"));
    }
    if let Some(at) = ask_again_at {
        line.push_str(&format!("; ask again from {}", to_the_second(*at, zone)));
    }
    line
}
