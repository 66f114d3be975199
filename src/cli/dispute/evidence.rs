//! `dues dispute evidence`: what the book has for the bank, in one folder.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::find;
use crate::books::Books;
use crate::cli::session::Session;
use crate::cli::terminal::{Report, table};
use crate::domain::evidence::{Evidence, Shown};
use crate::paper::evidence::{Answers, answers, compelling_words, index, mail};
use crate::private_file::Folder;
use crate::problem::{Kind, Problem, Result};
use crate::rehearsal;
use crate::views;

/// Put together what the book has for the bank: a folder with a page to read and print
#[derive(Debug, Args)]
#[command(
    after_help = "The folder has `index.html`, the mails, the files that are kept with the dispute, its invoices and\n\
    the consent, and `fields.json`: texts for the gateway's form, cut to what it takes. It says what is missing.\n\
    Nothing is sent, and the book is not changed. Only brand and last four of the card are in it.\n\n\
    Examples:\n  \
    dues dispute evidence DSP-1\n  \
    dues dispute evidence DSP-1 --to ~/disputes/oaks-november"
)]
pub struct Gather {
    /// `DSP-1`
    dispute: String,
    /// A folder that does not exist yet; `evidence-DSP-1` where you are if not given
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

impl Gather {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let dispute = find(books.read(), &self.dispute)?;
        let id = dispute.id;
        let place = match &self.to {
            Some(place) => place.clone(),
            None => PathBuf::from(format!("evidence-{id}")),
        };
        let place = std::path::absolute(&place).unwrap_or(place);
        require_room(&place)?;
        let evidence = books.evidence(id)?;
        let answers = answers(&evidence);
        let papers = papers(session, &books, &evidence, &answers)?;
        if !session.dry_run {
            write(&books, &evidence, &papers, &place)?;
        }
        let mut report = Report::new(
            "dues.evidence/1",
            document(session, &evidence, &answers, &papers, &place),
            words(session, &evidence, &answers, &papers, &place),
        );
        report.warnings = warnings(&evidence, &answers);
        report.problem = left_out(&evidence);
        session.finish(books);
        Ok(report)
    }
}

/// What the program writes itself: a name in the folder, what it is, and its text.
struct Paper {
    place: String,
    what: String,
    text: String,
}

fn papers(
    session: &Session,
    books: &Books,
    evidence: &Evidence,
    answers: &Answers,
) -> Result<Vec<Paper>> {
    let today = session.today(books)?;
    let mut papers: Vec<Paper> = evidence
        .mails
        .iter()
        .map(|it| Paper {
            place: it.place(),
            what: format!("the mail to {}, and its way", it.to),
            text: mail(it, &evidence.zone),
        })
        .collect();
    let fields = views::evidence::fields(evidence, answers);
    papers.push(Paper {
        place: "fields.json".to_owned(),
        what: "the texts for the gateway's form".to_owned(),
        text: format!("{fields:#}\n"),
    });
    // Last: a folder with an index has the rest.
    papers.push(Paper {
        place: "index.html".to_owned(),
        what: "all of it, to read and to print".to_owned(),
        text: index(evidence, answers, today),
    });
    Ok(papers)
}

fn require_room(place: &Path) -> Result<()> {
    let shown = place.display();
    if place.symlink_metadata().is_ok() {
        return Err(exists(place));
    }
    let folder = place.parent().filter(|folder| !folder.is_dir());
    if let Some(folder) = folder {
        return Err(Problem::refused(
            "cannot_write",
            format!(
                "{shown} cannot be made: there is no folder {}",
                folder.display()
            ),
        )
        .hint("Make it, or name another folder with `--to`."));
    }
    Ok(())
}

fn exists(place: &Path) -> Problem {
    Problem::refused("target_exists", format!("{} exists already", place.display())).hint(
        "An earlier packet is never written over: move it away, or name another folder with `--to`.",
    )
}

