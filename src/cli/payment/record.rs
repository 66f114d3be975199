//! `dues payment record`: money that came by check, wire or cash, and what it pays.

use clap::Args;
use jiff::civil::Date;

use super::identify::{Unnamed, record_unidentified};
use super::words::recorded;
use crate::books::{AdjustmentRow, Books, Reader};
use crate::cli::choosing::{self, ask, tick_invoices};
use crate::cli::picking::{Whose, ask_customer, customer, memo, pick};
use crate::cli::session::Session;
use crate::cli::terminal::{Haste, Report, missing};
use crate::domain::allotting::Policy;
use crate::domain::credit::AdjustmentKind;
use crate::domain::customer::Customer;
use crate::domain::invoice::Invoice;
use crate::domain::money::{Currency, Money};
use crate::domain::payment::Method;
use crate::domain::text::Text;
use crate::jobs::receive::{Came, Direction, Grant, Order, record, same_number};
use crate::ports::Clock;
use crate::problem::{Problem, Result};
use crate::views;

/// The ways in which money comes, as they are typed.
const METHODS: [&str; 5] = ["check", "cash", "ach", "wire", "other"];
/// The policies, as they are typed.
pub const POLICIES: [&str; 4] = ["oldest-due", "oldest", "exact", "none"];

/// Record money that came by check, wire or cash
#[derive(Debug, Args)]
#[command(
    after_help = "What the payer said wins: with `--invoice` only those invoices are paid, and the rest stays on\n\
    account (add `--allocate` to spread it). Without it, the customer's own policy decides; see\n\
    `dues customer edit --allocate`.\n\n\
    `--discount` and `--short` take off what the payment leaves open, and close the invoice; without\n\
    them a part that is not paid simply stays open.\n\n\
    Examples:\n  \
    dues payment record OAKS --amount 1200 --method check --ref 8841 --invoice INV-1=500 --invoice INV-2\n  \
    dues payment record OAKS --amount 490 --method ach --invoice INV-1 --discount INV-1\n  \
    dues payment record OAKS --amount 455 --method check --ref 8842 --invoice INV-1 --short INV-1='2 boxes damaged'\n  \
    dues payment record --unidentified --amount 300 --method wire --ref 7781 --payer 'O. A. KS LLC'"
)]
pub struct Record {
    /// Who paid: a code, or the beginning of a name
    #[arg(conflicts_with = "unidentified")]
    customer: Option<String>,
    /// How much came
    #[arg(long, allow_hyphen_values = true)]
    amount: Option<String>,
    /// The currency of `--amount`; the book's own if not given
    #[arg(long, requires = "amount")]
    currency: Option<String>,
    /// How it came
    #[arg(long, value_parser = METHODS)]
    method: Option<String>,
    /// The payer's own number: of the check, of the transfer
    #[arg(long = "ref", value_name = "NUMBER")]
    reference: Option<String>,
    /// When it came; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    #[command(flatten)]
    whither: Whither,
    #[command(flatten)]
    taken_off: TakenOff,
    /// A note for the book and the confirmation
    #[arg(long)]
    memo: Option<String>,
    /// It is another payment with the same number
    #[arg(long)]
    again: bool,
    /// Write no confirmation
    #[arg(long)]
    no_email: bool,
    /// Nobody knows yet who paid
    #[arg(long, conflicts_with_all = ["invoice", "allocate", "exclude", "discount", "short"])]
    unidentified: bool,
    /// What is known of who paid
    #[arg(long, value_name = "TEXT", requires = "unidentified")]
    payer: Option<String>,
}

/// What money pays.
#[derive(Debug, Args)]
pub struct Whither {
    /// An invoice it pays, whole or in part; may be repeated
    #[arg(long, value_name = "INV[=AMOUNT]")]
    pub invoice: Vec<String>,
    /// What is paid where the payer said nothing
    #[arg(long, value_parser = POLICIES)]
    pub allocate: Option<String>,
    /// An invoice that is left out then; may be repeated
    #[arg(long, value_name = "INV", requires = "allocate")]
    pub exclude: Vec<String>,
}

/// What is not asked for any more, as it is paid so.
#[derive(Debug, Args)]
pub struct TakenOff {
    /// The discount that the invoice's terms give for paying early, or an amount with `--because`; may be repeated
    #[arg(long, value_name = "INV[=AMOUNT]")]
    discount: Vec<String>,
    /// The rest of an invoice that was paid short, and why; may be repeated
    #[arg(long, value_name = "INV=REASON")]
    short: Vec<String>,
    /// Why a discount is granted that the terms do not give
    #[arg(long, value_name = "TEXT", requires = "discount")]
    because: Option<String>,
}

