//! Who books money that came another way than by card: checks, cash, debits;
//! what they pay, and that they came back.
//!
//! A person looks, thinks, and then says what is to be done; meanwhile another
//! process may have changed what they saw.

use std::collections::HashMap;
use std::sync::Arc;

use dues::books::{Reader, Tx};
use dues::domain::allotting::Policy;
use dues::domain::credit::{AdjustmentKind, Credit};
use dues::domain::customer::Customer;
use dues::domain::ids::{InvoiceId, PaymentId, ReceiptId};
use dues::domain::invoice::{Invoice, InvoiceNumber};
use dues::domain::money::Money;
use dues::domain::payment::{Method, Payment, Receipt};
use dues::domain::spread::Pick;
use dues::jobs::World;
use dues::jobs::bounce::{Returned, bounce};
use dues::jobs::receive::{Came, Direction, Grant, Order, apply, record, sweep};
use dues::problem::Result;

use super::papers::{does, must};
use super::planted::Planted;
use super::shop::{PAYERS, of, run, usd};
use super::stage::{Owed, Stage};

/// A check as its payer wrote it.
#[derive(Debug, Clone)]
pub struct Check {
    pub book: usize,
    word: String,
    customer: &'static str,
    method: Method,
    amount: Money,
}

/// What a person does with money that is no card's.
pub fn books(stage: &Arc<Stage>, process: usize, book: usize) {
    let at = (process, book);
    match stage.below(30) {
        0..11 => money_comes(stage, at),
        11..14 => comes_again(stage, at),
        14 => comes_without_a_name(stage, at),
        15..17 => finds_whose(stage, at),
        17..21 => comes_back(stage, at),
        21..24 => applies(stage, at),
        24..27 => takes_back(stage, at),
        27 => sweeps(stage, at),
        28 => changes_the_policy(stage, at),
        _ => moves(stage, at),
    }
}

/// One of these, by chance.
pub fn any<T: Clone>(stage: &Stage, from: &[T]) -> Option<T> {
    stage.state().rng.pick(from).cloned()
}

pub fn customer(stage: &Stage, book: Reader<'_>) -> Result<Customer> {
    let code = any(stage, &PAYERS).unwrap_or("ACME");
    book.find_customer(code)
}

/// A payment of the last ones.
pub fn a_payment(
    stage: &Stage,
    book: Reader<'_>,
    is_it: impl Fn(&Payment) -> bool,
) -> Result<Option<Payment>> {
    let mut newest = Vec::new();
    for payment in book.payments(None)?.into_iter().filter(is_it).take(8) {
        newest.push(payment);
    }
    Ok(any(stage, &newest))
}

fn money_comes(stage: &Arc<Stage>, at: (usize, usize)) {
    let check = {
        let mut state = stage.state();
        let customer = state.rng.pick(&PAYERS).copied().unwrap_or("ACME");
        let method = [Method::Check, Method::Ach, Method::Cash, Method::Wire];
        let method = state.rng.pick(&method).copied().unwrap_or(Method::Check);
        let euros = customer == "DORN" && state.rng.below(2) == 0;
        let amount = of(state.rng.between(100, 9_000), euros);
        let check = Check {
            book: at.1,
            word: state.papers.new_word("CHK"),
            customer,
            method,
            amount,
        };
        state.checks.push(check.clone());
        check
    };
    comes(stage, at, &check);
}

/// Somebody has a check before them, and does not know whether it is booked.
fn comes_again(stage: &Arc<Stage>, at: (usize, usize)) {
    let recent: Vec<Check> = {
        let state = stage.state();
        let ours = state.checks.iter().rev().filter(|check| check.book == at.1);
        ours.take(8).cloned().collect()
    };
    if let Some(check) = any(stage, &recent) {
        comes(stage, at, &check);
    }
}

fn comes(stage: &Arc<Stage>, at: (usize, usize), check: &Check) {
    let was_booked = stage.state().papers.is_booked(&check.word);
    let code = check.amount.currency().code();
    let done = does(stage, at, &check.word, Some(code), |world, expected| {
        expected.one(check.amount);
        let book = world.books.read();
        let customer = book.find_customer(check.customer)?;
        let open = book.open_invoices(Some(customer.id))?;
        let direction = directed(stage, &open, check.amount);
        let short = direction.picks.first().filter(|_| stage.below(5) == 0);
        let order = Order {
            grants: short
                .map(|pick| short_by(&pick.number))
                .into_iter()
                .collect(),
            came: Came::Now {
                method: check.method,
                amount: check.amount,
                on: world.today()?,
                reference: Some(check.word.clone()),
                memo: None,
            },
            direction,
            customer,
            again: stage.planted == Some(Planted::CheckBookedAgain),
            wants_mail: stage.below(4) == 0,
        };
        stage.thinks();
        world.write(|tx| books_it(stage, tx, &order).map(|_| true))
    });
    // The customer may have changed since: then it is another's of that number.
    if was_booked && done == Some(true) {
        stage.wrong(format!("TWICE: {} is booked again", check.word));
    }
}

