//! The moments at which faults come: a charge, a recovery, a person's finding, a reconciliation, a mail, an import, a run, a refund.

use std::fs;

use crate::shop::Shop;
use crate::truth::{CHARGE, Scene};

const RECOVER: &[&str] = &["charge recover", "mail send"];
const NOON: &str = "2026-11-22T15:00:00Z";
const AFTER: &str = "2026-11-22T15:05:00Z";

/// A charge of 100.00 to a card that plays `token`.
pub fn charge(token: &str) -> Scene {
    // With this one nothing is ever taken, and charging again would only open another.
    let in_vain = token == "tok_500";
    Scene {
        name: format!("charge {token}"),
        shop: Shop::with_card(token),
        line: CHARGE,
        at: NOON,
        then: if in_vain {
            RECOVER
        } else {
            &[CHARGE, "charge recover", "mail send"]
        },
        taken: if in_vain { (0, 0) } else { (1, 100_00) },
        given: (0, 0),
        open: if in_vain { 600_00 } else { 500_00 },
    }
}

pub fn charges() -> Vec<Scene> {
    ["tok_approve", "tok_lost", "tok_500_taken", "tok_500"]
        .map(charge)
        .into()
}

/// The recovery of a charge that was stopped at a named place.
pub fn recovery(token: &str, stopped_at: &str) -> Scene {
    let shop = Shop::with_card(token);
    stop(&shop, CHARGE, stopped_at);
    let in_vain = token == "tok_500";
    Scene {
        name: match stopped_at {
            "" => format!("recover {token}"),
            place => format!("recover {token} after {place}"),
        },
        shop,
        line: "charge recover",
        at: AFTER,
        then: RECOVER,
        taken: if in_vain { (0, 0) } else { (1, 100_00) },
        given: (0, 0),
        open: if in_vain { 600_00 } else { 500_00 },
    }
}

pub fn recoveries() -> Vec<Scene> {
    vec![
        recovery("tok_lost", ""),
        recovery("tok_500_taken", "sandbox.taken"),
        recovery("tok_approve", "charge.marked"),
        recovery("tok_500", ""),
    ]
}

const REFUND: &str = "payment refund PAY-1 --yes";

/// A payment of 100.00 is given back, whole, to a card whose refunds play `play`.
pub fn refund(play: &str) -> Scene {
    let shop = Shop::with_card(&format!("tok_approve/{play}"));
    shop.must(CHARGE);
    Scene {
        name: format!("refund {play}"),
        shop,
        line: REFUND,
        at: AFTER,
        then: &[REFUND, "charge recover", "mail send"],
        taken: (1, 100_00),
        given: (1, 100_00),
        open: 600_00,
    }
}

/// As [`refund`], cancelled before it is settled.
pub fn void() -> Scene {
    const VOID: &str = "payment void PAY-1 --yes";
    Scene {
        name: "void".to_owned(),
        line: VOID,
        then: &[VOID, "charge recover", "mail send"],
        ..refund("refund_given")
    }
}

const FOUND: &str = "charge resolve CH-1 --charged sbx_ch_1 --yes";

/// A person found on the gateway's page what an answer that was lost would have said.
pub fn resolution() -> Scene {
    Scene {
        name: "resolve".to_owned(),
        line: FOUND,
        then: &[FOUND, "charge recover", "mail send"],
        ..recovery("tok_lost", "")
    }
}

/// A book from before a charge stands in its place again.
pub fn reconciliation() -> Scene {
    let shop = Shop::with_card("tok_approve");
    set_back(&shop, |shop| shop.must(CHARGE));
    Scene {
        name: "reconcile".to_owned(),
        shop,
        line: "gateway reconcile",
        at: AFTER,
        then: &["gateway reconcile", "charge recover", "mail send"],
        taken: (1, 100_00),
        given: (0, 0),
        open: 500_00,
    }
}

/// As [`reconciliation`]; one charge more was on its way, and came to nothing.
pub fn reconciliation_of_a_mark() -> Scene {
    let shop = Shop::with_card("tok_approve");
    set_back(&shop, |shop| {
        shop.must(CHARGE);
        stop(shop, "charge acme --invoice INV-2 --yes", "charge.marked");
    });
    Scene {
        name: "reconcile with a mark".to_owned(),
        shop,
        line: "gateway reconcile",
        at: AFTER,
        then: &["gateway reconcile", "charge recover", "mail send"],
        taken: (1, 100_00),
        given: (0, 0),
        open: 500_00,
    }
}

/// A confirmation waits in the outbox.
pub fn mail() -> Scene {
    let shop = Shop::with_card("tok_approve");
    stop(&shop, CHARGE, "charge.settled");
    Scene {
        name: "mail send".to_owned(),
        shop,
        line: "mail send",
        at: AFTER,
        then: &["mail send"],
        taken: (1, 100_00),
        given: (0, 0),
        open: 500_00,
    }
}

/// The dates of two schedules have come, and cron charges them; one answer is lost.
pub fn run() -> Scene {
    let shop = Shop::with_card("tok_lost,tok_approve");
    for invoice in ["INV-1", "INV-2"] {
        shop.must(&format!(
            "schedule add acme --invoice {invoice} --on 2026-11-22 --at 10:05"
        ));
    }
    Scene {
        name: "schedule run".to_owned(),
        shop,
        line: "schedule run",
        at: AFTER,
        then: &["schedule run", "mail send"],
        taken: (2, 300_00),
        given: (0, 0),
        open: 300_00,
    }
}

const IMPORT: &str = "invoice import new.csv --create-customers";

/// Three invoices of two customers, one of them new.
pub fn import() -> Scene {
    let shop = Shop::with_card("tok_approve");
    shop.write(
        "new.csv",
        "Invoice Number,Customer,Invoice Date,Due Date,Amount\n\
         N-1,Acme Corp,2026-11-01,2026-11-15,10.00\n\
         N-2,Bella Blooms,2026-11-01,2026-11-15,20.00\n\
         N-3,Bella Blooms,2026-11-01,2026-11-15,30.00\n",
    );
    Scene {
        name: "import".to_owned(),
        shop,
        line: IMPORT,
        at: NOON,
        then: &[IMPORT],
        taken: (0, 0),
        given: (0, 0),
        open: 660_00,
    }
}

pub fn all() -> Vec<Scene> {
    let mut all = charges();
    all.extend(recoveries());
    all.extend([refund("refund_given"), void()]);
    all.extend(others());
    all
}

/// All that is no charge of its own, and no recovery.
pub fn others() -> Vec<Scene> {
    vec![
        reconciliation(),
        reconciliation_of_a_mark(),
        resolution(),
        mail(),
        import(),
        run(),
        refund("refund_lost"),
    ]
}

/// Stops a line at a named place as `kill -9` would; nowhere, if there is no name.
pub fn stop(shop: &Shop, line: &str, place: &str) {
    let mut command = shop.command(line);
    if !place.is_empty() {
        command.env("DUES_CRASH", place);
    }
    let output = command.output().unwrap();
    assert_eq!(
        output.status.code().is_none(),
        !place.is_empty(),
        "{place}: {}",
        shop.seen(line, &output)
    );
}

/// Puts the book of before into its place again, as a copy of the file would.
pub fn set_back(shop: &Shop, meanwhile: impl FnOnce(&Shop)) {
    shop.must("backup old.db");
    meanwhile(shop);
    for end in ["-wal", "-shm"] {
        let _ = fs::remove_file(shop.path(&format!("book.db{end}")));
    }
    fs::rename(shop.path("old.db"), shop.path("book.db")).unwrap();
}
