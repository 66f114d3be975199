//! Customers who are not listed any more: archived, or merged into another.
//!
//! Whatever a merged customer had belongs to the other from then on. The row
//! stays as a name: whoever types it means the other.

use serde_json::json;

use super::{Reader, Tx};
use crate::domain::card::Card;
use crate::domain::customer::Customer;
use crate::domain::ids::{ChargeId, CustomerId};
use crate::problem::{Problem, Result};

/// Each table in which a row is a customer's.
pub(super) const OWNED: [&str; 14] = [
    "autopays",
    "cards",
    "charges",
    "contacts",
    "credit_memos",
    "credits",
    "customer_ids",
    "customer_notes",
    "former_codes",
    "holds",
    "invoices",
    "mails",
    "payments",
    "schedules",
];

impl Reader<'_> {
    /// The charge or refund of a customer that is not finished, if there is one.
    fn on_its_way(self, customer: &Customer) -> Result<Option<String>> {
        self.row(
            "select coalesce('CH-' || a.charge_id, 'RF-' || a.refund_id) as name from open_attempts a
               left join charges h on h.id = a.charge_id
               left join refunds r on r.id = a.refund_id left join payments p on p.id = r.payment_id
              where coalesce(h.customer_id, p.customer_id) = ?1 order by a.id limit 1",
            [customer.id],
            |row| row.get("name"),
        )
    }

    /// The customer whose row number the names of a charge are made with.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn named_for(self, charge: ChargeId) -> Result<Option<CustomerId>> {
        self.row(
            "select coalesce(named_for_id, customer_id) as id from charges where id = ?1",
            [charge],
            |row| row.get("id"),
        )
    }
}

