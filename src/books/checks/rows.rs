//! The rules that one query proves: it returns the rows that break them.
//!
//! Beside the query for the whole book stands the one for what is open, where
//! an open charge rests on the rule. Those start from the open attempts, which
//! have an index of their own.

use super::super::Reader;
use super::{Rule, Violation};
use crate::problem::Result;

/// A rule, and the queries for what breaks it (one text column each).
pub(super) struct RowRule {
    pub rule: Rule,
    all: &'static str,
    open: Option<&'static str>,
}

impl RowRule {
    /// What breaks it in the whole book.
    pub fn broken(&self, reader: Reader<'_>) -> Result<Vec<Violation>> {
        self.named_by(reader, self.all)
    }

    /// What breaks it in what is open.
    pub fn broken_of_what_is_open(&self, reader: Reader<'_>) -> Result<Vec<Violation>> {
        match self.open {
            Some(sql) => self.named_by(reader, &open_only(sql)),
            None => Ok(Vec::new()),
        }
    }

    fn named_by(&self, reader: Reader<'_>, sql: &str) -> Result<Vec<Violation>> {
        let rows: Vec<String> = reader.rows(sql, [], |row| row.get(0))?;
        let violations = rows.into_iter().map(|row| self.rule.broken_by(row));
        Ok(violations.collect())
    }
}

/// A query over `live`, the attempts whose money may still move, `wanted`, what
/// charges among them want of invoices and credits, and `owed_back`, what
/// refunds among them give back.
pub(super) fn open_only(sql: &str) -> String {
    format!(
        "with live as materialized (
           select id, charge_id, refund_id, gateway, account, token, amount_minor, currency, key from open_attempts),
         wanted as materialized (
           select p.charge_id, p.invoice_id, p.credit_id, p.amount_minor
             from live l cross join plans p on p.charge_id = l.charge_id),
         owed_back as materialized (
           select s.refund_id, c.id as credit_id, s.invoice_id, s.amount_minor
             from live l cross join refunds r on r.id = l.refund_id cross join credits c on c.payment_id = r.payment_id
             cross join refund_shares s on s.refund_id = r.id)
         {sql}"
    )
}

pub(super) const fn rule(
    number: &'static str,
    says: &'static str,
    advice: &'static str,
    all: &'static str,
    open: Option<&'static str>,
) -> RowRule {
    RowRule {
        rule: Rule {
            number,
            says,
            advice,
        },
        all,
        open,
    }
}