fn short_by(number: &str) -> Grant {
    Grant {
        number: number.to_owned(),
        kind: AdjustmentKind::ShortPay,
        amount: None,
        because: "came short".into(),
    }
}

/// What a payer says of where money is to go, or nothing.
fn directed(stage: &Stage, open: &[Invoice], money: Money) -> Direction {
    let mut direction = Direction::default();
    match stage.below(6) {
        0 | 1 => {}
        2 => direction.policy = any(stage, &Policy::ALL),
        3 => {
            direction.policy = Some(Policy::OldestDue);
            direction.except = any(stage, open).map(|it| it.number).into_iter().collect();
        }
        _ => {
            let named = any(stage, open).into_iter().chain(any(stage, open));
            for invoice in named {
                let known = direction.picks.iter().any(|it| it.number == invoice.number);
                if known || invoice.open.currency() != money.currency() {
                    continue;
                }
                let part = stage.between(1, invoice.open.minor().min(money.minor()).max(1));
                direction.picks.push(Pick {
                    amount: (stage.below(2) == 0).then(|| Money::of(part, money.currency())),
                    number: invoice.number,
                });
            }
            direction.policy = (stage.below(3) == 0).then_some(Policy::Oldest);
        }
    }
    direction
}

/// Books it, and holds what it paid against what was said.
fn books_it(stage: &Stage, tx: &Tx<'_>, order: &Order) -> Result<PaymentId> {
    let book = tx.read();
    let said = Said::before(book, &order.customer, &order.direction)?;
    let mut order = order.clone();
    if stage.planted == Some(Planted::PolicyIgnored) {
        order.direction.policy = Some(Policy::OldestDue);
    }
    let id = record(tx, &order)?;
    let payment = book.payment(id)?;
    said.must_be_followed(book, &payment.credit, payment.amount)?;
    Ok(id)
}

/// What was open before, and how money was to be spread over it.
struct Said {
    open: Vec<Invoice>,
    held: Vec<InvoiceId>,
    picks: Vec<Pick>,
    policy: Policy,
    except: Vec<String>,
    /// What the credit had paid before, by the invoice.
    paid: HashMap<String, Money>,
}

impl Said {
    fn before(book: Reader<'_>, customer: &Customer, direction: &Direction) -> Result<Self> {
        let own = match direction.policy {
            None if direction.picks.is_empty() => book.policy_of(customer.id)?,
            None => Policy::None,
            Some(policy) => policy,
        };
        Ok(Self {
            open: book.open_invoices(Some(customer.id))?,
            held: book.held_invoices(customer.id)?,
            picks: direction.picks.clone(),
            policy: own,
            except: direction.except.clone(),
            paid: HashMap::new(),
        })
    }

    fn and_paid(mut self, book: Reader<'_>, credit: &Credit) -> Result<Self> {
        let paid = book.allocations_of(credit.name.id)?;
        self.paid = paid.into_iter().map(|it| (it.number, it.amount)).collect();
        Ok(self)
    }

