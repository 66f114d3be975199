//! Files kept beside the book: copied, in backups, and proved.

use std::fs;

use serde_json::json;

use crate::shop::Shop;

fn kept(shop: &Shop, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(shop.path(folder))
        .map(|files| {
            files
                .map(|file| file.unwrap().file_name().into_string().unwrap())
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

#[test]
fn a_form_and_a_note_are_kept_in_backups_and_proved() {
    let shop = Shop::with_card("tok_approve");
    shop.write("form.pdf", "signed by A. Cme");
    shop.write("note.txt", "two boxes, received");

    shop.must("invoice attach INV-1 note.txt --dry-run");
    assert_eq!(kept(&shop, "book.db.files"), [] as [String; 0]);
    shop.must("card authorize ACME 4242 --by 'A. Cme' --how 'signed form' --form form.pdf");
    shop.must("invoice attach INV-1 note.txt");
    shop.must("invoice attach INV-2 note.txt");

    // One file, however often it is kept.
    assert_eq!(kept(&shop, "book.db.files").len(), 2);
    #[cfg(unix)]
    for name in kept(&shop, "book.db.files") {
        use std::os::unix::fs::PermissionsExt;
        let about = fs::metadata(shop.path("book.db.files").join(name)).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }
    let shown = shop.json("invoice show INV-1");
    assert_eq!(shown["data"]["files"][0]["name"], "note.txt");
    assert_eq!(shown["data"]["files"][0]["bytes"], 19);
    shop.must("check");

    // Elsewhere, and back where nothing is left.
    shop.must("backup copy.db");
    shop.must("check --book copy.db");
    fs::remove_dir_all(shop.path("book.db.files")).unwrap();
    for name in ["book.db", "book.db-wal", "book.db-shm"] {
        let _ = fs::remove_file(shop.path(name));
    }
    shop.must("restore copy.db --yes");
    assert_eq!(kept(&shop, "book.db.files"), kept(&shop, "copy.db.files"));
    shop.must("check");

    // One that was changed, and one that is gone.
    let file = shop
        .path("book.db.files")
        .join(&kept(&shop, "book.db.files")[0]);
    fs::write(&file, "something else").unwrap();
    let check = shop.dues("check");
    assert!(
        check.contains("INV36") && check.contains("[exit 8]"),
        "{check}"
    );
    shop.refuses("backup other.db", "file_missing", 1);
    fs::remove_file(&file).unwrap();
    assert!(shop.dues("check").contains("INV36"));
    // A book is worth more than its files: it comes back without them, and it is said.
    fs::remove_dir_all(shop.path("copy.db.files")).unwrap();
    let restored = shop.json("restore copy.db --yes --book third.db");
    assert_eq!(restored["warnings"].as_array().map(Vec::len), Some(3));
}

#[test]
fn what_is_no_file_to_keep_is_refused() {
    let shop = Shop::with_card("tok_approve");
    shop.write("empty.pdf", "");
    let long = fs::File::create(shop.path("long.pdf")).unwrap();
    long.set_len((25 << 20) + 1).unwrap();

    for (line, code, exit) in [
        ("invoice attach INV-1 nothing.pdf", "cannot_read", 1),
        ("invoice attach INV-1 .", "not_text", 2),
        ("invoice attach INV-1 empty.pdf", "file_empty", 1),
        ("invoice attach INV-1 long.pdf", "cannot_read", 1),
        ("invoice attach INV-9 empty.pdf", "no_such_invoice", 1),
    ] {
        shop.refuses(line, code, exit);
    }
    let said = shop.run("invoice attach INV-1 '4242 4242 4242 4242.pdf'");
    assert_eq!(said.status.code(), Some(9));
    assert_eq!(kept(&shop, "book.db.files"), [] as [String; 0]);
    assert_eq!(shop.json("invoice show INV-1")["data"]["files"], json!([]));
}
