-- Schema 8: the whole of receivables. Money comes by check and wire too, and
-- may bounce; an invoice is corrected, discounted or written off; a bank may
-- take a payment back. Each is a fact with a day it counts for, and none is
-- dated into a period that was closed.
--
-- `day_in_zone` tells the civil day of a moment; it exists while the book is
-- being brought to this schema.


-- Allocations: the day that one counts for is kept, so that a past day can be
-- shown as it was.

create table new_allocations (
  id           integer primary key autoincrement,
  credit_id    integer not null references credits (id),
  invoice_id   integer not null references invoices (id),
  amount_minor integer not null check (amount_minor <> 0),
  allocated_on text not null check (length(allocated_on) = 10),
  allocated_at text not null
) strict;

insert into new_allocations (id, credit_id, invoice_id, amount_minor, allocated_on, allocated_at)
  select l.id, l.credit_id, l.invoice_id, l.amount_minor,
    max(day_in_zone(l.allocated_at, (select zone from book)), i.issued_on, c.credited_on), l.allocated_at
    from allocations l join invoices i on i.id = l.invoice_id join credits c on c.id = l.credit_id order by l.id;

drop table allocations;
alter table new_allocations rename to allocations;

create index allocations_of_credit on allocations (credit_id);
create index allocations_of_invoice on allocations (invoice_id);
-- What came after a day is undone to show the day.
create index allocations_by_day on allocations (allocated_on, invoice_id, amount_minor);

-- What is open, by customer and oldest first, with what aging asks for.
drop index open_invoices;
create index open_invoices on invoices (customer_id, due_on, issued_on, currency, open_minor)
  where open_minor > 0 and voided_at is null;

alter table invoices add column voided_on text check (length(voided_on) = 10);
update invoices set voided_on = day_in_zone(voided_at, (select zone from book)) where voided_at is not null;

create index void_invoices on invoices (voided_on) where voided_on is not null;

-- The invoice that this one stands in for.
alter table invoices add column corrects_id integer references invoices (id);
create index corrections_of_invoice on invoices (corrects_id) where corrects_id is not null;

-- What an invoice said before somebody changed it.
create table invoice_edits (
  id         integer primary key autoincrement,
  invoice_id integer not null references invoices (id),
  due_on     text not null check (length(due_on) = 10),
  memo       text,
  po_number  text,
  edited_on  text not null check (length(edited_on) = 10),
  edited_at  text not null
) strict;

create index edits_of_invoice on invoice_edits (invoice_id);

create trigger invoice_edits_stand before update on invoice_edits
begin select raise(abort, 'what an invoice said stays known'); end;
create trigger invoice_edits_stay before delete on invoice_edits
begin select raise(abort, 'what an invoice said stays known'); end;


-- Money in.

-- Checks that were brought to the bank together.
create table deposits (
  id           integer primary key autoincrement,
  total_minor  integer not null check (total_minor > 0),
  currency     text not null check (length(currency) = 3),
  deposited_on text not null check (length(deposited_on) = 10),
  memo         text,
  created_at   text not null
) strict;

create trigger deposits_stand before update on deposits
begin select raise(abort, 'a deposit is never changed'); end;
create trigger deposits_stay before delete on deposits
begin select raise(abort, 'a deposit is never deleted'); end;

-- Money that nobody can name yet. It has an owner when a payment comes of it.
create table receipts (
  id           integer primary key autoincrement,
  method       text not null check (method in ('check', 'ach', 'wire', 'cash', 'other')),
  amount_minor integer not null check (amount_minor > 0),
  currency     text not null check (length(currency) = 3),
  received_on  text not null check (length(received_on) = 10),
  reference    text,
  payer        text,
  memo         text,
  created_at   text not null
) strict;

create trigger receipts_stand before update on receipts
begin select raise(abort, 'a receipt is never changed'); end;
create trigger receipts_stay before delete on receipts
begin select raise(abort, 'a receipt is never deleted'); end;

-- The payer's own number: of the check, of the transfer.
alter table payments add column reference text check (reference <> '');
alter table payments add column deposit_id integer references deposits (id);
-- It was received without a name, and given one later.
alter table payments add column receipt_id integer references receipts (id);
-- It was booked to another customer first.
alter table payments add column moved_from_id integer references payments (id);

create index payments_by_day on payments (received_on);
create index payments_of_deposit on payments (deposit_id) where deposit_id is not null;
create index payments_by_reference on payments (customer_id, reference) where reference is not null;
create unique index one_payment_per_receipt on payments (receipt_id)
  where receipt_id is not null and moved_from_id is null;
