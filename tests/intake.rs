//! Files of other systems, read as invoices: real ones, and the cases that
//! real ones taught.
//!
//! The real files are not part of this repository. They are looked for beside
//! it, or where `DUES_TEST_SAMPLES` says; without them those tests say so and
//! pass.

use std::fs;
use std::path::{Path, PathBuf};

use dues::domain::money::{Currency, Money};
use dues::domain::terms::Terms;
use dues::intake::{Charset, DateOrder, Draft, Mark, Options, RowError, Sheet, Unit, invoices};
use dues::problem::Problem;
use jiff::civil::date;
use proptest::prelude::*;

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn usd() -> Options {
    Options {
        currency: Some(currency("USD")),
        ..Options::default()
    }
}

/// Why a file may not be imported.
#[derive(Debug)]
enum Unreadable {
    Whole(Problem),
    Rows(Vec<RowError>),
}

fn read(text: &str, options: &Options) -> Result<Sheet, Unreadable> {
    match invoices(text.as_bytes(), options) {
        Ok(sheet) if sheet.bad.is_empty() => Ok(sheet),
        Ok(sheet) => Err(Unreadable::Rows(sheet.bad)),
        Err(problem) => Err(Unreadable::Whole(problem)),
    }
}

fn sheet(text: &str) -> Sheet {
    read(text, &usd()).unwrap_or_else(|error| panic!("{text}\n{error:?}"))
}

fn whole(text: &str, options: &Options) -> Problem {
    match read(text, options) {
        Err(Unreadable::Whole(problem)) => problem,
        other => panic!("{text}\n{other:?}"),
    }
}

/// The bad rows of a file, as `line: fact`.
fn bad(text: &str) -> Vec<String> {
    match read(text, &usd()) {
        Err(Unreadable::Rows(errors)) => errors
            .iter()
            .map(|RowError { line, problem }| {
                assert_eq!(
                    (problem.kind().exit_code(), problem.code()),
                    (1, "bad_rows")
                );
                assert!(problem.advice().is_some(), "{problem}");
                format!("{line}: {problem}")
            })
            .collect(),
        other => panic!("{text}\n{other:?}"),
    }
}

/// A file of one column of amounts, invoices 1, 2, 3, …
fn amounts(cells: &[&str]) -> String {
    let rows = (1..).zip(cells);
    let rows = rows.map(|(n, cell)| format!("{n}\tA\t2026-01-28\t{cell}\n"));
    format!(
        "Number\tCustomer\tDate\tAmount\n{}",
        rows.collect::<String>()
    )
}

/// How many, their total and what is open, of one currency.
fn sum(drafts: &[Draft], code: &str) -> (usize, String, String) {
    let mine: Vec<&Draft> = drafts
        .iter()
        .filter(|draft| draft.total.currency() == currency(code))
        .collect();
    let zero = Money::zero(currency(code));
    let total = mine.iter().fold(zero, |sum, draft| sum.plus(draft.total));
    let paid = mine
        .iter()
        .fold(zero, |sum, draft| sum.plus(draft.paid_before()));
    (mine.len(), total.decimal(), total.minus(paid).decimal())
}

fn is_noted(sheet: &Sheet, words: &str) -> bool {
    sheet.notes.iter().any(|note| note.contains(words))
}

fn sample(name: &str) -> Option<Vec<u8>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    let folder = std::env::var_os("DUES_TEST_SAMPLES").map_or(beside, PathBuf::from);
    let bytes = fs::read(folder.join(name));
    if bytes.is_err() {
        eprintln!("skipped: no {name} (set DUES_TEST_SAMPLES to the folder that has it)");
    }
    bytes.ok()
}

#[test]
fn the_example_is_read_whole() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/invoices.csv");

    let sheet = invoices(&fs::read(path).unwrap(), &Options::default()).unwrap();

    assert_eq!(sum(&sheet.drafts, "USD").0, 36);
    assert_eq!(sheet.skipped, []);
    for name in [
        "Rosa's Flower Market",
        "Harbor Grocers Ltd",
        "Nordlicht Interiors",
    ] {
        let of_customer = |draft: &&Draft| draft.customer.name.as_deref() == Some(name);
        assert_eq!(
            sheet.drafts.iter().filter(of_customer).count(),
            12,
            "{name}"
        );
    }
    for draft in &sheet.drafts {
        assert!(draft.issued_on >= date(2026, 8, 1));
        assert!(draft.due_on.unwrap() < date(2026, 11, 20));
    }
}

