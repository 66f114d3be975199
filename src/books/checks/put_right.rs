//! The rules of what was put right: adjusted, moved, corrected, merged.

use super::rows::{RowRule, rule};

pub(super) const RULES: [RowRule; 4] = [
    rule(
        "INV50",
        "what of an invoice is not asked for any more pays that invoice, and is no money on account",
        "See ROW with `dues invoice show`: its credit must be applied to its own invoice, or asked for again.",
        "select 'ADJ-' || c.adjustment_id from credits c join adjustments a on a.id = c.adjustment_id
          where c.open_minor <> 0
             or exists (select 1 from allocations l where l.credit_id = c.id and l.invoice_id <> a.invoice_id)",
        None,
    ),
    rule(
        "INV51",
        "a payment that was moved is gone where it came from, and is as much where it went",
        "Compare ROW with the one it came from, in `dues payment show`: the money must be at one of the two.",
        "select 'PAY-' || n.id from payments n join payments o on o.id = n.moved_from_id
           join credits c on c.payment_id = o.id
          where n.amount_minor <> o.amount_minor or n.currency <> o.currency or o.method = 'card'
             or n.amount_minor <> (select coalesce(sum(amount_minor), 0) from reversals
                                    where credit_id = c.id and moved_to_id = n.id)
         union all
         select 'PAY-' || v.moved_to_id from reversals v left join payments n on n.id = v.moved_to_id
          where v.moved_to_id is not null and n.moved_from_id is null",
        None,
    ),
    rule(
        "INV52",
        "an invoice that another stands in for is void or credited in full, and of the same customer",
        "See ROW with `dues invoice show`: the customer would be asked for both.",
        "select w.number from invoices i join invoices w on w.id = i.corrects_id
          where w.customer_id <> i.customer_id or (w.voided_at is null and w.total_minor <>
            (select coalesce(sum(m.amount_minor), 0) from credit_memos m where m.invoice_id = w.id and m.amount_minor = w.total_minor))",
        None,
    ),
    rule(
        "INV53",
        "a customer who was merged into another has nothing left, and is archived",
        "See ROW with `dues customer show`: what it has belongs to the one it was merged into.",
        "select c.code from merges m join customers c on c.id = m.old_id where c.archived_at is null
             or exists (select 1 from invoices where customer_id = c.id)
             or exists (select 1 from payments where customer_id = c.id)
             or exists (select 1 from credits where customer_id = c.id)
             or exists (select 1 from credit_memos where customer_id = c.id)
             or exists (select 1 from cards where customer_id = c.id)
             or exists (select 1 from charges where customer_id = c.id)
             or exists (select 1 from schedules where customer_id = c.id)
             or exists (select 1 from autopays where customer_id = c.id)",
        None,
    ),
];
