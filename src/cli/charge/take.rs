//! `dues charge CUSTOMER`: what is asked for, shown, agreed to, and charged.

use clap::Args;
use serde_json::{Value, json};

use super::words::{cautions, charge_report, plan_text, shares_table, unreadable};
use crate::books::{Books, Reader};
use crate::cli::choosing::{amount, ask, choose_card, no_card, tick_invoices};
use crate::cli::news::told;
use crate::cli::picking::{WHOSE_CARD, ask_customer, card, customer, memo, pick};
use crate::cli::session::Session;
use crate::cli::tables::joined;
use crate::cli::terminal::{Haste, Report, missing};
use crate::domain::card::Card;
use crate::domain::charge::State;
use crate::domain::contact::Gets;
use crate::domain::customer::Customer;
use crate::domain::money::{Currency, Money, Sums};
use crate::domain::spread::{Share, SpreadError, Wanted};
use crate::domain::text::Text;
use crate::jobs::News;
use crate::jobs::apply::{apply, total};
use crate::jobs::charge::charge;
use crate::jobs::doubt::doubt;
use crate::jobs::plan::{Agreed, NotPlanned, Plan, Wish};
use crate::jobs::request::{applied_before, repeated};
use crate::ports::Clock;
use crate::problem::{Deed, Problem, Result};
use crate::views;
use crate::wiring::Desk;

#[derive(Debug, Args)]
pub struct Take {
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
    /// The same once more, or a card that the bank refused for good
    #[arg(long)]
    again: bool,
}