impl Tx<'_> {
    /// Calls a customer by another code. The one before still means them, and
    /// nobody else is ever called so.
    ///
    /// # Errors
    ///
    /// Exit 1 if somebody is called so, or was.
    pub fn change_code(&self, customer: &Customer, code: &str) -> Result<()> {
        self.require_still_themselves(customer.id)?;
        let book = self.read();
        if let Some(taken) = book.customer_called(code)?
            && taken.id != customer.id
        {
            return Err(Problem::refused(
                "customer_exists",
                format!("`{code}` means {} ({})", taken.code, taken.name),
            )
            .hint("Choose another code: one that somebody had means them for ever."));
        }
        if customer.code == code && !customer.code_is_made_up {
            return Err(Problem::refused(
                "nothing_to_change",
                format!("the code of {} is {code} already", customer.name),
            )
            .hint(format!("See it with `dues customer show {code}`.")));
        }
        if customer.code != code {
            self.insert(
                "insert into former_codes (code, customer_id, until) values (?1, ?2, ?3)
                   on conflict (code) do nothing",
                (&customer.code, customer.id, self.at),
            )?;
        }
        self.execute(
            "update customers set code = ?2, code_is_made_up = 0 where id = ?1",
            (customer.id, code),
        )?;
        self.note(
            "customer.code_changed",
            json!({"customer": code, "was": customer.code}),
        )
    }

    /// Takes a customer off the lists: nothing of them is charged any more.
    ///
    /// # Errors
    ///
    /// Exit 1 if they are archived already, or a schedule, autopay, charge or
    /// refund of theirs is still open.
    pub fn archive_customer(&self, customer: &Customer) -> Result<()> {
        let (book, code) = (self.read(), &customer.code);
        if book.is_archived(customer.id)? {
            return Err(Problem::refused(
                "customer_archived",
                format!("{code} is archived already"),
            )
            .hint("There is nothing to do."));
        }
        self.require_settled(customer, "archive them")?;
        let mut left: Vec<String> = book
            .schedules(Some(customer.id), false)?
            .iter()
            .map(|schedule| format!("`dues schedule cancel {}`", schedule.id))
            .collect();
        if book.autopay_of(customer.id)?.is_some() {
            left.push(format!("`dues autopay off {code}`"));
        }
        if !left.is_empty() {
            return Err(Problem::refused(
                "still_charged",
                format!("{code} is still charged by schedules or autopay"),
            )
            .hint(format!("End them first: {}.", left.join(", "))));
        }
        self.execute(
            "update customers set archived_at = ?2 where id = ?1",
            (customer.id, self.at),
        )?;
        self.note("customer.archived", json!({"customer": code}))
    }

    /// Lists a customer again.
    ///
    /// # Errors
    ///
    /// Exit 1 if they are not archived.
    pub fn unarchive_customer(&self, customer: &Customer) -> Result<()> {
        let code = &customer.code;
        if !self.read().is_archived(customer.id)? {
            return Err(
                Problem::refused("not_archived", format!("{code} is not archived"))
                    .hint("There is nothing to do."),
            );
        }
        self.execute(
            "update customers set archived_at = null where id = ?1",
            [customer.id],
        )?;
        self.note("customer.unarchived", json!({"customer": code}))
    }

    /// Gives all that one customer has to another, who is the same one.
    ///
    /// # Errors
    ///
    /// Exit 1 if they are one already, or are archived, a charge or a refund
    /// of either is not finished, both have autopay, or two of their cards could not be told apart.
    pub fn merge_customers(&self, old: &Customer, into: &Customer, because: &str) -> Result<()> {
        let book = self.read();
        let refuse =
            |code, fact: String, hint: String| Err(Problem::refused(code, fact).hint(hint));
        if old.id == into.id {
            return refuse(
                "same_customer",
                format!("{} ({}) is one customer", into.code, into.name),
                "Name the one who was added twice, and then the one to keep.".to_owned(),
            );
        }
        if book.is_archived(into.id)? {
            return refuse(
                "customer_archived",
                format!("{} is archived", into.code),
                format!("First run `dues customer unarchive {}`.", into.code),
            );
        }
        for customer in [old, into] {
            self.require_settled(customer, "merge them")?;
        }
        if book.autopay_of(old.id)?.is_some() && book.autopay_of(into.id)?.is_some() {
            return refuse(
                "both_have_autopay",
                format!(
                    "{} and {} both have autopay, and one customer has one",
                    old.code, into.code
                ),
                format!("End one of them first: `dues autopay off {}`.", old.code),
            );
        }
        let kept = book.cards_of(into.id)?;
        let brought = book.cards_of(old.id)?;
        if let Some((card, _)) = pairs(&brought, &kept).find(|(one, other)| clash(one, other)) {
            return refuse(
                "card_looks_alike",
                format!(
                    "{} has a {} as well, and the two could not be told apart",
                    into.code,
                    card.name()
                ),
                format!(
                    "Give one a nickname of its own with `dues card rename {} {} NICKNAME`, or disable one.",
                    old.code, card.facts.last4
                ),
            );
        }
        self.insert(
            "insert into merges (old_id, into_id, because, merged_at) values (?1, ?2, ?3, ?4)",
            (old.id, into.id, because, self.at),
        )?;
        if kept.iter().any(|card| card.is_default) {
            self.execute(
                "update cards set is_default = 0 where customer_id = ?1 and is_default = 1",
                [old.id],
            )?;
        }
        if book.hold_of(into.id)?.is_some() {
            self.execute(
                "update holds set released_at = ?2 where customer_id = ?1 and released_at is null",
                (old.id, self.at),
            )?;
        }
        self.execute(
            "update contacts set removed_at = ?3 where customer_id = ?1 and removed_at is null
               and email in (select email from contacts where customer_id = ?2 and removed_at is null)",
            (old.id, into.id, self.at),
        )?;
        self.execute(
            "update charges set named_for_id = customer_id where customer_id = ?1 and named_for_id is null",
            [old.id],
        )?;
        for table in OWNED {
            self.execute(
                &format!("update {table} set customer_id = ?2 where customer_id = ?1"),
                (old.id, into.id),
            )?;
        }
        self.execute(
            "update customers set archived_at = coalesce(archived_at, ?2) where id = ?1",
            (old.id, self.at),
        )?;
        if into.email.is_none() && old.email.is_some() {
            self.execute(
                "update customers set email = ?2 where id = ?1",
                (into.id, &old.email),
            )?;
        }
        self.note(
            "customer.merged",
            json!({"customer": old.code, "into": into.code, "because": because}),
        )
    }

    /// Nothing is booked to a customer who was merged while somebody had them
    /// on the screen.
    ///
    /// # Errors
    ///
    /// Exit 1 if they are another customer by now.
    pub(super) fn require_still_themselves(&self, customer: CustomerId) -> Result<()> {
        let now = self.read().row(
            "select o.code as was, n.code as is_now from merges m join customers o on o.id = m.old_id
               join customers n on n.id = m.into_id where m.old_id = ?1",
            [customer],
            |row| Ok((row.get::<_, String>("was")?, row.get::<_, String>("is_now")?)),
        )?;
        let Some((was, now)) = now else {
            return Ok(());
        };
        Err(Problem::refused(
            "customer_merged",
            format!("{was} was merged into {now} just now"),
        )
        .hint(format!("Run it again: `{was}` means {now} from now on.")))
    }

    /// # Errors
    ///
    /// Exit 1 if a charge or a refund of theirs is not finished.
    fn require_settled(&self, customer: &Customer, what_for: &str) -> Result<()> {
        match self.read().on_its_way(customer)? {
            None => Ok(()),
            Some(name) => Err(Problem::refused(
                "not_settled",
                format!("{name} of {} is not finished", customer.code),
            )
            .hint(format!(
                "Run `dues charge recover`, and {what_for} when it is settled."
            ))),
        }
    }
}

fn pairs<'a>(some: &'a [Card], others: &'a [Card]) -> impl Iterator<Item = (&'a Card, &'a Card)> {
    some.iter()
        .flat_map(|one| others.iter().map(move |other| (one, other)))
}

/// Whether a word that a person types could mean both.
fn clash(one: &Card, other: &Card) -> bool {
    if one.disabled || other.disabled {
        return false;
    }
    let same_face = one.facts.brand == other.facts.brand && one.facts.last4 == other.facts.last4;
    match (&one.nickname, &other.nickname) {
        (Some(one), Some(other)) if one.eq_ignore_ascii_case(other) => true,
        (None, None) => same_face,
        _ => false,
    }
}
