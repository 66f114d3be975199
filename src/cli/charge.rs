//! `dues charge`: takes money from a saved card, and looks after what was taken.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::invoice::invoices_table;
use super::session::Session;
use super::terminal::{Report, missing, table};
use super::views;
use crate::books::{Books, ChargeRow, Reader};
use crate::domain::card_number;
use crate::domain::charge::State;
use crate::domain::customer::Customer;
use crate::domain::decline::words_for_customer;
use crate::domain::ids::ChargeId;
use crate::domain::money::{Currency, Money};
use crate::domain::spread::{Pick, Spread, Wanted};
use crate::domain::untrusted::visible;
use crate::jobs::News;
use crate::jobs::charge::{Plan, Wish, charge, plan};
use crate::jobs::recover::{Recovered, recover, sought};
use crate::jobs::resolve::{Finding, resolve};
use crate::ports::Gateways;
use crate::problem::{Kind, Problem, Result};

/// Charge a saved card, or look after charges
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  \
    dues charge ROSA --invoice INV-7 --invoice INV-9=250\n  \
    dues charge ROSA --all-due --exclude INV-8 --card 5544\n  \
    dues charge ROSA --amount 500 --dry-run\n  \
    dues charge ROSA --all-due --yes --json --request-id 2026-11-rosa"
)]
pub struct Charge {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    take: Take,
}

#[derive(Debug, Args)]
struct Take {
    /// Whose card: a code, or the beginning of a name
    customer: Option<String>,
    /// The last four, the nickname; the default card if not given
    #[arg(long)]
    card: Option<String>,
    /// An invoice to pay, whole or in part; may be repeated
    #[arg(long, value_name = "INV[=AMOUNT]")]
    invoice: Vec<String>,
    /// Everything that is due
    #[arg(long, conflicts_with_all = ["invoice", "amount"])]
    all_due: bool,
    /// An amount, on the oldest due invoices first
    #[arg(long, conflicts_with = "invoice", allow_hyphen_values = true)]
    amount: Option<String>,
    /// Let what exceeds the open invoices stay on account
    #[arg(long, requires = "amount")]
    on_account: bool,
    /// The currency of `--amount`; the book's own if not given
    #[arg(long, requires = "amount")]
    currency: Option<String>,
    /// Leave an invoice out; may be repeated
    #[arg(long, value_name = "INV", conflicts_with = "invoice")]
    exclude: Vec<String>,
    /// Use the customer's credits before the card
    #[arg(long, conflicts_with = "amount")]
    use_credits: bool,
    /// A note for the book and the confirmation
    #[arg(long)]
    memo: Option<String>,
    /// Write no confirmation
    #[arg(long)]
    no_email: bool,
    /// A script's own id: the same id never charges twice
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List charges, newest first
    List {
        /// Only this customer's
        #[arg(long)]
        customer: Option<String>,
        /// Only those whose outcome is not final
        #[arg(long)]
        open: bool,
    },
    /// Show a charge and all that came of it
    Show { charge: String },
    /// See the charges that a person must decide
    Review,
    /// Decide an unknown charge after looking at the gateway's own page
    Resolve(Resolve),
    /// Find out what became of unknown charges
    Recover,
}

#[derive(Debug, Args)]
struct Resolve {
    charge: String,
    /// It was charged, under this id of the gateway's
    #[arg(long, value_name = "ID", required_unless_present = "not_charged")]
    charged: Option<String>,
    /// It was not charged
    #[arg(long, conflicts_with = "charged", requires = "because")]
    not_charged: bool,
    /// How you know, for the record
    #[arg(long, value_name = "TEXT")]
    because: Option<String>,
}

impl Charge {
    pub fn run(&self, session: &Session) -> Result<Report> {
        match &self.verb {
            None => self.take.run(session),
            Some(Verb::List { customer, open }) => list(session, customer.as_deref(), *open),
            Some(Verb::Show { charge }) => show(session, charge),
            Some(Verb::Review) => review(session),
            Some(Verb::Resolve(args)) => args.run(session),
            Some(Verb::Recover) => run_recover(session),
        }
    }
}

