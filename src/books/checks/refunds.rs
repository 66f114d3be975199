//! The rules of money that is given back: once, no more than came, from where it was.

use super::rows::{RowRule, rule};

pub(super) const RULES: [RowRule; 3] = [
    rule(
        "INV10",
        "what is given back of a payment, or about to be, is no more than it brought, less what a bank took",
        "Give nothing more of it back: compare its refunds, in `dues payment show ROW`, with the gateway's own page.",
        "select 'PAY-' || p.id from payments p where p.id in (select payment_id from refunds) and p.amount_minor <
           (select coalesce(sum(v.amount_minor), 0) from credits c join reversals v on v.credit_id = c.id
             where c.payment_id = p.id) +
           (select coalesce(sum(g.amount_minor), 0) from refunds r join given_back g on g.refund_id = r.id
             where r.payment_id = p.id) +
           (select coalesce(sum(r.amount_minor), 0) from refunds r join open_attempts a on a.refund_id = r.id
             where r.payment_id = p.id)",
        Some(
            "select distinct 'PAY-' || p.id from live l cross join refunds f on f.id = l.refund_id
               cross join payments p on p.id = f.payment_id where p.amount_minor <
               (select coalesce(sum(v.amount_minor), 0) from credits c join reversals v on v.credit_id = c.id
                 where c.payment_id = p.id) +
               (select coalesce(sum(g.amount_minor), 0) from refunds r join given_back g on g.refund_id = r.id
                 where r.payment_id = p.id) +
               (select coalesce(sum(r.amount_minor), 0) from refunds r join open_attempts a on a.refund_id = r.id
                 where r.payment_id = p.id)",
        ),
    ),
    rule(
        "INV34",
        "a refund gave its money back if, and only if, the gateway did",
        "Compare ROW, in `dues payment show`, with the gateway's own page: the customer has the money or the credit, not both.",
        "select 'RF-' || r.id from refunds r
           left join attempts a on a.refund_id = r.id and a.state = 'succeeded'
          where coalesce(a.accepted_minor, a.amount_minor, 0) <>
             (select coalesce(sum(amount_minor), 0) from given_back where refund_id = r.id and amount_minor > 0)
             or (select coalesce(sum(amount_minor), 0) from given_back where refund_id = r.id) < 0",
        None,
    ),
    rule(
        "INV35",
        "a refund is the sum of what it reopens, and an open one reopens no more than is applied",
        "See ROW in `dues payment show`: what it would reopen does not add up, or was taken back already.",
        "select 'RF-' || r.id from refunds r
          where r.amount_minor <> (select coalesce(sum(amount_minor), 0) from refund_shares where refund_id = r.id)
         union all
         select distinct 'RF-' || b.refund_id from to_be_given_back b where b.invoice_id is not null and
           (select coalesce(sum(amount_minor), 0) from allocations
             where credit_id = b.credit_id and invoice_id = b.invoice_id) <
           (select sum(amount_minor) from to_be_given_back
             where credit_id = b.credit_id and invoice_id = b.invoice_id)",
        Some(
            "select 'RF-' || r.id from live l cross join refunds r on r.id = l.refund_id
              where r.amount_minor <> (select coalesce(sum(amount_minor), 0) from refund_shares where refund_id = r.id)
             union all
             select distinct 'RF-' || b.refund_id from owed_back b where b.invoice_id is not null and
               (select coalesce(sum(amount_minor), 0) from allocations
                 where credit_id = b.credit_id and invoice_id = b.invoice_id) <
               (select sum(amount_minor) from owed_back
                 where credit_id = b.credit_id and invoice_id = b.invoice_id)",
        ),
    ),
];
