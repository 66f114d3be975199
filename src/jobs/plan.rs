//! Plans a charge: whose card, for what, and whether it may be. Changes nothing.

use jiff::civil::{Date, Time};
use thiserror::Error;

use crate::books::Reader;
use crate::domain::authorization::{Consent, Demand, NotAuthorized};
use crate::domain::card::{Card, Expiry};
use crate::domain::charge::State;
use crate::domain::credit::Credit;
use crate::domain::customer::Customer;
use crate::domain::ids::{CardId, ChargeId};
use crate::domain::invoice::Invoice;
use crate::domain::label::{LabelError, require_room};
use crate::domain::money::Money;
use crate::domain::rules;
use crate::domain::schedule::Name;
use crate::domain::spread::{Pick, Spread, SpreadError, Wanted, spread};
use crate::problem::{Deed, Kind, Problem};

/// What the bookkeeper asks for.
#[derive(Debug, Clone)]
pub struct Wish {
    pub customer: Customer,
    /// Last four, nickname; `None`: the default card.
    pub card: Option<String>,
    pub wanted: Wanted,
    pub use_credits: bool,
    pub memo: Option<String>,
    pub wants_mail: bool,
    /// A script's own id: the same id never makes a second charge.
    pub request_id: Option<String>,
    /// What was shown and agreed to; anything else is not charged.
    pub agreed: Option<Agreed>,
    /// The occurrence it is for; `None`: a person asks for it now.
    pub due: Option<Due>,
    /// Charged whatever [`doubt`](super::doubt) there is.
    pub again: bool,
}

/// A charge that was agreed beforehand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    pub name: Name,
    /// The card that was agreed; `None`: the default one.
    pub card: Option<CardId>,
    /// When it is charged: the planned day, or where it was moved.
    pub due_on: Date,
    pub at: Time,
    /// What one charge has no room for is left to the next.
    pub in_parts: bool,
    /// The most that the agreement lets one charge take; what fits is charged.
    pub most: Option<Money>,
}

/// What a person said yes to: this card, for these shares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    card: CardId,
    spread: Spread,
}

impl Agreed {
    /// The yes to a plan.
    #[must_use]
    pub fn to(plan: &Plan) -> Self {
        Self {
            card: plan.card.id,
            spread: plan.spread.clone(),
        }
    }
}

/// What would be charged, and where it would go.
#[derive(Debug, Clone)]
pub struct Plan {
    pub customer: Customer,
    pub card: Card,
    /// The consent it rests on.
    pub consent: Consent,
    pub spread: Spread,
    /// The wanted invoices that are left to the next charge.
    pub later: Vec<String>,
    /// The wanted invoices that no charge can take under the agreement's most.
    pub above: Vec<(String, Money)>,
    /// The invoices of it that are on hold, and why: nothing is charged for
    /// these by itself, but a person may.
    pub held: Vec<(String, String)>,
    pub on: Date,
}

