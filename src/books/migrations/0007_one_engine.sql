-- Schema 7: one engine for all money that moves. Money on account is a credit,
-- whatever it came from; an attempt takes money or gives it back.
--
-- SQLite cannot loosen a column, so four tables are written anew and take the
-- old ones' places; `Books::migrate` looks away from the foreign keys until all
-- stand, and then proves them.

-- What names a table that is about to be replaced comes again at the end.
drop view reservations;
drop trigger one_live_charge_per_occurrence;


-- Credits: money on account, that can be applied to invoices or given back.

create table credits (
  id           integer primary key autoincrement,
  -- Where the money came from. Each kind of source has a column of its own,
  -- which is added beside this one; exactly one of them is set.
  payment_id   integer references payments (id),
  customer_id  integer not null references customers (id),
  amount_minor integer not null check (amount_minor > 0),
  currency     text not null check (length(currency) = 3),
  -- Kept by the triggers on allocations and on given_back; `dues check` proves it.
  open_minor   integer not null check (open_minor between 0 and amount_minor),
  credited_on  text not null,
  created_at   text not null
) strict;

-- A credit from before has the number of its payment; later ones need not.
insert into credits (id, payment_id, customer_id, amount_minor, currency, open_minor, credited_on, created_at)
  select id, id, customer_id, amount_minor, currency, unapplied_minor, received_on, created_at
    from payments order by id;

create unique index one_credit_per_payment on credits (payment_id) where payment_id is not null;
create index open_credits on credits (customer_id) where open_minor > 0;


-- Allocations: a credit applied to an invoice; taking it back is a negative row.

create table new_allocations (
  id           integer primary key autoincrement,
  credit_id    integer not null references credits (id),
  invoice_id   integer not null references invoices (id),
  amount_minor integer not null check (amount_minor <> 0),
  allocated_at text not null
) strict;

insert into new_allocations (id, credit_id, invoice_id, amount_minor, allocated_at)
  select id, payment_id, invoice_id, amount_minor, allocated_at from allocations order by id;

drop table allocations;
alter table new_allocations rename to allocations;

create index allocations_of_credit on allocations (credit_id);
create index allocations_of_invoice on allocations (invoice_id);


-- Plans: where the money of a charge goes; while it is open it reserves them.

create table new_plans (
  charge_id    integer not null references charges (id),
  line         integer not null,
  invoice_id   integer not null references invoices (id),
  -- The credit that is used; null: the card's money.
  credit_id    integer references credits (id),
  amount_minor integer not null check (amount_minor > 0),
  primary key (charge_id, line)
) strict;

insert into new_plans (charge_id, line, invoice_id, credit_id, amount_minor)
  select charge_id, line, invoice_id, payment_id, amount_minor from plans order by charge_id, line;

drop table plans;
alter table new_plans rename to plans;

create index plans_of_invoice on plans (invoice_id);
create index plans_of_credit on plans (credit_id) where credit_id is not null;


-- Payments: money received. What of it is open is its credit's; and a card's
-- money may come without an attempt of ours, as other money may come by one.

create table new_payments (
  id           integer primary key autoincrement,
  customer_id  integer not null references customers (id),
  method       text not null check (method in ('card', 'check', 'ach', 'wire', 'cash', 'other')),
  amount_minor integer not null check (amount_minor > 0),
  currency     text not null check (length(currency) = 3),
  received_on  text not null,
  attempt_id   integer unique references attempts (id),
  memo         text,
  created_at   text not null
) strict;

insert into new_payments (id, customer_id, method, amount_minor, currency, received_on, attempt_id, memo, created_at)
  select id, customer_id, method, amount_minor, currency, received_on, attempt_id, memo, created_at
    from payments order by id;

drop table payments;
alter table new_payments rename to payments;

create index payments_of_customer on payments (customer_id);


-- Attempts: each is of a charge or of a refund.

