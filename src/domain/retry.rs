//! When a declined charge is tried again: what the bank said, the networks'
//! rules, and what the card has been through already.
//!
//! Two questions. [`next`] asks about one scheduled payment: when again, if
//! ever. [`bar`] asks about the card, over all schedules and customers: no
//! payment is so urgent that a card is tried after "never again". Every
//! answer carries its reason.
//!
//! Sources: Visa Core Rules, table 7-2 (decline categories); Mastercard
//! Transaction Processing Rules (merchant advice codes).

use std::fmt;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::decline::{Class, Decline};
use super::ids::CardId;

/// The most that one scheduled payment is tried, whatever is configured.
pub const MOST_TRIES: usize = 4;
/// The most declines of one card in [`WINDOW_DAYS`]; Visa's older, lower cap.
pub const MOST_DECLINES: usize = 15;
pub const WINDOW_DAYS: i32 = 30;

/// On which days after the first try a soft decline is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    soft_days: Vec<u16>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            soft_days: vec![1, 3, 7],
        }
    }
}

impl Policy {
    /// Days after the first try, in order: `[1, 3, 7]`; none: never again.
    /// `None` for days that do not rise from 1 on, or are more than the
    /// networks allow.
    #[must_use]
    pub fn on_days(soft_days: Vec<u16>) -> Option<Self> {
        let rises = soft_days.windows(2).all(|pair| pair[0] < pair[1]);
        let fits =
            soft_days.len() < MOST_TRIES && soft_days.iter().all(|day| (1..=30).contains(day));
        (rises && fits).then_some(Self { soft_days })
    }
}

/// One try to take money that the bank has decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    pub card: CardId,
    pub at: Timestamp,
    /// Its local date.
    pub on: Date,
    /// `None`: the money was taken.
    pub decline: Option<Decline>,
}

/// What becomes of a scheduled payment that was declined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// On this day at the schedule's hour, and not before this instant.
    Again {
        on: Date,
        after: Timestamp,
        why: Why,
    },
    Never(Why),
}

/// The reason for a retry, or for none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The bank said never again on this card.
    Hard { code: String },
    /// The customer must put something right.
    CustomerMustAct { code: String },
    /// The bank wants the customer to confirm.
    CustomerMustConfirm { code: String },
    /// Not now; this is try `n` of `of`.
    Soft { code: String, n: usize, of: usize },
    /// A word we do not know gets one more try.
    Unlisted { code: String },
    /// Mastercard's advice says how long to wait.
    Advised { advice: String, days: i32 },
    /// The bank could not be reached.
    Busy { code: String },
    /// Our own account or set-up is wrong.
    Ours { code: String },
    /// The customer has another card now.
    NewCard,
    /// Tried as often as allowed.
    UsedUp { tries: usize },
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hard { code } => write!(f, "the bank says never again on this card ({code})"),
            Self::CustomerMustAct { code } => {
                write!(
                    f,
                    "the customer must correct the card or give another ({code})"
                )
            }
            Self::CustomerMustConfirm { code } => {
                write!(f, "the bank wants the customer to confirm ({code})")
            }
            Self::Soft { code, n, of } => {
                write!(f, "not now, the bank says ({code}); try {n} of {of}")
            }
            Self::Unlisted { code } => {
                write!(
                    f,
                    "the bank gave a reason that dues does not know ({code}); one more try"
                )
            }
            Self::Advised { advice, days: 1 } => {
                write!(f, "the network asks to wait a day (advice {advice})")
            }
            Self::Advised { advice, days } => {
                write!(f, "the network asks to wait {days} days (advice {advice})")
            }
            Self::Busy { code } => write!(f, "the bank could not be reached ({code})"),
            Self::Ours { code } => write!(f, "our own account must be put right first ({code})"),
            Self::NewCard => f.write_str("the customer has another card now"),
            Self::UsedUp { tries: 1 } => f.write_str("it was tried once, and is not tried again"),
            Self::UsedUp { tries } => write!(f, "it was tried {tries} times, as often as allowed"),
        }
    }
}

/// Why a card may not be tried on a day by any schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bar {
    /// A bank said never again, and nothing was taken since.
    Hard { code: String, on: Date },
    /// Declined today already.
    Today,
    /// Declined as often as the networks allow; free again on this day.
    TooOften { declines: usize, until: Date },
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hard { code, on } => {
                write!(f, "the bank said on {on} never again on this card ({code})")
            }
            Self::Today => f.write_str("the card was declined today; a card is tried once a day"),
            Self::TooOften { declines, until } => write!(
                f,
                "the card was declined {declines} times in {WINDOW_DAYS} days; not before {until}"
            ),
        }
    }
}