/// The rule that stands against a charge.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotPlanned {
    /// It could be the same money again.
    #[error(
        "nobody knows yet whether {charge} took {amount} from {customer}; nothing more was charged"
    )]
    EarlierIsUnknown {
        charge: ChargeId,
        state: State,
        amount: Money,
        /// The customer's code.
        customer: String,
    },
    /// Money on account reserves nothing that would keep the same from being
    /// charged again.
    #[error("the gateway is still deciding {0}; nothing was put on account besides")]
    EarlierIsPending(ChargeId),
    #[error("{0} is archived, and not charged")]
    CustomerIsArchived(String),
    #[error("the book changed while you were asked")]
    NotAsAgreed,
    #[error("{card} of {customer} is disabled")]
    CardIsDisabled { card: String, customer: String },
    #[error("{card} of {customer} expired in {expiry}")]
    CardHasExpired {
        card: String,
        customer: String,
        expiry: Expiry,
    },
    #[error("{customer} has not authorized {card} to be charged")]
    NoConsent {
        card: String,
        last4: String,
        customer: String,
    },
    #[error(transparent)]
    BeyondConsent(#[from] NotAuthorized),
    #[error("{}", beyond(*.amount, *.most))]
    AboveAgreed { amount: Money, most: Money },
    #[error(transparent)]
    Spread(#[from] SpreadError),
    #[error(transparent)]
    Label(#[from] LabelError),
    /// What stands against it outside the plan.
    #[error("{0}")]
    Outside(Problem),
    /// The book has no such card or invoice, or several.
    #[error("{0}")]
    NotFound(Problem),
    /// No rule: the book cannot be read.
    #[error("{0}")]
    Book(Problem),
}

/// `6000.00 USD is more than the 5000.00 USD that autopay may take`
pub(super) fn beyond(amount: Money, most: Money) -> String {
    if amount.currency() == most.currency() {
        format!("{amount} is more than the {most} that autopay may take")
    } else {
        format!("{amount} is in another currency than the {most} that autopay may take")
    }
}

/// What reading the book came to: it has not what was named, or is not to be read.
impl From<Problem> for NotPlanned {
    fn from(problem: Problem) -> Self {
        match problem.kind() {
            Kind::Refused | Kind::Usage => Self::NotFound(problem),
            _ => Self::Book(problem),
        }
    }
}

impl From<NotPlanned> for Problem {
    fn from(refusal: NotPlanned) -> Self {
        let message = refusal.to_string();
        match refusal {
            NotPlanned::EarlierIsUnknown { charge, state, .. } => {
                let problem = Self::new(Kind::Unknown, "outcome_unknown", message);
                match state {
                    State::Review => problem.hint(format!(
                        "A person must decide: see `dues charge review`, then `dues charge resolve {charge}`."
                    )),
                    _ => problem.hint("Run `dues charge recover` to find out, then charge again."),
                }
            }
            NotPlanned::EarlierIsPending(_) => Self::new(Kind::Unknown, "outcome_unknown", message)
                .hint("Run `dues charge recover` to hear its decision, then charge again."),
            NotPlanned::CustomerIsArchived(ref customer) => {
                let hint = format!("To charge them, first run `dues customer unarchive {customer}`.");
                Self::refused("customer_archived", message).hint(hint)
            }
            NotPlanned::NotAsAgreed => Self::refused("plan_changed", message).nothing_was(Deed::Charged)
                .hint("Run the command again to see the present plan."),
            NotPlanned::CardIsDisabled { customer, .. } => Self::refused("card_disabled", message)
                .hint(format!(
                    "Choose another card with `--card`: see `dues card list {customer}`."
                )),
            NotPlanned::CardHasExpired { .. } => Self::refused("card_expired", message)
                .hint("Ask the customer for the new card and save it at the gateway."),
            NotPlanned::NoConsent {
                customer, last4, ..
            } => Self::refused("not_authorized", message).hint(format!(
                "Record their consent: `dues card authorize {customer} {last4} --by NAME --how \"signed form\"`."
            )),
            NotPlanned::BeyondConsent(why) => why.into(),
            NotPlanned::AboveAgreed { .. } => Self::refused("above_agreed", message)
                .hint("Charge it with `dues charge`, or agree to more with `dues autopay on --max`."),
            NotPlanned::Spread(why) => why.into(),
            NotPlanned::Label(why) => why.into(),
            NotPlanned::Outside(problem)
            | NotPlanned::NotFound(problem)
            | NotPlanned::Book(problem) => problem,
        }
    }
}

type Result<T, E = NotPlanned> = std::result::Result<T, E>;

/// Plans a charge; changes nothing.
///
/// # Errors
///
/// The rule that stands against it, with what to do.
pub fn plan(book: Reader<'_>, wish: &Wish, today: Date) -> Result<Plan> {
    let customer = &wish.customer;
    refuse_while_unknown(book, customer)?;
    if book.is_archived(customer.id)? {
        return Err(NotPlanned::CustomerIsArchived(customer.code.clone()));
    }
    let spreading = spread_of(book, wish, today);
    // No card is needed then.
    if let Err(NotPlanned::Spread(covered @ SpreadError::CreditsCoverAll { .. })) = spreading {
        return Err(covered.into());
    }
    let card = chosen(book, wish)?;
    let Spreading {
        spread,
        later,
        above,
    } = spreading?;
    if spread.unapplied.is_positive() {
        refuse_while_deciding(book, customer)?;
    }
    let differs = |agreed: &Agreed| agreed.card != card.id || agreed.spread != spread;
    if wish.agreed.as_ref().is_some_and(differs) {
        return Err(NotPlanned::NotAsAgreed);
    }
    let consent = usable(book, customer, &card, today)?;
    consent.authorization.permits(&Demand {
        amount: spread.charged,
        unapplied: spread.unapplied,
        scheduled: wish.due.is_some(),
        on: today,
    })?;
    let mut held = Vec::new();
    for share in &spread.shares {
        if let Some(hold) = book.hold_on(share.invoice)? {
            held.push((share.number.clone(), hold.because));
        }
    }
    Ok(Plan {
        customer: customer.clone(),
        card,
        consent,
        spread,
        later,
        above,
        held,
        on: today,
    })
}

/// Where the money goes, and the invoices that are not part of it: left to the
/// next charge, or more than any may take.
struct Spreading {
    spread: Spread,
    later: Vec<String>,
    above: Vec<(String, Money)>,
}

fn spread_of(book: Reader<'_>, wish: &Wish, today: Date) -> Result<Spreading> {
    let mut wanted = resolved(book, wish)?;
    let (candidates, credits) = (candidates(book, wish)?, credits(book, wish)?);
    let in_parts = wish.due.as_ref().is_some_and(|due| due.in_parts);
    let (mut later, mut above) = (Vec::new(), Vec::new());
    if let (Wanted::Invoices(picks), Some(most)) =
        (&mut wanted, wish.due.as_ref().and_then(|due| due.most))
    {
        (later, above) = keep_what_fits(picks, &candidates, &credits, most);
        if let ([], Some((_, amount))) = (&picks[..], above.first()) {
            return Err(NotPlanned::AboveAgreed {
                amount: *amount,
                most,
            });
        }
    }
    loop {
        let spread = spread(&wanted, &candidates, &credits, today)?;
        let room = require_room(&spread);
        match (&mut wanted, &room) {
            (Wanted::Invoices(picks), Err(LabelError::TooMany { fit, .. })) if in_parts => {
                later = picks
                    .drain(*fit..)
                    .map(|pick| pick.number)
                    .chain(later)
                    .collect();
            }
            _ => {
                room?;
                return Ok(Spreading {
                    spread,
                    later,
                    above,
                });
            }
        }
    }
}

/// Leaves of the picks, oldest first, what the card may be charged for at once;
/// what is left to the next charge, and what is too much for any.
fn keep_what_fits(
    picks: &mut Vec<Pick>,
    invoices: &[Invoice],
    credits: &[Credit],
    most: Money,
) -> (Vec<String>, Vec<(String, Money)>) {
    let (mut later, mut above) = (Vec::new(), Vec::new());
    // What credits pay, the card is not charged for.
    let mut left = credits
        .iter()
        .map(Credit::available)
        .filter(|credit| credit.currency() == most.currency())
        .fold(most, Money::plus);
    picks.retain(|pick| {
        let mut known = invoices.iter();
        let Some(invoice) = known.find(|invoice| invoice.number == pick.number) else {
            return true;
        };
        let amount = pick.amount.unwrap_or(invoice.open);
        let fits_in =
            |room: Money| amount.currency() == room.currency() && !amount.minus(room).is_positive();
        if fits_in(left) {
            left = left.minus(amount);
            return true;
        }
        if fits_in(most) {
            later.push(pick.number.clone());
        } else {
            above.push((pick.number.clone(), amount));
        }
        false
    });
    (later, above)
}

/// The card that was agreed or is named. One that is not used any more gives
/// way to the customer's default: that is how a bank's new card takes over.
pub(super) fn chosen(book: Reader<'_>, wish: &Wish) -> Result<Card> {
    if let Some(id) = wish.due.as_ref().and_then(|due| due.card) {
        let agreed = book.card(id)?;
        if !agreed.disabled {
            return Ok(agreed);
        }
    }
    Ok(book.find_card(&wish.customer, wish.card.as_deref())?)
}

/// While the gateway decides, nothing more is put on account.
fn refuse_while_deciding(book: Reader<'_>, customer: &Customer) -> Result<()> {
    let mut open = book.open_charges()?.into_iter();
    match open.find(|charge| charge.customer == customer.id) {
        Some(charge) => Err(NotPlanned::EarlierIsPending(charge.id)),
        None => Ok(()),
    }
}

/// While nobody knows what became of a customer's last charge, a new one
/// could be the same money again.
fn refuse_while_unknown(book: Reader<'_>, customer: &Customer) -> Result<()> {
    let unknown = book
        .open_charges_of(customer.id)?
        .into_iter()
        .find(|charge| rules::keeps_others_waiting(charge.attempt.state));
    match unknown {
        Some(charge) => Err(NotPlanned::EarlierIsUnknown {
            charge: charge.id,
            state: charge.attempt.state,
            amount: charge.amount,
            customer: customer.code.clone(),
        }),
        None => Ok(()),
    }
}

/// The card may be charged: in use, not expired, and with the customer's consent.
fn usable(book: Reader<'_>, customer: &Customer, card: &Card, today: Date) -> Result<Consent> {
    let (code, name) = (customer.code.clone(), card.name());
    if card.disabled {
        return Err(NotPlanned::CardIsDisabled {
            card: name,
            customer: code,
        });
    }
    if let Some(expiry) = card.facts.expiry.filter(|expiry| expiry.has_passed(today)) {
        return Err(NotPlanned::CardHasExpired {
            card: name,
            customer: code,
            expiry,
        });
    }
    book.consent(card.id)?.ok_or(NotPlanned::NoConsent {
        card: name,
        last4: card.facts.last4.clone(),
        customer: code,
    })
}

/// The wanted invoices by their full numbers.
fn resolved(book: Reader<'_>, wish: &Wish) -> Result<Wanted> {
    let full = |word: &String| Ok(book.find_invoice(word, Some(&wish.customer))?.number);
    let all = |words: &[String]| words.iter().map(full).collect::<Result<Vec<_>>>();
    let mut wanted = wish.wanted.clone();
    match &mut wanted {
        Wanted::Invoices(picks) => {
            for pick in picks {
                pick.number = full(&pick.number)?;
            }
        }
        Wanted::AllDue { except } | Wanted::Amount { except, .. } => *except = all(except)?,
    }
    Ok(wanted)
}

/// The customer's open invoices, and the named ones whatever they are.
fn candidates(book: Reader<'_>, wish: &Wish) -> Result<Vec<Invoice>> {
    let mut invoices = book.open_invoices(Some(wish.customer.id))?;
    let named: Vec<&String> = match &wish.wanted {
        Wanted::Invoices(picks) => picks.iter().map(|pick| &pick.number).collect(),
        Wanted::AllDue { except } | Wanted::Amount { except, .. } => except.iter().collect(),
    };
    for word in named {
        let invoice = book.find_invoice(word, Some(&wish.customer))?;
        if !invoices.iter().any(|known| known.id == invoice.id) {
            invoices.push(invoice);
        }
    }
    Ok(invoices)
}

fn credits(book: Reader<'_>, wish: &Wish) -> Result<Vec<Credit>> {
    if wish.use_credits {
        Ok(book.credits_of(wish.customer.id)?)
    } else {
        Ok(Vec::new())
    }
}
