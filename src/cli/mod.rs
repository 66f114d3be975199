//! The command line: reads, asks, prints. One file for each noun.
//!
//! A command returns a report; it is printed here, in one place, and so are
//! problems. Words are made on this floor and on paper, nowhere below.

mod attaching;
mod autopay;
mod backup;
mod bar;
mod card;
mod charge;
mod check;
mod choosing;
mod close;
mod completions;
mod correcting;
mod credit;
mod customer;
mod demo;
mod deposit;
mod dispute;
mod due_dates;
mod export;
mod gateway;
mod import;
mod init;
mod invoice;
mod listing;
mod log;
mod mail;
mod merging;
mod news;
mod owners;
mod payment;
mod picking;
mod refund;
mod report;
mod resolving;
mod schedule;
mod screen;
mod session;
mod status;
mod still_open;
mod stopping;
mod tables;
mod terminal;
mod usage;
mod writing_off;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::domain::card_number;
use crate::domain::text::line_end_in;
use crate::problem::{Deed, Kind, Problem, Result};
pub use screen::look_for_stdout;
use session::Session;
use terminal::{Report, Terminal};

/// Accounts receivable at the terminal: charge saved cards, keep the books, mail the confirmation.
#[derive(Debug, Parser)]
#[command(name = "dues", version, about, arg_required_else_help = true)]
#[command(after_help = "Start with `dues demo`, which needs no account and no network.")]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Globals {
    /// The book to work on
    #[arg(
        long,
        global = true,
        env = "DUES_BOOK",
        hide_env_values = true,
        value_name = "FILE",
        help_heading = "Everywhere"
    )]
    book: Option<PathBuf>,
    /// The configuration to read
    #[arg(
        long,
        global = true,
        env = "DUES_CONFIG",
        hide_env_values = true,
        value_name = "FILE",
        help_heading = "Everywhere"
    )]
    config: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long, global = true, help_heading = "Everywhere")]
    json: bool,
    /// Never ask; a missing decision is an error
    #[arg(long, global = true, help_heading = "Everywhere")]
    no_input: bool,
    /// Answer yes to the question before a change
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    yes: bool,
    /// Show exactly what would happen, and change nothing
    #[arg(long, global = true, help_heading = "Everywhere")]
    dry_run: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new book
    Init(init::Init),
    /// Watch the whole job once, in a temporary folder
    Demo(demo::Demo),
    /// See what needs a person
    #[command(after_help = status::HELP)]
    Status {
        /// Print nothing unless something needs a person
        #[arg(long, short)]
        quiet: bool,
    },
    /// Customers: add, edit, list, show, hold
    #[command(subcommand)]
    Customer(customer::Verb),
    /// Saved cards and the consent to charge them
    #[command(subcommand)]
    Card(card::Verb),
    /// Invoices: add, import, list, show, void, hold
    #[command(subcommand)]
    Invoice(invoice::Verb),
    /// Credit memos: add, list, show, apply, cancel
    #[command(subcommand)]
    Credit(credit::Verb),
    /// Charge a saved card; look after charges
    Charge(charge::Charge),
    /// Charges on a date: add, list, move, skip, run
    #[command(subcommand)]
    Schedule(schedule::Verb),
    /// Customers whose due invoices are charged by themselves
    #[command(subcommand)]
    Autopay(autopay::Verb),
    /// Money received: what it pays; refund, void
    #[command(subcommand)]
    Payment(payment::Verb),
    /// Deposits: checks and cash brought to the bank together
    #[command(subcommand)]
    Deposit(deposit::Verb),
    /// Money given back: list, show, decide
    #[command(subcommand)]
    Refund(refund::Verb),
    /// Payments that a bank took back (chargebacks): open, list, show, won, lost, accept
    #[command(subcommand)]
    Dispute(dispute::Verb),
    /// What is owed, how old it is, what came in
    #[command(subcommand)]
    Report(report::Verb),
    /// Close a month: nothing is dated into it any more
    Close(close::Close),
    /// The book handed over: journal, invoices, payments, customers
    #[command(subcommand)]
    Export(export::Verb),
    /// Mails: list, read, send, retry, cancel
    #[command(subcommand)]
    Mail(mail::Verb),
    /// Gateways (card processors): log in, check, log out
    #[command(subcommand)]
    Gateway(gateway::Verb),
    /// Prove that the book is right
    Check(check::Check),
    /// Copy the book to a file, and check the copy
    Backup(backup::Backup),
    /// Put a backup in the book's place
    Restore(backup::Restore),
    /// Who changed what, when
    Log(log::Log),
    /// Print the completions of a shell
    Completions(completions::Completions),
}

