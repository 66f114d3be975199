//! Generated files of every shape, in every order: no invoice gets to another
//! customer than the one who owes it.
//!
//! Each world has customers made to be confused (namesakes, names that are
//! other people's codes, ids that are names, shared mail addresses) and a few
//! exports of different systems. Only what a file's own words leave open is
//! kept out of it.

use std::collections::BTreeMap;

use dues::books::{Books, Hand, Invoices, NewBook};
use dues::domain::customer::same_name;
use dues::domain::gateway_account::Mode;
use dues::domain::ids::{BookId, CustomerId};
use dues::domain::money::Currency;
use dues::intake::{Options, invoices};
use dues::jobs::import::{Import, Imported, NotImported, import};
use jiff::Timestamp;

/// A small generator, so that a seed tells the whole world.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).unwrap()).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    fn shuffle<T>(&mut self, of: &mut [T]) {
        for at in (1..of.len()).rev() {
            of.swap(at, self.below(at + 1));
        }
    }
}

/// Who really owes.
struct Person {
    name: &'static str,
    id: &'static str,
    mail: Option<&'static str>,
}

const PEOPLE: [Person; 12] = [
    Person {
        name: "Baker Street Cafe",
        id: "1",
        mail: Some("ap@cafe.example"),
    },
    Person {
        name: "Baker",
        id: "2",
        mail: Some("ap@baker.example"),
    },
    Person {
        name: "BAKER-2",
        id: "BAKER",
        mail: None,
    },
    Person {
        name: "Rosa",
        id: "R101",
        mail: Some("office@shared.example"),
    },
    Person {
        name: "Rosa Blumen",
        id: "ROSA",
        mail: Some("office@shared.example"),
    },
    Person {
        name: "Smith",
        id: "cus_Qx1Yz",
        mail: Some("a@smith.example"),
    },
    Person {
        name: "smith",
        id: "cus_qX1yZ",
        mail: Some("b@smith.example"),
    },
    Person {
        name: "Smith",
        id: "a7971e11-7c59-4d00-8a95-96d96b6a038a",
        mail: None,
    },
    Person {
        name: "Müller & Söhne",
        id: "10023",
        mail: Some("ap@mueller.example"),
    },
    Person {
        name: "1",
        id: "Baker Street Cafe",
        mail: None,
    },
    Person {
        name: "Acme, Inc",
        id: "CUSTOMER-NUMBER-0000017",
        mail: Some("AP@Acme.example"),
    },
    Person {
        name: "ap@cafe.example",
        id: "7",
        mail: None,
    },
];

/// Which of a customer's marks a file has.
#[derive(Clone, Copy)]
struct Marks {
    id: bool,
    name: bool,
    mail: bool,
}

const MARKS: [Marks; 6] = [
    Marks {
        id: true,
        name: true,
        mail: true,
    },
    Marks {
        id: true,
        name: true,
        mail: false,
    },
    Marks {
        id: true,
        name: false,
        mail: false,
    },
    Marks {
        id: false,
        name: true,
        mail: true,
    },
    Marks {
        id: false,
        name: true,
        mail: false,
    },
    Marks {
        id: false,
        name: false,
        mail: true,
    },
];

impl Marks {
    /// Whether they tell the customer from all others.
    fn tell(self, person: &Person) -> bool {
        let alone =
            |same: &dyn Fn(&Person) -> bool| PEOPLE.iter().filter(|it| same(it)).count() == 1;
        let has_own_name = alone(&|it| same_name(it.name) == same_name(person.name));
        let has_own_mail = person.mail.is_some() && alone(&|it| it.mail == person.mail);
        match self {
            Self {
                id: true,
                name: false,
                ..
            } => true,
            // Only an address can part namesakes that a book has without ids.
            Self {
                mail: true,
                name: true,
                ..
            } => has_own_name || has_own_mail,
            Self { name: true, .. } => has_own_name,
            _ => has_own_mail,
        }
    }
}

/// An export: one shape, some rows.
struct Export {
    marks: Marks,
    shape: u64,
    /// Who, and the invoice's number, amount in cents and day.
    rows: Vec<(usize, String, u64, usize)>,
}

fn exports(rng: &mut Rng) -> Vec<Export> {
    (0..4)
        .map(|file| {
            let marks = MARKS[rng.below(MARKS.len())];
            let rows = (0..4 + rng.below(9)).filter_map(|n| {
                let who = rng.below(PEOPLE.len());
                let cents = 100 + rng.next() % 9_999_900;
                let row = (who, format!("F{file}-{n}"), cents, 13 + rng.below(15));
                marks.tell(&PEOPLE[who]).then_some(row)
            });
            Export {
                marks,
                rows: rows.collect(),
                shape: rng.next(),
            }
        })
        .filter(|export| !export.rows.is_empty())
        .collect()
}