impl Take {
    fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let mut wish = self.wish(session, &books)?;
        let desk = session.desk(&books)?;
        let repeats = match &wish.request_id {
            Some(id) => books.read().charge_by_request(id)?,
            None => None,
        };
        if session.dry_run {
            return match repeats {
                Some(earlier) => charge_report(books.read(), earlier.id),
                None => Ok(planned(&plan(books.read(), &wish, session.today(&books)?)?)),
            };
        }
        if repeats.is_none() && !session.yes {
            let plan = plan(books.read(), &wish, session.today(&books)?)?;
            session.terminal.say(&plan_text(&plan));
            let question = format!(
                "Charge {} to {} of {}?",
                plan.spread.charged,
                plan.card.name(),
                plan.customer.name
            );
            session.terminal.confirm(&visible(&question), "--yes")?;
            wish.agreed = Some(plan.spread);
        }
        let tell = |news: &News| told(session, news);
        let mut world = session.world(books, &desk, &tell);
        let charged = match charge(&mut world, &wish) {
            Ok(charged) => charged,
            Err(problem) => {
                // What was found out on the way may have left a mail to send.
                world.books.close()?;
                super::mail::post_after(session);
                return Err(problem);
            }
        };
        let mut report = charge_report(world.books.read(), charged.charge)?;
        if charged.repeated {
            report.text = format!(
                "This request was made before; this is its result.\n{}",
                report.text
            );
        }
        if let Some(problem) = charged.not_made {
            let fact = format!("{} was not made, nothing was charged", charged.charge);
            report.problem = Some(problem.at(fact));
        }
        report.posts_mail = true;
        world.books.close()?;
        Ok(report)
    }

    fn wish(&self, session: &Session, books: &Books) -> Result<Wish> {
        let book = books.read();
        let customer = match &self.customer {
            Some(word) => book.find_customer(word)?,
            None => ask_customer(session, book)?,
        };
        if let Some(memo) = &self.memo {
            card_number::refuse_in(memo, "the memo")?;
            if memo.chars().count() > 500 || memo.chars().any(char::is_control) {
                return Err(Problem::usage(
                    "bad_memo",
                    "a memo has at most 500 letters, on one line",
                )
                .hint("Make it shorter."));
            }
        }
        if let Some(id) = &self.request_id
            && (id.is_empty() || id.len() > 100 || id.chars().any(char::is_control))
        {
            return Err(
                Problem::usage("bad_request_id", "a request id has 1 to 100 letters")
                    .hint("Use something that names this one payment, such as `2026-11-rosa`."),
            );
        }
        Ok(Wish {
            wanted: self.wanted(session, book, &customer)?,
            customer,
            card: self.card.clone(),
            use_credits: self.use_credits,
            memo: self.memo.clone(),
            wants_mail: !self.no_email,
            request_id: self.request_id.clone(),
            agreed: None,
        })
    }

    fn wanted(&self, session: &Session, book: Reader<'_>, customer: &Customer) -> Result<Wanted> {
        if self.all_due {
            return Ok(Wanted::AllDue {
                except: self.exclude.clone(),
            });
        }
        if let Some(amount) = &self.amount {
            let currency = match &self.currency {
                Some(code) => Currency::parse(code)?,
                None => book.facts()?.currency,
            };
            return Ok(Wanted::Amount {
                amount: Money::parse(amount, currency)?,
                except: self.exclude.clone(),
                on_account: self.on_account,
            });
        }
        if !self.invoice.is_empty() {
            return Ok(Wanted::Invoices(
                self.invoice
                    .iter()
                    .map(|text| pick(book, customer, text))
                    .collect::<Result<_>>()?,
            ));
        }
        let open = book.open_invoices(Some(customer.id))?;
        let lines: Vec<String> = invoices_table(book, &open, session.today_in(book)?)?
            .lines()
            .skip(1)
            .map(str::to_owned)
            .collect();
        match session
            .terminal
            .tick("Which invoices (space ticks, enter goes on)", &lines)?
        {
            Some(ticked) => Ok(Wanted::Invoices(
                ticked
                    .into_iter()
                    .map(|at| Pick {
                        number: open[at].number.clone(),
                        amount: None,
                    })
                    .collect(),
            )),
            None if open.is_empty() => Err(Problem::refused(
                "nothing_due",
                format!("{} has nothing open", customer.code),
            )
            .hint("To take money on account, use `--amount` with `--on-account`.")),
            None => Err(missing(
                "what to charge",
                "`--invoice INV`, `--all-due` or `--amount A`",
            )),
        }
    }
}

