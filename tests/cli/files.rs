//! Files in and out: imports, backups, restores.

use std::fs;
use std::process::Command;

use insta::assert_snapshot;

use crate::shop::Shop;

const GOOD: &str = "Invoice Number,Customer,Email,Invoice Date,Due Date,Amount\n\
    A-1,Acme Corp,ap@acme.example,2026-01-05,2026-02-04,10.00\n\
    A-2,Acme Corp,ap@acme.example,2026-01-06,2026-02-05,20.50\n\
    B-1,Bloom & Sons,,2026-01-07,2026-02-06,30.00\n";

#[test]
fn a_file_is_imported_once_however_often_it_is_given() {
    let shop = Shop::new();
    shop.write("invoices.csv", GOOD);

    assert_snapshot!(shop.dues("invoice import invoices.csv --create-customers"), @"
    $ dues invoice import invoices.csv --create-customers
    read as UTF-8, cells between commas
    columns: invoice number = `Invoice Number`, customer = `Customer`, email = `Email`, invoice date = `Invoice Date`, due date = `Due Date`, amount = `Amount`
    no currency column: amounts are in USD, as the book is
    decimal mark of `Amount`: `.`, as in `10.00`, line 2
    INVOICES  COUNT      TOTAL
    new           3  60.50 USD
    customers made: ACME (Acme Corp), BLOOM (Bloom & Sons)
    written
    [exit 0]
    ");
    let before = shop.contents();
    assert_snapshot!(shop.dues("invoice import invoices.csv"), @"
    $ dues invoice import invoices.csv
    read as UTF-8, cells between commas
    columns: invoice number = `Invoice Number`, customer = `Customer`, email = `Email`, invoice date = `Invoice Date`, due date = `Due Date`, amount = `Amount`
    no currency column: amounts are in USD, as the book is
    decimal mark of `Amount`: `.`, as in `10.00`, line 2
    INVOICES   COUNT  TOTAL
    new            0
    unchanged      3
    nothing to write
    [exit 0]
    ");

    assert_eq!(shop.contents(), before);
    assert_eq!(shop.open(), 60_50);
}

#[test]
fn unknown_customers_are_refused_by_name() {
    let shop = Shop::new();
    shop.write("invoices.csv", GOOD);

    assert_snapshot!(shop.dues("invoice import invoices.csv"), @"
    $ dues invoice import invoices.csv
    line 2: there is no customer `Acme Corp`
    line 4: there is no customer `Bloom & Sons`
    error: invoices.csv: 2 rows cannot be imported; nothing was written
    hint: Add `--create-customers` to make them, or `dues customer add` first.
    [exit 1]
    ");
    shop.refuses("invoice import invoices.csv", "bad_rows", 1);
}

#[test]
fn every_bad_row_is_told_at_once_and_none_is_written() {
    let shop = Shop::new();
    shop.write("invoices.csv", &format!("{GOOD}C-1,Acme Corp,,2026-02-30,,5.00\nC-2,Acme Corp,,2026-01-01,,10.005\n,Acme Corp,,2026-01-01,,1.00\n"));

    assert_snapshot!(shop.dues("invoice import invoices.csv --create-customers"), @"
    $ dues invoice import invoices.csv --create-customers
    line 5: column `Invoice Date`: `2026-02-30` is a day that no calendar of 1990 to 2199 has
      Look it up on the invoice.
    line 6: column `Amount`: `10.005` is finer than USD has places for
      USD has 2 decimals; dues does not round.
    line 7: column `Invoice Number`: the invoice number is blank
      Give the invoice its number: it is how payments find it.
    error: invoices.csv: 3 rows cannot be imported; nothing was written
    hint: Correct these rows and import the file again.
    [exit 1]
    ");
    shop.refuses(
        "invoice import invoices.csv --create-customers",
        "bad_rows",
        1,
    );
}

#[test]
fn an_invoice_that_differs_from_the_book_is_a_conflict() {
    let shop = Shop::new();
    shop.write("invoices.csv", GOOD);
    shop.must("invoice import invoices.csv --create-customers");
    shop.write("changed.csv", &GOOD.replace("20.50", "21.50"));

    assert_snapshot!(shop.dues("invoice import changed.csv"), @"
    $ dues invoice import changed.csv
    line 3: invoice `A-2` is in the book and differs: amount 20.50 USD -> 21.50 USD
    error: changed.csv: 1 row differs from the book; nothing was written
    hint: Correct the file, or make the old invoice void and give the new one a new number.
    [exit 1]
    ");
    shop.refuses("invoice import changed.csv", "conflict", 1);
}

#[test]
fn a_card_number_in_a_file_is_refused_and_shown_nowhere() {
    let shop = Shop::new();
    shop.write(
        "invoices.csv",
        &GOOD.replace("Bloom & Sons", "4111 1111 1111 1111"),
    );

    let seen = shop.dues("invoice import invoices.csv --create-customers");

    assert!(
        seen.ends_with("[exit 9]\n") && !seen.contains("1111"),
        "{seen}"
    );
    assert_eq!(shop.json("customer list")["data"], serde_json::json!([]));
}

#[test]
fn what_was_paid_before_is_booked_as_paid() {
    let shop = Shop::new();
    shop.write(
        "open.csv",
        "Number;Customer;Invoice Date;Due Date;Total;Balance;Currency\nX-1;Acme;2026-01-05;2026-02-04;100.00;40.00;USD\n",
    );

    shop.must("invoice import open.csv --create-customers");

    assert_eq!(shop.open(), 40_00);
    assert_eq!(
        shop.json("payment list")["data"][0]["memo"],
        "imported balance"
    );
    shop.must("check");
}

#[test]
fn standard_input_is_a_file_too() {
    use std::io::Write;
    let shop = Shop::new();

    let mut child = shop
        .command("invoice import - --create-customers")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(GOOD.as_bytes())
        .unwrap();

    assert!(child.wait().unwrap().success());
    assert_eq!(shop.open(), 60_50);
}

#[test]
fn a_backup_is_a_whole_book_and_comes_back() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge acme --invoice INV-1 --yes");

    shop.must("backup copy.db");
    shop.refuses("backup copy.db", "target_exists", 1);
    shop.must("invoice add ACME INV-9 5");
    assert_snapshot!(shop.dues("restore copy.db --yes"), @"
    $ dues restore copy.db --yes
    copy.db is the book now, at ~/book.db.
    The book that stood there is kept at ~/book.db.before-restore.
    Every charge that this machine made is in it. Whatever else was done since this backup is not.
    [exit 0]
    ");

    assert_eq!(shop.open(), 500_00);
    assert!(shop.path("book.db.before-restore").exists());
    shop.must("check");
    shop.must("charge acme --invoice INV-2 --yes");
}

/// A charge that the book forgets could be made again.
#[test]
fn a_backup_that_would_forget_a_charge_is_refused() {
    let shop = Shop::with_card("tok_approve");
    shop.must("backup copy.db");
    shop.must("charge acme --invoice INV-1 --yes");

    assert_snapshot!(shop.dues("restore copy.db --yes"), @"
    $ dues restore copy.db --yes
    error: the backup does not know CH-1 (100.00 USD, succeeded) as the book in use does
    hint: A charge that is forgotten can be made a second time, so this book stays. To look into the backup, open it where it is with `--book`.
    [exit 8]
    ");
    shop.refuses("restore copy.db --yes", "would_forget_charges", 8);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let shop = Shop::with_card("tok_approve");
    shop.write("copy.db", "not a book");

    shop.refuses("restore copy.db --yes", "not_a_book", 3);
    shop.refuses("restore nothing.db --yes", "no_book", 3);
}

#[test]
fn a_damaged_book_is_named_as_such_and_never_charged() {
    let shop = Shop::with_card("tok_approve");
    let mut bytes = fs::read(shop.path("book.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(0xa5);
    fs::write(shop.path("book.db"), &bytes).unwrap();

    let seen = shop.dues("charge acme --all-due --yes");

    assert!(
        !seen.contains("[exit 0]") && !seen.contains("panicked"),
        "{seen}"
    );
    assert_eq!(shop.money_taken(), (0, 0));
}

#[test]
fn customers_of_one_name_are_told_apart_by_their_codes() {
    let shop = Shop::new();
    shop.write(
        "two.csv",
        "Invoice Number,Customer ID,Customer,Invoice Date,Due Date,Amount\n\
         A-1,R101,Whole Foods,2026-01-05,2026-02-04,10.00\n\
         A-2,R102,Whole Foods,2026-01-06,2026-02-05,20.00\n",
    );

    shop.must("invoice import two.csv --create-customers");

    assert_eq!(shop.json("invoice show A-1")["data"]["customer"], "R101");
    assert_eq!(shop.json("invoice show A-2")["data"]["customer"], "R102");
    let before = shop.contents();
    shop.must("invoice import two.csv");
    assert_eq!(shop.contents(), before);
}

/// A log that a killed process left behind belongs to the book that is gone.
#[cfg(unix)]
#[test]
fn a_log_left_behind_is_not_played_into_a_restored_book() {
    let shop = Shop::with_card("tok_approve");
    shop.must("backup copy.db");
    // Stopped, so that the log stays beside the book.
    let stopped = shop
        .command("charge acme --invoice INV-1 --yes")
        .env("DUES_CRASH", "charge.settled")
        .output();
    assert!(stopped.unwrap().status.code().is_none());
    assert!(shop.path("book.db-wal").metadata().unwrap().len() > 0);
    fs::rename(shop.path("book.db"), shop.path("moved.db")).unwrap();

    shop.must("restore copy.db --yes");

    shop.must("check");
    assert_eq!(shop.json("charge list")["data"], serde_json::json!([]));
}

/// Only what is no whole book may be replaced unread.
#[cfg(unix)]
#[test]
fn a_book_that_cannot_be_looked_into_is_not_replaced() {
    let shop = Shop::with_card("tok_approve");
    shop.must("backup copy.db");
    shop.must("charge acme --invoice INV-1 --yes");
    fs::hard_link(shop.path("book.db"), shop.path("mybook.db")).unwrap();

    assert_eq!(
        shop.error("restore copy.db --yes")["code"],
        "book_has_two_names"
    );
    assert!(!shop.path("book.db.before-restore").exists());
    // A damaged one may: that is what backups are for.
    fs::remove_file(shop.path("mybook.db")).unwrap();
    shop.write("book.db", "ruined");
    shop.must("restore copy.db --yes");
    shop.must("check");
}

#[test]
fn an_end_of_a_number_is_unambiguous_among_the_customers_own_invoices() {
    let shop = Shop::with_card("tok_approve");
    shop.must("invoice add ACME A-0041 5");
    shop.must("invoice add ACME Z-9941 6");

    shop.refuses("charge acme --invoice 41 --yes", "ambiguous_invoice", 2);
}

/// What a bookkeeper sees of a book that somebody edited with another program.
#[test]
fn a_broken_book_is_told_rule_by_rule_with_what_to_do() {
    let shop = Shop::with_card("tok_approve");
    shop.must("charge ACME --amount 100 --yes");
    shop.change_by_hand("update invoices set open_minor = open_minor - 5 where number <> 'INV-1'");

    assert_snapshot!(shop.dues("check"), @r"
    $ dues check
    INV07 does not hold: an invoice's open amount is its total less what is applied, and never negative
      INV-2
      INV-3
      do: Add up the payments that `dues invoice show INV-2` lists; the total less those is owed, and nothing else may be asked for.

    INV15 does not hold: what each customer owes and has unapplied is the same in the journal and in the open rows
      ACME: 500.00 USD owed by the journal, 499.90 USD by its invoices
      do: Send no statement to this customer and charge nothing. The rules INV05 to INV09 name the invoice or payment; where they name none, an invoice or a payment was changed: compare it with its paper.
    error: the book breaks 2 rules
    hint: Charge no card from this book until it is right. Do what is said above rule by rule; where that does not settle it, bring back the last good backup with `dues restore FILE` (this book is kept beside it), and report the lines above.
    [exit 8]
    ");
    let told = shop.run("check --json");
    let document: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let rows = document["data"]["violations"].as_array().unwrap();
    assert_eq!(rows.len(), 3, "{document:#}");
    assert_eq!(rows[1]["rule"], "INV07");
    assert_eq!(rows[1]["row"], "INV-3");
    let advice = rows[1]["advice"].as_str().unwrap();
    assert!(advice.contains("`dues invoice show INV-3`"), "{advice}");
}

/// A name may lead to what has no end, or never begins.
#[test]
fn only_a_file_is_read_as_one() {
    let shop = Shop::new();
    let made = Command::new("mkfifo").arg(shop.path("pipe")).status();
    assert!(made.unwrap().success());
    fs::File::create(shop.path("sparse"))
        .and_then(|file| file.set_len(20 << 30))
        .unwrap();
    for (file, fact) in [
        ("pipe", "it is not a file"),
        ("/dev/zero", "it is not a file"),
        ("sparse", "it is longer than"),
    ] {
        for (line, exit) in [
            (format!("status --config {file}"), 3),
            (format!("schedule run --plan {file}"), 1),
        ] {
            let seen = shop.dues(&line);
            assert!(seen.contains(fact), "{seen}");
            assert!(seen.ends_with(&format!("[exit {exit}]\n")), "{seen}");
        }
    }
}

/// A pipe that never comes to the end of its line is not heard out.
#[test]
fn a_secret_from_a_pipe_has_an_end() {
    let shop = Shop::new();
    shop.write(
        "config.toml",
        "[mail.smtp]\nhost = '127.0.0.1'\npassword = 'file'\n[secrets]\nfolder = 'secrets'\n",
    );

    let output = shop
        .command("mail login --config config.toml")
        .stdin(fs::File::open("/dev/zero").unwrap())
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("longer than 4 KiB"), "{said}");
}