/// D01
#[test]
fn a_plain_export_is_read() {
    let Some(bytes) = sample("invoice_rescue_fixture.csv") else {
        return;
    };

    let sheet = invoices(&bytes, &Options::default()).unwrap();

    assert_eq!(
        sum(&sheet.drafts, "GBP"),
        (4, "17040.50".into(), "17040.50".into())
    );
    let fourth = &sheet.drafts[3];
    assert_eq!(fourth.number.as_str(), "INV-2026-004");
    assert_eq!(fourth.due_on, Some(date(2026, 7, 20)));
    assert_eq!(
        fourth.customer.email.as_deref(),
        Some("accounts@redwood.test")
    );
}

/// D08
#[test]
fn three_encodings_of_one_file_give_the_same_drafts() {
    let names = [
        "kanishka_utf16le_tab.csv",
        "kanishka_cp1252.csv",
        "kanishka_invoices_no_duedate.csv",
    ];
    let Some(files) = names.map(sample).into_iter().collect::<Option<Vec<_>>>() else {
        return;
    };
    let options = Options {
        terms: Some(Terms::net(30)),
        ..usd()
    };

    let sheets: Vec<Sheet> = files
        .iter()
        .map(|bytes| invoices(bytes, &options).unwrap())
        .collect();

    assert_eq!(
        sum(&sheets[0].drafts, "USD"),
        (17, "40029.58".into(), "40029.58".into())
    );
    assert_eq!(sheets[0].drafts, sheets[1].drafts);
    assert_eq!(sheets[1].drafts, sheets[2].drafts);
    let names = sheets[0].drafts.iter().map(|draft| &draft.customer.name);
    assert!(
        names
            .flatten()
            .any(|name| name == "Lena Müller Photography")
    );
    assert!(is_noted(&sheets[0], "UTF-16LE, cells between tabs"));
    assert!(is_noted(&sheets[1], "windows-1252"));
    assert_eq!(sheets[0].drafts[0].due_on, Some(date(2026, 6, 2)));
}

/// D09
#[test]
fn a_german_export_is_read_to_the_cent() {
    let Some(bytes) = sample("xero_ar_german_semicolon_cp1252.csv") else {
        return;
    };

    let sheet = invoices(&bytes, &Options::default()).unwrap();

    assert_eq!(
        sum(&sheet.drafts, "USD"),
        (86, "308484.09".into(), "30106.00".into())
    );
    assert_eq!(
        sum(&sheet.drafts, "GBP"),
        (30, "92057.50".into(), "12735.00".into())
    );
    let mut customers: Vec<_> = sheet.drafts.iter().map(|d| &d.customer.name).collect();
    customers.sort();
    customers.dedup();
    assert_eq!(customers.len(), 18);
    assert!(is_noted(&sheet, "decimal mark of `Betrag`: `,`"));
}