create unique index moved_once on payments (moved_from_id) where moved_from_id is not null;

drop trigger payments_stand;
create trigger payments_stand before update of
  id, customer_id, method, amount_minor, currency, received_on, attempt_id, reference, receipt_id, moved_from_id,
  created_at on payments
begin select raise(abort, 'a payment is never changed'); end;
create trigger payments_are_deposited_once before update of deposit_id on payments when old.deposit_id is not null
begin select raise(abort, 'a payment is in one deposit'); end;

-- A check or a debit that came back.
create table bounces (
  id             integer primary key autoincrement,
  payment_id     integer not null unique references payments (id),
  because        text not null check (because <> ''),
  -- What the customer is asked for the trouble.
  fee_invoice_id integer references invoices (id),
  bounced_on     text not null check (length(bounced_on) = 10),
  bounced_at     text not null
) strict;

create trigger bounces_are_not_of_cards before insert on bounces
  when (select method from payments where id = new.payment_id) = 'card'
begin select raise(abort, 'a card payment does not bounce'); end;
create trigger bounces_stand before update on bounces
begin select raise(abort, 'a bounce is never changed'); end;
create trigger bounces_stay before delete on bounces
begin select raise(abort, 'a bounce is never deleted'); end;


-- Credits that no money brought: what a customer need not pay.

create table credit_memos (
  id           integer primary key autoincrement,
  number       text not null unique collate nocase check (number <> ''),
  customer_id  integer not null references customers (id),
  -- The invoice that it corrects.
  invoice_id   integer references invoices (id),
  amount_minor integer not null check (amount_minor > 0),
  currency     text not null check (length(currency) = 3),
  because      text not null check (because <> ''),
  issued_on    text not null check (length(issued_on) = 10),
  created_at   text not null
) strict;

create index credit_memos_of_customer on credit_memos (customer_id);
create index credit_memos_of_invoice on credit_memos (invoice_id) where invoice_id is not null;

create trigger credit_memos_stand before update of
  id, number, invoice_id, amount_minor, currency, because, issued_on, created_at on credit_memos
begin select raise(abort, 'a credit memo is never changed'); end;
create trigger credit_memos_stay before delete on credit_memos
begin select raise(abort, 'a credit memo is never deleted'); end;

-- What of an invoice is not asked for any more, and why. Its credit is applied
-- to that invoice at once, and to no other.
create table adjustments (
  id           integer primary key autoincrement,
  invoice_id   integer not null references invoices (id),
  kind         text not null check (kind in ('write_off', 'discount', 'short_pay')),
  -- The payment that came short of it.
  payment_id   integer references payments (id),
  amount_minor integer not null check (amount_minor > 0),
  currency     text not null check (length(currency) = 3),
  because      text not null check (because <> ''),
  adjusted_on  text not null check (length(adjusted_on) = 10),
  created_at   text not null
) strict;

create index adjustments_of_invoice on adjustments (invoice_id);
create index adjustments_of_payment on adjustments (payment_id) where payment_id is not null;

create trigger adjustments_stand before update on adjustments
begin select raise(abort, 'an adjustment is never changed'); end;
create trigger adjustments_stay before delete on adjustments
begin select raise(abort, 'an adjustment is never deleted'); end;

alter table credits add column credit_memo_id integer references credit_memos (id);
alter table credits add column adjustment_id integer references adjustments (id);

create unique index one_credit_per_memo on credits (credit_memo_id) where credit_memo_id is not null;
create unique index one_credit_per_adjustment on credits (adjustment_id) where adjustment_id is not null;


-- Disputes: the bank took a payment back, whole or in part, and somebody may answer.

create table disputes (
  id           integer primary key autoincrement,
  payment_id   integer not null references payments (id),
  amount_minor integer not null check (amount_minor > 0),
  currency     text not null check (length(currency) = 3),
  -- What the gateway takes for the trouble, in the same currency.
  fee_minor    integer not null check (fee_minor >= 0),
  -- The bank's own word for it, and the gateway's id, where they are known.
  reason       text not null check (reason <> ''),
  gateway_id   text check (gateway_id <> ''),
  opened_on    text not null check (length(opened_on) = 10),
  respond_by   text check (length(respond_by) = 10),
  opened_at    text not null,
  outcome      text check (outcome in ('won', 'lost', 'accepted')),
  because      text,
  ended_on     text check (length(ended_on) = 10),
  ended_at     text,
  check ((outcome is null) = (ended_at is null)),
  check ((outcome is null) = (ended_on is null))
) strict;

