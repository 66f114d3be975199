//! The double-entry journal: what each fact of the book means to the accounts.
//!
//! Derived, never stored: a pure function makes one entry of each fact, so the
//! journal cannot disagree with the facts, only show where they disagree with
//! each other.
//!
//! ```text
//! fact                 debit                     credit
//! invoice issued       receivable of customer    sales
//! invoice voided       sales                     receivable of customer
//! receipt without name bank                      suspense
//! payment received     clearing, bank, suspense  unapplied of customer
//! credit memo issued   returns                   unapplied of customer
//! invoice adjusted     write-offs, discounts     unapplied of customer
//! allocation made      unapplied of payer        receivable of debtor
//! money given back     unapplied of customer     clearing or bank
//! credit reversed      unapplied of customer     where it had come from
//! dispute fee          fees                      clearing or bank
//! ```
//!
//! What is taken back from an invoice, what a bank sends back of a refund, and
//! what a dispute that is won brings back, is the same with a negative amount.

use jiff::civil::Date;

use super::credit::{AdjustmentKind, Source};
use super::ids::{CustomerId, DisputeId, InvoiceId, PaymentId, ReceiptId, RefundId};
use super::money::Money;
use super::payment::Method;

/// Where money is, or is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// What a customer owes.
    Receivable(CustomerId),
    Sales,
    /// Money that a gateway has taken, or given back, and not yet settled with us.
    Clearing(String),
    /// Money that came any other way. What an imported invoice had paid in its
    /// old system comes as [`Method::Other`].
    Bank(Method),
    /// Money that came and that nobody can name yet.
    Suspense,
    /// A customer's credits: what no invoice has used.
    Unapplied(CustomerId),
    /// What credit memos took off the sales.
    Returns,
    /// What is not asked for any more, by kind.
    Adjusted(AdjustmentKind),
    /// What disputes cost.
    DisputeFees,
}

/// Something that happened, as the book has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The day it counts for, in the book's zone.
    pub on: Date,
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    InvoiceIssued {
        invoice: InvoiceId,
        customer: CustomerId,
        total: Money,
    },
    InvoiceVoided {
        invoice: InvoiceId,
        customer: CustomerId,
        total: Money,
    },
    PaymentReceived {
        payment: PaymentId,
        customer: CustomerId,
        amount: Money,
        /// [`Account::Clearing`], [`Account::Bank`] or [`Account::Suspense`].
        into: Account,
    },
    /// Money that came without a name.
    ReceiptTaken {
        receipt: ReceiptId,
        amount: Money,
        into: Account,
    },
    /// A credit that no money brought: a credit memo, an adjustment.
    CreditGranted {
        credit: Source,
        customer: CustomerId,
        amount: Money,
        /// [`Account::Returns`] or [`Account::Adjusted`].
        from: Account,
    },
    /// A credit that fell away; with a negative amount, it came back.
    CreditReversed {
        credit: Source,
        customer: CustomerId,
        amount: Money,
        /// Where it had come from.
        into: Account,
    },
    DisputeFeeTaken {
        dispute: DisputeId,
        amount: Money,
        from: Account,
    },
    /// A credit applied to an invoice; with a negative amount, taken back.
    AllocationMade {
        credit: Source,
        payer: CustomerId,
        /// In the credit's currency.
        used: Money,
        invoice: InvoiceId,
        debtor: CustomerId,
        /// The same, in the invoice's currency.
        paid: Money,
    },
    /// Money of a credit that left us; with a negative amount, the bank sent it back.
    MoneyGivenBack {
        refund: RefundId,
        customer: CustomerId,
        amount: Money,
        /// Where the payment had come in.
        from: Account,
    },
}

/// An amount on an account: a debit is positive, a credit negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    pub account: Account,
    pub amount: Money,
}

/// What one fact does to the accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub on: Date,
    /// Never of nothing: an account that a fact leaves as it was has none.
    pub postings: Vec<Posting>,
}

