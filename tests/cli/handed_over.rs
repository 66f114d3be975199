//! The book handed over: months closed, and a journal that others accept.

use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;

use crate::shop::Shop;

/// Two customers in two currencies, and something of every kind: checks, a
/// bounce, a card payment, a refund, a dispute, credits, corrections.
fn shop() -> Shop {
    let shop = Shop::with_card("tok_approve");
    for line in [
        "customer add '=Oaks, Inc' --code OAKS",
        "invoice add OAKS E-1 70 --currency EUR --issued 2026-09-10 --due 2026-10-10",
        "invoice add OAKS O-1 500 --issued 2026-09-15 --due 2026-10-15",
        "payment record OAKS --amount 70 --currency EUR --method wire --on 2026-10-05 --invoice E-1 --no-email",
        "payment record OAKS --amount 450 --method check --ref 12 --on 2026-10-20 --invoice O-1 --no-email",
        "payment bounce PAY-2 --on 2026-10-25 --fee 25 --no-email --yes",
        "payment record --unidentified --amount 30 --method cash --on 2026-11-02",
        "payment record OAKS --amount 3 --method other --on 2026-11-02 --allocate none --no-email --yes",
        "charge ACME --invoice INV-1 --invoice INV-2=50 --yes",
        "payment refund PAY-4 --amount 20 --yes",
        "dispute open PAY-4 --amount 40 --fee 15 --reason fraud --yes",
        "credit add OAKS --amount 12.50 --because wilted --invoice O-1",
        "invoice writeoff O-1 --amount 0.50 --because cents --yes",
        "invoice correct INV-3 --amount 280 --because price --yes",
    ] {
        shop.must(line);
    }
    shop
}