create index disputes_of_payment on disputes (payment_id);
create index open_disputes on disputes (respond_by) where ended_at is null;
create unique index one_dispute_per_gateway_id on disputes (gateway_id) where gateway_id is not null;

create trigger disputes_fit_their_payment before insert on disputes
  when exists (select 1 from payments p
                where p.id = new.payment_id and (p.currency <> new.currency or p.amount_minor < new.amount_minor))
begin select raise(abort, 'a dispute is in the currency of its payment, and of no more than that'); end;
create trigger disputes_stand before update of
  id, payment_id, amount_minor, currency, fee_minor, reason, opened_on, opened_at on disputes
begin select raise(abort, 'a dispute is never changed'); end;
create trigger disputes_end_once before update on disputes when old.ended_at is not null
begin select raise(abort, 'a dispute that ended stays ended'); end;
create trigger disputes_stay before delete on disputes
begin select raise(abort, 'a dispute is never deleted'); end;

-- What a dispute reopened: an invoice, or (null) money that paid none.
create table dispute_shares (
  dispute_id   integer not null references disputes (id),
  line         integer not null,
  invoice_id   integer references invoices (id),
  amount_minor integer not null check (amount_minor > 0),
  primary key (dispute_id, line)
) strict;

create index dispute_shares_of_invoice on dispute_shares (invoice_id) where invoice_id is not null;

create trigger dispute_shares_stand before update on dispute_shares
begin select raise(abort, 'what a dispute reopened stays known'); end;
create trigger dispute_shares_stay before delete on dispute_shares
begin select raise(abort, 'what a dispute reopened stays known'); end;

-- What a dispute reopened is held for it, whoever else holds it: one reason may
-- fall away while the other stands.
alter table holds add column dispute_id integer references disputes (id);

drop index one_hold_per_invoice;
create unique index one_hold_per_invoice on holds (invoice_id, coalesce(dispute_id, 0))
  where released_at is null and invoice_id is not null;

drop trigger holds_stand;
create trigger holds_stand before update of id, customer_id, invoice_id, because, held_at, dispute_id on holds
begin select raise(abort, 'a hold is released, never changed'); end;


-- A credit that fell away: the check bounced, the bank took it, it was another
-- customer's, the memo was cancelled, what was written off is asked for again.
-- A negative row is money that came back.

create table reversals (
  id             integer primary key autoincrement,
  credit_id      integer not null references credits (id),
  amount_minor   integer not null check (amount_minor <> 0),
  -- Why: one of these, or the credit's own source was taken back.
  bounce_id      integer references bounces (id),
  dispute_id     integer references disputes (id),
  -- The payment that the money is now, of another customer.
  moved_to_id    integer references payments (id),
  because        text,
  reversed_on    text not null check (length(reversed_on) = 10),
  reversed_at    text not null,
  check ((bounce_id is not null) + (dispute_id is not null) + (moved_to_id is not null) + (because is not null) = 1),
  check (amount_minor > 0 or dispute_id is not null)
) strict;

create index reversals_of_credit on reversals (credit_id);
create index reversals_of_dispute on reversals (dispute_id) where dispute_id is not null;

create trigger reversals_are_of_their_payment before insert on reversals
  when (new.bounce_id is not null or new.dispute_id is not null or new.moved_to_id is not null)
   and (select payment_id from credits where id = new.credit_id) is not coalesce(
      (select payment_id from bounces where id = new.bounce_id),
      (select payment_id from disputes where id = new.dispute_id),
      (select moved_from_id from payments where id = new.moved_to_id))
begin select raise(abort, 'a payment loses the money of its own bounce or dispute'); end;
-- Money is not un-received for no reason: only what no money brought is cancelled.
create trigger payments_are_not_cancelled before insert on reversals
  when new.because is not null and (select payment_id from credits where id = new.credit_id) is not null
begin select raise(abort, 'a payment is not cancelled'); end;
create trigger reversals_move_the_balance after insert on reversals
begin
  update credits set open_minor = open_minor - new.amount_minor where id = new.credit_id;
  select raise(abort, 'more came back than was taken')
   where (select sum(amount_minor) from reversals where credit_id = new.credit_id) < 0
      or (new.dispute_id is not null
          and (select sum(amount_minor) from reversals where dispute_id = new.dispute_id) < 0);
  -- What is reserved of it is somebody's, and a charge or a refund is on its way with it.
  select raise(abort, 'what would fall away is reserved')
   where new.amount_minor > 0 and exists (select 1 from credits c where c.id = new.credit_id and c.open_minor <
     (select coalesce(sum(amount_minor), 0) from reservations where credit_id = c.id) +
     (select coalesce(sum(amount_minor), 0) from to_be_given_back where credit_id = c.id and invoice_id is null));
