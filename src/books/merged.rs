//! Customers who are merged, archived or given another code, and cards that
//! change hands: nothing of theirs is lost, and nobody else gets it.

use jiff::Timestamp;

use super::merges::OWNED;
use super::put_right::{NOW, Shop};
use crate::domain::card::CardFacts;
use crate::domain::contact::Contact;
use crate::domain::customer::Customer;
use crate::domain::gateway_account::GatewayAccount;
use crate::domain::hour::Hour;
use crate::domain::ids::AutopayId;
use crate::domain::schedule::Autopay;
use crate::problem::Result;

fn facts(token: &str) -> CardFacts {
    CardFacts {
        token: token.to_owned(),
        brand: "visa".to_owned(),
        last4: "4242".to_owned(),
        expiry: None,
    }
}

#[test]
fn all_that_a_merged_customer_had_is_the_others() {
    let mut shop = Shop::new();
    let (old, into) = (shop.customer("OAKS"), shop.customer("ACME"));
    shop.write(|tx| tx.change_code(&old, "OAK"));
    let old = shop.customer("OAK");
    shop.write(|tx| {
        tx.add_card(
            &old,
            &GatewayAccount::new("sandbox", "sandbox"),
            &facts("tok_1"),
            None,
        )
        .map(drop)
    });
    shop.write(|tx| tx.hold_customer(&old, "asks"));

    shop.write(|tx| tx.merge_customers(&old, &into, "added twice"));

    for word in ["OAK", "OAKS", "ACME"] {
        assert_eq!(shop.customer(word).id, into.id, "{word}");
    }
    let book = shop.books.read();
    assert_eq!(book.open_invoices(Some(into.id)).unwrap().len(), 4);
    assert_eq!(book.payments(Some(into.id)).unwrap().len(), 2);
    assert_eq!(book.cards_of(into.id).unwrap().len(), 1);
    assert_eq!(book.hold_of(into.id).unwrap().unwrap().because, "asks");
    assert_eq!(book.customers().unwrap().len(), 2);
    assert!(book.cards_of(old.id).unwrap().is_empty());
    assert_eq!(book.codes_of(&into).unwrap(), ["ACME", "OAK", "OAKS"]);
    assert_eq!(
        shop.refused(|tx| tx.add_customer("OAKS", "Oaks", None, 30)),
        "customer_exists"
    );
    let rosa = shop.customer("ROSA");
    shop.write(|tx| tx.merge_customers(&into, &rosa, "the same too"));
    assert_eq!(shop.customer("OAKS").id, rosa.id);
    shop.is_well();
}

#[test]
fn cards_that_could_not_be_told_apart_keep_customers_apart() {
    let mut shop = Shop::new();
    let (old, into) = (shop.customer("OAKS"), shop.customer("ACME"));
    for (customer, token) in [(&old, "tok_1"), (&into, "tok_2")] {
        shop.write(|tx| {
            tx.add_card(
                customer,
                &GatewayAccount::new("sandbox", "sandbox"),
                &facts(token),
                None,
            )
            .map(drop)
        });
    }

    assert_eq!(
        shop.refused(|tx| tx.merge_customers(&old, &into, "twice")),
        "card_looks_alike"
    );
    assert_eq!(
        shop.refused(|tx| tx.merge_customers(&old, &old, "twice")),
        "same_customer"
    );
    shop.is_well();
}

/// The triggers let rows change hands in a merge, and in nothing else.
#[test]
fn nothing_changes_hands_without_a_merge() {
    let mut shop = Shop::new();
    shop.grant("ACME", None, 30_00).unwrap();
    let acme = shop.customer("ACME");
    shop.write(|tx| tx.hold_customer(&acme, "asks"));
    shop.write(|tx| {
        tx.add_card(
            &acme,
            &GatewayAccount::new("sandbox", "sandbox"),
            &facts("tok_1"),
            None,
        )
        .map(drop)
    });

    for table in OWNED {
        let moved = shop.try_to(|tx| {
            let moved = tx.execute(
                &format!("update {table} set customer_id = 3 where customer_id = 1"),
                [],
            )?;
            tx.note("test", serde_json::json!({}))?;
            Ok(moved)
        });
        assert!(!matches!(moved, Ok(1..)), "{table}");
    }
}

/// A new table of a customer's must be said to a merge.
#[test]
fn a_merge_knows_each_table_in_which_a_row_is_a_customers() {
    let shop = Shop::new();
    let mut tables: Vec<String> = shop
        .books
        .read()
        .rows(
            "select t.name from sqlite_master t join pragma_table_info(t.name) c
              where t.type = 'table' and c.name = 'customer_id' order by t.name",
            [],
            |row| row.get(0),
        )
        .unwrap();
    tables.sort();
    assert_eq!(tables, OWNED);
}

