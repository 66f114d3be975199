-- Schema 1. Never edited once released: a change is a new file.
--
-- Money is whole minor units beside its ISO 4217 code. Facts are appended;
-- what may change (a state, a cached balance) is held by triggers and proved
-- by `dues check`.

create table book (
  one        integer primary key check (one = 1),
  id         text not null check (length(id) = 32),
  name       text not null check (name <> ''),
  currency   text not null check (length(currency) = 3),
  zone       text not null,
  gateway    text not null,
  mode       text not null check (mode in ('test', 'live')),
  created_at text not null
) strict;

create trigger book_is_fixed before update of id, mode, created_at on book
begin select raise(abort, 'a book keeps its id and its mode for life'); end;

-- Which account of a gateway this book charges through, and where its secret is kept.
create table logins (
  id            integer primary key,
  gateway       text not null,
  account       text not null,
  source        text not null check (source in ('none', 'keyring', 'file', 'command', 'credential')),
  logged_in_at  text not null,
  logged_out_at text
) strict;

create unique index one_login_per_gateway on logins (gateway) where logged_out_at is null;

create table customers (
  id         integer primary key autoincrement,
  code       text not null unique check (code = upper(code) and code <> ''),
  name       text not null check (name <> ''),
  same_name  text not null,
  email      text check (email <> ''),
  terms_days integer not null check (terms_days between 0 and 365),
  created_at text not null
) strict;

create index customers_by_name on customers (same_name);

create table cards (
  id           integer primary key autoincrement,
  customer_id  integer not null references customers (id),
  gateway      text not null,
  account      text not null,
  token        text not null check (token <> ''),
  brand        text not null,
  last4        text not null check (last4 glob '[0-9][0-9][0-9][0-9]'),
  expiry_year  integer,
  expiry_month integer check (expiry_month between 1 and 12),
  nickname     text check (nickname <> ''),
  is_default   integer not null default 0 check (is_default in (0, 1)),
  disabled_at  text,
  created_at   text not null,
  -- One saved card belongs to one customer.
  unique (gateway, account, token)
) strict;

create index cards_of_customer on cards (customer_id);
create unique index one_default_card on cards (customer_id) where is_default = 1;

create trigger cards_keep_their_token before update of customer_id, gateway, account, token on cards
begin select raise(abort, 'a card keeps its customer and its token'); end;

-- The customer's consent. The newest row of a card is the one in force.
create table authorizations (
  id            integer primary key autoincrement,
  card_id       integer not null references cards (id),
  scope         text not null check (scope in ('any', 'invoices', 'scheduled')),
  ceiling_minor integer check (ceiling_minor > 0),
  currency      text check (length(currency) = 3),
  until         text,
  given_by      text not null check (given_by <> ''),
  how           text not null check (how <> ''),
  recorded_at   text not null,
  check ((ceiling_minor is null) = (currency is null))
) strict;

create index authorizations_of_card on authorizations (card_id);

create trigger authorizations_stand before update on authorizations
begin select raise(abort, 'an authorization is replaced by a new one, never changed'); end;
create trigger authorizations_stay before delete on authorizations
begin select raise(abort, 'an authorization is never deleted'); end;

create table imports (
  id          integer primary key autoincrement,
  file        text not null,
  sha256      text not null,
  invoices    integer not null check (invoices > 0),
  imported_at text not null
) strict;

create table invoices (
  id          integer primary key autoincrement,
  number      text not null unique collate nocase check (number <> ''),
  customer_id integer not null references customers (id),
  currency    text not null check (length(currency) = 3),
  total_minor integer not null check (total_minor > 0),
  -- Kept by the triggers on allocations; `dues check` proves it.
  open_minor  integer not null check (open_minor between 0 and total_minor),
  issued_on   text not null,
  due_on      text not null,
  memo        text,
  import_id   integer references imports (id),
  voided_at   text,
  void_reason text,
  created_at  text not null,
  check ((voided_at is null) = (void_reason is null)),
  -- A void invoice carries nothing.
  check (voided_at is null or open_minor = total_minor)
) strict;

-- Reports cost what is open, not what ever happened.
create index open_invoices on invoices (customer_id, due_on) where open_minor > 0 and voided_at is null;
create index invoices_of_customer on invoices (customer_id);

