//! Who owes: a customer, by the short code that people type.

use jiff::Timestamp;

use super::ids::CustomerId;
use super::terms::Terms;
use super::text::Text;
use super::untrusted::composed;

/// A customer as the book keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    /// Short, unique, upper case: `ROSA`.
    pub code: String,
    /// The program made it up: it is a handle, and says nothing of who they are.
    pub code_is_made_up: bool,
    pub name: String,
    /// Nobody said their name: it is an id or a mail address in its place.
    pub name_is_made_up: bool,
    /// Where confirmations go; none, and no mail is written.
    pub email: Option<String>,
    pub phone: Option<String>,
    /// Where invoices go, on a line.
    pub billing_address: Option<String>,
    /// When an invoice is due where it does not say.
    pub terms: Terms,
    pub created_at: Timestamp,
}

/// A customer who is not yet in the book.
#[derive(Debug, Clone, Copy)]
pub struct NewCustomer<'a> {
    pub code: &'a str,
    pub code_is_made_up: bool,
    pub name: &'a str,
    pub name_is_made_up: bool,
    pub email: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub billing_address: Option<&'a str>,
    pub terms: Terms,
}

/// A free code for a name: `Rosa's Flowers` is `ROSA`, then `ROSAS-FLOWERS`, then `ROSA-2`.
///
/// `taken` says which codes the book has already.
#[must_use]
pub fn code_for(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let words: Vec<String> = name
        .split(|letter: char| !letter.is_alphanumeric() && letter != '\'' && letter != '’')
        .map(|word| {
            word.chars()
                .filter(char::is_ascii_alphanumeric)
                .collect::<String>()
                .to_uppercase()
        })
        .filter(|word| !word.is_empty())
        .collect();
    let first = words.first().map_or("CUSTOMER", String::as_str);
    let stem: String = first.chars().take(12).collect();
    let pair: String = words[..words.len().min(2)]
        .join("-")
        .chars()
        .take(12)
        .collect();
    [stem.clone(), pair.trim_end_matches('-').to_owned()]
        .into_iter()
        .chain((2..).map(|n| format!("{stem}-{n}")))
        .find(|candidate| Text::CustomerCode.read(candidate).is_ok() && !taken(candidate))
        .expect("numbers do not run out")
}

/// The form in which two spellings of one name are the same name.
#[must_use]
pub fn same_name(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    composed(&name).to_lowercase()
}

/// What stands before a code that is meant as one, and as nothing else: `code:ROSA`.
const AS_A_CODE: &str = "code:";

/// The customers that a typed word may mean: by code, name, mail address, or
/// the beginning of a code or name.
///
/// A code that a person gave is its customer's alone, and a whole name or
/// address beats what only begins so. A code that was made up is no more than
/// a match among others: nobody who types `rosa` knows that one Rosa of thirty
/// bears it. `code:ROSA` means the code.
#[must_use]
pub fn meant_by<'a>(word: &str, all: &'a [Customer]) -> Vec<&'a Customer> {
    let sought = same_name(word);
    let with_code = |code: &str| {
        let code = code.trim().to_owned();
        all.iter()
            .find(move |customer| customer.code.eq_ignore_ascii_case(&code))
    };
    if let Some(code) = sought.strip_prefix(AS_A_CODE) {
        return with_code(code).into_iter().collect();
    }
    if sought.is_empty() {
        return Vec::new();
    }
    let coded = with_code(&sought);
    if let Some(given) = coded.filter(|customer| !customer.code_is_made_up) {
        return vec![given];
    }
    let is_whole = |customer: &Customer| {
        let email = customer.email.as_ref();
        same_name(&customer.name) == sought
            || email.is_some_and(|email| email.to_lowercase() == sought)
    };
    let begins = |customer: &Customer| {
        customer.code.to_lowercase().starts_with(&sought)
            || same_name(&customer.name).starts_with(&sought)
    };
    let whole: Vec<&Customer> = all.iter().filter(|it| is_whole(it)).collect();
    if coded.is_none() && !whole.is_empty() {
        return whole;
    }
    all.iter().filter(|it| is_whole(it) || begins(it)).collect()
}

