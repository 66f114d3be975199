//! What is wrong with a command line, in our words.
//!
//! A guess at what was meant is read as advice, and pasted. So nothing that
//! acts is guessed at, but for two letters that the fingers swapped: who types
//! `chargeback` or `change` does not mean `charge`.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command, CommandFactory};

use super::terminal::Terminal;
use super::{Cli, screen};
use crate::problem::{Kind, Problem};

/// Verbs that change nothing, under whatever noun.
const LOOKS: [&str; 10] = [
    "check",
    "completions",
    "demo",
    "doctor",
    "help",
    "list",
    "log",
    "review",
    "show",
    "status",
];

/// Flags with which less is done than without.
const HARMLESS: [&str; 6] = ["dry-run", "help", "json", "no-email", "no-input", "quiet"];

/// Whether what was asked for only looks, so that it can be asked for again.
pub fn only_looks(asked: &ArgMatches) -> bool {
    let Some((mut verb, mut asked)) = asked.subcommand() else {
        return false;
    };
    // Whatever its verb is, a report changes nothing.
    let is_report = verb == "report";
    while let Some((name, below)) = asked.subcommand() {
        (verb, asked) = (name, below);
    }
    is_report || LOOKS.contains(&verb)
}

/// Says what clap found wrong; help and version are no errors.
pub fn explain(error: &clap::Error, terminal: Terminal) -> u8 {
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if is_help || !error.use_stderr() {
        return match screen::help(error) {
            Err(problem) => terminal.end_with(&problem),
            Ok(()) if is_help => Kind::Usage.exit_code(),
            Ok(()) => 0,
        };
    }
    let text = error.to_string();
    let message = text
        .lines()
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"))
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("tip:"))
        .map(|line| line.trim().trim_start_matches("error: ").replace('\'', "`"))
        .collect::<Vec<_>>()
        .join(" ");
    // The command as far as it was understood: `dues charge`.
    let usage = text.lines().find_map(|line| line.strip_prefix("Usage: "));
    let understood: Vec<&str> = usage
        .unwrap_or("dues")
        .split_whitespace()
        .take_while(|word| word.chars().all(char::is_alphanumeric))
        .collect();
    let hint = match guess(error, &understood) {
        _ if is_of_a_dispute(error) => DISPUTES.to_owned(),
        Some(guess) => format!("Did you mean `{guess}`?"),
        None => format!("`{} --help` shows how it is written.", understood.join(" ")),
    };
    terminal.end_with(&Problem::usage("usage", message).hint(hint))
}

/// Where a chargeback is looked for. It is no refund and no void, so none is named.
const DISPUTES: &str = "A payment that a bank took back is a dispute: `dues dispute --help` shows how one is booked, \
    `dues dispute list` those there are.";

/// Whether a word was typed that banks have for a dispute.
fn is_of_a_dispute(error: &clap::Error) -> bool {
    let words = [ContextKind::InvalidSubcommand, ContextKind::InvalidArg];
    words.iter().any(|kind| match error.get(*kind) {
        Some(ContextValue::String(typed)) => {
            let word = typed
                .trim_start_matches('-')
                .to_ascii_lowercase()
                .replace('-', "");
            ["chargeback", "disput"]
                .iter()
                .any(|start| word.starts_with(start))
        }
        _ => false,
    })
}

/// What was meant, where that is sure enough.
fn guess(error: &clap::Error, understood: &[&str]) -> Option<String> {
    let typed = |kind| match error.get(kind) {
        Some(ContextValue::String(typed)) => Some(typed.as_str()),
        _ => None,
    };
    let mut program = Cli::command();
    // Gives each command the options that stand everywhere.
    program.build();
    let mut command = &program;
    for name in understood.iter().skip(1) {
        command = command.find_subcommand(name)?;
    }
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let verb = nearest_verb(command, typed(ContextKind::InvalidSubcommand)?)?;
            Some(format!("{} {verb}", understood.join(" ")))
        }
        ErrorKind::UnknownArgument => {
            let typed = typed(ContextKind::InvalidArg)?.strip_prefix("--")?;
            let option = nearest_option(command, typed.split('=').next()?)?;
            Some(format!("--{option}"))
        }
        _ => None,
    }
}