/// Words of banks that are known to mean "not now".
const SOFT: [&str; 13] = [
    "insufficient_funds",
    "card_velocity_exceeded",
    "withdrawal_count_limit_exceeded",
    "card_declined",
    "generic_decline",
    "do_not_honor",
    "call_issuer",
    "no_action_taken",
    "approve_with_id",
    "try_again_later",
    "05",
    "51",
    "61",
];

/// Visa's category 1, "issuer will never approve".
const VISA_NEVER: [&str; 12] = [
    "04", "07", "12", "14", "15", "41", "43", "46", "57", "R0", "R1", "R3",
];
/// Visa's category 3, "revalidate": other data first.
const VISA_DATA: [&str; 6] = ["54", "55", "70", "82", "6P", "N7"];

/// What kind of no it is once the networks' own words are heard.
#[must_use]
pub fn kind(decline: &Decline) -> Class {
    match decline.advice.as_deref() {
        Some("01" | "confirm_card_data") => return Class::Fix,
        // Do not retry; token not supported; cancelled; wrong product; cards
        // that can never be charged again.
        Some("03" | "04" | "21" | "22" | "40" | "41" | "do_not_try_again") => return Class::Hard,
        _ => {}
    }
    match decline.code.as_str() {
        code if VISA_NEVER.contains(&code) => Class::Hard,
        "1A" => Class::Auth,
        code if VISA_DATA.contains(&code) => Class::Fix,
        _ => decline.class,
    }
}

/// How many days Mastercard's advice asks to wait; an hour is a day to a card
/// that is tried once a day.
fn advised_days(decline: &Decline) -> Option<i32> {
    match decline.advice.as_deref()? {
        "24" | "25" => Some(1),
        "26" => Some(2),
        "02" => Some(3),
        "27" => Some(4),
        "28" => Some(6),
        "29" => Some(8),
        "30" => Some(10),
        _ => None,
    }
}

/// When a scheduled payment is tried again on this card, from its tries so far
/// in order; `None` if it was not declined.
#[must_use]
pub fn next(tries: &[Try], card: CardId, policy: &Policy) -> Option<Next> {
    let (first, last) = (tries.first()?, tries.last()?);
    let decline = last.decline.as_ref()?;
    // What our own set-up refused reached no bank, and was no try of the card.
    let ours = |done: &&Try| {
        done.decline
            .as_ref()
            .is_some_and(|no| kind(no) == Class::Config)
    };
    let done = tries.iter().filter(|done| !ours(done)).count();
    let code = || decline.code.to_string();
    let again = |on: Date, why| Next::Again {
        on,
        after: last.at,
        why,
    };
    let days_after = |on: Date, days: i32| on.checked_add(days.days()).unwrap_or(Date::MAX);
    let tomorrow = days_after(last.on, 1);

    let class = kind(decline);
    if class == Class::Config {
        return Some(again(tomorrow, Why::Ours { code: code() }));
    }
    if done >= MOST_TRIES {
        return Some(Next::Never(Why::UsedUp { tries: done }));
    }
    if last.card != card {
        return Some(again(last.on, Why::NewCard));
    }
    let of = policy.soft_days.len() + 1;
    Some(match class {
        Class::Hard => Next::Never(Why::Hard { code: code() }),
        Class::Fix => Next::Never(Why::CustomerMustAct { code: code() }),
        Class::Auth => Next::Never(Why::CustomerMustConfirm { code: code() }),
        Class::Wait => again(tomorrow, Why::Busy { code: code() }),
        Class::Soft | Class::Config => {
            let Some(soft_days) = policy.soft_days.get(done - 1) else {
                return Some(Next::Never(Why::UsedUp { tries: done }));
            };
            if let Some(days) = advised_days(decline) {
                let after = last
                    .at
                    .checked_add(SignedDuration::from_hours(24 * i64::from(days)));
                return Some(Next::Again {
                    on: days_after(last.on, days),
                    after: after.unwrap_or(Timestamp::MAX),
                    why: Why::Advised {
                        advice: decline.advice.clone().unwrap_or_default().into(),
                        days,
                    },
                });
            }
            let on = days_after(first.on, i32::from(*soft_days)).max(tomorrow);
            if SOFT.contains(&decline.code.as_str()) {
                again(
                    on,
                    Why::Soft {
                        code: code(),
                        n: done + 1,
                        of,
                    },
                )
            } else if done == 1 {
                again(on, Why::Unlisted { code: code() })
            } else {
                Next::Never(Why::UsedUp { tries: done })
            }
        }
    })
}

