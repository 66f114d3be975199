//! Bugs planted on purpose: a simulator that does not find them proves nothing.
//!
//! Either one of the program's own rules is taken out of it, or the gateway's
//! file is wrapped in one that makes a mistake which real ones have made.

use dues::rehearsal::Rule;

use super::faults::Fault;

/// One planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// The program without one of its rules.
    Without(Rule),
    /// Each repetition under a key of its own.
    NewKeyEachTime,
    /// An error 500 is heard as a no.
    ErrorIsDecline,
    /// A lost answer is taken for a request that never left.
    LostIsNotSent,
    /// Of a list only the first page is read.
    FirstPageOnly,
    /// A look-up that failed counts as one that found nothing.
    LookErrorIsMiss,
    /// A charge is looked for by its amount and card.
    LookByAmount,
    /// What the gateway is still deciding counts as taken.
    PendingIsTaken,
    /// "Still busy with this charge" is heard as a no.
    BusyIsDecline,
    /// Whatever was taken, the amount that was asked is booked.
    AmountBelieved,
    /// A process reads the time once, when it begins, and again only where it waits.
    ClockReadOnce,
    /// The gateway's recent list is taken to be empty.
    RecentIgnored,
    /// The recent list has other books' charges in it.
    RecentOfAllBooks,
    /// Whose account the secret is of is not asked.
    AccountAssumed,
    /// The gateway's clock is not looked at.
    DateIgnored,
    /// Keys are believed to live a week.
    KeysLiveLong,
    /// What is not listed after an hour never comes.
    SettlesAtOnce,
    /// An answer cut short is read as far as it goes, and believed.
    CutIsBelieved,
    /// Each repetition of a refund under a key of its own.
    RefundUnderNewKey,
    /// A refund that was not answered is asked for at once under another key.
    RefundAskedTwice,
    /// Whatever is no clear yes to a refund is heard as a no.
    RefundErrorIsNo,
    /// A refund that waits counts as given.
    PendingRefundIsGiven,
    /// A refund is asked for without its amount.
    RefundWithoutAmount,
    /// A refund is looked for by the transaction that it is of.
    RefundByTransaction,
    /// What the bank sent back is not heard of.
    SentBackIsOverlooked,
    /// Not the program but the gateway: it takes everything twice.
    Canary,
}

