//! What a command says on the side while it works.

use jiff::tz::TimeZone;

use super::session::Session;
use crate::domain::charge::State;
use crate::jobs::News;
use crate::jobs::recover::Recovered;

/// Says on the side what happens before there is a result.
pub fn told(session: &Session, zone: &TimeZone, news: &News) {
    match news {
        News::Waiting => session
            .terminal
            .say("another dues is charging; waiting for it to finish"),
        News::Ran(_) => {}
        News::Recovered(found) => {
            let which = found.purpose.to_string();
            session.terminal.say(&recovered_line(found, &which, zone));
        }
    }
}

/// What was found out of a charge or a refund; `which` names it.
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
        line.push_str(&format!(
            "; ask again from {}",
            at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S")
        ));
    }
    line
}
