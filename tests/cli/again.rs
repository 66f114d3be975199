//! The same once more, and a card that the bank refused for good: asked about,
//! and told to a script.

use crate::shop::Shop;
use insta::assert_snapshot;

const DEPOSIT: &str = "charge acme --amount 900 --on-account --yes";

/// A command that is run twice by mistake finds the same open again only where
/// it is on account or a part.
#[test]
fn the_same_once_more_is_not_charged_without_a_word() {
    for line in [
        DEPOSIT,
        "charge acme --invoice INV-1=10 --yes",
        "charge acme --invoice INV-1=10 --invoice INV-2=5 --yes --no-email",
    ] {
        let shop = Shop::with_card("tok_approve");
        shop.must(line);

        shop.refuses(line, "charged_just_now", 2);

        assert_eq!(shop.money_taken().0, 1, "{line}");
        shop.must(&format!("{line} --again"));
        assert_eq!(shop.money_taken().0, 2, "{line}");
    }
}

#[test]
fn the_same_once_more_is_said_in_words() {
    let shop = Shop::with_card("tok_approve");
    shop.must(DEPOSIT);

    assert_snapshot!(shop.dues(DEPOSIT), @"
    $ dues charge acme --amount 900 --on-account --yes
    error: CH-1 took 900.00 USD for the same a moment ago; nothing was charged
    hint: See `dues charge show CH-1`. If the same is to be charged once more, add `--again`.
    [exit 2]
    ");
    assert_snapshot!(shop.dues(&DEPOSIT.replace("--yes", "--dry-run")), @"
    $ dues charge acme --amount 900 --on-account --dry-run
    would charge 900.00 USD from visa 4242 of ACME (Acme Corp)
      900.00 USD stays on account
    the confirmation goes to ap@acme.example
    nothing was charged (dry run)
    warning: CH-1 took 900.00 USD for the same a moment ago
    [exit 0]
    ");
}

/// Other money, another customer, or ten minutes later: nobody asks.
#[test]
fn what_is_not_the_same_is_not_asked_about() {
    let mut shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1=10 --yes");
    shop.must("charge acme --invoice INV-2=10 --yes");
    shop.must("charge acme --amount 901 --on-account --yes");
    shop.must(DEPOSIT);

    shop.put_around("DUES_NOW", "2026-11-22T15:11:00Z");
    shop.must(DEPOSIT);

    assert_eq!(shop.money_taken().0, 5);
}

/// A script says by its ids what is the same.
#[test]
fn a_request_id_is_never_asked_about() {
    let shop = Shop::with_card("tok_approve");
    let asked = |id: &str| format!("{DEPOSIT} --request-id {id}");

    shop.must(&asked("a"));
    shop.must(&asked("a"));
    shop.must(&asked("b"));

    assert_eq!(shop.money_taken().0, 2);
}

#[test]
fn a_card_that_died_is_not_tried_again_without_a_word() {
    let shop = Shop::with_card("tok_decline_hard,tok_approve");
    let line = "charge acme --invoice INV-1 --yes";
    assert_eq!(shop.run(line).status.code(), Some(4));

    assert_snapshot!(shop.dues(line), @"
    $ dues charge acme --invoice INV-1 --yes
    error: the bank said on 2026-11-22 never again on visa 4242 (stolen_card); nothing was charged
    hint: Ask the customer for another card. To try this one all the same, add `--again`.
    [exit 2]
    ");
    shop.refuses(&format!("{line} --request-id a"), "card_died", 2);

    assert_eq!(shop.money_taken().0, 0);
    shop.must(&format!("{line} --again"));
    // It was taken: the bank has changed its mind.
    shop.must("charge acme --invoice INV-2=10 --yes");
    assert_eq!(shop.money_taken().0, 2);
}

#[test]
fn a_dry_run_of_a_recovery_says_what_it_would_ask() {
    let shop = Shop::with_card("tok_lost");
    assert_eq!(
        shop.run("charge acme --invoice INV-1 --yes").status.code(),
        Some(5)
    );
    let before = shop.contents();

    assert_snapshot!(shop.dues("charge recover --dry-run"), @"
    $ dues charge recover --dry-run
    would ask sandbox about CH-1: 100.00 USD from ACME, unknown
    nothing was asked (dry run)
    [exit 0]
    ");
    assert_eq!(
        shop.json("charge recover --dry-run")["data"][0]["was"],
        "unknown"
    );

    assert_eq!(shop.contents(), before);
    shop.must("charge recover");
    assert_snapshot!(shop.dues("charge recover --dry-run"), @"
    $ dues charge recover --dry-run
    would ask nothing: the outcome of every charge and refund is known
    nothing was asked (dry run)
    [exit 0]
    ");
}