impl Take {
    pub fn run(&self, session: &Session) -> Result<Report> {
        let books = session.books()?;
        let mut wish = self.wish(session, &books)?;
        let desk = Desk::of(&session.config, &books)?;
        let outlook = desk.outlook(&books, session.clock.now());
        if let Some(shares) = applied_before(books.read(), &wish)? {
            return Ok(applied_already(session, &wish, &shares));
        }
        let earlier = repeated(books.read(), &wish)?;
        let is_new = earlier.is_none();
        // What was not made may be made now, and is asked about like any other.
        let settled = earlier.filter(|earlier| earlier.attempt.state != State::NotMade);
        if let Some(earlier) = settled.as_ref().filter(|_| session.dry_run) {
            return charge_report(books.read(), earlier.id);
        }
        // A request that was tried at a card stays that charge's.
        if is_new
            && let Err(NotPlanned::Spread(SpreadError::CreditsCoverAll { shares })) =
                outlook.plan(books.read(), &wish, session.today(&books)?)
        {
            return pay_from_credit(session, books, &desk, &wish, &shares);
        }
        if session.dry_run {
            let plan = outlook.plan(books.read(), &wish, session.today(&books)?)?;
            let mut report = planned(books.read(), &plan, self.no_email)?;
            let doubt = doubt(books.read(), &wish, &plan, session.clock.now())?;
            report.warnings.extend(doubt.map(|doubt| doubt.to_string()));
            return Ok(report);
        }
        if settled.is_none() && !session.yes {
            let plan = outlook.plan(books.read(), &wish, session.today(&books)?)?;
            let cautions = cautions(books.read(), &plan)?;
            let mail_to = mail_to(books.read(), &plan, self.no_email)?;
            let text = plan_text(&plan, &cautions, &mail_to);
            session.terminal.say(&text);
            let doubt = doubt(books.read(), &wish, &plan, session.clock.now())?;
            if let Some(doubt) = doubt.as_ref().filter(|_| session.terminal.may_ask) {
                session.terminal.say(&format!("warning: {doubt}"));
            }
            let question = format!(
                "Charge {} to {} of {}{}?",
                plan.spread.charged,
                plan.card.name(),
                plan.customer.name,
                if doubt.is_some() { " all the same" } else { "" }
            );
            session.terminal.confirm(&question, "--yes")?;
            wish.agreed = Some(Agreed::to(&plan));
            // What comes up meanwhile was not said.
            wish.again |= doubt.is_some();
        }
        let mut warnings = Vec::new();
        if settled.is_none()
            && session.yes
            // Why there is no plan is said by the charge itself.
            && let Ok(plan) = outlook.plan(books.read(), &wish, session.today(&books)?)
        {
            warnings = cautions(books.read(), &plan)?;
            for caution in &warnings {
                session.terminal.say(&format!("warning: {caution}"));
            }
        }
        let zone = books.read().facts()?.zone;
        let tell = |news: &News| told(session, &zone, news);
        let mut world = session.world(books, &desk, &tell);
        let charged = match charge(&mut world, &wish) {
            Ok(charged) => charged,
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
            charge_report(world.books.read(), charged.charge).unwrap_or_else(|problem| Report {
                problem: Some(unreadable(&charged, &problem)),
                ..Report::default()
            });
        if charged.repeated {
            report.text = format!(
                "This request was made before; this is its result.\n{}",
                report.text
            );
        }
        if let Some(problem) = charged.not_made {
            let fact = format!("{} was not made", charged.charge);
            report.problem = Some(problem.at(fact).nothing_was(Deed::Charged));
        }
        if session.terminal.json {
            report.warnings.extend(warnings);
        }
        report.posts_mail = Some(Haste::Brief);
        session.finish(world.books);
        Ok(report)
    }

    fn wish(&self, session: &Session, books: &Books) -> Result<Wish> {
        let book = books.read();
        let customer = match &self.customer {
            Some(word) => customer(session, book, word)?,
            None => ask_customer(session, book, &WHOSE_CARD)?,
        };
        let is_said = self.all_due || self.amount.is_some() || !self.invoice.is_empty();
        // Told before anything is ticked.
        if session.terminal.may_ask
            && !is_said
            && !self.use_credits
            && let Some(problem) = no_card(book, &customer, self.card.as_deref())
        {
            return Err(problem);
        }
        let card = self.which_card(session, book, &customer)?;
        let request_id = match &self.request_id {
            // As a book has it from before the rule: else it would be another charge.
            Some(typed) if book.charge_by_request(typed)?.is_some() => Some(typed.clone()),
            Some(typed) => Some(Text::RequestId.read(typed)?),
            None => None,
        };
        Ok(Wish {
            wanted: self.wanted(session, book, &customer)?,
            card,
            customer,
            use_credits: self.use_credits,
            memo: memo(self.memo.as_deref())?,
            wants_mail: !self.no_email,
            request_id,
            agreed: None,
            due: None,
            again: self.again,
        })
    }

    /// The named card; without a name and a default, the one a person chooses.
    fn which_card(
        &self,
        session: &Session,
        book: Reader<'_>,
        customer: &Customer,
    ) -> Result<Option<String>> {
        let id = |card: &Card| Some(card.id.to_string());
        if let Some(word) = &self.card {
            // As it was typed where it says enough: a repetition is known by it.
            return match &book.cards_meant(customer, word)?[..] {
                [_, _, ..] => card(session, book, customer, word).map(|card| id(&card)),
                _ => Ok(Some(word.clone())),
            };
        }
        let undecided = book
            .find_card(customer, None)
            .is_err_and(|problem| problem.code() == "which_card");
        // A request that has an id is a script's, and known by what it said.
        let asks = !session.yes && !session.dry_run && self.request_id.is_none();
        if !undecided && !asks {
            return Ok(None);
        }
        let chosen = choose_card(session, book, customer)?;
        Ok(chosen.and_then(|card| id(&card)))
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
                amount: Money::typed(amount, currency)?,
                except: self.exclude.clone(),
                on_account: self.on_account,
            });
        }
        if !self.invoice.is_empty() {
            return Ok(Wanted::Invoices(
                self.invoice
                    .iter()
                    .map(|text| pick(session, book, customer, text))
                    .collect::<Result<_>>()?,
            ));
        }
        match self.ask_wanted(session, book, customer)? {
            Some(wanted) => Ok(wanted),
            None if book.open_invoices(Some(customer.id))?.is_empty() => Err(Problem::refused(
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

/// How a person says what to charge.
#[derive(Clone, Copy)]
enum Way {
    Ticked,
    AllDue,
    Amount,
}

impl Take {
    /// Lets a person say what to charge; `None` where nothing is open, or
    /// nobody can be asked.
    fn ask_wanted(
        &self,
        session: &Session,
        book: Reader<'_>,
        customer: &Customer,
    ) -> Result<Option<Wanted>> {
        let open = book.open_invoices(Some(customer.id))?;
        if open.is_empty() || !session.terminal.may_ask {
            return Ok(None);
        }
        let today = session.today_in(book)?;
        let mut due = Sums::default();
        for invoice in open.iter().filter(|invoice| invoice.is_due(today)) {
            due.add(invoice.open);
        }
        let mut ways = vec![(Way::Ticked, "the invoices that I tick".to_owned())];
        if !due.each().is_empty() && self.exclude.is_empty() {
            let all = format!("all that is due: {}", joined(due.each()));
            ways.push((Way::AllDue, all));
        }
        if !self.use_credits {
            let amount = "an amount, on the oldest due invoices first".to_owned();
            ways.push((Way::Amount, amount));
        }
        let lines: Vec<String> = ways.iter().map(|(_, line)| line.clone()).collect();
        let chosen = match &lines[..] {
            [_] => None,
            lines => session.terminal.choose("What to charge", lines)?,
        };
        let except = self.exclude.clone();
        Ok(match ways[chosen.unwrap_or(0)].0 {
            Way::Ticked => tick_invoices(session, book, customer)?.map(Wanted::Invoices),
            Way::AllDue => Some(Wanted::AllDue { except }),
            Way::Amount => {
                let currency = book.facts()?.currency;
                let read = |text: &str| amount(text, currency);
                Some(Wanted::Amount {
                    amount: ask(session, "How much", "--amount A", read)?,
                    except,
                    on_account: false,
                })
            }
        })
    }
}

/// Money on account pays all of it, and the card is left alone.
fn pay_from_credit(
    session: &Session,
    books: Books,
    desk: &Desk,
    wish: &Wish,
    shares: &[Share],
) -> Result<Report> {
    let plan = shares_table(shares);
    let amount = total(shares).map_or_else(String::new, |amount| amount.to_string());
    let code = &wish.customer.code;
    let data = from_credits(session, wish, shares);
    if session.dry_run {
        let text = format!(
            "would pay {amount} of {code} from money on account\n{plan}nothing was applied, and no card is charged (dry run)"
        );
        return Ok(Report::new("dues.credit_applied/1", data, text));
    }
    if !session.yes {
        let question = format!("Pay {amount} of {code} from money on account? No card is charged.");
        session.terminal.say(plan.trim_end());
        session.terminal.confirm(&question, "--yes")?;
    }
    let mut world = session.world(books, desk, &|_| ());
    apply(&mut world, wish, shares)?;
    session.finish(world.books);
    let text =
        format!("Paid {amount} of {code} from money on account; no card was charged.\n{plan}");
    let mut report = Report::new("dues.credit_applied/1", data, text.trim_end().to_owned());
    report.posts_mail = Some(Haste::Brief);
    Ok(report)
}

/// A script repeats what was paid from money on account: nothing is paid twice.
fn applied_already(session: &Session, wish: &Wish, shares: &[Share]) -> Report {
    let text = format!(
        "This request was made before; this is its result.\nPaid {} of {} from money on account; no card was charged.\n{}",
        total(shares).map_or_else(String::new, |amount| amount.to_string()),
        wish.customer.code,
        shares_table(shares)
    );
    let data = from_credits(session, wish, shares);
    Report::new("dues.credit_applied/1", data, text.trim_end().to_owned())
}

fn from_credits(session: &Session, wish: &Wish, shares: &[Share]) -> Value {
    json!({
        "dry_run": session.dry_run, "customer": wish.customer.code, "amount": Value::Null,
        "from_credits": total(shares).map(views::money),
        "plan": shares.iter().map(views::share).collect::<Vec<_>>(),
    })
}

/// Where the confirmation goes.
fn mail_to(book: Reader<'_>, plan: &Plan, no_email: bool) -> Result<Vec<String>> {
    if no_email {
        return Ok(Vec::new());
    }
    book.addresses(&plan.customer, Gets::Receipts)
}

fn planned(book: Reader<'_>, plan: &Plan, no_email: bool) -> Result<Report> {
    let mail_to = mail_to(book, plan, no_email)?;
    let data = json!({
        "dry_run": true, "customer": plan.customer.code, "amount": views::money(plan.spread.charged),
        "card": views::which_card(&plan.card),
        "plan": plan.spread.shares.iter().map(views::share).collect::<Vec<_>>(),
        "from_credits": views::money(plan.spread.from_credits()),
        "unapplied": views::money(plan.spread.unapplied),
        "mail": mail_to,
    });
    let text = format!(
        "would charge {}\nnothing was charged (dry run)",
        plan_text(plan, &cautions(book, plan)?, &mail_to)
    );
    Ok(Report::new("dues.charge_plan/1", data, text))
}
