//! What was done and what was found, counted.

use super::faults::Fault;

/// The counts of one seed or of many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub seeds: u64,
    pub steps: u64,
    /// Requests for money, to be taken or given back.
    pub sends: u64,
    /// Those of them that ask to give back.
    pub refunds: u64,
    pub taken: u64,
    pub given: u64,
    pub crashes: u64,
    pub restores: u64,
    pub overlaps: u64,
    pub reconciled: u64,
    pub adopted: u64,
    pub resolved: u64,
    pub mails: u64,
    pub checks: u64,
    pub double: u64,
    pub lost: u64,
    pub phantom: u64,
    pub stuck: u64,
    pub other: u64,
    faults: Vec<u64>,
}

impl Tally {
    pub fn fault(&mut self, fault: Fault) {
        self.faults.resize(Fault::ALL.len(), 0);
        self.faults[fault as usize] += 1;
    }

    pub fn faults(&self) -> u64 {
        self.faults.iter().sum()
    }

    pub fn by_fault(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Fault::ALL
            .iter()
            .map(|fault| fault.name())
            .zip(self.faults.iter().copied())
    }

    pub fn add(&mut self, other: &Self) {
        let numbers = [
            (&mut self.seeds, other.seeds),
            (&mut self.steps, other.steps),
            (&mut self.sends, other.sends),
            (&mut self.refunds, other.refunds),
            (&mut self.taken, other.taken),
            (&mut self.given, other.given),
            (&mut self.crashes, other.crashes),
            (&mut self.restores, other.restores),
            (&mut self.overlaps, other.overlaps),
            (&mut self.reconciled, other.reconciled),
            (&mut self.adopted, other.adopted),
            (&mut self.resolved, other.resolved),
            (&mut self.mails, other.mails),
            (&mut self.checks, other.checks),
            (&mut self.double, other.double),
            (&mut self.lost, other.lost),
            (&mut self.phantom, other.phantom),
            (&mut self.stuck, other.stuck),
            (&mut self.other, other.other),
        ];
        for (mine, theirs) in numbers {
            *mine += theirs;
        }
        self.faults.resize(Fault::ALL.len(), 0);
        for (mine, theirs) in self.faults.iter_mut().zip(&other.faults) {
            *mine += theirs;
        }
    }
}