/// What stands against trying a card on a day, from all its tries in order,
/// whichever payment they were for.
#[must_use]
pub fn bar(tries: &[Try], on: Date) -> Option<Bar> {
    let taken = tries.iter().rposition(|done| done.decline.is_none());
    let since_taken = &tries[taken.map_or(0, |at| at + 1)..];
    for done in since_taken {
        if let Some(decline) = &done.decline
            && kind(decline) == Class::Hard
        {
            return Some(Bar::Hard {
                code: decline.code.to_string(),
                on: done.on,
            });
        }
    }
    let declined = |done: &&Try| {
        done.decline
            .as_ref()
            .is_some_and(|decline| kind(decline) != Class::Config)
    };
    if tries.iter().filter(declined).any(|done| done.on == on) {
        return Some(Bar::Today);
    }
    let begin = on.checked_sub(WINDOW_DAYS.days()).unwrap_or(Date::MIN);
    let recent: Vec<&Try> = tries
        .iter()
        .filter(declined)
        .filter(|done| done.on > begin && done.on <= on)
        .collect();
    if recent.len() >= MOST_DECLINES {
        let frees = recent[recent.len() - MOST_DECLINES].on;
        return Some(Bar::TooOften {
            declines: recent.len(),
            until: frees.checked_add(WINDOW_DAYS.days()).unwrap_or(Date::MAX),
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const CARD: CardId = CardId(1);
    const OTHER: CardId = CardId(2);

    fn day(n: i32) -> Date {
        date(2026, 11, 1).checked_add(n.days()).unwrap()
    }

    fn noon(on: Date) -> Timestamp {
        on.at(12, 0, 0, 0).in_tz("UTC").unwrap().timestamp()
    }

    fn no(n: i32, class: Class, code: &str, advice: Option<&str>) -> Try {
        Try {
            card: CARD,
            at: noon(day(n)),
            on: day(n),
            decline: Some(Decline {
                class,
                code: code.into(),
                message: "".into(),
                advice: advice.map(Into::into),
                id: None,
                reference: None,
            }),
        }
    }

    fn soft(n: i32) -> Try {
        no(n, Class::Soft, "insufficient_funds", None)
    }

    fn taken(n: i32) -> Try {
        Try {
            decline: None,
            ..soft(n)
        }
    }

    /// The day of the next try, counted from the first; `None`: never.
    fn again_on(tries: &[Try], card: CardId) -> Option<i32> {
        match next(tries, card, &Policy::default()).unwrap() {
            Next::Again { on, .. } => Some((on - day(0)).get_days()),
            Next::Never(_) => None,
        }
    }

    #[test]
    fn the_bank_and_the_network_say_when_again() {
        use Class::{Auth, Config, Fix, Hard, Soft, Wait};
        let table = [
            // class, code, advice                          again after days
            (Hard, "stolen_card", None, None),
            (Fix, "expired_card", None, None),
            (Auth, "authentication_required", None, None),
            (Wait, "issuer_not_available", None, Some(1)),
            (Config, "testmode_decline", None, Some(1)),
            (Soft, "insufficient_funds", None, Some(1)),
            (Soft, "some_new_word", None, Some(1)),
            // Mastercard's advice beats the code
            (Soft, "insufficient_funds", Some("01"), None),
            (Soft, "insufficient_funds", Some("03"), None),
            (Soft, "insufficient_funds", Some("21"), None),
            (Soft, "insufficient_funds", Some("24"), Some(1)),
            (Soft, "insufficient_funds", Some("25"), Some(1)),
            (Soft, "insufficient_funds", Some("26"), Some(2)),
            (Soft, "insufficient_funds", Some("02"), Some(3)),
            (Soft, "insufficient_funds", Some("27"), Some(4)),
            (Soft, "insufficient_funds", Some("28"), Some(6)),
            (Soft, "insufficient_funds", Some("29"), Some(8)),
            (Soft, "insufficient_funds", Some("30"), Some(10)),
            (Soft, "insufficient_funds", Some("41"), None),
            (Soft, "insufficient_funds", Some("43"), Some(1)),
            // Visa's categories, where a gateway passes the bank's own code on
            (Soft, "14", None, None),
            (Soft, "R1", None, None),
            (Soft, "54", None, None),
            (Soft, "1A", None, None),
            (Soft, "51", None, Some(1)),
        ];
        for (class, code, advice, expected) in table {
            let tries = [no(0, class, code, advice)];

            assert_eq!(
                again_on(&tries, CARD),
                expected,
                "{class} {code} {advice:?}"
            );
        }
    }

    #[test]
    fn a_soft_decline_is_tried_on_the_days_of_the_policy_and_no_more() {
        assert_eq!(again_on(&[soft(0)], CARD), Some(1));
        assert_eq!(again_on(&[soft(0), soft(1)], CARD), Some(3));
        assert_eq!(again_on(&[soft(0), soft(1), soft(3)], CARD), Some(7));
        assert_eq!(again_on(&[soft(0), soft(1), soft(3), soft(7)], CARD), None);
        // A run that comes late moves the next one no nearer than a day.
        assert_eq!(again_on(&[soft(0), soft(5)], CARD), Some(6));
    }

    #[test]
    fn an_unknown_word_gets_one_more_try() {
        let odd = |n| no(n, Class::Soft, "some_new_word", None);

        assert_eq!(again_on(&[odd(0)], CARD), Some(1));
        assert_eq!(again_on(&[odd(0), odd(1)], CARD), None);
    }

    #[test]
    fn another_card_is_tried_at_once_but_not_for_ever() {
        let dead = |n| no(n, Class::Hard, "stolen_card", None);

        assert_eq!(again_on(&[dead(0)], OTHER), Some(0));
        assert_eq!(again_on(&[soft(0), soft(1), soft(3), soft(7)], OTHER), None);
        assert_eq!(next(&[taken(0)], CARD, &Policy::default()), None);
    }

    #[test]
    fn a_card_is_spared_whichever_payment_it_was_declined_for() {
        let dead = no(0, Class::Hard, "stolen_card", None);
        let often: Vec<Try> = (0..15).map(soft).collect();

        assert_eq!(bar(&[], day(0)), None);
        assert_eq!(bar(&[soft(0)], day(0)), Some(Bar::Today));
        assert_eq!(bar(&[soft(0)], day(1)), None);
        assert_eq!(bar(&[taken(0)], day(0)), None);
        assert!(matches!(
            bar(std::slice::from_ref(&dead), day(300)),
            Some(Bar::Hard { .. })
        ));
        assert_eq!(bar(&[dead, taken(5)], day(6)), None);
        assert_eq!(bar(&often[1..], day(16)), None);
        assert_eq!(
            bar(&often, day(16)),
            Some(Bar::TooOften {
                declines: 15,
                until: day(30)
            })
        );
        assert_eq!(bar(&often, day(30)), None);
        assert_eq!(
            bar(&[no(0, Class::Config, "testmode_decline", None)], day(0)),
            None
        );
    }

    #[test]
    fn a_policy_rises_and_stays_within_what_networks_allow() {
        for days in [
            vec![0, 1],
            vec![3, 1],
            vec![1, 1],
            vec![1, 2, 3, 4],
            vec![31],
        ] {
            assert_eq!(Policy::on_days(days.clone()), None, "{days:?}");
        }
        assert_eq!(Policy::on_days(vec![1, 3, 7]), Some(Policy::default()));
        assert!(Policy::on_days(vec![]).is_some());
    }

    proptest! {
        /// Whatever banks say on whatever days: a card is tried at most once a
        /// day, a payment four times, and never after "never again".
        #[test]
        fn the_caps_hold(answers in prop::collection::vec((0_usize..6, 0_usize..4), 60)) {
            let advices = [None, Some("03"), Some("24"), Some("02")];
            let mut card: Vec<Try> = Vec::new();
            let mut payments: Vec<Vec<Try>> = vec![Vec::new(); 12];
            let mut said = answers.into_iter();
            for n in 0..60 {
                for payment in &mut payments {
                    let due = match next(payment, CARD, &Policy::default()) {
                        None => payment.is_empty(),
                        Some(Next::Again { on, .. }) => on <= day(n),
                        Some(Next::Never(_)) => false,
                    };
                    if !due || bar(&card, day(n)).is_some() {
                        continue;
                    }
                    let Some((class, advice)) = said.next() else { return Ok(()) };
                    let class = Class::ALL[class];
                    let try_ = no(n, class, "insufficient_funds", advices[advice]);
                    payment.push(try_.clone());
                    card.push(try_);
                }
            }
            let counted: Vec<&Try> = card
                .iter()
                .filter(|done| kind(done.decline.as_ref().unwrap()) != Class::Config)
                .collect();
            for pair in counted.windows(2) {
                prop_assert!(pair[0].on < pair[1].on);
                prop_assert!(kind(pair[0].decline.as_ref().unwrap()) != Class::Hard);
            }
            for done in &counted {
                let since = done.on.checked_sub(30.days()).unwrap();
                let window = counted.iter().filter(|other| other.on > since && other.on <= done.on);
                prop_assert!(window.count() <= MOST_DECLINES);
            }
            for payment in &payments {
                let counted = payment
                    .iter()
                    .filter(|done| kind(done.decline.as_ref().unwrap()) != Class::Config);
                prop_assert!(counted.count() <= MOST_TRIES);
            }
        }
    }
}
