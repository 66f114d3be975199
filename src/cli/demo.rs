//! `dues demo`: the whole job once, by real commands in a temporary folder.
//!
//! Every step runs this very program as a user would, so what is shown is
//! what it does.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use serde_json::json;

use super::screen;
use super::session::Session;
use super::terminal::Report;
use crate::domain::untrusted::Visible;
use crate::problem::{Problem, Result};

/// Watch the whole job once, in a temporary folder
#[derive(Debug, Args)]
#[command(
    after_help = "Needs no account, no configuration and no network. It leaves the book and the mails to look at."
)]
pub struct Demo {
    /// Where to play; a new temporary folder if not given
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// A wholesaler's export: 36 invoices of three customers.
const INVOICES: &str = include_str!("../../examples/invoices.csv");

/// A step: what is going on, in words, and the command that does it. A command
/// that is meant to fail says which exit code teaches something.
struct Step {
    says: &'static str,
    args: &'static [&'static str],
    exit: i32,
}

const STEPS: [Step; 14] = [
    Step {
        says: "A book is one file. This one is for practice: its gateway is the sandbox, which moves no money.",
        args: &[
            "init",
            "--name",
            "Tulip Wholesale",
            "--currency",
            "USD",
            "--zone",
            "America/New_York",
        ],
        exit: 0,
    },
    Step {
        says: "The invoices come from a CSV file. First see what importing it would do ...",
        args: &[
            "invoice",
            "import",
            "invoices.csv",
            "--create-customers",
            "--dry-run",
        ],
        exit: 0,
    },
    Step {
        says: "... then do it. Importing the same file again would change nothing.",
        args: &["invoice", "import", "invoices.csv", "--create-customers"],
        exit: 0,
    },
    Step {
        says: "Three customers, and what they owe.",
        args: &["customer", "list"],
        exit: 0,
    },
    Step {
        says: "Their cards were entered at the gateway, which gave a token for each. dues keeps the token, the brand \
               and the last four digits; and it wants to know who agreed that the card may be charged.",
        args: &[
            "card",
            "add",
            "ROSAS",
            "tok_approve@amex-5544",
            "--nickname",
            "office",
            "--by",
            "Rosa Diaz",
            "--how",
            "signed form",
        ],
        exit: 0,
    },
    Step {
        says: "The second customer's bank will say no; the third agreed to 30,000.00 a charge at most.",
        args: &[
            "card",
            "add",
            "HARBOR",
            "tok_decline_soft@visa-0341",
            "--by",
            "J. Harbor",
            "--how",
            "email of 3 March",
        ],
        exit: 0,
    },
    Step {
        says: "",
        args: &[
            "card",
            "add",
            "NORDLICHT",
            "tok_approve@mastercard-4444",
            "--by",
            "Lena Nord",
            "--how",
            "signed form",
            "--ceiling",
            "30000",
        ],
        exit: 0,
    },
    Step {
        says: "What does Rosa owe? The oldest due invoices stand first.",
        args: &["invoice", "list", "--customer", "ROSAS"],
        exit: 0,
    },
    Step {
        says: "Charge one card for several invoices, the last of them in part. This is the main job, in one command: \
               the payment is taken, applied, booked and confirmed by mail.",
        args: &[
            "charge",
            "ROSAS",
            "--invoice",
            "INV-1001",
            "--invoice",
            "INV-1005",
            "--invoice",
            "INV-1009=500",
            "--yes",
        ],
        exit: 0,
    },
    Step {
        says: "A decline takes nothing, changes nothing on the invoices, and says what to tell the customer. (Exit code 4.)",
        args: &["charge", "HARBOR", "--amount", "500", "--yes"],
        exit: 4,
    },
    Step {
        says: "Nordlicht asks us to settle everything with a round sum. What exceeds the invoices is not lost: it \
               stays on account, and pays the next one.",
        args: &[
            "charge",
            "NORDLICHT",
            "--amount",
            "26500",
            "--on-account",
            "--yes",
        ],
        exit: 0,
    },
    Step {
        says: "The confirmation that Rosa gets. Without a mail server, mails are written as .eml files.",
        args: &["mail", "show", "M-1"],
        exit: 0,
    },
    Step {
        says: "What is open afterwards.",
        args: &["customer", "list"],
        exit: 0,
    },
    Step {
        says: "And the proof that every cent is somewhere: silent, because all is well.",
        args: &["check"],
        exit: 0,
    },
];

