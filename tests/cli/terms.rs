//! When an invoice is due, what may be taken off it, and what else stands on it.

use insta::assert_snapshot;

use crate::shop::Shop;

#[test]
fn terms_of_the_customer_or_of_the_invoice_say_when_it_is_due() {
    let shop = Shop::new();
    assert_snapshot!(shop.dues("customer add 'Acme Corp' --code ACME --terms '2%/10, n/30' --phone '+1 212 555 0100' --billing-address '12 Rose Lane, Springfield IL 62701'"), @"
    $ dues customer add 'Acme Corp' --code ACME --terms '2%/10, n/30' --phone '+1 212 555 0100' --billing-address '12 Rose Lane, Springfield IL 62701'
    Added Acme Corp as ACME. No confirmations are mailed until there is an address: `dues customer edit ACME --email ADDRESS`.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice add ACME INV-1 500 --issued 2026-11-02 --po 4711"), @"
    $ dues invoice add ACME INV-1 500 --issued 2026-11-02 --po 4711
    Added INV-1 for ACME: 500.00 USD, due 2026-12-02. 10.00 USD off if it is paid by 2026-11-12: 490.00 USD.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice add ACME INV-2 1.25 --issued 2026-11-02 --terms eom+10"), @"
    $ dues invoice add ACME INV-2 1.25 --issued 2026-11-02 --terms eom+10
    Added INV-2 for ACME: 1.25 USD, due 2026-12-10.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice add ACME INV-3 10 --issued 2026-11-02 --terms prepaid --dry-run"), @"
    $ dues invoice add ACME INV-3 10 --issued 2026-11-02 --terms prepaid --dry-run
    This would be the answer:
    Added INV-3 for ACME: 10.00 USD, due 2026-11-02.
    nothing was written (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice add ACME INV-3 10 --issued 2026-11-02 --due 2026-11-09"), @"
    $ dues invoice add ACME INV-3 10 --issued 2026-11-02 --due 2026-11-09
    Added INV-3 for ACME: 10.00 USD, due 2026-11-09.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice show INV-1"), @"
    $ dues invoice show INV-1
    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL        OPEN
    INV-1    ACME      2026-11-02  2026-12-02  500.00 USD  500.00 USD  open
    terms 2/10 net 30 · PO 4711
    10.00 USD off if it is paid by 2026-11-12: 490.00 USD.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("invoice show INV-3"), @"
    $ dues invoice show INV-3
    INVOICE  CUSTOMER  ISSUED      DUE             TOTAL       OPEN
    INV-3    ACME      2026-11-02  2026-11-09  10.00 USD  10.00 USD  open, 13 days late
    [exit 0]
    ");
    assert_snapshot!(shop.dues("customer show ACME"), @"
    $ dues customer show ACME
    ACME  Acme Corp
    mail none · terms 2/10 net 30
    owes 511.25 USD · credit -
    phone +1 212 555 0100
    billed to 12 Rose Lane, Springfield IL 62701

    No card is saved. Add one with `dues card add ACME TOKEN`.

    INVOICE  CUSTOMER  ISSUED      DUE              TOTAL        OPEN
    INV-3    ACME      2026-11-02  2026-11-09   10.00 USD   10.00 USD  open, 13 days late
    INV-1    ACME      2026-11-02  2026-12-02  500.00 USD  500.00 USD  open
    INV-2    ACME      2026-11-02  2026-12-10    1.25 USD    1.25 USD  open
    [exit 0]
    ");

    let shown = shop.json("invoice show INV-1")["data"].clone();
    assert_eq!(shown["terms"], "2/10 net 30");
    assert_eq!(shown["po_number"], "4711");
    assert_eq!(shown["discount"]["until"], "2026-11-12");
    assert_eq!(shown["discount"]["amount"]["minor"], 10_00);
    assert_eq!(shown["discount"]["pays"]["minor"], 490_00);
    let listed = shop.json("invoice list --customer ACME")["data"].clone();
    let due = |at: usize| listed[at]["due_on"].as_str().unwrap().to_owned();
    assert_eq!(
        [0, 1, 2].map(due),
        ["2026-11-09", "2026-12-02", "2026-12-10"]
    );
    assert_eq!(listed[0]["terms"], serde_json::Value::Null);

    // What was agreed of an invoice stays, whatever the customer has from now on.
    assert_snapshot!(shop.dues("customer edit ACME --terms eom --phone none"), @"
    $ dues customer edit ACME --terms eom --phone none
    ACME is Acme Corp; no confirmations are mailed; terms are eom.
    [exit 0]
    ");
    assert_eq!(
        shop.json("invoice show INV-1")["data"]["terms"],
        "2/10 net 30"
    );
    assert_eq!(
        shop.json("customer show ACME")["data"]["terms_days"],
        serde_json::Value::Null
    );
    assert_snapshot!(shop.dues("check"), @"
    $ dues check
    [exit 0]
    ");
}

#[test]
fn what_is_no_terms_or_no_po_number_is_refused() {
    let shop = Shop::with_card("tok_approve");
    for (line, code) in [
        ("customer add Rosa --terms 366", "bad_terms"),
        ("customer edit ACME --terms '2/40 net 30'", "bad_terms"),
        ("customer edit ACME --billing-address '  '", "bad_address"),
        ("customer edit ACME --phone '1\u{200b}2'", "bad_phone"),
        ("invoice add ACME INV-9 10 --terms soon", "bad_terms"),
        ("invoice add ACME INV-9 10 --po '\u{200b}'", "bad_po_number"),
        ("invoice add ACME INV-9 10 --due eom --terms eom", "usage"),
    ] {
        shop.refuses(line, code, 2);
    }
    shop.refuses(
        "invoice add ACME INV-9 10 --po 4242424242424242",
        "card_number",
        9,
    );
    assert_eq!(
        shop.json("invoice list")["data"].as_array().unwrap().len(),
        3
    );
}

#[test]
fn the_confirmation_names_the_customers_own_number() {
    let shop = Shop::with_card("tok_approve");
    shop.must("invoice add ACME INV-4 10 --po 4711");
    shop.must("charge acme --invoice INV-4 --yes");

    let mail = shop.dues("mail show M-1");

    assert!(mail.contains("INV-4 (PO 4711)"), "{mail}");
}

#[test]
fn an_import_takes_terms_for_rows_without_a_due_date() {
    let shop = Shop::with_card("tok_approve");
    shop.write(
        "i.csv",
        "Invoice Number,Customer,Invoice Date,Due Date,Amount\n\
         INV-8,Acme Corp,2026-11-02,,100\nINV-9,Acme Corp,2026-11-02,2026-11-20,100\n",
    );
    shop.must("invoice import i.csv --terms '2/10 net 30'");

    let of = |number: &str| {
        let data = shop.json(&format!("invoice show {number}"))["data"].clone();
        (data["due_on"].clone(), data["terms"].clone())
    };
    assert_eq!(of("INV-8"), ("2026-12-02".into(), "2/10 net 30".into()));
    assert_eq!(of("INV-9"), ("2026-11-20".into(), serde_json::Value::Null));
}
