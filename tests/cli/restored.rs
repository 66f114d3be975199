//! A book that forgot its newest charges: locked, reconciled, open again.

use std::fs;

use insta::assert_snapshot;

use crate::shop::Shop;

/// The disk died; last night's backup is all there is.
fn lose_the_book(shop: &Shop) {
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(shop.path(&format!("book.db{end}")));
    }
    shop.must("restore copy.db");
}

/// Another machine, which never charged from this book.
fn move_to_a_new_machine(shop: &Shop) {
    fs::remove_dir_all(shop.path(".local/state/dues")).unwrap();
}

#[test]
fn a_book_from_before_a_charge_is_locked_until_it_is_reconciled() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1 --yes");
    shop.must("backup copy.db");
    shop.must("charge acme --invoice INV-2 --invoice INV-3=50 --yes");

    lose_the_book(&shop);

    assert_snapshot!(shop.dues("charge acme --invoice INV-2 --yes"), @"
    $ dues charge acme --invoice INV-2 --yes
    error: charging is locked: this machine charged from a later state of this book; nothing was charged
    hint: A book from a backup or another machine may have forgotten charges or refunds. Run `dues gateway reconcile`: it takes back what the gateways have, and unlocks.
    [exit 8]
    ");
    assert_snapshot!(shop.dues("status"), @"
    $ dues status
    Tulip Wholesale · test book · 2026-11-22

    needs a person
      charging is locked: this book may have forgotten charges; run `dues gateway reconcile`

    to know
      1 mail was written and not sent; it goes out once a mail server is set up
    error: 1 thing needs a person
    [exit 8]
    ");
    // Nor does anything promise a charge meanwhile.
    let locked = "charging is locked: this machine charged from a later state of this book";
    shop.refuses("charge acme --invoice INV-2 --dry-run", "book_is_old", 8);
    let added = shop.dues("schedule add acme --invoice INV-2 --on 2026-11-22 --at 08:00 --dry-run");
    assert!(
        added.contains(&format!("would not be charged: {locked}")),
        "{added}"
    );
    let autopay = shop.dues("autopay on acme --dry-run");
    assert!(
        autopay.contains(&format!("would not be charged: {locked}")),
        "{autopay}"
    );
    shop.refuses("schedule run --dry-run", "book_is_old", 8);
    assert_snapshot!(shop.dues("gateway reconcile --dry-run"), @"
    $ dues gateway reconcile --dry-run
    This would be the answer:
    sandbox: 1 charge on its list is not in the book
    CH-2: sandbox took 250.00 USD under sbx_ch_2
    nothing was written (dry run)
    [exit 0]
    ");
    assert_eq!(shop.error("charge recover")["code"], "book_is_old");
    assert_snapshot!(shop.dues("gateway reconcile"), @"
    $ dues gateway reconcile
    sandbox: 1 charge on its list is not in the book
    CH-2: 250.00 USD from ACME is booked as PAY-2
    No charge is missing from the book; charging is open.
    [exit 0]
    ");
    assert_eq!(shop.money_taken(), (2, 350_00));
    assert_eq!(shop.open(), 250_00);
    shop.must("charge acme --all-due --yes");
    assert_eq!((shop.money_taken(), shop.open()), ((3, 600_00), 0));
    shop.must("check");
}

#[test]
fn a_new_machine_compares_before_it_charges() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1 --yes");
    shop.must("backup copy.db");
    lose_the_book(&shop);
    move_to_a_new_machine(&shop);

    assert_snapshot!(shop.dues("charge acme --invoice INV-2 --yes"), @"
    $ dues charge acme --invoice INV-2 --yes
    error: charging is locked: this machine has not charged from this book before; nothing was charged
    hint: A book from a backup or another machine may have forgotten charges or refunds. Run `dues gateway reconcile`: it takes back what the gateways have, and unlocks.
    [exit 8]
    ");
    assert_snapshot!(shop.dues("gateway reconcile"), @"
    $ dues gateway reconcile
    sandbox: the book knows every charge on its list
    No charge is missing from the book; charging is open.
    [exit 0]
    ");

    shop.must("charge acme --invoice INV-2 --yes");
    assert_eq!(shop.money_taken(), (2, 300_00));
}

/// The gateway knows which charge it was, and so does a script that asks again.
#[test]
fn a_request_id_that_was_forgotten_does_not_charge_twice() {
    let shop = Shop::with_card("tok_approve");
    shop.must("backup copy.db");
    let line = "charge acme --invoice INV-1 --yes --request-id nov-acme";
    shop.must(line);
    lose_the_book(&shop);
    shop.must("gateway reconcile");

    shop.must(line);

    assert_eq!((shop.money_taken(), shop.open()), ((1, 100_00), 500_00));
    assert_eq!(
        shop.json("charge list")["data"].as_array().unwrap().len(),
        1
    );
    shop.must("check");
}

/// What was on its way when the book was lost may still come; it is open, and
/// blocks, until it is known.
#[test]
fn a_charge_that_was_on_its_way_is_taken_back_too() {
    let shop = Shop::with_card("tok_500,tok_approve");
    shop.must("backup copy.db");
    assert_eq!(
        shop.error("charge acme --invoice INV-1 --yes")["code"],
        "outcome_unknown"
    );
    lose_the_book(&shop);
    assert_snapshot!(shop.dues("gateway reconcile --dry-run"), @"
    $ dues gateway reconcile --dry-run
    This would be the answer:
    sandbox: the book knows every charge on its list
    CH-1: 100.00 USD was on its way to sandbox; it would be asked for
    nothing was written (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("backup locked.db"), @"
    $ dues backup locked.db
    The book is copied to locked.db, and the copy is whole.
    Charging is locked in it as it is here: charges may be missing. Run `dues gateway reconcile`, then make another copy.
    [exit 0]
    ");

    assert_snapshot!(shop.dues("gateway reconcile"), @"
    $ dues gateway reconcile
    sandbox: the book knows every charge on its list
    CH-1: 100.00 USD from ACME was on its way; whether it was taken is not known yet
    No charge is missing from the book; charging is open.
    error: the outcome of 1 charge is not known
    hint: Ask again later with `dues charge recover`; an unknown charge blocks its customer until then.
    [exit 5]
    ");

    assert_eq!(
        shop.error("charge acme --invoice INV-1 --yes")["code"],
        "outcome_unknown"
    );
    assert_eq!(shop.money_taken(), (0, 0));
    // Its request was in the lost book: it is looked for, and never repeated.
    for now in ["15:05", "15:10"] {
        let now = format!("2026-11-22T{now}:00Z");
        let _ = shop.command("charge recover").env("DUES_NOW", now).output();
    }
    assert_eq!(shop.json("charge show CH-1")["data"]["state"], "not_made");
    let charged = shop
        .command("charge acme --invoice INV-1 --yes")
        .env("DUES_NOW", "2026-11-22T15:15:00Z")
        .output()
        .unwrap();
    assert!(charged.status.success(), "{charged:?}");
    assert_eq!(shop.money_taken(), (1, 100_00));
    shop.must("check");
}

/// A card that was saved after the backup is saved again before its charge can
/// be taken back.
#[test]
fn a_charge_of_a_card_that_was_forgotten_waits_for_the_card() {
    let shop = Shop::new();
    shop.must("backup copy.db");
    shop.add_acme("tok_approve");
    shop.must("charge acme --invoice INV-1 --yes");
    lose_the_book(&shop);

    assert_snapshot!(shop.dues("gateway reconcile"), @r#"
    $ dues gateway reconcile
    sandbox: 1 charge on its list is not in the book
    waits: CH-1 of 100.00 USD at sandbox for INV-1 was asked of a card that is not in this book
      Add the customer if they are missing too, then their card with `dues card add CUSTOMER sbx_card_1` (and who authorized it); then run `dues gateway reconcile` again.
    error: 1 charge waits, and charging stays locked
    hint: Do what stands beside each, then run `dues gateway reconcile` again. A charge whose card never comes back is set aside with `--compared "how you booked it instead"`; the money of an invoice that never does is booked with `--on-account`.
    [exit 8]
    "#);
    shop.must("customer add 'Acme Corp' --code ACME --email ap@acme.example");
    shop.must("card add ACME sbx_card_1 --by 'A. Cme' --how 'signed form'");
    assert_snapshot!(shop.dues("gateway reconcile"), @r#"
    $ dues gateway reconcile
    sandbox: 1 charge on its list is not in the book
    waits: CH-1 of 100.00 USD at sandbox is for INV-1 of ACME, which is not in this book
      Add INV-1 again, with `dues invoice import` or `dues invoice add`; then run `dues gateway reconcile` again.
    error: 1 charge waits, and charging stays locked
    hint: Do what stands beside each, then run `dues gateway reconcile` again. A charge whose card never comes back is set aside with `--compared "how you booked it instead"`; the money of an invoice that never does is booked with `--on-account`.
    [exit 8]
    "#);
    shop.must("invoice add ACME INV-1 100 --issued 2026-01-01 --due 2026-01-10");
    assert_snapshot!(shop.dues("gateway reconcile"), @"
    $ dues gateway reconcile
    sandbox: 1 charge on its list is not in the book
    CH-1: 100.00 USD from ACME is booked as PAY-1
    No charge is missing from the book; charging is open.
    [exit 0]
    ");
    shop.must("check");
}

/// A card that is gone at the gateway too can never be added again; the charge
/// is booked by hand, and set aside for good.
#[test]
fn what_can_never_be_taken_back_is_set_aside_by_a_person() {
    let shop = Shop::new();
    shop.must("backup copy.db");
    shop.add_acme("tok_approve");
    shop.must("charge acme --invoice INV-1 --yes");
    lose_the_book(&shop);
    assert_eq!(shop.error("gateway reconcile")["code"], "not_reconciled");

    assert_snapshot!(shop.dues("gateway reconcile --compared 'booked by hand, 24 Nov'"), @"
    $ dues gateway reconcile --compared 'booked by hand, 24 Nov'
    sandbox: 1 charge on its list is not in the book
    set aside: CH-1 of 100.00 USD at sandbox for INV-1 was asked of a card that is not in this book
    What was set aside is in the log; charging is open.
    [exit 0]
    ");

    shop.add_acme("tok_approve");
    shop.must("charge acme --invoice INV-2 --yes");
    shop.must("gateway reconcile");
    assert_eq!(shop.money_taken(), (2, 300_00));
    shop.must("check");
}
