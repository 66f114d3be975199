//! What can go wrong, and how often in this seed.
//!
//! Each seed draws each rate anew from nothing, once, twice or five times its
//! base (swarm testing): a fault that hides another is sometimes away.

use super::rng::Rng;

macro_rules! faults {
    ($($name:ident $base:literal $says:literal;)*) => {
        /// One kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault { $($name),* }

        impl Fault {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// How often in ten thousand occasions, and its name.
            const TABLE: &'static [(u64, &'static str)] = &[$(($base, $says)),*];
        }
    };
}

faults! {
    Unreachable 100 "nobody answers the door";
    LostBefore 150 "request lost";
    LostAfter 250 "answer lost";
    Late 150 "request arrives late";
    Error500 80 "500 before anything";
    Kept500 60 "500 kept, nothing taken";
    Taken500 100 "500 kept, taken";
    Later500 60 "500 kept, taken hours later";
    Busy409 80 "409";
    TooMany429 80 "429";
    Refused401 30 "401";
    Html502 50 "502 before";
    Html502Taken 60 "502 after";
    CutShort 100 "answer cut short";
    WrongAmount 40 "another amount taken";
    Processing 300 "still deciding";
    Declined 700 "declined";
    Slow 200 "slow";
    SleepBefore 100 "sleep before the body left";
    SleepAfter 40 "sleep as the body left";
    SleepAnywhere 8 "sleep between two steps";
    Frozen 5 "machine frozen between two steps";
    LookUnreachable 60 "look: nobody answers";
    Look500 40 "look: 500";
    Look429 30 "look: 429";
    Look401 20 "look: 401";
    LookCut 40 "look: cut short";
    LookHtml 25 "look: html";
    LookSlow 100 "look: slow";
    PageTwo 300 "look: a later page fails";
    Crash 30 "crash";
    PowerCut 3000 "power cut with both at work";
    StepFails 30 "step fails";
    Overlap 250 "two processes at once";
    ClockJump 40 "clock set wrong";
    JumpAnywhere 4 "clock set between two steps";
    ClockRight 1500 "clock set right";
    Restore 5 "restore";
    NewMachine 2 "restore on a new machine";
    Backup 40 "backup";
    Rotate 40 "secret rotated";
    OtherAccount 10 "secret of another account";
    RightSecret 3000 "right secret again";
    ByHand 60 "captured by hand";
    Lie 1500 "a person is wrong";
    Withdrawn 40 "consent withdrawn";
    BitRot 30 "a request rots in the book";
    MailFails 1000 "mail server fails";
    NoDate 150 "the date is left out";
    AnswerAhead 60 "another request's answer";
    AnothersId 40 "another charge's id";
    Heap 400 "a heap of invoices";
    RefundFails 500 "a refund fails";
    RefundWaits 600 "a refund waits";
    SentBack 800 "a refund is sent back days later";
    BackByHand 40 "given back by hand";
}

/// The rates of one seed.
#[derive(Debug, Clone)]
pub struct Plan(Vec<u64>);

impl Plan {
    /// `more` of some: twenty times their base, and as much again each time that one is named.
    pub fn draw(rng: &mut Rng, more: &[Fault]) -> Self {
        let rates = Fault::TABLE.iter().map(|(base, _)| {
            let times = [0, 1, 2, 5];
            base * rng.pick(&times).copied().unwrap_or(1)
        });
        let mut plan = Self(rates.collect());
        for fault in more {
            let times = more.iter().filter(|other| *other == fault).count() as u64;
            plan.0[*fault as usize] = Fault::TABLE[*fault as usize].0 * 20 * times;
        }
        plan
    }

    pub fn rate(&self, fault: Fault) -> u64 {
        self.0[fault as usize]
    }
}

impl Fault {
    pub fn name(self) -> &'static str {
        Self::TABLE[self as usize].1
    }
}