/// A word that means this customer and no other: the code, said to be one where it must be.
#[must_use]
pub fn surely(customer: &Customer, all: &[Customer]) -> String {
    match meant_by(&customer.code, all)[..] {
        [_] => customer.code.clone(),
        _ => format!("{AS_A_CODE}{}", customer.code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_made_from_the_name_and_never_twice() {
        assert_eq!(code_for("Rosa Blumen GmbH", |_| false), "ROSA");
        assert_eq!(
            code_for("Rosa Blumen GmbH", |code| code == "ROSA"),
            "ROSA-BLUMEN"
        );
        assert_eq!(code_for("Rosa", |code| code == "ROSA"), "ROSA-2");
        assert_eq!(code_for("List & Co", |_| false), "LIST-CO");
        assert_eq!(code_for("株式会社", |_| false), "CUSTOMER");
        assert_eq!(code_for("Rosa's Flowers", |_| false), "ROSAS");
    }

    fn customer(code: &str, code_is_made_up: bool, name: &str) -> Customer {
        Customer {
            id: CustomerId(1),
            code: code.into(),
            code_is_made_up,
            name: name.into(),
            name_is_made_up: false,
            email: Some(format!("{}@x.example", code.to_lowercase())),
            phone: None,
            billing_address: None,
            terms: Terms::USUAL,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_word_means_whoever_it_fits_and_a_code_that_was_made_up_beats_nobody() {
        let all = [
            customer("ACME", false, "Acme Corp"),
            customer("ACMES", true, "Acmesoft"),
            customer("ROSA", true, "Rosa Blumen"),
            customer("ROSA-2", true, "Rosa"),
            customer("ROSALIND", true, "Rosalind"),
            customer("TULIP", true, "Tulip"),
            customer("TULIPS-DE", true, "Cafe\u{301} Tulipe"),
        ];
        let table: [(&str, &[&str]); 14] = [
            // Given by a person, in either case, with blanks around it.
            ("ACME", &["ACME"]),
            (" acme ", &["ACME"]),
            ("acm", &["ACME", "ACMES"]),
            // Made up, and somebody else fits.
            ("ROSA", &["ROSA", "ROSA-2", "ROSALIND"]),
            ("rosa", &["ROSA", "ROSA-2", "ROSALIND"]),
            ("tulip", &["TULIP", "TULIPS-DE"]),
            // Made up, and nobody else does.
            ("rosa-2", &["ROSA-2"]),
            // A whole name, however its accent was typed, or a whole address.
            ("rosa  BLUMEN", &["ROSA"]),
            ("Caf\u{e9} Tulipe", &["TULIPS-DE"]),
            ("rosa@x.example", &["ROSA"]),
            // Said to be a code.
            ("code:rosa", &["ROSA"]),
            ("Code:ROSA-3", &[]),
            ("", &[]),
            ("zoe", &[]),
        ];
        for (word, codes) in table {
            let meant: Vec<&str> = meant_by(word, &all).iter().map(|it| &*it.code).collect();

            assert_eq!(meant, codes, "{word:?}");
        }
    }

    #[test]
    fn each_customer_has_a_word_of_their_own() {
        let all = [
            customer("ACME", false, "Acme Corp"),
            customer("ROSA", true, "Rosa"),
            customer("ROSA-2", true, "Rosa"),
            customer("ROSA-20", true, "Rosa"),
        ];

        let words: Vec<String> = all.iter().map(|it| surely(it, &all)).collect();

        assert_eq!(words, ["ACME", "code:ROSA", "code:ROSA-2", "ROSA-20"]);
        for (word, customer) in words.iter().zip(&all) {
            assert_eq!(meant_by(word, &all), [customer]);
        }
    }
}
