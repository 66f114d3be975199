//! Asks a gateway for an attempt or after it, in the words of what the attempt is for.

use jiff::Timestamp;

use crate::books::AttemptRow;
use crate::domain::charge::Answer;
use crate::domain::purpose::Purpose;
use crate::ports::{Gateway, GivesBack, NotAsked, Refusal, Sending, Sighting, Sought};
use crate::problem::{Deed, Problem};

/// Sends the attempt's request, once.
///
/// # Errors
///
/// As [`Gateway::charge`] and [`GivesBack::give_back`].
pub(super) fn send(
    gateway: &dyn Gateway,
    purpose: Purpose,
    sending: &Sending<'_>,
) -> Result<Answer, NotAsked> {
    match purpose {
        Purpose::Take(_) => gateway.charge(sending),
        Purpose::GiveBack(_) => gives_back(gateway)?.give_back(sending),
    }
}

/// Asks what became of it.
///
/// # Errors
///
/// Nothing was learned.
pub(super) fn look_up(
    gateway: &dyn Gateway,
    purpose: Purpose,
    sought: &Sought<'_>,
) -> Result<Sighting, NotAsked> {
    match purpose {
        Purpose::Take(_) => gateway.look_up(sought),
        Purpose::GiveBack(_) => gives_back(gateway)?.look_up(sought),
    }
}

/// What a person types into the gateway's own search to find it.
#[must_use]
pub fn search_advice(gateway: &dyn Gateway, attempt: &AttemptRow) -> String {
    match (attempt.purpose, gateway.gives_back()) {
        (Purpose::GiveBack(_), Some(gives_back)) => gives_back.search_advice(&sought(attempt)),
        _ => gateway.search_advice(&sought(attempt)),
    }
}

/// How this gateway gives back.
///
/// # Errors
///
/// [`Refusal::ByRule`]: it does not, through dues.
pub(super) fn gives_back(gateway: &dyn Gateway) -> Result<&dyn GivesBack, NotAsked> {
    gateway.gives_back().ok_or_else(|| {
        let name = gateway.name();
        let problem = Problem::refused(
            "cannot_give_back",
            format!("dues cannot give money back at {name}"),
        )
        .nothing_was(Deed::GivenBack)
        .hint(format!("Give it back on {name}'s own page."));
        NotAsked::new(Refusal::ByRule, problem)
    })
}

/// What to look for at the gateway.
#[must_use]
pub(super) fn sought(attempt: &AttemptRow) -> Sought<'_> {
    Sought {
        reference: &attempt.asked.reference,
        token: &attempt.asked.token,
        amount: attempt.asked.amount,
        id: attempt.gateway_id.as_deref(),
        // What nobody witnessed was sent when nobody knows.
        since: if attempt.witnessed {
            attempt.sent_since()
        } else {
            Timestamp::UNIX_EPOCH
        },
    }
}