#[test]
fn a_card_that_was_never_charged_goes_to_whose_it_is_without_its_consent() {
    let mut shop = Shop::new();
    let (acme, oaks) = (shop.customer("ACME"), shop.customer("OAKS"));
    let id = shop.write(|tx| {
        tx.add_card(
            &acme,
            &GatewayAccount::new("sandbox", "sandbox"),
            &facts("tok_1"),
            None,
        )
    });
    let card = shop.books.read().card(id).unwrap();
    let consent = crate::domain::authorization::Authorization {
        scope: crate::domain::authorization::Scope::Any,
        ceiling: None,
        until: None,
        given_by: "A. Cme".to_owned(),
        how: "signed form".to_owned(),
        recorded_at: Timestamp::from_second(NOW).unwrap(),
    };
    shop.write(|tx| tx.authorize_card(&card, &consent));

    shop.write(|tx| tx.move_card(&card, &oaks));

    let book = shop.books.read();
    assert_eq!(book.card(id).unwrap().customer, oaks.id);
    assert_eq!(book.consent(id).unwrap(), None);
    shop.write(|tx| tx.authorize_card(&card, &consent));
    assert!(shop.books.read().consent(id).unwrap().is_some());
    shop.is_well();
}

#[test]
fn who_is_archived_is_not_listed_and_still_found_by_code() {
    let mut shop = Shop::new();
    let acme = shop.customer("ACME");

    shop.write(|tx| tx.archive_customer(&acme));

    assert_eq!(shop.books.read().customers().unwrap().len(), 2);
    assert_eq!(shop.customer("acme").id, acme.id);
    assert_eq!(
        shop.refused(|tx| tx.archive_customer(&acme)),
        "customer_archived"
    );
    shop.write(|tx| tx.unarchive_customer(&acme));
    assert_eq!(
        shop.refused(|tx| tx.unarchive_customer(&acme)),
        "not_archived"
    );
    assert_eq!(shop.books.read().customers().unwrap().len(), 3);
}

/// A script that still types the old code must never reach somebody else.
#[test]
fn a_former_code_is_nobody_elses() {
    let mut shop = Shop::new();
    let (acme, oaks) = (shop.customer("ACME"), shop.customer("OAKS"));

    shop.write(|tx| tx.change_code(&acme, "TULIPS"));

    assert_eq!(shop.customer("ACME").id, acme.id);
    assert_eq!(
        shop.refused(|tx| tx.add_customer("ACME", "Another", None, 30)),
        "customer_exists"
    );
    assert_eq!(
        shop.refused(|tx| tx.change_code(&oaks, "ACME")),
        "customer_exists"
    );
    let tulips = shop.customer("TULIPS");
    shop.write(|tx| tx.change_code(&tulips, "ACME"));
    assert_eq!(shop.customer("TULIPS").id, acme.id);
    shop.is_well();
}

/// Whoever had them on the screen when another merged them.
#[test]
fn nothing_is_written_to_who_was_merged_meanwhile() {
    type Door = fn(&super::Tx<'_>, &Customer) -> Result<()>;
    let doors: [(&str, Door); 7] = [
        ("card", |tx, seen| {
            let account = GatewayAccount::new("sandbox", "sandbox");
            tx.add_card(seen, &account, &facts("tok_approve"), None)
                .map(drop)
        }),
        ("contact", |tx, seen| {
            let new = Contact {
                name: None,
                email: "ap@oaks.example".to_owned(),
                phone: None,
                gets_receipts: true,
                gets_statements: true,
            };
            tx.add_contact(seen, &new)
        }),
        ("note", |tx, seen| tx.note_of_customer(seen, "called", None)),
        ("hold", |tx, seen| tx.hold_customer(seen, "asks for time")),
        ("id", |tx, seen| tx.note_customer_id(seen, "77")),
        ("code", |tx, seen| tx.change_code(seen, "OAKTREE")),
        ("autopay", |tx, seen| {
            let new = Autopay {
                id: AutopayId(0),
                customer: seen.id,
                card: None,
                after_days: 0,
                most: None,
                use_credits: false,
                hour: Hour::read("09:00", "UTC").expect("an hour"),
                begun_at: Timestamp::UNIX_EPOCH,
                ended_at: None,
            };
            tx.begin_autopay(&new).map(drop)
        }),
    ];
    let mut shop = Shop::new();
    let (seen, into) = (shop.customer("OAKS"), shop.customer("ACME"));
    shop.write(|tx| tx.merge_customers(&seen, &into, "twice"));

    for (door, write) in doors {
        assert_eq!(
            shop.refused(|tx| write(tx, &seen)),
            "customer_merged",
            "{door}"
        );
    }
    shop.is_well();
}