impl Command {
    fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Demo(_) => "demo",
            Self::Status { .. } => "status",
            Self::Customer(_) => "customer",
            Self::Card(_) => "card",
            Self::Invoice(_) => "invoice",
            Self::Credit(_) => "credit",
            Self::Charge(_) => "charge",
            Self::Schedule(_) => "schedule",
            Self::Autopay(_) => "autopay",
            Self::Payment(_) => "payment",
            Self::Deposit(_) => "deposit",
            Self::Refund(_) => "refund",
            Self::Dispute(_) => "dispute",
            Self::Report(_) => "report",
            Self::Close(_) => "close",
            Self::Export(_) => "export",
            Self::Mail(_) => "mail",
            Self::Gateway(_) => "gateway",
            Self::Check(_) => "check",
            Self::Backup(_) => "backup",
            Self::Restore(_) => "restore",
            Self::Log(_) => "log",
            Self::Completions(_) => "completions",
        }
    }

    /// What it may do with money.
    fn moves(&self) -> Option<Deed> {
        match self {
            Self::Charge(_) | Self::Schedule(_) => Some(Deed::Charged),
            Self::Payment(_) | Self::Refund(_) => Some(Deed::GivenBack),
            _ => None,
        }
    }

    fn run(&self, session: &Session) -> Result<Report> {
        match self {
            Self::Init(args) => args.run(session),
            Self::Demo(args) => args.run(session),
            Self::Status { quiet } => status::run(session, *quiet),
            Self::Customer(verb) => verb.run(session),
            Self::Card(verb) => verb.run(session),
            Self::Invoice(verb) => verb.run(session),
            Self::Credit(verb) => verb.run(session),
            Self::Charge(args) => args.run(session),
            Self::Schedule(verb) => verb.run(session),
            Self::Autopay(verb) => verb.run(session),
            Self::Payment(verb) => verb.run(session),
            Self::Deposit(verb) => verb.run(session),
            Self::Refund(verb) => verb.run(session),
            Self::Dispute(verb) => verb.run(session),
            Self::Report(verb) => verb.run(session),
            Self::Close(args) => args.run(session),
            Self::Export(verb) => verb.run(session),
            Self::Mail(verb) => verb.run(session),
            Self::Gateway(verb) => verb.run(session),
            Self::Check(args) => args.run(session),
            Self::Backup(args) => args.run(session),
            Self::Restore(args) => args.run(session),
            Self::Log(args) => args.run(session),
            Self::Completions(args) => Ok(args.run()),
        }
    }
}

/// Runs the program on its arguments; the exit code. A panic is our bug, and
/// says so (exit 70).
#[must_use]
pub fn run(args: Vec<OsString>) -> u8 {
    let wants_json = args.iter().any(|arg| arg == "--json");
    screen::caught(|| obey(args, wants_json)).unwrap_or_else(|| {
        let problem = Problem::bug("dues stopped over a mistake of its own").hint(
            "If a charge was on its way, run `dues charge recover`. Please report the lines above.",
        );
        Terminal::new(wants_json, true).end_with(&problem)
    })
}

fn obey(args: Vec<OsString>, wants_json: bool) -> u8 {
    let terminal = Terminal::new(wants_json, true);
    match screen::completes(Cli::command) {
        Ok(true) => return 0,
        Ok(false) => {}
        Err(problem) => return terminal.end_with(&problem),
    }
    if let Err(problem) = refuse_card_data(&args) {
        return terminal.end_with(&problem);
    }
    // Named on the command line, and so not known to the next command.
    let has_flag = |arg: &OsString| {
        arg.to_str()
            .is_some_and(|arg| arg == "--book" || arg.starts_with("--book="))
    };
    let names_book = args.iter().any(has_flag);
    let (cli, only_looks) = match parse(args) {
        Ok(parsed) => parsed,
        Err(error) => return usage::explain(&error, terminal),
    };
    let terminal = Terminal::new(cli.globals.json, cli.globals.no_input);
    let by_flag = cli.globals.book.as_ref().filter(|_| names_book);
    let by_flag = by_flag.map(|book| pasted(&book.display().to_string()));
    let about = move |problem: Problem| match &by_flag {
        Some(book) => problem.about_book(book),
        None => problem,
    };
    let ended = Session::new(&cli.globals, cli.command.name()).and_then(|session| {
        session
            .stopping
            .listen(terminal, cli.command.moves(), about.clone());
        command(&cli, &session, only_looks)
    });
    let mut report = ended.unwrap_or_else(|problem| Report {
        problem: Some(problem),
        ..Report::default()
    });
    let Some(problem) = report.problem.take().map(about) else {
        return 0;
    };
    terminal.print_problem(&problem, Some(&report).filter(|it| it.is_unprinted));
    problem.kind().exit_code()
}