impl Planted {
    /// Every bug that the simulator must find.
    #[allow(dead_code, reason = "the command's, and not the gate's")]
    pub const ALL: &'static [Self] = &[
        Self::Without(Rule::SameAccount),
        Self::Without(Rule::KeyIsYoung),
        Self::Without(Rule::LeavesAtOnce),
        Self::Without(Rule::ClockIsRight),
        Self::Without(Rule::QuietPeriod),
        Self::Without(Rule::HitMatches),
        Self::Without(Rule::PersonIsChecked),
        Self::Without(Rule::RecordedFirst),
        Self::Without(Rule::OneSender),
        Self::Without(Rule::UnknownBlocks),
        Self::Without(Rule::Reserved),
        Self::Without(Rule::MarkIsKept),
        Self::Without(Rule::ListIsRead),
        Self::Without(Rule::SameKeyAgain),
        Self::Without(Rule::StillWanted),
        Self::Without(Rule::FewRepeats),
        Self::Without(Rule::TwoMisses),
        Self::Without(Rule::RecoverFirst),
        Self::Without(Rule::SameBytes),
        Self::Without(Rule::InvoicesAreThere),
        Self::Without(Rule::Witnessed),
        Self::Without(Rule::AnswerIsOurs),
        Self::Without(Rule::IdBelongs),
        Self::Without(Rule::LabelIsWhole),
        Self::NewKeyEachTime,
        Self::ErrorIsDecline,
        Self::LostIsNotSent,
        Self::FirstPageOnly,
        Self::LookErrorIsMiss,
        Self::LookByAmount,
        Self::PendingIsTaken,
        Self::BusyIsDecline,
        Self::AmountBelieved,
        Self::ClockReadOnce,
        Self::RecentIgnored,
        Self::RecentOfAllBooks,
        Self::AccountAssumed,
        Self::DateIgnored,
        Self::KeysLiveLong,
        Self::SettlesAtOnce,
        Self::CutIsBelieved,
        Self::Without(Rule::RefundsAreListed),
        Self::RefundUnderNewKey,
        Self::RefundAskedTwice,
        Self::RefundErrorIsNo,
        Self::PendingRefundIsGiven,
        Self::RefundWithoutAmount,
        Self::RefundByTransaction,
        Self::SentBackIsOverlooked,
    ];

    /// Those that are found within two seeds, one for each kind of mistake: looked for with every test.
    #[allow(dead_code, reason = "the gate's, and not the command's")]
    pub const SOON: &'static [Self] = &[
        Self::Without(Rule::KeyIsYoung),
        Self::Without(Rule::RecordedFirst),
        Self::Without(Rule::OneSender),
        Self::Without(Rule::PersonIsChecked),
        Self::NewKeyEachTime,
        Self::PendingIsTaken,
        Self::RefundWithoutAmount,
    ];

    pub fn name(self) -> String {
        match self {
            Self::Without(rule) => format!("without:{rule:?}"),
            other => format!("{other:?}"),
        }
    }

    #[allow(dead_code, reason = "the command's, and not the gate's")]
    pub fn named(name: &str) -> Option<Self> {
        let canary = std::iter::once(Self::Canary);
        let mut all = Self::ALL.iter().copied().chain(canary);
        all.find(|planted| planted.name().eq_ignore_ascii_case(name))
    }

    /// The trouble in which one shows that seldom does: where it is looked for, there is more of it.
    pub fn shows_in(self) -> &'static [Fault] {
        match self {
            Self::Without(Rule::MarkIsKept) => &[Fault::Backup, Fault::Restore, Fault::LostBefore],
            Self::Without(Rule::SameKeyAgain) => &[
                Fault::Backup,
                Fault::Restore,
                Fault::Restore,
                Fault::Restore,
                Fault::LostBefore,
                Fault::TooMany429,
            ],
            Self::Without(Rule::FewRepeats) => {
                &[Fault::LostBefore, Fault::Error500, Fault::TooMany429]
            }
            Self::Without(Rule::InvoicesAreThere) => &[Fault::Backup, Fault::Restore],
            Self::Without(Rule::Witnessed) => &[Fault::NoDate, Fault::ClockJump, Fault::LostBefore],
            Self::Without(Rule::AnswerIsOurs) => &[Fault::AnswerAhead],
            Self::Without(Rule::IdBelongs) => &[Fault::AnothersId, Fault::WrongAmount],
            Self::Without(Rule::LabelIsWhole) => &[Fault::Heap, Fault::Backup, Fault::Restore],
            Self::Without(Rule::LeavesAtOnce) | Self::ClockReadOnce => &[Fault::SleepBefore],
            Self::Without(Rule::StillWanted) => &[Fault::Withdrawn, Fault::LostBefore],
            Self::Without(Rule::SameBytes) => &[Fault::BitRot],
            Self::Without(Rule::ListIsRead) | Self::RecentIgnored | Self::FirstPageOnly => {
                &[Fault::NewMachine]
            }
            Self::LookErrorIsMiss => &[Fault::LostAfter, Fault::LookUnreachable, Fault::Look500],
            Self::ErrorIsDecline => &[Fault::Taken500],
            Self::DateIgnored => &[Fault::ClockJump],
            Self::SettlesAtOnce => &[Fault::Later500],
            Self::CutIsBelieved => &[Fault::CutShort],
            Self::BusyIsDecline => &[Fault::Busy409],
            Self::LookByAmount => &[Fault::LostBefore, Fault::ByHand],
            Self::Without(Rule::RefundsAreListed) => &[Fault::NewMachine],
            Self::PendingRefundIsGiven => &[Fault::RefundWaits],
            Self::RefundErrorIsNo => &[Fault::Taken500],
            Self::SentBackIsOverlooked => &[Fault::SentBack],
            Self::RefundByTransaction => &[Fault::LostBefore, Fault::BackByHand],
            _ => &[],
        }
    }

    /// The rule to be taken out, if it is one.
    pub fn rule(self) -> Option<Rule> {
        match self {
            Self::Without(rule) => Some(rule),
            _ => None,
        }
    }
}
