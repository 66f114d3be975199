//! The terminal: prints reports and problems, and asks where it may.
//!
//! Data goes to stdout, everything else to stderr. A question is asked only
//! of a person: with `--no-input`, `--json`, or without a terminal, whoever
//! calls gets an error that names the missing flag.

use std::io::{self, BufRead, IsTerminal, Read};

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use dialoguer::{Confirm, FuzzySelect, Input, MultiSelect, Password};
use serde_json::{Value, json};

use super::screen;
use crate::domain::card_number;
use crate::domain::untrusted::{Visible, visible};
use crate::problem::{Deed, Problem, Result};
use crate::process;

/// The most bytes of a secret that are read from a pipe. No place keeps as
/// many: what is longer is refused there, and what has no end is not heard out.
const MOST_OF_A_SECRET: u64 = 64 * 1024;

/// What a command has to say.
#[derive(Debug, Default)]
pub struct Report {
    /// `dues.charge/1`; without one nothing is printed.
    pub schema: &'static str,
    pub data: Value,
    /// The same for people; a final newline is added where there is text.
    pub text: String,
    pub warnings: Vec<String>,
    /// What the exit code says although there is something to report.
    pub problem: Option<Problem>,
    /// It tells what was done, and could not be written where it belongs.
    pub is_unprinted: bool,
    /// Mails may have been written; they are sent once this is printed.
    pub posts_mail: Option<Haste>,
}

/// How long a command stays to send the mails it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Haste {
    /// Seconds: a person waits for it to end.
    Brief,
    /// As long as the mails take.
    Whole,
}

impl Report {
    /// A report of a schema.
    pub fn new(schema: &'static str, data: Value, text: impl Into<String>) -> Self {
        Self {
            schema,
            data,
            text: text.into(),
            ..Self::default()
        }
    }
}

impl Report {
    /// The report as scripts read it.
    fn document(&self) -> Value {
        document(self.schema, &self.data, &self.warnings)
    }

    /// What would be done is not done, and no sentence may say so.
    pub fn as_a_dry_run(&mut self) {
        if let Value::Object(data) = &mut self.data {
            data.insert("dry_run".to_owned(), true.into());
        }
        let is_plain = self.text.starts_with("would ") || !self.text.contains("(dry run)");
        if !is_plain {
            self.text = format!("This would be the answer:\n{}", self.text);
        }
    }
}

/// What a script reads: every answer has this form.
pub fn document(schema: &str, data: &Value, warnings: &[String]) -> Value {
    json!({"schema": schema, "data": data, "warnings": warnings})
}

/// How to print and whether to ask.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    pub json: bool,
    pub may_ask: bool,
}

impl Terminal {
    #[must_use]
    pub fn new(json: bool, no_input: bool) -> Self {
        Self {
            json,
            may_ask: screen::has_a_person() && !no_input && !json,
        }
    }

    /// Prints a report: the text, or one JSON document.
    ///
    /// # Errors
    ///
    /// Exit 1 if it cannot be written.
    pub fn print(self, report: &Report) -> Result<()> {
        if report.schema.is_empty() {
            return Ok(());
        }
        if self.json {
            let document = report.document();
            return screen::out(&Visible::json(&format!("{document:#}\n")));
        }
        for warning in &report.warnings {
            self.say(&format!("warning: {warning}"));
        }
        let text = report.text.trim_end_matches('\n');
        if text.is_empty() {
            return Ok(());
        }
        screen::out(&Visible::text(&format!("{text}\n")))
    }

    /// Prints what went wrong and what to do; the exit code that says so too.
    pub fn end_with(self, problem: &Problem) -> u8 {
        self.print_problem(problem, None);
        problem.kind().exit_code()
    }

    /// Prints a problem, and on the side what was done and could not be
    /// printed where it belongs.
    pub fn print_problem(self, problem: &Problem, unprinted: Option<&Report>) {
        if self.json {
            let mut error = json!({
                "code": problem.code(), "message": problem.message(),
                "hint": problem.advice(), "exit": problem.kind().exit_code(),
            });
            if let Some(report) = unprinted {
                error["answer"] = report.document();
            }
            let document = json!({"error": error});
            screen::err(&Visible::json(&format!("{document:#}\n")));
            return;
        }
        if let Some(report) = unprinted {
            self.say(report.text.trim_end_matches('\n'));
        }
        let mut text = format!("error: {}\n", visible(&problem.message()));
        if let Some(hint) = problem.advice() {
            text.push_str(&format!("hint: {}\n", visible(&hint)));
        }
        screen::err(&Visible::text(&text));
    }