fn write(books: &Books, evidence: &Evidence, papers: &[Paper], place: &Path) -> Result<()> {
    let told = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::DirectoryNotEmpty => exists(place),
        _ => Problem::refused(
            "cannot_write",
            format!("{} cannot be written: {error}", place.display()),
        )
        .hint("Check who owns the folder, and how much room the disk has."),
    };
    let folder = Folder::beside(place).map_err(told)?;
    for file in evidence.files.iter().filter(|file| file.is_whole) {
        let bytes = books.kept(&file.sha256).ok_or_else(|| damaged(file))?;
        folder.put(&file.place(), &bytes).map_err(told)?;
    }
    for paper in papers {
        folder
            .put(&paper.place, paper.text.as_bytes())
            .map_err(told)?;
    }
    rehearsal::point("evidence.written")?;
    folder.into_place().map_err(told)
}

fn damaged(file: &Shown) -> Problem {
    Problem::refused(
        "file_missing",
        format!(
            "{} ({}) is not there any more, or not what it was",
            file.id, file.name
        ),
    )
    .hint("Run it again: what is damaged is left out then, and `dues check` says what to do.")
}

/// The packet is there without them, and somebody must know.
fn left_out(evidence: &Evidence) -> Option<Problem> {
    let out = evidence.files.iter().filter(|file| !file.is_whole);
    let names: Vec<String> = out
        .map(|file| format!("{} ({})", file.id, file.name))
        .collect();
    (!names.is_empty()).then(|| {
        Problem::new(
            Kind::Partial,
            "file_missing",
            format!(
                "left out, as not there or not what it was: {}",
                names.join(", ")
            ),
        )
        .hint("Bring it from a backup, as `dues check` says; then make another packet with `--to`.")
    })
}

fn warnings(evidence: &Evidence, answers: &Answers) -> Vec<String> {
    let id = evidence.dispute.id;
    let mut warnings: Vec<String> = answers
        .texts
        .iter()
        .filter_map(|field| {
            let letters = field.cut_from?;
            let kept = field.text.chars().count();
            Some(format!(
                "`{}` is cut to {kept} of {letters} letters, as the gateway takes no more",
                field.name
            ))
        })
        .collect();
    if let Some((outcome, on)) = evidence.dispute.outcome {
        warnings.push(format!("{id} is {outcome} since {on}"));
    }
    warnings
}

fn words(
    session: &Session,
    evidence: &Evidence,
    answers: &Answers,
    papers: &[Paper],
    place: &Path,
) -> String {
    let id = evidence.dispute.id;
    let mut text = if session.dry_run {
        format!("would put the evidence for {id} into {}\n", place.display())
    } else {
        format!("The evidence for {id} is in {}\n", place.display())
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for paper in papers.iter().rev() {
        rows.push(vec![format!("  {}", paper.place), paper.what.clone()]);
    }
    for file in evidence.files.iter().filter(|file| file.is_whole) {
        rows.push(vec![
            format!("  {}", file.place()),
            format!("{}, kept with {}", file.kind, file.with),
        ]);
    }
    text.push_str(&table(&["  file", "what it is"], &[], rows));
    let (.., compelling) = compelling_words(evidence);
    text.push_str(&format!("\n{compelling}\nmissing\n"));
    for it in &answers.missing {
        let fields = it.fields.join(", ");
        match &it.how {
            Some(how) => text.push_str(&format!("  {fields}: {}: `{how}`\n", it.why)),
            None => text.push_str(&format!("  {fields}: {}\n", it.why)),
        }
    }
    if session.dry_run {
        text.push_str("nothing was written (dry run)");
    } else {
        text.push_str(&format!(
            "Read index.html before any of it goes to the bank. Once you have answered: `dues dispute answered {id}`."
        ));
    }
    text
}

fn document(
    session: &Session,
    evidence: &Evidence,
    answers: &Answers,
    papers: &[Paper],
    place: &Path,
) -> Value {
    let written = papers.iter().map(|paper| {
        json!({"file": paper.place, "bytes": paper.text.len(), "attachment": null, "kind": null, "sha256": null})
    });
    let kept = evidence.files.iter().map(|file| {
        json!({
            "file": file.is_whole.then(|| file.place()), "bytes": file.bytes, "attachment": file.id.to_string(),
            "kind": file.kind.word(), "sha256": file.sha256,
        })
    });
    let mut document = views::evidence::fields(evidence, answers);
    document["folder"] = place.display().to_string().into();
    document["dry_run"] = session.dry_run.into();
    document["contents"] = written.chain(kept).collect();
    document["compelling_evidence"] = views::evidence::compelling(evidence);
    document
}
