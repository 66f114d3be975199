//! The main job at a Stripe that others wrote, where `DUES_TEST_LOCALSTRIPE`
//! names one.

use crate::go_between::LocalStripe;
use crate::surroundings::{configure, exits, files_with, piped, shop_with};

const KEY: &str = "sk_test_LOCALcanaryCANARY";

#[test]
fn the_main_job_at_a_stripe_that_others_wrote() {
    let Some(local) = LocalStripe::reach() else {
        return;
    };
    let mut shop = shop_with("");
    let config = format!(
        "[secrets]\nfolder = '{}'\n[gateway.stripe]\nendpoint = '{}'\n",
        shop.path("secrets").display(),
        local.url
    );
    configure(&shop, &config);
    shop.make_book("--gateway stripe");
    let login = piped(&shop, "gateway login stripe --source file", KEY);
    assert!(login.status.success(), "{login:?}");
    let good = local.card_numbered("4242424242424242");
    let bad = local.card_numbered("4000000000000341");

    exits(&shop, "gateway check", KEY, 0);
    shop.add_acme(&good);
    shop.must(&format!(
        "card add ACME {bad} --nickname bad --by 'A. Cme' --how 'signed form'"
    ));
    let charged = exits(
        &shop,
        "charge acme --invoice INV-1 --invoice INV-2=50 --yes",
        KEY,
        0,
    );
    let line = "charge acme --invoice INV-3 --yes --request-id nov-acme";
    exits(&shop, line, KEY, 0);
    exits(&shop, line, KEY, 0);

    assert!(
        charged.contains("INV-1  100.00 USD  paid in full"),
        "{charged}"
    );
    assert_eq!(shop.open(), 150_00);
    assert_eq!(taken(&local), [150_00, 300_00]);
    // Its 402 is not Stripe's: no `card_error`, no code. Not an answer, then.
    exits(
        &shop,
        "charge acme --invoice INV-2 --card bad --yes",
        KEY,
        5,
    );
    exits(&shop, "charge acme --invoice INV-2 --yes", KEY, 5);
    assert_eq!((shop.open(), taken(&local).len()), (150_00, 2));
    assert_eq!(files_with(&shop, KEY).len(), 1);
    shop.must("check");
}

/// What was taken from the customer, by localstripe's own list.
fn taken(local: &LocalStripe) -> Vec<i64> {
    let intents = local.intents().into_iter();
    let paid = intents.filter(|intent| intent["status"] == "succeeded");
    let mut amounts: Vec<i64> = paid
        .map(|intent| intent["amount"].as_i64().unwrap())
        .collect();
    amounts.sort_unstable();
    amounts
}