    /// Says something on the side; not in JSON runs, whose stderr is for errors.
    pub fn say(self, line: &str) {
        if !self.json {
            screen::err(&Visible::text(&format!("{line}\n")));
        }
    }

    /// Asks yes or no; `flag` is what a script gives instead.
    ///
    /// # Errors
    ///
    /// Exit 2 where nobody can be asked; exit 1 for a no.
    pub fn confirm(self, question: &str, flag: &str) -> Result<()> {
        if !self.may_ask {
            return Err(Problem::usage(
                "decision_missing",
                "this needs a yes, and there is nobody to ask",
            )
            .hint(format!("Look at it with `--dry-run`, then add `{flag}`.")));
        }
        match Confirm::new()
            .with_prompt(visible(question))
            .default(false)
            // One stray key must not charge a card.
            .wait_for_newline(true)
            .interact_opt()
        {
            Ok(Some(true)) => Ok(()),
            Err(error) => Err(left_by(&error)),
            _ => Err(Problem::refused("not_confirmed", "not confirmed").nothing_was(Deed::Changed)),
        }
    }

    /// Lets a person choose one; `None` where nobody can be asked.
    ///
    /// # Errors
    ///
    /// Exit 1 if they leave without a choice.
    pub fn choose(self, question: &str, items: &[String]) -> Result<Option<usize>> {
        if !self.may_ask || items.is_empty() {
            return Ok(None);
        }
        match FuzzySelect::new()
            .with_prompt(visible(question))
            .items(items.iter().map(|item| Visible::line(item)))
            .default(0)
            .interact_opt()
        {
            Ok(Some(at)) => Ok(Some(at)),
            Err(error) => Err(left_by(&error)),
            _ => Err(left()),
        }
    }

    /// Lets a person tick any number; `None` where nobody can be asked.
    ///
    /// # Errors
    ///
    /// Exit 1 if they leave without a choice.
    pub fn tick(self, question: &str, items: &[String]) -> Result<Option<Vec<usize>>> {
        if !self.may_ask || items.is_empty() {
            return Ok(None);
        }
        loop {
            match MultiSelect::new()
                .with_prompt(visible(question))
                .items(items.iter().map(|item| Visible::line(item)))
                // What was ticked is shown by what follows.
                .report(false)
                .interact_opt()
            {
                Ok(Some(ticked)) if ticked.is_empty() => {
                    self.say("Nothing is ticked: the space bar ticks, Esc leaves.");
                }
                Ok(Some(ticked)) => return Ok(Some(ticked)),
                Err(error) => return Err(left_by(&error)),
                Ok(None) => return Err(left()),
            }
        }
    }

    /// Asks for a line of text; `flag` is what a script gives instead.
    ///
    /// # Errors
    ///
    /// Exit 2 where nobody can be asked.
    pub fn line(self, question: &str, flag: &str) -> Result<String> {
        if !self.may_ask {
            return Err(missing(&question.to_lowercase(), &format!("`{flag}`")));
        }
        let answer: String = Input::new()
            .with_prompt(visible(question))
            .interact_text()
            .map_err(|error| left_by(&error))?;
        // Before anybody repeats it.
        card_number::refuse_in(&answer, "the answer")?;
        Ok(answer)
    }

    /// Asks for a line of text that has a usual answer; that one where nobody
    /// can be asked.
    ///
    /// # Errors
    ///
    /// Exit 1 if they leave without an answer.
    pub fn line_or(self, question: &str, usual: &str) -> Result<String> {
        if !self.may_ask {
            return Ok(usual.to_owned());
        }
        let answer: String = Input::new()
            .with_prompt(visible(question))
            .default(usual.to_owned())
            .interact_text()
            .map_err(|error| left_by(&error))?;
        card_number::refuse_in(&answer, "the answer")?;
        Ok(answer)
    }

