//! Whose invoice a row is, and what a second file may say of one.

use insta::assert_snapshot;
use serde_json::Value;

use crate::shop::Shop;

const HEADER: &str = "Invoice Number,Customer,Email,Invoice Date,Due Date,Amount\n";
const WITH_IDS: &str = "Invoice Number,Customer ID,Customer,Email,Invoice Date,Amount\n";

/// Imports a file that must be taken, and makes its customers.
fn take(shop: &Shop, file: &str) {
    shop.write("file.csv", file);
    shop.must("invoice import file.csv --create-customers");
}

/// The hint and the lines of a file that must be refused.
fn refused(shop: &Shop, file: &str, code: &str) -> String {
    shop.write("file.csv", file);
    shop.refuses("invoice import file.csv --create-customers", code, 1);
    shop.dues("invoice import file.csv --create-customers")
}

fn owner(shop: &Shop, invoice: &str) -> String {
    let data = shop.json(&format!("invoice show {invoice}"));
    data["data"]["customer"].as_str().unwrap().to_owned()
}

fn customers(shop: &Shop) -> usize {
    let list = shop.json("customer list");
    list["data"].as_array().unwrap().len()
}

/// `BAKER` is made up from the first word of another customer's name.
#[test]
fn a_name_is_never_taken_for_a_code_that_was_made_up() {
    let cafe = "A-1,Baker Street Cafe,ap@cafe.example,2026-01-05,2026-02-04,10.00\n";
    let baker = "A-2,Baker,ap@baker.example,2026-01-06,2026-02-05,20.00\n";
    let at_once = Shop::new();
    let shop = Shop::new();

    take(&at_once, &format!("{HEADER}{cafe}{baker}"));
    take(&shop, &format!("{HEADER}{cafe}"));
    take(&shop, &format!("{HEADER}{baker}"));

    assert_ne!(owner(&at_once, "A-1"), owner(&at_once, "A-2"));
    assert_eq!(owner(&shop, "A-1"), "BAKER");
    assert_eq!(owner(&shop, "A-2"), "BAKER-2");
    // Nor does who types the word mean the one by luck.
    assert_snapshot!(shop.dues("customer show baker"), @"
    $ dues customer show baker
    error: `baker` could be 2 customers
    hint: Say which one: `code:BAKER` (Baker Street Cafe), `BAKER-2` (Baker).
    [exit 2]
    ");
}

/// Codes stand where names should: with `--create-customers` each would get a
/// second customer.
#[test]
fn a_code_that_a_person_gave_is_no_name_of_a_new_customer() {
    let shop = Shop::new();
    shop.must("customer add 'Rosa Diaz Flowers' --code R07");

    let seen = refused(
        &shop,
        &format!("{HEADER}A-1,R07,,2026-01-05,2026-02-05,10.00\n"),
        "bad_rows",
    );

    assert!(
        seen.contains(
            "`R07` stands in the column of names, and is the customer code of Rosa Diaz Flowers"
        ),
        "{seen}"
    );
    assert_eq!(customers(&shop), 1);
    take(&shop, &format!("{WITH_IDS}A-1,R07,,,2026-01-05,10.00\n"));
    assert_eq!(owner(&shop, "A-1"), "R07");
}

#[test]
fn the_same_name_with_another_id_is_another_customer() {
    let shop = Shop::new();
    take(
        &shop,
        &format!("{WITH_IDS}A-1,7,Whole Foods,,2026-01-05,10.00\n"),
    );

    take(
        &shop,
        &format!("{WITH_IDS}A-2,8,Whole Foods,,2026-01-06,20.00\n"),
    );

    assert_ne!(owner(&shop, "A-1"), owner(&shop, "A-2"));
    let seen = refused(
        &shop,
        &format!("{HEADER}A-3,Whole Foods,,2026-01-06,2026-02-05,20.00\n"),
        "bad_rows",
    );
    assert!(
        seen.contains("`Whole Foods` is the name of 2 customers: WHOLE, WHOLE-FOODS"),
        "{seen}"
    );
}

#[test]
fn what_contradicts_the_customer_stops_the_row() {
    let shop = Shop::new();
    take(
        &shop,
        &format!("{WITH_IDS}A-1,R7,Rosa,ap@rosa.example,2026-01-05,10.00\n"),
    );

    let name = refused(
        &shop,
        &format!("{WITH_IDS}A-2,R7,Bloom,,2026-01-05,10.00\n"),
        "bad_rows",
    );
    let mail = refused(
        &shop,
        &format!("{HEADER}A-2,Rosa,ap@bloom.example,2026-01-05,2026-02-05,10.00\n"),
        "bad_rows",
    );
    let mails = refused(
        &shop,
        &format!(
            "{HEADER}A-2,New,a@new.example,2026-01-05,2026-02-05,10.00\nA-3,New,b@new.example,2026-01-05,2026-02-05,10.00\n"
        ),
        "bad_rows",
    );

    assert_snapshot!([name, mail, mails].concat(), @"
    $ dues invoice import file.csv --create-customers
    line 2: `R7` is Rosa in the book, and Bloom in the file
    error: file.csv: 1 row cannot be imported; nothing was written
    hint: If that is their new name, `dues customer edit R7 --name NAME` first; if the ids are another system's, take their column out.
    [exit 1]
    $ dues invoice import file.csv --create-customers
    line 2: `Rosa` has the mail address ap@rosa.example, and ap@bloom.example in this row
    error: file.csv: 1 row cannot be imported; nothing was written
    hint: If it is one customer, change the address with `dues customer edit`, or leave it out of the file; if not, `dues customer add` the other one, and give each an id in a column `Customer ID`.
    [exit 1]
    $ dues invoice import file.csv --create-customers
    line 2: `New` has 2 mail addresses in the file: a@new.example, b@new.example
    line 3: `New` has 2 mail addresses in the file: a@new.example, b@new.example
    error: file.csv: 2 rows cannot be imported; nothing was written
    hint: If it is one customer, leave one of them; if not, give each an id in a column `Customer ID`.
    [exit 1]
    ");
}

/// In one file two addresses under one name are refused; so they are in two.
#[test]
fn the_first_address_of_a_customer_is_kept_and_tells_namesakes_apart() {
    let shop = Shop::new();
    let row = |number: &str, mail: &str| {
        format!("{HEADER}{number},Rosa Diaz,{mail},2026-01-05,2026-02-04,10.00\n")
    };
    take(&shop, &row("B-0", ""));

    shop.write("file.csv", &row("B-1", "ann@one.example"));
    let said = "ROSA: ann@one.example is their mail address from now on";
    let rehearsed = shop.dues("invoice import file.csv --dry-run");
    let kept = shop.json("customer show ROSA")["data"]["email"].clone();
    let seen = shop.dues("invoice import file.csv");

    assert!(rehearsed.contains(said) && kept.is_null(), "{rehearsed}");
    assert!(seen.contains(said) && seen.contains("\nwritten"), "{seen}");
    assert_eq!(
        shop.json("customer show ROSA")["data"]["email"],
        "ann@one.example"
    );
    let before = shop.contents();
    shop.must("invoice import file.csv");
    let seen = refused(&shop, &row("B-2", "bob@two.example"), "bad_rows");
    assert!(
        seen.contains(
            "`Rosa Diaz` has the mail address ann@one.example, and bob@two.example in this row"
        ),
        "{seen}"
    );
    assert_eq!(shop.contents(), before);
}

/// Whatever told who they are: an id, or an invoice that the book has.
#[test]
fn an_address_is_kept_however_the_customer_was_found() {
    let shop = Shop::new();
    take(
        &shop,
        &format!("{WITH_IDS}A-1,7,Rosa,,2026-01-05,10.00\nA-2,8,Bloom,,2026-01-05,10.00\n"),
    );

    take(
        &shop,
        &format!("{WITH_IDS}A-3,7,Rosa,ap@rosa.example,2026-01-05,10.00\n"),
    );
    take(
        &shop,
        &format!("{HEADER}A-2,Bloom,ap@bloom.example,2026-01-05,,10.00\n"),
    );

    for (name, mail) in [("ROSA", "ap@rosa.example"), ("BLOOM", "ap@bloom.example")] {
        assert_eq!(
            shop.json(&format!("customer show {name}"))["data"]["email"],
            mail
        );
    }
    // An address alone is theirs, in the same file already.
    shop.must("customer add Fern");
    take(
        &shop,
        &format!(
            "{HEADER}A-4,,ap@fern.example,2026-01-05,,10.00\nA-5,Fern,ap@fern.example,2026-01-05,,10.00\n"
        ),
    );
    assert_eq!(owner(&shop, "A-4"), "FERN");
    assert_eq!(customers(&shop), 3);
}

#[test]
fn an_address_of_two_customers_is_said() {
    let shop = Shop::new();

    shop.write("file.csv", &format!("{WITH_IDS}A-1,1,Rosa,ap@x.example,2026-01-05,10.00\nA-2,2,Bloom,AP@x.example,2026-01-05,10.00\n"));
    let seen = shop.dues("invoice import file.csv --create-customers");

    assert!(
        seen.contains("2 customers have the mail address ap@x.example: Rosa with the id `1`, Bloom with the id `2`"),
        "{seen}"
    );
    assert_ne!(owner(&shop, "A-1"), owner(&shop, "A-2"));
}

/// Ids that cannot be codes: one letter, too long, a GUID.
#[test]
fn a_customer_is_found_again_by_an_id_that_is_no_code() {
    let shop = Shop::new();
    let ids = [
        "7",
        "a7971e11-7c59-4d00-8a95-96d96b6a038a",
        "cus_Qx1Yz",
        "cus_qX1yZ",
    ];
    let mut file = "Invoice Number,Customer ID,Invoice Date,Amount\n".to_owned();
    for (n, id) in ids.iter().chain(&ids).enumerate() {
        file.push_str(&format!("A-{n},{id},2026-01-05,10.00\n"));
    }

    take(&shop, &file);

    assert_eq!(customers(&shop), 4);
    let before = shop.contents();
    shop.must("invoice import file.csv");
    assert_eq!(shop.contents(), before);
    for n in 0..4 {
        assert_eq!(
            owner(&shop, &format!("A-{n}")),
            owner(&shop, &format!("A-{}", n + 4))
        );
    }
}

#[test]
fn a_customer_of_the_book_is_known_by_the_id_from_then_on() {
    let shop = Shop::new();
    shop.must("customer add 'Rosa Blumen' --email ap@rosa.example");
    let file = format!("{WITH_IDS}A-1,10023,Rosa Blumen,,2026-01-05,10.00\n");

    shop.write("file.csv", &file);
    let seen = shop.dues("invoice import file.csv");

    assert!(
        seen.contains("customers known by their ids from now on: ROSA is 10023"),
        "{seen}"
    );
    assert_eq!(
        shop.json("customer show ROSA")["data"]["ids"],
        serde_json::json!(["10023"])
    );
    shop.must("customer edit ROSA --name 'Rosa Flowers'");
    take(
        &shop,
        &file
            .replace("Rosa Blumen", "Rosa Flowers")
            .replace("A-1", "A-2"),
    );
    assert_eq!(owner(&shop, "A-2"), "ROSA");
}

/// Which of two new ids is the one in the book, only a person knows.
#[test]
fn namesakes_are_not_chosen_between() {
    let shop = Shop::new();
    shop.must("customer add Smith --code SMITH");
    let file =
        format!("{WITH_IDS}A-1,S1,Smith,,2026-01-05,10.00\nA-2,S2,Smith,,2026-01-05,10.00\n");

    let seen = refused(&shop, &file, "bad_rows");
    shop.must("customer edit SMITH --id S2");
    take(&shop, &file);

    assert!(
        seen.contains("which id is whose of `Smith`: S1, S2 in the file, SMITH in the book"),
        "{seen}"
    );
    assert_eq!(owner(&shop, "A-2"), "SMITH");
    assert_ne!(owner(&shop, "A-1"), "SMITH");
}

/// A made-up code may be another system's id by chance.
#[test]
fn a_code_that_was_made_up_is_no_id_without_the_name() {
    let shop = Shop::new();
    shop.must("customer add 'Baker Street Cafe'");

    let seen = refused(
        &shop,
        "Invoice Number,Customer ID,Invoice Date,Amount\nA-1,BAKER,2026-01-05,10.00\n",
        "bad_rows",
    );
    take(
        &shop,
        &format!("{WITH_IDS}A-1,BAKER,Baker & Sons,,2026-01-05,10.00\n"),
    );

    assert!(
        seen.contains("`BAKER` is a code that dues made up for Baker Street Cafe"),
        "{seen}"
    );
    assert_ne!(owner(&shop, "A-1"), "BAKER");
}

#[test]
fn accents_are_the_same_however_they_are_typed() {
    let shop = Shop::new();
    take(
        &shop,
        &format!("{HEADER}R\u{e9}-1,M\u{fc}ller,,2026-01-05,2026-02-04,10.00\n"),
    );
    let before = shop.contents();

    shop.write(
        "file.csv",
        &format!("{HEADER}Re\u{301}-1,Mu\u{308}ller,,2026-01-05,2026-02-04,10.00\n"),
    );
    shop.must("invoice import file.csv");

    assert_eq!(shop.contents(), before);
}

const OPEN: &str = "Number,Customer,Invoice Date,Due Date,Total,Balance,Status\n\
    X-1,Acme,2026-01-05,2026-02-04,480.00,480.00,Open\n\
    X-2,Acme,2026-01-05,2026-02-04,100.00,60.00,Open\n\
    X-3,Acme,2026-01-05,2026-02-04,50.00,50.00,Open\n";

/// A check was booked in the accounting program; the card must not be charged.
#[test]
fn a_second_file_that_says_paid_or_void_is_a_conflict() {
    let shop = Shop::new();
    take(&shop, OPEN);
    let file = OPEN
        .replace("480.00,480.00,Open", "480.00,0.00,Paid")
        .replace("100.00,60.00", "100.00,35.00")
        .replace("50.00,50.00,Open", "50.00,50.00,Void");

    let seen = refused(&shop, &file, "conflict");

    assert_snapshot!(seen, @"
    $ dues invoice import file.csv --create-customers
    line 2: invoice `X-1` is in the book and differs: open 480.00 -> 0.00 USD
      If nothing of it is owed any more, `dues invoice void X-1`; if a part is, `dues invoice hold X-1` keeps schedules and autopay from charging it; then take its row out of the file.
    line 3: invoice `X-2` is in the book and differs: open 60.00 -> 35.00 USD
      `dues invoice hold X-2` keeps schedules and autopay from charging it; then take its row out of the file.
    line 4: invoice `X-3` is in the book and differs: open 50.00 USD -> void
      If nothing of it is owed any more, `dues invoice void X-3`; if a part is, `dues invoice hold X-3` keeps schedules and autopay from charging it; then take its row out of the file.
    error: file.csv: 3 rows differ from the book; nothing was written
    hint: Correct these rows and import the file again.
    [exit 1]
    ");
}

/// What was paid is not void; the money has to go somewhere.
#[test]
fn what_the_book_has_as_paid_and_a_file_as_void_is_a_conflict() {
    let shop = Shop::new();
    take(&shop, OPEN);
    shop.must("card add ACME tok_approve --by A --how phone");
    shop.must("charge ACME --invoice X-1=480 --yes");
    shop.must("invoice void X-3 --because doubled");
    let file = OPEN.replace("Open", "Void");

    let seen = refused(&shop, &file, "conflict");

    assert_snapshot!(seen, @"
    $ dues invoice import file.csv --create-customers
    line 2: invoice `X-1` is in the book and differs: void in the file; 480.00 USD is paid in the book
      Look up what became of the money, then correct the row or take it out of the file.
    line 3: invoice `X-2` is in the book and differs: void in the file; 40.00 USD is paid and 60.00 USD open in the book
      `dues invoice hold X-2` keeps schedules and autopay from charging it; then take its row out of the file.
    error: file.csv: 2 rows differ from the book; nothing was written
    hint: Correct these rows and import the file again.
    [exit 1]
    ");
    let before = shop.contents();
    shop.refuses("invoice import file.csv --dry-run", "conflict", 1);
    assert_eq!(shop.contents(), before);
}

/// What the book itself has received is no news, and no reason to refuse.
#[test]
fn an_older_file_is_no_conflict() {
    let shop = Shop::new();
    take(&shop, OPEN);
    shop.must("card add ACME tok_approve --by A --how phone");
    shop.must("charge ACME --invoice X-1=200 --yes");
    shop.must("charge ACME --invoice X-1=100 --yes");
    shop.must("invoice void X-3 --because doubled");
    let before = shop.contents();
    let again = |balance: &str| {
        shop.write(
            "file.csv",
            &OPEN.replace("480.00,480.00", &format!("480.00,{balance}")),
        );
        shop.run("invoice import file.csv").status.code()
    };

    assert_eq!(again("480.00"), Some(0));
    // The accounting program knows of the first charge, of both.
    assert_eq!(again("280.00"), Some(0));
    assert_eq!(again("180.00"), Some(0));
    // It knows of money that the book does not.
    assert_eq!(again("179.99"), Some(1));
    assert_eq!(again("80.00"), Some(1));
    // 150.00 is neither the first charge nor both: other money, and more of it
    // may be paid than the book shows.
    assert_eq!(again("330.00"), Some(1));
    assert_eq!(shop.contents(), before);
    let seen = shop.dues("invoice import file.csv");
    assert!(
        seen.contains("paid 300.00 -> 150.00 USD, which is none of the sums that were paid here"),
        "{seen}"
    );
    again("480.00");
    let seen = shop.dues("invoice import file.csv");
    assert!(
        seen.contains("invoice X-1 (line 2) is more open in the file than in the book"),
        "{seen}"
    );
    assert!(
        seen.contains("invoice X-3 (line 4) is void in the book, and not in the file"),
        "{seen}"
    );
}

/// A file without a word about payments says nothing against them.
#[test]
fn a_file_that_is_silent_on_payments_is_unchanged() {
    let shop = Shop::new();
    take(&shop, OPEN);
    let silent: String = OPEN
        .lines()
        .map(|line| line.rsplitn(3, ',').last().unwrap().to_owned() + "\n")
        .collect();

    shop.write("file.csv", &silent);
    let seen = shop.dues("invoice import file.csv");

    assert!(
        seen.contains("unchanged      3") && !seen.contains("more open"),
        "{seen}"
    );
}

#[test]
fn a_number_has_one_rule_at_every_door() {
    let shop = Shop::with_card("tok_approve");
    let long = "9".repeat(65);
    for number in ["A=5", &long, "A\u{200b}", "A\u{3164}"] {
        shop.refuses(&format!("invoice add ACME '{number}' 5"), "bad_number", 2);
        refused(
            &shop,
            &format!("{HEADER}{number},Acme Corp,,2026-01-05,2026-02-04,10.00\n"),
            "bad_rows",
        );
    }
}

/// An old book may hold numbers from before the rule.
#[test]
fn what_could_mean_two_invoices_is_refused_with_both() {
    let shop = Shop::with_card("tok_approve");
    shop.must("invoice add ACME A 50");
    shop.must("invoice add ACME B 50");
    shop.must("invoice add ACME C 50");
    shop.change_by_hand("update invoices set number = 'A=5' where number = 'B'; update invoices set number = 'D=6' where number = 'C'");

    assert_snapshot!(shop.dues("charge ACME --invoice A=5 --yes"), @"
    $ dues charge ACME --invoice A=5 --yes
    error: `A=5` could be all of invoice `A=5`, or 5.00 USD of invoice `A`
    hint: Say which one: `A=5=50.00` or `A=5.00`.
    [exit 2]
    ");
    shop.refuses("charge ACME --invoice A=5 --yes", "ambiguous_invoice", 2);
    let charged = |words: &str| -> Value {
        let document = shop.json(&format!("charge ACME --invoice {words} --yes"));
        document["data"]["allocations"][0].clone()
    };
    let allocation = charged("A=5.00");
    assert_eq!(
        (&allocation["invoice"], &allocation["amount"]["minor"]),
        (&"A".into(), &500.into())
    );
    let allocation = charged("A=5=50.00");
    assert_eq!(
        (&allocation["invoice"], &allocation["amount"]["minor"]),
        (&"A=5".into(), &5000.into())
    );
    let allocation = charged("D=6");
    assert_eq!(
        (&allocation["invoice"], &allocation["amount"]["minor"]),
        (&"D=6".into(), &5000.into())
    );
}

#[test]
fn a_header_alone_is_said_to_hold_nothing() {
    let shop = Shop::new();
    shop.write("file.csv", HEADER);

    let seen = shop.dues("invoice import file.csv");

    assert!(
        seen.contains(
            "warning: the file has no invoice below its header: 0 invoices were imported"
        ),
        "{seen}"
    );
}

#[test]
fn what_is_bad_and_what_differs_is_told_in_one_run() {
    let shop = Shop::new();
    take(&shop, OPEN);
    let file = format!(
        "{}X-4,Acme,2026-01-05,2026-02-04,abc,,maybe\n",
        OPEN.replace("480.00,480.00", "480.00,0.00")
    );

    let seen = refused(&shop, &file, "bad_rows");

    assert!(seen.contains("open 480.00 -> 0.00 USD"), "{seen}");
    // The last row has two faults and is one row.
    assert!(
        seen.contains("2 rows cannot be imported, 1 of which differs from the book"),
        "{seen}"
    );
    let document = shop.json("invoice import file.csv");
    assert_eq!(document["data"]["errors"].as_array().unwrap().len(), 3);
    assert!(!document["data"]["notes"].as_array().unwrap().is_empty());
}

#[test]
fn many_faults_are_shown_by_kind() {
    let shop = Shop::new();
    let mut file = HEADER.to_owned();
    for n in 0..30 {
        file.push_str(&format!(
            "A-{n},Acme,,2026-02-30,,5.00\nB-{n},Acme,,2026-01-05,,5.005\n"
        ));
    }

    let seen = refused(&shop, &file, "bad_rows");

    assert_snapshot!(seen, @"
    $ dues invoice import file.csv --create-customers
    line 2: column `Invoice Date`: `2026-02-30` is a day that no calendar of 1990 to 2199 has
      Look it up on the invoice.
      ... and 29 more like it
    line 3: column `Amount`: `5.005` is finer than USD has places for
      USD has 2 decimals; dues does not round.
      ... and 29 more like it
    error: file.csv: 60 rows cannot be imported; nothing was written
    hint: Correct these rows and import the file again.
    [exit 1]
    ");
}

#[test]
fn all_that_is_noted_is_in_the_document_too() {
    let shop = Shop::new();
    shop.write("file.csv", "Invoice Number,Customer ID,Customer,Email,Invoice Date,Amount\n1,1,Rosa,a@x.example,2026-01-05,5.00\n2,2,Bloom,a@x.example,2026-01-05,5.00\n");

    let document = shop.json("invoice import file.csv --create-customers --dry-run");
    let seen = shop.dues("invoice import file.csv --create-customers --dry-run");

    let notes = document["data"]["notes"].as_array().unwrap().iter();
    let warnings = document["warnings"].as_array().unwrap().iter();
    let all: Vec<&str> = notes.chain(warnings).filter_map(Value::as_str).collect();
    assert!(all.iter().all(|note| seen.contains(note)), "{all:#?}");
    for words in [
        "no currency column",
        "not every row has a due date",
        "2 customers have the mail address",
    ] {
        assert!(
            all.iter().any(|note| note.contains(words)),
            "{words}: {all:#?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_without_a_writer_is_not_waited_for() {
    let shop = Shop::new();
    let made = std::process::Command::new("mkfifo")
        .arg(shop.path("pipe"))
        .status();
    assert!(made.unwrap().success());

    let seen = shop.dues("invoice import pipe");

    assert!(
        seen.contains("error: nobody writes into the pipe pipe\n") && seen.ends_with("[exit 1]\n"),
        "{seen}"
    );
    let pipe = shop.path("pipe");
    let writer = std::thread::spawn(move || {
        std::fs::write(
            pipe,
            format!("{HEADER}A-1,Acme,,2026-01-05,2026-02-04,10.00\n"),
        )
    });
    shop.must("invoice import pipe --create-customers");
    writer.join().unwrap().unwrap();
    assert_eq!(shop.open(), 10_00);
}

/// Other systems go on to name whom this one tidied up.
#[test]
fn who_was_merged_or_archived_is_found_by_all_that_they_were_called() {
    let shop = Shop::new();
    for line in [
        "customer add 'Rosa Market' --code ROSA --email ap@rosa.example --id 1",
        "customer add 'Rosa Mkt' --code ROSAMKT --email old@rosa.example --id 2",
        "customer add Oaks --code OAKS --id 3",
        "invoice add ROSAMKT M-1 10 --issued 2026-11-01",
        "invoice add OAKS O-1 10 --issued 2026-11-01",
        "customer merge ROSAMKT ROSA --yes",
        "invoice void O-1 --because twice --yes",
        "customer archive OAKS --yes",
    ] {
        shop.must(line);
    }
    // A file that says again what is known changes nothing and trips over nobody.
    shop.write(
        "known.csv",
        "Invoice Number,Customer ID,Customer,Email,Invoice Date,Amount\n\
         M-1,2,Rosa Mkt,old@rosa.example,2026-11-01,10.00\n",
    );
    shop.must("invoice import known.csv");

    let named = format!(
        "{HEADER}N-1,Rosa Mkt,old@rosa.example,2026-11-05,2026-12-05,10.00\n\
         N-2,Rosa Mkt,,2026-11-05,2026-12-05,10.00\nN-3,,old@rosa.example,2026-11-05,2026-12-05,10.00\n\
         N-4,Oaks,,2026-11-05,2026-12-05,10.00\n"
    );
    take(&shop, &named);
    take(
        &shop,
        "Invoice Number,Customer ID,Customer,Invoice Date,Amount\n\
         N-5,2,Rosa Mkt,2026-11-05,10.00\nN-6,ROSAMKT,Rosa Mkt,2026-11-05,10.00\nN-7,3,Oaks,2026-11-05,10.00\n",
    );

    for number in ["M-1", "N-1", "N-2", "N-3", "N-5", "N-6"] {
        assert_eq!(owner(&shop, number), "ROSA", "{number}");
    }
    for number in ["N-4", "N-7"] {
        assert_eq!(owner(&shop, number), "OAKS", "{number}");
    }
    assert_eq!(customers(&shop), 1, "nobody was made");
    // That nobody will see them in a list is said.
    shop.write(
        "more.csv",
        &format!("{HEADER}N-8,Oaks,,2026-11-05,2026-12-05,10.00\n"),
    );
    let said = shop.dues("invoice import more.csv");
    assert!(
        said.contains("OAKS (Oaks) is archived: not listed, and not charged, until `dues customer unarchive OAKS`"),
        "{said}"
    );
}