/// `INV-7` or `INV-9=250`, the amount in the invoice's own currency.
fn pick(book: Reader<'_>, customer: &Customer, text: &str) -> Result<Pick> {
    let (word, amount) = match text.rsplit_once('=') {
        Some((word, amount)) => (word, Some(amount)),
        None => (text, None),
    };
    let invoice = book.find_invoice(word, Some(customer))?;
    let amount = amount
        .map(|amount| Money::parse(amount, invoice.total.currency()))
        .transpose()?;
    Ok(Pick {
        number: invoice.number,
        amount,
    })
}

fn ask_customer(session: &Session, book: Reader<'_>) -> Result<Customer> {
    let customers = book.customers()?;
    let names: Vec<String> = customers
        .iter()
        .map(|customer| format!("{}  {}", customer.code, visible(&customer.name)))
        .collect();
    match session.terminal.choose("Whose card", &names)? {
        Some(at) => Ok(customers[at].clone()),
        None => Err(missing("whose card to charge", "a CUSTOMER")),
    }
}

/// What the plan comes to, for reading before the yes.
fn plan_text(plan: &Plan) -> String {
    let spread = &plan.spread;
    let mut text = format!(
        "{} from {} of {} ({})\n",
        spread.charged,
        plan.card.name(),
        plan.customer.code,
        visible(&plan.customer.name)
    );
    text.push_str(&shares_text(spread));
    if let Some(email) = &plan.customer.email {
        text.push_str(&format!("the confirmation goes to {email}\n"));
    }
    text.trim_end().to_owned()
}

fn shares_text(spread: &Spread) -> String {
    let rows: Vec<Vec<String>> = spread
        .shares
        .iter()
        .map(|share| {
            let from = share
                .from
                .map_or_else(|| "card".to_owned(), |payment| format!("credit {payment}"));
            vec![
                format!("  {}", share.number),
                share.amount.to_string(),
                from,
            ]
        })
        .collect();
    let mut text = String::new();
    if !rows.is_empty() {
        text.push_str(&table(&["  invoice", "pays", "from"], &[1], rows));
        text.push('\n');
    }
    if spread.unapplied.is_positive() {
        text.push_str(&format!("  {} stays on account\n", spread.unapplied));
    }
    text
}

fn planned(plan: &Plan) -> Report {
    let data = json!({
        "dry_run": true, "customer": plan.customer.code, "amount": views::money(plan.spread.charged),
        "card": {"brand": plan.card.facts.brand, "last4": plan.card.facts.last4},
        "plan": plan.spread.shares.iter().map(views::share).collect::<Vec<_>>(),
        "from_credits": views::money(plan.spread.from_credits()),
        "unapplied": views::money(plan.spread.unapplied),
        "mail": plan.customer.email.iter().collect::<Vec<_>>(),
    });
    let text = format!(
        "would charge {}\nnothing was charged (dry run)",
        plan_text(plan)
    );
    Report::new("dues.charge_plan/1", data, text)
}

/// A charge as it stands: the document, the words, and the exit code it asks for.
fn charge_report(book: Reader<'_>, id: ChargeId) -> Result<Report> {
    let charge = book.charge(id)?;
    let text = match charge.attempt.state {
        State::Succeeded => receipt(book, &charge)?,
        _ => String::new(),
    };
    let mut report = Report::new("dues.charge/1", views::charge(book, &charge)?, text);
    report.problem = standing_problem(book, &charge)?;
    Ok(report)
}

fn receipt(book: Reader<'_>, charge: &ChargeRow) -> Result<String> {
    let card = book.card(charge.card)?;
    let customer = book.customer(charge.customer)?;
    let mut text = format!(
        "Charged {} to {} of {} ({}).\n",
        charge.amount,
        card.name(),
        customer.code,
        charge.id
    );
    let Some(payment) = book.payment_of(charge.id)? else {
        return Ok(text);
    };
    let mut rows = Vec::new();
    for share in book.shares_of(charge.id)? {
        let left = match book.invoice_by_number(&share.number)? {
            Some(invoice) if invoice.open.is_zero() => "paid in full".to_owned(),
            Some(invoice) => format!("{} left", invoice.open),
            None => String::new(),
        };
        let from = share
            .from
            .map(|credit| format!("from credit {credit}"))
            .unwrap_or_default();
        rows.push(vec![
            format!("  {}", share.number),
            share.amount.to_string(),
            left,
            from,
        ]);
    }
    if !rows.is_empty() {
        // Without headers: it reads as a sentence.
        let lines = table(&["", "", "", ""], &[1], rows);
        text.push_str(&lines.lines().skip(1).collect::<Vec<_>>().join("\n"));
        text.push('\n');
    }
    if payment.unapplied.is_positive() {
        text.push_str(&format!("  {} stays on account\n", payment.unapplied));
    }
    text.push_str(&format!("Booked as {}", payment.id));
    match book.mails_of(payment.id)?.first() {
        Some(mail) => text.push_str(&format!(
            "; the confirmation to {} is {}.",
            mail.letter.to,
            mail.state.word().replace('_', " ")
        )),
        None if customer.email.is_none() => {
            text.push_str("; no confirmation, as there is no mail address.");
        }
        None => text.push('.'),
    }
    Ok(text)
}

