//! The embedded sandbox, held to the same contract as every other gateway.

use dues::gateway::sandbox::Sandbox;
use dues::ports::Gateway;

use crate::contract::{Plot, Stage, keeps_the_contract};

struct Embedded {
    sandbox: Sandbox,
    _folder: tempfile::TempDir,
}

impl Stage for Embedded {
    fn gateway(&self) -> &dyn Gateway {
        &self.sandbox
    }

    fn card_that(&self, plot: Plot) -> Option<String> {
        let token = match plot {
            Plot::Pays => "tok_approve",
            Plot::Declines => "tok_decline_soft",
            Plot::Pends => "tok_pending",
            Plot::LosesTheAnswer => "tok_lost",
            Plot::FailsAfterTaking => "tok_500_taken",
            Plot::FailsBeforeTaking => "tok_500",
            Plot::CannotBeReached => "tok_unreachable,tok_approve",
            Plot::IsBusy => "tok_429,tok_approve",
        };
        Some(self.sandbox.card(token).unwrap().token)
    }

    // What goes wrong is in the card, not in the sandbox.
    fn calm(&self) {}

    fn times_taken(&self, reference: &str) -> usize {
        let taken = self.sandbox.money_taken().unwrap();
        taken.iter().filter(|(of, _)| of == reference).count()
    }
}

#[test]
fn the_sandbox_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::new(folder.path().join("ledger.jsonl"));

    keeps_the_contract(&Embedded {
        sandbox,
        _folder: folder,
    });
}