    /// # Errors
    ///
    /// Money went elsewhere than was said.
    fn must_be_followed(&self, book: Reader<'_>, credit: &Credit, free: Money) -> Result<()> {
        let mut went: HashMap<String, i64> = HashMap::new();
        for part in book.allocations_of(credit.name.id)? {
            let before = self.paid.get(&part.number).map_or(0, |it| it.minor());
            if part.amount.minor() != before {
                went.insert(part.number, part.amount.minor() - before);
            }
        }
        for pick in self.picks.iter().filter(|pick| pick.amount.is_some()) {
            let asked = pick.amount.map_or(0, Money::minor);
            let got = went.get(&pick.number).copied();
            must(got == Some(asked), || {
                format!("{} was to have {asked}, and has {got:?}", pick.number)
            })?;
        }
        let named = |number: &str| self.picks.iter().any(|pick| pick.number == number);
        let mut to_others = went.iter().filter(|(number, _)| !named(number)).peekable();
        must(
            self.policy != Policy::None || to_others.peek().is_none(),
            || "it was to stay on account".to_owned(),
        )?;
        let left = free.minor() - went.values().sum::<i64>();
        must(left >= 0, || "more went than came".to_owned())?;
        let all_of_it = self.policy == Policy::Exact && to_others.peek().is_some();
        must(!all_of_it || left == 0, || {
            "it was not exactly that".to_owned()
        })?;
        let is_free = |it: &&Invoice| {
            it.open.currency() == free.currency()
                && it.available().is_positive()
                && !self.held.contains(&it.id)
                && !self.except.contains(&it.number)
                && !named(&it.number)
        };
        let mut eligible: Vec<&Invoice> = self.open.iter().filter(is_free).collect();
        for (number, _) in to_others {
            must(eligible.iter().any(|it| it.number == *number), || {
                format!("{number} was not to be paid by it")
            })?;
        }
        match self.policy {
            Policy::OldestDue => eligible.sort_by_key(|it| it.due_on),
            Policy::Oldest => eligible.sort_by_key(|it| it.issued_on),
            Policy::Exact | Policy::None => return Ok(()),
        }
        // Nobody is passed over: until one is not paid in full, all before it are.
        let day = |it: &Invoice| match self.policy {
            Policy::Oldest => it.issued_on,
            _ => it.due_on,
        };
        let rest =
            |it: &&&Invoice| went.get(&it.number).copied().unwrap_or(0) < it.available().minor();
        let Some(first) = eligible.iter().find(rest) else {
            return Ok(());
        };
        let later = eligible.iter().filter(|it| day(it) > day(first));
        let passed_over = later.into_iter().any(|it| went.contains_key(&it.number));
        must(left == 0 && !passed_over, || {
            format!("{} was passed over, {left} is left", first.number)
        })
    }
}

fn comes_without_a_name(stage: &Arc<Stage>, at: (usize, usize)) {
    let word = stage.state().papers.new_word("WIRE");
    let amount = usd(stage.between(100, 9_000));
    does(stage, at, &word, Some("USD"), |world, expected| {
        expected.one(amount);
        let receipt = Receipt {
            id: ReceiptId(0),
            method: Method::Wire,
            amount,
            received_on: world.today()?,
            reference: Some(word.clone()),
            payer: None,
            memo: None,
            payment: None,
        };
        world.write(|tx| tx.receive_unidentified(&receipt).map(|_| true))
    });
}

fn finds_whose(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "say whose it is", |world| {
        let book = world.books.read();
        let Some(receipt) = any(stage, &book.unidentified()?) else {
            return Ok(());
        };
        let customer = customer(stage, book)?;
        let open = book.open_invoices(Some(customer.id))?;
        let order = Order {
            direction: directed(stage, &open, receipt.amount),
            came: Came::Before(receipt),
            customer,
            grants: Vec::new(),
            again: false,
            wants_mail: false,
        };
        stage.thinks();
        world.write(|tx| books_it(stage, tx, &order).map(drop))
    });
}

fn comes_back(stage: &Arc<Stage>, at: (usize, usize)) {
    let (word, fee) = {
        let mut state = stage.state();
        let fee = state.rng.below(3) == 0;
        let fee = fee.then(|| state.papers.new_word("FEE"));
        (state.papers.new_word("NSF"), fee)
    };
    let booked_before = fee.clone();
    does(stage, at, &word, None, |world, expected| {
        let book = world.books.read();
        let is_it = |it: &Payment| it.method != Method::Card && it.left().is_positive();
        let Some(payment) = a_payment(stage, book, is_it)? else {
            return Ok(false);
        };
        expected.one(payment.amount);
        let total = Money::of(2_500, payment.amount.currency());
        if let Some(number) = &fee {
            let owed = Owed {
                book: at.1,
                customer: code_of(&book.customer(payment.customer)?),
                total: total.minor(),
                euros: total.currency().code() == "EUR",
            };
            stage.state().invoices.insert(number.clone(), owed);
        }
        let returned = Returned {
            because: word.clone(),
            on: world.today()?,
            fee: fee.as_ref().map(|number| (numbered(number), total)),
            wants_mail: stage.below(4) == 0,
        };
        stage.thinks();
        world.write(|tx| {
            let book = tx.read();
            let paid = book.allocations_of(payment.credit.name.id)?;
            bounce(tx, &payment, &returned)?;
            let after = book.payment(payment.id)?;
            must(
                after.left().is_zero() && after.credit.open.is_zero(),
                || format!("{} came back, and some of it is here", payment.id),
            )?;
            for part in paid {
                let open = book.find_invoice(&part.number, None)?.open;
                must(
                    !part.left.plus(part.amount).minus(open).is_positive(),
                    || format!("{} is not open again by {}", part.number, part.amount),
                )?;
            }
            Ok(true)
        })
    });
    if let Some(number) = booked_before {
        forgets_unless_there(stage, at.1, &number);
    }
}