impl Entry {
    /// The entry of a fact.
    #[must_use]
    pub fn of(fact: &Fact) -> Self {
        let (debit, credit) = match &fact.event {
            Event::InvoiceIssued {
                customer, total, ..
            } => (
                debit(Account::Receivable(*customer), *total),
                credit(Account::Sales, *total),
            ),
            Event::InvoiceVoided {
                customer, total, ..
            } => (
                debit(Account::Sales, *total),
                credit(Account::Receivable(*customer), *total),
            ),
            Event::PaymentReceived {
                customer,
                amount,
                into,
                ..
            } => (
                debit(into.clone(), *amount),
                credit(Account::Unapplied(*customer), *amount),
            ),
            Event::ReceiptTaken { amount, into, .. } => (
                debit(into.clone(), *amount),
                credit(Account::Suspense, *amount),
            ),
            Event::CreditGranted {
                customer,
                amount,
                from,
                ..
            } => (
                debit(from.clone(), *amount),
                credit(Account::Unapplied(*customer), *amount),
            ),
            Event::CreditReversed {
                customer,
                amount,
                into,
                ..
            } => (
                debit(Account::Unapplied(*customer), *amount),
                credit(into.clone(), *amount),
            ),
            Event::DisputeFeeTaken { amount, from, .. } => (
                debit(Account::DisputeFees, *amount),
                credit(from.clone(), *amount),
            ),
            Event::AllocationMade {
                payer,
                used,
                debtor,
                paid,
                ..
            } => (
                debit(Account::Unapplied(*payer), *used),
                credit(Account::Receivable(*debtor), *paid),
            ),
            Event::MoneyGivenBack {
                customer,
                amount,
                from,
                ..
            } => (
                debit(Account::Unapplied(*customer), *amount),
                credit(from.clone(), *amount),
            ),
        };
        let mut postings = vec![debit, credit];
        postings.retain(|posting| !posting.amount.is_zero());
        Self {
            on: fact.on,
            postings,
        }
    }

    /// Debits and credits are the same, in each currency on its own.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.postings.iter().all(|one| {
            let currency = one.amount.currency();
            self.postings
                .iter()
                .filter(|other| other.amount.currency() == currency)
                .map(|other| i128::from(other.amount.minor()))
                .sum::<i128>()
                == 0
        })
    }

    /// It moves nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.postings.is_empty()
    }
}

fn debit(account: Account, amount: Money) -> Posting {
    Posting { account, amount }
}