create table new_attempts (
  id             integer primary key autoincrement,
  charge_id      integer references charges (id),
  refund_id      integer references refunds (id),
  n              integer not null check (n > 0),
  gateway        text not null,
  account        text not null,
  token          text not null,
  amount_minor   integer not null check (amount_minor > 0),
  currency       text not null check (length(currency) = 3),
  key            text not null unique,
  reference      text not null unique check (length(reference) <= 20),
  -- The reference that late money carries at the gateway, where it is not its own.
  carries        text,
  request        blob not null,
  request_sha256 text not null check (length(request_sha256) = 64),
  state          text not null check (state in
    ('prepared', 'sending', 'succeeded', 'declined', 'pending', 'unknown', 'review', 'not_made')),
  sends          integer not null default 0 check (sends >= 0),
  first_sent_at  text,
  last_sent_at   text,
  -- Its own sender saw that nothing of it left: it will never be listed.
  never_left     integer not null default 0 check (never_left in (0, 1)),
  -- The gateway's own clock agreed with ours when it was prepared.
  witnessed      integer not null default 0 check (witnessed in (0, 1)),
  -- The book was compared with the world while it was open.
  reconciled     integer not null default 0 check (reconciled in (0, 1)),
  -- Look-ups that found nothing, complete and late enough to count.
  misses         integer not null default 0,
  last_miss_at   text,
  gateway_id     text,
  -- What the gateway moved, where a person accepted another amount than was asked.
  accepted_minor integer check (accepted_minor > 0),
  decline_class  text check (decline_class in ('hard', 'fix', 'auth', 'soft', 'wait', 'config')),
  decline_code   text,
  decline_text   text,
  decline_advice text,
  -- Why it stands where it stands, in words.
  note           text,
  prepared_at    text not null,
  changed_at     text not null,
  unique (charge_id, n),
  unique (refund_id, n),
  check ((charge_id is null) <> (refund_id is null)),
  check ((state = 'declined') = (decline_class is not null)),
  check (state <> 'succeeded' or gateway_id is not null),
  check (state <> 'sending' or (sends > 0 and first_sent_at is not null))
) strict;

insert into new_attempts (id, charge_id, n, gateway, account, token, amount_minor, currency, key, reference, carries,
    request, request_sha256, state, sends, first_sent_at, last_sent_at, never_left, witnessed, reconciled, misses,
    last_miss_at, gateway_id, accepted_minor, decline_class, decline_code, decline_text, decline_advice, note,
    prepared_at, changed_at)
  select id, charge_id, n, gateway, account, token, amount_minor, currency, key, reference, carries,
    request, request_sha256, state, sends, first_sent_at, last_sent_at, never_left, witnessed, reconciled, misses,
    last_miss_at, gateway_id, accepted_minor, decline_class, decline_code, decline_text, decline_advice, note,
    prepared_at, changed_at
    from attempts order by id;

drop table attempts;
alter table new_attempts rename to attempts;

-- The promise of the program, held by the book itself: an intent has at most
-- one attempt that moved money, or still may.
create unique index one_live_attempt_per_charge on attempts (charge_id)
  where charge_id is not null and state not in ('declined', 'not_made');
create unique index one_live_attempt_per_refund on attempts (refund_id)
  where refund_id is not null and state not in ('declined', 'not_made');
-- One transaction is booked once; it may have been declined before it was taken.
create unique index one_attempt_per_gateway_id on attempts (gateway, account, gateway_id)
  where gateway_id is not null and state not in ('declined', 'not_made');
-- What the view `open_attempts` shows, in its own words.
create index attempts_still_open on attempts (charge_id)
  where state not in ('succeeded', 'declined', 'not_made');
create index late_attempts on attempts (carries) where carries is not null;
create index attempts_changed on attempts (gateway, account, changed_at);
create index attempts_by_gateway_id on attempts (gateway, account, gateway_id) where gateway_id is not null;
-- How often a card was tried, whichever payment it was for.
create index attempts_decided on attempts (gateway, account, token, changed_at) where state in ('declined', 'succeeded');
-- What a gateway's list may still show: asked for by customer, however much else the account takes.
create index attempts_not_made on attempts (gateway, account, changed_at) where state = 'not_made' and never_left = 0;

create trigger attempts_are_frozen before update of
  charge_id, refund_id, n, gateway, account, token, amount_minor, currency, key, reference, request, request_sha256,
  prepared_at, witnessed
  on attempts
