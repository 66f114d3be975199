//! The rules of what banks took: no more than came, and gone only while it is not won.

use super::rows::{RowRule, rule};

pub(super) const RULES: [RowRule; 1] = [rule(
    "INV11",
    "what was disputed and given back of a payment is no more than it brought, and a dispute's money is gone unless it was won",
    "Compare ROW, in `dues dispute list`, with the gateway's own page: the bank has the money or we have it, not both.",
    "select 'PAY-' || p.id from payments p where p.id in (select payment_id from disputes) and p.amount_minor <
       (select coalesce(sum(v.amount_minor), 0) from credits c join reversals v on v.credit_id = c.id
         where c.payment_id = p.id) +
       (select coalesce(sum(g.amount_minor), 0) from refunds r join given_back g on g.refund_id = r.id
         where r.payment_id = p.id)
     union all
     select 'DSP-' || d.id from disputes d
      where case when d.outcome = 'won' then 0 else d.amount_minor end <>
         (select coalesce(sum(amount_minor), 0) from reversals where dispute_id = d.id)
         or d.amount_minor <> (select coalesce(sum(amount_minor), 0) from dispute_shares where dispute_id = d.id)
         or d.amount_minor <>
         (select coalesce(sum(amount_minor), 0) from reversals where dispute_id = d.id and amount_minor > 0)",
    None,
)];
