//! A backup and a restore under faults: a file that has the name is whole, and no book is ever lost.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::scenes::stop;
use crate::shop::Shop;
use crate::truth::{CHARGE, agrees, died_well};

/// A copy that is being made when the fault comes.
pub struct Copy {
    pub shop: Shop,
    pub line: &'static str,
    ends_well: fn(&Shop, &Output) -> Result<(), String>,
}

impl Copy {
    /// Runs the line under a fault, and then as a user would; what is wrong.
    pub fn survives(&self, fault: impl FnOnce(Command, &Shop) -> Output) -> Result<(), String> {
        let shop = self.shop.copy();
        let first = fault(shop.command(self.line), &shop);
        let told = |what: String| format!("{what}: {}", shop.seen(self.line, &first));
        died_well(&first).map_err(told)?;
        (self.ends_well)(&shop, &first).map_err(told)
    }
}

/// A backup of a book with a charge.
pub fn backup() -> Copy {
    let shop = Shop::with_card("tok_approve");
    shop.must(CHARGE);
    Copy {
        shop,
        line: "backup out.db",
        ends_well: |shop, first| {
            let said_so = first.status.success();
            match (said_so, shop.path("out.db").exists()) {
                (true, false) => return Err("there is no backup".to_owned()),
                (_, true) => is_whole(shop, "out.db")?,
                (false, false) => succeeds(shop, "backup out.db")?,
            }
            succeeds(shop, "backup another.db")?;
            is_whole(shop, "out.db")?;
            agrees(shop)
        },
    }
}

/// A restore of a book that knows every charge, and one customer less.
pub fn restore() -> Copy {
    let shop = Shop::with_card("tok_approve");
    shop.must(CHARGE);
    shop.must("backup old.db");
    shop.must("customer add 'Zinnia Garden' --code ZED");
    Copy {
        shop,
        line: "restore old.db --yes",
        ends_well: |shop, first| {
            if !shop.path("book.db").exists() {
                let error = shop.error("customer list");
                if error["code"] != "restore_stopped" {
                    return Err(format!("without a book it says {error}"));
                }
            }
            if !shop.path("book.db").exists() || knows_zed(shop, "book.db")? {
                if first.status.success() {
                    return Err("the backup is not in its place".to_owned());
                }
                succeeds(shop, "restore old.db --yes")?;
            }
            if knows_zed(shop, "book.db")? {
                return Err("the old book is still in its place".to_owned());
            }
            if !knows_zed(shop, "book.db.before-restore")? {
                return Err("the book that stood there is lost".to_owned());
            }
            agrees(shop)
        },
    }
}

fn succeeds(shop: &Shop, line: &str) -> Result<(), String> {
    let output = shop.run(line);
    if output.status.success() {
        return Ok(());
    }
    Err(format!("then {}", shop.seen(line, &output)))
}

/// Opens and proves a copy where it is.
fn is_whole(shop: &Shop, name: &str) -> Result<(), String> {
    succeeds(shop, &format!("check --book {name}"))?;
    let rows =
        |book: &Path| shop.json(&format!("log -n 1000 --book {}", book.display()))["data"].clone();
    if rows(Path::new(name)) == rows(&shop.path("book.db")) {
        return Ok(());
    }
    Err(format!("{name} has another log than the book"))
}

fn knows_zed(shop: &Shop, name: &str) -> Result<bool, String> {
    succeeds(shop, &format!("check --book {name}"))?;
    let customers = shop.json(&format!("customer list --book {name}"));
    let rows = customers["data"].as_array().ok_or("no list of customers")?;
    Ok(rows.iter().any(|row: &Value| row["customer"] == "ZED"))
}

#[test]
fn stopped_or_failed_at_any_place_a_copy_is_whole_or_not_there() {
    let mut tried = 0;
    for (copy, places) in [
        (backup(), &["backup.copied"][..]),
        (restore(), &["restore.aside", "restore.placed"]),
    ] {
        for place in places {
            for how in ["abort", "error", "errors"] {
                let mut met = false;
                copy.survives(|mut command, shop| {
                    let output = command.env("DUES_CRASH", format!("{place}:{how}")).output();
                    let output = output.unwrap();
                    met = !output.status.success();
                    assert!(met, "{place}: {}", shop.seen(copy.line, &output));
                    output
                })
                .unwrap_or_else(|wrong| panic!("{place}:{how}: {wrong}"));
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 9);
}

/// Between the two renames of a restore there is no book: who meets that is
/// told what to do, a rehearsal changes nothing, and the next restore knows it.
#[test]
fn a_restore_that_was_stopped_between_its_renames_is_run_again() {
    let copy = restore();
    stop(&copy.shop, copy.line, "restore.aside");

    let told = copy.shop.error("charge acme --invoice INV-2 --yes");
    copy.shop.must("restore old.db --yes --dry-run");
    assert!(!copy.shop.path("book.db").exists());
    copy.shop.must(copy.line);

    assert_eq!(told["code"], "restore_stopped");
    assert!(
        told["hint"].as_str().unwrap().contains("dues restore"),
        "{told}"
    );
    assert!(!knows_zed(&copy.shop, "book.db").unwrap());
    assert!(knows_zed(&copy.shop, "book.db.before-restore").unwrap());
}
