//! The packet for a bank: what is in it, what is said to be missing, and where it is put.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::written::{server, set_up};

/// ACME's visa is charged three times in eight months, and the bank takes the last.
fn disputed(reason: &str) -> Shop {
    let mut shop = Shop::with_card("tok_approve@visa-4242");
    set_up(&mut shop, server(true));
    for (name, text) in [
        ("form.txt", "signed by A. Cme"),
        ("note 7.txt", "two boxes, received"),
        ("letter.txt", "we never ordered that"),
    ] {
        shop.write(name, text);
    }
    shop.must("card authorize ACME 4242 --by 'A. Cme' --how 'signed form' --form form.txt");
    shop.must("invoice edit INV-3 --memo 'red roses, 12 boxes' --po 4711");
    for (now, invoice) in [
        ("2026-11-22T16:00:00Z", "INV-1"),
        ("2026-12-22T15:00:00Z", "INV-2"),
        ("2027-06-01T15:00:00Z", "INV-3"),
    ] {
        shop.put_around("DUES_NOW", now);
        shop.must(&format!("charge acme --invoice {invoice} --yes"));
    }
    shop.must("customer note add ACME 'she is <angry> & loud'");
    shop.must("invoice attach INV-3 'note 7.txt' --kind delivery");
    shop.put_around("DUES_NOW", "2027-06-20T15:00:00Z");
    shop.must(&format!(
        "dispute open CH-3 --amount 120 --reason '{reason}' --fee 15 --respond-by 2027-07-01"
    ));
    shop.must("dispute attach DSP-1 letter.txt --kind correspondence");
    shop
}

fn files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for entry in fs::read_dir(one).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let place = entry.path();
                names.push(place.strip_prefix(folder).unwrap().display().to_string());
            }
        }
    }
    names.sort();
    names
}

/// What a page says, a line for each piece of it.
fn words(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let mut words = String::new();
    for piece in body.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        if ["/tr", "/h1", "/h2", "/h3", "/p", "/pre"].contains(&tag) {
            words.push('\n');
        }
        if ["/td", "/th"].contains(&tag) {
            words.push_str(" | ");
        }
        words.push_str(text.trim_matches('\n'));
    }
    words
}

/// The references that change from run to run.
fn named(text: &str, shop: &Shop) -> String {
    let mut text = text.to_owned();
    let port = text
        .split_once("127.0.0.1:")
        .map(|(_, rest)| rest[..5].to_owned());
    text = text.replace(&port.unwrap_or_default(), "PORT");
    for n in 1..=3 {
        let charge = shop.json(&format!("charge show CH-{n}"));
        for what in ["reference", "id"] {
            let word = charge["data"]["gateway"][what].as_str().unwrap();
            text = text.replace(word, &format!("CH-{n} {what}"));
        }
    }
    text
}

