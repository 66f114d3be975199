//! What makes a charge or a refund this one and no other.
//!
//! Its text is what gateway keys are computed from, in every book and for
//! ever: it is spelled here and nowhere else, and a spelling never changes.
//! What another program or a person wrote is kept to the letter.

use std::fmt;

use super::ids::{ChargeId, RefundId};
use super::schedule::Name;

/// Why money moves, once. Read back from its text it is the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Intent {
    /// A charge by hand: `CH-7`.
    Charge(ChargeId),
    /// A refund or a void: `RF-3`.
    Refund(RefundId),
    /// A charge under a script's own id: `request nov-rosa`.
    Request(String),
    /// The `n`th charge of a due date: `S-1 2026-11-30`, `S-1 2026-11-30 charge 2`.
    /// A second one is made only after the first surely took nothing.
    Occurrence { name: Name, n: u32 },
    /// Money that came after its attempt was closed: `late L0a1b…`.
    Late(String),
    /// Taken back beside one that has this intent already, and told from it by
    /// its reference: `CH-7 DPZF…`.
    Beside {
        first: Box<Intent>,
        reference: String,
    },
    /// None of ours, from a label or a mark.
    Other(String),
}

const REQUEST: &str = "request ";
const LATE: &str = "late ";
const NTH: &str = " charge ";

impl Intent {
    /// Reads what [`Display`](fmt::Display) writes; any text is some intent,
    /// and is written again as it was read.
    #[must_use]
    pub fn read(text: &str) -> Self {
        // A script's id may hold blanks: whatever follows is part of it.
        if let Some(id) = text.strip_prefix(REQUEST) {
            return Self::Request(id.to_owned());
        }
        if let Some(reference) = text.strip_prefix(LATE) {
            return Self::Late(reference.to_owned());
        }
        plain(text)
            .or_else(|| {
                let (first, reference) = text.rsplit_once(' ')?;
                Some(Self::Beside {
                    first: Box::new(plain(first)?),
                    reference: reference.to_owned(),
                })
            })
            .unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// What is taken back beside it, under a reference of its own.
    #[must_use]
    pub fn beside(&self, reference: &str) -> Self {
        Self::read(&format!("{self} {reference}"))
    }

    /// The script's id, where one gave it.
    #[must_use]
    pub fn request(&self) -> Option<&str> {
        match self {
            Self::Request(id) => Some(id),
            _ => None,
        }
    }
}

/// Reads what stands for itself.
fn plain(text: &str) -> Option<Intent> {
    let (name, n) = text.split_once(NTH).unwrap_or((text, "1"));
    let occurrence = || {
        Some(Intent::Occurrence {
            name: Name::parse(name)?,
            n: n.parse().ok()?,
        })
    };
    ChargeId::parse(text)
        .map(Intent::Charge)
        .or_else(|| RefundId::parse(text).map(Intent::Refund))
        .or_else(occurrence)
        // `ch-7` and `7` mean the same to a person; they make other keys.
        .filter(|intent| intent.to_string() == text)
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Charge(id) => write!(f, "{id}"),
            Self::Refund(id) => write!(f, "{id}"),
            Self::Request(id) => write!(f, "{REQUEST}{id}"),
            Self::Occurrence { name, n: 1 } => write!(f, "{name}"),
            Self::Occurrence { name, n } => write!(f, "{name}{NTH}{n}"),
            Self::Late(reference) => write!(f, "{LATE}{reference}"),
            Self::Beside { first, reference } => write!(f, "{first} {reference}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{AttemptName, AutopayId, BookId, CustomerId, ScheduleId};
    use crate::domain::schedule::Source;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// Each kind, its text in every book, and the key that a restored book
    /// must compute again; computed independently, with Python's hmac.
    fn each_kind() -> Vec<(Intent, &'static str, &'static str)> {
        let planned_on = date(2026, 11, 30);
        let scheduled = |n| Intent::Occurrence {
            name: Name {
                source: Source::Schedule(ScheduleId(1)),
                planned_on,
            },
            n,
        };
        let autopay = Name {
            source: Source::Autopay(AutopayId(4)),
            planned_on,
        };
        vec![
            (
                Intent::Charge(ChargeId(1)),
                "CH-1",
                "OIGFMJRW27HM2XO7LL4NI5NZC5MHIRDS",
            ),
            (
                Intent::Refund(RefundId(3)),
                "RF-3",
                "EDWKHVOJ2WYR24IJ3KW6YBXWZYCVLV67",
            ),
            (
                Intent::Request("nov rosa".to_owned()),
                "request nov rosa",
                "DIJMBBVITBRVA2TTPKWT5PJHIMCK4RE4",
            ),
            (
                scheduled(1),
                "S-1 2026-11-30",
                "BVM6IU4HKIDYG4XW3RQP4SVKESF5CD5A",
            ),
            (
                scheduled(2),
                "S-1 2026-11-30 charge 2",
                "7OIVNEN7R2MSHY5AP5RKSWDOCTXDCGZ3",
            ),
            (
                Intent::Occurrence {
                    name: autopay,
                    n: 1,
                },
                "AP-4 2026-11-30",
                "XRLX4QG3N4EFNWIUV2YAKOENTZYCCEXW",
            ),
            (
                Intent::Late("L0123456789abcdef012".to_owned()),
                "late L0123456789abcdef012",
                "B5BALOAFKHNR657DZXI3DXHFPRGP7R3D",
            ),
            (
                Intent::Charge(ChargeId(1)).beside("DPZFHNC3VYRFAZZNZELU"),
                "CH-1 DPZFHNC3VYRFAZZNZELU",
                "RUMZSUJTX4DBOXBYIT2ODJ7FSSYSVMZW",
            ),
            (
                scheduled(2).beside("DPZFHNC3VYRFAZZNZELU"),
                "S-1 2026-11-30 charge 2 DPZFHNC3VYRFAZZNZELU",
                "WEHU4A55MBEPECLEWQSGYQC7EU62FL6T",
            ),
        ]
    }

    #[test]
    fn each_kind_has_one_text_and_one_key_for_ever() {
        let book = BookId("00112233445566778899aabbccddeeff".into());

        for (intent, text, key) in each_kind() {
            assert_eq!(intent.to_string(), text);
            assert_eq!(Intent::read(text), intent);
            let name = AttemptName::of(&book, &intent, CustomerId(7), 1);
            assert_eq!(name.key, key, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one_of_ours_is_kept_to_the_letter() {
        for text in [
            "ch-1",
            "7",
            "CH-0",
            "CH-01",
            "S-1 20261130",
            "S-1 2026-11-30 charge 1",
            "S-1 2026-11-30 charge 02",
            "foreseen",
            "",
        ] {
            assert_eq!(Intent::read(text), Intent::Other(text.to_owned()));
        }
        // A request that was taken back beside another had this id in every release.
        let beside = Intent::Request("nov".to_owned()).beside("DPZF");
        assert_eq!(beside.request(), Some("nov DPZF"));
    }

    proptest! {
        /// Two texts are one intent only if they are one text: a key is never another's.
        #[test]
        fn any_text_is_written_as_it_was_read(
            text in r"((request|late|CH-[0-9]{1,3}|RF-1|S-1|AP-2|2026-1[0-9]-30|charge|[0-9]{1,2}|\PC{0,5}) ?){0,6}"
        ) {
            prop_assert_eq!(Intent::read(&text).to_string(), text);
        }
    }
}