impl Whither {
    pub fn direction(
        &self,
        session: &Session,
        book: Reader<'_>,
        customer: &Customer,
    ) -> Result<Direction> {
        let picked = self.invoice.iter();
        let picked = picked.map(|text| pick(session, book, customer, text));
        let mut except = Vec::new();
        for word in &self.exclude {
            except.push(book.find_invoice(word, Some(customer))?.number);
        }
        Ok(Direction {
            picks: picked.collect::<Result<_>>()?,
            policy: self.allocate.as_deref().and_then(Policy::from_word),
            except,
        })
    }

    /// Whether anything was said; a person is asked where nothing was.
    pub fn is_said(&self) -> bool {
        !self.invoice.is_empty() || self.allocate.is_some()
    }
}

/// Asks a person what money pays; nothing is ticked where it is to go by a policy.
pub fn ask_direction(
    session: &Session,
    book: Reader<'_>,
    customer: &Customer,
) -> Result<Direction> {
    let mut direction = Direction::default();
    if book.open_invoices(Some(customer.id))?.is_empty() {
        return Ok(direction);
    }
    let policy = book.policy_of(customer.id)?;
    let ways = [
        format!("what the customer's policy says ({policy})"),
        "the invoices that I tick".to_owned(),
        "none: it stays on account".to_owned(),
    ];
    match session.terminal.choose("What it pays", &ways)? {
        Some(1) => {
            direction.picks = tick_invoices(session, book, customer)?.unwrap_or_default();
        }
        Some(2) => direction.policy = Some(Policy::None),
        _ => direction.policy = Some(policy),
    }
    Ok(direction)
}

impl TakenOff {
    /// `on`: the day that the money came.
    pub fn grants(&self, book: Reader<'_>, customer: &Customer, on: Date) -> Result<Vec<Grant>> {
        let because = self.because.as_deref();
        let because = because.map(|text| Text::Reason.read(text)).transpose()?;
        let mut grants = Vec::new();
        for text in &self.discount {
            let (word, amount) = match text.rsplit_once('=') {
                Some((word, amount)) => (word, Some(amount)),
                None => (text.as_str(), None),
            };
            let invoice = book.find_invoice(word, Some(customer))?;
            let (amount, because) = match (amount, &because) {
                (None, _) => by_terms(&invoice, &book.adjustments_of(invoice.id)?, on)?,
                (Some(_), None) => return Err(missing("why it is granted", "`--because TEXT`")),
                (Some(amount), Some(because)) => (
                    Money::typed(amount, invoice.total.currency())?,
                    because.clone(),
                ),
            };
            grants.push(Grant {
                amount: Some(amount),
                number: invoice.number,
                kind: AdjustmentKind::Discount,
                because,
            });
        }
        for text in &self.short {
            let (word, reason) = text
                .split_once('=')
                .ok_or_else(|| unsaid(text, "why", "--short INV-7='2 boxes damaged'"))?;
            grants.push(Grant {
                number: book.find_invoice(word, Some(customer))?.number,
                kind: AdjustmentKind::ShortPay,
                amount: None,
                because: Text::Reason.read(reason)?,
            });
        }
        Ok(grants)
    }
}

/// The discount that an invoice's own terms give on a day, and why.
fn by_terms(invoice: &Invoice, adjusted: &[AdjustmentRow], on: Date) -> Result<(Money, String)> {
    let number = &invoice.number;
    let refuse = |code, fact: String| {
        Err(Problem::refused(code, fact).hint(format!(
            "To grant one all the same, give it and why: `--discount {number}=AMOUNT --because TEXT`."
        )))
    };
    let Some((early, terms)) = invoice.early_payment().zip(invoice.terms) else {
        return refuse(
            "no_discount",
            format!("the terms of `{number}` give no discount"),
        );
    };
    let stands = |it: &AdjustmentRow| it.kind == AdjustmentKind::Discount && it.recovered.is_zero();
    if let Some(taken) = adjusted.iter().find(|it| stands(it)) {
        let (id, amount) = (taken.id, taken.amount);
        return refuse(
            "discount_taken",
            format!("{amount} of `{number}` was taken off as a discount already ({id})"),
        );
    }
    if on > early.until {
        let until = early.until;
        return refuse(
            "discount_too_late",
            format!("the discount of `{number}` was for payment by {until}; this came on {on}"),
        );
    }
    Ok((early.discount, terms.to_string()))
}