end;
create trigger reversals_stand before update on reversals
begin select raise(abort, 'a reversal is never changed'); end;
create trigger reversals_stay before delete on reversals
begin select raise(abort, 'a reversal is never deleted'); end;


-- The guards of what stands on one another.

drop trigger credits_come_from_somewhere;
create trigger credits_come_from_somewhere before insert on credits
  when (new.payment_id is not null) + (new.credit_memo_id is not null) + (new.adjustment_id is not null) <> 1
    or not exists (
      select 1 from payments p where p.id = new.payment_id and p.customer_id = new.customer_id
         and p.amount_minor = new.amount_minor and p.currency = new.currency
      union all
      select 1 from credit_memos m where m.id = new.credit_memo_id and m.customer_id = new.customer_id
         and m.amount_minor = new.amount_minor and m.currency = new.currency
      union all
      select 1 from adjustments a join invoices i on i.id = a.invoice_id
       where a.id = new.adjustment_id and i.customer_id = new.customer_id
         and a.amount_minor = new.amount_minor and a.currency = new.currency)
begin select raise(abort, 'a credit is the money of its payment, or the amount of its memo or adjustment'); end;

drop trigger credits_stand;
create trigger credits_stand before update of
  id, payment_id, credit_memo_id, adjustment_id, customer_id, amount_minor, currency, credited_on, created_at on credits
begin select raise(abort, 'a credit is never changed'); end;

create trigger allocations_stay_at_home before insert on allocations
  when (select c.customer_id <> i.customer_id or c.currency <> i.currency or i.voided_at is not null
        from credits c, invoices i where c.id = new.credit_id and i.id = new.invoice_id)
begin select raise(abort, 'a credit is applied only to its own customer''s valid invoices, in its currency'); end;
create trigger adjustments_stay_at_home before insert on allocations
  when exists (select 1 from credits c join adjustments a on a.id = c.adjustment_id
                where c.id = new.credit_id and a.invoice_id <> new.invoice_id)
begin select raise(abort, 'an adjustment is of one invoice'); end;
create trigger allocations_move_balances after insert on allocations
begin
  update invoices set open_minor = open_minor - new.amount_minor where id = new.invoice_id;
  update credits set open_minor = open_minor - new.amount_minor where id = new.credit_id;
end;
-- Neither is more taken back than was applied, nor what a refund is about to reopen.
create trigger allocations_are_taken_back_once after insert on allocations
  when new.amount_minor < 0 and
    (select sum(amount_minor) from allocations where credit_id = new.credit_id and invoice_id = new.invoice_id) <
    (select coalesce(sum(amount_minor), 0) from to_be_given_back
      where credit_id = new.credit_id and invoice_id = new.invoice_id)
begin select raise(abort, 'more would be taken back from an invoice than is applied to it'); end;
create trigger allocations_stand before update on allocations
begin select raise(abort, 'an allocation is never changed'); end;
create trigger allocations_stay before delete on allocations
begin select raise(abort, 'an allocation is never deleted'); end;

-- What a bank took cannot be given back as well.
drop trigger refunds_give_back_what_is_there;
create trigger refunds_give_back_what_is_there after insert on attempts when new.refund_id is not null
begin
  select raise(abort, 'more would be given back than was paid')
   where exists (select 1 from refunds r join payments p on p.id = r.payment_id
       join credits c on c.payment_id = p.id
     where r.id = new.refund_id and p.amount_minor <
       (select coalesce(sum(v.amount_minor), 0) from reversals v where v.credit_id = c.id) +
       (select coalesce(sum(g.amount_minor), 0) from refunds o join given_back g on g.refund_id = o.id
         where o.payment_id = p.id) +
       (select coalesce(sum(o.amount_minor), 0) from refunds o join open_attempts a on a.refund_id = o.id
         where o.payment_id = p.id));
  select raise(abort, 'more would be given back than is on account')
   where exists (select 1 from refunds r join credits c on c.payment_id = r.payment_id
     where r.id = new.refund_id and c.open_minor <
       (select coalesce(sum(amount_minor), 0) from reservations where credit_id = c.id) +
       (select coalesce(sum(amount_minor), 0) from to_be_given_back where credit_id = c.id and invoice_id is null)
       and exists (select 1 from refund_shares where refund_id = r.id and invoice_id is null));
  select raise(abort, 'more would be taken back from an invoice than is applied to it')
   where exists (select 1 from refund_shares s join refunds r on r.id = s.refund_id
       join credits c on c.payment_id = r.payment_id
     where s.refund_id = new.refund_id and s.invoice_id is not null and
       (select coalesce(sum(amount_minor), 0) from allocations
         where credit_id = c.id and invoice_id = s.invoice_id) <
       (select coalesce(sum(amount_minor), 0) from to_be_given_back
         where credit_id = c.id and invoice_id = s.invoice_id));