pub(super) const RULES: [RowRule; 24] = [
    rule(
        "INV01",
        "a charge or a refund has at most one attempt that moved money or still may",
        "Money may have moved twice: compare ROW, in `dues charge show` or `dues refund show`, with the gateway's own page.",
        "select 'CH-' || charge_id from attempts
          where charge_id is not null and state not in ('declined', 'not_made') group by charge_id having count(*) > 1
         union all
         select 'RF-' || refund_id from attempts
          where refund_id is not null and state not in ('declined', 'not_made') group by refund_id having count(*) > 1",
        Some(
            "select distinct 'CH-' || l.charge_id from live l
               cross join attempts o on o.charge_id = l.charge_id and o.id <> l.id
              where o.state not in ('declined', 'not_made')
             union all
             select distinct 'RF-' || l.refund_id from live l
               cross join attempts o on o.refund_id = l.refund_id and o.id <> l.id
              where o.state not in ('declined', 'not_made')",
        ),
    ),
    rule(
        "INV02",
        "a charge that succeeded has exactly one payment",
        "The card was charged, but the money is booked twice or not at all: compare `dues charge show ROW` with `dues payment list`.",
        "select 'CH-' || a.charge_id from attempts a where a.state = 'succeeded' and a.charge_id is not null
          and (select count(*) from payments p where p.attempt_id = a.id) <> 1",
        None,
    ),
    rule(
        "INV03",
        "a payment that a charge brought comes from one that succeeded",
        "The book has money that no charge brought: see `dues payment show ROW`, and look for it on the gateway's own page.",
        "select 'PAY-' || p.id from payments p left join attempts a on a.id = p.attempt_id
          where p.attempt_id is not null and (a.state is distinct from 'succeeded' or a.charge_id is null)",
        None,
    ),
    rule(
        "INV04",
        "payment, attempt and charge or refund agree in amount, currency and customer",
        "Compare ROW with the gateway's own page; what the gateway took is what was paid, and what it gave back is refunded.",
        "select 'CH-' || c.id from charges c join attempts a on a.charge_id = c.id
           left join payments p on p.attempt_id = a.id
          where a.amount_minor <> c.amount_minor or a.currency <> c.currency
             or p.amount_minor <> coalesce(a.accepted_minor, c.amount_minor)
             or p.currency <> c.currency or p.customer_id <> c.customer_id
         union all
         select 'RF-' || r.id from refunds r join payments p on p.id = r.payment_id
           left join attempts t on t.id = p.attempt_id left join attempts a on a.refund_id = r.id
          where r.currency <> p.currency or a.amount_minor <> r.amount_minor or a.currency <> r.currency
             or a.gateway <> t.gateway or a.account <> t.account",
        Some(
            "select 'CH-' || c.id from live l cross join charges c on c.id = l.charge_id
              where l.amount_minor <> c.amount_minor or l.currency <> c.currency
             union all
             select 'RF-' || r.id from live l cross join refunds r on r.id = l.refund_id
               cross join payments p on p.id = r.payment_id left join attempts t on t.id = p.attempt_id
              where r.currency <> p.currency or l.amount_minor <> r.amount_minor or l.currency <> r.currency
                 or l.gateway <> t.gateway or l.account <> t.account",
        ),
    ),
    rule(
        "INV05",
        "a credit's open money is its amount less what is applied, given back and taken back, and never negative",
        "See what it was applied to with `dues payment show ROW`; use none of its unapplied money before it is right.",
        "select coalesce('PAY-' || c.payment_id, 'CM-' || c.credit_memo_id, 'ADJ-' || c.adjustment_id) from credits c where c.open_minor < 0 or c.open_minor <>
          c.amount_minor - (select coalesce(sum(amount_minor), 0) from allocations where credit_id = c.id)
                         - (select coalesce(sum(amount_minor), 0) from given_back where credit_id = c.id)
                         - (select coalesce(sum(amount_minor), 0) from reversals where credit_id = c.id)",
        Some(
            "select coalesce('PAY-' || c.payment_id, 'CM-' || c.credit_memo_id, 'ADJ-' || c.adjustment_id) from credits c
              where c.id in (select credit_id from wanted union select credit_id from owed_back)
                and (c.open_minor < 0 or c.open_minor <>
                  c.amount_minor - (select coalesce(sum(amount_minor), 0) from allocations where credit_id = c.id)
                                 - (select coalesce(sum(amount_minor), 0) from given_back where credit_id = c.id)
                                 - (select coalesce(sum(amount_minor), 0) from reversals where credit_id = c.id))",
        ),
    ),
    rule(
        "INV06",
        "no more is taken back from an invoice than was applied to it",
        "More of it was taken back than it ever paid: see `dues payment show ROW`.",
        "select distinct coalesce('PAY-' || c.payment_id, 'CM-' || c.credit_memo_id, 'ADJ-' || c.adjustment_id)
           from allocations l join credits c on c.id = l.credit_id where l.amount_minor < 0
            and (select sum(amount_minor) from allocations
                  where credit_id = l.credit_id and invoice_id = l.invoice_id) < 0",
        None,
    ),
    rule(
        "INV07",
        "an invoice's open amount is its total less what is applied, and never negative",
        "Add up the payments that `dues invoice show ROW` lists; the total less those is owed, and nothing else may be asked for.",
        "select number from invoices i where open_minor < 0 or open_minor <>
          total_minor - (select coalesce(sum(amount_minor), 0) from allocations where invoice_id = i.id)",
        Some(
            "select distinct i.number from wanted w cross join invoices i on i.id = w.invoice_id
              where i.open_minor < 0 or i.open_minor <>
                i.total_minor - (select coalesce(sum(amount_minor), 0) from allocations where invoice_id = i.id)",
        ),
    ),
    rule(
        "INV08",
        "a void invoice carries no payment",
        "It is void and yet paid: see `dues invoice show ROW`. The customer has that money to their credit, or the invoice stands.",
        "select number from invoices i where voided_at is not null and (open_minor <> total_minor
          or (select coalesce(sum(amount_minor), 0) from allocations where invoice_id = i.id) <> 0)",
        None,
    ),
    rule(
        "INV09",
        "a credit is applied in its own currency, to its own customer's invoices",
        "See where it went with `dues payment show ROW`: another customer's invoice, or one in another currency, is not paid by it.",
        "select distinct coalesce('PAY-' || c.payment_id, 'CM-' || c.credit_memo_id, 'ADJ-' || c.adjustment_id)
           from allocations l join credits c on c.id = l.credit_id
           join invoices i on i.id = l.invoice_id where c.currency <> i.currency or c.customer_id <> i.customer_id",
        Some(
            "select distinct coalesce('PAY-' || c.payment_id, 'CM-' || c.credit_memo_id, 'ADJ-' || c.adjustment_id) from wanted w
               cross join allocations l on l.invoice_id = w.invoice_id
               cross join credits c on c.id = l.credit_id
               cross join invoices i on i.id = l.invoice_id
              where c.currency <> i.currency or c.customer_id <> i.customer_id",
        ),
    ),
    // INV10 is in `refunds`; INV11 (nor is it with disputes) joins with their table.
    // INV12 to INV15 are in `entries`.
    rule(
        "INV16",
        "a payment is confirmed at most once to each recipient",
        "The customer may have had it twice: see `dues mail list`, and cancel one that is still queued with `dues mail cancel`.",
        "select event from mails group by event, recipient having count(*) > 1",
        None,
    ),
    rule(
        "INV17",
        "a charge rests on the card's own authorization",
        "See `dues charge show ROW`: there is no consent on record for the card it charged; ask the customer before it is charged again.",
        "select 'CH-' || c.id from charges c left join authorizations z on z.id = c.authorization_id
          where z.card_id is distinct from c.card_id",
        Some(
            "select 'CH-' || c.id from live l cross join charges c on c.id = l.charge_id
               left join authorizations z on z.id = c.authorization_id where z.card_id is distinct from c.card_id",
        ),
    ),
    rule(
        "INV18",
        "one key belongs to one request",
        "The gateway may have taken two requests for one: look for both on its own page, and compare them with ROW.",
        "select coalesce('CH-' || charge_id, 'RF-' || refund_id) from attempts
          where key in (select key from attempts group by key having count(*) > 1)",
        Some(
            "select distinct coalesce('CH-' || l.charge_id, 'RF-' || l.refund_id) from live l
               cross join attempts o on o.key = l.key and o.id <> l.id",
        ),
    ),
    rule(
        "INV19",
        "the log has no hole",
        "Something but dues took rows out. Compare `dues log` with that of the last good backup, opened where it is with `--book FILE`.",
        "select 'before log row ' || seq from audit a
          where seq > 1 and not exists (select 1 from audit b where b.seq = a.seq - 1)
         union all
         select 'the whole log' where not exists (select 1 from audit)",
        Some(
            "select 'before log row ' || seq from (select seq from audit order by seq desc limit 100) a
              where seq > 1 and not exists (select 1 from audit b where b.seq = a.seq - 1)
             union all
             select 'the whole log' where not exists (select 1 from audit)",
        ),
    ),
    // INV20 is in `log`.
    rule(
        "INV21",
        "what was sent and is closed as not made says why",
        "Nobody can tell why it counts as not made: look for it on the gateway's own page, and compare it with ROW.",
        "select coalesce('CH-' || charge_id, 'RF-' || refund_id) from attempts
          where state = 'not_made' and sends > 0 and coalesce(note, '') = ''",
        None,
    ),
    // INV22 is in `card_numbers`.
    rule(
        "INV23",
        "open charges and refunds reserve no more than an invoice has open, and a credit",
        "More is on its way than there is: settle what is open with `dues charge recover` before any other charge is made.",
        "select i.number from (select invoice_id, sum(amount_minor) as wanted_minor from reservations group by invoice_id) r
           join invoices i on i.id = r.invoice_id where r.wanted_minor > i.open_minor or i.voided_at is not null
         union all
         select coalesce('PAY-' || c.payment_id, 'CM-' || c.credit_memo_id, 'ADJ-' || c.adjustment_id) from (
             select credit_id, sum(amount_minor) as wanted_minor from (
               select credit_id, amount_minor from reservations where credit_id is not null
               union all
               select credit_id, amount_minor from to_be_given_back where invoice_id is null) group by credit_id) r
           join credits c on c.id = r.credit_id where r.wanted_minor > c.open_minor",
        Some(
            "select i.number from (select invoice_id, sum(amount_minor) as wanted_minor from wanted group by invoice_id) w
               cross join invoices i on i.id = w.invoice_id
              where w.wanted_minor > i.open_minor or i.voided_at is not null
             union all
             select coalesce('PAY-' || c.payment_id, 'CM-' || c.credit_memo_id, 'ADJ-' || c.adjustment_id) from (
                 select credit_id, sum(amount_minor) as wanted_minor from (
                   select credit_id, amount_minor from wanted where credit_id is not null
                   union all
                   select credit_id, amount_minor from owed_back where invoice_id is null) group by credit_id) w
               cross join credits c on c.id = w.credit_id where w.wanted_minor > c.open_minor",
        ),
    ),
    rule(
        "INV24",
        "a charge's plan uses no more of the card's money than is charged",
        "See the plan with `dues charge show ROW`; its invoices are not all paid by this charge.",
        "select 'CH-' || c.id from (select charge_id, sum(amount_minor) as planned_minor from plans
              where credit_id is null group by charge_id) p
           join charges c on c.id = p.charge_id where p.planned_minor > c.amount_minor",
        Some(
            "select 'CH-' || c.id from (select charge_id, sum(amount_minor) as planned_minor from wanted
                  where credit_id is null group by charge_id) w
               cross join charges c on c.id = w.charge_id where w.planned_minor > c.amount_minor",
        ),
    ),
    rule(
        "INV25",
        "a card belongs to the customer it charges for",
        "Somebody else's card pays: see `dues charge show ROW`, and ask both customers before anything is charged again.",
        "select 'CH-' || c.id from charges c join cards k on k.id = c.card_id where k.customer_id <> c.customer_id",
        Some(
            "select 'CH-' || c.id from live l cross join charges c on c.id = l.charge_id
               cross join cards k on k.id = c.card_id where k.customer_id <> c.customer_id",
        ),
    ),
    rule(
        "INV26",
        "an attempt asks for the very card that its charge names",
        "Another card may have been charged: compare `dues charge show ROW` with the gateway's own page.",
        "select distinct 'CH-' || c.id from attempts a join charges c on c.id = a.charge_id join cards k on k.id = c.card_id
          where a.gateway <> k.gateway or a.account <> k.account or a.token <> k.token",
        Some(
            "select 'CH-' || c.id from live l cross join charges c on c.id = l.charge_id
               cross join cards k on k.id = c.card_id
              where l.gateway <> k.gateway or l.account <> k.account or l.token <> k.token",
        ),
    ),
    rule(
        "INV27",
        "a charge's plan names its own customer's invoices and credits, in its currency",
        "See the plan with `dues charge show ROW`: it would pay what is not this customer's, or is in another currency.",
        "select distinct 'CH-' || c.id from plans w join charges c on c.id = w.charge_id
           join invoices i on i.id = w.invoice_id left join credits p on p.id = w.credit_id
          where i.customer_id <> c.customer_id or i.currency <> c.currency
             or p.customer_id <> c.customer_id or p.currency <> c.currency",
        Some(
            "select distinct 'CH-' || c.id from wanted w cross join charges c on c.id = w.charge_id
               cross join invoices i on i.id = w.invoice_id left join credits p on p.id = w.credit_id
              where i.customer_id <> c.customer_id or i.currency <> c.currency
                 or p.customer_id <> c.customer_id or p.currency <> c.currency",
        ),
    ),
    // INV28 is in `requests`.
    rule(
        "INV29",
        "what was booked stands in the log",
        "The end of the log was cut off, or another program wrote ROW: compare `dues log` with that of the last good backup, \
         opened where it is with `--book FILE`.",
        "select 'invoice ' || number from invoices where created_at not in (select at from audit)
         union all
         select coalesce('CH-' || charge_id, 'RF-' || refund_id) from attempts where changed_at not in (select at from audit)
         union all
         select 'PAY-' || id from payments where created_at not in (select at from audit)
         union all
         select 'RF-' || id from refunds where created_at not in (select at from audit)
         union all
         select 'RF-' || refund_id from given_back where given_at not in (select at from audit)
         union all
         select 'UR-' || id from receipts where created_at not in (select at from audit)
         union all
         select 'DEP-' || id from deposits where created_at not in (select at from audit)
         union all
         select 'CM-' || id from credit_memos where created_at not in (select at from audit)
         union all
         select 'ADJ-' || id from adjustments where created_at not in (select at from audit)
         union all
         select 'DSP-' || id from disputes where opened_at not in (select at from audit)
         union all
         select coalesce('PAY-' || c.payment_id, 'CM-' || c.credit_memo_id, 'ADJ-' || c.adjustment_id)
           from reversals v join credits c on c.id = v.credit_id where v.reversed_at not in (select at from audit)
         union all
         select distinct coalesce('PAY-' || c.payment_id, 'CM-' || c.credit_memo_id, 'ADJ-' || c.adjustment_id)
           from allocations l join credits c on c.id = l.credit_id where l.allocated_at not in (select at from audit)",
        Some("select coalesce('CH-' || a.charge_id, 'RF-' || a.refund_id) from live l cross join attempts a on a.id = l.id
               where not exists (select 1 from audit where at = a.changed_at)"),
    ),
    rule(
        "INV30",
        "an occurrence has at most one charge that took money or still may",
        "Compare the charges of ROW, in `dues schedule show`, with the gateway's own page.",
        "select coalesce('S-' || o.schedule_id, 'AP-' || o.autopay_id) || ' ' || o.planned_on
           from occurrences o join occurrence_charges t on t.occurrence_id = o.id
           join attempts a on a.charge_id = t.charge_id and a.state not in ('declined', 'not_made')
          group by o.id having count(distinct t.charge_id) > 1",
        Some(
            "select distinct coalesce('S-' || o.schedule_id, 'AP-' || o.autopay_id) || ' ' || o.planned_on
               from live l cross join occurrence_charges t on t.charge_id = l.charge_id
               cross join occurrences o on o.id = t.occurrence_id
               cross join occurrence_charges u on u.occurrence_id = o.id and u.charge_id <> t.charge_id
               cross join attempts a on a.charge_id = u.charge_id and a.state not in ('declined', 'not_made')",
        ),
    ),
    rule(
        "INV31",
        "an occurrence is paid if, and only if, its charge is, or money on account paid it",
        "See ROW with `dues schedule show`, and its charges with `dues charge show`; the next run reads them again.",
        "select name from (select coalesce('S-' || o.schedule_id, 'AP-' || o.autopay_id) || ' ' || o.planned_on as name,
             o.state, o.reason, exists (select 1 from occurrence_charges t join attempts a on a.charge_id = t.charge_id
               where t.occurrence_id = o.id and a.state = 'succeeded') as took from occurrences o)
          where (state = 'paid') <> took and (took or state = 'paid') and not (took and state in ('charging', 'failed'))
            -- Without a charge that took money it says what paid it.
            and not (state = 'paid' and not took and reason is not null)",
        None,
    ),
    rule(
        "INV32",
        "a scheduled charge is of the customer of its agreement",
        "See ROW with `dues charge show`, and its schedule with `dues schedule show`.",
        "select 'CH-' || c.id from occurrence_charges t join charges c on c.id = t.charge_id
           join occurrences o on o.id = t.occurrence_id
           left join schedules s on s.id = o.schedule_id left join autopays p on p.id = o.autopay_id
          where coalesce(s.customer_id, p.customer_id) is distinct from c.customer_id",
        None,
    ),
    rule(
        "INV33",
        "a payment, a credit memo and an adjustment have one credit each, of their own customer, amount and currency",
        "Nobody can tell what of ROW is open: compare it with the paper it came from, and bring back the last good backup.",
        "select 'PAY-' || p.id from payments p left join credits c on c.payment_id = p.id
          where c.customer_id is distinct from p.customer_id or c.amount_minor is distinct from p.amount_minor
             or c.currency is distinct from p.currency
         union all
         select 'PAY-' || payment_id from credits where payment_id is not null group by payment_id having count(*) > 1
         union all
         select 'CM-' || m.id from credit_memos m left join credits c on c.credit_memo_id = m.id
          where c.customer_id is distinct from m.customer_id or c.amount_minor is distinct from m.amount_minor
             or c.currency is distinct from m.currency
         union all
         select 'ADJ-' || a.id from adjustments a join invoices i on i.id = a.invoice_id
           left join credits c on c.adjustment_id = a.id
          where c.customer_id is distinct from i.customer_id or c.amount_minor is distinct from a.amount_minor
             or c.currency is distinct from a.currency
         union all
         select 'CR-' || id from credits
          where (payment_id is not null) + (credit_memo_id is not null) + (adjustment_id is not null) <> 1",
        Some(
            "select 'PAY-' || p.id from credits c join payments p on p.id = c.payment_id
              where c.id in (select credit_id from wanted union select credit_id from owed_back)
                and (c.customer_id <> p.customer_id or c.amount_minor <> p.amount_minor or c.currency <> p.currency)",
        ),
    ),
    // INV34 and INV35 are in `refunds`, INV36 in `attachments`, INV37 to INV39 in `receiving`.
];
