//! Lists that grow with the book: the same document, however it is made.

use std::fs;
use std::io::Read;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::shop::Shop;

/// So many invoices of ACME more, written past the program: it is not tried here.
fn add_invoices(shop: &Shop, many: u32) {
    shop.change_by_hand(&format!(
        "with recursive n(n) as (select 1 union all select n + 1 from n where n < {many})
         insert into invoices (number, customer_id, currency, total_minor, open_minor, issued_on, due_on, memo,
           created_at)
         select 'LONG-' || n, 1, 'USD', n * 100, n * 100, date('2024-01-01', '+' || (n % 900) || ' days'),
           date('2024-02-01', '+' || (n % 900) || ' days'), 'of \"' || n || '\"', '2026-01-01T00:00:00Z' from n"
    ));
}

/// A script reads a list to its end; how much memory making it took, in KiB.
fn memory_to_list(shop: &Shop, line: &str) -> u64 {
    let mut child = reading(shop, line);
    let mut pipe = child.stdout.take().unwrap();
    let (mut bytes, mut most) = (vec![0; 64 * 1024], 0);
    while pipe.read(&mut bytes).unwrap() > 0 {
        // It waits for us now, for all that it makes does not fit into the pipe.
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok());
        most = most.max(peak.unwrap_or(0));
    }
    assert!(child.wait().unwrap().success());
    most
}

fn reading(shop: &Shop, line: &str) -> Child {
    shop.command(line).stdout(Stdio::piped()).spawn().unwrap()
}

/// Written row by row, it is what it would be if it were written whole.
#[test]
fn a_list_is_one_document() {
    let shop = Shop::new();
    let lists = [
        "invoice list --all",
        "invoice list",
        "customer list",
        "payment list",
        "charge list",
        "refund list",
    ];
    let mut lengths = Vec::new();
    for more in ["", "acme", "charges"] {
        match more {
            "acme" => shop.add_acme("tok_approve,tok_decline_soft,tok_approve"),
            "charges" => {
                shop.must("customer edit ACME --name 'A \"b\"\\ ❤\u{fe0f}c'");
                shop.must("charge ACME --invoice INV-1 --invoice INV-2=50 --yes");
                shop.run("charge ACME --invoice INV-2 --yes");
                shop.must("charge ACME --amount 20 --on-account --yes");
                shop.must("payment refund PAY-1 --reopen INV-1=50 --reopen INV-2=10 --because 'a \"b\"' --yes");
            }
            _ => {}
        }
        for line in lists {
            let output = shop.run(&format!("{line} --json"));
            let text = String::from_utf8(output.stdout).unwrap();

            let document: Value = serde_json::from_str(&text).unwrap();

            lengths.push(document["data"].as_array().unwrap().len());
            // All that is not ASCII is of the name, whose form is tried elsewhere.
            if text.is_ascii() {
                assert_eq!(text, format!("{document:#}\n"));
            }
        }
    }
    assert_eq!(
        lengths,
        [0, 0, 0, 0, 0, 0, 3, 3, 1, 0, 0, 0, 3, 3, 1, 2, 3, 1]
    );
}

/// Each row of a list says what is said of the thing alone.
#[test]
fn a_row_says_what_is_said_of_it_alone() {
    let shop = Shop::with_card("tok_approve,tok_approve,tok_lost");
    shop.must("customer add Bolt --code BOLT");
    shop.must("invoice add BOLT B-1 10 --currency EUR --due 2026-12-24");
    shop.must("invoice add BOLT B-2 20 --currency JPY --due 2026-12-23 --memo 'a \"b\"'");
    shop.must("invoice void B-1 --because test --yes");
    shop.must("charge ACME --invoice INV-1=40 --yes");
    shop.must("charge ACME --amount 30 --on-account --yes");
    shop.run("charge ACME --invoice INV-2=60 --use-credits --yes");
    shop.must("payment refund PAY-1 --amount 15 --yes");
    shop.must("payment void PAY-2 --because twice --yes");
    for (list, name, show) in [
        ("invoice list --all", "invoice", "invoice show"),
        ("customer list", "customer", "customer show"),
        ("payment list", "payment", "payment show"),
        ("charge list", "charge", "charge show"),
        ("refund list", "refund", "refund show"),
    ] {
        let listed = shop.json(list)["data"].clone();
        assert!(listed.as_array().unwrap().len() > 1, "{listed}");
        for row in listed.as_array().unwrap() {
            let alone =
                shop.json(&format!("{show} {}", row[name].as_str().unwrap()))["data"].clone();

            for (field, value) in row.as_object().unwrap() {
                // Whom an open charge waits for is told by lists only.
                assert!(
                    field == "waits_for" || alone[field] == *value,
                    "{field}: {row}\n{alone}"
                );
            }
        }
    }
}

/// Below the first page the columns go on where they were, or further out.
#[test]
fn a_long_table_keeps_its_columns() {
    let shop = Shop::with_card("tok_approve");
    add_invoices(&shop, 2_500);

    let seen = shop.dues("invoice list --all");

    let lines: Vec<&str> = seen.lines().skip(1).collect();
    let (rows, end) = lines.split_at(lines.len() - 3);
    assert_eq!(rows.len(), 1 + 2_503, "{}", rows[0]);
    assert_eq!(
        rows.iter().filter(|line| line.contains("CUSTOMER")).count(),
        1
    );
    assert_eq!(end, ["", "open: 3126850.00 USD", "[exit 0]"]);
    for page in rows[1..].chunks(1_000) {
        let customers = page.iter().map(|row| row.find("ACME").unwrap());
        let (first, last) = (customers.clone().min(), customers.max());
        assert_eq!(first, last);
    }
}

/// As many rows as you like pass through the memory of a few.
#[cfg(target_os = "linux")]
#[test]
fn a_long_list_takes_no_more_memory() {
    let (short, long) = (
        Shop::with_card("tok_approve"),
        Shop::with_card("tok_approve"),
    );
    add_invoices(&short, 3_000);
    add_invoices(&long, 20_000);
    for line in [
        "invoice list --json",
        "invoice list --all --json",
        "invoice list --all",
    ] {
        let few = memory_to_list(&short, line);
        let many = memory_to_list(&long, line);

        assert!(
            few > 0 && many < few + 8 * 1024,
            "{line}: {few} KiB became {many}"
        );
    }
}

/// Who reads a list page by page keeps nobody from writing, and who has read
/// enough is told no more.
#[test]
fn a_list_that_is_read_slowly_holds_nobody_up() {
    let shop = Shop::with_card("tok_approve");
    add_invoices(&shop, 5_000);
    let mut reader = reading(&shop, "invoice list --all --json");
    let mut pipe = reader.stdout.take().unwrap();
    pipe.read_exact(&mut [0; 1024]).unwrap();
    let began = Instant::now();

    shop.must("customer add Bolt --code BOLT");
    shop.must("charge ACME --invoice INV-1 --no-email --yes");

    assert!(
        began.elapsed() < Duration::from_secs(9),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(reader.try_wait().unwrap(), None);
    drop(pipe);
    assert!(reader.wait().unwrap().success());
}