end;


-- Files kept beside the book: a signed form, a delivery note. Their names on
-- the disk are their hashes.

create table attachments (
  id               integer primary key autoincrement,
  -- What it belongs to: one of these.
  invoice_id       integer references invoices (id),
  authorization_id integer references authorizations (id),
  dispute_id       integer references disputes (id),
  name             text not null check (name <> ''),
  sha256           text not null check (length(sha256) = 64),
  -- Its size, in bytes.
  bytes            integer not null check (bytes >= 0),
  attached_at      text not null,
  check ((invoice_id is not null) + (authorization_id is not null) + (dispute_id is not null) = 1)
) strict;

create index attachments_of_invoice on attachments (invoice_id) where invoice_id is not null;
create index attachments_of_authorization on attachments (authorization_id) where authorization_id is not null;
create index attachments_of_dispute on attachments (dispute_id) where dispute_id is not null;

create trigger attachments_stand before update on attachments
begin select raise(abort, 'an attachment is never changed'); end;
create trigger attachments_stay before delete on attachments
begin select raise(abort, 'an attachment is never deleted'); end;


-- Closed periods: nothing is dated into one.

create table closings (
  id          integer primary key autoincrement,
  -- The last day that is closed.
  through     text not null check (length(through) = 10),
  closed_at   text not null,
  undone_at   text,
  undo_reason text,
  check ((undone_at is null) = (undo_reason is null))
) strict;

-- The last closed day of all: one row; null while nothing is closed.
create view closed as select max(through) as through from closings where undone_at is null;

create trigger closings_go_forward before insert on closings
  when new.through <= (select through from closed)
begin select raise(abort, 'a period is closed once'); end;
create trigger closings_stand before update of id, through, closed_at on closings
begin select raise(abort, 'a closing is undone, never changed'); end;
create trigger closings_are_undone_last_first before update of undone_at, undo_reason on closings
  when old.undone_at is not null or old.through < (select through from closed)
begin select raise(abort, 'only the last closing can be undone, once'); end;
create trigger closings_stay before delete on closings
begin select raise(abort, 'a closing is never deleted'); end;

create trigger invoices_in_open_periods before insert on invoices
  when new.issued_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;
create trigger voids_in_open_periods before update of voided_on on invoices
  when new.voided_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;
create trigger payments_in_open_periods before insert on payments
  when new.received_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;
create trigger receipts_in_open_periods before insert on receipts
  when new.received_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;
create trigger allocations_in_open_periods before insert on allocations
  when new.allocated_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;
create trigger given_back_in_open_periods before insert on given_back
  when new.given_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;
create trigger reversals_in_open_periods before insert on reversals
  when new.reversed_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;
create trigger credit_memos_in_open_periods before insert on credit_memos
  when new.issued_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;
create trigger adjustments_in_open_periods before insert on adjustments
  when new.adjusted_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;
create trigger disputes_in_open_periods before insert on disputes
  when new.opened_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;


-- Refunds: a bank may send one back for some weeks. Those given before this day
-- were asked after once their weeks were over, and need not be again.
alter table looks add column returns_over_on text check (length(returns_over_on) = 10);


-- What a script's request applied from money on account, where that covered all
-- of it: a repetition finds it here. A charge that bears its id can only be one
-- that a restored book forgot, and is taken back all the same.
create table applied_requests (
  request_id          text primary key,
  request_text        text not null,
  first_allocation_id integer not null references allocations (id),
  last_allocation_id  integer not null references allocations (id),
  requested_at        text not null,
  check (first_allocation_id <= last_allocation_id)
) strict;

create trigger applied_requests_stand before update on applied_requests
begin select raise(abort, 'what a request applied is never changed'); end;
create trigger applied_requests_stay before delete on applied_requests
begin select raise(abort, 'what a request applied is never deleted'); end;
create trigger applied_requests_were_not_charged before insert on applied_requests
  when new.request_id in (select request_id from charges)
begin select raise(abort, 'the request was charged'); end;


-- Mails: one that lies in a folder as a file was written, and sent to nobody.
-- Until now it was called sent.

