//! What the boss asks: who owes how much, as it stands and as it stood.

use insta::assert_snapshot;

use crate::shop::Shop;

/// ACME owes three invoices and paid one and a half of them on 22 November;
/// OAKS, whose name a spreadsheet would obey, owes euros.
fn shop() -> Shop {
    let shop = Shop::with_card("tok_approve");
    shop.must("customer add '=Oaks, Inc' --code OAKS");
    shop.must("invoice add OAKS E-1 70 --currency EUR --issued 2026-11-01 --due 2026-11-15");
    shop.must("charge ACME --invoice INV-1 --invoice INV-2=50 --yes");
    shop
}

#[test]
fn aging_says_who_owes_what_and_for_how_long() {
    let shop = shop();

    assert_snapshot!(shop.dues("report aging"), @r"
    $ dues report aging
    What is owed as of 2026-11-22, aged by due date

    CUSTOMER  NAME        CURRENCY  CURRENT   1-30  31-60  61-90  OVER 90   TOTAL  ON ACCOUNT
    ACME      Acme Corp   USD          0.00   0.00   0.00   0.00   450.00  450.00        0.00
    OAKS      =Oaks, Inc  EUR          0.00  70.00   0.00   0.00     0.00   70.00        0.00
    total                 EUR          0.00  70.00   0.00   0.00     0.00   70.00        0.00
    total                 USD          0.00   0.00   0.00   0.00   450.00  450.00        0.00
    [exit 0]
    ");
    assert_snapshot!(shop.dues("report aging --as-of 2026-11-21 --by invoice"), @r"
    $ dues report aging --as-of 2026-11-21 --by invoice
    What is owed as of 2026-11-21, aged by invoice date

    CUSTOMER  NAME        CURRENCY  CURRENT   1-30  31-60  61-90  OVER 90   TOTAL  ON ACCOUNT
    ACME      Acme Corp   USD          0.00   0.00   0.00   0.00   600.00  600.00        0.00
    OAKS      =Oaks, Inc  EUR          0.00  70.00   0.00   0.00     0.00   70.00        0.00
    total                 EUR          0.00  70.00   0.00   0.00     0.00   70.00        0.00
    total                 USD          0.00   0.00   0.00   0.00   600.00  600.00        0.00
    [exit 0]
    ");
    assert_snapshot!(shop.dues("report aging --detail"), @r"
    $ dues report aging --detail
    What is owed as of 2026-11-22, aged by due date

    CUSTOMER  NAME        INVOICE  ISSUED      DUE         DAYS  AGE      CURRENCY    OPEN
    ACME      Acme Corp   INV-2    2026-01-01  2026-02-10   285  over 90  USD       150.00
    ACME      Acme Corp   INV-3    2026-01-01  2026-03-10   257  over 90  USD       300.00
    OAKS      =Oaks, Inc  E-1      2026-11-01  2026-11-15     7  1-30     EUR        70.00
    total                                                                 EUR        70.00
    total                                                                 USD       450.00
    [exit 0]
    ");
    assert_snapshot!(shop.dues("report aging --csv"), @r#"
    $ dues report aging --csv
    customer,name,currency,current,1-30,31-60,61-90,over_90,total,on_account
    ACME,Acme Corp,USD,0.00,0.00,0.00,0.00,450.00,450.00,0.00
    OAKS,"'=Oaks, Inc",EUR,0.00,70.00,0.00,0.00,0.00,70.00,0.00
    [exit 0]
    "#);
}

#[test]
fn a_report_of_nothing_says_so() {
    let shop = Shop::new();

    assert_snapshot!(shop.dues("report aging"), @r"
    $ dues report aging
    What is owed as of 2026-11-22, aged by due date
    Nothing is owed, and nothing is on account.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("report credits --csv"), @r"
    $ dues report credits --csv
    customer,name,credit,date,amount,currency,open
    [exit 0]
    ");
}

#[test]
fn open_items_credits_and_payments_are_as_they_stood() {
    let shop = shop();
    shop.must("charge ACME --amount 475 --on-account --yes");

    assert_snapshot!(shop.dues("report open --customer ACME --as-of yesterday"), @r"
    $ dues report open --customer ACME --as-of yesterday
    What is open as of 2026-11-21

    CUSTOMER  NAME       INVOICE  ISSUED      DUE          TOTAL  CURRENCY    OPEN
    ACME      Acme Corp  INV-1    2026-01-01  2026-01-10  100.00  USD       100.00
    ACME      Acme Corp  INV-2    2026-01-01  2026-02-10  200.00  USD       200.00
    ACME      Acme Corp  INV-3    2026-01-01  2026-03-10  300.00  USD       300.00
    total                                                         USD       600.00
    [exit 0]
    ");
    assert_snapshot!(shop.dues("report credits"), @r"
    $ dues report credits
    What is on account as of 2026-11-22

    CUSTOMER  NAME       CREDIT  DATE        AMOUNT  CURRENCY   OPEN
    ACME      Acme Corp  PAY-2   2026-11-22  475.00  USD       25.00
    total                                            USD       25.00
    [exit 0]
    ");
    assert_snapshot!(shop.dues("report payments"), @r"
    $ dues report payments
    What came in from 2026-11-01 to 2026-11-22

    DATE        PAYMENT  CUSTOMER  NAME       BY    REFERENCE  CURRENCY  AMOUNT  TAKEN BACK  ON ACCOUNT
    2026-11-22  PAY-1    ACME      Acme Corp  card             USD       150.00        0.00        0.00
    2026-11-22  PAY-2    ACME      Acme Corp  card             USD       475.00        0.00       25.00
    total                                     card             USD       625.00        0.00       25.00
    [exit 0]
    ");
    assert_snapshot!(shop.dues("report payments --from 2026-10-01 --to 2026-10-31"), @r"
    $ dues report payments --from 2026-10-01 --to 2026-10-31
    What came in from 2026-10-01 to 2026-10-31
    Nothing came in.
    [exit 0]
    ");
}

#[test]
fn a_day_that_is_not_over_and_dates_turned_round_are_refused() {
    let shop = shop();

    assert_snapshot!(shop.dues("report aging --as-of tomorrow"), @r"
    $ dues report aging --as-of tomorrow
    error: 2026-11-23 is not over: nobody knows how the book will stand then
    hint: Give today or a day before with `--as-of`, or leave it out.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("report payments --from today --to yesterday"), @r"
    $ dues report payments --from today --to yesterday
    error: 2026-11-21 is before 2026-11-22
    hint: Give the first day with `--from` and the last with `--to`.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("report open --csv --json"), @r#"
    $ dues report open --csv --json
    {
      "error": {
        "code": "usage",
        "exit": 2,
        "hint": "`dues report open --help` shows how it is written.",
        "message": "the argument `--csv` cannot be used with `--json`"
      }
    }
    [exit 2]
    "#);
}

/// Whatever a script adds up is the total.
#[test]
fn the_documents_add_up() {
    let shop = shop();

    let aging = shop.json("report aging");
    let detail = shop.json("report aging --detail");

    let minor = |document: &serde_json::Value| document["minor"].as_i64().unwrap();
    let items = detail["data"]["invoices"].as_array().unwrap();
    for total in aging["data"]["totals"].as_array().unwrap() {
        let currency = &total["currency"];
        let theirs = items
            .iter()
            .filter(|item| item["open"]["currency"] == *currency);
        assert_eq!(
            theirs.map(|item| minor(&item["open"])).sum::<i64>(),
            minor(&total["total"])
        );
    }
}