/// What a state other than success means, and what to do.
fn standing_problem(book: Reader<'_>, charge: &ChargeRow) -> Result<Option<Problem>> {
    let (id, attempt) = (charge.id, &charge.attempt);
    let card = book.card(charge.card)?.name();
    let why = attempt
        .note
        .as_deref()
        .map(|note| format!(" ({})", visible(note)))
        .unwrap_or_default();
    let problem = match attempt.state {
        State::Succeeded => return Ok(None),
        State::Declined => {
            let Some(decline) = &attempt.decline else {
                return Ok(None);
            };
            Problem::new(
                Kind::Declined,
                "card_declined",
                format!(
                    "{card} was declined: {} ({}); nothing was charged",
                    decline.code,
                    visible(&decline.message)
                ),
            )
            .hint(format!(
                "You can tell the customer: \"{}\" {}",
                words_for_customer(&decline.code, decline.class),
                decline.class.advice()
            ))
        }
        State::NotMade => Problem::refused(
            "not_made",
            format!("{id} was not made; nothing was charged{why}"),
        )
        .hint("Charge again when the reason is gone."),
        State::Pending => Problem::new(
            Kind::Unknown,
            "charge_pending",
            format!("the gateway has {id} and is still deciding; {card} may yet be charged"),
        )
        .hint("Run `dues charge recover` later to hear its decision. Its invoices stay reserved."),
        State::Review => Problem::new(
            Kind::Unknown,
            "charge_in_review",
            format!("a person must decide {id}: money may have been taken{why}"),
        )
        .hint("See `dues charge review` for what to look for at the gateway."),
        State::Prepared | State::Sending | State::Unknown => Problem::new(
            Kind::Unknown,
            "outcome_unknown",
            format!(
                "nobody knows yet whether {card} was charged {}{why}",
                charge.amount
            ),
        )
        .hint("Run `dues charge recover` to find out. Do not charge it in any other way before."),
    };
    Ok(Some(problem))
}

/// Says on the side what happens before there is a result.
fn told(session: &Session, news: &News) {
    match news {
        News::Waiting => session
            .terminal
            .say("another dues is charging; waiting for it to finish"),
        News::Recovered(found) => session.terminal.say(&recovered_line(found)),
    }
}

fn recovered_line(found: &Recovered) -> String {
    let Recovered {
        charge,
        from,
        to,
        why,
        ask_again_at,
    } = found;
    let mut line = match to {
        State::Succeeded => format!("{charge} was {from}; it did succeed, and is booked"),
        State::Declined => format!("{charge} was {from}; it was declined"),
        State::NotMade => format!("{charge} was {from}; it was not made, nothing was charged"),
        State::Review => format!("{charge} was {from}; a person must decide it now"),
        _ => format!("{charge} is {to} still"),
    };
    if let Some(why) = why {
        line.push_str(&format!(" ({})", visible(why)));
    }
    if let Some(at) = ask_again_at {
        line.push_str(&format!("; ask again from {}", at.strftime("%H:%M:%S UTC")));
    }
    line
}