fn command(cli: &Cli, session: &Session, only_looks: bool) -> Result<Report> {
    let mut report = cli.command.run(session)?;
    session.read_well()?;
    if session.dry_run {
        report.as_a_dry_run();
    }
    let printed = session.terminal.print(&report);
    if let Some(haste) = report.posts_mail {
        mail::post_after(session, haste);
    }
    if let Err(lost) = printed {
        report.is_unprinted = !only_looks && !session.dry_run;
        report.problem = Some(match report.problem.take() {
            Some(graver) => graver.beside(&lost),
            None if report.is_unprinted => done_unseen(&lost),
            None => lost,
        });
    }
    Ok(report)
}

/// Whoever hears only that the disk is full would do it again.
fn done_unseen(lost: &Problem) -> Problem {
    Problem::new(
        Kind::Partial,
        lost.code(),
        format!("it is done, but {}", lost.message()),
    )
    .hint("Do not run it again: what it did is told here instead, and `dues log` has it too.")
}

fn parse(args: Vec<OsString>) -> std::result::Result<(Cli, bool), clap::Error> {
    // Else help would repeat whatever this process was started as.
    let asked = Cli::command().bin_name("dues").try_get_matches_from(args)?;
    Ok((Cli::from_arg_matches(&asked)?, usage::only_looks(&asked)))
}

/// A path as it is typed into a shell: in quotes where it needs them.
fn pasted(path: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/\\:._-+,@%".contains(letter);
    if path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// Where the environment says that files are; their names are shown, and kept.
const PLACES: [&str; 7] = [
    "DUES_BOOK",
    "DUES_CONFIG",
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "CREDENTIALS_DIRECTORY",
];

/// Before anything else reads them: an argument stands in the shell's history
/// and in every process list.
fn refuse_card_data(args: &[OsString]) -> Result<()> {
    for (at, arg) in args.iter().enumerate().skip(1) {
        let Some(text) = arg.to_str() else {
            return Err(
                Problem::usage("not_text", format!("argument {at} is not valid text"))
                    .hint("Write it in UTF-8."),
            );
        };
        card_number::refuse_in(text, &format!("argument {at}"))?;
        // Whatever is typed is shown again on one line.
        if let Some(line_end) = line_end_in(text) {
            return Err(
                Problem::usage("not_one_line", format!("argument {at} holds {line_end}"))
                    .hint("Write it on one line."),
            );
        }
        let is_key = |prefix: &str| {
            text.split(prefix)
                .skip(1)
                .any(|rest| rest.starts_with(|letter: char| letter.is_ascii_alphanumeric()))
        };
        if ["sk_live_", "sk_test_", "rk_live_", "rk_test_"]
            .into_iter()
            .any(is_key)
        {
            return Err(Problem::new(Kind::CardData, "secret_in_arguments", format!("argument {at} is a secret key; it was not used"))
                .hint(
                    "Everybody on this machine can read arguments, and the shell remembers them: make a new key at \
                     the gateway, and give it to `dues gateway login stripe` at its prompt.",
                ));
        }
    }
    for name in PLACES {
        if let Some(place) = std::env::var_os(name) {
            card_number::refuse_in(&place.to_string_lossy(), &format!("`{name}`"))?;
        }
    }
    // Spread over several arguments it is a card number all the same.
    let all: Vec<&str> = args.iter().skip(1).filter_map(|arg| arg.to_str()).collect();
    card_number::refuse_in(&all.join(" "), "what stands in the arguments together")
}

#[cfg(test)]
mod tests {
    use super::pasted;

    #[test]
    fn a_path_with_a_space_is_one_argument_when_it_is_pasted() {
        let table = [
            ("/home/rosa/books.db", "/home/rosa/books.db"),
            ("my books.db", "'my books.db'"),
            ("it's.db", r"'it'\''s.db'"),
        ];
        for (path, typed) in table {
            assert_eq!(pasted(path), typed);
        }
    }
}
