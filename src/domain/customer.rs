//! Who owes: a customer, by the short code that people type.

use jiff::Timestamp;

use super::ids::CustomerId;
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
    /// Days from issue to due where an invoice does not say.
    pub terms_days: u16,
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
    pub terms_days: u16,
}

/// Words that would be read as a verb where a customer is expected.
const VERBS: [&str; 9] = [
    "LIST", "SHOW", "REVIEW", "RESOLVE", "RECOVER", "ADD", "EDIT", "IMPORT", "HELP",
];

/// A typed code in its one spelling, or `None` if it cannot be one: letters,
/// digits, `-` and `_`, 2 to 16 of them, beginning with a letter or digit.
#[must_use]
pub fn code(text: &str) -> Option<String> {
    let code = text.trim().to_uppercase();
    let fits = (2..=16).contains(&code.len())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && code.as_bytes()[0].is_ascii_alphanumeric()
        && !VERBS.contains(&code.as_str());
    fits.then_some(code)
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
        .find(|candidate| code(candidate).is_some() && !taken(candidate))
        .expect("numbers do not run out")
}

/// The form in which two spellings of one name are the same name.
#[must_use]
pub fn same_name(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    composed(&name).to_lowercase()
}

/// Whether a text can be one mail address: one `@`, a dotted domain, nothing a header could trip over.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |letter: char| letter.is_ascii_graphic() && !"@,;:<>()[]\"\\".contains(letter);
    text.len() <= 254
        && !local.is_empty()
        && local.chars().all(plain)
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| {
            !label.is_empty()
                && label
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        })
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

    #[test]
    fn verbs_are_no_codes() {
        for text in ["list", "Show", "a", "-AB", "A B", "", "ABCDEFGHIJKLMNOPQ"] {
            assert_eq!(code(text), None, "{text}");
        }
        assert_eq!(code("rosa-2").as_deref(), Some("ROSA-2"));
    }

    #[test]
    fn addresses_that_could_break_a_header_are_refused() {
        for text in ["ap@rosa.example", "a.b+c@x-y.co.uk"] {
            assert!(is_email(text), "{text}");
        }
        for text in [
            "a@b.c\r\nBcc: x@y.z",
            "a@x.y,b@y.z",
            "ap@rosa",
            "@x.y",
            "a b@c.d",
            "ü@x.y",
            "a@b@c.d",
            "a@b..c",
        ] {
            assert!(!is_email(text), "{text}");
        }
    }
}