create trigger void_is_final before update of voided_at on invoices when old.voided_at is not null
begin select raise(abort, 'a void invoice stays void'); end;

-- One intent to take money from a card, once.
create table charges (
  id               integer primary key autoincrement,
  customer_id      integer not null references customers (id),
  card_id          integer not null references cards (id),
  authorization_id integer not null references authorizations (id),
  amount_minor     integer not null check (amount_minor > 0),
  currency         text not null check (length(currency) = 3),
  -- What makes it this intent and no other; the gateway's key is made from it.
  intent           text not null unique,
  -- A script's own id for it, and what it asked for, to tell a repetition from a mistake.
  request_id       text unique,
  request_text     text,
  memo             text,
  wants_mail       integer not null check (wants_mail in (0, 1)),
  charged_on       text not null,
  created_at       text not null
) strict;

create index charges_of_customer on charges (customer_id);
create index charges_by_day on charges (charged_on);

create trigger charges_stand before update on charges
begin select raise(abort, 'a charge is never changed'); end;
create trigger charges_stay before delete on charges
begin select raise(abort, 'a charge is never deleted'); end;

-- Where the money of a charge goes; while the charge is open it reserves the invoices.
create table plans (
  charge_id    integer not null references charges (id),
  line         integer not null,
  invoice_id   integer not null references invoices (id),
  -- The payment whose unapplied money is used; null: the card's.
  payment_id   integer references payments (id),
  amount_minor integer not null check (amount_minor > 0),
  primary key (charge_id, line)
) strict;

create index plans_of_invoice on plans (invoice_id);
create index plans_of_payment on plans (payment_id) where payment_id is not null;

-- One request identity against one gateway account and card.
create table attempts (
  id             integer primary key autoincrement,
  charge_id      integer not null references charges (id),
  n              integer not null check (n > 0),
  gateway        text not null,
  account        text not null,
  token          text not null,
  amount_minor   integer not null check (amount_minor > 0),
  currency       text not null check (length(currency) = 3),
  key            text not null unique,
  reference      text not null unique check (length(reference) <= 20),
  request        blob not null,
  request_sha256 text not null check (length(request_sha256) = 64),
  state          text not null check (state in
    ('prepared', 'sending', 'succeeded', 'declined', 'pending', 'unknown', 'review', 'not_made')),
  sends          integer not null default 0 check (sends >= 0),
  first_sent_at  text,
  last_sent_at   text,
  -- Look-ups that found nothing, complete and late enough to count.
  misses         integer not null default 0,
  last_miss_at   text,
  gateway_id     text,
  -- What the gateway took, where a person accepted another amount than was asked.
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
  check ((state = 'declined') = (decline_class is not null)),
  check (state <> 'succeeded' or gateway_id is not null),
  check (state <> 'sending' or (sends > 0 and first_sent_at is not null))
) strict;

-- The promise of the program, held by the book itself: an intent has at most
-- one attempt that took money, or still may.
create unique index one_live_attempt_per_charge on attempts (charge_id)
  where state in ('prepared', 'sending', 'succeeded', 'pending', 'unknown', 'review');
-- One transaction of a gateway is booked once.
create unique index one_attempt_per_gateway_id on attempts (gateway, account, gateway_id)
  where gateway_id is not null;
create index open_attempts on attempts (charge_id)
  where state in ('prepared', 'sending', 'pending', 'unknown', 'review');

create trigger attempts_are_frozen before update of
  charge_id, n, gateway, account, token, amount_minor, currency, key, reference, request, request_sha256, prepared_at
  on attempts
begin select raise(abort, 'a prepared request is never changed'); end;
create trigger attempts_end_once before update of state on attempts
  when old.state in ('succeeded', 'declined', 'not_made') and new.state <> old.state
begin select raise(abort, 'a final charge stays final'); end;
create trigger attempts_send_upwards before update of sends on attempts when new.sends < old.sends
begin select raise(abort, 'a send is never taken back'); end;
create trigger first_send_stays before update of first_sent_at on attempts
  when old.first_sent_at is not null and new.first_sent_at is not old.first_sent_at
begin select raise(abort, 'the first send is remembered for ever'); end;
create trigger attempts_stay before delete on attempts
begin select raise(abort, 'an attempt is never deleted'); end;