fn run_recover(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let desk = session.desk(&books)?;
    let tell = |news: &News| told(session, news);
    let mut world = session.world(books, &desk, &tell);
    let found = recover(&mut world)?;
    let mut data = Vec::new();
    for one in &found {
        let mut row = views::charge(world.books.read(), &world.books.read().charge(one.charge)?)?;
        row["was"] = one.from.word().into();
        row["ask_again_at"] = one.ask_again_at.map(|at| at.to_string()).into();
        data.push(row);
    }
    let text = if found.is_empty() {
        "Nothing is open: the outcome of every charge is known.".to_owned()
    } else {
        found
            .iter()
            .map(|one| format!("{}.", recovered_line(one)))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let mut report = Report::new("dues.recovered/1", Value::from(data), text);
    report.posts_mail = true;
    report.problem = still_open(world.books.read())?;
    world.books.close()?;
    Ok(report)
}

/// What recovery could not settle.
fn still_open(book: Reader<'_>) -> Result<Option<Problem>> {
    let open = book.open_charges()?;
    if open.is_empty() {
        return Ok(None);
    }
    let problem = Problem::new(
        Kind::Unknown,
        "outcome_unknown",
        match open.len() {
            1 => "the outcome of 1 charge is not known".to_owned(),
            n => format!("the outcome of {n} charges is not known"),
        },
    );
    let reviewed = open
        .iter()
        .any(|charge| charge.attempt.state == State::Review);
    Ok(Some(if reviewed {
        problem.hint("See `dues charge review` for those that a person must decide.")
    } else {
        problem.hint("Ask again later with `dues charge recover`; until then nothing more is charged to these customers.")
    }))
}

fn charges_table(book: Reader<'_>, charges: &[ChargeRow]) -> Result<String> {
    let mut rows = Vec::new();
    for charge in charges {
        let about = match (
            &charge.attempt.decline,
            &charge.attempt.note,
            charge.attempt.state,
        ) {
            (Some(decline), _, _) => decline.code.clone(),
            (None, Some(note), state) if state != State::Succeeded => note.clone(),
            _ => book
                .payment_of(charge.id)?
                .map(|payment| payment.id.to_string())
                .unwrap_or_default(),
        };
        rows.push(vec![
            charge.id.to_string(),
            charge.charged_on.to_string(),
            book.customer(charge.customer)?.code,
            book.card(charge.card)?.name(),
            charge.amount.to_string(),
            charge.attempt.state.word().replace('_', " "),
            about,
        ]);
    }
    Ok(table(
        &["charge", "date", "customer", "card", "amount", "state", ""],
        &[4],
        rows,
    ))
}

fn list(session: &Session, customer: Option<&str>, open: bool) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let customer = customer.map(|word| book.find_customer(word)).transpose()?;
    let id = customer.map(|customer| customer.id);
    let mut charges = book.charges(id)?;
    charges.retain(|charge| !open || charge.attempt.state.is_open());
    let data = charges
        .iter()
        .map(|charge| views::charge(book, charge))
        .collect::<Result<Vec<_>>>()?;
    let text = match (charges.is_empty(), open) {
        (true, true) => "No charge is open.".to_owned(),
        (true, false) => "Nothing was charged yet.".to_owned(),
        _ => charges_table(book, &charges)?,
    };
    Ok(Report::new("dues.charges/1", Value::from(data), text))
}

fn find(book: Reader<'_>, word: &str) -> Result<ChargeRow> {
    let id = ChargeId::parse(word).ok_or_else(|| {
        Problem::usage("bad_charge", format!("`{word}` is not a charge"))
            .hint("Write it as `CH-12`; `dues charge list` shows them.")
    })?;
    book.charge(id)
}

fn show(session: &Session, word: &str) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let charge = find(book, word)?;
    let attempt = &charge.attempt;
    let customer = book.customer(charge.customer)?;
    let mut text = format!(
        "{} · {} · {} · {} of {} ({})\n",
        charge.id,
        attempt.state.word().replace('_', " "),
        charge.amount,
        book.card(charge.card)?.name(),
        customer.code,
        visible(&customer.name),
    );
    text.push_str(&format!(
        "at {} in account {}, reference {}{}\n",
        attempt.gateway,
        attempt.account,
        attempt.asked.reference,
        attempt
            .gateway_id
            .as_ref()
            .map(|id| format!(", id {id}"))
            .unwrap_or_default(),
    ));
    text.push_str(&format!(
        "charged on {} · sent {} · attempt {}\n",
        charge.charged_on,
        times(attempt.sends),
        attempt.n
    ));
    if let Some(decline) = &attempt.decline {
        text.push_str(&format!(
            "declined: {} ({})\n",
            decline.code,
            visible(&decline.message)
        ));
    }
    if let Some(note) = attempt
        .note
        .as_ref()
        .filter(|_| attempt.state != State::Succeeded)
    {
        text.push_str(&format!("{}\n", visible(note)));
    }
    if let Some(memo) = &charge.memo {
        text.push_str(&format!("memo: {}\n", visible(memo)));
    }
    text.push_str(&if attempt.state == State::Succeeded {
        receipt(book, &charge)?
    } else {
        let spread = Spread {
            charged: charge.amount,
            shares: book.shares_of(charge.id)?,
            unapplied: Money::zero(charge.amount.currency()),
        };
        shares_text(&spread)
    });
    Ok(Report::new(
        "dues.charge/1",
        views::charge(book, &charge)?,
        text,
    ))
}