fn nearest_verb<'a>(command: &'a Command, typed: &str) -> Option<&'a str> {
    let verbs = command.get_subcommands();
    let may_be = verbs.filter(|verb| {
        let only_looks = LOOKS.contains(&verb.get_name()) || verb.is_subcommand_required_set();
        is_meant(typed, verb.get_name(), only_looks)
    });
    nearest(typed, may_be.map(Command::get_name))
}

fn nearest_option<'a>(command: &'a Command, typed: &str) -> Option<&'a str> {
    let options = command.get_arguments();
    let may_be = options.filter_map(|option: &Arg| {
        let name = option.get_long()?;
        // What takes a value does nothing without one.
        let only_looks = option.get_action().takes_values() || HARMLESS.contains(&name);
        is_meant(typed, name, only_looks).then_some(name)
    });
    nearest(typed, may_be)
}

fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names.min_by_key(|name| strsim::damerau_levenshtein(name, typed))
}

fn is_meant(typed: &str, name: &str, only_looks: bool) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    let slips = strsim::damerau_levenshtein(typed, name);
    let begins_alike = typed.chars().next() == name.chars().next();
    let is_swapped = slips == 1 && sorted(typed) == sorted(name);
    let at_most = if name.len() <= 4 { 1 } else { 2 };
    begins_alike && (is_swapped || only_looks && slips <= at_most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a bookkeeper may look for, and what is said beside our own words.
    const WORDS: &str = "accept account activate adjust apply approve archive authorise bank bill bounce capture \
        change charger chargeback charges clear close collect confirm copy correct credit debit decline delete deny \
        deposit discharge discount dispute drop dunning enter erase exchange exit export fee finish fix forgive \
        import issue journal last late learn letter lost make merge modify money more moved new note open order paid \
        pause pay payout plan post print process purge put quit raise receipt recharge reclaim record recover redo \
        refund reject release remind remove reopen repay replay report repost request reset resume return reverse \
        revoke roll runs sale save sell sent settle ship sold split start statement stop store submit suspend sync \
        take transfer undo unhold update upload verify view voice voided waive wipe withdraw write writeoff";

    /// No word, and none of our own under another noun, is answered with what acts.
    #[test]
    fn a_word_is_never_answered_with_a_command_that_acts() {
        let program = Cli::command();
        let nouns: Vec<&Command> = std::iter::once(&program)
            .chain(program.get_subcommands())
            .collect();
        let all = || nouns.iter().flat_map(|noun| noun.get_subcommands());
        let mut words: Vec<String> = WORDS.split_whitespace().map(str::to_owned).collect();
        words.extend(all().map(|verb| verb.get_name().to_owned()));
        let known: Vec<String> = words.clone();
        for end in ["s", "d", "ed", "r", "ing"] {
            words.extend(known.iter().map(|word| format!("{word}{end}")));
        }
        for start in ["re", "un", "dis", "de"] {
            words.extend(known.iter().map(|word| format!("{start}{word}")));
        }
        for noun in &nouns {
            for word in words
                .iter()
                .filter(|word| noun.find_subcommand(word).is_none())
            {
                let Some(guess) = nearest_verb(noun, word) else {
                    continue;
                };
                let verb = noun.find_subcommand(guess).unwrap();
                assert!(
                    LOOKS.contains(&guess) || verb.is_subcommand_required_set(),
                    "`{} {word}` is answered with `{guess}`",
                    noun.get_name()
                );
            }
        }
        let verbs = all().count();
        assert!(verbs > 40 && words.len() > 1000, "{verbs} {}", words.len());
    }

    #[test]
    fn a_slip_of_the_fingers_is_seen_through() {
        let program = Cli::command();
        for (typed, expected) in [
            ("chrage", Some("charge")),
            ("statsu", Some("status")),
            ("staus", Some("status")),
            ("invoices", Some("invoice")),
            ("custmer", Some("customer")),
            ("change", None),
            ("chargeback", None),
            ("portal", None),
            ("restart", None),
            ("int", None),
        ] {
            assert_eq!(nearest_verb(&program, typed), expected, "{typed}");
        }
        let charge = program.find_subcommand("charge").unwrap();
        for (typed, expected) in [
            ("invoce", Some("invoice")),
            ("amout", Some("amount")),
            ("all", None),
            ("al-due", None),
            ("use-credit", None),
        ] {
            assert_eq!(nearest_option(charge, typed), expected, "{typed}");
        }
    }
}
