//! Texts for a bank, cut to what its gateway takes.
//!
//! Stripe takes 20,000 letters in a field and 150,000 in all, and refuses what
//! is longer. What is cut ends with a word and says so: a bank must not take a
//! part for the whole.

/// The most letters of one field.
pub const MOST_IN_A_FIELD: usize = 20_000;

/// The most letters of all fields together.
pub const MOST_IN_ALL: usize = 150_000;

/// What stands where a text was cut.
const CUT: &str = " […]";

/// A field as it can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// As the gateway calls it: `customer_name`.
    pub name: &'static str,
    pub text: String,
    /// How many letters it had before it was cut.
    pub cut_from: Option<usize>,
}

/// Cuts each text to the limit of a field, and the last of them to what is left
/// of the limit for all. A text of blanks is left out, as is one that no letter
/// is left for.
#[must_use]
pub fn fitted(texts: Vec<(&'static str, String)>) -> Vec<Field> {
    fitted_to(texts, MOST_IN_A_FIELD, MOST_IN_ALL)
}

fn fitted_to(texts: Vec<(&'static str, String)>, a_field: usize, all: usize) -> Vec<Field> {
    let mut left = all;
    let mut fields = Vec::new();
    for (name, text) in texts {
        let text = text.trim();
        let letters = text.chars().count();
        let (text, is_cut) = cut(text, a_field.min(left));
        if text.is_empty() {
            continue;
        }
        left -= text.chars().count();
        fields.push(Field {
            name,
            text,
            cut_from: is_cut.then_some(letters),
        });
    }
    fields
}

/// A text of at most so many letters, cut after a word where there is one.
fn cut(text: &str, most: usize) -> (String, bool) {
    if text.chars().count() <= most {
        return (text.to_owned(), false);
    }
    let room = most.saturating_sub(CUT.chars().count());
    let end = text.char_indices().nth(room).map_or(0, |(at, _)| at);
    let (kept, rest) = text.split_at(end);
    let ends_a_word = rest.starts_with(char::is_whitespace);
    let kept = match kept.rfind(char::is_whitespace) {
        Some(at) if !ends_a_word => &kept[..at],
        _ => kept,
    };
    let kept = kept.trim_end();
    if kept.is_empty() {
        return (String::new(), true);
    }
    (format!("{kept}{CUT}"), true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_cut_after_a_word_and_says_so() {
        for (text, most, expected) in [
            ("red roses", 9, "red roses"),
            ("red roses, long", 14, "red roses, […]"),
            ("red roses, long", 13, "red […]"),
            ("red roses, long", 8, "red […]"),
            ("red roses, long", 7, "red […]"),
            ("red roses, long", 6, "re […]"),
            ("rosesrosesroses", 9, "roses […]"),
            ("röslein röslein", 11, "röslein […]"),
            ("red roses, long", 4, ""),
            ("red", 0, ""),
        ] {
            assert_eq!(cut(text, most).0, expected, "{text:?} {most}");
        }
    }

    #[test]
    fn each_field_has_its_limit_and_all_have_theirs() {
        let long = "word ".repeat(MOST_IN_A_FIELD);
        let texts = (0..9).map(|_| ("uncategorized_text", long.clone()));
        let texts: Vec<_> = [("customer_name", "Rosa".to_owned())]
            .into_iter()
            .chain(texts)
            .collect();

        let fields = fitted(texts);

        let letters = |field: &Field| field.text.chars().count();
        assert!(fields.iter().all(|field| letters(field) <= MOST_IN_A_FIELD));
        let all: usize = fields.iter().map(letters).sum();
        assert!(all <= MOST_IN_ALL && all > MOST_IN_ALL - 10, "{all}");
        assert_eq!(fields[0].cut_from, None);
        assert_eq!(fields[1].cut_from, Some(long.trim().len()));
        assert!(fields[1].text.ends_with("word […]"));
    }

    proptest! {
        /// Whatever is written: no more than fits, and its own beginning.
        #[test]
        fn nothing_is_longer_than_it_may_be(
            texts in prop::collection::vec("[ aä\n€]{0,30}", 0..6), a_field in 0_usize..20, all in 0_usize..60,
        ) {
            let given = texts.iter().map(|text| ("f", text.clone())).collect();

            let fields = fitted_to(given, a_field, all);

            let letters: usize = fields.iter().map(|it| it.text.chars().count()).sum();
            prop_assert!(letters <= all);
            for field in &fields {
                prop_assert!(field.text.chars().count() <= a_field);
                let own = field.text.trim_end_matches(CUT);
                prop_assert!(texts.iter().any(|text| text.trim().starts_with(own)), "{:?}", field);
                prop_assert_eq!(field.cut_from.is_some(), field.text.ends_with(CUT));
            }
        }
    }
}