/// The code by which the shop knows a customer.
pub fn code_of(customer: &Customer) -> &'static str {
    let known = PAYERS.iter().find(|code| **code == customer.code);
    known.copied().unwrap_or("ACME")
}

pub fn numbered(word: &str) -> InvoiceNumber {
    InvoiceNumber::parse(word).expect("the simulator's own numbers")
}

/// An invoice that was to be made, and was not, is none of the shop's.
pub fn forgets_unless_there(stage: &Stage, book: usize, number: &str) {
    let mut guard = stage.state();
    let state = &mut *guard;
    let is_there: bool = state.desks[book]
        .inspect()
        .query_row(
            "select exists (select 1 from invoices where number = ?1)",
            [number],
            |row| row.get(0),
        )
        .expect("the invoices can be read");
    if !is_there {
        state.invoices.remove(number);
    }
}

fn applies(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "apply a payment", |world| {
        let book = world.books.read();
        let is_it = |it: &Payment| it.credit.available().is_positive();
        let Some(payment) = a_payment(stage, book, is_it)? else {
            return Ok(());
        };
        let customer = book.customer(payment.customer)?;
        let open = book.open_invoices(Some(customer.id))?;
        let direction = directed(stage, &open, payment.credit.available());
        stage.thinks();
        world.write(|tx| {
            let book = tx.read();
            let free = book.credit(payment.credit.name.id)?.available();
            let said = Said::before(book, &customer, &direction)?;
            let said = said.and_paid(book, &payment.credit)?;
            apply(tx, &payment.credit, &direction)?;
            said.must_be_followed(book, &payment.credit, free)
        })
    });
}

fn takes_back(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(
        stage,
        process,
        book,
        "take back what was applied",
        |world| {
            let book = world.books.read();
            let Some(payment) = a_payment(stage, book, |it| it.left().is_positive())? else {
                return Ok(());
            };
            let applied = book.allocations_of(payment.credit.name.id)?;
            let Some(part) = any(stage, &applied) else {
                return Ok(());
            };
            let amount = match stage.below(2) {
                0 => part.amount,
                _ => Money::of(
                    stage.between(1, part.amount.minor().max(1)),
                    part.amount.currency(),
                ),
            };
            stage.thinks();
            world.write(|tx| {
                let book = tx.read();
                let today = tx.open_day(tx.today()?)?;
                let before = book.find_invoice(&part.number, None)?.open;
                let on_account = book.credit(payment.credit.name.id)?.open;
                tx.unapply(&payment.credit, &part, amount, today)?;
                let open = book.find_invoice(&part.number, None)?.open;
                let now = book.credit(payment.credit.name.id)?.open;
                must(
                    open == before.plus(amount) && now == on_account.plus(amount),
                    || format!("{amount} of {} was to be on account", part.number),
                )
            })
        },
    );
}

fn sweeps(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "apply all money", |world| {
        world.write(|tx| {
            sweep(tx)?;
            let book = tx.read();
            for customer in book.customers_with_credit()? {
                if matches!(book.policy_of(customer.id)?, Policy::None | Policy::Exact) {
                    continue;
                }
                let held = book.held_invoices(customer.id)?;
                let mut open = book.open_invoices(Some(customer.id))?;
                open.retain(|it| it.available().is_positive() && !held.contains(&it.id));
                for credit in book.credits_of(customer.id)? {
                    let same = |it: &&Invoice| it.open.currency() == credit.amount.currency();
                    let room = open.iter().find(same);
                    let idle = credit.available().is_positive() && room.is_some();
                    must(!idle, || format!("{} was left, and {room:?}", credit.name))?;
                }
            }
            Ok(())
        })
    });
}

fn changes_the_policy(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(
        stage,
        process,
        book,
        "change a policy",
        |world: &mut World<'_>| {
            let customer = customer(stage, world.books.read())?;
            let policy = any(stage, &Policy::ALL).unwrap_or_default();
            world.write(|tx| tx.set_policy(&customer, policy))
        },
    );
}

fn moves(stage: &Arc<Stage>, (process, book): (usize, usize)) {
    let _ = run(stage, process, book, "move a payment", |world| {
        let book = world.books.read();
        let is_it = |it: &Payment| it.method != Method::Card && it.left().is_positive();
        let Some(payment) = a_payment(stage, book, is_it)? else {
            return Ok(());
        };
        let to = customer(stage, book)?;
        stage.thinks();
        world.write(|tx| {
            let book = tx.read();
            let (moved, _) = tx.move_payment(&payment, &to)?;
            let (old, new) = (book.payment(payment.id)?, book.payment(moved)?);
            must(
                old.left().is_zero() && new.credit.open == payment.amount,
                || format!("{} is not whole at {}", payment.id, to.code),
            )
        })
    });
}
