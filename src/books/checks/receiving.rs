//! The rules of money that a person booked: deposits, money without a name, what came back.

use super::rows::{RowRule, rule};

pub(super) const RULES: [RowRule; 3] = [
    rule(
        "INV37",
        "a deposit's total is the sum of its payments, in its own currency",
        "Compare `dues deposit show ROW` with the bank's own paper: a payment is missing, or is not of it.",
        "select 'DEP-' || d.id from deposits d where d.total_minor <>
           (select coalesce(sum(amount_minor), 0) from payments where deposit_id = d.id)
            or exists (select 1 from payments where deposit_id = d.id and currency <> d.currency)",
        None,
    ),
    rule(
        "INV38",
        "money that came without a name is one payment at most, of its own method, amount and currency",
        "See who has it with `dues payment list`: ROW was given twice, or as what it was not.",
        "select 'UR-' || r.id from receipts r join payments p on p.receipt_id = r.id
          where p.method <> r.method or p.amount_minor <> r.amount_minor or p.currency <> r.currency
         union all
         select 'UR-' || receipt_id from payments where receipt_id is not null and moved_from_id is null
          group by receipt_id having count(*) > 1",
        None,
    ),
    rule(
        "INV39",
        "of a payment that came back, all the money has fallen away",
        "See `dues payment show ROW`: it came back from the bank, and still pays invoices or is on account.",
        "select 'PAY-' || p.id from bounces b join payments p on p.id = b.payment_id
           join credits c on c.payment_id = p.id where p.amount_minor <>
             (select coalesce(sum(amount_minor), 0) from reversals where credit_id = c.id)",
        None,
    ),
];