begin select raise(abort, 'a prepared request is never changed'); end;
create trigger attempts_end_once before update of state on attempts
  when old.state in ('succeeded', 'declined', 'not_made') and new.state <> old.state
begin select raise(abort, 'a final attempt stays final'); end;
create trigger attempts_send_upwards before update of sends on attempts when new.sends < old.sends
begin select raise(abort, 'a send is never taken back'); end;
create trigger first_send_stays before update of first_sent_at on attempts
  when old.first_sent_at is not null and new.first_sent_at is distinct from old.first_sent_at
begin select raise(abort, 'the first send is remembered for ever'); end;
create trigger attempts_stay before delete on attempts
begin select raise(abort, 'an attempt is never deleted'); end;

-- The attempts whose money may still move. Whoever asks which those are asks here.
create view open_attempts as
  select id, charge_id, refund_id, n, gateway, account, token, amount_minor, currency, key, reference, state,
    first_sent_at, note, prepared_at, changed_at
    from attempts where state not in ('succeeded', 'declined', 'not_made');

create trigger one_live_charge_per_occurrence before insert on occurrence_charges
  when exists (select 1 from occurrence_charges o join attempts a on a.charge_id = o.charge_id
                where o.occurrence_id = new.occurrence_id and a.state not in ('declined', 'not_made'))
begin select raise(abort, 'an occurrence is charged at most once'); end;


-- Refunds: one intent each to give money of a payment back. A refund that is
-- tried again is another attempt of the same.

create table refunds (
  id           integer primary key autoincrement,
  payment_id   integer not null references payments (id),
  amount_minor integer not null check (amount_minor > 0),
  currency     text not null check (length(currency) = 3),
  -- Cancelled at the gateway before it was settled.
  is_void      integer not null check (is_void in (0, 1)),
  -- What makes it this intent and no other; the gateway's key is made from it.
  intent       text not null unique,
  because      text check (because <> ''),
  wants_mail   integer not null check (wants_mail in (0, 1)),
  refunded_on  text not null check (length(refunded_on) = 10),
  created_at   text not null
) strict;

create index refunds_of_payment on refunds (payment_id);

create trigger refunds_fit_their_payment before insert on refunds
  when exists (select 1 from payments p
                where p.id = new.payment_id and (p.currency <> new.currency or p.amount_minor < new.amount_minor))
begin select raise(abort, 'a refund is in the currency of its payment, and no more than that'); end;
create trigger refunds_stand before update on refunds
begin select raise(abort, 'a refund is never changed'); end;
create trigger refunds_stay before delete on refunds
begin select raise(abort, 'a refund is never deleted'); end;

-- Where the money of a refund is taken from: what it reopens.
create table refund_shares (
  refund_id    integer not null references refunds (id),
  line         integer not null,
  -- The invoice that is open again; null: money of the payment that pays none.
  invoice_id   integer references invoices (id),
  amount_minor integer not null check (amount_minor > 0),
  primary key (refund_id, line)
) strict;

create index refund_shares_of_invoice on refund_shares (invoice_id) where invoice_id is not null;

create trigger refund_shares_come_first before insert on refund_shares
  when exists (select 1 from attempts where refund_id = new.refund_id)
begin select raise(abort, 'what a refund reopens is settled before it is asked for'); end;
create trigger refund_shares_stand before update on refund_shares
begin select raise(abort, 'a refund is never changed'); end;
create trigger refund_shares_stay before delete on refund_shares
begin select raise(abort, 'a refund is never deleted'); end;

-- Money that left a credit; a negative row is money that the bank sent back.
create table given_back (
  id           integer primary key autoincrement,
  refund_id    integer not null references refunds (id),
  credit_id    integer not null references credits (id),
  amount_minor integer not null check (amount_minor <> 0),
  -- The day it counts for.
  given_on     text not null check (length(given_on) = 10),
  given_at     text not null
) strict;

create index given_back_of_refund on given_back (refund_id);
create index given_back_of_credit on given_back (credit_id);

create trigger given_back_stands before update on given_back
begin select raise(abort, 'what was given back is never changed'); end;
create trigger given_back_stays before delete on given_back
begin select raise(abort, 'what was given back is never deleted'); end;