fn times(count: u32) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        n => format!("{n} times, under one key"),
    }
}

fn review(session: &Session) -> Result<Report> {
    let books = session.books()?;
    let book = books.read();
    let desk = session.desk(&books)?;
    let open: Vec<ChargeRow> = book
        .open_charges()?
        .into_iter()
        .filter(|charge| matches!(charge.attempt.state, State::Review | State::Unknown))
        .collect();
    let (mut text, mut data) = (String::new(), Vec::new());
    for charge in &open {
        let attempt = &charge.attempt;
        // Without its secret a gateway cannot be asked, but a person can look all the same.
        let search = desk.open(&attempt.gateway).map_or_else(
            |_| {
                format!(
                    "look for `{}` on {}'s own page",
                    attempt.asked.reference, attempt.gateway
                )
            },
            |gateway| gateway.search_advice(&sought(attempt)),
        );
        text.push_str(&format!(
            "{id}  {amount} from {card} of {customer}, {on}: {state}\n",
            id = charge.id,
            amount = charge.amount,
            card = book.card(charge.card)?.name(),
            customer = book.customer(charge.customer)?.code,
            on = charge.charged_on,
            state = attempt.state,
        ));
        if let Some(note) = &attempt.note {
            text.push_str(&format!("  why: {}\n", visible(note)));
        }
        text.push_str(&format!(
            "  at {} (account {}): {search}\n",
            attempt.gateway, attempt.account
        ));
        text.push_str(&format!(
            "  there, charged {amount}:  dues charge resolve {id} --charged ID\n  not there:  dues charge resolve {id} --not-charged --because \"...\"\n\n",
            amount = charge.amount,
            id = charge.id,
        ));
        let mut row = views::charge(book, charge)?;
        row["search"] = search.into();
        data.push(row);
    }
    if open.is_empty() {
        text.push_str("Nothing to review.");
    }
    let mut report = Report::new("dues.charges/1", Value::from(data), text);
    if !open.is_empty() {
        report.problem = Some(
            Problem::new(
                Kind::Attention,
                "needs_a_person",
                match open.len() {
                    1 => "1 charge needs a person".to_owned(),
                    n => format!("{n} charges need a person"),
                },
            )
            .hint("Unknown ones may still settle by themselves: run `dues charge recover` first."),
        );
    }
    Ok(report)
}

impl Resolve {
    fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let charge = find(books.read(), &self.charge)?;
        let finding = match (&self.charged, &self.because) {
            (Some(id), _) => Finding::Charged(id.trim().to_owned()),
            (None, Some(because)) if !because.trim().is_empty() => {
                card_number::refuse_in(because, "the reason")?;
                Finding::NotCharged(because.trim().to_owned())
            }
            _ => return Err(missing("how you know", "`--because TEXT`")),
        };
        if session.dry_run {
            return Err(Problem::usage(
                "no_dry_run",
                "resolving asks the gateway; there is no dry run of it",
            )
            .hint(format!("Look with `dues charge show {}`.", charge.id)));
        }
        if !session.yes {
            let question = match &finding {
                Finding::Charged(id) => format!(
                    "Book {} of {} as charged, under {}?",
                    charge.amount,
                    charge.id,
                    visible(id)
                ),
                Finding::NotCharged(_) => format!(
                    "Close {} as not charged? It may then be charged again.",
                    charge.id
                ),
            };
            session.terminal.confirm(&question, "--yes")?;
        }
        let desk = session.desk(&books)?;
        let tell = |news: &News| told(session, news);
        let mut world = session.world(books, &desk, &tell);
        let resolved = resolve(&mut world, charge.id, &finding)?;
        let mut report = charge_report(world.books.read(), charge.id)?;
        let by = if resolved.confirmed {
            "The gateway confirms it."
        } else {
            "The gateway could not confirm it; your word is in the log."
        };
        report.text = match resolved.state {
            State::Succeeded => format!("{}\n{by}", report.text),
            _ => format!(
                "{} is closed as not charged; its invoices may be charged again. {by}",
                charge.id
            ),
        };
        report.problem = None;
        report.posts_mail = true;
        world.books.close()?;
        Ok(report)
    }
}
