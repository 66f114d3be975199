//! `dues payment refund` and `void`: what goes back and what is open again
//! then is shown, agreed to, and given back.

use clap::Args;
use serde_json::json;

use super::find;
use crate::books::{Books, Reader};
use crate::cli::news::told;
use crate::cli::picking::pick;
use crate::cli::refund::words::{plan_text, refund_report, unreadable};
use crate::cli::session::Session;
use crate::cli::terminal::{Haste, Report};
use crate::domain::contact::Gets;
use crate::domain::money::Money;
use crate::domain::refund::{TakenFrom, Wanted, sum};
use crate::domain::text::Text;
use crate::jobs::News;
use crate::jobs::refund::{Plan, Wish, refund};
use crate::ports::{Clock, Way};
use crate::problem::{Deed, Result};
use crate::views;
use crate::wiring::Desk;

/// Give money of a payment back to the card it came from
#[derive(Debug, Args)]
#[command(
    after_help = "Without more, all that is left of the payment goes back: first what pays no invoice, then\n\
    what it paid last. What is open again then is shown before the yes.\n\n\
    Examples:\n  \
    dues payment refund PAY-3\n  \
    dues payment refund PAY-3 --amount 120 --because 'two boxes wilted'\n  \
    dues payment refund PAY-3 --reopen INV-7=120 --dry-run\n  \
    dues payment refund PAY-3 --from-credit"
)]
pub struct Refund {
    /// `PAY-7`
    payment: String,
    /// How much; all that is left if not given
    #[arg(long, allow_hyphen_values = true)]
    amount: Option<String>,
    /// An invoice that is open again then, whole or in part; may be repeated
    #[arg(long, value_name = "INV[=AMOUNT]", conflicts_with = "from_credit")]
    reopen: Vec<String>,
    /// Only from what pays no invoice; nothing is open again
    #[arg(long)]
    from_credit: bool,
    #[command(flatten)]
    telling: Telling,
}

/// Cancel the charge of a payment before it is settled
#[derive(Debug, Args)]
#[command(
    after_help = "A void cancels the whole charge, so that it may never show on the customer's statement. Once\n\
    the charge is settled, or where the gateway knows no voids, use `dues payment refund`.\n\n\
    Example: dues payment void PAY-3"
)]
pub struct Void {
    /// `PAY-7`
    payment: String,
    #[command(flatten)]
    telling: Telling,
}

/// What is said of it, and to whom.
#[derive(Debug, Args)]
struct Telling {
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
    /// Write no mail to the customer
    #[arg(long)]
    no_email: bool,
}

impl Telling {
    fn reason(&self) -> Result<Option<String>> {
        let text = self.because.as_deref();
        Ok(text.map(|text| Text::Reason.read(text)).transpose()?)
    }
}

impl Refund {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let book = books.read();
        let payment = find(book, &self.payment)?;
        let currency = payment.amount.currency();
        let amount = self.amount.as_deref();
        let from = if self.from_credit {
            Wanted::FromCredit
        } else if self.reopen.is_empty() {
            Wanted::AsItComes
        } else {
            let customer = book.customer(payment.customer)?;
            let picked = self
                .reopen
                .iter()
                .map(|text| pick(session, book, &customer, text));
            Wanted::Reopen(picked.collect::<Result<_>>()?)
        };
        let wish = Wish {
            payment: payment.id,
            amount: amount
                .map(|text| Money::typed(text, currency))
                .transpose()?,
            from,
            way: Way::Refund,
            because: self.telling.reason()?,
            wants_mail: !self.telling.no_email,
            agreed: None,
        };
        give_back(session, books, wish)
    }
}

impl Void {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let wish = Wish {
            payment: find(books.read(), &self.payment)?.id,
            amount: None,
            from: Wanted::AsItComes,
            way: Way::Void,
            because: self.telling.reason()?,
            wants_mail: !self.telling.no_email,
            agreed: None,
        };
        give_back(session, books, wish)
    }
}

fn give_back(session: &Session, books: Books, mut wish: Wish) -> Result<Report> {
    let desk = Desk::of(&session.config, &books)?;
    let outlook = desk.outlook(&books, session.clock.now());
    if session.dry_run {
        let plan = outlook.refund(books.read(), &wish, session.today(&books)?)?;
        return planned(books.read(), &plan, &wish);
    }
    if !session.yes {
        let plan = outlook.refund(books.read(), &wish, session.today(&books)?)?;
        session
            .terminal
            .say(&plan_text(books.read(), &plan, wish.wants_mail)?);
        let (amount, card, name) = (plan.amount, plan.card.name(), &plan.customer.name);
        let question = match plan.way {
            Way::Refund => format!("Give {amount} back to {card} of {name}?"),
            Way::Void => format!("Void the charge of {amount} to {card} of {name}?"),
        };
        session.terminal.confirm(&question, "--yes")?;
        wish.agreed = Some(plan.shares);
    }
    let zone = books.read().facts()?.zone;
    let tell = |news: &News| told(session, &zone, news);
    let mut world = session.world(books, &desk, &tell);
    let refunded = match refund(&mut world, &wish) {
        Ok(refunded) => refunded,
        Err(problem) => {
            session.finish(world.books);
            // What was found out on the way may have left a mail to send.
            return Ok(Report {
                problem: Some(problem),
                posts_mail: Some(Haste::Brief),
                ..Report::default()
            });
        }
    };
    let mut report =
        refund_report(world.books.read(), refunded.refund).unwrap_or_else(|problem| Report {
            problem: Some(unreadable(&refunded, &problem)),
            ..Report::default()
        });
    if let Some(problem) = refunded.not_made {
        let fact = format!("{} was not made", refunded.refund);
        report.problem = Some(problem.at(fact).nothing_was(Deed::GivenBack));
    }
    report.posts_mail = Some(Haste::Brief);
    session.finish(world.books);
    Ok(report)
}

fn planned(book: Reader<'_>, plan: &Plan, wish: &Wish) -> Result<Report> {
    let mut reopens = Vec::new();
    let mut on_account = Vec::new();
    for share in &plan.shares {
        match &share.from {
            TakenFrom::Account => on_account.push(share.clone()),
            TakenFrom::Invoice { number, .. } => {
                let open = book.find_invoice(number, None)?.open.plus(share.amount);
                reopens.push(json!({
                    "invoice": number, "amount": views::money(share.amount), "open": views::money(open),
                }));
            }
        }
    }
    let from_credit = sum(&on_account, plan.amount.currency());
    let data = json!({
        "dry_run": true, "way": way(plan.way), "payment": plan.payment.id.to_string(),
        "customer": plan.customer.code, "amount": views::money(plan.amount),
        "card": views::which_card(&plan.card), "reopens": reopens,
        "from_credit": views::money(from_credit),
        "mail": book.addresses(&plan.customer, Gets::Receipts)?.into_iter().filter(|_| wish.wants_mail).collect::<Vec<_>>(),
    });
    let text = plan_text(book, plan, wish.wants_mail)?;
    let text = match plan.way {
        Way::Refund => format!("would give {text}\nnothing was given back (dry run)"),
        Way::Void => format!("would void {text}\nnothing was voided (dry run)"),
    };
    Ok(Report::new("dues.refund_plan/1", data, text))
}

fn way(way: Way) -> &'static str {
    match way {
        Way::Refund => "refund",
        Way::Void => "void",
    }
}