fn credit(account: Account, amount: Money) -> Posting {
    // Only a damaged book holds what cannot be turned; its entry then does not balance.
    let turned = amount.minor().saturating_neg();
    Posting {
        account,
        amount: Money::of(turned, amount.currency()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::CreditMemoId;
    use crate::domain::money::Currency;
    use jiff::civil::date;

    const ROSA: CustomerId = CustomerId(1);

    fn money(minor: i64, code: &str) -> Money {
        Money::of(minor, Currency::parse(code).unwrap())
    }

    fn entry(event: Event) -> Entry {
        Entry::of(&Fact {
            on: date(2026, 11, 22),
            event,
        })
    }

    fn applied(used: Money, paid: Money) -> Entry {
        entry(Event::AllocationMade {
            credit: Source::Payment(PaymentId(7)),
            payer: ROSA,
            used,
            invoice: InvoiceId(3),
            debtor: ROSA,
            paid,
        })
    }

    fn given_back(amount: Money) -> Entry {
        entry(Event::MoneyGivenBack {
            refund: RefundId(2),
            customer: ROSA,
            amount,
            from: Account::Clearing("stripe".into()),
        })
    }

    fn sides(entry: &Entry) -> Vec<(Account, i64)> {
        let postings = entry.postings.iter();
        postings
            .map(|one| (one.account.clone(), one.amount.minor()))
            .collect()
    }

    /// The table at the top of this file, fact by fact.
    #[test]
    fn each_fact_has_its_two_sides() {
        let (invoice, payment) = (InvoiceId(3), PaymentId(7));
        let total = money(412_40, "USD");
        let received = |into: Account| Event::PaymentReceived {
            payment,
            customer: ROSA,
            amount: total,
            into,
        };
        let clearing = Account::Clearing("stripe".into());
        let check = Account::Bank(Method::Check);
        let (receivable, unapplied) = (Account::Receivable(ROSA), Account::Unapplied(ROSA));
        let table = [
            (
                entry(Event::InvoiceIssued {
                    invoice,
                    customer: ROSA,
                    total,
                }),
                receivable.clone(),
                Account::Sales,
            ),
            (
                entry(Event::InvoiceVoided {
                    invoice,
                    customer: ROSA,
                    total,
                }),
                Account::Sales,
                receivable.clone(),
            ),
            (
                entry(received(clearing.clone())),
                clearing.clone(),
                unapplied.clone(),
            ),
            (
                entry(received(check.clone())),
                check.clone(),
                unapplied.clone(),
            ),
            (
                entry(Event::ReceiptTaken {
                    receipt: ReceiptId(1),
                    amount: total,
                    into: check.clone(),
                }),
                check.clone(),
                Account::Suspense,
            ),
            (
                entry(received(Account::Suspense)),
                Account::Suspense,
                unapplied.clone(),
            ),
            (
                entry(Event::CreditGranted {
                    credit: Source::CreditMemo(CreditMemoId(4)),
                    customer: ROSA,
                    amount: total,
                    from: Account::Returns,
                }),
                Account::Returns,
                unapplied.clone(),
            ),
            (
                entry(Event::CreditReversed {
                    credit: Source::Payment(payment),
                    customer: ROSA,
                    amount: total,
                    into: check.clone(),
                }),
                unapplied.clone(),
                check,
            ),
            (
                entry(Event::DisputeFeeTaken {
                    dispute: DisputeId(1),
                    amount: total,
                    from: clearing.clone(),
                }),
                Account::DisputeFees,
                clearing.clone(),
            ),
            (applied(total, total), unapplied.clone(), receivable),
            (given_back(total), unapplied, clearing),
        ];
        for (entry, debited, credited) in table {
            assert_eq!(
                sides(&entry),
                [(debited, 412_40), (credited, -412_40)],
                "{entry:?}"
            );
            assert!(entry.is_balanced(), "{entry:?}");
            assert_eq!(entry.on, date(2026, 11, 22));
        }
    }

    #[test]
    fn taking_back_turns_the_sides() {
        let back = applied(money(-5_00, "USD"), money(-5_00, "USD"));

        let expected = [
            (Account::Unapplied(ROSA), -5_00),
            (Account::Receivable(ROSA), 5_00),
        ];
        assert_eq!(sides(&back), expected);
        assert!(back.is_balanced());

        let returned = given_back(money(-5_00, "USD"));

        let expected = [
            (Account::Unapplied(ROSA), -5_00),
            (Account::Clearing("stripe".into()), 5_00),
        ];
        assert_eq!(sides(&returned), expected);
        assert!(returned.is_balanced());
    }

    /// A dollar is no euro, however well the figures agree.
    #[test]
    fn an_entry_balances_in_each_currency_on_its_own() {
        assert!(!applied(money(5_00, "USD"), money(5_00, "EUR")).is_balanced());
        assert!(!applied(money(5_00, "USD"), money(4_00, "USD")).is_balanced());
        assert!(!applied(money(i64::MIN, "USD"), money(i64::MIN, "USD")).is_balanced());
    }

    #[test]
    fn a_fact_about_nothing_makes_an_empty_entry() {
        let nothing = applied(money(0, "USD"), money(0, "USD"));

        assert!(nothing.is_empty());
        assert!(!applied(money(1, "USD"), money(1, "USD")).is_empty());
    }
}