/// Reports, and exports with a row per line item, are refused for what they
/// lack; none of them becomes an invoice by chance.
#[test]
fn files_that_are_no_lists_of_invoices_are_refused_with_the_reason() {
    let table = [
        (
            "team7_ar_aging_no_number.csv",
            "no column for the invoice number",
        ),
        (
            "foxflowers_quickbooks_invoices.csv",
            "no column for the invoice date",
        ),
        ("odoo_toolkit_invoices.csv", "no column for the amount"),
        (
            "gnucash_invoice_noheader.csv",
            "no line near the top names the columns",
        ),
    ];
    for (name, fact) in table {
        let Some(bytes) = sample(name) else { return };

        match invoices(&bytes, &usd()) {
            Err(problem) => {
                assert_eq!(problem.kind().exit_code(), 2, "{name}");
                assert!(problem.message().contains(fact), "{name}: {problem}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// D15 and D16, as far as invoices go.
#[test]
fn the_layout_of_an_aging_report_is_passed_over() {
    let report = "\"Foundry Distribution, Inc\",,,,,\nA/R Aging Detail,,,,,\n\n\
        Type,Date,Num,Name,Due Date,Open Balance\n\
        91 or more days past due,,,,,\n\
        Invoice,08/05/2026,1041,Ridgeview,09/04/2026,\"42,500.00\"\n\
        Total for 91 or more days past due,,,,,\"42,500.00\"\n\
        Invoice,08/22/2026,1044,Knollwoods,09/21/2026,\"18,750.00\"\n\
        TOTAL,,,,,\"61,250.00\"\n\
        \" Thursday, July 30, 2026 04:19 PM GMT-06:00\",,,,,\n";

    let sheet = sheet(report);

    assert_eq!(
        sum(&sheet.drafts, "USD"),
        (2, "61250.00".into(), "61250.00".into())
    );
    let skipped: Vec<_> = sheet
        .skipped
        .iter()
        .map(|s| (s.line, s.why.word()))
        .collect();
    assert_eq!(
        skipped,
        [(5, "heading"), (7, "total"), (9, "total"), (10, "heading")]
    );
    assert!(is_noted(&sheet, "the header is line 4"));
    assert!(is_noted(
        &sheet,
        "the balance in `Open Balance` is taken as the amount"
    ));
    assert!(is_noted(
        &sheet,
        "dates read as M/D/Y, as `08/22/2026` in line 8 shows"
    ));
}

/// D10
#[test]
fn dates_that_could_be_either_are_asked_about() {
    let file = "Number,Customer,Date,Due,Amount\n\
        1,A,01/02/2026,02/03/2026,1.00\n2,B,12/11/2026,12/12/2026,1.00\n";

    let problem = whole(file, &usd());
    let told = Options {
        date_order: Some(DateOrder::DayFirst),
        ..usd()
    };

    assert_eq!(problem.kind().exit_code(), 2);
    assert_eq!(
        problem.message(),
        "every date in `Date` and `Due` (4 of them, e.g. `01/02/2026`, line 2) \
         can be read as 1 Feb 2026 or 2 Jan 2026"
    );
    assert!(problem.advice().unwrap().contains("`--date-format D/M/Y`"));
    let drafts = read(file, &told).unwrap().drafts;
    assert_eq!(drafts[0].issued_on, date(2026, 2, 1));
    assert_eq!(drafts[1].due_on, Some(date(2026, 12, 12)));
}

/// D11
#[test]
fn dates_that_contradict_each_other_are_both_named() {
    let file = "Number,Customer,Date,Amount\n1,A,01/02/2026,1.00\n\
        2,A,13/02/2026,1.00\n3,A,02/13/2026,1.00\n";

    let problem = whole(file, &usd());
    let told = Options {
        date_order: Some(DateOrder::DayFirst),
        ..usd()
    };

    assert_eq!(
        (problem.kind().exit_code(), problem.code()),
        (1, "bad_rows")
    );
    assert!(
        problem.message().contains("`02/13/2026` in line 4"),
        "{problem}"
    );
    assert!(
        problem.message().contains("`13/02/2026` in line 3"),
        "{problem}"
    );
    let Err(Unreadable::Rows(errors)) = read(file, &told) else {
        panic!("the third date is not day first");
    };
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].line, 4);
}

/// D12
#[test]
fn amounts_that_could_be_either_are_asked_about() {
    let file = amounts(&["1,234", "5,678"]);
    let told = |mark| Options {
        decimal: Some(mark),
        ..usd()
    };

    let problem = whole(&file, &usd());
    let points = read(&file, &told(Mark::Point)).unwrap();
    let commas = read(&file, &told(Mark::Comma));

    assert_eq!(problem.kind().exit_code(), 2);
    assert!(problem.advice().unwrap().contains("--decimal ."));
    let totals: Vec<String> = points.drafts.iter().map(|d| d.total.decimal()).collect();
    assert_eq!(totals, ["1234.00", "5678.00"]);
    assert!(matches!(commas, Err(Unreadable::Rows(errors)) if errors.len() == 2));
}

/// D13
#[test]
fn negatives_are_read_as_negatives_and_the_odd_comma_is_an_error() {
    let file = amounts(&["(400.00)", "$-142.85", "12.50-", "1 234,50 €", "1.00"]);

    let errors = bad(&file);

    let credit = "the row is a credit memo; dues does not import credit memos yet";
    assert_eq!(
        errors,
        [
            format!("2: {credit}"),
            format!("3: {credit}"),
            format!("4: {credit}"),
            "5: column `Amount`: `1 234,50 €` is not an amount in USD".to_owned(),
        ]
    );
    let in_euro = bad(&amounts(&["(400.00)", "1 234,50", "1.00"]));
    assert_eq!(
        in_euro[1],
        "3: column `Amount`: `1 234,50` is no amount in a column whose decimal mark is `.`"
    );
}

/// D14
#[test]
fn no_currency_gets_more_places_than_it_has() {
    let file = "Number,Customer,Date,Amount,Currency\n1,A,2026-01-28,10.005,USD\n\
        2,A,2026-01-28,1610.0000,USD\n3,A,2026-01-28,100.5,JPY\n4,A,2026-01-28,1.234,KWD\n";
    let kept = |line: &&str| !line.starts_with(['1', '3']);
    let good: Vec<&str> = file.lines().filter(kept).collect();

    let drafts = sheet(&good.join("\n")).drafts;

    assert_eq!(
        bad(file),
        [
            "2: column `Amount`: `10.005` is finer than USD has places for",
            "4: column `Amount`: `100.5` is finer than JPY has places for",
        ]
    );
    let totals: Vec<String> = drafts.iter().map(|d| d.total.to_string()).collect();
    assert_eq!(totals, ["1610.00 USD", "1.234 KWD"]);
}

/// D22, the first third of it: every bad row is named, not just the first.
#[test]
fn all_bad_rows_are_named_at_once() {
    let file = "Number,Customer,Email,Date,Due,Amount,Paid,Balance,Status,Type\n\
        1,A,,2026-01-28,,1.00,,1.00,,\n\
        ,A,,2026-01-28,,abc,,,,\n\
        3,,,31/02/2026,45000,1.00,0,,,\n\
        4,A,B,2026-01-28\n\
        5,A,not-mail,2026-01-28,,0.00,,,,\n\
        6,A,,2026-01-28,,5.00,1.00,3.00,,\n\
        7,A,,2026-01-28,,5.00,,3.00,paid,\n\
        8,A,,2026-01-28,,5.00,,5.00,perhaps,\n\
        9,A,,2026-01-28,,5.00,,,,Bill\n\
        10,A,,2026-01-28,,5.00,,,,Credit Memo\n\
        11,A,,,,,,,,\n\
        void,A,,,,,,,Voided,\n\
        1\u{7},A,,2026-01-28,,5.00,,5.00,,\n";

    assert_eq!(
        bad(file),
        [
            "3: column `Number`: the invoice number is blank",
            "3: column `Amount`: `abc` is not an amount of money",
            "4: the row names no customer",
            "4: column `Date`: `31/02/2026` is a day that no calendar of 1990 to 2199 has",
            "4: column `Due`: `45000` is a spreadsheet's number for a date",
            "5: the row has 4 cells for 10 columns",
            "6: column `Email`: `not-mail` is not one mail address",
            "6: the amount is zero: there is nothing to owe",
            "7: the total of 5.00 USD is not the 1.00 paid and the 3.00 open",
            "8: the status is paid, and 3.00 USD is still open",
            "9: column `Status`: `perhaps` is not a status dues knows",
            "10: column `Type`: `Bill` is not an invoice to a customer",
            "11: column `Type`: `Credit Memo` is a credit memo; dues does not import credit memos yet",
            "12: column `Date`: the invoice date is blank",
            "12: column `Amount`: the amount is blank",
            "14: column `Number`: `1\\u{7}`: the invoice number holds U+0007 CONTROL CHARACTER at letter 2",
        ]
    );
}

#[test]
fn rows_of_one_number_are_refused_naming_both() {
    let file = "Number,Customer,Date,Amount,x\n22,A,2026-01-28,1.00,a\n22,A,2026-01-28,1.00,a\n\
        inv-3,A,2026-01-28,1.00,a\nINV-3,A,2026-01-28,2.00,a\n22,A,2026-01-28,1.00,b\n";

    assert_eq!(
        bad(file),
        [
            "3: the row repeats line 2, invoice `22`",
            "5: invoice `INV-3` is 1.00 USD in line 4 and 2.00 USD in line 5",
            "6: invoice `22` stands in line 2 and in line 6",
        ]
    );
}

#[test]
fn what_is_no_open_business_is_skipped_and_counted() {
    let file = "Number,Customer,Date,Due,Amount,Balance,Status\n\
        1,A,2026-01-28,2026-01-01,5.00,2.00,Overdue\n2,A,2026-01-28,,0.00,0.00,Void\n\
        3,A,2026-01-28,,9.00,9.00,Draft\n4,A,2026-01-28,,5.00,0.00,Paid\n\
        5,A,2026-01-28,,5.00,5.00,Uncollectible\n,,,,,,\n";

    let sheet = sheet(file);

    assert_eq!(
        sum(&sheet.drafts, "USD"),
        (3, "15.00".into(), "7.00".into())
    );
    let skipped: Vec<_> = sheet
        .skipped
        .iter()
        .map(|s| (s.line, s.why.word()))
        .collect();
    assert_eq!(skipped, [(3, "void"), (4, "draft")]);
    assert!(is_noted(
        &sheet,
        "1 row due before the invoice date (line 2)"
    ));
    assert!(is_noted(&sheet, "1 row marked uncollectible"));
}

/// D23, what of it is bytes.
#[test]
fn an_empty_file_is_refused_and_a_header_alone_is_not() {
    let nothing = whole("\u{feff}\r\n", &usd());
    let header = read("Number,Customer,Date,Amount\n", &Options::default()).unwrap();

    assert_eq!(
        (nothing.kind().exit_code(), nothing.code()),
        (2, "empty_file")
    );
    assert_eq!(header.drafts, []);
    assert!(is_noted(&header, "there is no invoice below the header"));
}

#[test]
fn a_currency_is_never_guessed() {
    let file = amounts(&["$5.00"]);

    let problem = whole(&file, &Options::default());

    assert_eq!(problem.kind().exit_code(), 2);
    assert!(problem.advice().unwrap().contains("`--currency USD`"));
}

/// D24: the card guard comes before every other error and repeats no digit.
#[test]
fn a_card_number_beats_every_other_error() {
    let number = "4111 1111 1111 1111";
    let table = [
        format!("Number,Customer,Date,Amount,Note\n,,,abc,{number}\n"),
        format!("Number,Customer,Date,Amount\n1,{number},2026-01-28,1.00\n"),
        format!("Number,Number,{number}\n"),
        format!("no header at all,{number}\n"),
        format!("Number,Customer,Date,Amount\n1,\"{number},2026-01-28,1.00\n"),
        format!("Number,Customer,Date,Amount\n1,\0,2026-01-28,{number}\n"),
        "Number,Customer,Date,Amount,cc_number\n1,A,x,1.00,1234567890123456\n".to_owned(),
    ];
    for file in table {
        let problem = whole(&file, &Options::default());

        assert_eq!(problem.kind().exit_code(), 9, "{file}");
        let words = format!("{problem:?}");
        let digits = words.chars().filter(char::is_ascii_digit).count();
        assert!(digits <= 3, "{words}");
    }
    let long_id = "Number,Customer,Date,Amount\n6130000000000000019,A,2026-01-28,1.00\n";
    assert_eq!(sheet(long_id).drafts.len(), 1);
}

#[test]
fn hostile_text_is_kept_in_the_data_and_made_visible_in_messages() {
    let formula =
        sheet("Number,Customer,Date,Amount,Memo\n+cmd(),=A,2026-01-28,1.00,\"=1+1\nsecond\"\n");
    let errors = bad(&amounts(&["\x1b[2Jred", &"9".repeat(99)]));

    let draft = &formula.drafts[0];
    assert_eq!(draft.number.as_str(), "+cmd()");
    assert_eq!(draft.customer.name.as_deref(), Some("=A"));
    assert_eq!(draft.memo.as_deref(), Some("=1+1 second"));
    assert!(errors.iter().all(|error| !error.contains('\x1b')));
    assert!(
        errors[1].contains(&format!("`{}…`", "9".repeat(40))),
        "{}",
        errors[1]
    );
}

proptest! {
    /// Columns may stand in any order, and each end of line is one.
    #[test]
    fn the_order_of_columns_does_not_matter(
        order in Just((0..8).collect::<Vec<usize>>()).prop_shuffle(),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        delimiter in prop::sample::select(vec![",", ";", "\t"]),
    ) {
        let rows = [
            ["Invoice Number", "Customer", "Email", "Invoice Date", "Due Date", "Amount", "Balance", "Memo"],
            ["INV-1", "Rosa", "ap@rosa.example", "01/02/2026", "13/02/2026", "1234.50", "34.50", "\"a, b; c\""],
            ["INV-2", "Müller", "", "02/02/2026", "", "100", "100", ""],
        ];
        let lay_out = |order: &[usize], delimiter: &str, end: &str| -> String {
            rows.iter()
                .map(|row| order.iter().map(|at| row[*at]).collect::<Vec<_>>().join(delimiter) + end)
                .collect()
        };
        let straight: Vec<usize> = (0..8).collect();

        let expected = sheet(&lay_out(&straight, ",", "\n"));
        let shuffled = sheet(&lay_out(&order, delimiter, end));

        prop_assert_eq!(expected.drafts, shuffled.drafts);
    }

    /// Whatever the bytes are, they are read or refused.
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        text in "(Number,Customer,Date,Amount\n)?[0-9A-Z,;\"\r\n./$() -]{0,120}",
    ) {
        let _ = invoices(&bytes, &usd());
        let _ = invoices(text.as_bytes(), &usd());
    }
}

/// A processor's interface writes cents; Xero's has the same words and does not.
#[test]
fn the_unit_of_amounts_is_known_or_asked_for() {
    let stripe = "id,number,customer_id,currency,amount_due,amount_paid,amount_remaining,total,status,created\n\
        in_1,R-1,cus_1,usd,1500,0,1500,1500,open,2026-01-05 10:00:00\n";
    let bare =
        "id,number,customer_id,currency,amount_due,created\nin_1,R-1,cus_1,usd,1500,2026-01-05\n";
    let xero = "invoice_id,contact_id,invoice_number,date,total,amount_due,amount_credited,currency_code\n\
        1,g-1,R-1,2026-01-05,1500,1500,0,USD\n";
    let by_hand = "Invoice Number,Customer,Date,Amount\nR-1,A,2026-01-05,1500\n";
    let yen =
        "id,number,customer_id,currency,amount_due,created\nin_1,R-1,cus_1,jpy,1500,2026-01-05\n";
    let fraction = bare.replace("1500", "1500.00");
    let cents = "number,customer_id,created,amount_cents\nR-1,C-1,2026-01-05,1500\n";
    let table = [
        (stripe, "15.00 USD"),
        (xero, "1500.00 USD"),
        (by_hand, "1500.00 USD"),
        (yen, "1500 JPY"),
        (&fraction, "1500.00 USD"),
        (cents, "15.00 USD"),
    ];
    for (file, total) in table {
        assert_eq!(sheet(file).drafts[0].total.to_string(), total, "{file}");
    }
    assert!(is_noted(&sheet(stripe), "read in the smallest unit"));

    let problem = whole(bare, &usd());
    let told = |unit| Options {
        unit: Some(unit),
        ..usd()
    };

    assert_eq!(
        (problem.kind().exit_code(), problem.code()),
        (2, "ambiguous_unit")
    );
    assert_eq!(
        problem.message(),
        "every amount is a whole number: `1500` in line 2 can be 1500.00 USD or 15.00 USD"
    );
    let total = |options: &Options, file: &str| {
        read(file, options).map(|sheet| sheet.drafts[0].total.decimal())
    };
    assert_eq!(total(&told(Unit::Major), bare).unwrap(), "1500.00");
    assert_eq!(total(&told(Unit::Minor), bare).unwrap(), "15.00");
    assert_eq!(total(&told(Unit::Minor), by_hand).unwrap(), "15.00");
    assert!(total(&told(Unit::Minor), &fraction).is_err());
}

/// Nothing in a column of balances is no word that all is open.
#[test]
fn a_blank_balance_is_never_all_of_the_invoice_in_silence() {
    let head = "Number,Customer,Date,Amount,Balance,Paid,Status\n";
    let file = format!(
        "{head}1,A,2026-01-28,10.00,4.00,,\n2,A,2026-01-28,10.00,,,\n\
         3,A,2026-01-28,10.00,,7.00,\n4,A,2026-01-28,10.00,NULL,,paid\n"
    );
    let only_paid = format!("{head}1,A,2026-01-28,10.00,,4.00,\n2,A,2026-01-28,10.00,,,\n");
    let silent = format!("{head}1,A,2026-01-28,10.00,,,\n2,A,2026-01-28,10.00,,,\n");

    assert_eq!(
        bad(&file),
        [
            "3: column `Balance`: the balance is blank",
            "5: column `Balance`: the balance is blank",
        ]
    );
    assert_eq!(
        bad(&only_paid),
        ["3: column `Paid`: what was paid is blank"]
    );
    let sheet = sheet(&silent);
    assert_eq!(sheet.drafts[0].paid, None);
    assert!(is_noted(
        &sheet,
        "column `Balance` is blank in every row, and is not read"
    ));
    assert!(is_noted(
        &sheet,
        "column `Paid` is blank in every row, and is not read"
    ));
}

#[test]
fn one_cell_does_not_decide_how_amounts_are_written() {
    let asked = whole(&amounts(&["$1,2"]), &usd());
    let semicolons = "Number;Customer;Date;Amount\n1;A;2026-01-28;412,40\n";

    assert_eq!(
        (asked.kind().exit_code(), asked.code()),
        (2, "ambiguous_decimal")
    );
    assert_eq!(
        asked.message(),
        "only `$1,2`, line 2 says what the decimal mark of column `Amount` is"
    );
    // How the file parts its cells is a second witness.
    assert_eq!(sheet(semicolons).drafts[0].total.decimal(), "412.40");
}

#[test]
fn a_short_date_with_points_is_asked_about() {
    let problem = whole("Number,Customer,Date,Amount\n1,A,01.02.03,5.00\n", &usd());

    assert_eq!(
        (problem.kind().exit_code(), problem.code()),
        (2, "ambiguous_dates")
    );
}

/// `--currency` is a person's word for such rows; the book's own is not.
#[test]
fn a_blank_currency_is_never_the_books_in_silence() {
    let file =
        "Number,Customer,Date,Amount,Currency\n1,A,2026-01-28,5.00,EUR\n2,A,2026-01-28,5.00,\n";
    let book = Options {
        book: Some(currency("USD")),
        ..Options::default()
    };

    let Err(Unreadable::Rows(errors)) = read(file, &book) else {
        panic!("a blank currency was taken for the book's");
    };
    let without_column = read(&amounts(&["5.00"]), &book).unwrap();

    assert_eq!(errors.len(), 1);
    assert_eq!(
        errors[0].problem.message(),
        "column `Currency`: the currency is blank"
    );
    assert_eq!(sheet(file).drafts.len(), 2);
    assert!(is_noted(
        &without_column,
        "no currency column: amounts are in USD, as the book is"
    ));
}

/// D15's last sentence, and an invoice whose description begins with "Total".
#[test]
fn a_reports_totals_are_held_against_its_rows() {
    let report = "Type,Date,Num,Name,Due Date,Amount,Open Balance\n\
        Current,,,,,,\n\
        Invoice,2026-08-05,1,Ridgeview,2026-09-04,\"42,500.00\",\"40,000.00\"\n\
        Invoice,2026-08-06,2,Ridgeview,2026-09-04,500.00,500.00\n\
        Total for Ridgeview,,,,,\"43,000.00\",\"40,500.00\"\n\
        Invoice,2026-08-22,3,Knollwoods,2026-09-21,100.00,100.00\n\
        Total for Current,,,,,\"43,100.00\",\"40,600.00\"\n\
        TOTAL,,,,,\"43,100.00\",\"40,600.00\"\n";
    let described = "Description,Num,Name,Date,Amount\n\
        Total package,1,Acme,2026-01-05,500.00\nTotal package,2,Acme,,500.00\n";

    assert_eq!(sheet(report).drafts.len(), 3);
    assert_eq!(
        bad(&report.replace("100.00,100.00", "100.00,99.99")),
        [
            "7: column `Open Balance`: the report's total is 40600.00 USD, and the rows above it come to 40599.99 USD",
            "8: column `Open Balance`: the report's total is 40600.00 USD, and the rows above it come to 40599.99 USD",
        ]
    );
    assert_eq!(
        bad(described),
        ["3: column `Date`: the invoice date is blank"]
    );
}

#[test]
fn one_stray_byte_is_asked_about_and_named() {
    let file = b"Number,Customer,Date,Amount\n1,M\xc3\xbcller,2026-01-28,5.00\n2,M\xfcller,2026-01-28,5.00\n";

    let problem = invoices(file, &usd()).unwrap_err();
    let told = Options {
        charset: Some(Charset::Windows1252),
        ..usd()
    };

    assert_eq!(
        (problem.kind().exit_code(), problem.code()),
        (2, "ambiguous_encoding")
    );
    assert!(
        problem.message().contains("line 3 holds the byte 0xFC"),
        "{problem}"
    );
    assert_eq!(invoices(file, &told).unwrap().drafts.len(), 2);
}

/// No list of names holds what every system calls the column.
#[test]
fn a_row_that_is_no_invoice_is_refused_whatever_its_column_is_called() {
    for name in [
        "Document Type",
        "Txn Type",
        "Belegart",
        "Kind",
        "Class",
        "Object",
        "",
    ] {
        let file = format!(
            "Invoice Number,{name},Customer,Invoice Date,Amount\n\
             1,Invoice,A,2026-01-28,5.00\n2,Payment,A,2026-01-28,5.00\n\
             3,Credit Memo,A,2026-01-28,5.00\n4,Bill Payment (Check),A,2026-01-28,5.00\n"
        );
        let column = if name.is_empty() {
            "2".to_owned()
        } else {
            format!("`{name}`")
        };

        assert_eq!(
            bad(&file),
            [
                format!("3: column {column}: `Payment` is money received, not an invoice"),
                format!(
                    "4: column {column}: `Credit Memo` is a credit memo; dues does not import credit memos yet"
                ),
                format!(
                    "5: column {column}: `Bill Payment (Check)` is not an invoice to a customer"
                ),
            ]
        );
    }
    let sold = "Invoice Number,Sold,Customer,Invoice Date,Amount\n\
        1,Service,A,2026-01-28,5.00\n2,Deposit,A,2026-01-28,5.00\n";
    assert_eq!(sheet(sold).drafts.len(), 2);
    // A name that says it has no need of the others' help.
    let coded =
        "Invoice Number,Document Type,Customer,Invoice Date,Amount\n1,DZ,A,2026-01-28,5.00\n";
    assert_eq!(
        bad(coded),
        ["2: column `Document Type`: `DZ` is not a type dues knows"]
    );
}

/// A payment, a quote or a template has all that an invoice has.
#[test]
fn other_papers_are_refused_by_name() {
    let file = "Payment Number,Invoice Number,Customer,Date,Amount\nP-1,1,A,2026-01-28,5.00\n";

    let problem = whole(file, &usd());

    assert_eq!(
        (problem.kind().exit_code(), problem.code()),
        (1, "not_invoices")
    );
    assert_eq!(
        problem.message(),
        "these are payments, not invoices, as `Payment Number` in line 1 says"
    );
}