impl Demo {
    pub fn run(&self, session: &Session) -> Result<Report> {
        if session.dry_run {
            return Err(Problem::usage(
                "no_dry_run",
                "the demo is a rehearsal already; there is no dry run of it",
            )
            .hint("Run `dues demo`; it touches nothing but a new temporary folder."));
        }
        let folder = self.folder()?;
        let failed = |what: &str, error: std::io::Error| {
            Problem::setup("demo_failed", format!("the demo cannot {what}: {error}"))
                .hint("Give it a folder that you can write to with `--folder`.")
        };
        std::fs::write(folder.join("invoices.csv"), INVOICES)
            .map_err(|error| failed("write its file", error))?;
        std::fs::write(folder.join("config.toml"), "")
            .map_err(|error| failed("write its file", error))?;
        let program = std::env::current_exe().map_err(|error| failed("find itself", error))?;
        for (at, step) in STEPS.iter().enumerate() {
            if session.terminal.json {
                run_quietly(&program, &folder, step)?;
            } else {
                if at > 0 {
                    show("\n")?;
                }
                if !step.says.is_empty() {
                    show(&format!("# {}\n", wrapped(step.says)))?;
                }
                show(&format!("$ dues {}\n", as_typed(step.args)))?;
                run_aloud(&program, &folder, step)?;
            }
        }
        let book = folder.join("book.db");
        let text = format!(
            "\n# That was the whole job. The book and the mails stay to look at:\n\
             book   {book}\nmails  {mails}\n\n\
             Try next:\n  alias dues={program}\n  export DUES_BOOK={quoted}\n  dues status\n  dues invoice list --overdue\n  \
             dues charge ROSAS --all-due --dry-run\n  dues log\n\
             With your own invoices: see \"Five minutes with your own data\" in the README.",
            book = book.display(),
            mails = folder.join("mails").display(),
            program = quoted(&program.display().to_string()),
            quoted = quoted(&book.display().to_string()),
        );
        let data = json!({
            "folder": folder.display().to_string(), "book": book.display().to_string(),
            "mails": folder.join("mails").display().to_string(),
        });
        Ok(Report::new("dues.demo/1", data, text))
    }

    fn folder(&self) -> Result<PathBuf> {
        let cannot = |folder: &Path, error: std::io::Error| {
            Problem::setup(
                "demo_failed",
                format!("{} cannot be made: {error}", folder.display()),
            )
            .hint("Give the demo a new folder with `--folder`.")
        };
        if let Some(folder) = &self.folder {
            std::fs::create_dir(folder).map_err(|error| cannot(folder, error))?;
            folder.canonicalize().map_err(|error| cannot(folder, error))
        } else {
            let folder =
                std::env::temp_dir().join(format!("dues-demo-{}", uuid::Uuid::new_v4().simple()));
            std::fs::create_dir(&folder).map_err(|error| cannot(&folder, error))?;
            Ok(folder)
        }
    }
}

fn show(text: &str) -> Result<()> {
    screen::out(&Visible::text(text))
}

fn command(program: &Path, folder: &Path, step: &Step) -> Command {
    let mut command = Command::new(program);
    command
        .args(step.args)
        .current_dir(folder)
        .env("DUES_BOOK", folder.join("book.db"))
        .env("DUES_CONFIG", folder.join("config.toml"))
        .stdin(std::process::Stdio::null());
    command
}

fn run_aloud(program: &Path, folder: &Path, step: &Step) -> Result<()> {
    // Read and printed here, so that the two streams of a step stay in order.
    let output = command(program, folder, step).output().map_err(|error| {
        Problem::setup("demo_failed", format!("the demo cannot run dues: {error}"))
    })?;
    show(&String::from_utf8_lossy(&output.stdout))?;
    show(&String::from_utf8_lossy(&output.stderr))?;
    expect(step, output.status.code())
}

fn run_quietly(program: &Path, folder: &Path, step: &Step) -> Result<()> {
    let output = command(program, folder, step).output().map_err(|error| {
        Problem::setup("demo_failed", format!("the demo cannot run dues: {error}"))
    })?;
    expect(step, output.status.code())
}

fn expect(step: &Step, exit: Option<i32>) -> Result<()> {
    if exit == Some(step.exit) {
        return Ok(());
    }
    Err(Problem::bug(format!(
        "`dues {}` ended with {exit:?} in the demo",
        as_typed(step.args)
    )))
}

/// Broken at 78 letters, each further line a comment too.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.len() - 1;
        if lines[line].len() + word.len() > 75 {
            lines.push(word.to_owned());
        } else if lines[line].is_empty() {
            lines[line].push_str(word);
        } else {
            lines[line].push_str(&format!(" {word}"));
        }
    }
    lines.join("\n# ")
}

fn as_typed(args: &[&str]) -> String {
    args.iter()
        .map(|arg| quoted(arg))
        .collect::<Vec<_>>()
        .join(" ")
}

/// As a shell wants it.
fn quoted(arg: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_=./@,:".contains(letter);
    if !arg.is_empty() && arg.chars().all(plain) {
        arg.to_owned()
    } else {
        format!("'{}'", arg.replace('\'', "'\\''"))
    }
}