#[test]
fn a_month_is_closed_and_opened_again() {
    let shop = shop();

    assert_snapshot!(shop.dues("close"), @"
    $ dues close
    Nothing is closed.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("close 2026-11"), @"
    $ dues close 2026-11
    error: 2026-11-30 is not over
    hint: Close a month once it is over, such as `dues close 2026-10`.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("close 2026-10 --dry-run"), @"
    $ dues close 2026-10 --dry-run
    This would be the answer:
    The books are closed through 2026-10-31: nothing is dated into that time any more.
    nothing was written (dry run)
    [exit 0]
    ");
    assert_snapshot!(shop.dues("close 2026-10"), @"
    $ dues close 2026-10
    The books are closed through 2026-10-31: nothing is dated into that time any more.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("close 2026-09"), @"
    $ dues close 2026-09
    error: the books are closed through 2026-10-31 already
    hint: Nothing is to do; `dues close` shows what is closed.
    [exit 1]
    ");
    assert_snapshot!(shop.dues("close --undo"), @"
    $ dues close --undo
    error: why it is opened again is not said, and there is nobody to ask
    hint: Add `--because TEXT`.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("close --undo --because 'a late invoice'"), @"
    $ dues close --undo --because 'a late invoice'
    The books are open again after what was closed through 2026-10-31.
    [exit 0]
    ");
    assert_snapshot!(shop.dues("close"), @"
    $ dues close
    Nothing is closed.
    2026-11-22 10:00  closed through 2026-10-31
    2026-11-22 10:00  opened again (a late invoice)
    [exit 0]
    ");
}

/// Whatever is dated into it, by whichever door.
#[test]
fn nothing_is_dated_into_a_closed_month() {
    let shop = shop();
    shop.must("close 2026-10");
    shop.write(
        "late.csv",
        "Invoice Number,Customer,Invoice Date,Due Date,Amount\nL-1,Acme Corp,2026-10-31,2026-11-30,10\n",
    );

    for line in [
        "invoice add ACME L-2 10 --issued 2026-10-31",
        "invoice import late.csv",
        "payment record OAKS --amount 5 --method cash --on 2026-10-31 --allocate none",
        "payment record --unidentified --amount 5 --method cash --on 2026-10-31",
        "payment bounce PAY-1 --on 2026-10-31 --yes",
        "dispute open PAY-4 --amount 1 --reason late --on 2026-10-31 --yes",
        "credit add OAKS --amount 1 --because late --on 2026-10-31",
    ] {
        let seen = shop.dues(line);
        assert!(
            seen.contains("[exit 1]") && seen.contains("closed"),
            "{seen}"
        );
    }
    // What is corrected is dated today.
    shop.must("payment unapply PAY-1");
    assert_eq!(shop.dues("check"), "$ dues check\n[exit 0]\n");
}

/// The entry that a script or an accountant reads.
#[test]
fn the_journal_is_written_in_each_form() {
    let shop = Shop::new();
    shop.must("customer add Acme --code ACME");
    shop.must("invoice add ACME INV-1 100 --issued 2026-11-01");
    shop.must("payment record ACME --amount 40 --method check --on 2026-11-10 --invoice INV-1");

    assert_snapshot!(shop.dues("export journal"), @"
    $ dues export journal
    2026-11-01 * ACME | invoice INV-1
      Assets:Receivable:ACME  100.00 USD
      Income:Sales  -100.00 USD

    2026-11-10 * ACME | PAY-1 received
      Assets:Bank  40.00 USD
      Liabilities:Unapplied:ACME  -40.00 USD

    2026-11-10 * ACME | PAY-1 applied to invoice INV-1
      Liabilities:Unapplied:ACME  40.00 USD
      Assets:Receivable:ACME  -40.00 USD

    2026-11-22 * balance of Assets:Bank
      Assets:Bank  0 USD = 40.00 USD

    2026-11-22 * balance of Assets:Receivable:ACME
      Assets:Receivable:ACME  0 USD = 60.00 USD

    2026-11-22 * balance of Income:Sales
      Income:Sales  0 USD = -100.00 USD

    2026-11-22 * balance of Liabilities:Unapplied:ACME
      Liabilities:Unapplied:ACME  0 USD = 0.00 USD

    [exit 0]
    ");
    assert_snapshot!(shop.dues("export journal --format beancount --from 2026-11-05"), @r#"
    $ dues export journal --format beancount --from 2026-11-05
    2026-11-10 open Assets:Bank
    2026-11-01 open Assets:Receivable:ACME
    2026-11-01 open Income:Sales
    2026-11-10 open Liabilities:Unapplied:ACME
    2026-11-04 * "" "opening balances"
      Assets:Receivable:ACME  100.00 USD
      Income:Sales  -100.00 USD

    2026-11-10 * "ACME" "PAY-1 received"
      Assets:Bank  40.00 USD
      Liabilities:Unapplied:ACME  -40.00 USD

    2026-11-10 * "ACME" "PAY-1 applied to invoice INV-1"
      Liabilities:Unapplied:ACME  40.00 USD
      Assets:Receivable:ACME  -40.00 USD

    2026-11-23 balance Assets:Bank  40.00 ~ 0 USD
    2026-11-23 balance Assets:Receivable:ACME  60.00 ~ 0 USD
    2026-11-23 balance Income:Sales  -100.00 ~ 0 USD
    2026-11-23 balance Liabilities:Unapplied:ACME  0.00 ~ 0 USD
    [exit 0]
    "#);
    assert_snapshot!(shop.dues("export journal --format csv --to 2026-11-01"), @"
    $ dues export journal --format csv --to 2026-11-01
    date,customer,what,account,amount,currency
    2026-11-01,ACME,invoice INV-1,Assets:Receivable:ACME,100.00,USD
    2026-11-01,ACME,invoice INV-1,Income:Sales,-100.00,USD
    [exit 0]
    ");
    assert_snapshot!(shop.dues("export invoices"), @"
    $ dues export invoices
    invoice,customer,issued_on,due_on,state,total,open,currency,po_number,memo
    INV-1,ACME,2026-11-01,2026-12-01,part_paid,100.00,60.00,USD,,
    [exit 0]
    ");
    assert_snapshot!(shop.dues("export payments"), @"
    $ dues export payments
    payment,customer,received_on,method,reference,amount,taken_back,on_account,currency,charge,memo
    PAY-1,ACME,2026-11-10,check,,40.00,0.00,0.00,USD,,
    [exit 0]
    ");
    assert_snapshot!(shop.dues("export customers"), @"
    $ dues export customers
    customer,name,email,phone,billing_address,terms,state,merged_into
    ACME,Acme,,,,net 30,active,
    [exit 0]
    ");
}

/// Whether a file of ours is accepted; the program must be there.
fn is_accepted(program: &str, arguments: &[&str], file: &Path) -> bool {
    let checked = Command::new(program).args(arguments).arg(file).output();
    let checked = checked.expect("it was found to be there");
    assert!(
        checked.status.success(),
        "{}{}",
        String::from_utf8_lossy(&checked.stdout),
        String::from_utf8_lossy(&checked.stderr)
    );
    true
}

fn is_there(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok();
    if !there {
        eprintln!("skipped: there is no {program}");
    }
    there
}

fn journal(shop: &Shop, options: &str, name: &str) -> std::path::PathBuf {
    let written = shop.run(&format!("export journal {options}"));
    assert!(written.status.success(), "{written:?}");
    let file = shop.path(name);
    std::fs::write(&file, written.stdout).unwrap();
    file
}

/// hledger proves every balance, and adds up receivables as we do at each month's end.
#[test]
fn hledger_accepts_the_journal_and_agrees() {
    if !is_there("hledger") {
        return;
    }
    let shop = shop();
    let whole = journal(&shop, "", "whole.journal");
    assert!(is_accepted("hledger", &["check", "-f"], &whole));
    let part = journal(&shop, "--from 2026-10-01 --to 2026-10-31", "part.journal");
    assert!(is_accepted("hledger", &["check", "-f"], &part));

    for (last, next) in [
        ("2026-09-30", "2026-10-01"),
        ("2026-10-31", "2026-11-01"),
        ("2026-11-22", "2026-11-23"),
    ] {
        let aging = shop.json(&format!("report aging --as-of {last}"));
        for one in aging["data"]["customers"].as_array().unwrap() {
            let (code, currency) = (&one["customer"], one["currency"].as_str().unwrap());
            let account = format!("^Assets:Receivable:{}$", code.as_str().unwrap());
            let told = Command::new("hledger")
                .args([
                    "balance",
                    "--no-total",
                    "--empty",
                    "-O",
                    "csv",
                    "-e",
                    next,
                    "-f",
                ])
                .arg(&whole)
                .args([&account, &format!("cur:{currency}")])
                .output()
                .unwrap();
            let told = String::from_utf8(told.stdout).unwrap();
            let expected = format!("{} {currency}", one["total"]["amount"].as_str().unwrap());
            let is_nothing = one["total"]["minor"] == 0;
            assert!(
                told.contains(&expected) || is_nothing,
                "{last} {code}: {expected} in {told}"
            );
        }
    }
}

#[test]
fn beancount_accepts_the_journal() {
    let program = std::env::var("DUES_TEST_BEAN_CHECK").unwrap_or_else(|_| "bean-check".to_owned());
    if !is_there(&program) {
        return;
    }
    let shop = shop();
    let whole = journal(&shop, "--format beancount", "whole.bean");
    assert!(is_accepted(&program, &[], &whole));
    let part = journal(
        &shop,
        "--format beancount --from 2026-10-01 --to 2026-10-31",
        "part.bean",
    );
    assert!(is_accepted(&program, &[], &part));
}

#[test]
fn an_account_that_nobody_could_read_is_refused() {
    let shop = shop();
    shop.write("config.toml", "[accounts]\nbank = \"my bank\"\n");

    assert_snapshot!(shop.dues("export journal --config config.toml"), @"
    $ dues export journal --config config.toml
    error: `my bank` in the configuration is not the name of an account
    hint: Write it as `Assets:Receivable`: Assets, Liabilities, Equity, Income or Expenses first, each part with a capital.
    [exit 3]
    ");
}

/// A shop in QuickBooks or Xero: its accounts by the names that they have there.
fn accounting(shop: &Shop) {
    shop.write(
        "config.toml",
        "[accounting]\nreceivable = \"Accounts Receivable\"\nunapplied = \"Customer Deposits\"\n\
         clearing = \"Card Clearing\"\nbank = \"Undeposited Funds\"\nelsewhere = \"Equity\"\n\
         suspense = \"Suspense\"\nsales = \"Sales\"\nreturns = \"Returns\"\nwrite_offs = \"Bad Debt\"\n\
         discounts = \"Discounts\"\nshort_pays = \"Short Payments\"\ndispute_fees = \"Fees\"\n\
         tax_rate = \"Tax Exempt\"\n",
    );
}

/// Every entry is zero in all, and what each day has is what our own sheet has.
#[test]
fn quickbooks_gets_each_entry_of_one_currency() {
    let shop = shop();
    accounting(&shop);

    let iif = journal(
        &shop,
        "--config config.toml --format iif --currency USD",
        "month.iif",
    );
    let text = std::fs::read_to_string(iif).unwrap();

    let minor = |amount: &str| amount.replace('.', "").parse::<i64>().unwrap();
    let (mut sum, mut debits, mut entries) = (0, 0, 0);
    for line in text.lines().skip(3) {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells == ["ENDTRNS"] {
            assert_eq!(sum, 0, "{text}");
            entries += 1;
            continue;
        }
        assert_eq!(cells.len(), 7, "{line}");
        let is_customers = ["Accounts Receivable", "Customer Deposits"].contains(&cells[3]);
        assert_eq!(is_customers, !cells[4].is_empty(), "{line}");
        sum += minor(cells[5]);
        debits += minor(cells[5]).max(0);
    }
    let sheet = String::from_utf8(shop.run("export journal --format csv").stdout).unwrap();
    let ours: i64 = sheet
        .lines()
        .filter_map(|line| line.strip_suffix(",USD")?.rsplit(',').next())
        .map(|amount| minor(amount).max(0))
        .sum();
    assert!(entries > 15);
    assert_eq!(debits, ours);

    assert_snapshot!(shop.dues("export journal --config config.toml --format iif --from 2026-10-20 --to 2026-10-20"), @"
    $ dues export journal --config config.toml --format iif --from 2026-10-20 --to 2026-10-20
    !TRNS	TRNSTYPE	DATE	ACCNT	NAME	AMOUNT	MEMO
    !SPL	TRNSTYPE	DATE	ACCNT	NAME	AMOUNT	MEMO
    !ENDTRNS
    TRNS	GENERAL JOURNAL	10/20/2026	Undeposited Funds		450.00	PAY-2 received
    SPL	GENERAL JOURNAL	10/20/2026	Customer Deposits	=Oaks, Inc	-450.00	PAY-2 received
    ENDTRNS
    TRNS	GENERAL JOURNAL	10/20/2026	Customer Deposits	=Oaks, Inc	450.00	PAY-2 applied to invoice O-1
    SPL	GENERAL JOURNAL	10/20/2026	Accounts Receivable	=Oaks, Inc	-450.00	PAY-2 applied to invoice O-1
    ENDTRNS
    [exit 0]
    ");
    assert_snapshot!(shop.dues("export journal --config config.toml --format xero --from 2026-10-20 --to 2026-10-20"), @r#"
    $ dues export journal --config config.toml --format xero --from 2026-10-20 --to 2026-10-20
    *Narration,*Date,Description,*AccountCode,*TaxRate,*Amount
    "PAY-2 received, =Oaks, Inc",20 Oct 2026,,Undeposited Funds,Tax Exempt,450.00
    "PAY-2 received, =Oaks, Inc",20 Oct 2026,"'=Oaks, Inc",Customer Deposits,Tax Exempt,-450.00
    "PAY-2 applied to invoice O-1, =Oaks, Inc",20 Oct 2026,"'=Oaks, Inc",Customer Deposits,Tax Exempt,450.00
    "PAY-2 applied to invoice O-1, =Oaks, Inc",20 Oct 2026,"'=Oaks, Inc",Accounts Receivable,Tax Exempt,-450.00
    [exit 0]
    "#);
}

#[test]
fn what_an_accounting_program_cannot_read_is_refused() {
    let shop = shop();
    shop.must("customer edit ACME --name 'Acme: East'");

    assert_snapshot!(shop.dues("export journal --format iif"), @"
    $ dues export journal --format iif
    error: there are entries in EUR and USD, and the file takes one currency
    hint: Add `--currency EUR`, and write one file for each.
    [exit 2]
    ");
    assert_snapshot!(shop.dues("export journal --format iif --currency USD"), @"
    $ dues export journal --format iif --currency USD
    error: the configuration does not say what the accounting program calls `bank`, `clearing`, `dispute_fees`, `elsewhere`, `receivable`, `returns`, `sales`, `suspense`, `unapplied`, `write_offs`
    hint: Write it under `[accounting]`: account names of QuickBooks, or codes of Xero; `config.example.toml` shows all.
    [exit 3]
    ");
    assert_snapshot!(shop.dues("export journal --currency USD"), @"
    $ dues export journal --currency USD
    error: this format takes all currencies in one file
    hint: Leave out `--currency`; it is for `--format iif` and `--format xero`.
    [exit 2]
    ");
    accounting(&shop);
    assert_snapshot!(shop.dues("export journal --config config.toml --format iif --currency USD"), @"
    $ dues export journal --config config.toml --format iif --currency USD
    error: the name of ACME, `Acme: East`, has a colon, behind which QuickBooks reads a job
    hint: Give them the name that they have in QuickBooks: `dues customer edit ACME --name NAME`.
    [exit 1]
    ");
}

/// They are in no list any more, and what they did is.
#[test]
fn who_was_archived_is_still_in_reports_and_in_the_journal() {
    let shop = Shop::new();
    for line in [
        "customer add Oaks --code OAKS",
        "invoice add OAKS O-1 500 --issued 2026-09-15 --due 2026-10-15",
        "payment record OAKS --amount 500 --method check --ref 12 --on 2026-10-20 --invoice O-1 --no-email",
        "customer add Twin --code TWIN",
        "customer merge TWIN OAKS --yes",
        "customer archive OAKS --yes",
    ] {
        shop.must(line);
    }

    let sheet = shop.dues("export customers");
    for line in [
        "OAKS,Oaks,,,,net 30,archived,\n",
        "TWIN,Twin,,,,net 30,merged,OAKS\n",
    ] {
        assert!(sheet.contains(line), "{sheet}");
    }
    for line in [
        "report aging --as-of 2026-10-01",
        "report open --as-of 2026-10-01",
        "report payments --from 2026-10-01",
        "export journal",
        "export journal --format csv",
    ] {
        let said = shop.dues(line);
        assert!(said.contains("[exit 0]") && said.contains("OAKS"), "{said}");
    }
}