-- What the open charges want of invoices and of earlier payments.
create view reservations as
  select p.charge_id, p.invoice_id, p.payment_id, p.amount_minor
    from plans p join attempts a on a.charge_id = p.charge_id
   where a.state in ('prepared', 'sending', 'pending', 'unknown', 'review');

create table payments (
  id              integer primary key autoincrement,
  customer_id     integer not null references customers (id),
  method          text not null check (method in ('card', 'check', 'ach', 'wire', 'cash', 'other')),
  amount_minor    integer not null check (amount_minor > 0),
  currency        text not null check (length(currency) = 3),
  received_on     text not null,
  attempt_id      integer unique references attempts (id),
  memo            text,
  -- Kept by the triggers on allocations; `dues check` proves it.
  unapplied_minor integer not null check (unapplied_minor between 0 and amount_minor),
  created_at      text not null,
  check ((method = 'card') = (attempt_id is not null))
) strict;

create index payments_of_customer on payments (customer_id);
create index unapplied_payments on payments (customer_id) where unapplied_minor > 0;

create trigger payments_stand before update of
  customer_id, method, amount_minor, currency, received_on, attempt_id, created_at on payments
begin select raise(abort, 'a payment is never changed'); end;
create trigger payments_stay before delete on payments
begin select raise(abort, 'a payment is never deleted'); end;

-- A payment applied to an invoice; taking it back is a negative row.
create table allocations (
  id           integer primary key autoincrement,
  payment_id   integer not null references payments (id),
  invoice_id   integer not null references invoices (id),
  amount_minor integer not null check (amount_minor <> 0),
  allocated_at text not null
) strict;

create index allocations_of_payment on allocations (payment_id);
create index allocations_of_invoice on allocations (invoice_id);

create trigger allocations_stay_at_home before insert on allocations
  when (select p.customer_id <> i.customer_id or p.currency <> i.currency or i.voided_at is not null
        from payments p, invoices i where p.id = new.payment_id and i.id = new.invoice_id)
begin select raise(abort, 'a payment is applied only to its own customer''s valid invoices, in its currency'); end;
create trigger allocations_move_balances after insert on allocations
begin
  update invoices set open_minor = open_minor - new.amount_minor where id = new.invoice_id;
  update payments set unapplied_minor = unapplied_minor - new.amount_minor where id = new.payment_id;
end;
create trigger allocations_stand before update on allocations
begin select raise(abort, 'an allocation is never changed'); end;
create trigger allocations_stay before delete on allocations
begin select raise(abort, 'an allocation is never deleted'); end;

create table mails (
  id          integer primary key autoincrement,
  -- What it tells of; with the recipient, what makes it this mail and no second one.
  event       text not null,
  recipient   text not null check (recipient <> ''),
  customer_id integer references customers (id),
  payment_id  integer references payments (id),
  subject     text not null,
  text        text not null,
  html        text not null,
  message_id  text not null unique,
  state       text not null check (state in
    ('queued', 'sending', 'sent', 'maybe_sent', 'failed', 'cancelled')),
  tries       integer not null default 0,
  -- How often it may have gone out without our knowing.
  doubts      integer not null default 0,
  next_try_at text,
  sent_at     text,
  note        text,
  written_at  text not null,
  unique (event, recipient)
) strict;

create index unsent_mails on mails (state) where state not in ('sent', 'cancelled');

create trigger mails_stand before update of
  event, recipient, customer_id, payment_id, subject, text, html, message_id, written_at on mails
begin select raise(abort, 'a written mail is never changed'); end;
create trigger mails_stay before delete on mails
begin select raise(abort, 'a mail is never deleted'); end;

-- Every change, chained: each row's hash covers the row before it.
create table audit (
  seq     integer primary key,
  at      text not null,
  actor   text not null,
  command text not null,
  what    text not null,
  prev    text not null,
  hash    text not null unique
) strict;

-- The latest moment the book knows of, whatever the clock said later.
create index audit_by_moment on audit (at);

create trigger audit_stands before update on audit
begin select raise(abort, 'the log is never changed'); end;
create trigger audit_stays before delete on audit
begin select raise(abort, 'the log is never shortened'); end;
