//! Each rule taken out of the program, and the test that does not survive it.

use std::fs;
use std::panic::{self, AssertUnwindSafe};

use dues::rehearsal::{Rule, take_out};

use crate::{guard, late, reconcile, regain, resolve};

type Test = fn();

/// The rule, the test that needs it, and the test itself.
const NEEDED: [(Rule, &str, Test); 28] = [
    (
        Rule::StillWanted,
        "a_charge_that_is_no_longer_wanted_is_looked_up_and_not_repeated",
        crate::a_charge_that_is_no_longer_wanted_is_looked_up_and_not_repeated,
    ),
    (
        Rule::SameAccount,
        "a_charge_is_asked_about_only_in_its_own_account",
        guard::a_charge_is_asked_about_only_in_its_own_account,
    ),
    (
        Rule::SameBytes,
        "a_damaged_request_is_looked_up_and_not_repeated",
        crate::a_damaged_request_is_looked_up_and_not_repeated,
    ),
    (
        Rule::KeyIsYoung,
        "an_old_key_is_never_sent_again",
        crate::an_old_key_is_never_sent_again,
    ),
    (
        Rule::LeavesAtOnce,
        "a_request_that_waited_too_long_does_not_leave",
        crate::a_request_that_waited_too_long_does_not_leave,
    ),
    (
        Rule::ClockIsRight,
        "a_machine_whose_clock_differs_from_the_gateways_charges_nothing",
        guard::a_machine_whose_clock_differs_from_the_gateways_charges_nothing,
    ),
    (
        Rule::Witnessed,
        "what_nobody_witnessed_is_looked_for_and_not_repeated",
        guard::what_nobody_witnessed_is_looked_for_and_not_repeated,
    ),
    (
        Rule::FewRepeats,
        "not_listed_is_believed_late_and_twice",
        crate::not_listed_is_believed_late_and_twice,
    ),
    (
        Rule::KeptErrorIsNotRepeated,
        "an_error_that_the_gateway_keeps_is_for_a_person_at_last",
        crate::an_error_that_the_gateway_keeps_is_for_a_person_at_last,
    ),
    (
        Rule::NotAfterReconciling,
        "what_a_lost_book_closed_is_not_sent_again",
        reconcile::what_a_lost_book_closed_is_not_sent_again,
    ),
    (
        Rule::QuietPeriod,
        "not_listed_is_believed_late_and_twice",
        crate::not_listed_is_believed_late_and_twice,
    ),
    (
        Rule::TwoMisses,
        "not_listed_is_believed_late_and_twice",
        crate::not_listed_is_believed_late_and_twice,
    ),
    (
        Rule::HitMatches,
        "a_foreign_payment_of_another_amount_is_not_booked_as_this_charge",
        crate::a_foreign_payment_of_another_amount_is_not_booked_as_this_charge,
    ),
    (
        Rule::PersonIsChecked,
        "an_unknown_charge_that_the_gateway_is_deciding_is_not_closed",
        crate::an_unknown_charge_that_the_gateway_is_deciding_is_not_closed,
    ),
    (
        Rule::RecoverFirst,
        "a_charge_first_finds_out_what_became_of_the_one_before",
        crate::a_charge_first_finds_out_what_became_of_the_one_before,
    ),
    (
        Rule::RecordedFirst,
        "a_request_is_durably_on_its_way_before_it_arrives",
        crate::a_request_is_durably_on_its_way_before_it_arrives,
    ),
    (
        Rule::OneSender,
        "two_processes_do_not_ask_for_money_at_once",
        crate::two_processes_do_not_ask_for_money_at_once,
    ),
    (
        Rule::UnknownBlocks,
        "without_keys_and_lists_a_person_decides",
        crate::without_keys_and_lists_a_person_decides,
    ),
    (
        Rule::Reserved,
        "what_a_pending_charge_will_pay_is_reserved",
        crate::what_a_pending_charge_will_pay_is_reserved,
    ),
    (
        Rule::MarkIsKept,
        "a_book_without_the_marked_row_is_locked",
        guard::a_book_without_the_marked_row_is_locked,
    ),
    (
        Rule::ListIsRead,
        "a_book_that_knows_less_than_the_gateways_list_is_locked",
        guard::a_book_that_knows_less_than_the_gateways_list_is_locked,
    ),
    (
        Rule::RefundsAreListed,
        "a_book_that_forgot_a_refund_is_locked_and_takes_it_back",
        regain::a_book_that_forgot_a_refund_is_locked_and_takes_it_back,
    ),
    (
        Rule::ListIsReadBack,
        "a_capture_that_shows_late_is_seen_although_others_were_charged_since",
        late::a_capture_that_shows_late_is_seen_although_others_were_charged_since,
    ),
    (
        Rule::SameKeyAgain,
        "a_restored_book_computes_the_key_it_used",
        guard::a_restored_book_computes_the_key_it_used,
    ),
    (
        Rule::InvoicesAreThere,
        "an_invoice_that_was_forgotten_is_not_charged_when_it_comes_back",
        reconcile::an_invoice_that_was_forgotten_is_not_charged_when_it_comes_back,
    ),
    (
        Rule::AnswerIsOurs,
        "a_no_to_another_charge_is_no_answer",
        crate::a_no_to_another_charge_is_no_answer,
    ),
    (
        Rule::IdBelongs,
        "what_a_gateway_named_for_a_review_is_no_other_charges",
        resolve::what_a_gateway_named_for_a_review_is_no_other_charges,
    ),
    (
        Rule::LabelIsWhole,
        "what_a_label_leaves_out_is_held_back_to_the_cent",
        reconcile::what_a_label_leaves_out_is_held_back_to_the_cent,
    ),
];

/// Every rule is here for a reason: without it, a test fails that passes with it.
#[test]
fn without_any_one_of_its_rules_a_test_fails() {
    let mut needless = Vec::new();
    for (rule, name, test) in NEEDED {
        take_out(Some(rule));
        let survived = panic::catch_unwind(AssertUnwindSafe(test)).is_ok();
        take_out(None);
        if survived {
            needless.push((rule, name));
        }
    }

    assert!(needless.is_empty(), "these are not needed: {needless:?}");
    for rule in Rule::ALL {
        assert!(
            NEEDED.iter().any(|(named, ..)| *named == rule),
            "{rule:?} is not tried"
        );
    }
}

/// The table of the docs is this one.
#[test]
fn the_docs_name_each_rule_and_its_test() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reliability.md");
    let docs = fs::read_to_string(path).unwrap();

    for (rule, name, _) in NEEDED {
        assert!(
            docs.lines()
                .any(|line| line.contains(&format!("`{rule:?}`")) && line.contains(name)),
            "docs/reliability.md does not say that {name} needs {rule:?}"
        );
    }
}