/// The bytes of an export; `order` moves its rows and columns, nothing else.
fn written(export: &Export, order: &mut Rng) -> Vec<u8> {
    let mut shape = Rng(export.shape);
    let delimiter = *shape.pick(&[&",", &";", &"\t"]);
    let dates = *shape.pick(&[&"iso", &"D/M/Y", &"M/D/Y", &"points", &"words", &"stamp"]);
    let is_comma = delimiter == ";" && shape.below(2) == 0;
    let is_signed = shape.below(3) == 0;
    let title = *shape.pick(&[&"", &"Blumen Wholesale\nA/R Detail\n\n", &"Invoices\n"]);
    let has_total = shape.below(3) == 0;
    let mut columns: Vec<(&str, usize)> = vec![
        (
            shape.pick(&[
                "Invoice Number",
                "*InvoiceNumber",
                "Invoice #",
                "DocNumber",
                "Num",
                "Rechnungsnummer",
            ]),
            0,
        ),
        (
            shape.pick(&[
                "Invoice Date",
                "DateIssued",
                "TransactionDate",
                "Date",
                "Rechnungsdatum",
            ]),
            1,
        ),
        (shape.pick(&["Total", "TotalAmount", "Amount", "Betrag"]), 2),
        (shape.pick(&["Reference", "Account Type", " ", "Terms"]), 6),
    ];
    if export.marks.id {
        columns.push((
            shape.pick(&["Customer ID", "contact_id", "partner_no", "Kundennummer"]),
            3,
        ));
    }
    if export.marks.name {
        columns.push((
            shape.pick(&["*ContactName", "Customer full name", "Client Name", "Kunde"]),
            4,
        ));
    }
    if export.marks.mail {
        columns.push((shape.pick(&["EmailAddress", "E-Mail", "debtor_email"]), 5));
    }
    let encoding = shape.below(4);
    order.shuffle(&mut columns);
    let mut rows: Vec<_> = export.rows.iter().collect();
    order.shuffle(&mut rows);
    let amount = |cents: u64| {
        let (whole, rest) = (cents / 100, cents % 100);
        let grouped = |mark: &str| match whole {
            0..1000 => whole.to_string(),
            _ => format!("{}{mark}{:03}", whole / 1000, whole % 1000),
        };
        match (is_comma, is_signed) {
            (true, _) => format!("{},{rest:02}", grouped(".")),
            (_, true) => format!("${}.{rest:02}", grouped(",")),
            _ => format!("{whole}.{rest:02}"),
        }
    };
    let date = |day: usize| match dates {
        "D/M/Y" => format!("{day}/01/2026"),
        "M/D/Y" => format!("1/{day}/2026"),
        "points" => format!("{day}.01.2026"),
        "words" => format!("Jan {day} 2026"),
        "stamp" => format!("2026-01-{day} 09:54:09 UTC"),
        _ => format!("2026-01-{day}"),
    };
    let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: Vec<String>| cells.join(delimiter) + "\r\n";
    let mut text = title.replace('\n', "\r\n");
    text += &line(columns.iter().map(|(name, _)| quoted(name)).collect());
    for (who, number, cents, day) in rows {
        let person = &PEOPLE[*who];
        let cell = |(_, what): &(&str, usize)| {
            quoted(&match what {
                0 => number.clone(),
                1 => date(*day),
                2 => amount(*cents),
                3 => person.id.to_owned(),
                4 => person.name.to_owned(),
                5 => person.mail.unwrap_or_default().to_owned(),
                _ => String::new(),
            })
        };
        text += &line(columns.iter().map(cell).collect());
    }
    if has_total && columns[0].1 == 6 {
        let sum = amount(export.rows.iter().map(|row| row.2).sum());
        let cell = |(_, what): &(&str, usize)| match what {
            2 => quoted(&sum),
            6 => "TOTAL".to_owned(),
            _ => String::new(),
        };
        text += &line(columns.iter().map(cell).collect());
    }
    match encoding {
        0 => format!("\u{feff}{text}").into_bytes(),
        1 => "\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect(),
        // Every letter of these files is one byte in windows-1252.
        2 => text
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap())
            .collect(),
        _ => text.into_bytes(),
    }
}

struct Shop {
    books: Books,
    _folder: tempfile::TempDir,
}

fn now() -> Timestamp {
    "2026-11-22T15:00:00Z".parse().unwrap()
}