create table new_mails (
  id          integer primary key autoincrement,
  -- What it tells of; with the recipient, what makes it this mail and no second one.
  event       text not null,
  recipient   text not null check (recipient <> ''),
  customer_id integer references customers (id),
  payment_id  integer references payments (id),
  -- The mail that a person sent once more with this one.
  resend_of   integer references mails (id),
  subject     text not null,
  text        text not null,
  html        text not null,
  message_id  text not null unique,
  state       text not null check (state in
    ('queued', 'sending', 'sent', 'maybe_sent', 'written', 'failed', 'cancelled')),
  tries       integer not null default 0,
  -- How often it may have gone out without our knowing.
  doubts      integer not null default 0,
  -- The server let nobody in when it was tried last: a person mends the login.
  not_let_in  integer not null default 0 check (not_let_in in (0, 1)),
  next_try_at text,
  sent_at     text,
  -- When it became a file.
  filed_at    text,
  note        text,
  written_at  text not null,
  unique (event, recipient),
  check (state <> 'written' or filed_at is not null)
) strict;

-- The name of its file is its message id; what a server says does not name that.
insert into new_mails (id, event, recipient, customer_id, payment_id, subject, text, html, message_id, state, tries,
    doubts, next_try_at, sent_at, filed_at, note, written_at)
  select id, event, recipient, customer_id, payment_id, subject, text, html, message_id,
    case when is_file then 'written' else state end, tries, doubts, next_try_at,
    case when is_file then null else sent_at end, case when is_file then sent_at end, note, written_at
    from (select *, state = 'sent' and sent_at is not null
        and coalesce(instr(note, message_id || '.eml'), 0) > 0 as is_file from mails) order by id;

-- No number is given twice.
update sqlite_sequence set seq = max(seq, coalesce((select seq from sqlite_sequence where name = 'mails'), 0))
  where name = 'new_mails';

drop table mails;
alter table new_mails rename to mails;

create index unsent_mails on mails (state, id) where state not in ('sent', 'cancelled');
create index mails_of_payment on mails (payment_id) where payment_id is not null;

create trigger mails_stand before update of
  id, event, recipient, customer_id, payment_id, resend_of, subject, text, html, message_id, written_at on mails
begin select raise(abort, 'a written mail is never changed'); end;
create trigger mails_stay before delete on mails
begin select raise(abort, 'a mail is never deleted'); end;


-- Terms: when an invoice is due, and what may be taken off it until then, in
-- words. Days alone cannot say it; they stood here until now.

alter table customers add column terms text not null default 'net 30' check (terms <> '');
update customers set terms = 'net ' || terms_days;
alter table customers drop column terms_days;
alter table customers add column phone text check (phone <> '');
alter table customers add column billing_address text check (billing_address <> '');

-- Without terms it is due on the day that it says, and nothing may be taken off.
alter table invoices add column terms text check (terms <> '');
-- The customer's own number for it.
alter table invoices add column po_number text check (po_number <> '');


-- Who hears of what: receipts, statements. Nobody who is removed is forgotten.

create table contacts (
  id              integer primary key autoincrement,
  customer_id     integer not null references customers (id),
  name            text check (name <> ''),
  email           text not null check (email <> ''),
  phone           text check (phone <> ''),
  gets_receipts   integer not null check (gets_receipts in (0, 1)),
  gets_statements integer not null check (gets_statements in (0, 1)),
  added_at        text not null,
  removed_at      text,
  check (gets_receipts = 1 or gets_statements = 1)
) strict;

create unique index one_contact_per_address on contacts (customer_id, email) where removed_at is null;

create trigger contacts_stand before update of
  id, customer_id, name, email, phone, gets_receipts, gets_statements, added_at on contacts
begin select raise(abort, 'a contact is replaced by a new one, never changed'); end;
create trigger contacts_stay before delete on contacts
begin select raise(abort, 'a contact is never deleted'); end;

-- What was noted of a customer, and what they promised to pay. The newest
-- promise in a currency is the one that counts.

create table customer_notes (
  id            integer primary key autoincrement,
  customer_id   integer not null references customers (id),
  text          text not null check (text <> ''),
  promised_on   text check (length(promised_on) = 10),
  amount_minor  integer check (amount_minor > 0),
  currency      text check (length(currency) = 3),
  noted_on      text not null check (length(noted_on) = 10),
  noted_at      text not null,
  check ((promised_on is null) = (amount_minor is null)),
  check ((promised_on is null) = (currency is null))
) strict;

create index notes_of_customer on customer_notes (customer_id);
create index promises on customer_notes (customer_id, currency, id) where promised_on is not null;