#[test]
fn a_packet_has_what_the_book_has() {
    let shop = disputed("Fraud - Card Absent (10.4)");
    let before = shop.contents();

    assert_snapshot!(shop.dues("dispute evidence DSP-1 --dry-run"), @"
    $ dues dispute evidence DSP-1 --dry-run
    would put the evidence for DSP-1 into ~/evidence-DSP-1
      FILE                    WHAT IT IS
      index.html              all of it, to read and to print
      fields.json             the texts for the gateway's form
      mails/M-3.txt           the mail to ap@acme.example, and its way
      files/ATT-1-form.txt    form, kept with the consent of A. Cme
      files/ATT-2-note_7.txt  delivery, kept with INV-3
      files/ATT-3-letter.txt  correspondence, kept with DSP-1
    It does not qualify for Visa's Compelling Evidence 3.0 by what the book has. 2 earlier charges of this card count, and two are enough; but two of these four must be the same for them and for the disputed charge: account, shipping address, IP address, device; and one of the two must be the IP address or the device. The book knows neither. If your shop does, send them along, and it qualifies.
    missing
      billing_address: no billing address: `dues customer edit ACME --billing-address TEXT`
      service_documentation: no order and no agreement: `dues dispute attach DSP-1 FILE --kind contract`
      refund_policy: no terms of sale or of returns: `dues dispute attach DSP-1 FILE --kind policy`
      service_date, shipping_address, shipping_carrier, shipping_date, shipping_tracking_number: the book does not know when and how it was shipped: take it from the delivery note
      customer_purchase_ip, access_activity_log: the book does not know how the customer ordered: ask your shop
      refund_policy_disclosure, refund_refusal_explanation, cancellation_policy, cancellation_policy_disclosure, cancellation_rebuttal: in your own words, where it matters
    nothing was written (dry run)
    [exit 0]
    ");
    assert!(!shop.path("evidence-DSP-1").exists());
    let dry = shop.json("dispute evidence DSP-1 --dry-run");
    let made = shop.json("dispute evidence DSP-1");
    assert_eq!(
        (&dry["data"]["dry_run"], &made["data"]["dry_run"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(dry["data"]["contents"], made["data"]["contents"]);
    assert_eq!(made["schema"], "dues.evidence/1");
    assert_eq!(shop.contents(), before);

    let folder = shop.path("evidence-DSP-1");
    assert_eq!(
        files(&folder),
        [
            "fields.json",
            "files/ATT-1-form.txt",
            "files/ATT-2-note_7.txt",
            "files/ATT-3-letter.txt",
            "index.html",
            "mails/M-3.txt",
        ]
    );
    let kept = fs::read_to_string(folder.join("files/ATT-2-note_7.txt")).unwrap();
    assert_eq!(kept, "two boxes, received");
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("she is &lt;angry&gt; &amp; loud"), "{page}");
    assert!(
        !page.contains("<script") && !page.contains("http"),
        "{page}"
    );
    assert_snapshot!(named(&words(&page), &shop), @"
    Evidence for DSP-1
    Tulip Wholesale, made on 2027-06-20. Read it before any of it goes to the bank.
    The dispute
    The bank took | 120.00 USD of 300.00 USD | 
    Its reason | Fraud - Card Absent (10.4) | 
    On | 2027-06-20 | 
    Answer by | 2027-07-01 | 
    Fee | 15.00 USD | 
    Payment | PAY-3, 300.00 USD by card on 2027-06-01 | 
    Charge | CH-3 at sandbox, reference CH-3 reference, there CH-3 id | 
    Customer | Acme Corp (ACME) | 
    Mail address | ap@acme.example | 
    The card and the consent to charge it
    Visa card ending in 4242, good until 12&#x2f;2031
    A. Cme agreed: signed form. Recorded on 2026-11-22 10:00; it covers whatever is owed.
    A. Cme agreed: signed form. Recorded on 2026-11-22 10:00; it covers whatever is owed. The disputed charge rests on it.
    What was paid with it
    Invoice | PO | Issued | Due | Total | Paid | Memo | 
    INV-3 | 4711 | 2026-01-01 | 2026-03-10 | 300.00 USD | 300.00 USD | red roses, 12 boxes | 
    What was mailed about it
    M-3 to ap@acme.example: sent 2027-06-01 11:00
    mails&#x2f;M-3.txt · Payment received: 300.00 USD (PAY-3)
    2027-06-01 11:00 | written, and waiting to be sent | 
    2027-06-01 11:00 | handed over to be sent | 
    2027-06-01 11:00 | sent: 127.0.0.1:PORT: 250 taken | 
    Dear Acme Corp,

    Thank you. On 1 June 2027 we charged 300.00 USD to your Visa card ending
    in 4242 and applied it as follows:

      Invoice                Paid  Still open
      INV-3 (PO 4711)  300.00 USD    0.00 USD

    Payment number: PAY-3

    If anything looks wrong, please reply to this mail.

    Kind regards
    Tulip Wholesale
    Earlier charges of the card
    It does not qualify for Visa&#x27;s Compelling Evidence 3.0 by what the book has. 2 earlier charges of this card count, and two are enough; but two of these four must be the same for them and for the disputed charge: account, shipping address, IP address, device; and one of the two must be the IP address or the device. The book knows neither. If your shop does, send them along, and it qualifies.
    Charge | On | Amount | At the gateway | Paid | Days before the dispute | Days before the charge | The same | 
    CH-1 | 2026-11-22 | 100.00 USD | CH-1 id | INV-1 | 210 | 191 | card, account, mail address | 
    CH-2 | 2026-12-22 | 200.00 USD | CH-2 id | INV-2 | 180 | 161 | card, account, mail address | 
    Visa counts back from the dispute; some gateways count back from the disputed charge.
    Refunds
    None.
    Notes and promises
    They are yours: no field below has the notes.
    On | Noted | Promised | 
    2027-06-01 | she is &lt;angry&gt; &amp; loud | – | 
    Files
    File | What it is | Kept with | SHA-256 | 
    form.txt | form | the consent of A. Cme | 74ef6c9cfd83f17d92a55327c173bd7db215da853ba2cbe33fcba37268304745 | 
    note 7.txt | delivery | INV-3 | 805f2b9803460b422f292d417382071c9100b9e0d9ba4233cf94ddcdaaaabf9e | 
    letter.txt | correspondence | DSP-1 | 36a44d4dcd46161b110365535e24cd7bc5282ee32a9f5b61523990399bd8ea2b | 
    In the order of time
    2026-01-01 | INV-3 issued: 300.00 USD, due 2026-03-10 | 
    2026-11-22 10:00 | A. Cme agreed that visa 4242 may be charged (signed form) | 
    2026-11-22 10:00 | A. Cme agreed that visa 4242 may be charged (signed form) | 
    2026-11-22 10:00 | form.txt (form) kept with the consent of A. Cme | 
    2027-06-01 11:00 | CH-3 charged 300.00 USD to visa 4242 (PAY-3) | 
    2027-06-01 11:00 | M-3 to ap@acme.example: written, and waiting to be sent | 
    2027-06-01 11:00 | M-3 to ap@acme.example: handed over to be sent | 
    2027-06-01 11:00 | M-3 to ap@acme.example: sent: 127.0.0.1:PORT: 250 taken | 
    2027-06-01 11:00 | note 7.txt (delivery) kept with INV-3 | 
    2027-06-01 11:00 | noted: she is &lt;angry&gt; &amp; loud | 
    2027-06-20 11:00 | letter.txt (correspondence) kept with DSP-1 | 
    2027-06-20 11:00 | DSP-1 opened: 120.00 USD (Fraud - Card Absent (10.4)) | 
    For the gateway's form
    The names are Stripe's. A field takes 20000 letters, all together 150000; files go up as PDF, JPEG or PNG (print this page or a mail to PDF). The same texts are in fields.json.
    customer_name
    Acme Corp
    customer_email_address
    ap@acme.example
    product_description
    INV-3 of 2026-01-01 (PO 4711), 300.00 USD, all of it paid with this payment: red roses, 12 boxes
    uncategorized_text
    A. Cme agreed that visa 4242 may be charged (signed form), as was recorded on 2026-11-22 10:00.

    A confirmation went to ap@acme.example: sent.

    Earlier charges of the same card that nobody disputed:
      2026-11-22  100.00 USD  CH-1 id  same card, account, mail address
      2026-12-22  200.00 USD  CH-2 id  same card, account, mail address

    What happened:
      2026-01-01  INV-3 issued: 300.00 USD, due 2026-03-10
      2026-11-22 10:00  A. Cme agreed that visa 4242 may be charged (signed form)
      2026-11-22 10:00  A. Cme agreed that visa 4242 may be charged (signed form)
      2027-06-01 11:00  CH-3 charged 300.00 USD to visa 4242 (PAY-3)
      2027-06-01 11:00  M-3 to ap@acme.example: written, and waiting to be sent
      2027-06-01 11:00  M-3 to ap@acme.example: handed over to be sent
      2027-06-01 11:00  M-3 to ap@acme.example: sent: 127.0.0.1:PORT: 250 taken
      2027-06-20 11:00  DSP-1 opened: 120.00 USD (Fraud - Card Absent (10.4))
    Field | Files | 
    receipt | mails&#x2f;M-3.txt | 
    customer_signature | files&#x2f;ATT-1-form.txt | 
    shipping_documentation | files&#x2f;ATT-2-note_7.txt | 
    customer_communication | files&#x2f;ATT-3-letter.txt | 
    What is missing
    Field | Why | What helps | 
    billing_address | no billing address | dues customer edit ACME --billing-address TEXT | 
    service_documentation | no order and no agreement | dues dispute attach DSP-1 FILE --kind contract | 
    refund_policy | no terms of sale or of returns | dues dispute attach DSP-1 FILE --kind policy | 
    service_date, shipping_address, shipping_carrier, shipping_date, shipping_tracking_number | the book does not know when and how it was shipped: take it from the delivery note |  | 
    customer_purchase_ip, access_activity_log | the book does not know how the customer ordered: ask your shop |  | 
    refund_policy_disclosure, refund_refusal_explanation, cancellation_policy, cancellation_policy_disclosure, cancellation_rebuttal | in your own words, where it matters |  |
    ");
    let fields = fs::read_to_string(folder.join("fields.json")).unwrap();
    let fields: Value = serde_json::from_str(&fields).unwrap();
    assert_eq!(fields["text"], made["data"]["text"]);
    let text = fields["text"]["uncategorized_text"].as_str().unwrap();
    assert_snapshot!(named(text, &shop), @"
    A. Cme agreed that visa 4242 may be charged (signed form), as was recorded on 2026-11-22 10:00.

    A confirmation went to ap@acme.example: sent.

    Earlier charges of the same card that nobody disputed:
      2026-11-22  100.00 USD  CH-1 id  same card, account, mail address
      2026-12-22  200.00 USD  CH-2 id  same card, account, mail address

    What happened:
      2026-01-01  INV-3 issued: 300.00 USD, due 2026-03-10
      2026-11-22 10:00  A. Cme agreed that visa 4242 may be charged (signed form)
      2026-11-22 10:00  A. Cme agreed that visa 4242 may be charged (signed form)
      2027-06-01 11:00  CH-3 charged 300.00 USD to visa 4242 (PAY-3)
      2027-06-01 11:00  M-3 to ap@acme.example: written, and waiting to be sent
      2027-06-01 11:00  M-3 to ap@acme.example: handed over to be sent
      2027-06-01 11:00  M-3 to ap@acme.example: sent: 127.0.0.1:PORT: 250 taken
      2027-06-20 11:00  DSP-1 opened: 120.00 USD (Fraud - Card Absent (10.4))
    ");
    // What was noted of the customer is no business of the bank's.
    assert!(!fields.to_string().contains("angry"));
    assert_eq!(fields["files"]["receipt"], json!(["mails/M-3.txt"]));
    assert_eq!(
        fields["files"]["customer_signature"],
        json!(["files/ATT-1-form.txt"])
    );
    let mail = fs::read_to_string(folder.join("mails/M-3.txt")).unwrap();
    assert!(
        mail.contains("250 taken") && mail.contains("300.00 USD"),
        "{mail}"
    );
    #[cfg(unix)]
    for (name, mode) in [("", 0o700), ("files", 0o700), ("index.html", 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        let about = fs::metadata(folder.join(name)).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, mode, "{name}");
    }
}

/// Nobody learns more of a card than its brand and last four, whatever an old book holds.
#[test]
fn no_card_number_and_no_token_is_in_a_packet() {
    let shop = disputed("fraud");
    let number = "4242 4242 4242 4242";
    shop.change_against(
        "customer_notes_stand",
        &format!("update customer_notes set text = 'card {number}'"),
    );
    shop.must("dispute evidence DSP-1");

    let folder = shop.path("evidence-DSP-1");
    for name in files(&folder) {
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        assert!(
            !text.contains(number) && !text.contains("sbx_card"),
            "{name}: {text}"
        );
    }
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("card number removed"), "{page}");
}

/// An earlier packet may have been sent: it is never written over.
#[test]
fn a_packet_is_made_once_in_each_place() {
    let shop = disputed("fraud");
    shop.must("dispute evidence DSP-1");

    assert_snapshot!(shop.dues("dispute evidence DSP-1"), @"
    $ dues dispute evidence DSP-1
    error: ~/evidence-DSP-1 exists already
    hint: An earlier packet is never written over: move it away, or name another folder with `--to`.
    [exit 1]
    ");
    shop.refuses("dispute evidence DSP-1", "target_exists", 1);
    shop.refuses("dispute evidence DSP-1 --dry-run", "target_exists", 1);
    shop.refuses("dispute evidence DSP-1 --to no/where", "cannot_write", 1);
    shop.refuses("dispute evidence DSP-2 --to other", "no_such_dispute", 1);
    shop.must("dispute evidence DSP-1 --to other");
    let both = [shop.path("evidence-DSP-1"), shop.path("other")];
    assert_eq!(files(&both[0]), files(&both[1]));
}

/// The day for an answer does not wait for a file: the rest is there, and it is said.
#[test]
fn a_file_that_is_not_what_it_was_is_left_out_and_said() {
    let shop = disputed("product not received");
    let files_of = shop.json("dispute show DSP-1")["data"]["files"].clone();
    let hash = files_of[0]["sha256"].as_str().unwrap().to_owned();
    fs::write(shop.path("book.db.files").join(hash), "something else").unwrap();

    let said = shop.dues("dispute evidence DSP-1");

    assert!(
        said.contains("error: left out, as not there or not what it was: ATT-3 (letter.txt)")
            && said.ends_with("[exit 6]\n"),
        "{said}"
    );
    let folder = shop.path("evidence-DSP-1");
    assert!(!folder.join("files/ATT-3-letter.txt").exists());
    let page = fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(page.contains("letter.txt: left out"), "{page}");
    assert!(
        said.contains("does not apply: it is for fraud alone"),
        "{said}"
    );
}

/// What is too long for the gateway is cut, and that is said on every side.
#[test]
fn what_is_cut_is_said() {
    let shop = disputed("fraud");
    let memo = "roses ".repeat(320);
    let many: Vec<String> = (10..22).map(|n| format!("INV-{n}")).collect();
    for number in &many {
        let memo = memo.trim();
        shop.must(&format!(
            "invoice add ACME {number} 1 --issued 2026-01-01 --memo '{memo}'"
        ));
    }
    let picks: Vec<String> = many
        .iter()
        .map(|number| format!("--invoice {number}"))
        .collect();
    shop.must(&format!("charge acme {} --no-email --yes", picks.join(" ")));
    shop.must("dispute open CH-4 --reason duplicate");

    let made = shop.json("dispute evidence DSP-2");

    let cut = &made["data"]["cut"][0];
    assert_eq!(cut["field"], "product_description");
    let (kept, letters) = (
        cut["kept"].as_u64().unwrap(),
        cut["letters"].as_u64().unwrap(),
    );
    assert!(kept <= 20_000 && kept > 19_980 && letters > 20_000, "{cut}");
    let text = made["data"]["text"]["product_description"]
        .as_str()
        .unwrap();
    assert!(text.ends_with("roses […]"), "{text}");
    let warning = made["warnings"][0].as_str().unwrap();
    assert!(
        warning.contains("`product_description` is cut to"),
        "{warning}"
    );
    let page = fs::read_to_string(shop.path("evidence-DSP-2/index.html")).unwrap();
    assert!(page.contains(&format!("cut to {kept} letters; it had {letters}")));
    // No confirmation was sent, and nothing was signed for it.
    let missing = made["data"]["missing"].to_string();
    assert!(
        missing.contains("no confirmation of the payment was sent"),
        "{missing}"
    );
}

/// Two charges of as much are two if they paid two invoices.
#[test]
fn what_is_called_a_duplicate_is_told_from_its_twin() {
    let shop = Shop::with_card("tok_approve@mastercard-4444");
    shop.must("invoice add ACME INV-4 100 --issued 2026-01-05");
    for invoice in ["INV-1", "INV-4"] {
        shop.must(&format!(
            "charge acme --invoice {invoice} --no-email --yes --again"
        ));
    }
    shop.must("dispute open CH-2 --reason 'duplicate processing'");

    let made = shop.json("dispute evidence DSP-1");

    let text = &made["data"]["text"];
    assert_eq!(
        text["duplicate_charge_explanation"],
        "The charge of 100.00 USD on 2026-11-22 paid INV-1. The disputed charge of 2026-11-22 paid INV-4."
    );
    let twin = shop.json("charge show CH-1")["data"]["gateway"]["id"].clone();
    assert_eq!(text["duplicate_charge_id"], twin);
    let visa = &made["data"]["compelling_evidence"];
    assert_eq!(
        (&visa["verdict"], &visa["earlier"]),
        (&json!("not_visa"), &json!([]))
    );
}

/// Stopped or failed before the end, there is no folder that looks whole.
#[test]
fn a_packet_that_was_stopped_is_not_taken_for_a_whole_one() {
    let shop = disputed("fraud");
    for how in ["abort", "error"] {
        let mut command = shop.command("dispute evidence DSP-1");
        let stopped = command
            .env("DUES_CRASH", format!("evidence.written:{how}"))
            .output();
        assert!(!stopped.unwrap().status.success());

        assert!(!shop.path("evidence-DSP-1").exists());
        let parts = fs::read_dir(shop.path("")).unwrap().filter(|entry| {
            let path = entry.as_ref().unwrap().path();
            path.extension().is_some_and(|end| end == "part")
        });
        // Who is killed leaves its own part, and who fails takes it away.
        assert_eq!(parts.count(), 1, "{how}");
    }
    shop.must("dispute evidence DSP-1");
    assert_eq!(files(&shop.path("evidence-DSP-1")).len(), 6);
}