fn unsaid(text: &str, what: &str, example: &str) -> Problem {
    Problem::usage("decision_missing", format!("`{text}` does not say {what}"))
        .hint(format!("Write it as `{example}`."))
}

/// For money that came.
const WHOSE_MONEY: Whose = Whose {
    question: "Who paid",
    missing: "who paid",
};

impl Record {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        if self.unidentified {
            let unnamed = Unnamed {
                method: self.method(session)?,
                amount: self.amount(session, books.read())?,
                on: self.on(session, &books)?,
                reference: self.reference()?,
                payer: self.payer.as_deref(),
                memo: memo(self.memo.as_deref())?,
            };
            return record_unidentified(session, books, unnamed);
        }
        let book = books.read();
        let customer = match &self.customer {
            Some(word) => customer(session, book, word)?,
            None => ask_customer(session, book, &WHOSE_MONEY)?,
        };
        let on = self.on(session, &books)?;
        let came = Came::Now {
            amount: self.amount(session, book)?,
            method: self.method(session)?,
            on,
            reference: self.reference()?,
            memo: memo(self.memo.as_deref())?,
        };
        let direction = if !self.whither.is_said() && session.terminal.may_ask && !session.yes {
            ask_direction(session, book, &customer)?
        } else {
            self.whither.direction(session, book, &customer)?
        };
        let order = Order {
            came,
            direction,
            grants: self.taken_off.grants(book, &customer, on)?,
            customer,
            again: self.again,
            wants_mail: !self.no_email,
        };
        book_it(session, books, order)
    }

    fn amount(&self, session: &Session, book: Reader<'_>) -> Result<Money> {
        let currency = match &self.currency {
            Some(code) => Currency::parse(code)?,
            None => book.facts()?.currency,
        };
        match &self.amount {
            Some(amount) => Ok(Money::typed(amount, currency)?),
            None => ask(session, "How much came", "--amount A", |text| {
                choosing::amount(text, currency)
            }),
        }
    }

    fn method(&self, session: &Session) -> Result<Method> {
        let word = if let Some(word) = &self.method {
            Some(word.as_str())
        } else {
            let names: Vec<String> = METHODS.iter().map(ToString::to_string).collect();
            let chosen = session.terminal.choose("How it came", &names)?;
            chosen.map(|at| METHODS[at])
        };
        let typed = word.and_then(Method::from_word);
        typed.ok_or_else(|| missing("how it came", "`--method`: check, cash, ach, wire or other"))
    }

    fn on(&self, session: &Session, books: &Books) -> Result<Date> {
        match &self.on {
            Some(text) => session.date(books, text),
            None => session.today(books),
        }
    }

    fn reference(&self) -> Result<Option<String>> {
        let text = self.reference.as_deref();
        Ok(text.map(|text| Text::Reference.read(text)).transpose()?)
    }
}

/// Shows what would be booked, asks a person, and books it.
pub fn book_it(session: &Session, mut books: Books, mut order: Order) -> Result<Report> {
    let mut warnings = Vec::new();
    let may_ask = session.terminal.may_ask;
    let doubles = order.doubles(books.read())?;
    if let Some(earlier) = doubles.first().filter(|_| may_ask) {
        let warning = same_number(earlier);
        order.again = true;
        if session.dry_run {
            warnings.push(warning);
        } else {
            session.terminal.say(&format!("warning: {warning}"));
            session
                .terminal
                .confirm("Is this another one?", "--again")?;
        }
    }
    let wants_mail = order.wants_mail;
    if may_ask && !session.yes && !session.dry_run {
        let plan = books.rehearse(&session.hand, session.clock.now(), |tx| {
            let id = record(tx, &order)?;
            recorded(tx.read(), &tx.read().payment(id)?, wants_mail)
        })?;
        session
            .terminal
            .say(&format!("This will be booked:\n{plan}"));
        session.terminal.confirm("Book it?", "--yes")?;
    }
    let (data, text) = session.change(&mut books, |tx| {
        let id = record(tx, &order)?;
        let payment = tx.read().payment(id)?;
        Ok((
            views::payment(tx.read(), &payment)?,
            recorded(tx.read(), &payment, wants_mail)?,
        ))
    })?;
    let mut report = Report::new("dues.payment/1", data, text + session.dry_note());
    report.warnings = warnings;
    report.posts_mail = (!session.dry_run).then_some(Haste::Brief);
    session.finish(books);
    Ok(report)
}