fn hand() -> Hand {
    Hand {
        actor: "tester@shop".into(),
        command: "test".into(),
    }
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let new = NewBook {
            id: BookId("00112233445566778899aabbccddeeff".into()),
            name: "Tulip Wholesale".into(),
            currency: Currency::parse("USD").unwrap(),
            zone: "UTC".into(),
            gateway: "sandbox".into(),
            mode: Mode::Test,
        };
        let books = Books::create(&folder.path().join("book.db"), &hand(), &new, now()).unwrap();
        Self {
            books,
            _folder: folder,
        }
    }

    fn import(&mut self, file: &[u8]) -> Result<Imported, String> {
        let options = Options {
            currency: Some(Currency::parse("USD").unwrap()),

            ..Options::default()
        };
        let sheet = invoices(file, &options).map_err(|problem| problem.to_string())?;
        let job = Import {
            file: "file",
            sha256: &"0".repeat(64),
            sheet: &sheet,
            create_customers: true,
        };
        import(&mut self.books, &job, |books, change| {
            books.write(&hand(), now(), change)
        })
        .map_err(|error| match error {
            NotImported::Rows(rows) => rows
                .iter()
                .map(|row| format!("{}: {}", row.line, row.problem))
                .collect::<Vec<_>>()
                .join(
                    "
",
                ),
            NotImported::Book(problem) => problem.to_string(),
        })
    }

    /// Who has each invoice.
    fn owners(&self) -> BTreeMap<String, CustomerId> {
        let mut owners = BTreeMap::new();
        let book = self.books.read();
        book.each_invoice(None, Invoices::All, |invoice, _| {
            owners.insert(invoice.number.clone(), invoice.customer);
            Ok(())
        })
        .unwrap();
        owners
    }
}

/// Imports the exports in an order; which were taken, and who has what.
fn play(
    exports: &[Export],
    order: &[usize],
    rows: &mut Rng,
) -> (Vec<bool>, BTreeMap<String, CustomerId>) {
    let mut shop = Shop::new();
    let mut taken = vec![false; exports.len()];
    let mut files = Vec::new();
    for at in order {
        let before = shop.owners();
        let file = written(&exports[*at], rows);

        let result = shop.import(&file);

        let after = shop.owners();
        match &result {
            Ok(_) => assert!(before.iter().all(|(number, owner)| after[number] == *owner)),
            Err(why) => {
                assert_eq!(before, after, "{why}");
                assert!(
                    why.contains("customer") || why.contains("book") || why.contains("mail"),
                    "{why}"
                );
            }
        }
        taken[*at] = result.is_ok();
        files.push((result.is_ok(), file));
    }
    // The same files again are nothing new.
    let before = shop.owners();
    for (_, file) in files.iter().filter(|(was_taken, _)| *was_taken) {
        let again = shop.import(file).unwrap_or_else(|why| panic!("{why}"));
        assert!(again.new.is_empty());
    }
    assert_eq!(shop.owners(), before);
    (taken, before)
}

/// No customer of the book has invoices of two people.
fn assert_each_has_their_own(exports: &[Export], owners: &BTreeMap<String, CustomerId>, seed: u64) {
    let mut people: BTreeMap<CustomerId, usize> = BTreeMap::new();
    for (who, number, ..) in exports.iter().flat_map(|export| &export.rows) {
        if let Some(owner) = owners.get(number) {
            let first = *people.entry(*owner).or_insert(*who);
            assert_eq!(PEOPLE[first].id, PEOPLE[*who].id, "{number}, seed {seed}");
        }
    }
}

#[test]
fn no_invoice_moves_between_customers_whatever_the_order() {
    let (mut imported, mut files) = (0, 0);
    for seed in 0..25 {
        let mut rng = Rng(seed);
        let exports = exports(&mut rng);
        let mut order: Vec<usize> = (0..exports.len()).collect();

        let (taken, owners) = play(&exports, &order, &mut Rng(seed + 1_000));
        let shuffled = play(&exports, &order, &mut Rng(seed + 2_000));
        rng.shuffle(&mut order);
        let (_, otherwise) = play(&exports, &order, &mut Rng(seed + 3_000));

        assert_each_has_their_own(&exports, &owners, seed);
        assert_each_has_their_own(&exports, &otherwise, seed);
        // The order of rows and columns decides nothing.
        assert_eq!(taken, shuffled.0, "seed {seed}");
        let together = |owners: &BTreeMap<String, CustomerId>| -> Vec<(String, String)> {
            let pairs = owners
                .iter()
                .flat_map(|one| owners.iter().map(move |other| (one, other)));
            let same = pairs.filter(|(one, other)| one.1 == other.1);
            same.map(|(one, other)| (one.0.clone(), other.0.clone()))
                .collect()
        };
        assert_eq!(together(&owners), together(&shuffled.1), "seed {seed}");
        imported += taken.iter().filter(|taken| **taken).count();
        files += taken.len();
    }
    // Refusing everything would be right, too, and of no use.
    assert!(
        imported * 10 > files * 7,
        "{imported} of {files} files were taken"
    );
}