create trigger customer_notes_stand before update on customer_notes
begin select raise(abort, 'a note stays as it was written'); end;
create trigger customer_notes_stay before delete on customer_notes
begin select raise(abort, 'a note stays as it was written'); end;


-- Money in: what is done with money whose payer said nothing, and what may go
-- into a deposit.

alter table customers add column allocation text not null default 'oldest-due'
  check (allocation in ('oldest-due', 'oldest', 'exact', 'none'));

create trigger deposits_hold_money_of_their_kind before update of deposit_id on payments
  when new.deposit_id is not null and exists (
    select 1 from deposits d where d.id = new.deposit_id and (d.currency <> new.currency or new.method = 'card'))
begin select raise(abort, 'a deposit holds money of its own currency, and no card payment'); end;
create trigger deposits_in_open_periods before insert on deposits
  when new.deposited_on <= (select through from closed)
begin select raise(abort, 'the period is closed'); end;

create trigger payments_are_of_their_receipt before insert on payments
  when new.receipt_id is not null and not exists (
    select 1 from receipts r where r.id = new.receipt_id and r.method = new.method
       and r.amount_minor = new.amount_minor and r.currency = new.currency)
begin select raise(abort, 'a payment is the money of its receipt'); end;



-- Whose it is, put right: a card or all that a customer has becomes another's.

-- Kept for the record: not charged, and not listed.
alter table customers add column archived_at text;

-- What a customer was called by before. Nobody else is ever called so: whoever
-- still types it means the same customer.
create table former_codes (
  code        text primary key check (code <> ''),
  customer_id integer not null references customers (id),
  until       text not null
) strict;

create index former_codes_of_customer on former_codes (customer_id);

create trigger former_codes_stand before update of code, until on former_codes
begin select raise(abort, 'a former code stays known'); end;
create trigger former_codes_stay before delete on former_codes
begin select raise(abort, 'a former code stays known'); end;
create trigger codes_are_nobodys_former before insert on customers
  when exists (select 1 from former_codes where code = new.code)
begin select raise(abort, 'a former code is not given to somebody else'); end;
create trigger codes_stay_their_own before update of code on customers
  when exists (select 1 from former_codes where code = new.code and customer_id <> new.id)
begin select raise(abort, 'a former code is not given to somebody else'); end;

-- One customer who was in the book twice. The old one stays as a name for the other.
create table merges (
  id        integer primary key autoincrement,
  old_id    integer not null unique references customers (id),
  into_id   integer not null references customers (id),
  because   text not null check (because <> ''),
  merged_at text not null,
  check (old_id <> into_id)
) strict;

create trigger merges_are_into_customers before insert on merges
  when exists (select 1 from merges where old_id = new.into_id)
begin select raise(abort, 'nobody is merged into a customer who is not there any more'); end;
create trigger merges_wait_for_what_is_open before insert on merges
  when exists (
    select 1 from open_attempts a
      left join charges h on h.id = a.charge_id
      left join refunds r on r.id = a.refund_id left join payments p on p.id = r.payment_id
     where coalesce(h.customer_id, p.customer_id) in (new.old_id, new.into_id))
begin select raise(abort, 'a charge or a refund of theirs is not finished'); end;
create trigger merges_stand before update on merges
begin select raise(abort, 'a merge is never changed'); end;
create trigger merges_stay before delete on merges
begin select raise(abort, 'a merge is never deleted'); end;

-- A card that was added to the wrong customer. Consents up to this one were
-- not of the customer who has the card now.
create table card_moves (
  id               integer primary key autoincrement,
  card_id          integer not null references cards (id),
  from_id          integer not null references customers (id),
  to_id            integer not null references customers (id),
  consents_through integer not null,
  moved_at         text not null,
  check (from_id <> to_id)
) strict;

create index moves_of_card on card_moves (card_id);

create trigger card_moves_are_of_uncharged before insert on card_moves
  when exists (select 1 from charges where card_id = new.card_id)
begin select raise(abort, 'a card that was charged stays with its customer'); end;
create trigger card_moves_stand before update on card_moves
begin select raise(abort, 'a move is never changed'); end;
create trigger card_moves_stay before delete on card_moves
begin select raise(abort, 'a move is never deleted'); end;

-- What names its customer keeps that one: only a merge lets it change hands,
-- and then to nobody but the one merged into.