    /// Asks for a secret without showing it; from a pipe, reads its first line.
    ///
    /// # Errors
    ///
    /// Exit 2 where there is neither a person nor a pipe.
    pub fn secret(self, question: &str) -> Result<String> {
        let text = if io::stdin().is_terminal() {
            if !self.may_ask {
                return Err(Problem::usage("decision_missing", "the secret is missing")
                    .hint("Send it through a pipe; never write it on the command line."));
            }
            Password::new()
                .with_prompt(visible(question))
                .interact()
                .map_err(|error| left_by(&error))?
        } else {
            let mut line = String::new();
            let mut pipe = io::stdin().lock().take(MOST_OF_A_SECRET);
            pipe.read_line(&mut line).map_err(|error| {
                Problem::usage("no_input", format!("the secret cannot be read: {error}"))
            })?;
            line
        };
        let text = text.trim_end_matches(['\r', '\n']).to_owned();
        card_number::refuse_in(&text, "the secret")?;
        if text.is_empty() {
            return Err(Problem::usage("decision_missing", "the secret is empty")
                .hint("Type it at the prompt, or send it through a pipe."));
        }
        Ok(text)
    }
}

/// A question that ended in an error. Of Ctrl-C whoever hears of signals has
/// the last word.
fn left_by(error: &dialoguer::Error) -> Problem {
    let dialoguer::Error::IO(error) = error;
    if error.kind() == io::ErrorKind::Interrupted {
        process::await_the_end();
    }
    left()
}

fn left() -> Problem {
    Problem::refused("not_confirmed", "left without a choice").nothing_was(Deed::Changed)
}

/// A decision that nobody was there to make: what is missing, and what gives it.
pub fn missing(what: &str, flag: &str) -> Problem {
    Problem::usage(
        "decision_missing",
        format!("{what} is not said, and there is nobody to ask"),
    )
    .hint(format!("Add {flag}."))
}

/// A column of words is not squeezed below this, however small the terminal.
const NARROWEST: u16 = 12;

/// A table: headers, rows, and which columns are figures (set right).
#[must_use]
pub fn table(headers: &[&str], figures: &[usize], rows: Vec<Vec<String>>) -> String {
    Columns::new(headers, figures).page(rows)
}

/// The columns of a table that comes in pages. A page is at least as wide as
/// the one before it, so that what stands in one column stands below it.
pub struct Columns<'a> {
    headers: &'a [&'a str],
    figures: &'a [usize],
    /// What the pages needed so far; empty before the first.
    widest: Vec<u16>,
}

impl<'a> Columns<'a> {
    #[must_use]
    pub fn new(headers: &'a [&'a str], figures: &'a [usize]) -> Self {
        Self {
            headers,
            figures,
            widest: Vec::new(),
        }
    }

    /// The next page; the headers stand above the first.
    #[must_use]
    pub fn page(&mut self, rows: Vec<Vec<String>>) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let is_first = self.widest.is_empty();
        if is_first {
            table.set_header(self.headers.iter().map(|header| header.to_uppercase()));
            self.widest = vec![0; self.headers.len()];
        }
        // Numbers, dates and names of one word are never broken; sentences may be.
        let is_whole: Vec<bool> = (0..self.headers.len())
            .map(|column| {
                self.figures.contains(&column)
                    || rows.iter().all(|row| !row[column].contains([' ', '@']))
            })
            .collect();
        for row in rows {
            // Spelled out before it is measured.
            table.add_row(row.iter().map(|cell| visible(cell)));
        }
        for figure in self.figures {
            if let Some(column) = table.column_mut(*figure) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        if let Some(first) = table.column_mut(0) {
            first.set_padding((0, 1));
        }
        // Into a pipe nothing is cut or wrapped.
        let is_watched = screen::is_watched();
        let needed = table.column_max_content_widths();
        for (at, needed) in needed.into_iter().enumerate() {
            self.widest[at] = self.widest[at].max(needed);
            let Some(column) = table.column_mut(at) else {
                continue;
            };
            let whole = Width::Fixed(self.widest[at] + column.padding_width());
            column.set_constraint(if is_whole[at] || !is_watched {
                ColumnConstraint::Absolute(whole)
            } else {
                ColumnConstraint::LowerBoundary(Width::Fixed(NARROWEST))
            });
        }
        if is_watched {
            let width = table.width().filter(|width| *width > 20).unwrap_or(80);
            table
                .set_content_arrangement(ContentArrangement::Dynamic)
                .set_width(width);
        } else {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
        table.force_no_tty();
        let lines: Vec<String> = table
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        lines.join("\n")
    }
}