-- What is reserved. An open charge wants invoices, some of it from credits; an
-- open refund wants what it takes from invoices, and money that pays none.

create view reservations as
  select p.charge_id, p.invoice_id, p.credit_id, p.amount_minor
    from plans p join open_attempts a on a.charge_id = p.charge_id;

create view to_be_given_back as
  select s.refund_id, c.id as credit_id, s.invoice_id, s.amount_minor
    from credits c join refunds r on r.payment_id = c.payment_id
    join open_attempts a on a.refund_id = r.id
    join refund_shares s on s.refund_id = r.id;


-- The guards of what stands on one another.

create trigger credits_come_from_somewhere before insert on credits
  when not exists (select 1 from payments p
                    where p.id = new.payment_id and p.customer_id = new.customer_id
                      and p.amount_minor = new.amount_minor and p.currency = new.currency)
begin select raise(abort, 'a credit is the money of its payment'); end;
create trigger credits_stand before update of
  id, payment_id, customer_id, amount_minor, currency, credited_on, created_at on credits
begin select raise(abort, 'a credit is never changed'); end;
create trigger credits_stay before delete on credits
begin select raise(abort, 'a credit is never deleted'); end;

create trigger payments_stand before update of
  customer_id, method, amount_minor, currency, received_on, attempt_id, created_at on payments
begin select raise(abort, 'a payment is never changed'); end;
create trigger payments_stay before delete on payments
begin select raise(abort, 'a payment is never deleted'); end;

create trigger allocations_stay_at_home before insert on allocations
  when (select c.customer_id <> i.customer_id or c.currency <> i.currency or i.voided_at is not null
        from credits c, invoices i where c.id = new.credit_id and i.id = new.invoice_id)
begin select raise(abort, 'a credit is applied only to its own customer''s valid invoices, in its currency'); end;
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

-- Asking for a refund reserves what it gives back; nothing can be promised twice.
create trigger refunds_give_back_what_is_there after insert on attempts when new.refund_id is not null
begin
  select raise(abort, 'more would be given back than was paid')
   where exists (select 1 from refunds r join payments p on p.id = r.payment_id
     where r.id = new.refund_id and p.amount_minor <
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

create trigger given_back_comes_from_its_payment before insert on given_back
  when not exists (select 1 from refunds r join credits c on c.payment_id = r.payment_id
                    where r.id = new.refund_id and c.id = new.credit_id)
begin select raise(abort, 'a refund gives back the money of its own payment'); end;
create trigger given_back_moves_the_balance after insert on given_back
begin
  update credits set open_minor = open_minor - new.amount_minor where id = new.credit_id;
  select raise(abort, 'more came back than was given')
   where (select sum(amount_minor) from given_back where refund_id = new.refund_id) < 0;
  select raise(abort, 'more would be given back than was paid')
   where exists (select 1 from refunds r join payments p on p.id = r.payment_id
     where r.id = new.refund_id and p.amount_minor <
       (select coalesce(sum(g.amount_minor), 0) from refunds o join given_back g on g.refund_id = o.id
         where o.payment_id = p.id) +
       (select coalesce(sum(o.amount_minor), 0) from refunds o join open_attempts a on a.refund_id = o.id
         where o.payment_id = p.id));
end;


-- What a person left out of the book may be a refund: its number is used up, too.
alter table set_aside add column refund_id integer;


-- Lists are read in the order of an index: none of them is held to be sorted.

drop index invoices_of_customer;
create index invoices_of_customer on invoices (customer_id, issued_on);
create index invoices_by_day on invoices (issued_on);
create index open_invoices_by_day on invoices (due_on, issued_on, number) where open_minor > 0 and voided_at is null;
create index mails_of_payment on mails (payment_id) where payment_id is not null;

-- What the last run could not do, and since when: each run replaces the list.
create table not_done (
  id          integer primary key autoincrement,
  schedule_id integer references schedules (id),
  autopay_id  integer references autopays (id),
  planned_on  text not null check (length(planned_on) = 10),
  reason      text not null check (reason <> ''),
  since       text not null,
  unique (schedule_id, planned_on),
  unique (autopay_id, planned_on),
  check ((schedule_id is null) <> (autopay_id is null))
) strict;