drop trigger cards_keep_their_token;
create trigger cards_keep_their_token before update of gateway, account, token on cards
begin select raise(abort, 'a card keeps its token'); end;
create trigger cards_change_hands before update of customer_id on cards
  when new.customer_id <> old.customer_id
   and not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
   and (select from_id is not old.customer_id or to_id is not new.customer_id from card_moves
         where card_id = old.id order by id desc limit 1) is not 0
begin select raise(abort, 'a card keeps its customer'); end;

drop trigger autopays_stand;
create trigger autopays_stand before update of id, card_id, after_days, most_minor, currency,
  use_credits, at, zone, begun_at on autopays
begin select raise(abort, 'autopay is ended and begun anew, never changed'); end;
create trigger autopays_change_hands before update of customer_id on autopays
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'autopay keeps its customer'); end;

drop trigger holds_stand;
create trigger holds_stand before update of id, invoice_id, dispute_id, because, held_at on holds
begin select raise(abort, 'a hold is released, never changed'); end;
create trigger holds_change_hands before update of customer_id on holds
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'a hold keeps its customer'); end;

drop trigger mails_stand;
create trigger mails_stand before update of
  id, event, recipient, payment_id, resend_of, subject, text, html, message_id, written_at on mails
begin select raise(abort, 'a written mail is never changed'); end;
create trigger mails_change_hands before update of customer_id on mails
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'a mail keeps its customer'); end;

drop trigger contacts_stand;
create trigger contacts_stand before update of
  id, name, email, phone, gets_receipts, gets_statements, added_at on contacts
begin select raise(abort, 'a contact is replaced by a new one, never changed'); end;
create trigger contacts_change_hands before update of customer_id on contacts
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'a contact keeps its customer'); end;

drop trigger customer_notes_stand;
create trigger customer_notes_stand before update of
  id, text, promised_on, amount_minor, currency, noted_on, noted_at on customer_notes
begin select raise(abort, 'a note stays as it was written'); end;
create trigger customer_notes_change_hands before update of customer_id on customer_notes
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'a note keeps its customer'); end;

drop trigger schedules_stand;
create trigger schedules_stand before update of id, card_id, kind, amount_minor, currency,
  on_account, use_credits, is_locked, step, unit, first_on, month_day, at, zone, times, until, memo,
  wants_mail, planned_at on schedules
begin select raise(abort, 'a schedule is replaced by a new one, never changed'); end;
create trigger schedules_change_hands before update of customer_id on schedules
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'a schedule keeps its customer'); end;

drop trigger payments_stand;
create trigger payments_stand before update of
  id, method, amount_minor, currency, received_on, attempt_id, reference, receipt_id, moved_from_id,
  created_at on payments
begin select raise(abort, 'a payment is never changed'); end;
create trigger payments_change_hands before update of customer_id on payments
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'a payment keeps its customer'); end;

drop trigger credits_stand;
create trigger credits_stand before update of
  id, payment_id, credit_memo_id, adjustment_id, amount_minor, currency, credited_on, created_at on credits
begin select raise(abort, 'a credit is never changed'); end;
create trigger credits_change_hands before update of customer_id on credits
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'a credit keeps its customer'); end;

create trigger credit_memos_change_hands before update of customer_id on credit_memos
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'a credit memo keeps its customer'); end;
create trigger invoices_change_hands before update of customer_id on invoices
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'an invoice keeps its customer'); end;
-- The customer whose row number its names at the gateway are made with, where
-- that one was merged: an intent keeps its keys.
alter table charges add column named_for_id integer references customers (id);
drop trigger charges_stand;
create trigger charges_stand before update of id, card_id, authorization_id, amount_minor, currency, intent,
  request_id, request_text, memo, wants_mail, charged_on, created_at on charges
begin select raise(abort, 'a charge is never changed'); end;
create trigger charges_change_hands before update of customer_id on charges
  when not exists (select 1 from merges where old_id = old.customer_id and into_id = new.customer_id)
begin select raise(abort, 'a charge keeps its customer'); end;
create trigger charges_keep_their_names before update of named_for_id on charges
  when old.named_for_id is not null
    or not exists (select 1 from merges where old_id = new.named_for_id and old_id = old.customer_id)
begin select raise(abort, 'a charge keeps its names'); end;

-- An invoice stands in for one other of its customer, and none for two.
drop index corrections_of_invoice;
create unique index one_correction_per_invoice on invoices (corrects_id) where corrects_id is not null;
create trigger corrections_are_said_once before update of corrects_id on invoices
  when old.corrects_id is not null
    or (select customer_id from invoices where id = new.corrects_id) is not new.customer_id
begin select raise(abort, 'an invoice stands in for one other of its customer, for ever'); end;
